package provider_test

import (
	"cmp"
	"encoding/json"
	"slices"
)

// counts has what a summary says of a number of payments.
func counts(summary object) object {
	return pick(summary, "total_count", "oldest_created_at", "newest_created_at")
}

// shownBuckets sorts the buckets of payments, and adds those that count the same.
func shownBuckets(buckets []object) []any {
	key := func(bucket object) string {
		content, _ := json.Marshal([]any{bucket["direction"], bucket["status"], bucket["currency"], bucket["kind"]})
		return string(content)
	}
	merged := map[string]object{}
	for _, bucket := range buckets {
		sum := merged[key(bucket)]
		if sum == nil {
			merged[key(bucket)] = pick(bucket, "direction", "status", "currency", "kind", "total_count", "oldest_created_at", "newest_created_at")
			continue
		}
		sum["total_count"] = number(sum["total_count"]) + number(bucket["total_count"])
		sum["oldest_created_at"] = min(sum["oldest_created_at"].(string), bucket["oldest_created_at"].(string))
		sum["newest_created_at"] = max(sum["newest_created_at"].(string), bucket["newest_created_at"].(string))
	}
	shown := []any{}
	for _, bucket := range merged {
		shown = append(shown, bucket)
	}
	slices.SortFunc(shown, func(a, b any) int { return cmp.Compare(key(a.(object)), key(b.(object))) })
	return shown
}

// shownSummary is what the data source shows of the payments of an environment.
func shownSummary(answer any) object {
	summary := answer.(object)
	shown, lines, all := counts(summary), object{}, []object{}
	for id, line := range summary["by_line_of_credit_id"].(object) {
		buckets := items(line, "buckets")
		all = append(all, buckets...)
		of := counts(line.(object))
		of["buckets"] = shownBuckets(buckets)
		lines[id] = of
	}
	shown["organization_id"], shown["environment_id"] = fixtureOrganization.String(), fixtureEnvironment.String()
	shown["by_line_of_credit_id"], shown["buckets"] = lines, shownBuckets(all)
	return shown
}

// shownWalletSummary is what the data source shows of the payments of a wallet.
func shownWalletSummary(answer any) object {
	summary := answer.(object)
	shown := counts(summary)
	for name, value := range pick(summary, "organization_id", "environment_id", "wallet_id", "line_of_credit_id") {
		shown[name] = value
	}
	shown["buckets"] = shownBuckets(items(summary, "buckets"))
	return shown
}

// shownBill is what the data sources show of a bill.
func shownBill(bill object) object {
	shown := pick(bill, "id", "organization_id", "line_of_credit_id", "wallet_ids", "fulfillment_ids", "start_time",
		"end_time", "period_length",
		"status", "settlement_type", "address", "settlement_fee_percentage", "created_at", "updated_at", "queued_at", "fulfillment_requested_at",
		"payment_received_at", "paid_at", "settled_at", "voided_at", "failed_at", "volume_fee_percentage")
	for name, was := range map[string]string{"amount_due": "amt_due", "amount_paid": "amt_paid", "payment_request": "ln_invoice"} {
		shown[name] = bill[was]
	}
	if flat, ok := shown["volume_fee_percentage"].(json.Number); ok {
		shown["volume_fee_percentage"] = object{"send": flat, "receive": flat}
	}
	if holdback, ok := bill["payout_holdback"].(object); ok {
		shown["payout_holdback"] = pick(holdback, "mode", "percentage")
		if cents := holdback["amount"]; cents != nil {
			shown["payout_holdback"].(object)["amount"] = object{"amount": cents, "currency": "usd", "unit": "cents"}
		}
	}
	if transfer, ok := bill["ach"].(object); ok {
		of, legs := pick(transfer, "queued_at", "submitted_at", "processing_at"), []any{}
		for _, leg := range items(transfer, "transfers") {
			kept := pick(leg, "fulfillment_id", "purpose", "amount", "status", "submitted_at", "processing_at", "completed_at", "failed_at")
			kept["id"] = leg["ach_id"]
			legs = append(legs, kept)
		}
		of["transfers"] = legs
		shown["bank_transfer"] = of
	}
	if failure, ok := bill["error"].(object); ok {
		detail, isText := failure["detail"].(string)
		if !isText { // then it is JSON, whose members the server of the test sorts
			content, _ := json.Marshal(failure["detail"])
			detail = string(content)
		}
		shown["error"] = object{"type": failure["type"], "detail": detail}
	}
	invoice, lines := bill["invoice"].(object), []any{}
	for _, item := range items(invoice, "line_items") {
		line := pick(item, "wallet_id", "currency", "settlement_type", "starting_balance", "amount_total", "amount_sent", "amount_received",
			"processing_fees", "payment_activity", "interest_fee", "payout_holdback")
		line["sent_count"], line["received_count"] = item["total_transactions_sent"], item["total_transactions_received"]
		if line["volume_fee"] = item["volume_fee"]; item["volume_fee"].(object)["currency"] != nil {
			line["volume_fee"] = object{"total": item["volume_fee"]}
		}
		lines = append(lines, line)
	}
	of := pick(invoice, "created_at", "due_date", "service_fee", "settlement_fee")
	of["line_items"] = lines
	shown["invoice"], shown["scheduled_sections"] = of, shownSections(bill)
	return shown
}

// shownSections are the amounts of a bill that are billed on a schedule.
func shownSections(bill object) []any {
	sections := []any{}
	for _, section := range items(bill, "scheduled_sections") {
		calculation := section["calculation"].(object)
		terms := calculation["terms"].(object)
		of := pick(terms, "amount", "bill_at", "annual_value", "cadence", "anchor_at", "counterparty_share_basis_points")
		of["type"], of["terms"] = calculation["type"], terms["type"]
		if cadence := terms["installment_cadence"]; cadence != nil {
			of["cadence"] = cadence
		}
		kept := pick(section, "coverage", "amount", "settlement_type")
		kept["calculation"] = of
		sections = append(sections, kept)
	}
	return sections
}

// shownBillSummary is what the data source shows of a number of bills.
func shownBillSummary(answer any) object {
	summary := answer.(object)
	count := func(of object) object {
		return object{"total_count": of["bill_total_count"], "inflight_count": of["inflight_total_count"]}
	}
	due := func(currency string, of object) object {
		shown := count(of)
		shown["total_due"] = object{
			"amount": of["total_due_base_units"], "currency": currency, "unit": summary["amount_units"].(object)[currency],
		}
		return shown
	}
	shown, currencies, states := count(summary), object{}, object{}
	for currency, bills := range summary["by_currency"].(object) {
		of, byStatus := due(currency, bills.(object)), object{}
		of["oldest_created_at"], of["newest_created_at"] = bills.(object)["oldest_created_at"], bills.(object)["newest_created_at"]
		for status, bills := range bills.(object)["by_status"].(object) {
			byStatus[status] = due(currency, bills.(object))
		}
		of["by_status"] = byStatus
		currencies[currency] = of
	}
	for status, bills := range summary["by_status"].(object) {
		states[status] = count(bills.(object))
	}
	shown["organization_id"], shown["by_currency"], shown["by_status"] = summary["organization_id"], currencies, states
	return shown
}
