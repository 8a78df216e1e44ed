package voltage

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// fixtureFolder has answers of the real API in files OPERATION.response.STATUS.WHAT.json. Each added file is a test.
const fixtureFolder = "../emulator/testdata/fixtures"

// fixtureOperation calls an operation with the client. ref has the IDs of the fixture.
type fixtureOperation struct {
	call func(ctx context.Context, c *Client, ref Ref) (any, error)
	// ignores are the paths of the answer that the client does not read, as regular expressions.
	ignores []string
	// shape converts the client's value to the form of the answer, if the forms differ. normal applies to both values: it sorts unordered
	// values, and writes equal values in the same way.
	shape  func(read any) any
	normal func(value any) any
}

// fixtureOperations are the operations that the client has.
var fixtureOperations = map[string]fixtureOperation{
	"get_all_organization_supported_assets": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			assets, err := c.ListAssets(ctx, ref.OrganizationID, "")
			return map[string]any{"assets": assets}, err
		},
	},
	"get_all_organizations_wallets_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.ListWallets(ctx, ref.OrganizationID, WalletFilter{})
		},
		ignores: walletIgnores,
	},
	"get_wallet": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.GetWallet(ctx, ref)
		},
		ignores: walletIgnores,
	},
	"create_wallet": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.CreateWallet(ctx, ref, NewWallet{})
		},
	},
	"update_wallet": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.RenameWallet(ctx, ref, "another name")
		},
	},
	"delete_wallet": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.DeleteWallet(ctx, ref)
		},
	},
	"get_wallet_ledger_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return collected("items", c.WalletLedger(ctx, ref, LedgerFilter{}))
		},
		// The client does not read the breakdown of a movement, which the payment has, or the position of a page.
		ignores: []string{`^items\[\]\.payment_breakdown`, `^(offset|limit|total)$`},
	},
	"get_wallet_policies": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.GetWalletPolicies(ctx, ref)
		},
		ignores: []string{`^(id|organization_id)$`, `^policies\[\]\.data\.(id|created_at|updated_at)$`, `^error\.context`},
		shape:   shapePolicies,
	},
	"update_wallet_policies": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.UpdateWalletPolicies(ctx, ref, PolicyUpdate{RestoreProcessingFee: true})
		},
	},
	"get_line_of_credit_summary_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.GetLineOfCredit(ctx, ref)
		},
		ignores: lineIgnores,
	},
	"get_lines_of_credit_summaries_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.ListLinesOfCredit(ctx, ref.OrganizationID, LineOfCreditFilter{})
		},
		ignores: lineIgnores,
	},
	"update_sandbox_line_of_credit": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.UpdateSandboxLineOfCredit(ctx, ref, 1)
		},
	},
	"get_payment": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.GetPayment(ctx, ref)
		},
		ignores: paymentIgnores(""),
	},
	"get_payments": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return collected("items", c.ListPayments(ctx, ref.OrganizationID, ref.EnvironmentID, PaymentFilter{}))
		},
		ignores: append(paymentIgnores(`items\[\]\.`), `^(offset|limit|total|next_cursor|has_more)$`),
	},
	"get_payment_history": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			events, err := c.GetPaymentHistory(ctx, ref)
			return map[string]any{"events": events}, err
		},
	},
	"create_payment": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			sent, err := c.CreateSend(ctx, ref, NewSend{})
			if sent == SentBefore {
				return nil, &Error{Status: http.StatusConflict, Type: "payment_exists"} // the client reads the ID after a 409
			}
			return nil, err
		},
	},
	"request_a_quote": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.CreateQuote(ctx, ref, NewQuote{})
		},
	},
	"get_a_quote_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.GetQuote(ctx, ref)
		},
		// A detail that is an object is read as its JSON.
		ignores: []string{`^(organization_id|wallet_id)$`, `^target_precision`, `^error\.(context|detail)`},
	},
	"get_payment_summary": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.SummarizePayments(ctx, ref.OrganizationID, ref.EnvironmentID, PaymentSummaryFilter{})
		},
		ignores: []string{`^by_(organization|environment)_id`}, // repeats the counts
	},
	"get_wallet_payment_summary": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.SummarizeWalletPayments(ctx, ref, PaymentSummaryFilter{})
		},
	},
	"get_bill_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.GetBill(ctx, ref)
		},
		ignores: []string{`^error\.context`}, // repeats the detail
		normal:  normalBill,
	},
	"get_bills_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return collected("items", c.ListBills(ctx, ref.OrganizationID, BillFilter{}))
		},
		ignores: []string{`^(limit|next_cursor|has_more)$`},
		normal: func(value any) any {
			bills, _ := member(value, "items").([]any)
			for _, bill := range bills {
				normalBill(bill)
			}
			return value
		},
	},
	"get_bill_summary_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.SummarizeBills(ctx, ref.OrganizationID, BillFilter{})
		},
		ignores: []string{`^amount_units`}, // follows from the currency
	},
	"create_webhook": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			secret, err := c.CreateWebhook(ctx, ref, NewWebhook{})
			return map[string]any{"shared_secret": secret}, err
		},
		ignores: []string{`^id$`},
	},
	"generate_webhook_key": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			secret, err := c.RotateWebhookSecret(ctx, ref)
			return map[string]any{"shared_secret": secret}, err
		},
		ignores: []string{`^id$`},
	},
	"get_webhook": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.GetWebhook(ctx, ref)
		},
		normal: normalWebhook,
	},
	"get_webhooks_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.ListWebhooks(ctx, ref.OrganizationID, WebhookFilter{})
		},
		normal: func(value any) any {
			webhooks, _ := value.([]any)
			slices.SortFunc(webhooks, func(a, b any) int { return cmp.Compare(fmt.Sprint(member(a, "id")), fmt.Sprint(member(b, "id"))) })
			for _, webhook := range webhooks {
				normalWebhook(webhook)
			}
			return webhooks
		},
	},
	"update_webhook": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.UpdateWebhook(ctx, ref, WebhookChange{})
		},
	},
	"start_webhook_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.StartWebhook(ctx, ref)
		},
	},
	"stop_webhook_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.StopWebhook(ctx, ref)
		},
	},
	"test_webhook": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.TestWebhook(ctx, ref, WebhookTest{})
		},
	},
	"get_webhook_delivery": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.GetWebhookDelivery(ctx, deliveryOfFixture(ref))
		},
		ignores: []string{`^error_info\.context`}, // which is read as its JSON
	},
	"get_webhook_deliveries_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return collected("items", c.ListWebhookDeliveries(ctx, deliveryOfFixture(ref).Webhook, DeliveryFilter{}))
		},
		ignores: []string{`^items\[\]\.error_info\.context`, `^(offset|limit|total|next_cursor|has_more)$`},
	},
	"get_webhook_delivery_summary_as_user": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.SummarizeWebhookDeliveries(ctx, deliveryOfFixture(ref).Webhook, []string{DeliveryFailed, DeliveryAbandoned})
		},
	},
	"retry_webhook_delivery": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.RetryWebhookDelivery(ctx, deliveryOfFixture(ref), &WebhookDelivery{})
		},
	},
	"abandon_webhook_delivery": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.AbandonWebhookDelivery(ctx, deliveryOfFixture(ref))
		},
	},
	"get_settings": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.GetCheckoutSettings(ctx, ref)
		},
	},
	"update_settings": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return nil, c.PutCheckoutSettings(ctx, ref, OriginsDenyAll, nil)
		},
		ignores: []string{`.`}, // the client reads the settings again
	},
	"check_payment": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			_, err := c.CheckSend(ctx, ref, NewSend{OwnID: true})
			return nil, err
		},
	},
	"create_treasury_movement": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			_, err := c.CreateReceive(ctx, ref, NewReceive{OwnID: true, Treasury: true})
			return nil, err
		},
	},
	"create_session": {
		call: func(ctx context.Context, c *Client, ref Ref) (any, error) {
			return c.CreateCheckoutSession(ctx, ref, NewCheckoutSession{PaymentID: paymentOfSession})
		},
	},
}

// paymentOfSession is the ID of the session's payment in the fixtures.
var paymentOfSession = uuid.MustParse("38fb91dc-88cc-464d-af8a-69a8174f15c6")

// withoutClient are the operations that the client does not have.
var withoutClient = []string{
	"create_event_stream_token", "get_events", "get_quotes_as_user", "get_session", "get_session_allowed_origins",
}

var (
	// The context of an error is read as JSON. color and the features belong to a future API.
	walletIgnores = []string{`balances\[\]\.(id|wallet_id)$`, `^error\.context`, `^(color|features\..*)$`}
	lineIgnores   = []string{`(^|\.)infrastructure`}
)

// deliveryOfFixture is the delivery of a fixture. All of them belong to one webhook.
func deliveryOfFixture(ref Ref) DeliveryRef {
	webhook := ref
	webhook.ID = uuid.MustParse("9be99225-d855-41ef-b6be-8e96d8b981db")
	return DeliveryRef{Webhook: webhook, ID: ref.ID}
}

// paymentIgnores are the parts of a payment that the client does not read.
func paymentIgnores(prefix string) []string {
	var ignores []string
	for _, path := range []string{
		`(route|frozen.*|error\.context.*)`,
		`(tags.*|data\.hops)`,                                          // of a future API
		`data\.(idempotency_key|direction|payments.*)`,                 // of a bank transfer
		`data\.(asset|asset_amount.*|btc_amount|quote.*|peer_quote.*)`, // of an asset; its amount has the same information
		`exchanges\[\]\.quote\.detail\.(peer|channel_scids.*|rfq\.id.*)`,
	} {
		ignores = append(ignores, "^"+prefix+path+"$")
	}
	return ignores
}

// collected reads a list to its end.
func collected[T any](name string, list func(func(T, error) bool)) (any, error) {
	items := []T{}
	for item, err := range iter.Seq2[T, error](list) {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return map[string]any{name: items}, nil
}

func shapePolicies(read any) any {
	p, _ := read.(*WalletPolicies)
	policies := []any{}
	add := func(kind string, data map[string]any) {
		policies = append(policies, map[string]any{"type": kind, "data": data})
	}
	if p.MaxPaymentSizeSats != nil {
		add("max_payment_size", map[string]any{"max_size_sats": p.MaxPaymentSizeSats})
	}
	if p.TransactionsPerMinute != nil {
		add("transaction_velocity", map[string]any{"transactions_per_minute": p.TransactionsPerMinute})
	}
	if p.SendVolumeLimitSats != nil {
		add("send_volume_limit", map[string]any{"limit_sats": p.SendVolumeLimitSats})
	}
	if p.ReflexTemplateID != nil {
		add("reflex_approval", map[string]any{"template_id": p.ReflexTemplateID, "threshold": p.ReflexThreshold})
	}
	if p.OFACCompliant {
		add("ofac_compliant", map[string]any{})
	}
	if p.ProcessingFee != nil {
		add("processing_fee", map[string]any{"rates": p.ProcessingFee})
	}
	return map[string]any{"policies": policies, "updated_at": p.UpdatedAt, "error": p.Error}
}

// normalBill writes the fees and the error of a bill in a canonical form: a flat fee as its sum or its two rates, and a detail that is JSON
// as an object.
func normalBill(value any) any {
	bill, _ := value.(map[string]any)
	if flat, ok := bill["volume_fee_percentage"].(json.Number); ok {
		bill["volume_fee_percentage"] = map[string]any{"send": flat, "receive": flat}
	}
	items, _ := member(bill["invoice"], "line_items").([]any)
	for _, item := range items {
		if fee := member(item, "volume_fee"); member(fee, "currency") != nil {
			item.(map[string]any)["volume_fee"] = map[string]any{"total": fee}
		}
	}
	if failure, ok := bill["error"].(map[string]any); ok {
		var object map[string]any
		if text, ok := failure["detail"].(string); ok && decodeNumbers([]byte(text), &object) == nil {
			failure["detail"] = object
		}
	}
	return bill
}

// normalWebhook writes the events of a webhook in a canonical form and order.
func normalWebhook(value any) any {
	webhook, _ := value.(map[string]any)
	var events []any
	list, _ := webhook["events"].([]any)
	for _, event := range list {
		object, _ := event.(map[string]any)
		for family, names := range object {
			several, ok := names.([]any)
			if !ok {
				several = []any{names}
			}
			for _, name := range several {
				events = append(events, fmt.Sprint(family, " ", name))
			}
		}
	}
	slices.SortFunc(events, func(a, b any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	webhook["events"] = events
	return webhook
}

func member(value any, name string) any {
	object, _ := value.(map[string]any)
	return object[name]
}

type answerFixture struct {
	name, operation string
	status          int
	content         []byte
}

// answerFixtures are the answers that the contract's schema accepts.
func answerFixtures(t *testing.T) []answerFixture {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(fixtureFolder, "*.response.*.json"))
	if err != nil || len(paths) < 200 {
		t.Fatalf("%d fixtures: %v", len(paths), err)
	}
	var all []answerFixture
	for _, path := range paths {
		parts := strings.Split(filepath.Base(path), ".")
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		status, err := strconv.Atoi(parts[2])
		if err != nil {
			t.Errorf("%s: %s", path, err)
		}
		all = append(all, answerFixture{strings.TrimSuffix(filepath.Base(path), ".json"), parts[0], status, content})
	}
	return all
}

// TestFixtures: the client reads every value of every answer of the contract. Every refusal is an *Error with its type, code and text.
func TestFixtures(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, fixture := range answerFixtures(t) {
		operation, ok := fixtureOperations[fixture.operation]
		if !ok {
			if !slices.Contains(withoutClient, fixture.operation) {
				t.Errorf("%s: the client calls no %s, and this test does not say so", fixture.name, fixture.operation)
			}
			continue
		}
		tried[fixture.operation] = true
		t.Run(fixture.name, func(t *testing.T) {
			t.Parallel()
			var answered any
			if err := decodeNumbers(fixture.content, &answered); err != nil {
				t.Fatal(err)
			}
			page := pageOf(answered)
			client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if other := page.otherThan(r.URL.Query()); other != "" {
					answer(http.StatusOK, "application/json", other)(w, r)
					return
				}
				if fixture.status >= 300 && r.Method == http.MethodGet && strings.HasPrefix(fixture.operation, "create_") {
					refusal(http.StatusNotFound, "payment_not_found")(w, r) // the answer to the read after a doubtful answer
					return
				}
				answer(fixture.status, "application/json", string(fixture.content))(w, r)
			})
			read, err := operation.call(t.Context(), client, refOf(answered))
			if fixture.status >= 300 {
				checkRefusal(t, answered, fixture.status, err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if operation.shape != nil {
				read = operation.shape(read)
			}
			answered = page.behindThoseBefore(answered)
			checkRead(t, answered, read, operation)
			if payment, ok := read.(*Payment); ok {
				checkPayment(t, answered, payment)
			}
		})
	}
	for operation := range fixtureOperations {
		if !tried[operation] {
			t.Errorf("there is no fixture of %s", operation)
		}
	}
}

// idsOf finds the IDs that the client must request, since it refuses answers about other objects.
func refOf(answered any) Ref {
	ref := inEnvironment(paymentID)
	object, _ := answered.(map[string]any)
	if list, ok := answered.([]any); ok && len(list) > 0 {
		object, _ = list[0].(map[string]any)
	}
	if items, ok := object["items"].([]any); ok && len(items) > 0 {
		object, _ = items[0].(map[string]any)
	}
	for name, id := range map[string]*uuid.UUID{"organization_id": &ref.OrganizationID, "environment_id": &ref.EnvironmentID, "id": &ref.ID} {
		if text, ok := object[name].(string); ok {
			*id = uuid.MustParse(text)
		}
	}
	if text, ok := object["wallet_id"].(string); ok && object["id"] == nil { // a summary of a wallet
		ref.ID = uuid.MustParse(text)
	}
	return ref
}

// checkRefusal compares an error with its answer.
func checkRefusal(t *testing.T, answered any, status int, err error) {
	t.Helper()
	if status == http.StatusConflict && err == nil {
		return // the ID exists: an earlier attempt has made the object
	}
	var got *Error
	if !errors.As(err, &got) {
		t.Fatalf("the error is %v", err)
	}
	envelope, _ := answered.(map[string]any)
	want, _ := envelope["error"].(map[string]any)
	text := func(name string) string {
		value, _ := want[name].(string)
		return value
	}
	if got.Status != status || got.Type != text("type") || got.Code != text("code") {
		t.Errorf("read %d %s/%s, want %d %s/%s", got.Status, got.Type, got.Code, status, text("type"), text("code"))
	}
	if status != http.StatusConflict && (got.Detail != text("detail") || !strings.Contains(got.Error(), text("detail"))) {
		t.Errorf("read %q, want %q", got.Detail, text("detail"))
	}
}

// checkRead compares every value that the client has read with the answer, and the other way round.
func checkRead(t *testing.T, answered, read any, operation fixtureOperation) {
	t.Helper()
	ignores := operation.ignores
	content, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := decodeNumbers(content, &got); err != nil {
		t.Fatal(err)
	}
	if operation.normal != nil {
		answered, got = operation.normal(answered), operation.normal(got)
	}
	wanted, found := map[string]string{}, map[string]string{}
	leaves("", answered, wanted)
	leaves("", got, found)
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		if !ignored(path, ignores) && found[path] != wanted[path] {
			t.Errorf("%s: read %q, want %q", path, found[path], wanted[path])
		}
	}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		if _, ok := wanted[path]; !ok && !ignored(path, ignores) {
			t.Errorf("%s: read %q, which the answer does not have", path, found[path])
		}
	}
}

var indices = regexp.MustCompile(`\[[0-9]+\]`)

func ignored(path string, ignores []string) bool {
	path = indices.ReplaceAllString(path, "[]")
	return slices.ContainsFunc(ignores, func(pattern string) bool { return regexp.MustCompile(pattern).MatchString(path) })
}

// leaves returns the values of JSON by their paths. Times have a canonical form. Null, 0, false and empty texts are left out.
func leaves(path string, value any, into map[string]string) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if path != "" {
				name = path + "." + name
			}
			leaves(name, member, into)
		}
	case []any:
		for i, element := range value {
			leaves(fmt.Sprintf("%s[%d]", path, i), element, into)
		}
	case nil:
	default:
		text := fmt.Sprint(value)
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			if text = at.UTC().Format(time.RFC3339Nano); at.IsZero() {
				return
			}
		}
		if text != "" && text != "0" && text != "false" && text != uuid.Nil.String() {
			into[path] = text
		}
	}
}

func decodeNumbers(content []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// checkPayment compares the methods of a payment with the answer.
func checkPayment(t *testing.T, answered any, p *Payment) {
	t.Helper()
	object, _ := answered.(map[string]any)
	data, _ := object["data"].(map[string]any)
	amount := func(value any) string {
		members, ok := value.(map[string]any)
		if !ok {
			return ""
		}
		return fmt.Sprint(members["amount"], " ", members["currency"])
	}
	of := func(amount *Amount) string {
		if amount == nil {
			return ""
		}
		return fmt.Sprint(amount.Amount, " ", amount.Currency)
	}
	wantAmount := amount(data["amount"])
	if p.Direction == DirectionReceive && object["requested_amount"] == nil && wantAmount == "0 btc" {
		wantAmount = "" // an unpaid receive of any amount
	}
	description := ""
	for _, name := range []string{"memo", "label", "description"} {
		if text, ok := data[name].(string); ok {
			description = cmp.Or(description, text)
		}
	}
	expires := ""
	if seconds, ok := data["expiration"].(json.Number); ok {
		number, _ := seconds.Int64()
		expires = p.CreatedAt.Add(time.Duration(number) * time.Second).String()
	}
	gotExpires := ""
	if at := p.ExpiresAt(); at != nil {
		gotExpires = at.String()
	}
	for what, values := range map[string][2]string{
		"amount":    {of(p.Amount()), wantAmount},
		"fees":      {of(p.Fees()), amount(data["fees"])},
		"max_fee":   {of(p.MaxFee()), amount(data["max_fee"])},
		"principal": {of(p.Principal()), wantAmount}, "description": {p.Description(), description}, "expiry": {gotExpires, expires},
	} {
		if values[0] != values[1] {
			t.Errorf("%s is %q, want %q", what, values[0], values[1])
		}
	}
	if failure, ok := object["error"].(map[string]any); ok {
		for _, name := range []string{"type", "code", "detail"} {
			if text, ok := failure[name].(string); ok && !strings.Contains(p.Error.Error(), text) {
				t.Errorf("the error %q lacks %s %q", p.Error, name, text)
			}
		}
	}
	if msats, ok := data["amount_msats"].(json.Number); ok && msats != "0" && of(p.AmountIn(CurrencyBTC)) != msats.String()+" btc" {
		t.Errorf("the amount in btc is %s, want %s", of(p.AmountIn(CurrencyBTC)), msats)
	}
	if quote, ok := data["market_quote"].(map[string]any); ok {
		decimal, ok := p.Data.MarketQuote.Rate.Decimal()
		if !ok || strings.Contains(decimal, "e") {
			t.Errorf("the rate %v is %q", quote["rate"], decimal)
		}
	}
}
