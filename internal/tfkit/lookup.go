package tfkit

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Lookup is a search for the one object that a name means.
type Lookup struct {
	// Summary heads the errors: "Wallet Not Read".
	Summary string
	// Object names what is looked up: "Wallet \"orders\" of environment …".
	Object string
	// None says, in whole sentences, that nothing matches and what to do; Several is the plural noun of the objects that match.
	None, Several string
}

// One returns the one object found, and adds an error on the attribute name where there is not exactly one.
func One[T any](lookup Lookup, found []*T, id func(*T) uuid.UUID, diags *diag.Diagnostics) *T {
	switch len(found) {
	case 1:
		return found[0]
	case 0:
		diags.AddAttributeError(path.Root("name"), lookup.Summary, lookup.Object+": "+lookup.None)
	default:
		ids := make([]string, 0, len(found))
		for _, object := range found {
			ids = append(ids, id(object).String())
		}
		diags.AddAttributeError(path.Root("name"), lookup.Summary,
			fmt.Sprintf("%s: %d %s have this name: %s.\n\nSet id to one of these IDs.", lookup.Object, len(found), lookup.Several, strings.Join(ids, ", ")))
	}
	return nil
}
