package browser

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"
)

func urlQuery(text string) string { return url.QueryEscape(text) }

// many is how many payments the emulator has in TestManyPayments.
const many = 10_000

// TestManyPayments: with ten thousand payments, a new one is on the page within a second, and usually within half of one.
func TestManyPayments(t *testing.T) {
	w := start(t)
	w.webhook(1, "shop")
	began := time.Now()
	for n := range many {
		w.request(n, fmt.Sprintf("Order %d", n), 1000)
	}
	t.Logf("%d payments were requested in %s", many, time.Since(began).Round(time.Millisecond))
	tb := w.open(1280, 900, false)
	began = time.Now()
	tb.visit("/console/payments")
	t.Logf("the page is open and live in %s", time.Since(began).Round(time.Millisecond))
	if rows := eval[int](tb, `document.querySelectorAll("#live tbody tr").length`); rows != 50 {
		t.Errorf("the page has %d rows", rows)
	}
	var all []time.Duration
	for n := range 20 {
		time.Sleep(300 * time.Millisecond)
		began := time.Now()
		id := w.request(many+n, "new", 1000)
		tb.until("the new payment is there", fmt.Sprintf("document.getElementById('payment-%s') !== null", id))
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	t.Logf("from the request to the row: median %s, worst %s",
		all[len(all)/2].Round(time.Millisecond), all[len(all)-1].Round(time.Millisecond))
	if all[len(all)/2] > time.Second {
		t.Errorf("a new payment takes %s to the page", all[len(all)/2])
	}
	for range 3 {
		tb.click("#older")
		tb.until("an older page", `location.search.includes("before=")`)
	}
	tb.shows("#live", "Order 98")
	tb.click("#newest")
	tb.shows("#live", "new")
	// A search that finds nothing looks at every payment.
	began = time.Now()
	tb.visit("/console/payments?q=no+such+order")
	t.Logf("a search through all of them takes %s", time.Since(began).Round(time.Millisecond))
}
