package wallet

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// ownID returns the checks for a creation with the ID of the plan.
func (m *walletModel) ownID(ctx context.Context, client *voltage.Client, ref voltage.Ref) tfkit.OwnID[voltage.Wallet] {
	return tfkit.OwnID[voltage.Wallet]{
		Kind: "wallet", Object: m.Describe(), Ref: ref, ImportID: ref.OrganizationID.String() + "/" + ref.ID.String(),
		Adopt: m.AdoptExisting.ValueBool(), Read: client.GetWallet,
		Name: func(w *voltage.Wallet) string { return w.Name },
		Ended: func(w *voltage.Wallet) string {
			switch {
			case w.Deleted():
				return "deleted"
			case w.Error != nil && !w.Active:
				return "failed"
			}
			return ""
		},
		Differences: func(w *voltage.Wallet) []string { return m.differences(ctx, w) },
	}
}

// differences describes the attributes in which the API's wallet differs from the plan.
func (m *walletModel) differences(ctx context.Context, wallet *voltage.Wallet) []string {
	var found walletModel
	_ = found.read(ctx, wallet)                                                    // unreadable metadata counts as different
	if strings.TrimSpace(m.Name.ValueString()) == strings.TrimSpace(wallet.Name) { // the API may have trimmed the name
		found.Name = m.Name
	}
	var differences []string
	for _, a := range []struct {
		name           string
		planned, found attr.Value
	}{
		{"name", m.Name, found.Name}, {"network", m.Network, found.Network}, {"environment_id", m.EnvironmentID, found.EnvironmentID},
		{"line_of_credit_id", m.LineOfCreditID, found.LineOfCreditID}, {"limit", m.Limit, found.Limit}, {"metadata", m.Metadata, found.Metadata},
	} {
		if text := tfkit.Difference(a.name, a.planned, a.found); text != "" {
			differences = append(differences, text)
		}
	}
	return differences
}
