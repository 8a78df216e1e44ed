package checkout_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const session = "voltage_checkout_session"

// shop is an emulator with a wallet in btc, one in usd and one on mainnet, whose checkout every page may use.
type shop struct {
	*acctest.World
	*acctest.Protocol
	till, dollars, mainnet uuid.UUID
}

// virtual runs a test in virtual time.
func virtual(t *testing.T, test func(t *testing.T, s *shop), change ...func(*emulator.Config)) {
	t.Helper()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) { t.Helper(); test(t, openShop(t, w)) }, change...)
}

func openShop(t *testing.T, w *acctest.World) *shop {
	t.Helper()
	s := &shop{World: w, till: uuid.New(), dollars: uuid.New(), mainnet: uuid.New()}
	limit := int64(1_000_000)
	for _, wallet := range []emulator.Wallet{
		{ID: s.till, Name: "till", Network: "mutinynet", LineOfCreditID: &emulator.StagingLineID, Limit: &limit},
		{ID: s.dollars, Name: "dollars", Network: "mutinynet", LineOfCreditID: &emulator.StagingUSDLineID, Limit: &limit},
		{ID: s.mainnet, Name: "mainnet", Network: "mainnet", LineOfCreditID: &emulator.StagingMainnetLineID, Limit: &limit},
	} {
		wallet.EnvironmentID = s.EnvironmentID
		if err := s.Emulator.AddWallet(wallet); err != nil {
			t.Fatal(err)
		}
	}
	s.Emulator.SetCheckout(s.EnvironmentID, emulator.Checkout{OriginPolicy: "allow_all"})
	s.Protocol = s.World.Protocol(t)
	return s
}

// config is the configuration of a session that asks for 21 sats, with changes.
func (s *shop) config(change acctest.Config) acctest.Config {
	config := acctest.Config{"wallet_id": s.till.String(), "kind": "bolt11", "amount": msats(21_000)}
	maps.Copy(config, change)
	return config
}

func newSession() *acctest.Instance { return &acctest.Instance{Type: session} }

// open makes a session. Its second plan is empty.
func (s *shop) open(t *testing.T, config acctest.Config) *acctest.Instance {
	t.Helper()
	instance := newSession()
	if diags := s.Apply(t.Context(), instance, config); diags.Errors() != "" || diags.Warnings() != "" {
		t.Fatalf("creating: %s %s", diags.Errors(), diags.Warnings())
	}
	s.planEmpty(t, instance, config)
	return instance
}

func (s *shop) planEmpty(t *testing.T, instance *acctest.Instance, config acctest.Config) {
	t.Helper()
	if diags := s.Refresh(t.Context(), instance); diags.Errors() != "" {
		t.Fatalf("refreshing: %s", diags.Errors())
	}
	if plan := s.Plan(t.Context(), instance, config); plan.Changes() || plan.Diagnostics.Errors() != "" {
		t.Fatalf("the second plan is not empty: %v %s", plan.Paths, plan.Diagnostics.Errors())
	}
}

// sent are the operations that were called, in their order.
func (s *shop) sent() string {
	var operations []string
	for _, request := range s.Emulator.Requests() {
		operations = append(operations, request.Operation)
	}
	return strings.Join(operations, " ")
}

func msats(amount int) acctest.Config { return acctest.Config{"amount": amount, "currency": "btc"} }

func usd(cents int) acctest.Config { return acctest.Config{"amount": cents, "currency": "usd"} }

// contains reports each text that is missing.
func contains(t *testing.T, what, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %q: %s", what, want, text)
		}
	}
}

// TestAccCheckoutSession_kinds: a session of each kind can be used by a browser with its token, and shows that it was paid.
func TestAccCheckoutSession_kinds(t *testing.T) {
	t.Parallel()
	asset := "asset:" + strings.Repeat("ab", 33)
	for name, test := range map[string]struct {
		change   acctest.Config
		invoice  bool
		address  bool
		msats    int64 // paid, for any amount
		received string
	}{
		"bolt11":             {nil, true, false, 0, "21000 btc"},
		"bolt11, any amount": {acctest.Config{"amount": nil}, true, false, 7_000, "7000 btc"},
		"onchain":            {acctest.Config{"kind": "onchain", "amount": msats(150_000)}, false, true, 0, "150000 btc"},
		"bip21":              {acctest.Config{"kind": "bip21", "amount": msats(150_000)}, true, true, 0, "150000 btc"},
		"bip21, any amount":  {acctest.Config{"kind": "bip21", "amount": nil}, true, true, 5_000, "5000 btc"},
		"taprootasset": {
			acctest.Config{"kind": "taprootasset", "amount": acctest.Config{"amount": 12, "currency": asset}},
			true, false, 0, "12 " + asset,
		},
		"usd": {acctest.Config{"wallet_id": "dollars", "amount": usd(600)}, true, false, 0, "600 usd"},
	} {
		for _, delay := range []time.Duration{0, 9 * time.Second} {
			t.Run(fmt.Sprintf("%s after %s", name, delay), func(t *testing.T) {
				t.Parallel()
				virtual(t, func(t *testing.T, s *shop) {
					t.Helper()
					config := s.config(acctest.Config{
						"description": "1 cup coffee", "payment_metadata": acctest.Config{"order": "4711"}, "metadata": `{"table": 4}`,
						"redirect_urls": acctest.Config{"success": "https://shop.example/thanks"},
					})
					maps.Copy(config, test.change)
					if config["wallet_id"] == "dollars" {
						config["wallet_id"] = s.dollars.String()
					}
					made := s.open(t, config)
					if made.String("status") != "receiving" || (made.String("payment_request") != "") != test.invoice ||
						(made.String("address") != "") != test.address ||
						made.String("bip21_uri") == "" || !made.Attribute("received_amount").IsNull() || !made.Attribute("error").IsNull() {
						t.Errorf("made %s", made.State)
					}
					known := s.Emulator.CheckoutSessions()
					if len(known) != 1 || known[0].Token != made.String("checkout_token") || known[0].PaymentID.String() != made.String("payment_id") ||
						!strings.HasSuffix(made.String("checkout_url"), "#"+known[0].Token) ||
						known[0].ExpiresAt.Format(time.RFC3339) != made.String("expires_at") {
						t.Errorf("the emulator has %+v, the state %s", known, made.State)
					}
					if left := time.Until(known[0].ExpiresAt); left < 50*time.Minute || left > time.Hour {
						t.Errorf("it expires in %s", left)
					}
					if err := s.Emulator.Pay(made.String("bip21_uri"), test.msats); err != nil {
						t.Fatal(err)
					}
					time.Sleep(2 * delay)
					s.planEmpty(t, made, config)
					received := made.Attribute("received_amount")
					if got := acctest.Number(acctest.Attribute(received, "amount")) + " " +
						acctest.Text(acctest.Attribute(received, "currency")); made.String("status") != "completed" ||
						got != test.received {
						t.Errorf("paid: %s", made.State)
					}
					if s.Emulator.Count("create_session") != 1 {
						t.Error("the session was asked for again")
					}
				}, func(c *emulator.Config) { c.Delay = delay })
			})
		}
	}
}

// TestAccCheckoutSession_requests counts what a session takes: the wallet, one POST, one read.
func TestAccCheckoutSession_requests(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.Emulator.ResetRequests()
		instance := newSession()
		if diags := s.Apply(t.Context(), instance, s.config(acctest.Config{"amount": nil})); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		if got := s.sent(); got != "get_wallet create_session get_payment" {
			t.Errorf("sent %s", got)
		}
		body := string(s.Emulator.Requests()[1].Body)
		for _, left := range []string{"amount", "currency", "metadata", "redirect_urls", "description"} {
			if strings.Contains(body, left) {
				t.Errorf("%s is in the request, and nobody has set it: %s", left, body)
			}
		}
		s.Emulator.ResetRequests()
		if diags := s.Refresh(t.Context(), instance); diags.Errors() != "" || s.sent() != "get_payment" {
			t.Errorf("a refresh sent %s: %s", s.sent(), diags.Errors())
		}
	})
}

func TestAccCheckoutSession_validation(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, s *shop) {
		t.Helper()
		s.Emulator.ResetRequests()
		long := strings.Repeat("ä", 257)
		for name, test := range map[string]struct {
			change acctest.Config
			want   string
		}{
			"wallet is no UUID":     {acctest.Config{"wallet_id": "x"}, `wallet_id: Invalid UUID`},
			"no wallet":             {acctest.Config{"wallet_id": nil}, `wallet_id: `},
			"payment is no UUID":    {acctest.Config{"payment_id": "x"}, `payment_id: Invalid UUID`},
			"kind":                  {acctest.Config{"kind": "usdbatch"}, `kind: .*"taprootasset"`},
			"onchain, any amount":   {acctest.Config{"kind": "onchain", "amount": nil}, `amount: Missing Attribute`},
			"onchain, no whole sat": {acctest.Config{"kind": "onchain", "amount": msats(1500)}, `amount: Invalid Amount: .*1500 msats`},
			"asset of another kind": {
				acctest.Config{"amount": acctest.Config{"amount": 1, "currency": "asset:" + strings.Repeat("ab", 33)}},
				`amount: Invalid Amount: .*taprootasset`,
			},
			"zero":                  {acctest.Config{"amount": msats(0)}, `amount.*at least 1`},
			"currency":              {acctest.Config{"amount": acctest.Config{"amount": 1, "currency": "eur"}}, `amount.*Invalid Currency: .*"eur"`},
			"expires never":         {acctest.Config{"expires_at": "tomorrow"}, `expires_at: Invalid Time`},
			"expired":               {acctest.Config{"expires_at": "2026-01-01T00:00:00Z"}, `expires_at: Session Would Be Expired: .*2026-01-01`},
			"expires twice":         {acctest.Config{"expires_at": "2126-01-01T00:00:00Z", "expiration": 60}, `expires_at: .*expiration`},
			"expires at once":       {acctest.Config{"expiration": 0}, `expiration: .*between 1 and 31536000`},
			"metadata, no JSON":     {acctest.Config{"metadata": `{"table": 4`}, `metadata: Invalid Metadata`},
			"metadata, a list":      {acctest.Config{"metadata": `[4]`}, `metadata: Invalid Metadata`},
			"metadata, two objects": {acctest.Config{"metadata": `{} {}`}, `metadata: Invalid Metadata`},
			"payment metadata":      {acctest.Config{"payment_metadata": acctest.Config{"a": long}}, `payment_metadata.*at most 256`},
			"redirect, no address": {
				acctest.Config{"redirect_urls": acctest.Config{"success": "thanks"}},
				`redirect_urls.*success: Invalid Redirect URL`,
			},
			"redirect, secret shown": {
				acctest.Config{"redirect_urls": acctest.Config{"failure": "//secret"}},
				`redirect_urls.*failure: it is not a complete URL`,
			},
			"empty description": {acctest.Config{"description": ""}, `description: .*at least 1`},
		} {
			got := s.Plan(t.Context(), newSession(), s.config(test.change)).Diagnostics.Errors()
			if !regexp.MustCompile(`(?s)^`+test.want).MatchString(got) || strings.Contains(got, "//secret") {
				t.Errorf("%s: got %q, want %q", name, got, test.want)
			}
		}
		for name, config := range map[string]acctest.Config{
			"everything unknown": {
				"wallet_id": acctest.Unknown{}, "kind": acctest.Unknown{}, "amount": acctest.Unknown{},
				"expires_at": acctest.Unknown{}, "metadata": acctest.Unknown{},
				"payment_metadata": acctest.Unknown{}, "redirect_urls": acctest.Unknown{}, "payment_id": acctest.Unknown{}, "id": acctest.Unknown{},
			},
			"members unknown": s.config(acctest.Config{
				"amount":        acctest.Config{"amount": acctest.Unknown{}, "currency": acctest.Unknown{}},
				"redirect_urls": acctest.Config{"success": acctest.Unknown{}},
			}),
			"an app's address": s.config(acctest.Config{"redirect_urls": acctest.Config{"success": "shop:thanks", "failure": "shop://sorry"}}),
		} {
			if got := s.Plan(t.Context(), newSession(), config).Diagnostics.Errors(); got != "" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if got := s.sent(); got != "" {
			t.Errorf("planning sent %s", got)
		}
	})
}

// TestAccCheckoutSession_refusals: what only the API knows is told with its words, on the attribute, and nothing stays in the state.
func TestAccCheckoutSession_refusals(t *testing.T) {
	t.Parallel()
	refuse := func(status int, kind, field string) *emulator.Refuse {
		return &emulator.Refuse{Status: status, Type: kind, Detail: "no", Context: map[string]any{"fields": []string{field}}}
	}
	for name, test := range map[string]struct {
		change acctest.Config
		fault  *emulator.Refuse
		want   []string
	}{
		"no such wallet":     {acctest.Config{"wallet_id": uuid.NewString()}, nil, []string{"wallet_id: ", "instance_not_found"}},
		"usd without amount": {acctest.Config{"wallet_id": "dollars", "amount": nil}, nil, []string{"amount: ", "invalid_request"}},
		"usd on a btc line":  {acctest.Config{"amount": usd(5)}, nil, []string{"amount: ", "invalid_request"}},
		"a used payment":     {acctest.Config{"payment_id": "used"}, nil, []string{"payment_id: ", "invalid_request"}},
		"kind is switched off": {
			acctest.Config{"kind": "bip21"},
			refuse(400, "invalid_request", "payment_kind"),
			[]string{"kind: ", "invalid_request"},
		},
		"expires too late": {
			acctest.Config{"expiration": 31_536_000},
			refuse(400, "invalid_request", "expires_at"),
			[]string{"expires_at: ", "invalid_request"},
		},
		"invalid redirect": {nil, refuse(400, "invalid_request", "redirect_urls.success"), []string{"invalid_request"}},
		"without a permission": {
			nil,
			&emulator.Refuse{Status: 403, Type: "access_rights", Detail: "no"},
			[]string{"access_rights", "permission"},
		},
		"an ID of another's": {
			nil,
			&emulator.Refuse{Status: 409, Type: "idempotency_conflict", Detail: "no"},
			[]string{"id: ", "idempotency_conflict", "made with other values"},
		},
		"a kind of the account": {
			nil,
			&emulator.Refuse{Status: 400, Type: "feature_flag_disabled", Detail: "no"},
			[]string{"kind: ", "feature_flag_disabled"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, s *shop) {
				t.Helper()
				config := s.config(test.change)
				switch {
				case config["wallet_id"] == "dollars":
					config["wallet_id"] = s.dollars.String()
				case config["payment_id"] == "used":
					config["payment_id"] = s.open(t, s.config(nil)).String("payment_id")
				}
				if test.fault != nil {
					s.Emulator.Inject(emulator.Fault{Operation: "create_session", Effect: *test.fault})
				}
				instance := newSession()
				got := s.Apply(t.Context(), instance, config).Errors()
				contains(t, "the error", got, append(test.want, "Checkout Session Not Created")...)
				if !instance.State.IsNull() {
					t.Errorf("the state has %s", instance.State)
				}
			}, func(c *emulator.Config) { c.OnViolation = nil })
		})
	}
}
