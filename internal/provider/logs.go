package provider

import (
	"cmp"
	"os"
	"slices"
	"strings"
)

// terraform-plugin-go and terraform-plugin-framework read the levels of their logs from these variables. A subsystem without its own level
// uses the level of the SDK, but checks it only after it has built the line.
const (
	sdkLevel       = "TF_LOG_SDK"
	protocolLevel  = "TF_LOG_SDK_PROTO"
	frameworkLevel = "TF_LOG_SDK_FRAMEWORK"
	providerLevel  = "TF_LOG_PROVIDER_VOLTAGE"
)

// LimitLogs makes the provider write only the log levels that Terraform shows. By default a provider writes all levels, some hundred lines
// for each object of a plan, and Terraform parses each line before it checks the level. That takes half of the time of a plan of many
// objects. The visible logs stay the same for every value of TF_LOG and TF_LOG_PROVIDER. Call LimitLogs before the provider serves. Do not
// call it under a debugger, where Terraform does not read the logs.
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

// wantedLevel returns the level that Terraform uses for a value of TF_LOG: off if the value is empty, and trace if it is JSON or not a
// level.
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
