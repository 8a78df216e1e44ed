package credit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// includeDisabledDescription describes the argument of both data sources.
const includeDisabledDescription = "Whether to include disabled lines of credit. Defaults to `false`."

// lineFilter has the arguments that select lines. A null field matches everything except disabled lines.
type lineFilter struct {
	tfkit.ListArguments

	Network         types.String `tfsdk:"network"`
	Currency        types.String `tfsdk:"currency"`
	IncludeDisabled types.Bool   `tfsdk:"include_disabled"`
}

// filterAttributes are the attributes of lineFilter.
func filterAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"organization_id": tfkit.OrganizationArgument(),
		"environment_id":  tfkit.ListedEnvironmentArgument("lines of credit"),
		"network":         tfkit.NetworkFilter("lines"),
		"currency": tfkit.OptionalText("Lists only lines in this currency: `btc`, `usd` or `asset:` with 66 hex characters. "+
			"Defaults to every currency.",
			tfkit.Currency()),
		"include_disabled": schema.BoolAttribute{MarkdownDescription: includeDisabledDescription, Optional: true},
	}
}

// list returns the lines that match.
func (f lineFilter) list(ctx context.Context, scope tfkit.Scope) ([]voltage.LineOfCredit, error) {
	lines, err := scope.Client.ListLinesOfCredit(ctx, scope.Organization, voltage.LineOfCreditFilter{
		EnvironmentID: scope.Environment, Network: f.Network.ValueString(), IncludeDisabled: f.IncludeDisabled.ValueBool(),
	})
	err = voltage.WithoutItems(err, f.excludes)
	return slices.DeleteFunc(lines, func(line voltage.LineOfCredit) bool { return !f.matches(&line) }), err
}

// matches reports whether a line passes the filter. It ignores whether the line is disabled. The API has no filter for the currency.
func (f lineFilter) matches(line *voltage.LineOfCredit) bool {
	environment, inEnvironment := f.EnvironmentID.ID()
	return (!inEnvironment || line.EnvironmentID == environment) &&
		(f.Network.IsNull() || f.Network.ValueString() == voltage.WalletNetwork(line.Network)) &&
		(f.Currency.IsNull() || strings.EqualFold(f.Currency.ValueString(), line.Currency))
}

// excludes reports whether the readable fields of a line show that the filter does not match. Any other unreadable line must cause an
// error.
func (f lineFilter) excludes(item *voltage.UnreadableItem) bool {
	var line voltage.LineOfCredit
	if !item.Read("environment_id", &line.EnvironmentID) {
		f.EnvironmentID = tfkit.UUID{}
	}
	if !item.Read("network", &line.Network) {
		f.Network = types.StringNull()
	}
	if !item.Read("currency", &line.Currency) {
		f.Currency = types.StringNull()
	}
	return !f.matches(&line)
}

// describe names the filter in messages.
func (f lineFilter) describe(organization uuid.UUID) string {
	parts := []string{fmt.Sprintf("organization_id %s", organization)}
	for _, part := range []struct {
		name, value string
	}{
		{"environment_id", f.EnvironmentID.ValueString()},
		{"network", f.Network.ValueString()},
		{"currency", f.Currency.ValueString()},
	} {
		if part.value != "" {
			parts = append(parts, part.name+" "+part.value)
		}
	}
	return strings.Join(parts, ", ")
}
