package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

func TestMain(m *testing.M) { os.Exit(acctest.Main(m)) }

// TestAsTerraformPrintsThem: of each kind that the Terraform at hand prints, this program prints the same. Terraform prints actions and
// list resources from 1.14 on.
func TestAsTerraformPrintsThem(t *testing.T) {
	t.Parallel()
	var printed bytes.Buffer
	if err := write(&printed); err != nil {
		t.Fatal(err)
	}
	ours := schemasOf(t, printed.Bytes())
	c := (&acctest.World{}).CLI(t)
	c.Write("main.tf", acctest.Requirements)
	c.Terraform("init")
	cmd := c.Command("providers")
	cmd.Args = []string{cmd.Args[0], "providers", "schema", "-json"} // which takes no -no-color
	answer, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs := schemasOf(t, answer)
	for _, kind := range []string{"provider", "resource_schemas", "data_source_schemas"} {
		if theirs[kind] == nil {
			t.Errorf("Terraform has printed no %s", kind)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(ours)) {
		if theirs[kind] != nil {
			compare(t, kind, ours[kind], theirs[kind])
		}
	}
	for _, kind := range []string{"action_schemas", "list_resource_schemas", "functions"} {
		if named, _ := ours[kind].(map[string]any); len(named) == 0 {
			t.Errorf("this program has printed no %s", kind)
		}
	}
}

// schemasOf are the schemas of the only provider in a document.
func schemasOf(t *testing.T, content []byte) map[string]any {
	t.Helper()
	var document struct {
		FormatVersion string                    `json:"format_version"`
		Schemas       map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(content, &document); err != nil || document.FormatVersion != "1.0" || len(document.Schemas) != 1 {
		t.Fatalf("format %q, %d providers, %v", document.FormatVersion, len(document.Schemas), err)
	}
	for _, schemas := range document.Schemas {
		return schemas
	}
	return nil
}

// compare reports what differs, by its path.
func compare(t *testing.T, path string, ours, theirs any) {
	t.Helper()
	our, isMap := ours.(map[string]any)
	their, too := theirs.(map[string]any)
	if !isMap || !too {
		if !reflect.DeepEqual(ours, theirs) {
			t.Errorf("%s is %v, and Terraform prints %v", path, ours, theirs)
		}
		return
	}
	both := maps.Clone(our)
	maps.Copy(both, their)
	for _, name := range slices.Sorted(maps.Keys(both)) {
		compare(t, path+"/"+name, our[name], their[name])
	}
}

// TestMarshalled writes what this provider's schemas do not have.
func TestMarshalled(t *testing.T) {
	t.Parallel()
	written, err := marshalled(&tfprotov6.GetProviderSchemaResponse{
		Provider: &tfprotov6.Schema{Version: 3, Block: &tfprotov6.SchemaBlock{
			Deprecated: true,
			BlockTypes: []*tfprotov6.SchemaNestedBlock{{
				TypeName: "rule", Nesting: tfprotov6.SchemaNestedBlockNestingModeSet, MinItems: 1, MaxItems: 2,
				Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
					{Name: "pin", Type: tftypes.List{ElementType: tftypes.Number}, Required: true, WriteOnly: true, Deprecated: true},
				}},
			}},
		}},
		Functions: map[string]*tfprotov6.Function{"sum": {
			Return: &tfprotov6.FunctionReturn{Type: tftypes.Number}, DeprecationMessage: "Use +.",
			VariadicParameter: &tfprotov6.FunctionParameter{Name: "n", Type: tftypes.DynamicPseudoType, AllowNullValue: true},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for want, value := range map[string]any{
		`{"version":3,"block":{"block_types":{"rule":{"nesting_mode":"set","block":{"attributes":{"pin":{"type":["list","number"],` +
			`"description_kind":"plain","required":true,"write_only":true,"deprecated":true}},"description_kind":"plain"},` +
			`"min_items":1,"max_items":2}},"description_kind":"plain","deprecated":true}}`: written.Provider,
		`{"sum":{"deprecation_message":"Use +.","return_type":"number","variadic_parameter":{"name":"n","is_nullable":true,` +
			`"type":"dynamic"}}}`: written.Functions,
	} {
		got, err := json.Marshal(value)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}
