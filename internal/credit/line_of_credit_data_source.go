// Package credit holds the data sources of lines of credit and the limit of sandbox lines.
package credit

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewDataSource makes the data source voltage_line_of_credit.
func NewDataSource() datasource.DataSource { return &lineDataSource{} }

type lineDataSource struct {
	tfkit.DataSource
}

// lineModel is a line with the arguments that select it.
type lineModel struct {
	lineObject

	IncludeDisabled types.Bool `tfsdk:"include_disabled"`
}

var (
	_ datasource.DataSourceWithConfigure        = (*lineDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*lineDataSource)(nil)
)

// Metadata implements [datasource.DataSource].
func (d *lineDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_line_of_credit"
}

// Schema implements [datasource.DataSource].
func (d *lineDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := lineAttributes()
	attributes["include_disabled"] = schema.BoolAttribute{
		MarkdownDescription: includeDisabledDescription + " With `id`, the data source also finds a disabled line. Conflicts with `id`.",
		Optional:            true,
	}
	attributes["id"] = tfkit.DefaultedUUID("The UUID of the line of credit. Without `id`, the data source returns the one line that matches " +
		"`environment_id`, `network` and `currency`.")
	attributes["organization_id"] = tfkit.OrganizationArgument()
	attributes["environment_id"] = tfkit.DefaultedUUID("The UUID of the environment of the line. Defaults to `environment_id` of the " +
		"provider. If the provider has none, lines of every environment match. Conflicts with `id`. If `id` is set, this is the environment of " +
		"the line.")
	network := tfkit.NetworkFilter("lines")
	network.Computed, network.MarkdownDescription = true, "The network of the line. Valid values are `mainnet`, `testnet3`, `mutinynet` and "+
		"`signet`. By default, lines on every network match. Conflicts with `id`. If `id` is set, this is the network of the line."
	attributes["network"] = network
	attributes["currency"] = schema.StringAttribute{
		MarkdownDescription: "The currency of the line. Valid values are `btc`, `usd`, and `asset:` followed by 66 hex characters. By default, " +
			"lines in every currency match. Conflicts with `id`. If `id` is set, this is the currency of the line.",
		Optional:   true,
		Computed:   true,
		Validators: []validator.String{tfkit.Currency()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one line of credit, which backs wallets. Set `id`, or set arguments that match exactly one line. If more " +
			"than one line matches, the error lists them. Lines of credit are created in the Voltage dashboard.",
		Attributes: attributes,
	}
}

// ConfigValidators implements [datasource.DataSourceWithConfigValidators].
func (d *lineDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	validators := make([]datasource.ConfigValidator, 0, 4)
	for _, filter := range []string{"environment_id", "network", "currency", "include_disabled"} {
		validators = append(validators, datasourcevalidator.Conflicting(path.MatchRoot("id"), path.MatchRoot(filter)))
	}
	return validators
}

// Read implements [datasource.DataSource].
func (d *lineDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config lineModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client, organization, ready := d.Ready(req, resp, config.OrganizationID)
	if !ready {
		return
	}
	var line *voltage.LineOfCredit
	if id, ok := config.ID.ID(); ok {
		// Terraform creates no lines of credit, so a 404 cannot lag behind a write.
		var err error
		if line, err = client.FindLineOfCredit(ctx, voltage.Ref{OrganizationID: organization, ID: id}); err != nil {
			resp.Diagnostics.Append(tfkit.Failure{
				Message: tfkit.LineOfCreditNotRead, Object: fmt.Sprintf("Line of credit %s of organization %s", id, organization), Err: err,
				Blame: tfkit.Blame{
					"line_of_credit_not_found":                 path.Root("id"),
					"line_of_credit_not_found_in_organization": path.Root("id"),
					"not_allowed": path.Root("id"),
				},
			}.Diagnostic())
		}
	} else {
		line = d.findOne(ctx, client, organization, config, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, lineModel{newLineObject(line), config.IncludeDisabled})...)
}

var (
	noLine = tfkit.Declare(tfkit.Message{
		Summary: "Line of Credit Not Read",
		Detail:  "{OBJECT} was not found.",
		Next: []string{"Correct these arguments. The data source voltage_lines_of_credit lists the lines that exist. A disabled line is " +
			"found only with include_disabled = true. Lines of credit are created in the Voltage dashboard."},
	})
	severalLines = tfkit.Declare(tfkit.Message{
		Summary: "Line of Credit Not Read",
		Detail:  "{OBJECT}: {COUNT} lines of credit match:{LINES}",
		Next:    []string{"Set id to one of these IDs."},
	})
)

// findOne returns the one line that matches, and adds an error where no line or more than one line matches.
func (d *lineDataSource) findOne(
	ctx context.Context, client *voltage.Client, organization uuid.UUID, config lineModel, diags *diag.Diagnostics,
) *voltage.LineOfCredit {
	filter := lineFilter{Network: config.Network, Currency: config.Currency, IncludeDisabled: config.IncludeDisabled}
	filter.EnvironmentID = d.EnvironmentOr(config.EnvironmentID, diags)
	if diags.HasError() {
		return nil
	}
	object := "A line of credit with " + filter.describe(organization)
	scope := tfkit.Scope{Client: client, Organization: organization}
	scope.Environment, _ = filter.EnvironmentID.ID()
	found, err := filter.list(ctx, scope)
	if err != nil {
		diags.Append(tfkit.Failure{Message: tfkit.LineOfCreditNotRead, Object: object, Err: err}.Diagnostic())
		return nil
	}
	switch len(found) {
	case 1:
		return &found[0]
	case 0:
		noLine.Add(diags, tfkit.Values{"OBJECT": object})
	default:
		var list strings.Builder
		for _, line := range found {
			fmt.Fprintf(&list, "\n  %s: %s on %s in environment %s", line.ID, voltage.Clean(line.Currency),
				voltage.Clean(voltage.WalletNetwork(line.Network)), line.EnvironmentID)
		}
		severalLines.Add(diags, tfkit.Values{"OBJECT": object, "COUNT": len(found), "LINES": list.String()})
	}
	return nil
}
