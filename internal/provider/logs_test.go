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
		{"nobody reads logs", nil, map[string]string{"TF_LOG_SDK": "off", "TF_LOG_PROVIDER_VOLTAGE": "off"}},
		{"all logs", map[string]string{"TF_LOG": "INFO"}, map[string]string{"TF_LOG_SDK": "info", "TF_LOG_PROVIDER_VOLTAGE": "info"}},
		{"all logs as JSON", map[string]string{"TF_LOG": "JSON"}, map[string]string{"TF_LOG_SDK": "trace", "TF_LOG_PROVIDER_VOLTAGE": "trace"}},
		{"not a level, which Terraform takes for TRACE", map[string]string{"TF_LOG": "1"}, map[string]string{"TF_LOG_SDK": "trace"}},
		{"providers' logs", map[string]string{"TF_LOG_PROVIDER": "debug"}, map[string]string{"TF_LOG_PROVIDER_VOLTAGE": "debug"}},
		{"providers' logs before all", map[string]string{"TF_LOG": "TRACE", "TF_LOG_PROVIDER": "OFF"}, map[string]string{"TF_LOG_PROVIDER_VOLTAGE": "off"}},
		{"Terraform's logs only", map[string]string{"TF_LOG_CORE": "TRACE"}, map[string]string{"TF_LOG_SDK": "off", "TF_LOG_PROVIDER_VOLTAGE": "off"}},
		{"the user's own choice", map[string]string{"TF_LOG": "TRACE", "TF_LOG_SDK": "ERROR"}, map[string]string{"TF_LOG_SDK": "ERROR", "TF_LOG_PROVIDER_VOLTAGE": "trace"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, variable := range append([]string{"TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER"}, logVariables...) {
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
