package wallet_test

import (
	"context"
	"fmt"
	"os"
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
	resource.AddTestSweepers("voltage_wallet", &resource.Sweeper{Name: "voltage_wallet", F: func(string) error {
		return sweepWallets(context.Background(), time.Now().Add(-time.Hour))
	}})
	resource.TestMain(m)
}

// sweepWallets deletes the wallets that tests have made in the environment of the VOLTAGE_ variables and left behind, if
// they are older than a time: younger ones may belong to a test that runs.
func sweepWallets(ctx context.Context, before time.Time) error {
	client, err := voltage.New(voltage.Config{
		BaseURL: os.Getenv("VOLTAGE_API_URL"), APIKey: os.Getenv("VOLTAGE_API_KEY"), UserAgent: "terraform-provider-voltage/sweeper",
		MaxRetries: voltage.DefaultMaxRetries,
	})
	if err != nil {
		return fmt.Errorf("configuring the sweeper: %w", err)
	}
	organization, err := voltage.ParseID(os.Getenv("VOLTAGE_ORGANIZATION_ID"))
	if err != nil {
		return fmt.Errorf("VOLTAGE_ORGANIZATION_ID: %w", err)
	}
	environment, err := voltage.ParseID(os.Getenv("VOLTAGE_ENVIRONMENT_ID"))
	if err != nil {
		return fmt.Errorf("VOLTAGE_ENVIRONMENT_ID: %w", err)
	}
	wallets, err := client.ListWallets(ctx, organization, voltage.WalletFilter{EnvironmentID: environment})
	if err != nil {
		return err
	}
	for _, wallet := range wallets {
		if !strings.HasPrefix(wallet.Name, "tf-acc-") || wallet.CreatedAt.After(before) {
			continue
		}
		if err := client.DeleteWallet(ctx, organization, wallet.ID); err != nil && !voltage.IsNotFound(err) {
			return fmt.Errorf("deleting %s: %w", wallet.ID, err)
		}
	}
	return nil
}

// TestSweepWallets: what tests have left goes, everything else stays.
func TestSweepWallets(t *testing.T) {
	w := acctest.Emulated(t)
	for variable, value := range map[string]string{
		"VOLTAGE_API_URL": w.URL, "VOLTAGE_API_KEY": emulator.StagingKey, "VOLTAGE_ORGANIZATION_ID": w.OrganizationID.String(),
		"VOLTAGE_ENVIRONMENT_ID": w.EnvironmentID.String(),
	} {
		t.Setenv(variable, value)
	}
	seed(t, w,
		emulator.Wallet{ID: uuid.New(), Name: acctest.Name("left")},
		emulator.Wallet{ID: uuid.New(), Name: "orders"},
		emulator.Wallet{ID: uuid.New(), Name: acctest.Name("second"), EnvironmentID: emulator.SecondEnvironmentID},
	)
	if err := sweepWallets(t.Context(), time.Now().Add(-time.Hour)); err != nil || len(activeWallets(w)) != 3 {
		t.Errorf("young wallets were swept: %v, %v", activeWallets(w), err)
	}
	if err := sweepWallets(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := activeWallets(w); len(got) != 2 || !slices.Contains(got, "orders") {
		t.Errorf("left: %v", got)
	}
}
