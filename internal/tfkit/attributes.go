package tfkit

import "github.com/hashicorp/terraform-plugin-framework/datasource/schema"

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
