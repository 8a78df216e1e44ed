// Package webhook holds the webhook resource, its data sources, and the actions that test a webhook and retry or abandon a delivery.
package webhook

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewResource makes the resource voltage_webhook.
func NewResource() resource.Resource { return &webhookResource{} }

type webhookResource struct {
	tfkit.Resource
}

var (
	_ resource.ResourceWithConfigure   = (*webhookResource)(nil)
	_ resource.ResourceWithIdentity    = (*webhookResource)(nil)
	_ resource.ResourceWithImportState = (*webhookResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*webhookResource)(nil)
)

type webhookModel struct {
	ID             tfkit.UUID     `tfsdk:"id"`
	OrganizationID tfkit.UUID     `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID     `tfsdk:"environment_id"`
	URL            urlValue       `tfsdk:"url"`
	Name           types.String   `tfsdk:"name"`
	Events         types.Object   `tfsdk:"events"`
	Enabled        types.Bool     `tfsdk:"enabled"`
	SecretVersion  types.Int64    `tfsdk:"secret_version"`
	SharedSecret   types.String   `tfsdk:"shared_secret"`
	Status         types.String   `tfsdk:"status"`
	CreatedAt      types.String   `tfsdk:"created_at"`
	AdoptExisting  types.Bool     `tfsdk:"adopt_existing"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements [resource.Resource].
func (r *webhookResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook"
}

// Schema implements [resource.Resource].
func (r *webhookResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version: 0, // a change of the meaning of a state raises it, and adds an upgrade of older states: see CONTRIBUTING.md
		MarkdownDescription: "A webhook. Voltage sends the payment events of an environment to its URL with POST requests. Each delivery is " +
			"signed. The header `x-voltage-signature` is the base64 of an HMAC-SHA256 with the key `shared_secret`, over the raw body, a dot, and " +
			"the value of the header `x-voltage-timestamp`.\n\n" +
			"The API returns the secret only when the webhook is created and when the secret is rotated. The state contains the secret as a " +
			"sensitive value. For an imported webhook, set or change `secret_version`: this rotates the secret and puts it into the state.",
		Attributes: map[string]schema.Attribute{
			"url": schema.StringAttribute{
				MarkdownDescription: "The URL that receives the deliveries. It must be an https URL, or an http URL of a loopback address for tests. " +
					"Another spelling of the same URL, such as a host in capitals, is no change. Changing this updates the webhook in place.",
				Required:      true,
				CustomType:    urlType{},
				PlanModifiers: []planmodifier.String{sameURL{}},
				Validators: []validator.String{
					invalidURL.Unless(voltage.CheckWebhookURL),
				},
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "The name of the webhook. Changing this renames the webhook in place.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.UTF8LengthAtLeast(1)},
			},
			"events": eventsAttribute(),
			"enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether the webhook delivers events. `false` stops the webhook without deleting it. Defaults to `true`. " +
					"Changing this starts or stops the webhook in place.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(true),
			},
			"secret_version": schema.Int64Attribute{
				MarkdownDescription: "A number that you choose, at least 0. Changing this rotates the secret, and so does setting it for the first " +
					"time. The previous secret is invalid immediately. Removing it changes nothing.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AtLeast(0)},
			},
			"organization_id": tfkit.FixedDefault("organization"),
			"environment_id":  tfkit.FixedDefault("environment"),
			"id":              tfkit.OwnIDAttribute("webhook"),
			"adopt_existing": tfkit.AdoptAttribute("webhook", " The API returns a secret only once, so taking over a webhook rotates its secret. "+
				"The previous secret is invalid immediately."),
			"shared_secret": schema.StringAttribute{
				MarkdownDescription: "The secret that signs the deliveries. Null for an imported webhook until `secret_version` rotates the secret.",
				Computed:            true,
				Sensitive:           true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"status": tfkit.FixedText("The status of the webhook: `active` or `stopped`."),
			"created_at": tfkit.FixedText("The time when the webhook was created, in RFC 3339. If the creation has not finished, " +
				"the time of the request."),
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true, Update: true, Delete: true,
				CreateDescription: tfkit.TimeoutDescription("the API to return the new webhook",
					"If the timeout expires, the webhook stays in the state and is marked as tainted."),
				UpdateDescription: tfkit.TimeoutDescription("the API to return the changes",
					"If the timeout expires, the state keeps the old values of the attributes whose change the API has not returned yet."),
				DeleteDescription: tfkit.TimeoutDescription("the webhook to be deleted", "If the timeout expires, the webhook stays in the state."),
			}),
		},
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *webhookResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfkit.IdentityInEnvironment("id", "The UUID of the webhook.")
}

// Create implements [resource.Resource].
func (r *webhookResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan webhookModel
	creation, ctx, cancel := r.BeginCreate(ctx, req, resp, &plan, tfkit.Failure{Message: webhookNotCreated, Blame: blame}, tainted)
	defer cancel()
	request := voltage.NewWebhook{
		URL: plan.URL.ValueString(), Name: plan.Name.ValueString(), Events: plan.events(ctx, &resp.Diagnostics), OwnID: creation.OwnID,
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ownID := plan.ownID(creation.Client, creation.Ref)
	if !ownID.Find(ctx, creation) {
		return
	}
	plan.SharedSecret, plan.Status, plan.CreatedAt = types.StringNull(), types.StringNull(), tfkit.NewStart()
	if !creation.Save(ctx, &plan) {
		return
	}
	secret := ""
	if !creation.Request(ctx, func(ctx context.Context, ref voltage.Ref) (err error) {
		secret, err = creation.Client.CreateWebhook(ctx, ref, request)
		return err
	}) {
		return
	}
	if secret != "" { // the API shows it only once, so it goes into the state before the next step
		plan.SharedSecret = types.StringValue(secret)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
	webhook, err := waitFor(ctx, creation.Client, creation.Ref, "the API to return the new webhook", func(*voltage.Webhook) bool {
		return true
	})
	// If the API has accepted the request of this run, the webhook belongs to this run, since a used ID gets 409.
	if err == nil && secret == "" && !ownID.Confirm(ctx, creation, webhook) {
		return
	}
	warnOfURL(plan, webhook, &resp.Diagnostics)
	if err == nil && secret == "" { // the answer with the secret was lost, or an earlier run got it
		if secret, err = creation.Client.RotateWebhookSecret(ctx, creation.Ref); err == nil {
			plan.SharedSecret = types.StringValue(secret)
		}
	}
	if err == nil && plan.Enabled.ValueBool() != (webhook.Status != voltage.WebhookStopped) {
		webhook, err = enableWebhook(ctx, creation.Client, creation.Ref, plan.Enabled.ValueBool())
	}
	if err == nil && webhook != nil {
		plan.readComputed(webhook)
	}
	creation.End(ctx, webhook != nil, err)
}

// Read implements [resource.Resource].
func (r *webhookResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state webhookModel
	reading, ask := r.BeginRead(ctx, req, resp, &state, webhookNotRead)
	if !ask {
		return
	}
	webhook, err := reading.Client.GetListedWebhook(ctx, reading.Ref)
	if !reading.Found(ctx, err, webhook != nil && webhook.Deleted()) {
		return
	}
	resp.Diagnostics.Append(state.read(ctx, webhook)...)
	reading.End(ctx)
}

// Update implements [resource.Resource]. After each request it waits for the change and writes the change to the state. The secret comes
// last, so that no other request can fail between its answer and the state.
func (r *webhookResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan webhookModel
	update, ctx, cancel := r.BeginUpdate(ctx, req, resp, &state, &plan, tfkit.Failure{Message: webhookNotChanged, Blame: blame})
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	progress := state // the state after the changes so far
	if err := r.change(ctx, update, &plan, &progress, &resp.Diagnostics); err != nil {
		if is := (*urlError)(nil); errors.As(err, &is) {
			update.Failure.Next = writeURLAsAPI
		}
		resp.Diagnostics.Append(resp.State.Set(ctx, progress)...)
		update.Fail(err)
		return
	}
	// Terraform refuses a result that differs from a known value of the plan. If another client has started or stopped the webhook since the
	// plan, the next refresh shows it.
	if plan.Status.IsUnknown() {
		plan.Status = progress.Status
	}
	if plan.CreatedAt.IsUnknown() {
		plan.CreatedAt = progress.CreatedAt
	}
	plan.SharedSecret = progress.SharedSecret
	update.End(ctx)
}

// change turns the webhook in progress into the planned webhook, one request at a time.
func (r *webhookResource) change(ctx context.Context, update *tfkit.Update, plan, progress *webhookModel, diags *diag.Diagnostics) error {
	before := *progress
	if !plan.URL.Equal(before.URL) || !plan.Name.Equal(before.Name) || !plan.Events.Equal(before.Events) {
		if leavesOther(plan.Events) { // an older provider has written the state: keep the webhook's events of unknown families
			current, err := voltage.Settled(ctx, update.Client, update.Ref, update.Client.GetWebhook)
			if err != nil {
				return err
			}
			var got diag.Diagnostics
			plan.Events, got = carryOther(plan.Events, current)
			diags.Append(got...)
		}
		webhook, err := changeWebhook(ctx, update.Client, update.Ref, voltage.WebhookChange{
			URL: plan.URL.ValueString(), Name: plan.Name.ValueString(), Events: plan.events(ctx, diags),
		}, before.URL.ValueString())
		if err != nil {
			return err
		}
		progress.URL, progress.Name, progress.Events = plan.URL, plan.Name, plan.Events
		progress.readComputed(webhook)
	}
	if !plan.Enabled.Equal(before.Enabled) {
		webhook, err := enableWebhook(ctx, update.Client, update.Ref, plan.Enabled.ValueBool())
		if err != nil {
			return err
		}
		progress.Enabled = plan.Enabled
		progress.readComputed(webhook)
	}
	unread := plan.Status.IsUnknown() || plan.CreatedAt.IsUnknown()
	// The creation did not finish, and the user has run terraform untaint.
	if unread && (progress.Status.IsNull() || progress.CreatedAt.IsNull()) {
		webhook, err := voltage.Settled(ctx, update.Client, update.Ref, update.Client.GetWebhook)
		if err != nil {
			return err
		}
		progress.readComputed(webhook)
	}
	if rotates(before, *plan) {
		secret, err := update.Client.RotateWebhookSecret(ctx, update.Ref)
		if err != nil {
			if voltage.IsDoubtful(err) {
				update.Failure.State = stateSecretInDoubt
			}
			return err
		}
		progress.SharedSecret = types.StringValue(secret)
	}
	return nil
}

// Delete implements [resource.Resource].
func (r *webhookResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state webhookModel
	deletion, ctx, cancel := r.BeginDelete(ctx, req, resp, &state,
		tfkit.Failure{Message: webhookNotDeleted, State: stateKept})
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := deleteWebhook(ctx, deletion.Client, deletion.Ref, state.unfinished())
	switch {
	case err != nil:
		deletion.Fail(err)
	case !found:
		deletion.Unused()
	}
}

// ImportState implements [resource.ResourceWithImportState].
func (r *webhookResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.Import(ctx, req, resp, tfkit.Import{
		Attributes: []string{"organization_id", "environment_id", "id"},
		Forms:      "WEBHOOK_ID, ENVIRONMENT_ID/WEBHOOK_ID or ORGANIZATION_ID/ENVIRONMENT_ID/WEBHOOK_ID",
		Where:      "The Voltage dashboard and the data source voltage_webhooks show the IDs of webhooks.",
	})
}

// Base implements [tfkit.Model].
func (m *webhookModel) Base() tfkit.Base {
	return tfkit.Base{
		OrganizationID: &m.OrganizationID, EnvironmentID: &m.EnvironmentID, EnvironmentDefaults: true, ID: &m.ID,
		Imported: m.URL.IsNull(), Unfinished: m.unfinished(), Timeouts: &m.Timeouts,
	}
}

// unfinished returns the time when the creation of a webhook began. It returns nil if the state has seen the webhook.
func (m *webhookModel) unfinished() *time.Time {
	if !m.Status.IsNull() || m.URL.IsNull() { // the URL is null during an import
		return nil
	}
	return tfkit.StartOf(m.CreatedAt)
}

// Describe implements [tfkit.Model].
func (m *webhookModel) Describe() string {
	return tfkit.Named("Webhook", m.Name, m.ID, tfkit.Part{Kind: "environment", ID: m.EnvironmentID})
}

// events returns the events of a plan in the form of the API.
func (m *webhookModel) events(ctx context.Context, diags *diag.Diagnostics) voltage.WebhookEvents {
	return eventsOf(ctx, m.Events, diags).events()
}

// read copies a webhook of the API into the model.
func (m *webhookModel) read(_ context.Context, webhook *voltage.Webhook) diag.Diagnostics {
	m.ID = tfkit.NewUUID(webhook.ID)
	m.OrganizationID = tfkit.NewUUID(webhook.OrganizationID)
	m.EnvironmentID = tfkit.NewUUID(webhook.EnvironmentID)
	m.URL = newURL(webhook.URL)
	m.Name = types.StringValue(webhook.Name)
	m.Enabled = types.BoolValue(webhook.Status != voltage.WebhookStopped)
	m.readComputed(webhook)
	var diags diag.Diagnostics
	m.Events, diags = newEvents(webhook.Events)
	return diags
}

// readComputed copies the attributes that only the API sets.
func (m *webhookModel) readComputed(webhook *voltage.Webhook) {
	m.Status = types.StringValue(webhook.Status)
	m.CreatedAt = tfkit.NewTime(&webhook.CreatedAt)
}
