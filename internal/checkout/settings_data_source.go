package checkout

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

var settingsNotRead = tfkit.Declare(tfkit.Message{Summary: "Checkout Settings Not Read"})

// NewSettingsDataSource makes the data source voltage_checkout_settings.
func NewSettingsDataSource() datasource.DataSource { return &settingsDataSource{} }

type settingsDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*settingsDataSource)(nil)

type settingsObject struct {
	OrganizationID tfkit.UUID   `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID   `tfsdk:"environment_id"`
	OriginPolicy   types.String `tfsdk:"origin_policy"`
	AllowedOrigins types.Set    `tfsdk:"allowed_origins"`
	UpdatedAt      types.String `tfsdk:"updated_at"`
}

// Metadata implements [datasource.DataSource].
func (d *settingsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_checkout_settings"
}

// Schema implements [datasource.DataSource].
func (d *settingsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the checkout settings of an environment: which web pages may use the hosted checkout in a browser. An " +
			"environment without settings is an error.",
		Attributes: map[string]schema.Attribute{
			"organization_id": tfkit.DefaultedUUID("The UUID of the organization. Defaults to `organization_id` of the provider."),
			"environment_id":  tfkit.DefaultedUUID("The UUID of the environment. Defaults to `environment_id` of the provider."),
			"origin_policy": tfkit.ComputedText("Which web pages may use the hosted checkout: `deny_all` allows no page, `allowlist` allows the " +
				"pages of `allowed_origins`, and `allow_all` allows every page."),
			"allowed_origins": schema.SetAttribute{
				MarkdownDescription: "The origins of the pages that may use the checkout, as browsers write them; empty unless " +
					"`origin_policy` is `allowlist`.",
				Computed: true, ElementType: types.StringType,
			},
			"updated_at": tfkit.ComputedText("When the settings last changed, in RFC 3339."),
		},
	}
}

// Read implements [datasource.DataSource].
func (d *settingsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model settingsObject
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	environment, ready := d.Environment(model.EnvironmentID, &resp.Diagnostics)
	if !ready {
		return
	}
	// The same apply may have set them a moment ago.
	ref := voltage.Ref{OrganizationID: organization, EnvironmentID: environment}
	settings, err := voltage.Settled(ctx, client, ref, client.GetCheckoutSettings)
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: settingsNotRead, Object: describe(environment.String(), organization.String()), Err: err,
		}.Diagnostic())
		return
	}
	var diags diag.Diagnostics
	model.OrganizationID, model.EnvironmentID = tfkit.NewUUID(organization), tfkit.NewUUID(environment)
	model.OriginPolicy, model.UpdatedAt = types.StringValue(settings.OriginPolicy), tfkit.NewTime(&settings.UpdatedAt)
	model.AllowedOrigins, diags = originSet(ctx, settings)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
