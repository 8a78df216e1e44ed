package world

import (
	"cmp"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// LineOfCredit is a credit line that backs wallets.
type LineOfCredit struct {
	ID, EnvironmentID uuid.UUID
	Network           string // in the spelling of requests for wallets: testnet3, not testnet
	Currency          string
	// Limit is in base units of the currency.
	Limit int64
	// Secured or Verified is the status of the collateral. Only one of them may be set. If neither is set, Secured is "secured". Waived
	// says that the line needs no collateral.
	Secured, Verified string
	Waived            bool
	Disabled          bool
	// Period is how often the line is billed, a value of the contract's ReconciliationFrequency. Empty means daily.
	Period string
	// SendBasisPoints and ReceiveBasisPoints are the processing fees, in hundredths of a percent.
	SendBasisPoints, ReceiveBasisPoints int64
}

// LineState is a line of credit with its changes. Its Limit is the initial limit.
type LineState struct {
	LineOfCredit
	Limits     History[int64]
	DisabledAt *time.Time // can be in the future
}

// LineSummary is a line of credit in the form of a read.
type LineSummary struct {
	LineOfCredit
	Organization uuid.UUID
	Allocated    int64 // the sum of the wallets' limits
	DisabledAt   *time.Time
}

// addLine adds a line of credit, and refuses one that contradicts itself.
func (o *organization) addLine(line LineOfCredit, now time.Time) error {
	switch {
	case !o.Has(line.EnvironmentID):
		return fmt.Errorf("line of credit %s is in no environment of organization %s", line.ID, o.ID)
	case line.Secured != "" && line.Verified != "" || line.Waived && line.Secured+line.Verified != "":
		return fmt.Errorf("line of credit %s has collateral of more than one kind", line.ID)
	case line.Verified == "" && !line.Waived:
		line.Secured = cmp.Or(line.Secured, "secured")
	}
	state := &LineState{LineOfCredit: line, Limits: History[int64]{{At: now, State: line.Limit}}}
	if line.Disabled {
		state.DisabledAt = &now
	}
	o.Lines = append(o.Lines, state)
	return nil
}

// usable returns the limit for new wallets. A higher limit counts when it becomes visible, and a lower limit counts as soon as it is
// accepted.
func (l *LineState) usable(now time.Time) int64 {
	return min(*l.Limits.seen(now, false), l.Limits.latest())
}

// disabled returns the time when the line was disabled, or nil.
func (l *LineState) disabled(now time.Time) *time.Time {
	if l.DisabledAt != nil && l.DisabledAt.After(now) {
		return nil
	}
	return l.DisabledAt
}

// ready reports whether the line's collateral is complete or waived.
func (l *LineState) ready() bool {
	return l.Waived || l.Verified == "verified" || l.Secured == "secured"
}

// allocated returns the sum of the limits of the live wallets on a line. A wallet counts as soon as it is accepted.
func (w *World) allocated(line *LineState) int64 {
	var sum int64
	for _, wallet := range w.state.Wallets.all() {
		if wallet.live() && wallet.LineOfCreditID != nil && *wallet.LineOfCreditID == line.ID {
			sum += *wallet.Limit
		}
	}
	return sum
}

// lineOf returns the line of credit of a wallet. For a wallet without a line, it returns a line without fees.
func (w *World) lineOf(wallet uuid.UUID) *LineState {
	state := w.state.Wallets.latest(wallet)
	if state.LineOfCreditID != nil {
		return w.organization(state.Organization).line(*state.LineOfCreditID)
	}
	return &LineState{}
}

// currencyOf returns the currency of a wallet: the currency of its line of credit, or btc for a wallet without a line.
func (w *World) currencyOf(wallet uuid.UUID) string { return cmp.Or(w.lineOf(wallet).Currency, "btc") }

// ListLines returns the lines of credit of the organization that match, in the order of its definition.
func (w *World) ListLines(c *Call, matches func(LineSummary) bool) []LineSummary {
	var lines []LineSummary
	org := w.organization(c.Organization)
	for _, line := range org.Lines {
		if matches(LineSummary{LineOfCredit: line.LineOfCredit, Organization: org.ID, DisabledAt: line.disabled(c.Now)}) {
			lines = append(lines, w.summary(c, line))
		}
	}
	return lines
}

// FindLine returns a line of credit of the organization with its initial limit.
func (w *World) FindLine(c *Call, id uuid.UUID) (*LineOfCredit, *Refusal) {
	line := w.organization(c.Organization).line(id)
	if c.hidden() || line == nil {
		return nil, missing("line_of_credit_not_found", "line_of_credit_id", id)
	}
	return &line.LineOfCredit, nil
}

// ReadLine returns an existing line of credit as a read shows it. See [World.FindLine].
func (w *World) ReadLine(c *Call, id uuid.UUID) LineSummary {
	return w.summary(c, w.organization(c.Organization).line(id))
}

func (w *World) summary(c *Call, line *LineState) LineSummary {
	summary := LineSummary{
		LineOfCredit: line.LineOfCredit, Organization: c.Organization, Allocated: w.allocated(line), DisabledAt: line.disabled(c.Now),
	}
	if limit := line.Limits.seen(c.Now, c.stale()); limit != nil {
		summary.Limit = *limit
	}
	return summary
}

// LineChange changes a line of credit. A nil field stays as it is.
type LineChange struct {
	Limit   *int64
	Disable *bool
}

// ChangeSandboxLine accepts a change of a line that backs no real money: another limit, or the permanent disabling of the line.
func (w *World) ChangeSandboxLine(c *Call, id uuid.UUID, change LineChange) *Refusal {
	line := w.organization(c.Organization).line(id)
	if line == nil || line.EnvironmentID != c.Environment {
		return missing("line_of_credit_not_found", "line_of_credit_id", id)
	}
	if r := w.checkLineChange(line, change); r != nil {
		return r
	}
	if c.failure() != nil {
		return nil // a line of credit has no field for the reason
	}
	if change.Limit != nil {
		line.Limits.change(c.Done, *change.Limit)
	}
	if change.Disable != nil {
		done := c.Done
		line.DisabledAt = &done
	}
	return nil
}

func (w *World) checkLineChange(line *LineState, change LineChange) *Refusal {
	notAllowed := func(detail string) *Refusal {
		return (&Refusal{Kind: NotAllowed, Type: "not_allowed", Detail: detail}).About("line_of_credit_id", line.ID)
	}
	switch {
	case line.Network == "mainnet":
		return notAllowed("A line of credit on mainnet is no sandbox line.")
	case change.Disable != nil && !*change.Disable && line.DisabledAt != nil:
		return notAllowed("A disabled line of credit cannot be enabled again.")
	case change.Limit == nil && change.Disable == nil:
		return Invalidf("no_updates_provided", "Neither limit nor disable was given.").About("line_of_credit_id", line.ID)
	case change.Disable != nil && !*change.Disable:
		return InvalidFields("line_of_credit_not_valid", "Only true does anything here.", "disable")
	case line.DisabledAt != nil:
		return InvalidFields("line_of_credit_not_valid", "The line of credit is disabled.", "disabled_at")
	case change.Limit != nil && *change.Limit < w.allocated(line):
		return Invalidf("invalid_line_of_credit_limit",
			"The wallets on the line of credit have taken %d, the limit would be %d.", w.allocated(line), *change.Limit)
	}
	return nil
}

// LineLimit returns the limit of a line of credit after all accepted writes. It returns 0 if the line does not exist.
func (w *World) LineLimit(id uuid.UUID) int64 {
	var limit int64
	_ = w.editLine(id, func(line *LineState, _ time.Time) { limit = line.Limits.latest() }) // 0 if the line does not exist
	return limit
}

// SetLineLimit changes the limit of a line of credit immediately, as another client would.
func (w *World) SetLineLimit(id uuid.UUID, limit int64) error {
	return w.editLine(id, func(line *LineState, now time.Time) { line.Limits.change(now, limit) })
}

// DisableLine disables a line of credit, as Voltage would.
func (w *World) DisableLine(id uuid.UUID) error {
	return w.editLine(id, func(line *LineState, now time.Time) { line.DisabledAt = &now })
}

// editLine changes a line of credit immediately.
func (w *World) editLine(id uuid.UUID, change func(line *LineState, now time.Time)) error {
	for _, org := range w.state.Organizations {
		if line := org.line(id); line != nil {
			change(line, w.settings.Now())
			return nil
		}
	}
	return fmt.Errorf("there is no line of credit %s", id)
}
