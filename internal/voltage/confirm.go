package voltage

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

// If the provider believes that an object no longer exists, it removes the object from the state, and the next apply creates another one.
// So one 404 is not enough: it counts only if a list, which is another endpoint, lacks the object, too.

// GetConfirmedWallet is a [Settled] GetWallet that confirms a 404 with a list, which includes inactive wallets. If only the list has the
// wallet, it returns the wallet of the list.
func (c *Client) GetConfirmedWallet(ctx context.Context, ref Ref) (*Wallet, error) {
	wallet, err := Settled(ctx, c, ref, c.GetWallet)
	if !IsNotFound(err) {
		return wallet, err
	}
	listed, listErr := c.walletWitness.ask(ctx, ref.scope())
	return confirmed(ref.ID, listed, func(w *Wallet) uuid.UUID { return w.ID }, err, listErr)
}

// GetConfirmedWebhook is a [Settled] GetWebhook that confirms a 404 with a list.
func (c *Client) GetConfirmedWebhook(ctx context.Context, ref Ref) (*Webhook, error) {
	webhook, err := Settled(ctx, c, ref, c.GetWebhook)
	if !IsNotFound(err) {
		return webhook, err
	}
	listed, listErr := c.webhookWitness.ask(ctx, ref.scope())
	return confirmed(ref.ID, listed, func(w *Webhook) uuid.UUID { return w.ID }, err, listErr)
}

// GetConfirmedPayment is a [Settled] GetPayment that confirms a 404 with a list of the wallet's payments. The list covers the time of
// creation, and the duration about before and after it. The zero time stands for any time.
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

// confirmed compares a 404 with a list: the list decides whether the object exists.
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

// unconfirmed returns the error for a 404 that no list has confirmed. It is not the 404 itself: [IsNotFound] must not report it.
func unconfirmed(notFound, listErr error) error {
	return fmt.Errorf("%s, and the list that would confirm it could not be read: %w", notFound.Error(), listErr)
}

// witness requests lists that confirm the 404 of single reads. A list can answer a question if it was requested after the question, or if
// it is at most some seconds old and newer than every write of this client. So a few lists are enough for many missing objects.
type witness[T any] struct {
	life time.Duration
	list func(ctx context.Context, of scope) ([]T, error)

	mu     sync.Mutex
	queued map[scope]*testimony[T] // not requested yet
	busy   map[scope]bool
	last   map[scope]*testimony[T]
	wrote  time.Time
}

// testimony is a list that was requested. done is closed when the answer has arrived.
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

// invalidate marks every list that was requested until now as too old. It is called after each write, even if the write failed.
func (w *witness[T]) invalidate() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wrote = time.Now()
}

// ask returns the objects of an environment from a list that is new enough.
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

// serve requests one list after another, as long as a caller waits for one.
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
