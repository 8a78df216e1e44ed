package provider

import (
	"cmp"
	"os"
	"slices"
	"strings"
)

// logVariables are what terraform-plugin-go reads the levels of its own log and of the provider's from.
var logVariables = []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_VOLTAGE"}

// LimitLogs keeps the provider from writing logs that Terraform throws away. Without it everything is written down to the last
// trace, some hundred lines for each object of a plan, and Terraform parses each line before it looks at the level: half of the time
// that a plan of many objects takes. What is shown under any TF_LOG and TF_LOG_PROVIDER is the same. It must be called before the
// provider serves, and not where its logs are read otherwise, by a debugger.
func LimitLogs() error {
	level := wantedLevel(cmp.Or(os.Getenv("TF_LOG_PROVIDER"), os.Getenv("TF_LOG")))
	for _, variable := range logVariables {
		if os.Getenv(variable) != "" { // the user's own choice
			continue
		}
		if err := os.Setenv(variable, level); err != nil {
			return err //nolint:wrapcheck // says it all
		}
	}
	return nil
}

// wantedLevel is the level that Terraform takes a value of TF_LOG for: off when it is empty, and trace when it is JSON or no level.
func wantedLevel(value string) string {
	level := strings.ToLower(value)
	switch {
	case level == "":
		return "off"
	case slices.Contains([]string{"trace", "debug", "info", "warn", "error", "off"}, level):
		return level
	default:
		return "trace"
	}
}
