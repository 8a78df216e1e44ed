package simulation

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// errKilled is the error that Terraform gets from a killed provider.
var errKilled = errors.New("the provider was killed")

// stopped is a panic that ends a goroutine of a workspace: its provider was killed, or a check has failed and was recorded.
type stopped struct{}

// guarded runs a function that can end early.
func guarded(f func()) {
	defer func() {
		if cause := recover(); cause != nil {
			if _, ok := cause.(stopped); !ok {
				panic(cause)
			}
		}
	}()
	f()
}

// judge is the testing.TB of a run. It records errors as failures of the run, since a test may expect a failure.
type judge struct {
	testing.TB
	s *simulation
}

// Helper implements [testing.TB].
func (j *judge) Helper() {}

// Context implements [testing.TB].
func (j *judge) Context() context.Context { return j.TB.Context() }

// Errorf implements [testing.TB].
func (j *judge) Errorf(format string, args ...any) { j.s.fail(fmt.Sprintf(format, args...)) }

// Error implements [testing.TB].
func (j *judge) Error(args ...any) { j.s.fail(fmt.Sprint(args...)) }

// Fatalf implements [testing.TB].
func (j *judge) Fatalf(format string, args ...any) {
	j.s.fail(fmt.Sprintf(format, args...))
	panic(stopped{})
}

// Fatal implements [testing.TB].
func (j *judge) Fatal(args ...any) {
	if len(args) == 1 {
		if err, ok := args[0].(error); ok && errors.Is(err, errKilled) {
			panic(stopped{})
		}
	}
	j.s.fail(fmt.Sprint(args...))
	panic(stopped{})
}

// process is one start of the provider. Terraform starts the provider for each walk. A process can be killed.
type process struct {
	workspace *workspace
	name      string // used in the names of its decisions
	kill      func()
	killed    chan struct{}
	// interrupt cancels current and future calls, as Ctrl-C does.
	ctx       context.Context
	interrupt context.CancelFunc

	mu    sync.Mutex
	calls map[string]*rpc // under way, by address
	asked map[string]int  // number of requests of each address
}

// rpc is a call of the provider about one object.
type rpc struct {
	address string
	process *process
	// created are the IDs in its requests for new objects, in the order of their arrival at the API.
	created       []string
	ended, killed bool
}

// alive reports whether the provider still runs.
func (p *process) alive() bool {
	select {
	case <-p.killed:
		return false
	default:
		return true
	}
}

// start starts the provider for a workspace.
func (w *workspace) start(name string) (*process, *acctest.Protocol) {
	p := &process{
		workspace: w, name: name, killed: make(chan struct{}), calls: map[string]*rpc{}, asked: map[string]int{},
	}
	p.kill = sync.OnceFunc(func() { close(p.killed) })
	p.ctx, p.interrupt = context.WithCancel(w.s.ctx)
	world := w.world.Through(func(next http.RoundTripper) http.RoundTripper { return &network{process: p, next: next} })
	world.Pace.Jitter = w.s.numbers("jitter " + name)
	world.Pace.ListLife = 0 // the default
	world.Wrap = func(server tfprotov6.ProviderServer) tfprotov6.ProviderServer {
		return &mortal{server.(whole), p}
	}
	protocol := world.Protocol(w.s.judge, w.provider)
	return p, protocol
}

// addressKey is the key of the object's address in the context of a call.
type addressKey struct{}

// call makes a call about an object. It returns false if the provider was killed in the meantime.
func (p *process) call(address string, f func(ctx context.Context)) (*rpc, bool) {
	if !p.alive() {
		return nil, false
	}
	c := &rpc{address: address, process: p}
	p.mu.Lock()
	p.calls[address] = c
	p.mu.Unlock()
	completed := false
	guarded(func() {
		f(context.WithValue(p.ctx, addressKey{}, address))
		completed = true
	})
	// Calls that have waited for the same answer do not return at the same time.
	time.Sleep(time.Duration(1 + p.workspace.s.of(fmt.Sprint("return ", p.name, address, time.Now().UnixNano())).IntN(1_000_000)))
	p.mu.Lock()
	delete(p.calls, address)
	c.ended, c.killed = true, !completed
	p.mu.Unlock()
	return c, completed
}

// of returns the call of a request. It returns nil for a list that serves several calls.
func (p *process) of(ctx context.Context) (*rpc, string) {
	address, _ := ctx.Value(addressKey{}).(string)
	p.mu.Lock()
	defer p.mu.Unlock()
	number := p.asked[address]
	p.asked[address]++
	return p.calls[address], fmt.Sprintf("%s/%s/%d", p.name, address, number)
}

// whole has all calls that Terraform can make to the provider.
type whole interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// mortal is a provider that can be killed. Then the current call ends at once without a result.
type mortal struct {
	whole
	process *process
}

// during makes a call of the provider, which ends when the provider is killed.
func during[Request, Response any](
	p *process, ctx context.Context, req Request, call func(context.Context, Request) (Response, error),
) (Response, error) {
	type result struct {
		response Response
		err      error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	returned := make(chan result, 1)
	go func() {
		response, err := call(ctx, req)
		returned <- result{response, err}
	}()
	select {
	case r := <-returned:
		if p.alive() {
			return r.response, r.err
		}
	case <-p.killed:
	}
	var none Response
	return none, errKilled
}

// ReadResource implements [tfprotov6.ResourceServer].
func (m *mortal) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return during(m.process, ctx, req, m.whole.ReadResource)
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (m *mortal) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return during(m.process, ctx, req, m.whole.PlanResourceChange)
}

// ApplyResourceChange implements [tfprotov6.ResourceServer].
func (m *mortal) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return during(m.process, ctx, req, m.whole.ApplyResourceChange)
}

// ImportResourceState implements [tfprotov6.ResourceServer].
func (m *mortal) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return during(m.process, ctx, req, m.whole.ImportResourceState)
}

// ReadDataSource implements [tfprotov6.DataSourceServer].
func (m *mortal) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return during(m.process, ctx, req, m.whole.ReadDataSource)
}

// PlanAction implements [tfprotov6.ActionServer].
func (m *mortal) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return during(m.process, ctx, req, m.whole.PlanAction)
}

// InvokeAction implements [tfprotov6.ActionServer].
func (m *mortal) InvokeAction(
	ctx context.Context, req *tfprotov6.InvokeActionRequest,
) (*tfprotov6.InvokeActionServerStream, error) {
	return during(m.process, ctx,
		req, func(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
			stream, err := m.whole.InvokeAction(ctx, req)
			if err != nil {
				return nil, err
			}
			events := slices.Collect(stream.Events) // the complete action runs within the call
			return &tfprotov6.InvokeActionServerStream{Events: slices.Values(events)}, nil
		})
}

// ListResource implements [tfprotov6.ListResourceServer].
func (m *mortal) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	return during(m.process, ctx,
		req, func(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
			stream, err := m.whole.ListResource(ctx, req)
			if err != nil {
				return nil, err
			}
			results := slices.Collect(stream.Results)
			return &tfprotov6.ListResourceServerStream{Results: slices.Values(results)}, nil
		})
}

// short is the first line of a text.
func short(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
