package faults_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// TestSavedPlanElsewhere: a saved plan that is applied with another organization or environment creates nothing. Terraform reports this
// with its own error, which the guide explains.
func TestSavedPlanElsewhere(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../templates/guides/when-things-go-wrong.md")
	if err != nil {
		t.Fatal(err)
	}
	for variable, attribute := range map[string]string{"VOLTAGE_ORGANIZATION_ID": ".organization_id",
		"VOLTAGE_ENVIRONMENT_ID": ".environment_id"} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			w := acctest.Emulated(t)
			c := w.InProcess(t)
			c.Write("main.tf", configuration(w, "staging", ""))
			c.Terraform("plan", "-out", "saved")
			env := c.Env
			c.Env = slices.Concat(env, []string{variable + "=" + uuid.NewString()})
			out, err := c.Try("apply", "saved")
			if err == nil {
				t.Fatalf("applied: %s", out)
			}
			said := strings.Join(strings.Fields(strings.NewReplacer("│", " ", attribute, ".organization_id").Replace(out)), " ")
			for _, words := range []string{
				"Error: Provider produced inconsistent final plan",
				"produced an invalid new value for .organization_id: was cty.StringVal(",
				"This is a bug in the provider, which should be reported in the provider's own issue tracker.",
			} {
				if !strings.Contains(said, words) || !strings.Contains(string(guide), words) {
					t.Errorf("Terraform or the guide lacks %q: %s", words, out)
				}
			}
			if w.Emulator.Count("create_wallet") != 0 {
				t.Error("a wallet was created")
			}
			c.Env = env
			c.Terraform("apply", "-auto-approve")
			c.Terraform("plan", "-detailed-exitcode")
		})
	}
}
