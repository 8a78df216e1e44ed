package wallet_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWallet_import imports in every form, and plans nothing afterwards.
func TestAccWallet_import(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]func(organization, id string) (string, acctest.Config){
		"ID":              func(_, id string) (string, acctest.Config) { return id, nil },
		"upper case":      func(_, id string) (string, acctest.Config) { return strings.ToUpper(id), nil },
		"organization/ID": func(organization, id string) (string, acctest.Config) { return organization + "/" + id, nil },
		"identity": func(organization, id string) (string, acctest.Config) {
			return "", acctest.Config{"organization_id": organization, "id": id}
		},
		"identity, organization of the provider": func(_, id string) (string, acctest.Config) { return "", acctest.Config{"id": id} },
	} {
		for metadata, value := range map[string]any{"no metadata": nil, "empty metadata": acctest.Config{}} {
			t.Run(name+" "+metadata, func(t *testing.T) {
				t.Parallel()
				acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
					t.Helper()
					p := w.Protocol(t)
					made := &acctest.Instance{Type: "voltage_wallet"}
					mustApply(t, p, made, attributes(w))
					id, identity := form(w.OrganizationID.String(), made.String("id"))
					imported, diags := p.Import(t.Context(), "voltage_wallet", id, identity)
					if diags.Errors() != "" {
						t.Fatal(diags.Errors())
					}
					if !imported.State.Equal(made.State) {
						t.Errorf("imported %s, want %s", imported.State, made.State)
					}
					config := attributes(w)
					config["metadata"] = value
					if plan := p.Plan(t.Context(), imported, config); plan.Changes() || plan.Diagnostics.Errors() != "" {
						t.Errorf("the plan after the import is not empty: %v %s", plan.Paths, plan.Diagnostics.Errors())
					}
				})
			})
		}
	}
}

// TestAccWallet_importWithoutLine: a wallet that no line of credit backs can be managed, though none can be made.
func TestAccWallet_importWithoutLine(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		id := uuid.New()
		if err := w.Emulator.AddWallet(emulator.Wallet{ID: id, EnvironmentID: w.EnvironmentID, Name: "legacy", Network: "mainnet"}); err != nil {
			t.Fatal(err)
		}
		p := w.Protocol(t)
		imported, diags := p.Import(t.Context(), "voltage_wallet", id.String(), nil)
		if diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		config := acctest.Config{"name": "legacy", "network": "mainnet"}
		mustApply(t, p, imported, config)
		config["name"] = "renamed"
		mustApply(t, p, imported, config)
	})
}

func TestAccWallet_importErrors(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	p := w.Protocol(t)
	for _, id := range []string{
		"x", "a/b", "/", "/" + uuid.NewString(), w.OrganizationID.String() + "/",
		w.OrganizationID.String() + "/" + uuid.NewString() + "/c", " " + uuid.NewString(),
	} {
		_, diags := p.Import(t.Context(), "voltage_wallet", id, nil)
		if got := diags.Errors(); !strings.Contains(got, "Invalid Import ID") || !strings.Contains(got, "ORGANIZATION_ID/WALLET_ID") {
			t.Errorf("%q: %s", id, got)
		}
	}
	if got := len(w.Emulator.Requests()); got != 0 {
		t.Errorf("%d requests were sent", got)
	}
	imported, diags := p.Import(t.Context(), "voltage_wallet", uuid.NewString(), nil)
	if diags.Errors() != "" || !imported.State.IsNull() {
		t.Errorf("a wallet that does not exist was imported: %s", diags.Errors())
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config: config(w, "staging", ""), ResourceName: address, ImportState: true, ImportStateId: uuid.NewString(),
			ExpectError: regexp.MustCompile(`Cannot import non-existent remote object`),
		}},
	})
}

// TestAccWallet_identity: the identity is there from the moment the ID is, and never changes.
func TestAccWallet_identity(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
		config["id"] = strings.ToUpper(uuid.NewString())
		check := func(when string) {
			t.Helper()
			got := p.Identity(instance)
			if got["id"] != strings.ToLower(config["id"].(string)) || got["organization_id"] != w.OrganizationID.String() {
				t.Errorf("%s the identity is %v", when, got)
			}
		}
		w.Emulator.Inject(emulator.Fault{Operation: "create_wallet", Effect: emulator.FailAsync{Type: "InsufficientLimit"}})
		if diags := p.Apply(t.Context(), instance, config); diags.Errors() == "" {
			t.Fatal("the creation did not fail")
		}
		check("after a failed creation")
		config["id"] = strings.ToUpper(uuid.NewString())
		mustApply(t, p, instance, config)
		check("after a creation")
		if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		check("after a read")
		config["name"] = "renamed"
		mustApply(t, p, instance, config)
		check("after a rename")
	})
}
