package webhook_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// adopting is a configuration with an ID of its own that takes over what exists under it.
func adopting(change acctest.Config) acctest.Config {
	config := with(acctest.Config{"id": uuid.NewString(), "adopt_existing": true})
	for name, value := range change {
		config[name] = value
	}
	return config
}

// TestAccWebhook_adopt: a webhook that an unknown run has created is taken over when every attribute matches, and refused otherwise. Its
// secret was shown to the other run alone, so it is rotated.
func TestAccWebhook_adopt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change acctest.Config
		want   string // empty: it is taken over
	}{
		"the same":         {},
		"stopped":          {change: acctest.Config{"enabled": false}},
		"a secret version": {change: acctest.Config{"secret_version": 3}},
		"another spelling": {change: acctest.Config{"url": "https://SHOP.example:443/hooks"}},
		"another name":     {acctest.Config{"name": "other"}, `name is "orders" in the API and "other" in the configuration`},
		"another URL":      {acctest.Config{"url": "https://shop.example/v2"}, `url is "https://shop.example/hooks" in the API`},
		"other events": {
			acctest.Config{"events": acctest.Config{"receive": []any{"completed"}}}, `events is {"other":{},"receive":["completed","failed"]`,
		},
		"not to be adopted":     {acctest.Config{"adopt_existing": false}, "id: ID In Use"},
		"adopt_existing is out": {acctest.Config{"adopt_existing": nil}, "set adopt_existing = true"},
		"adopt without an ID":   {acctest.Config{"id": nil}, "adopt_existing: Missing Attribute"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				config := adopting(nil)
				lost := newWebhook()
				w.Protocol(t).MustApply(lost, config)

				p, instance := w.Protocol(t), newWebhook() // no state, as after a kill
				for name, value := range test.change {
					config[name] = value
				}
				planned := p.Plan(t.Context(), instance, config).Diagnostics
				diags := p.Apply(t.Context(), instance, config)
				if got := w.Emulator.Count("create_webhook"); got != 1 {
					t.Errorf("%d creations were sent", got)
				}
				hook := only(t, w)
				if test.want != "" {
					if got := planned.Errors(); !strings.Contains(got, test.want) || !instance.State.IsNull() {
						t.Errorf("state %s, error %q, want %q", instance.State, got, test.want)
					}
					if hook.Secret != lost.String("shared_secret") {
						t.Error("the secret of a webhook that was not taken over was rotated")
					}
					return
				}
				if !strings.Contains(planned.Warnings(), "Existing Object Will Be Taken Over") || diags.Errors() != "" {
					t.Fatalf("warnings %q, errors %q", planned.Warnings(), diags.Errors())
				}
				p.MustPlanNothing(instance, config)
				if secret := instance.String("shared_secret"); secret != hook.Secret || secret == lost.String("shared_secret") {
					t.Errorf("the API has the secret %q, the state %q, and it was %q", hook.Secret, secret, lost.String("shared_secret"))
				}
				if want := map[any]string{false: "stopped"}[config["enabled"]]; want != "" &&
					(hook.Status != want || instance.String("status") != want) {
					t.Errorf("the API has the status %q, the state %q", hook.Status, instance.String("status"))
				}
				if instance.String("id") != config["id"] || w.Emulator.Count("generate_webhook_key") != 1 {
					t.Errorf("%d rotations, the state is %s", w.Emulator.Count("generate_webhook_key"), instance.State)
				}
			})
		})
	}
}

// TestAccWebhook_adoptUnseen: a creation whose process was killed is not readable yet when the next one begins. The API refuses the second
// request with 409: it is the same webhook, or one that differs and is left alone.
func TestAccWebhook_adoptUnseen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change acctest.Config
		want   string
	}{
		"the same":          {},
		"another name":      {acctest.Config{"name": "other"}, `name is "orders" in the API and "other"`},
		"not to be adopted": {acctest.Config{"adopt_existing": false}, "webhook_exists"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				config := adopting(nil)
				lost := newWebhook()
				w.Protocol(t).MustApply(lost, config)
				// the plan's read, and the creation's
				w.Emulator.Inject(emulator.Fault{Operation: "get_webhook", Times: 2, Effect: emulator.NotFound{}})
				p, instance := w.Protocol(t), newWebhook()
				for name, value := range test.change {
					config[name] = value
				}
				diags := p.Apply(t.Context(), instance, config)
				hook := only(t, w)
				if test.want != "" {
					if got := diags.Errors(); !strings.Contains(got, test.want) || !instance.State.IsNull() ||
						hook.Secret != lost.String("shared_secret") {
						t.Errorf("state %s, error %q, want %q", instance.State, got, test.want)
					}
					return
				}
				p.Expect("taking it over", diags)
				p.MustPlanNothing(instance, config)
				if hook.Secret != instance.String("shared_secret") {
					t.Error("the state has another secret than the API")
				}
			})
		})
	}
}

// TestAccWebhook_adoptInterrupted: a takeover that fails between its steps leaves the webhook in the state. Untainted, it is completed.
func TestAccWebhook_adoptInterrupted(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"generate_webhook_key", "stop_webhook_as_user"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				config := adopting(acctest.Config{"enabled": false})
				w.Protocol(t).MustApply(newWebhook(), with(acctest.Config{"id": config["id"]}))
				w.Emulator.Inject(emulator.Fault{Operation: operation, Times: -1, Effect: emulator.Answer{Status: http.StatusBadGateway}})
				p, instance := w.Protocol(t), newWebhook()
				p.Expect("the takeover", p.Apply(t.Context(), instance, config), "terraform untaint", "secret_version")
				if !instance.Tainted || instance.String("id") != config["id"] {
					t.Fatalf("tainted %t, state %s", instance.Tainted, instance.State)
				}
				w.Emulator.ClearFaults()
				p.Expect("a replacement", w.Protocol(t).Apply(t.Context(), instance, config), "terraform untaint")
				instance.Tainted = false
				config["secret_version"] = 1 // what the message says
				w.Protocol(t).MustApply(instance, config)
				hook := only(t, w)
				if hook.Secret != instance.String("shared_secret") || hook.Status != "stopped" {
					t.Errorf("the API has %v, the state %s", hook, instance.State)
				}
			})
		})
	}
}

// TestAccWebhook_ownIDRace: of two creations at once with one ID, in two processes, one is an error and leaves nothing in its state.
func TestAccWebhook_ownIDRace(t *testing.T) {
	t.Parallel()
	for name, adopt := range map[string]bool{"plain": false, "with adopt_existing": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				id, names := uuid.NewString(), []string{"one", "two"}
				instances := []*acctest.Instance{newWebhook(), newWebhook()}
				errors := make([]string, len(names))
				var running sync.WaitGroup
				for i, name := range names {
					p := w.Protocol(t)
					running.Go(func() {
						config := with(acctest.Config{"id": id, "name": name, "adopt_existing": adopt})
						errors[i] = p.Apply(t.Context(), instances[i], config).Errors()
					})
				}
				running.Wait()
				hook := only(t, w)
				for i, name := range names {
					switch made := hook.Name == name; {
					case made && (errors[i] != "" || instances[i].String("name") != name || instances[i].String("shared_secret") != hook.Secret):
						t.Errorf("%s was created: state %s, error %s", name, instances[i].State, errors[i])
					case !made && (!strings.Contains(errors[i], id) || !instances[i].State.IsNull()):
						t.Errorf("%s was not created: state %s, error %s", name, instances[i].State, errors[i])
					}
				}
			}, func(c *emulator.Config) { c.Delay = time.Second })
		})
	}
}

// TestAccWebhook_ownIDReplaced: -replace, a taint and another for_each key plan a plain creation under an ID that is in use. The plan
// refuses it, before anything is deleted. So does the plan of an ID whose webhook was deleted.
func TestAccWebhook_ownIDReplaced(t *testing.T) {
	t.Parallel()
	for name, adopt := range map[string]bool{"plain": false, "with adopt_existing": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				instance, config := newWebhook(), adopting(acctest.Config{"adopt_existing": adopt})
				w.Protocol(t).MustApply(instance, config)

				tainted := *instance
				tainted.Tainted = true
				p := w.Protocol(t)
				p.Expect("tainted", p.Apply(t.Context(), &tainted, config), "terraform untaint")
				// -replace, and another key: the old address is read, and the new one planned without a prior state.
				p = w.Protocol(t)
				p.Expect("a refresh", p.Refresh(t.Context(), instance))
				p.Expect("another key", p.Plan(t.Context(), newWebhook(), config).Diagnostics, "Replacement Needs a New ID", "moved block")
				// With -refresh=false nothing is known but the identity of what is replaced.
				replaced := &acctest.Instance{Type: "voltage_webhook", Identity: instance.Identity}
				p.Expect("-replace", w.Protocol(t).Plan(t.Context(), replaced, config).Diagnostics, "Replacement Needs a New ID")
				// An attribute that forces a replacement.
				changed := with(acctest.Config{"id": config["id"], "environment_id": uuid.NewString()})
				p.Expect("another environment", w.Protocol(t).Plan(t.Context(), instance, changed).Diagnostics,
					"changing environment_id forces a new resource")
				if w.Emulator.Count("delete_webhook") != 0 || w.Emulator.Count("create_webhook") != 1 {
					t.Error("the webhook was deleted, or created twice")
				}

				p.Expect("a destroy", w.Protocol(t).Destroy(t.Context(), instance))
				p.Expect("the ID again", w.Protocol(t).Plan(t.Context(), newWebhook(), config).Diagnostics, "ID In Use", "deleted", "Set another id")
			})
		})
	}
}

// TestAccWebhook_ownIDTakenOverAndDeleted: where the plan could not tell, the address that takes a webhook over and the one that deletes it
// do not both have their way.
func TestAccWebhook_ownIDTakenOverAndDeleted(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		old, config := newWebhook(), adopting(nil)
		w.Protocol(t).MustApply(old, config)
		p := w.Protocol(t)
		p.MustApply(newWebhook(), config)
		p.Expect("the old address", p.Destroy(t.Context(), old), "ID In Use", "moved block")
		if w.Emulator.Count("delete_webhook") != 0 {
			t.Error("the webhook was deleted")
		}
	})
}

// TestAccWebhook_listedAndNotFound: a webhook that one endpoint does not find and the list has stays in the state, and a list that fails
// keeps it there, too.
func TestAccWebhook_listedAndNotFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		list *emulator.Fault
		want string
	}{
		"listed": {},
		"the list fails": {
			&emulator.Fault{Operation: "get_webhooks_as_user", Times: -1, Effect: emulator.Answer{Status: http.StatusBadGateway}},
			"could not be read",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p, instance := w.Protocol(t), newWebhook()
				p.MustApply(instance, attributes())
				time.Sleep(time.Hour) // it was created long ago
				w.Emulator.Inject(emulator.Fault{Operation: "get_webhook", Times: -1, Effect: emulator.NotFound{}})
				if test.list != nil {
					w.Emulator.Inject(*test.list)
				}
				errors := p.Refresh(t.Context(), instance).Errors()
				if !strings.Contains(errors, test.want) || test.want == "" && errors != "" || instance.State.IsNull() {
					t.Errorf("state %s, errors %q, want %q", instance.State, errors, test.want)
				}
				w.Emulator.ClearFaults()
				p.MustApply(instance, attributes())
				only(t, w)
			})
		})
	}
}

// TestAccWebhook_deletionNotFound: a deletion is done when the list lacks the webhook, too. Until then the state keeps it.
func TestAccWebhook_deletionNotFound(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, instance := w.Protocol(t), newWebhook()
		p.MustApply(instance, attributes())
		for _, fault := range []emulator.Fault{
			{Operation: "get_webhook", Nth: 2, Times: -1, Effect: emulator.NotFound{}},
			// accepted by something that is not the API
			{Operation: "delete_webhook", Times: -1, Effect: emulator.Answer{Status: http.StatusAccepted}},
		} {
			w.Emulator.Inject(fault)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if diags := p.Destroy(ctx, instance); diags.Errors() == "" || instance.State.IsNull() {
			t.Errorf("the state has given up a webhook that the list has: %q", diags.Errors())
		}
		only(t, w)
	}, func(c *emulator.Config) { c.Delay = 4 * time.Second })
}

// TestAccWebhook_clockAhead: a clock that was ahead when the creation was requested does not keep a deletion waiting.
func TestAccWebhook_clockAhead(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, instance := w.Protocol(t), newWebhook()
		w.Emulator.Inject(emulator.Fault{Operation: "create_webhook", Effect: emulator.CutBefore{}})
		w.Emulator.Inject(emulator.Fault{Operation: "get_webhook", Times: -1, Effect: emulator.Answer{Status: http.StatusBadGateway}})
		if diags := p.Apply(t.Context(), instance, attributes()); diags.Errors() == "" || !instance.Tainted {
			t.Fatalf("the creation ended well: %s", diags.Errors())
		}
		w.Emulator.ClearFaults()
		for name, createdAt := range map[string]any{"ahead": "2099-01-01T00:00:00Z", "missing": nil, "no time": "soon"} {
			destroyed := *instance
			destroyed.State = acctest.Replace(t, instance.State, "created_at", createdAt)
			p.Expect(name, p.Destroy(t.Context(), &destroyed))
			if !destroyed.State.IsNull() {
				t.Errorf("%s: the state is %s", name, destroyed.State)
			}
		}
	})
}

// TestAccWebhook_adoptNeverSeen: an ID that the API calls used, and that nothing can be read under, was compared with nothing. It does not
// get into the state, from where the next change of id would delete somebody else's webhook.
func TestAccWebhook_adoptNeverSeen(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		config := adopting(nil)
		w.Protocol(t).MustApply(newWebhook(), config)
		w.Emulator.Inject(emulator.Fault{Operation: "get_webhook", Times: -1, Effect: emulator.NotFound{}})
		p, instance := w.Protocol(t), newWebhook()
		config["timeouts"] = acctest.Config{"create": "5m"}
		p.Expect("the creation", p.Apply(t.Context(), instance, config), "could not read the object with this ID yet")
		if !instance.State.IsNull() {
			t.Errorf("the state has %s", instance.State)
		}
	})
}
