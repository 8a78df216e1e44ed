package wallet_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWallet_slowCreation: an accepted creation that takes longer than any read is patient, and was interrupted or timed out,
// is neither forgotten nor made twice, whatever comes next.
func TestAccWallet_slowCreation(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]func(*testing.T, *acctest.Protocol, *acctest.Instance, acctest.Config) int{
		"apply": func(t *testing.T, p *acctest.Protocol, i *acctest.Instance, c acctest.Config) int {
			t.Helper()
			mustApply(t, p, i, c)
			return 1
		},
		"destroy": func(t *testing.T, p *acctest.Protocol, i *acctest.Instance, _ acctest.Config) int {
			t.Helper()
			if diags := p.Destroy(t.Context(), i); diags.Errors() != "" || !i.State.IsNull() {
				t.Errorf("state %s, errors %s", i.State, diags.Errors())
			}
			return 0
		},
	} {
		for end, interrupted := range map[string]bool{"interrupted": true, "timed out": false} {
			t.Run(name+" after a creation that was "+end, func(t *testing.T) {
				t.Parallel()
				acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
					t.Helper()
					p := w.Protocol(t)
					instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
					config["timeouts"] = acctest.Config{"create": "5s"}
					ctx := t.Context()
					if interrupted {
						delete(config, "timeouts")
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, 5*time.Second)
						defer cancel()
					}
					if diags := p.Apply(ctx, instance, config); diags.Errors() == "" || !instance.Tainted {
						t.Fatalf("the creation ended well: %s", diags.Errors())
					}
					delete(config, "timeouts")
					want := next(t, p, instance, config)
					time.Sleep(time.Minute) // whatever was going to appear has appeared
					if names := activeWallets(w); len(names) != want {
						t.Errorf("the API has %v, want %d", names, want)
					}
				}, func(c *emulator.Config) { c.Delay = 20 * time.Second })
			})
		}
	}
}

// TestAccWallet_foreign404: a 404 that is not the API's does not lose a wallet.
func TestAccWallet_foreign404(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
		mustApply(t, p, instance, config)
		w.Emulator.Inject(emulator.Fault{Times: -1, Effect: emulator.Answer{Status: 404, ContentType: "text/html", Body: "<p>no such page"}})
		for what, diags := range map[string]acctest.Diagnostics{
			"refresh": p.Refresh(t.Context(), instance), "destroy": p.Destroy(t.Context(), instance),
		} {
			if got := diags.Errors(); !strings.Contains(got, "not the API's (text/html)") || !strings.Contains(got, "base_url") ||
				instance.State.IsNull() {
				t.Errorf("%s: %q, state %s", what, got, instance.State)
			}
		}
		w.Emulator.ClearFaults()
		mustApply(t, p, instance, config)
	})
}

// TestAccWallet_pendingImport: an import that cannot read is an error, and no plan to replace what was imported.
func TestAccWallet_pendingImport(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		made := &acctest.Instance{Type: "voltage_wallet"}
		mustApply(t, w.Protocol(t), made, attributes(w))
		pending := w.Protocol(t, acctest.Config{"api_key": acctest.Unknown{}})
		for form, test := range map[string]struct {
			id       string
			identity acctest.Config
		}{
			"ID": {id: made.String("id")}, "identity": {identity: acctest.Config{"id": made.String("id")}},
		} {
			if _, diags := pending.Import(t.Context(), "voltage_wallet", test.id,
				test.identity); !strings.Contains(diags.Errors(), "Not Known Yet") {
				t.Errorf("%s: %q", form, diags.Errors())
			}
		}
		// A Terraform before 1.12 keeps no identity between runs.
		made.Identity = nil
		if diags := pending.Refresh(t.Context(), made); diags.Errors() != "" || made.State.IsNull() {
			t.Errorf("refresh: %s", diags.Errors())
		}
	})
}

// TestAccWallet_replacementOfOwnID is refused while planning, before anything is deleted.
func TestAccWallet_replacementOfOwnID(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
		config["id"] = uuid.NewString()
		mustApply(t, p, instance, config)
		config["limit"] = 2000
		if got := p.Apply(t.Context(), instance, config).Errors(); !strings.Contains(got, "id: Replacement Needs a New ID") ||
			!strings.Contains(got, "limit") {
			t.Errorf("got %q", got)
		}
		if w.Emulator.Count("delete_wallet") != 0 || instance.State.IsNull() {
			t.Error("the wallet was deleted")
		}
		config["id"] = uuid.NewString()
		mustApply(t, p, instance, config)
	})
}

// TestAccWalletDataSource_unknownEnvironment does not pass for every environment.
func TestAccWalletDataSource_unknownEnvironment(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		seed(t, w, emulator.Wallet{ID: uuid.New(), Name: "treasury", EnvironmentID: emulator.SecondEnvironmentID})
		p := w.Protocol(t, acctest.Config{"api_key": nil, "bearer_token": emulator.UserToken, "environment_id": acctest.Unknown{}})
		for kind, config := range map[string]acctest.Config{
			"voltage_wallet": {"name": "treasury"}, "voltage_wallets": nil,
			"voltage_line_of_credit": {"currency": "usd"}, "voltage_lines_of_credit": nil,
			"voltage_payments": nil, "voltage_payment": {"id": uuid.NewString()},
		} {
			if got, diags := p.ReadDataSource(t.Context(), kind, config); !strings.Contains(diags.Errors(),
				"environment_id of the provider comes from another resource") {
				t.Errorf("%s: %v, %q", kind, got, diags.Errors())
			}
		}
	})
}
