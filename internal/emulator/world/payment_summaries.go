package world

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// PaymentCount is a number of payments, and the creation times of the oldest and the newest payment. The times are nil if no payment
// matches.
type PaymentCount struct {
	Total          int64
	Oldest, Newest *time.Time
}

func (n *PaymentCount) add(p *Payment) {
	n.Total++
	if n.Oldest == nil || p.CreatedAt.Before(*n.Oldest) {
		n.Oldest = &p.CreatedAt
	}
	if n.Newest == nil || p.CreatedAt.After(*n.Newest) {
		n.Newest = &p.CreatedAt
	}
}

// PaymentBucket counts the payments that have the same values in these fields.
type PaymentBucket struct {
	Direction, Status, Currency, Kind string
	PaymentCount
}

func (b *PaymentBucket) counts(p *Payment) bool {
	return b.Direction == p.Direction && b.Status == p.Status && b.Currency == p.Currency && b.Kind == p.Kind
}

// PaymentBuckets counts payments in total and by bucket.
type PaymentBuckets struct {
	PaymentCount
	Buckets []PaymentBucket // in the order of their fields
}

func (n *PaymentBuckets) add(p *Payment) {
	n.PaymentCount.add(p)
	i := slices.IndexFunc(n.Buckets, func(b PaymentBucket) bool { return b.counts(p) })
	if i < 0 {
		i = len(n.Buckets)
		n.Buckets = append(n.Buckets, PaymentBucket{Direction: p.Direction, Status: p.Status, Currency: p.Currency, Kind: p.Kind})
	}
	n.Buckets[i].add(p)
}

func (n *PaymentBuckets) sort() {
	slices.SortFunc(n.Buckets, func(a, b PaymentBucket) int {
		return cmp.Or(
			cmp.Compare(a.Direction, b.Direction), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Kind, b.Kind),
		)
	})
}

// PaymentSummary counts the payments of an environment, and of each line of credit with payments. A payment of a wallet without a line of
// credit is only in the first count.
type PaymentSummary struct {
	PaymentCount
	Lines map[uuid.UUID]*PaymentBuckets
}

// SummarizePayments counts the payments of the environment that match. Unless inactive is true, it leaves out payments of inactive wallets
// and of disabled lines of credit. It counts policy checks, too, since the contract makes no exception for them.
func (w *World) SummarizePayments(c *Call, filter PaymentFilter, inactive bool) PaymentSummary {
	summary := PaymentSummary{Lines: map[uuid.UUID]*PaymentBuckets{}}
	for _, p := range w.counted(c, filter, inactive) {
		if !c.owns(p.Organization, p.Environment) {
			continue
		}
		summary.add(p)
		if id := w.state.Wallets.latest(p.Wallet).LineOfCreditID; id != nil {
			line := summary.Lines[*id]
			if line == nil {
				line = &PaymentBuckets{}
				summary.Lines[*id] = line
			}
			line.add(p)
		}
	}
	for _, line := range summary.Lines {
		line.sort()
	}
	return summary
}

// SummarizeWallet counts the payments of a wallet of the organization, as [World.SummarizePayments] does.
func (w *World) SummarizeWallet(c *Call, wallet uuid.UUID, filter PaymentFilter, inactive bool) PaymentBuckets {
	filter.Wallet = &wallet
	var summary PaymentBuckets
	for _, p := range w.counted(c, filter, inactive) {
		if p.Organization == c.Organization {
			summary.add(p)
		}
	}
	summary.sort()
	return summary
}

// counted returns the payments that match and that belong to wallets and lines of credit that count.
func (w *World) counted(c *Call, filter PaymentFilter, inactive bool) []*Payment {
	return w.state.Payments.list(c.Now, c.stale(), func(p *Payment) bool {
		wallet := w.state.Wallets.seen(p.Wallet, c.Now)
		if wallet == nil || !filter.matches(p, wallet) {
			return false
		}
		return inactive || wallet.Active && w.lineOf(p.Wallet).disabled(c.Now) == nil
	})
}
