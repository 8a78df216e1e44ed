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

// What every resource does around its calls of the API is in this file and in creation.go: the client, the IDs and the deadline that an
// operation begins with, and what the state and the identity are when it ends. The calls themselves, and their order, are the resource's.

// DefaultTimeout limits the waits of one operation. The attribute timeouts overrides it. The API takes seconds for most operations.
const DefaultTimeout = 5 * time.Minute

// Model is the state or the plan of one object, as a resource reads and writes it.
type Model interface {
	// Base points at the attributes that every resource has.
	Base() Base
	// Describe names the object in messages. It leaves out an ID that is not known: see [Named].
	Describe() string
}

// Base points at the attributes of a model that every resource has.
type Base struct {
	// OrganizationID defaults to the provider's.
	OrganizationID *UUID
	// EnvironmentID is nil where the API does not address the object by an environment.
	EnvironmentID *UUID
	// EnvironmentDefaults says that EnvironmentID, too, defaults to the provider's.
	EnvironmentDefaults bool
	// ID is the object's own.
	ID *UUID
	// Imported says that only the IDs are known: the object is being imported.
	Imported bool
	// Unfinished is when the creation began of an object that the state has not seen, and nil for any other. An object that exists once keeps
	// it beside the state: see [RememberStart].
	Unfinished *time.Time
	Timeouts   *timeouts.Value
}

var noValidIDs = Declare(Message{
	Summary: "Invalid State",
	Detail:  "{OBJECT}: the IDs in the state are missing or are not UUIDs.",
	Next: []string{"Remove the resource from the state (terraform state rm). Then import the object again. " +
		"A payment request cannot be imported. The next apply creates a new one."},
})

// ref is where the API has the object, and false where its IDs are not all known. While an object is imported, its environment can be
// unknown.
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

// Ref is where the API has the object of a model that was planned or read, and false where its IDs are not all known.
func Ref(model Model) (voltage.Ref, bool) { return model.Base().ref() }

// operation is what every operation on an object has.
type operation struct {
	Client *voltage.Client
	// Ref is where the API has the object.
	Ref voltage.Ref
	// Failure is what the operation says if it fails. Its object is the model's.
	Failure Failure

	resource *Resource
	model    Model
	diags    *diag.Diagnostics
}

// Object names the object of the operation.
func (o *operation) Object() string { return o.model.Describe() }

// Fail says that the operation has failed.
func (o *operation) Fail(err error) {
	o.Failure.Err, o.Failure.Object = err, cmp.Or(o.Failure.Object, o.model.Describe())
	o.diags.Append(o.Failure.Diagnostic())
}

// FailAt says on an attribute that the operation has failed.
func (o *operation) FailAt(at path.Path, err error) {
	o.Failure.Err, o.Failure.Object = err, cmp.Or(o.Failure.Object, o.model.Describe())
	o.diags.Append(o.Failure.DiagnosticAt(at))
}

// begin takes the client and the IDs of a model that stands in the state.
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

// deadline bounds an operation by its timeout.
func deadline(
	ctx context.Context, timeout func(context.Context, time.Duration) (time.Duration, diag.Diagnostics), diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	limit, got := timeout(ctx, DefaultTimeout)
	diags.Append(got...)
	return context.WithTimeout(ctx, limit)
}

// Identify sets the identity of an object. It is set in any case: the framework takes no answer without an identity, and a Terraform before
// 1.12 has kept none.
func Identify(ctx context.Context, model Model, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	var diags diag.Diagnostics
	if identity == nil { // a resource without one
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

// Reading is the read of one object. After [Resource.BeginRead] come the call of the API, [Reading.Found] and [Reading.End].
type Reading struct {
	operation

	req        resource.ReadRequest
	resp       *resource.ReadResponse
	unfinished *time.Time
}

// BeginRead reads the state into a model. It returns false where there is nothing to ask the API: the answer is complete then.
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
	if r.Settings.Pending && !base.Imported { // an import has nothing to go by but the API
		return reading, false // what needs the API waits for the apply; until then the state is the best there is
	}
	if r.Once != nil {
		reading.unfinished = RecallStart(ctx, req.Private, &resp.Diagnostics)
	}
	if reading.begin(&resp.Diagnostics); resp.Diagnostics.HasError() {
		return reading, false
	}
	if r.Once == nil {
		r.Settings.Release(reading.Ref.ID) // a refresh comes after everything that was created or deleted before it
	}
	return reading, true
}

// Found takes what the API has answered: err, or an object, which may be deleted. It returns false where there is nothing to read into the
// state.
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

// Missing handles the answer that the API has no such object. One whose creation began a moment ago can still appear: it stays in the
// state, tainted, and its deletion waits for it.
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

// Appearing reports whether the creation of the object began a moment ago, and was not seen to succeed.
func (r *Reading) Appearing() bool { return r.unfinished != nil && r.Client.IsRecent(*r.unfinished) }

// End puts what was read into the state.
func (r *Reading) End(ctx context.Context) {
	if r.resource.Once != nil {
		r.diags.Append(RememberEnd(ctx, r.resp.Private)...)
	}
	r.diags.Append(r.resp.State.Set(ctx, r.model)...)
}

// Update is the change of one object in place. After [Resource.BeginUpdate] come the calls of the API and [Update.End].
type Update struct {
	operation

	resp *resource.UpdateResponse
	plan Model
}

// BeginUpdate reads the state and the plan. The caller returns where the diagnostics have errors. The context ends with the timeout.
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

// Deletion is the deletion of one object. After [Resource.BeginDelete] come the calls of the API. The framework takes the object out of the
// state, unless the operation has failed.
type Deletion struct{ operation }

// BeginDelete reads the state. The caller returns where the diagnostics have errors. The context ends with the timeout.
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

// Forget gives back an object that exists once, when its resource is destroyed.
func (r *Resource) Forget(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, state Model) {
	if r.Once != nil {
		resp.Diagnostics.Append(r.Once.Forget(ctx, r.Settings, req.Private, *state.Base().ID)...)
	}
}

// Unused gives the ID back: nothing has used it.
func (d *Deletion) Unused() { d.resource.Settings.Release(d.Ref.ID) }

// Fail says that the object was not deleted, and gives its ID back: it is still that of the state.
func (d *Deletion) Fail(err error) {
	if d.resource.Once == nil {
		d.Unused()
	}
	d.operation.Fail(err)
}
