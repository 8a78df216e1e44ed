package faults_test

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// matrixDataSources are the data sources that the fault matrix reads, each with its configuration. The world has a wallet, a payment
// request, a bill, a webhook and checkout settings.
var matrixDataSources = map[string]func(c *testCase) acctest.Config{
	"voltage_assets":            nothing,
	"voltage_bill":              existing("bill", "id"),
	"voltage_bill_summary":      nothing,
	"voltage_bills":             nothing,
	"voltage_checkout_settings": nothing,
	"voltage_line_of_credit":    func(*testCase) acctest.Config { return acctest.Config{"currency": "usd"} },
	"voltage_lines_of_credit":   nothing,
	"voltage_payment":           existing("payment", "id"),
	"voltage_payment_history":   existing("payment", "payment_id"),
	"voltage_payment_summary":   existing("wallet", "wallet_id"),
	"voltage_payments":          nothing,
	"voltage_wallet":            existing("wallet", "id"),
	"voltage_wallet_ledger":     existing("wallet", "wallet_id"),
	"voltage_wallet_policies":   existing("wallet", "wallet_id"),
	"voltage_wallets":           nothing,
	"voltage_webhook":           existing("webhook", "id"),
	"voltage_webhooks":          nothing,
	"voltage_webhook_delivery": func(c *testCase) acctest.Config {
		return acctest.Config{"id": c.existing["delivery"], "webhook_id": c.existing["webhook"], "wait_for": "final"}
	},
	"voltage_webhook_deliveries":       existing("webhook", "webhook_id"),
	"voltage_webhook_delivery_summary": existing("webhook", "webhook_id"),
}

// matrixListResources are the list resources that the fault matrix queries in the same world, each with its configuration.
var matrixListResources = map[string]func(c *testCase) acctest.Config{
	"voltage_wallet":  nothing,
	"voltage_webhook": nothing,
}

func nothing(*testCase) acctest.Config { return nil }

// existing returns a configuration with the ID of an existing object.
func existing(kind, attribute string) func(c *testCase) acctest.Config {
	return func(c *testCase) acctest.Config { return acctest.Config{attribute: c.existing[kind]} }
}

// readable makes one object of every readable kind.
func readable(c *testCase) {
	prepared(acctest.Config{})(c)
	c.Emulator.SetCheckout(c.EnvironmentID, emulator.Checkout{OriginPolicy: "deny_all"})
	payment, err := c.Emulator.AddReceive(uuid.MustParse(c.instance.String("id")), 150_000, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	hook := &acctest.Instance{Type: "voltage_webhook"}
	c.World.Protocol(c.t).MustApply(hook, acctest.Config{
		"name": "hook", "url": "https://shop.example/hooks", "events": acctest.Config{"receive": []any{"completed"}},
	})
	bill, err := c.Emulator.AddBill(emulator.Bill{LineOfCreditID: c.LineOfCreditID, Amount: 21_000})
	if err != nil {
		c.t.Fatal(err)
	}
	delivery := deliver(c.t, c.World, hook.String("id"))["delivery_id"].(string)
	time.Sleep(time.Minute)
	c.existing = map[string]string{
		"bill": bill.Bill.String(), "wallet": c.instance.String("id"), "payment": payment.String(), "webhook": hook.String("id"),
		"delivery": delivery,
	}
	c.objects = append(c.objects, c.OrganizationID.String(), c.EnvironmentID.String(), "staging")
	c.objects = slices.AppendSeq(c.objects, maps.Values(c.existing))
}

func readEach(c *testCase) acctest.Diagnostics {
	var all acctest.Diagnostics
	for kind, config := range matrixDataSources {
		_, diags := c.ReadDataSource(c.t.Context(), kind, config(c))
		all = append(all, diags...)
	}
	return all
}

// queryEach fails the test if the result of a query is incomplete without an error. Only a lagging list may be incomplete, since nobody can
// detect that.
func queryEach(c *testCase) acctest.Diagnostics {
	var all acctest.Diagnostics
	for kind, config := range matrixListResources {
		listed, diags := c.Query(c.t.Context(), kind, config(c), true, 0)
		if diags.Errors() == "" && len(listed) != 1 && !c.lags {
			c.t.Errorf("%d results of %s without an error, want 1", len(listed), kind)
		}
		all = append(all, diags...)
	}
	return all
}

// queriedAll is the check after the fault: no read lags, and every object is listed.
func queriedAll(c *testCase) {
	c.lags = false
	if diags := queryEach(c); diags.Errors() != "" {
		c.t.Error(diags.Errors())
	}
	oneWallet(c)
}
