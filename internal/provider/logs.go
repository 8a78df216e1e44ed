package provider

import (
	"cmp"
	"os"
	"slices"
	"strings"
)

// The variables that terraform-plugin-go and terraform-plugin-framework read the levels of their logs from. Without a level of its own
// a subsystem has the SDK's, which it looks at only when a line is made.
const (
	sdkLevel       = "TF_LOG_SDK"
	protocolLevel  = "TF_LOG_SDK_PROTO"
	frameworkLevel = "TF_LOG_SDK_FRAMEWORK"
	providerLevel  = "TF_LOG_PROVIDER_VOLTAGE"
)

// LimitLogs keeps the provider from writing logs that Terraform throws away. Without it everything is written down to the last
// trace, some hundred lines for each object of a plan, and Terraform parses each line before it looks at the level: half of the time
// that a plan of many objects takes. What is shown under any TF_LOG and TF_LOG_PROVIDER is the same. It must be called before the
// provider serves, and not where its logs are read otherwise, by a debugger.
func LimitLogs() error {
	wanted := wantedLevel(cmp.Or(os.Getenv("TF_LOG_PROVIDER"), os.Getenv("TF_LOG")))
	sdk := cmp.Or(os.Getenv(sdkLevel), wanted)
	for variable, level := range map[string]string{sdkLevel: sdk, protocolLevel: sdk, frameworkLevel: sdk, providerLevel: wanted} {
		if os.Getenv(variable) != "" { // the user's own choice
			continue
		}
		if err := os.Setenv(variable, level); err != nil {
			return err
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
