package provider

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// cleanServer wraps the framework's server. All texts of the provider for people and logs pass through it, so that no text of the API
// reaches a terminal or a log without being cleaned.
type cleanServer struct {
	downstreamServer
	// message makes a text safe to show: see [voltage.Client.Message].
	message func(string) string
	// configured is true once Terraform has configured the provider. Terraform never configures a mocked provider.
	configured atomic.Bool

	schemas sync.Once
	schema  *tfprotov6.GetProviderSchemaResponse
}

// logged returns a context that cleans the logs written with it.
func (s *cleanServer) logged(ctx context.Context) context.Context {
	return loggedContext{ctx, s.message}
}

// said returns a function that cleans the diagnostics of an answer.
func said[Response any](s *cleanServer) func(*Response, error) (*Response, error) {
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

func (s *cleanServer) clean(diagnostics []*tfprotov6.Diagnostic) {
	for _, diagnostic := range diagnostics {
		diagnostic.Summary, diagnostic.Detail = s.message(diagnostic.Summary), s.message(diagnostic.Detail)
	}
}

// message is [voltage.Client.Message] of the client that the provider was configured with.
func (p *voltageProvider) message(text string) string { return p.client.Load().Message(text) }

// GetMetadata implements [tfprotov6.ProviderServer].
func (s *cleanServer) GetMetadata(ctx context.Context, req *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return said[tfprotov6.GetMetadataResponse](s)(s.downstreamServer.GetMetadata(s.logged(ctx), req))
}

// GetProviderSchema implements [tfprotov6.ProviderServer].
func (s *cleanServer) GetProviderSchema(
	ctx context.Context, req *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	return said[tfprotov6.GetProviderSchemaResponse](s)(s.downstreamServer.GetProviderSchema(s.logged(ctx), req))
}

// GetResourceIdentitySchemas implements [tfprotov6.ProviderServer].
func (s *cleanServer) GetResourceIdentitySchemas(
	ctx context.Context, req *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return said[tfprotov6.GetResourceIdentitySchemasResponse](s)(s.downstreamServer.GetResourceIdentitySchemas(s.logged(ctx), req))
}

// ValidateProviderConfig implements [tfprotov6.ProviderServer].
func (s *cleanServer) ValidateProviderConfig(
	ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	resp, err := said[tfprotov6.ValidateProviderConfigResponse](s)(s.downstreamServer.ValidateProviderConfig(s.logged(ctx), req))
	if err == nil && refuses(resp.Diagnostics) {
		resp.Diagnostics = s.wholeNumbers(ctx, func(all *tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
			return all.Provider
		}, req.Config, resp.Diagnostics)
	}
	return resp, err
}

// ConfigureProvider implements [tfprotov6.ProviderServer].
func (s *cleanServer) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	s.configured.Store(true)
	return said[tfprotov6.ConfigureProviderResponse](s)(s.downstreamServer.ConfigureProvider(s.logged(ctx), req))
}

// StopProvider implements [tfprotov6.ProviderServer].
func (s *cleanServer) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	resp, err := s.downstreamServer.StopProvider(s.logged(ctx), req)
	if resp != nil {
		resp.Error = s.message(resp.Error)
	}
	return resp, err
}

// MoveResourceState implements [tfprotov6.ResourceServer].
func (s *cleanServer) MoveResourceState(
	ctx context.Context, req *tfprotov6.MoveResourceStateRequest,
) (*tfprotov6.MoveResourceStateResponse, error) {
	return said[tfprotov6.MoveResourceStateResponse](s)(s.downstreamServer.MoveResourceState(s.logged(ctx), req))
}

// GetFunctions implements [tfprotov6.FunctionServer].
func (s *cleanServer) GetFunctions(ctx context.Context, req *tfprotov6.GetFunctionsRequest) (*tfprotov6.GetFunctionsResponse, error) {
	return said[tfprotov6.GetFunctionsResponse](s)(s.downstreamServer.GetFunctions(s.logged(ctx), req))
}

// ValidateEphemeralResourceConfig implements [tfprotov6.EphemeralResourceServer].
func (s *cleanServer) ValidateEphemeralResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest,
) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return said[tfprotov6.ValidateEphemeralResourceConfigResponse](s)(s.downstreamServer.ValidateEphemeralResourceConfig(s.logged(ctx), req))
}

// OpenEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (s *cleanServer) OpenEphemeralResource(
	ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return said[tfprotov6.OpenEphemeralResourceResponse](s)(s.downstreamServer.OpenEphemeralResource(s.logged(ctx), req))
}

// RenewEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (s *cleanServer) RenewEphemeralResource(
	ctx context.Context, req *tfprotov6.RenewEphemeralResourceRequest,
) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return said[tfprotov6.RenewEphemeralResourceResponse](s)(s.downstreamServer.RenewEphemeralResource(s.logged(ctx), req))
}

// CloseEphemeralResource implements [tfprotov6.EphemeralResourceServer].
func (s *cleanServer) CloseEphemeralResource(
	ctx context.Context, req *tfprotov6.CloseEphemeralResourceRequest,
) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return said[tfprotov6.CloseEphemeralResourceResponse](s)(s.downstreamServer.CloseEphemeralResource(s.logged(ctx), req))
}

// ValidateListResourceConfig implements [tfprotov6.ListResourceServer].
func (s *cleanServer) ValidateListResourceConfig(
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
func (s *cleanServer) ListResource(
	ctx context.Context, req *tfprotov6.ListResourceRequest,
) (*tfprotov6.ListResourceServerStream, error) {
	stream, err := s.downstreamServer.ListResource(s.logged(ctx), req)
	if err != nil {
		return stream, err
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
func (s *cleanServer) ValidateActionConfig(
	ctx context.Context, req *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
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
func (s *cleanServer) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return said[tfprotov6.PlanActionResponse](s)(s.downstreamServer.PlanAction(s.logged(ctx), req))
}

// InvokeAction implements [tfprotov6.ActionServer].
func (s *cleanServer) InvokeAction(
	ctx context.Context, req *tfprotov6.InvokeActionRequest,
) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := s.downstreamServer.InvokeAction(s.logged(ctx), req)
	if err != nil {
		return stream, err
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

// ValidateResourceConfig implements [tfprotov6.ResourceServer].
func (s *cleanServer) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp, err := said[tfprotov6.ValidateResourceConfigResponse](s)(s.downstreamServer.ValidateResourceConfig(s.logged(ctx), req))
	if err == nil && refuses(resp.Diagnostics) {
		of := func(all *tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
			return all.ResourceSchemas[req.TypeName]
		}
		resp.Diagnostics = s.accepting(ctx, of, req.Config, s.wholeNumbers(ctx, of, req.Config, resp.Diagnostics))
	}
	return resp, err
}

// ValidateDataResourceConfig implements [tfprotov6.DataSourceServer].
func (s *cleanServer) ValidateDataResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	resp, err := said[tfprotov6.ValidateDataResourceConfigResponse](s)(s.downstreamServer.ValidateDataResourceConfig(s.logged(ctx), req))
	if err == nil && refuses(resp.Diagnostics) {
		of := func(all *tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema {
			return all.DataSourceSchemas[req.TypeName]
		}
		resp.Diagnostics = s.accepting(ctx, of, req.Config, s.wholeNumbers(ctx, of, req.Config, resp.Diagnostics))
	}
	return resp, err
}

// CallFunction implements [tfprotov6.FunctionServer].
func (s *cleanServer) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	resp, err := s.downstreamServer.CallFunction(s.logged(ctx), req)
	if err == nil && resp.Error != nil {
		resp.Error.Text = s.message(resp.Error.Text)
	}
	return resp, err
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (s *cleanServer) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return said[tfprotov6.UpgradeResourceStateResponse](s)(s.downstreamServer.UpgradeResourceState(s.logged(ctx), req))
}

// UpgradeResourceIdentity implements [tfprotov6.ResourceServer].
func (s *cleanServer) UpgradeResourceIdentity(
	ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return said[tfprotov6.UpgradeResourceIdentityResponse](s)(s.downstreamServer.UpgradeResourceIdentity(s.logged(ctx), req))
}

// ReadResource implements [tfprotov6.ResourceServer].
func (s *cleanServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return said[tfprotov6.ReadResourceResponse](s)(s.downstreamServer.ReadResource(s.logged(ctx), req))
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (s *cleanServer) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return said[tfprotov6.PlanResourceChangeResponse](s)(s.downstreamServer.PlanResourceChange(s.logged(ctx), req))
}

// ApplyResourceChange implements [tfprotov6.ResourceServer].
func (s *cleanServer) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return said[tfprotov6.ApplyResourceChangeResponse](s)(s.downstreamServer.ApplyResourceChange(s.logged(ctx), req))
}

// ImportResourceState implements [tfprotov6.ResourceServer].
func (s *cleanServer) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return said[tfprotov6.ImportResourceStateResponse](s)(s.downstreamServer.ImportResourceState(s.logged(ctx), req))
}

// ReadDataSource implements [tfprotov6.DataSourceServer].
func (s *cleanServer) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return said[tfprotov6.ReadDataSourceResponse](s)(s.downstreamServer.ReadDataSource(s.logged(ctx), req))
}

// GenerateResourceConfig implements [tfprotov6.ResourceServer].
func (s *cleanServer) GenerateResourceConfig(
	ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest,
) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return said[tfprotov6.GenerateResourceConfigResponse](s)(s.downstreamServer.GenerateResourceConfig(s.logged(ctx), req))
}
