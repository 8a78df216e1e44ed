package tfkit

import (
	"context"
	"sync"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Fates records, during one walk of Terraform (a plan or an apply), which wallets this configuration manages, and which of them the plan
// keeps. If a resource of a wallet, such as its policies, is destroyed, its settings stay in the API. The resource warns about that, but
// only if the wallet stays, too.
//
// Terraform plans the destruction of such a resource before it plans the wallet. So the warning waits until the wallet is planned, and the
// plan of the wallet shows it if the wallet stays. A wallet of another configuration is never planned. So the resource remembers in its
// private state whether this configuration manages the wallet: terraform destroy reads everything in an earlier walk. [Store] keeps one
// Fates for each walk.
type Fates struct {
	mu      sync.Mutex
	seen    map[uuid.UUID]bool // wallets of this configuration
	stays   map[uuid.UUID]bool // whether a planned wallet stays
	noted   map[uuid.UUID]bool // wallets that were not seen yet when a resource of theirs was read in this walk
	waiting map[uuid.UUID]diag.Diagnostics
}

// elsewhereKey is the key of the private state that says that another configuration manages the wallet.
const elsewhereKey = "wallet_elsewhere"

func (f *Fates) lock() func() {
	f.mu.Lock()
	if f.seen == nil {
		f.seen, f.stays, f.noted = map[uuid.UUID]bool{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
		f.waiting = map[uuid.UUID]diag.Diagnostics{}
	}
	return f.mu.Unlock
}

// See records that this configuration manages a wallet.
func (f *Fates) See(wallet UUID) {
	defer f.lock()()
	if id, ok := wallet.ID(); ok {
		f.seen[id] = true
	}
}

// Plan records whether a wallet stays. If it stays, Plan returns the warnings that have waited for it.
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

// Note records, during the read of a resource of a wallet, whether this configuration manages the wallet. Terraform reads the wallet before
// the resources that refer to it.
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

// Warn returns the warning of a destroyed resource of a wallet if the wallet stays. If that is not known yet, the plan of the wallet shows
// the warning. Warn ignores a note of the same walk: if the configuration has neither the resource nor the wallet any more, Terraform reads
// them in any order.
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
