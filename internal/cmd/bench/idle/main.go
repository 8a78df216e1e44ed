// Idle is the provider that bench compares with. It has the schema of wallets, and calls no API. So its wallets show the time that
// Terraform, the plugin protocol and the framework need for every provider.
package main

import (
	"context"
	"log"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	voltageprovider "github.com/voltagecloud/terraform-provider-voltage/internal/provider"
	"github.com/voltagecloud/terraform-provider-voltage/internal/wallet"
)

func main() {
	debug.SetGCPercent(400) // as in the real provider
	if err := voltageprovider.LimitLogs(); err != nil {
		log.Fatal(err)
	}
	if err := tf6server.Serve("voltage.test/voltagecloud/voltage", providerserver.NewProtocol6(idle{})); err != nil {
		log.Fatal(err)
	}
}

// idle is a provider that needs no configuration.
type idle struct{}

// Metadata implements [provider.Provider].
func (idle) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "voltage"
}

// Schema implements [provider.Provider].
func (idle) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// Configure implements [provider.Provider].
func (idle) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

// DataSources implements [provider.Provider].
func (idle) DataSources(context.Context) []func() datasource.DataSource { return nil }

// Resources implements [provider.Provider].
func (idle) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return idleWallet{} }}
}

// idleWallet is a wallet that exists only in the state.
type idleWallet struct{}

// Metadata implements [resource.Resource].
func (idleWallet) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_wallet"
}

// Schema implements [resource.Resource].
func (idleWallet) Schema(ctx context.Context, req resource.SchemaRequest, resp *resource.SchemaResponse) {
	wallet.NewResource().Schema(ctx, req, resp)
}

// Create implements [resource.Resource].
func (idleWallet) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	known, err := tftypes.Transform(req.Plan.Raw, know)
	if err != nil {
		resp.Diagnostics.AddError("The plan has a value of an unforeseen type", err.Error())
		return
	}
	resp.State.Raw = known
}

// Read implements [resource.Resource].
func (idleWallet) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// Update implements [resource.Resource].
func (idleWallet) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

// Delete implements [resource.Resource].
func (idleWallet) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// know replaces each unknown value with some known value: the UUIDs, a time, and active.
func know(_ *tftypes.AttributePath, value tftypes.Value) (tftypes.Value, error) {
	switch {
	case value.IsKnown():
		return value, nil
	case value.Type().Is(tftypes.Bool):
		return tftypes.NewValue(tftypes.Bool, true), nil
	default:
		return tftypes.NewValue(tftypes.String, "00000000-0000-4000-8000-000000000000"), nil
	}
}
