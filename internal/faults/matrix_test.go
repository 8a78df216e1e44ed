// Package faults_test attacks the provider: it tests every operation under every fault, random runs and interruptions, and searches all
// texts of the provider for secrets.
package faults_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

func TestMain(m *testing.M) { os.Exit(acctest.Main(m)) }

// effects are all faults that the emulator can inject into any request. The tests of each resource cover failures and refusals of the API
// itself, after which nothing is doubtful.
var effects = map[string]emulator.Effect{
	"cut before":      emulator.CutBefore{},
	"cut after":       emulator.CutAfter{},
	"hang before":     emulator.Hang{},
	"hang after":      emulator.Hang{After: true},
	"delay":           emulator.Delay{D: 5 * time.Second},
	"408":             emulator.Answer{Status: 408},
	"408 after":       emulator.Answer{Status: 408, After: true},
	"429":             emulator.Answer{Status: 429},
	"429 Retry-After": emulator.Answer{Status: 429, Header: http.Header{"Retry-After": {"1"}}},
	"500 before":      emulator.Answer{Status: 500},
	"500 after":       emulator.Answer{Status: 500, After: true},
	"502 HTML before": emulator.Answer{Status: 502, ContentType: "text/html", Body: "<html>bad gateway</html>"},
	"502 HTML after":  emulator.Answer{Status: 502, ContentType: "text/html", Body: "<html>bad gateway</html>", After: true},
	"503":             emulator.Answer{Status: 503, Header: http.Header{"Retry-After": {"1"}}},
	"101 before":      emulator.Answer{Status: 101},
	"101 after":       emulator.Answer{Status: 101, After: true},
	"403 HTML after":  emulator.Answer{Status: 403, ContentType: "text/html", Body: "<html>denied</html>", After: true},
	"404 HTML":        emulator.Answer{Status: 404, ContentType: "text/html", Body: "<html>no such page</html>"},
	"cut body":        emulator.CutBody{},
	"empty 200":       emulator.Answer{Status: 200, After: true},
	"other type":      emulator.Answer{Status: 200, ContentType: "text/html", Body: "<html>welcome</html>", After: true},
	"wrong JSON":      emulator.Answer{Status: 200, ContentType: "application/json", Body: `{"id":7}`, After: true},
	"redirect":        emulator.Answer{Status: 307, Header: http.Header{"Location": {"/v1/elsewhere"}}},
	"lagging 404":     emulator.NotFound{},
	"stale read":      emulator.Stale{},
}

// positions are the requests of an operation that the fault affects. A read lags behind a write only for a moment, so its "every" is three
// requests in a row. The reads of one object can also be wrong for ever ("lasting"), while the list is correct.
var positions = map[string]emulator.Fault{
	"first":   {Nth: 1},
	"second":  {Nth: 2},
	"every":   {Nth: 1, Times: -1},
	"lasting": {Nth: 1, Times: -1},
}

// takesPlace reports whether the matrix tries an effect at a position in the requests of a target.
func takesPlace(effect emulator.Effect, position, target string) bool {
	return position != "lasting" || isLag(effect) && strings.HasPrefix(target, "get_")
}

// testCase is one operation under one fault.
type testCase struct {
	*acctest.World
	*acctest.Protocol
	t *testing.T
	// instance is the resource of the operation. config is its new configuration. A nil config destroys it.
	instance *acctest.Instance
	config   acctest.Config
	// objects are names of objects. Each error must contain one of them.
	objects []string
	// existing are the IDs of the objects to read, by their kind.
	existing map[string]string
	// lags says whether reads lag behind writes while the fault lasts.
	lags bool
}

// operation is an operation of a person with Terraform.
type operation struct {
	// prepare makes the objects that the operation needs, before the fault.
	prepare func(c *testCase)
	// attempt does it once.
	attempt func(c *testCase) acctest.Diagnostics
	// check compares the API with the state after success.
	check func(c *testCase)
	// targets are the API's operations that are also attacked separately: the writes of the operation, which most faults would not reach
	// because of faults in earlier reads, and the reads of its waits.
	targets []string
}

func wallet(c *testCase) acctest.Config {
	return acctest.Config{"name": "staging", "network": c.Network, "line_of_credit_id": c.LineOfCreditID.String(), "limit": 1000}
}

func apply(c *testCase) acctest.Diagnostics {
	if c.config == nil {
		if diags := c.Refresh(c.t.Context(), c.instance); diags.Errors() != "" {
			return diags
		}
		return c.Destroy(c.t.Context(), c.instance)
	}
	return c.Apply(c.t.Context(), c.instance, c.config)
}

// killed applies a configuration with adopt_existing, and loses the state of an apply that has failed, as if the machine had been killed.
func killed(c *testCase) acctest.Diagnostics {
	diags := apply(c)
	if diags.Errors() != "" {
		c.instance = &acctest.Instance{Type: c.instance.Type}
	}
	return diags
}

// ownID gives the case's object an ID that the user has chosen, with adopt_existing.
func (c *testCase) ownID() {
	id := uuid.NewString()
	c.config["id"], c.config["adopt_existing"] = id, true
	c.objects = append(c.objects, id)
}

// prepared makes the wallet for operations that change a wallet.
func prepared(change acctest.Config) func(*testCase) {
	return func(c *testCase) {
		c.config = wallet(c)
		c.prepare()
		c.objects = append(c.objects, c.instance.String("id"))
		if change == nil {
			c.config = nil
			return
		}
		maps.Copy(c.config, change)
	}
}

// prepare makes the case's instance with a provider that has longer timeouts than the tested provider.
func (c *testCase) prepare() {
	if diags := c.World.Protocol(c.t).Apply(c.t.Context(), c.instance, c.config); diags.Errors() != "" {
		c.t.Fatal(diags.Errors())
	}
}

// active returns the active wallets of the API.
func (c *testCase) active() []emulator.WalletView {
	return slices.DeleteFunc(c.Emulator.Wallets(), func(w emulator.WalletView) bool { return !w.Active })
}

// oneWallet is the check of operations that leave one wallet: the API has only this wallet, and the state matches.
func oneWallet(c *testCase) {
	wallets := c.active()
	if len(wallets) != 1 {
		c.t.Fatalf("the API has %d wallets: %v", len(wallets), wallets)
	}
	w := wallets[0]
	if w.ID.String() != c.instance.String("id") || w.Name != c.config["name"] || w.Name != c.instance.String("name") {
		c.t.Errorf("the API has %s %q, the state %s %q", w.ID, w.Name, c.instance.String("id"), c.instance.String("name"))
	}
}

// webhook makes the case a case of a webhook.
func (c *testCase) webhook() {
	c.instance = &acctest.Instance{Type: "voltage_webhook"}
	c.config = acctest.Config{"name": "staging", "url": "https://shop.example/hooks",
		"events": acctest.Config{"receive": []any{"completed", "failed"}}}
}

// made makes the case's object.
func (c *testCase) made() {
	if diags := c.Apply(c.t.Context(), c.instance, c.config); diags.Errors() != "" {
		c.t.Fatal(diags.Errors())
	}
	c.objects = append(c.objects, c.instance.String("id"))
}

// oneWebhook is the check of operations that leave one webhook: the API has only this webhook, and the state has its secret.
func oneWebhook(c *testCase) {
	hooks := slices.DeleteFunc(c.Emulator.Webhooks(), func(w emulator.WebhookView) bool { return w.Status == "deleted" })
	if len(hooks) != 1 {
		c.t.Fatalf("the API has %d webhooks: %v", len(hooks), hooks)
	}
	w := hooks[0]
	if w.ID.String() != c.instance.String("id") || w.Name != c.instance.String("name") || w.Status != c.instance.String("status") ||
		w.Secret != c.instance.String("shared_secret") {
		c.t.Errorf("the API has %v, the state %s", w, c.instance.State)
	}
}

// paymentOn prepares two wallets and, if asked, an invoice on the second one.
func paymentOn(c *testCase, invoice bool) (payer, payee string, request string) {
	limit := int64(1_000_000)
	var ids []string
	for _, name := range []string{"payer", "payee"} {
		id := uuid.New()
		err := c.Emulator.AddWallet(emulator.Wallet{
			ID: id, EnvironmentID: c.EnvironmentID, Name: name, Network: c.Network, LineOfCreditID: &emulator.StagingLineID, Limit: &limit,
		})
		if err != nil {
			c.t.Fatal(err)
		}
		ids = append(ids, id.String())
	}
	if invoice {
		id, err := c.Emulator.AddReceive(uuid.MustParse(ids[1]), 21_000, nil)
		if err != nil {
			c.t.Fatal(err)
		}
		payment, diags := c.World.Protocol(c.t).ReadDataSource(c.t.Context(), "voltage_payment", acctest.Config{"id": id.String()})
		if diags.Errors() != "" {
			c.t.Fatal(diags.Errors())
		}
		request = acctest.Text(acctest.Attribute(payment, "payment_request"))
	}
	return ids[0], ids[1], request
}

// settle prepares resources that are set instead of created: policies, checkout settings, and the limit of a line of credit. With a change,
// they exist and the operation changes them. With destroyed, the operation destroys them.
func settle(kind string, change acctest.Config, destroyed bool) func(*testCase) {
	return func(c *testCase) {
		c.instance = &acctest.Instance{Type: kind}
		c.config = map[string]acctest.Config{
			"voltage_wallet_policies": {"max_payment_size_sats": 1000,
				"processing_fee": acctest.Config{"send_basis_points": 50, "receive_basis_points": 0}},
			"voltage_checkout_settings":      {"origin_policy": "allowlist", "allowed_origins": []any{"https://shop.example"}},
			"voltage_sandbox_line_of_credit": {"line_of_credit_id": c.LineOfCreditID.String(), "limit": 5000},
		}[kind]
		c.objects = append(c.objects, c.LineOfCreditID.String(), c.EnvironmentID.String())
		if kind == "voltage_wallet_policies" {
			_, held, _ := paymentOn(c, false)
			c.config["wallet_id"] = held
			c.objects = append(c.objects, held)
		}
		if change == nil && !destroyed {
			return
		}
		c.prepare()
		if maps.Copy(c.config, change); destroyed {
			c.config = nil
		}
	}
}

// sameSettings compares the settings of the API with the state or, after a destroy, with the settings that a destroy leaves.
func sameSettings(c *testCase) {
	var want, got string
	switch c.instance.Type {
	case "voltage_wallet_policies":
		policies := c.Emulator.Policies(uuid.MustParse(c.objects[len(c.objects)-1]))
		got = fmt.Sprintf("%d %v", *policies.MaxPaymentSizeSats, policies.ProcessingFee)
		switch {
		case c.config == nil:
			want = "1000 <nil>"
		case c.config["processing_fee"] == nil:
			want = "2000 <nil>"
		default:
			want = "1000 &{50 0}"
		}
	case "voltage_checkout_settings":
		settings := c.Emulator.Checkout(c.EnvironmentID)
		got = settings.OriginPolicy + fmt.Sprint(settings.AllowedOrigins)
		switch {
		case c.config == nil:
			want = "deny_all[]"
		case c.config["allowed_origins"] == nil:
			want = "allow_all[]"
		default:
			want = "allowlist[https://shop.example]"
		}
	default:
		got, want = fmt.Sprint(c.Emulator.LineLimit(c.LineOfCreditID)), fmt.Sprint(c.config["limit"])
	}
	if got != want || c.instance.State.IsNull() != (c.config == nil) {
		c.t.Errorf("the API has %s, want %s; the state is %s", got, want, c.instance.State)
	}
	if c.config == nil {
		return
	}
	if plan := c.Plan(c.t.Context(), c.instance, c.config); plan.Changes() {
		c.t.Errorf("the plan after it is not empty: %s", c.instance.State)
	}
}

var operations = map[string]operation{
	"wallet create": {func(c *testCase) { c.config = wallet(c) }, apply, oneWallet, []string{"create_wallet", "get_wallet"}},
	"wallet create and adopt": {func(c *testCase) {
		c.config = wallet(c)
		c.ownID()
	}, killed, oneWallet, []string{"create_wallet", "get_wallet"}},
	"wallet create with an ID": {func(c *testCase) {
		c.config = wallet(c)
		c.config["id"] = uuid.NewString()
		c.objects = append(c.objects, c.config["id"].(string))
	}, func(c *testCase) acctest.Diagnostics {
		diags := apply(c)
		if strings.Contains(diags.Errors(), "terraform import ADDRESS") { // do what the message says
			imported, more := c.Import(c.t.Context(), "voltage_wallet", c.OrganizationID.String()+"/"+c.config["id"].(string), nil)
			if more.Errors() != "" {
				return more
			}
			c.instance = imported
			return nil
		}
		if c.instance.Tainted { // an ID that the user chose cannot be used again: a tainted wallet needs another one
			c.config["id"] = uuid.NewString()
			c.objects = append(c.objects, c.config["id"].(string))
		}
		return diags
	}, oneWallet, []string{"create_wallet"}},
	"wallet refresh": {prepared(acctest.Config{}), func(c *testCase) acctest.Diagnostics {
		diags := c.Refresh(c.t.Context(), c.instance)
		if c.instance.State.IsNull() {
			c.t.Error("a refresh has lost the wallet")
		}
		return diags
	}, oneWallet, []string{"get_wallet"}},
	"wallet rename":  {prepared(acctest.Config{"name": "renamed"}), apply, oneWallet, []string{"update_wallet"}},
	"wallet replace": {prepared(acctest.Config{"limit": 2000}), apply, oneWallet, []string{"delete_wallet", "create_wallet"}},
	"wallet delete": {prepared(nil), apply, func(c *testCase) {
		if wallets := c.active(); len(wallets) != 0 || !c.instance.State.IsNull() {
			c.t.Errorf("the API has %v, the state %s", wallets, c.instance.State)
		}
	}, []string{"delete_wallet", "get_wallet"}},
	"wallet import": {prepared(acctest.Config{}), func(c *testCase) acctest.Diagnostics {
		imported, diags := c.Import(c.t.Context(), "voltage_wallet", c.instance.String("id"), nil)
		if diags.Errors() == "" && imported.State.IsNull() { // a read lags, and Terraform reports that the object does not exist
			imported, diags = c.Import(c.t.Context(), "voltage_wallet", c.instance.String("id"), nil)
		}
		if diags.Errors() == "" && !imported.State.Equal(c.instance.State) && !imported.State.IsNull() {
			c.t.Errorf("imported %s, and the wallet is %s", imported.State, c.instance.State)
		}
		return diags
	}, oneWallet, nil},
	"payment request create": {func(c *testCase) {
		c.instance = &acctest.Instance{Type: "voltage_payment_request"}
		_, payee, _ := paymentOn(c, false)
		c.config = acctest.Config{"wallet_id": payee, "kind": "bolt11", "amount": acctest.Config{"amount": 21_000, "currency": "btc"}}
		c.objects = append(c.objects, payee)
	}, apply, canBePaid, []string{"create_payment", "get_payment"}},
	"payment request create and adopt": {func(c *testCase) {
		c.instance = &acctest.Instance{Type: "voltage_payment_request"}
		_, payee, _ := paymentOn(c, false)
		c.config = acctest.Config{"wallet_id": payee, "kind": "bolt11", "amount": acctest.Config{"amount": 21_000, "currency": "btc"}}
		c.objects = append(c.objects, payee)
		c.ownID()
	}, killed, func(c *testCase) {
		canBePaid(c)
		if payments := c.Emulator.PaymentsJSON(); len(payments) != 1 || fmt.Sprint(payments[0]["id"]) != c.instance.String("id") {
			c.t.Errorf("the API has %v, the state %s", payments, c.instance.String("id"))
		}
	}, []string{"create_payment", "get_payment"}},
	"payment request create in usd": {func(c *testCase) {
		c.instance = &acctest.Instance{Type: "voltage_payment_request"}
		payee := dollars(c)
		c.config = acctest.Config{"wallet_id": payee, "kind": "bolt11", "amount": acctest.Config{"amount": 600, "currency": "usd"}}
		c.objects = append(c.objects, payee)
	}, apply, canBePaid, []string{"request_a_quote", "create_payment"}},
	"payment request refresh": {func(c *testCase) {
		c.instance = &acctest.Instance{Type: "voltage_payment_request"}
		_, payee, _ := paymentOn(c, false)
		c.config = acctest.Config{"wallet_id": payee, "kind": "bolt11", "amount": acctest.Config{"amount": 21_000, "currency": "btc"}}
		c.prepare()
		c.objects = append(c.objects, c.instance.String("id"))
	}, func(c *testCase) acctest.Diagnostics {
		diags := c.Refresh(c.t.Context(), c.instance)
		if c.instance.State.IsNull() {
			c.t.Error("a refresh has lost the request")
		}
		return diags
	}, func(*testCase) {}, []string{"get_payment"}},
	"session create": {func(c *testCase) { c.session() }, apply, canBeUsed, []string{"create_session", "get_payment"}},
	"session create with an ID": {func(c *testCase) {
		c.session()
		c.config["id"], c.config["expires_at"] = uuid.NewString(), time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		c.objects = append(c.objects, c.config["id"].(string))
	}, killed, func(c *testCase) {
		canBeUsed(c)
		if sessions := c.Emulator.CheckoutSessions(); len(sessions) != 1 {
			c.t.Errorf("the API has %v", sessions)
		}
	}, []string{"create_session", "get_payment"}},
	"session refresh": {func(c *testCase) {
		c.session()
		c.prepare()
		c.objects = append(c.objects, c.instance.String("id"))
	}, func(c *testCase) acctest.Diagnostics {
		diags := c.Refresh(c.t.Context(), c.instance)
		if c.instance.State.IsNull() {
			c.t.Error("a refresh has lost the session")
		}
		return diags
	}, canBeUsed, []string{"get_payment"}},
	"payment send": {func(c *testCase) {
		payer, _, invoice := paymentOn(c, true)
		c.config = acctest.Config{"wallet_id": payer, "kind": "bolt11", "payment_request": invoice, "id": uuid.NewString()}
		c.objects = append(c.objects, c.config["id"].(string))
	}, send, func(c *testCase) { paid(c, map[string]int64{"payer": -21_000, "payee": 21_000}) }, []string{"create_payment"}},
	"payment send in usd": {func(c *testCase) {
		_, _, invoice := paymentOn(c, true)
		c.config = acctest.Config{"wallet_id": dollars(c), "kind": "bolt11", "payment_request": invoice, "id": uuid.NewString()}
		c.objects = append(c.objects, c.config["id"].(string))
	}, send, func(c *testCase) { paid(c, map[string]int64{"dollars": -2, "payee": 21_000}) }, []string{"request_a_quote", "create_payment"}},
	"payment send of a check": {checkedPayment(false), send,
		func(c *testCase) { paid(c, map[string]int64{"payer": -21_000, "payee": 21_000}) }, []string{"create_payment"}},
	"payment send of a check in usd": {checkedPayment(true), send,
		func(c *testCase) { paid(c, map[string]int64{"dollars": -2, "payee": 21_000}) }, []string{"request_a_quote", "create_payment"}},
	"payment check": {func(c *testCase) {
		payer, _, invoice := paymentOn(c, true)
		c.config = acctest.Config{"wallet_id": payer, "kind": "bolt11", "payment_request": invoice, "id": uuid.NewString()}
		c.objects = append(c.objects, c.config["id"].(string))
	}, func(c *testCase) acctest.Diagnostics {
		_, diags := c.Invoke(c.t.Context(), "voltage_payment_check", c.config)
		return diags
	}, func(c *testCase) {
		paid(c, map[string]int64{})
		if made := c.Emulator.PaymentsJSON(); len(made) != 2 { // the check, and the receive of its invoice
			c.t.Errorf("the API has %v", made)
		}
	}, []string{"check_payment", "get_payment"}},
	"payment send of treasury": {func(c *testCase) {
		c.treasury()
		payer, _, invoice := paymentOn(c, true)
		c.config = acctest.Config{
			"wallet_id":       payer,
			"kind":            "bolt11",
			"payment_request": invoice,
			"id":              uuid.NewString(),
			"category":        "treasury",
		}
		c.objects = append(c.objects, c.config["id"].(string))
	}, send, func(c *testCase) { paid(c, map[string]int64{"payer": -21_000, "payee": 21_000}) }, []string{"create_treasury_movement"}},
	"webhook create": {func(c *testCase) { c.webhook() }, apply, oneWebhook, []string{"create_webhook", "get_webhook"}},
	"webhook create and adopt": {func(c *testCase) {
		c.webhook()
		c.config["enabled"] = false
		c.ownID()
	}, killed, oneWebhook, []string{"create_webhook", "get_webhook", "stop_webhook_as_user"}},
	"webhook adopt": {func(c *testCase) {
		c.webhook()
		c.ownID()
		c.prepare()
		c.instance = &acctest.Instance{Type: c.instance.Type} // only the state was lost
	}, killed, oneWebhook, []string{"get_webhook", "generate_webhook_key"}},
	"webhook change": {func(c *testCase) {
		c.webhook()
		c.made()
		maps.Copy(c.config, acctest.Config{"name": "renamed", "enabled": false, "secret_version": 1})
	}, apply, oneWebhook, []string{"update_webhook", "stop_webhook_as_user", "generate_webhook_key"}},
	"webhook refresh": {func(c *testCase) {
		c.webhook()
		c.made()
	}, func(c *testCase) acctest.Diagnostics {
		diags := c.Refresh(c.t.Context(), c.instance)
		if c.instance.State.IsNull() {
			c.t.Error("a refresh has lost the webhook")
		}
		return diags
	}, oneWebhook, []string{"get_webhook"}},
	"webhook delete": {func(c *testCase) {
		c.webhook()
		c.made()
		c.config = nil
	}, apply, func(c *testCase) {
		for _, hook := range c.Emulator.Webhooks() {
			if hook.Status != "deleted" || !c.instance.State.IsNull() {
				c.t.Errorf("the API has %v, the state %s", hook, c.instance.State)
			}
		}
	}, []string{"delete_webhook", "get_webhook"}},
	"policies create": {settle("voltage_wallet_policies", nil, false), apply, sameSettings,
		[]string{"update_wallet_policies", "get_wallet_policies"}},
	"policies change": {settle("voltage_wallet_policies", acctest.Config{"max_payment_size_sats": 2000, "processing_fee": nil}, false), apply,
		sameSettings, []string{"update_wallet_policies"}},
	"policies destroy": {settle("voltage_wallet_policies", nil, true), apply, sameSettings, []string{"update_wallet_policies"}},
	"checkout create":  {settle("voltage_checkout_settings", nil, false), apply, sameSettings, []string{"update_settings"}},
	"checkout change": {settle("voltage_checkout_settings", acctest.Config{"origin_policy": "allow_all", "allowed_origins": nil}, false),
		apply, sameSettings, []string{"update_settings"}},
	"checkout destroy": {settle("voltage_checkout_settings", nil, true), apply, sameSettings, []string{"update_settings"}},
	"line take over":   {settle("voltage_sandbox_line_of_credit", nil, false), apply, sameSettings, []string{"update_sandbox_line_of_credit"}},
	"line change": {settle("voltage_sandbox_line_of_credit", acctest.Config{"limit": 6000}, false), apply, sameSettings,
		[]string{"update_sandbox_line_of_credit"}},
	"webhook test": {func(c *testCase) {
		c.webhook()
		c.config["url"] = takesDeliveries(c.t, c.World)
		c.made()
		c.config = acctest.Config{"webhook_id": c.instance.String("id")}
	}, func(c *testCase) acctest.Diagnostics {
		_, diags := c.Invoke(c.t.Context(), "voltage_webhook_test", c.config)
		return diags
	}, func(c *testCase) {
		if c.Emulator.Count("test_webhook") == 0 {
			c.t.Error("no delivery was asked for")
		}
		if ended := c.Emulator.Deliveries(); len(ended) == 0 || ended[len(ended)-1].State != "succeeded" {
			c.t.Errorf("the API has %v", ended)
		}
	}, []string{"test_webhook", "get_webhook_delivery"}},
	"webhook delivery retry": {func(c *testCase) {
		c.webhook()
		c.config["url"] = takesDeliveries(c.t, c.World)
		c.made()
		c.config = c.delivery(true)
	}, func(c *testCase) acctest.Diagnostics {
		_, diags := c.Invoke(c.t.Context(), "voltage_webhook_delivery_retry", c.config)
		return diags
	}, func(c *testCase) {
		if ended := c.Emulator.Deliveries(); len(ended) != 1 || ended[0].State != "succeeded" || ended[0].Attempts < 2 {
			c.t.Errorf("the API has %v", ended)
		}
	}, []string{"retry_webhook_delivery", "get_webhook_delivery"}},
	"webhook delivery abandon": {func(c *testCase) {
		c.webhook()
		c.config["url"] = refusesDeliveries(c.t, c.World)
		c.made()
		c.config = c.delivery(false)
	}, func(c *testCase) acctest.Diagnostics {
		_, diags := c.Invoke(c.t.Context(), "voltage_webhook_delivery_abandon", c.config)
		return diags
	}, func(c *testCase) {
		if ended := c.Emulator.Deliveries(); len(ended) != 1 || ended[0].State != "abandoned" {
			c.t.Errorf("the API has %v", ended)
		}
	}, []string{"abandon_webhook_delivery", "get_webhook_delivery"}},
	"data sources":   {readable, readEach, oneWallet, nil},
	"list resources": {readable, queryEach, queriedAll, nil},
}

func canBePaid(c *testCase) {
	if c.instance.String("status") != "receiving" || c.instance.String("payment_request") == "" {
		c.t.Errorf("the state has %s", c.instance.State)
	}
}

// treasury switches treasury movements on.
func (c *testCase) treasury() {
	if err := c.Emulator.SwitchFeature(c.OrganizationID, "treasury", true); err != nil {
		c.t.Fatal(err)
	}
}

// checkedPayment prepares a send whose policy check was approved.
func checkedPayment(usd bool) func(*testCase) {
	return func(c *testCase) {
		payer, _, invoice := paymentOn(c, true)
		if usd {
			payer = dollars(c)
		}
		c.config = acctest.Config{"wallet_id": payer, "kind": "bolt11", "payment_request": invoice, "id": uuid.NewString()}
		c.objects = append(c.objects, c.config["id"].(string))
		if _, diags := c.Invoke(c.t.Context(), "voltage_payment_check", c.config); diags.Errors() != "" {
			c.t.Fatal(diags.Errors())
		}
		c.Emulator.ResetRequests()
	}
}

func send(c *testCase) acctest.Diagnostics {
	_, diags := c.Invoke(c.t.Context(), "voltage_payment_send", c.config)
	return diags
}

// session makes the case a case of a session of the hosted checkout.
func (c *testCase) session() {
	c.instance = &acctest.Instance{Type: "voltage_checkout_session"}
	_, payee, _ := paymentOn(c, false)
	c.config = acctest.Config{"wallet_id": payee, "kind": "bolt11", "amount": acctest.Config{"amount": 21_000, "currency": "btc"}}
	c.objects = append(c.objects, payee)
}

// canBeUsed is the check of operations that leave a session: the state has its payment, and a token that the API accepts.
func canBeUsed(c *testCase) {
	canBePaid(c)
	for _, session := range c.Emulator.CheckoutSessions() {
		if session.ID.String() == c.instance.String("id") && session.Token == c.instance.String("checkout_token") &&
			session.PaymentID.String() == c.instance.String("payment_id") {
			return
		}
	}
	c.t.Errorf("the API has no such session: %s", c.instance.State)
}

// paid compares the balance of each wallet with the balance after exactly one payment.
func paid(c *testCase, want map[string]int64) {
	got := map[string]int64{}
	for _, w := range c.Emulator.Wallets() {
		for _, balance := range w.Balances {
			got[w.Name] += balance.Amount
		}
	}
	if !maps.Equal(got, want) {
		c.t.Errorf("the wallets have %v, want %v", got, want)
	}
}

// dollars prepares a wallet on a line of credit in usd.
func dollars(c *testCase) string {
	id, limit := uuid.New(), int64(1_000_000)
	err := c.Emulator.AddWallet(emulator.Wallet{
		ID: id, EnvironmentID: c.EnvironmentID, Name: "dollars", Network: c.Network, LineOfCreditID: &emulator.StagingUSDLineID, Limit: &limit,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return id.String()
}

// TestFaultMatrix runs every operation under every fault, at every position that its requests have, and then continues as a person would:
// the fault is over, and the same is done again until it succeeds. Server and state must agree then, nothing may have been made twice, no
// state may be lost, and no error may lack its object and the next step.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	var want, cells, failures atomic.Int64
	t.Cleanup(func() {
		t.Logf("fault matrix: %d operations, %d faults, %d positions, in all requests, in each kind of write and in the reads of each wait: "+
			"%d cells, in %d of which the operation first failed; nothing was lost",
			len(operations), len(effects), len(positions), cells.Load(), failures.Load())
		part := strings.Contains(flag.Lookup("test.run").Value.String(), "/") // whether only a part of the matrix runs
		if cells.Load() != want.Load() && !t.Failed() && !part {
			t.Errorf("%d cells of %d were run", cells.Load(), want.Load())
		}
	})
	for operationName, op := range operations {
		var requests map[string][]int
		t.Run(operationName+"/undisturbed", func(t *testing.T) { requests = undisturbed(t, op) })
		for effectName, effect := range effects {
			hit := map[int]bool{} // the first request of a kind can be the second of all: it is attacked once
			for _, target := range append(slices.Clone(op.targets), "") {
				for _, positionName := range slices.Sorted(maps.Keys(positions)) {
					fault := positions[positionName]
					if !takesPlace(effect, positionName, target) || len(requests[target]) < fault.Nth {
						continue
					}
					if at := requests[target][fault.Nth-1]; fault.Times == 0 {
						if hit[at] {
							continue
						}
						hit[at] = true
					}
					fault.Operation, fault.Effect = target, effect
					if positionName == "every" && isLag(effect) {
						fault.Times = 3
					}
					want.Add(1)
					t.Run(fmt.Sprintf("%s/%s/%s %s", operationName, effectName, positionName, cmp.Or(target, "request")), func(t *testing.T) {
						t.Parallel()
						if runCell(t, op, fault) {
							failures.Add(1)
						}
						cells.Add(1)
					})
				}
			}
		}
	}
}

// appear is the time until a write of the emulator becomes visible. It is shorter than the time for which the provider reads an ID before
// the ID counts as unused, and longer than several reads of a wait.
const appear = time.Second

// undisturbed runs an operation without a fault, and returns where its requests are in their order, counted from 1: of all requests under
// "", and of those of each operation of the API under its name. A fault can happen only to one of them.
func undisturbed(t *testing.T, op operation) map[string][]int {
	t.Helper()
	requests := map[string][]int{}
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		c := newTestCase(t, w)
		op.prepare(c)
		before := len(w.Emulator.Requests())
		if diags := op.attempt(c); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		for i, request := range w.Emulator.Requests()[before:] {
			requests[""] = append(requests[""], i+1)
			requests[request.Operation] = append(requests[request.Operation], i+1)
		}
		time.Sleep(appear)
		op.check(c)
	}, slowly)
	for _, target := range op.targets {
		if len(requests[target]) == 0 && !acctest.Shared() { // lists serve its reads then
			t.Errorf("it sends no %s, which is to be attacked", target)
		}
	}
	return requests
}

func newTestCase(t *testing.T, w *acctest.World) *testCase {
	t.Helper()
	return &testCase{World: w, Protocol: w.Protocol(t), t: t, instance: &acctest.Instance{Type: "voltage_wallet"}}
}

// slowly makes writes take a while to become visible. A delivery under way stays so.
func slowly(c *emulator.Config) {
	c.Delay = appear
	c.RetryDelivery = time.Hour
}

// runCell returns whether the operation failed under the fault.
func runCell(t *testing.T, op operation, fault emulator.Fault) (failed bool) {
	t.Helper()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		c := newTestCase(t, w)
		c.lags = isLag(fault.Effect)
		op.prepare(c)
		if _, hangs := fault.Effect.(emulator.Hang); hangs { // shorter than the life of a quote
			c.Protocol = w.Protocol(t, acctest.Config{"request_timeout": "5s", "max_retries": 1})
		}
		w.Emulator.Inject(fault)
		diags := op.attempt(c)
		failed = diags.Errors() != ""
		checkErrors(t, c, diags)
		if !slices.ContainsFunc(w.Emulator.Requests(), func(r emulator.Request) bool { return r.Fault != "" }) {
			t.Errorf("no request had the fault")
		}
		w.Emulator.ClearFaults()
		for attempt := 1; diags.Errors() != "" || attempt == 1; attempt++ {
			if attempt > 3 {
				t.Fatalf("it does not succeed without the fault either: %s", diags.Errors())
			}
			c.Protocol = c.Walk() // each run of Terraform has its own provider
			diags = op.attempt(c)
			checkErrors(t, c, diags)
		}
		time.Sleep(appear) // every accepted write is visible now
		op.check(c)
	}, slowly)
	return failed
}

// checkErrors checks that each error names an object and a next step.
func checkErrors(t *testing.T, c *testCase, diags acctest.Diagnostics) {
	t.Helper()
	objects := c.objects
	if id := c.instance.String("id"); id != "" {
		objects = append(objects, id)
	}
	if c.config != nil && c.config["name"] != nil {
		objects = append(objects, c.config["name"].(string))
	}
	for _, diagnostic := range diags {
		if diagnostic.Severity != 1 {
			continue
		}
		if !slices.ContainsFunc(objects, func(object string) bool { return strings.Contains(diagnostic.Detail, object) }) {
			t.Errorf("the error names none of %v: %s: %s", objects, diagnostic.Summary, diagnostic.Detail)
		}
		if !strings.Contains(diagnostic.Detail, "\n\n") {
			t.Errorf("the error does not say what to do next: %s: %s", diagnostic.Summary, diagnostic.Detail)
		}
	}
}

func isLag(effect emulator.Effect) bool {
	switch effect.(type) {
	case emulator.NotFound, emulator.Stale:
		return true
	}
	return false
}
