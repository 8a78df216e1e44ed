package tfkit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Tainted is the sentence about the state after a creation that the API may have carried out.
type Tainted struct {
	// Generated is for an object whose ID the provider has generated, or that has no ID of its own.
	Generated string
	// OwnID is for an object whose ID the user has chosen. The next creation needs another ID.
	OwnID string
}

// States are the sentences about the state that a message about the creation of an object can have.
func (t Tainted) States() []string {
	if t.OwnID == "" {
		return []string{t.Generated}
	}
	return []string{t.Generated, t.OwnID, stateUnseen}
}

// Creation is the creation of one object. Its steps are, in this order: [Resource.BeginCreate]; [OwnID.Find] or [Creation.ChooseID], which
// choose the ID; [Creation.Save], after which the API may have the object; [Creation.Request]; the wait for the object; [OwnID.Confirm];
// [Creation.End].
type Creation struct {
	operation

	// OwnID says that the ID is the user's.
	OwnID bool

	exists  bool // under the user's ID: it is taken over, and nothing is requested
	used    bool // the ID, by a request before this one: the object is compared when it can be read
	adopt   bool
	tainted Tainted
	resp    *resource.CreateResponse
}

// BeginCreate reads the plan, whose organization and environment default to the provider's. The caller returns where the diagnostics have
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

// ChooseID makes the ID of the object, or takes the user's for this creation. It returns false where the creation ends with it.
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

// Claim takes an object that exists once for this resource. It returns false where another resource has it.
func (c *Creation) Claim(ctx context.Context) bool {
	c.resource.Once.Create(ctx, c.resource.Settings, c.resp.Private, c.Ref.ID, c.diags)
	return !c.diags.HasError()
}

// Save puts the object into the state before the request leaves. From here on the API may have the object, whatever happens then. It
// returns false, and nothing may be requested, where the state could not be written.
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

// Request sends the request, unless the object is taken over. It returns false where the creation ends with it.
func (c *Creation) Request(ctx context.Context, send func(context.Context, voltage.Ref) error) bool {
	if c.exists {
		return true
	}
	err := send(ctx, c.Ref)
	switch {
	case voltage.IsConflict(err) && c.adopt:
		c.used = true // created a moment ago, and not readable yet: it is compared when it is
	case err != nil && IsRefused(err):
		c.Refused(ctx, err)
		return false
	case err != nil:
		c.Doubtful(err)
		return false
	}
	return true
}

// Refused ends a creation that the API has certainly not carried out: the object leaves the state, and its ID is free again.
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

// End puts what was read into the state. An error of the wait leaves the object there, tainted. seen says that the object was read: one
// that has the user's ID, and was never read, could belong to somebody else, and leaves the state.
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
