package credit

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

const summaryNotRead = "Line of Credit Not Read"

// lineObject is a line of credit as the data sources show it.
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
}

// lineAttributes are the attributes of lineObject, all computed.
func lineAttributes() map[string]schema.Attribute {
	id, text, number := tfkit.ComputedUUID, tfkit.ComputedText, tfkit.ComputedNumber
	return map[string]schema.Attribute{
		"id":              id("The line's UUID."),
		"organization_id": id("The UUID of the organization that the line belongs to."),
		"environment_id":  id("The UUID of the environment that the line belongs to."),
		"network":         text("The Bitcoin network, as the resource `voltage_wallet` writes it: `mainnet`, `testnet3` or `mutinynet`."),
		"currency":        text("The line's currency: `btc`, `usd` or `asset:` with 66 hex characters."),
		"limit":           number("The line's whole limit, in base units of its currency (msats for btc, cents for usd)."),
		"allocated_limit": number("What the wallets on the line have taken of `limit`: the sum of their limits, in base units."),
		"available_limit": number("What is left for new wallets: `limit` less `allocated_limit`, in base units; negative where more was allocated than there is."),
		"secured":         text("Whether the line's deposit has arrived: `pending_deposit`, `partially_secured` or `secured`; null where the API does not say."),
		"verified":        text("Whether the line is verified: `pending_verification` or `verified`; null where the API does not say."),
		"disabled_at":     text("When the line was disabled, in RFC 3339; null for one that can be used."),
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
		AvailableLimit: types.Int64Value(line.Limit - line.AllocatedLimit),
		DisabledAt:     tfkit.NewTime(line.DisabledAt),
	}
	if line.Status != nil {
		object.Secured, object.Verified = tfkit.TextOrNull(line.Status.Secured), tfkit.TextOrNull(line.Status.Verified)
	}
	return object
}

func networkValidator() validator.String {
	return stringvalidator.OneOf(append(voltage.WalletNetworks(), "signet")...)
}

// lineFilter is what the API has no parameter for. A null field matches everything.
type lineFilter struct {
	environment       tfkit.UUID
	network, currency types.String
}

func (f lineFilter) apply(lines []voltage.LineOfCredit) []voltage.LineOfCredit {
	environment, inEnvironment := f.environment.ID()
	var found []voltage.LineOfCredit
	for _, line := range lines {
		if (!inEnvironment || line.EnvironmentID == environment) &&
			(f.network.IsNull() || f.network.ValueString() == voltage.WalletNetwork(line.Network)) &&
			(f.currency.IsNull() || strings.EqualFold(f.currency.ValueString(), line.Currency)) {
			found = append(found, line)
		}
	}
	return found
}

// excludes reports whether what can be read of a line shows that the filter does not match it. No other line that cannot be read may be
// left out without a word.
func (f lineFilter) excludes(item *voltage.UnreadableItem) bool {
	var line voltage.LineOfCredit
	if !item.Read("environment_id", &line.EnvironmentID) {
		f.environment = tfkit.UUID{}
	}
	if !item.Read("network", &line.Network) {
		f.network = types.StringNull()
	}
	if !item.Read("currency", &line.Currency) {
		f.currency = types.StringNull()
	}
	return len(f.apply([]voltage.LineOfCredit{line})) == 0
}

// describe names the filter in messages.
func (f lineFilter) describe(organization uuid.UUID) string {
	parts := []string{fmt.Sprintf("organization_id %s", organization)}
	for _, part := range []struct {
		name, value string
	}{
		{"environment_id", f.environment.ValueString()},
		{"network", f.network.ValueString()},
		{"currency", f.currency.ValueString()},
	} {
		if part.value != "" {
			parts = append(parts, part.name+" "+part.value)
		}
	}
	return strings.Join(parts, ", ")
}
