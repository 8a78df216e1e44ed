package tfkit

import (
	"context"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Lister is embedded by every list resource: it takes the provider's settings.
type Lister struct {
	Resource
}

// Scope is what a list is read of.
type Scope struct {
	Client       *voltage.Client
	Organization uuid.UUID
	// Environment is uuid.Nil for all of the organization's.
	Environment uuid.UUID
}

// Scope returns what a list resource reads, with its own organization_id and environment_id, or else the provider's.
func (l *Lister) Scope(organization, environment UUID, diags *diag.Diagnostics) Scope {
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

// Results makes the stream of a list, no longer than Terraform has asked for, whose results fill fills in. Diagnostics that have
// an error are the stream's only result: a query that fails is an error, and never a short list.
func Results[T any](ctx context.Context, req list.ListRequest, objects []T, diags diag.Diagnostics, fill func(result *list.ListResult, object *T)) func(func(list.ListResult) bool) {
	if diags.HasError() {
		return list.ListResultsStreamDiagnostics(diags)
	}
	return func(push func(list.ListResult) bool) {
		for i := range objects {
			if req.Limit > 0 && int64(i) >= req.Limit {
				return
			}
			result := req.NewListResult(ctx)
			if fill(&result, &objects[i]); !push(result) {
				return
			}
		}
	}
}
