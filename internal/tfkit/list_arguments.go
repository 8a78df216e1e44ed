package tfkit

import (
	"fmt"
	"regexp"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// This file has the arguments that narrow lists, in data sources and in list resources.

// ListArguments are the arguments that every list has. They are embedded in the model of a list.
type ListArguments struct {
	OrganizationID UUID `tfsdk:"organization_id"`
	EnvironmentID  UUID `tfsdk:"environment_id"`
}

func (a ListArguments) ids() (organization, environment UUID) {
	return a.OrganizationID, a.EnvironmentID
}

// Scope has the organization and the environment of a list.
type Scope struct {
	Client       *voltage.Client
	Organization uuid.UUID
	// Environment is uuid.Nil for all environments of the organization.
	Environment uuid.UUID
}

// ListScope returns the scope of a list, and fills the arguments with the provider's defaults. It returns false if the data source cannot
// be read: see [DataSource.Ready].
func (d *DataSource) ListScope(req datasource.ReadRequest, resp *datasource.ReadResponse, arguments *ListArguments) (Scope, bool) {
	client, organization, ready := d.Ready(req, resp, arguments.OrganizationID)
	if !ready {
		return Scope{}, false
	}
	scope := Scope{Client: client, Organization: organization}
	arguments.OrganizationID = NewUUID(organization)
	arguments.EnvironmentID = d.EnvironmentOr(arguments.EnvironmentID, &resp.Diagnostics)
	scope.Environment, _ = arguments.EnvironmentID.ID()
	return scope, !resp.Diagnostics.HasError()
}

// OrganizationArgument returns the argument organization_id of a data source.
func OrganizationArgument() schema.StringAttribute {
	return DefaultedUUID("The UUID of the organization. Defaults to `organization_id` of the provider.")
}

// EnvironmentArgument returns the argument environment_id of a data source that reads one environment.
func EnvironmentArgument() schema.StringAttribute {
	return DefaultedUUID("The UUID of the environment. Defaults to `environment_id` of the provider.")
}

// ListedEnvironmentArgument returns the argument environment_id of a list. objects is the noun, such as "wallets".
func ListedEnvironmentArgument(objects string) schema.StringAttribute {
	return DefaultedUUID(fmt.Sprintf("The UUID of the environment whose %s are listed. Defaults to `environment_id` of the provider. If the "+
		"provider has none, all environments of the organization are listed.", objects))
}

// NetworkFilter returns the argument network of a list. objects is the noun, such as "wallets".
func NetworkFilter(objects string) schema.StringAttribute {
	return OptionalText(
		fmt.Sprintf("Lists only %s on this network. Valid values are `mainnet`, `testnet3`, `mutinynet` and `signet`. Defaults to all networks.",
			objects),
		stringvalidator.OneOf(append(voltage.WalletNetworks(), "signet")...),
	)
}

// NameRegexFilter returns the argument name_regex of a list. objects is the noun, such as "wallets".
func NameRegexFilter(objects string) schema.StringAttribute {
	return OptionalText(fmt.Sprintf("Lists only %s whose name contains a match of this regular expression "+
		"([RE2 syntax](https://github.com/google/re2/wiki/Syntax)). Use `^` and `$` to match the whole name. Defaults to all names.",
		objects),
		RegularExpression())
}

// MetadataFilter returns the argument metadata of a list. objects is the noun, such as "wallets".
func MetadataFilter(objects string, validators ...validator.Map) schema.MapAttribute {
	return schema.MapAttribute{
		MarkdownDescription: fmt.Sprintf("Lists only %s whose metadata contains all of these entries. Defaults to any metadata.", objects),
		Optional:            true,
		ElementType:         types.StringType,
		Validators:          validators,
	}
}

// IDsAttribute returns the attribute ids of a list. objects is the noun, and list is the attribute that has the objects.
func IDsAttribute(objects, list string) schema.ListAttribute {
	return schema.ListAttribute{
		MarkdownDescription: fmt.Sprintf("The UUIDs of the %s that match, in the order of `%s`.", objects, list),
		Computed:            true,
		ElementType:         UUIDType{},
	}
}

// NameMatcher returns a function that matches names with name_regex, which was validated with the configuration. Null matches every name.
func NameMatcher(nameRegex types.String) func(name string) bool {
	return regexp.MustCompile(voltage.NormalText(nameRegex.ValueString())).MatchString
}

// WholeName returns a name_regex that matches exactly one name.
func WholeName(name types.String) types.String {
	return types.StringValue("^" + regexp.QuoteMeta(voltage.NormalText(name.ValueString())) + "$")
}

// Listed returns the attributes of the listed objects, and their IDs. Without objects, both are empty and not null.
func Listed[T, O any](objects []T, id func(*T) uuid.UUID, show func(*T) O) (ids []UUID, shown []O) {
	ids, shown = make([]UUID, 0, len(objects)), make([]O, 0, len(objects))
	for i := range objects {
		ids, shown = append(ids, NewUUID(id(&objects[i]))), append(shown, show(&objects[i]))
	}
	return ids, shown
}
