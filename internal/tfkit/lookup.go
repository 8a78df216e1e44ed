package tfkit

import (
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Lookup is a search for one object by its name.
type Lookup struct {
	// Object describes the object for messages: "Wallet \"orders\" of environment …".
	Object string
	// NotRead is the message if the list could not be read.
	NotRead *Message
	// None is the message if no object matches. Several is the message if {COUNT} objects match, which have the {IDS}.
	None, Several *Message
}

// One returns the object if exactly one was found. Otherwise it adds an error on the attribute name. It also adds an error if the list
// could not be read.
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
