package wallet_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// each runs a function for each element, ten at a time, as Terraform does.
func each[T any](elements []T, do func(T)) {
	work := make(chan T)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for element := range work {
				do(element)
			}
		})
	}
	for _, element := range elements {
		work <- element
	}
	close(work)
	wg.Wait()
}

// TestAccWallet_manyRefreshed: a refresh of 1,000 wallets takes at most five requests, sees what has changed, and reads a wallet
// that is gone by itself before it believes it.
func TestAccWallet_manyRefreshed(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		w.Pace.ListLife = 0 // as it is for the real API
		var instances []*acctest.Instance
		limit := int64(1000)
		for i := range 1000 {
			id := uuid.New()
			if err := w.Emulator.AddWallet(emulator.Wallet{
				ID: id, EnvironmentID: w.EnvironmentID, Name: fmt.Sprintf("staging %d", i), Network: w.Network,
				LineOfCreditID: &emulator.StagingLineID, Limit: &limit,
			}); err != nil {
				t.Fatal(err)
			}
			instances = append(instances, &acctest.Instance{Type: "voltage_wallet"})
		}
		first := w.Protocol(t)
		wallets := w.Emulator.Wallets()
		for i := range instances { // as the state of an earlier apply has them
			imported, diags := first.Import(t.Context(), "voltage_wallet", wallets[i].ID.String(), nil)
			if diags.Errors() != "" {
				t.Fatal(diags.Errors())
			}
			instances[i] = imported
		}
		if err := w.Emulator.Rename(wallets[500].ID, "renamed"); err != nil {
			t.Fatal(err)
		}
		if err := w.Emulator.Remove(wallets[700].ID); err != nil {
			t.Fatal(err)
		}
		w.Emulator.ResetRequests()
		p := w.Protocol(t) // another run of Terraform
		each(instances, func(instance *acctest.Instance) {
			if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" {
				t.Error(diags.Errors())
			}
		})
		single := w.Emulator.Count("get_wallet")
		if lists := w.Emulator.Count("get_all_organizations_wallets_as_user"); lists > 1 || single > 4 || single+lists > 5 {
			t.Errorf("%d lists and %d single reads", lists, single)
		}
		if got := instances[500].String("name"); got != "renamed" {
			t.Errorf("the name is %q", got)
		}
		if !instances[700].State.IsNull() {
			t.Error("a wallet that is gone is still in the state")
		}
		gone := 0
		for _, request := range w.Emulator.Requests() {
			if strings.HasSuffix(request.Path, wallets[700].ID.String()) {
				gone++
			}
		}
		if gone != 1 {
			t.Errorf("the wallet that is gone was read %d times by itself", gone)
		}
	})
}

// TestAccWallet_manyCreated: with no delay two requests make a wallet. With one, the waits share their reads, and make less than
// two thirds of what they would make by themselves.
func TestAccWallet_manyCreated(t *testing.T) {
	t.Parallel()
	const count = 60
	create := func(delay time.Duration, shareAfter int) (reads, lists int) {
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			w.ShareAfter, w.Pace.ListLife = shareAfter, 0 // the life of a list is what it is for the real API
			p := w.Protocol(t)
			instances := make([]*acctest.Instance, count)
			for i := range instances {
				instances[i] = &acctest.Instance{Type: "voltage_wallet"}
			}
			each(instances, func(instance *acctest.Instance) {
				if diags := p.Apply(t.Context(), instance, attributes(w)); diags.Errors() != "" {
					t.Error(diags.Errors())
				}
			})
			if made := w.Emulator.Count("create_wallet"); made != count || len(activeWallets(w)) != count {
				t.Errorf("%d wallets with %d requests", len(activeWallets(w)), made)
			}
			lists = w.Emulator.Count("get_all_organizations_wallets_as_user")
			reads = w.Emulator.Count("get_wallet") + lists
		}, func(c *emulator.Config) { c.Delay, c.Latency = delay, 100*time.Millisecond })
		return reads, lists
	}
	if reads, lists := create(0, voltage.DefaultShareAfter); reads != count || lists != 0 {
		t.Errorf("at once: %d reads, of which %d are lists", reads, lists)
	}
	alone, _ := create(9*time.Second, 2*count)
	shared, lists := create(9*time.Second, voltage.DefaultShareAfter)
	t.Logf("%d wallets of 9 s each: %d reads by themselves, %d shared, of which %d are lists", count, alone, shared, lists)
	if lists == 0 || shared > alone*2/3 {
		t.Errorf("%d reads by themselves, %d shared", alone, shared)
	}
}
