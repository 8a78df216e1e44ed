package provider_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// next is the folder of the states that this version writes. Every other folder is a release's, and never changes.
const next = "next"

var writeStates = flag.Bool("write-states", false,
	"write testdata/state/next again, with the states that this version of the provider writes")

// fixture is a resource of a release: what its user had written, and what Terraform had in the state after it was applied.
type fixture struct {
	Config   json.RawMessage `json:"config"`
	Instance acctest.Saved   `json:"instance"`
}

// upgrade says of a resource what to write into a fixture, and how the API comes to have what a fixture is about.
type upgrade struct {
	config acctest.Config
	// prepare makes what the resource is about and does not make itself: before the fixture is written, and before it is tried.
	prepare func(u *upgraded)
	// remake makes the object itself.
	remake func(u *upgraded)
	// fresh are attributes that differ each time that the object is made.
	fresh []string
}

// upgraded is a fixture on an emulator of its own, whose clock stands.
type upgraded struct {
	*acctest.World
	t          *testing.T
	attributes map[string]any
}

const heldWallet = "5f7c1d0e-3b6a-4e0d-9a51-2c8f4b7e6d10"

func upgrades() map[string]upgrade {
	limit := int64(5000)
	held := func(u *upgraded) {
		u.must(u.Emulator.AddWallet(emulator.Wallet{
			ID: uuid.MustParse(heldWallet), EnvironmentID: u.EnvironmentID, Name: "held", Network: u.Network,
			LineOfCreditID: &u.LineOfCreditID, Limit: &limit,
		}))
	}
	nothing := func(*upgraded) {}
	return map[string]upgrade{
		"voltage_wallet": {
			config: acctest.Config{
				"name": "orders", "network": "mutinynet", "line_of_credit_id": emulator.StagingLineID.String(), "limit": limit,
				"metadata": acctest.Config{"team": "payments", "cost center": "4711"}, "timeouts": acctest.Config{"create": "10m"},
			},
			prepare: nothing,
			remake: func(u *upgraded) {
				u.must(u.Emulator.AddWallet(emulator.Wallet{
					ID: u.id("id"), EnvironmentID: u.EnvironmentID, Name: "orders", Network: "mutinynet",
					LineOfCreditID: &emulator.StagingLineID, Limit: &limit,
					Metadata: map[string]string{"team": "payments", "cost center": "4711"},
				}))
			},
		},
		"voltage_wallet_policies": {
			config: acctest.Config{
				"wallet_id": heldWallet, "max_payment_size_sats": 100_000, "ofac_compliant": true,
				"processing_fee": acctest.Config{"send_basis_points": 50, "receive_basis_points": 0},
			},
			prepare: held,
			remake: func(u *upgraded) {
				most := int64(100_000)
				u.must(u.Emulator.SetPolicies(uuid.MustParse(heldWallet), emulator.Policies{
					MaxPaymentSizeSats: &most, OFACCompliant: true, ProcessingFee: &emulator.ProcessingFee{SendBasisPoints: 50},
				}))
			},
		},
		"voltage_payment_request": {
			config: acctest.Config{
				"wallet_id": heldWallet, "kind": "bolt11", "amount": acctest.Config{"amount": 21_000, "currency": "btc"},
				"description": "21 sats", "expiration": 600, "metadata": acctest.Config{"order": "17"},
			},
			prepare: held,
			remake: func(u *upgraded) {
				u.post("payments", fmt.Sprintf(`{"id":%q,"wallet_id":%q,"payment_kind":"bolt11","amount":{"currency":"btc","amount":21000},
					"description":"21 sats","expiration":600,"metadata":{"order":"17"}}`, u.id("id"), heldWallet))
			},
			fresh: []string{"payment_request", "bip21_uri"},
		},
		"voltage_checkout_session": {
			config: acctest.Config{
				"wallet_id": heldWallet, "kind": "bip21", "amount": acctest.Config{"amount": 21_000, "currency": "btc"}, "description": "21 sats",
				"expires_at": "2126-09-01T12:00:00+02:00", "metadata": `{"table": 4}`, "payment_metadata": acctest.Config{"order": "17"},
				"redirect_urls": acctest.Config{"success": "https://shop.example/thanks"},
			},
			prepare: func(u *upgraded) {
				held(u)
				u.Emulator.SetCheckout(u.EnvironmentID, emulator.Checkout{OriginPolicy: "allow_all"})
			},
			remake: func(u *upgraded) {
				u.post("checkout/sessions", fmt.Sprintf(`{"id":%q,"payment_id":%q,"wallet_id":%q,"payment_kind":"bip21",
					"amount":{"currency":"btc","amount":21000},"description":"21 sats","expires_at":"2126-09-01T10:00:00Z","metadata":{"table":4},
					"payment_metadata":{"order":"17"},"redirect_urls":{"success":"https://shop.example/thanks"}}`,
					u.id("id"), u.id("payment_id"), heldWallet))
			},
			fresh: []string{"payment_request", "address", "bip21_uri"},
		},
		"voltage_webhook": {
			config: acctest.Config{
				"name": "orders", "url": "https://shop.example/hooks",
				"events": acctest.Config{"receive": []any{"completed", "failed"}}, "secret_version": 3,
			},
			prepare: nothing,
			remake: func(u *upgraded) {
				u.post("webhooks", fmt.Sprintf(
					`{"id":%q,"name":"orders","url":"https://shop.example/hooks","events":[{"receive":"completed"},{"receive":"failed"}]}`, u.id("id"),
				))
			},
		},
		"voltage_checkout_settings": {
			config:  acctest.Config{"origin_policy": "allowlist", "allowed_origins": []any{"https://shop.example", "http://localhost:3000"}},
			prepare: nothing,
			remake: func(u *upgraded) {
				u.Emulator.SetCheckout(u.EnvironmentID, emulator.Checkout{
					OriginPolicy:   "allowlist",
					AllowedOrigins: []string{"https://shop.example", "http://localhost:3000"},
				})
			},
		},
		"voltage_sandbox_line_of_credit": {
			config:  acctest.Config{"line_of_credit_id": emulator.StagingLineID.String(), "limit": 90_000_000_000},
			prepare: nothing,
			remake:  func(u *upgraded) { u.must(u.Emulator.SetLineLimit(emulator.StagingLineID, 90_000_000_000)) },
		},
	}
}

func standing(c *emulator.Config) {
	c.Now = func() time.Time { return time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC) }
}

func (u *upgraded) must(err error) {
	u.t.Helper()
	if err != nil {
		u.t.Fatal(err)
	}
}

// id is a UUID of the fixture.
func (u *upgraded) id(attribute string) uuid.UUID {
	u.t.Helper()
	text, _ := u.attributes[attribute].(string)
	id, err := uuid.Parse(text)
	u.must(err)
	return id
}

// post makes an object with the fixture's ID, without the provider.
func (u *upgraded) post(what, body string) {
	u.t.Helper()
	url := fmt.Sprintf("%s/organizations/%s/environments/%s/%s", u.URL, u.OrganizationID, u.EnvironmentID, what)
	request, err := http.NewRequestWithContext(u.t.Context(), http.MethodPost, url, strings.NewReader(body))
	u.must(err)
	request.Header.Set("X-Api-Key", emulator.StagingKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := u.HTTP().Do(request)
	u.must(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusAccepted && response.StatusCode != http.StatusCreated {
		u.t.Fatalf("%s: %s", what, response.Status)
	}
}

// readFixtures reads what a release wrote, by resource.
func readFixtures(t *testing.T, release string) map[string]fixture {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "state", release, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	fixtures := map[string]fixture{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var read fixture
		if err := json.Unmarshal(content, &read); err != nil {
			t.Fatalf("%s: %s", file, err)
		}
		fixtures[strings.TrimSuffix(filepath.Base(file), ".json")] = read
	}
	return fixtures
}

// writeFixture applies a resource and writes down what came of it.
func writeFixture(t *testing.T, kind string, of upgrade) {
	t.Helper()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, instance := w.Protocol(t), &acctest.Instance{Type: kind}
		of.prepare(&upgraded{World: w, t: t})
		p.MustApply(instance, of.config)
		config, err := json.Marshal(of.config)
		if err != nil {
			t.Fatal(err)
		}
		content, err := json.MarshalIndent(fixture{Config: config, Instance: p.Save(t.Context(), instance)}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("testdata", "state", next, kind+".json"), append(content, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}, standing)
}

// releases are the folders of fixtures.
func releases(t *testing.T) []string {
	t.Helper()
	folders, err := os.ReadDir(filepath.Join("testdata", "state"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, folder := range folders {
		names = append(names, folder.Name())
	}
	return names
}

// TestUpgrade: the state that a release has written is read as it was meant, and plans nothing, on an API that has what the state is
// about. A release's fixtures never change; those of the folder next are what this version writes.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	if *writeStates {
		for kind, of := range upgrades() {
			writeFixture(t, kind, of)
		}
	}
	for _, release := range releases(t) {
		for kind, saved := range readFixtures(t, release) {
			t.Run(release+"/"+kind, func(t *testing.T) {
				t.Parallel()
				of, ok := upgrades()[kind]
				if !ok {
					t.Fatal("no upgrade says how the API comes to have what the fixture is about")
				}
				u := &upgraded{World: acctest.Emulated(t, standing), t: t, attributes: attributesOf(t, saved.Instance.Attributes)}
				of.prepare(u)
				of.remake(u)
				p := u.Protocol(t)
				loaded, diags := p.Load(t.Context(), kind, saved.Instance)
				p.Expect("reading the state", diags)
				u.compare("read", p.Save(t.Context(), loaded), saved.Instance)
				p.Expect("refreshing", p.Refresh(t.Context(), loaded))
				u.compare("refreshed", p.Save(t.Context(), loaded), saved.Instance, of.fresh...)
				config, err := acctest.ReadConfig(saved.Config)
				u.must(err)
				plan := p.Plan(t.Context(), loaded, config)
				if plan.Changes() || plan.Diagnostics.Errors()+plan.Diagnostics.Warnings() != "" {
					t.Errorf("the plan is not empty: %v %s %s", plan.Paths, plan.Diagnostics.Errors(), plan.Diagnostics.Warnings())
				}
			})
		}
	}
}

func attributesOf(t *testing.T, content []byte) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var attributes map[string]any
	if err := decoder.Decode(&attributes); err != nil {
		t.Fatal(err)
	}
	return attributes
}

// compare wants each attribute of the fixture, except for some, in a state of this version. An upgrade from an older schema may have
// changed them, and a newer release may have more.
func (u *upgraded) compare(how string, got, saved acctest.Saved, but ...string) {
	u.t.Helper()
	if got.SchemaVersion != saved.SchemaVersion {
		return
	}
	attributes := attributesOf(u.t, got.Attributes)
	for name, want := range u.attributes {
		if value, ok := attributes[name]; !slices.Contains(but, name) && (!ok || !reflect.DeepEqual(value, want)) {
			u.t.Errorf("%s: %s was %v, and is %v. Raise the schema's version, and upgrade the states of older versions.", how, name, want, value)
		}
	}
}

// TestUpgrade_states: there is a fixture of each resource that the provider offers, with all of its attributes, and one folder for each
// release of the changelog.
func TestUpgrade_states(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, fixtures := w.Unconfigured(t), readFixtures(t, next)
		if got, want := slices.Sorted(maps.Keys(fixtures)), p.Offers()["resources"]; !slices.Equal(got, want) {
			t.Errorf("there are states of %v, want %v", got, want)
		}
		for kind, saved := range fixtures {
			loaded, diags := p.Load(t.Context(), kind, saved.Instance)
			p.Expect(kind, diags)
			current := p.Save(t.Context(), loaded)
			got, want := slices.Sorted(maps.Keys(attributesOf(t, saved.Instance.Attributes))),
				slices.Sorted(maps.Keys(attributesOf(t, current.Attributes)))
			if saved.Instance.SchemaVersion != current.SchemaVersion || !slices.Equal(got, want) {
				t.Errorf("%s: the state has version %d and %v, want version %d and %v: run this package's tests with -write-states",
					kind, saved.Instance.SchemaVersion, got, current.SchemaVersion, want)
			}
		}
		changelog, err := os.ReadFile(filepath.Join("..", "..", "CHANGELOG.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, released := range regexp.MustCompile(`(?m)^## \[?(\d+\.\d+\.\d+)`).FindAllStringSubmatch(string(changelog), -1) {
			if !slices.Contains(releases(t), "v"+released[1]) {
				t.Errorf("there are no states of v%s: copy testdata/state/%s to testdata/state/v%[1]s", released[1], next)
			}
		}
	})
}

// TestAccUpgrade plans the states of each release with the real Terraform, all resources at once.
func TestAccUpgrade(t *testing.T) {
	t.Parallel()
	for _, release := range releases(t) {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			w := acctest.Emulated(t, standing)
			configured, resources, prepared := map[string]any{}, []any{}, map[string]bool{}
			for kind, saved := range readFixtures(t, release) {
				of := upgrades()[kind]
				u := &upgraded{World: w, t: t, attributes: attributesOf(t, saved.Instance.Attributes)}
				if held := u.attributes["wallet_id"] == heldWallet; !held || !prepared[heldWallet] { // which two resources are about
					of.prepare(u)
					prepared[heldWallet] = prepared[heldWallet] || held
				}
				of.remake(u)
				configured[kind] = map[string]any{"test": saved.Config}
				resources = append(resources, map[string]any{
					"mode": "managed", "type": kind, "name": "test",
					"provider": `provider["` + acctest.Address() + `"]`, "instances": []any{saved.Instance},
				})
			}
			c := w.InProcess(t)
			c.Write("provider.tf", w.ProviderBlock(emulator.StagingKey))
			for name, content := range map[string]any{
				"main.tf.json": map[string]any{
					"terraform": map[string]any{"required_providers": map[string]any{"voltage": map[string]any{"source": "voltagecloud/voltage"}}},
					"resource":  configured,
				},
				"terraform.tfstate": map[string]any{
					"version": 4, "terraform_version": "1.8.0", "serial": 1, "lineage": uuid.NewString(),
					"outputs": map[string]any{}, "resources": resources,
				},
			} {
				text, err := json.Marshal(content)
				if err != nil {
					t.Fatal(err)
				}
				c.Write(name, string(text))
			}
			if out, err := c.Try("plan", "-detailed-exitcode"); err != nil {
				t.Errorf("the plan is not empty:\n%s", out)
			}
			if len(w.Emulator.Requests()) < len(resources) {
				t.Error("nothing was refreshed")
			}
		})
	}
}
