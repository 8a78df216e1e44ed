package tfkit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// The contract's limits of a payment's metadata.
const (
	maxMetadataEntries    = 50
	maxMetadataCharacters = 256
)

// PaymentMetadata returns a validator for the metadata of a payment.
func PaymentMetadata() validator.Map {
	return mapvalidator.All(
		mapvalidator.NoNullValues(),
		mapvalidator.SizeAtMost(maxMetadataEntries),
		mapvalidator.KeysAre(stringvalidator.UTF8LengthAtMost(maxMetadataCharacters)),
		mapvalidator.ValueStringsAre(stringvalidator.UTF8LengthAtMost(maxMetadataCharacters)),
	)
}

var (
	receiveNeedsAmount = Declare(Message{
		Summary: "Missing Attribute",
		Detail:  "amount is required if kind is \"{KIND}\". Only bolt11 and bip21 let the payer choose the amount.",
		Next:    []string{"Set amount, or choose another kind."},
	})
	invalidReceiveAmount = Declare(Message{
		Summary: "Invalid Amount",
		Detail:  "A payment of kind \"{KIND}\" cannot have this amount: {REASON}.",
		Next:    []string{"Change the amount or its currency, or choose another kind."},
	})
)

// CheckReceive returns errors for a kind and an amount of a receive that the contract does not allow. A nil amount stands for any amount.
// Unknown values are accepted.
func CheckReceive(kind string, amount *AmountModel) diag.Diagnostics {
	var diags diag.Diagnostics
	at := path.Root("amount")
	if amount == nil {
		if kind == voltage.KindOnchain || kind == voltage.KindTaprootAsset {
			receiveNeedsAmount.AddAt(&diags, at, Values{"KIND": kind})
		}
		return diags
	}
	if err := checkAmount(kind, amount); err != nil {
		invalidReceiveAmount.AddAt(&diags, at, Values{"KIND": kind, "REASON": err})
	}
	return diags
}

// checkAmount returns an error for an amount of a payment that the contract does not allow. Unknown values are accepted.
func checkAmount(kind string, amount *AmountModel) error {
	if amount.Currency.IsUnknown() {
		return nil
	}
	isAsset := strings.HasPrefix(amount.Currency.ValueString(), "asset:")
	switch {
	case kind == voltage.KindTaprootAsset && !isAsset:
		return errors.New("a payment of kind \"taprootasset\" needs an amount of an asset, with the currency asset: and 66 hex characters")
	case kind != voltage.KindTaprootAsset && isAsset:
		return fmt.Errorf("an amount of an asset needs kind \"taprootasset\", not %q", kind)
	case kind == voltage.KindOnchain && amount.Currency.ValueString() == voltage.CurrencyBTC &&
		amount.Amount.ValueInt64()%voltage.MsatsPerSat != 0:
		return fmt.Errorf("an on-chain payment needs whole satoshis, and %d msats is not a multiple of 1,000", amount.Amount.ValueInt64())
	}
	return nil
}
