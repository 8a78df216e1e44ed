//go:build conformance

package prism

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/operations"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// load is a provider whose requests reach the emulator through Prism.
type load struct {
	*acctest.World
	*acctest.Protocol
	t                             *testing.T
	client                        *voltage.Client
	payer, payee, dollars, abroad uuid.UUID
	used                          map[string]map[string]bool // what the provider offers, by kind
}

// use notes that something of the provider was used.
func (l *load) use(kind, name string) {
	if l.used[kind] == nil {
		l.used[kind] = map[string]bool{}
	}
	l.used[kind][name] = true
}

// apply makes or changes a resource; its second plan is empty.
func (l *load) apply(instance *acctest.Instance, config acctest.Config) *acctest.Instance {
	l.t.Helper()
	l.use("resources", instance.Type)
	l.MustApply(instance, config)
	return instance
}

func (l *load) make(kind string, config acctest.Config) *acctest.Instance {
	l.t.Helper()
	return l.apply(&acctest.Instance{Type: kind}, config)
}

func (l *load) destroy(instance *acctest.Instance) {
	l.t.Helper()
	l.Expect("destroying "+instance.Type, l.Destroy(l.t.Context(), instance))
}

func (l *load) read(kind string, config acctest.Config) *acctest.Instance {
	l.t.Helper()
	l.use("data-sources", kind)
	return l.MustRead(kind, config)
}

func (l *load) invoke(kind string, config acctest.Config) {
	l.t.Helper()
	l.use("actions", kind)
	_, diags := l.Invoke(l.t.Context(), kind, config)
	l.Expect("invoking "+kind, diags)
}

func (l *load) query(kind string, config acctest.Config) {
	l.t.Helper()
	l.use("list-resources", kind)
	listed, diags := l.Query(l.t.Context(), kind, config, true, 0)
	l.Expect("listing "+kind, diags)
	if len(listed) == 0 {
		l.t.Errorf("listing %s found nothing", kind)
	}
}

func money(amount int64, currency string) acctest.Config {
	return acctest.Config{"amount": amount, "currency": currency}
}

// TestProxy: nothing that the provider sends, and nothing that the emulator answers, breaks the contract in Prism's eyes.
// It makes use of everything that the provider offers.
func TestProxy(t *testing.T) {
	t.Parallel()
	world := acctest.Emulated(t)
	upstream := world.URL
	prism := start(t, "proxy", upstream, "--errors")
	world.URL = inspect(t, prism)
	world.Pace.PollMax = 20 * time.Millisecond
	l := &load{
		World: world, t: t, client: world.API(t), used: map[string]map[string]bool{},
		payer: uuid.New(), payee: uuid.New(), dollars: uuid.New(), abroad: uuid.New(),
	}
	l.Protocol = world.Protocol(t)
	limit := int64(2_000_000)
	for _, wallet := range []emulator.Wallet{
		{ID: l.payer, Name: "payer", EnvironmentID: l.EnvironmentID, LineOfCreditID: &emulator.StagingLineID},
		{ID: l.payee, Name: "payee", EnvironmentID: l.EnvironmentID, LineOfCreditID: &emulator.StagingLineID},
		{ID: l.dollars, Name: "dollars", EnvironmentID: l.EnvironmentID, LineOfCreditID: &emulator.StagingUSDLineID},
		{ID: l.abroad, Name: "abroad", EnvironmentID: emulator.SecondEnvironmentID, LineOfCreditID: &emulator.SecondLineID},
	} {
		wallet.Network, wallet.Limit = "mutinynet", &limit
		if err := l.Emulator.AddWallet(wallet); err != nil {
			t.Fatal(err)
		}
	}
	for wallet, currency := range map[uuid.UUID]string{l.payer: "btc", l.dollars: "usd"} {
		if err := l.Emulator.Deposit(wallet, currency, 50_000_000); err != nil {
			t.Fatal(err)
		}
	}
	l.control(prism.String())
	for _, part := range []struct {
		name string
		run  func(*load)
	}{
		{"wallets", (*load).walletsPart}, {"lines of credit", (*load).linesPart}, {"policies", (*load).policiesPart},
		{"receives", (*load).receivesPart}, {"sends", (*load).sendsPart}, {"lists", (*load).listsPart}, {"bills", (*load).billsPart},
		{"webhooks", (*load).webhooksPart}, {"checkout", (*load).checkoutPart}, {"errors", (*load).errorsPart},
	} {
		t.Logf("part: %s", part.name)
		part.run(l) // later parts read what earlier ones have made
	}
	for kind, offered := range l.Offers() {
		if used := slices.Sorted(maps.Keys(l.used[kind])); kind != "functions" && !slices.Equal(used, offered) {
			t.Errorf("of the %s %v, this test uses %v", kind, offered, used)
		}
	}
	var idle []string
	for _, operation := range l.Emulator.Operations() {
		if l.Emulator.Count(operation) == 0 {
			idle = append(idle, operation)
		}
	}
	if !slices.Equal(idle, unused()) {
		t.Errorf("the load makes no request of %v; not exposed are %v", idle, unused())
	}
}

// unused are the operations that the provider has no use for, in alphabetical order.
func unused() []string {
	var ids []string
	for _, operation := range operations.All() {
		if len(operation.Uses) == 0 {
			ids = append(ids, operation.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func (l *load) walletsPart() {
	config := acctest.Config{
		"name": "orders", "network": "mutinynet", "line_of_credit_id": l.LineOfCreditID.String(), "limit": 100_000_000,
		"metadata": acctest.Config{"team": "payments", "empty": ""},
	}
	wallet := l.make("voltage_wallet", config)
	config["name"] = "orders-renamed"
	l.apply(wallet, config)
	l.CheckImport(wallet, "id", config)
	l.make("voltage_wallet", acctest.Config{
		"name": "testnet", "network": "testnet3", "line_of_credit_id": emulator.StagingTestnetLineID.String(), "limit": 0,
	})
	l.read("voltage_wallet", acctest.Config{"id": wallet.String("id")})
	l.read("voltage_wallet", acctest.Config{"name": "orders-renamed"})
	l.query("voltage_wallet", acctest.Config{"network": "mutinynet"})
	l.destroy(wallet)
	one := acctest.Config{"environment_id": l.EnvironmentID.String(), "metadata": acctest.Config{"team": "payments"}}
	for _, filter := range []acctest.Config{{}, {"include_inactive": true}, one} {
		l.read("voltage_wallets", filter)
	}
}

func (l *load) linesPart() {
	config := acctest.Config{"line_of_credit_id": emulator.StagingTestnetLineID.String(), "limit": 90_000_000_000}
	line := l.make("voltage_sandbox_line_of_credit", config)
	config["limit"] = 80_000_000_000
	l.apply(line, config)
	l.read("voltage_line_of_credit", acctest.Config{"id": emulator.StagingUSDLineID.String()})
	l.read("voltage_line_of_credit", acctest.Config{"network": "mutinynet", "currency": "btc"})
	for _, filter := range []acctest.Config{
		{}, {"network": "testnet3", "include_disabled": true}, {"environment_id": l.EnvironmentID.String()},
	} {
		l.read("voltage_lines_of_credit", filter)
	}
	l.read("voltage_assets", acctest.Config{})
	l.read("voltage_assets", acctest.Config{"network": "mutinynet"})
}

func (l *load) policiesPart() {
	config := acctest.Config{
		"wallet_id": l.payee.String(), "max_payment_size_sats": 100_000, "transactions_per_minute": 600, "send_volume_limit_sats": 9_000_000,
		"ofac_compliant": true, "reflex_template_id": uuid.NewString(),
		"processing_fee": acctest.Config{"send_basis_points": 50, "receive_basis_points": 25},
	}
	policies := l.make("voltage_wallet_policies", config)
	delete(config, "processing_fee")
	config["transactions_per_minute"] = 700
	l.apply(policies, config)
	l.read("voltage_wallet_policies", acctest.Config{"wallet_id": l.payee.String()})
	l.destroy(policies)
}

func (l *load) receivesPart() {
	order := acctest.Config{"order": "4711"}
	for _, receive := range []struct {
		wallet uuid.UUID
		config acctest.Config
		msats  int64 // paid for any amount
	}{
		{l.payee, acctest.Config{"kind": "bolt11", "amount": money(150_001, "btc"), "expiration": 600, "metadata": order}, 0},
		{l.payee, acctest.Config{"kind": "bolt11"}, 7_000},
		{l.payee, acctest.Config{"kind": "onchain", "amount": money(1_500_000, "btc")}, 0},
		{l.payee, acctest.Config{"kind": "bip21", "amount": money(250_000, "btc")}, 0},
		{l.payee, acctest.Config{"kind": "bip21"}, 5_000},
		{l.payee, acctest.Config{"kind": "taprootasset", "amount": money(12, "asset:"+emulator.MutinynetAsset)}, 0},
		{l.dollars, acctest.Config{"kind": "bolt11", "amount": money(600, "usd")}, 0},
	} {
		receive.config["wallet_id"], receive.config["description"] = receive.wallet.String(), "1 cup coffee"
		request := l.make("voltage_payment_request", receive.config)
		l.read("voltage_payment", acctest.Config{"id": request.String("id"), "wait_for": "ready"})
		if err := l.Emulator.Pay(request.String("bip21_uri"), receive.msats); err != nil {
			l.t.Fatal(err)
		}
		payment := l.read("voltage_payment", acctest.Config{"id": request.String("id"), "wait_for": "final"})
		if payment.String("status") != "completed" {
			l.t.Errorf("a receive of %v is %s", receive.config, payment.String("status"))
		}
		l.MustPlanNothing(request, receive.config)
		l.destroy(request)
	}
}

func (l *load) sendsPart() {
	// An invoice, an address or a URI of the emulator's other environment is a stranger's.
	abroad := acctest.Config{"environment_id": emulator.SecondEnvironmentID.String(), "api_key": emulator.SecondKey}
	stranger := l.World.Protocol(l.t, abroad)
	ask := func(p *acctest.Protocol, wallet uuid.UUID, config acctest.Config) *acctest.Instance {
		request := &acctest.Instance{Type: "voltage_payment_request"}
		config["wallet_id"] = wallet.String()
		p.MustApply(request, config)
		return request
	}
	inside := ask(l.Protocol, l.payee, acctest.Config{"kind": "bolt11", "amount": money(21_000, "btc")})
	outside := ask(stranger, l.abroad, acctest.Config{"kind": "bolt11", "amount": money(2_000_000, "btc"), "description": "a stranger's"})
	open := ask(stranger, l.abroad, acctest.Config{"kind": "bolt11"})
	address := ask(stranger, l.abroad, acctest.Config{"kind": "onchain", "amount": money(1_000_000, "btc")}).String("address")
	unified := ask(stranger, l.abroad, acctest.Config{"kind": "bip21", "amount": money(300_000, "btc")})
	cents := ask(stranger, l.abroad, acctest.Config{"kind": "bolt11", "amount": money(10_000_000, "btc")})
	order, fee := acctest.Config{"order": "4711"}, money(500_000, "btc")
	for _, send := range []acctest.Config{
		{"kind": "bolt11", "payment_request": inside.String("payment_request"), "id": uuid.NewString()},
		{"kind": "bolt11", "payment_request": outside.String("payment_request"), "max_fee": money(50_000, "btc"), "metadata": order},
		{"kind": "bolt11", "payment_request": open.String("payment_request"), "amount": money(42_000, "btc"), "max_fee": money(1_000, "btc")},
		{"kind": "onchain", "address": address, "amount": money(1_000_000, "btc"), "max_fee": fee, "description": "To cold storage"},
		{"kind": "bip21", "address": unified.String("bip21_uri"), "max_fee": fee},
		{"kind": "bip21", "address": "bitcoin:" + address + "?amount=0.00002", "max_fee": fee},
		{"kind": "bip21", "address": address, "amount": money(3_000_000, "btc"), "max_fee": fee, "description": "By address"},
		{"kind": "bolt11", "payment_request": cents.String("payment_request"), "wallet_id": l.dollars.String()},
	} {
		if send["wallet_id"] == nil {
			send["wallet_id"] = l.payer.String()
		}
		l.invoke("voltage_payment_send", send)
	}
	check := acctest.Config{
		"wallet_id": l.payer.String(), "kind": "bolt11", "payment_request": ask(stranger, l.abroad, acctest.Config{
			"kind": "bolt11", "amount": money(2_000_000, "btc"),
		}).String("payment_request"), "id": uuid.NewString(), "metadata": order,
	}
	l.invoke("voltage_payment_check", check)
	l.invoke("voltage_payment_send", check) // which the check has approved
	if err := l.Emulator.SwitchFeature(l.OrganizationID, "treasury", true); err != nil {
		l.t.Fatal(err)
	}
	moved := ask(l.Protocol, l.payee, acctest.Config{"kind": "bolt11", "amount": money(21_000, "btc"), "category": "treasury"})
	l.invoke("voltage_payment_send", acctest.Config{
		"wallet_id": l.payer.String(), "kind": "bolt11", "payment_request": moved.String("payment_request"), "category": "treasury",
	})
}

func (l *load) listsPart() {
	for range 120 { // the provider reads pages of 100
		if _, err := l.Emulator.AddReceive(l.payee, 1_000, map[string]string{"batch": "a b&c"}); err != nil {
			l.t.Fatal(err)
		}
	}
	year := acctest.Config{"start_date": time.Now().AddDate(-1, 0, 0).UTC().Format(time.RFC3339Nano), "end_date": "2100-01-01T00:00:00Z"}
	for want, filters := range map[string][]acctest.Config{
		"none": {{"check_only": true}, {"statuses": []any{"expired"}}, {"wallet_id": uuid.NewString()}},
		"some": {
			{}, {"category": "treasury"}, {"check_only": false}, {"metadata": acctest.Config{"batch": "a b&c"}},
			{"statuses": []any{"completed", "receiving"}, "direction": "receive"},
			{"kind": "onchain"}, year, {"line_of_credit_id": emulator.StagingUSDLineID.String()},
			{"sort_key": "updated_at", "sort_order": "DESC", "max_results": 3},
		},
	} {
		for _, filter := range filters {
			payments := acctest.Elements(l.read("voltage_payments", filter).Attribute("payments"))
			if (len(payments) > 0) != (want == "some") {
				l.t.Errorf("%d payments with %v, want %s", len(payments), filter, want)
			}
			if len(filter) == 0 && len(payments) < 120 {
				l.t.Errorf("%d payments on two pages", len(payments))
			}
		}
	}
	sent := acctest.Elements(l.read("voltage_payments", acctest.Config{"direction": "send"}).Attribute("payments"))[0]
	id := acctest.Text(acctest.Attribute(sent, "id"))
	l.read("voltage_payment_history", acctest.Config{"payment_id": id})
	for _, filter := range []acctest.Config{
		{}, {"line_of_credit_id": emulator.StagingUSDLineID.String()}, {"wallet_id": l.payee.String(), "include_inactive": true},
		{"metadata": acctest.Config{"batch": "a b&c"}, "statuses": []any{"completed", "receiving"}, "direction": "receive", "kind": "bolt11"},
		year,
	} {
		l.read("voltage_payment_summary", filter)
	}
	newest := acctest.Config{"sort_key": "effective_time", "sort_order": "DESC", "max_results": 2}
	for _, filter := range []acctest.Config{{}, {"payment_id": id}, year, newest} {
		filter["wallet_id"] = l.payer.String()
		l.read("voltage_wallet_ledger", filter)
	}
	l.read("voltage_wallet", acctest.Config{"id": l.payer.String()})
	l.read("voltage_wallet", acctest.Config{"id": l.dollars.String()})
}

func (l *load) billsPart() {
	var id string
	for _, bill := range []emulator.Bill{
		{LineOfCreditID: emulator.StagingLineID, Amount: 21_000}, {LineOfCreditID: emulator.StagingLineID, Amount: 7_000, Status: "paid"},
		{LineOfCreditID: emulator.StagingLineID, Amount: 7_000, Status: "failed"}, {LineOfCreditID: emulator.StagingLineID, Status: "void"},
		{LineOfCreditID: emulator.StagingUSDLineID, Amount: 600, Status: "processing", Settlement: "Payout"},
		{LineOfCreditID: emulator.StagingUSDLineID, Amount: 600, Status: "failed"},
	} {
		made, err := l.Emulator.AddBill(bill)
		if err != nil {
			l.t.Fatal(err)
		}
		id = made.Bill.String()
		l.read("voltage_bill", acctest.Config{"id": id})
	}
	for _, filter := range []acctest.Config{
		{}, {"line_of_credit_id": emulator.StagingUSDLineID.String()}, {"statuses": []any{"paid", "void"}, "exclude_zero_amount": true},
	} {
		l.read("voltage_bill_summary", filter)
		l.read("voltage_bills", filter)
	}
	l.read("voltage_bills", acctest.Config{"sort_order": "ASC", "max_results": 2})
}

// deliveriesPart reads and retries the deliveries of a webhook, and abandons one whose receiver refuses it.
func (l *load) deliveriesPart(hook string) {
	for _, filter := range []acctest.Config{
		{}, {"statuses": []any{"succeeded", "failed"}}, {"sort_key": "updated_at", "sort_order": "ASC", "max_results": 1},
	} {
		filter["webhook_id"] = hook
		list := l.read("voltage_webhook_deliveries", filter)
		id := acctest.Text(acctest.Elements(list.Attribute("ids"))[0])
		l.read("voltage_webhook_delivery", acctest.Config{"id": id, "webhook_id": hook, "wait_for": "final"})
		l.invoke("voltage_webhook_delivery_retry", acctest.Config{"webhook_id": hook, "delivery_id": id})
	}
	l.read("voltage_webhook_delivery_summary", acctest.Config{"webhook_id": hook})
	l.read("voltage_webhook_delivery_summary", acctest.Config{"webhook_id": hook, "statuses": []any{"failed", "abandoned"}})
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	l.t.Cleanup(refusing.Close)
	other := l.make("voltage_webhook", acctest.Config{
		"name":   "refusing",
		"url":    refusing.URL,
		"events": acctest.Config{"test": []any{"created"}},
	})
	id := uuid.NewString()
	l.invoke("voltage_webhook_test", acctest.Config{"webhook_id": other.String("id"), "delivery_id": id, "wait": false})
	l.invoke("voltage_webhook_delivery_abandon", acctest.Config{"webhook_id": other.String("id"), "delivery_id": id})
	l.destroy(other)
}

func (l *load) webhooksPart() {
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	l.t.Cleanup(receiver.Close)
	config := acctest.Config{
		"name": "orders", "url": receiver.URL,
		"events": acctest.Config{"receive": []any{"completed", "failed"}, "send": []any{"succeeded"}, "test": []any{"created"}},
	}
	hook := l.make("voltage_webhook", config)
	detail, err := json.Marshal(map[string]string{"event": "created", "data": "hello"})
	if err != nil {
		l.t.Fatal(err)
	}
	l.invoke("voltage_webhook_test", acctest.Config{"webhook_id": hook.String("id")})
	l.invoke("voltage_webhook_test", acctest.Config{"webhook_id": hook.String("id"), "type": "test", "detail": string(detail)})
	l.deliveriesPart(hook.String("id"))
	for _, change := range []acctest.Config{
		{"name": "renamed"}, {"events": acctest.Config{"receive": []any{"expired"}}},
		{"enabled": false}, {"enabled": true}, {"secret_version": 2},
	} {
		maps.Copy(config, change)
		l.apply(hook, config)
	}
	l.read("voltage_webhook", acctest.Config{"id": hook.String("id")})
	l.read("voltage_webhook", acctest.Config{"name": "renamed"})
	for _, filter := range []acctest.Config{{}, {"statuses": []any{"active", "stopped"}}, {"statuses": []any{"deleted"}}} {
		l.read("voltage_webhooks", filter)
	}
	l.query("voltage_webhook", acctest.Config{})
	l.destroy(hook)
}

func (l *load) checkoutPart() {
	settings := l.make("voltage_checkout_settings", acctest.Config{
		"origin_policy": "allowlist", "allowed_origins": []any{"https://shop.example", "http://localhost:3000"},
	})
	l.apply(settings, acctest.Config{"origin_policy": "allow_all"})
	l.read("voltage_checkout_settings", acctest.Config{})
	expires := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for _, config := range []acctest.Config{
		{"kind": "bolt11"},
		{
			"kind": "bip21", "amount": money(250_000, "btc"), "description": "1 cup coffee", "metadata": `{"table":4}`,
			"payment_metadata": acctest.Config{"order": "4711"}, "redirect_urls": acctest.Config{"success": "https://shop.example/thanks"},
		},
		{"kind": "onchain", "amount": money(1_500_000, "btc"), "id": uuid.NewString(), "payment_id": uuid.NewString(), "expires_at": expires},
		{"kind": "taprootasset", "amount": money(12, "asset:"+emulator.MutinynetAsset), "expiration": 600},
		{"kind": "bolt11", "amount": money(600, "usd"), "wallet_id": l.dollars.String()},
	} {
		if config["wallet_id"] == nil {
			config["wallet_id"] = l.payee.String()
		}
		session := l.make("voltage_checkout_session", config)
		l.MustPlanNothing(session, config)
		l.destroy(session)
	}
	l.destroy(settings)
}

// ref is an object of the environment.
func (l *load) ref(id uuid.UUID) voltage.Ref {
	return voltage.Ref{OrganizationID: l.OrganizationID, EnvironmentID: l.EnvironmentID, ID: id}
}

// errorsPart has the API refuse what Prism lets pass: requests that the schema allows, and the API does not.
func (l *load) errorsPart() {
	ctx, unknown := l.t.Context(), uuid.NewString()
	for kind, config := range map[string]acctest.Config{
		"voltage_wallet": {"id": unknown}, "voltage_wallet_ledger": {"wallet_id": unknown}, "voltage_payment": {"id": unknown},
		"voltage_webhook": {"id": unknown}, "voltage_line_of_credit": {"id": unknown}, "voltage_bill": {"id": unknown},
		"voltage_payment_summary": {"wallet_id": unknown},
	} {
		if _, diags := l.ReadDataSource(ctx, kind, config); !strings.Contains(diags.Errors(), unknown) {
			l.t.Errorf("%s of an unknown ID: %s", kind, diags.Errors())
		}
	}
	wallet := voltage.NewWallet{
		LineOfCreditID: l.LineOfCreditID, Name: "too large", Network: "mutinynet", Limit: 1 << 52,
	}
	receive := map[string]any{"id": uuid.NewString(), "wallet_id": l.payee.String(), "payment_kind": "bolt11", "currency": "btc"}
	for _, want := range []string{"", "payment_exists"} { // the client would read the payment, and be content
		if answer := l.call(l.URL, http.MethodPost, "/payments", receive); !strings.Contains(answer, want) || (want == "") != (answer == "") {
			l.t.Errorf("asking for a receive: want %q, got %s", want, answer)
		}
	}
	btc := map[string]any{"amount": 1_000_000, "currency": "btc"}
	for want, answer := range map[string]string{
		"invalid_bolt11_payment_request": l.send("bolt11", map[string]any{"payment_request": "lntbs1nonsense"}),
		"invalid_address":                l.send("onchain", map[string]any{"address": "nowhere", "amount": btc}),
	} {
		if !strings.Contains(answer, want) {
			l.t.Errorf("want %s, got %s", want, answer)
		}
	}
	reader, mainnet := l.with(emulator.StagingReadOnlyKey), emulator.StagingMainnetLineID
	for want, err := range map[string]error{
		"line_of_credit_cannot_allocate_wallet_limit": l.client.CreateWallet(ctx, l.ref(uuid.New()), wallet),
		"wallet_not_empty":                            l.client.DeleteWallet(ctx, l.ref(l.payer)),
		"instance_not_found":                          l.client.RenameWallet(ctx, l.ref(uuid.New()), "nobody's"),
		"access_rights":                               reader.DeleteWallet(ctx, l.ref(l.payee)),
		"not_allowed":                                 l.client.UpdateSandboxLineOfCredit(ctx, l.ref(mainnet), 1),
	} {
		if !voltage.IsType(err, want) {
			l.t.Errorf("want %s, got %v", want, err)
		}
	}
	_, err := l.with("vltg_nobody").ListWallets(ctx, l.OrganizationID, voltage.WalletFilter{})
	if !voltage.IsType(err, "missing_credentials") {
		l.t.Errorf("an unknown key: %v", err)
	}
}

// control makes sure that Prism sees a violation in either direction. It reaches Prism directly, so that the violations are not counted.
func (l *load) control(prism string) {
	asked := l.Emulator.Count("create_payment")
	refused := l.call(prism, http.MethodPost, "/payments", map[string]any{
		"id": uuid.NewString(), "wallet_id": l.payee.String(), "payment_kind": "onchain", "amount_msats": 1_000,
	})
	if !strings.Contains(refused, "#UNPROCESSABLE_ENTITY") || l.Emulator.Count("create_payment") != asked {
		l.t.Fatalf("Prism lets a request pass that breaks the contract: %s", refused)
	}
	l.Emulator.Inject(emulator.Fault{Operation: "get_payment", Effect: emulator.Refuse{Status: http.StatusNotFound, Type: "unheard_of"}})
	if answer := l.call(prism, http.MethodGet, "/payments/"+uuid.NewString(), nil); !strings.Contains(answer, "#VIOLATIONS") {
		l.t.Fatalf("Prism lets an answer pass that breaks the contract: %s", answer)
	}
}

// send asks for a send of the payer's, and returns the answer: nothing where it is accepted.
func (l *load) send(kind string, data map[string]any) string {
	l.t.Helper()
	return l.call(l.URL, http.MethodPost, "/payments", map[string]any{
		"id": uuid.NewString(), "wallet_id": l.payer.String(), "currency": "btc", "type": kind, "data": data,
	})
}

// call sends a request about the environment as no client of the provider's does, and returns the answer.
func (l *load) call(base, method, path string, body any) string {
	l.t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		l.t.Fatal(err)
	}
	if body == nil {
		content = nil
	}
	url := base + "/organizations/" + l.OrganizationID.String() + "/environments/" + l.EnvironmentID.String() + path
	request, err := http.NewRequestWithContext(l.t.Context(), method, url, bytes.NewReader(content))
	if err != nil {
		l.t.Fatal(err)
	}
	request.Header.Set("X-Api-Key", emulator.StagingKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return string(answer)
}

// with is a client with another key.
func (l *load) with(key string) *voltage.Client {
	l.t.Helper()
	client, err := voltage.New(voltage.Config{BaseURL: l.URL, APIKey: key, Pace: l.Pace})
	if err != nil {
		l.t.Fatal(err)
	}
	return client
}
