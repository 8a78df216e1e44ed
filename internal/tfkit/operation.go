package tfkit

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// This file and creation.go have the steps that are the same in every resource. At the beginning of an operation these steps set the
// client, the IDs and the deadline, and at the end they set the state and the identity. Each resource has its own calls of the API in
// between.

// DefaultTimeout limits the waits of one operation. The attribute timeouts overrides it. The API takes seconds for most operations.
const DefaultTimeout = 5 * time.Minute

// Model is the state or the plan of one object, as a resource reads and writes it.
type Model interface {
	// Base returns pointers to the attributes that every resource has.
	Base() Base
	// Describe names the object in messages. It leaves out an unknown ID: see [Named].
	Describe() string
}

// Base has pointers to the attributes of a model that every resource has.
type Base struct {
	// OrganizationID defaults to organization_id of the provider.
	OrganizationID *UUID
	// EnvironmentID is nil if the path of the object in the API has no environment.
	EnvironmentID *UUID
	// EnvironmentDefaults says that EnvironmentID defaults to environment_id of the provider.
	EnvironmentDefaults bool
	// ID is the ID of the object.
	ID *UUID
	// Imported says that the object is being imported, so that only its IDs are known.
	Imported bool
	// Unfinished is the time when the creation of the object began, if the provider has not read the object yet. Otherwise it is nil. An
	// object that exists only once has this time in the private state: see [RememberStart].
	Unfinished *time.Time
	Timeouts   *timeouts.Value
}

var noValidIDs = Declare(Message{
	Summary: "Invalid State",
	Detail:  "{OBJECT}: the IDs in the state are missing or are not UUIDs.",
	Next: []string{"Remove the resource from the state (terraform state rm). Then import the object again. " +
		"A payment request cannot be imported. The next apply creates a new one."},
})

// ref returns the object's reference for the client. It returns false if one of the IDs is unknown. Only the environment may be unknown
// while an object is imported.
func (b Base) ref() (voltage.Ref, bool) {
	organization, organizationOK := b.OrganizationID.ID()
	id, idOK := b.ID.ID()
	environment, environmentOK := uuid.Nil, true
	if b.EnvironmentID != nil {
		environment, environmentOK = b.EnvironmentID.ID()
	}
	known := organizationOK && idOK && (environmentOK || b.Imported)
	return voltage.Ref{OrganizationID: organization, EnvironmentID: environment, ID: id}, known
}

// Ref returns the reference of a planned or read object for the client. It returns false if one of the IDs is unknown.
func Ref(model Model) (voltage.Ref, bool) { return model.Base().ref() }

// operation has the fields that every operation on an object needs.
type operation struct {
	Client *voltage.Client
	// Ref is the object's reference for the client.
	Ref voltage.Ref
	// Failure describes the message if the operation fails. Its object is set from the model.
	Failure Failure

	resource *Resource
	model    Model
	diags    *diag.Diagnostics
}

// Object names the object of the operation.
func (o *operation) Object() string { return o.model.Describe() }

// Fail adds the error of a failed operation.
func (o *operation) Fail(err error) {
	o.Failure.Err, o.Failure.Object = err, cmp.Or(o.Failure.Object, o.model.Describe())
	o.diags.Append(o.Failure.Diagnostic())
}

// FailAt adds the error of a failed operation on an attribute.
func (o *operation) FailAt(at path.Path, err error) {
	o.Failure.Err, o.Failure.Object = err, cmp.Or(o.Failure.Object, o.model.Describe())
	o.diags.Append(o.Failure.DiagnosticAt(at))
}

// begin sets the client, and the IDs from the state.
func (o *operation) begin(diags *diag.Diagnostics) {
	var got diag.Diagnostics
	o.diags = diags
	o.Client, got = o.resource.Settings.RequireClient()
	diags.Append(got...)
	var known bool
	if o.Ref, known = o.model.Base().ref(); !known {
		noValidIDs.Add(diags, Values{"OBJECT": o.model.Describe()})
	}
}

// deadline returns a context that ends with the timeout of the operation.
func deadline(
	ctx context.Context, timeout func(context.Context, time.Duration) (time.Duration, diag.Diagnostics), diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	limit, got := timeout(ctx, DefaultTimeout)
	diags.Append(got...)
	return context.WithTimeout(ctx, limit)
}

// Identify sets the identity of an object. It always sets it, because the framework refuses an answer without an identity, and Terraform
// before 1.12 has not stored one.
func Identify(ctx context.Context, model Model, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	var diags diag.Diagnostics
	if identity == nil { // the resource has no identity
		return diags
	}
	base := model.Base()
	for name := range identity.Schema.GetAttributes() {
		id := base.ID
		switch name {
		case "organization_id":
			id = base.OrganizationID
		case "environment_id":
			id = base.EnvironmentID
		}
		diags.Append(identity.SetAttribute(ctx, path.Root(name), ParseUUID(id.ValueString()))...)
	}
	return diags
}

// Reading is the read of one object. The steps after [Resource.BeginRead] are the call of the API, [Reading.Found] and [Reading.End].
type Reading struct {
	operation

	req        resource.ReadRequest
	resp       *resource.ReadResponse
	unfinished *time.Time
}

// BeginRead reads the state into a model. If it returns false, the response is complete without a call of the API.
func (r *Resource) BeginRead(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, state Model, notRead *Message,
) (*Reading, bool) {
	reading := &Reading{operation: operation{resource: r, model: state, Failure: Failure{Message: notRead}}, req: req, resp: resp}
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	resp.Diagnostics.Append(Identify(ctx, state, resp.Identity)...)
	if r.Once != nil {
		resp.Diagnostics.Append(r.Once.Read(ctx, req.Private, resp.Private)...)
	}
	base := state.Base()
	reading.unfinished = base.Unfinished
	if r.Settings.Pending && !base.Imported { // an import needs the API
		return reading, false // the API cannot be read before the apply, so the state stays as it is
	}
	if r.Once != nil {
		reading.unfinished = RecallStart(ctx, req.Private, &resp.Diagnostics)
	}
	if reading.begin(&resp.Diagnostics); resp.Diagnostics.HasError() {
		return reading, false
	}
	if r.Once == nil {
		r.Settings.Release(reading.Ref.ID) // earlier creations and deletions have ended before a refresh
	}
	return reading, true
}

// Found handles the result of the read: an error, or an object, which may be deleted. If it returns false, the caller has no object to put
// into the state.
func (r *Reading) Found(ctx context.Context, err error, deleted bool) bool {
	switch {
	case voltage.IsNotFound(err):
		r.Missing(ctx)
		return false
	case err == nil && deleted:
		r.remove(ctx)
		return false
	case err != nil:
		r.Fail(err)
		return false
	}
	if r.resource.Once == nil {
		r.resource.Settings.Hold(r.Ref.ID)
	}
	return true
}

// Missing handles a read that did not find the object. If the creation began a moment ago, the object can still appear: it stays in the
// state, tainted, and its deletion waits for it. Otherwise Missing removes it from the state.
func (r *Reading) Missing(ctx context.Context) {
	if !r.Appearing() {
		r.remove(ctx)
	}
}

func (r *Reading) remove(ctx context.Context) {
	r.resp.State.RemoveResource(ctx)
	if r.resource.Once != nil {
		r.diags.Append(r.resource.Once.Forget(ctx, r.resource.Settings, r.req.Private, *r.model.Base().ID)...)
	}
}

// Appearing reports whether the creation of the object began a moment ago and no read has found the object yet.
func (r *Reading) Appearing() bool { return r.unfinished != nil && r.Client.IsRecent(*r.unfinished) }

// End puts the object as it was read into the state.
func (r *Reading) End(ctx context.Context) {
	if r.resource.Once != nil {
		r.diags.Append(RememberEnd(ctx, r.resp.Private)...)
	}
	r.diags.Append(r.resp.State.Set(ctx, r.model)...)
}

// Update is the change of one object in place. The steps after [Resource.BeginUpdate] are the calls of the API and [Update.End].
type Update struct {
	operation

	resp *resource.UpdateResponse
	plan Model
}

// BeginUpdate reads the state and the plan. The caller returns if the diagnostics have errors. The context ends with the timeout.
func (r *Resource) BeginUpdate(
	ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse, state, plan Model, failure Failure,
) (*Update, context.Context, context.CancelFunc) {
	update := &Update{operation{resource: r, model: state, Failure: failure}, resp, plan}
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	update.begin(&resp.Diagnostics)
	ctx, cancel := deadline(ctx, plan.Base().Timeouts.Update, &resp.Diagnostics)
	return update, ctx, cancel
}

// End puts the plan into the state.
func (u *Update) End(ctx context.Context) {
	u.diags.Append(u.resp.State.Set(ctx, u.plan)...)
	u.diags.Append(ForgetImport(ctx, u.resp.Private)...)
	u.diags.Append(Identify(ctx, u.plan, u.resp.Identity)...)
}

// Deletion is the deletion of one object. The steps after [Resource.BeginDelete] are the calls of the API. The framework removes the object
// from the state, unless the operation has failed.
type Deletion struct{ operation }

// BeginDelete reads the state. The caller returns if the diagnostics have errors. The context ends with the timeout.
func (r *Resource) BeginDelete(
	ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, state Model, failure Failure,
) (*Deletion, context.Context, context.CancelFunc) {
	deletion := &Deletion{operation{resource: r, model: state, Failure: failure}}
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	r.Forget(ctx, req, resp, state)
	deletion.begin(&resp.Diagnostics)
	ctx, cancel := deadline(ctx, state.Base().Timeouts.Delete, &resp.Diagnostics)
	if r.Once == nil && !resp.Diagnostics.HasError() {
		r.Settings.ClaimID(deletion.Ref.ID, state.Describe(), &resp.Diagnostics)
	}
	return deletion, ctx, cancel
}

// Forget frees an object that exists only once when its resource is destroyed.
func (r *Resource) Forget(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, state Model) {
	if r.Once != nil {
		resp.Diagnostics.Append(r.Once.Forget(ctx, r.Settings, req.Private, *state.Base().ID)...)
	}
}

// Unused ends the reservation of an ID that was not used.
func (d *Deletion) Unused() { d.resource.Settings.Release(d.Ref.ID) }

// Fail adds the error of a failed deletion, and ends the reservation of the ID, since the object is still in the state.
func (d *Deletion) Fail(err error) {
	if d.resource.Once == nil {
		d.Unused()
	}
	d.operation.Fail(err)
}
