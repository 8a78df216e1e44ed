package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// BenchmarkConsole measures what the console costs an emulator of ten thousand payments, to which one is added each time: the page of
// payments, a search through all of them, and the page of their wallet.
func BenchmarkConsole(b *testing.B) {
	const many = 10_000
	wallet := uuid.New()
	world := emulator.DefaultWorld()
	world[0].Wallets = []emulator.Wallet{{ID: wallet, EnvironmentID: emulator.StagingEnvironmentID, Name: "orders", Network: "mutinynet"}}
	api, err := emulator.New(emulator.Config{Organizations: world})
	if err != nil {
		b.Fatal(err)
	}
	add := func() {
		if _, err := api.AddReceive(wallet, 1000, map[string]string{"order": "1"}); err != nil {
			b.Fatal(err)
		}
	}
	for range many {
		add()
	}
	get := func(b *testing.B, path string) {
		b.Helper()
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
		r.Host, r.RequestURI = "localhost", path
		w := httptest.NewRecorder()
		if api.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
		_, _ = io.Copy(io.Discard, w.Body)
	}
	for name, path := range map[string]string{
		"page": "/console/payments", "search": "/console/payments?q=nothing", "wallet": "/console/wallets/" + wallet.String(),
	} {
		b.Run(fmt.Sprintf("%s/payments=%d", name, many), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				add()
				b.StartTimer()
				get(b, path)
			}
		})
	}
}
