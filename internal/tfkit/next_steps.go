package tfkit

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

const (
	checkOrganization = "and check that organization_id is the organization that it belongs to."
	// keyLacks and orAnotherKey stand before and after the permissions that a request needs. The API has one error for two cases: the key
	// lacks a permission, or the key belongs to another environment.
	keyLacks = "A key works in one environment of one organization. Check that organization_id and environment_id are those of the key. " +
		"If they are, the key lacks a permission. This request needs a key with "
	orAnotherKey   = ". Change the permissions of the key in the Voltage dashboard, or use another key."
	anotherID      = "An ID can be used only once. Choose another id, or leave id out."
	shortenRequest = "The request is too large. Shorten the texts of this object, such as its metadata or description. " +
		"Then run Terraform again."
)

// typedSteps are the next steps after a refusal of the API, by its type. Source: x-error-types of the API's contract. usualSteps lists the
// other types.
var typedSteps = map[string]string{
	// Credentials and requests
	"missing_credentials": "The API does not know this key. A key works on one host only. Check that base_url (VOLTAGE_API_URL) is the " +
		"host that the key was created for (production or staging), and that the key is complete.",
	"wrong_credentials": "The API key (VOLTAGE_API_KEY) may have been revoked. Check the key in the Voltage dashboard.",
	"invalid_token":     "The bearer token (VOLTAGE_BEARER_TOKEN) may have expired. Set a new token.",
	"invalid_issuer":    "The bearer token was not issued for the Voltage API. Set VOLTAGE_BEARER_TOKEN to a token that was.",
	"access_rights":     keyLacks + "the permissions READ and WRITE" + orAnotherKey,
	"payload_too_large": shortenRequest,
	"missing_content_type": "The provider sends its requests as JSON. A proxy may have removed the header Content-Type. Check that " +
		"base_url (VOLTAGE_API_URL) is the address of the API itself.",
	"invalid_data": "The API does not accept the format of this request. Compare the values with the documentation of the " +
		"provider. If they are correct, update the provider or report this message.",
	"invalid_request":       "Correct the values that the API names above. Then run Terraform again.",
	"feature_flag_disabled": "This feature is not enabled for the organization. Ask Voltage's support to enable it.",

	// Lines of credit
	"line_of_credit_not_found": "Check line_of_credit_id, and check that the line of credit belongs to the environment " +
		"of the wallet. The data source voltage_lines_of_credit lists the lines of credit that exist.",
	"line_of_credit_not_found_in_organization": "Check the ID of the line of credit, " + checkOrganization,
	"line_of_credit_not_ready": "The line of credit is not secured and verified yet. The Voltage dashboard shows what is " +
		"missing. Run Terraform again when the line of credit is ready.",
	"line_of_credit_disabled": "Choose another line of credit, or ask Voltage's support to enable this one.",
	"line_of_credit_network_mismatch": "Choose a line of credit on the wallet's network, or set network to the network " +
		"of the line of credit.",
	"line_of_credit_cannot_allocate_wallet_limit": "The line of credit has less left than this limit. Lower the limit, delete wallets that " +
		"are no longer used, or ask Voltage to raise the limit of the line of credit. The data source voltage_line_of_credit shows " +
		"limit and allocated_limit.",
	"line_of_credit_not_valid": "Correct the values that the API names above. Then run Terraform again.",
	"invalid_line_of_credit_limit": "Choose another limit. It must be at least 1, and at least the sum of the limits of the wallets on the " +
		"line of credit. The data source voltage_line_of_credit shows that sum as allocated_limit.",
	"not_allowed": "The API does not allow changes of this line of credit, because it is on mainnet or disabled. No permission " +
		"of a key changes that. Use a line of credit on a test network, or ask Voltage's support.",
	"application_not_approved": "The application of the organization is not approved for this network yet. Complete it in " +
		"the Voltage dashboard.",
	"no_application_found": "The organization has no application for this line of credit yet. Submit one in the Voltage dashboard.",
	"missing_bank_details": "The organization has no bank details. Add bank details in the Voltage dashboard.",

	// Wallets and policies
	"instance_not_found":       "Check the ID of the wallet, " + checkOrganization,
	"wallet_not_found":         "Check the ID of the wallet, and check that the wallet belongs to this organization and environment.",
	"wallet_not_credit_backed": "The wallet has no line of credit, and this operation needs one. Use a wallet that has a line of credit.",
	"wallet_not_empty": "Send the funds of the wallet elsewhere. If the wallet owes money, pay that amount into it. Then run " +
		"terraform destroy (or apply) again.",
	"wallet_policies_not_found": "The wallet exists, but the API finds no policies of it to change. Run Terraform again later. If the error " +
		"stays, ask Voltage's support and give the ID of the wallet.",
	"wallet_policies_exist": "Another client sets the policies of this wallet at the same time. Run Terraform again.",
	"no_updates_provided":   "The request changes nothing. Run Terraform again. If the error stays, report this message.",

	// Payments
	"amount_match_failed": "The amount differs from the amount of the invoice. Leave the amount out, or set it to the " +
		"amount of the invoice.",
	"amount_required": "Set the amount.",
	"invalid_amount":  "Choose another amount. If it is too small, the API names the minimum above.",
	"invalid_currency": "Choose a currency that both this payment and the line of credit of the wallet support: " +
		"btc, usd or the asset.",
	"invalid_bolt11_payment_request": "Check that the invoice is complete and that it is for the network of the wallet. If it is, ask the " +
		"payee for a new invoice.",
	"invalid_payment":          "The wallet cannot make this payment. Check kind, amount and wallet_id.",
	"invalid_address":          "Check the address, and check that it is for the network of the wallet.",
	"invalid_on_chain_payment": "Choose another amount. If it is too small for an on-chain payment, the API names the minimum above.",
	"invalid_receive_payment":  "Correct the values that the API names above. Then run Terraform again.",
	"invalid_max_fee":          "Raise max_fee to at least the minimum that the API names above, or leave it out.",
	"max_fee_required":         "Set max_fee.",
	"missing_payment_request":  "Set payment_request to the invoice.",
	"missing_address":          "Set address.",
	"invalid_memo":             "Set a longer description, or leave it out.",
	"invalid_description":      "Set a longer description, or leave it out.",
	"invalid_network":          "The payment is for another network than that of the wallet. Use a wallet on the network of the payment.",
	"not_supported_network": "The API does not support this kind of payment on the network of this wallet. Use a " +
		"wallet on another network.",
	"environment_match_failed": "The wallet belongs to another environment. Check wallet_id, and check that the key belongs to the " +
		"environment of the wallet.",
	"invalid_filter":    "The API does not accept this combination of filters. Change the filters of this data source.",
	"invalid_cursor":    "The list changed while the provider read it. Run Terraform again.",
	"payment_exists":    anotherID,
	"payment_not_found": "Check the ID of the payment, and check that organization_id and environment_id are those of the payment.",
	"payment_not_approved": "The ID belongs to a policy check that does not approve this payment. Set the arguments to those of the " +
		"check, or choose another id.",
	"quote_required": "The line of credit of the wallet is in USD, so the payment needs a quote. The provider requests quotes " +
		"by itself. Run Terraform again. If the error stays, report this message.",
	"invalid_quote": "The quote has expired, was used before, or is for another amount. Run Terraform again. The provider " +
		"then requests a new quote.",
	"read_temporarily_unavailable": "The API cannot read payments at the moment. Run Terraform again later. A higher max_retries makes the " +
		"provider try for longer.",
	"read_failed": "The API cannot read payments at the moment. Run Terraform again later. A higher max_retries makes the " +
		"provider try for longer.",

	// Quotes
	"invalid_quote_request": "Correct the values that the API names above. The usual cause is the amount.",
	"mismatch_currency": "The API cannot exchange these currencies. Choose an amount in btc or in the currency of the line of " +
		"credit of the wallet.",
	"mismatch_target_precision": "The provider requested an exchange that the API does not offer. This is a bug in the " +
		"provider. Report this message.",
	"quote_not_found":      "Run Terraform again. The provider then requests a new quote.",
	"quote_already_exists": "Run Terraform again. The provider then requests a quote with another ID.",

	// Webhooks
	"invalid_webhook":            "Check url, name and events, and check that the webhook is not stopped.",
	"webhook_not_found":          "Check the ID of the webhook, and check that organization_id and environment_id are those of the webhook.",
	"webhook_delivery_not_found": "Check the ID of the delivery and the ID of its webhook.",
	"webhook_exists":             anotherID,

	// Checkout and bills
	"checkout_settings_not_found": "The environment has no checkout settings yet. Set them with the resource " +
		"voltage_checkout_settings.",
	"checkout_session_not_found":          "Check the ID of the checkout session.",
	"idempotency_conflict":                "A checkout session with this ID was made with other values. " + anotherID,
	"bill_not_found":                      "Check the ID of the bill, " + checkOrganization,
	"bill_not_found_in_organization":      "Check the ID of the bill, " + checkOrganization,
	"bill_already_processing_or_paid":     "The bill is paid already, or its payment is in progress. You do not have to do anything.",
	"line_of_credit_cannot_be_reconciled": "This line of credit has no bills. Choose another line of credit.",
}

// usualSteps are the types that need no step of their own, because the step for the HTTP status is good enough. Each has a reason.
var usualSteps = map[string]string{
	"invalid_parameter": "the message of the API names the parameter", "missing_parameter": "the message of the API names the parameter",
	"invalid_syntax": "the message of the API names the place", "utils": "the message of the API names the value",
	"internal_error": "the API failed", "key_set_creation": "the API failed", "write_message": "the API failed",

	"invalid_bitcoin_address": notPublic, "invalid_collateral_state": notPublic,
	"invalid_macaroon": notPublic, "invalid_outer_billing_configuration": notPublic,
	"invalid_payment_defaults": notPublic, "billing_already_started": notPublic,
	"missing_attribute": notPublic, "invalid_bank_details": notPublic,
	"unsupported_outer_billing_currency": notPublic,

	"missing_checkout_token": browsersOnly, "invalid_checkout_token": browsersOnly,
	"checkout_token_forbidden": browsersOnly, "checkout_origin_forbidden": browsersOnly,
	"invalid_stream_token": browsersOnly, "unsupported_payment_direction": browsersOnly,
}

const (
	notPublic    = "belongs to operations on lines of credit that are not public"
	browsersOnly = "belongs to operations of browsers, which the provider does not call"
)

// failedStep is the next step after the failure of a request that the API had accepted.
type failedStep struct {
	of    string   // what failed: payment, wallet, policies, quote or delivery
	kinds []string // types or codes of the error; empty for any
	do    string
}

// failedSteps are the next steps after errors inside payments, wallets, policies, quotes and deliveries. The first step that applies is
// used, so specific steps come first. Source: schemas SendError, ReceiveError, WalletEventError, WalletPolicyError, QuoteError and
// WebhookDeliveryErrorInfo of the API's contract.
var failedSteps = []failedStep{
	{
		"payment",
		[]string{"insufficient_funds"},
		"The wallet has too little for the amount and the fees. The data source voltage_wallet shows available_balance. Deposit funds or raise " +
			"the limit of the wallet. Then try again.",
	},
	{
		"payment",
		[]string{"no_route"},
		"The network found no route to the payee for this amount and max_fee. Try again later, raise max_fee, pay a smaller amount, or ask the " +
			"payee to open channels.",
	},
	{
		"payment",
		[]string{"broadcast_fee_above_max"},
		"The fee of the network is above max_fee at the moment. Raise max_fee, or try again later.",
	},
	{"payment", []string{"invalid_bolt11_invoice", "missing_payment_request"}, "Ask the payee for a new invoice."},
	{
		"payment",
		[]string{"invalid_payment_amount"},
		"Choose another amount. If the wallet has a processing fee on receives, a payment request without an amount fails. Set the amount, or " +
			"set receive_basis_points of processing_fee to 0.",
	},
	{"payment", []string{"invalid_address", "missing_address"}, "Check the address, and check that it is for the network of the wallet."},
	{"payment", []string{"incorrect_currency"}, "Choose an amount in the currency of the wallet."},
	{
		"payment",
		[]string{"quote_failed", "exchange_transfer_failed"},
		"The exchange rate is no longer valid. Try again. The provider then requests a new quote.",
	},
	{"payment", []string{"upstream_failure", "transaction_build_failed", "node_permission_denied", "broadcast_failed"},
		"A node or a service of Voltage failed. Try again later. If the error stays, ask Voltage's support."},
	{
		"payment",
		[]string{"expired"},
		"The payment request expired before it was paid. Create another one, with a longer expiration if necessary.",
	},
	{"payment", []string{"rejected"}, "A policy of the wallet refused the payment. The data source voltage_wallet_policies shows the " +
		"policies. Change the policies or the payment."},
	{
		"payment",
		[]string{"hold_failed", "hold_not_found"},
		"The API could not hold the money for the payment. Check available_balance and the policies of the wallet. Then try again.",
	},
	{"payment", []string{"send_failed"}, "Fix the cause that is named above, or try again later."},
	{
		"payment",
		[]string{"receive_failed"},
		"The API could not create the payment request. Fix the cause that is named above. Then try again.",
	},
	{
		"wallet",
		[]string{"InsufficientLimit"},
		"The line of credit has less left than the limit of the wallet. Lower the limit, delete wallets that are no longer used, or ask " +
			"Voltage to raise the limit of the line of credit. The data source voltage_line_of_credit shows limit and allocated_limit.",
	},
	{
		"wallet",
		[]string{"InsufficientFunds", "InsufficientBalanceWithdrawal"},
		"The wallet has too little money. The data source voltage_wallet shows available_balance. Deposit funds. Then try again.",
	},
	{"wallet", []string{"IncorrectCurrency"}, "Use a line of credit in the currency of the wallet."},
	{
		"wallet",
		[]string{"HoldNotFound", "InvalidPaymentBreakdown", "PendingSettlementNotFound"},
		"The accounts of this wallet at Voltage are inconsistent. Ask Voltage's support and give the ID of the wallet.",
	},
	{"policies", []string{"invalid_processing_fee_rates"}, "Choose lower rates in processing_fee. The API names the maximum above."},
	{
		"policies",
		[]string{"multiple_processing_fee_policies"},
		"The wallet has more than one processing fee. Ask Voltage's support and give the ID of the wallet.",
	},
	{
		"policies",
		[]string{"policy_not_found"},
		"A policy of the wallet no longer exists. Run Terraform again. It then reads the current policies.",
	},
	{
		"quote",
		[]string{"invalid_currency_pair"},
		"The API cannot exchange these currencies. Choose an amount in btc or in the currency of the line of credit of the wallet.",
	},
	{"quote", []string{"invalid_network"}, "The API exchanges no currencies on this network. Use a wallet on another network."},
	{
		"quote",
		[]string{"quote_expired", "quote_already_consumed", "quote_never_created", "quote_not_created", "quote_failed"},
		"Run Terraform again. The provider then requests a new quote.",
	},
	{"quote", nil, "The exchange cannot quote a price at the moment. Try again later. If the error stays, ask Voltage's support."},
	{"delivery", []string{"http_client_error"}, "The receiver refuses the delivery. Check the url of the webhook and the requests that the " +
		"receiver accepts. Then invoke the action again."},
	{
		"delivery",
		[]string{"authentication_failed"},
		"The receiver refuses the delivery as unauthorized. Check that it verifies the signature with the current secret of the webhook, and " +
			"that no proxy before it asks for credentials. Then invoke the action again.",
	},
	{"delivery", []string{"http_server_error"}, "The receiver failed. Check the log of the receiver. Then invoke the action again."},
	{
		"delivery",
		[]string{"rate_limited"},
		"The receiver limits the rate of requests. Raise its limit for deliveries, or invoke the action again later.",
	},
	{
		"delivery",
		[]string{"connection_timeout"},
		"Check that the receiver runs, that it can be reached from the internet, and that it answers before it starts its work. Then " +
			"invoke the action again.",
	},
	{
		"delivery",
		[]string{"connection_refused"},
		"Check the host and the port in the url of the webhook. Check that the receiver runs and can be reached from the internet. Then " +
			"invoke the action again.",
	},
	{
		"delivery",
		[]string{"invalid_response"},
		"The receiver must answer with HTTP and a status of 2xx. Voltage does not follow redirects, so set the url of the webhook to the final " +
			"address. Then invoke the action again.",
	},
	{
		"delivery",
		[]string{"payload_too_large"},
		"The receiver refuses a request of this size. Raise the maximum size of its requests. Then invoke the action again.",
	},
	{
		"delivery",
		[]string{"unexpected_error", "delivery_failed"},
		"Check the url of the webhook, its certificate and the log of the receiver. Then invoke the action again. If the error stays, ask " +
			"Voltage's support and give the ID of the delivery.",
	},
	{"delivery", nil, "Check the log of the receiver. Then invoke the action again."},
	{"payment", nil, "Fix the cause that is named above. Then try again."},
}

func (s failedStep) when() string {
	text := "an error of the " + s.of
	if len(s.kinds) > 0 {
		text += ": " + strings.Join(s.kinds, ", ")
	}
	return text
}

// applies reports whether an error has one of the kinds as its code or, if it has no known code, as its type.
func (s failedStep) applies(err error) bool {
	var payment *voltage.PaymentError
	var wallet *voltage.WalletError
	var quote *voltage.QuoteError
	var delivery *voltage.DeliveryError
	var kind, code string
	switch {
	case errors.As(err, &delivery):
		if s.of != "delivery" {
			return false
		}
		kind = cmp.Or(delivery.Code, delivery.Type)
	case errors.As(err, &payment):
		if s.of != "payment" {
			return false
		}
		kind, code = payment.Type, payment.Code
	case errors.As(err, &wallet):
		if s.of != "wallet" && s.of != "policies" {
			return false
		}
		kind = wallet.Type
	case errors.As(err, &quote):
		if s.of != "quote" {
			return false
		}
		kind = quote.Type
	default:
		return false
	}
	if len(s.kinds) == 0 {
		return true
	}
	if code != "" && isFailedCode(code) {
		return slices.Contains(s.kinds, code)
	}
	return slices.Contains(s.kinds, kind)
}

// isFailedCode reports whether a step exists for a code of payments. For an unknown code, the step for the type is better.
func isFailedCode(code string) bool {
	return slices.ContainsFunc(failedSteps, func(s failedStep) bool { return s.of == "payment" && slices.Contains(s.kinds, code) })
}
