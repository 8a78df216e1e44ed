package webhook

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// eventsModel is the attribute events. Other holds the families that this provider does not know. A change of a webhook sends the whole
// list, so without Other it would remove these events.
type eventsModel struct {
	Send    types.Set `tfsdk:"send"`
	Receive types.Set `tfsdk:"receive"`
	Test    types.Set `tfsdk:"test"`
	Other   types.Map `tfsdk:"other"`
}

// These are the types of the parts of the attribute events.
var (
	familyType = types.SetType{ElemType: types.StringType}
	otherType  = types.MapType{ElemType: familyType}

	eventsTypes = map[string]attr.Type{"send": familyType, "receive": familyType, "test": familyType, "other": otherType}
)

const otherDescription = "Events of families that this version of the provider does not know, by family, such as " +
	"`{ dispute = [\"opened\"] }`."

// eventsAttribute returns the attribute events of the resource.
func eventsAttribute() schema.SingleNestedAttribute {
	family := func(text string) schema.SetAttribute {
		return schema.SetAttribute{
			MarkdownDescription: text + " The plan shows a warning for a name that this version of the provider does not know. " +
				"Defaults to `[]`. Changing this updates the webhook in place.",
			Optional:    true,
			Computed:    true,
			ElementType: types.StringType,
			Default:     setdefault.StaticValue(types.SetValueMust(types.StringType, []attr.Value{})),
			Validators:  eventNames(),
		}
	}
	return schema.SingleNestedAttribute{
		MarkdownDescription: "The events to deliver. Their order does not matter. A webhook without events receives nothing, and the " +
			"plan shows a warning.",
		Required: true,
		Attributes: map[string]schema.Attribute{
			"send": family("The events of payments that wallets send. Valid values are `succeeded` and `failed`."),
			"receive": family("The events of payments that wallets receive. Valid values are `generated` (can be paid), `detected`, `refreshed`, " +
				"`expired`, `succeeded` (a part has arrived on chain), `completed` (the full amount has arrived) and `failed`."),
			"test": family("The events of test deliveries. The valid value is `created`."),
			"other": schema.MapAttribute{
				MarkdownDescription: otherDescription + " Defaults to the current value of the webhook, so a change of the webhook loses no event. " +
					"`{}` removes these events. Changing this updates the webhook in place.",
				Optional:      true,
				Computed:      true,
				ElementType:   familyType,
				PlanModifiers: []planmodifier.Map{keepOther{}},
				Validators: []validator.Map{
					mapvalidator.KeysAre(stringvalidator.LengthAtLeast(1), stringvalidator.NoneOf(families()...)),
					mapvalidator.ValueSetsAre(append(eventNames(), setvalidator.SizeAtLeast(1))...),
				},
			},
		},
	}
}

func eventNames() []validator.Set {
	return []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))}
}

// families returns the families of events that have their own attribute.
func families() []string { return slices.Sorted(maps.Keys(voltage.WebhookEventNames())) }

// keepOther is the plan modifier of events of unknown families. If the configuration leaves them out, they stay.
type keepOther struct{}

// Description implements [planmodifier.Describer].
func (keepOther) Description(context.Context) string {
	return "Defaults to the current value of the webhook."
}

// MarkdownDescription implements [planmodifier.Describer].
func (m keepOther) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

// PlanModifyMap implements [planmodifier.Map]. A state that an older provider has written does not have such events. Then the value stays
// unknown, and the update reads the webhook before it changes the webhook.
func (keepOther) PlanModifyMap(_ context.Context, req planmodifier.MapRequest, resp *planmodifier.MapResponse) {
	switch {
	case !req.ConfigValue.IsNull():
	case req.State.Raw.IsNull():
		resp.PlanValue = types.MapValueMust(familyType, map[string]attr.Value{})
	case !req.StateValue.IsNull():
		resp.PlanValue = req.StateValue
	}
}

func eventsOf(ctx context.Context, object types.Object, diags *diag.Diagnostics) eventsModel {
	var model eventsModel
	diags.Append(object.As(ctx, &model, basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true, UnhandledUnknownAsEmpty: true})...)
	return model
}

// known returns the attributes of the families that this provider knows.
func (m eventsModel) known() map[string]types.Set {
	return map[string]types.Set{typeSend: m.Send, typeReceive: m.Receive, typeTest: m.Test}
}

// events turns the attribute into the API's events. It leaves out unknown values.
func (m eventsModel) events() voltage.WebhookEvents {
	sets := m.known()
	if !m.Other.IsUnknown() {
		for family, value := range m.Other.Elements() {
			if set, ok := value.(types.Set); ok {
				sets[family] = set
			}
		}
	}
	events := voltage.WebhookEvents{}
	for family, set := range sets {
		for _, element := range set.Elements() {
			if name, ok := element.(types.String); ok && !name.IsUnknown() {
				events[family] = append(events[family], name.ValueString())
			}
		}
	}
	return events
}

// newEvents turns events of the API into the attribute.
func newEvents(events voltage.WebhookEvents) (types.Object, diag.Diagnostics) {
	values, other := map[string]attr.Value{}, map[string]attr.Value{}
	for _, family := range families() {
		values[family] = types.SetValueMust(types.StringType, []attr.Value{})
	}
	for family, names := range events {
		elements := []attr.Value{}
		for _, name := range names {
			elements = append(elements, types.StringValue(name))
		}
		set := types.SetValueMust(types.StringType, elements)
		switch _, known := values[family]; {
		case known:
			values[family] = set
		case len(names) > 0:
			other[family] = set
		}
	}
	values["other"] = types.MapValueMust(familyType, other)
	return types.ObjectValue(eventsTypes, values)
}

// carryOther copies the webhook's events of unknown families into planned events whose value for them is unknown.
func carryOther(events types.Object, webhook *voltage.Webhook) (types.Object, diag.Diagnostics) {
	current, diags := newEvents(webhook.Events)
	values := maps.Clone(events.Attributes())
	values["other"] = current.Attributes()["other"]
	carried, got := types.ObjectValue(eventsTypes, values)
	return carried, append(diags, got...)
}

// leavesOther reports whether the planned value for the events of unknown families is unknown.
func leavesOther(events types.Object) bool {
	other := events.Attributes()["other"]
	return other != nil && (other.IsUnknown() || other.IsNull())
}

const correctEvent = "If the name is misspelled, correct it. If the API has this event, you do not have to do anything."

var (
	unknownEvent = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Unknown Webhook Event",
		Detail:  "{OBJECT}: this version of the provider does not know the event \"{EVENT}\" in events.{FAMILY}. It knows {EVENTS}.",
		Next:    []string{correctEvent},
	})
	unknownFamily = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Unknown Webhook Event",
		Detail: "{OBJECT}: this version of the provider does not know the event family \"{FAMILY}\", which has the event \"{EVENT}\". It knows " +
			"{FAMILIES}.",
		Next: []string{correctEvent},
	})
	noEvents = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Webhook Without Events",
		Detail:  "{OBJECT}: events is empty, so Voltage delivers nothing to the webhook.",
		Next:    []string{"Add an event to send, receive or test, such as receive = [\"completed\"]."},
	})
)

// warnOfEvents warns of unknown events, unless the webhook has them already, and of a webhook without events. state is null for a new
// webhook.
func warnOfEvents(ctx context.Context, object string, plan, state types.Object, diags *diag.Diagnostics) {
	if plan.IsUnknown() {
		return
	}
	planned := eventsOf(ctx, plan, diags)
	wanted, has := planned.events(), eventsOf(ctx, state, diags).events()
	for _, family := range slices.Sorted(maps.Keys(wanted)) {
		at, names := path.Root("events").AtName(family), voltage.WebhookEventNames()[family]
		if names == nil {
			at = path.Root("events").AtName("other").AtMapKey(family)
		}
		for _, name := range slices.Sorted(slices.Values(wanted[family])) {
			if slices.Contains(names, name) || slices.Contains(has[family], name) {
				continue
			}
			values := tfkit.Values{"OBJECT": object, "EVENT": voltage.Clean(name), "FAMILY": voltage.Clean(family)}
			if names == nil {
				values["FAMILIES"] = strings.Join(families(), ", ")
				unknownFamily.AddAt(diags, at, values)
				continue
			}
			values["EVENTS"] = strings.Join(names, ", ")
			unknownEvent.AddAt(diags, at, values)
		}
	}
	if len(wanted) == 0 && planned.isKnown() && (state.IsNull() || len(has) > 0) {
		noEvents.AddAt(diags, path.Root("events"), tfkit.Values{"OBJECT": object})
	}
}

// isKnown reports whether all events are known.
func (m eventsModel) isKnown() bool {
	for _, set := range m.known() {
		if set.IsUnknown() || slices.ContainsFunc(set.Elements(), attr.Value.IsUnknown) {
			return false
		}
	}
	return !m.Other.IsUnknown() && !slices.ContainsFunc(slices.Collect(maps.Values(m.Other.Elements())), attr.Value.IsUnknown)
}
