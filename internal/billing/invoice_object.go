package billing

import (
	"cmp"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// invoiceObject has the items and fees of a bill.
type invoiceObject struct {
	CreatedAt     types.String     `tfsdk:"created_at"`
	DueDate       types.String     `tfsdk:"due_date"`
	ServiceFee    tfkit.Money      `tfsdk:"service_fee"`
	SettlementFee *tfkit.Money     `tfsdk:"settlement_fee"`
	LineItems     []lineItemObject `tfsdk:"line_items"`
}

// lineItemObject describes one wallet in the period of a bill.
type lineItemObject struct {
	WalletID        tfkit.UUID      `tfsdk:"wallet_id"`
	Currency        types.String    `tfsdk:"currency"`
	SettlementType  types.String    `tfsdk:"settlement_type"`
	StartingBalance *tfkit.Money    `tfsdk:"starting_balance"`
	AmountTotal     tfkit.Money     `tfsdk:"amount_total"`
	SentCount       types.Int64     `tfsdk:"sent_count"`
	AmountSent      tfkit.Money     `tfsdk:"amount_sent"`
	ReceivedCount   types.Int64     `tfsdk:"received_count"`
	AmountReceived  tfkit.Money     `tfsdk:"amount_received"`
	ProcessingFees  *feesObject     `tfsdk:"processing_fees"`
	PaymentActivity *activityObject `tfsdk:"payment_activity"`
	VolumeFee       feesObject      `tfsdk:"volume_fee"`
	InterestFee     *tfkit.Money    `tfsdk:"interest_fee"`
	PayoutHoldback  *tfkit.Money    `tfsdk:"payout_holdback"`
}

// feesObject has a fee in total and for each direction.
type feesObject struct {
	Total   tfkit.Money  `tfsdk:"total"`
	Send    *tfkit.Money `tfsdk:"send"`
	Receive *tfkit.Money `tfsdk:"receive"`
}

// activityObject has the number and the sum of the payments of each category.
type activityObject struct {
	Standard directionsObject `tfsdk:"standard"`
	Treasury directionsObject `tfsdk:"treasury"`
}

type directionsObject struct {
	Send    volumeObject `tfsdk:"send"`
	Receive volumeObject `tfsdk:"receive"`
}

type volumeObject struct {
	Count  types.Int64 `tfsdk:"count"`
	Volume tfkit.Money `tfsdk:"volume"`
}

// sectionObject is an amount of a contract that is billed on a schedule.
type sectionObject struct {
	Coverage       coverageObject    `tfsdk:"coverage"`
	Amount         tfkit.Money       `tfsdk:"amount"`
	SettlementType types.String      `tfsdk:"settlement_type"`
	Calculation    calculationObject `tfsdk:"calculation"`
}

type coverageObject struct {
	Type    types.String `tfsdk:"type"`
	BillAt  types.String `tfsdk:"bill_at"`
	StartAt types.String `tfsdk:"start_at"`
	EndAt   types.String `tfsdk:"end_at"`
}

type calculationObject struct {
	Type              types.String `tfsdk:"type"`
	Terms             types.String `tfsdk:"terms"`
	Amount            *tfkit.Money `tfsdk:"amount"`
	BillAt            types.String `tfsdk:"bill_at"`
	AnnualValue       *tfkit.Money `tfsdk:"annual_value"`
	Cadence           types.String `tfsdk:"cadence"`
	AnchorAt          types.String `tfsdk:"anchor_at"`
	CounterpartyShare types.Int64  `tfsdk:"counterparty_share_basis_points"`
}

const whoOwes = "`Collection` if the customer owes it to Voltage, `Payout` if Voltage owes it to the customer."

// invoiceAttributes returns the attributes of invoiceObject.
func invoiceAttributes() map[string]schema.Attribute {
	text, money := tfkit.ComputedText, tfkit.MoneyDataSourceAttribute
	return map[string]schema.Attribute{
		"created_at":     text("When the invoice was created, in RFC 3339."),
		"due_date":       text("When the bill is due, in RFC 3339."),
		"service_fee":    money("Voltage's fee for the service."),
		"settlement_fee": money("Voltage's fee for the settlement; null without such a fee."),
		"line_items":     nestedList("The wallets in the billed period, one item per wallet.", lineItemAttributes()),
	}
}

// lineItemAttributes returns the attributes of lineItemObject.
func lineItemAttributes() map[string]schema.Attribute {
	text, number, money := tfkit.ComputedText, tfkit.ComputedNumber, tfkit.MoneyDataSourceAttribute
	volume := func(of string) schema.SingleNestedAttribute {
		return nested("The "+of+".", map[string]schema.Attribute{
			"count": number("The number of " + of + "."), "volume": money("The sum of the " + of + "."),
		})
	}
	directions := func(category string) schema.SingleNestedAttribute {
		return nested("The "+category+" payments of the wallet.", map[string]schema.Attribute{
			"send": volume(category + " sends"), "receive": volume(category + " receives"),
		})
	}
	return map[string]schema.Attribute{
		"wallet_id":        tfkit.ComputedUUID("The UUID of the wallet."),
		"currency":         text("The currency of the wallet: `btc`, `usd`, or `asset:` with 66 hex characters."),
		"settlement_type":  text("Who owes `amount_total`: " + whoOwes),
		"starting_balance": money("The balance at the start of the period; null in old bills."),
		"amount_total":     money("The difference between `amount_sent` and `amount_received`. It is never negative."),
		"sent_count":       number("The number of payments that the wallet sent."),
		"amount_sent":      money("The amount that the wallet sent, fees included."),
		"received_count":   number("The number of payments that the wallet received."),
		"amount_received":  money("The amount that the wallet received, without fees."),
		"processing_fees": nested("The processing fees that payers and senders were charged; null in old bills. They are for information: "+
			"`amount_due` does not contain them.", map[string]schema.Attribute{
			"total":   money("The processing fees for sends and receives."),
			"send":    money("The processing fees of the sends."),
			"receive": money("The processing fees of the receives."),
		}),
		"payment_activity": nested("The payments of the wallet by category and direction; null in old bills.", map[string]schema.Attribute{
			"standard": directions("standard"), "treasury": directions("treasury"),
		}),
		"volume_fee": nested("Voltage's fee for the volume of the wallet.", map[string]schema.Attribute{
			"total":   money("The fee for both directions."),
			"send":    money("The fee for the sends; null with a flat rate."),
			"receive": money("The fee for the receives; null with a flat rate."),
		}),
		"interest_fee":    money("The interest that the wallet owes; null in old bills."),
		"payout_holdback": money("The part of a payout that stays in the wallet; null if nothing stays."),
	}
}

// sectionAttributes returns the attributes of sectionObject.
func sectionAttributes() map[string]schema.Attribute {
	text, money := tfkit.ComputedText, tfkit.MoneyDataSourceAttribute
	return map[string]schema.Attribute{
		"coverage": nested("The period that the amount covers.", map[string]schema.Attribute{
			"type":     text("The kind of period: `one_time` or `period`."),
			"bill_at":  text("The date of the amount, in RFC 3339. Null unless `type` is `one_time`."),
			"start_at": text("The start of the period, in RFC 3339. Null unless `type` is `period`."),
			"end_at":   text("The end of the period, in RFC 3339. Null unless `type` is `period`."),
		}),
		"amount":          money("The amount."),
		"settlement_type": text("Who owes the amount: " + whoOwes),
		"calculation": nested("How the amount is calculated.", map[string]schema.Attribute{
			"type": text("The kind of calculation: `fixed_contract` or `processing_fee_split`."),
			"terms": text("The terms of a fixed contract: `one_time` or `annual`. Null unless " +
				"`type` is `fixed_contract`."),
			"amount":       money("The amount of the contract. Null unless `terms` is `one_time`."),
			"bill_at":      text("The date of the amount, in RFC 3339. Null unless `terms` is `one_time`."),
			"annual_value": money("The value of the contract per year. Null unless `terms` is `annual`."),
			"cadence": text("How often the contract is billed: `monthly`, `quarterly` or `annually`. Null if " +
				"`terms` is `one_time`."),
			"anchor_at": text("The date that the schedule starts from, in RFC 3339. Null if `terms` is `one_time`."),
			"counterparty_share_basis_points": tfkit.ComputedNumber("The share of the processing fees that the other party gets, in basis points " +
				"(100 basis points are 1 %). Null unless `type` is `processing_fee_split`."),
		}),
	}
}

func newInvoiceObject(invoice *voltage.BillInvoice) invoiceObject {
	object := invoiceObject{
		CreatedAt: tfkit.NewTime(&invoice.CreatedAt), DueDate: tfkit.NewTime(&invoice.DueDate), ServiceFee: tfkit.NewMoney(invoice.ServiceFee),
		SettlementFee: tfkit.NewMoneyPointer(invoice.SettlementFee), LineItems: []lineItemObject{},
	}
	for i := range invoice.LineItems {
		object.LineItems = append(object.LineItems, newLineItemObject(&invoice.LineItems[i]))
	}
	return object
}

func newLineItemObject(item *voltage.LineItem) lineItemObject {
	object := lineItemObject{
		WalletID:        tfkit.NewUUID(item.WalletID),
		Currency:        types.StringValue(cmp.Or(item.Currency, item.AmountTotal.Currency)),
		SettlementType:  tfkit.TextOrNull(item.SettlementType),
		StartingBalance: tfkit.NewMoneyPointer(item.StartingBalance),
		AmountTotal:     tfkit.NewMoney(item.AmountTotal),
		SentCount:       types.Int64Value(item.SentCount),
		AmountSent:      tfkit.NewMoney(item.AmountSent),
		ReceivedCount:   types.Int64Value(item.ReceivedCount),
		AmountReceived:  tfkit.NewMoney(item.AmountReceived),
		VolumeFee: feesObject{
			tfkit.NewMoney(item.VolumeFee.Total), tfkit.NewMoneyPointer(item.VolumeFee.Send), tfkit.NewMoneyPointer(item.VolumeFee.Receive),
		},
		InterestFee:    tfkit.NewMoneyPointer(item.InterestFee),
		PayoutHoldback: tfkit.NewMoneyPointer(item.HoldbackOfPayout),
	}
	if fees := item.ProcessingFees; fees != nil {
		object.ProcessingFees = &feesObject{
			tfkit.NewMoney(fees.Total), tfkit.NewMoneyPointer(&fees.Send), tfkit.NewMoneyPointer(&fees.Receive),
		}
	}
	if activity := item.PaymentActivity; activity != nil {
		object.PaymentActivity = &activityObject{newDirectionsObject(activity.Standard), newDirectionsObject(activity.Treasury)}
	}
	return object
}

func newDirectionsObject(activity voltage.DirectionalActivity) directionsObject {
	volume := func(bucket voltage.ActivityBucket) volumeObject {
		return volumeObject{types.Int64Value(bucket.Count), tfkit.NewMoney(bucket.Volume)}
	}
	return directionsObject{volume(activity.Send), volume(activity.Receive)}
}

func newSectionObject(section *voltage.ScheduledSection) sectionObject {
	coverage, terms := section.Coverage, section.Calculation.Terms
	return sectionObject{
		Coverage: coverageObject{
			tfkit.TextOrNull(coverage.Type), tfkit.NewTime(coverage.BillAt), tfkit.NewTime(coverage.StartAt), tfkit.NewTime(coverage.EndAt),
		},
		Amount: tfkit.NewMoney(section.Amount), SettlementType: tfkit.TextOrNull(section.SettlementType),
		Calculation: calculationObject{
			Type: tfkit.TextOrNull(section.Calculation.Type), Terms: tfkit.TextOrNull(terms.Type),
			Amount: tfkit.NewMoneyPointer(terms.Amount), BillAt: tfkit.NewTime(terms.BillAt), AnnualValue: tfkit.NewMoneyPointer(terms.AnnualValue),
			Cadence: tfkit.TextOrNull(cmp.Or(terms.InstallmentCadence, terms.Cadence)), AnchorAt: tfkit.NewTime(terms.AnchorAt),
			CounterpartyShare: types.Int64PointerValue(terms.CounterpartyShareBasisPoints),
		},
	}
}
