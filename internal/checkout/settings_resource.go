// Package checkout holds the settings and the sessions of the hosted checkout.
package checkout

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewSettingsResource makes the resource voltage_checkout_settings.
func NewSettingsResource() resource.Resource {
	return &settingsResource{tfkit.Resource{Once: &oneSettings}}
}

type settingsResource struct {
	tfkit.Resource
}

var (
	_ resource.ResourceWithConfigure      = (*settingsResource)(nil)
	_ resource.ResourceWithIdentity       = (*settingsResource)(nil)
	_ resource.ResourceWithImportState    = (*settingsResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*settingsResource)(nil)
	_ resource.ResourceWithValidateConfig = (*settingsResource)(nil)
)

type settingsModel struct {
	OrganizationID tfkit.UUID     `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID     `tfsdk:"environment_id"`
	OriginPolicy   types.String   `tfsdk:"origin_policy"`
	AllowedOrigins types.Set      `tfsdk:"allowed_origins"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements [resource.Resource].
func (r *settingsResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_checkout_settings"
}

// Schema implements [resource.Resource].
func (r *settingsResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version: 0, // a change of the meaning of a state raises it, and adds an upgrade of older states: see CONTRIBUTING.md
		MarkdownDescription: "Manages the checkout settings of an environment: which web pages may use the hosted checkout in a browser. An " +
			"environment has one set of settings, and creating the resource replaces the existing settings.\n\nDestroying the resource sets " +
			"`deny_all`: after that, the hosted checkout refuses every browser. The plan shows a warning about it.",
		Attributes: map[string]schema.Attribute{
			"origin_policy": schema.StringAttribute{
				MarkdownDescription: "Which web pages may use the hosted checkout. Valid values are `deny_all` (no page), `allowlist` (the pages of " +
					"`allowed_origins`) and `allow_all` (every page). Changing this updates the settings in place.",
				Required:   true,
				Validators: []validator.String{stringvalidator.OneOf(voltage.OriginsDenyAll, voltage.OriginsAllowlist, voltage.OriginsAllowAll)},
			},
			"allowed_origins": schema.SetAttribute{
				MarkdownDescription: "The origins of the pages that may use the checkout, in any order. Write each origin exactly as browsers do: " +
					"`https://` (or `http://`), the host in lower case, and the port if it is not the default port of the scheme. Do not add a path, a " +
					"slash at the end or a wildcard. Examples are `https://shop.example` and `http://localhost:3000`. Valid only if `origin_policy` is " +
					"`allowlist`. Defaults to `[]`. Changing this updates the settings in place.",
				Optional:    true,
				Computed:    true,
				ElementType: types.StringType,
				Default:     setdefault.StaticValue(types.SetValueMust(types.StringType, []attr.Value{})),
				Validators: []validator.Set{
					setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(invalidOrigin.Unless(voltage.CheckOrigin)),
				},
			},
			"organization_id": tfkit.FixedDefault("organization"),
			"environment_id":  tfkit.FixedDefault("environment"),
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true, Update: true, Delete: true,
				CreateDescription: tfkit.TimeoutDescription("the API to return the new settings",
					"If the timeout expires, the settings stay in the state and are marked as tainted."),
				UpdateDescription: tfkit.TimeoutDescription("the API to return the changed settings",
					"If the timeout expires, the state keeps the old settings."),
				DeleteDescription: tfkit.TimeoutDescription("the API to return `deny_all`", "If the timeout expires, the settings stay in the state."),
			}),
		},
	}
}

// These are sentences about the state after a failure.
const (
	stateKeptOld = "The state keeps the old settings. The next apply reads the current settings first."
	stateKept    = "The settings stay in the state."
)

// settingsTainted has the sentence about the state after a failed creation.
var settingsTainted = tfkit.Tainted{
	Generated: "The settings stay in the state and are marked as tainted. The next apply sets deny_all, and then the configured settings.",
}

var (
	settingsNotSet     = tfkit.Declare(tfkit.Message{Summary: "Checkout Settings Not Set", State: settingsTainted.States()})
	settingsNotChanged = tfkit.Declare(tfkit.Message{Summary: "Checkout Settings Not Changed", State: []string{stateKeptOld}})
	settingsNotReset   = tfkit.Declare(tfkit.Message{Summary: "Checkout Settings Not Reset", State: []string{stateKept}})
	invalidOrigin      = tfkit.DeclareInvalid("Invalid Origin", "Write the origin exactly as browsers do.")
)

// oneSettings ensures that only one resource manages the settings of an environment.
var oneSettings = tfkit.Once{
	Resource:  "voltage_checkout_settings",
	Attribute: "environment_id",
	Object:    "The checkout settings of environment ",
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *settingsResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfkit.Identity("environment_id", "The UUID of the environment.")
}

// Create implements [resource.Resource].
func (r *settingsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan settingsModel
	creation, ctx, cancel := r.BeginCreate(ctx, req, resp, &plan,
		tfkit.Failure{Message: settingsNotSet, Blame: settingsBlame}, settingsTainted)
	defer cancel()
	wanted := plan.wanted(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !creation.Claim(ctx) || !creation.Save(ctx, &plan) {
		return
	}
	switch sent, err := wanted.put(ctx, creation.Client, creation.Ref); {
	case err != nil && !sent:
		creation.Refused(ctx, err)
	case err != nil:
		creation.Doubtful(err)
	default:
		creation.End(ctx, true, nil)
	}
}

// Read implements [resource.Resource].
func (r *settingsResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state settingsModel
	reading, ask := r.BeginRead(ctx, req, resp, &state, settingsNotRead)
	if !ask {
		return
	}
	settings, err := voltage.Settled(ctx, reading.Client, reading.Ref, reading.Client.GetCheckoutSettings)
	if !reading.Found(ctx, err, false) {
		return
	}
	var diags diag.Diagnostics
	state.OrganizationID, state.EnvironmentID = tfkit.NewUUID(reading.Ref.OrganizationID), tfkit.NewUUID(reading.Ref.EnvironmentID)
	state.OriginPolicy = types.StringValue(settings.OriginPolicy)
	state.AllowedOrigins, diags = originSet(ctx, settings)
	resp.Diagnostics.Append(diags...)
	reading.End(ctx)
}

// Update implements [resource.Resource]. The timeouts are not sent.
func (r *settingsResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan settingsModel
	update, ctx, cancel := r.BeginUpdate(ctx, req, resp, &state, &plan, tfkit.Failure{
		Message: settingsNotChanged, Blame: settingsBlame, State: stateKeptOld,
	})
	defer cancel()
	wanted := plan.wanted(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if !plan.OriginPolicy.Equal(state.OriginPolicy) || !plan.AllowedOrigins.Equal(state.AllowedOrigins) {
		if _, err := wanted.put(ctx, update.Client, update.Ref); err != nil {
			update.Fail(err)
			return
		}
	}
	update.End(ctx)
}

// Delete implements [resource.Resource]. Settings cannot be removed, so Delete sets deny_all, which is the safe value.
func (r *settingsResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state settingsModel
	deletion, ctx, cancel := r.BeginDelete(ctx, req, resp, &state,
		tfkit.Failure{Message: settingsNotReset, State: stateKept})
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if _, err := (settings{policy: voltage.OriginsDenyAll}).put(ctx, deletion.Client, deletion.Ref); err != nil {
		deletion.Fail(err)
	}
}

// ImportState implements [resource.ResourceWithImportState].
func (r *settingsResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.Import(ctx, req, resp, tfkit.Import{
		Attributes: []string{"organization_id", "environment_id"},
		Forms:      "ENVIRONMENT_ID or ORGANIZATION_ID/ENVIRONMENT_ID",
		Where:      "The Voltage dashboard shows the IDs of environments.",
	})
}

// settingsBlame maps a refusal to the attribute that causes it.
var settingsBlame = tfkit.Blame{
	"invalid_request":       path.Root("allowed_origins"),
	"field:origin_policy":   path.Root("origin_policy"),
	"field:allowed_origins": path.Root("allowed_origins"),
}

// Base implements [tfkit.Model]. The environment is the ID of the settings.
func (m *settingsModel) Base() tfkit.Base {
	return tfkit.Base{
		OrganizationID: &m.OrganizationID, EnvironmentID: &m.EnvironmentID, EnvironmentDefaults: true, ID: &m.EnvironmentID,
		Imported: m.OriginPolicy.IsNull(), Timeouts: &m.Timeouts,
	}
}

// Describe implements [tfkit.Model].
func (m *settingsModel) Describe() string {
	return describe(m.EnvironmentID.ValueString(), m.OrganizationID.ValueString())
}

func describe(environment, organization string) string {
	return fmt.Sprintf("The checkout settings of environment %s (organization %s)", environment, organization)
}

// wanted turns a plan into settings, and checks values that were unknown before.
func (m *settingsModel) wanted(ctx context.Context, diags *diag.Diagnostics) settings {
	wanted := settings{policy: m.OriginPolicy.ValueString()}
	diags.Append(m.check()...)
	diags.Append(m.AllowedOrigins.ElementsAs(ctx, &wanted.origins, false)...)
	slices.Sort(wanted.origins)
	return wanted
}

// originSet returns the origins of settings. Settings without origins have the empty set.
func originSet(ctx context.Context, settings *voltage.CheckoutSettings) (types.Set, diag.Diagnostics) {
	return types.SetValueFrom(ctx, types.StringType, append([]string{}, settings.AllowedOrigins...))
}
