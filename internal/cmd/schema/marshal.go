package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The types below are the format of https://developer.hashicorp.com/terraform/cli/commands/providers/schema.

type providerJSON struct {
	Provider      *schemaJSON              `json:"provider"`
	Resources     map[string]*schemaJSON   `json:"resource_schemas"`
	DataSources   map[string]*schemaJSON   `json:"data_source_schemas"`
	Actions       map[string]*actionJSON   `json:"action_schemas"`
	ListResources map[string]*schemaJSON   `json:"list_resource_schemas"`
	Functions     map[string]*functionJSON `json:"functions"`
}

type schemaJSON struct {
	Version int64      `json:"version"`
	Block   *blockJSON `json:"block"`
}

type actionJSON struct {
	Block *blockJSON `json:"block"`
}

type blockJSON struct {
	Attributes map[string]*attributeJSON `json:"attributes,omitempty"`
	Blocks     map[string]*nestedJSON    `json:"block_types,omitempty"`
	described
	Deprecated bool `json:"deprecated,omitempty"`
}

type nestedJSON struct {
	Nesting  string     `json:"nesting_mode"`
	Block    *blockJSON `json:"block"`
	MinItems int64      `json:"min_items,omitempty"`
	MaxItems int64      `json:"max_items,omitempty"`
}

type attributeJSON struct {
	Type   json.RawMessage `json:"type,omitempty"`
	Nested *objectJSON     `json:"nested_type,omitempty"`
	described
	Required   bool `json:"required,omitempty"`
	Optional   bool `json:"optional,omitempty"`
	Computed   bool `json:"computed,omitempty"`
	Sensitive  bool `json:"sensitive,omitempty"`
	WriteOnly  bool `json:"write_only,omitempty"`
	Deprecated bool `json:"deprecated,omitempty"`
}

type objectJSON struct {
	Attributes map[string]*attributeJSON `json:"attributes"`
	Nesting    string                    `json:"nesting_mode"`
}

type described struct {
	Description string `json:"description,omitempty"`
	Kind        string `json:"description_kind,omitempty"`
}

type functionJSON struct {
	Description string           `json:"description,omitempty"`
	Summary     string           `json:"summary,omitempty"`
	Deprecated  string           `json:"deprecation_message,omitempty"`
	Return      json.RawMessage  `json:"return_type"`
	Parameters  []*parameterJSON `json:"parameters,omitempty"`
	Variadic    *parameterJSON   `json:"variadic_parameter,omitempty"`
}

type parameterJSON struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Nullable    bool            `json:"is_nullable,omitempty"`
	Type        json.RawMessage `json:"type"`
}

// marshalled are the schemas of a provider in Terraform's format.
func marshalled(schemas *tfprotov6.GetProviderSchemaResponse) (*providerJSON, error) {
	m := &marshaller{}
	written := &providerJSON{
		Provider: m.schema(schemas.Provider), Resources: map[string]*schemaJSON{}, DataSources: map[string]*schemaJSON{},
		Actions: map[string]*actionJSON{}, ListResources: map[string]*schemaJSON{}, Functions: map[string]*functionJSON{},
	}
	for name, schema := range schemas.ResourceSchemas {
		written.Resources[name] = m.schema(schema)
	}
	for name, schema := range schemas.DataSourceSchemas {
		written.DataSources[name] = m.schema(schema)
	}
	for name, schema := range schemas.ActionSchemas {
		written.Actions[name] = &actionJSON{m.block(schema.Schema.Block)}
	}
	for name, schema := range schemas.ListResourceSchemas {
		written.ListResources[name] = m.schema(schema)
	}
	for name, function := range schemas.Functions {
		written.Functions[name] = m.function(function)
	}
	return written, m.err
}

// marshaller keeps the first error.
type marshaller struct{ err error }

func (m *marshaller) schema(schema *tfprotov6.Schema) *schemaJSON {
	return &schemaJSON{Version: schema.Version, Block: m.block(schema.Block)}
}

func (m *marshaller) block(block *tfprotov6.SchemaBlock) *blockJSON {
	written := &blockJSON{
		Attributes: m.attributes(block.Attributes), Blocks: map[string]*nestedJSON{},
		described: describe(block.Description, block.DescriptionKind), Deprecated: block.Deprecated,
	}
	for _, nested := range block.BlockTypes {
		written.Blocks[nested.TypeName] = &nestedJSON{
			Nesting: strings.ToLower(nested.Nesting.String()), Block: m.block(nested.Block), MinItems: nested.MinItems, MaxItems: nested.MaxItems,
		}
	}
	return written
}

func (m *marshaller) attributes(attributes []*tfprotov6.SchemaAttribute) map[string]*attributeJSON {
	written := map[string]*attributeJSON{}
	for _, a := range attributes {
		attribute := &attributeJSON{
			described: describe(a.Description, a.DescriptionKind), Required: a.Required, Optional: a.Optional, Computed: a.Computed,
			Sensitive: a.Sensitive, WriteOnly: a.WriteOnly, Deprecated: a.Deprecated,
		}
		if a.NestedType != nil {
			attribute.Nested = &objectJSON{
				Attributes: m.attributes(a.NestedType.Attributes), Nesting: strings.ToLower(a.NestedType.Nesting.String()),
			}
		} else {
			attribute.Type = m.typ(a.Type)
		}
		written[a.Name] = attribute
	}
	return written
}

func (m *marshaller) function(function *tfprotov6.Function) *functionJSON {
	written := &functionJSON{
		Description: function.Description, Summary: function.Summary, Deprecated: function.DeprecationMessage,
		Return: m.typ(function.Return.Type),
	}
	for _, parameter := range function.Parameters {
		written.Parameters = append(written.Parameters, m.parameter(parameter))
	}
	if function.VariadicParameter != nil {
		written.Variadic = m.parameter(function.VariadicParameter)
	}
	return written
}

func (m *marshaller) parameter(parameter *tfprotov6.FunctionParameter) *parameterJSON {
	return &parameterJSON{
		Name: parameter.Name, Description: parameter.Description, Nullable: parameter.AllowNullValue, Type: m.typ(parameter.Type),
	}
}

func (m *marshaller) typ(typ tftypes.Type) json.RawMessage {
	written, err := typ.MarshalJSON() //nolint:staticcheck // the only source of this format
	if err != nil && m.err == nil {
		m.err = fmt.Errorf("writing the type %s: %w", typ, err)
	}
	return written
}

func describe(description string, kind tfprotov6.StringKind) described {
	if kind == tfprotov6.StringKindMarkdown {
		return described{description, "markdown"}
	}
	return described{description, "plain"}
}
