package voltage_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// BenchmarkWaitForWallet creates several wallets at the same time on emulators with a delay. It reports the median delay of the waits, as a
// fraction of the API's time, and the number of reads. The delays of the emulators vary within a tenth, since the delay of a wait depends
// on the moment in its pause at which the API finishes.
func BenchmarkWaitForWallet(b *testing.B) {
	const wallets = 10 // Terraform's parallelism
	for _, around := range []time.Duration{100 * time.Millisecond, 300 * time.Millisecond, time.Second, 3 * time.Second, 10 * time.Second} {
		b.Run(around.String(), func(b *testing.B) {
			var lates []float64
			requests := 0
			for b.Loop() {
				for _, part := range []float64{0.9, 0.95, 1, 1.05, 1.1} {
					delay := time.Duration(part * float64(around))
					api, client := emulated(b, delay)
					lates = append(lates, createAll(b, client, wallets, delay)...)
					requests += len(api.Requests())
				}
			}
			slices.Sort(lates)
			b.ReportMetric(lates[len(lates)/2], "late/API")
			b.ReportMetric(float64(requests-len(lates))/float64(len(lates)), "reads/wallet")
			b.ReportMetric(0, "ns/op") // would only show the delay of the emulators
		})
	}
}

// emulated starts an emulator with a delay, and makes a client for it.
func emulated(b *testing.B, delay time.Duration) (*emulator.Emulator, *voltage.Client) {
	b.Helper()
	api, err := emulator.New(emulator.Config{Delay: delay})
	if err != nil {
		b.Fatal(err)
	}
	url, stop, err := api.Listen(b.Context(), "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(stop)
	client, err := voltage.New(voltage.Config{BaseURL: url, APIKey: emulator.StagingKey})
	if err != nil {
		b.Fatal(err)
	}
	return api, client
}

// createAll creates wallets at the same time. It returns for each how much later than delay it was seen active, as a fraction of delay.
func createAll(b *testing.B, client *voltage.Client, wallets int, delay time.Duration) []float64 {
	b.Helper()
	lates := make([]float64, wallets)
	var wg sync.WaitGroup
	for i := range lates {
		wg.Go(func() {
			ref := voltage.Ref{OrganizationID: emulator.DefaultOrganizationID, EnvironmentID: emulator.StagingEnvironmentID, ID: uuid.New()}
			wallet := voltage.NewWallet{
				LineOfCreditID: emulator.StagingLineID, Name: fmt.Sprint("wallet ", i), Network: "mutinynet",
			}
			if err := client.CreateWallet(b.Context(), ref, wallet); err != nil {
				b.Error(err)
				return
			}
			accepted := time.Now()
			if err := waitActive(b.Context(), client, ref); err != nil {
				b.Error(err)
			}
			lates[i] = float64(time.Since(accepted)-delay) / float64(delay)
		})
	}
	wg.Wait()
	return lates
}

func waitActive(ctx context.Context, client *voltage.Client, ref voltage.Ref) error {
	_, err := client.WaitForWallet(ctx, ref, voltage.Wait[*voltage.Wallet]{
		For:      "the wallet to become active",
		Done:     func(w *voltage.Wallet) (bool, error) { return w != nil && w.Active, nil },
		Describe: func(w *voltage.Wallet) string { return fmt.Sprint(w) },
	})
	return err
}
