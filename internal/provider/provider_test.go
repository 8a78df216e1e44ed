package provider_test

import (
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// clearEnvironment hides what the shell has set.
func clearEnvironment(t *testing.T) {
	t.Helper()
	for _, variable := range []string{
		"VOLTAGE_API_KEY", "VOLTAGE_BEARER_TOKEN", "VOLTAGE_ORGANIZATION_ID", "VOLTAGE_ENVIRONMENT_ID", "VOLTAGE_API_URL",
	} {
		t.Setenv(variable, "")
	}
}

// TestConfigure_errors: what is wrong with the configuration is said on its attribute, and a secret is not repeated.
func TestConfigure_errors(t *testing.T) {
	clearEnvironment(t)
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		const secret = "vltg_hunter2"
		for name, test := range map[string]struct {
			config acctest.Config
			want   string
		}{
			"API key with a line break": {acctest.Config{"api_key": secret + "\n"}, `api_key: Invalid Voltage Credentials: .*white space`},
			"API key with a control":    {acctest.Config{"api_key": secret + "\x00x"}, `api_key: Invalid Voltage Credentials: .*control`},
			"API key with a BOM":        {acctest.Config{"api_key": "\ufeff" + secret}, `api_key: Invalid Voltage Credentials: .*byte order mark`},
			"API key in quotes":         {acctest.Config{"api_key": `"` + secret + `"`}, `api_key: Invalid Voltage Credentials: .*quotation marks`},
			"API key, zero width": {
				acctest.Config{"api_key": secret + "\u200b"},
				`api_key: Invalid Voltage Credentials: .*invisible character \(U\+200B\)`,
			},
			"token, zero width": {
				acctest.Config{"bearer_token": "\u2060" + secret},
				`bearer_token: Invalid Voltage Credentials: .*invisible character`,
			},
			"URL with a space": {acctest.Config{"base_url": "https://voltageapi.com/v1 "}, `base_url: Invalid Base URL: .*white space`},
			"URL in quotes":    {acctest.Config{"base_url": "'https://voltageapi.com/v1'"}, `base_url: Invalid Base URL: .*quotation marks`},
			"URL, zero width": {
				acctest.Config{"base_url": "https://voltageapi.com/v1\u200b"},
				`base_url: Invalid Base URL: .*invisible character`,
			},
			"organization, zero width": {
				acctest.Config{"organization_id": w.OrganizationID.String() + "\u200b"},
				`organization_id: Invalid UUID: .*invisible character`,
			},
			"environment with a space": {
				acctest.Config{"environment_id": w.EnvironmentID.String() + " "},
				`environment_id: Invalid UUID: .*white space`,
			},
			"empty API key":      {acctest.Config{"api_key": ""}, `api_key: Invalid Voltage Credentials: .*empty`},
			"token with a space": {acctest.Config{"bearer_token": " " + secret}, `bearer_token: Invalid Voltage Credentials: .*white space`},
			"both":               {acctest.Config{"api_key": secret, "bearer_token": secret}, `api_key: .*bearer_token`},
			"organization":       {acctest.Config{"organization_id": "mine"}, `organization_id: Invalid UUID: .*"mine"`},
			"environment":        {acctest.Config{"environment_id": "mine"}, `environment_id: Invalid UUID`},
			"http":               {acctest.Config{"base_url": "http://voltageapi.com/v1"}, `base_url: Invalid Base URL: .*in the clear`},
			"http with a key": {
				acctest.Config{"base_url": "http://emulator:8080/v1", "api_key": secret},
				`base_url: Invalid Base URL: .*in the clear: use https.*begin with vltg_emulator_`,
			},
			"http with a token": {
				acctest.Config{"base_url": "http://emulator:8080/v1", "bearer_token": secret},
				`base_url: Invalid Base URL: .*in the clear`,
			},
			"credentials in the URL": {
				acctest.Config{"base_url": "https://me:" + secret + "@voltageapi.com/v1"},
				`base_url: Invalid Base URL: .*credentials`,
			},
			"query":              {acctest.Config{"base_url": "https://voltageapi.com/v1?a=b"}, `base_url: Invalid Base URL: .*query`},
			"fragment":           {acctest.Config{"base_url": "https://voltageapi.com/v1#a"}, `base_url: Invalid Base URL: .*fragment`},
			"network":            {acctest.Config{"allowed_networks": []any{"testnet"}}, `allowed_networks.*"testnet3"`},
			"no network":         {acctest.Config{"allowed_networks": []any{}}, `allowed_networks: .*at least 1`},
			"retries":            {acctest.Config{"max_retries": -1}, `max_retries: .*between 0 and 20`},
			"timeout":            {acctest.Config{"request_timeout": "30"}, `request_timeout: Invalid Duration: .*30s`},
			"timeout of nothing": {acctest.Config{"request_timeout": "0s"}, `request_timeout: Invalid Duration`},
		} {
			got := w.Unconfigured(t).Configure(test.config).Errors()
			if !regexp.MustCompile(`(?s)` + test.want).MatchString(got) {
				t.Errorf("%s: got %q, want %q", name, got, test.want)
			}
			if strings.Contains(got, "hunter2") {
				t.Errorf("%s: the error repeats the secret: %s", name, got)
			}
		}

		all := w.Unconfigured(t).Configure(acctest.Config{
			"api_key": "a ", "organization_id": "x", "environment_id": "x", "base_url": "ftp://x", "max_retries": 99, "request_timeout": "x",
		}).Errors()
		for _, attribute := range []string{"api_key", "organization_id", "environment_id", "base_url", "max_retries", "request_timeout"} {
			if !strings.Contains("\n"+all, "\n"+attribute+": ") {
				t.Errorf("not every error at once, %s is missing: %s", attribute, all)
			}
		}
		if got := len(w.Emulator.Requests()); got != 0 {
			t.Errorf("%d requests were sent", got)
		}
	})
}

// TestConfigure_environment: the environment stands in for what is left out, is checked alike, and loses to what is given.
func TestConfigure_environment(t *testing.T) {
	w := acctest.Emulated(t)
	right := map[string]string{
		"VOLTAGE_API_KEY": emulator.StagingKey, "VOLTAGE_ORGANIZATION_ID": w.OrganizationID.String(),
		"VOLTAGE_ENVIRONMENT_ID": w.EnvironmentID.String(), "VOLTAGE_API_URL": w.URL,
	}
	for name, test := range map[string]struct {
		environment map[string]string
		config      acctest.Config
		want        string // in the errors; empty: a read succeeds
	}{
		"all of it": {nil, nil, ""},
		"token":     {map[string]string{"VOLTAGE_API_KEY": "", "VOLTAGE_BEARER_TOKEN": emulator.UserToken}, nil, ""},
		"given wins": {
			map[string]string{"VOLTAGE_API_KEY": "wrong", "VOLTAGE_API_URL": "https://voltage.invalid"},
			acctest.Config{"api_key": emulator.StagingKey, "base_url": w.URL},
			"",
		},
		"given key, other token": {
			map[string]string{"VOLTAGE_API_KEY": "", "VOLTAGE_BEARER_TOKEN": "other"},
			acctest.Config{"api_key": emulator.StagingKey},
			"",
		},
		"given token, other key": {nil, acctest.Config{"bearer_token": emulator.UserToken}, ""},
		"both":                   {map[string]string{"VOLTAGE_BEARER_TOKEN": "b"}, nil, "VOLTAGE_API_KEY and VOLTAGE_BEARER_TOKEN are both set"},
		"bad key": {
			map[string]string{"VOLTAGE_API_KEY": "hunter2\n"},
			nil,
			"api_key: Invalid Environment Variable: The environment variable VOLTAGE_API_KEY",
		},
		"key with a BOM":     {map[string]string{"VOLTAGE_API_KEY": "\ufeffhunter2"}, nil, "byte order mark"},
		"key in quotes":      {map[string]string{"VOLTAGE_API_KEY": `"hunter2"`}, nil, "quotation marks"},
		"token with a space": {map[string]string{"VOLTAGE_API_KEY": "", "VOLTAGE_BEARER_TOKEN": "hunter2 "}, nil, "white space"},
		"URL, zero width":    {map[string]string{"VOLTAGE_API_URL": w.URL + "\u200b"}, nil, "invisible character (U+200B)"},
		"URL in quotes":      {map[string]string{"VOLTAGE_API_URL": `"` + w.URL + `"`}, nil, "quotation marks"},
		"organization, BOM":  {map[string]string{"VOLTAGE_ORGANIZATION_ID": "\ufeff" + w.OrganizationID.String()}, nil, "byte order mark"},
		"bad organization": {
			map[string]string{"VOLTAGE_ORGANIZATION_ID": "x"},
			nil,
			"organization_id: Invalid Environment Variable: The environment variable VOLTAGE_ORGANIZATION_ID",
		},
		"bad environment": {
			map[string]string{"VOLTAGE_ENVIRONMENT_ID": "x"},
			nil,
			"environment_id: Invalid Environment Variable: The environment variable VOLTAGE_ENVIRONMENT_ID",
		},
		"bad URL": {
			map[string]string{"VOLTAGE_API_URL": "http://voltageapi.com", "VOLTAGE_API_KEY": "vltg_hunter2"},
			nil,
			"base_url: Invalid Environment Variable: The environment variable VOLTAGE_API_URL",
		},
		"no credentials":  {map[string]string{"VOLTAGE_API_KEY": ""}, nil, "Missing Voltage Credentials"},
		"no organization": {map[string]string{"VOLTAGE_ORGANIZATION_ID": ""}, nil, "organization_id: Missing Attribute"},
	} {
		t.Run(name, func(t *testing.T) {
			clearEnvironment(t)
			for variable, value := range right {
				t.Setenv(variable, value)
			}
			for variable, value := range test.environment {
				t.Setenv(variable, value)
			}
			p := w.Unconfigured(t)
			diags := p.Configure(test.config)
			if diags.Errors() == "" {
				_, diags = p.ReadDataSource(t.Context(), "voltage_wallets", nil)
			}
			if got := diags.Errors(); test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if strings.Contains(diags.Errors(), "hunter2") {
				t.Errorf("the error repeats the secret: %s", diags.Errors())
			}
		})
	}
}

// TestConfigure_exposure: over http, a key goes to another machine only if it is an emulator's, wherever key and URL come from.
func TestConfigure_exposure(t *testing.T) {
	w := acctest.Emulated(t)
	const public, secret, remote = "vltg_emulator_x", "vltg_hunter2", "http://emulator.invalid:8080/v1"
	for name, test := range map[string]struct {
		environment map[string]string
		config      acctest.Config
		refused     bool
	}{
		"both given, secret":              {nil, acctest.Config{"api_key": secret, "base_url": remote}, true},
		"both given, emulator's":          {nil, acctest.Config{"api_key": public, "base_url": remote}, false},
		"token given, secret":             {nil, acctest.Config{"bearer_token": secret, "base_url": remote}, true},
		"token given, emulator's":         {nil, acctest.Config{"bearer_token": public, "base_url": remote}, false},
		"both of the environment, secret": {map[string]string{"VOLTAGE_API_KEY": secret, "VOLTAGE_API_URL": remote}, nil, true},
		"both of it, emulator's":          {map[string]string{"VOLTAGE_API_KEY": public, "VOLTAGE_API_URL": remote}, nil, false},
		"token of it, secret":             {map[string]string{"VOLTAGE_BEARER_TOKEN": secret, "VOLTAGE_API_URL": remote}, nil, true},
		"token of it, emulator's":         {map[string]string{"VOLTAGE_BEARER_TOKEN": public, "VOLTAGE_API_URL": remote}, nil, false},
		"key of it, URL given":            {map[string]string{"VOLTAGE_API_KEY": secret}, acctest.Config{"base_url": remote}, true},
		"key given, URL of it":            {map[string]string{"VOLTAGE_API_URL": remote}, acctest.Config{"api_key": secret}, true},
		"secret given, emulator's of it": {
			map[string]string{"VOLTAGE_API_KEY": public},
			acctest.Config{"api_key": secret, "base_url": remote},
			true,
		},
		"emulator's given, secret of it": {
			map[string]string{"VOLTAGE_API_KEY": secret},
			acctest.Config{"api_key": public, "base_url": remote},
			false,
		},
		"no key":                            {nil, acctest.Config{"base_url": remote}, true},
		"key not known, URL remote":         {nil, acctest.Config{"api_key": acctest.Unknown{}, "base_url": remote}, false}, // until the apply
		"URL not known":                     {nil, acctest.Config{"api_key": secret, "base_url": acctest.Unknown{}}, false}, // likewise
		"emulator's key for the secret API": {nil, acctest.Config{"api_key": public}, false},                                // which refuses it
		"emulator's key over https, remote": {nil, acctest.Config{"api_key": public, "base_url": "https://emulator.invalid"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			clearEnvironment(t)
			for variable, value := range test.environment {
				t.Setenv(variable, value)
			}
			got := w.Unconfigured(t).Configure(test.config).Errors()
			if refused := strings.Contains(got, "in the clear: use https"); refused != test.refused || !refused && got != "" {
				t.Errorf("got %q, want refused %t", got, test.refused)
			}
			if strings.Contains(got, secret) || got != "" && !strings.HasPrefix(got, "base_url: ") {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestConfigure_publicEmulator: a module is tested on an emulator of another machine, with what it exports and nothing else.
func TestConfigure_publicEmulator(t *testing.T) {
	clearEnvironment(t)
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		network, ok := address.(*net.IPNet)
		if !ok || network.IP.IsLoopback() || network.IP.To4() == nil {
			continue
		}
		api, err := emulator.New(emulator.Config{Public: true})
		if err != nil {
			t.Fatal(err)
		}
		url, stop, err := api.Listen(t.Context(), network.IP.String()+":0")
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		p := (&acctest.World{}).Unconfigured(t)
		config := acctest.Config{
			"base_url": url, "api_key": emulator.StagingKey, "organization_id": emulator.DefaultOrganizationID.String(),
			"environment_id": emulator.StagingEnvironmentID.String(),
		}
		diags := p.Configure(config)
		if diags.Errors() == "" {
			_, diags = p.ReadDataSource(t.Context(), "voltage_wallets", nil)
		}
		if diags.Errors() != "" || api.Count("get_all_organizations_wallets_as_user") != 1 {
			t.Errorf("%s: %s", url, diags.Errors())
		}
		return
	}
	t.Skip("this machine has no address but the loopback one")
}

// TestConfigure_unknown: what is known only after the apply is no error.
func TestConfigure_unknown(t *testing.T) {
	clearEnvironment(t)
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		for _, attribute := range []string{
			"api_key", "bearer_token", "organization_id", "environment_id", "base_url", "allowed_networks", "max_retries", "request_timeout",
		} {
			if got := w.Unconfigured(t).Configure(acctest.Config{attribute: acctest.Unknown{}}).Errors(); got != "" {
				t.Errorf("%s: %s", attribute, got)
			}
		}
		p := w.Unconfigured(t)
		if got := p.Configure(acctest.Config{"allowed_networks": []any{acctest.Unknown{}}, "api_key": "a"}).Errors(); got != "" {
			t.Errorf("a network that is not known: %s", got)
		}
	})
}

// TestUserAgent names provider and Terraform, with their versions.
func TestUserAgent(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		if _, diags := p.ReadDataSource(t.Context(), "voltage_wallets", nil); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		if got := w.Emulator.Requests()[0].Header.Get("User-Agent"); got != "terraform-provider-voltage/test Terraform/1.99.0" {
			t.Errorf("User-Agent %q", got)
		}
	})
}

func TestMaxRetries(t *testing.T) {
	t.Parallel()
	for retries, want := range map[int]int{0: 1, 2: 3} {
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			w.Emulator.Inject(emulator.Fault{Times: -1, Effect: emulator.Answer{Status: 503}})
			p := w.Protocol(t, acctest.Config{"max_retries": retries})
			_, diags := p.ReadDataSource(t.Context(), "voltage_wallet", acctest.Config{"id": uuid.NewString()})
			if !strings.Contains(diags.Errors(), "503 Service Unavailable") || !strings.Contains(diags.Errors(), "max_retries") {
				t.Errorf("got %q", diags.Errors())
			}
			if got := len(w.Emulator.Requests()); got != want {
				t.Errorf("max_retries = %d: %d requests, want %d", retries, got, want)
			}
		})
	}
}

func TestRequestTimeout(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		w.Emulator.Inject(emulator.Fault{Effect: emulator.Hang{}})
		p := w.Protocol(t, acctest.Config{"request_timeout": "50ms"})
		if _, diags := p.ReadDataSource(t.Context(), "voltage_wallets", nil); diags.Errors() != "" {
			t.Errorf("an attempt without an answer is not given up and repeated: %s", diags.Errors())
		}
	})
}

// TestNoSecretInSchema: what is secret is marked so.
func TestNoSecretInSchema(t *testing.T) {
	t.Parallel()
	for name, sensitive := range (&acctest.World{}).Unconfigured(t).ProviderAttributes() {
		if want := name == "api_key" || name == "bearer_token"; sensitive != want {
			t.Errorf("%s is sensitive: %t", name, sensitive)
		}
	}
}

// TestAccProvider_errorsThroughTerraform sees several errors at once, as a user would.
func TestAccProvider_errorsThroughTerraform(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config: `
provider "voltage" {
  base_url        = "http://voltageapi.com/v1"
  api_key         = "vltg_hunter2"
  organization_id = "mine"
}
data "voltage_wallets" "test" {}
`,
			ExpectError: regexp.MustCompile(`(?s)(Invalid Base URL.*Invalid UUID|Invalid UUID.*Invalid Base URL)`),
		}},
	})
}
