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

// FixedDefault is organization_id or environment_id of a resource: given, or the provider's when the resource is created, and then fixed.
// What is "organization" or "environment".
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

// RequiredFixedUUID is a UUID that a resource is for: another one replaces the resource.
func RequiredFixedUUID(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Required: true, CustomType: UUIDType{}, PlanModifiers: []planmodifier.String{FixedUUID()},
	}
}

// FixedText is a text that a resource reads, and whose value a plan takes to stay as it is.
func FixedText(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// ReadOnly turns an attribute that a data source reads into the same attribute of a resource, whose value a plan takes to stay as it is. No
// other kinds of attributes are shared so far: the framework refuses a schema that has a nil attribute.
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

// Identity is the identity of a resource: organization_id, which defaults to the provider's when importing, and one more UUID.
func Identity(attribute, description string) identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"organization_id": identityDefault("organization"),
			attribute:         identityschema.StringAttribute{Description: description, RequiredForImport: true, CustomType: UUIDType{}},
		},
	}
}

// IdentityInEnvironment is [Identity] with environment_id, which defaults to the provider's when importing.
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
