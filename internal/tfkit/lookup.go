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
	// NotRead says that the list of {OBJECT} could not be read.
	NotRead *Message
	// None says that nothing matches {OBJECT}; Several says that {COUNT} objects match {OBJECT}, which have the {IDS}.
	None, Several *Message
}

// One returns the one object found, and adds an error where the list could not be read, or on the attribute name where there is not exactly
// one.
func One[T any](lookup Lookup, found []T, err error, id func(*T) uuid.UUID, diags *diag.Diagnostics) *T {
	switch {
	case err != nil:
		diags.Append(Failure{Message: lookup.NotRead, Object: lookup.Object, Err: err}.Diagnostic())
	case len(found) == 1:
		return &found[0]
	case len(found) == 0:
		lookup.None.AddAt(diags, path.Root("name"), Values{"OBJECT": lookup.Object})
	default:
		ids := make([]string, 0, len(found))
		for i := range found {
			ids = append(ids, id(&found[i]).String())
		}
		lookup.Several.AddAt(diags, path.Root("name"), Values{
			"OBJECT": lookup.Object, "COUNT": len(found), "IDS": strings.Join(ids, ", "),
		})
	}
	return nil
}
