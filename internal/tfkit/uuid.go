// Package tfkit holds the Terraform code that the domains of the provider share: the UUID type, the money object, plan modifiers, the
// settings of the provider, and the messages that turn an error of the API into a diagnostic.
package tfkit

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// UUIDType is the type of an attribute that holds a UUID. Values are validated in the plan, and comparisons ignore the case.
type UUIDType struct {
	basetypes.StringType
}

// UUID is a value of [UUIDType].
type UUID struct {
	basetypes.StringValue
}

var (
	_ basetypes.StringTypable                    = UUIDType{}
	_ basetypes.StringValuableWithSemanticEquals = UUID{}
	_ xattr.ValidateableAttribute                = UUID{}
)

// String implements [attr.Type].
func (t UUIDType) String() string { return "tfkit.UUIDType" }

// ValueType implements [attr.Type].
func (t UUIDType) ValueType(context.Context) attr.Value { return UUID{} }

// Equal implements [attr.Type].
func (t UUIDType) Equal(other attr.Type) bool {
	_, ok := other.(UUIDType)
	return ok
}

// ValueFromString implements [basetypes.StringTypable].
func (t UUIDType) ValueFromString(_ context.Context, value basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return UUID{value}, nil
}

// ValueFromTerraform implements [attr.Type].
func (t UUIDType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("reading a UUID: %w", err)
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("reading a UUID: unexpected type %T", value)
	}
	return UUID{text}, nil
}

// NewUUID makes a known value.
func NewUUID(id uuid.UUID) UUID { return UUID{basetypes.NewStringValue(id.String())} }

// NewUUIDNull makes a null value.
func NewUUIDNull() UUID { return UUID{basetypes.NewStringNull()} }

// NewUUIDPointer makes a known value, or a null value if id is nil.
func NewUUIDPointer(id *uuid.UUID) UUID {
	if id == nil {
		return NewUUIDNull()
	}
	return NewUUID(*id)
}

// ParseUUID makes a known value from a UUID in upper or lower case. For any other text, it makes a null value.
func ParseUUID(text string) UUID {
	id, err := voltage.ParseID(text)
	if err != nil {
		return NewUUIDNull()
	}
	return NewUUID(id)
}

// Type implements [attr.Value].
func (v UUID) Type(context.Context) attr.Type { return UUIDType{} }

// Equal implements [attr.Value]: the same text.
func (v UUID) Equal(other attr.Value) bool {
	o, ok := other.(UUID)
	return ok && v.StringValue.Equal(o.StringValue)
}

// StringSemanticEquals implements [basetypes.StringValuableWithSemanticEquals]: the same UUID in another case.
func (v UUID) StringSemanticEquals(ctx context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	text, diags := other.ToStringValue(ctx)
	return strings.EqualFold(v.ValueString(), text.ValueString()), diags
}

// KnownOrNull returns the value, or null if the value is unknown. A computed attribute that the configuration leaves out is unknown.
func (v UUID) KnownOrNull() UUID {
	if v.IsUnknown() {
		return NewUUIDNull()
	}
	return v
}

// ID returns the UUID. It returns false if the value is null, unknown or not a UUID.
func (v UUID) ID() (uuid.UUID, bool) {
	if v.IsNull() || v.IsUnknown() {
		return uuid.Nil, false
	}
	id, err := voltage.ParseID(v.ValueString())
	return id, err == nil
}

var invalidUUID = DeclareInvalid("Invalid UUID", "Set a UUID, such as 7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f.")

// ValidateAttribute implements [xattr.ValidateableAttribute].
func (v UUID) ValidateAttribute(_ context.Context, req xattr.ValidateAttributeRequest, resp *xattr.ValidateAttributeResponse) {
	if v.IsNull() || v.IsUnknown() {
		return
	}
	if _, err := voltage.ParseID(v.ValueString()); err != nil {
		invalidUUID.AddAt(&resp.Diagnostics, req.Path, err)
	}
}
