package tfkit

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

const (
	checkOrganization = "and that organization_id is the organization that it belongs to."
	anotherID         = "An ID can be used once. Choose another id, or leave it out."
	shortenRequest    = "Shorten the texts of this object, such as its metadata or description, then run Terraform again."
)

// typedSteps are the steps after the API's refusals, by their types. Source: x-error-types of the API's contract; see usualSteps for the
// types that have none.
var typedSteps = map[string]string{
	// Credentials and requests
	"missing_credentials": "The API knows no such key. A key belongs to one host: check that base_url (VOLTAGE_API_URL) is the " +
		"host that " +
		"the key was made for (production or staging), and that the key is whole.",
	"wrong_credentials": "Check the API key (VOLTAGE_API_KEY): it may have been revoked.",
	"invalid_token":     "Check the bearer token (VOLTAGE_BEARER_TOKEN): it may have expired.",
	"invalid_issuer":    "The bearer token was issued for something else than the Voltage API: check VOLTAGE_BEARER_TOKEN.",
	"access_rights": "The key lacks a permission, or belongs to another environment: a key belongs to one environment of one " +
		"organization. Reading needs READ. " +
		"Creating, changing and deleting needs READ and WRITE; for payment requests and checkout sessions RECEIVE is enough in " +
		"place of WRITE. " +
		"Bills need BILLING. (Older keys may need BILLING to create a wallet, too.) Use another key, or change its permissions " +
		"in the Voltage dashboard.",
	"payload_too_large": shortenRequest,
	"missing_content_type": "The provider says that its requests are JSON. A proxy may have removed the header Content-Type: " +
		"check base_url (VOLTAGE_API_URL).",
	"invalid_data": "The API does not accept the form of this request. Compare the values with the provider's documentation. If " +
		"they are right, update the provider, " +
		"or report this message.",
	"invalid_request":       "Correct the values that the API names above, then run Terraform again.",
	"feature_flag_disabled": "This feature is not enabled for the organization: ask Voltage's support to enable it.",

	// Lines of credit
	"line_of_credit_not_found": "Check line_of_credit_id, and that the line of credit belongs to the wallet's environment. " +
		"The data source voltage_lines_of_credit lists those that exist.",
	"line_of_credit_not_found_in_organization": "Check the ID of the line of credit, " + checkOrganization,
	"line_of_credit_not_ready": "The line of credit is not secured and verified yet. Run Terraform again once " +
		"it is; the Voltage dashboard shows what it waits for.",
	"line_of_credit_disabled":         "Choose another line of credit, or have this one enabled by Voltage.",
	"line_of_credit_network_mismatch": "Choose a line of credit on the wallet's network, or the line's network for the wallet.",
	"line_of_credit_cannot_allocate_wallet_limit": "The line of credit has less left than this limit. Lower the limit, delete " +
		"wallets that are no longer used, " +
		"or have the line raised. The data source voltage_line_of_credit shows limit and allocated_limit.",
	"line_of_credit_not_valid": "Correct the values that the API names above, then run Terraform again.",
	"invalid_line_of_credit_limit": "Choose another limit: at least 1, and at least what the wallets on the line have taken. " +
		"The data source voltage_line_of_credit shows allocated_limit.",
	"not_allowed": "This line of credit cannot be changed here: it is on mainnet, or it is disabled. No permission of a key " +
		"changes that. " +
		"Use a line of credit of a test network, or ask Voltage's support.",
	"application_not_approved": "The organization's application is not approved for this network yet: finish it in the Voltage " +
		"dashboard.",
	"no_application_found": "The organization has made no application for this line of credit yet: make it in the Voltage dashboard.",
	"missing_bank_details": "The organization lacks bank details: add them in the Voltage dashboard.",

	// Wallets and policies
	"instance_not_found":       "Check the ID of the wallet, " + checkOrganization,
	"wallet_not_found":         "Check the ID of the wallet, and that the wallet is in this organization and environment.",
	"wallet_not_credit_backed": "The wallet has no line of credit, which this operation needs. Use a wallet that a line of credit backs.",
	"wallet_not_empty": "Send the funds of the wallet elsewhere. If it owes something, pay that into it. Then run terraform " +
		"destroy (or apply) again.",
	"wallet_policies_not_found": "The API finds no policies of this wallet to change, although the wallet exists. Run Terraform again in a " +
		"while; if this stays, ask Voltage's support, with the ID of the wallet.",
	"wallet_policies_exist": "The wallet's policies are being set by somebody else at the same time. Run Terraform again.",
	"no_updates_provided":   "The request would change nothing. Run Terraform again; if this stays, report this message.",

	// Payments
	"amount_match_failed": "The amount and the invoice contradict each other. Leave the amount out, or set it to the " +
		"amount of the invoice.",
	"amount_required": "Set the amount.",
	"invalid_amount":  "Choose another amount. If it is too small, the API names the minimum above.",
	"invalid_currency": "Choose a currency that this payment and the wallet's line of credit can have: btc, usd " +
		"or the asset.",
	"invalid_bolt11_payment_request": "Ask the payee for a new invoice, and check that it is whole and for the network of the wallet.",
	"invalid_payment":                "Check kind, amount and wallet_id: the wallet cannot make this payment.",
	"invalid_address":                "Check the address, and that it is for the network of the wallet.",
	"invalid_on_chain_payment":       "Choose another amount. If it is too small to be paid on chain, the API names the minimum above.",
	"invalid_receive_payment":        "Correct the values that the API names above, then run Terraform again.",
	"invalid_max_fee":                "Raise max_fee to at least the minimum that the API names above, or leave it out.",
	"max_fee_required":               "Set max_fee.",
	"missing_payment_request":        "Set payment_request to the invoice.",
	"missing_address":                "Set address.",
	"invalid_memo":                   "Set a longer description, or leave it out.",
	"invalid_description":            "Set a longer description, or leave it out.",
	"invalid_network":                "Check the network of the wallet: the payment is for another one.",
	"not_supported_network":          "Use a wallet on another network: payments of this kind are not made on this one.",
	"environment_match_failed": "The wallet belongs to another environment. Check wallet_id, and that the key belongs to " +
		"the environment of the wallet.",
	"invalid_filter": "Change the filters of this data source: together they are not accepted.",
	"invalid_cursor": "The list changed while it was read. Run Terraform again.",
	"payment_exists": anotherID,
	"payment_not_found": "Check the ID of the payment, and that organization_id and environment_id are those that " +
		"it belongs to.",
	"payment_not_approved": "The id belongs to a policy check that the API does not take for an approval of this payment. Set the arguments " +
		"to those of the check, or choose another id.",
	"quote_required": "The wallet is on a line of credit in USD, so that the payment needs a quote, which the " +
		"provider requests. Run Terraform again; if this stays, report this message.",
	"invalid_quote": "The quote expired, was used, or is for another amount. Run Terraform again: the provider " +
		"requests a new quote.",
	"read_temporarily_unavailable": "The API cannot read payments at the moment. Run Terraform again in a while; a higher " +
		"max_retries bridges longer troubles.",
	"read_failed": "The API cannot read payments at the moment. Run Terraform again in a while; a higher " +
		"max_retries bridges longer troubles.",

	// Quotes
	"invalid_quote_request": "Correct the values that the API names above. The amount is the usual cause.",
	"mismatch_currency": "Choose an amount in btc or in the currency of the wallet's line of credit: these currencies " +
		"cannot be exchanged.",
	"mismatch_target_precision": "Report this message: the provider asks for an exchange that the API does not offer.",
	"quote_not_found":           "Run Terraform again: the provider requests a new quote.",
	"quote_already_exists":      "Run Terraform again: the provider requests a quote with another ID.",

	// Webhooks
	"invalid_webhook": "Check url, name and events, and that the webhook is not stopped.",
	"webhook_not_found": "Check the ID of the webhook, and that organization_id and environment_id are those that it " +
		"belongs to.",
	"webhook_delivery_not_found": "Check the ID of the delivery and the ID of its webhook.",
	"webhook_exists":             anotherID,

	// Checkout and bills
	"checkout_settings_not_found": "The environment has no checkout settings yet. Set them with the resource " +
		"voltage_checkout_settings.",
	"checkout_session_not_found":          "Check the ID of the checkout session.",
	"idempotency_conflict":                "A checkout session with this ID was made with other values. " + anotherID,
	"bill_not_found":                      "Check the ID of the bill, " + checkOrganization,
	"bill_not_found_in_organization":      "Check the ID of the bill, " + checkOrganization,
	"bill_already_processing_or_paid":     "Nothing has to be done: the bill is being paid, or is paid.",
	"line_of_credit_cannot_be_reconciled": "Choose another line of credit: this one has no bills.",
}

// usualSteps are the types after which the step by the status of the answer is right, with the reason.
var usualSteps = map[string]string{
	"invalid_parameter": "the API's words name the parameter", "missing_parameter": "the API's words name the parameter",
	"invalid_syntax": "the API's words name the place", "utils": "the API's words name the value",
	"internal_error": "the API is in trouble", "key_set_creation": "the API is in trouble", "write_message": "the API is in trouble",

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

// failedStep is what to do about something that failed after the API had accepted it.
type failedStep struct {
	of    string   // what failed: payment, wallet, policies, quote or delivery
	kinds []string // types or codes of the error; none: any
	do    string
}

// failedSteps are the steps after errors inside payments, wallets, policies, quotes and deliveries. The narrower come first. Source:
// schemas SendError, ReceiveError, WalletEventError, WalletPolicyError, QuoteError and WebhookDeliveryErrorInfo of the API's contract.
var failedSteps = []failedStep{
	{"payment", []string{"insufficient_funds"}, "The wallet has too little for the amount and the fees. Deposit funds or raise " +
		"the wallet's limit, then try again. " +
		"The data source voltage_wallet shows available_balance."},
	{"payment", []string{"no_route"}, "The network found no route to the payee for this amount and max_fee. Try again later, " +
		"raise max_fee, pay a smaller amount, or ask the payee to " +
		"open channels."},
	{"payment", []string{"broadcast_fee_above_max"}, "The network's fee is above max_fee at the moment. Raise max_fee, or try " +
		"again later."},
	{"payment", []string{"invalid_bolt11_invoice", "missing_payment_request"}, "Ask the payee for a new invoice."},
	{"payment", []string{"invalid_payment_amount"}, "Choose another amount. A payment request of any amount fails on a wallet " +
		"with a processing fee on receives: set the amount, or set " +
		"receive_basis_points of its processing_fee to 0."},
	{"payment", []string{"invalid_address", "missing_address"}, "Check the address, and that it is for the network of the wallet."},
	{"payment", []string{"incorrect_currency"}, "Choose an amount in the currency of the wallet."},
	{"payment", []string{"quote_failed", "exchange_transfer_failed"}, "The exchange rate could no longer be used. Try again: " +
		"the provider requests a new quote."},
	{"payment", []string{"upstream_failure", "transaction_build_failed", "node_permission_denied", "broadcast_failed"},
		"A node or service of Voltage failed. Try again later; if this stays, ask Voltage's support."},
	{"payment", []string{"expired"}, "The payment request expired before it was paid. Make another one, with a longer " +
		"expiration if needed."},
	{"payment", []string{"rejected"}, "A policy refused the payment. The data source voltage_wallet_policies shows the policies " +
		"of the wallet: change them, or the payment."},
	{"payment", []string{"hold_failed", "hold_not_found"}, "The API could not set the money aside. Check the available_balance " +
		"and the policies of the wallet, then try again."},
	{"payment", []string{"send_failed"}, "The payment could not be made. Fix the cause that is named above, or try again later."},
	{"payment", []string{"receive_failed"}, "The payment request could not be made. Fix the cause that is named above, then try again."},
	{"wallet", []string{"InsufficientLimit"}, "The line of credit has less left than the wallet's limit. Lower the limit, " +
		"delete wallets that are no longer used, or have the line raised. " +
		"The data source voltage_line_of_credit shows limit and allocated_limit."},
	{"wallet", []string{"InsufficientFunds", "InsufficientBalanceWithdrawal"}, "The wallet has too little. The data source " +
		"voltage_wallet shows available_balance: deposit funds, then try again."},
	{"wallet", []string{"IncorrectCurrency"}, "Use a line of credit in the currency of the wallet."},
	{"wallet", []string{"HoldNotFound", "InvalidPaymentBreakdown", "PendingSettlementNotFound"}, "Voltage's books of this " +
		"wallet do not agree. Ask Voltage's support, with the ID of the wallet."},
	{"policies", []string{"invalid_processing_fee_rates"}, "Choose lower rates in processing_fee: the API names the maximum above."},
	{"policies", []string{"multiple_processing_fee_policies"}, "The wallet has more than one processing fee. Ask Voltage's " +
		"support, with the ID of the wallet."},
	{"policies", []string{"policy_not_found"}, "A policy of the wallet is gone. Run Terraform again: it reads what is in force."},
	{"quote", []string{"invalid_currency_pair"}, "Choose an amount in btc or in the currency of the wallet's line of credit: " +
		"these currencies cannot be exchanged."},
	{"quote", []string{"invalid_network"}, "Use a wallet on another network: nothing can be exchanged on this one."},
	{
		"quote",
		[]string{"quote_expired", "quote_already_consumed", "quote_never_created", "quote_not_created", "quote_failed"},
		"Run Terraform again: the provider requests a new quote.",
	},
	{"quote", nil, "The exchange cannot make a price at the moment. Try again later; if this stays, ask Voltage's support."},
	{"delivery", []string{"http_client_error"}, "The receiver refuses the delivery. Check the url of the webhook and what the receiver " +
		"expects, then invoke the action again."},
	{"delivery", []string{"authentication_failed"}, "The receiver does not accept the delivery as Voltage's. Check that it verifies the " +
		"signature with the webhook's current secret, and that nothing before it asks for credentials."},
	{"delivery", []string{"http_server_error"}, "The receiver is in trouble. Look at its log, then invoke the action again."},
	{"delivery", []string{"rate_limited"}, "The receiver limits the rate of requests. Raise its limit for deliveries, or invoke the action " +
		"again later."},
	{
		"delivery",
		[]string{"connection_timeout"},
		"Check that the receiver runs, that it can be reached from the internet, and that it answers " +
			"before it starts its work.",
	},
	{
		"delivery",
		[]string{"connection_refused"},
		"Check the host and the port in the url of the webhook, and that the receiver runs and can be " +
			"reached from the internet.",
	},
	{
		"delivery",
		[]string{"invalid_response"},
		"The receiver must answer with HTTP and a status of 2xx. Redirects are not followed: set the url " +
			"of the webhook to the final address.",
	},
	{"delivery", []string{"payload_too_large"}, "Raise the size of the requests that the receiver takes, then invoke the action again."},
	{
		"delivery",
		[]string{"unexpected_error", "delivery_failed"},
		"Check the url of the webhook, its certificate and the log of the receiver, " +
			"then invoke the action again. If this stays, ask Voltage's support, with the ID of the delivery.",
	},
	{"delivery", nil, "Look at the log of the receiver, then invoke the action again."},
	{"payment", nil, "Fix the cause that is named above, then try again."},
}

func (s failedStep) when() string {
	text := "an error of the " + s.of
	if len(s.kinds) > 0 {
		text += ": " + strings.Join(s.kinds, ", ")
	}
	return text
}

// applies reports whether an error is of one of the kinds: by its code, or else by its type.
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

// isFailedCode reports whether there is a step for a code of payments. One that is not known yet says less than the type.
func isFailedCode(code string) bool {
	return slices.ContainsFunc(failedSteps, func(s failedStep) bool { return s.of == "payment" && slices.Contains(s.kinds, code) })
}
