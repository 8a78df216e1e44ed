package wallet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

func TestMain(m *testing.M) {
	acctest.AddSweeper("voltage_wallet", sweepWallets)
	resource.TestMain(m)
}

// sweepWallets deletes the wallets that tests have left behind.
func sweepWallets(ctx context.Context, client *voltage.Client, organization, environment uuid.UUID, before time.Time) error {
	wallets, err := client.ListWallets(ctx, organization, voltage.WalletFilter{EnvironmentID: environment})
	if err != nil {
		return err
	}
	var errs []error
	for i := range wallets {
		wallet := &wallets[i]
		if !wallet.Active || !acctest.LeftWallet(wallet, before) {
			continue
		}
		if err := client.DeleteWallet(ctx, voltage.Ref{OrganizationID: organization, ID: wallet.ID}); err != nil && !voltage.IsNotFound(err) {
			errs = append(errs, fmt.Errorf("deleting %s: %w", wallet.ID, err)) // such as one that holds funds: the others can go
		}
	}
	return errors.Join(errs...)
}

// TestSweepWallets: what tests have left goes, everything else stays.
func TestSweepWallets(t *testing.T) {
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		seed(t, w,
			emulator.Wallet{ID: uuid.New(), Name: acctest.Name("rich"), Balances: []emulator.Money{{Currency: "btc", Amount: 1}}},
			emulator.Wallet{ID: uuid.New(), Name: acctest.Name("left")},
			emulator.Wallet{ID: uuid.New(), Name: "orders"},
			emulator.Wallet{
				ID:             uuid.New(),
				Name:           acctest.Name("real"),
				Network:        "mainnet",
				LineOfCreditID: &emulator.StagingMainnetLineID,
				Limit:          new(int64),
			},
			emulator.Wallet{ID: uuid.New(), Name: acctest.Name("second"), EnvironmentID: emulator.SecondEnvironmentID},
		)
		sweep := func(before time.Time) error {
			return sweepWallets(t.Context(), w.API(t), w.OrganizationID, w.EnvironmentID, before)
		}
		if err := sweep(time.Now().Add(-time.Hour)); err != nil || len(activeWallets(w)) != 5 {
			t.Errorf("young wallets were swept: %v, %v", activeWallets(w), err)
		}
		if err := sweep(time.Now().Add(time.Hour)); err == nil || !strings.Contains(err.Error(), "wallet_not_empty") {
			t.Errorf("a wallet with funds: %v", err)
		}
		if got := activeWallets(w); len(got) != 4 || !slices.Contains(got, "orders") ||
			slices.ContainsFunc(got, func(name string) bool { return strings.HasPrefix(name, "tf-acc-left") }) {
			t.Errorf("left: %v", got)
		} else if !slices.ContainsFunc(got, func(name string) bool { return strings.HasPrefix(name, "tf-acc-real") }) {
			t.Errorf("a wallet of real money was swept; left: %v", got)
		}
	})
}
