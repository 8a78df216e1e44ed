package payment_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestFixtures: the data source shows every payment of the contract's fixtures. A file that is added is a test.
func TestFixtures(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../emulator/testdata/fixtures/get_payment.response.200.*.json")
	if err != nil || len(paths) < 50 {
		t.Fatalf("%d fixtures: %v", len(paths), err)
	}
	f := setUp(t)
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		if err := json.Unmarshal(content, &want); err != nil {
			t.Fatal(err)
		}
		f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Effect: emulator.Answer{Status: 200, ContentType: "application/json", Body: string(content)}})
		shown, diags := f.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{
			"id": want["id"], "organization_id": want["organization_id"], "environment_id": want["environment_id"],
		})
		if diags.Errors() != "" {
			t.Errorf("%s: %s", filepath.Base(path), diags.Errors())
			f.Emulator.ClearFaults()
			continue
		}
		for attribute, member := range shownMembers {
			if got, want := shownText(shown, attribute), memberText(want, member); got != want {
				t.Errorf("%s: %v is %q, want %q", filepath.Base(path), attribute, got, want)
			}
		}
		for attribute, member := range map[string][]string{"receipts": {"data", "receipts"}, "outflows": {"data", "outflows"}, "exchanges": {"exchanges"}} {
			list, _ := find(want, member).([]any)
			if got := len(acctest.Elements(acctest.Attribute(shown, attribute))); got != len(list) {
				t.Errorf("%s: %d %s, want %d", filepath.Base(path), got, attribute, len(list))
			}
		}
		if amount := acctest.Attribute(shown, "amount"); want["direction"] == "receive" && want["requested_amount"] == nil && memberText(want, "data.amount.amount") == "0" {
			if !amount.IsNull() {
				t.Errorf("%s: the amount of an unpaid receive of any amount is %s", filepath.Base(path), amount)
			}
		} else if got := shownText(shown, "amount.amount"); got != memberText(want, "data.amount.amount") {
			t.Errorf("%s: the amount is %s", filepath.Base(path), got)
		}
	}
}

// shownMembers are the members of an answer by the attribute that shows them.
var shownMembers = map[string]string{
	"wallet_id": "wallet_id", "kind": "type", "direction": "direction", "status": "status", "currency": "currency", "category": "payment_category",
	"fees.amount": "data.fees.amount", "fees.currency": "data.fees.currency", "max_fee.amount": "data.max_fee.amount",
	"requested_amount.amount": "requested_amount.amount", "payment_request": "data.payment_request", "address": "data.address", "bip21_uri": "bip21_uri",
	"error.type": "error.type", "error.code": "error.code", "error.detail": "error.detail",
	"processing_fee.basis_points": "processing_fee.basis_points", "processing_fee.amount.amount": "processing_fee.amount.amount",
	"payment_breakdown.principal.amount": "payment_breakdown.principal.amount", "payment_breakdown.network_fee.amount": "payment_breakdown.network_fee.amount",
	"payment_breakdown.processing_fee.amount": "payment_breakdown.processing_fee.amount",
	"market_quote.from":                       "data.market_quote.from", "market_quote.to": "data.market_quote.to",
}

func shownText(value tftypes.Value, path string) string {
	for _, name := range strings.Split(path, ".") {
		value = acctest.Attribute(value, name)
	}
	return acctest.Text(value) + acctest.Number(value)
}

func memberText(object map[string]any, path string) string {
	switch value := find(object, strings.Split(path, ".")).(type) {
	case nil:
		return ""
	case string:
		return value
	default:
		content, _ := json.Marshal(value)
		return string(content)
	}
}

func find(object map[string]any, path []string) any {
	var value any = object
	for _, name := range path {
		members, _ := value.(map[string]any)
		value = members[name]
	}
	return value
}
