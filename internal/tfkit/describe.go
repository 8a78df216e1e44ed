package tfkit

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Part is an object that a message names in addition to the main object, such as the organization of a wallet.
type Part struct {
	// Kind is the noun: "organization".
	Kind string
	ID   UUID
}

// text is "organization 7f9c3d2e-…", and empty while the ID is not known.
func (p Part) text() string {
	id, known := p.ID.ID()
	if !known {
		return ""
	}
	return p.Kind + " " + id.String()
}

// Named names an object that has a name: `Wallet "orders" (ID 7f9c3d2e-…, organization 1a2b3c4d-…)`. It leaves out unknown IDs: `Wallet
// "orders" (organization 1a2b3c4d-…)`. An object whose name is not known is [Unnamed].
func Named(kind string, name types.String, id UUID, of ...Part) string {
	if name.IsNull() || name.IsUnknown() {
		return Unnamed(kind, id, of...)
	}
	return fmt.Sprintf("%s %q", kind, voltage.Clean(name.ValueString())) + parenthesized(append([]Part{{"ID", id}}, of...))
}

// Unnamed names an object by its ID: "Wallet 7f9c3d2e-… (organization 1a2b3c4d-…)". It leaves out unknown IDs: "The new wallet".
func Unnamed(kind string, id UUID, of ...Part) string {
	text := Part{kind, id}.text()
	if text == "" {
		text = "The new " + strings.ToLower(kind[:1]) + kind[1:]
	}
	return text + parenthesized(of)
}

// Of names something that belongs to an object: Of("The policies", Part{"wallet", id}) is "The policies of wallet 7f9c3d2e-…". While the ID
// is not known, it is "The policies of the new wallet".
func Of(what string, owner Part, of ...Part) string {
	text := owner.text()
	if text == "" {
		text = "the new " + owner.Kind
	}
	return what + " of " + text + parenthesized(of)
}

func parenthesized(parts []Part) string {
	var texts []string
	for _, part := range parts {
		if text := part.text(); text != "" {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return " (" + strings.Join(texts, ", ") + ")"
}

// Objects names the objects of a list: "The wallets of environment 7f9c3d2e-… (organization 1a2b3c4d-…)", or "The wallets of organization
// 1a2b3c4d-…" for a list of all environments.
func (s Scope) Objects(kind string) string {
	organization := Part{"organization", NewUUID(s.Organization)}
	if s.Environment == uuid.Nil {
		return Of("The "+kind, organization)
	}
	return Of("The "+kind, Part{"environment", NewUUID(s.Environment)}, organization)
}
