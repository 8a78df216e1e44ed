package provider

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer makes the server of the provider for Terraform.
//
// The framework's server keeps the context of every call until the provider stops, to be able to cancel it. With the context it keeps
// gRPC's data of the call, some 16 KiB each, which would be most of the memory of a provider with thousands of objects. So NewServer gives
// the calls for each object a context that frees this data when the call ends. The server also refuses numbers that take minutes to read:
// see [longNumber].
func NewServer(version string, options ...Option) func() tfprotov6.ProviderServer {
	p := newProvider(version, options...)
	serve := providerserver.NewProtocol6(p)
	return func() tfprotov6.ProviderServer {
		whole, ok := serve().(downstreamServer)
		if !ok { // cleanServer must cover every call
			panic("the framework's server lacks lists or actions")
		}
		return &server{&cleanServer{downstreamServer: whole, message: p.message}}
	}
}

// downstreamServer has all calls that Terraform can make to this provider. Streams (list resources, actions) outlive their calls, so they
// keep their contexts. They are few.
type downstreamServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

type server struct {
	downstreamServer
}

// ValidateResourceConfig implements [tfprotov6.ResourceServer].
func (s *server) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.ValidateResourceConfigResponse{Diagnostics: refusal}, nil
	}
	return lend(ctx, req, s.downstreamServer.ValidateResourceConfig)
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (s *server) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return lend(ctx, req, s.downstreamServer.UpgradeResourceState)
}

// UpgradeResourceIdentity implements [tfprotov6.ResourceServer].
func (s *server) UpgradeResourceIdentity(
	ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return lend(ctx, req, s.downstreamServer.UpgradeResourceIdentity)
}

// ReadResource implements [tfprotov6.ResourceServer].
func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return lend(ctx, req, s.downstreamServer.ReadResource)
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (s *server) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.PriorState, Diagnostics: refusal}, nil
	}
	return lend(ctx, req, s.downstreamServer.PlanResourceChange)
}

// ApplyResourceChange implements [tfprotov6.ResourceServer].
func (s *server) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.ApplyResourceChangeResponse{NewState: req.PriorState, Diagnostics: refusal}, nil
	}
	return lend(ctx, req, s.downstreamServer.ApplyResourceChange)
}

// ImportResourceState implements [tfprotov6.ResourceServer].
func (s *server) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return lend(ctx, req, s.downstreamServer.ImportResourceState)
}

// ValidateDataResourceConfig implements [tfprotov6.DataSourceServer].
func (s *server) ValidateDataResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.ValidateDataResourceConfigResponse{Diagnostics: refusal}, nil
	}
	return lend(ctx, req, s.downstreamServer.ValidateDataResourceConfig)
}

// ReadDataSource implements [tfprotov6.DataSourceServer].
func (s *server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.ReadDataSourceResponse{Diagnostics: refusal}, nil
	}
	return lend(ctx, req, s.downstreamServer.ReadDataSource)
}

// CallFunction implements [tfprotov6.FunctionServer].
func (s *server) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	for i, argument := range req.Arguments {
		if number, ok := findLongNumber(argument); ok {
			position := int64(i)
			return &tfprotov6.CallFunctionResponse{Error: &tfprotov6.FunctionError{FunctionArgument: &position, Text: fmt.Sprintf(
				"the number has %d digits when it is written out, far more than any amount of bitcoin", number.digits)}}, nil
		}
	}
	return lend(ctx, req, s.downstreamServer.CallFunction)
}

// lend makes a call with a context that replaces ctx during the call, and holds no reference to ctx afterwards.
func lend[Request, Response any](
	ctx context.Context, req Request, call func(context.Context, Request) (Response, error),
) (Response, error) {
	own, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	lent := &lentContext{Context: own}
	lent.values.Store(&ctx)
	defer lent.values.Store(nil) //nolint:contextcheck // it replaces ctx
	return call(lent, req)       //nolint:contextcheck // likewise
}

// lentContext has its own cancellation, and returns the values of another context while that context is lent.
type lentContext struct {
	context.Context
	values atomic.Pointer[context.Context]
}

// Value implements [context.Context].
func (c *lentContext) Value(key any) any {
	if value := c.Context.Value(key); value != nil { // a key of package context, which must find this context and not the lent one
		return value
	}
	if values := c.values.Load(); values != nil {
		return (*values).Value(key)
	}
	return nil
}
