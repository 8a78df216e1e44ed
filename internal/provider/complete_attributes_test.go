package provider

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const forcesNew = "Changing this forces a new resource"

// TestComplete_attributes names the words that a description lacks, and the sensitive attributes whose values nobody searches for.
func TestComplete_attributes(t *testing.T) {
	t.Parallel()
	count := 0
	for kind, offers := range offered(t) {
		for name, block := range offers {
			if block == nil {
				continue
			}
			if !strings.HasSuffix(block.Description, ".") {
				t.Errorf("%s %s has no description%s", kind, name, recipe(recipes[kind]))
			}
			count += checkAttributes(t, kind+" "+name, block.Attributes)
			if kind != "resources" {
				continue
			}
			for _, attribute := range block.Attributes {
				if (attribute.Required || attribute.Optional) && !saysWhatAChangeDoes(attribute) {
					t.Errorf("the description of %s %s does not say what a change does: add \"Changing this …\" to the schema%s",
						name, attribute.Name, recipe(attributeRecipe))
				}
			}
		}
	}
	if count < 200 {
		t.Errorf("only %d attributes were looked at", count)
	}
}

func checkAttributes(t *testing.T, at string, attributes []*tfprotov6.SchemaAttribute) int {
	t.Helper()
	count := len(attributes)
	for _, attribute := range attributes {
		at := at + "." + attribute.Name
		if !strings.HasSuffix(attribute.Description, ".") {
			t.Errorf("%s has no description in whole sentences: add a MarkdownDescription to the schema%s", at, recipe(attributeRecipe))
		}
		if attribute.Sensitive {
			if searched, err := has(secretsTest, "sought", attribute.Name); err != nil || !searched {
				t.Errorf("nobody searches for the value of the sensitive %s: add it to %s, sought%s %v", at, secretsTest, recipe(attributeRecipe), err)
			}
		}
		if attribute.NestedType != nil {
			count += checkAttributes(t, at, attribute.NestedType.Attributes)
		}
	}
	return count
}

// saysWhatAChangeDoes reports whether an attribute, or else each of the attributes in it, says what a change of it does.
func saysWhatAChangeDoes(attribute *tfprotov6.SchemaAttribute) bool {
	if strings.Contains(strings.ToLower(attribute.Description), "changing ") {
		return true
	}
	return attribute.NestedType != nil && !slices.ContainsFunc(attribute.NestedType.Attributes, func(nested *tfprotov6.SchemaAttribute) bool {
		return (nested.Required || nested.Optional) && !saysWhatAChangeDoes(nested)
	})
}

// TestComplete_replacements: an attribute whose change makes Terraform destroy the object says so, and no other one does.
func TestComplete_replacements(t *testing.T) {
	t.Parallel()
	count := 0
	for _, create := range newProvider("test").Resources(t.Context()) {
		made := create()
		var named resource.MetadataResponse
		made.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "voltage"}, &named)
		var described resource.SchemaResponse
		made.Schema(t.Context(), resource.SchemaRequest{}, &described)
		for _, name := range slices.Sorted(maps.Keys(described.Schema.Attributes)) {
			attribute := described.Schema.Attributes[name]
			replaces := modifierReplaces(t, attribute)
			if replaces {
				count++
			}
			if says := strings.Contains(attribute.GetMarkdownDescription(), forcesNew); says != replaces {
				t.Errorf("a change of %s %s replaces the object: %t, and its description says so: %t. Make %q and the plan modifier agree%s",
					named.TypeName, name, replaces, says, forcesNew, recipe(attributeRecipe))
			}
		}
	}
	if count < 15 {
		t.Errorf("only %d attributes replace an object: this test does not see the plan modifiers", count)
	}
}

// modifierReplaces reports whether a plan modifier of an attribute says that it replaces the object. Each type of attribute has its own
// type of modifiers, and all of them describe themselves.
func modifierReplaces(t *testing.T, attribute schema.Attribute) bool {
	t.Helper()
	modifiers := reflect.ValueOf(attribute).FieldByName("PlanModifiers")
	for i := range modifiers.Len() {
		modifier, ok := modifiers.Index(i).Interface().(planmodifier.Describer)
		if !ok {
			t.Fatalf("%T does not describe itself", modifiers.Index(i).Interface())
		}
		text := modifier.Description(t.Context())
		if strings.Contains(text, "destroy and recreate") || strings.Contains(text, "forces a new resource") {
			return true
		}
	}
	return false
}
