package emulator

import (
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

func (e *Emulator) routeLinesOfCredit() {
	e.route("get_lines_of_credit_summaries_as_user", "GET /organizations/{organization_id}/lines_of_credit/summaries", toRead, e.listLines)
	e.route("get_line_of_credit_summary_as_user", "GET /organizations/{organization_id}/lines_of_credit/{line_id}/summary", toRead, e.getLine)
}

func (e *Emulator) listLines(c *call) reply {
	content := []map[string]any{}
	for _, l := range c.org.LinesOfCredit { // in the order of the world
		if line := c.org.lines[l.ID]; c.opens(line.EnvironmentID) {
			content = append(content, e.lineJSON(c.org, line))
		}
	}
	return found(content)
}

func (e *Emulator) getLine(c *call) reply {
	id := c.ids["line_id"]
	line := c.org.lines[id]
	switch {
	case line == nil:
		return refuse(notFound("line_of_credit_not_found", fmt.Sprintf("There is no line of credit %s.", id)))
	case !c.opens(line.EnvironmentID):
		return refuse(&problem{status: http.StatusForbidden, kind: "access_rights", detail: "The key does not open the line's environment."})
	}
	return found(e.lineJSON(c.org, line))
}

// lineJSON is a line as the contract's schema SummaryLineOfCredit.
func (e *Emulator) lineJSON(org *organization, line *line) map[string]any {
	return map[string]any{
		"id": line.ID, "organization_id": org.ID, "environment_id": line.EnvironmentID, "network": readNetwork(line.Network),
		"currency": line.Currency, "limit": line.Limit, "allocated_limit": e.allocated(line),
		"status":      map[string]any{"secured": line.Secured, "verified": line.Verified},
		"disabled_at": timestampOrNull(line.disabledAt), "infrastructure": nil,
	}
}

// DisableLine disables a line of credit, as Voltage would.
func (e *Emulator) DisableLine(id uuid.UUID) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, org := range e.world.organizations {
		if line := org.lines[id]; line != nil {
			now := e.config.Now()
			line.disabledAt = &now
			return nil
		}
	}
	return fmt.Errorf("there is no line of credit %s", id)
}
