package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
)

func (e *Emulator) routeLinesOfCredit() {
	e.route("get_lines_of_credit_summaries_as_user", "GET /organizations/{organization_id}/lines_of_credit/summaries", toRead, e.listLines)
	e.route("get_line_of_credit_summary_as_user", "GET /organizations/{organization_id}/lines_of_credit/{line_id}/summary", toRead, e.getLine)
	e.route("update_sandbox_line_of_credit",
		"PATCH /organizations/{organization_id}/environments/{environment_id}/lines_of_credit/{line_id}/sandbox", toWrite, e.updateSandboxLine)
}

func (e *Emulator) listLines(c *call) reply {
	content := []map[string]any{}
	query := c.request.URL.Query()
	for _, l := range c.org.LinesOfCredit { // in the order of the world
		line := c.org.lines[l.ID]
		asked := (!query.Has("network") || query.Get("network") == line.Network) &&
			(!query.Has("environment_ids[]") || slices.Contains(query["environment_ids[]"], line.EnvironmentID.String())) &&
			(line.disabledAt == nil || query.Get("include_disabled") == "true")
		if asked && c.opens(line.EnvironmentID) {
			content = append(content, e.lineJSON(c, line))
		}
	}
	return found(content)
}

func (e *Emulator) getLine(c *call) reply {
	line := c.org.lines[c.ids["line_id"]]
	if _, unseen := effectOn[NotFound](c.request.Context()); unseen || line == nil {
		return refuse(c.noLine())
	}
	if !c.opens(line.EnvironmentID) {
		return refuse(&problem{status: http.StatusForbidden, kind: "access_rights", detail: "The key does not open the line's environment."})
	}
	return found(e.lineJSON(c, line))
}

func (c *call) noLine() *problem {
	return notFound("line_of_credit_not_found", fmt.Sprintf("There is no line of credit %s.", c.ids["line_id"]))
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
	switch {
	case request.Limit != nil && *request.Limit < 1:
		return refuse(invalidData("limit is below 1"))
	case line == nil || line.EnvironmentID != c.ids["environment_id"]:
		return refuse(c.noLine())
	case line.Network == "mainnet":
		return refuse(badRequest("invalid_request", "A line of credit on mainnet is no sandbox line."))
	case request.Limit == nil && request.Disable == nil:
		return refuse(badRequest("invalid_request", "Neither limit nor disable was given."))
	case request.Disable != nil && !*request.Disable:
		return refuse(badRequest("invalid_request", "A line of credit cannot be enabled again."))
	case line.disabledAt != nil:
		return refuse(badRequest("line_of_credit_disabled", "The line of credit is disabled."))
	case request.Limit != nil && *request.Limit < e.allocated(line):
		return refuse(badRequest("line_of_credit_cannot_allocate_wallet_limit",
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

// lineJSON is a line as the contract's schema SummaryLineOfCredit.
func (e *Emulator) lineJSON(c *call, line *line) map[string]any {
	limit := &line.limits[0].state
	_, stale := effectOn[Stale](c.request.Context())
	if seen := line.limits.seen(c.now, stale); seen != nil {
		limit = seen
	}
	disabledAt := line.disabledAt
	if disabledAt != nil && disabledAt.After(c.now) {
		disabledAt = nil
	}
	return map[string]any{
		"id": line.ID, "organization_id": c.org.ID, "environment_id": line.EnvironmentID, "network": readNetwork(line.Network),
		"currency": line.Currency, "limit": *limit, "allocated_limit": e.allocated(line),
		"status":      map[string]any{"secured": line.Secured, "verified": line.Verified},
		"disabled_at": timestampOrNull(disabledAt), "infrastructure": nil,
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
