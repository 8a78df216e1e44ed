package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// These are the types of a test delivery. Source: schema WebhookPayload of the API's contract.
const (
	typeSend    = "send"
	typeReceive = "receive"
	typeTest    = "test"
)

// defaultDetail is the default content of a delivery of the type test.
const defaultDetail = `{"event":"created","data":"A test by Terraform."}`

// detailDescription says what detail can be, in the documentation and after an error.
const detailDescription = "It must be a JSON object with `event` and `data`. `event` is an event of this `type`. For the type `test`, " +
	"`data` is text. For `send` and `receive`, `data` is a complete payment, as the API returns it."

// paymentFields are the fields that every payment has. Source: schemas PaymentCommon, SendPayment and ReceivePayment of the contract.
var paymentFields = []string{
	"id", "wallet_id", "organization_id", "environment_id", "created_at", "updated_at", "currency", "direction", "status", "type", "data",
}

// paymentDataFields are the fields of a payment's data in addition to its amount, by direction and kind. Source: the schemas of each kind
// in the contract. Only the API checks kinds that this provider does not know.
var paymentDataFields = map[string]map[string][]string{
	typeSend: {
		voltage.KindBolt11:  {"amount", "max_fee", "amount_msats", "max_fee_msats"},
		voltage.KindOnchain: {"amount", "max_fee", "amount_sats", "max_fee_sats"},
		voltage.KindBIP21:   {"amount", "max_fee", "amount_msats", "max_fee_msats"},

		voltage.KindTaprootAsset: {"payment_request", "asset", "amount"},
	},
	typeReceive: {
		voltage.KindBolt11:  {"amount", "amount_msats"},
		voltage.KindOnchain: {"amount", "amount_sats", "receipts"},
		voltage.KindBIP21:   {"amount", "amount_msats", "receipts"},

		voltage.KindTaprootAsset: {"amount", "asset"},
	},
}

// checkType returns an error for a type of delivery that does not exist.
func checkType(kind string) error {
	if types := slices.Sorted(maps.Keys(voltage.WebhookEventNames())); !slices.Contains(types, kind) {
		return fmt.Errorf("%q is not one of %s", voltage.Clean(kind), strings.Join(types, ", "))
	}
	return nil
}

// checkDetail returns an error for a detail that the API refuses. An empty kind stands for an unknown value.
func checkDetail(kind, text string) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &object); err != nil || object == nil {
		return errors.New("it is not a JSON object, which jsonencode({ … }) returns")
	}
	var event string
	if err := json.Unmarshal(object["event"], &event); err != nil || event == "" {
		return errors.New("it has no event, which must be text")
	}
	if missing(object["data"]) {
		return errors.New("it has no data")
	}
	names := voltage.WebhookEventNames()[kind]
	if kind == "" {
		return nil
	}
	if !slices.Contains(names, event) {
		return fmt.Errorf("the type %s has no event %q; its events are %s", kind, voltage.Clean(event), strings.Join(names, ", "))
	}
	if kind == typeTest {
		var data string
		if json.Unmarshal(object["data"], &data) != nil {
			return errors.New("the data of a test must be text, and this data is not")
		}
		return nil
	}
	return checkPayment(kind, object["data"])
}

// checkPayment returns an error for data that is not a complete payment in a direction.
func checkPayment(direction string, data json.RawMessage) error {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return fmt.Errorf("the data of the type %s must be a complete payment, and this data is not an object", direction)
	}
	if lacks := lacking(fields, paymentFields); lacks != "" {
		return fmt.Errorf("the data of the type %s must be a complete payment, and this payment lacks %s", direction, lacks)
	}
	var payment voltage.Payment
	if err := json.Unmarshal(data, &payment); err != nil {
		return fmt.Errorf("the data is not a payment as the API returns it: %s", voltage.Clean(err.Error()))
	}
	if payment.Direction != direction {
		return fmt.Errorf("the direction of the payment is %q, but the type is %s", voltage.Clean(payment.Direction), direction)
	}
	var inner map[string]json.RawMessage
	if json.Unmarshal(fields["data"], &inner) != nil {
		return errors.New("data of the payment is not an object")
	}
	if lacks := lacking(inner, paymentDataFields[direction][payment.Kind]); lacks != "" {
		return fmt.Errorf("the data of the payment, a %s %s, lacks %s", voltage.Clean(payment.Kind), direction, lacks)
	}
	return nil
}

// lacking returns the names of the fields that an object lacks, or an empty text.
func lacking(object map[string]json.RawMessage, names []string) string {
	var lacks []string
	for _, name := range names {
		if missing(object[name]) {
			lacks = append(lacks, name)
		}
	}
	return strings.Join(lacks, ", ")
}

func missing(value json.RawMessage) bool { return len(value) == 0 || string(value) == "null" }
