package credit

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// lineObject is a line of credit in the data sources.
type lineObject struct {
	ID             tfkit.UUID   `tfsdk:"id"`
	OrganizationID tfkit.UUID   `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID   `tfsdk:"environment_id"`
	Network        types.String `tfsdk:"network"`
	Currency       types.String `tfsdk:"currency"`
	Limit          types.Int64  `tfsdk:"limit"`
	AllocatedLimit types.Int64  `tfsdk:"allocated_limit"`
	AvailableLimit types.Int64  `tfsdk:"available_limit"`
	Secured        types.String `tfsdk:"secured"`
	Verified       types.String `tfsdk:"verified"`
	DisabledAt     types.String `tfsdk:"disabled_at"`

	Infrastructure *infrastructureObject `tfsdk:"infrastructure"`
}

// infrastructureObject is the node behind a line of credit.
type infrastructureObject struct {
	Type types.String `tfsdk:"type"`
	Host types.String `tfsdk:"host"`
}

// lineAttributes returns the attributes of lineObject, all computed.
func lineAttributes() map[string]schema.Attribute {
	id, text, number := tfkit.ComputedUUID, tfkit.ComputedText, tfkit.ComputedNumber
	return map[string]schema.Attribute{
		"id":              id("The UUID of the line of credit."),
		"organization_id": id("The UUID of the organization that the line belongs to."),
		"environment_id":  id("The UUID of the environment that the line belongs to."),
		"network": text("The Bitcoin network, as the resource `voltage_wallet` writes it: `mainnet`, `testnet3` or `mutinynet`; " +
			"also `signet`, and `none` for a line without a network."),
		"currency":        text("The currency of the line: `btc`, `usd`, or `asset:` followed by 66 hex characters."),
		"limit":           number("The limit of the line, in base units of its currency (msats for btc, cents for usd)."),
		"allocated_limit": number("The sum of the limits of the wallets on the line, in base units of its currency."),
		"available_limit": number("The limit that is left for new wallets, in base units of its currency: `limit` minus `allocated_limit`. " +
			"Negative if `allocated_limit` is above `limit`."),
		"secured": text("The deposit status of a secured line: `pending_deposit`, `partially_secured` or `secured`. Null for a verified " +
			"line, and if collateral is waived."),
		"verified": text("The verification status of a verified line: `pending_verification` or `verified`. Null for a secured line, and if " +
			"collateral is waived."),
		"disabled_at": text("When the line was disabled, in RFC 3339; null for a line that is not disabled."),
		"infrastructure": schema.SingleNestedAttribute{
			MarkdownDescription: "The customer's own node behind the line; null for a line without one.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"type": text("The kind of node: `lnd_node` or `taproot_asset_node`."),
				"host": text("The host of the node."),
			},
		},
	}
}

func newLineObject(line *voltage.LineOfCredit) lineObject {
	object := lineObject{
		ID:             tfkit.NewUUID(line.ID),
		OrganizationID: tfkit.NewUUID(line.OrganizationID),
		EnvironmentID:  tfkit.NewUUID(line.EnvironmentID),
		Network:        types.StringValue(voltage.WalletNetwork(line.Network)),
		Currency:       types.StringValue(line.Currency),
		Limit:          types.Int64Value(line.Limit),
		AllocatedLimit: types.Int64Value(line.AllocatedLimit),
		AvailableLimit: types.Int64Value(line.Available()),
		DisabledAt:     tfkit.NewTime(line.DisabledAt),
	}
	if line.Status != nil {
		object.Secured, object.Verified = tfkit.TextOrNull(line.Status.Secured), tfkit.TextOrNull(line.Status.Verified)
	}
	if node := line.Infrastructure; node != nil {
		object.Infrastructure = &infrastructureObject{Type: types.StringValue(node.Type), Host: tfkit.TextOrNull(node.Config.Host)}
	}
	return object
}
