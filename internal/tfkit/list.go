package tfkit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// ListResource lists the objects of one resource, for terraform query to find and to import. F is the model of its configuration, which
// embeds [ListArguments], and T is an object of the API.
type ListResource[F interface {
	ids() (organization, environment UUID)
}, T any] struct {
	Resource

	// Lists is the resource whose objects are listed. The list resource has its type.
	Lists resource.Resource
	// Objects names the objects in messages: "wallets".
	Objects string
	// Description describes the list resource.
	Description string
	// Arguments are the attributes of F. The data source that lists the same objects has the same attributes.
	Arguments map[string]schema.Attribute
	// NotRead is the message of a list that could not be read.
	NotRead *Message
	// Read returns the objects that match the configuration.
	Read func(ctx context.Context, scope Scope, filter F) ([]T, error)
	// Show returns the name of an object and its state.
	Show func(ctx context.Context, object *T) (name string, state Model, diags diag.Diagnostics)
}

// Metadata implements [list.ListResource].
func (l *ListResource[F, T]) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	l.Lists.Metadata(ctx, req, resp)
}

// ListResourceConfigSchema implements [list.ListResource].
func (l *ListResource[F, T]) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = listschema.Schema{MarkdownDescription: l.Description, Attributes: map[string]listschema.Attribute{}}
	for name, attribute := range l.Arguments {
		switch attribute := attribute.(type) {
		case schema.StringAttribute:
			resp.Schema.Attributes[name] = listschema.StringAttribute{
				MarkdownDescription: attribute.MarkdownDescription, Optional: true, CustomType: attribute.CustomType, Validators: attribute.Validators,
			}
		case schema.MapAttribute:
			resp.Schema.Attributes[name] = listschema.MapAttribute{
				MarkdownDescription: attribute.MarkdownDescription, Optional: true,
				ElementType: attribute.ElementType, Validators: attribute.Validators,
			}
		}
	}
}

// List implements [list.ListResource]. If the query fails, it returns an error and never an incomplete list.
func (l *ListResource[F, T]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var filter F
	diags := req.Config.Get(ctx, &filter)
	scope := l.scope(filter, &diags)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	objects, err := l.Read(ctx, scope, filter)
	if err != nil {
		diags.Append(Failure{
			Message: l.NotRead, Object: scope.Objects(l.Objects), Err: err,
		}.Diagnostic())
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	if req.Limit > 0 && int64(len(objects)) > req.Limit {
		objects = objects[:req.Limit]
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for i := range objects {
			if !push(l.result(ctx, req, &objects[i])) {
				return
			}
		}
	}
}

// scope returns the organization and the environment of the configuration, which default to the values of the provider.
func (l *ListResource[F, T]) scope(filter F, diags *diag.Diagnostics) Scope {
	organization, environment := filter.ids()
	client, got := l.Settings.RequireClient()
	diags.Append(got...)
	scope := Scope{Client: client}
	scope.Organization, _ = l.Settings.Organization(organization, diags).ID()
	if environment.IsNull() {
		environment = l.Settings.EnvironmentID
	}
	scope.Environment, _ = environment.ID()
	return scope
}

// result returns the result of a query for one object.
func (l *ListResource[F, T]) result(ctx context.Context, req list.ListRequest, object *T) list.ListResult {
	result := req.NewListResult(ctx)
	name, state, diags := l.Show(ctx, object)
	result.DisplayName = voltage.Clean(name)
	result.Diagnostics.Append(diags...)
	result.Diagnostics.Append(Identify(ctx, state, result.Identity)...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, state)...)
	}
	return result
}
