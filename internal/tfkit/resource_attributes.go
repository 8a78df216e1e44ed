package tfkit

import (
	"fmt"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
)

// FixedDefault returns organization_id or environment_id of a resource. It defaults to the provider's value when the resource is created,
// and then it cannot change. what is "organization" or "environment".
func FixedDefault(what string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: fmt.Sprintf("The UUID of the %[1]s. Defaults to `%[1]s_id` of the provider at the time of creation. A later "+
			"change in the provider does not affect this resource. Changing this forces a new resource.", what),
		Optional:      true,
		Computed:      true,
		CustomType:    UUIDType{},
		PlanModifiers: []planmodifier.String{FixedUUID()},
	}
}

// RequiredFixedUUID returns a required UUID. Changing it forces a new resource.
func RequiredFixedUUID(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Required: true, CustomType: UUIDType{}, PlanModifiers: []planmodifier.String{FixedUUID()},
	}
}

// FixedText returns a computed text whose value does not change in a plan.
func FixedText(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// ReadOnly turns a computed attribute of a data source into the same attribute of a resource, whose value does not change in a plan. It
// returns nil for other kinds of attributes, which are not shared so far, and the framework refuses a schema with a nil attribute.
func ReadOnly(attribute datasource.Attribute) schema.Attribute {
	switch attribute := attribute.(type) {
	case datasource.StringAttribute:
		text := FixedText(attribute.MarkdownDescription)
		text.CustomType, text.Sensitive = attribute.CustomType, attribute.Sensitive
		return text
	case datasource.Int64Attribute:
		return schema.Int64Attribute{
			MarkdownDescription: attribute.MarkdownDescription, Computed: true,
			PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
		}
	case datasource.SingleNestedAttribute:
		return schema.SingleNestedAttribute{
			MarkdownDescription: attribute.MarkdownDescription, Computed: true, Attributes: readOnly(attribute.Attributes),
			PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
		}
	case datasource.ListNestedAttribute:
		return schema.ListNestedAttribute{
			MarkdownDescription: attribute.MarkdownDescription, Computed: true,
			NestedObject:  schema.NestedAttributeObject{Attributes: readOnly(attribute.NestedObject.Attributes)},
			PlanModifiers: []planmodifier.List{listplanmodifier.UseStateForUnknown()},
		}
	}
	return nil
}

func readOnly(attributes map[string]datasource.Attribute) map[string]schema.Attribute {
	members := map[string]schema.Attribute{}
	for name, member := range attributes {
		members[name] = ReadOnly(member)
	}
	return members
}

// Identity returns the identity of a resource: organization_id and one more UUID. organization_id defaults to the provider's value in an
// import.
func Identity(attribute, description string) identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"organization_id": identityDefault("organization"),
			attribute:         identityschema.StringAttribute{Description: description, RequiredForImport: true, CustomType: UUIDType{}},
		},
	}
}

// IdentityInEnvironment is [Identity] with environment_id, which also defaults to the provider's value in an import.
func IdentityInEnvironment(attribute, description string) identityschema.Schema {
	identity := Identity(attribute, description)
	identity.Attributes["environment_id"] = identityDefault("environment")
	return identity
}

func identityDefault(what string) identityschema.StringAttribute {
	return identityschema.StringAttribute{
		Description:       fmt.Sprintf("The UUID of the %[1]s. Defaults to %[1]s_id of the provider.", what),
		OptionalForImport: true, CustomType: UUIDType{},
	}
}
