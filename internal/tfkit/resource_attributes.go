package tfkit

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
)

// FixedDefault is organization_id or environment_id of a resource: given, or the provider's when the resource is created, and then fixed.
// What is "organization" or "environment".
func FixedDefault(what string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: fmt.Sprintf("The UUID of the %s. Defaults to the provider's when the resource is created; a later change of the "+
			"provider's default does not affect this resource. Changing this forces a new resource.", what),
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

// FixedText is a text that a resource reads and that never changes.
func FixedText(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
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
		Description: fmt.Sprintf("The UUID of the %s. Default when importing: the provider's.", what), OptionalForImport: true, CustomType: UUIDType{},
	}
}
