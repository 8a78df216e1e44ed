package voltage

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Whoever believes that an object no longer exists takes it out of the state, and the next apply creates another one. So the word of one
// endpoint is not enough: a 404 counts when a list, which is another endpoint, lacks the object, too.

// GetConfirmedWallet is a [Settled] GetWallet whose 404 was confirmed by a list that includes inactive wallets. It returns the wallet as
// the list has it where only the list has it.
func (c *Client) GetConfirmedWallet(ctx context.Context, ref Ref) (*Wallet, error) {
	wallet, err := Settled(ctx, c, ref, c.GetWallet)
	if !IsNotFound(err) {
		return wallet, err
	}
	listed, listErr := c.walletWitness.ask(ctx, ref.scope())
	return confirmed(ref.ID, listed, func(w *Wallet) uuid.UUID { return w.ID }, err, listErr)
}

// GetConfirmedWebhook is a [Settled] GetWebhook whose 404 was confirmed by a list.
func (c *Client) GetConfirmedWebhook(ctx context.Context, ref Ref) (*Webhook, error) {
	webhook, err := Settled(ctx, c, ref, c.GetWebhook)
	if !IsNotFound(err) {
		return webhook, err
	}
	listed, listErr := c.webhookWitness.ask(ctx, ref.scope())
	return confirmed(ref.ID, listed, func(w *Webhook) uuid.UUID { return w.ID }, err, listErr)
}

// GetConfirmedPayment is a [Settled] GetPayment whose 404 was confirmed by a list of the wallet's payments that were created about a time.
// The zero time stands for any time.
func (c *Client) GetConfirmedPayment(
	ctx context.Context, ref Ref, wallet uuid.UUID, created time.Time, about time.Duration,
) (*Payment, error) {
	payment, err := Settled(ctx, c, ref, c.GetPayment)
	if !IsNotFound(err) {
		return payment, err
	}
	filter := PaymentFilter{WalletID: wallet}
	if !created.IsZero() {
		filter.StartDate, filter.EndDate = created.Add(-about).UTC().Format(time.RFC3339), created.Add(about).UTC().Format(time.RFC3339)
	}
	for found, listErr := range c.ListPayments(ctx, ref.OrganizationID, ref.EnvironmentID, filter) {
		if listErr != nil {
			return nil, unconfirmed(err, listErr)
		}
		if found.ID == ref.ID {
			return &found, nil
		}
	}
	return nil, err
}

// confirmed decides between a 404 and the list that has the last word on it.
func confirmed[T any](id uuid.UUID, listed []T, idOf func(*T) uuid.UUID, notFound, listErr error) (*T, error) {
	if listErr != nil {
		return nil, unconfirmed(notFound, listErr)
	}
	for i := range listed {
		if idOf(&listed[i]) == id {
			return &listed[i], nil
		}
	}
	return nil, notFound
}

// unconfirmed is the error of a 404 that no list has confirmed. It is not the 404 itself: [IsNotFound] must not report it.
func unconfirmed(notFound, listErr error) error {
	return fmt.Errorf("%s, and the list that would confirm it could not be read: %w", notFound.Error(), listErr)
}

// witness requests lists that confirm what single reads said. A list that was requested after a question, and one of the last seconds that
// is newer than every write of this client, answers it: many objects that are gone cost few lists.
type witness[T any] struct {
	life time.Duration
	list func(ctx context.Context, of scope) ([]T, error)

	mu     sync.Mutex
	queued map[scope]*testimony[T] // not requested yet
	busy   map[scope]bool
	last   map[scope]*testimony[T]
	wrote  time.Time
}

// testimony is a list that is requested, or has come.
type testimony[T any] struct {
	done      chan struct{}
	requested time.Time
	objects   []T
	err       error
}

func newWitness[T any](life time.Duration, list func(context.Context, scope) ([]T, error)) *witness[T] {
	return &witness[T]{
		life: life, list: list,
		queued: map[scope]*testimony[T]{}, busy: map[scope]bool{}, last: map[scope]*testimony[T]{},
	}
}

// invalidate makes every list that was requested until now useless. It is called when a write has ended, however it did.
func (w *witness[T]) invalidate() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wrote = time.Now()
}

// ask returns the objects of a scope.
func (w *witness[T]) ask(ctx context.Context, of scope) ([]T, error) {
	w.mu.Lock()
	if last := w.last[of]; last != nil && last.requested.After(w.wrote) && time.Since(last.requested) < w.life {
		w.mu.Unlock()
		return last.objects, nil
	}
	answer := w.queued[of]
	if answer == nil {
		answer = &testimony[T]{done: make(chan struct{})}
		w.queued[of] = answer
		if !w.busy[of] {
			w.busy[of] = true
			go w.serve(context.WithoutCancel(ctx), of)
		}
	}
	w.mu.Unlock()
	select {
	case <-answer.done:
		return answer.objects, answer.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// serve requests lists one after the other, as long as somebody waits for one.
func (w *witness[T]) serve(ctx context.Context, of scope) {
	for {
		w.mu.Lock()
		answer := w.queued[of]
		delete(w.queued, of)
		if answer == nil {
			w.busy[of] = false
			w.mu.Unlock()
			return
		}
		answer.requested = time.Now()
		w.mu.Unlock()
		answer.objects, answer.err = w.list(ctx, of)
		w.mu.Lock()
		if answer.err == nil {
			w.last[of] = answer
		}
		close(answer.done)
		w.mu.Unlock()
	}
}
