package examples_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// stagingImports are the import blocks by which the whole environment is adopted.
const stagingImports = `
variable "ids" { type = map(string) }
import {
  to = voltage_sandbox_line_of_credit.staging
  id = var.ids["line"]
}
import {
  for_each = var.wallets
  to       = voltage_wallet.this[each.key]
  id       = var.ids[each.key]
}
import {
  for_each = var.wallets
  to       = voltage_wallet_policies.this[each.key]
  id       = var.ids[each.key]
}
import {
  to = voltage_webhook.payments
  id = var.ids["webhook"]
}
import {
  to = voltage_checkout_settings.staging
  id = var.ids["environment"]
}
`

// TestStagingEnvironment applies the example, changes it, imports it into an empty state with an empty plan after it, and destroys it.
func TestStagingEnvironment(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	c := w.InProcess(t)
	for _, file := range []string{"main.tf", "variables.tf", "outputs.tf"} {
		c.Write(file, read(t, "staging-environment", file))
	}
	c.Terraform("apply", "-auto-approve")
	c.Terraform("plan", "-detailed-exitcode")

	// Everything that can be changed in place is, a wallet is added, and money arrives.
	changed := map[string]any{
		"line_limit_msats": 600_000_000, "webhook_url": "https://shop.example/v2",
		"checkout_origins": []string{"https://shop.example", "http://localhost:3000"},
		"wallets": map[string]any{
			"orders-staging":  map[string]any{"team": "payments", "limit_msats": 100_000_000, "max_payment_sats": 60_000},
			"refunds-staging": map[string]any{"team": "support", "limit_msats": 20_000_000, "max_payment_sats": 10_000},
			"tips-staging":    map[string]any{"team": "payments", "limit_msats": 0, "max_payment_sats": 100},
		},
	}
	content, err := json.Marshal(changed)
	if err != nil {
		t.Fatal(err)
	}
	c.Write("staging.auto.tfvars.json", string(content))
	if out := c.Terraform("apply", "-auto-approve"); !strings.Contains(out, "2 added, 4 changed, 0 destroyed") {
		t.Errorf("applied:\n%s", out)
	}
	wallets := map[string]string{}
	c.Output("wallet_ids", &wallets)
	if err := w.Emulator.Deposit(uuid.MustParse(wallets["orders-staging"]), "btc", 21_000_000); err != nil {
		t.Fatal(err)
	}
	c.Terraform("apply", "-auto-approve") // outputs alone
	balances := map[string]int{}
	if c.Output("balances_sats", &balances); balances["orders-staging"] != 21_000 || balances["tips-staging"] != 0 || len(balances) != 3 {
		t.Errorf("balances %v", balances)
	}

	// An empty state adopts all of it.
	var webhook string
	c.Output("webhook_id", &webhook)
	ids := map[string]string{"line": emulator.StagingLineID.String(), "webhook": webhook, "environment": w.EnvironmentID.String()}
	for name, id := range wallets {
		ids[name] = id
	}
	if content, err = json.Marshal(map[string]any{"ids": ids}); err != nil {
		t.Fatal(err)
	}
	c.Write("imports.tf", stagingImports)
	c.Write("ids.auto.tfvars.json", string(content))
	if err := os.Remove(filepath.Join(c.Dir, "terraform.tfstate")); err != nil {
		t.Fatal(err)
	}
	w.Emulator.ResetRequests()
	if out := c.Terraform("apply", "-auto-approve"); !strings.Contains(out, "9 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("imported:\n%s", out)
	}
	for _, request := range w.Emulator.Requests() {
		if request.Method != "GET" {
			t.Errorf("an import sent %s %s", request.Method, request.Path)
		}
	}
	c.Terraform("plan", "-detailed-exitcode")

	// One wallet that holds funds stops the plan: nothing is destroyed.
	w.Emulator.ResetRequests()
	if out, err := c.Try("destroy", "-auto-approve"); err == nil || !strings.Contains(out, "Wallet Not Empty") ||
		!strings.Contains(out, "21000000 msats") {
		t.Errorf("destroyed what holds funds: %v\n%s", err, out)
	}
	for _, request := range w.Emulator.Requests() {
		if request.Method != "GET" {
			t.Errorf("a destroy that was refused sent %s %s", request.Method, request.Path)
		}
	}
	if err := w.Emulator.Deposit(uuid.MustParse(wallets["orders-staging"]), "btc", -21_000_000); err != nil {
		t.Fatal(err)
	}
	c.Terraform("destroy", "-auto-approve")
	for _, wallet := range w.Emulator.Wallets() {
		if wallet.Active {
			t.Errorf("%s is left", wallet.Name)
		}
	}
	for _, hook := range w.Emulator.Webhooks() {
		if hook.Status != "deleted" {
			t.Errorf("%s is left", hook.Name)
		}
	}
	if policy, limit := w.Emulator.Checkout(w.EnvironmentID).OriginPolicy, w.Emulator.LineLimit(w.LineOfCreditID); policy != "deny_all" ||
		limit != 600_000_000 {
		t.Errorf("left are %s and a limit of %d", policy, limit)
	}
}
