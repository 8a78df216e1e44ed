package tfkit

import (
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Lookup is a search for the one object that a name means.
type Lookup struct {
	// Object names what is looked up: "Wallet \"orders\" of environment …".
	Object string
	// None says that nothing matches {OBJECT}; Several says that {COUNT} objects match {OBJECT}, which have the {IDS}.
	None, Several *Message
}

// One returns the one object found, and adds an error on the attribute name where there is not exactly one.
func One[T any](lookup Lookup, found []*T, id func(*T) uuid.UUID, diags *diag.Diagnostics) *T {
	switch len(found) {
	case 1:
		return found[0]
	case 0:
		lookup.None.AddAt(diags, path.Root("name"), Values{"OBJECT": lookup.Object})
	default:
		ids := make([]string, 0, len(found))
		for _, object := range found {
			ids = append(ids, id(object).String())
		}
		lookup.Several.AddAt(diags, path.Root("name"), Values{
			"OBJECT": lookup.Object, "COUNT": len(found), "IDS": strings.Join(ids, ", "),
		})
	}
	return nil
}
