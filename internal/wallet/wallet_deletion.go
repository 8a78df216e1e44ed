package wallet

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// money describes the money of a wallet. If a wallet has money, the API refuses to delete it.
type money struct {
	balances    []voltage.Balance // only balances other than 0
	holds       []voltage.Hold
	settlements []voltage.PendingSettlement
}

// moneyOf returns nil for a wallet without money, and for nil.
func moneyOf(wallet *voltage.Wallet) *money {
	if wallet == nil || wallet.Deleted() {
		return nil
	}
	found := money{holds: wallet.Holds, settlements: wallet.PendingSettlements}
	for _, b := range wallet.Balances {
		if b.Total.Amount != 0 || b.Available.Amount != 0 {
			found.balances = append(found.balances, b)
		}
	}
	if len(found.balances)+len(found.holds)+len(found.settlements) == 0 {
		return nil
	}
	return &found
}

// text describes the money: "holds 25,000 sats (25000000 msats)", "owes 7,000 sats (7000000 msats)".
func (m *money) text() string {
	var holds, owes, held, pending []string
	for _, b := range m.balances {
		switch total := b.Total.Signed(); {
		case total < 0:
			owes = append(owes, magnitude(b.Total).String())
		case total == 0 && b.Available.Signed() != 0:
			holds = append(holds, b.Total.String()+" in total and "+b.Available.String()+" available")
		default:
			holds = append(holds, b.Total.String())
		}
	}
	for _, h := range m.holds {
		held = append(held, magnitude(h.Amount).String())
	}
	for _, s := range m.settlements {
		pending = append(pending, magnitude(s.Amount).String())
	}
	var texts []string
	for _, part := range []struct {
		verb, of string
		sums     []string
	}{
		{"holds ", "", holds}, {"owes ", "", owes},
		{"has ", " held for pending payments", held}, {"has ", " in pending settlements", pending},
	} {
		if len(part.sums) > 0 {
			texts = append(texts, part.verb+strings.Join(part.sums, " and ")+part.of)
		}
	}
	return strings.Join(texts, ", and ")
}

// clear describes in whole sentences how to empty the wallet.
func (m *money) clear() string {
	var steps, debts []string
	funds := false
	for _, b := range m.balances {
		if b.Total.Signed() < 0 {
			debts = append(debts, magnitude(b.Total).String())
		} else {
			funds = true
		}
	}
	if len(m.holds)+len(m.settlements) > 0 {
		steps = append(steps, "Wait until its pending payments and settlements have ended.")
	}
	if len(debts) > 0 {
		steps = append(steps, "Pay "+strings.Join(debts, " and ")+" into it.")
	}
	if funds {
		steps = append(steps, "Send the funds elsewhere.")
	}
	return strings.Join(steps, " ")
}

func magnitude(a voltage.Amount) voltage.Amount {
	a.Negative = false
	return a
}

// reads has the wallets that one walk of Terraform has read but not planned yet. A plan that deletes one of them need not read it again.
type reads struct {
	mu     sync.Mutex
	known  map[uuid.UUID]*voltage.Wallet
	failed bool // a request has failed, so it is not repeated for each wallet
}

// keep stores a wallet that was read.
func (r *reads) keep(wallet *voltage.Wallet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[uuid.UUID]*voltage.Wallet{}
	}
	r.known[wallet.ID] = wallet
}

// take returns a wallet as it was last read, and removes it, since Terraform plans a wallet right after the read. ask says that the wallet
// must be requested from the API.
func (r *reads) take(wallet tfkit.UUID) (found *voltage.Wallet, ask bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id, _ := wallet.ID()
	found = r.known[id]
	delete(r.known, id)
	return found, found == nil && !r.failed
}

func (r *reads) fail() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
}

// untaken returns the wallets with money that were read and not planned.
func (r *reads) untaken() []*voltage.Wallet {
	r.mu.Lock()
	defer r.mu.Unlock()
	var wallets []*voltage.Wallet
	for _, wallet := range r.known {
		if moneyOf(wallet) != nil {
			wallets = append(wallets, wallet)
		}
	}
	return wallets
}

// readForPlan reads a wallet that a plan deletes, unless this walk has just read it. It returns nil if the wallet does not exist or could
// not be read, because the apply reads it again.
func (r *walletResource) readForPlan(ctx context.Context, state walletModel) *voltage.Wallet {
	ref, known := tfkit.Ref(&state)
	if !known || r.Settings.Pending || r.Settings.Client == nil {
		return nil
	}
	store := tfkit.Store[reads](r.Settings)
	wallet, ask := store.take(state.ID)
	if ask {
		var err error
		if wallet, err = voltage.NilIfNotFound(r.Settings.Client.GetListedWallet(ctx, ref)); err != nil {
			store.fail()
		}
	}
	return wallet
}

// plannedKey is the key of the private state under which the plan of a deletion keeps the wallet as it was read. So the deletion need not
// read the wallet first.
const plannedKey = "planned"

// plannedLife is how long a deletion uses the wallet from the plan. A saved plan can be applied much later.
const plannedLife = time.Hour

// plannedWallet is an active wallet as a plan has read it.
type plannedWallet struct {
	ID   uuid.UUID `json:"id"`
	Seen time.Time `json:"seen"`
	// DeletionFailedAt is the time of the latest deletion that failed before. Only a later time means that this deletion has failed.
	DeletionFailedAt *time.Time `json:"deletion_failed_at"`
}

// rememberPlanned keeps a wallet that a plan deletes for the deletion. It keeps nothing if the wallet is not active or could not be read.
// Then the deletion reads the wallet, and waits for its creation if that may still be under way.
func rememberPlanned(ctx context.Context, private tfkit.WritablePrivate, wallet *voltage.Wallet) diag.Diagnostics {
	if wallet == nil || !wallet.Active || wallet.Deleted() {
		return tfkit.Remember(ctx, private, plannedKey, nil)
	}
	return tfkit.Remember(ctx, private, plannedKey, plannedWallet{wallet.ID, time.Now(), wallet.DeletionFailedAt})
}

// recallPlanned returns a wallet as the plan of its deletion has read it, with the fields that the deletion needs. It returns nil if the
// deletion must read the wallet: the plan is old or comes from an older provider, the plan could not read the wallet, or the wallet is
// tainted, for which Terraform drops the private state.
func recallPlanned(ctx context.Context, private tfkit.Private, wallet uuid.UUID, diags *diag.Diagnostics) *voltage.Wallet {
	planned := tfkit.Recall[plannedWallet](ctx, private, plannedKey, diags)
	if planned == nil || planned.ID != wallet {
		return nil
	}
	if age := time.Since(planned.Seen); age < 0 || age > plannedLife {
		return nil
	}
	return &voltage.Wallet{ID: wallet, Active: true, DeletionFailedAt: planned.DeletionFailedAt}
}

// explainFunds adds the wallet's money, and how to empty the wallet, to the error of a deletion that the API has refused. read is the
// wallet as it was read after the refusal. If that read shows no money, explainFunds reads the wallet again, since reads can lag behind.
func explainFunds(ctx context.Context, deletion *tfkit.Deletion, read *voltage.Wallet) {
	found := moneyOf(read)
	if found == nil {
		again, _ := deletion.Client.GetWallet(ctx, deletion.Ref)
		found = moneyOf(again)
	}
	if found != nil {
		deletion.Failure.Object = deletion.Object() + ", which " + found.text()
		deletion.Failure.Next, deletion.Failure.Values = emptyIt, tfkit.Values{"HOW_TO_EMPTY_IT": found.clear()}
	}
}

var (
	moneyUnderWay = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Wallet Has Pending Money",
		Detail:  "{OBJECT}: the wallet {HOLDS_OR_OWES}, and the plan {DELETES_OR_REPLACES_IT}. The API may refuse to delete it.",
		Next:    []string{"{HOW_TO_EMPTY_IT} Then apply the plan."},
	})
	notEmpty = tfkit.Declare(tfkit.Message{
		Summary: "Wallet Not Empty",
		Detail: "{OBJECT}: the wallet {HOLDS_OR_OWES}, and the plan {DELETES_OR_REPLACES_IT}. The API refuses to delete such a " +
			"wallet. Nothing was destroyed.",
		Next: []string{"{HOW_TO_EMPTY_IT} Then run Terraform again. To keep the wallet, undo the change that deletes or replaces it, or remove " +
			"it from the state only (terraform state rm, or a removed block with destroy = false)."},
	})
	taintedHasMoney = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Tainted Wallet Has Money",
		Detail: "{OBJECT}: the wallet in the state {HOLDS_OR_OWES}, and the plan creates another wallet with the same attributes. If the " +
			"wallet in the state is marked as tainted, the apply fails, because the API refuses to delete a wallet that holds or owes money.",
		Next: []string{"To keep the wallet, run terraform untaint. To replace it, empty it first. {HOW_TO_EMPTY_IT}"},
	})
)

// checkDeletion refuses a plan whose deletion the API would refuse. Otherwise the apply would fail only after it has destroyed the
// resources that depend on the wallet. does is the verb of the plan, "deletes" or "replaces". changes is the reason, if the provider knows
// it. checkDeletion also keeps the wallet as it was read for the deletion.
func (r *walletResource) checkDeletion(
	ctx context.Context, private tfkit.WritablePrivate, state walletModel, does, changes string, diags *diag.Diagnostics,
) {
	wallet := r.readForPlan(ctx, state)
	diags.Append(rememberPlanned(ctx, private, wallet)...)
	found := moneyOf(wallet)
	if found == nil {
		return
	}
	values := tfkit.Values{
		"OBJECT": state.Describe(), "HOLDS_OR_OWES": found.text(),
		"DELETES_OR_REPLACES_IT": deed(does, changes), "HOW_TO_EMPTY_IT": found.clear(),
	}
	if len(found.balances) == 0 {
		moneyUnderWay.Add(diags, values)
		return
	}
	notEmpty.Add(diags, values)
}

// deed describes the effect of a plan on a wallet and the reason: "replaces it (limit from 1 to 2)".
func deed(does, changes string) string {
	if changes == "" {
		return does + " it"
	}
	return does + " it (" + changes + ")"
}

// checkTainted warns of a wallet that is probably marked as tainted. Terraform reads such a wallet, and then plans the creation of another
// one, without telling the provider that the two belong together.
func (r *walletResource) checkTainted(ctx context.Context, plan walletModel, diags *diag.Diagnostics) {
	for _, wallet := range tfkit.Store[reads](r.Settings).untaken() {
		if wallet.OrganizationID.String() != plan.OrganizationID.ValueString() || len(plan.differences(ctx, wallet)) > 0 {
			continue
		}
		taintedHasMoney.Add(diags, tfkit.Values{
			"OBJECT": describeWallet(wallet), "HOLDS_OR_OWES": moneyOf(wallet).text(), "HOW_TO_EMPTY_IT": moneyOf(wallet).clear(),
		})
	}
}

// describeWallet names a wallet of the API in messages.
func describeWallet(wallet *voltage.Wallet) string {
	m := walletModel{ID: tfkit.NewUUID(wallet.ID), OrganizationID: tfkit.NewUUID(wallet.OrganizationID), Name: tfkit.TextOrNull(wallet.Name)}
	return m.Describe()
}

// replacedKey is the key of the private state under which the plan of a wallet keeps the wallet's ID and attributes. Terraform plans a
// replacement twice, the second time without a state. If -replace or replace_triggered_by causes the replacement, the first plan does not
// show it, and only this key tells the second plan which wallet is replaced.
const replacedKey = "replaced"

// replacedWallet is the value under replacedKey.
type replacedWallet struct {
	Organization, Environment, ID, Name, Line string
	Limit                                     int64
}

// rememberReplaced keeps a wallet for the second plan. Nil removes it.
func rememberReplaced(ctx context.Context, private tfkit.WritablePrivate, state *walletModel) diag.Diagnostics {
	if state == nil {
		return tfkit.Remember(ctx, private, replacedKey, nil)
	}
	return tfkit.Remember(ctx, private, replacedKey, replacedWallet{
		state.OrganizationID.ValueString(), state.EnvironmentID.ValueString(), state.ID.ValueString(), state.Name.ValueString(),
		state.LineOfCreditID.ValueString(), state.Limit.ValueInt64(),
	})
}

// recallReplaced returns the wallet that a creation replaces, if the first plan has kept it, or nil.
func recallReplaced(ctx context.Context, private tfkit.Private, diags *diag.Diagnostics) *walletModel {
	old := tfkit.Recall[replacedWallet](ctx, private, replacedKey, diags)
	if old == nil {
		return nil
	}
	return &walletModel{
		OrganizationID: tfkit.ParseUUID(old.Organization), EnvironmentID: tfkit.ParseUUID(old.Environment), ID: tfkit.ParseUUID(old.ID),
		Name: tfkit.TextOrNull(old.Name), LineOfCreditID: tfkit.ParseUUID(old.Line), Limit: types.Int64Value(old.Limit),
	}
}
