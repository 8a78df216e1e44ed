package tfkit

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Import describes how an object is imported: by UUIDs, which an import ID joins with slashes and an identity names.
type Import struct {
	// Attributes are the attributes of the UUIDs, in the order of the import ID. organization_id and environment_id may be left out of the
	// import ID, and default to the values of the provider.
	Attributes []string
	// Forms lists the forms of the import ID for an error: "WALLET_ID or ORGANIZATION_ID/WALLET_ID".
	Forms string
	// Where says in a whole sentence where a person finds the UUIDs.
	Where string
}

// Import implements ImportState of [resource.ResourceWithImportState]: it puts the UUIDs into the state, for Read to find the rest.
func (r *Resource) Import(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse, by Import) {
	if r.Settings != nil && r.Settings.Pending {
		// Without a client the object could not be read, and the next plan would replace it.
		_, diags := r.Settings.RequireClient()
		resp.Diagnostics.Append(diags...)
		return
	}
	ids := map[string]UUID{}
	parts := strings.Split(req.ID, "/")
	skipped := len(by.Attributes) - len(parts)
	for i, attribute := range by.Attributes {
		id := NewUUIDNull()
		switch {
		case req.ID == "":
			resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root(attribute), &id)...)
		case i >= skipped && skipped >= 0:
			if id = ParseUUID(parts[i-skipped]); id.IsNull() {
				by.addError(req.ID, resp)
			}
		}
		ids[attribute] = id
	}
	if skipped < 0 && req.ID != "" {
		by.addError(req.ID, resp)
	}
	for attribute, defaulted := range r.importDefaults() {
		if id, ok := ids[attribute]; ok && id.IsNull() && !resp.Diagnostics.HasError() {
			ids[attribute] = defaulted(id, resp)
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	for attribute, value := range ids {
		id, ok := value.ID()
		if !ok {
			by.addError(value.ValueString(), resp)
			return
		}
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attribute), NewUUID(id))...)
	}
	resp.Diagnostics.Append(rememberImport(ctx, resp.Private)...)
}

// importDefaults returns the attributes that default to the provider's configuration.
func (r *Resource) importDefaults() map[string]func(UUID, *resource.ImportStateResponse) UUID {
	if r.Settings == nil {
		return nil
	}
	return map[string]func(UUID, *resource.ImportStateResponse) UUID{
		"organization_id": func(own UUID, resp *resource.ImportStateResponse) UUID {
			return r.Settings.Organization(own, &resp.Diagnostics)
		},
		"environment_id": func(own UUID, resp *resource.ImportStateResponse) UUID {
			return r.Settings.Environment(own, &resp.Diagnostics)
		},
	}
}

var invalidImportID = Declare(Message{
	Summary: "Invalid Import ID",
	Detail:  "\"{ID}\" is not a valid import ID. Valid forms are {FORMS}. Each part is a UUID, such as 7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f.",
	Next:    []string{"Use one of these forms. {WHERE_TO_FIND_IDS}"},
})

func (by Import) addError(text string, resp *resource.ImportStateResponse) {
	if resp.Diagnostics.HasError() {
		return
	}
	invalidImportID.Add(&resp.Diagnostics, Values{"ID": voltage.Clean(text), "FORMS": by.Forms, "WHERE_TO_FIND_IDS": by.Where})
}
