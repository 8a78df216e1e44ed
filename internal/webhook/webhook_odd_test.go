package webhook_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// oddAPI is an API of webhooks as it may be one day: it has events that the contract does not know yet, and writes URLs back in its
// own way. The emulator cannot stand for it, since its answers are held against the contract.
type oddAPI struct {
	*acctest.World
	rewrite func(string) string

	mu       sync.Mutex
	webhooks map[string]map[string]any
	patches  []string // the events of each change
}

func newOddAPI(w *acctest.World, rewrite func(string) string) *oddAPI {
	api := &oddAPI{rewrite: rewrite, webhooks: map[string]map[string]any{}}
	api.World = w.Behind(http.HandlerFunc(api.serve))
	return api
}

// odd runs a test against an odd API in virtual time.
func odd(t *testing.T, test func(t *testing.T, api *oddAPI), rewrite func(string) string) {
	t.Helper()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) { t.Helper(); test(t, newOddAPI(w, rewrite)) })
}

// add makes a webhook as somebody else would.
func (a *oddAPI) add(id, events string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.webhooks[id] = map[string]any{
		"id": id, "organization_id": a.OrganizationID, "environment_id": a.EnvironmentID,
		"url": a.rewrite("https://shop.example/hooks"), "name": "orders",
		"events": json.RawMessage(events), "status": "active", "created_at": "2026-09-01T10:00:00Z", "updated_at": "2026-09-01T10:00:00Z",
	}
}

// last are the events of the last change.
func (a *oddAPI) last() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.patches[len(a.patches)-1]
}

func (a *oddAPI) serve(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var request struct {
		ID, URL, Name string
		Events        json.RawMessage
	}
	if r.Method != http.MethodGet {
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
	}
	id := cmp.Or(request.ID, path.Base(r.URL.Path))
	w.Header().Set("Content-Type", "application/json")
	switch webhook := a.webhooks[id]; {
	case r.Method == http.MethodPost:
		a.mu.Unlock()
		a.add(id, string(request.Events))
		a.mu.Lock()
		a.webhooks[id]["url"], a.webhooks[id]["name"] = a.rewrite(request.URL), request.Name
		w.WriteHeader(http.StatusAccepted)
		_ = json.NewEncoder(w).Encode(map[string]any{"id": id, "shared_secret": "vltg_secret"})
	case webhook == nil:
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprint(w, `{"error":{"type":"webhook_not_found","detail":"none"}}`)
	case r.Method == http.MethodPatch:
		webhook["url"], webhook["name"], webhook["events"] = a.rewrite(request.URL), request.Name, request.Events
		a.patches = append(a.patches, string(request.Events))
		w.WriteHeader(http.StatusAccepted)
	default:
		_ = json.NewEncoder(w).Encode(webhook)
	}
}

func asWritten(url string) string { return url }

// TestWebhook_unknownEvents: events that the provider does not know are shown, survive every change, and are warned of only where the
// webhook does not have them yet.
func TestWebhook_unknownEvents(t *testing.T) {
	t.Parallel()
	odd(t, func(t *testing.T, api *oddAPI) {
		t.Helper()
		p, id := api.Protocol(t), uuid.NewString()
		api.add(id, `[{"dispute":"opened"},{"receive":["completed","frozen"]},{"dispute":"closed"}]`)
		hook, diags := p.Import(t.Context(), "voltage_webhook", id, nil)
		p.Expect("import", diags)

		// What a generated configuration has: everything, with empty sets.
		written := acctest.Config{
			"send": []any{}, "receive": []any{"completed", "frozen"}, "test": []any{}, "other": acctest.Config{"dispute": []any{"opened", "closed"}},
		}
		quiet := func(what string, events acctest.Config, changes bool) {
			t.Helper()
			plan := p.Plan(t.Context(), hook, with(acctest.Config{"events": events}))
			if text := plan.Diagnostics.Errors() + plan.Diagnostics.Warnings(); text != "" || plan.Changes() != changes {
				t.Errorf("%s: the plan changes: %v: %s", what, plan.Changes(), text)
			}
		}
		left := acctest.Config{"receive": []any{"completed", "frozen"}}
		quiet("a generated configuration", written, false)
		quiet("other is left out", left, false)

		const both = `[{"dispute":"closed"},{"dispute":"opened"},{"receive":"completed"},{"receive":"frozen"}]`
		for _, events := range []acctest.Config{left, written} {
			for _, name := range []string{"renamed", "orders"} {
				p.MustApply(hook, with(acctest.Config{"events": events, "name": name}))
				if got := api.last(); got != both {
					t.Errorf("a change of the name has sent the events %s", got)
				}
			}
		}
		p.MustApply(hook, with(acctest.Config{"events": acctest.Config{"receive": []any{"completed"}}}))
		if got := api.last(); got != `[{"dispute":"closed"},{"dispute":"opened"},{"receive":"completed"}]` {
			t.Errorf("an event less has sent %s", got)
		}
		quiet("all of them are to go", acctest.Config{"receive": []any{"completed"}, "other": acctest.Config{}}, true)
		p.MustApply(hook, with(acctest.Config{"events": acctest.Config{"receive": []any{"completed"}, "other": acctest.Config{}}}))
		if got := api.last(); got != `[{"receive":"completed"}]` {
			t.Errorf("without others, %s was sent", got)
		}
		p.MustPlanNothing(hook, with(acctest.Config{"events": acctest.Config{"receive": []any{"completed"}}}))

		// New ones: a warning that names the known ones, and the API decides.
		odd := acctest.Config{"receive": []any{"complete"}, "other": acctest.Config{"dispute": []any{"opened"}}}
		for what, instance := range map[string]*acctest.Instance{"change": hook, "creation": newWebhook()} {
			warnings := p.Plan(t.Context(), instance, with(acctest.Config{"events": odd})).Diagnostics.Warnings()
			for _, want := range []string{
				"Unknown Webhook Event", `the event "complete" in events.receive`, "generated, detected",
				`family "dispute", which has the event "opened"`, "receive, send, test",
			} {
				if !strings.Contains(warnings, want) {
					t.Errorf("%s: the warnings lack %q: %s", what, want, warnings)
				}
			}
			p.MustApply(instance, with(acctest.Config{"events": odd}))
		}
		source, diags := p.ReadDataSource(t.Context(), "voltage_webhook", acctest.Config{"id": id})
		p.Expect("data source", diags)
		if other := acctest.Attribute(acctest.Attribute(source, "events"), "other"); !strings.Contains(other.String(), "dispute") ||
			!strings.Contains(other.String(), "opened") {
			t.Errorf("the data source shows %s", other)
		}
	}, asWritten)
}

// TestWebhook_eventsOfOldState: a state of a provider that knew no other events does not make the next change lose them.
func TestWebhook_eventsOfOldState(t *testing.T) {
	t.Parallel()
	odd(t, func(t *testing.T, api *oddAPI) {
		t.Helper()
		p, id := api.Protocol(t), uuid.NewString()
		api.add(id, `[{"dispute":"opened"},{"receive":"completed"}]`)
		hook, diags := p.Import(t.Context(), "voltage_webhook", id, nil)
		p.Expect("import", diags)
		hook.State = withoutOther(t, hook.State)
		config := with(acctest.Config{"events": acctest.Config{"receive": []any{"completed"}}})
		if plan := p.Plan(t.Context(), hook, config); plan.Changes() {
			t.Error("an old state that was not refreshed plans a change")
		}
		config["name"] = "renamed"
		p.Expect("a change without a refresh", p.ApplyUnrefreshed(t.Context(), hook, config))
		if got := api.last(); got != `[{"dispute":"opened"},{"receive":"completed"}]` {
			t.Errorf("sent the events %s", got)
		}
		p.MustPlanNothing(hook, config)
	}, asWritten)
}

// withoutOther is a state as a provider has written it that knew no other events.
func withoutOther(t *testing.T, state tftypes.Value) tftypes.Value {
	t.Helper()
	old, err := tftypes.Transform(state, func(at *tftypes.AttributePath, value tftypes.Value) (tftypes.Value, error) {
		if at.Equal(tftypes.NewAttributePath().WithAttributeName("events").WithAttributeName("other")) {
			return tftypes.NewValue(value.Type(), nil), nil
		}
		return value, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return old
}

// TestWebhook_noEvents: a webhook that is told of nothing exists in the API, and its configuration is valid.
func TestWebhook_noEvents(t *testing.T) {
	t.Parallel()
	odd(t, func(t *testing.T, api *oddAPI) {
		t.Helper()
		p, id := api.Protocol(t), uuid.NewString()
		api.add(id, `[]`)
		hook, diags := p.Import(t.Context(), "voltage_webhook", id, nil)
		p.Expect("import", diags)
		none := with(acctest.Config{"events": acctest.Config{}})
		if plan := p.Plan(t.Context(), hook, none); plan.Changes() || plan.Diagnostics.Errors()+plan.Diagnostics.Warnings() != "" {
			t.Errorf("an imported one: %v %s%s", plan.Changes(), plan.Diagnostics.Errors(), plan.Diagnostics.Warnings())
		}
		for _, events := range []any{acctest.Config{}, acctest.Config{"send": []any{}}} {
			plan := p.Plan(t.Context(), newWebhook(), with(acctest.Config{"events": events}))
			p.Expect("a new one", plan.Diagnostics)
			if warnings := plan.Diagnostics.Warnings(); !strings.Contains(warnings, "events: Webhook Without Events") {
				t.Errorf("a new one: %q", warnings)
			}
		}
		if warnings := p.Plan(t.Context(), newWebhook(),
			with(acctest.Config{"events": acctest.Config{"send": acctest.Unknown{}}})).Diagnostics.Warnings(); warnings != "" {
			t.Errorf("events that are not known yet: %s", warnings)
		}
	}, asWritten)
}

// TestWebhook_urlWrittenBack: an API that writes the same URL in another way makes no difference.
func TestWebhook_urlWrittenBack(t *testing.T) {
	t.Parallel()
	odd(t, func(t *testing.T, api *oddAPI) {
		t.Helper()
		p, hook := api.Protocol(t), newWebhook()
		for _, url := range []string{"https://shop.example", "https://Shop.Example:443/a", "https://bücher.example/b"} {
			config := with(acctest.Config{"url": url})
			if diags := p.Apply(t.Context(), hook, config); diags.Errors()+diags.Warnings() != "" {
				t.Errorf("%s: %s%s", url, diags.Errors(), diags.Warnings())
			}
			p.MustPlanNothing(hook, config)
			imported, diags := p.Import(t.Context(), "voltage_webhook", hook.String("id"), nil)
			p.Expect("import", diags)
			if plan := p.Plan(t.Context(), imported, config); plan.Changes() {
				t.Errorf("%s: a change after the import", url)
			}
		}
	}, func(url string) string {
		return map[string]string{
			"https://shop.example":       "https://shop.example/",
			"https://Shop.Example:443/a": "https://shop.example/a",
			"https://bücher.example/b":   "https://xn--bcher-kva.example/b",
		}[url]
	})
}

// TestWebhook_urlWrittenDifferently: an API that makes another URL of it is told of, at once, and without a second webhook.
func TestWebhook_urlWrittenDifferently(t *testing.T) {
	t.Parallel()
	odd(t, func(t *testing.T, api *oddAPI) {
		t.Helper()
		p, hook := api.Protocol(t), newWebhook()
		diags := p.Apply(t.Context(), hook, with(acctest.Config{"url": "https://shop.example/hooks"}))
		p.Expect("creation", diags)
		if warnings := diags.Warnings(); !strings.Contains(warnings, "url: Webhook URL Changed by API") ||
			!strings.Contains(warnings, `"https://shop.example/hooks/"`) || hook.Tainted {
			t.Errorf("creation: %s", warnings)
		}
		p.MustPlanNothing(hook, with(acctest.Config{"url": "https://shop.example/hooks/"}))
		diags = p.Apply(t.Context(), hook, with(acctest.Config{"url": "https://shop.example/v2"}))
		p.Expect("change", diags, "Webhook Not Changed",
			`accepted the URL "https://shop.example/v2" and returns it as "https://shop.example/v2/"`,
			"set url to it")
		if len(api.webhooks) != 1 {
			t.Errorf("%d webhooks", len(api.webhooks))
		}
	}, func(url string) string { return strings.TrimSuffix(url, "/") + "/" })
}

// TestAccWebhook_generatedConfiguration: what Terraform generates for a webhook with unknown events is valid, and plans nothing more.
func TestAccWebhook_generatedConfiguration(t *testing.T) {
	t.Parallel()
	api := newOddAPI(acctest.Emulated(t), asWritten)
	id := uuid.NewString()
	api.add(id, `[{"dispute":"opened"},{"receive":["completed","frozen"]}]`)
	cli := api.InProcess(t)
	// Terraform 1.16 generates nothing without the argument provider, and every Terraform refuses it afterwards.
	write := func(provider string) {
		cli.Write("main.tf", api.ProviderBlock(emulator.StagingKey)+acctest.Requirements+
			fmt.Sprintf("import {\n  to = voltage_webhook.test\n  id = %q\n%s}\n", id, provider))
	}
	write("  provider = voltage\n")
	cli.Terraform("plan", "-generate-config-out=generated.tf")
	generated, err := os.ReadFile(filepath.Join(cli.Dir, "generated.tf"))
	if err != nil || !strings.Contains(string(generated), "dispute") || !strings.Contains(string(generated), "frozen") {
		t.Fatalf("generated %s, %v", generated, err)
	}
	write("")
	if out := cli.Terraform("apply", "-auto-approve"); !strings.Contains(out, "1 imported, 0 added, 0 changed, 0 destroyed") ||
		strings.Contains(out, "Warning") {
		t.Errorf("the import has printed %s", out)
	}
	cli.Terraform("plan", "-detailed-exitcode")
}
