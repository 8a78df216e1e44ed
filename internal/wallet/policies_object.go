package wallet

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

type feeModel struct {
	SendBasisPoints    types.Int64 `tfsdk:"send_basis_points"`
	ReceiveBasisPoints types.Int64 `tfsdk:"receive_basis_points"`
}

var feeTypes = map[string]attr.Type{"send_basis_points": types.Int64Type, "receive_basis_points": types.Int64Type}

// These are the attributes of the policies.
const (
	attributeMaxPaymentSize = "max_payment_size_sats"
	attributeVelocity       = "transactions_per_minute"
	attributeVolume         = "send_volume_limit_sats"
	attributeOFAC           = "ofac_compliant"
	attributeReflex         = "reflex_template_id"
	attributeFee            = "processing_fee"
)

var policyAttributes = []string{attributeMaxPaymentSize, attributeVelocity, attributeVolume, attributeOFAC, attributeReflex, attributeFee}

// managed returns the policies that this resource has set.
func (m *policiesModel) managed() []string {
	var names []string
	for _, name := range m.Managed.Elements() {
		if text, ok := name.(types.String); ok {
			names = append(names, text.ValueString())
		}
	}
	return names
}

func newManaged(names []string) types.Set {
	values := []attr.Value{}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		values = append(values, types.StringValue(name))
	}
	return types.SetValueMust(types.StringType, values)
}

// value returns the policy of an attribute.
func (m *policiesModel) value(attribute string) attr.Value {
	return map[string]attr.Value{
		attributeMaxPaymentSize: m.MaxPaymentSizeSats, attributeVelocity: m.TransactionsPerMinute, attributeVolume: m.SendVolumeLimitSats,
		attributeOFAC: m.OFACCompliant, attributeReflex: m.ReflexTemplateID, attributeFee: m.ProcessingFee,
	}[attribute]
}

// configured returns the policies that a configuration sets.
func (m *policiesModel) configured() []string {
	names := []string{}
	for _, name := range policyAttributes {
		if !m.value(name).IsNull() {
			names = append(names, name)
		}
	}
	return names
}

// holdsNothing reports whether the model has only values that are the same for a wallet without policies.
func (m *policiesModel) holdsNothing() bool {
	return !m.OFACCompliant.IsNull() && !m.OFACCompliant.ValueBool() && len(m.configured()) == 1
}

// changes returns the update that turns the state into the plan: the configured policies that differ, and a fee that must be removed.
func (m *policiesModel) changes(
	ctx context.Context, state policiesModel, configured []string, diags *diag.Diagnostics,
) voltage.PolicyUpdate {
	var update voltage.PolicyUpdate
	for _, name := range configured {
		if m.value(name).Equal(state.value(name)) {
			continue
		}
		switch name {
		case attributeMaxPaymentSize:
			update.MaxPaymentSizeSats = m.MaxPaymentSizeSats.ValueInt64Pointer()
		case attributeVelocity:
			update.TransactionsPerMinute = m.TransactionsPerMinute.ValueInt64Pointer()
		case attributeVolume:
			update.SendVolumeLimitSats = m.SendVolumeLimitSats.ValueInt64Pointer()
		case attributeOFAC:
			update.OFACCompliant = m.OFACCompliant.ValueBoolPointer()
		case attributeReflex:
			if id, ok := m.ReflexTemplateID.ID(); ok {
				update.ReflexTemplateID = &id
			}
		case attributeFee:
			var fee feeModel
			diags.Append(m.ProcessingFee.As(ctx, &fee, basetypes.ObjectAsOptions{})...)
			update.ProcessingFee = &voltage.ProcessingFee{
				SendBasisPoints:    fee.SendBasisPoints.ValueInt64(),
				ReceiveBasisPoints: fee.ReceiveBasisPoints.ValueInt64(),
			}
		}
	}
	update.RestoreProcessingFee = m.ProcessingFee.IsNull() && !state.ProcessingFee.IsNull()
	return update
}

// fill copies the values that a plan leaves to the API.
func (m *policiesModel) fill(from policiesModel) {
	if m.MaxPaymentSizeSats.IsUnknown() {
		m.MaxPaymentSizeSats = from.MaxPaymentSizeSats
	}
	if m.TransactionsPerMinute.IsUnknown() {
		m.TransactionsPerMinute = from.TransactionsPerMinute
	}
	if m.SendVolumeLimitSats.IsUnknown() {
		m.SendVolumeLimitSats = from.SendVolumeLimitSats
	}
	if m.OFACCompliant.IsUnknown() {
		m.OFACCompliant = from.OFACCompliant
	}
	if m.ReflexTemplateID.IsUnknown() {
		m.ReflexTemplateID = from.ReflexTemplateID
	}
	if m.ProcessingFee.IsUnknown() {
		m.ProcessingFee = from.ProcessingFee
	}
}

// read copies the policies of the API. It keeps the list of managed policies, since only the state knows it.
func (m *policiesModel) read(policies policiesModel) {
	policies.OrganizationID, policies.WalletID = tfkit.ParseUUID(m.OrganizationID.ValueString()), tfkit.ParseUUID(m.WalletID.ValueString())
	policies.Managed, policies.Timeouts = newManaged(m.managed()), m.Timeouts
	*m = policies
}

// newPoliciesModel turns policies of the API, or nil, into a model without IDs. If the API has no entry for OFAC, ofac_compliant is false.
func newPoliciesModel(ctx context.Context, policies *voltage.WalletPolicies, diags *diag.Diagnostics) policiesModel {
	if policies == nil {
		policies = &voltage.WalletPolicies{}
	}
	fee, got := types.ObjectValueFrom(ctx, feeTypes, newFeeModel(policies.ProcessingFee))
	diags.Append(got...)
	return policiesModel{
		MaxPaymentSizeSats:    types.Int64PointerValue(policies.MaxPaymentSizeSats),
		TransactionsPerMinute: types.Int64PointerValue(policies.TransactionsPerMinute),
		SendVolumeLimitSats:   types.Int64PointerValue(policies.SendVolumeLimitSats),
		OFACCompliant:         types.BoolValue(policies.OFACCompliant),
		ReflexTemplateID:      tfkit.NewUUIDPointer(policies.ReflexTemplateID),
		ProcessingFee:         fee,
	}
}

func newFeeModel(fee *voltage.ProcessingFee) *feeModel {
	if fee == nil {
		return nil
	}
	return &feeModel{types.Int64Value(fee.SendBasisPoints), types.Int64Value(fee.ReceiveBasisPoints)}
}

// describeValues writes policies with their values, as in a configuration.
func (m *policiesModel) describeValues(attributes []string) []string {
	var values []string
	for _, name := range attributes {
		text := m.value(name).String()
		if name == attributeFee && !m.ProcessingFee.IsNull() {
			fee := m.ProcessingFee.Attributes()
			text = fmt.Sprintf("{ send_basis_points = %s, receive_basis_points = %s }", fee["send_basis_points"], fee["receive_basis_points"])
		}
		values = append(values, name+" = "+text)
	}
	return values
}
