package payment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// narrowing has the filter arguments that the list and the count of payments share.
type narrowing struct {
	Metadata  types.Map    `tfsdk:"metadata"`
	Statuses  types.Set    `tfsdk:"statuses"`
	Kind      types.String `tfsdk:"kind"`
	Direction types.String `tfsdk:"direction"`
	StartDate types.String `tfsdk:"start_date"`
	EndDate   types.String `tfsdk:"end_date"`
}

// narrowingAttributes returns the attributes of narrowing.
func narrowingAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"metadata": tfkit.MetadataFilter("payments", tfkit.PaymentMetadata()),
		"statuses": schema.SetAttribute{
			MarkdownDescription: "Matches only payments with one of these statuses. Valid values are `sending`, `approved`, `generating`, " +
				"`receiving`, `completed`, `expired` and `failed`. Defaults to all.",
			Optional: true, ElementType: types.StringType,
			Validators: []validator.Set{
				setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(),
				setvalidator.ValueStringsAre(stringvalidator.OneOf(
					voltage.StatusSending, voltage.StatusApproved, voltage.StatusGenerating, voltage.StatusReceiving,
					voltage.StatusCompleted, voltage.StatusExpired, voltage.StatusFailed)),
			},
		},
		"kind": oneOf("Matches only payments of this kind. Valid values are `bolt11`, `onchain`, `bip21`, `taprootasset` and "+
			"`usdbatch`. Defaults to all.",
			voltage.KindBolt11, voltage.KindOnchain, voltage.KindBIP21, voltage.KindTaprootAsset, "usdbatch"),
		"direction": oneOf("Matches only payments in this direction. Valid values are `send` and `receive`. Defaults to both.",
			voltage.DirectionSend, voltage.DirectionReceive),
		"start_date": tfkit.StartDate("Matches only payments requested"),
		"end_date":   tfkit.EndDate("Matches only payments requested"),
	}
}

// oneOf returns an optional text attribute with a list of valid values.
func oneOf(description string, values ...string) schema.StringAttribute {
	return tfkit.OptionalText(description, stringvalidator.OneOf(values...))
}

// lists returns the metadata and the statuses, or nil for arguments that are not set.
func (n *narrowing) lists(ctx context.Context, diags *diag.Diagnostics) (metadata map[string]string, statuses []string) {
	if !n.Metadata.IsNull() {
		diags.Append(n.Metadata.ElementsAs(ctx, &metadata, false)...)
	}
	if !n.Statuses.IsNull() {
		diags.Append(n.Statuses.ElementsAs(ctx, &statuses, false)...)
	}
	return metadata, statuses
}
