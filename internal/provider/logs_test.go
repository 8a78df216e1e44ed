package provider

import (
	"os"
	"testing"
)

func TestLimitLogs(t *testing.T) {
	for _, c := range []struct {
		name string
		set  map[string]string
		want map[string]string
	}{
		{"nobody reads logs", nil, levels("off", "off", "off", "off")},
		{"all logs", map[string]string{"TF_LOG": "INFO"}, levels("info", "info", "info", "info")},
		{"all logs as JSON", map[string]string{"TF_LOG": "JSON"}, levels("trace", "trace", "trace", "trace")},
		{"not a level, which Terraform takes for TRACE", map[string]string{"TF_LOG": "1"}, levels("trace", "trace", "trace", "trace")},
		{"providers' logs", map[string]string{"TF_LOG_PROVIDER": "debug"}, levels("debug", "debug", "debug", "debug")},
		{"providers' logs before all", map[string]string{"TF_LOG": "TRACE", "TF_LOG_PROVIDER": "OFF"}, levels("off", "off", "off", "off")},
		{"Terraform's logs only", map[string]string{"TF_LOG_CORE": "TRACE"}, levels("off", "off", "off", "off")},
		{
			"the user's own choice for the SDK",
			map[string]string{"TF_LOG": "TRACE", sdkLevel: "ERROR"},
			levels("ERROR", "ERROR", "ERROR", "trace"),
		},
		{
			"the user's own choice for a part",
			map[string]string{"TF_LOG": "TRACE", protocolLevel: "OFF"},
			levels("trace", "OFF", "trace", "trace"),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, variable := range []string{"TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER", sdkLevel, protocolLevel, frameworkLevel, providerLevel} {
				t.Setenv(variable, c.set[variable])
			}
			if err := LimitLogs(); err != nil {
				t.Fatal(err)
			}
			for variable, want := range c.want {
				if got := os.Getenv(variable); got != want {
					t.Errorf("%s is %q, want %q", variable, got, want)
				}
			}
		})
	}
}

func levels(sdk, protocol, framework, provider string) map[string]string {
	return map[string]string{sdkLevel: sdk, protocolLevel: protocol, frameworkLevel: framework, providerLevel: provider}
}
