package tfkit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

const id = "7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f"

func parse(t *testing.T, value any) tfkit.UUID {
	t.Helper()
	got, err := tfkit.UUIDType{}.ValueFromTerraform(t.Context(), tftypes.NewValue(tftypes.String, value))
	if err != nil {
		t.Fatal(err)
	}
	return got.(tfkit.UUID)
}

func TestUUID(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		value any
		valid bool // no error
		id    bool // a UUID
	}{
		"lower case": {id, true, true},
		"upper case": {strings.ToUpper(id), true, true},
		"null":       {nil, true, false},
		"unknown":    {tftypes.UnknownValue, true, false},
		"empty":      {"", false, false},
		"braces":     {"{" + id + "}", false, false},
		"text":       {"main", false, false},
	} {
		value := parse(t, test.value)
		resp := &xattr.ValidateAttributeResponse{}
		value.ValidateAttribute(t.Context(), xattr.ValidateAttributeRequest{Path: path.Root("id")}, resp)
		if valid := !resp.Diagnostics.HasError(); valid != test.valid {
			t.Errorf("%s: valid %t: %v", name, valid, resp.Diagnostics)
		}
		if _, ok := value.ID(); ok != test.id {
			t.Errorf("%s: a UUID %t", name, ok)
		}
		if !value.Equal(parse(t, test.value)) || !value.Type(t.Context()).Equal(tfkit.UUIDType{}) {
			t.Errorf("%s: not equal to itself", name)
		}
	}
	same, diags := parse(t, id).StringSemanticEquals(t.Context(), parse(t, strings.ToUpper(id)))
	if !same || diags.HasError() {
		t.Error("another case is another UUID")
	}
	if other, _ := parse(t, id).StringSemanticEquals(t.Context(), parse(t, uuid.NewString())); other {
		t.Error("another UUID is the same")
	}
	if !parse(t, tftypes.UnknownValue).KnownOrNull().IsNull() || parse(t, id).KnownOrNull().IsNull() {
		t.Error("KnownOrNull")
	}
	if !tfkit.NewUUIDPointer(nil).IsNull() || !tfkit.ParseUUID("x").IsNull() || tfkit.ParseUUID(strings.ToUpper(id)).ValueString() != id {
		t.Error("conversions")
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		amount voltage.Amount
		want   tfkit.Money
	}{
		{
			voltage.Amount{Currency: "btc", Amount: 5, Negative: true},
			tfkit.Money{Amount: types.Int64Value(-5), Currency: types.StringValue("btc"), Unit: types.StringValue("msats")},
		},
		{
			voltage.Amount{Currency: "usd", Amount: 5},
			tfkit.Money{Amount: types.Int64Value(5), Currency: types.StringValue("usd"), Unit: types.StringValue("cents")},
		},
		{
			voltage.Amount{Currency: "asset:aa"},
			tfkit.Money{Amount: types.Int64Value(0), Currency: types.StringValue("asset:aa"), Unit: types.StringValue("base units")},
		},
	} {
		if got := tfkit.NewMoney(test.amount); got != test.want {
			t.Errorf("%v is %v", test.amount, got)
		}
	}
}

// TestFailure: every kind of error is told with its object and with what to do next.
func TestFailure(t *testing.T) {
	t.Parallel()
	answer := func(status int, kind string) error {
		return &voltage.Error{Method: "POST", Path: "/wallets", Status: status, Type: kind, Detail: "no"}
	}
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"no answer":         {answer(0, ""), "base_url"},
		"unknown type, 401": {answer(401, "new_type"), "VOLTAGE_API_KEY"},
		"unknown type, 403": {answer(403, ""), "permission"},
		"404":               {answer(404, "instance_not_found"), "Check the ID"},
		"429":               {answer(429, ""), "-parallelism"},
		"redirect":          {answer(302, ""), "base_url"},
		"500":               {answer(500, "internal_error"), "A higher max_retries"},
		"deadline":          {&voltage.DeadlineError{For: "x", Waited: time.Second}, "timeouts"},
		"deadline, 429":     {&voltage.DeadlineError{For: "x", LastError: answer(429, "rate_limited")}, "-parallelism"},
		"deadline, 503":     {&voltage.DeadlineError{For: "x", LastError: answer(503, "")}, "A higher max_retries"},
		"deadline, silence": {&voltage.DeadlineError{For: "x", LastError: answer(0, "")}, "timeouts"},
		"interrupted, 429":  {&voltage.DeadlineError{For: "x", Interrupted: true, LastError: answer(429, "")}, "terraform apply again"},
		"interrupted":       {&voltage.DeadlineError{For: "x", Interrupted: true}, "terraform apply again"},
		"cancelled":         {context.Canceled, "interrupted"},
		"429 of a wait":     {fmt.Errorf("a wait: %w", answer(429, "")), "-parallelism"},
		"odd item":          {&voltage.UnreadableItemsError{Kind: "wallet"}, "Narrow the search"},
		"uncertain":         {&voltage.UncertainError{}, "never creates a second object"},
	} {
		got := tfkit.Failure{Message: lampNotLit, Object: "Wallet 7", Err: test.err, State: tainted}.Diagnostic()
		if got.Summary() != "Lamp Not Lit" || got.Severity() != diag.SeverityError {
			t.Errorf("%s: %s", name, got.Summary())
		}
		for _, want := range []string{"Wallet 7: ", tainted, test.want} {
			if !strings.Contains(got.Detail(), want) {
				t.Errorf("%s lacks %q: %s", name, want, got.Detail())
			}
		}
	}
	blamed := tfkit.Failure{
		Message: lampNotRead, Err: answer(400, "line_of_credit_disabled"),
		Blame: tfkit.Blame{"line_of_credit_disabled": path.Root("line_of_credit_id")},
	}.Diagnostic()
	if at, ok := blamed.(diag.DiagnosticWithPath); !ok || !at.Path().Equal(path.Root("line_of_credit_id")) {
		t.Errorf("not on its attribute: %v", blamed)
	}
	amount, fee, name := path.Root("amount"), path.Root("max_fee"), path.Root("name")
	blame := tfkit.Blame{
		"invalid_amount":           amount,
		"invalid_amount/fee_floor": fee,
		"broadcast_fee_above_max":  fee,
		"field:name":               name,
		"InsufficientLimit":        amount,
		"price":                    amount,
	}
	for what, test := range map[string]struct {
		err  error
		want path.Path
	}{
		"type":         {answer(400, "invalid_amount"), amount},
		"code":         {&voltage.Error{Type: "invalid_amount", Code: "fee_floor"}, fee},
		"field":        {&voltage.Error{Type: "invalid_amount", Context: map[string]any{"field": "data.name"}}, name},
		"fields":       {&voltage.Error{Type: "other", Context: map[string]any{"fields": []any{"odd", 7, "name"}}}, name},
		"payment":      {fmt.Errorf("failed: %w", &voltage.PaymentError{Type: "send_failed", Code: "broadcast_fee_above_max"}), fee},
		"payment type": {&voltage.PaymentError{Type: "invalid_amount", Code: "odd"}, amount},
		"wallet":       {&voltage.WalletError{Type: "InsufficientLimit"}, amount},
		"quote":        {&voltage.QuoteError{Type: "price"}, amount},
		"none":         {&voltage.PaymentError{Type: "odd"}, path.Empty()},
		"no type":      {&voltage.Error{Status: 502}, path.Empty()},
		"another":      {errors.New("odd"), path.Empty()},
	} {
		got := path.Empty()
		if at, ok := (tfkit.Failure{Message: lampNotRead, Err: test.err, Blame: blame}).Diagnostic().(diag.DiagnosticWithPath); ok {
			got = at.Path()
		}
		if !got.Equal(test.want) {
			t.Errorf("%s: on %s, want %s", what, got, test.want)
		}
	}
	if plain := (tfkit.Failure{Message: lampNotRead, Object: "Wallet 7", Err: errors.New("odd")}).Diagnostic().Detail(); plain != "Wallet "+
		"7: odd.\n\nFix the cause that is named above. Then run Terraform again." {
		t.Errorf("got %q", plain)
	}
}

func TestValidators(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		validator validator.String
		valid     []string
		invalid   []string
	}{
		"regular expression": {tfkit.RegularExpression(), []string{"", "^a(b|c)$"}, []string{"(", `(?=a)`}},
		"duration":           {tfkit.PositiveDuration(), []string{"30s", "1m30s", "250ms"}, []string{"", "30", "0s", "-1s", "soon"}},
		"currency": {
			tfkit.Currency(),
			[]string{"btc", "usd", "asset:" + strings.Repeat("aF", 33)},
			[]string{"", "BTC", "eur", "asset:", "asset:" + strings.Repeat("g", 66)},
		},
	} {
		check := func(value types.String) bool {
			resp := &validator.StringResponse{}
			test.validator.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("a"), ConfigValue: value}, resp)
			return !resp.Diagnostics.HasError()
		}
		for _, text := range test.valid {
			if !check(types.StringValue(text)) {
				t.Errorf("%s: %q is refused", name, text)
			}
		}
		for _, text := range test.invalid {
			if check(types.StringValue(text)) {
				t.Errorf("%s: %q is taken", name, text)
			}
		}
		if !check(types.StringNull()) || !check(types.StringUnknown()) {
			t.Errorf("%s: null or unknown is refused", name)
		}
	}
}

func TestClaim(t *testing.T) {
	t.Parallel()
	var settings tfkit.Settings
	one, other := uuid.New(), uuid.New()
	if !settings.Claim(one) || settings.Claim(one) || !settings.Claim(other) {
		t.Error("an ID can be claimed twice, or not at all")
	}
	settings.Release(one)
	if !settings.Claim(one) {
		t.Error("an ID that was given back cannot be claimed")
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 9, 1, 12, 0, 0, 123456789, time.FixedZone("CEST", 7200))
	if got := tfkit.NewTime(&at).ValueString(); got != "2026-09-01T10:00:00.123456789Z" {
		t.Errorf("got %s", got)
	}
	if !tfkit.NewTime(nil).IsNull() {
		t.Error("no time is a time")
	}
}
