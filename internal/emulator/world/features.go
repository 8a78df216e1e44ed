package world

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// feature is a feature that Voltage switches on and off for an organization.
type feature struct {
	name    string // in orders of a person
	context string // in the context of a refusal
	words   string // the subject of a sentence
}

// features are the features for kinds of payments. The contract names no features, so these names are the emulator's choice.
var features = []feature{
	{"onchain", "onchain_payments", "On-chain payments"},
	{"bip21", "bip21_payments", "BIP 21 payments"},
	{"treasury", "treasury_movements", "Treasury movements"},
}

// has reports whether a feature is switched on.
func (o *Organization) has(feature string) bool {
	if feature == "treasury" {
		return o.Treasury
	}
	return !slices.Contains(o.NoPayments, feature)
}

// checkFeatures refuses a payment whose feature the organization does not have.
func (w *World) checkFeatures(c *Call, kind string, treasury bool) *Refusal {
	org := w.organization(c.Organization)
	for _, f := range features {
		if needed := f.name == kind || f.name == "treasury" && treasury; needed && !org.has(f.name) {
			return (&Refusal{
				Type: "feature_flag_disabled", Code: "disabled", Detail: f.words + " are not switched on for the organization.",
			}).About("feature", f.context)
		}
	}
	return nil
}

// ownsFunds reports whether a treasury movement can use a wallet. The wallet must be in the environment, and a line of credit of the
// environment must back it.
func (w *World) ownsFunds(c *Call, id uuid.UUID) bool {
	if w.state.Wallets.seen(id, c.Now) == nil {
		return false
	}
	wallet := w.state.Wallets.latest(id)
	return c.owns(wallet.Organization, wallet.EnvironmentID) && wallet.LineOfCreditID != nil
}

// SwitchFeature switches a feature of an organization on or off immediately, as Voltage would. organization is an ID or a name. It can be
// empty if there is only one organization. SwitchFeature returns the organization.
func (w *World) SwitchFeature(organization, name string, on bool) (*Organization, error) {
	org, err := w.findOrganization(organization)
	if err != nil {
		return nil, err
	}
	switch {
	case name == "treasury":
		org.Treasury = on
	case !slices.ContainsFunc(features, func(f feature) bool { return f.name == name }):
		var names []string
		for _, f := range features {
			names = append(names, f.name)
		}
		return nil, fmt.Errorf("feature %q does not exist; the features are %s", name, strings.Join(names, ", "))
	default:
		others := slices.DeleteFunc(slices.Clone(org.NoPayments), func(kind string) bool { return kind == name })
		if !on {
			others = append(others, name)
		}
		org.NoPayments = others
	}
	return &org.Organization, nil
}

// findOrganization finds an organization by its ID or its name.
func (w *World) findOrganization(text string) (*organization, error) {
	var found []*organization
	var names []string
	for _, org := range w.state.Organizations {
		names = append(names, fmt.Sprintf("%s (%s)", org.Name, org.ID))
		if text == "" || org.Name == text || strings.EqualFold(org.ID.String(), text) {
			found = append(found, org)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case text == "":
		return nil, fmt.Errorf("several organizations exist: give the ID or the name of one of them: %s", strings.Join(names, ", "))
	case len(found) == 0:
		return nil, fmt.Errorf("no organization has the ID or the name %q; the organizations are %s", text, strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("several organizations have the name %q: give the ID of one of them; the organizations are %s", text,
		strings.Join(names, ", "))
}
