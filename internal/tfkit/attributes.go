package tfkit

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// ComputedUUID returns an attribute for a UUID that a data source reads.
func ComputedUUID(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true, CustomType: UUIDType{}}
}

// ComputedText returns an attribute for a text that a data source reads.
func ComputedText(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true}
}

// ComputedNumber returns an attribute for a whole number that a data source reads.
func ComputedNumber(description string) schema.Int64Attribute {
	return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
}

// DefaultedUUID returns an optional UUID of a data source, which defaults to a value of the provider.
func DefaultedUUID(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Optional: true, Computed: true, CustomType: UUIDType{}}
}

// RequiredUUID returns a required UUID of a data source.
func RequiredUUID(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Required: true, CustomType: UUIDType{}}
}

// OptionalUUID returns an optional UUID that filters the objects of a data source.
func OptionalUUID(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Optional: true, CustomType: UUIDType{}}
}

// OptionalText returns an optional text that filters the objects of a data source.
func OptionalText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Optional: true, Validators: validators}
}

// MaxResults returns the argument max_results of a list that is read in pages. objects is the noun, such as "payments".
func MaxResults(objects string) schema.Int64Attribute {
	return schema.Int64Attribute{
		MarkdownDescription: fmt.Sprintf("The maximum number of %[1]s to read. Defaults to all %[1]s.", objects),
		Optional:            true, Validators: []validator.Int64{int64validator.AtLeast(1)},
	}
}

// SortOrder returns the argument sort_order of a list that is read in pages.
func SortOrder() schema.StringAttribute {
	return OptionalText("The sort order. Valid values are `ASC` (oldest first) and `DESC`. Defaults to the order of the API.",
		stringvalidator.OneOf("ASC", "DESC"))
}

// StartDate returns the argument start_date of a list that is read in pages. what begins the description: "Only payments requested".
func StartDate(what string) schema.StringAttribute {
	return OptionalText(what+" at or after this time, in RFC 3339, such as `2026-09-01T00:00:00Z`. Defaults to no start.",
		Timestamp())
}

// EndDate returns the argument end_date of a list that is read in pages. what begins the description: "Only payments requested".
func EndDate(what string) schema.StringAttribute {
	return OptionalText(what+" at or before this time, in RFC 3339, such as `2026-09-01T00:00:00Z`. Defaults to no end.", Timestamp())
}
