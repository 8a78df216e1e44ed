package credit

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewSandboxResource makes the resource voltage_sandbox_line_of_credit.
func NewSandboxResource() resource.Resource { return &sandboxResource{tfkit.Resource{Once: &oneLimit}} }

type sandboxResource struct {
	tfkit.Resource
}

var (
	_ resource.ResourceWithConfigure   = (*sandboxResource)(nil)
	_ resource.ResourceWithIdentity    = (*sandboxResource)(nil)
	_ resource.ResourceWithImportState = (*sandboxResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*sandboxResource)(nil)
)

type sandboxModel struct {
	LineOfCreditID tfkit.UUID     `tfsdk:"line_of_credit_id"`
	OrganizationID tfkit.UUID     `tfsdk:"organization_id"`
	Limit          types.Int64    `tfsdk:"limit"`
	EnvironmentID  tfkit.UUID     `tfsdk:"environment_id"`
	Network        types.String   `tfsdk:"network"`
	Currency       types.String   `tfsdk:"currency"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements [resource.Resource].
func (r *sandboxResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sandbox_line_of_credit"
}

// Schema implements [resource.Resource].
func (r *sandboxResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version: 0, // a change of the meaning of a state raises it, and adds an upgrade of older states: see CONTRIBUTING.md
		MarkdownDescription: "Manages the limit of a sandbox line of credit, which backs no real money. Voltage creates the line with " +
			"the environment. Creating the resource takes over the existing line and sets its `limit`. The resource never disables the line. " +
			"Destroying the resource leaves the line with its current limit, and the plan shows a warning about it.\n\nSet `line_of_credit_id` of " +
			"the wallets to `voltage_sandbox_line_of_credit.….line_of_credit_id`, so that Terraform raises the limit before it creates the wallets.",
		Attributes: map[string]schema.Attribute{
			"line_of_credit_id": tfkit.RequiredFixedUUID("The UUID of the line of credit. The data source `voltage_line_of_credit` finds it. " +
				"Changing this forces a new resource, and the old line keeps its limit."),
			"limit": schema.Int64Attribute{
				MarkdownDescription: "The limit that the wallets on the line share, in base units of its currency: msats for btc (1 sat = " +
					"1,000 msats), cents for usd. It must be at least 1, and at least the sum of the limits of these wallets. The plan refuses a lower " +
					"value. Changing this updates the line in place.",
				Required:   true,
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"organization_id": tfkit.FixedDefault("organization"),
			"environment_id":  tfkit.ReadOnly(tfkit.ComputedUUID("The UUID of the environment that the line belongs to.")),
			"network": tfkit.FixedText("The Bitcoin network, as the resource `voltage_wallet` writes it: `testnet3` or " +
				"`mutinynet`."),
			"currency": tfkit.FixedText("The currency of the line: `btc`, `usd`, or `asset:` followed by 66 hex characters."),
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true, Update: true,
				CreateDescription: tfkit.TimeoutDescription("the API to return the limit when the line is taken over",
					"If the timeout expires, nothing is in the state."),
				UpdateDescription: tfkit.TimeoutDescription("the API to return the changed limit",
					"If the timeout expires, the state keeps the old limit."),
			}),
		},
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *sandboxResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfkit.Identity("line_of_credit_id", "The UUID of the line of credit.")
}

// Create implements [resource.Resource]: it takes over the existing line, and changes its limit if it differs.
func (r *sandboxResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan sandboxModel
	creation, ctx, cancel := r.BeginCreate(ctx, req, resp, &plan, tfkit.Failure{
		Message: lineNotTakenOver, Blame: sandboxBlame, State: stateWithout,
	}, tfkit.Tainted{})
	defer cancel()
	if resp.Diagnostics.HasError() || !creation.Claim(ctx) {
		return
	}
	line, err := creation.Client.GetLineOfCredit(ctx, creation.Ref)
	if err == nil && line.Limit != plan.Limit.ValueInt64() {
		creation.Ref.EnvironmentID = line.EnvironmentID
		err = changeLimit(ctx, creation.Client, creation.Ref, plan.Limit.ValueInt64())
	}
	if err != nil {
		creation.Failure.Next = sandboxNext(err)
		creation.Refused(ctx, err)
		return
	}
	line.Limit = plan.Limit.ValueInt64()
	plan.read(line)
	creation.End(ctx, true, nil)
}

// Read implements [resource.Resource].
func (r *sandboxResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state sandboxModel
	reading, ask := r.BeginRead(ctx, req, resp, &state, tfkit.LineOfCreditNotRead)
	if !ask {
		return
	}
	line, err := voltage.Settled(ctx, reading.Client, reading.Ref, reading.Client.FindLineOfCredit)
	if !reading.Found(ctx, err, false) {
		return
	}
	state.LineOfCreditID, state.OrganizationID = tfkit.NewUUID(line.ID), tfkit.NewUUID(line.OrganizationID)
	state.read(line)
	reading.End(ctx)
}

// Update implements [resource.Resource]. Only the limit can change. The timeouts are not sent.
func (r *sandboxResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan sandboxModel
	update, ctx, cancel := r.BeginUpdate(ctx, req, resp, &state, &plan, tfkit.Failure{
		Message: limitNotChanged, Blame: sandboxBlame, State: stateKeptOld,
	})
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if !plan.Limit.Equal(state.Limit) {
		if err := changeLimit(ctx, update.Client, update.Ref, plan.Limit.ValueInt64()); err != nil {
			update.Failure.Next = sandboxNext(err)
			update.Fail(err)
			return
		}
	}
	update.End(ctx)
}

// Delete implements [resource.Resource]. The framework removes the line from the state. The line itself does not change.
func (r *sandboxResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state sandboxModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	r.Forget(ctx, req, resp, &state)
}

// ImportState implements [resource.ResourceWithImportState].
func (r *sandboxResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.Import(ctx, req, resp, tfkit.Import{
		Attributes: []string{"organization_id", "line_of_credit_id"},
		Forms:      "LINE_OF_CREDIT_ID or ORGANIZATION_ID/LINE_OF_CREDIT_ID",
		Where:      "The Voltage dashboard and the data source voltage_lines_of_credit show the IDs of lines of credit.",
	})
}

// Base implements [tfkit.Model].
func (m *sandboxModel) Base() tfkit.Base {
	return tfkit.Base{
		OrganizationID: &m.OrganizationID, EnvironmentID: &m.EnvironmentID, ID: &m.LineOfCreditID,
		Imported: m.Limit.IsNull(), Timeouts: &m.Timeouts,
	}
}

// Describe implements [tfkit.Model].
func (m *sandboxModel) Describe() string {
	return fmt.Sprintf("Line of credit %s of organization %s", m.LineOfCreditID.ValueString(), m.OrganizationID.ValueString())
}

// read copies a line of the API into the model.
func (m *sandboxModel) read(line *voltage.LineOfCredit) {
	m.Limit = types.Int64Value(line.Limit)
	m.EnvironmentID = tfkit.NewUUID(line.EnvironmentID)
	m.Network = types.StringValue(voltage.WalletNetwork(line.Network))
	m.Currency = types.StringValue(line.Currency)
}
