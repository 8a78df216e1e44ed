package wallet

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

// FuzzImportID: whatever is imported, it is two UUIDs or an error on what was written.
func FuzzImportID(f *testing.F) {
	const id = "7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f"
	for _, text := range []string{id, id + "/" + id, strings.ToUpper(id), "", "/", id + "/", "a/b/c", "\x1b[2J", id + "\n"} {
		f.Add(text)
	}
	r := &walletResource{}
	r.Settings = &tfkit.Settings{OrganizationID: tfkit.ParseUUID(id)}
	var schema resource.SchemaResponse
	r.Schema(f.Context(), resource.SchemaRequest{}, &schema)
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return // an import by identity
		}
		resp := &resource.ImportStateResponse{
			State: tfsdk.State{Schema: schema.Schema, Raw: tftypes.NewValue(schema.Schema.Type().TerraformType(t.Context()), nil)},
		}
		r.ImportState(t.Context(), resource.ImportStateRequest{ID: text}, resp)
		var state walletModel
		if resp.Diagnostics.HasError() {
			return
		}
		resp.Diagnostics.Append(resp.State.Get(t.Context(), &state)...)
		ref, known := tfkit.Ref(&state)
		if resp.Diagnostics.HasError() || !known ||
			!strings.EqualFold(text, ref.ID.String()) && !strings.EqualFold(text, ref.OrganizationID.String()+"/"+ref.ID.String()) {
			t.Errorf("%q became %s/%s: %v", text, ref.OrganizationID, ref.ID, resp.Diagnostics)
		}
	})
}
