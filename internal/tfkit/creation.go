package tfkit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Tainted has the sentences about the state after a creation that the API may have carried out.
type Tainted struct {
	// Generated is for an object whose ID the provider has generated, or that has no ID of its own.
	Generated string
	// OwnID is for an object whose ID the user has chosen. The next creation needs another ID.
	OwnID string
}

// States returns the sentences about the state that a message about a creation can have.
func (t Tainted) States() []string {
	if t.OwnID == "" {
		return []string{t.Generated}
	}
	return []string{t.Generated, t.OwnID, stateUnseen}
}

// Creation is the creation of one object. Its steps are, in this order: [Resource.BeginCreate]; [OwnID.Find] or [Creation.ChooseID], which
// choose the ID; [Creation.Save]; [Creation.Request], after which the object may exist; the wait for the object; [OwnID.Confirm];
// [Creation.End].
type Creation struct {
	operation

	// OwnID says that the user has chosen the ID.
	OwnID bool

	exists  bool // an object with the user's ID exists: it is taken over without a request
	used    bool // an earlier request has used the ID: the object is compared as soon as it is readable
	adopt   bool
	tainted Tainted
	resp    *resource.CreateResponse
}

// BeginCreate reads the plan, whose organization and environment default to the provider's. The caller returns if the diagnostics have
// errors. The context ends with the timeout.
func (r *Resource) BeginCreate(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse, plan Model, failure Failure, tainted Tainted,
) (*Creation, context.Context, context.CancelFunc) {
	creation := &Creation{
		operation: operation{resource: r, model: plan, Failure: failure, diags: &resp.Diagnostics}, tainted: tainted, resp: resp,
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	base := plan.Base()
	if creation.Client = client; client != nil {
		*base.OrganizationID = r.Settings.Organization(base.OrganizationID.KnownOrNull(), &resp.Diagnostics)
		if base.EnvironmentDefaults {
			*base.EnvironmentID = r.Settings.Environment(base.EnvironmentID.KnownOrNull(), &resp.Diagnostics)
		}
		creation.Ref.OrganizationID, _ = base.OrganizationID.ID()
		if base.EnvironmentID != nil {
			creation.Ref.EnvironmentID, _ = base.EnvironmentID.ID()
		}
		id, known := base.ID.ID()
		creation.Ref.ID, creation.OwnID = id, known && r.Once == nil
	}
	ctx, cancel := deadline(ctx, base.Timeouts.Create, &resp.Diagnostics)
	return creation, ctx, cancel
}

// ChooseID generates the ID of the object, or reserves the user's ID for this creation. If it returns false, the creation has ended with an
// error.
func (c *Creation) ChooseID() bool {
	if c.OwnID {
		c.resource.Settings.ClaimID(c.Ref.ID, c.Object(), c.diags)
		return !c.diags.HasError()
	}
	id, err := voltage.NewID()
	if err != nil {
		c.Fail(err)
		return false
	}
	c.Ref.ID, *c.model.Base().ID = id, NewUUID(id)
	return true
}

// Claim reserves an object that exists only once for this resource. It returns false if another resource has reserved it.
func (c *Creation) Claim(ctx context.Context) bool {
	c.resource.Once.Create(ctx, c.resource.Settings, c.resp.Private, c.Ref.ID, c.diags)
	return !c.diags.HasError()
}

// Save puts the object into the state before the request is sent, so that the state has the object even if the creation is interrupted. If
// it returns false, the state could not be written and the caller must not send the request.
func (c *Creation) Save(ctx context.Context, state Model) bool {
	if c.resource.Once != nil {
		c.diags.Append(RememberStart(ctx, c.resp.Private)...)
	}
	c.save(ctx, state)
	return !c.diags.HasError()
}

func (c *Creation) save(ctx context.Context, state Model) {
	c.diags.Append(c.resp.State.Set(ctx, state)...)
	c.diags.Append(Identify(ctx, state, c.resp.Identity)...)
}

// Request sends the request, unless the object is taken over. If it returns false, the creation has ended with an error.
func (c *Creation) Request(ctx context.Context, send func(context.Context, voltage.Ref) error) bool {
	if c.exists {
		return true
	}
	err := send(ctx, c.Ref)
	switch {
	case voltage.IsConflict(err) && c.adopt:
		c.used = true // the object was created a moment ago, and is compared as soon as it is readable
	case err != nil && IsRefused(err):
		c.Refused(ctx, err)
		return false
	case err != nil:
		c.Doubtful(err)
		return false
	}
	return true
}

// Refused ends a creation that the API has certainly not carried out: it removes the object from the state, and ends the reservation of its
// ID.
func (c *Creation) Refused(ctx context.Context, err error) {
	c.resp.State.RemoveResource(ctx)
	if c.resource.Once != nil {
		c.resource.Once.Release(c.resource.Settings, c.Ref.ID)
	} else {
		c.resource.Settings.Release(c.Ref.ID)
	}
	c.Fail(err)
}

// Doubtful ends a creation that the API may have carried out: Terraform keeps the object and marks it as tainted.
func (c *Creation) Doubtful(err error) {
	if c.Failure.State = c.tainted.Generated; c.OwnID {
		c.Failure.State = c.tainted.OwnID
	}
	c.Fail(err)
}

// End puts the object as it was read into the state. After an error of the wait, the object stays in the state, tainted. seen says that the
// object was read. If it was never read and the user chose its ID, it could be another object, so End removes it from the state.
func (c *Creation) End(ctx context.Context, seen bool, err error) {
	c.save(ctx, c.model)
	switch {
	case err == nil && c.resource.Once != nil:
		c.diags.Append(RememberEnd(ctx, c.resp.Private)...)
	case err != nil && c.used && !seen:
		c.resp.State.RemoveResource(ctx)
		c.Failure.State = stateUnseen
		c.Fail(err)
	case err != nil:
		c.Doubtful(err)
	}
}
