package operations_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/operations"
	"github.com/voltagecloud/terraform-provider-voltage/internal/provider"
)

// contract is the contract's document.
const contract = "../emulator/openapi.yaml"

// TestOperations_contract: each operation of the contract is here once and in its place, and lives somewhere or is not exposed for a
// reason.
func TestOperations_contract(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(contract)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, match := range regexp.MustCompile(`(?m)^ +operationId: (\w+)$`).FindAllStringSubmatch(string(content), -1) {
		want = append(want, match[1])
	}
	for _, operation := range operations.All() {
		got = append(got, operation.ID)
		if exposed := len(operation.Uses) > 0; exposed == (operation.NotExposed != "") {
			t.Errorf("%s lives in %d places, and the reason why it is not exposed is %q: it has either", operation.ID, len(operation.Uses),
				operation.NotExposed)
		}
		if reason := operation.NotExposed; reason != "" && (!strings.HasSuffix(reason, ".") || len(strings.Fields(reason)) < 10) {
			t.Errorf("the reason why %s is not exposed is no sentence: %q", operation.ID, reason)
		}
	}
	if !slices.Equal(got, want) || len(want) != 47 {
		t.Errorf("the contract has %d operations, %v; here are %d, %v", len(want), want, len(got), got)
	}
}

// TestOperations_emulator: the emulator serves each operation, at the path of the contract.
func TestOperations_emulator(t *testing.T) {
	t.Parallel()
	api, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(contract)
	if err != nil {
		t.Fatal(err)
	}
	endpoints := api.Endpoints()
	for _, operation := range operations.All() {
		endpoint, ok := endpoints[operation.ID]
		if !ok {
			t.Errorf("the emulator does not serve %s", operation.ID)
			continue
		}
		method, path, _ := strings.Cut(endpoint, " ")
		if !strings.Contains(string(content), "\n  "+path+":\n") || strings.ToUpper(method) != method {
			t.Errorf("the emulator serves %s at %s, which the contract does not have", operation.ID, endpoint)
		}
	}
	if len(endpoints) != len(operations.All()) {
		t.Errorf("the emulator serves %d operations", len(endpoints))
	}
}

// TestOperations_provider: what an operation lives in is something that the provider offers, with the attribute that is named, and
// everything that the provider offers is named.
func TestOperations_provider(t *testing.T) {
	t.Parallel()
	schemas, err := provider.NewServer("test")().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	type thing struct{ kind, name string }
	offered, named := map[thing]*tfprotov6.SchemaBlock{}, map[thing]bool{}
	for name, schema := range schemas.ResourceSchemas {
		offered[thing{operations.Resource, name}] = schema.Block
	}
	for name, schema := range schemas.DataSourceSchemas {
		offered[thing{operations.DataSource, name}] = schema.Block
	}
	for name, schema := range schemas.ActionSchemas {
		offered[thing{operations.Action, name}] = schema.Schema.Block
	}
	for name, schema := range schemas.ListResourceSchemas {
		offered[thing{operations.List, name}] = schema.Block
	}
	for _, operation := range operations.All() {
		for _, use := range operation.Uses {
			at := thing{use.Kind, use.Name}
			named[at] = true
			block, ok := offered[at]
			if !ok {
				t.Errorf("%s lives in %s %s, which the provider does not offer", operation.ID, use.Kind, use.Name)
				continue
			}
			has := func(attribute *tfprotov6.SchemaAttribute) bool { return attribute.Name == use.Attribute }
			if use.Attribute != "" && !slices.ContainsFunc(block.Attributes, has) {
				t.Errorf("%s lives in %s %s %s, which has no attribute %s", operation.ID, use.Kind, use.Name, use.When, use.Attribute)
			}
			if use.Attribute != "" && !strings.Contains(use.When, "`"+use.Attribute) {
				t.Errorf("%s: %q does not name %s", operation.ID, use.When, use.Attribute)
			}
		}
	}
	for at := range offered {
		if !named[at] {
			t.Errorf("no operation lives in %s %s: add it to the operations that it calls", at.kind, at.name)
		}
	}
}
