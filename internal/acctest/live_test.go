package acctest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// TestLive_refusals: live tests and sweepers keep off mainnet and every host that is not for tests, unless they are told.
func TestLive_refusals(t *testing.T) {
	t.Parallel()
	staging := map[string]string{
		"VOLTAGE_API_URL": "https://staging.voltageapi.com/v1", "VOLTAGE_API_KEY": "vltg_test",
		"VOLTAGE_ORGANIZATION_ID": emulator.DefaultOrganizationID.String(), "VOLTAGE_ENVIRONMENT_ID": emulator.StagingEnvironmentID.String(),
	}
	for name, test := range map[string]struct{ variable, value, want string }{
		"staging":              {},
		"the emulator":         {"VOLTAGE_API_URL", "http://127.0.0.1:8080/v1", ""},
		"the emulator, by v6":  {"VOLTAGE_API_URL", "http://[::1]:8080/v1", ""},
		"testnet3":             {"VOLTAGE_ACC_NETWORK", "testnet3", ""},
		"mainnet":              {"VOLTAGE_ACC_NETWORK", "mainnet", `VOLTAGE_ACC_NETWORK is "mainnet"`},
		"mainnet, otherwise":   {"VOLTAGE_ACC_NETWORK", "Mainnet", `VOLTAGE_ACC_NETWORK is "Mainnet"`},
		"no test network":      {"VOLTAGE_ACC_NETWORK", "liquid", `VOLTAGE_ACC_NETWORK is "liquid"`},
		"no URL is production": {"VOLTAGE_API_URL", "", `"voltageapi.com"`},
		"production":           {"VOLTAGE_API_URL", "https://voltageapi.com/v1", `"voltageapi.com"`},
		"written otherwise":    {"VOLTAGE_API_URL", "https://VoltageAPI.com.:443/v1", `"voltageapi.com"`},
		"a host of production": {"VOLTAGE_API_URL", "https://eu.voltageapi.com/v1", `"eu.voltageapi.com"`},
		"staging's look-alike": {"VOLTAGE_API_URL", "https://staging.voltageapi.com.example/v1", `"staging.voltageapi.com.example"`},
		"no URL at all":        {"VOLTAGE_API_URL", "https://staging.voltageapi.com:x", "not a URL"},
	} {
		getenv := func(variable string) string {
			if variable == test.variable {
				return test.value
			}
			return staging[variable]
		}
		world, err := liveWorld(getenv)
		swept := false
		sweepErr := sweepLive(t.Context(), getenv, func(context.Context, *voltage.Client, uuid.UUID, uuid.UUID, time.Time) error {
			swept = true
			return nil
		}, time.Now())
		switch {
		case test.want == "" && (err != nil || sweepErr != nil || !swept || world.EnvironmentID != emulator.StagingEnvironmentID):
			t.Errorf("%s: %v, %v", name, err, sweepErr)
		case test.want != "":
			if err == nil || sweepErr == nil || swept {
				t.Errorf("%s: not refused", name)
				continue
			}
			for _, text := range []string{err.Error(), sweepErr.Error()} {
				if !strings.Contains(text, test.want) || test.want != "not a URL" && !strings.Contains(text, "VOLTAGE_ACC_ALLOW_PRODUCTION=1") {
					t.Errorf("%s: %s", name, text)
				}
			}
		}
		if _, err := liveWorld(func(variable string) string {
			if variable == AllowVariable {
				return "1"
			}
			return getenv(variable)
		}); err != nil {
			t.Errorf("%s, allowed: %s", name, err)
		}
	}
}
