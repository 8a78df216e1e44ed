package emulator

import (
	"slices"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
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
	lines := e.world.ListLines(&c.Call, func(line world.LineSummary) bool {
		return c.opens(line.EnvironmentID) &&
			(len(environments) == 0 || slices.Contains(environments, line.EnvironmentID)) &&
			(query.Get("network") == "" || query.Get("network") == line.Network) &&
			(line.DisabledAt == nil || query.Get("include_disabled") == "true")
	})
	return found(each(lines, lineJSON))
}

// environments reads the environments of a filter. The key must open them.
func (c *call) environments(texts []string) ([]uuid.UUID, *problem) {
	var environments []uuid.UUID
	for _, text := range texts {
		id, err := uuid.Parse(text)
		switch {
		case err != nil:
			return nil, badRequest("invalid_parameter", "environment_ids[] contains a value that is not a UUID.")
		case !c.opens(id):
			return nil, accessDenied()
		}
		environments = append(environments, id)
	}
	return environments, nil
}

func (e *Emulator) getLine(c *call) reply {
	line, refusal := e.world.FindLine(&c.Call, c.ids["line_id"])
	switch {
	case refusal != nil:
		return refuse(problemOf(refusal))
	case !c.opens(line.EnvironmentID):
		return refuse(accessDenied())
	}
	return found(lineJSON(e.world.ReadLine(&c.Call, line.ID)))
}

func (e *Emulator) updateSandboxLine(c *call) reply {
	var request struct {
		Limit   *int64 `json:"limit"`
		Disable *bool  `json:"disable"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	return acceptedUnless(e.world.ChangeSandboxLine(&c.Call, c.ids["line_id"], world.LineChange(request)))
}

// lineJSON writes a line in the form of the contract's schema SummaryLineOfCredit.
func lineJSON(line world.LineSummary) map[string]any {
	var status any // one of two kinds of collateral, or null if collateral is waived
	switch {
	case line.Waived:
	case line.Verified != "":
		status = map[string]any{"verified": line.Verified}
	default:
		status = map[string]any{"secured": line.Secured}
	}
	return map[string]any{
		"id": line.ID, "organization_id": line.Organization, "environment_id": line.EnvironmentID,
		"network": world.ShownNetwork(line.Network), "currency": line.Currency, "limit": line.Limit, "allocated_limit": line.Allocated,
		"status": status, "disabled_at": timestampOrNull(line.DisabledAt), "infrastructure": nil,
	}
}
