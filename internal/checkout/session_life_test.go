package checkout_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// later is a time at which a session expires.
func later() string { return time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339) }

// TestAccCheckoutSession sees a session through the real Terraform: made, paid, planned empty, destroyed.
func TestAccCheckoutSession(t *testing.T) {
	t.Parallel()
	s := openShop(t, acctest.Emulated(t))
	address := session + ".test"
	config := s.Config(`
resource "voltage_checkout_session" "test" {
  wallet_id     = %q
  kind          = "bip21"
  amount        = { amount = 21000, currency = "btc" }
  description   = "21 sats"
  metadata      = jsonencode({ table = 4 })
  redirect_urls = { success = "https://shop.example/thanks" }
}
data "voltage_payment" "test" {
  id       = voltage_checkout_session.test.payment_id
  wait_for = "ready"
}
`, s.till)
	is := func(address, name, value string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), knownvalue.StringExact(value))
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: s.Factories(),
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					is(address, "status", "receiving"), is("data.voltage_payment.test", "status", "receiving"),
					statecheck.ExpectSensitiveValue(address, tfjsonpath.New("checkout_token")),
					statecheck.ExpectSensitiveValue(address, tfjsonpath.New("checkout_url")),
				},
				ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{
				PreConfig: func() {
					payment := s.Emulator.CheckoutSessions()[0].PaymentID.String()
					read, _ := s.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": payment})
					if err := s.Emulator.Pay(acctest.Text(acctest.Attribute(read, "bip21_uri")), 0); err != nil {
						t.Error(err)
					}
				},
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop)},
				},
				ConfigStateChecks: []statecheck.StateCheck{is("data.voltage_payment.test", "status", "completed")},
			},
		},
	})
}

// TestAccCheckoutSession_lostAnswers: a lost answer ends with one session and one of its tokens, whichever the API returns.
func TestAccCheckoutSession_lostAnswers(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]emulator.Effect{
		"cut before": emulator.CutBefore{}, "cut after": emulator.CutAfter{},
		"500 before": emulator.Answer{Status: 500}, "cut body": emulator.CutBody{},
		"500 after": emulator.Answer{Status: 500, After: true}, "429": emulator.Answer{Status: 429},
		"a proxy's page after": emulator.Answer{Status: 403, ContentType: "text/html", Body: "<p>", After: true},
	} {
		for _, fresh := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, fresh tokens %t", name, fresh), func(t *testing.T) {
				t.Parallel()
				virtual(t, func(t *testing.T, s *shop) {
					t.Helper()
					s.Emulator.Inject(emulator.Fault{Operation: "create_session", Effect: effect})
					made := s.open(t, s.config(nil))
					if got := s.Emulator.CheckoutSessions(); len(got) != 1 || got[0].ID.String() != made.String("id") ||
						s.Emulator.Count("create_session") != 2 {
						t.Errorf("the API has %v", got)
					}
					s.useToken(t, made)
				}, func(c *emulator.Config) { c.FreshCheckoutTokens = fresh })
			})
		}
	}
}

// useToken reads the session as the pages of a shop do.
func (s *shop) useToken(t *testing.T, made *acctest.Instance) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/checkout/sessions/"+made.String("id"), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+made.String("checkout_token"))
	request.Header.Set("Origin", "https://shop.example")
	answer, err := s.HTTP().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the token of the state is answered %s", answer.Status)
	}
}

// TestAccCheckoutSession_neverAnswered: a session whose creation is never answered is tainted. Without an ID of the user's, the next apply
// makes another one; with one, and with the same time of expiry, it gets the same session and its token.
func TestAccCheckoutSession_neverAnswered(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		own, expires, made bool
		sessions           int
		refused            string
	}{
		"generated, not made":          {sessions: 1},
		"generated, made":              {made: true, sessions: 2},
		"own, not made":                {own: true, sessions: 1},
		"own and expires_at, not made": {own: true, expires: true, sessions: 1},
		"own and expires_at, made":     {own: true, expires: true, made: true, sessions: 1},
		"own without expires_at, made": {own: true, made: true, sessions: 1, refused: "Replacement Needs a New ID"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, s *shop) {
				t.Helper()
				config := s.config(nil)
				if test.own {
					config["id"] = uuid.NewString()
				}
				if test.expires {
					config["expires_at"] = later()
				}
				var lost emulator.Effect = emulator.CutBefore{}
				if test.made {
					lost = emulator.CutAfter{}
				}
				s.Emulator.Inject(emulator.Fault{Operation: "create_session", Times: -1, Effect: lost})
				instance := newSession()
				got := s.Apply(t.Context(), instance, config).Errors()
				contains(t, "the error", got, "Checkout Session Not Created", "may or may not have been carried out", "tainted",
					"run terraform apply again")
				if !instance.Tainted || !instance.Attribute("checkout_token").IsNull() || instance.String("payment_id") == "" ||
					instance.String("expires_at") == "" {
					t.Fatalf("tainted %t: %s", instance.Tainted, instance.State)
				}
				s.Emulator.ClearFaults()
				first := instance.String("id")
				diags := s.Apply(t.Context(), instance, config)
				if test.refused != "" {
					contains(t, "the error", diags.Errors(), test.refused, "set expires_at to the value in the state")
					config["expires_at"] = instance.String("expires_at")
					diags = s.Apply(t.Context(), instance, config)
				}
				if diags.Errors() != "" || instance.String("status") != "receiving" || (instance.String("id") == first) != test.own {
					t.Fatalf("the next apply: %s, state %s", diags.Errors(), instance.State)
				}
				if sessions := s.Emulator.CheckoutSessions(); len(sessions) != test.sessions {
					t.Errorf("the API has %v", sessions)
				}
				s.useToken(t, instance)
				s.planEmpty(t, instance, config)
			})
		})
	}
}

// TestAccCheckoutSession_ownID: an ID and the arguments of a session that exists get the same session, in another state too. Other
// arguments are refused: by the plan where the state has the session, and else by the API.
func TestAccCheckoutSession_ownID(t *testing.T) {
	t.Parallel()
	for _, fresh := range []bool{false, true} {
		t.Run(fmt.Sprintf("fresh tokens %t", fresh), func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, s *shop) {
				t.Helper()
				config := s.config(acctest.Config{
					"id": strings.ToUpper(uuid.NewString()), "expires_at": later(),
					"metadata": `{"a": [1, 2.50], "b": null}`, "payment_metadata": acctest.Config{"a": "b"},
				})
				made := s.open(t, config)
				again := s.World.Protocol(t)
				other := newSession()
				again.MustApply(other, config)
				if other.String("payment_id") != made.String("payment_id") || other.String("payment_request") != made.String("payment_request") ||
					len(s.Emulator.CheckoutSessions()) != 1 {
					t.Errorf("made %s, then %s", made.State, other.State)
				}
				s.useToken(t, made)
				s.useToken(t, other)
				for name, value := range map[string]any{
					"amount":     msats(1000),
					"expires_at": nil,
					"payment_id": uuid.NewString(),
					"metadata":   `{"a":[1,2.5],"b":null}`,
				} {
					changed := maps.Clone(config)
					changed[name] = value
					third := newSession()
					got := s.World.Protocol(t).Apply(t.Context(), third, changed).Errors()
					contains(t, name, got, "id: Checkout Session Not Created", "idempotency_conflict", "Choose another id")
					if !third.State.IsNull() {
						t.Errorf("%s: the state has %s", name, third.State)
					}
				}
				changed := maps.Clone(config)
				changed["description"] = "another text"
				contains(t, "a replacement", s.Plan(t.Context(), made, changed).Diagnostics.Errors(), "id: Replacement Needs a New ID", "description")
				// -replace gets the same session: nothing else can have its ID.
				if got := s.PlanForced(t.Context(), made, config, false).Diagnostics.Errors(); got != "" {
					t.Errorf("a forced replacement: %s", got)
				}
			}, func(c *emulator.Config) { c.FreshCheckoutTokens = fresh })
		})
	}
}

// TestAccCheckoutSession_twice: two resources cannot have the same ID in one run.
func TestAccCheckoutSession_twice(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, s *shop) {
		t.Helper()
		config := s.config(acctest.Config{"id": uuid.NewString(), "expires_at": later()})
		s.MustApply(newSession(), config)
		contains(t, "the second", s.Apply(t.Context(), newSession(), config).Errors(), "id: ID In Use", "this run of Terraform")
	})
}

// TestAccCheckoutSession_sameMeaning: another time zone, other spaces and another case of UUIDs change nothing.
func TestAccCheckoutSession_sameMeaning(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, s *shop) {
		t.Helper()
		at := time.Now().Add(2 * time.Hour).Truncate(time.Second)
		config := s.config(acctest.Config{"expires_at": at.UTC().Format(time.RFC3339), "metadata": `{"a": 1, "b": [true]}`})
		made := s.open(t, config)
		maps.Copy(config, acctest.Config{
			"expires_at": at.In(time.FixedZone("", 7200)).Format(time.RFC3339),
			"metadata":   `{"b":[true],"a":1}`,
			"wallet_id":  strings.ToUpper(s.till.String()),
			"payment_id": strings.ToUpper(made.String("payment_id")), "id": made.String("id"),
		})
		s.planEmpty(t, made, config)
		config["metadata"] = `{"b":[true],"a":1.0}` // another text of a number can be another number to a browser
		if plan := s.Plan(t.Context(), made, config); !plan.Replaces && plan.Diagnostics.Errors() == "" {
			t.Error("another number is no change")
		}
	})
}

// TestAccCheckoutSession_expires: a session that expires shows it, keeps its token, and plans nothing.
func TestAccCheckoutSession_expires(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, s *shop) {
		t.Helper()
		config := s.config(acctest.Config{"expiration": 60})
		made := s.open(t, config)
		token := made.String("checkout_token")
		time.Sleep(2 * time.Minute)
		s.planEmpty(t, made, config)
		if made.String("status") != "expired" || made.String("checkout_token") != token {
			t.Errorf("the state is %s", made.State)
		}
		config["timeouts"] = acctest.Config{"create": "1m"}
		s.MustApply(made, config)
		if s.Emulator.Count("create_session") != 1 {
			t.Error("a change of timeouts made another session")
		}
		if diags := s.DestroyRefreshed(t.Context(), made); diags.Errors() != "" || diags.Warnings() != "" {
			t.Errorf("destroying it: %s %s", diags.Errors(), diags.Warnings())
		}
	})
}

// TestAccCheckoutSession_destroy takes it out of the state only, and says so.
func TestAccCheckoutSession_destroy(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, s *shop) {
		t.Helper()
		made := s.open(t, s.config(nil))
		invoice, expires := made.String("payment_request"), made.String("expires_at")
		s.Emulator.ResetRequests()
		diags := s.DestroyRefreshed(t.Context(), made)
		contains(t, "the warning", diags.Warnings(), "Checkout Session Stays Payable", "cannot end a checkout session",
			"until "+expires+" at the latest")
		reads := strings.Fields(s.sent()) // of the refresh, and of the plan
		if diags.Errors() != "" || !made.State.IsNull() || !slices.Equal(reads, slices.Repeat([]string{"get_payment"}, 2)) {
			t.Errorf("errors %s, state %s, sent %s", diags.Errors(), made.State, s.sent())
		}
		if err := s.Emulator.Pay(invoice, 0); err != nil {
			t.Errorf("it can no longer be paid: %v", err)
		}
	})
}

// TestAccCheckoutSession_destroyWithWallet: nothing is said of a session whose wallet goes too, or that has been paid since it was read.
func TestAccCheckoutSession_destroyWithWallet(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, s *shop) {
		t.Helper()
		wallet := &acctest.Instance{Type: "voltage_wallet"}
		config := acctest.Config{"name": "gone soon", "network": s.Network, "line_of_credit_id": s.LineOfCreditID.String(), "limit": 1000}
		s.MustApply(wallet, config)
		made := s.open(t, s.config(acctest.Config{"wallet_id": wallet.String("id")}))
		refresh := s.Walk()
		s.Expect("a refresh", append(refresh.Refresh(t.Context(), wallet), refresh.Refresh(t.Context(), made)...))
		for name, stays := range map[string]bool{"the wallet goes": false, "the wallet stays": true} {
			walk := s.Walk()
			if got := walk.PlanDestroy(t.Context(), made).Warnings(); got != "" {
				t.Errorf("%s: before the wallet is planned: %s", name, got)
			}
			var warnings string
			if stays {
				warnings = walk.Plan(t.Context(), wallet, config).Diagnostics.Warnings()
			} else {
				warnings = walk.PlanDestroy(t.Context(), wallet).Warnings()
			}
			if strings.Contains(warnings, "Checkout Session Stays Payable") != stays {
				t.Errorf("%s: %q", name, warnings)
			}
		}
		paid := s.open(t, s.config(nil))
		s.Expect("a refresh", s.Walk().Refresh(t.Context(), paid))
		if err := s.Emulator.Pay(paid.String("payment_request"), 0); err != nil {
			t.Fatal(err)
		}
		if got := s.Walk().PlanDestroy(t.Context(), paid).Warnings(); got != "" {
			t.Errorf("a session that has been paid meanwhile: %s", got)
		}
	})
}

// TestAccCheckoutSession_replacement: every argument makes another session, and the plan says that the one before can still be paid.
func TestAccCheckoutSession_replacement(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, s *shop) {
		t.Helper()
		config := s.config(acctest.Config{"description": "tea"})
		made := s.open(t, config)
		s.Expect("a refresh", s.Refresh(t.Context(), made))
		for name, value := range map[string]any{
			"wallet_id": s.dollars.String(), "kind": "bip21", "amount": msats(2000), "description": "coffee",
			"expiration": 60, "expires_at": later(),
			"metadata": `{}`, "payment_metadata": acctest.Config{"a": "b"}, "redirect_urls": acctest.Config{"failure": "https://shop.example"},
			"payment_id": uuid.NewString(), "id": uuid.NewString(), "organization_id": uuid.NewString(),
		} {
			changed := maps.Clone(config)
			changed[name] = value
			plan := s.Walk().Plan(t.Context(), made, changed)
			if !plan.Replaces || !strings.Contains(plan.Diagnostics.Warnings(), "Checkout Session Stays Payable") {
				t.Errorf("%s: replaces %t, %q", name, plan.Replaces, plan.Diagnostics.Warnings())
			}
		}
		past := maps.Clone(config)
		past["expires_at"] = "2026-01-01T00:00:00Z"
		contains(t, "a time that is past", s.Plan(t.Context(), made, past).Diagnostics.Errors(), "expires_at: Session Would Be Expired")
		config["description"] = "coffee"
		s.MustApply(made, config)
		if got := s.Emulator.CheckoutSessions(); len(got) != 2 || got[1].ID.String() != made.String("id") {
			t.Errorf("the API has %v", got)
		}
	})
}

// TestAccCheckoutSession_failures: a payment that fails, and a wait that ends, leave the session tainted in the state.
func TestAccCheckoutSession_failures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   emulator.Fault
		timeout string
		want    []string
	}{
		"fails later": {
			emulator.Fault{
				Operation: "create_session",
				Effect:    emulator.FailAsync{Type: "receive_failed", Code: "upstream_failure", Detail: "try later"},
			}, "1m",
			[]string{"receive_failed/upstream_failure: try later", "tainted"},
		},
		"never seen": {
			emulator.Fault{Operation: "get_payment", Times: -1, Effect: emulator.NotFound{}}, "5m",
			[]string{"timed out after", "no payment ", "tainted", "timeouts"},
		},
		"not allowed to look": {
			emulator.Fault{Operation: "get_payment", Times: -1, Effect: emulator.Refuse{Status: 403, Type: "access_rights", Detail: "no"}}, "1m",
			[]string{"access_rights", "tainted"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, s *shop) {
				t.Helper()
				s.Emulator.Inject(test.fault)
				config := s.config(acctest.Config{"timeouts": acctest.Config{"create": test.timeout}})
				instance := newSession()
				got := s.Apply(t.Context(), instance, config).Errors()
				contains(t, "the error", got, append(test.want, instance.String("id"), "Checkout Session Not Created")...)
				if !instance.Tainted || instance.String("checkout_token") == "" {
					t.Errorf("tainted %t: the state lacks the token", instance.Tainted)
				}
				s.Emulator.ClearFaults()
				delete(config, "timeouts")
				if diags := s.Apply(t.Context(), instance, config); diags.Errors() != "" || instance.String("status") != "receiving" {
					t.Errorf("the next apply: %s, status %s", diags.Errors(), instance.String("status"))
				}
			})
		})
	}
}

// TestAccCheckoutSession_gone: a payment that is not found keeps its session in the state until the list of the wallet's payments lacks it,
// too, and while the creation is recent.
func TestAccCheckoutSession_gone(t *testing.T) {
	t.Parallel()
	nothing := emulator.Answer{
		Status: http.StatusOK, ContentType: "application/json", Body: `{"items":[],"limit":100,"has_more":false,"next_cursor":null}`,
	}
	for name, test := range map[string]struct {
		list     emulator.Effect
		want     string
		recent   bool // a creation that was not answered, a moment ago
		answered bool
		gone     bool
	}{
		"listed":                     {answered: true},
		"the list fails":             {answered: true, list: emulator.Answer{Status: http.StatusBadGateway}, want: "could not be read"},
		"the list lacks it":          {answered: true, list: nothing, gone: true},
		"not answered, recent":       {recent: true, list: nothing},
		"not answered, not made yet": {list: nothing, gone: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, s *shop) {
				t.Helper()
				p, instance := s.World.Protocol(t), newSession()
				if test.answered {
					p.MustApply(instance, s.config(nil))
				} else {
					s.Emulator.Inject(emulator.Fault{Operation: "create_session", Times: -1, Effect: emulator.CutAfter{}})
					contains(t, "the creation", p.Apply(t.Context(), instance, s.config(nil)).Errors(), "tainted")
				}
				if !test.recent {
					time.Sleep(2 * time.Minute)
				}
				s.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: -1, Effect: emulator.NotFound{}})
				if test.list != nil {
					s.Emulator.Inject(emulator.Fault{Operation: "get_payments", Times: -1, Effect: test.list})
				}
				diags := p.Refresh(t.Context(), instance)
				if !strings.Contains(diags.Errors(), test.want) || test.want == "" && diags.Errors() != "" || instance.State.IsNull() != test.gone {
					t.Errorf("state %s, errors %q, want %q", instance.State, diags.Errors(), test.want)
				}
			})
		})
	}
}

// TestAccCheckoutSession_networks: a session on a network that is not allowed is refused while planning.
func TestAccCheckoutSession_networks(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, s *shop) {
		t.Helper()
		careful := s.World.Protocol(t, acctest.Config{"allowed_networks": []any{"mutinynet"}})
		mainnet := s.config(acctest.Config{"wallet_id": s.mainnet.String()})
		got := careful.Plan(t.Context(), newSession(), mainnet).Diagnostics.Errors()
		contains(t, "the error", got, "wallet_id: Network Not Allowed", "mainnet")
		if got := careful.Plan(t.Context(), newSession(), s.config(nil)).Diagnostics.Errors(); got != "" {
			t.Error(got)
		}
		mainnet["wallet_id"] = acctest.Unknown{} // until the apply
		plan := careful.Plan(t.Context(), newSession(), mainnet)
		if plan.Diagnostics.Errors() != "" || s.Emulator.Count("create_session") != 0 {
			t.Errorf("an unknown wallet: %s", plan.Diagnostics.Errors())
		}
	})
}

// TestAccCheckoutSession_noBrowser: a session that no browser can use says so.
func TestAccCheckoutSession_noBrowser(t *testing.T) {
	t.Parallel()
	for policy, warns := range map[string]bool{"": true, "deny_all": true, "allowlist": false, "allow_all": false} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, s *shop) {
				t.Helper()
				s.Emulator.SetCheckout(s.EnvironmentID, emulator.Checkout{OriginPolicy: policy})
				diags := s.Apply(t.Context(), newSession(), s.config(nil))
				if got := diags.Warnings(); diags.Errors() != "" || strings.Contains(got, "No Browser Can Use Checkout") != warns {
					t.Errorf("%s %s", diags.Errors(), got)
				}
			})
		})
	}
}

// TestAccCheckoutSession_import is refused, with what to do instead.
func TestAccCheckoutSession_import(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, s *shop) {
		t.Helper()
		made := s.open(t, s.config(nil))
		_, diags := s.Import(t.Context(), session, made.String("id"), nil)
		contains(t, "the error", diags.Errors(), "Import Not Possible", "only when it is created", "set its id")
	})
}
