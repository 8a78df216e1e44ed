package tfkit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
)

// InvokeTimeouts returns the attribute timeouts of an action. The default timeout is 5 minutes. See [TimeoutDescription] for what and
// after.
func InvokeTimeouts(ctx context.Context, what, after string) schema.Attribute {
	attribute := timeouts.AttributesWithOpts(ctx, timeouts.Opts{InvokeDescription: TimeoutDescription(what, after)})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok { // the library adds no description
		nested.MarkdownDescription = "How long to wait for the API."
		return nested
	}
	return attribute
}
