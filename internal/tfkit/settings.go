package tfkit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Settings is the provider's configuration, as its resources and data sources need it.
type Settings struct {
	// Client calls the API. It is nil where no credentials are configured, or where Pending.
	Client *voltage.Client
	// Pending says that what the client needs (credentials, base_url) is known only during the apply.
	Pending bool
	// OrganizationID and EnvironmentID are the defaults of each object's own; null where none is configured.
	OrganizationID, EnvironmentID UUID
	// AllowedNetworks are the networks, as wallet creation writes them, that may be used; nil allows every network.
	AllowedNetworks []string

	claims sync.Map // IDs that a creation or deletion of this run has taken
	holds  sync.Map // IDs that a refresh of this run has found in the state
	stores sync.Map // what [Store] keeps
}

// RequireClient returns the client, or says what is missing.
func (s *Settings) RequireClient() (*voltage.Client, diag.Diagnostics) {
	var diags diag.Diagnostics
	switch {
	case s.Pending:
		diags.AddError("Provider Configuration Not Known Yet",
			"The Voltage provider's configuration has a value (credentials or base_url) that is known only after another resource "+
				"has been applied, so that nothing can be read from the API while planning.\n\n"+
				"Give the value by its environment variable, or apply the resource that it comes from first (terraform apply -target).")
	case s.Client == nil:
		diags.AddError("Missing Voltage Credentials",
			"A call of the Voltage API needs credentials, and the provider has none.\n\n"+
				"Set the environment variable VOLTAGE_API_KEY (or VOLTAGE_BEARER_TOKEN), or the provider's api_key (or bearer_token). "+
				"Keys are made in the Voltage dashboard.")
	}
	return s.Client, diags
}

// CheckNetwork refuses a network that allowed_networks leaves out.
func (s *Settings) CheckNetwork(at path.Path, network string) diag.Diagnostics {
	var diags diag.Diagnostics
	if s.AllowedNetworks != nil && !slices.Contains(s.AllowedNetworks, network) {
		diags.AddAttributeError(at, "Network Not Allowed",
			fmt.Sprintf("The provider's allowed_networks does not contain %q; it allows: %s.\n\n"+
				"Choose one of them, or add the network to allowed_networks.",
				voltage.Clean(network), orNone(s.AllowedNetworks)))
	}
	return diags
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	sorted := slices.Sorted(slices.Values(names))
	return strings.Join(sorted, ", ")
}

// Claim takes an ID for a creation or deletion, and returns false where another one of this run has it. Two creations with the same ID
// would both find it unused.
func (s *Settings) Claim(id uuid.UUID) bool {
	_, taken := s.claims.LoadOrStore(id, true)
	return !taken
}

// Release gives an ID back.
func (s *Settings) Release(id uuid.UUID) { s.claims.Delete(id) }

// Hold notes that a refresh has found an object with this ID, which is in the state.
func (s *Settings) Hold(id uuid.UUID) { s.holds.Store(id, true) }

// Holds reports whether a refresh of this run has found an object with this ID in the state.
func (s *Settings) Holds(id uuid.UUID) bool {
	_, held := s.holds.Load(id)
	return held
}

// Resource is embedded by every resource: it takes the provider's settings.
type Resource struct {
	Settings *Settings
	// Once is set for an object that exists once and that a resource takes over, such as the policies of a wallet.
	Once *Once
}

// Configure implements [resource.ResourceWithConfigure].
func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.Settings = settingsOf(req.ProviderData, &resp.Diagnostics)
}

// DataSource is embedded by every data source: it takes the provider's settings.
type DataSource struct {
	Settings *Settings
}

// Configure implements [datasource.DataSourceWithConfigure].
func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.Settings = settingsOf(req.ProviderData, &resp.Diagnostics)
}

// Action is embedded by every action: it takes the provider's settings.
type Action struct {
	Settings *Settings
}

// Configure implements [action.ActionWithConfigure].
func (a *Action) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.Settings = settingsOf(req.ProviderData, &resp.Diagnostics)
}

// Ready returns the client and the organization that a data source reads with, own being its organization_id. False
// means that it cannot be read, with errors that say why, or with a deferral where Terraform knows deferrals and the
// provider's configuration is not known yet.
func (d *DataSource) Ready(req datasource.ReadRequest, resp *datasource.ReadResponse, own UUID) (*voltage.Client, uuid.UUID, bool) {
	if d.Settings.Pending && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &datasource.Deferred{Reason: datasource.DeferredReasonProviderConfigUnknown}
		return nil, uuid.Nil, false
	}
	client, diags := d.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	organization, ok := d.Settings.Organization(own, &resp.Diagnostics).ID()
	if !ok && !resp.Diagnostics.HasError() {
		resp.Diagnostics.AddError("Provider Configuration Not Known Yet",
			"The provider's organization_id is known only after another resource has been applied.\n\nGive it by VOLTAGE_ORGANIZATION_ID "+
				"or here, or apply the resource that it comes from first (terraform apply -target).")
	}
	return client, organization, !resp.Diagnostics.HasError()
}

// Environment returns the environment that a data source reads in: its own environment_id, or the provider's. False means
// that neither is set, with an error that says so.
func (d *DataSource) Environment(own UUID, diags *diag.Diagnostics) (uuid.UUID, bool) {
	environment, ok := d.Settings.Environment(own, diags).ID()
	if !ok && !diags.HasError() {
		addEnvironmentNotKnown(diags)
	}
	return environment, ok
}

// EnvironmentOr returns own, or else the provider's environment_id; null where neither is given, for every environment. One
// that is not known yet is an error: it must not pass for every environment.
func (d *DataSource) EnvironmentOr(own UUID, diags *diag.Diagnostics) UUID {
	switch {
	case !own.IsNull():
		return own
	case d.Settings.EnvironmentID.IsUnknown():
		addEnvironmentNotKnown(diags)
	}
	return d.Settings.EnvironmentID
}

func addEnvironmentNotKnown(diags *diag.Diagnostics) {
	diags.AddError("Provider Configuration Not Known Yet",
		"The provider's environment_id is known only after another resource has been applied.\n\nGive it by VOLTAGE_ENVIRONMENT_ID "+
			"or here, or apply the resource that it comes from first (terraform apply -target).")
}

// settingsOf is nil before the provider is configured: Terraform validates resources without configuring it.
func settingsOf(data any, diags *diag.Diagnostics) *Settings {
	if data == nil {
		return nil
	}
	settings, ok := data.(*Settings)
	if !ok {
		diags.AddError("Unexpected Provider Data", fmt.Sprintf("The provider was handed a %T as its own configuration, which is a bug in it.\n\nReport it, with what Terraform has printed.", data))
	}
	return settings
}

// defaulted is the value of an object's own organization_id or environment_id: its own, or else the provider's.
// A null result means that neither is given, and then an error is added.
func defaulted(own, provider UUID, attribute, variable string, diags *diag.Diagnostics) UUID {
	if !own.IsNull() {
		return own
	}
	if provider.IsNull() {
		diags.AddAttributeError(path.Root(attribute), "Missing Attribute",
			fmt.Sprintf("Neither this object nor the provider has %[1]s.\n\nSet %[1]s here or in the provider block, "+
				"or the environment variable %[2]s.", attribute, variable))
	}
	return provider
}

// Organization returns the organization that an object belongs to: its own organization_id, or the provider's.
func (s *Settings) Organization(own UUID, diags *diag.Diagnostics) UUID {
	return defaulted(own, s.OrganizationID, "organization_id", "VOLTAGE_ORGANIZATION_ID", diags)
}

// Environment returns the environment that an object belongs to: its own environment_id, or the provider's.
func (s *Settings) Environment(own UUID, diags *diag.Diagnostics) UUID {
	return defaulted(own, s.EnvironmentID, "environment_id", "VOLTAGE_ENVIRONMENT_ID", diags)
}
