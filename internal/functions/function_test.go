package functions_test

import (
	"encoding/json"
	"math/big"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// number is a number as Terraform reads it in a configuration.
func number(t *testing.T, text string) *big.Float {
	t.Helper()
	f, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestConversions(t *testing.T) {
	t.Parallel()
	p := (&acctest.World{}).Unconfigured(t)
	for _, test := range []struct{ name, argument, want string }{
		{"sats_to_msats", "0", "0"},
		{"sats_to_msats", "1", "1000"},
		{"sats_to_msats", "0.001", "1"},
		{"sats_to_msats", "9223372036854775.807", "9223372036854775807"},
		{"sats_to_msats", "9223372036854775.808", "error: more than"},
		{"sats_to_msats", "0.0001", "error: fraction"},
		{"sats_to_msats", "-1", "-1000"},
		{"sats_to_msats", "-0.001", "-1"},
		{"sats_to_msats", "-0.0001", "error: fraction"},
		{"sats_to_msats", "-9223372036854775.807", "-9223372036854775807"},
		{"sats_to_msats", "-9223372036854775.808", "error: more than"},
		{"sats_to_msats", "1e30", "error: more than"},
		{"msats_to_sats", "1000", "1"},
		{"msats_to_sats", "1500", "1.5"},
		{"msats_to_sats", "1", "0.001"},
		{"msats_to_sats", "9223372036854775807", "9223372036854775.807"},
		{"msats_to_sats", "9223372036854775808", "error: more than"},
		{"msats_to_sats", "0.5", "error: fraction"},
		{"msats_to_sats", "-7000000", "-7000"}, // a wallet that owes 7,000 sats
		{"msats_to_sats", "-1500", "-1.5"},
		{"msats_to_sats", "-1", "-0.001"},
		{"msats_to_sats", "-0.5", "error: fraction"},
		{"msats_to_sats", "-9223372036854775808", "error: more than"},
		{"msats_to_sats", "18446744073709551615", "error: more than"},
		{"msats_to_sats", "18446744073709551616", "error: more than"},
		{"btc_to_msats", "1", "100000000000"},
		{"btc_to_msats", "0.1", "10000000000"},
		{"btc_to_msats", "0.3", "30000000000"},
		{"btc_to_msats", "0.00000000001", "1"},
		{"btc_to_msats", "20999999.97690000000", "2099999997690000000"},
		{"btc_to_msats", "92233720.36854775807", "9223372036854775807"},
		{"btc_to_msats", "92233720.36854775808", "error: more than"},
		{"btc_to_msats", "0.000000000001", "error: fraction"},
		{"btc_to_msats", "-0.1", "-10000000000"},
		{"btc_to_msats", "-0.00000000001", "-1"},
		{"btc_to_msats", "-0.000000000001", "error: fraction"},
	} {
		got, failure := p.Call(t.Context(), test.name, number(t, test.argument))
		if want, isError := strings.CutPrefix(test.want, "error: "); isError {
			if failure == nil || !strings.Contains(failure.Text, want) || failure.FunctionArgument == nil || *failure.FunctionArgument != 0 {
				t.Errorf("%s(%s): got %v and %v, want an error on the argument with %q", test.name, test.argument, got, failure, want)
			}
			continue
		}
		if failure != nil {
			t.Errorf("%s(%s): %s", test.name, test.argument, failure.Text)
			continue
		}
		if want := tftypes.NewValue(tftypes.Number, number(t, test.want)); !got.Equal(want) {
			t.Errorf("%s(%s) is %v, want %s", test.name, test.argument, got, test.want)
		}
	}
}

// TestParseBolt11 sends every example of BOLT 11 through the function.
func TestParseBolt11(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../voltage/testdata/bolt11-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Valid []struct {
			Invoice     string `json:"invoice"`
			AmountMsat  *int64 `json:"amount_msat"`
			PaymentHash string `json:"payment_hash"`
		} `json:"valid"`
		Invalid []struct {
			Invoice string `json:"invoice"`
			Reason  string `json:"reason"`
		} `json:"invalid"`
	}
	if err := json.Unmarshal(content, &vectors); err != nil || len(vectors.Valid) == 0 || len(vectors.Invalid) == 0 {
		t.Fatal(err)
	}
	p := (&acctest.World{}).Unconfigured(t)
	for i, v := range vectors.Valid {
		got, failure := p.Call(t.Context(), "parse_bolt11", v.Invoice)
		if failure != nil {
			t.Errorf("example %d: %s", i, failure.Text)
			continue
		}
		if acctest.Text(acctest.Attribute(got, "payment_hash")) != v.PaymentHash ||
			acctest.Attribute(got, "amount_msats").IsNull() != (v.AmountMsat == nil) {
			t.Errorf("example %d: %s", i, got)
		}
	}
	for _, prefix := range []string{"lightning:", "LIGHTNING:"} {
		got, failure := p.Call(t.Context(), "parse_bolt11", prefix+vectors.Valid[0].Invoice)
		if failure != nil || acctest.Text(acctest.Attribute(got, "payment_hash")) != vectors.Valid[0].PaymentHash {
			t.Errorf("with %s: %v, %v", prefix, got, failure)
		}
	}
	for _, v := range vectors.Invalid {
		if got, failure := p.Call(t.Context(), "parse_bolt11", v.Invoice); failure == nil || failure.FunctionArgument == nil {
			t.Errorf("%s: got %s", v.Reason, got)
		}
	}
}

// TestAccFunctions calls the functions from a configuration, with no configuration of the provider.
func TestAccFunctions(t *testing.T) {
	t.Parallel()
	const invoice = "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rq" +
		"wzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven" +
		"09sam30g4vgpfna3rh"
	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_8_0)},
		ProtoV6ProviderFactories: (&acctest.World{}).Factories(),
		Steps: []resource.TestStep{
			{
				Config: `
terraform {
  required_providers {
    voltage = { source = "hashicorp/voltage" } # as terraform-plugin-testing calls a provider that it is handed
  }
}
output "exact" { value = provider::voltage::btc_to_msats(0.1) == 10000000000 && provider::voltage::msats_to_sats(1001) == 1.001 }
output "owed" { value = provider::voltage::msats_to_sats(-7000000) }
output "coffee" { value = provider::voltage::parse_bolt11("` + invoice + `").description }
output "sats" { value = provider::voltage::msats_to_sats(provider::voltage::parse_bolt11("` + invoice + `").amount_msats) }
`,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownOutputValue("exact", knownvalue.Bool(true)),
					statecheck.ExpectKnownOutputValue("owed", knownvalue.Int64Exact(-7000)),
					statecheck.ExpectKnownOutputValue("coffee", knownvalue.StringExact("1 cup coffee")),
					statecheck.ExpectKnownOutputValue("sats", knownvalue.Int64Exact(250_000)),
				},
			},
			{
				Config: `
terraform {
  required_providers {
    voltage = { source = "hashicorp/voltage" }
  }
}
output "bad" { value = provider::voltage::sats_to_msats(-0.0001) }
`,
				ExpectError: regexp.MustCompile(`(?s)sats_to_msats.*fraction`),
			},
		},
	})
}
