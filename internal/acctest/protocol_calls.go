package acctest

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// CheckImport imports an object in every form: by its ID, which attribute holds, with and without the ID of the organization, and by
// identity. Each import must give the same state and the same identity. After each import, the plan of every configuration must be empty.
func (p *Protocol) CheckImport(made *Instance, attribute string, configs ...Config) {
	p.t.Helper()
	id, organization := made.String(attribute), made.String("organization_id")
	whole := map[string]string{attribute: id, "organization_id": organization}
	for name, form := range map[string]struct {
		id       string
		identity Config
	}{
		"ID": {id: id}, "upper case": {id: strings.ToUpper(id)}, "organization/ID": {id: organization + "/" + id},
		"identity":                               {identity: Config{attribute: id, "organization_id": organization}},
		"identity, organization of the provider": {identity: Config{attribute: id}},
	} {
		walk := p.Walk() // each import is a separate walk
		imported, diags := walk.Import(p.t.Context(), made.Type, form.id, form.identity)
		if diags.Errors() != "" || !imported.State.Equal(made.State) {
			p.t.Fatalf("%s: imported %v, want %s: %s", name, imported, made.State, diags.Errors())
		}
		if got := p.Identity(imported); !maps.Equal(got, whole) {
			p.t.Errorf("%s: the identity is %v, want %v", name, got, whole)
		}
		for _, config := range configs {
			if plan := walk.Plan(p.t.Context(), imported, config); plan.Changes() || plan.Diagnostics.Errors()+plan.Diagnostics.Warnings() != "" {
				p.t.Errorf("%s: the plan of %v after the import is not empty: %s %s", name, config, plan.Diagnostics.Errors(),
					plan.Diagnostics.Warnings())
			}
		}
	}
}

// Invoke does what Terraform does with an action: validate, plan, and invoke it. It returns the progress that was reported.
func (p *Protocol) Invoke(ctx context.Context, kind string, config Config) ([]string, Diagnostics) {
	p.t.Helper()
	planned := p.PlanAction(ctx, kind, config)
	if planned.Errors() != "" {
		return nil, planned
	}
	progress, invoked := p.InvokeUnplanned(ctx, kind, config)
	return progress, append(planned, invoked...)
}

// InvokeUnplanned invokes an action without a plan, as Terraform does if no value was known while planning.
func (p *Protocol) InvokeUnplanned(ctx context.Context, kind string, config Config) ([]string, Diagnostics) {
	p.t.Helper()
	stream, err := p.actions().InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: kind, Config: p.actionConfig(kind, config)})
	p.must(err)
	var (
		progress []string
		diags    Diagnostics
	)
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diags = append(diags, event.Diagnostics...)
		}
	}
	return progress, diags
}

// PlanKnownAction plans an action without validating it: Terraform validates before variables and locals have values, and only then plans
// with them.
func (p *Protocol) PlanKnownAction(ctx context.Context, kind string, config Config) Diagnostics {
	p.t.Helper()
	planned, err := p.actions().PlanAction(ctx, &tfprotov6.PlanActionRequest{ActionType: kind, Config: p.actionConfig(kind, config)})
	p.must(err)
	return planned.Diagnostics
}

// PlanAction validates and plans an action.
func (p *Protocol) PlanAction(ctx context.Context, kind string, config Config) Diagnostics {
	p.t.Helper()
	value := p.actionConfig(kind, config)
	validated, err := p.actions().ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: kind, Config: value})
	p.must(err)
	if diags := Diagnostics(validated.Diagnostics); diags.Errors() != "" {
		return diags
	}
	planned, err := p.actions().PlanAction(ctx, &tfprotov6.PlanActionRequest{ActionType: kind, Config: value})
	p.must(err)
	return append(validated.Diagnostics, planned.Diagnostics...)
}

// PlanKnown plans an action whose values were not known when its configuration was validated, such as those of variables.
func (p *Protocol) PlanKnown(ctx context.Context, kind string, config Config) Diagnostics {
	p.t.Helper()
	planned, err := p.actions().PlanAction(ctx, &tfprotov6.PlanActionRequest{ActionType: kind, Config: p.actionConfig(kind, config)})
	p.must(err)
	return planned.Diagnostics
}

func (p *Protocol) actions() tfprotov6.ActionServer {
	p.t.Helper()
	server, ok := p.server.(tfprotov6.ActionServer)
	if !ok {
		p.t.Fatal("the provider serves no actions")
	}
	return server
}

func (p *Protocol) actionConfig(kind string, config Config) *tfprotov6.DynamicValue {
	p.t.Helper()
	schema, ok := p.schema.ActionSchemas[kind]
	if !ok {
		p.t.Fatalf("the provider has no action %s", kind)
	}
	return p.dynamic(p.value(schema.Schema.ValueType(), config))
}

// Call calls a function with one argument. The error is the function's, with the argument it is about, or nil.
func (p *Protocol) Call(ctx context.Context, name string, argument any) (tftypes.Value, *tfprotov6.FunctionError) {
	p.t.Helper()
	definition, ok := p.schema.Functions[name]
	if !ok {
		p.t.Fatalf("the provider has no function %s", name)
	}
	resp, err := p.server.CallFunction(ctx, &tfprotov6.CallFunctionRequest{
		Name: name, Arguments: []*tfprotov6.DynamicValue{p.dynamic(p.value(definition.Parameters[0].Type, argument))},
	})
	p.must(err)
	if resp.Error != nil {
		return tftypes.Value{}, resp.Error
	}
	return p.parse(resp.Result, definition.Return.Type), nil
}

// Sensitive reports whether an attribute of a resource or data source is sensitive, by its path.
func (p *Protocol) Sensitive(kind string, path ...string) bool {
	p.t.Helper()
	schema := p.schema.DataSourceSchemas[kind]
	if schema == nil {
		schema = p.schema.ResourceSchemas[kind]
	}
	attributes := schema.Block.Attributes
	for i, name := range path {
		for _, attribute := range attributes {
			if attribute.Name != name {
				continue
			}
			if i == len(path)-1 {
				return attribute.Sensitive
			}
			attributes = attribute.NestedType.Attributes
			break
		}
	}
	p.t.Fatalf("%s has no attribute %v", kind, path)
	return false
}

// Attributes visits every attribute of the schemas, with the attributes of nested objects. An object is named as in a configuration:
// "provider", "resource voltage_wallet", "data voltage_wallet", "action voltage_payment_send", "list voltage_wallet".
func (p *Protocol) Attributes(visit func(object string, path []string, attribute *tfprotov6.SchemaAttribute)) {
	var walk func(object string, parent []string, attributes []*tfprotov6.SchemaAttribute)
	walk = func(object string, parent []string, attributes []*tfprotov6.SchemaAttribute) {
		for _, attribute := range attributes {
			path := append(slices.Clone(parent), attribute.Name)
			visit(object, path, attribute)
			if attribute.NestedType != nil {
				walk(object, path, attribute.NestedType.Attributes)
			}
		}
	}
	walk("provider", nil, p.schema.Provider.Block.Attributes)
	for name, schema := range p.schema.ResourceSchemas {
		walk("resource "+name, nil, schema.Block.Attributes)
	}
	for name, schema := range p.schema.DataSourceSchemas {
		walk("data "+name, nil, schema.Block.Attributes)
	}
	for name, schema := range p.schema.ActionSchemas {
		walk("action "+name, nil, schema.Schema.Block.Attributes)
	}
	for name, schema := range p.schema.ListResourceSchemas {
		walk("list "+name, nil, schema.Block.Attributes)
	}
}

// Description returns the description of a part of the provider. page is the path of its page, such as resources/wallet.
func (p *Protocol) Description(page string) string {
	kind, name, _ := strings.Cut(page, "/")
	name = "voltage_" + name
	switch kind {
	case "resources":
		return p.schema.ResourceSchemas[name].Block.Description
	case "data-sources":
		return p.schema.DataSourceSchemas[name].Block.Description
	case "actions":
		return p.schema.ActionSchemas[name].Schema.Block.Description
	case "list-resources":
		return p.schema.ListResourceSchemas[name].Block.Description
	case "functions":
		return p.schema.Functions[strings.TrimPrefix(name, "voltage_")].Description
	}
	p.t.Fatalf("%s is no page of an object", page)
	return ""
}

// Offers returns the names of the provider's parts, by the folder of their examples.
func (p *Protocol) Offers() map[string][]string {
	return map[string][]string{
		"resources":    slices.Sorted(maps.Keys(p.schema.ResourceSchemas)),
		"data-sources": slices.Sorted(maps.Keys(p.schema.DataSourceSchemas)),
		"functions":    slices.Sorted(maps.Keys(p.schema.Functions)),
		"actions":      slices.Sorted(maps.Keys(p.schema.ActionSchemas)),

		"list-resources": slices.Sorted(maps.Keys(p.schema.ListResourceSchemas)),
	}
}

// Configurable returns the names of a resource's attributes that a configuration can have.
func (p *Protocol) Configurable(kind string) []string {
	var names []string
	for _, attribute := range p.schema.ResourceSchemas[kind].Block.Attributes {
		if attribute.Required || attribute.Optional {
			names = append(names, attribute.Name)
		}
	}
	return names
}

// Query does what terraform query does with a list resource: validate and list. A limit of 0 means no limit. It returns the results and the
// errors of the stream. If include is true, each result has its resource.
func (p *Protocol) Query(ctx context.Context, kind string, config Config, include bool, limit int64) ([]Listed, Diagnostics) {
	p.t.Helper()
	schema, ok := p.schema.ListResourceSchemas[kind]
	if !ok {
		p.t.Fatalf("the provider has no list resource %s", kind)
	}
	server, ok := p.server.(tfprotov6.ListResourceServer)
	if !ok {
		p.t.Fatal("the provider serves no list resources")
	}
	value := p.dynamic(p.value(schema.ValueType(), config))
	validated, err := server.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{TypeName: kind, Config: value})
	p.must(err)
	diags := Diagnostics(validated.Diagnostics)
	if diags.Errors() != "" {
		return nil, diags
	}
	stream, err := server.ListResource(ctx,
		&tfprotov6.ListResourceRequest{TypeName: kind, Config: value, IncludeResource: include, Limit: limit})
	p.must(err)
	var results []Listed
	for result := range stream.Results {
		diags = append(diags, result.Diagnostics...)
		if result.Identity == nil {
			continue
		}
		listed := Listed{DisplayName: result.DisplayName, Instance: &Instance{Type: kind, Identity: result.Identity}}
		if result.Resource != nil {
			listed.State = p.parse(result.Resource, p.resourceType(kind))
		}
		results = append(results, listed)
	}
	return results, diags
}

// Listed is one result of a query.
type Listed struct {
	DisplayName string
	*Instance
}

// IdentityOf returns an identity as a configuration to import by.
func (p *Protocol) IdentityOf(ctx context.Context, instance *Instance) Config {
	p.t.Helper()
	schemas, err := p.server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.must(err)
	var values map[string]tftypes.Value
	p.must(p.parse(instance.Identity.IdentityData, schemas.IdentitySchemas[instance.Type].ValueType()).As(&values))
	config := Config{}
	for name, value := range values {
		config[name] = Text(value)
	}
	return config
}

// Validate validates the configuration of a resource, as Terraform does before it plans one, and as it does for a mocked provider.
func (p *Protocol) Validate(kind string, config Config) Diagnostics {
	p.t.Helper()
	resp, err := p.server.ValidateResourceConfig(p.t.Context(),
		&tfprotov6.ValidateResourceConfigRequest{TypeName: kind, Config: p.dynamic(p.value(p.resourceType(kind), config))})
	p.must(err)
	return resp.Diagnostics
}

// ValidateData is Validate for a data source.
func (p *Protocol) ValidateData(kind string, config Config) Diagnostics {
	p.t.Helper()
	value := p.dynamic(p.value(p.schema.DataSourceSchemas[kind].ValueType(), config))
	resp, err := p.server.ValidateDataResourceConfig(p.t.Context(),
		&tfprotov6.ValidateDataResourceConfigRequest{TypeName: kind, Config: value})
	p.must(err)
	return resp.Diagnostics
}
