package voltage

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/uuid"
)

// TestRequests: the contract's schema accepts every request that the client can make.
func TestRequests(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../emulator/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(content)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	var (
		mu         sync.Mutex
		operations = map[string]bool{}
	)
	check := func(t *testing.T, w http.ResponseWriter, r *http.Request) {
		t.Helper()
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/v1")
		route, values, err := router.FindRoute(r)
		if err != nil {
			t.Errorf("%s %s: %s", r.Method, r.URL.Path, err)
			return
		}
		mu.Lock()
		operations[route.Operation.OperationID] = true
		mu.Unlock()
		input := &openapi3filter.RequestValidationInput{Request: r, PathParams: values, Route: route, Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true, SkipSettingDefaults: true,
		}}
		if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
			t.Errorf("%s %s: %s", r.Method, r.URL.RequestURI(), err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		_ = json.NewEncoder(w).Encode(map[string]any{"shared_secret": "secret"})
	}
	btc, usd := &Amount{Currency: CurrencyBTC, Amount: 21_000}, &Amount{Currency: CurrencyUSD, Amount: 600}
	asset := &Amount{Currency: "asset:" + strings.Repeat("ab", 33), Amount: 12}
	id, number, yes, metadata := uuid.New(), int64(5), true, map[string]string{"a": "b"}
	ref := inEnvironment(id)
	receive := func(change NewReceive) func(context.Context, *Client) {
		change.WalletID = walletID
		return func(ctx context.Context, c *Client) { _, _ = c.CreateReceive(ctx, ref, change) }
	}
	send := func(change NewSend) func(context.Context, *Client) {
		change.WalletID = walletID
		return func(ctx context.Context, c *Client) { _, _ = c.CreateSend(ctx, ref, change) }
	}
	checkSend := func(change NewSend) func(context.Context, *Client) {
		change.WalletID = walletID
		return func(ctx context.Context, c *Client) { _, _ = c.CheckSend(ctx, ref, change) }
	}
	session := func(change NewCheckoutSession) func(context.Context, *Client) {
		change.WalletID, change.PaymentID, change.ExpiresAt = walletID, id, time.Now().Add(time.Hour)
		return func(ctx context.Context, c *Client) { _, _ = c.CreateCheckoutSession(ctx, ref, change) }
	}
	for name, call := range map[string]func(context.Context, *Client){
		"wallet": func(ctx context.Context, c *Client) {
			_ = c.CreateWallet(ctx, ref, NewWallet{
				LineOfCreditID: lineID, Name: "orders", Network: "testnet3", Limit: 0, Metadata: metadata,
			})
		},
		"renaming": func(ctx context.Context, c *Client) { _ = c.RenameWallet(ctx, ref, "orders") },
		"deletion": func(ctx context.Context, c *Client) { _ = c.DeleteWallet(ctx, ref) },
		"every policy": func(ctx context.Context, c *Client) {
			_ = c.UpdateWalletPolicies(ctx, ref, PolicyUpdate{
				MaxPaymentSizeSats: &number, TransactionsPerMinute: &number, SendVolumeLimitSats: &number, ReflexTemplateID: &id, OFACCompliant: &yes,
				ProcessingFee: &ProcessingFee{SendBasisPoints: 0, ReceiveBasisPoints: 10_000},
			})
		},
		"restored fee": func(ctx context.Context, c *Client) {
			_ = c.UpdateWalletPolicies(ctx, ref, PolicyUpdate{RestoreProcessingFee: true})
		},
		"sandbox line": func(ctx context.Context, c *Client) {
			_ = c.UpdateSandboxLineOfCredit(ctx, ref, 1)
		},
		"fixed receive": receive(NewReceive{
			Kind: KindBolt11, Amount: btc, Description: "tea", Expiration: 86_400, Metadata: metadata,
		}),
		"receive of any amount": receive(NewReceive{Kind: KindBIP21, Currency: CurrencyBTC}),
		"receive in usd":        receive(NewReceive{Kind: KindOnchain, Amount: usd, QuoteID: &id}),
		"receive of an asset":   receive(NewReceive{Kind: KindTaprootAsset, Amount: asset}),
		"bolt11": send(NewSend{
			Kind: KindBolt11, Currency: CurrencyBTC,
			Metadata: metadata, Data: NewSendData{PaymentRequest: "lntbs1", Amount: btc, MaxFee: &Amount{Currency: CurrencyBTC}},
		}),
		"bolt11 from usd": send(NewSend{
			Kind:     KindBolt11,
			Currency: CurrencyUSD,
			QuoteID:  &id,
			Data:     NewSendData{PaymentRequest: "lntbs1", Amount: btc},
		}),
		"onchain": send(NewSend{Kind: KindOnchain, Currency: CurrencyBTC, Data: NewSendData{Address: "tb1", Amount: btc, Description: "rent"}}),
		"bip21":   send(NewSend{Kind: KindBIP21, Currency: CurrencyBTC, Data: NewSendData{Address: "bitcoin:tb1?amount=1", MaxFee: btc}}),
		"bip21 with an invoice": send(NewSend{
			Kind: KindBIP21, Currency: CurrencyBTC, Data: NewSendData{Address: "tb1", PaymentRequest: "lntbs1", Amount: btc, Description: "rent"},
		}),
		"treasury send": send(NewSend{
			Treasury: true,
			Kind:     KindOnchain,
			Currency: CurrencyBTC,
			Data:     NewSendData{Address: "tb1", Amount: btc},
		}),
		"treasury receive": receive(NewReceive{Treasury: true, Kind: KindBolt11, Amount: btc}),
		"promotion":        send(NewSend{Promotes: true, Kind: KindBolt11, Currency: CurrencyBTC, Data: NewSendData{PaymentRequest: "lntbs1"}}),
		"check": checkSend(NewSend{
			Kind:     KindBolt11,
			Currency: CurrencyBTC,
			Metadata: metadata,
			Data:     NewSendData{PaymentRequest: "lntbs1"},
		}),
		"check from usd": checkSend(NewSend{
			Kind:     KindOnchain,
			Currency: CurrencyUSD,
			Data:     NewSendData{Address: "tb1", Amount: btc, MaxFee: btc},
		}),
		"checks": func(ctx context.Context, c *Client) {
			for range c.ListPayments(ctx, organization, environment, PaymentFilter{CheckOnly: &yes}) {
			}
		},
		"quote": func(ctx context.Context, c *Client) {
			_ = c.CreateQuote(ctx, ref, NewQuote{LineOfCreditID: lineID, Network: "testnet", Amount: *btc, To: CurrencyUSD})
		},
		"webhook": func(ctx context.Context, c *Client) {
			_, _ = c.CreateWebhook(ctx, ref, NewWebhook{URL: "https://example.com", Name: "orders", Events: WebhookEvents{"send": {"failed"}}})
		},
		"webhook's change": func(ctx context.Context, c *Client) {
			_ = c.UpdateWebhook(ctx, ref, WebhookChange{URL: "https://example.com", Name: "orders", Events: WebhookEventNames()})
		},
		"webhook's secret":   func(ctx context.Context, c *Client) { _, _ = c.RotateWebhookSecret(ctx, ref) },
		"webhook's start":    func(ctx context.Context, c *Client) { _ = c.StartWebhook(ctx, ref) },
		"webhook's stop":     func(ctx context.Context, c *Client) { _ = c.StopWebhook(ctx, ref) },
		"webhook's deletion": func(ctx context.Context, c *Client) { _ = c.DeleteWebhook(ctx, ref) },
		"webhook's test": func(ctx context.Context, c *Client) {
			test := WebhookTest{DeliveryID: id}
			test.Payload.Type, test.Payload.Detail = "test", json.RawMessage(`{"event":"created","data":"hello"}`)
			_ = c.TestWebhook(ctx, ref, test)
		},
		"delivery's retry": func(ctx context.Context, c *Client) {
			_ = c.RetryWebhookDelivery(ctx, DeliveryRef{Webhook: ref, ID: id}, &WebhookDelivery{})
		},
		"delivery's abandonment": func(ctx context.Context, c *Client) {
			_ = c.AbandonWebhookDelivery(ctx, DeliveryRef{Webhook: ref, ID: id})
		},
		"checkout for nobody": func(ctx context.Context, c *Client) {
			_ = c.PutCheckoutSettings(ctx, ref, OriginsDenyAll, nil)
		},
		"checkout for some": func(ctx context.Context, c *Client) {
			_ = c.PutCheckoutSettings(ctx, ref, OriginsAllowlist, []string{"https://example.com"})
		},
		"checkout session of any amount": session(NewCheckoutSession{Kind: KindBIP21}),
		"checkout session": session(NewCheckoutSession{
			Kind: KindBolt11, Amount: usd, Description: "tea", PaymentMetadata: metadata, Metadata: json.RawMessage(`{"table": 4}`),
			RedirectURLs: &CheckoutRedirect{Success: "https://example.com/thanks"},
		}),
		"reads": func(ctx context.Context, c *Client) {
			_, _ = c.GetWallet(ctx, ref)
			_, _ = c.ListWallets(ctx, organization, WalletFilter{EnvironmentID: environment, Inactive: true})
			_, _ = c.GetWalletPolicies(ctx, ref)
			_, _ = c.GetLineOfCredit(ctx, ref)
			_, _ = c.ListLinesOfCredit(ctx, organization, LineOfCreditFilter{})
			_, _ = c.GetPayment(ctx, ref)
			_, _ = c.GetPaymentHistory(ctx, ref)
			_, _ = c.GetQuote(ctx, ref)
			_, _ = c.GetWebhook(ctx, ref)
			_, _ = c.ListWebhooks(ctx, organization, WebhookFilter{EnvironmentID: environment})
			_, _ = c.GetCheckoutSettings(ctx, ref)
			_, _ = c.ListAssets(ctx, organization, "testnet3")
			_, _ = c.GetWebhookDelivery(ctx, DeliveryRef{Webhook: ref, ID: id})
			_, _ = c.SummarizeWebhookDeliveries(ctx, ref, DeliveryStatuses())
			for range c.ListWebhookDeliveries(ctx, ref, DeliveryFilter{Statuses: DeliveryStatuses(), SortKey: "updated_at", SortOrder: "ASC"}) {
				break
			}
			_, _ = c.GetBill(ctx, ref)
			_, _ = c.SummarizeBills(ctx, organization, BillFilter{LineOfCreditID: lineID})
			for range c.ListBills(ctx, organization, BillFilter{LineOfCreditID: lineID}) {
				break
			}
			summary := PaymentSummaryFilter{Metadata: metadata, Statuses: []string{StatusFailed}, Kind: KindBolt11, Direction: DirectionSend}
			_, _ = c.SummarizePayments(ctx, organization, environment, summary)
			_, _ = c.SummarizeWalletPayments(ctx, ref, summary)
			ledger := LedgerFilter{PaymentID: id, StartDate: "2026-09-01T00:00:00Z", SortKey: "effective_time", SortOrder: "ASC"}
			for range c.WalletLedger(ctx, ref, ledger) {
				break
			}
			for range c.ListPayments(ctx, organization, environment, PaymentFilter{
				WalletID: walletID, LineOfCreditID: lineID, Category: "treasury", Metadata: metadata,
				Statuses: []string{StatusFailed, StatusSending}, Kind: KindBolt11,
				Direction: DirectionSend, StartDate: "2026-09-01T00:00:00Z", EndDate: "2026-09-02T00:00:00Z", SortKey: "updated_at", SortOrder: "DESC",
			}) {
				break
			}
		},
	} {
		t.Run(name, func(t *testing.T) { // not parallel: the end of the test checks that every operation was called
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { check(t, w, r) }))
			defer server.Close()
			call(t.Context(), newTestClient(t, Config{BaseURL: server.URL + "/v1"}))
		})
	}
	for operation := range fixtureOperations {
		if !operations[operation] {
			t.Errorf("no request of %s was tried", operation)
		}
	}
}
