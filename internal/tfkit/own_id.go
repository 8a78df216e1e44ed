package tfkit

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// OwnID handles a creation with an ID that the user has chosen. Such an ID can already be in use, and an ID cannot be used twice.
type OwnID[T any] struct {
	// Kind is the noun of what is created: "wallet". Object names it, with its ID.
	Kind, Object string
	// Ref is the object's reference for the client.
	Ref voltage.Ref
	// ImportID is the import ID of the object. It is empty if the object cannot be imported.
	ImportID string
	// Adopt says that an existing object is taken over if it matches (adopt_existing).
	Adopt bool
	// Read returns the object with this ID. If none exists, [voltage.IsNotFound] is true for its error.
	Read func(context.Context, voltage.Ref) (*T, error)
	// Name returns the name of an object that was found, or an empty text if it has no name.
	Name func(*T) string
	// Ended returns the reason why an object that was found cannot be taken over: "deleted". It is empty for other objects.
	Ended func(*T) string
	// Differences returns a text for each attribute whose value in the API differs from the plan, with both values.
	Differences func(*T) []string
}

// stateUnseen is the sentence about the state after a creation whose ID is in use, if the object with the ID could not be read.
const stateUnseen = "The API says that the ID is in use, but the provider could not read the object with this ID yet. Nothing is in the " +
	"state. The next apply reads the ID again."

// These sentences are for messages about an ID that the user has chosen.
const (
	stateNotChecked = "Nothing was created. The provider only tried to read the ID."
	anotherOrNoID   = "Set another id, or leave id out."
	orAnotherID     = " To create a new {KIND}, set another id, or leave id out. If the resource is marked as tainted and you want to keep " +
		"the {KIND}, run terraform untaint."
	adoptIt         = "To manage this {KIND} with Terraform, set adopt_existing = true." + orAnotherID
	adoptOrImportIt = "To manage this {KIND} with Terraform, set adopt_existing = true, or import it:\n  terraform import ADDRESS " +
		"{IMPORT_ID}\nwhere ADDRESS is the address of this resource." + orAnotherID
)

var (
	idInState = Declare(Message{
		Summary: "Replacement Needs a New ID",
		Detail:  "{OBJECT}: the plan deletes this {KIND} and creates another one with the same ID. An ID cannot be used twice.",
		Next: []string{anotherOrNoID + " If the resource is marked as tainted and you want to keep the {KIND}, run terraform untaint. If only " +
			"the address of the resource has changed, such as its for_each key, add a moved block."},
	})
	idOfReplaced = Declare(Message{
		Summary: "Replacement Needs a New ID",
		Detail:  "{OBJECT}: changing {ATTRIBUTES} forces a new resource, but id stays the same. An ID cannot be used twice.",
		Next:    []string{anotherOrNoID},
	})
	takenOver = Declare(Message{
		Warning: true,
		Summary: "Existing Object Will Be Taken Over",
		Detail: "{OBJECT}: a {KIND} with this ID exists, and every attribute matches. Because adopt_existing is true, the apply takes it over " +
			"and creates no new {KIND}.",
		Next: []string{"If you do not want this, set adopt_existing = false."},
	})
	idNotChecked = Declare(Message{Summary: "ID Not Checked", State: []string{stateNotChecked}})
	idOfEnded    = Declare(Message{
		Summary: "ID In Use",
		Detail:  "{OBJECT}: the ID belongs to a {KIND_AND_NAME} that is {ENDED}. An ID cannot be used twice.",
		Next:    []string{anotherOrNoID},
	})
	idOfExisting = Declare(Message{
		Summary: "ID In Use",
		Detail:  "{OBJECT}: a {KIND_AND_NAME} with this ID already exists. An interrupted apply may have created it.",
		Next:    []string{adoptOrImportIt, adoptIt},
	})
	existingDiffers = Declare(Message{
		Summary: "Existing Object Differs",
		Detail: "{OBJECT}: the {KIND_AND_NAME} with this ID differs from the configuration: {DIFFERENCES}. adopt_existing takes over an " +
			"object only if every attribute matches.",
		Next: []string{"Set these attributes to the values of the API, or set another id."},
	})
	idTakenMeanwhile = Declare(Message{
		Summary: "ID In Use",
		Detail: "{OBJECT}: another client has created a {KIND} with this ID at the same time, and that {KIND} differs from the " +
			"configuration: {DIFFERENCES}. It is not in the state.",
		Next: []string{anotherOrNoID},
	})
	idOfThisRun = Declare(Message{
		Summary: "ID In Use",
		Detail:  "{OBJECT}: this run of Terraform also creates or deletes another resource with the same ID.",
		Next: []string{"Set an id that no other resource has. If only the address of the resource has changed, such as its for_each key, add a " +
			"moved block."},
	})
	adoptWithoutID = Declare(Message{
		Summary: "Missing Attribute",
		Detail:  "adopt_existing is true, but id is not set. adopt_existing takes over the object with this id.",
		Next:    []string{"Set id, or leave adopt_existing out."},
	})
)

// Plan checks the ID while a creation is planned. replaces says that the same plan deletes an object with this ID. If the read fails, Plan
// adds no error, because the apply reads again.
func (o OwnID[T]) Plan(ctx context.Context, settings *Settings, replaces bool, diags *diag.Diagnostics) {
	if replaces || settings.Holds(o.Ref.ID) {
		idInState.AddAt(diags, path.Root("id"), Values{"OBJECT": o.Object, "KIND": o.Kind})
		return
	}
	found, err := o.Read(ctx, o.Ref)
	if err != nil {
		return
	}
	if o.check(found, diags); !diags.HasError() {
		takenOver.AddAt(diags, path.Root("id"), Values{"OBJECT": o.Object, "KIND": o.Kind})
	}
}

// Replaces reports whether the plan of a creation belongs to a replacement that keeps the ID. Terraform plans such a creation without a
// prior state, but with the identity of the object that it deletes.
func Replaces(ctx context.Context, req resource.ModifyPlanRequest, id UUID) bool {
	if req.Identity == nil || req.Identity.Raw.IsNull() {
		return false
	}
	var deleted UUID
	if diags := req.Identity.GetAttribute(ctx, path.Root("id"), &deleted); diags.HasError() {
		return false
	}
	return !deleted.IsNull() && strings.EqualFold(deleted.ValueString(), id.ValueString())
}

// Change has the old and the new value of an attribute that forces a new resource.
type Change struct {
	Name        string
	State, Plan attr.Value
}

// changes reports whether the attribute changes. The comparison ignores the case of UUIDs.
func (c Change) changes() bool {
	return c.Plan.IsUnknown() || Difference(c.Name, c.Plan, c.State) != ""
}

// Changed returns the names of the attributes that change.
func Changed(changes []Change) []string {
	var names []string
	for _, change := range changes {
		if change.changes() {
			names = append(names, change.Name)
		}
	}
	return names
}

// DescribeChanges names the attributes that change, each with both values: "limit from 1 to 2; network from "mutinynet" to "testnet3"".
func DescribeChanges(changes []Change) string {
	var texts []string
	for _, change := range changes {
		if change.changes() {
			texts = append(texts, fmt.Sprintf("%s from %s to %s", change.Name, shown(change.State), shown(change.Plan)))
		}
	}
	return strings.Join(texts, "; ")
}

// CheckReplacement refuses a replacement that would need the same ID again. own is id in the configuration, and current is id in the state.
func CheckReplacement(own, current UUID, object string, changes []Change, diags *diag.Diagnostics) bool {
	changed := Changed(changes)
	if len(changed) == 0 || own.IsNull() || own.IsUnknown() || !strings.EqualFold(own.ValueString(), current.ValueString()) {
		return true
	}
	idOfReplaced.AddAt(diags, path.Root("id"), Values{"OBJECT": object, "ATTRIBUTES": strings.Join(changed, ", ")})
	return false
}

// Find chooses the ID of a creation. If the user has chosen the ID, Find reads it, and takes an existing object over or refuses it.
// Otherwise Find generates an ID. If it returns false, the creation has ended with an error.
func (o OwnID[T]) Find(ctx context.Context, c *Creation) bool {
	if !c.ChooseID() {
		return false
	}
	if !c.OwnID {
		return true
	}
	found, err := o.Read(ctx, o.Ref)
	switch {
	case voltage.IsNotFound(err):
	case err != nil:
		c.diags.Append(Failure{Message: idNotChecked, Object: o.Object, Err: err, State: stateNotChecked}.Diagnostic())
	default:
		o.check(found, c.diags)
	}
	c.exists, c.adopt = found != nil, o.Adopt
	return !c.diags.HasError()
}

// check refuses an existing object, unless the user wants to take it over and it matches.
func (o OwnID[T]) check(found *T, diags *diag.Diagnostics) {
	named := o.Kind
	if name := o.Name(found); name != "" {
		named += fmt.Sprintf(" named %q", voltage.Clean(name))
	}
	if ended := o.Ended(found); ended != "" {
		idOfEnded.AddAt(diags, path.Root("id"), Values{"OBJECT": o.Object, "KIND_AND_NAME": named, "ENDED": ended})
		return
	}
	if !o.Adopt {
		values := Values{"OBJECT": o.Object, "KIND_AND_NAME": named, "KIND": o.Kind}
		next := adoptIt
		if o.ImportID != "" {
			next, values["IMPORT_ID"] = adoptOrImportIt, o.ImportID
		}
		idOfExisting.Choosing(next).AddAt(diags, path.Root("id"), values)
		return
	}
	if differences := o.Differences(found); len(differences) > 0 {
		existingDiffers.AddAt(diags, path.Root("id"), Values{
			"OBJECT": o.Object, "KIND_AND_NAME": named, "DIFFERENCES": strings.Join(differences, "; "),
		})
	}
}

// Confirm compares the created object with the plan if the user has chosen the ID. A difference means that another client has created an
// object with the same ID at the same time. Then Confirm removes the object from the state and returns false.
func (o OwnID[T]) Confirm(ctx context.Context, c *Creation, created *T) bool {
	if !c.OwnID {
		return true
	}
	differences := o.Differences(created)
	if len(differences) == 0 {
		return true
	}
	idTakenMeanwhile.AddAt(c.diags, path.Root("id"), Values{
		"OBJECT": o.Object, "KIND": o.Kind, "DIFFERENCES": strings.Join(differences, "; "),
	})
	c.resp.State.RemoveResource(ctx)
	return false
}

// ClaimID reserves an ID for one creation or deletion of this run. It adds an error if another one has reserved the ID.
func (s *Settings) ClaimID(id uuid.UUID, object string, diags *diag.Diagnostics) {
	s.holds.Delete(id)
	if !s.Claim(id) {
		idOfThisRun.AddAt(diags, path.Root("id"), Values{"OBJECT": object})
	}
}

// Difference describes how an attribute differs between the plan and the API. It is empty if the values are equal, or if the plan does not
// know the value. The comparison ignores the case of UUIDs.
func Difference(attribute string, planned, actual attr.Value) string {
	if planned.IsUnknown() || planned.Equal(actual) {
		return ""
	}
	left, leftIsID := planned.(UUID)
	right, rightIsID := actual.(UUID)
	if leftIsID && rightIsID && strings.EqualFold(left.ValueString(), right.ValueString()) {
		return ""
	}
	return fmt.Sprintf("%s is %s in the API and %s in the configuration", attribute, shown(actual), shown(planned))
}

// shown writes a value as in a configuration.
func shown(value attr.Value) string {
	switch {
	case value.IsNull():
		return "not set"
	case value.IsUnknown():
		return "known only after the apply"
	}
	if text, ok := value.(types.String); ok { // cleaned before it is quoted: Clean finds no escape sequences in quoted text
		return fmt.Sprintf("%q", voltage.Clean(text.ValueString()))
	}
	return voltage.Clean(value.String())
}

// OwnIDAttribute returns the attribute id of a resource whose ID the user can choose.
func OwnIDAttribute(kind string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: fmt.Sprintf(
			"The UUID of the %[1]s. Defaults to a random UUID, known after the apply. Set it together with `adopt_existing` to recover the "+
				"%[1]s if Terraform is killed while it creates it. An ID that is in use is an error. Changing this forces a new resource.", kind,
		),
		Optional:      true,
		Computed:      true,
		CustomType:    UUIDType{},
		PlanModifiers: []planmodifier.String{FixedUUID()},
	}
}

// AdoptAttribute returns the attribute adopt_existing. more is one more sentence for its description, or empty.
func AdoptAttribute(kind, more string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: fmt.Sprintf(
			"Whether the apply takes over an existing %[1]s with this `id` instead of creating one. Every attribute must match. If one differs, "+
				"the error lists the differences. Requires `id`. Defaults to `false`. Changing this changes nothing in the API.%[2]s", kind, more,
		),
		Optional: true,
	}
}

// CheckAdopt refuses adopt_existing without an id.
func CheckAdopt(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) {
	var adopt types.Bool
	var id UUID
	diags.Append(config.GetAttribute(ctx, path.Root("adopt_existing"), &adopt)...)
	diags.Append(config.GetAttribute(ctx, path.Root("id"), &id)...)
	if adopt.ValueBool() && id.IsNull() {
		adoptWithoutID.AddAt(diags, path.Root("adopt_existing"), nil)
	}
}
