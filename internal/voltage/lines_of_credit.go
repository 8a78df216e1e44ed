package voltage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
)

// LineOfCredit is a credit line that backs wallets. Source: schema SummaryLineOfCredit of the API's contract.
type LineOfCredit struct {
	ID             uuid.UUID `json:"id"`
	OrganizationID uuid.UUID `json:"organization_id"`
	EnvironmentID  uuid.UUID `json:"environment_id"`
	Network        string    `json:"network"` // in the spelling of reads; see [WalletNetwork]
	Currency       string    `json:"currency"`
	// Limit and AllocatedLimit are in base units of Currency. AllocatedLimit is the sum of the wallets' limits.
	Limit          int64               `json:"limit"`
	AllocatedLimit int64               `json:"allocated_limit"`
	Status         *LineOfCreditStatus `json:"status"`
	DisabledAt     *time.Time          `json:"disabled_at"`
	Infrastructure *Infrastructure     `json:"infrastructure"` // nil if the line has no node of its own
}

// Disabled reports whether the line is disabled at a time. The API refuses new wallets on a disabled line.
func (l *LineOfCredit) Disabled(at time.Time) bool {
	return l.DisabledAt != nil && !l.DisabledAt.After(at)
}

// Available returns the part of the limit that is not allocated to wallets, in base units. It is negative if the wallets' limits exceed the
// limit.
func (l *LineOfCredit) Available() int64 { return l.Limit - l.AllocatedLimit }

// Infrastructure is the customer's own node behind a line of credit.
type Infrastructure struct {
	Type   string `json:"type"` // lnd_node, taproot_asset_node
	Config struct {
		Host string `json:"host"`
	} `json:"config"`
}

// LineOfCreditFilter narrows a list of lines of credit. A zero field matches everything except disabled lines.
type LineOfCreditFilter struct {
	EnvironmentID   uuid.UUID
	Network         string // in the spelling of requests, as in [WalletNetworks]
	IncludeDisabled bool
}

// matches reports whether a line passes the filter at a time. The client filters the list again, since the API's filter knows only three
// networks, and since the list can contain a line that was just disabled.
func (f LineOfCreditFilter) matches(line *LineOfCredit, at time.Time) bool {
	return (f.EnvironmentID == uuid.Nil || line.EnvironmentID == f.EnvironmentID) &&
		(f.Network == "" || f.Network == WalletNetwork(line.Network)) &&
		(f.IncludeDisabled || !line.Disabled(at))
}

// LineOfCreditStatus shows the progress of the setup of a line of credit. One of the two fields is set. The status is nil if collateral is
// waived.
type LineOfCreditStatus struct {
	Secured  string `json:"secured"`  // pending_deposit, partially_secured, secured
	Verified string `json:"verified"` // pending_verification, verified
}

// UnmarshalJSON implements [json.Unmarshaler]. A line of credit without its IDs, its currency or its limits is unreadable.
func (l *LineOfCredit) UnmarshalJSON(data []byte) error {
	type plain LineOfCredit
	answer := struct {
		*plain
		Limit          *int64 `json:"limit"`
		AllocatedLimit *int64 `json:"allocated_limit"`
	}{plain: (*plain)(l)}
	if err := json.Unmarshal(data, &answer); err != nil {
		return err
	}
	err := says("line of credit", fact{"id", l.ID != uuid.Nil}, fact{"organization_id", l.OrganizationID != uuid.Nil},
		fact{"currency", l.Currency != ""}, fact{"limit", answer.Limit != nil}, fact{"allocated_limit", answer.AllocatedLimit != nil})
	if err == nil {
		l.Limit, l.AllocatedLimit = *answer.Limit, *answer.AllocatedLimit
	}
	return err
}

// ListLinesOfCredit returns the lines of credit of an organization, in the order of the API. The API returns them all in one answer. See
// [UnreadableItemsError] for lines that cannot be read.
func (c *Client) ListLinesOfCredit(ctx context.Context, organization uuid.UUID, filter LineOfCreditFilter) ([]LineOfCredit, error) {
	query := url.Values{}
	if slices.Contains(WalletNetworks(), filter.Network) {
		query.Set("network", filter.Network)
	}
	if filter.EnvironmentID != uuid.Nil {
		query.Set("environment_ids[]", filter.EnvironmentID.String())
	}
	if filter.IncludeDisabled {
		query.Set("include_disabled", "true")
	}
	var answer list[LineOfCredit]
	err := c.do(ctx, call{
		method: http.MethodGet, path: organizationPath(organization) + "/lines_of_credit/summaries",
		query: query, out: &answer, repeat: true, limit: maxBody,
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
	now := time.Now()
	matching := slices.DeleteFunc(answer.items, func(line LineOfCredit) bool { return !filter.matches(&line, now) })
	return matching, answer.err(c, "line of credit")
}

// GetLineOfCredit returns a line of credit. IsNotFound reports whether the error means that the line of credit does not exist.
func (c *Client) GetLineOfCredit(ctx context.Context, ref Ref) (*LineOfCredit, error) {
	var line LineOfCredit
	err := c.do(ctx, call{
		method: http.MethodGet, path: ref.lineOfCreditPath(), out: &line, repeat: true,
		check: func() error {
			if line.ID != ref.ID || line.OrganizationID != ref.OrganizationID {
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

// FindLineOfCredit is GetLineOfCredit for a line that may be disabled. The contract does not say that a disabled line can be read by its
// ID. So after a 404 the client looks for the line in the list. Only if the list lacks the line as well does it not exist.
func (c *Client) FindLineOfCredit(ctx context.Context, ref Ref) (*LineOfCredit, error) {
	line, err := c.GetLineOfCredit(ctx, ref)
	if !IsNotFound(err) {
		return line, err
	}
	lines, listErr := c.ListLinesOfCredit(ctx, ref.OrganizationID, LineOfCreditFilter{IncludeDisabled: true})
	listErr = WithoutItems(listErr, func(item *UnreadableItem) bool { return item.ID != uuid.Nil && item.ID != ref.ID })
	if listErr != nil {
		return nil, listErr
	}
	if i := slices.IndexFunc(lines, func(l LineOfCredit) bool { return l.ID == ref.ID }); i >= 0 {
		return &lines[i], nil
	}
	return nil, err
}

// UpdateSandboxLineOfCredit changes the limit of a line of credit that backs no real money. The limit is in base units of the line's
// currency, at least 1. Reads show it a moment later. The request can be repeated. The API refuses a limit below the sum of the wallets'
// limits.
func (c *Client) UpdateSandboxLineOfCredit(ctx context.Context, ref Ref, limit int64) error {
	body := struct {
		Limit int64 `json:"limit"`
	}{limit}
	return c.do(ctx, call{method: http.MethodPatch, path: ref.sandboxLineOfCreditPath(), body: body, repeat: true})
}
