package credit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
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
		Version: 0, // raised, with an upgrade of older states, by a change of what a state means: see CONTRIBUTING.md
		MarkdownDescription: "The limit of a sandbox line of credit, one that backs no real money. The line exists already: Voltage creates it with the environment. The resource takes " +
			"it over and changes its `limit`; it never disables it, and destroying the resource leaves the line with the limit that it has. The plan says so in a warning.\n\n" +
			"Let wallets refer to `voltage_sandbox_line_of_credit.….line_of_credit_id`: then the limit is raised before the wallets are created.",
		Attributes: map[string]schema.Attribute{
			"line_of_credit_id": tfkit.RequiredFixedUUID("The UUID of the line of credit; the data source `voltage_line_of_credit` finds it. Changing this forces a new resource, " +
				"and leaves the old line with the limit that it has."),
			"limit": schema.Int64Attribute{
				MarkdownDescription: "The limit that the wallets on the line share, in base units of its currency: millisatoshis for btc (1 sat = 1,000 msats), cents for usd. " +
					"At least 1, and at least the sum of the limits of these wallets: a lower value is refused while planning. Changing this updates the line in place.",
				Required:   true,
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"organization_id": tfkit.FixedDefault("organization"),
			"environment_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the environment that the line belongs to.", Computed: true, CustomType: tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"network":  tfkit.FixedText("The Bitcoin network, as the resource `voltage_wallet` writes it: `testnet3` or `mutinynet`."),
			"currency": tfkit.FixedText("The line's currency: `btc`, `usd` or `asset:` with 66 hex characters."),
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true, Update: true,
				CreateDescription: tfkit.TimeoutDescription("the limit to be read back when the line is taken over", "If the timeout expires, nothing is in the state."),
				UpdateDescription: tfkit.TimeoutDescription("a changed limit to be read back", "If the timeout expires, the state keeps the old limit."),
			}),
		},
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *sandboxResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfkit.Identity("line_of_credit_id", "The line of credit's UUID.")
}

// ModifyPlan implements [resource.ResourceWithModifyPlan]: what the API would refuse is refused here where it is known, and a destroy
// says what it leaves.
func (r *sandboxResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Settings == nil {
		return
	}
	var state, plan sandboxModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		state.warnOfWhatStays(&resp.Diagnostics)
		return
	}
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...); !resp.Diagnostics.HasError() {
		oneLimit.Plan(ctx, r.Settings, req, resp, plan.LineOfCreditID)
	}
	creating := !plan.LineOfCreditID.Equal(state.LineOfCreditID) || !req.State.Raw.IsNull() && !plan.OrganizationID.Equal(state.OrganizationID)
	switch {
	case resp.Diagnostics.HasError(), !creating && plan.Limit.Equal(state.Limit):
		return
	case creating && !req.State.Raw.IsNull():
		if !tfkit.CheckImport(ctx, req.Private, state.Describe(), "take this line out of the state and change the limit of another one",
			[]tfkit.Change{
				{Name: "line_of_credit_id", State: state.LineOfCreditID, Plan: plan.LineOfCreditID},
				{Name: "organization_id", State: state.OrganizationID, Plan: plan.OrganizationID},
			}, &resp.Diagnostics) {
			return
		}
		state.warnOfWhatStays(&resp.Diagnostics)
	case creating:
		var own tfkit.UUID
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("organization_id"), &own)...)
		plan.OrganizationID = r.Settings.Organization(own, &resp.Diagnostics)
		tfkit.PlanDefault(ctx, req, resp, path.Root("organization_id"), plan.OrganizationID)
	}
	if r.Settings.Pending {
		return
	}
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	organization, organizationKnown := plan.OrganizationID.ID()
	id, known := plan.LineOfCreditID.ID()
	if resp.Diagnostics.HasError() || !organizationKnown || !known {
		return
	}
	line, err := client.GetLineOfCredit(ctx, voltage.Ref{OrganizationID: organization, ID: id})
	switch {
	case voltage.IsNotFound(err):
		resp.Diagnostics.Append(tfkit.Failure{
			Message: tfkit.LineOfCreditNotRead, Object: plan.Describe(), Err: err, Blame: sandboxBlame,
		}.Diagnostic())
	case err != nil: // the apply's to say, if it is still so
	case !plan.Limit.IsUnknown() && plan.Limit.ValueInt64() < line.AllocatedLimit:
		limitTooLow.AddAt(&resp.Diagnostics, path.Root("limit"), tfkit.Values{
			"OBJECT": plan.Describe(), "LIMIT": plan.Limit.ValueInt64(), "ALLOCATED": line.AllocatedLimit, "UNIT": voltage.UnitOf(line.Currency),
		})
	case creating: // what never changes is known already now
		for attribute, value := range map[string]attr.Value{
			"environment_id": tfkit.NewUUID(line.EnvironmentID), "network": types.StringValue(voltage.WalletNetwork(line.Network)),
			"currency": types.StringValue(line.Currency),
		} {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(attribute), value)...)
		}
	}
}

// oneLimit keeps the limit of a line of credit in one resource.
var oneLimit = tfkit.Once{Resource: "voltage_sandbox_line_of_credit", Attribute: "line_of_credit_id", Object: "The settings of line of credit "}

// What messages say of the state after a failure, and what to do then.
const (
	stateWithout = "Nothing is in the state: the next apply reads the line again and takes it over."
	stateKeptOld = "The state keeps the old limit: the next apply reads the current limit first."
	freeLimit    = "The wallets on the line have taken more than this limit. Choose a higher one, or delete wallets first. The data source " +
		"voltage_line_of_credit shows allocated_limit."
	enableLine = "The limit of a disabled line of credit cannot be changed. Choose another line of credit, or ask Voltage's support to " +
		"enable this one."
)

var (
	lineNotTakenOver = tfkit.Declare(tfkit.Message{
		Summary: "Line of Credit Not Taken Over", State: []string{stateWithout}, Next: []string{tfkit.ByReason, freeLimit, enableLine},
	})
	limitNotChanged = tfkit.Declare(tfkit.Message{
		Summary: "Limit Not Changed", State: []string{stateKeptOld}, Next: []string{tfkit.ByReason, freeLimit, enableLine},
	})
	limitTooLow = tfkit.Declare(tfkit.Message{
		Summary: "Limit Below What Is Allocated",
		Detail:  "{OBJECT}: the limit would be {LIMIT}, and the wallets on the line have taken {ALLOCATED} ({UNIT}).",
		Next:    []string{"Choose at least {ALLOCATED}, or delete wallets first."},
	})
	lineStays = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Line of Credit Stays",
		Detail:  "{OBJECT} is taken out of the state, and nothing else: it keeps its limit of {LIMIT}.",
		Next:    []string{"To leave it with another limit, apply that first."},
	})
)

// Create implements [resource.Resource]: it takes the line over as it is, and changes its limit if that is another one.
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

// Update implements [resource.Resource]. The limit is all that changes; timeouts are Terraform's own.
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

// Delete implements [resource.Resource]. The framework takes the line out of the state; it stays as it is.
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

// sandboxBlame is the attribute that causes a refusal.
var sandboxBlame = tfkit.Blame{
	"line_of_credit_not_found":                    path.Root("line_of_credit_id"),
	"line_of_credit_not_found_in_organization":    path.Root("line_of_credit_id"),
	"line_of_credit_disabled":                     path.Root("line_of_credit_id"),
	"not_allowed":                                 path.Root("line_of_credit_id"),
	"feature_flag_disabled":                       path.Root("line_of_credit_id"),
	"invalid_line_of_credit_limit":                path.Root("limit"),
	"line_of_credit_not_valid":                    path.Root("limit"),
	"line_of_credit_cannot_allocate_wallet_limit": path.Root("limit"),
	"field:limit":                                 path.Root("limit"),
	"field:disabled_at":                           path.Root("line_of_credit_id"),
}

// sandboxNext is what to do after a refusal that means something else for a wallet; empty for what is usual.
func sandboxNext(err error) string {
	switch {
	case voltage.IsType(err, "line_of_credit_cannot_allocate_wallet_limit"):
		return freeLimit
	case voltage.IsType(err, "line_of_credit_not_valid") && isDisabled(err):
		return enableLine
	}
	return ""
}

// isDisabled reports whether the API refuses something because of disabled_at of a line of credit.
func isDisabled(err error) bool {
	var answer *voltage.Error
	if !errors.As(err, &answer) {
		return false
	}
	fields, _ := answer.Context["fields"].([]any)
	return slices.Contains(fields, any("disabled_at"))
}

// changeLimit asks for another limit of a line and waits until it is read back.
func changeLimit(ctx context.Context, client *voltage.Client, ref voltage.Ref, limit int64) error {
	if err := client.UpdateSandboxLineOfCredit(ctx, ref, limit); err != nil {
		return err
	}
	_, err := voltage.Poll(ctx, client, voltage.Wait[*voltage.LineOfCredit]{
		For: fmt.Sprintf("the limit %d", limit),
		Read: func(ctx context.Context) (*voltage.LineOfCredit, error) {
			return voltage.NilIfNotFound(client.GetLineOfCredit(ctx, ref)) // nil: the read lags behind
		},
		Done: func(found *voltage.LineOfCredit) (bool, error) { return found != nil && found.Limit == limit, nil },
		Describe: func(found *voltage.LineOfCredit) string {
			if found == nil {
				return "no line of credit with this ID"
			}
			return fmt.Sprintf("limit %d, of which %d allocated", found.Limit, found.AllocatedLimit)
		},
	})
	return err
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

// warnOfWhatStays says what the line has after the resource is gone.
func (m *sandboxModel) warnOfWhatStays(diags *diag.Diagnostics) {
	lineStays.Add(diags, tfkit.Values{"OBJECT": m.Describe(), "LIMIT": m.Limit.ValueInt64()})
}

// read takes over what the API says of a line.
func (m *sandboxModel) read(line *voltage.LineOfCredit) {
	m.Limit = types.Int64Value(line.Limit)
	m.EnvironmentID = tfkit.NewUUID(line.EnvironmentID)
	m.Network = types.StringValue(voltage.WalletNetwork(line.Network))
	m.Currency = types.StringValue(line.Currency)
}
