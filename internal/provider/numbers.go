package provider

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

// maxDigits is the largest number of digits that a number may have. No amount of bitcoin, limit or count has more than 30 digits and
// decimals. The result of a computation in Terraform, such as a third of an amount, has at most a few hundred.
const maxDigits = 1000

// longNumber is a number that takes minutes to read.
//
// Terraform writes 1e10000000 with all of its ten million digits. plugin-go reads them before a function or a validator sees the number,
// and its work grows faster than the square of the digits. So the number must be refused while it is still text.
type longNumber struct {
	// at is the path of attributes and keys to the number.
	at     []string
	digits int
}

// findLongNumber looks for a number of more than [maxDigits] digits in an argument or a configuration as Terraform sends it. It does not
// know the types, so it also finds a text that consists of digits. No attribute of this provider accepts such a long text of digits.
func findLongNumber(value *tfprotov6.DynamicValue) (*longNumber, bool) {
	if value == nil || len(value.MsgPack) <= maxDigits {
		return nil, false // nearly every configuration is too short for such a number
	}
	return (&longNumber{}).find(msgpack.NewDecoder(bytes.NewReader(value.MsgPack)))
}

// find stops at invalid msgpack. The framework reports it when it reads the value.
func (n *longNumber) find(values *msgpack.Decoder) (*longNumber, bool) {
	code, err := values.PeekCode()
	if err != nil {
		return nil, false
	}
	switch {
	case msgpcode.IsFixedMap(code), code == msgpcode.Map16, code == msgpcode.Map32:
		count, err := values.DecodeMapLen()
		for ; err == nil && count > 0; count-- {
			key, err := values.DecodeString()
			if err != nil {
				return nil, false
			}
			if found, ok := (&longNumber{at: append(slices.Clip(n.at), key)}).find(values); ok {
				return found, true
			}
		}
	case msgpcode.IsFixedArray(code), code == msgpcode.Array16, code == msgpcode.Array32:
		count, err := values.DecodeArrayLen()
		for ; err == nil && count > 0; count-- {
			if found, ok := n.find(values); ok {
				return found, true
			}
		}
	case msgpcode.IsString(code):
		text, err := values.DecodeString()
		if err == nil && len(text) > maxDigits && strings.Trim(text, "-.0123456789") == "" {
			return &longNumber{at: n.at, digits: len(text)}, true
		}
	default:
		if err := values.Skip(); err != nil {
			return nil, false
		}
	}
	return nil, false
}

var longNumberRefused = tfkit.Declare(tfkit.Message{
	Summary: "Number Out of Range",
	Detail:  "The number in {ATTRIBUTE} has {DIGITS} digits. An amount, limit or count has at most 19 digits.",
	Next:    []string{"Correct the number. Then run Terraform again."},
})

// refuseLongNumber returns an error for a configuration with a number that takes minutes to read.
func refuseLongNumber(config *tfprotov6.DynamicValue) []*tfprotov6.Diagnostic {
	number, ok := findLongNumber(config)
	if !ok {
		return nil
	}
	attribute := tftypes.NewAttributePath()
	if len(number.at) > 0 {
		attribute = attribute.WithAttributeName(number.at[0])
	}
	return []*tfprotov6.Diagnostic{errorAt(attribute, longNumberRefused, tfkit.Values{
		"ATTRIBUTE": strings.Join(number.at, "."), "DIGITS": number.digits,
	})}
}

// ValidateProviderConfig implements [tfprotov6.ProviderServer].
func (s *server) ValidateProviderConfig(
	ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: req.Config, Diagnostics: refusal}, nil
	}
	return s.downstreamServer.ValidateProviderConfig(ctx, req)
}

// ConfigureProvider implements [tfprotov6.ProviderServer].
func (s *server) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.ConfigureProviderResponse{Diagnostics: refusal}, nil
	}
	return s.downstreamServer.ConfigureProvider(ctx, req)
}

// ValidateListResourceConfig implements [tfprotov6.ListResourceServer].
func (s *server) ValidateListResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest,
) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.ValidateListResourceConfigResponse{Diagnostics: refusal}, nil
	}
	return s.downstreamServer.ValidateListResourceConfig(ctx, req)
}

// ListResource implements [tfprotov6.ListResourceServer].
func (s *server) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.ListResourceServerStream{
			Results: slices.Values([]tfprotov6.ListResourceResult{{Diagnostics: refusal}}),
		}, nil
	}
	return s.downstreamServer.ListResource(ctx, req)
}

// ValidateActionConfig implements [tfprotov6.ActionServer].
func (s *server) ValidateActionConfig(
	ctx context.Context, req *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.ValidateActionConfigResponse{Diagnostics: refusal}, nil
	}
	return s.downstreamServer.ValidateActionConfig(ctx, req)
}

// PlanAction implements [tfprotov6.ActionServer].
func (s *server) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.PlanActionResponse{Diagnostics: refusal}, nil
	}
	return s.downstreamServer.PlanAction(ctx, req)
}

// InvokeAction implements [tfprotov6.ActionServer].
func (s *server) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	if refusal := refuseLongNumber(req.Config); refusal != nil {
		return &tfprotov6.InvokeActionServerStream{Events: slices.Values([]tfprotov6.InvokeActionEvent{
			{Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: refusal}},
		})}, nil
	}
	return s.downstreamServer.InvokeAction(ctx, req)
}
