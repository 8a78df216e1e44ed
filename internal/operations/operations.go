// Package operations lists the parts of the provider that call each operation of the API. The guide "Every operation of the API" is
// generated from it. Tests compare it with the contract, the provider's schemas, and the requests that the provider makes.
package operations

// These are the kinds of the provider's parts. Their names are the folders of the documentation.
const (
	Resource   = "resources"
	DataSource = "data-sources"
	Action     = "actions"
	List       = "list-resources"
)

// Use is a resource, data source, action or list resource of the provider that calls an operation.
type Use struct {
	Kind string // one of the constants above
	Name string // voltage_wallet
	// When is a clause, such as "with `name`", if the operation is not always called. Otherwise it is empty.
	When string
	// Attribute is the attribute that causes the call, or empty.
	Attribute string
}

// Operation is an operation of the API.
type Operation struct {
	ID string // the operationId of the contract
	// Uses are the parts of the provider that call the operation. If there are none, the operation is not exposed, and NotExposed says why
	// in whole sentences.
	Uses       []Use
	NotExposed string
}

func resource(name string) Use   { return Use{Kind: Resource, Name: name} }
func dataSource(name string) Use { return Use{Kind: DataSource, Name: name} }
func action(name string) Use     { return Use{Kind: Action, Name: name} }
func list(name string) Use       { return Use{Kind: List, Name: name} }

// by returns the use with the attribute that causes the call. when is a clause.
func (u Use) by(attribute, when string) Use {
	u.Attribute, u.When = attribute, when
	return u
}

// in returns the use with the cases in which it calls the operation. when is a clause.
func (u Use) in(when string) Use {
	u.When = when
	return u
}

const (
	byName      = "with `name`"
	onUSD       = "for a wallet on a USD line of credit"
	treasury    = "with `category = \"treasury\"`"
	whenWaiting = "with `wait`, until the delivery has ended"

	ofBrowsers = "The web page of a shop calls this operation in a browser, with a checkout token. The API checks the origin of the " +
		"page, which Terraform does not have. "
)

// All returns the operations of the API, in the order of the contract.
func All() []Operation {
	return []Operation{
		{ID: "get_all_organization_supported_assets", Uses: []Use{dataSource("voltage_assets")}},
		{ID: "get_all_organizations_wallets_as_user", Uses: []Use{
			dataSource("voltage_wallets"), dataSource("voltage_wallet").by("name", byName), list("voltage_wallet"),
		}},
		{ID: "create_wallet", Uses: []Use{resource("voltage_wallet")}},
		{ID: "get_wallet", Uses: []Use{resource("voltage_wallet"), dataSource("voltage_wallet").by("id", "with `id`")}},
		{ID: "update_wallet", Uses: []Use{resource("voltage_wallet").by("name", "when `name` changes")}},
		{ID: "delete_wallet", Uses: []Use{resource("voltage_wallet").in("when it is destroyed")}},
		{ID: "get_wallet_ledger_as_user", Uses: []Use{dataSource("voltage_wallet_ledger")}},
		{ID: "get_wallet_policies", Uses: []Use{resource("voltage_wallet_policies"), dataSource("voltage_wallet_policies")}},
		{ID: "update_wallet_policies", Uses: []Use{resource("voltage_wallet_policies")}},
		{ID: "get_wallet_payment_summary", Uses: []Use{dataSource("voltage_payment_summary").by("wallet_id", "with `wallet_id`")}},
		{ID: "get_payments", Uses: []Use{
			dataSource("voltage_payments"),
			action("voltage_payment_send").in("when an invoice cannot be paid, to find out whether it was paid before"),
		}},
		{ID: "create_payment", Uses: []Use{resource("voltage_payment_request"), action("voltage_payment_send")}},
		{ID: "create_treasury_movement", Uses: []Use{
			resource("voltage_payment_request").by("category", treasury), action("voltage_payment_send").by("category", treasury),
		}},
		{ID: "check_payment", Uses: []Use{action("voltage_payment_check")}},
		{ID: "get_payment_summary", Uses: []Use{dataSource("voltage_payment_summary").in("without `wallet_id`")}},
		{ID: "get_payment", Uses: []Use{
			dataSource("voltage_payment"), resource("voltage_payment_request"), action("voltage_payment_send"), action("voltage_payment_check"),
			resource("voltage_checkout_session"),
		}},
		{ID: "get_payment_history", Uses: []Use{dataSource("voltage_payment_history")}},
		{
			ID: "get_quotes_as_user",
			NotExposed: "A quote expires soon, and only one payment can use it. The provider requests the quote that a payment needs, " +
				"and shows it with the payment.",
		},
		{ID: "request_a_quote", Uses: []Use{resource("voltage_payment_request").in(onUSD), action("voltage_payment_send").in(onUSD)}},
		{ID: "get_a_quote_as_user", Uses: []Use{resource("voltage_payment_request").in(onUSD), action("voltage_payment_send").in(onUSD)}},
		{ID: "update_sandbox_line_of_credit", Uses: []Use{resource("voltage_sandbox_line_of_credit")}},
		{ID: "get_line_of_credit_summary_as_user", Uses: []Use{
			dataSource("voltage_line_of_credit").by("id", "with `id`"), resource("voltage_sandbox_line_of_credit"),
		}},
		{ID: "get_lines_of_credit_summaries_as_user", Uses: []Use{
			dataSource("voltage_lines_of_credit"), dataSource("voltage_line_of_credit").in("without `id`"),
		}},
		{ID: "get_bills_as_user", Uses: []Use{dataSource("voltage_bills")}},
		{ID: "get_bill_summary_as_user", Uses: []Use{dataSource("voltage_bill_summary")}},
		{ID: "get_bill_as_user", Uses: []Use{dataSource("voltage_bill")}},
		{ID: "get_webhooks_as_user", Uses: []Use{
			dataSource("voltage_webhooks"), dataSource("voltage_webhook").by("name", byName), list("voltage_webhook"),
		}},
		{ID: "create_webhook", Uses: []Use{resource("voltage_webhook")}},
		{ID: "get_webhook", Uses: []Use{resource("voltage_webhook"), dataSource("voltage_webhook").by("id", "with `id`")}},
		{ID: "update_webhook", Uses: []Use{resource("voltage_webhook").in("when `name`, `url` or `events` changes")}},
		{ID: "delete_webhook", Uses: []Use{resource("voltage_webhook").in("when it is destroyed")}},
		{ID: "generate_webhook_key", Uses: []Use{resource("voltage_webhook").by("secret_version", "when `secret_version` changes")}},
		{ID: "test_webhook", Uses: []Use{action("voltage_webhook_test")}},
		{ID: "start_webhook_as_user", Uses: []Use{resource("voltage_webhook").by("enabled", "when `enabled` becomes `true`")}},
		{ID: "stop_webhook_as_user", Uses: []Use{resource("voltage_webhook").by("enabled", "when `enabled` becomes `false`")}},
		{ID: "get_webhook_deliveries_as_user", Uses: []Use{dataSource("voltage_webhook_deliveries")}},
		{ID: "get_webhook_delivery_summary_as_user", Uses: []Use{dataSource("voltage_webhook_delivery_summary")}},
		{ID: "get_webhook_delivery", Uses: []Use{
			dataSource("voltage_webhook_delivery"), action("voltage_webhook_test").by("wait", whenWaiting),
		}},
		{ID: "abandon_webhook_delivery", Uses: []Use{action("voltage_webhook_delivery_abandon")}},
		{ID: "retry_webhook_delivery", Uses: []Use{action("voltage_webhook_delivery_retry")}},
		{ID: "get_settings", Uses: []Use{resource("voltage_checkout_settings"), dataSource("voltage_checkout_settings")}},
		{ID: "update_settings", Uses: []Use{resource("voltage_checkout_settings")}},
		{ID: "create_session", Uses: []Use{resource("voltage_checkout_session")}},
		{
			ID: "get_session",
			NotExposed: ofBrowsers + "Instead, the resource `voltage_checkout_session` reads the payment of the session with " +
				"the provider's own key.",
		},
		{
			ID: "get_session_allowed_origins",
			NotExposed: "The web page of a shop calls this operation in a browser. It returns the checkout settings of the environment. " +
				"The data source `voltage_checkout_settings` reads the same settings.",
		},
		{
			ID:         "create_event_stream_token",
			NotExposed: ofBrowsers + "The operation returns another token, which expires soon and is for one connection of the page.",
		},
		{
			ID: "get_events",
			NotExposed: ofBrowsers + "The operation returns an endless stream, and Terraform reads single values. The data source " +
				"`voltage_payment` waits for the payment of a session.",
		},
	}
}
