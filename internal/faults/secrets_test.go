package faults_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// everything returns a configuration with all parts of the provider that every version of Terraform supports.
func everything(w *acctest.World, name string) string {
	known, delivery := 0, uuid.Nil // an existing delivery
	if ended := w.Emulator.Deliveries(); len(ended) > 0 {
		known, delivery = 1, ended[0].ID
	}
	return configuration(w, name, "") + fmt.Sprintf(`
provider "voltage" {
  max_retries = 1
}
data "voltage_wallet" "test" {
  id = voltage_wallet.test.id
}
data "voltage_wallets" "test" {}
data "voltage_line_of_credit" "test" {
  id = %[1]q
}
data "voltage_lines_of_credit" "test" {}
data "voltage_assets" "test" {}
resource "voltage_sandbox_line_of_credit" "test" {
  line_of_credit_id = %[1]q
  limit             = 90000000000 + %[3]d
}
resource "voltage_wallet_policies" "test" {
  wallet_id             = voltage_wallet.test.id
  max_payment_size_sats = 100000 + %[3]d
  processing_fee        = { send_basis_points = 50, receive_basis_points = 0 }
}
data "voltage_wallet_policies" "test" {
  wallet_id  = voltage_wallet.test.id
  depends_on = [voltage_wallet_policies.test]
}
resource "voltage_checkout_settings" "test" {
  origin_policy   = "allowlist"
  allowed_origins = ["https://shop%[3]d.example"]
}
data "voltage_checkout_settings" "test" {
  depends_on = [voltage_checkout_settings.test]
}
resource "voltage_payment_request" "test" {
  wallet_id = voltage_wallet.test.id
  kind      = "bolt11"
  amount    = { amount = 21000, currency = "btc" }
}
resource "voltage_checkout_session" "test" {
  wallet_id   = voltage_wallet.test.id
  kind        = "bolt11"
  amount      = { amount = 21000, currency = "btc" }
  description = %[2]q
  depends_on  = [voltage_checkout_settings.test]
}
data "voltage_payment" "test" {
  id = voltage_payment_request.test.id
}
data "voltage_payments" "test" {
  depends_on = [voltage_payment_request.test]
}
data "voltage_payment_history" "test" {
  payment_id = voltage_payment_request.test.id
}
data "voltage_payment_summary" "test" {
  wallet_id = voltage_wallet.test.id
}
data "voltage_bills" "test" {}
data "voltage_bill" "test" {
  id = data.voltage_bills.test.ids[0]
}
data "voltage_bill_summary" "test" {}
data "voltage_wallet_ledger" "test" {
  wallet_id = voltage_wallet.test.id
}
resource "voltage_webhook" "test" {
  name           = %[2]q
  url            = "https://shop.example/hooks"
  events         = { receive = ["completed"] }
  secret_version = %[3]d
}
data "voltage_webhook" "test" {
  id = voltage_webhook.test.id
}
data "voltage_webhooks" "test" {
  depends_on = [voltage_webhook.test]
}
data "voltage_webhook_delivery" "test" {
  count      = %[4]d
  id         = %[5]q
  webhook_id = voltage_webhook.test.id
  wait_for   = "final"
}
data "voltage_webhook_deliveries" "test" {
  webhook_id = voltage_webhook.test.id
}
data "voltage_webhook_delivery_summary" "test" {
  webhook_id = voltage_webhook.test.id
}
`, w.LineOfCreditID, name, len(name), known, delivery) // another name rotates the secret, and changes a line, policies and settings
}

// TestSecrets_everything: the search for secrets covers all parts of the provider, including future ones.
func TestSecrets_everything(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		text, offers := everything(w, "staging"), w.Unconfigured(t).Offers()
		for block, names := range map[string][]string{"resource": offers["resources"], "data": offers["data-sources"]} {
			for _, name := range names {
				if !strings.Contains(text, fmt.Sprintf("%s %q", block, name)) {
					t.Errorf("no secret is searched for in %s %s", block, name)
				}
			}
		}
	})
}

// sought returns the values of each sensitive attribute from the emulator.
var sought = map[string]func(w *acctest.World) []string{
	"shared_secret": func(w *acctest.World) []string {
		var secrets []string
		for _, hook := range w.Emulator.Webhooks() {
			secrets = append(secrets, hook.Secret)
		}
		return secrets
	},
	"checkout_token": func(w *acctest.World) []string {
		var tokens []string
		for _, session := range w.Emulator.CheckoutSessions() {
			tokens = append(tokens, session.Token)
		}
		return tokens
	},
	"checkout_url": func(w *acctest.World) []string {
		var fragments []string // the secret part of each address
		for _, session := range w.Emulator.CheckoutSessions() {
			fragments = append(fragments, session.ID.String()+"#"+session.Token)
		}
		return fragments
	},
	"payload": payloads,
	"preimage": func(w *acctest.World) []string {
		content, err := json.Marshal(w.Emulator.PaymentsJSON())
		if err != nil {
			panic(err)
		}
		var preimages []string
		for _, match := range regexp.MustCompile(`"preimage":"([0-9a-f]{64})"`).FindAllStringSubmatch(string(content), -1) {
			preimages = append(preimages, match[1])
		}
		return preimages
	},
}

// payloads returns the bodies of all ended deliveries, as JSON with sorted members, and as a part of other JSON.
func payloads(w *acctest.World) []string {
	var bodies []string
	for _, delivery := range w.Emulator.Deliveries() {
		var body any
		err := json.Unmarshal(delivery.Body, &body)
		sorted, failed := json.Marshal(body)
		if err != nil || failed != nil {
			panic(fmt.Sprint(err, failed))
		}
		bodies = append(bodies, string(sorted), strings.Trim(strconv.Quote(string(sorted)), `"`))
	}
	return bodies
}

// secretsOf adds the current values of sensitive attributes to the earlier values.
func secretsOf(w *acctest.World) (collect func() map[string]map[string]bool) {
	secrets := map[string]map[string]bool{}
	return func() map[string]map[string]bool {
		for name, values := range sought {
			if secrets[name] == nil {
				secrets[name] = map[string]bool{}
			}
			for _, value := range values(w) {
				secrets[name][value] = true
			}
		}
		return secrets
	}
}

// TestSecrets runs everything with full logs, with success and with failures. It searches all output and files of Terraform and the
// provider for credentials, preimages and secrets of webhooks.
func TestSecrets(t *testing.T) {
	t.Parallel()
	for name, credentials := range map[string]struct{ variable, secret string }{
		"API key": {"VOLTAGE_API_KEY", emulator.StagingKey}, "bearer token": {"VOLTAGE_BEARER_TOKEN", emulator.UserToken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.Emulated(t)
			payer, limit := uuid.New(), int64(1_000_000)
			err := w.Emulator.AddWallet(emulator.Wallet{
				ID: payer, EnvironmentID: w.EnvironmentID, Name: "payer", Network: w.Network, LineOfCreditID: &emulator.StagingLineID, Limit: &limit,
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Emulator.AddBill(emulator.Bill{LineOfCreditID: emulator.StagingLineID, Amount: 21_000}); err != nil {
				t.Fatal(err)
			}
			c := w.CLI(t)
			log := filepath.Join(c.Dir, "trace.log")
			proxied := make(chan string, 100)
			proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { proxied <- r.URL.String() }))
			t.Cleanup(proxy.Close)
			c.Env = append(c.Env, "HTTP_PROXY="+proxy.URL, "http_proxy="+proxy.URL)
			c.Env = append(c.Env, "VOLTAGE_API_KEY=", credentials.variable+"="+credentials.secret, "TF_LOG=TRACE", "TF_LOG_PATH="+log)
			var said strings.Builder
			run := func(args ...string) {
				out, _ := c.Try(args...)
				said.WriteString(out)
			}
			mustRun := func(args ...string) { said.WriteString(c.Terraform(args...)) }
			c.Write("main.tf", everything(w, "staging"))
			mustRun("init")
			mustRun("apply", "-auto-approve")
			collect := secretsOf(w)
			collect()

			// The request is paid from outside, and the send pays a foreign invoice, so both have a preimage. A payment inside Voltage has
			// none.
			p := w.Protocol(t)
			list, diags := p.ReadDataSource(t.Context(), "voltage_payments", nil)
			if diags.Errors() != "" {
				t.Fatal(diags.Errors())
			}
			invoice := acctest.Text(acctest.Attribute(acctest.Elements(acctest.Attribute(list, "payments"))[0], "payment_request"))
			if err := w.Emulator.Pay(invoice, 0); err != nil {
				t.Fatal(err)
			}
			// No server has the address of the webhook, so a delivery fails at once.
			delivery := deliver(t, w, w.Emulator.Webhooks()[0].ID.String())
			until(t, "the end of the deliveries", func() bool { return len(w.Emulator.Deliveries()) > 1 })
			delivery["timeouts"] = acctest.Config{"invoke": "10s"}
			searchedActions := map[string]acctest.Config{
				"voltage_webhook_delivery_abandon": maps.Clone(delivery),
				"voltage_webhook_delivery_retry":   delivery,
				"voltage_payment_check":            {"wallet_id": payer.String(), "kind": "bolt11", "payment_request": foreignInvoice},
				"voltage_payment_send":             {"wallet_id": payer.String(), "kind": "bolt11", "payment_request": foreignInvoice},
				"voltage_webhook_test":             {"webhook_id": w.Emulator.Webhooks()[0].ID.String(), "wait": false}, // no server has this address
			}
			delivery["wait"] = false
			for kind, config := range searchedActions {
				progress, diags := p.Invoke(t.Context(), kind, config)
				p.Expect(kind, diags)
				said.WriteString(strings.Join(progress, "\n"))
			}
			for _, kind := range p.Offers()["list-resources"] {
				listed, diags := p.Query(t.Context(), kind, nil, true, 0)
				p.Expect(kind, diags)
				for _, one := range listed {
					fmt.Fprintln(&said, one.DisplayName, one.State)
				}
			}

			c.Write("main.tf", everything(w, "renamed wallet"))
			mustRun("plan", "-out=saved.tfplan")
			run("show", "saved.tfplan")
			asJSON, _ := c.Try("show", "-json", "saved.tfplan") // contains sensitive values, as Terraform documents, but no credentials
			mustRun("apply", "-auto-approve")
			collect()
			run("show")
			for _, effect := range []emulator.Effect{
				emulator.Refuse{Status: 403, Type: "access_rights", Detail: "the key " + credentials.secret + " may not"},
				emulator.Answer{Status: 307}, emulator.CutBody{}, emulator.Answer{Status: 500, ContentType: "text/html", Body: credentials.secret},
			} {
				w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: -1, Effect: effect})
				run("plan", "-target=voltage_wallet.test") // whose refresh is what fails
				w.Emulator.ClearFaults()
			}
			run("destroy", "-auto-approve") // fails, since the wallet holds funds

			if len(proxied) != 0 { // an https request to the real API goes through a proxy as an encrypted tunnel
				t.Errorf("a request in the clear went through a proxy: %s", <-proxied)
			}
			secrets := collect()
			for name, values := range secrets {
				if len(values) < 2 {
					t.Errorf("there are not two values of %s to search for", name)
				}
			}
			files := map[string]string{"output": said.String(), "terraform.tfstate of the plan": asJSON}
			for _, file := range []string{"trace.log", "terraform.tfstate", "terraform.tfstate.backup", "saved.tfplan"} {
				content, err := os.ReadFile(filepath.Join(c.Dir, file))
				if err != nil {
					t.Fatal(err)
				}
				files[file] = string(content)
			}
			for file, content := range files {
				look := func(name, secret string) {
					if at := strings.Index(content, secret); at >= 0 {
						t.Errorf("%s has a secret, %s: …%s…", file, name, strings.ReplaceAll(content[max(0, at-200):at], "\n", " "))
					}
				}
				look(name, credentials.secret)
				if strings.HasPrefix(file, "terraform.tfstate") {
					continue // the state has the values of sensitive attributes
				}
				for name, values := range secrets {
					for secret := range values {
						look(name, secret)
					}
				}
			}
			for _, want := range []string{"Voltage API request", "method=GET", "status=200", "attempt=1", "duration_ms="} {
				if !strings.Contains(files["trace.log"], want) {
					t.Errorf("the log lacks %q", want)
				}
			}
		})
	}
}

// foreignInvoice asks for 1,500 sats on mutinynet. Its payee is outside the emulator.
const foreignInvoice = "lntbs1500n1p420tr0pp5stj73uyjmlea8aq26y99twxeunyvrhr2hft6ge5h56wmcgx0namssp5tlgh7qpuxtugd73x42wvvtgcskxrjcvrtl" +
	"dwec8fdq5m8zn75u7sdq423mk7gr9wdc8yetnwdhhxxqrrsscqzzs9qrsgqj0p9wx3g7xt64fs0fqlq4pd7nagws79wx73s643lgml34wn2m7z" +
	"83ca3jmvsv8ajnpj4ta66s9rkpsltkhgnluqhyr45mpzvchad5gqqsch6aj"
