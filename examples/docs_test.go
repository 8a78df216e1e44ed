package examples_test

import (
	"strings"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// TestPagesByHand: the page of an action or of a list resource has each of its attributes with its description, and the example.
// These pages are written by hand, since only Terraform 1.14 and newer hands their schemas to tfplugindocs.
func TestPagesByHand(t *testing.T) {
	t.Parallel()
	p := (&acctest.World{}).Unconfigured(t)
	for kind, attributes := range map[string]func(string) []string{"actions": p.ActionAttributes, "list-resources": p.ListAttributes} {
		names := p.Offers()[kind]
		if len(names) == 0 {
			t.Errorf("the provider offers no %s", kind)
		}
		for _, name := range names {
			page := read(t, "..", "docs", kind, strings.TrimPrefix(name, "voltage_")+".md")
			for _, line := range append(attributes(name), read(t, kind, name, exampleFiles[kind])) {
				if !strings.Contains(page, line) {
					t.Errorf("the page of %s lacks:\n%s", name, line)
				}
			}
		}
	}
}
