package wallet

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// lines has the lines of credit that one walk of Terraform has read, with one request each for any number of wallets. It also has the
// limits that become free when the plan deletes wallets.
type lines struct {
	mu    sync.Mutex
	known map[uuid.UUID]*lineRead
	freed map[uuid.UUID]map[uuid.UUID]int64 // by line and wallet, since a wallet can be planned several times
}

// lineRead is a read of a line of credit. line and err are set when it has ended.
type lineRead struct {
	ended chan struct{}
	line  *voltage.LineOfCredit
	err   error
}

// read returns a line of credit. All callers share the first request, even if it fails. The request continues if the first caller is
// cancelled. Each caller waits at most until its own context ends.
func (l *lines) read(ctx context.Context, client *voltage.Client, organization, id uuid.UUID) (*voltage.LineOfCredit, error) {
	l.mu.Lock()
	read := l.known[id]
	if read == nil {
		read = &lineRead{ended: make(chan struct{})}
		if l.known == nil {
			l.known = map[uuid.UUID]*lineRead{}
		}
		l.known[id] = read
		detached := context.WithoutCancel(ctx) // the client limits the length and the number of the attempts
		go func() {
			defer close(read.ended)
			read.line, read.err = client.GetLineOfCredit(detached, voltage.Ref{OrganizationID: organization, ID: id})
		}()
	}
	l.mu.Unlock()
	select {
	case <-read.ended:
		return read.line, read.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// free records that the plan deletes a wallet, so that the wallet's limit becomes free on its line of credit.
func (l *lines) free(state walletModel) {
	line, backed := state.LineOfCreditID.ID()
	id, known := state.ID.ID()
	if !backed || !known {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.freed == nil {
		l.freed = map[uuid.UUID]map[uuid.UUID]int64{}
	}
	if l.freed[line] == nil {
		l.freed[line] = map[uuid.UUID]int64{}
	}
	l.freed[line][id] = state.Limit.ValueInt64()
}

// returned is the sum of the limits that the deletions planned so far free on a line.
func (l *lines) returned(line uuid.UUID) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var sum int64
	for _, limit := range l.freed[line] {
		sum += limit
	}
	return sum
}

var (
	otherNetwork = tfkit.Declare(tfkit.Message{
		Summary: "Network Does Not Match Line of Credit",
		Detail:  "{OBJECT}: network is \"{NETWORK}\", but line of credit {LINE} is on \"{NETWORK_OF_LINE}\". The API refuses such a wallet.",
		Next: []string{"Set network to the network of the line of credit, or set line_of_credit_id to a line of credit on this network. " +
			"The data source voltage_lines_of_credit lists the lines of credit that exist."},
	})
	lineDisabled = tfkit.Declare(tfkit.Message{
		Summary: "Line of Credit Disabled",
		Detail:  "{OBJECT}: line of credit {LINE} was disabled at {TIME}. The API refuses new wallets on a disabled line of credit.",
		Next:    []string{"Set line_of_credit_id to another line of credit."},
	})
	limitAboveRest = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Limit Exceeds Line of Credit",
		Detail: "{OBJECT}: limit is {LIMIT}, but line of credit {LINE} has only {LEFT} left. Its limit is {LIMIT_OF_LINE}, and other wallets " +
			"use {ALLOCATED} of it. The API refuses a wallet with a limit above {LEFT}.",
		Next: []string{"Lower limit, delete other wallets on the line of credit, or ask Voltage to raise its limit. Another wallet that this " +
			"plan deletes can free enough, if Terraform deletes it first."},
	})
)

// checkLine compares a new wallet with its line of credit while planning. If the line cannot be read, the apply reports the error.
func (r *walletResource) checkLine(ctx context.Context, plan walletModel, organization tfkit.UUID, diags *diag.Diagnostics) {
	id, known := plan.LineOfCreditID.ID()
	owner, owned := organization.ID()
	if !known || !owned || r.Settings.Pending || r.Settings.Client == nil {
		return
	}
	store := tfkit.Store[lines](r.Settings)
	line, err := store.read(ctx, r.Settings.Client, owner, id)
	if err != nil {
		return
	}
	object := tfkit.Named("Wallet", plan.Name, plan.ID)
	network := voltage.WalletNetwork(line.Network)
	if !plan.Network.IsUnknown() && plan.Network.ValueString() != network &&
		slices.Contains(append(voltage.WalletNetworks(), "signet"), network) {
		otherNetwork.AddAt(diags, path.Root("network"), tfkit.Values{
			"OBJECT": object, "NETWORK": plan.Network.ValueString(), "LINE": id, "NETWORK_OF_LINE": voltage.Clean(network),
		})
	}
	if line.Disabled(time.Now()) {
		lineDisabled.AddAt(diags, path.Root("line_of_credit_id"), tfkit.Values{
			"OBJECT": object, "LINE": id, "TIME": line.DisabledAt.UTC().Format(time.RFC3339),
		})
	}
	limit, left := plan.Limit.ValueInt64(), line.Available()+store.returned(id)
	amount := func(units int64) voltage.Amount { return voltage.Amount{Currency: line.Currency, Amount: units} }
	if !plan.Limit.IsUnknown() && limit > 0 && limit > left {
		limitAboveRest.AddAt(diags, path.Root("limit"), tfkit.Values{
			"OBJECT": object, "LIMIT": amount(limit), "LINE": id, "LEFT": amount(left),
			"LIMIT_OF_LINE": amount(line.Limit), "ALLOCATED": amount(line.AllocatedLimit),
		})
	}
}
