package emulator

import (
	"maps"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// getPaymentSummary counts the payments of an environment. If no payment matches, the counts are 0 and the maps are empty.
func (e *Emulator) getPaymentSummary(c *call) reply {
	query := c.request.URL.Query()
	filter, p := paymentFilter(query)
	if p != nil {
		return refuse(p)
	}
	summary := e.world.SummarizePayments(&c.Call, filter, query.Get("include_inactive") == "true")
	organizations, environments, lines := map[string]any{}, map[string]any{}, map[string]any{}
	if summary.Total > 0 {
		organizations[c.Organization.String()] = countJSON(summary.PaymentCount, nil)
		environments[c.Environment.String()] = countJSON(summary.PaymentCount, map[string]any{"organization_id": c.Organization})
	}
	for id, line := range summary.Lines {
		lines[id.String()] = countJSON(line.PaymentCount, map[string]any{
			"organization_id": c.Organization, "environment_id": c.Environment, "buckets": each(line.Buckets, bucketJSON),
		})
	}
	return found(countJSON(summary.PaymentCount, map[string]any{
		"organization_id": c.Organization, "environment_id": c.Environment,
		"by_organization_id": organizations, "by_environment_id": environments, "by_line_of_credit_id": lines,
	}))
}

// getWalletPaymentSummary counts the payments of a wallet. It never returns 404: a wallet that does not exist has no payments and a
// meaningless environment.
func (e *Emulator) getWalletPaymentSummary(c *call) reply {
	query := c.request.URL.Query()
	filter, p := paymentFilter(query)
	if p != nil {
		return refuse(p)
	}
	id := c.ids["wallet_id"]
	content := map[string]any{"wallet_id": id, "organization_id": c.Organization, "environment_id": uuid.Nil, "line_of_credit_id": nil}
	var summary world.PaymentBuckets
	if wallet, refusal := e.world.ReadWallet(&c.Call, id); refusal == nil {
		if !c.opens(wallet.EnvironmentID) {
			return refuse(accessDenied())
		}
		content["environment_id"], content["line_of_credit_id"] = wallet.EnvironmentID, wallet.LineOfCreditID
		summary = e.world.SummarizeWallet(&c.Call, id, filter, query.Get("include_inactive") == "true")
	}
	content["buckets"] = each(summary.Buckets, bucketJSON)
	return found(countJSON(summary.PaymentCount, content))
}

// countJSON adds a count to an object.
func countJSON(n world.PaymentCount, of map[string]any) map[string]any {
	content := map[string]any{
		"total_count": n.Total, "oldest_created_at": timestampOrNull(n.Oldest), "newest_created_at": timestampOrNull(n.Newest),
	}
	maps.Copy(content, of)
	return content
}

// bucketJSON writes a bucket in the form of the contract's schema PaymentBucketSummary.
func bucketJSON(b world.PaymentBucket) map[string]any {
	return countJSON(b.PaymentCount, map[string]any{
		"direction": b.Direction, "status": b.Status, "currency": b.Currency, "kind": b.Kind,
	})
}
