package examples_test

import (
	"strings"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// TestActionDocs: the page of an action has each of its attributes with its description, and the example. Pages of actions are
// written by hand, since only Terraform 1.14 and newer hands their schemas to tfplugindocs.
func TestActionDocs(t *testing.T) {
	t.Parallel()
	p := (&acctest.World{}).Unconfigured(t)
	for _, name := range p.Offers()["actions"] {
		page := read(t, "..", "docs", "actions", strings.TrimPrefix(name, "voltage_")+".md")
		for _, line := range append(p.ActionAttributes(name), read(t, "actions", name, "action.tf")) {
			if !strings.Contains(page, line) {
				t.Errorf("the page of %s lacks:\n%s", name, line)
			}
		}
	}
}
