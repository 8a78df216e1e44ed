package payment_test

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccPayment_waitFor waits for a status, and shows at its deadline, with a warning, what there is: an error would keep terraform
// destroy, which reads data sources too, from destroying anything.
func TestAccPayment_waitFor(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		request := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)})
		id := request.String("id")
		var warnings string
		read := func(waitFor any, timeout string) (string, string) {
			t.Helper()
			config := acctest.Config{"id": id, "wait_for": waitFor}
			if timeout != "" {
				config["timeouts"] = acctest.Config{"read": timeout}
			}
			payment, diags := f.ReadDataSource(t.Context(), "voltage_payment", config)
			warnings = diags.Warnings()
			return acctest.Text(acctest.Attribute(payment, "status")), diags.Errors()
		}
		if status, errs := read("ready", ""); status != "receiving" || errs != "" {
			t.Errorf("ready: %s %s", status, errs)
		}
		if status, errs := read("final", "2m"); status != "receiving" || errs != "" {
			t.Errorf("at the deadline: %s %s", status, errs)
		}
		contains(t, "the deadline's warning", warnings, "wait_for: Payment Still Under Way", id,
			"its status is still receiving", "timeouts.read (2m",
			"\n\nThe data source returns the current values")
		time.AfterFunc(30*time.Second, func() {
			if err := f.Emulator.Pay(request.String("payment_request"), 0); err != nil {
				t.Error(err)
			}
		})
		if status, errs := read("final", "10m"); status != "completed" || errs != "" || warnings != "" {
			t.Errorf("final: %s %s %s", status, errs, warnings)
		}
		if status, errs := read(nil, ""); status != "completed" || errs != "" {
			t.Errorf("as it is: %s %s", status, errs)
		}
		if _, errs := read("soon", ""); !strings.HasPrefix(errs, "wait_for: ") {
			t.Errorf("a bad wait_for says %q", errs)
		}
		id = uuid.NewString()
		_, errs := read(nil, "")
		contains(t, "no such payment", errs, "Payment Not Read", id, "404 payment_not_found")
		_, errs = read("final", "2m")
		contains(t, "no such payment, waited for", errs, "no payment with this ID")
	}, func(c *emulator.Config) { c.Delay = 5 * time.Second })
}

// TestAccPayment_waitForOld: a payment that was requested longer ago than the timeout is read once, and not waited for: every plan reads it
// again, and terraform destroy does.
func TestAccPayment_waitForOld(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		request := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)})
		time.Sleep(10 * time.Minute)
		for name, test := range map[string]struct{ waitFor, status, warning string }{
			"that is awaited": {"final", "receiving", "Payment Still Under Way"}, "that is there": {"ready", "receiving", ""},
		} {
			f.Emulator.ResetRequests()
			start := time.Now()
			got, diags := f.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": request.String("id"), "wait_for": test.waitFor})
			f.Expect(name, diags)
			if status := acctest.Text(acctest.Attribute(got, "status")); status != test.status ||
				!strings.Contains(diags.Warnings(), test.warning) ||
				(diags.Warnings() == "") != (test.warning == "") {
				t.Errorf("%s: %s, %s", name, status, diags.Warnings())
			}
			if reads := f.Emulator.Count("get_payment"); reads != 1 || time.Since(start) != 0 {
				t.Errorf("%s: %d reads in %s", name, reads, time.Since(start))
			}
		}
		// One that was requested a while ago is waited for until the timeout is over, and no longer.
		young := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)})
		time.Sleep(2 * time.Minute)
		time.AfterFunc(time.Minute, func() {
			if err := f.Emulator.Pay(young.String("payment_request"), 0); err != nil {
				t.Error(err)
			}
		})
		got, diags := f.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": young.String("id"), "wait_for": "final"})
		f.Expect("a younger one", diags)
		if status := acctest.Text(acctest.Attribute(got, "status")); status != "completed" {
			t.Errorf("a younger one is %s", status)
		}
	})
}

// TestAccPayment_destroy: a request that nobody pays fails the apply by its postcondition, and keeps terraform destroy neither waiting nor
// from destroying. Terraform runs the destroy after the last step.
func TestAccPayment_destroy(t *testing.T) {
	t.Parallel()
	f := setUp(t, acctest.Emulated(t))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: f.Factories(),
		Steps: []resource.TestStep{{
			Config: f.Config(`
resource "voltage_payment_request" "test" {
  wallet_id = %q
  kind      = "bolt11"
  amount    = { amount = 21000, currency = "btc" }
}
data "voltage_payment" "test" {
  id       = voltage_payment_request.test.id
  wait_for = "final"
  timeouts = { read = "3s" }
  lifecycle {
    postcondition {
      condition     = self.status == "completed"
      error_message = "The payment is ${self.status}."
    }
  }
}
`, f.payee),
			ExpectError: regexp.MustCompile(`The payment is receiving\.`),
		}},
	})
}

// TestAccPayment_laggingRead: a payment that was made a moment ago, and cannot be read yet, is found.
func TestAccPayment_laggingRead(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		p := f.World.Protocol(t)
		id, err := f.Emulator.AddReceive(f.payee, 1000, nil)
		if err != nil {
			t.Fatal(err)
		}
		f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: 3, Effect: emulator.NotFound{}})
		got, diags := p.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": id.String()})
		if diags.Errors() != "" || acctest.Text(acctest.Attribute(got, "status")) != "receiving" {
			t.Errorf("got %s, %s", got, diags.Errors())
		}
	})
}

// TestAccPayment_vocabulary: old and new ways of writing amounts and texts come out alike.
func TestAccPayment_vocabulary(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		id := uuid.New()
		for name, test := range map[string]struct {
			data, amount, description string
		}{
			"present":                 {`{"amount":{"currency":"btc","amount":5000,"unit":"msats"},"amount_msats":1,"memo":"tea"}`, "5000", "tea"},
			"deprecated msats":        {`{"amount_msats":9007199254740993,"label":"tea"}`, "9007199254740993", "tea"},
			"deprecated sats":         {`{"amount_sats":5,"description":"tea"}`, "5000", "tea"},
			"nothing":                 {`{}`, "", ""},
			"unknown fields and null": {`{"amount":null,"payment_request":null,"something":{"new":1},"receipts":null}`, "", ""},
		} {
			f.Emulator.Inject(emulator.Fault{
				Operation: "get_payment",
				Effect: emulator.Answer{Status: 200, ContentType: "application/json", Body: fmt.Sprintf(
					`{"id":%q,"wallet_id":%[2]q,"organization_id":%q,"environment_id":%q,
				"created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00.1Z",
			"currency":"btc","direction":"receive","status":"resting","type":"bolt11","data":%s}`,
					id, f.payee, f.OrganizationID, f.EnvironmentID, test.data)},
			})
			got, diags := f.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": id.String()})
			if diags.Errors() != "" {
				t.Errorf("%s: %s", name, diags.Errors())
				continue
			}
			amount := acctest.Number(acctest.Attribute(acctest.Attribute(got, "amount"), "amount"))
			if amount != test.amount || acctest.Text(acctest.Attribute(got, "description")) != test.description ||
				acctest.Text(acctest.Attribute(got, "status")) != "resting" {
				t.Errorf("%s: %s", name, got)
			}
		}
	})
}

// TestAccPayments_pages lists a thousand payments with a filter, and requests each page once.
func TestAccPayments_pages(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		want := map[string]bool{}
		for i := range 1000 {
			id, err := f.Emulator.AddReceive(f.payee, int64(1000+i), map[string]string{"batch": "a", "n": fmt.Sprint(i)})
			if err != nil {
				t.Fatal(err)
			}
			want[id.String()] = true
			if i%4 == 0 {
				if _, err := f.Emulator.AddReceive(f.payee, 1, map[string]string{"batch": "b"}); err != nil {
					t.Fatal(err)
				}
			}
		}
		f.Emulator.ResetRequests()
		config := acctest.Config{
			"wallet_id": f.payee.String(),
			"metadata":  acctest.Config{"batch": "a"},
			"statuses":  []any{"receiving", "completed"},
			"kind":      "bolt11",
		}
		got, diags := f.ReadDataSource(t.Context(), "voltage_payments", config)
		if diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		for _, id := range acctest.Elements(acctest.Attribute(got, "ids")) {
			if !want[acctest.Text(id)] {
				t.Fatalf("%s is there twice, or does not match", id)
			}
			delete(want, acctest.Text(id))
		}
		if len(want) != 0 {
			t.Errorf("%d payments are missing", len(want))
		}
		requests := f.Emulator.Requests()
		if len(requests) != 10 {
			t.Errorf("%d requests for 1,000 payments", len(requests))
		}
		cursors := map[string]bool{}
		for _, request := range requests {
			query, err := url.ParseQuery(request.RawQuery)
			if err != nil {
				t.Fatal(err)
			}
			if query.Get("pagination") != "cursor" || query.Get("metadata[batch]") != "a" || len(query["statuses[]"]) != 2 ||
				cursors[query.Get("cursor")] {
				t.Errorf("sent %s", request.RawQuery)
			}
			cursors[query.Get("cursor")] = true
		}

		f.Emulator.ResetRequests()
		config["max_results"] = 150
		got, diags = f.ReadDataSource(t.Context(), "voltage_payments", config)
		if n := len(acctest.Elements(acctest.Attribute(got, "ids"))); n != 150 || diags.Errors() != "" || len(f.Emulator.Requests()) != 2 {
			t.Errorf("%d of 150 by %d requests, %s", n, len(f.Emulator.Requests()), diags.Errors())
		}

		f.Emulator.Inject(emulator.Fault{
			Operation: "get_payments",
			Nth:       3,
			Effect:    emulator.Refuse{Status: 400, Type: "invalid_cursor", Detail: "no"},
		})
		delete(config, "max_results")
		if got, diags := f.ReadDataSource(t.Context(), "voltage_payments", config); !strings.Contains(diags.Errors(), "invalid_cursor") {
			t.Errorf("a page that fails looks like a short list of %d", len(acctest.Elements(acctest.Attribute(got, "ids"))))
		}
	})
}

// TestAccPayments_checks: checks are told from payments, also by an API that ignores the filter, and a warning says where it does not say.
func TestAccPayments_checks(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			check := f.checked(t, 1_000)
			time.Sleep(time.Second) // lists have the oldest first
			invoice := f.invoice(t, 2_000)
			time.Sleep(time.Second)
			_, diags := f.Invoke(t.Context(), "voltage_payment_send", f.pay(invoice))
			f.Expect("the send", diags)
			time.Sleep(time.Second)
			f.invoice(t, 3_000)
			for _, test := range []struct {
				config    acctest.Config
				want, old string // status and check_only, the oldest first
				warns     bool
			}{
				{
					nil,
					"receiving - approved true completed - completed false receiving -",
					"receiving - approved - completed - completed - receiving -",
					false,
				},
				{acctest.Config{"check_only": true}, "approved true", "approved -", true},
				{
					acctest.Config{"check_only": false},
					"receiving - completed - completed false receiving -",
					"receiving - approved - completed - completed - receiving -",
					true,
				},
				{acctest.Config{"check_only": true, "direction": "receive"}, "", "", false},
			} {
				got, diags := f.ReadDataSource(t.Context(), "voltage_payments", with(acctest.Config{"sort_order": "ASC"}, test.config))
				f.Expect("the payments", diags)
				var found []string
				for _, payment := range acctest.Elements(acctest.Attribute(got, "payments")) {
					checkOnly := "-"
					if value := acctest.Attribute(payment, "check_only"); !value.IsNull() {
						var is bool
						if err := value.As(&is); err != nil {
							t.Fatal(err)
						}
						checkOnly = strconv.FormatBool(is)
					}
					found = append(found, acctest.Text(acctest.Attribute(payment, "status"))+" "+checkOnly)
				}
				want := test.want
				if old {
					want = test.old
				}
				if strings.Join(found, " ") != want {
					t.Errorf("%v: found %v, want %s", test.config, found, want)
				}
				if warned := strings.Contains(diags.Warnings(), "check_only: Policy Checks Not Known"); warned != (test.warns && old) {
					t.Errorf("%v: warned %q", test.config, diags.Warnings())
				}
			}
			// An approved check is final, so that nobody waits for what nobody has asked for.
			config := acctest.Config{"id": check["id"], "wait_for": "final", "timeouts": acctest.Config{"read": "5m"}}
			got, diags := f.ReadDataSource(t.Context(), "voltage_payment", config)
			f.Expect("the check", diags)
			if status, late := acctest.Text(acctest.Attribute(got, "status")), diags.Warnings() != ""; status != "approved" || late != old {
				t.Errorf("it is %s, with %q", status, diags.Warnings())
			}
		}, func(c *emulator.Config) { c.NoCheckOnly = old })
	}
}

// TestAccPayments_filters is the table of filters.
func TestAccPayments_filters(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		invoice := f.invoice(t, 1_000)
		time.Sleep(time.Hour / 2)
		middle := time.Now().Add(-time.Hour / 4).UTC().Format(time.RFC3339)
		if _, diags := f.Invoke(t.Context(), "voltage_payment_send", f.pay(invoice)); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		time.Sleep(time.Second)
		f.request(t, acctest.Config{
			"wallet_id": f.payee.String(),
			"kind":      "onchain",
			"amount":    btc(2_000),
			"metadata":  acctest.Config{"order": "1"},
		})
		time.Sleep(time.Second)
		f.request(t, acctest.Config{"wallet_id": f.dollars.String(), "kind": "bolt11", "amount": usd(300)})
		for name, test := range map[string]struct {
			config acctest.Config
			want   string // amounts, the oldest first
		}{
			"all":          {nil, "1000 1000 2000 300"},
			"wallet":       {acctest.Config{"wallet_id": f.payer.String()}, "1000"},
			"line":         {acctest.Config{"line_of_credit_id": emulator.StagingUSDLineID.String()}, "300"},
			"direction":    {acctest.Config{"direction": "send"}, "1000"},
			"kind":         {acctest.Config{"kind": "onchain"}, "2000"},
			"status":       {acctest.Config{"statuses": []any{"completed"}}, "1000 1000"},
			"statuses":     {acctest.Config{"statuses": []any{"completed", "receiving"}}, "1000 1000 2000 300"},
			"metadata":     {acctest.Config{"metadata": acctest.Config{"order": "1"}}, "2000"},
			"category":     {acctest.Config{"category": "treasury"}, ""},
			"from":         {acctest.Config{"start_date": middle}, "1000 2000 300"},
			"to":           {acctest.Config{"end_date": middle}, "1000"},
			"newest first": {acctest.Config{"sort_order": "DESC", "sort_key": "created_at"}, "300 2000 1000 1000"},
			"all of it":    {acctest.Config{"wallet_id": f.payee.String(), "direction": "receive", "statuses": []any{"completed"}}, "1000"},
			"nothing":      {acctest.Config{"wallet_id": uuid.NewString()}, ""},
		} {
			config := acctest.Config{"sort_order": "ASC"}
			maps.Copy(config, test.config)
			got, diags := f.ReadDataSource(t.Context(), "voltage_payments", config)
			if diags.Errors() != "" {
				t.Errorf("%s: %s", name, diags.Errors())
				continue
			}
			var amounts []string
			for _, payment := range acctest.Elements(acctest.Attribute(got, "payments")) {
				amounts = append(amounts, acctest.Number(acctest.Attribute(acctest.Attribute(payment, "amount"), "amount")))
			}
			if strings.Join(amounts, " ") != test.want {
				t.Errorf("%s: found %v, want %s", name, amounts, test.want)
			}
		}
		for want, config := range map[string]acctest.Config{
			`wallet_id: Invalid UUID`: {"wallet_id": "x"}, `statuses.*"receiving"`: {"statuses": []any{"paid"}}, `kind: `: {"kind": "cash"},
			`start_date: Invalid Time`: {"start_date": "yesterday"}, `sort_order: `: {"sort_order": "asc"}, `max_results: `: {"max_results": 0},
		} {
			if _, diags := f.ReadDataSource(t.Context(), "voltage_payments", config); !regexp.MustCompile(want).MatchString(diags.Errors()) {
				t.Errorf("got %q, want %q", diags.Errors(), want)
			}
		}
	})
}

// TestAccPaymentHistory_unknown: the API has an empty history for a payment that does not exist, which is no answer.
func TestAccPaymentHistory_unknown(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		id := uuid.NewString()
		_, diags := f.ReadDataSource(t.Context(), "voltage_payment_history", acctest.Config{"payment_id": id})
		f.Expect("the history", diags, "Payment History Not Read", id, "payment_not_found")

		request := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)})
		empty := emulator.Answer{Status: 200, ContentType: "application/json", Body: `{"events":[]}`}
		for name, test := range map[string]struct{ times, events int }{"lags": {1, 2}, "is empty": {-1, 0}} {
			f.Emulator.Inject(emulator.Fault{Operation: "get_payment_history", Times: test.times, Effect: empty})
			got, diags := f.ReadDataSource(t.Context(), "voltage_payment_history", acctest.Config{"payment_id": request.String("id")})
			f.Expect(name, diags)
			if events := len(acctest.Elements(acctest.Attribute(got, "events"))); events != test.events {
				t.Errorf("a history that %s: %d events", name, events)
			}
			f.Emulator.ClearFaults()
		}
	})
}

// TestAccWalletLedger pages through a ledger and narrows it.
func TestAccWalletLedger(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		for range 250 {
			if err := f.Emulator.Deposit(f.payer, "btc", 10); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Emulator.Deposit(f.payer, "btc", -500); err != nil {
			t.Fatal(err)
		}
		send := f.pay(f.invoice(t, 1_000))
		send["id"] = uuid.NewString()
		if _, diags := f.Invoke(t.Context(), "voltage_payment_send", send); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		f.Emulator.ResetRequests()
		for name, test := range map[string]struct {
			config   acctest.Config
			events   int
			first    string
			requests int
		}{
			"all":         {nil, 253, "deposited", 3},
			"the newest":  {acctest.Config{"sort_order": "DESC", "max_results": 2}, 2, "captured", 1},
			"one payment": {acctest.Config{"payment_id": send["id"]}, 2, "held", 1},
			"the future":  {acctest.Config{"start_date": "2100-01-01T00:00:00Z"}, 0, "", 1},
		} {
			config := acctest.Config{"wallet_id": f.payer.String()}
			maps.Copy(config, test.config)
			f.Emulator.ResetRequests()
			got, diags := f.ReadDataSource(t.Context(), "voltage_wallet_ledger", config)
			if diags.Errors() != "" {
				t.Errorf("%s: %s", name, diags.Errors())
				continue
			}
			events := acctest.Elements(acctest.Attribute(got, "events"))
			if len(events) != test.events || len(events) > 0 && acctest.Text(acctest.Attribute(events[0], "type")) != test.first {
				t.Errorf("%s: %d events, first %v", name, len(events), events[:min(1, len(events))])
			}
			if n := len(f.Emulator.Requests()); n != test.requests {
				t.Errorf("%s: %d requests, want %d", name, n, test.requests)
			}
		}
		_, diags := f.ReadDataSource(t.Context(), "voltage_wallet_ledger", acctest.Config{"wallet_id": uuid.NewString()})
		contains(t, "no such wallet", diags.Errors(), "Wallet Ledger Not Read", "instance_not_found")
	})
}
