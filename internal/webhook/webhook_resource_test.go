package webhook_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

const address = "voltage_webhook.test"

func texts(values ...string) knownvalue.Check {
	checks := []knownvalue.Check{}
	for _, value := range values {
		checks = append(checks, knownvalue.StringExact(value))
	}
	return knownvalue.SetExact(checks)
}

func attributeIs(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
}

func eventsAre(send, receive, test knownvalue.Check) statecheck.StateCheck {
	return attributeIs("events", knownvalue.ObjectExact(map[string]knownvalue.Check{
		"send":    send,
		"receive": receive,
		"test":    test,
		"other":   knownvalue.MapExact(nil),
	}))
}

// secretIs holds the secret in the state against the emulator's; a real API shows it once only.
func secretIs(w *acctest.World) statecheck.StateCheck {
	return attributeIs("shared_secret", knownvalue.StringFunc(func(got string) error {
		if w.Emulator == nil {
			if got == "" {
				return fmt.Errorf("the state has no secret")
			}
			return nil
		}
		if hooks := w.Emulator.Webhooks(); got != hooks[len(hooks)-1].Secret {
			return fmt.Errorf("the state has another secret than the API")
		}
		return nil
	}))
}

func planned(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
}

// TestAccWebhook_lifecycle makes a webhook, changes all that can be changed in place, reads it in all ways, imports it and takes it down.
// It also runs on a real environment.
func TestAccWebhook_lifecycle(t *testing.T) {
	t.Parallel()
	w := acctest.Anywhere(t)
	name := acctest.Name("orders")
	config := func(more string) string {
		return w.Config(`
resource "voltage_webhook" "test" {
%s
}
data "voltage_webhook" "test" {
  id = voltage_webhook.test.id
}
data "voltage_webhook" "by_name" {
  name       = voltage_webhook.test.name
  depends_on = [voltage_webhook.test]
}
data "voltage_webhooks" "test" {
  name_regex = "^${voltage_webhook.test.name}$"
  depends_on = [voltage_webhook.test]
}
`, strings.ReplaceAll(strings.ReplaceAll(more, "orders", name), "; ", "\n"))
	}
	client := w.API(t)
	var secret string
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		CheckDestroy: func(state *terraform.State) error {
			id, err := uuid.Parse(state.RootModule().Resources[address].Primary.ID)
			if err != nil {
				return err
			}
			hook, err := client.GetWebhook(t.Context(), voltage.Ref{OrganizationID: w.OrganizationID, EnvironmentID: w.EnvironmentID, ID: id})
			if voltage.IsNotFound(err) || err == nil && hook.Status == "deleted" {
				return nil
			}
			return fmt.Errorf("the webhook %s is left: %v, %w", id, hook, err)
		},
		Steps: []resource.TestStep{
			{
				Config: config(
					`url = "https://shop.example/hooks"; name = "orders"; events = { receive = ["completed", "failed", "expired"], send = ["succeeded"] }`,
				),
				ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					attributeIs("url", knownvalue.StringExact("https://shop.example/hooks")),
					attributeIs("enabled", knownvalue.Bool(true)),
					attributeIs("status", knownvalue.StringExact("active")),
					attributeIs("environment_id", knownvalue.StringExact(w.EnvironmentID.String())),
					eventsAre(texts("succeeded"), texts("expired", "failed", "completed"), texts()),
					secretIs(w),
					statecheck.ExpectKnownValue("data.voltage_webhook.test", tfjsonpath.New("url"), knownvalue.StringExact("https://shop.example/hooks")),
					statecheck.ExpectKnownValue("data.voltage_webhook.by_name", tfjsonpath.New("status"), knownvalue.StringExact("active")),
					statecheck.ExpectKnownValue("data.voltage_webhooks.test", tfjsonpath.New("ids"), knownvalue.ListSizeExact(1)),
				},
				Check: func(state *terraform.State) error {
					secret = state.RootModule().Resources[address].Primary.Attributes["shared_secret"]
					return nil
				},
			},
			{ // in place, with the secret as it was
				Config: config(
					`url = "https://shop.example/v2"; name = "orders v2"; events = { receive = ["completed"], test = ["created"] }; enabled = false`,
				),
				ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					attributeIs("name", knownvalue.StringExact(name+" v2")),
					attributeIs("status", knownvalue.StringExact("stopped")),
					eventsAre(texts(), texts("completed"), texts("created")),
					attributeIs("shared_secret", knownvalue.StringFunc(func(got string) error {
						if got != secret {
							return fmt.Errorf("the secret was rotated")
						}
						return nil
					})),
				},
			},
			{
				Config: config(
					`url = "https://shop.example/v2"; name = "orders v2"; events = { receive = ["completed"], test = ["created"] }; secret_version = 2`,
				),
				ConfigPlanChecks:  planned(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{attributeIs("status", knownvalue.StringExact("active")), secretIs(w)},
				Check: func(state *terraform.State) error {
					if got := state.RootModule().Resources[address].Primary.Attributes["shared_secret"]; got == secret {
						return fmt.Errorf("the secret was not rotated")
					}
					return nil
				},
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"shared_secret", "secret_version"},
			},
		},
	})
	if w.Emulator == nil {
		return
	}
	if got := w.Emulator.Count("create_webhook"); got != 1 {
		t.Errorf("%d webhooks were asked for", got)
	}
	if got := w.Emulator.Count("generate_webhook_key"); got != 1 {
		t.Errorf("%d rotations", got)
	}
}

func attributes() acctest.Config {
	return acctest.Config{
		"url":    "https://shop.example/hooks",
		"name":   "orders",
		"events": acctest.Config{"receive": []any{"completed", "failed"}, "send": []any{"succeeded"}},
	}
}

// with returns the attributes with some of them changed.
func with(change acctest.Config) acctest.Config {
	config := attributes()
	maps.Copy(config, change)
	return config
}

func newWebhook() *acctest.Instance { return &acctest.Instance{Type: "voltage_webhook"} }

// only returns the one webhook that the API has.
func only(t *testing.T, w *acctest.World) emulator.WebhookView {
	t.Helper()
	var left []emulator.WebhookView
	for _, hook := range w.Emulator.Webhooks() {
		if hook.Status != "deleted" {
			left = append(left, hook)
		}
	}
	if len(left) != 1 {
		t.Fatalf("the API has %d webhooks: %v", len(left), left)
	}
	return left[0]
}

// TestAccWebhook_requests: what each operation costs.
func TestAccWebhook_requests(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		w.ShareAfter = voltage.DefaultShareAfter // the requests of a single webhook are counted
		p, hook := w.Protocol(t), newWebhook()
		for _, step := range []struct {
			config acctest.Config
			want   string
		}{
			{attributes(), "create_webhook get_webhook"},
			{attributes(), "get_webhook"},
			{with(acctest.Config{"name": "renamed"}), "get_webhook update_webhook get_webhook"},
			{with(acctest.Config{"name": "renamed", "enabled": false}), "get_webhook stop_webhook_as_user get_webhook"},
			{with(acctest.Config{"name": "renamed", "enabled": false, "secret_version": 1}), "get_webhook generate_webhook_key"},
			{with(acctest.Config{"name": "renamed", "enabled": false}), "get_webhook"}, // left out: nothing is rotated
			{with(acctest.Config{"name": "renamed"}), "get_webhook start_webhook_as_user get_webhook"},
		} {
			w.Emulator.ResetRequests()
			if diags := p.Apply(t.Context(), hook, step.config); diags.Errors() != "" {
				t.Fatal(diags.Errors())
			}
			var got []string
			for _, request := range w.Emulator.Requests() {
				got = append(got, request.Operation)
			}
			if strings.Join(got, " ") != step.want {
				t.Errorf("%v took %v, want %s", step.config, got, step.want)
			}
			p.MustPlanNothing(hook, step.config)
			if got := only(t, w); got.Secret != hook.String("shared_secret") {
				t.Error("the state has another secret than the API")
			}
		}
		w.Emulator.ResetRequests()
		if diags := p.Destroy(t.Context(), hook); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		var deletion []string
		for _, request := range w.Emulator.Requests() {
			deletion = append(deletion, request.Operation)
		}
		if got := strings.Join(deletion, " "); got != "delete_webhook get_webhook" {
			t.Errorf("a deletion took %s", got)
		}
	})
}

// TestAccWebhook_unknownDefaults: IDs that are known only after the apply are not missing, and not the provider's.
func TestAccWebhook_unknownDefaults(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		for name, change := range map[string]acctest.Config{
			"the provider has them": nil,
			"the provider has none": {"organization_id": nil, "environment_id": nil},
		} {
			plan := w.Protocol(t, change).Plan(t.Context(), newWebhook(), with(acctest.Config{
				"organization_id": acctest.Unknown{},
				"environment_id":  acctest.Unknown{},
			}))
			if got := plan.Diagnostics.Errors(); got != "" || plan.Attribute("organization_id").IsKnown() ||
				plan.Attribute("environment_id").IsKnown() {
				t.Errorf("%s: planned %s in %s: %s", name, plan.Attribute("organization_id"), plan.Attribute("environment_id"), got)
			}
		}
	})
}

// TestAccWebhook_events: neither their order nor how nothing is written makes a difference.
func TestAccWebhook_events(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t), newWebhook()
		p.MustApply(hook, attributes())
		for _, events := range []acctest.Config{
			{"receive": []any{"failed", "completed"}, "send": []any{"succeeded"}},
			{"receive": []any{"completed", "failed"}, "send": []any{"succeeded"}, "test": []any{}},
		} {
			for range 2 { // the emulator writes them in two ways
				p.MustPlanNothing(hook, with(acctest.Config{"events": events}))
			}
		}
	})
}

// TestAccWebhook_lostAnswers: whatever happens to the answer of a creation, one webhook comes of it, whose secret is known.
func TestAccWebhook_lostAnswers(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]emulator.Effect{
		"cut before": emulator.CutBefore{}, "cut after": emulator.CutAfter{}, "cut body": emulator.CutBody{}, "empty": emulator.EmptyBody{},
		"500 before": emulator.Answer{Status: 500}, "500 after": emulator.Answer{Status: 500, After: true},
		"not the secret": emulator.Answer{
			Status:      202,
			ContentType: "application/json",
			Body:        `{"id":"` + uuid.NewString() + `","shared_secret":"vltg_other"}`,
			After:       true,
		},
		"429": emulator.Answer{Status: 429, Header: http.Header{"Retry-After": {"0"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p, hook := w.Protocol(t), newWebhook()
				w.Emulator.Inject(emulator.Fault{Operation: "create_webhook", Effect: effect})
				p.MustApply(hook, attributes())
				if got := only(t, w); got.Secret != hook.String("shared_secret") || got.ID.String() != hook.String("id") {
					t.Errorf("the API has %v, the state %s", got, hook.State)
				}
				if got := w.Emulator.Count("generate_webhook_key"); got > 1 {
					t.Errorf("%d rotations", got)
				}
			})
		})
	}
}

// TestAccWebhook_rotationInDoubt: a rotation whose answer stays lost is made again by the next apply.
func TestAccWebhook_rotationInDoubt(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t, acctest.Config{"max_retries": 0}), newWebhook()
		p.MustApply(hook, attributes())
		w.Emulator.Inject(emulator.Fault{Operation: "generate_webhook_key", Effect: emulator.CutAfter{}})
		config := with(acctest.Config{"secret_version": 1, "name": "renamed"})
		diags := p.Apply(t.Context(), hook, config)
		p.Expect("the rotation", diags, "Webhook Not Changed", hook.String("id"), "may have rotated the secret", "\n\n")
		if got := hook.String("name"); got != "renamed" {
			t.Errorf("what was changed before is not in the state: %q", got)
		}
		p.MustApply(hook, config)
		if got := only(t, w); got.Secret != hook.String("shared_secret") {
			t.Error("the state has another secret than the API")
		}
	})
}

// TestAccWebhook_drift: what somebody else has changed is put right, and what is gone is made again.
func TestAccWebhook_drift(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ name, status, want string }{
		"renamed": {"other", "", "update_webhook"},
		"stopped": {"", "stopped", "start_webhook_as_user"},
		"deleted": {"", "deleted", "create_webhook"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, forget := range []bool{false, true} {
				acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
					t.Helper()
					p, hook := w.Protocol(t), newWebhook()
					p.MustApply(hook, attributes())
					if err := w.Emulator.ChangeWebhook(uuid.MustParse(hook.String("id")), test.name, test.status); err != nil {
						t.Fatal(err)
					}
					w.Emulator.ResetRequests()
					p.MustApply(hook, attributes())
					if w.Emulator.Count(test.want) != 1 {
						t.Errorf("%s was not called: %v", test.want, w.Emulator.Requests())
					}
					if got := only(t, w); got.Name != "orders" || got.Status != "active" || got.Secret != hook.String("shared_secret") {
						t.Errorf("the API has %v", got)
					}
				}, func(c *emulator.Config) { c.ForgetDeleted = forget })
			}
		})
	}
}

// TestAccWebhook_import imports in every form; the plan after it is empty, and the secret is unknown until it is rotated.
func TestAccWebhook_import(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]func(organization, environment, id string) (string, acctest.Config){
		"ID": func(_, _, id string) (string, acctest.Config) { return id, nil },
		"environment/ID": func(_, environment, id string) (string, acctest.Config) {
			return environment + "/" + strings.ToUpper(id), nil
		},
		"organization/environment/ID": func(organization, environment, id string) (string, acctest.Config) {
			return organization + "/" + environment + "/" + id, nil
		},
		"identity": func(organization, environment, id string) (string, acctest.Config) {
			return "", acctest.Config{"organization_id": organization, "environment_id": environment, "id": id}
		},
		"identity by defaults": func(_, _, id string) (string, acctest.Config) { return "", acctest.Config{"id": id} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p, made := w.Protocol(t), newWebhook()
				p.MustApply(made, with(acctest.Config{"enabled": false}))
				id, identity := form(w.OrganizationID.String(), w.EnvironmentID.String(), made.String("id"))
				imported, diags := p.Import(t.Context(), "voltage_webhook", id, identity)
				p.Expect("the import", diags)
				p.MustPlanNothing(imported, with(acctest.Config{"enabled": false}))
				if imported.String("shared_secret") != "" {
					t.Error("an import has a secret")
				}
				p.MustApply(imported, with(acctest.Config{"enabled": false, "secret_version": 1}))
				if got := only(t, w); got.Secret != imported.String("shared_secret") {
					t.Error("the state has another secret than the API")
				}
			})
		})
	}
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, id := w.Protocol(t), uuid.NewString()
		for _, wrong := range []string{"x", id + "/", "/" + id, id + "/" + id + "/" + id + "/" + id, "a/b/c"} {
			_, diags := p.Import(t.Context(), "voltage_webhook", wrong, nil)
			p.Expect(wrong, diags, "Invalid Import ID", "ORGANIZATION_ID/ENVIRONMENT_ID/WEBHOOK_ID")
		}
		if got := len(w.Emulator.Requests()); got != 0 {
			t.Errorf("%d requests", got)
		}
	})
}

// TestAccWebhook_validation: bad input fails while planning, on its attribute, and never reaches the API.
func TestAccWebhook_validation(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		for name, test := range map[string]struct {
			change acctest.Config
			want   []string
		}{
			"http":           {acctest.Config{"url": "http://shop.example/hooks"}, []string{"url: Invalid Webhook URL", "use https"}},
			"no URL":         {acctest.Config{"url": "shop.example"}, []string{"url: Invalid Webhook URL"}},
			"credentials":    {acctest.Config{"url": "https://user:pass@shop.example"}, []string{"url: Invalid Webhook URL", "credentials"}},
			"fragment":       {acctest.Config{"url": "https://shop.example/#a"}, []string{"url: Invalid Webhook URL", "fragment"}},
			"empty name":     {acctest.Config{"name": ""}, []string{"name: "}},
			"an empty event": {acctest.Config{"events": acctest.Config{"send": []any{""}}}, []string{"events", "at least 1"}},
			"a known family": {
				acctest.Config{"events": acctest.Config{"other": acctest.Config{"send": []any{"failed"}}}},
				[]string{"events", `"send"`},
			},
			"an empty family": {
				acctest.Config{"events": acctest.Config{"other": acctest.Config{"dispute": []any{}}}},
				[]string{"events", "at least 1"},
			},
			"negative version":    {acctest.Config{"secret_version": -1}, []string{"secret_version: "}},
			"invalid UUID":        {acctest.Config{"environment_id": "x"}, []string{"environment_id: Invalid UUID"}},
			"loopback is fine":    {acctest.Config{"url": "http://127.0.0.1:1/hooks"}, nil},
			"localhost is fine":   {acctest.Config{"url": "http://localhost:1/hooks"}, nil},
			"IPv6 is fine":        {acctest.Config{"url": "http://[::1]:1/hooks"}, nil},
			"unknown is fine":     {acctest.Config{"url": acctest.Unknown{}, "events": acctest.Unknown{}}, nil},
			"a part is not known": {acctest.Config{"events": acctest.Config{"send": acctest.Unknown{}}}, nil},
		} {
			plan := p.Plan(t.Context(), newWebhook(), with(test.change))
			p.Expect(name, plan.Diagnostics, test.want...)
			if strings.Contains(plan.Diagnostics.Errors(), "pass") {
				t.Error("the error repeats a password")
			}
		}
		if got := len(w.Emulator.Requests()); got != 0 {
			t.Errorf("%d requests", got)
		}
	})
}

// TestAccWebhook_inVain: what the API accepts and never does ends with the time-out; nothing is lost, and the same again succeeds.
func TestAccWebhook_inVain(t *testing.T) {
	t.Parallel()
	short := acctest.Config{"timeouts": acctest.Config{"create": "5m", "update": "5m", "delete": "5m"}}
	t.Run("create", func(t *testing.T) {
		t.Parallel()
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			p, hook := w.Protocol(t), newWebhook()
			w.Emulator.Inject(emulator.Fault{Operation: "create_webhook", Effect: emulator.FailAsync{}})
			diags := p.Apply(t.Context(), hook, with(acctest.Config{"timeouts": acctest.Config{"create": "5m"}}))
			p.Expect("the creation", diags, "Webhook Not Created", "last seen: no webhook with this ID", "marked as tainted", "longer time")
			if !hook.Tainted || hook.String("id") == "" || hook.String("shared_secret") == "" {
				t.Errorf("the state has %s", hook.State)
			}
			p.MustApply(hook, attributes())
			only(t, w)
		})
	})
	t.Run("update", func(t *testing.T) {
		t.Parallel()
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			p, hook := w.Protocol(t), newWebhook()
			p.MustApply(hook, attributes())
			for operation, change := range map[string]acctest.Config{
				"update_webhook":       {"name": "renamed"},
				"stop_webhook_as_user": {"enabled": false},
			} {
				w.Emulator.Inject(emulator.Fault{Operation: operation, Effect: emulator.FailAsync{}})
				config := with(short)
				maps.Copy(config, change)
				p.Expect(operation, p.Apply(t.Context(), hook, config), "Webhook Not Changed", hook.String("id"), "last seen: ")
				p.MustApply(hook, config)
				p.MustApply(hook, with(short))
			}
		})
	})
	t.Run("delete", func(t *testing.T) {
		t.Parallel()
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			p, hook := w.Protocol(t), newWebhook()
			p.MustApply(hook, with(short))
			w.Emulator.Inject(emulator.Fault{Operation: "delete_webhook", Effect: emulator.FailAsync{}})
			p.Expect("the deletion", p.Destroy(t.Context(), hook), "Webhook Not Deleted", hook.String("id"), "stays in the state")
			if hook.State.IsNull() {
				t.Fatal("the state is lost")
			}
			p.Expect("the same again", p.Destroy(t.Context(), hook))
			if got := w.Emulator.Webhooks(); got[0].Status != "deleted" {
				t.Errorf("the API has %v", got)
			}
		})
	})
}

// TestAccWebhook_refusals: the API's refusals, on their attribute, with nothing in the state.
func TestAccWebhook_refusals(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		for name, test := range map[string]struct {
			key    string
			refuse emulator.Effect
			want   []string
		}{
			"read-only key":  {emulator.StagingReadOnlyKey, nil, []string{": Webhook Not Created", "access_rights"}},
			"another host's": {"vltg_of_another_host", nil, []string{": Webhook Not Created", "missing_credentials", "production or staging"}},
			"invalid webhook": {
				emulator.StagingKey,
				emulator.Refuse{Status: 400, Type: "invalid_webhook", Detail: "No such host."},
				[]string{"url: Webhook Not Created", "No such host."},
			},
		} {
			p, hook := w.Protocol(t, acctest.Config{"api_key": test.key}), newWebhook()
			if test.refuse != nil {
				w.Emulator.Inject(emulator.Fault{Operation: "create_webhook", Effect: test.refuse})
			}
			p.Expect(name, p.Apply(t.Context(), hook, attributes()), test.want...)
			if !hook.State.IsNull() {
				t.Errorf("%s: the state has %s", name, hook.State)
			}
		}
		if got := w.Emulator.Webhooks(); len(got) != 0 {
			t.Errorf("the API has %v", got)
		}
	})
}

// TestAccWebhook_delayed: with an API that takes its time, an apply waits for each step.
func TestAccWebhook_delayed(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t), newWebhook()
		p.MustApply(hook, with(acctest.Config{"enabled": false}))
		p.MustApply(hook, with(acctest.Config{"name": "renamed", "secret_version": 3}))
		if got := only(t, w); got.Status != "active" || got.Name != "renamed" || got.Secret != hook.String("shared_secret") {
			t.Errorf("the API has %v", got)
		}
		p.Expect("the deletion", p.Destroy(t.Context(), hook))
	}, func(c *emulator.Config) { c.Delay = 2 * time.Second })
}

// TestAccWebhook_stoppedMeanwhile: another client stops the webhook between the plan and the apply of a rename. The apply succeeds with the
// status of the plan, as Terraform demands, and the next refresh shows the new one.
func TestAccWebhook_stoppedMeanwhile(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t), newWebhook()
		p.MustApply(hook, with(nil))
		if err := w.Emulator.ChangeWebhook(uuid.MustParse(hook.String("id")), hook.String("name"), "stopped"); err != nil {
			t.Fatal(err)
		}
		renamed := with(acctest.Config{"name": "renamed"})
		p.Expect("rename", p.ApplyUnrefreshed(t.Context(), hook, renamed))
		if got := hook.String("status"); got != "active" {
			t.Errorf("after the apply the status is %s", got)
		}
		p.Expect("refresh", p.Refresh(t.Context(), hook))
		if got := hook.String("status"); got != "stopped" {
			t.Errorf("after the refresh the status is %s", got)
		}
		p.MustApply(hook, renamed)
		p.MustPlanNothing(hook, renamed)
	})
}
