package payment

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// The contract's limits of a payment's metadata.
const (
	maxMetadataEntries    = 50
	maxMetadataCharacters = 256
)

func metadataValidator() validator.Map {
	return mapvalidator.All(
		mapvalidator.NoNullValues(),
		mapvalidator.SizeAtMost(maxMetadataEntries),
		mapvalidator.KeysAre(stringvalidator.UTF8LengthAtMost(maxMetadataCharacters)),
		mapvalidator.ValueStringsAre(stringvalidator.UTF8LengthAtMost(maxMetadataCharacters)),
	)
}
