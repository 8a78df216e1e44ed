// Package billing holds the data sources of bills.
package billing

import (
	"maps"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// billObject is a bill in the data sources.
type billObject struct {
	ID             tfkit.UUID   `tfsdk:"id"`
	OrganizationID tfkit.UUID   `tfsdk:"organization_id"`
	LineOfCreditID tfkit.UUID   `tfsdk:"line_of_credit_id"`
	WalletIDs      []tfkit.UUID `tfsdk:"wallet_ids"`
	FulfillmentIDs []tfkit.UUID `tfsdk:"fulfillment_ids"`
	StartTime      types.String `tfsdk:"start_time"`
	EndTime        types.String `tfsdk:"end_time"`
	PeriodLength   types.String `tfsdk:"period_length"`
	Status         types.String `tfsdk:"status"`
	SettlementType types.String `tfsdk:"settlement_type"`
	AmountDue      tfkit.Money  `tfsdk:"amount_due"`
	AmountPaid     *tfkit.Money `tfsdk:"amount_paid"`
	PaymentRequest types.String `tfsdk:"payment_request"`
	Address        types.String `tfsdk:"address"`

	Invoice           invoiceObject   `tfsdk:"invoice"`
	ScheduledSections []sectionObject `tfsdk:"scheduled_sections"`

	VolumeFeePercentage     *percentageObject `tfsdk:"volume_fee_percentage"`
	SettlementFeePercentage types.Float64     `tfsdk:"settlement_fee_percentage"`
	PayoutHoldback          *holdbackObject   `tfsdk:"payout_holdback"`
	BankTransfer            *transferObject   `tfsdk:"bank_transfer"`
	Error                   *errorObject      `tfsdk:"error"`

	CreatedAt              types.String `tfsdk:"created_at"`
	UpdatedAt              types.String `tfsdk:"updated_at"`
	QueuedAt               types.String `tfsdk:"queued_at"`
	FulfillmentRequestedAt types.String `tfsdk:"fulfillment_requested_at"`
	PaymentReceivedAt      types.String `tfsdk:"payment_received_at"`
	PaidAt                 types.String `tfsdk:"paid_at"`
	SettledAt              types.String `tfsdk:"settled_at"`
	VoidedAt               types.String `tfsdk:"voided_at"`
	FailedAt               types.String `tfsdk:"failed_at"`
}

// percentageObject has a rate for each direction.
type percentageObject struct {
	Send    types.Float64 `tfsdk:"send"`
	Receive types.Float64 `tfsdk:"receive"`
}

// holdbackObject is the part of a payout that stays in wallets.
type holdbackObject struct {
	Mode       types.String  `tfsdk:"mode"`
	Amount     *tfkit.Money  `tfsdk:"amount"`
	Percentage types.Float64 `tfsdk:"percentage"`
}

// transferObject is the bank transfer of a bill.
type transferObject struct {
	QueuedAt     types.String `tfsdk:"queued_at"`
	SubmittedAt  types.String `tfsdk:"submitted_at"`
	ProcessingAt types.String `tfsdk:"processing_at"`
	Transfers    []legObject  `tfsdk:"transfers"`
}

// legObject is one leg of a bank transfer.
type legObject struct {
	ID            tfkit.UUID   `tfsdk:"id"`
	FulfillmentID tfkit.UUID   `tfsdk:"fulfillment_id"`
	Purpose       types.String `tfsdk:"purpose"`
	Amount        tfkit.Money  `tfsdk:"amount"`
	Status        types.String `tfsdk:"status"`
	SubmittedAt   types.String `tfsdk:"submitted_at"`
	ProcessingAt  types.String `tfsdk:"processing_at"`
	CompletedAt   types.String `tfsdk:"completed_at"`
	FailedAt      types.String `tfsdk:"failed_at"`
}

// errorObject is the reason why a bill failed.
type errorObject struct {
	Type   types.String `tfsdk:"type"`
	Detail types.String `tfsdk:"detail"`
}

// statusesText lists the states of a bill.
const statusesText = "`payment_due`, `queued`, `processing`, `paid`, `void` or `failed`"

// nested returns an attribute for a computed object.
func nested(description string, attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{MarkdownDescription: description, Computed: true, Attributes: attributes}
}

// nestedList returns an attribute for a computed list of objects.
func nestedList(description string, attributes map[string]schema.Attribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		MarkdownDescription: description, Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

// rate returns an attribute for a computed percentage.
func rate(description string) schema.Float64Attribute {
	return schema.Float64Attribute{MarkdownDescription: description, Computed: true}
}

// billAttributes returns the attributes of billObject, all computed.
func billAttributes() map[string]schema.Attribute {
	id, text, money := tfkit.ComputedUUID, tfkit.ComputedText, tfkit.MoneyDataSourceAttribute
	ids := func(description string) schema.ListAttribute {
		return schema.ListAttribute{MarkdownDescription: description, Computed: true, ElementType: tfkit.UUIDType{}}
	}
	attributes := map[string]schema.Attribute{
		"id":                id("The UUID of the bill."),
		"organization_id":   id("The UUID of the organization that the bill is for."),
		"line_of_credit_id": id("The UUID of the line of credit that the bill is for."),
		"wallet_ids":        ids("The UUIDs of the wallets on the line of credit that the bill covers."),
		"fulfillment_ids":   ids("The UUIDs of the settlements that were requested for the bill."),
		"start_time":        text("When the billed period starts, in RFC 3339."),
		"end_time":          text("When the billed period ends, in RFC 3339."),
		"period_length":     text("How often the line of credit is billed: `daily`, `weekly`, `monthly` or `bi_monthly`."),
		"status": text("The status of the bill: " + statusesText + ". A bill that is due is queued, then processed, and ends as paid, void " +
			"or failed."),
		"settlement_type": text("Who owes the amount. `Collection`: the customer owes it to Voltage. `Payout`: Voltage owes it to the customer."),
		"amount_due": money("The amount that is due. It is never negative: `settlement_type` shows who owes it. It does not " +
			"contain processing fees."),
		"amount_paid": money("The amount that was paid, which can be more than `amount_due`; null for a bill that is not paid."),
		"payment_request": text("The BOLT 11 invoice that the bill can be paid with; null for a bill that is not paid over Lightning. " +
			"It is not a secret: anyone who has it can only pay the bill."),
		"address": text("The Bitcoin address that the bill can be paid to; null for a bill that is not paid on chain. It is not a secret: " +
			"anyone who has it can only pay the bill."),
		"invoice":            nested("The items and fees that the bill consists of.", invoiceAttributes()),
		"scheduled_sections": nestedList("The amounts of contracts that are billed on a schedule.", sectionAttributes()),
		"volume_fee_percentage": nested("Voltage's fee for the volume, in percent; null in old bills. It is not the processing fee.",
			map[string]schema.Attribute{
				"send":    rate("The rate for sends, in percent. A flat rate is shown for both directions."),
				"receive": rate("The rate for receives, in percent. A flat rate is shown for both directions."),
			}),
		"settlement_fee_percentage": rate("Voltage's fee for the settlement, in percent; null in old bills."),
		"payout_holdback": nested("The part of a bank transfer to the customer that stays in the customer's USD wallets; null in old bills.",
			map[string]schema.Attribute{
				"mode":       text("How the part is defined: `none`, `fixed` or `percentage`."),
				"amount":     money("The total amount that stays, from this payout and earlier payouts. Null unless `mode` is `fixed`."),
				"percentage": rate("The part of this payout that stays, in percent. Null unless `mode` is `percentage`."),
			}),
		"bank_transfer": nested("The bank transfer (ACH) that settles the bill; null for a bill without one. It has no account numbers.",
			transferAttributes()),
		"error": nested("Why the bill failed; null unless `status` is `failed`.", map[string]schema.Attribute{
			"type":   text("The kind of failure: `write_message`, `fulfillment_failure`, `transfer_failure` or `max_retries_exceeded`."),
			"detail": text("What failed. It is JSON if the API returns an object or a number."),
		}),
	}
	for name, event := range map[string]string{
		"created_at": "was created", "updated_at": "last changed", "queued_at": "was queued for its settlement",
		"fulfillment_requested_at": "was given to its settlement", "payment_received_at": "received its payment", "paid_at": "was paid",
		"settled_at": "was settled", "voided_at": "became void", "failed_at": "failed",
	} {
		attributes[name] = text("When the bill " + event + ", in RFC 3339; null if that has not happened.")
	}
	return attributes
}

// transferAttributes returns the attributes of transferObject.
func transferAttributes() map[string]schema.Attribute {
	times := func(of string, events map[string]string) map[string]schema.Attribute {
		attributes := map[string]schema.Attribute{}
		for name, event := range events {
			attributes[name] = tfkit.ComputedText("When the " + of + " " + event + ", in RFC 3339; null if that has not happened.")
		}
		return attributes
	}
	leg := times("transfer", map[string]string{
		"submitted_at": "was submitted", "processing_at": "was being processed", "completed_at": "was completed", "failed_at": "failed",
	})
	maps.Copy(leg, map[string]schema.Attribute{
		"id":             tfkit.ComputedUUID("The UUID that Voltage gives the transfer; null if it has none."),
		"fulfillment_id": tfkit.ComputedUUID("The UUID of the settlement that the transfer belongs to."),
		"purpose":        tfkit.ComputedText("What the transfer is for: `collection`, `payout` or `fee`; null if the API does not say it."),
		"amount":         tfkit.MoneyDataSourceAttribute("The amount of the transfer."),
		"status":         tfkit.ComputedText("The status of the transfer: `submitted`, `processing`, `succeeded` or `failed`."),
	})
	attributes := times("first transfer", map[string]string{"submitted_at": "was submitted", "processing_at": "was being processed"})
	maps.Copy(attributes, times("bank transfer", map[string]string{"queued_at": "was queued"}))
	attributes["transfers"] = nestedList("The transfers to and from accounts.", leg)
	return attributes
}

func newBillObject(bill *voltage.Bill) billObject {
	object := billObject{
		ID:             tfkit.NewUUID(bill.ID),
		OrganizationID: tfkit.NewUUID(bill.OrganizationID),
		LineOfCreditID: tfkit.NewUUID(bill.LineOfCreditID),
		WalletIDs:      newUUIDs(bill.WalletIDs),
		FulfillmentIDs: newUUIDs(bill.FulfillmentIDs),
		StartTime:      tfkit.NewTime(&bill.StartTime),
		EndTime:        tfkit.NewTime(&bill.EndTime),
		PeriodLength:   tfkit.TextOrNull(bill.PeriodLength),
		Status:         types.StringValue(bill.Status),
		SettlementType: types.StringValue(bill.SettlementType),
		AmountDue:      tfkit.NewMoney(bill.AmountDue),
		AmountPaid:     tfkit.NewMoneyPointer(bill.AmountPaid),
		PaymentRequest: tfkit.TextOrNull(bill.LnInvoice),
		Address:        tfkit.TextOrNull(bill.Address),

		Invoice:           newInvoiceObject(&bill.Invoice),
		ScheduledSections: []sectionObject{},

		SettlementFeePercentage: types.Float64PointerValue(bill.SettlementFeePercentage),

		CreatedAt:              tfkit.NewTime(&bill.CreatedAt),
		UpdatedAt:              tfkit.NewTime(&bill.UpdatedAt),
		QueuedAt:               tfkit.NewTime(bill.QueuedAt),
		FulfillmentRequestedAt: tfkit.NewTime(bill.FulfillmentRequestedAt),
		PaymentReceivedAt:      tfkit.NewTime(bill.PaymentReceivedAt),
		PaidAt:                 tfkit.NewTime(bill.PaidAt),
		SettledAt:              tfkit.NewTime(bill.SettledAt),
		VoidedAt:               tfkit.NewTime(bill.VoidedAt),
		FailedAt:               tfkit.NewTime(bill.FailedAt),
	}
	for i := range bill.ScheduledSections {
		object.ScheduledSections = append(object.ScheduledSections, newSectionObject(&bill.ScheduledSections[i]))
	}
	if fee := bill.VolumeFeePercentage; fee != nil {
		object.VolumeFeePercentage = &percentageObject{types.Float64Value(fee.Send), types.Float64Value(fee.Receive)}
	}
	if holdback := bill.PayoutHoldback; holdback != nil {
		object.PayoutHoldback = &holdbackObject{
			Mode: tfkit.TextOrNull(holdback.Mode), Percentage: types.Float64PointerValue(holdback.Percentage),
		}
		if holdback.Amount != nil { // the contract has it in cents
			money := tfkit.NewMoney(voltage.Amount{Currency: voltage.CurrencyUSD, Amount: *holdback.Amount})
			object.PayoutHoldback.Amount = &money
		}
	}
	if bill.ACH != nil {
		object.BankTransfer = newTransferObject(bill.ACH)
	}
	if bill.Error != nil {
		object.Error = &errorObject{tfkit.TextOrNull(bill.Error.Type), tfkit.TextOrNull(bill.Error.Detail)}
	}
	return object
}

func newTransferObject(ach *voltage.ACH) *transferObject {
	object := &transferObject{
		QueuedAt: tfkit.NewTime(ach.QueuedAt), SubmittedAt: tfkit.NewTime(ach.SubmittedAt), ProcessingAt: tfkit.NewTime(ach.ProcessingAt),
		Transfers: []legObject{},
	}
	for _, leg := range ach.Transfers {
		object.Transfers = append(object.Transfers, legObject{
			ID: tfkit.NewUUIDPointer(leg.ID), FulfillmentID: tfkit.NewUUID(leg.FulfillmentID), Purpose: tfkit.TextOrNull(leg.Purpose),
			Amount: tfkit.NewMoney(leg.Amount), Status: tfkit.TextOrNull(leg.Status),
			SubmittedAt: tfkit.NewTime(leg.SubmittedAt), ProcessingAt: tfkit.NewTime(leg.ProcessingAt),
			CompletedAt: tfkit.NewTime(leg.CompletedAt), FailedAt: tfkit.NewTime(leg.FailedAt),
		})
	}
	return object
}

func newUUIDs(ids []uuid.UUID) []tfkit.UUID {
	list := make([]tfkit.UUID, 0, len(ids))
	for _, id := range ids {
		list = append(list, tfkit.NewUUID(id))
	}
	return list
}
