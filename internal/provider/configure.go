package provider

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

var (
	invalidSecret = tfkit.DeclareInvalid("Invalid Voltage Credentials", "Set the key or token exactly as Voltage has issued it. It is "+
		"not empty, and contains no white space, quotation marks, control characters or invisible characters.")
	invalidBaseURL = tfkit.DeclareInvalid("Invalid Base URL", "Set an https URL. An http URL is accepted for a loopback address, and for an "+
		"emulator whose keys begin with "+voltage.EmulatorKeyPrefix+".")
	invalidConfiguration = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Provider Configuration",
		Detail:  "The provider cannot use this configuration: {REASON}.",
		Next:    []string{"Correct the value that is named above, in the provider block or in the environment variable."},
	})
	twoCredentials = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Voltage Credentials",
		Detail:  "The environment variables VOLTAGE_API_KEY and VOLTAGE_BEARER_TOKEN are both set, but the API accepts only one of them.",
		Next:    []string{"Unset one of the variables, or set api_key or bearer_token in the provider block."},
	})
	invalidVariable = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Environment Variable",
		Detail:  "The environment variable {VARIABLE}, the default of {ATTRIBUTE}, is not valid: {REASON}.",
		Next:    []string{"Correct or unset the variable, or set {ATTRIBUTE} in the provider block."},
	})
)

// ValidateConfig implements [provider.ProviderWithValidateConfig]. It refuses a key of the configuration that would travel in the clear to
// a URL of the configuration. What the environment or another resource gives is checked when the provider is configured.
func (p *voltageProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var baseURL types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("base_url"), &baseURL)...)
	for _, attribute := range []string{"api_key", "bearer_token"} {
		var secret types.String
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attribute), &secret)...)
		if resp.Diagnostics.HasError() || secret.ValueString() == "" {
			continue
		}
		if err := voltage.CheckExposure(baseURL.ValueString(), secret.ValueString()); err != nil {
			invalidBaseURL.AddAt(&resp.Diagnostics, path.Root("base_url"), err)
		}
	}
}

// Configure implements [provider.Provider]. It reads the configuration and the environment, reports everything that is
// wrong with them at once, and makes no request.
func (p *voltageProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings := &tfkit.Settings{
		OrganizationID: p.idOrEnvironment(model.OrganizationID, "organization_id", "VOLTAGE_ORGANIZATION_ID", &resp.Diagnostics),
		EnvironmentID:  p.idOrEnvironment(model.EnvironmentID, "environment_id", "VOLTAGE_ENVIRONMENT_ID", &resp.Diagnostics),
		Pending: model.APIKey.IsUnknown() || model.BearerToken.IsUnknown() || model.BaseURL.IsUnknown() ||
			model.MaxRetries.IsUnknown() || model.RequestTimeout.IsUnknown(),
	}
	settings.AllowedNetworks = allowedNetworks(ctx, model.AllowedNetworks, &resp.Diagnostics)
	config := voltage.Config{
		BaseURL:    p.textOrEnvironment(model.BaseURL, "base_url", "VOLTAGE_API_URL", voltage.CheckBaseURL, &resp.Diagnostics),
		UserAgent:  fmt.Sprintf("terraform-provider-voltage/%s Terraform/%s", p.version, req.TerraformVersion),
		MaxRetries: voltage.DefaultMaxRetries,
		Log:        tflog.Debug,
		Pace:       p.pace,
		ShareAfter: p.shareAfter,
		Transport:  p.transport,
	}
	config.APIKey, config.BearerToken = p.credentials(model, &resp.Diagnostics)
	p.checkExposure(model, config, &resp.Diagnostics)
	if !model.MaxRetries.IsNull() && !model.MaxRetries.IsUnknown() {
		config.MaxRetries = int(model.MaxRetries.ValueInt64())
	}
	if !model.RequestTimeout.IsNull() && !model.RequestTimeout.IsUnknown() {
		config.RequestTimeout, _ = time.ParseDuration(model.RequestTimeout.ValueString()) // validated with the configuration
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if hasCredentials := config.APIKey != "" || config.BearerToken != ""; hasCredentials && !settings.Pending {
		client, err := voltage.New(config)
		if err != nil {
			invalidConfiguration.Add(&resp.Diagnostics, tfkit.Values{"REASON": err})
			return
		}
		settings.Client = client
		p.client.Store(client)
	}
	if settings.Pending && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
	}
	resp.ResourceData = settings
	resp.DataSourceData = settings
	resp.ActionData = settings
	resp.ListResourceData = settings
}

// checkExposure refuses a key that would travel in the clear. Without a key, an http URL is refused as for a real one. What is not known
// yet is checked when it is.
func (p *voltageProvider) checkExposure(model providerModel, config voltage.Config, diags *diag.Diagnostics) {
	if diags.HasError() || model.BaseURL.IsUnknown() || model.APIKey.IsUnknown() || model.BearerToken.IsUnknown() {
		return
	}
	err := voltage.CheckExposure(config.BaseURL, cmp.Or(config.APIKey, config.BearerToken))
	switch {
	case err == nil:
	case model.BaseURL.IsNull():
		addVariableError("base_url", "VOLTAGE_API_URL", err, diags)
	default:
		invalidBaseURL.AddAt(diags, path.Root("base_url"), err)
	}
}

// credentials returns the API key or the bearer token. One that is given takes precedence over both variables; two variables at once
// leave open which is meant.
func (p *voltageProvider) credentials(model providerModel, diags *diag.Diagnostics) (apiKey, bearerToken string) {
	if !model.APIKey.IsNull() || !model.BearerToken.IsNull() {
		return model.APIKey.ValueString(), model.BearerToken.ValueString()
	}
	apiKey = p.textOrEnvironment(model.APIKey, "api_key", "VOLTAGE_API_KEY", voltage.CheckSecret, diags)
	bearerToken = p.textOrEnvironment(model.BearerToken, "bearer_token", "VOLTAGE_BEARER_TOKEN", voltage.CheckSecret, diags)
	if apiKey != "" && bearerToken != "" {
		twoCredentials.AddAt(diags, path.Root("api_key"), nil)
	}
	return apiKey, bearerToken
}

// textOrEnvironment returns an attribute, or the environment variable that stands in for it where it is left out. An
// empty variable counts as unset.
func (p *voltageProvider) textOrEnvironment(
	value types.String, attribute, variable string, check func(string) error, diags *diag.Diagnostics,
) string {
	if !value.IsNull() {
		return value.ValueString()
	}
	text := p.getenv(variable)
	if text == "" {
		return ""
	}
	if err := check(text); err != nil {
		addVariableError(attribute, variable, err, diags)
	}
	return text
}

// idOrEnvironment is textOrEnvironment for a UUID.
func (p *voltageProvider) idOrEnvironment(value tfkit.UUID, attribute, variable string, diags *diag.Diagnostics) tfkit.UUID {
	if !value.IsNull() {
		return value
	}
	text := p.getenv(variable)
	if text == "" {
		return tfkit.NewUUIDNull()
	}
	if _, err := voltage.ParseID(text); err != nil {
		addVariableError(attribute, variable, err, diags)
	}
	return tfkit.ParseUUID(text)
}

func addVariableError(attribute, variable string, err error, diags *diag.Diagnostics) {
	invalidVariable.AddAt(diags, path.Root(attribute), tfkit.Values{"VARIABLE": variable, "ATTRIBUTE": attribute, "REASON": err})
}

// allowedNetworks is nil where every network is allowed. A set that is not known yet is checked again during the apply.
func allowedNetworks(ctx context.Context, set types.Set, diags *diag.Diagnostics) []string {
	if set.IsNull() || set.IsUnknown() {
		return nil
	}
	networks := []string{}
	for _, element := range set.Elements() {
		if element.IsUnknown() {
			return nil
		}
	}
	diags.Append(set.ElementsAs(ctx, &networks, false)...)
	return networks
}
