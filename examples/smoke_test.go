package examples_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestSmokeTest runs terraform test on the example, with a receiver of its own. Where Terraform does not know actions yet, they are left
// out of the configuration, and invoked in their order through the provider's protocol server while Terraform waits for the payments.
func TestSmokeTest(t *testing.T) {
	t.Parallel()
	var deliveries atomic.Int32
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { deliveries.Add(1) }))
	defer receiver.Close()
	s := newStage(t)
	s.copy("smoke-test")
	actions := atLeast(t, "1.14")
	if !actions {
		main := read(t, "smoke-test", "main.tf")
		s.Write("main.tf", strings.Replace(main, `required_version = ">= 1.14" # for actions`, "", 1))
		s.Write("actions.tf", `resource "terraform_data" "smoke_test" {
  input = [
    voltage_webhook.test.id, voltage_payment_request.allowed.id, voltage_payment_request.too_much.id,
    voltage_wallet_policies.payer.wallet_id,
  ]
}
resource "terraform_data" "send_back" {}
`)
	}
	s.Terraform("init")
	var out bytes.Buffer
	cmd := s.Command("test", "-var", "webhook_url="+receiver.URL)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	smoke := smokeActions{stage: s}
	for {
		select {
		case err := <-ended:
			if err != nil || !strings.Contains(out.String(), "1 passed, 0 failed") {
				t.Errorf("terraform test: %v\n%s", err, out.String())
			}
			// Three requests and two sends, of which one promotes a check.
			if sends, checks := s.Emulator.Count("create_payment"), s.Emulator.Count("check_payment"); sends != 5 || checks != 2 {
				t.Errorf("%d payments and %d checks, want 5 and 2", sends, checks)
			}
			if got := deliveries.Load(); got != 1 {
				t.Errorf("%d deliveries, want 1", got)
			}
			for _, wallet := range s.Emulator.Wallets() {
				if strings.HasPrefix(wallet.Name, "smoke-test-") && wallet.Active {
					t.Errorf("%s is left", wallet.Name)
				}
			}
			return
		case <-time.After(50 * time.Millisecond):
			if !actions {
				smoke.invoke()
			}
		}
	}
}

// smokeActions invokes the example's actions.
type smokeActions struct {
	*stage

	there, back bool // invoked already
}

// invoke invokes what the configuration has created everything for.
func (s *smokeActions) invoke() {
	s.t.Helper()
	p := s.Protocol(s.t)
	wallets := map[string]string{} // IDs by name
	for _, wallet := range s.Emulator.Wallets() {
		wallets[strings.TrimPrefix(wallet.Name, "smoke-test-")] = wallet.ID.String()
	}
	invoices := map[string][]string{} // by wallet, the larger amount first
	list, diags := p.ReadDataSource(s.t.Context(), "voltage_payments", acctest.Config{"statuses": []any{"receiving"}})
	s.must(diags)
	amounts := map[string]int{}
	for _, payment := range acctest.Elements(acctest.Attribute(list, "payments")) {
		wallet, invoice := acctest.Text(acctest.Attribute(payment, "wallet_id")), acctest.Text(acctest.Attribute(payment, "payment_request"))
		amounts[invoice], _ = strconv.Atoi(acctest.Number(acctest.Attribute(acctest.Attribute(payment, "requested_amount"), "amount")))
		invoices[wallet] = append(invoices[wallet], invoice)
		slices.SortFunc(invoices[wallet], func(a, b string) int { return amounts[b] - amounts[a] })
	}
	payer, payee := wallets["payer"], wallets["payee"]
	webhooks := s.Emulator.Webhooks()
	i := slices.IndexFunc(webhooks, func(w emulator.WebhookView) bool { return w.Name == "smoke-test" })
	if asked := invoices[payee]; !s.there && i >= 0 && len(asked) == 2 && s.Emulator.Count("update_wallet_policies") > 0 {
		s.there = true
		send := acctest.Config{"id": uuid.NewString(), "wallet_id": payer, "kind": "bolt11", "payment_request": asked[1]}
		s.run(p, "voltage_webhook_test", acctest.Config{
			"webhook_id": webhooks[i].ID.String(), "detail": `{"event":"created","data":"smoke test"}`,
		})
		s.run(p, "voltage_payment_check", acctest.Config{
			"wallet_id": payer, "kind": "bolt11", "payment_request": asked[0], "expect": "failed",
		})
		s.run(p, "voltage_payment_check", send)
		s.run(p, "voltage_payment_send", send)
	}
	if asked := invoices[payer]; !s.back && len(asked) == 1 {
		s.back = true
		s.run(p, "voltage_payment_send", acctest.Config{"wallet_id": payee, "kind": "bolt11", "payment_request": asked[0]})
	}
}

func (s *smokeActions) run(p *acctest.Protocol, action string, config acctest.Config) {
	s.t.Helper()
	_, diags := p.Invoke(s.t.Context(), action, config)
	s.must(diags)
}

func (s *smokeActions) must(diags acctest.Diagnostics) {
	s.t.Helper()
	if diags.Errors() != "" {
		s.t.Fatal(diags.Errors())
	}
}
