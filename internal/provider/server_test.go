package provider

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

type key struct{}

// TestLend: a context that is lent has the values and the cancellation of the other one, and nothing of it when the call is over.
func TestLend(t *testing.T) {
	t.Parallel()
	freed := make(chan struct{})
	var kept context.Context
	func() {
		heavy := new([1 << 20]byte)
		runtime.SetFinalizer(heavy, func(*[1 << 20]byte) { close(freed) })
		ctx, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, heavy))
		got, err := lend(ctx, 7, func(ctx context.Context, req int) (int, error) { //nolint:contextcheck // it is the one lent
			child, stop := context.WithCancel(ctx) // as the framework keeps it
			_ = stop
			kept = child
			if ctx.Value(key{}) != heavy || child.Value(key{}) != heavy || ctx.Err() != nil {
				t.Errorf("value %v, %v", ctx.Value(key{}) != nil, ctx.Err())
			}
			cancel(errors.New("stopped"))
			select {
			case <-child.Done():
			case <-time.After(time.Minute):
				t.Error("the cancellation does not come through")
			}
			return req + 1, ctx.Err()
		})
		if got != 8 || !errors.Is(err, context.Canceled) {
			t.Errorf("%d, %v", got, err)
		}
	}()
	if kept.Value(key{}) != nil || kept.Err() == nil {
		t.Errorf("after the call: %v, %v", kept.Value(key{}), kept.Err())
	}
	for range 100 {
		runtime.GC()
		select {
		case <-freed:
			runtime.KeepAlive(kept)
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Error("the other context is still held")
}

// TestServer: what is served knows lists and actions, and lends its contexts.
func TestServer(t *testing.T) {
	t.Parallel()
	served := NewServer("test")()
	if _, ok := served.(*server); !ok {
		t.Fatalf("the framework's server %T lacks what this provider offers", served)
	}
	for name, ok := range map[string]bool{
		"lists": is[tfprotov6.ListResourceServer](served), "actions": is[tfprotov6.ActionServer](served),
	} {
		if !ok {
			t.Errorf("%s are not served", name)
		}
	}
	schema, err := served.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schema.ResourceSchemas) == 0 || len(schema.ActionSchemas) == 0 || len(schema.ListResourceSchemas) == 0 {
		t.Errorf("%v, %v", schema, err)
	}
}

func is[T any](value any) bool {
	_, ok := value.(T)
	return ok
}
