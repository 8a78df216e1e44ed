package voltage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// BenchmarkDecodeWallets decodes a list of wallets, which is the largest answer of the API.
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

// BenchmarkGetWallet reads a wallet over a kept connection. The allocations include those of net/http and of the server.
func BenchmarkGetWallet(b *testing.B) {
	server := httptest.NewServer(wallet(nil))
	defer server.Close()
	client, err := New(Config{BaseURL: server.URL, APIKey: secret})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.GetWallet(b.Context(), walletRef); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPoll waits without a pause until the eleventh read ends the wait.
func BenchmarkPoll(b *testing.B) {
	c := &Client{pace: Pace{PollMin: 1, PollMax: 1}.withDefaults()}
	b.ReportAllocs()
	for b.Loop() {
		reads := 0
		_, err := Poll(b.Context(), c, statusWait(func(context.Context) (string, error) {
			if reads++; reads <= 10 {
				return "generating", nil
			}
			return "completed", nil
		}))
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkListCache reads one of 5,000 objects from a list that has arrived.
func BenchmarkListCache(b *testing.B) {
	var objects []listObject
	for range 5000 {
		objects = append(objects, listObject{id: uuid.New()})
	}
	s := newListCache(-1, time.Hour, func(context.Context, scope, int64) (listed[listObject], error) {
		return listed[listObject]{items: objects}, nil
	}, func(t *listObject) uuid.UUID { return t.id })
	s.cached(b.Context(), testScope, objects[0].id)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if s.cached(b.Context(), testScope, objects[i%len(objects)].id) == nil {
			b.Fatal("it was not found")
		}
	}
}
