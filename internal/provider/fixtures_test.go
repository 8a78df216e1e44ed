package provider_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// object is a JSON object.
type object = map[string]any

var (
	fixtureOrganization = uuid.MustParse("9539850c-6eb7-4ad4-9380-3b8926df7798")
	fixtureEnvironment  = uuid.MustParse("b16d9fea-47eb-4845-906b-a5aadb6e39ee")
	fixtureSession      = "9d52ebfc-ad4d-4026-8d04-9c235d947aea" // which fixtures of payments do not name
	fixtureWebhook      = uuid.MustParse("9be99225-d855-41ef-b6be-8e96d8b981db")
	fixturePayment      = uuid.MustParse("b05c4159-bec6-4bea-b95e-55f9811592f7")
)

// lineCurrency is the currency of every line of credit that a wallet's data source looks up.
const lineCurrency = "usd"

// shower is a data source or a resource that shows the answers of an operation.
type shower struct {
	// name is that of a data source, or of a resource after "resource " or "state of ".
	name string
	// config is the configuration of a data source; or one value "id", the ID that a resource is imported by; or, after "state of ", the
	// attributes that a resource has before its refresh, nil where the answer is not about such a resource.
	config func(answer any) acctest.Config
	// shown is the state that has to come of an answer, as JSON; nil for no state. It is read out of the JSON without the provider's code.
	shown func(answer any) object
}

// shownOperations are the operations that a data source or a resource reads.
var shownOperations = map[string]struct {
	path    string // of the request, a regular expression
	showers []shower
}{
	"get_wallet": {`/wallets/[^/]+$`, []shower{
		{"voltage_wallet", byID("id", "organization_id"), func(answer any) object { return shownWallet(answer.(object)) }},
		{"resource voltage_wallet", importID("organization_id", "id"), func(answer any) object {
			wallet := answer.(object)
			if wallet["deleted_at"] != nil {
				return nil
			}
			return pick(shownWallet(wallet), "id", "organization_id", "environment_id", "name", "network", "line_of_credit_id", "limit",
				"metadata", "active", "created_at")
		}},
	}},
	"get_all_organizations_wallets_as_user": {`/wallets$`, []shower{{
		"voltage_wallets", list("include_inactive", true), shownList("", "wallets", shownWallet),
	}}},
	"get_wallet_ledger_as_user": {`/wallets/[^/]+/ledger$`, []shower{{
		"voltage_wallet_ledger", of("wallet_id", fixturePayment), func(answer any) object {
			events := []any{}
			for _, item := range items(answer, "items") {
				event := pick(item, "type", "effective_time", "currency", "amount", "payment_id", "credit_id", "hold_id", "deposit_id", "withdraw_id")
				if amount, ok := event["amount"].(object); ok {
					event["currency"] = amount["currency"]
				}
				events = append(events, event)
			}
			return object{"wallet_id": fixturePayment.String(), "organization_id": fixtureOrganization.String(), "events": events}
		},
	}}},
	"get_wallet_policies": {`/wallets/[^/]+/policies$`, []shower{
		{"voltage_wallet_policies", of("wallet_id", fixturePayment), func(answer any) object {
			policies := shownPolicies(answer.(object))
			policies["updated_at"] = answer.(object)["updated_at"]
			if failure, ok := answer.(object)["error"].(object); ok {
				policies["error"] = pick(failure, "type", "detail")
			}
			return policies
		}},
		{"resource voltage_wallet_policies", func(any) acctest.Config { return acctest.Config{"id": fixturePayment.String()} }, func(answer any) object {
			policies := shownPolicies(answer.(object))
			delete(policies, "reflex_threshold")
			return policies
		}},
	}},
	"get_line_of_credit_summary_as_user": {`/lines_of_credit/[^/]+/summary$`, []shower{
		{"voltage_line_of_credit", byID("id", "organization_id"), func(answer any) object { return shownLine(answer.(object)) }},
		{"resource voltage_sandbox_line_of_credit", importID("organization_id", "id"), func(answer any) object {
			line := pick(shownLine(answer.(object)), "organization_id", "environment_id", "network", "currency", "limit")
			line["line_of_credit_id"] = answer.(object)["id"]
			return line
		}},
	}},
	"get_lines_of_credit_summaries_as_user": {`/lines_of_credit/summaries$`, []shower{{
		"voltage_lines_of_credit", list("include_disabled", true), shownList("", "lines_of_credit", shownLine),
	}}},
	"get_payment": {`/payments/[^/]+$`, []shower{
		{"voltage_payment", byID("id", "organization_id", "environment_id"), func(answer any) object { return shownPayment(answer.(object)) }},
		{"state of voltage_payment_request", func(answer any) acctest.Config {
			payment := answer.(object)
			if payment["direction"] != "receive" {
				return nil
			}
			return acctest.Config{
				"id": payment["id"], "organization_id": payment["organization_id"], "environment_id": payment["environment_id"], "wallet_id": payment["wallet_id"],
				"kind": payment["type"],
			}
		}, func(answer any) object {
			payment := shownPayment(answer.(object))
			if payment["category"] == nil {
				payment["category"] = "standard"
			}
			if payment["status"] == "completed" {
				payment["received_amount"] = payment["amount"]
			}
			return pick(payment, "id", "organization_id", "environment_id", "wallet_id", "kind", "status", "currency", "created_at", "updated_at", "expires_at",
				"category", "payment_request", "address", "bip21_uri", "received_amount", "processing_fee", "payment_breakdown", "error", "receipts")
		}},
		{"state of voltage_checkout_session", func(answer any) acctest.Config {
			payment := answer.(object)
			if payment["direction"] != "receive" {
				return nil
			}
			return acctest.Config{
				"id": fixtureSession, "payment_id": payment["id"], "organization_id": payment["organization_id"], "environment_id": payment["environment_id"],
				"wallet_id": payment["wallet_id"], "kind": payment["type"],
			}
		}, func(answer any) object {
			payment := shownPayment(answer.(object))
			if payment["status"] == "completed" {
				payment["received_amount"] = payment["amount"]
			}
			shown := pick(payment, "organization_id", "environment_id", "wallet_id", "kind", "status", "created_at", "updated_at", "payment_request",
				"address", "bip21_uri", "received_amount", "error")
			shown["id"], shown["payment_id"] = fixtureSession, payment["id"]
			return shown
		}},
	}},
	"get_payments": {`/payments$`, []shower{{
		"voltage_payments", func(answer any) acctest.Config {
			// Pages after this one are not asked for.
			return acctest.Config{"environment_id": fixtureEnvironment.String(), "max_results": max(1, len(items(answer, "items")))}
		}, func(answer any) object {
			shown := shownList("items", "payments", shownPayment)(answer)
			shown["max_results"] = max(1, len(items(answer, "items")))
			return shown
		},
	}}},
	"get_payment_history": {`/payments/[^/]+/history$`, []shower{{
		"voltage_payment_history", of("payment_id", fixturePayment), func(answer any) object {
			return object{
				"payment_id": fixturePayment.String(), "organization_id": fixtureOrganization.String(), "environment_id": fixtureEnvironment.String(),
				"events": answer.(object)["events"],
			}
		},
	}}},
	"get_payment_summary": {`/payments/summary$`, []shower{{
		"voltage_payment_summary", func(any) acctest.Config { return acctest.Config{} }, shownSummary,
	}}},
	"get_wallet_payment_summary": {`/wallets/[^/]+/payments/summary$`, []shower{{
		"voltage_payment_summary", byID("wallet_id", "organization_id"), shownWalletSummary,
	}}},
	"get_bill_as_user": {`/bills/[^/]+$`, []shower{{
		"voltage_bill", byID("id", "organization_id"), func(answer any) object { return shownBill(answer.(object)) },
	}}},
	"get_bills_as_user": {`/bills$`, []shower{{
		"voltage_bills", func(any) acctest.Config { return acctest.Config{} }, func(answer any) object {
			bills := shownList("items", "bills", shownBill)(answer)
			delete(bills, "environment_id")
			return bills
		},
	}}},
	"get_bill_summary_as_user": {`/bills/summary$`, []shower{{
		"voltage_bill_summary", func(any) acctest.Config { return acctest.Config{} }, shownBillSummary,
	}}},
	"get_webhook": {`/webhooks/[^/]+$`, []shower{
		{"voltage_webhook", byID("id", "organization_id", "environment_id"), func(answer any) object { return shownWebhook(answer.(object)) }},
		{"resource voltage_webhook", importID("organization_id", "environment_id", "id"), func(answer any) object {
			webhook := shownWebhook(answer.(object))
			if webhook["status"] == "deleted" {
				return nil
			}
			return pick(webhook, "id", "organization_id", "environment_id", "url", "name", "events", "enabled", "status", "created_at")
		}},
	}},
	"get_webhooks_as_user": {`/webhooks$`, []shower{{
		"voltage_webhooks", list("statuses", []any{"active", "deleted", "stopped"}), oldestFirst(shownList("", "webhooks", shownWebhook)),
	}}},
	"get_webhook_delivery": {`/deliveries/[^/]+$`, []shower{{
		"voltage_webhook_delivery", byID("id", "webhook_id"), func(answer any) object {
			shown := shownDelivery(answer.(object))
			maps.Copy(shown, ofFixtureWebhook())
			return shown
		},
	}}},
	"get_webhook_deliveries_as_user": {`/deliveries$`, []shower{{
		"voltage_webhook_deliveries", func(answer any) acctest.Config {
			// Pages after this one are not asked for.
			return acctest.Config{"webhook_id": fixtureWebhook.String(), "max_results": max(1, len(items(answer, "items")))}
		}, func(answer any) object {
			shown := shownList("items", "deliveries", shownDelivery)(answer)
			maps.Copy(shown, ofFixtureWebhook())
			return shown
		},
	}}},
	"get_webhook_delivery_summary_as_user": {`/deliveries/summary$`, []shower{{
		"voltage_webhook_delivery_summary", byID("webhook_id", "statuses"), func(answer any) object {
			shown := pick(answer.(object), "total_count", "total_count_accuracy")
			statuses := slices.Clone(answer.(object)["statuses"].([]any)) // a set has no order
			slices.SortFunc(statuses, func(a, b any) int { return cmp.Compare(a.(string), b.(string)) })
			shown["statuses"] = statuses
			maps.Copy(shown, ofFixtureWebhook())
			return shown
		},
	}}},
	"get_settings": {`/checkout/settings$`, []shower{
		{"voltage_checkout_settings", func(any) acctest.Config { return acctest.Config{} }, func(answer any) object { return sortedOrigins(answer.(object)) }},
		{"resource voltage_checkout_settings", importID("organization_id", "environment_id"), func(answer any) object {
			return pick(sortedOrigins(answer.(object)), "organization_id", "environment_id", "origin_policy", "allowed_origins")
		}},
	}},
	"get_all_organization_supported_assets": {`/assets$`, []shower{{
		"voltage_assets", func(any) acctest.Config { return acctest.Config{} }, func(answer any) object {
			assets := []any{}
			for _, asset := range items(answer, "assets") {
				asset = pick(asset, "asset", "name", "network", "decimal_display")
				asset["currency"], asset["network"] = "asset:"+asset["asset"].(string), asResource(asset["network"])
				assets = append(assets, asset)
			}
			return object{"organization_id": fixtureOrganization.String(), "assets": assets}
		},
	}}},
}

// shownNowhere are the operations whose answers no data source and no resource shows.
var shownNowhere = []string{
	"get_a_quote_as_user", "get_quotes_as_user", // the provider uses quotes, and shows their IDs
	"get_events", "get_session", "get_session_allowed_origins", // for browsers, with tokens of their own
	"update_settings", // a write
}

// TestFixtures: each answer of the fixtures is shown by every data source and resource that reads it, down to the last value, and they show
// nothing else. A file that is added is a test.
func TestFixtures(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, fixture := range acctest.Fixtures(t, "../emulator/testdata/fixtures") {
		operation, ok := shownOperations[fixture.Operation]
		tried[fixture.Operation] = true
		if ok == slices.Contains(shownNowhere, fixture.Operation) {
			t.Errorf("%s: say in this test which data sources and resources show %s, or that none does", fixture.Name, fixture.Operation)
		}
		for _, shower := range operation.showers {
			t.Run(fixture.Name+"/"+shower.name, func(t *testing.T) {
				t.Parallel()
				testShown(t, fixture, regexp.MustCompile(operation.path), shower)
			})
		}
	}
	for operation := range shownOperations {
		if !tried[operation] {
			t.Errorf("there is no fixture of %s", operation)
		}
	}
}

func testShown(t *testing.T, fixture acctest.Fixture, path *regexp.Regexp, shower shower) {
	t.Helper()
	whole, served := pages(fixture.Answer)
	w := acctest.Answering(t, fixtureOrganization, fixtureEnvironment, func(r *http.Request) any {
		if path.MatchString(r.URL.Path) {
			return served(r)
		}
		return beside(r, fixture.Answer)
	})
	p := w.Protocol(t, acctest.Config{"api_key": "vltg_fixtures"})
	config := shower.config(fixture.Answer)
	if config == nil {
		return
	}
	var state tftypes.Value
	var diags acctest.Diagnostics
	if kind, ok := strings.CutPrefix(shower.name, "resource "); ok {
		var instance *acctest.Instance
		if instance, diags = p.Import(t.Context(), kind, config["id"].(string), nil); instance != nil {
			state = instance.State
		}
	} else if kind, ok := strings.CutPrefix(shower.name, "state of "); ok {
		instance := p.Known(kind, config)
		diags = p.Refresh(t.Context(), instance)
		state = instance.State
	} else {
		state, diags = p.ReadDataSource(t.Context(), shower.name, config)
	}
	if diags.Errors() != "" {
		t.Fatal(diags.Errors())
	}
	shown := shower.shown(whole)
	if shown == nil || state.IsNull() {
		if shown != nil || !state.IsNull() {
			t.Errorf("state %s, want %v", state, shown)
		}
		return
	}
	want := acctest.AnswerLeaves(withMoney(shown))
	for name, value := range config { // arguments are in the state too
		if _, shows := shown[name]; !shows && name != "id" {
			maps.Copy(want, acctest.AnswerLeaves(object{name: value}))
		}
	}
	got := acctest.Leaves(state)
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if got[path] != want[path] {
			t.Errorf("%s is %q, want %q", path, got[path], want[path])
		}
	}
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[path]; !ok {
			t.Errorf("%s is %q, which shownOperations does not expect of the answer: add it there; see \"Add an attribute\" in CONTRIBUTING.md",
				path, got[path])
		}
	}
}

// pages returns an answer that is a later page of a list with what is before it, and what serves the pages.
func pages(answer any) (whole any, served func(*http.Request) any) {
	page, _ := answer.(object)
	offset, total := number(page["offset"]), number(page["total"])
	if offset == 0 {
		return answer, func(*http.Request) any { return answer }
	}
	list := items(page, "items")
	var before []any
	for range offset {
		before = append(before, list[0])
	}
	all := slices.Clone(before)
	for _, item := range list {
		all = append(all, item)
	}
	return object{"items": all}, func(r *http.Request) any {
		if r.URL.Query().Get("offset") == "0" {
			return object{"items": before, "offset": 0, "limit": offset, "total": total}
		}
		return answer
	}
}

// beside is what is read beside an answer: lines of credit of a wallet, the payment of a history, and the wallet of a summary.
func beside(r *http.Request, answer any) any {
	line := func(id any) object {
		return object{
			"id": id, "organization_id": fixtureOrganization, "environment_id": fixtureEnvironment, "network": "mutinynet", "currency": lineCurrency,
			"limit": 1, "allocated_limit": 0, "status": nil, "disabled_at": nil,
		}
	}
	path := strings.Split(r.URL.Path, "/")
	switch last := path[len(path)-1]; {
	case last == "summaries":
		lines := []any{}
		for _, wallet := range items(answer, "") {
			lines = append(lines, line(wallet["line_of_credit_id"]))
		}
		return lines
	case last == "summary":
		return line(path[len(path)-2])
	case path[len(path)-2] == "wallets": // of which a summary counts no payments
		return object{
			"id": last, "organization_id": fixtureOrganization, "environment_id": fixtureEnvironment, "name": "counted", "network": "mutinynet",
			"active": true, "limit": 1, "balances": []any{}, "holds": []any{},
			"created_at": "2026-09-01T10:00:00Z", "updated_at": "2026-09-01T10:00:00Z",
		}
	case last == fixturePayment.String():
		return object{
			"id": fixturePayment, "organization_id": fixtureOrganization, "environment_id": fixtureEnvironment, "wallet_id": fixturePayment,
			"direction": "send", "type": "bolt11", "status": "sending", "currency": "btc", "data": object{},
			"created_at": "2026-09-01T10:00:00Z", "updated_at": "2026-09-01T10:00:00Z",
		}
	}
	return nil
}

// byID makes a configuration of members of an answer.
func byID(names ...string) func(any) acctest.Config {
	return func(answer any) acctest.Config {
		config := acctest.Config{}
		for _, name := range names {
			config[name] = answer.(object)[name]
		}
		return config
	}
}

// importID makes the ID of an import of members of an answer.
func importID(names ...string) func(any) acctest.Config {
	return func(answer any) acctest.Config {
		var parts []string
		for _, name := range names {
			parts = append(parts, fmt.Sprint(answer.(object)[name]))
		}
		return acctest.Config{"id": strings.Join(parts, "/")}
	}
}

// of makes a configuration with one ID.
func of(name string, id uuid.UUID) func(any) acctest.Config {
	return func(any) acctest.Config { return acctest.Config{name: id.String()} }
}

// list makes the configuration of a list, with an argument that lets everything through.
func list(argument string, value any) func(any) acctest.Config {
	return func(any) acctest.Config { return acctest.Config{argument: value} }
}

// shownList is the state of a data source of a list: the IDs, and the objects.
func shownList(member, attribute string, shown func(object) object) func(any) object {
	return func(answer any) object {
		ids, objects := []any{}, []any{}
		for _, item := range items(answer, member) {
			ids, objects = append(ids, item["id"]), append(objects, shown(item))
		}
		return object{"organization_id": fixtureOrganization.String(), "environment_id": fixtureEnvironment.String(), "ids": ids, attribute: objects}
	}
}

// oldestFirst is what is shown of a list whose order the API does not promise.
func oldestFirst(shown func(any) object) func(any) object {
	return func(answer any) object {
		sorted := slices.Clone(answer.([]any))
		slices.SortFunc(sorted, func(a, b any) int {
			age := func(value any) string { return fmt.Sprint(value.(object)["created_at"], value.(object)["id"]) }
			return cmp.Compare(age(a), age(b))
		})
		return shown(sorted)
	}
}

// items are the objects of a list: of a member, or of the answer itself.
func items(answer any, member string) []object {
	if member != "" {
		answer = answer.(object)[member]
	}
	var objects []object
	elements, _ := answer.([]any)
	for _, element := range elements {
		objects = append(objects, element.(object))
	}
	return objects
}

func pick(from object, names ...string) object {
	picked := object{}
	for _, name := range names {
		if value, ok := from[name]; ok {
			picked[name] = value
		}
	}
	return picked
}

func number(value any) int64 {
	n, _ := json.Number(fmt.Sprint(value)).Int64()
	return n
}

// asResource is a network as the resource voltage_wallet writes it.
func asResource(network any) any {
	if network == "testnet" {
		return "testnet3"
	}
	return network
}

// withMoney turns each amount into the provider's form: the sign in the number.
func withMoney(value any) any {
	switch value := value.(type) {
	case object:
		result := object{}
		for name, member := range value {
			result[name] = withMoney(member)
		}
		amount, isNumber := value["amount"].(json.Number)
		if _, isMoney := value["currency"].(string); isMoney && isNumber {
			delete(result, "negative")
			if value["negative"] == true && amount != "0" {
				result["amount"] = "-" + amount
			}
		}
		return result
	case []any:
		result := []any{}
		for _, element := range value {
			result = append(result, withMoney(element))
		}
		return result
	}
	return value
}

func shownWallet(wallet object) object {
	shown := pick(wallet, "id", "organization_id", "environment_id", "name", "network", "active", "created_at", "updated_at", "deleted_at", "deletion_failed_at",
		"line_of_credit_id", "limit", "metadata")
	shown["network"] = asResource(wallet["network"])
	each := func(member string, names ...string) []any {
		list := []any{}
		for _, item := range items(wallet, member) {
			item = pick(item, names...)
			if network, ok := item["network"]; ok {
				item["network"] = asResource(network)
			}
			list = append(list, item)
		}
		return list
	}
	balances := each("balances", "currency", "network", "available", "total", "effective_time")
	shown["balances"] = balances
	shown["holds"] = each("holds", "id", "amount", "effective_time")
	shown["pending_settlements"] = each("pending_settlements", "id", "bill_id", "amount", "settlement_type", "effective_time")
	if failure, ok := wallet["error"].(object); ok {
		shown["error"] = pick(failure, "type", "detail")
	}
	switch len(balances) {
	case 0:
		shown["available_balance"], shown["total_balance"] = 0, 0
		if wallet["line_of_credit_id"] != nil {
			shown["currency"] = lineCurrency
		}
	case 1:
		balance := withMoney(balances[0]).(object)
		shown["currency"] = balance["currency"]
		shown["available_balance"], shown["total_balance"] = balance["available"].(object)["amount"], balance["total"].(object)["amount"]
	}
	return shown
}

func shownPolicies(answer object) object {
	shown := object{"wallet_id": fixturePayment.String(), "organization_id": fixtureOrganization.String(), "ofac_compliant": false}
	for _, policy := range items(answer, "policies") {
		data := policy["data"].(object)
		switch policy["type"] {
		case "max_payment_size":
			shown["max_payment_size_sats"] = data["max_size_sats"]
		case "transaction_velocity":
			shown["transactions_per_minute"] = data["transactions_per_minute"]
		case "send_volume_limit":
			shown["send_volume_limit_sats"] = data["limit_sats"]
		case "reflex_approval":
			shown["reflex_template_id"], shown["reflex_threshold"] = data["template_id"], data["threshold"]
		case "ofac_compliant":
			shown["ofac_compliant"] = true
		case "processing_fee":
			shown["processing_fee"] = data["rates"]
		}
	}
	return shown
}

func shownLine(line object) object {
	shown := pick(line, "id", "organization_id", "environment_id", "currency", "limit", "allocated_limit", "disabled_at")
	shown["network"], shown["available_limit"] = asResource(line["network"]), number(line["limit"])-number(line["allocated_limit"])
	if status, ok := line["status"].(object); ok {
		shown["secured"], shown["verified"] = status["secured"], status["verified"]
	}
	if node, ok := line["infrastructure"].(object); ok {
		shown["infrastructure"] = object{"type": node["type"], "host": node["config"].(object)["host"]}
	}
	return shown
}

func shownWebhook(webhook object) object {
	shown := pick(webhook, "id", "organization_id", "environment_id", "url", "name", "status", "created_at", "updated_at", "stopped_at", "deleted_at")
	shown["enabled"] = webhook["status"] == "active"
	families := map[string][]any{}
	for _, entry := range items(webhook, "events") {
		for family, events := range entry {
			if one, ok := events.(string); ok {
				events = []any{one}
			}
			families[family] = append(families[family], events.([]any)...)
		}
	}
	events := object{}
	for family, names := range families {
		slices.SortFunc(names, func(a, b any) int { return cmp.Compare(a.(string), b.(string)) })
		events[family] = names
	}
	shown["events"] = events
	return shown
}

func sortedOrigins(settings object) object {
	shown := maps.Clone(settings)
	origins := slices.Clone(settings["allowed_origins"].([]any))
	slices.SortFunc(origins, func(a, b any) int { return cmp.Compare(a.(string), b.(string)) })
	shown["allowed_origins"] = origins
	return shown
}

// shownPayment is what the data sources show of a payment. Amounts are in the present form, or else in the deprecated ones.
func shownPayment(payment object) object {
	data := payment["data"].(object)
	shown := pick(payment, "id", "organization_id", "environment_id", "wallet_id", "direction", "status", "currency", "created_at", "updated_at",
		"requested_amount", "bip21_uri", "metadata", "payment_breakdown", "processing_fee", "check_only")
	maps.Copy(shown, pick(data, "payment_request", "address", "max_fee", "fees"))
	shown["kind"], shown["category"] = payment["type"], payment["payment_category"]
	for _, name := range []string{"memo", "label", "description"} {
		if text, _ := data[name].(string); text != "" {
			shown["description"] = text
		}
	}
	if seconds, ok := data["expiration"].(json.Number); ok {
		created, _ := time.Parse(time.RFC3339Nano, payment["created_at"].(string))
		shown["expires_at"] = created.Add(time.Duration(number(seconds)) * time.Second).Format(time.RFC3339Nano)
	}
	shown["amount"] = data["amount"]
	if breakdown, ok := payment["payment_breakdown"].(object); ok {
		shown["payment_breakdown"] = pick(breakdown, "principal", "network_fee", "processing_fee")
		shown["amount"] = breakdown["principal"]
	} else if amount, ok := data["amount"].(object); ok && payment["direction"] == "receive" && payment["requested_amount"] == nil &&
		number(amount["amount"]) == 0 {
		shown["amount"] = nil // any amount, and nobody has paid
	}
	for name, deprecated := range map[string][]string{
		"amount": {"amount_msats", "amount_sats"}, "max_fee": {"max_fee_msats", "max_fee_sats"}, "fees": {"fee_msats", "fee_sats"},
	} {
		if data[name] != nil || shown[name] != nil {
			continue
		}
		if msats, ok := data[deprecated[0]].(json.Number); ok {
			shown[name] = object{"currency": "btc", "amount": msats, "unit": "msats"}
		} else if sats, ok := data[deprecated[1]].(json.Number); ok {
			shown[name] = object{"currency": "btc", "amount": sats + "000", "unit": "msats"}
		}
	}
	if quote, ok := data["market_quote"].(object); ok {
		quote = maps.Clone(quote)
		quote["rate"] = decimalRate(quote["rate"])
		shown["market_quote"] = quote
	}
	exchanges := []any{}
	for _, exchange := range items(payment, "exchanges") {
		kept := pick(exchange, "ledger_id", "quote_id", "from_amount", "to_amount")
		detail, _ := exchange["quote"].(object)["detail"].(object)
		if rfq, ok := detail["rfq"].(object); ok { // of a peer
			detail = rfq
		}
		kept["rate"] = decimalRate(detail["rate"])
		exchanges = append(exchanges, kept)
	}
	shown["exchanges"] = exchanges
	if failure, ok := payment["error"].(object); ok {
		shown["error"] = pick(failure, "type", "code", "detail")
	}
	for _, member := range []string{"receipts", "outflows"} {
		flows := []any{}
		for _, flow := range items(data, member) {
			preimage := ""
			rest, _ := json.Marshal(withoutPreimages(flow["data"], &preimage))
			kept := object{"type": flow["type"], "data": string(rest)}
			if preimage != "" {
				kept["preimage"] = preimage
			}
			flows = append(flows, kept)
		}
		shown[member] = flows
	}
	return shown
}

// decimalRate is <coefficient>e<scale> as a decimal number.
func decimalRate(rate any) any {
	coefficient, scale, ok := strings.Cut(fmt.Sprint(rate), "e")
	if !ok {
		return nil
	}
	value, _ := new(big.Rat).SetString(coefficient + "e-" + scale)
	if value.IsInt() {
		return value.Num().String()
	}
	return strings.TrimRight(value.FloatString(18), "0")
}

// withoutPreimages is a value without what is called a preimage, at any depth.
func withoutPreimages(value any, found *string) any {
	switch value := value.(type) {
	case object:
		rest := object{}
		for name, member := range value {
			if text, ok := member.(string); name == "preimage" && ok {
				*found = cmp.Or(*found, text)
			} else if name != "preimage" {
				rest[name] = withoutPreimages(member, found)
			}
		}
		return rest
	case []any:
		rest := []any{}
		for _, element := range value {
			rest = append(rest, withoutPreimages(element, found))
		}
		return rest
	}
	return value
}
