package payment_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// adopting is a request with an ID of its own that takes over what exists under it.
func (f *fixture) adopting(change acctest.Config) acctest.Config {
	config := acctest.Config{
		"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(21_000),
		"description": "1 cup coffee", "metadata": acctest.Config{"order": "7"},
		"id": uuid.NewString(), "adopt_existing": true,
	}
	maps.Copy(config, change)
	f.named(config)
	return config
}

// named puts the ID of a wallet in the place of its name.
func (f *fixture) named(config acctest.Config) {
	if id, ok := map[any]uuid.UUID{"payer": f.payer, "dollars": f.dollars}[config["wallet_id"]]; ok {
		config["wallet_id"] = id.String()
	}
}

func newRequest() *acctest.Instance { return &acctest.Instance{Type: "voltage_payment_request"} }

// receives are the IDs of the payments that the API has.
func (f *fixture) receives() []string {
	var ids []string
	for _, payment := range f.Emulator.PaymentsJSON() {
		ids = append(ids, fmt.Sprint(payment["id"]))
	}
	return ids
}

// TestAccPaymentRequest_adopt: a request that an unknown run has made is taken over when every attribute matches, and refused otherwise.
func TestAccPaymentRequest_adopt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		made, change acctest.Config
		want         string // empty: it is taken over
	}{
		"the same":            {},
		"any amount":          {made: acctest.Config{"amount": nil}},
		"an address":          {made: acctest.Config{"kind": "onchain"}},
		"both":                {made: acctest.Config{"kind": "bip21"}},
		"no description":      {made: acctest.Config{"description": nil, "metadata": nil}},
		"an expiration":       {made: acctest.Config{"expiration": 600}},
		"in usd":              {made: acctest.Config{"wallet_id": "dollars", "amount": usd(600)}},
		"capped by its quote": {made: acctest.Config{"wallet_id": "dollars", "amount": usd(600), "expiration": 86_400}},
		"timeouts":            {change: acctest.Config{"timeouts": acctest.Config{"create": "1m"}}},
		"another amount":      {nil, acctest.Config{"amount": btc(22_000)}, `amount is 21000 in the API and 22000 in the configuration`},
		"no amount":           {nil, acctest.Config{"amount": nil}, `amount is 21000 in the API and not set in the configuration`},
		"an amount after all": {acctest.Config{"amount": nil}, acctest.Config{"amount": btc(22_000)}, `amount is not set in the API and 22000`},
		"another amount in usd": {
			acctest.Config{"wallet_id": "dollars", "amount": usd(600)}, acctest.Config{"amount": usd(700)}, `amount is 600 in the API and 700`,
		},
		"another kind":        {nil, acctest.Config{"kind": "bip21"}, `kind is "bolt11" in the API and "bip21" in the configuration`},
		"another description": {nil, acctest.Config{"description": "tea"}, `description is "1 cup coffee" in the API and "tea"`},
		"other metadata": {
			nil,
			acctest.Config{"metadata": acctest.Config{"order": "8"}},
			`metadata is {"order":"7"} in the API and {"order":"8"}`,
		},
		"another expiration":    {nil, acctest.Config{"expiration": 60}, `expiration is 3600 in the API and 60`},
		"another wallet":        {nil, acctest.Config{"wallet_id": "payer"}, `wallet_id is `},
		"not to be adopted":     {nil, acctest.Config{"adopt_existing": false}, "id: ID In Use"},
		"adopt_existing is out": {nil, acctest.Config{"adopt_existing": nil}, "set adopt_existing = true"},
		"adopt without an ID":   {nil, acctest.Config{"id": nil}, "adopt_existing: Missing Attribute"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				config := f.adopting(test.made)
				lost := f.request(t, config)

				p, instance := f.World.Protocol(t), newRequest() // no state, as after a kill
				maps.Copy(config, test.change)
				f.named(config)
				planned := p.Plan(t.Context(), instance, config).Diagnostics
				diags := p.Apply(t.Context(), instance, config)
				if got := f.Emulator.Count("create_payment"); got != 1 {
					t.Errorf("%d creations were sent", got)
				}
				if test.want != "" {
					if got := planned.Errors(); !strings.Contains(got, test.want) || !instance.State.IsNull() {
						t.Errorf("state %s, error %q, want %q", instance.State, got, test.want)
					}
					return
				}
				if !strings.Contains(planned.Warnings(), "Existing Object Will Be Taken Over") || diags.Errors() != "" {
					t.Fatalf("warnings %q, errors %q", planned.Warnings(), diags.Errors())
				}
				p.MustPlanNothing(instance, config)
				for _, name := range []string{"id", "payment_request", "address", "bip21_uri", "status", "expires_at", "created_at"} {
					if instance.String(name) != lost.String(name) {
						t.Errorf("%s was %q, and is %q", name, lost.String(name), instance.String(name))
					}
				}
			})
		})
	}
}

// TestAccPaymentRequest_adoptEnded: a request that failed or expired is not taken over, whatever matches. One that was paid is.
func TestAccPaymentRequest_adoptEnded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end  func(t *testing.T, f *fixture, config acctest.Config)
		want []string
	}{
		"paid": {end: func(t *testing.T, f *fixture, config acctest.Config) {
			t.Helper()
			if err := f.Emulator.Pay(f.request(t, config).String("payment_request"), 0); err != nil {
				t.Fatal(err)
			}
		}},
		"expired": {func(t *testing.T, f *fixture, config acctest.Config) {
			t.Helper()
			f.request(t, config)
			time.Sleep(2 * time.Hour)
		}, []string{"ID In Use", "expired", "Set another id"}},
		"failed": {func(t *testing.T, f *fixture, config acctest.Config) {
			t.Helper()
			f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: emulator.FailAsync{Type: "receive_failed"}})
			f.Expect("the failure", f.Apply(t.Context(), newRequest(), config), "receive_failed", "set another id")
		}, []string{"ID In Use", "failed", "Set another id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				config := f.adopting(nil)
				test.end(t, f, config)
				p, instance := f.World.Protocol(t), newRequest()
				p.Expect("the plan", p.Plan(t.Context(), instance, config).Diagnostics, test.want...)
				p.Expect("the apply", p.Apply(t.Context(), instance, config), test.want...)
				if got := f.receives(); len(got) != 1 || instance.State.IsNull() != (test.want != nil) {
					t.Errorf("the API has %v, the state %s", got, instance.State)
				}
			})
		})
	}
}

// TestAccPaymentRequest_adoptUnseen: a creation whose process was killed is not readable yet when the next one begins. The API refuses the
// second request with 409: it is the same payment, or one that differs and is left alone.
func TestAccPaymentRequest_adoptUnseen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change acctest.Config
		want   string
	}{
		"the same":          {},
		"in usd":            {change: acctest.Config{"wallet_id": "dollars", "amount": usd(600)}},
		"another amount":    {acctest.Config{"amount": btc(22_000)}, `amount is 21000 in the API and 22000`},
		"not to be adopted": {acctest.Config{"adopt_existing": false}, "payment_exists"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				config := f.adopting(nil)
				if test.want == "" {
					maps.Copy(config, test.change)
				}
				f.named(config)
				f.request(t, config)
				// the plan's read, and the creation's
				f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: 2, Effect: emulator.NotFound{}})
				p, instance := f.World.Protocol(t), newRequest()
				if test.want != "" {
					maps.Copy(config, test.change)
					p.Expect("another one", p.Apply(t.Context(), instance, config), test.want)
				} else {
					p.MustApply(instance, config)
					p.MustPlanNothing(instance, config)
				}
				if got := f.receives(); len(got) != 1 || instance.State.IsNull() != (test.want != "") {
					t.Errorf("the API has %v, the state %s", got, instance.State)
				}
			})
		})
	}
}

// TestAccPaymentRequest_ownIDRace: of two creations at once with one ID, in two processes, one is an error and leaves nothing in its state.
func TestAccPaymentRequest_ownIDRace(t *testing.T) {
	t.Parallel()
	for name, adopt := range map[string]bool{"plain": false, "with adopt_existing": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				id, texts := uuid.NewString(), []string{"one", "two"}
				instances := []*acctest.Instance{newRequest(), newRequest()}
				errors := make([]string, len(texts))
				var running sync.WaitGroup
				for i, text := range texts {
					p := f.World.Protocol(t)
					running.Go(func() {
						config := f.adopting(acctest.Config{"id": id, "description": text, "adopt_existing": adopt})
						errors[i] = p.Apply(t.Context(), instances[i], config).Errors()
					})
				}
				running.Wait()
				payments := f.Emulator.PaymentsJSON()
				if len(payments) != 1 {
					t.Fatalf("the API has %v", payments)
				}
				made, failed := 0, 0
				for i := range texts {
					switch {
					case errors[i] == "" && instances[i].String("id") == id:
						made++
					case strings.Contains(errors[i], id) && instances[i].State.IsNull():
						failed++
					}
				}
				if made != 1 || failed != 1 {
					t.Errorf("errors %q, states %s and %s", errors, instances[0].State, instances[1].State)
				}
			}, func(c *emulator.Config) { c.Delay = time.Second })
		})
	}
}

// TestAccPaymentRequest_ownIDReplaced: -replace, a taint and another for_each key plan a plain creation under an ID that is in use. The
// plan refuses it.
func TestAccPaymentRequest_ownIDReplaced(t *testing.T) {
	t.Parallel()
	for name, adopt := range map[string]bool{"plain": false, "with adopt_existing": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				config := f.adopting(acctest.Config{"adopt_existing": adopt})
				instance := f.request(t, config)

				tainted := *instance
				tainted.Tainted = true
				p := f.World.Protocol(t)
				p.Expect("tainted", p.Apply(t.Context(), &tainted, config), "terraform untaint")
				p = f.World.Protocol(t)
				p.Expect("a refresh", p.Refresh(t.Context(), instance))
				p.Expect("another key", p.Plan(t.Context(), newRequest(), config).Diagnostics, "Replacement Needs a New ID", "moved block")
				changed := maps.Clone(config)
				changed["amount"] = btc(22_000)
				p.Expect("another amount", f.World.Protocol(t).Plan(t.Context(), instance, changed).Diagnostics,
					"changing amount forces a new resource")
				if got := f.receives(); len(got) != 1 {
					t.Errorf("the API has %v", got)
				}
			})
		})
	}
}

// TestAccPaymentRequest_listedAndNotFound: a request that one endpoint does not find and the list has stays in the state, and a list that
// fails keeps it there, too. Where both lack it, it leaves the state.
func TestAccPaymentRequest_listedAndNotFound(t *testing.T) {
	t.Parallel()
	const list = "get_payments"
	for name, test := range map[string]struct {
		list emulator.Effect
		want string
		gone bool
	}{
		"listed":         {},
		"the list fails": {list: emulator.Answer{Status: http.StatusBadGateway}, want: "could not be read"},
		"the list lacks it": {list: emulator.Answer{
			Status: http.StatusOK, ContentType: "application/json", Body: `{"items":[],"limit":100,"has_more":false,"next_cursor":null}`,
		}, gone: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				p, config := f.World.Protocol(t), f.adopting(nil)
				instance := newRequest()
				p.MustApply(instance, config)
				time.Sleep(time.Hour / 2) // it was made long ago
				f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: -1, Effect: emulator.NotFound{}})
				if test.list != nil {
					f.Emulator.Inject(emulator.Fault{Operation: list, Times: -1, Effect: test.list})
				}
				diags := p.Refresh(t.Context(), instance)
				if !strings.Contains(diags.Errors(), test.want) || test.want == "" && diags.Errors() != "" || instance.State.IsNull() != test.gone {
					t.Errorf("state %s, errors %q, want %q", instance.State, diags.Errors(), test.want)
				}
				f.Emulator.ClearFaults()
				if test.gone {
					return
				}
				p.MustApply(instance, config)
				if got := f.receives(); len(got) != 1 {
					t.Errorf("the API has %v", got)
				}
			})
		})
	}
}

// TestAccPaymentRequest_clockAhead: a clock that was ahead when a request was sent neither keeps it in the state without an end, nor makes
// an error of what is done with it.
func TestAccPaymentRequest_clockAhead(t *testing.T) {
	t.Parallel()
	for name, createdAt := range map[string]any{"ahead": "2099-01-01T00:00:00Z", "missing": nil, "no time": "soon"} {
		for _, made := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, made %t", name, made), func(t *testing.T) {
				t.Parallel()
				virtual(t, func(t *testing.T, f *fixture) {
					t.Helper()
					instance, config := newRequest(), acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11"}
					var lost emulator.Effect = emulator.CutBefore{}
					if made {
						lost = emulator.CutAfter{}
					}
					f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: lost})
					f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: -1, Effect: emulator.Answer{Status: http.StatusBadGateway}})
					f.Expect("the creation", f.Apply(t.Context(), instance, config), "tainted")
					f.Emulator.ClearFaults()
					lostID := instance.String("id")
					instance.State = acctest.Replace(t, instance.State, "created_at", createdAt)
					f.Expect("a refresh", f.Refresh(t.Context(), instance))
					if instance.State.IsNull() {
						t.Fatal("the request has left the state before it could appear")
					}
					p := f.World.Protocol(t)
					p.MustApply(instance, config)
					if instance.String("id") == lostID || instance.String("status") != "receiving" {
						t.Errorf("the state is %s", instance.State)
					}
					p.Expect("a destroy", p.DestroyRefreshed(t.Context(), instance))
				})
			})
		}
	}
}

// TestAccPaymentRequest_adoptNeverSeen: an ID that the API calls used, and that nothing can be read under, was compared with nothing. It
// does not get into the state, from where the next change of id would give up somebody else's request.
func TestAccPaymentRequest_adoptNeverSeen(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		config := f.adopting(nil)
		f.request(t, config)
		f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: -1, Effect: emulator.NotFound{}})
		p, instance := f.World.Protocol(t), newRequest()
		config["timeouts"] = acctest.Config{"create": "5m"}
		p.Expect("the creation", p.Apply(t.Context(), instance, config), "could not read the object with this ID yet")
		if !instance.State.IsNull() {
			t.Errorf("the state has %s", instance.State)
		}
	})
}

// TestAccPaymentRequest_ownIDAccepted: a request that the API has accepted from this run stays in the state, however it is read back: a
// used ID would have been refused.
func TestAccPaymentRequest_ownIDAccepted(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		config, id := f.adopting(nil), uuid.NewString()
		config["id"] = id
		f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Nth: 3, Effect: emulator.Answer{ // after the plan's read and the creation's
			Status: 200, ContentType: "application/json", Body: fmt.Sprintf(
				`{"id":%q,"wallet_id":%q,"organization_id":%q,"environment_id":%q,
			"created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z",
			"currency":"btc","direction":"receive","status":"receiving","type":"bolt11",
			"data":{"memo":"written in another way","payment_request":"lntbs1"}}`,
				id, f.payee, f.OrganizationID, f.EnvironmentID),
		}})
		instance := newRequest()
		if diags := f.Apply(t.Context(), instance, config); diags.Errors() != "" || instance.String("id") != id || instance.Tainted {
			t.Errorf("state %s, errors %s", instance.State, diags.Errors())
		}
	})
}
