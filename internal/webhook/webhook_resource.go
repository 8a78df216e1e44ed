// Package webhook holds the webhook resource, its data sources and the action that tests one.
package webhook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// defaultTimeout bounds each wait for the API, which takes seconds for any of them.
const defaultTimeout = 5 * time.Minute

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

type webhookIdentity struct {
	OrganizationID tfkit.UUID `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID `tfsdk:"environment_id"`
	ID             tfkit.UUID `tfsdk:"id"`
}

// Metadata implements [resource.Resource].
func (r *webhookResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook"
}

// Schema implements [resource.Resource].
func (r *webhookResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version: 0, // raised, with an upgrade of older states, by a change of what a state means: see CONTRIBUTING.md
		MarkdownDescription: "A webhook: Voltage posts the events of an environment's payments to its URL. Every delivery is signed: the header `x-voltage-signature` is base64 of " +
			"HMAC-SHA256 over the raw body, a dot and the header `x-voltage-timestamp`, keyed with `shared_secret`.\n\n" +
			"The API shows the secret when the webhook is created and when the secret is rotated, and never again. It is kept in the state, as a sensitive value. An imported webhook " +
			"has no secret in the state until it is rotated: set or change `secret_version`.",
		Attributes: map[string]schema.Attribute{
			"url": schema.StringAttribute{
				MarkdownDescription: "The URL that receives the deliveries: an https URL, or an http URL of a loopback address, such as that of a test. Another spelling of the same URL, such as " +
					"another case of the host, is no change. Changing this updates the webhook in place.",
				Required:      true,
				CustomType:    urlType{},
				PlanModifiers: []planmodifier.String{sameURL{}},
				Validators: []validator.String{
					tfkit.Check("Invalid Webhook URL", "An https URL, or an http one of a loopback address.", voltage.CheckWebhookURL),
				},
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "The webhook's name. Changing this renames the webhook in place.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.UTF8LengthAtLeast(1)},
			},
			"events": eventsAttribute(),
			"enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether the webhook delivers events. `false` stops the webhook without deleting it. Defaults to `true`. Changing this starts or stops the webhook in place.",
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(true),
			},
			"secret_version": schema.Int64Attribute{
				MarkdownDescription: "A number of your own, 0 or more, for the secret: changing it, or setting it on a webhook that has none in the state, rotates the secret. The previous secret " +
					"becomes void at once. Leaving it out changes nothing.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AtLeast(0)},
			},
			"organization_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the organization. Defaults to the provider's when the webhook is created; a later change of the " +
					"provider's default does not affect the webhook. Changing this forces a new resource.",
				Optional:      true,
				Computed:      true,
				CustomType:    tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
			},
			"environment_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the environment whose payments the webhook reports. Defaults to the provider's when the webhook is created; a later change of " +
					"the provider's default does not affect the webhook. Changing this forces a new resource.",
				Optional:      true,
				Computed:      true,
				CustomType:    tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
			},
			"id": tfkit.OwnIDAttribute("webhook"),
			"adopt_existing": tfkit.AdoptAttribute("webhook", " The API shows a secret only once, so taking a webhook over rotates its secret: the previous secret "+
				"becomes void at once."),
			"shared_secret": schema.StringAttribute{
				MarkdownDescription: "The secret that deliveries are signed with; null for an imported webhook until `secret_version` rotates it.",
				Computed:            true,
				Sensitive:           true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"status": schema.StringAttribute{
				MarkdownDescription: "The status in the API: `active` or `stopped`.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"created_at": schema.StringAttribute{
				MarkdownDescription: "When the webhook was created, in RFC 3339. Until the creation is seen to succeed, the time of the request.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true, Update: true, Delete: true,
				CreateDescription: tfkit.TimeoutDescription("a new webhook to be read back", "If the timeout expires, the webhook stays in the state and is marked as tainted."),
				UpdateDescription: tfkit.TimeoutDescription("a change to be read back", "If the timeout expires, the state keeps the old values of the attributes that were not read back yet."),
				DeleteDescription: tfkit.TimeoutDescription("the webhook to be deleted", "If the timeout expires, the webhook stays in the state."),
			}),
		},
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *webhookResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"organization_id": identityschema.StringAttribute{
				Description:       "The UUID of the organization. Default when importing: the provider's.",
				OptionalForImport: true,
				CustomType:        tfkit.UUIDType{},
			},
			"environment_id": identityschema.StringAttribute{
				Description:       "The UUID of the environment. Default when importing: the provider's.",
				OptionalForImport: true,
				CustomType:        tfkit.UUIDType{},
			},
			"id": identityschema.StringAttribute{
				Description:       "The webhook's UUID.",
				RequiredForImport: true,
				CustomType:        tfkit.UUIDType{},
			},
		},
	}
}

// Create implements [resource.Resource].
func (r *webhookResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.OrganizationID = r.Settings.Organization(plan.OrganizationID.KnownOrNull(), &resp.Diagnostics)
	plan.EnvironmentID = r.Settings.Environment(plan.EnvironmentID.KnownOrNull(), &resp.Diagnostics)
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	own := !plan.ID.IsUnknown()
	if !own {
		id, err := voltage.NewID()
		if err != nil {
			resp.Diagnostics.Append(tfkit.Failure{Summary: "Webhook Not Created", Object: plan.describe(), Err: err}.Diagnostic())
		}
		plan.ID = tfkit.NewUUID(id)
	}
	events := plan.events(ctx, &resp.Diagnostics)
	ref := plan.ref(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	var existing *voltage.Webhook
	ownID := plan.ownID(client, ref)
	if own {
		if r.Settings.ClaimID(ref.ID, plan.describe(), &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
		if existing = ownID.Find(ctx, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
	}

	// From here on the API may have the webhook. The state has its ID before the request leaves, whatever happens then.
	plan.SharedSecret, plan.Status, plan.CreatedAt = types.StringNull(), types.StringNull(), tfkit.NewStart()
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	if resp.Diagnostics.HasError() {
		return
	}
	failure := tfkit.Failure{Summary: "Webhook Not Created", Object: plan.describe(), Blame: blame}
	tainted := stateTainted
	if own {
		tainted = stateTaintedOwnID
	}
	secret, used := "", false // used: by a request before this one
	if existing == nil {
		var err error
		secret, err = client.CreateWebhook(ctx, ref, voltage.NewWebhook{
			URL: plan.URL.ValueString(), Name: plan.Name.ValueString(), Events: events, OwnID: own,
		})
		if used = voltage.IsConflict(err) && plan.AdoptExisting.ValueBool(); used {
			err = nil // created a moment ago, and not readable yet: it is compared below
		}
		if err != nil {
			if tfkit.IsRefused(err) {
				resp.State.RemoveResource(ctx)
				r.Settings.Release(ref.ID)
			} else {
				failure.State = tainted
			}
			failure.Err = err
			resp.Diagnostics.Append(failure.Diagnostic())
			return
		}
	}
	if secret != "" { // shown once: it is in the state before anything else can go wrong
		plan.SharedSecret = types.StringValue(secret)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
	webhook, err := waitFor(ctx, client, ref, "the webhook to be there", func(*voltage.Webhook) bool { return true })
	if err == nil && own && secret == "" { // what the API has accepted from this run is certainly its own: a used ID is 409
		if ownID.Confirm(webhook, &resp.Diagnostics); resp.Diagnostics.HasError() {
			resp.State.RemoveResource(ctx)
			return
		}
	}
	warnOfURL(plan, webhook, &resp.Diagnostics)
	if err == nil && secret == "" { // the answer that had it was lost, or an earlier run got it
		if secret, err = client.RotateWebhookSecret(ctx, ref); err == nil {
			plan.SharedSecret = types.StringValue(secret)
		}
	}
	if err == nil && plan.Enabled.ValueBool() != (webhook.Status != voltage.WebhookStopped) {
		webhook, err = enableWebhook(ctx, client, ref, plan.Enabled.ValueBool())
	}
	if err == nil && webhook != nil {
		plan.readComputed(webhook)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	if err != nil {
		if failure.Err, failure.State = err, tainted; used && webhook == nil {
			failure.State = tfkit.StateUnseen
			resp.State.RemoveResource(ctx)
		}
		resp.Diagnostics.Append(failure.Diagnostic())
	}
}

// Read implements [resource.Resource].
func (r *webhookResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state webhookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	// In any case: the framework takes no answer without an identity, and a Terraform before 1.12 has kept none.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	if r.Settings.Pending && !state.URL.IsNull() { // null: it is being imported, and there is nothing to go by
		return // what needs the API waits for the apply; until then the state is the best there is
	}
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	ref := state.ref(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Settings.Release(ref.ID) // a refresh comes after everything that was created or deleted before it
	unfinished := state.unfinished()
	webhook, err := client.GetListedWebhook(ctx, ref)
	switch {
	case voltage.IsNotFound(err) && unfinished != nil && client.IsRecent(*unfinished):
		return // it can still appear: it stays in the state, tainted, and its deletion waits for it
	case voltage.IsNotFound(err), err == nil && webhook.Deleted():
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(tfkit.Failure{Summary: "Webhook Not Read", Object: state.describe(), Err: err}.Diagnostic())
		return
	}
	r.Settings.Hold(ref.ID)
	resp.Diagnostics.Append(state.read(ctx, webhook)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update implements [resource.Resource]. Each of the API's requests is waited for and kept in the state before the next one; the
// secret comes last, since nothing may go wrong between its answer and the state.
func (r *webhookResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan webhookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	events := plan.events(ctx, &resp.Diagnostics)
	ref := state.ref(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	failure := tfkit.Failure{Summary: "Webhook Not Changed", Object: state.describe(), Blame: blame}
	progress := state // what has been done so far
	fail := func(err error) {
		failure.Err = err
		if is := (*urlError)(nil); errors.As(err, &is) {
			failure.Next = "If both mean the same to the receiver, write url as the API does. Otherwise choose another URL: deliveries go where the API says."
		}
		resp.Diagnostics.Append(resp.State.Set(ctx, progress)...)
		resp.Diagnostics.Append(failure.Diagnostic())
	}
	if !plan.URL.Equal(state.URL) || !plan.Name.Equal(state.Name) || !plan.Events.Equal(state.Events) {
		if leavesOther(plan.Events) { // the state is of an older provider: what the webhook has is not lost
			current, err := voltage.Settled(ctx, client, ref, client.GetWebhook)
			if err != nil {
				fail(err)
				return
			}
			plan.Events, diags = carryOther(plan.Events, current)
			resp.Diagnostics.Append(diags...)
			events = plan.events(ctx, &resp.Diagnostics)
		}
		change := voltage.WebhookChange{URL: plan.URL.ValueString(), Name: plan.Name.ValueString(), Events: events}
		webhook, err := changeWebhook(ctx, client, ref, change, state.URL.ValueString())
		if err != nil {
			fail(err)
			return
		}
		progress.URL, progress.Name, progress.Events = plan.URL, plan.Name, plan.Events
		progress.readComputed(webhook)
	}
	if !plan.Enabled.Equal(state.Enabled) {
		webhook, err := enableWebhook(ctx, client, ref, plan.Enabled.ValueBool())
		if err != nil {
			fail(err)
			return
		}
		progress.Enabled = plan.Enabled
		progress.readComputed(webhook)
	}
	if plan.Status.IsUnknown() || plan.CreatedAt.IsUnknown() {
		if progress.Status.IsNull() || progress.CreatedAt.IsNull() { // of a creation that did not finish, untainted by hand
			webhook, err := voltage.Settled(ctx, client, ref, client.GetWebhook)
			if err != nil {
				fail(err)
				return
			}
			progress.readComputed(webhook)
		}
	}
	if rotates(state, plan) {
		secret, err := client.RotateWebhookSecret(ctx, ref)
		if err != nil {
			if voltage.IsDoubtful(err) {
				failure.State = "The secret may have been rotated nevertheless, and then deliveries are signed with one that nobody knows. " +
					"The state keeps the old secret_version, so that the next apply rotates it again."
			}
			fail(err)
			return
		}
		progress.SharedSecret = types.StringValue(secret)
	}
	plan.Status, plan.CreatedAt, plan.SharedSecret = progress.Status, progress.CreatedAt, progress.SharedSecret
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(tfkit.ForgetImport(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// Delete implements [resource.Resource].
func (r *webhookResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state webhookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	ref := state.ref(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.Settings.ClaimID(ref.ID, state.describe(), &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	found, err := deleteWebhook(ctx, client, ref, state.unfinished())
	if !found || err != nil {
		r.Settings.Release(ref.ID) // nothing has used the ID, or the webhook stays
	}
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Summary: "Webhook Not Deleted", Object: state.describe(), Err: err, State: "The webhook stays in the state.",
		}.Diagnostic())
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

// unfinished is when the creation of a webhook began that the state has not seen, and nil for a webhook that it has.
func (m *webhookModel) unfinished() *time.Time {
	if !m.Status.IsNull() || m.URL.IsNull() { // no URL: it is being imported
		return nil
	}
	return tfkit.StartOf(m.CreatedAt)
}

// ownID is the creation under the plan's own ID.
func (m *webhookModel) ownID(client *voltage.Client, ref voltage.Ref) tfkit.OwnID[voltage.Webhook] {
	return tfkit.OwnID[voltage.Webhook]{
		Kind: "webhook", Object: m.describe(), ID: ref.ID, Adopt: m.AdoptExisting.ValueBool(),
		ImportID: ref.OrganizationID.String() + "/" + ref.EnvironmentID.String() + "/" + ref.ID.String(),
		Read: func(ctx context.Context) (*voltage.Webhook, error) {
			return client.GetWebhook(ctx, ref)
		},
		Name: func(w *voltage.Webhook) string { return w.Name },
		Ended: func(w *voltage.Webhook) string {
			if w.Deleted() {
				return "deleted"
			}
			return ""
		},
		Differences: m.differences,
	}
}

// differences names the attributes in which the API's webhook differs from the plan. Whether it is enabled is no difference: a creation
// stops a webhook after it has made it.
func (m *webhookModel) differences(webhook *voltage.Webhook) []string {
	var differences []string
	add := func(text string) {
		if text != "" {
			differences = append(differences, text)
		}
	}
	if !voltage.SameWebhookURL(webhook.URL, m.URL.ValueString()) {
		add(tfkit.Difference("url", m.URL, types.StringValue(webhook.URL)))
	}
	add(tfkit.Difference("name", m.Name, types.StringValue(webhook.Name)))
	var diags diag.Diagnostics
	if planned := m.Events; !planned.IsUnknown() && !m.events(context.Background(), &diags).Equal(webhook.Events) && !diags.HasError() {
		found, _ := newEvents(webhook.Events)
		add(tfkit.Difference("events", planned, found))
	}
	return differences
}

// ref says which webhook the state means.
func (m *webhookModel) ref(diags *diag.Diagnostics) voltage.Ref {
	organization, organizationOK := m.OrganizationID.ID()
	environment, environmentOK := m.EnvironmentID.ID()
	id, idOK := m.ID.ID()
	if !organizationOK || !environmentOK || !idOK {
		diags.AddError("Invalid State", fmt.Sprintf("%s: the state has no valid IDs.\n\nRemove the resource from the state (terraform state rm) and import it again.", m.describe()))
	}
	return voltage.Ref{OrganizationID: organization, EnvironmentID: environment, ID: id}
}

// describe names the webhook in messages.
func (m *webhookModel) describe() string {
	if m.Name.IsNull() || m.Name.IsUnknown() {
		return fmt.Sprintf("Webhook %s of environment %s", m.ID.ValueString(), m.EnvironmentID.ValueString())
	}
	return fmt.Sprintf("Webhook %q (ID %s, environment %s)", voltage.Clean(m.Name.ValueString()), m.ID.ValueString(), m.EnvironmentID.ValueString())
}

func (m *webhookModel) identity() webhookIdentity {
	return webhookIdentity{
		OrganizationID: tfkit.ParseUUID(m.OrganizationID.ValueString()), EnvironmentID: tfkit.ParseUUID(m.EnvironmentID.ValueString()),
		ID: tfkit.ParseUUID(m.ID.ValueString()),
	}
}

// events turns the events of a plan into the API's.
func (m *webhookModel) events(ctx context.Context, diags *diag.Diagnostics) voltage.WebhookEvents {
	return eventsOf(ctx, m.Events, diags).events()
}

// read takes over everything that the API says of a webhook.
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

// readComputed takes over what only the API knows.
func (m *webhookModel) readComputed(webhook *voltage.Webhook) {
	m.Status = types.StringValue(webhook.Status)
	m.CreatedAt = tfkit.NewTime(&webhook.CreatedAt)
}
