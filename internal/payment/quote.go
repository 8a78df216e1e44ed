package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// maxQuotes is the largest number of quotes for one payment, if quotes expire before they can be used.
const maxQuotes = 3

// paymentWallet is the wallet of a payment, with the values that the payment needs.
type paymentWallet struct {
	client   *voltage.Client
	wallet   *voltage.Wallet
	currency string // of its line of credit; btc without a line of credit
}

// ref returns the reference of an object in the wallet's organization and environment.
func (w *paymentWallet) ref(id uuid.UUID) voltage.Ref {
	return voltage.Ref{OrganizationID: w.wallet.OrganizationID, EnvironmentID: w.wallet.EnvironmentID, ID: id}
}

// readPaymentWallet reads a wallet, which may have been created a moment ago, and the currency of its line of credit.
func readPaymentWallet(ctx context.Context, client *voltage.Client, ref voltage.Ref) (*paymentWallet, error) {
	wallet, err := voltage.Settled(ctx, client, ref, client.GetWallet)
	if err != nil {
		return nil, err
	}
	w := &paymentWallet{client: client, wallet: wallet, currency: voltage.CurrencyBTC}
	return w, w.readCurrency(ctx)
}

// readCurrency reads the currency of the wallet's line of credit, if it has one.
func (w *paymentWallet) readCurrency(ctx context.Context) error {
	if w.wallet.LineOfCreditID == nil {
		return nil
	}
	line, err := w.client.FindLineOfCredit(ctx, w.ref(*w.wallet.LineOfCreditID))
	if err != nil {
		return err
	}
	w.currency = line.Currency
	return nil
}

// send sends a payment once with an ID, and with a quote if it needs one. asked says whether the request was sent at all.
func (w *paymentWallet) send(
	ctx context.Context, id uuid.UUID, send voltage.NewSend, to *destination,
) (asked bool, sent voltage.Sent, err error) {
	w.complete(&send, to)
	_, err = w.withQuote(ctx, to.amount(), func(quote *uuid.UUID) error {
		send.QuoteID, asked = quote, true
		var failed error
		sent, failed = w.client.CreateSend(ctx, w.ref(id), send)
		return failed
	})
	return asked, sent, err
}

// check asks for a policy check of a payment with an ID. It needs no quote, and would only use up the quote.
func (w *paymentWallet) check(ctx context.Context, id uuid.UUID, send voltage.NewSend, to *destination) (voltage.Sent, error) {
	w.complete(&send, to)
	return w.client.CheckSend(ctx, w.ref(id), send)
}

// complete adds the fields that depend on the currency of the wallet. A check and the send that promotes it differ only in the quote.
func (w *paymentWallet) complete(send *voltage.NewSend, to *destination) {
	send.Currency = w.currency
	if w.currency == voltage.CurrencyUSD {
		send.Data.Amount = to.amount() // the payment must have the quoted amount
	}
}

// withQuote makes a payment. If the wallet is on a USD line of credit, it requests a quote. If the quote expires before the API has
// accepted the payment, the API refuses the payment and makes nothing. Then withQuote tries again with another quote. It returns the ID of
// the quote.
func (w *paymentWallet) withQuote(ctx context.Context, amount *voltage.Amount, create func(quote *uuid.UUID) error) (*uuid.UUID, error) {
	if w.currency != voltage.CurrencyUSD {
		return nil, create(nil)
	}
	if amount == nil {
		return nil, errors.New("a wallet on a USD line of credit needs a fixed amount")
	}
	for attempt := 1; ; attempt++ {
		quote, err := w.quote(ctx, *amount)
		if err != nil {
			return nil, err
		}
		if quote.Usable(time.Now()) {
			err := create(&quote.ID)
			// Only a refusal proves that nothing was made. After a doubtful answer, there is no second attempt.
			if !voltage.IsType(err, "invalid_quote") || !tfkit.IsRefused(err) {
				return &quote.ID, err
			}
			if attempt == maxQuotes {
				return nil, err
			}
		}
		if attempt == maxQuotes {
			return nil, fmt.Errorf("%d quotes in a row expired before they could be used", maxQuotes)
		}
	}
}

// quote requests a quote and waits until it is created. The quote may already have expired when it returns.
func (w *paymentWallet) quote(ctx context.Context, amount voltage.Amount) (*voltage.Quote, error) {
	id, err := voltage.NewID()
	if err != nil {
		return nil, err
	}
	request := voltage.NewQuote{
		LineOfCreditID: *w.wallet.LineOfCreditID, Network: w.wallet.Network, Amount: amount, To: voltage.CurrencyUSD,
	}
	if amount.Currency == voltage.CurrencyUSD {
		request.To = voltage.CurrencyBTC
	}
	if err := w.client.CreateQuote(ctx, w.ref(id), request); err != nil {
		return nil, fmt.Errorf("the quote for %s was not created: %w", amount, err)
	}
	return voltage.Poll(ctx, w.client, voltage.Wait[*voltage.Quote]{
		For: "the quote for " + amount.String(),
		Read: func(ctx context.Context) (*voltage.Quote, error) {
			return voltage.NilIfNotFound(w.client.GetQuote(ctx, w.ref(id)))
		},
		Done: func(quote *voltage.Quote) (bool, error) {
			switch now := time.Now(); {
			case quote == nil:
				return false, nil
			case quote.Failed():
				if quote.Error == nil {
					return false, fmt.Errorf("the quote for %s failed; the API gives no reason", amount)
				}
				return false, fmt.Errorf("the quote for %s failed: %w", amount, quote.Error)
			default:
				return quote.Usable(now) || quote.Expired(now), nil
			}
		},
		Describe: func(quote *voltage.Quote) string {
			if quote == nil {
				return "no quote with this ID"
			}
			return "requested, not created yet"
		},
	})
}
