package voltage

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// BenchmarkDecodeWallets decodes a list of wallets, the largest answer there is.
func BenchmarkDecodeWallets(b *testing.B) {
	for _, count := range []int{100, 5000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			content := []byte("[" + strings.TrimSuffix(strings.Repeat(walletJSON(nil)+",", count), ",") + "]")
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				var wallets []Wallet
				if err := json.Unmarshal(content, &wallets); err != nil || len(wallets) != count {
					b.Fatal(len(wallets), err)
				}
			}
		})
	}
}

// BenchmarkSharedRead reads one of 5,000 objects as a list that has come has it.
func BenchmarkSharedRead(b *testing.B) {
	var things []thing
	for range 5000 {
		things = append(things, thing{id: uuid.New()})
	}
	s := newShared(-1, time.Hour, func(context.Context, scope) ([]thing, error) { return things, nil }, func(t *thing) uuid.UUID { return t.id })
	s.recent(b.Context(), place, things[0].id)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if s.recent(b.Context(), place, things[i%len(things)].id) == nil {
			b.Fatal("it was not found")
		}
	}
}
