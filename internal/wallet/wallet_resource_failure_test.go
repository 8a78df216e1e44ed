package wallet_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// TestAccWallet_validation: bad input fails on its attribute while planning, and never reaches the API.
func TestAccWallet_validation(t *testing.T) {
	t.Parallel()
	networks := acctest.Config{"allowed_networks": []any{"mutinynet", "testnet3"}}
	for name, test := range map[string]struct {
		config acctest.Config
		want   string // attribute, and what the message says
	}{
		"name too short":      {acctest.Config{"name": "ab"}, `name: .*between 3 and 256`},
		"name too long":       {acctest.Config{"name": strings.Repeat("ä", 257)}, `name: .*between 3 and 256`},
		"no name":             {acctest.Config{"name": nil}, `name: `},
		"network":             {acctest.Config{"network": "testnet"}, `network: .*"testnet3"`},
		"network not allowed": {acctest.Config{"network": "mainnet"}, `network: Network Not Allowed: .*mutinynet, testnet3`},
		"line is no UUID":     {acctest.Config{"line_of_credit_id": "main"}, `line_of_credit_id: Invalid UUID: .*"main"`},
		"no line":             {acctest.Config{"line_of_credit_id": nil}, `line_of_credit_id: Missing Attribute`},
		"negative limit":      {acctest.Config{"limit": -1}, `limit: .*at least 0`},
		"no limit":            {acctest.Config{"limit": nil}, `limit: Missing Attribute`},
		"ID is no UUID":       {acctest.Config{"id": "{" + uuid.NewString() + "}"}, `id: Invalid UUID`},
		"null in metadata":    {acctest.Config{"metadata": acctest.Config{"a": nil}}, `metadata.*`},
		"organization":        {acctest.Config{"organization_id": "x"}, `organization_id: Invalid UUID`},
		"environment":         {acctest.Config{"environment_id": "x"}, `environment_id: Invalid UUID`},
		"timeout":             {acctest.Config{"timeouts": acctest.Config{"create": "soon"}}, `timeouts.*`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				got := planOf(t, w, networks, test.config).Errors()
				if !regexp.MustCompile(`(?s)^` + test.want).MatchString(got) {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		})
	}
	for name, limit := range map[string]acctest.Config{
		"unknown values": {
			"name": acctest.Unknown{}, "network": acctest.Unknown{}, "line_of_credit_id": acctest.Unknown{}, "limit": acctest.Unknown{},
			"metadata": acctest.Unknown{}, "id": acctest.Unknown{}, "environment_id": acctest.Unknown{},
		},
		"limits of names": {"name": strings.Repeat("ä", 256), "limit": 9223372036854775807},
	} {
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			if got := planOf(t, w, networks, limit).Errors(); got != "" {
				t.Errorf("%s: %s", name, got)
			}
		})
	}
}

// planOf plans a wallet with some changes. A plan reads nothing but the line of credit.
func planOf(t *testing.T, w *acctest.World, provider, change acctest.Config) acctest.Diagnostics {
	t.Helper()
	config := attributes(w)
	for key, value := range change {
		config[key] = value
	}
	plan := w.Protocol(t, provider).Plan(t.Context(), &acctest.Instance{Type: "voltage_wallet"}, config)
	if got := len(w.Emulator.Requests()); got != w.Emulator.Count("get_line_of_credit_summary_as_user") {
		t.Errorf("%d requests were sent, and some are no reads of the line of credit", got)
	}
	return plan.Diagnostics
}

// TestAccWallet_missingDefaults: without an organization, an environment or credentials a plan fails, and says what to set.
func TestAccWallet_missingDefaults(t *testing.T) {
	for _, variable := range []string{"VOLTAGE_API_KEY", "VOLTAGE_BEARER_TOKEN", "VOLTAGE_ORGANIZATION_ID", "VOLTAGE_ENVIRONMENT_ID"} {
		t.Setenv(variable, "")
	}
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t, acctest.Config{"api_key": nil, "organization_id": nil, "environment_id": nil})
		got := p.Plan(t.Context(), &acctest.Instance{Type: "voltage_wallet"}, attributes(w)).Diagnostics.Errors()
		for _, want := range []string{
			"VOLTAGE_API_KEY", "organization_id: Missing", "VOLTAGE_ORGANIZATION_ID", "environment_id: Missing", "VOLTAGE_ENVIRONMENT_ID",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("the errors lack %q:\n%s", want, got)
			}
		}
	})
}

// TestAccWallet_refusals: every refusal of the API is shown with its own words, on the attribute that caused it and with
// what to do next, and leaves nothing in the state.
func TestAccWallet_refusals(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct {
		status int
		world  func(*emulator.Config) // makes the emulator refuse by itself; nil: the refusal is injected
		config acctest.Config
		key    string
		want   []string // attribute first
	}{
		"line_of_credit_not_found": {
			config: acctest.Config{"line_of_credit_id": uuid.NewString()}, want: []string{"line_of_credit_id: ", "voltage_lines_of_credit"},
		},
		"line_of_credit_not_ready": {
			world: func(c *emulator.Config) { c.Organizations[0].LinesOfCredit[0].Secured = "pending_deposit" },
			want:  []string{"line_of_credit_id: ", "dashboard"},
		},
		"line_of_credit_disabled": {
			world: func(c *emulator.Config) { c.Organizations[0].LinesOfCredit[0].Disabled = true },
			want:  []string{"line_of_credit_id: ", "another line of credit"},
		},
		"line_of_credit_network_mismatch": {
			config: acctest.Config{"network": "testnet3"}, want: []string{"network: ", "on the wallet's network"},
		},
		"line_of_credit_cannot_allocate_wallet_limit": {
			config: acctest.Config{"limit": 9223372036854775807}, want: []string{"limit: ", "Lower the limit"},
		},
		"application_not_approved": {status: 400, want: []string{"network: ", "dashboard"}},
		"missing_bank_details":     {status: 400, want: []string{"line_of_credit_id: ", "bank details"}},
		"feature_flag_disabled":    {status: 400, want: []string{"network: ", "support"}},
		"wallet_not_credit_backed": {status: 400, want: []string{"line_of_credit_id: ", "no line of credit"}},
		"invalid_request":          {status: 400, want: []string{": Wallet Not Created"}},
		"access_rights":            {key: emulator.StagingReadOnlyKey, want: []string{": Wallet Not Created", "READ and WRITE"}},
		"missing_credentials":      {key: "vltg_of_another_host", want: []string{": Wallet Not Created", "base_url", "production or staging"}},
		"wrong_credentials":        {status: 401, want: []string{": Wallet Not Created", "revoked"}},
		"invalid_data":             {status: 422, want: []string{": Wallet Not Created"}},
		"payload_too_large":        {status: 413, want: []string{": Wallet Not Created"}},
		"missing_content_type":     {status: 415, want: []string{": Wallet Not Created"}},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				// What is known while planning is refused then: here the line of credit cannot be read.
				w.Emulator.Inject(emulator.Fault{
					Operation: "get_line_of_credit_summary_as_user", Times: -1, Effect: emulator.Refuse{Status: 403, Type: "access_rights"},
				})
				if test.status != 0 {
					w.Emulator.Inject(emulator.Fault{Operation: "create_wallet", Effect: emulator.Refuse{
						Status: test.status, Type: kind, Detail: "not today",
					}})
				}
				override := acctest.Config{}
				if test.key != "" {
					override["api_key"] = test.key
				}
				p := w.Protocol(t, override)
				instance := &acctest.Instance{Type: "voltage_wallet"}
				config := attributes(w)
				for key, value := range test.config {
					config[key] = value
				}
				got := p.Apply(t.Context(), instance, config).Errors()
				for _, want := range append(test.want, kind, `"staging"`, "Wallet Not Created") {
					if !strings.Contains(got, want) {
						t.Errorf("the error lacks %q: %s", want, got)
					}
				}
				if !strings.HasPrefix(got, test.want[0]) {
					t.Errorf("the error is on another attribute: %s", got)
				}
				if !instance.State.IsNull() {
					t.Errorf("the state has a wallet that was refused: %s", instance.State)
				}
				if got := w.Emulator.Count("create_wallet"); got != 1 {
					t.Errorf("%d POSTs", got)
				}
				if names := activeWallets(w); len(names) != 0 {
					t.Errorf("the API has %v", names)
				}
			}, func(c *emulator.Config) {
				c.Organizations = emulator.DefaultWorld()
				if test.world != nil {
					test.world(c)
				}
			})
		})
	}
}

// TestAccWallet_lostAnswers: whatever happens to the answer of a write, one apply ends well, with one wallet.
func TestAccWallet_lostAnswers(t *testing.T) {
	t.Parallel()
	for operation, apply := range map[string]func(t *testing.T, p *acctest.Protocol, w *acctest.World){
		"create_wallet": func(t *testing.T, p *acctest.Protocol, w *acctest.World) {
			t.Helper()
			mustApply(t, p, &acctest.Instance{Type: "voltage_wallet"}, attributes(w))
			if names := activeWallets(w); len(names) != 1 {
				t.Errorf("the API has %v", names)
			}
		},
		"update_wallet": func(t *testing.T, p *acctest.Protocol, w *acctest.World) {
			t.Helper()
			instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
			mustApply(t, p, instance, config)
			config["name"] = "renamed"
			mustApply(t, p, instance, config)
			if names := activeWallets(w); len(names) != 1 || names[0] != "renamed" {
				t.Errorf("the API has %v", names)
			}
		},
		"delete_wallet": func(t *testing.T, p *acctest.Protocol, w *acctest.World) {
			t.Helper()
			instance := &acctest.Instance{Type: "voltage_wallet"}
			mustApply(t, p, instance, attributes(w))
			if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
				t.Errorf("state %s, errors %s", instance.State, diags.Errors())
			}
			if names := activeWallets(w); len(names) != 0 {
				t.Errorf("the API has %v", names)
			}
		},
	} {
		for name, effect := range map[string]emulator.Effect{
			"cut before":     emulator.CutBefore{},
			"cut after":      emulator.CutAfter{},
			"500 before":     emulator.Answer{Status: 500},
			"500 after":      emulator.Answer{Status: 500, After: true},
			"502 HTML after": emulator.Answer{Status: 502, ContentType: "text/html", Body: "<html>bad gateway</html>", After: true},
			"429":            emulator.Answer{Status: 429, Header: http.Header{"Retry-After": {"1"}}},
			"408 after":      emulator.Answer{Status: 408, After: true},
			"body of no use": emulator.Answer{Status: 200, ContentType: "text/html", Body: "<html>", After: true},
		} {
			for _, delay := range []time.Duration{0, time.Second} {
				t.Run(operation+" "+name+" delay "+delay.String(), func(t *testing.T) {
					t.Parallel()
					acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
						t.Helper()
						w.Emulator.Inject(emulator.Fault{Operation: operation, Effect: effect})
						apply(t, w.Protocol(t), w)
					}, func(c *emulator.Config) { c.Delay = delay })
				})
			}
		}
	}
}

// TestAccWallet_asynchronousFailure: what the API accepts and then fails is an error with the API's own text.
func TestAccWallet_asynchronousFailure(t *testing.T) {
	t.Parallel()
	fail := emulator.FailAsync{Type: "InsufficientLimit", Detail: "the line has nothing left"}
	t.Run("create", func(t *testing.T) {
		t.Parallel()
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			w.Emulator.Inject(emulator.Fault{Operation: "create_wallet", Effect: fail})
			p := w.Protocol(t)
			instance := &acctest.Instance{Type: "voltage_wallet"}
			got := p.Apply(t.Context(), instance, attributes(w)).Errors()
			for _, want := range []string{"Wallet Not Created", "InsufficientLimit", "the line has nothing left", "tainted", instance.String("id")} {
				if !strings.Contains(got, want) {
					t.Errorf("the error lacks %q: %s", want, got)
				}
			}
			if !instance.Tainted {
				t.Error("the wallet is not tainted in the state")
			}
			mustApply(t, p, instance, attributes(w))
			if names := activeWallets(w); len(names) != 1 {
				t.Errorf("the API has %v", names)
			}
		})
	})
	t.Run("rename", func(t *testing.T) {
		t.Parallel()
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			w.Emulator.Inject(emulator.Fault{Operation: "update_wallet", Effect: fail})
			p := w.Protocol(t)
			instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
			mustApply(t, p, instance, config)
			config["name"] = "renamed"
			got := p.Apply(t.Context(), instance, config).Errors()
			for _, want := range []string{"Wallet Not Renamed", "InsufficientLimit", `"staging"`} {
				if !strings.Contains(got, want) {
					t.Errorf("the error lacks %q: %s", want, got)
				}
			}
			if instance.String("name") != "staging" {
				t.Errorf("the state has the name %s", instance.String("name"))
			}
			mustApply(t, p, instance, config) // the error of before is no error of now
		})
	})
	t.Run("delete", func(t *testing.T) {
		t.Parallel()
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			w.Emulator.Inject(emulator.Fault{Operation: "delete_wallet", Effect: fail})
			p := w.Protocol(t)
			instance := &acctest.Instance{Type: "voltage_wallet"}
			mustApply(t, p, instance, attributes(w))
			got := p.Destroy(t.Context(), instance).Errors()
			for _, want := range []string{"Wallet Not Deleted", "the deletion failed at", "stays in the state", instance.String("id")} {
				if !strings.Contains(got, want) {
					t.Errorf("the error lacks %q: %s", want, got)
				}
			}
			if instance.State.IsNull() {
				t.Fatal("the state has lost the wallet")
			}
			mustApply(t, p, instance, attributes(w)) // an old deletion_failed_at says nothing
			if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
				t.Errorf("the second deletion: state %s, errors %s", instance.State, diags.Errors())
			}
		})
	})
}

// TestAccWallet_deletionFailsUnseen: reads that lag behind an accepted deletion, and find nothing, do not hide that it fails.
func TestAccWallet_deletionFailsUnseen(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance := &acctest.Instance{Type: "voltage_wallet"}
		mustApply(t, p, instance, attributes(w))
		w.Emulator.Inject(emulator.Fault{Operation: "delete_wallet", Effect: emulator.FailAsync{Type: "InsufficientLimit", Detail: "no"}})
		w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Nth: 2, Times: 3, Effect: emulator.NotFound{}})
		got := p.Destroy(t.Context(), instance).Errors()
		if !strings.Contains(got, "the deletion failed at") || instance.State.IsNull() {
			t.Errorf("the wallet is lost: %q, state %s", got, instance.State)
		}
	})
}

// TestAccWallet_timeouts: a wait whose time has run out leaves the state true.
func TestAccWallet_timeouts(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"create", "update", "delete"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				w.ShareAfter = voltage.DefaultShareAfter // the fault is of single reads
				p := w.Protocol(t)
				instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
				config["timeouts"] = acctest.Config{operation: "5m"}
				if operation != "create" {
					mustApply(t, p, instance, config)
				}
				// The write is done, and no read shows it until the time has run out.
				w.Emulator.Inject(emulator.Fault{
					Operation: "get_wallet",
					Nth:       map[string]int{"create": 1, "update": 2, "delete": 2}[operation],
					Times:     -1,
					Effect:    emulator.Stale{},
				})
				var diags acctest.Diagnostics
				switch operation {
				case "update":
					config["name"] = "renamed"
					diags = p.Apply(t.Context(), instance, config)
				case "delete":
					diags = p.Destroy(t.Context(), instance)
				default:
					diags = p.Apply(t.Context(), instance, config)
				}
				w.Emulator.ClearFaults()
				got := diags.Errors()
				for _, want := range []string{"timed out after ", "last seen", "timeouts", "staging", instance.String("id")} {
					if !strings.Contains(got, want) {
						t.Errorf("the error lacks %q: %s", want, got)
					}
				}
				if instance.State.IsNull() {
					t.Fatal("the state has lost the wallet")
				}
				if instance.Tainted != (operation == "create") {
					t.Errorf("tainted: %t", instance.Tainted)
				}
				delete(config, "timeouts")
				mustApply(t, p, instance, config)
				if names := activeWallets(w); len(names) != 1 {
					t.Errorf("the API has %v", names)
				}
			})
		})
	}
}

// TestAccWallet_timeoutThroughTerraform sees a creation that times out: it is tainted, and the next apply replaces it.
func TestAccWallet_timeoutThroughTerraform(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	w.ShareAfter = voltage.DefaultShareAfter // the fault is of single reads
	w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: -1, Effect: emulator.NotFound{}})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{
				Config:      config(w, "staging", `timeouts = { create = "2s" }`),
				ExpectError: regexp.MustCompile(`(?s)Wallet Not Created.*last\s+seen:\s+no\s+wallet\s+with\s+this\s+ID.*tainted`),
			},
			{
				PreConfig: w.Emulator.ClearFaults,
				Config:    config(w, "staging", ""),
			},
		},
	})
	if got := w.Emulator.Count("create_wallet"); got != 2 {
		t.Errorf("%d creations, want the tainted one and its replacement", got)
	}
	if names := activeWallets(w); len(names) != 0 {
		t.Errorf("the API has %v after the destroy", names)
	}
}

// TestAccWallet_interrupted: a creation that is interrupted at any of its requests keeps its ID in the state.
func TestAccWallet_interrupted(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"before the work":    {Operation: "create_wallet", Effect: emulator.Hang{}},
		"after the work":     {Operation: "create_wallet", Effect: emulator.Hang{After: true}},
		"while it is waited": {Operation: "get_wallet", Effect: emulator.Hang{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				w.Emulator.Inject(fault)
				p := w.Protocol(t)
				instance := &acctest.Instance{Type: "voltage_wallet"}
				got := p.Apply(w.InterruptedAt(t, fault.Operation), instance, attributes(w)).Errors()
				if !instance.Tainted || instance.String("id") == "" {
					t.Fatalf("the wallet is not in the state, tainted: %s", got)
				}
				for _, want := range []string{"Wallet Not Created", instance.String("id"), "tainted", "terraform apply again"} {
					if !strings.Contains(got, want) {
						t.Errorf("the error lacks %q: %s", want, got)
					}
				}
				mustApply(t, p, instance, attributes(w))
				if names := activeWallets(w); len(names) != 1 {
					t.Errorf("the API has %v", names)
				}
			})
		})
	}
}

// TestAccWallet_ownID: an ID of the user's is refused where it is in use, with the import that may be meant.
func TestAccWallet_ownID(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
		config["id"] = uuid.NewString()
		mustApply(t, p, instance, config)
		if instance.String("id") != config["id"] {
			t.Errorf("the wallet has the ID %s", instance.String("id"))
		}
		// As after a creation whose process was killed: the API has the wallet, and no state knows it.
		lost := &acctest.Instance{Type: "voltage_wallet"}
		got := p.Apply(t.Context(), lost, config).Errors()
		command := "terraform import ADDRESS " + w.OrganizationID.String() + "/" + config["id"].(string)
		for _, want := range []string{"id: ID In Use", `"staging"`, command, "adopt_existing"} {
			if !strings.Contains(got, want) {
				t.Errorf("the error lacks %q: %s", want, got)
			}
		}
		if !lost.State.IsNull() {
			t.Error("the state has taken the wallet over")
		}
		imported, diags := p.Import(t.Context(), "voltage_wallet", strings.Fields(command)[3], nil)
		if diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		mustApply(t, p, imported, config)

		if diags := p.Destroy(t.Context(), imported); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		if got := p.Apply(t.Context(), lost, config).Errors(); !strings.Contains(got, "that is deleted") {
			t.Errorf("the ID of a deleted wallet: %s", got)
		}
		if got := w.Emulator.Count("create_wallet"); got != 1 {
			t.Errorf("%d POSTs", got)
		}

		// As the message says, a creation that failed needs another ID the next time.
		config["id"] = uuid.NewString()
		w.Emulator.Inject(emulator.Fault{Operation: "create_wallet", Effect: emulator.FailAsync{Type: "InsufficientLimit"}})
		if got := p.Apply(t.Context(), lost, config).Errors(); !strings.Contains(got, "set another id, because an ID cannot be used twice") {
			t.Errorf("a tainted wallet with an ID of the user's: %s", got)
		}
		config["id"] = uuid.NewString()
		mustApply(t, p, lost, config)
	})
}

func TestAccWallet_sameIDTwice(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t, func(c *emulator.Config) { c.Delay = 300 * time.Millisecond })
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config: config(w, "staging", `id = "6c1f6a3e-0f0d-4a58-9d6b-1d9b7d3b8c11"`) + `
resource "voltage_wallet" "twin" {
  id                = "6c1f6a3e-0f0d-4a58-9d6b-1d9b7d3b8c11"
  name              = "twin"
  network           = "mutinynet"
  line_of_credit_id = "` + w.LineOfCreditID.String() + `"
  limit             = 1
}
`,
			ExpectError: regexp.MustCompile(`ID In Use`),
		}},
	})
	if got := w.Emulator.Count("create_wallet"); got != 1 {
		t.Errorf("%d POSTs", got)
	}
}
