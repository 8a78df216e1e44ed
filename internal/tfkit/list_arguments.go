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

// Scope is where the objects of a list are.
type Scope struct {
	Client       *voltage.Client
	Organization uuid.UUID
	// Environment is uuid.Nil for all of the organization's.
	Environment uuid.UUID
}

// ListScope returns where a data source lists objects, and fills its arguments with the provider's defaults. False means that it cannot be
// read: see [DataSource.Ready].
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

// OrganizationArgument is organization_id of a data source.
func OrganizationArgument() schema.StringAttribute {
	return DefaultedUUID("The UUID of the organization. Defaults to `organization_id` of the provider.")
}

// EnvironmentArgument is environment_id of a data source that reads one environment.
func EnvironmentArgument() schema.StringAttribute {
	return DefaultedUUID("The UUID of the environment. Defaults to `environment_id` of the provider.")
}

// ListedEnvironmentArgument is environment_id of a list. Objects names what is listed: "wallets".
func ListedEnvironmentArgument(objects string) schema.StringAttribute {
	return DefaultedUUID(fmt.Sprintf("The UUID of the environment whose %s are listed. Defaults to `environment_id` of the provider. If the "+
		"provider has none, all environments of the organization are listed.", objects))
}

// NetworkFilter is the argument network of a list. Objects names what is listed: "wallets".
func NetworkFilter(objects string) schema.StringAttribute {
	return OptionalText(
		fmt.Sprintf("Lists only %s on this network. Valid values are `mainnet`, `testnet3`, `mutinynet` and `signet`. Defaults to all networks.",
			objects),
		stringvalidator.OneOf(append(voltage.WalletNetworks(), "signet")...),
	)
}

// NameRegexFilter is the argument name_regex. Objects names what is listed: "wallets".
func NameRegexFilter(objects string) schema.StringAttribute {
	return OptionalText(fmt.Sprintf("Lists only %s whose name contains a match of this regular expression "+
		"([RE2 syntax](https://github.com/google/re2/wiki/Syntax)). Use `^` and `$` to match the whole name. Defaults to all names.",
		objects),
		RegularExpression())
}

// MetadataFilter is the argument metadata of a list. Objects names what is listed: "wallets".
func MetadataFilter(objects string, validators ...validator.Map) schema.MapAttribute {
	return schema.MapAttribute{
		MarkdownDescription: fmt.Sprintf("Lists only %s whose metadata contains all of these entries. Defaults to any metadata.", objects),
		Optional:            true,
		ElementType:         types.StringType,
		Validators:          validators,
	}
}

// IDsAttribute is the attribute ids of a list. Objects names what is listed, and list is the attribute that has the objects.
func IDsAttribute(objects, list string) schema.ListAttribute {
	return schema.ListAttribute{
		MarkdownDescription: fmt.Sprintf("The UUIDs of the %s that match, in the order of `%s`.", objects, list),
		Computed:            true,
		ElementType:         UUIDType{},
	}
}

// NameMatcher is the filter of name_regex, which was validated with the configuration. Null matches every name.
func NameMatcher(nameRegex types.String) func(name string) bool {
	return regexp.MustCompile(voltage.NormalText(nameRegex.ValueString())).MatchString
}

// WholeName is the value of name_regex that matches one name.
func WholeName(name types.String) types.String {
	return types.StringValue("^" + regexp.QuoteMeta(voltage.NormalText(name.ValueString())) + "$")
}

// Listed returns what a list shows of objects, and their IDs. Neither is null where there are no objects.
func Listed[T, O any](objects []T, id func(*T) uuid.UUID, show func(*T) O) (ids []UUID, shown []O) {
	ids, shown = make([]UUID, 0, len(objects)), make([]O, 0, len(objects))
	for i := range objects {
		ids, shown = append(ids, NewUUID(id(&objects[i]))), append(shown, show(&objects[i]))
	}
	return ids, shown
}
