package emulator

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// BenchmarkSave measures how long a world of 10,000 payments takes to be saved, and how long requests wait for that at most.
func BenchmarkSave(b *testing.B) {
	var size int
	emu, err := New(Config{Save: func(world []byte) error {
		size = len(world)
		return nil
	}})
	if err != nil {
		b.Fatal(err)
	}
	wallet := uuid.New()
	if err := emu.AddWallet(Wallet{
		ID: wallet, EnvironmentID: world.StagingEnvironmentID, Name: "orders", Network: "mutinynet",
	}); err != nil {
		b.Fatal(err)
	}
	for range 10_000 {
		if _, err := emu.AddReceive(wallet, 1000, nil); err != nil {
			b.Fatal(err)
		}
	}
	s := &saver{emulator: emu}
	var saving, waiting time.Duration
	for b.Loop() {
		_, err := emu.AddReceive(wallet, 1000, nil)
		if err != nil {
			b.Fatal(err)
		}
		saved := make(chan struct{})
		began := time.Now()
		go func() {
			defer close(saved)
			_ = s.save()
			saving += time.Since(began)
		}()
		for done := false; !done; {
			select {
			case <-saved:
				done = true
			default:
				asked := time.Now()
				emu.Duplicates()
				waiting = max(waiting, time.Since(asked))
				time.Sleep(time.Millisecond)
			}
		}
	}
	b.ReportMetric(float64(saving.Milliseconds())/float64(b.N), "ms/save")
	b.ReportMetric(float64(waiting.Microseconds()), "µs-waited-at-most")
	b.ReportMetric(float64(size)/1e6, "MB")
}
