package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
)

func (e *Emulator) routeLinesOfCredit() {
	e.route("get_lines_of_credit_summaries_as_user", e.listLines)
	e.route("get_line_of_credit_summary_as_user", e.getLine)
	e.route("update_sandbox_line_of_credit", e.updateSandboxLine)
}

func (e *Emulator) listLines(c *call) reply {
	query := c.request.URL.Query()
	environments, p := c.environments(query["environment_ids[]"])
	if p != nil {
		return refuse(p)
	}
	content := []map[string]any{}
	for _, l := range c.org.LinesOfCredit { // in the order of the world
		line := c.org.lines[l.ID]
		switch {
		case !c.opens(line.EnvironmentID):
		case len(environments) > 0 && !slices.Contains(environments, line.EnvironmentID):
		case query.Get("network") != "" && query.Get("network") != line.Network:
		case line.disabled(c.now) != nil && query.Get("include_disabled") != "true":
		default:
			content = append(content, e.lineJSON(c, line))
		}
	}
	return found(content)
}

// environments reads the environments of a filter, which the key has to open.
func (c *call) environments(texts []string) ([]uuid.UUID, *problem) {
	var environments []uuid.UUID
	for _, text := range texts {
		id, err := uuid.Parse(text)
		switch {
		case err != nil:
			return nil, badRequest("invalid_parameter", "environment_ids[] has what is no UUID.")
		case !c.opens(id):
			return nil, accessDenied()
		}
		environments = append(environments, id)
	}
	return environments, nil
}

func (e *Emulator) getLine(c *call) reply {
	line := c.org.lines[c.ids["line_id"]]
	if _, unseen := effectOn[NotFound](c.request.Context()); unseen || line == nil {
		return refuse(notFound("line_of_credit_not_found", "line_of_credit_id", c.ids["line_id"]))
	}
	if !c.opens(line.EnvironmentID) {
		return refuse(accessDenied())
	}
	return found(e.lineJSON(c, line))
}

// updateSandboxLine changes the limit of a line that backs no real money, or disables it for good.
func (e *Emulator) updateSandboxLine(c *call) reply {
	var request struct {
		Limit   *int64 `json:"limit"`
		Disable *bool  `json:"disable"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	line := c.org.lines[c.ids["line_id"]]
	if line == nil || line.EnvironmentID != c.ids["environment_id"] {
		return refuse(notFound("line_of_credit_not_found", "line_of_credit_id", c.ids["line_id"]))
	}
	notAllowed := func(detail string) reply {
		return refuse((&problem{status: http.StatusForbidden, kind: "not_allowed", detail: detail}).about("line_of_credit_id", line.ID))
	}
	switch {
	case line.Network == "mainnet":
		return notAllowed("A line of credit on mainnet is no sandbox line.")
	case request.Disable != nil && !*request.Disable && line.disabledAt != nil:
		return notAllowed("A disabled line of credit cannot be enabled again.")
	case request.Limit == nil && request.Disable == nil:
		return refuse(badRequest("no_updates_provided", "Neither limit nor disable was given.").about("line_of_credit_id", line.ID))
	case request.Disable != nil && !*request.Disable:
		return refuse(invalidFields("line_of_credit_not_valid", "Only true does anything here.", "disable"))
	case line.disabledAt != nil:
		return refuse(invalidFields("line_of_credit_not_valid", "The line of credit is disabled.", "disabled_at"))
	case request.Limit != nil && *request.Limit < e.allocated(line):
		return refuse(badRequest("invalid_line_of_credit_limit",
			fmt.Sprintf("The wallets on the line of credit have taken %d, the limit would be %d.", e.allocated(line), *request.Limit)))
	}
	if _, fails := effectOn[FailAsync](c.request.Context()); fails {
		return accepted() // a line of credit has no place to say why nothing came of it
	}
	if request.Limit != nil {
		line.limits.change(c.done, *request.Limit)
	}
	if request.Disable != nil {
		line.disabledAt = &c.done
	}
	return accepted()
}

// usable is the limit that a new wallet can count on: a higher one as soon as it is there, a lower one as soon as it is accepted.
func (l *line) usable(now time.Time) int64 { return min(*l.limits.seen(now, false), l.limits.latest()) }

// disabled is when the line was disabled, nil while it is not.
func (l *line) disabled(now time.Time) *time.Time {
	if l.disabledAt != nil && l.disabledAt.After(now) {
		return nil
	}
	return l.disabledAt
}

// status is the line's collateral: one of two kinds, and null where it is waived.
func (l *line) status() any {
	switch {
	case l.Waived:
		return nil
	case l.Verified != "":
		return map[string]any{"verified": l.Verified}
	}
	return map[string]any{"secured": l.Secured}
}

// ready reports whether the line's collateral is there, or waived.
func (l *line) ready() bool { return l.Waived || l.Verified == "verified" || l.Secured == "secured" }

// lineJSON is a line as the contract's schema SummaryLineOfCredit.
func (e *Emulator) lineJSON(c *call, line *line) map[string]any {
	limit := &line.limits[0].state
	_, stale := effectOn[Stale](c.request.Context())
	if seen := line.limits.seen(c.now, stale); seen != nil {
		limit = seen
	}
	return map[string]any{
		"id": line.ID, "organization_id": c.org.ID, "environment_id": line.EnvironmentID, "network": readNetwork(line.Network),
		"currency": line.Currency, "limit": *limit, "allocated_limit": e.allocated(line),
		"status": line.status(), "disabled_at": timestampOrNull(line.disabled(c.now)), "infrastructure": nil,
	}
}

// LineLimit returns the limit of a line of credit after everything that was accepted; 0 where there is no such line.
func (e *Emulator) LineLimit(id uuid.UUID) int64 {
	var limit int64
	_ = e.editLine(id, func(line *line, _ time.Time) { limit = line.limits.latest() }) // no such line: 0
	return limit
}

// SetLineLimit changes the limit of a line of credit at once, as somebody else would.
func (e *Emulator) SetLineLimit(id uuid.UUID, limit int64) error {
	return e.editLine(id, func(line *line, now time.Time) { line.limits.change(now, limit) })
}

// DisableLine disables a line of credit, as Voltage would.
func (e *Emulator) DisableLine(id uuid.UUID) error {
	return e.editLine(id, func(line *line, now time.Time) { line.disabledAt = &now })
}

// editLine changes a line of credit at once.
func (e *Emulator) editLine(id uuid.UUID, change func(line *line, now time.Time)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, org := range e.world.organizations {
		if line := org.lines[id]; line != nil {
			change(line, e.config.Now())
			return nil
		}
	}
	return fmt.Errorf("there is no line of credit %s", id)
}
