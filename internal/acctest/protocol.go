package acctest

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/provider"
)

// Protocol drives the provider through its protocol server, in process, as Terraform's core would: it refreshes, plans and applies,
// replaces resources, and keeps a resource as tainted after an error. It takes milliseconds, while the real Terraform takes seconds. It
// also tests features that Terraform 1.11 does not have, such as identity.
type Protocol struct {
	t      testing.TB
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse

	world   *World
	changes []Config
}

// readSchema requests the schema once, since the schema is the same for every world and the request takes longer than most tests.
var readSchema = sync.OnceValues(func() (*tfprotov6.GetProviderSchemaResponse, error) {
	return provider.NewServer("test")().GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
})

// Instance is a resource in the form of Terraform's state.
type Instance struct {
	Type     string
	State    tftypes.Value // null if the object does not exist
	Private  []byte
	Identity *tfprotov6.ResourceIdentityData
	Tainted  bool
}

// Config is the configuration of a resource, data source or provider: attribute names with strings, ints, bools, maps. The other attributes
// are null.
type Config map[string]any

// Unknown stands for a value that is known only after the apply.
type Unknown struct{}

// Diagnostics are the errors and warnings of the provider.
type Diagnostics []*tfprotov6.Diagnostic

// Errors returns the errors, each as "attribute: summary: detail".
func (d Diagnostics) Errors() string { return d.text(tfprotov6.DiagnosticSeverityError) }

// Warnings returns the warnings, each as "attribute: summary: detail".
func (d Diagnostics) Warnings() string { return d.text(tfprotov6.DiagnosticSeverityWarning) }

func (d Diagnostics) text(severity tfprotov6.DiagnosticSeverity) string {
	var lines []string
	for _, diagnostic := range d {
		if diagnostic.Severity == severity {
			at := ""
			if diagnostic.Attribute != nil {
				at = strings.TrimSuffix(strings.TrimPrefix(diagnostic.Attribute.String(), `AttributeName("`), `")`)
			}
			lines = append(lines, fmt.Sprintf("%s: %s: %s", at, diagnostic.Summary, diagnostic.Detail))
		}
	}
	return strings.Join(lines, "\n")
}

// Protocol starts a provider, configured for this world; change overrides or adds to its configuration.
func (w *World) Protocol(tb testing.TB, change ...Config) *Protocol {
	tb.Helper()
	p := w.Unconfigured(tb)
	config := Config{"base_url": w.URL, "organization_id": w.OrganizationID.String(), "environment_id": w.EnvironmentID.String()}
	if w.Emulator != nil {
		config["api_key"] = emulator.StagingKey
	}
	p.changes = change
	for _, c := range change {
		maps.Copy(config, c)
	}
	if diags := p.Configure(config); diags.Errors() != "" {
		tb.Fatalf("configuring the provider: %s", diags.Errors())
	}
	return p
}

// Unconfigured starts a provider without configuring it.
func (w *World) Unconfigured(tb testing.TB) *Protocol {
	tb.Helper()
	server := w.server()()
	if w.Wrap != nil {
		server = w.Wrap(server)
	}
	schema, err := readSchema()
	if err != nil {
		tb.Fatal(err)
	}
	return &Protocol{t: tb, server: server, schema: schema, world: w}
}

// Configure validates and configures the provider.
func (p *Protocol) Configure(config Config) Diagnostics {
	p.t.Helper()
	value := p.dynamic(p.value(p.schema.Provider.ValueType(), config))
	validated, err := p.server.ValidateProviderConfig(p.t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: value})
	p.must(err)
	if diags := Diagnostics(validated.Diagnostics); diags.Errors() != "" {
		return diags
	}
	configured, err := p.server.ConfigureProvider(p.t.Context(),
		&tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.99.0", Config: value})
	p.must(err)
	return append(validated.Diagnostics, configured.Diagnostics...)
}

// Apply does what terraform apply does with one resource: validate, refresh, plan, and change or replace it.
func (p *Protocol) Apply(ctx context.Context, instance *Instance, config Config) Diagnostics {
	p.t.Helper()
	if instance.Tainted { // an earlier run has tainted it, and the provider of that run has stopped
		p = p.Walk() //nolint:contextcheck // the provider's context is the test's
	}
	diags := p.Refresh(ctx, instance)
	if diags.Errors() != "" {
		return diags
	}
	return append(diags, p.ApplyUnrefreshed(ctx, instance, config)...)
}

// ApplyUnrefreshed is Apply with -refresh=false.
func (p *Protocol) ApplyUnrefreshed(ctx context.Context, instance *Instance, config Config) Diagnostics {
	p.t.Helper()
	plan := p.Plan(ctx, instance, config)
	diags := plan.Diagnostics
	if diags.Errors() != "" || !plan.Changes() {
		return diags
	}
	if plan.Replaces {
		diags = append(diags, p.delete(ctx, instance, plan.private)...)
		if diags.Errors() != "" {
			return diags
		}
		plan = p.plan(ctx, instance, plan.config)
		diags = append(diags, plan.Diagnostics...)
		if diags.Errors() != "" {
			return diags
		}
	}
	creating := instance.State.IsNull()
	applied := p.apply(ctx, instance, plan.config, plan.planned, plan.private)
	instance.Tainted = creating && applied.Errors() != "" && !instance.State.IsNull()
	return append(diags, applied...)
}

// ApplyPlan applies a plan that changes a resource in place, as terraform apply does with a saved plan.
func (p *Protocol) ApplyPlan(ctx context.Context, instance *Instance, plan *Plan) Diagnostics {
	p.t.Helper()
	if plan.Diagnostics.Errors() != "" || !plan.Changes() || plan.Replaces {
		return nil
	}
	return p.apply(ctx, instance, plan.config, plan.planned, plan.private)
}

// Destroy does what terraform destroy does with one resource, without refreshing it first.
func (p *Protocol) Destroy(ctx context.Context, instance *Instance) Diagnostics {
	p.t.Helper()
	if instance.State.IsNull() {
		return nil
	}
	null := tftypes.NewValue(p.resourceType(instance.Type), nil)
	plan := p.plan(ctx, instance, null)
	if plan.Diagnostics.Errors() != "" {
		return plan.Diagnostics
	}
	return append(plan.Diagnostics, p.delete(ctx, instance, plan.private)...)
}

// DestroyAfter is Destroy that calls meanwhile between the plan and the apply.
func (p *Protocol) DestroyAfter(ctx context.Context, instance *Instance, meanwhile func()) Diagnostics {
	p.t.Helper()
	plan := p.plan(ctx, instance, tftypes.NewValue(p.resourceType(instance.Type), nil))
	if plan.Diagnostics.Errors() != "" {
		return plan.Diagnostics
	}
	meanwhile()
	return append(plan.Diagnostics, p.delete(ctx, instance, plan.private)...)
}

// DestroyWith is Destroy that changes the private state of the plan with change. The plan of an older provider has nil, for example.
func (p *Protocol) DestroyWith(ctx context.Context, instance *Instance, change func(private []byte) []byte) Diagnostics {
	p.t.Helper()
	plan := p.plan(ctx, instance, tftypes.NewValue(p.resourceType(instance.Type), nil))
	if plan.Diagnostics.Errors() != "" {
		return plan.Diagnostics
	}
	return append(plan.Diagnostics, p.delete(ctx, instance, change(plan.private))...)
}

// PlanForced plans a replacement that -replace or replace_triggered_by causes. It first asks the provider to plan a change, and then, with
// the private state and the identity of that answer, to plan a creation. identity is false for a CLI that does not keep identities.
func (p *Protocol) PlanForced(ctx context.Context, instance *Instance, config Config, identity bool) *Plan {
	p.t.Helper()
	plan := p.plan(ctx, instance, p.value(p.resourceType(instance.Type), config))
	if plan.Diagnostics.Errors() != "" {
		return plan
	}
	after := &Instance{Type: instance.Type, State: tftypes.NewValue(p.resourceType(instance.Type), nil), Private: plan.private}
	if identity {
		after.Identity = plan.identity
	}
	return p.plan(ctx, after, plan.config)
}

// delete deletes a resource. After an error, the instance stays as it was.
func (p *Protocol) delete(ctx context.Context, instance *Instance, private []byte) Diagnostics {
	p.t.Helper()
	null := tftypes.NewValue(p.resourceType(instance.Type), nil)
	diags := p.apply(ctx, instance, null, null, private)
	if instance.State.IsNull() {
		instance.Tainted = false
	}
	return diags
}

// PlanDestroy plans what terraform destroy does with one resource.
func (p *Protocol) PlanDestroy(ctx context.Context, instance *Instance) Diagnostics {
	p.t.Helper()
	return p.plan(ctx, instance, tftypes.NewValue(p.resourceType(instance.Type), nil)).Diagnostics
}

// Walk starts a provider for another walk of Terraform. A plan, an apply and the refresh before a destroy are separate walks, and Terraform
// starts and configures the provider for each of them.
func (p *Protocol) Walk() *Protocol {
	p.t.Helper()
	return p.world.Protocol(p.t, p.changes...)
}

// DestroyRefreshed does what terraform destroy does with one resource: it refreshes it in one walk, and destroys it in another.
func (p *Protocol) DestroyRefreshed(ctx context.Context, instance *Instance) Diagnostics {
	p.t.Helper()
	if diags := p.Walk().Refresh(ctx, instance); diags.Errors() != "" { //nolint:contextcheck // the provider's context is the test's
		return diags
	}
	return p.Walk().Destroy(ctx, instance) //nolint:contextcheck // likewise
}

// Refresh reads a resource again. If the resource no longer exists, its state becomes null.
func (p *Protocol) Refresh(ctx context.Context, instance *Instance) Diagnostics {
	p.t.Helper()
	if instance.State.IsNull() {
		instance.State = tftypes.NewValue(p.resourceType(instance.Type), nil)
		return nil
	}
	resp, err := p.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: instance.Type, CurrentState: p.dynamic(instance.State), Private: instance.Private, CurrentIdentity: instance.Identity,
	})
	p.must(err)
	if diags := Diagnostics(resp.Diagnostics); diags.Errors() != "" {
		return diags
	}
	instance.State = p.parse(resp.NewState, p.resourceType(instance.Type))
	instance.Private, instance.Identity = resp.Private, resp.NewIdentity
	if instance.State.IsNull() {
		instance.Tainted, instance.Private, instance.Identity = false, nil, nil
	}
	return resp.Diagnostics
}

// Plan is the result of a plan.
type Plan struct {
	Diagnostics Diagnostics
	// Replaces says that the plan would delete the resource and create it again. Paths are the attributes that force the replacement.
	Replaces bool
	Paths    []string

	prior, planned, config tftypes.Value
	private                []byte
	identity               *tfprotov6.ResourceIdentityData
}

// Changes reports whether applying the plan would do anything.
func (p *Plan) Changes() bool { return p.Replaces || !p.planned.Equal(p.prior) }

// Attribute returns the planned value of an attribute.
func (p *Plan) Attribute(name string) tftypes.Value { return Attribute(p.planned, name) }

// Plan validates a configuration and plans it without a refresh of the instance.
func (p *Protocol) Plan(ctx context.Context, instance *Instance, config Config) *Plan {
	p.t.Helper()
	value := p.value(p.resourceType(instance.Type), config)
	validated, err := p.server.ValidateResourceConfig(ctx,
		&tfprotov6.ValidateResourceConfigRequest{TypeName: instance.Type, Config: p.dynamic(value)})
	p.must(err)
	if diags := Diagnostics(validated.Diagnostics); diags.Errors() != "" {
		return &Plan{Diagnostics: diags}
	}
	if instance.State.IsNull() {
		instance.State = tftypes.NewValue(p.resourceType(instance.Type), nil)
	}
	plan := p.planResource(ctx, instance, value)
	plan.Diagnostics = append(validated.Diagnostics, plan.Diagnostics...)
	return plan
}

// planResource plans a change, a replacement or a creation, as Terraform and OpenTofu do. In a replacement, the creation is planned
// separately, with the private state and the identity of the deleted resource. A tainted instance is planned only as a creation. So its
// private state is lost, and the deletion gets the private state of the creation. See the function plan in Terraform's
// node_resource_abstract_instance.go.
func (p *Protocol) planResource(ctx context.Context, instance *Instance, config tftypes.Value) *Plan {
	p.t.Helper()
	after := &Instance{Type: instance.Type, State: tftypes.NewValue(p.resourceType(instance.Type), nil)}
	if instance.Tainted && !instance.State.IsNull() {
		plan := p.plan(ctx, after, config)
		plan.Replaces, plan.prior = true, instance.State
		return plan
	}
	plan := p.plan(ctx, instance, config)
	if plan.Replaces {
		after.Private, after.Identity = plan.private, plan.identity
		creation := p.plan(ctx, after, config)
		plan.private = creation.private
		if creation.Diagnostics.Errors() != "" {
			plan.Diagnostics = append(plan.Diagnostics, creation.Diagnostics...)
		}
	}
	return plan
}

func (p *Protocol) plan(ctx context.Context, instance *Instance, config tftypes.Value) *Plan {
	p.t.Helper()
	resp, err := p.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: instance.Type, PriorState: p.dynamic(instance.State), PriorPrivate: instance.Private, PriorIdentity: instance.Identity,
		Config: p.dynamic(config), ProposedNewState: p.dynamic(p.proposed(instance, config)),
	})
	p.must(err)
	plan := &Plan{
		Diagnostics: resp.Diagnostics, prior: instance.State, config: config, private: resp.PlannedPrivate, identity: resp.PlannedIdentity,
		planned: p.parse(resp.PlannedState, p.resourceType(instance.Type)),
	}
	for _, path := range resp.RequiresReplace {
		plan.Paths = append(plan.Paths, path.String())
	}
	plan.Replaces = !instance.State.IsNull() && !config.IsNull() && len(plan.Paths) > 0
	return plan
}

func (p *Protocol) apply(ctx context.Context, instance *Instance, config, planned tftypes.Value, private []byte) Diagnostics {
	p.t.Helper()
	resp, err := p.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: instance.Type, PriorState: p.dynamic(instance.State), PlannedState: p.dynamic(planned), Config: p.dynamic(config),
		PlannedPrivate: private,
	})
	p.must(err)
	instance.State = p.parse(resp.NewState, p.resourceType(instance.Type))
	instance.Private, instance.Identity = resp.Private, resp.NewIdentity
	if instance.State.IsNull() { // Terraform keeps no private state and no identity without a state
		instance.Private, instance.Identity = nil, nil
	}
	diags := Diagnostics(resp.Diagnostics)
	if !instance.State.IsFullyKnown() {
		p.t.Errorf("the state after an apply has unknown values: %s", instance.State)
	}
	if diags.Errors() == "" {
		p.checkConsistent(planned, instance.State)
	}
	return diags
}

// checkConsistent compares a new state with the plan, as Terraform does: the known values must be as planned.
func (p *Protocol) checkConsistent(planned, state tftypes.Value) {
	p.t.Helper()
	if planned.IsNull() || state.IsNull() {
		if planned.IsNull() != state.IsNull() {
			p.t.Errorf("the object is not as planned: %s instead of %s", state, planned)
		}
		return
	}
	var want, got map[string]tftypes.Value
	p.must(planned.As(&want))
	p.must(state.As(&got))
	for name, value := range want {
		if value.IsFullyKnown() && !value.Equal(got[name]) {
			p.t.Errorf("%s is not as planned: %s instead of %s", name, got[name], value)
		}
	}
}

// Import does what terraform import does: it imports by ID or, if the ID is empty, by identity, and then reads.
func (p *Protocol) Import(ctx context.Context, kind, id string, identity Config) (*Instance, Diagnostics) {
	p.t.Helper()
	req := &tfprotov6.ImportResourceStateRequest{TypeName: kind, ID: id}
	if id == "" {
		schemas, err := p.server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
		p.must(err)
		value := p.dynamic(p.value(schemas.IdentitySchemas[kind].ValueType(), identity))
		req.Identity = &tfprotov6.ResourceIdentityData{IdentityData: value}
	}
	resp, err := p.server.ImportResourceState(ctx, req)
	p.must(err)
	if diags := Diagnostics(resp.Diagnostics); diags.Errors() != "" {
		return nil, diags
	}
	imported := resp.ImportedResources[0]
	instance := &Instance{
		Type: kind, State: p.parse(imported.State, p.resourceType(kind)), Private: imported.Private, Identity: imported.Identity,
	}
	return instance, append(resp.Diagnostics, p.Refresh(ctx, instance)...)
}

// ReadDataSource validates and reads a data source.
func (p *Protocol) ReadDataSource(ctx context.Context, kind string, config Config) (tftypes.Value, Diagnostics) {
	p.t.Helper()
	typ := p.schema.DataSourceSchemas[kind].ValueType()
	value := p.dynamic(p.value(typ, config))
	validated, err := p.server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: kind, Config: value})
	p.must(err)
	if diags := Diagnostics(validated.Diagnostics); diags.Errors() != "" {
		return tftypes.Value{}, diags
	}
	resp, err := p.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: kind, Config: value})
	p.must(err)
	if diags := Diagnostics(resp.Diagnostics); diags.Errors() != "" {
		return tftypes.Value{}, diags
	}
	return p.parse(resp.State, typ), append(validated.Diagnostics, resp.Diagnostics...)
}

// Attribute returns an attribute of the state.
func (i *Instance) Attribute(name string) tftypes.Value { return Attribute(i.State, name) }

// String returns a string attribute of the state. It returns an empty text for null.
func (i *Instance) String(name string) string { return Text(i.Attribute(name)) }

// Text returns a string value. It returns an empty text for null.
func Text(value tftypes.Value) string {
	var text string
	if value.IsNull() || !value.IsKnown() || value.As(&text) != nil {
		return ""
	}
	return text
}

// Number returns a number value in decimal. It returns an empty text for null.
func Number(value tftypes.Value) string {
	var number *big.Float
	if value.IsNull() || !value.IsKnown() || value.As(&number) != nil {
		return ""
	}
	return number.Text('f', 0)
}

// Elements returns the elements of a list or set. It returns none for null.
func Elements(value tftypes.Value) []tftypes.Value {
	var elements []tftypes.Value
	if value.IsNull() || value.As(&elements) != nil {
		return nil
	}
	return elements
}

// Attribute returns an attribute of an object.
func Attribute(object tftypes.Value, name string) tftypes.Value {
	var attributes map[string]tftypes.Value
	if object.IsNull() || object.As(&attributes) != nil {
		return tftypes.Value{}
	}
	return attributes[name]
}

// proposed merges a configuration with the prior state, as Terraform's core does before it asks for a plan: a computed attribute that the
// configuration leaves out keeps its value.
func (p *Protocol) proposed(instance *Instance, config tftypes.Value) tftypes.Value {
	p.t.Helper()
	if config.IsNull() || instance.State.IsNull() {
		return config
	}
	var configured, prior map[string]tftypes.Value
	p.must(config.As(&configured))
	p.must(instance.State.As(&prior))
	proposed := maps.Clone(configured)
	for _, attribute := range p.schema.ResourceSchemas[instance.Type].Block.Attributes {
		if attribute.Computed && configured[attribute.Name].IsNull() {
			proposed[attribute.Name] = prior[attribute.Name]
		}
	}
	return tftypes.NewValue(config.Type(), proposed)
}

func (p *Protocol) resourceType(kind string) tftypes.Type {
	schema, ok := p.schema.ResourceSchemas[kind]
	if !ok {
		p.t.Fatalf("the provider has no resource %s, only %v", kind, slices.Collect(maps.Keys(p.schema.ResourceSchemas)))
	}
	return schema.ValueType()
}

func (p *Protocol) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *Protocol) dynamic(value tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	dynamic, err := tfprotov6.NewDynamicValue(value.Type(), value)
	p.must(err)
	return &dynamic
}

func (p *Protocol) parse(dynamic *tfprotov6.DynamicValue, typ tftypes.Type) tftypes.Value {
	p.t.Helper()
	if dynamic == nil {
		return tftypes.NewValue(typ, nil)
	}
	value, err := dynamic.Unmarshal(typ)
	p.must(err)
	return value
}

// value turns a value of a [Config] into a value of a type.
func (p *Protocol) value(typ tftypes.Type, written any) tftypes.Value {
	p.t.Helper()
	switch written := written.(type) {
	case nil:
		return tftypes.NewValue(typ, nil)
	case Unknown:
		return tftypes.NewValue(typ, tftypes.UnknownValue)
	case Config:
		values := map[string]tftypes.Value{}
		switch typ := typ.(type) {
		case tftypes.Object:
			for name := range written {
				if _, ok := typ.AttributeTypes[name]; !ok {
					p.t.Fatalf("there is no attribute %s", name)
				}
			}
			for name, attributeType := range typ.AttributeTypes {
				values[name] = p.value(attributeType, written[name])
			}
		case tftypes.Map:
			for key, element := range written {
				values[key] = p.value(typ.ElementType, element)
			}
		default:
			p.t.Fatalf("%s cannot be written as attributes", typ)
		}
		return tftypes.NewValue(typ, values)
	case []any:
		var element tftypes.Type
		switch typ := typ.(type) {
		case tftypes.Set:
			element = typ.ElementType
		case tftypes.List:
			element = typ.ElementType
		default:
			p.t.Fatalf("%s cannot be written as a list", typ)
		}
		values := make([]tftypes.Value, 0, len(written))
		for _, e := range written {
			values = append(values, p.value(element, e))
		}
		return tftypes.NewValue(typ, values)
	default:
		return tftypes.NewValue(typ, written)
	}
}

// Identity returns the attributes of a resource's identity, all of which are strings here.
func (p *Protocol) Identity(instance *Instance) map[string]string {
	p.t.Helper()
	result := map[string]string{}
	if instance.Identity == nil {
		return result
	}
	schemas, err := p.server.GetResourceIdentitySchemas(p.t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.must(err)
	value := p.parse(instance.Identity.IdentityData, schemas.IdentitySchemas[instance.Type].ValueType())
	var attributes map[string]tftypes.Value
	p.must(value.As(&attributes))
	for name, attribute := range attributes {
		result[name] = Text(attribute)
	}
	return result
}

// ProviderAttributes returns the names of the provider's attributes, and whether each is sensitive.
func (p *Protocol) ProviderAttributes() map[string]bool {
	attributes := map[string]bool{}
	for _, attribute := range p.schema.Provider.Block.Attributes {
		attributes[attribute.Name] = attribute.Sensitive
	}
	return attributes
}
