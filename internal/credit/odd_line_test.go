package credit_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccLinesOfCredit_oddOnes: a line of credit that cannot be read leaves the others readable, and is named wherever it may be meant.
func TestAccLinesOfCredit_oddOnes(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		odd := uuid.New()
		line := func(id uuid.UUID, currency, limit string) string {
			return fmt.Sprintf(
				`{"id":%q,"organization_id":%q,"environment_id":%q,"network":"mutinynet","currency":%q,"limit":%s,"allocated_limit":0}`,
				id, w.OrganizationID, w.EnvironmentID, currency, limit,
			)
		}
		w.Emulator.Inject(emulator.Fault{Operation: "get_lines_of_credit_summaries_as_user", Times: -1, Effect: emulator.Answer{
			Status:      200,
			ContentType: "application/json",
			Body:        "[" + line(odd, "usd", "18446744073709551615") + "," + line(uuid.New(), "btc", "7") + "]",
		}})
		p := w.Protocol(t)
		for name, test := range map[string]struct {
			kind   string
			config acctest.Config
			odd    bool
		}{
			"all":                     {"voltage_lines_of_credit", nil, true},
			"its currency":            {"voltage_lines_of_credit", acctest.Config{"currency": "usd"}, true},
			"another currency":        {"voltage_lines_of_credit", acctest.Config{"currency": "btc"}, false},
			"another network":         {"voltage_lines_of_credit", acctest.Config{"network": "mainnet"}, false},
			"another environment":     {"voltage_lines_of_credit", acctest.Config{"environment_id": emulator.SecondEnvironmentID.String()}, false},
			"one of its currency":     {"voltage_line_of_credit", acctest.Config{"currency": "usd"}, true},
			"one of another currency": {"voltage_line_of_credit", acctest.Config{"currency": "btc"}, false},
		} {
			_, diags := p.ReadDataSource(t.Context(), test.kind, test.config)
			if test.odd {
				p.Expect(name, diags, odd.String(), "cannot be read as its limit", "\n\n")
				continue
			}
			p.Expect(name, diags)
		}
	})
}
