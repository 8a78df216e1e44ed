package voltage

import (
	"context"
	"encoding/json"
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

// UnmarshalJSON implements [json.Unmarshaler]. A line of credit that does not say which one it is, or how much it is, is unreadable.
func (l *LineOfCredit) UnmarshalJSON(data []byte) error {
	type plain LineOfCredit
	answer := struct {
		*plain
		Limit          *int64 `json:"limit"`
		AllocatedLimit *int64 `json:"allocated_limit"`
	}{plain: (*plain)(l)}
	if err := json.Unmarshal(data, &answer); err != nil {
		return err //nolint:wrapcheck // receive wraps it
	}
	err := says("line of credit", fact{"id", l.ID != uuid.Nil}, fact{"organization_id", l.OrganizationID != uuid.Nil},
		fact{"currency", l.Currency != ""}, fact{"limit", answer.Limit != nil}, fact{"allocated_limit", answer.AllocatedLimit != nil})
	if err == nil {
		l.Limit, l.AllocatedLimit = *answer.Limit, *answer.AllocatedLimit
	}
	return err
}

// ListLinesOfCredit returns the lines of credit of an organization. An *UnreadableItemsError comes with the lines that can be read and
// names those that cannot; see [WithoutItems].
func (c *Client) ListLinesOfCredit(ctx context.Context, organization uuid.UUID) ([]LineOfCredit, error) {
	var answer list[LineOfCredit]
	err := c.do(ctx, call{
		method: http.MethodGet, path: "/organizations/" + organization.String() + "/lines_of_credit/summaries",
		out: &answer, repeat: true, limit: maxBody,
		check: func() error {
			for i := range answer.items {
				if answer.items[i].OrganizationID != organization {
					return fmt.Errorf("the answer has a line of credit of organization %s", answer.items[i].OrganizationID)
				}
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return answer.items, answer.err(c, "line of credit")
}

// GetLineOfCredit returns a line of credit. IsNotFound reports whether the error means that there is none.
func (c *Client) GetLineOfCredit(ctx context.Context, organization, id uuid.UUID) (*LineOfCredit, error) {
	var line LineOfCredit
	err := c.do(ctx, call{
		method: http.MethodGet, path: "/organizations/" + organization.String() + "/lines_of_credit/" + id.String() + "/summary",
		out: &line, repeat: true,
		check: func() error {
			if line.ID != id || line.OrganizationID != organization {
				return fmt.Errorf("the answer is line of credit %s of organization %s", line.ID, line.OrganizationID)
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
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
