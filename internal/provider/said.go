package provider

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// said cleans what an answer says to people: its diagnostics. Everything that the provider says passes through here or through a stream
// below, whoever has made it, so that no text of the API can reach a terminal or a log in another way.
func said[Response any](s *server) func(*Response, error) (*Response, error) {
	return func(resp *Response, err error) (*Response, error) {
		if resp != nil {
			if field := reflect.ValueOf(resp).Elem().FieldByName("Diagnostics"); field.IsValid() {
				if diagnostics, ok := field.Interface().([]*tfprotov6.Diagnostic); ok {
					s.clean(diagnostics)
				}
			}
		}
		return resp, err
	}
}

func (s *server) clean(diagnostics []*tfprotov6.Diagnostic) {
	for _, diagnostic := range diagnostics {
		diagnostic.Summary, diagnostic.Detail = s.message(diagnostic.Summary), s.message(diagnostic.Detail)
	}
}

// message is [voltage.Client.Message] of the client that the provider was configured with.
func (p *voltageProvider) message(text string) string { return p.client.Load().Message(text) }

// GetMetadata implements [tfprotov6.ProviderServer].
func (s *server) GetMetadata(ctx context.Context, req *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return said[tfprotov6.GetMetadataResponse](s)(s.downstreamServer.GetMetadata(s.logged(ctx), req))
}

// GetProviderSchema implements [tfprotov6.ProviderServer].
func (s *server) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return said[tfprotov6.GetProviderSchemaResponse](s)(s.downstreamServer.GetProviderSchema(s.logged(ctx), req))
}

// GetResourceIdentitySchemas implements [tfprotov6.ProviderServer].
func (s *server) GetResourceIdentitySchemas(
	ctx context.Context, req *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return said[tfprotov6.GetResourceIdentitySchemasResponse](s)(s.downstreamServer.GetResourceIdentitySchemas(s.logged(ctx), req))
}

// ValidateProviderConfig implements [tfprotov6.ProviderServer].
func (s *server) ValidateProviderConfig(ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	resp, err := said[tfprotov6.ValidateProviderConfigResponse](s)(s.downstreamServer.ValidateProviderConfig(s.logged(ctx), req))
	if err == nil && refuses(resp.Diagnostics) {
		resp.Diagnostics = s.wholeNumbers(ctx, func(all *tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema { return all.Provider }, req.Config, resp.Diagnostics)
	}
	return resp, err
}

// ConfigureProvider implements [tfprotov6.ProviderServer].
func (s *server) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return said[tfprotov6.ConfigureProviderResponse](s)(s.downstreamServer.ConfigureProvider(s.logged(ctx), req))
}

// StopProvider implements [tfprotov6.ProviderServer].
func (s *server) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	resp, err := s.downstreamServer.StopProvider(s.logged(ctx), req)
	if resp != nil {
		resp.Error = s.message(resp.Error)
	}
	return resp, err //nolint:wrapcheck // the framework's
}

// MoveResourceState implements [tfprotov6.ResourceServer].
func (s *server) MoveResourceState(ctx context.Context, req *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	return said[tfprotov6.MoveResourceStateResponse](s)(s.downstreamServer.MoveResourceState(s.logged(ctx), req))
}

// GenerateResourceConfig hands on what the framework has for terraform query.
func (s *server) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return said[tfprotov6.GenerateResourceConfigResponse](s)(s.downstreamServer.GenerateResourceConfig(s.logged(ctx), req))
}

// GetFunctions implements [tfprotov6.FunctionServer].
func (s *server) GetFunctions(ctx context.Context, req *tfprotov6.GetFunctionsRequest) (*tfprotov6.GetFunctionsResponse, error) {
	return said[tfprotov6.GetFunctionsResponse](s)(s.downstreamServer.GetFunctions(s.logged(ctx), req))
}

// ValidateEphemeralResourceConfig implements [tfprotov6.EphemeralResourceServer].
func (s *server) ValidateEphemeralResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest,
) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return said[tfprotov6.ValidateEphemeralResourceConfigResponse](s)(s.downstreamServer.ValidateEphemeralResourceConfig(s.logged(ctx), req))
}

// OpenEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (s *server) OpenEphemeralResource(ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return said[tfprotov6.OpenEphemeralResourceResponse](s)(s.downstreamServer.OpenEphemeralResource(s.logged(ctx), req))
}

// RenewEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (s *server) RenewEphemeralResource(ctx context.Context, req *tfprotov6.RenewEphemeralResourceRequest) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return said[tfprotov6.RenewEphemeralResourceResponse](s)(s.downstreamServer.RenewEphemeralResource(s.logged(ctx), req))
}

// CloseEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (s *server) CloseEphemeralResource(ctx context.Context, req *tfprotov6.CloseEphemeralResourceRequest) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return said[tfprotov6.CloseEphemeralResourceResponse](s)(s.downstreamServer.CloseEphemeralResource(s.logged(ctx), req))
}

// ValidateListResourceConfig implements [tfprotov6.ListResourceServer].
func (s *server) ValidateListResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest,
) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	resp, err := said[tfprotov6.ValidateListResourceConfigResponse](s)(s.downstreamServer.ValidateListResourceConfig(s.logged(ctx), req))
	if err == nil && refuses(resp.Diagnostics) {
		resp.Diagnostics = s.wholeNumbers(ctx, func(all *tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
			return all.ListResourceSchemas[req.TypeName]
		}, req.Config, resp.Diagnostics)
	}
	return resp, err
}

// ListResource implements [tfprotov6.ListResourceServer].
func (s *server) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	stream, err := s.downstreamServer.ListResource(s.logged(ctx), req)
	if err != nil {
		return stream, err //nolint:wrapcheck // the framework's
	}
	results := stream.Results
	return &tfprotov6.ListResourceServerStream{Results: func(yield func(tfprotov6.ListResourceResult) bool) {
		for result := range results {
			result.DisplayName = s.message(result.DisplayName)
			if s.clean(result.Diagnostics); !yield(result) {
				return
			}
		}
	}}, nil
}

// ValidateActionConfig implements [tfprotov6.ActionServer].
func (s *server) ValidateActionConfig(ctx context.Context, req *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	resp, err := said[tfprotov6.ValidateActionConfigResponse](s)(s.downstreamServer.ValidateActionConfig(s.logged(ctx), req))
	if err == nil && refuses(resp.Diagnostics) {
		resp.Diagnostics = s.wholeNumbers(ctx, func(all *tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
			if action := all.ActionSchemas[req.ActionType]; action != nil {
				return action.Schema
			}
			return nil
		}, req.Config, resp.Diagnostics)
	}
	return resp, err
}

// PlanAction implements [tfprotov6.ActionServer].
func (s *server) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return said[tfprotov6.PlanActionResponse](s)(s.downstreamServer.PlanAction(s.logged(ctx), req))
}

// InvokeAction implements [tfprotov6.ActionServer].
func (s *server) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := s.downstreamServer.InvokeAction(s.logged(ctx), req)
	if err != nil {
		return stream, err //nolint:wrapcheck // the framework's
	}
	events := stream.Events
	return &tfprotov6.InvokeActionServerStream{Events: func(yield func(tfprotov6.InvokeActionEvent) bool) {
		for event := range events {
			switch typed := event.Type.(type) {
			case tfprotov6.ProgressInvokeActionEventType:
				typed.Message = s.message(typed.Message)
				event.Type = typed
			case tfprotov6.CompletedInvokeActionEventType:
				s.clean(typed.Diagnostics)
			}
			if !yield(event) {
				return
			}
		}
	}}, nil
}
