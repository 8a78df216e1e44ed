package tfkit

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// ComputedUUID is a UUID that a data source reads.
func ComputedUUID(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true, CustomType: UUIDType{}}
}

// ComputedText is a text that a data source reads.
func ComputedText(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true}
}

// ComputedNumber is a whole number that a data source reads.
func ComputedNumber(description string) schema.Int64Attribute {
	return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
}

// DefaultedUUID is a UUID that a data source is given, or else takes from the provider.
func DefaultedUUID(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Optional: true, Computed: true, CustomType: UUIDType{}}
}

// RequiredUUID is a UUID that a data source has to be given.
func RequiredUUID(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Required: true, CustomType: UUIDType{}}
}

// OptionalUUID is a UUID that narrows what a data source reads.
func OptionalUUID(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Optional: true, CustomType: UUIDType{}}
}

// OptionalText is a text that narrows what a data source reads.
func OptionalText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Optional: true, Validators: validators}
}

// MaxResults is the argument max_results of a list that is read in pages. Objects names what is listed: "payments".
func MaxResults(objects string) schema.Int64Attribute {
	return schema.Int64Attribute{
		MarkdownDescription: fmt.Sprintf("The maximum number of %[1]s to read. Defaults to all %[1]s.", objects),
		Optional:            true, Validators: []validator.Int64{int64validator.AtLeast(1)},
	}
}

// SortOrder is the argument sort_order of a list that is read in pages.
func SortOrder() schema.StringAttribute {
	return OptionalText("The sort order. Valid values are `ASC` (oldest first) and `DESC`. Defaults to the order of the API.",
		stringvalidator.OneOf("ASC", "DESC"))
}

// StartDate is the argument start_date of a list that is read in pages. What says which objects are read: "Only payments requested".
func StartDate(what string) schema.StringAttribute {
	return OptionalText(what+" at or after this time, in RFC 3339, such as `2026-09-01T00:00:00Z`. Defaults to no start.",
		Timestamp())
}

// EndDate is the argument end_date of a list that is read in pages. What says which objects are read: "Only payments requested".
func EndDate(what string) schema.StringAttribute {
	return OptionalText(what+" at or before this time, in RFC 3339, such as `2026-09-01T00:00:00Z`. Defaults to no end.", Timestamp())
}
