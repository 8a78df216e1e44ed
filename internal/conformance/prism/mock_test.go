//go:build conformance

package prism

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

var (
	organization = uuid.MustParse("0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01")
	environment  = uuid.MustParse("3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02")

	delivery = uuid.MustParse("5c1d0f6e-8b7a-4e3c-9d21-0a1b2c3d4e5f")

	object = voltage.Ref{OrganizationID: organization, EnvironmentID: environment, ID: uuid.MustParse("7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f")}
)

// reads are the client's, by the operation that each calls.
var reads = map[string]func(context.Context, *voltage.Client) error{
	"get_all_organization_supported_assets": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.ListAssets(ctx, organization, "mutinynet")
		return err
	},
	"get_all_organizations_wallets_as_user": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.ListWallets(ctx, organization, voltage.WalletFilter{EnvironmentID: environment, Inactive: true})
		return err
	},
	"get_wallet": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.GetWallet(ctx, object)
		return err
	},
	"get_wallet_ledger_as_user": func(ctx context.Context, c *voltage.Client) error {
		return first(c.WalletLedger(ctx, object, voltage.LedgerFilter{SortOrder: "DESC"}))
	},
	"get_wallet_policies": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.GetWalletPolicies(ctx, object)
		return err
	},
	"get_payments": func(ctx context.Context, c *voltage.Client) error {
		return first(c.ListPayments(ctx, organization, environment, voltage.PaymentFilter{Direction: "send"}))
	},
	"get_payment": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.GetPayment(ctx, object)
		return err
	},
	"get_payment_history": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.GetPaymentHistory(ctx, object)
		return err
	},
	"get_a_quote_as_user": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.GetQuote(ctx, object)
		return err
	},
	"get_line_of_credit_summary_as_user": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.GetLineOfCredit(ctx, object)
		return err
	},
	"get_lines_of_credit_summaries_as_user": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.ListLinesOfCredit(ctx, organization, voltage.LineOfCreditFilter{IncludeDisabled: true})
		return err
	},
	"get_payment_summary": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.SummarizePayments(ctx, organization, environment, voltage.PaymentSummaryFilter{IncludeInactive: true})
		return err
	},
	"get_wallet_payment_summary": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.SummarizeWalletPayments(ctx, object, voltage.PaymentSummaryFilter{Direction: "send"})
		return err
	},
	"get_bill_as_user": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.GetBill(ctx, object)
		return err
	},
	"get_bills_as_user": func(ctx context.Context, c *voltage.Client) error {
		return first(c.ListBills(ctx, organization, voltage.BillFilter{SortOrder: "DESC"}))
	},
	"get_bill_summary_as_user": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.SummarizeBills(ctx, organization, voltage.BillFilter{ExcludeZeroAmount: true})
		return err
	},
	"get_webhooks_as_user": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.ListWebhooks(ctx, organization, voltage.WebhookFilter{EnvironmentID: environment})
		return err
	},
	"get_webhook": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.GetWebhook(ctx, object)
		return err
	},
	"get_webhook_delivery": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.GetWebhookDelivery(ctx, voltage.DeliveryRef{Webhook: object, ID: delivery})
		return err
	},
	"get_webhook_deliveries_as_user": func(ctx context.Context, c *voltage.Client) error {
		return first(c.ListWebhookDeliveries(ctx, object, voltage.DeliveryFilter{SortOrder: "DESC"}))
	},
	"get_webhook_delivery_summary_as_user": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.SummarizeWebhookDeliveries(ctx, object, nil)
		return err
	},
	"get_settings": func(ctx context.Context, c *voltage.Client) error {
		_, err := c.GetCheckoutSettings(ctx, object)
		return err
	},
}

// unread are the reads of the contract that the client does not have.
var unread = []string{
	// Not built yet.
	// Not exposed: see the design.
	"get_events", "get_quotes_as_user", "get_session", "get_session_allowed_origins",
}

// first is the error of a page's walk. A generated page can say for ever that there is more, so the walk ends early.
func first[T any](walk func(func(T, error) bool)) error {
	var failure error
	count := 0
	walk(func(_ T, err error) bool {
		failure = err
		count++
		return err == nil && count < 10
	})
	return failure
}

// seeds is how many answers are generated of an operation and a status. The same seed makes the same answer.
func seeds(status int) int {
	if status < 300 {
		return 25 // enough for every kind of payment
	}
	return 3
}

// TestGeneratedAnswers: the client decodes whatever the contract's schemas allow, and tells every error that they have.
func TestGeneratedAnswers(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile(document)
	if err != nil {
		t.Fatal(err)
	}
	var prefer atomic.Value
	address := generated(t, start(t, "mock", "--dynamic", "--seed", "1"), func() string { return prefer.Load().(string) })
	client, err := voltage.New(voltage.Config{BaseURL: address, APIKey: "vltg_mock", MaxRetries: 0})
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, item := range doc.Paths.Map() {
		if item.Get == nil {
			continue
		}
		operation := item.Get.OperationID
		read, ok := reads[operation]
		if !ok {
			seen = append(seen, operation)
			continue
		}
		summary.operations++
		for text := range item.Get.Responses.Map() {
			status, err := strconv.Atoi(text)
			if err != nil {
				t.Fatalf("%s has a status %q", operation, text)
			}
			for seed := range seeds(status) {
				prefer.Store(fmt.Sprintf("code=%d, seed=%d", status, seed))
				err := read(t.Context(), client)
				summary.answers++
				var refusal *voltage.Error
				switch {
				case status < 300 && err != nil:
					t.Errorf("%s, seed %d: %s", operation, seed, err)
				case status >= 300 && (!errors.As(err, &refusal) || refusal.Status != status || refusal.Type == ""):
					t.Errorf("%s, status %d, seed %d: %v", operation, status, seed, err)
				}
			}
		}
	}
	slices.Sort(seen)
	if !slices.Equal(seen, slices.Sorted(slices.Values(unread))) {
		t.Errorf("the client does not read %v; the list says %v", seen, slices.Sorted(slices.Values(unread)))
	}
	if len(reads)+len(seen) != summary.operations+len(unread) {
		t.Errorf("not in the contract: some of %v", slices.Sorted(maps.Keys(reads)))
	}
}
