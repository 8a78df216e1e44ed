package acctest

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Saved is an instance in the form of terraform.tfstate. Its lists and maps have a fixed order, so that equal states have equal texts.
type Saved struct {
	SchemaVersion         int64           `json:"schema_version"`
	Attributes            json.RawMessage `json:"attributes"`
	IdentitySchemaVersion int64           `json:"identity_schema_version"`
	Identity              json.RawMessage `json:"identity,omitempty"` // absent if the resource has no identity
	Private               []byte          `json:"private,omitempty"`
}

// Save writes an instance as Terraform would.
func (p *Protocol) Save(ctx context.Context, instance *Instance) Saved {
	p.t.Helper()
	saved := Saved{
		SchemaVersion: p.schema.ResourceSchemas[instance.Type].Version, Attributes: p.json(plain(p, instance.State)), Private: instance.Private,
	}
	if instance.Identity != nil {
		schemas, err := p.server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
		p.must(err)
		schema := schemas.IdentitySchemas[instance.Type]
		saved.IdentitySchemaVersion = schema.Version
		saved.Identity = p.json(plain(p, p.parse(instance.Identity.IdentityData, schema.ValueType())))
	}
	return saved
}

// Load reads an instance as Terraform does first: the provider upgrades it to the current schemas.
func (p *Protocol) Load(ctx context.Context, kind string, saved Saved) (*Instance, Diagnostics) {
	p.t.Helper()
	state, err := p.server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
		TypeName: kind, Version: saved.SchemaVersion, RawState: &tfprotov6.RawState{JSON: saved.Attributes},
	})
	p.must(err)
	diags := Diagnostics(state.Diagnostics)
	if diags.Errors() != "" {
		return nil, diags
	}
	instance := &Instance{Type: kind, State: p.parse(state.UpgradedState, p.resourceType(kind)), Private: saved.Private}
	if saved.Identity == nil {
		return instance, diags
	}
	schemas, err := p.server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.must(err)
	// Terraform asks for an upgrade only in this case.
	if schema := schemas.IdentitySchemas[kind]; schema != nil && schema.Version != saved.IdentitySchemaVersion {
		identity, err := p.server.UpgradeResourceIdentity(ctx, &tfprotov6.UpgradeResourceIdentityRequest{
			TypeName: kind, Version: saved.IdentitySchemaVersion, RawIdentity: &tfprotov6.RawState{JSON: saved.Identity},
		})
		p.must(err)
		instance.Identity = identity.UpgradedIdentity
		return instance, append(diags, identity.Diagnostics...)
	}
	valueType := schemas.IdentitySchemas[kind].ValueType()
	identity, err := tftypes.ValueFromJSON(saved.Identity, valueType) //nolint:staticcheck // Terraform reads a state in the same way
	p.must(err)
	instance.Identity = &tfprotov6.ResourceIdentityData{IdentityData: p.dynamic(identity)}
	return instance, diags
}

func (p *Protocol) json(value any) json.RawMessage {
	p.t.Helper()
	content, err := json.Marshal(value)
	p.must(err)
	return content
}

// plain returns a value in the form of Terraform's states in JSON.
func plain(p *Protocol, value tftypes.Value) any {
	p.t.Helper()
	if value.IsNull() {
		return nil
	}
	typ := value.Type()
	switch {
	case typ.Is(tftypes.String):
		return Text(value)
	case typ.Is(tftypes.Bool):
		var truth bool
		p.must(value.As(&truth))
		return truth
	case typ.Is(tftypes.Number):
		var number *big.Float
		p.must(value.As(&number))
		return json.Number(number.Text('g', -1))
	case typ.Is(tftypes.Object{}), typ.Is(tftypes.Map{}):
		var attributes map[string]tftypes.Value
		p.must(value.As(&attributes))
		values := map[string]any{}
		for name, attribute := range attributes {
			values[name] = plain(p, attribute)
		}
		return values
	}
	values := []any{}
	for _, element := range Elements(value) {
		values = append(values, plain(p, element))
	}
	if typ.Is(tftypes.Set{}) {
		slices.SortFunc(values, func(a, b any) int { return bytes.Compare(p.json(a), p.json(b)) })
	}
	return values
}

// ReadConfig reads a configuration that was written in JSON.
func ReadConfig(content []byte) (Config, error) {
	decoder := json.NewDecoder(strings.NewReader(string(content)))
	decoder.UseNumber()
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		return nil, err
	}
	config, _ := written(values).(Config)
	return config, nil
}

// written turns decoded JSON into the values of a [Config].
func written(value any) any {
	switch value := value.(type) {
	case map[string]any:
		config := Config{}
		for name, element := range value {
			config[name] = written(element)
		}
		return config
	case []any:
		for i := range value {
			value[i] = written(value[i])
		}
		return value
	case json.Number:
		if number, _, err := big.ParseFloat(value.String(), 10, 512, big.ToNearestEven); err == nil {
			return number
		}
	}
	return value
}

// Replace returns an object with another value of one attribute.
func Replace(t *testing.T, object tftypes.Value, name string, value any) tftypes.Value {
	t.Helper()
	var attributes map[string]tftypes.Value
	if err := object.As(&attributes); err != nil {
		t.Fatal(err)
	}
	attributes = maps.Clone(attributes)
	attributes[name] = tftypes.NewValue(attributes[name].Type(), value)
	return tftypes.NewValue(object.Type(), attributes)
}
