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

// Settings is the configuration of the provider, in the form that its resources and data sources need.
type Settings struct {
	// Client calls the API. It is nil if no credentials are configured, or if Pending is true.
	Client *voltage.Client
	// Pending says that credentials or base_url become known only during the apply.
	Pending bool
	// OrganizationID and EnvironmentID are defaults for all objects. They are null if they are not configured.
	OrganizationID, EnvironmentID UUID
	// AllowedNetworks are the networks that may be used, in the spelling of requests. Nil allows every network.
	AllowedNetworks []string

	claims sync.Map // IDs that a creation or deletion of this run has reserved
	holds  sync.Map // IDs that a refresh of this run has found in the state
	stores sync.Map // what [Store] keeps
}

var (
	clientNotKnown = Declare(Message{
		Summary: "Provider Configuration Not Known Yet",
		Detail: "A value in the configuration of the Voltage provider (credentials or base_url) comes from another resource, and is known only " +
			"after that resource has been applied. Until then the provider cannot read the API.",
		Next: []string{"Set the value with its environment variable, or apply the other resource first (terraform apply -target)."},
	})
	noCredentials = Declare(Message{
		Summary: "Missing Voltage Credentials",
		Detail:  "The provider has no credentials for the Voltage API.",
		Next: []string{"Create an API key in the Voltage dashboard. Then set the environment variable VOLTAGE_API_KEY, or api_key in the " +
			"provider block. A user token belongs in VOLTAGE_BEARER_TOKEN or bearer_token."},
	})
	networkNotAllowed = Declare(Message{
		Summary: "Network Not Allowed",
		Detail:  "The network \"{NETWORK}\" is not in allowed_networks of the provider. Allowed networks: {NETWORKS}.",
		Next:    []string{"Choose an allowed network, or add the network to allowed_networks."},
	})
	defaultNotKnown = Declare(Message{
		Summary: "Provider Configuration Not Known Yet",
		Detail:  "{ATTRIBUTE} of the provider comes from another resource, and is known only after that resource has been applied.",
		Next: []string{
			"Set {ATTRIBUTE} here or with the environment variable {VARIABLE}, or apply the other resource first (terraform apply -target).",
		},
	})
	noDefault = Declare(Message{
		Summary: "Missing Attribute",
		Detail:  "{ATTRIBUTE} is set neither here nor in the provider.",
		Next:    []string{"Set {ATTRIBUTE} here or in the provider block, or the environment variable {VARIABLE}."},
	})
	unexpectedData = Declare(Message{
		Summary: "Unexpected Provider Data",
		Detail:  "The provider received a {TYPE} as its own configuration. This is a bug in the provider.",
		Next:    []string{reportBug},
	})
)

const reportBug = "Report the bug, with the output of Terraform."

// RequireClient returns the client, or an error that says what is missing.
func (s *Settings) RequireClient() (*voltage.Client, diag.Diagnostics) {
	var diags diag.Diagnostics
	switch {
	case s.Pending:
		clientNotKnown.Add(&diags, nil)
	case s.Client == nil:
		noCredentials.Add(&diags, nil)
	}
	return s.Client, diags
}

// CheckNetwork adds an error for a network that is not in allowed_networks.
func (s *Settings) CheckNetwork(at path.Path, network string) diag.Diagnostics {
	var diags diag.Diagnostics
	if s.AllowedNetworks != nil && !slices.Contains(s.AllowedNetworks, network) {
		networkNotAllowed.AddAt(&diags, at, Values{"NETWORK": voltage.Clean(network), "NETWORKS": orNone(s.AllowedNetworks)})
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

// Claim reserves an ID for a creation or deletion. It returns false if another creation or deletion of this run has reserved it. Without
// this, two creations with the same ID would both find it unused.
func (s *Settings) Claim(id uuid.UUID) bool {
	_, taken := s.claims.LoadOrStore(id, true)
	return !taken
}

// Release ends the reservation of an ID.
func (s *Settings) Release(id uuid.UUID) { s.claims.Delete(id) }

// Hold records that a refresh has found the object with this ID, so that the state has it.
func (s *Settings) Hold(id uuid.UUID) { s.holds.Store(id, true) }

// Holds reports whether a refresh of this run has found an object with this ID in the state.
func (s *Settings) Holds(id uuid.UUID) bool {
	_, held := s.holds.Load(id)
	return held
}

// Resource is embedded by every resource: it takes the provider's settings.
type Resource struct {
	Settings *Settings
	// Once is set if the object exists only once and the resource takes it over, such as the policies of a wallet.
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

// Ready returns the client and the organization of a data source. own is its organization_id. If it returns false, the data source cannot
// be read: the response has errors, or a deferral if Terraform supports deferrals and the provider's configuration is not known yet.
func (d *DataSource) Ready(req datasource.ReadRequest, resp *datasource.ReadResponse, own UUID) (*voltage.Client, uuid.UUID, bool) {
	if d.Settings.Pending && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &datasource.Deferred{Reason: datasource.DeferredReasonProviderConfigUnknown}
		return nil, uuid.Nil, false
	}
	client, diags := d.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	organization, ok := d.Settings.Organization(own, &resp.Diagnostics).ID()
	if !ok && !resp.Diagnostics.HasError() {
		defaultNotKnown.Add(&resp.Diagnostics, Values{"ATTRIBUTE": "organization_id", "VARIABLE": "VOLTAGE_ORGANIZATION_ID"})
	}
	return client, organization, !resp.Diagnostics.HasError()
}

// Environment returns the environment of a data source: its own environment_id, or the provider's. If neither is set, it adds an error and
// returns false.
func (d *DataSource) Environment(own UUID, diags *diag.Diagnostics) (uuid.UUID, bool) {
	environment, ok := d.Settings.Environment(own, diags).ID()
	if !ok && !diags.HasError() {
		addEnvironmentNotKnown(diags)
	}
	return environment, ok
}

// EnvironmentOr returns own, or the provider's environment_id. If neither is set, it returns null, which stands for every environment. If
// the provider's value is not known yet, it adds an error, since the value must not pass for every environment.
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
	defaultNotKnown.Add(diags, Values{"ATTRIBUTE": "environment_id", "VARIABLE": "VOLTAGE_ENVIRONMENT_ID"})
}

// settingsOf returns nil before the provider is configured. Terraform validates resources without configuring the provider.
func settingsOf(data any, diags *diag.Diagnostics) *Settings {
	if data == nil {
		return nil
	}
	settings, ok := data.(*Settings)
	if !ok {
		unexpectedData.Add(diags, Values{"TYPE": fmt.Sprintf("%T", data)})
	}
	return settings
}

// defaulted returns organization_id or environment_id of an object, which defaults to the provider's value. If neither is set, it adds an
// error and returns null.
func defaulted(own, provider UUID, attribute, variable string, diags *diag.Diagnostics) UUID {
	if !own.IsNull() {
		return own
	}
	if provider.IsNull() {
		noDefault.AddAt(diags, path.Root(attribute), Values{"ATTRIBUTE": attribute, "VARIABLE": variable})
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
