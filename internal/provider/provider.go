// Package provider holds the provider's schema, its configuration, and the list of everything it offers.
package provider

import (
	"context"
	"net/http"
	"os"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/billing"
	"github.com/voltagecloud/terraform-provider-voltage/internal/checkout"
	"github.com/voltagecloud/terraform-provider-voltage/internal/credit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/functions"
	"github.com/voltagecloud/terraform-provider-voltage/internal/payment"
	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
	"github.com/voltagecloud/terraform-provider-voltage/internal/wallet"
	"github.com/voltagecloud/terraform-provider-voltage/internal/webhook"
)

// newProvider makes the provider. The version is the release's, or "dev".
func newProvider(version string, options ...Option) *voltageProvider {
	p := &voltageProvider{version: version, getenv: os.Getenv}
	for _, option := range options {
		option(p)
	}
	return p
}

// Option changes a setting that users cannot configure.
type Option func(*voltageProvider)

// WithPace sets the waits between requests, for an API that is faster than the real one.
func WithPace(pace voltage.Pace) Option {
	return func(p *voltageProvider) { p.pace = pace }
}

// WithTransport sets the transport of the requests. The default is that of net/http.
func WithTransport(transport http.RoundTripper) Option {
	return func(p *voltageProvider) { p.transport = transport }
}

// WithEnvironment sets the function that returns the value of an environment variable. The default is [os.Getenv].
func WithEnvironment(getenv func(variable string) string) Option {
	return func(p *voltageProvider) { p.getenv = getenv }
}

// WithShareAfter sets how many wallets or webhooks of an environment are read one by one before lists serve the rest. See
// [voltage.Config].
func WithShareAfter(objects int) Option {
	return func(p *voltageProvider) { p.shareAfter = objects }
}

var (
	_ provider.ProviderWithActions       = (*voltageProvider)(nil)
	_ provider.ProviderWithFunctions     = (*voltageProvider)(nil)
	_ provider.ProviderWithListResources = (*voltageProvider)(nil)

	_ provider.ProviderWithValidateConfig = (*voltageProvider)(nil)
)

type voltageProvider struct {
	version    string
	pace       voltage.Pace
	shareAfter int
	transport  http.RoundTripper
	getenv     func(variable string) string
	client     atomic.Pointer[voltage.Client] // nil until the provider is configured with credentials
}

type providerModel struct {
	APIKey          types.String `tfsdk:"api_key"`
	BearerToken     types.String `tfsdk:"bearer_token"`
	OrganizationID  tfkit.UUID   `tfsdk:"organization_id"`
	EnvironmentID   tfkit.UUID   `tfsdk:"environment_id"`
	BaseURL         types.String `tfsdk:"base_url"`
	AllowedNetworks types.Set    `tfsdk:"allowed_networks"`
	MaxRetries      types.Int64  `tfsdk:"max_retries"`
	RequestTimeout  types.String `tfsdk:"request_timeout"`
}

// Metadata implements [provider.Provider].
func (p *voltageProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "voltage"
	resp.Version = p.version
}

// Schema implements [provider.Provider].
func (p *voltageProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages wallets of [Voltage](https://voltageapi.com), which send and receive Bitcoin over Lightning and on " +
			"chain. Provider arguments take precedence over environment variables. Configuring the provider sends no request.",
		Attributes: map[string]schema.Attribute{
			"api_key": schema.StringAttribute{
				MarkdownDescription: "An API key from the Voltage dashboard. A key works on one host and in one environment. " +
					"Defaults to the environment variable `VOLTAGE_API_KEY`, which keeps the key out of files. Required unless " +
					"`bearer_token` is set. Conflicts with `bearer_token`.",
				Optional:  true,
				Sensitive: true,
				Validators: []validator.String{
					invalidSecret.Unless(voltage.CheckSecret), stringvalidator.ConflictsWith(path.MatchRoot("bearer_token")),
				},
			},
			"bearer_token": schema.StringAttribute{
				MarkdownDescription: "A user token (JWT), instead of an API key. Defaults to the environment variable `VOLTAGE_BEARER_TOKEN`. " +
					"Conflicts with `api_key`.",
				Optional:  true,
				Sensitive: true,
				Validators: []validator.String{
					invalidSecret.Unless(voltage.CheckSecret), stringvalidator.ConflictsWith(path.MatchRoot("api_key")),
				},
			},
			"organization_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the organization for all objects without an `organization_id` of their own. " +
					"Defaults to the environment variable `VOLTAGE_ORGANIZATION_ID`. Changing this does not affect existing resources.",
				Optional:   true,
				CustomType: tfkit.UUIDType{},
			},
			"environment_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the environment for all objects without an `environment_id` of their own. " +
					"Defaults to the environment variable `VOLTAGE_ENVIRONMENT_ID`. Changing this does not affect existing resources.",
				Optional:   true,
				CustomType: tfkit.UUIDType{},
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "The address of the API with its version, such as `https://staging.voltageapi.com/v1`. It must be an https URL. " +
					"An http URL is accepted for a loopback address, and for an emulator on another host, whose keys begin with `" +
					voltage.EmulatorKeyPrefix + "`. It must not contain credentials, a query or a fragment. " +
					"Defaults to the environment variable `VOLTAGE_API_URL`, or to `" + voltage.DefaultBaseURL + "`.",
				Optional:   true,
				Validators: []validator.String{invalidBaseURL.Unless(voltage.CheckBaseURL)},
			},
			"allowed_networks": schema.SetAttribute{
				MarkdownDescription: "The networks that this provider may use. Valid values are `mainnet`, `testnet3` and `mutinynet`. A wallet, " +
					"payment request or send on another network is an error, already in the plan if the network is known then. Set " +
					"`[\"mutinynet\", \"testnet3\"]` to protect real money. Defaults to all networks.",
				Optional:    true,
				ElementType: types.StringType,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(voltage.WalletNetworks()...)),
				},
			},
			"max_retries": schema.Int64Attribute{
				MarkdownDescription: "The maximum number of retries per request, from 0 to 20, after a transport error or the HTTP status " +
					"408, 429 or 5xx. The provider retries reads, and writes that it can safely repeat. It never repeats a creation before it has read " +
					"the ID. Defaults to `4`.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(0, 20)},
			},
			"request_timeout": schema.StringAttribute{
				MarkdownDescription: "The timeout of one attempt of a request, as a number with a unit, such as `10s` or `1m`. Defaults to `30s`.",
				Optional:            true,
				Validators:          []validator.String{tfkit.PositiveDuration()},
			},
		},
	}
}

// Resources implements [provider.Provider].
func (p *voltageProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		checkout.NewSessionResource,
		checkout.NewSettingsResource,
		credit.NewSandboxResource,
		payment.NewRequestResource,
		wallet.NewPoliciesResource,
		wallet.NewResource,
		webhook.NewResource,
	}
}

// DataSources implements [provider.Provider].
func (p *voltageProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		billing.NewDataSource,
		billing.NewListDataSource,
		billing.NewSummaryDataSource,
		checkout.NewSettingsDataSource,
		credit.NewDataSource,
		credit.NewListDataSource,
		payment.NewAssetsDataSource,
		payment.NewDataSource,
		payment.NewHistoryDataSource,
		payment.NewListDataSource,
		payment.NewSummaryDataSource,
		wallet.NewDataSource,
		wallet.NewLedgerDataSource,
		wallet.NewListDataSource,
		webhook.NewDataSource,
		webhook.NewDeliveriesDataSource,
		webhook.NewDeliveryDataSource,
		webhook.NewDeliverySummaryDataSource,
		webhook.NewListDataSource,
		wallet.NewPoliciesDataSource,
	}
}

// Actions implements [provider.ProviderWithActions].
func (p *voltageProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		payment.NewCheckAction,
		payment.NewSendAction,
		webhook.NewDeliveryAbandonAction,
		webhook.NewDeliveryRetryAction,
		webhook.NewTestAction,
	}
}

// ListResources implements [provider.ProviderWithListResources].
func (p *voltageProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		wallet.NewListResource,
		webhook.NewListResource,
	}
}

// Functions implements [provider.ProviderWithFunctions].
func (p *voltageProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		functions.NewBTCToMsats,
		functions.NewMsatsToSats,
		functions.NewParseBolt11,
		functions.NewSatsToMsats,
	}
}
