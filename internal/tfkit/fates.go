package tfkit

import (
	"context"
	"sync"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Fates is what one walk of Terraform has shown of wallets: whether this configuration has them, and whether they stay. What depends on
// a wallet asks it whether to warn of what stays behind, since nothing does where the wallet goes in the same plan.
//
// Terraform plans the destruction of what depends on a wallet before that of the wallet, so a warning may have to wait: the wallet's own
// plan gives it, if the wallet stays. A wallet that this configuration does not have is never planned. Whether it has the wallet is kept
// beside the state of what depends on it, from one walk to the next: terraform destroy reads everything in a walk of its own first.
// Store keeps one Fates for each walk.
type Fates struct {
	mu      sync.Mutex
	seen    map[uuid.UUID]bool // wallets of this configuration
	stays   map[uuid.UUID]bool // by wallet, once it is planned
	noted   map[uuid.UUID]bool // wallets that were not seen when something that depends on them was read in this walk
	waiting map[uuid.UUID]diag.Diagnostics
}

// elsewhereKey is where what depends on a wallet keeps whether another configuration has the wallet.
const elsewhereKey = "wallet_elsewhere"

func (f *Fates) lock() func() {
	f.mu.Lock()
	if f.seen == nil {
		f.seen, f.stays, f.noted = map[uuid.UUID]bool{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
		f.waiting = map[uuid.UUID]diag.Diagnostics{}
	}
	return f.mu.Unlock
}

// See takes down that this configuration has a wallet.
func (f *Fates) See(wallet UUID) {
	defer f.lock()()
	if id, ok := wallet.ID(); ok {
		f.seen[id] = true
	}
}

// Plan takes down whether a wallet stays, and returns the warnings that have waited for that.
func (f *Fates) Plan(wallet UUID, stays bool) diag.Diagnostics {
	defer f.lock()()
	id, ok := wallet.ID()
	if !ok {
		return nil
	}
	f.seen[id], f.stays[id] = true, stays
	warnings := f.waiting[id]
	delete(f.waiting, id)
	if !stays {
		return nil
	}
	return warnings
}

// Note keeps, when something that depends on a wallet is read, whether this configuration has the wallet. Terraform reads the wallet
// before what refers to it.
func (f *Fates) Note(ctx context.Context, private WritablePrivate, wallet UUID) diag.Diagnostics {
	defer f.lock()()
	id, ok := wallet.ID()
	if !ok {
		return nil
	}
	if f.seen[id] {
		return Remember(ctx, private, elsewhereKey, nil)
	}
	f.noted[id] = true
	return Remember(ctx, private, elsewhereKey, true)
}

// Warn returns a warning of what stays of something that depends on a wallet, unless the wallet goes, or it is not known yet: the
// wallet's own plan gives it then. What was noted in this very walk is not believed: where both are no longer configured, Terraform
// reads them in any order.
func (f *Fates) Warn(ctx context.Context, private Private, wallet UUID, warning diag.Diagnostic) diag.Diagnostics {
	defer f.lock()()
	var diags diag.Diagnostics
	elsewhere := Recall[bool](ctx, private, elsewhereKey, &diags)
	id, _ := wallet.ID()
	stays, planned := f.stays[id]
	switch {
	case planned && !stays:
	case planned, elsewhere != nil && *elsewhere && !f.seen[id] && !f.noted[id]:
		diags.Append(warning)
	default:
		f.waiting[id] = append(f.waiting[id], warning)
	}
	return diags
}
