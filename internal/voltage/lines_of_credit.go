package voltage

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// LineOfCredit is what backs wallets. Source: schema SummaryLineOfCredit of the API's contract.
type LineOfCredit struct {
	ID             uuid.UUID `json:"id"`
	OrganizationID uuid.UUID `json:"organization_id"`
	EnvironmentID  uuid.UUID `json:"environment_id"`
	Network        string    `json:"network"` // as reads write it; see [WalletNetwork]
	Currency       string    `json:"currency"`
	// Limit and AllocatedLimit are in base units of Currency. AllocatedLimit is the sum of the wallets' limits.
	Limit          int64               `json:"limit"`
	AllocatedLimit int64               `json:"allocated_limit"`
	Status         *LineOfCreditStatus `json:"status"`
	DisabledAt     *time.Time          `json:"disabled_at"`
}

// LineOfCreditStatus is how far a line of credit is set up.
type LineOfCreditStatus struct {
	Secured  string `json:"secured"`  // pending_deposit, partially_secured, secured
	Verified string `json:"verified"` // pending_verification, verified
}

// ListLinesOfCredit returns the lines of credit of an organization.
func (c *Client) ListLinesOfCredit(ctx context.Context, organization uuid.UUID) ([]LineOfCredit, error) {
	var lines []LineOfCredit
	call := call{
		method: http.MethodGet, path: "/organizations/" + organization.String() + "/lines_of_credit/summaries",
		out: &lines, repeat: true,
	}
	if err := c.do(ctx, call); err != nil {
		return nil, err
	}
	for i := range lines {
		if lines[i].OrganizationID != organization {
			return nil, c.failure(call, fmt.Errorf("the answer has a line of credit of organization %s", lines[i].OrganizationID))
		}
	}
	return lines, nil
}

// GetLineOfCredit returns a line of credit. IsNotFound reports whether the error means that there is none.
func (c *Client) GetLineOfCredit(ctx context.Context, organization, id uuid.UUID) (*LineOfCredit, error) {
	var line LineOfCredit
	call := call{
		method: http.MethodGet, path: "/organizations/" + organization.String() + "/lines_of_credit/" + id.String() + "/summary",
		out: &line, repeat: true,
	}
	if err := c.do(ctx, call); err != nil {
		return nil, err
	}
	if line.ID != id || line.OrganizationID != organization {
		return nil, c.failure(call, fmt.Errorf("the answer is line of credit %s of organization %s", line.ID, line.OrganizationID))
	}
	return &line, nil
}

// GetSettledLineOfCredit is GetLineOfCredit for a line that should be there: that there is none is believed only when it is still so
// after Pace.Settle.
func (c *Client) GetSettledLineOfCredit(ctx context.Context, organization, id uuid.UUID) (*LineOfCredit, error) {
	return settle(ctx, c, func(ctx context.Context) (*LineOfCredit, error) {
		return c.GetLineOfCredit(ctx, organization, id)
	}, nil)
}

// UpdateSandboxLineOfCredit asks for another limit of a line of credit that backs no real money, in base units of its currency, at
// least 1. It can be read a moment later, and asked for again. A limit below what the wallets have taken is refused.
func (c *Client) UpdateSandboxLineOfCredit(ctx context.Context, organization, environment, id uuid.UUID, limit int64) error {
	body := struct {
		Limit int64 `json:"limit"`
	}{limit}
	return c.do(ctx, call{
		method: http.MethodPatch, body: body, repeat: true,
		path: "/organizations/" + organization.String() + "/environments/" + environment.String() + "/lines_of_credit/" + id.String() + "/sandbox",
	})
}
