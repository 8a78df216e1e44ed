package tfkit

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Timeouts returns the attribute timeouts of a resource, and adds a description, which the library does not.
func Timeouts(ctx context.Context, opts timeouts.Opts) schema.Attribute {
	attribute := timeouts.Attributes(ctx, opts)
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long to wait until the API has carried out a request that it has accepted. " +
			"Changing a timeout changes nothing in the API."
		return nested
	}
	return attribute
}

// TimeoutDescription describes one of the timeouts. The default timeout is 5 minutes. what is the purpose of the wait, and after is a
// sentence about the result if the timeout expires.
func TimeoutDescription(what, after string) string {
	return fmt.Sprintf("How long to wait for %s, as a number with a unit, such as `90s` or `10m`. Defaults to `5m`. %s", what, after)
}

// NoTimeouts returns the value of timeouts in a listed resource, which has no configuration.
func NoTimeouts() timeouts.Value {
	return timeouts.Value{Object: types.ObjectNull(map[string]attr.Type{
		"create": types.StringType, "update": types.StringType, "delete": types.StringType,
	})}
}
