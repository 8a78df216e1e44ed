// Package examples_test tries every example with the real Terraform and the provider's binary, on the emulator.
package examples_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/go-version"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

func TestMain(m *testing.M) {
	status := acctest.Main(m)
	removePrograms()
	os.Exit(status)
}

// stage is a folder with a configuration, an emulator, and what the examples take for granted there.
type stage struct {
	*acctest.World
	*acctest.CLI
	t *testing.T
	// wallet is one that is there already.
	wallet uuid.UUID
	// payment is a request that is to be paid, and invoice what it is paid by.
	payment uuid.UUID
	invoice string
}

// newStage makes a stage whose Terraform uses a provider of this process, as after [acctest.CLI.Attach].
func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{World: acctest.Emulated(t), t: t}
	s.CLI = s.InProcess(t)
	s.prepare()
	return s
}

// newInstalledStage makes a stage whose Terraform installs the provider's program from a mirror, by terraform init.
func newInstalledStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{World: acctest.Emulated(t), t: t}
	s.CLI = s.World.CLI(t)
	s.prepare()
	return s
}

// prepare makes what the examples take for granted.
func (s *stage) prepare() {
	t := s.t
	t.Helper()
	limit := int64(1_000_000)
	s.wallet = uuid.New()
	err := s.Emulator.AddWallet(emulator.Wallet{
		ID: s.wallet, EnvironmentID: s.EnvironmentID, Name: "orders-staging", Network: "mutinynet", LineOfCreditID: &emulator.StagingLineID,
		Limit:    &limit,
		Metadata: map[string]string{"team": "payments"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.payment, err = s.Emulator.AddReceive(s.wallet, 150_000, nil); err != nil {
		t.Fatal(err)
	}
	s.Emulator.SetCheckout(s.EnvironmentID, emulator.Checkout{OriginPolicy: "allowlist", AllowedOrigins: []string{"https://shop.example"}})
	p := s.Protocol(t)
	payment, diags := p.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": s.payment.String()})
	if diags.Errors() != "" {
		t.Fatal(diags.Errors())
	}
	s.invoice = acctest.Text(acctest.Attribute(payment, "payment_request"))
	hook := &acctest.Instance{Type: "voltage_webhook"}
	p.MustApply(hook, acctest.Config{
		"name": "orders-staging", "url": s.receiver(), "events": acctest.Config{"receive": []any{"completed"}},
	})
	bill, err := s.Emulator.AddBill(emulator.Bill{LineOfCreditID: s.LineOfCreditID, Amount: 21_000})
	if err != nil {
		t.Fatal(err)
	}
	delivery := uuid.NewString()
	_, diags = p.Invoke(t.Context(), "voltage_webhook_test", acctest.Config{"webhook_id": hook.String("id"), "delivery_id": delivery})
	p.Expect("a delivery", diags)
	s.Emulator.ResetRequests()
	s.Env = append(s.Env, "TF_VAR_delivery_id="+delivery)
	s.Env = append(s.Env, "TF_VAR_payment_id="+s.payment.String(), "TF_VAR_invoice="+s.invoice, "TF_VAR_bill_id="+bill.Bill.String())
}

// receiver is the URL of a server that takes every delivery.
func (s *stage) receiver() string {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.t.Cleanup(server.Close)
	return server.URL
}

// live applies, plans nothing more, and destroys.
func (s *stage) live() {
	s.t.Helper()
	s.Terraform("apply", "-auto-approve")
	s.Terraform("plan", "-detailed-exitcode")
	s.Terraform("destroy", "-auto-approve")
}

// terraformVersion asks the Terraform at hand once for its version.
var terraformVersion = sync.OnceValues(func() (*version.Version, error) {
	out, err := exec.Command(acctest.TerraformPath(), "version", "-json").Output()
	if err != nil {
		return nil, err
	}
	var answer struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return nil, err
	}
	return version.NewVersion(answer.Version)
})

// atLeast reports whether the Terraform at hand is of a version or newer.
func atLeast(t *testing.T, wanted string) bool {
	t.Helper()
	have, err := terraformVersion()
	if err != nil {
		t.Fatal(err)
	}
	return have.Core().GreaterThanOrEqual(version.Must(version.NewVersion(wanted)))
}

// copy writes the files of a folder of examples.
func (s *stage) copy(folder string) {
	s.t.Helper()
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			s.Write(path, read(s.t, folder, path))
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// exampleFiles are the examples of what a provider offers, as tfplugindocs names them, by the folder they are in.
var exampleFiles = map[string]string{
	"resources": "resource.tf", "data-sources": "data-source.tf", "functions": "function.tf", "actions": "action.tf",
	"list-resources": "list-resource.tfquery.hcl",
}

// TestEverythingHasAnExample: what the provider offers is there, and nothing else.
func TestEverythingHasAnExample(t *testing.T) {
	t.Parallel()
	for kind, names := range (&acctest.World{}).Unconfigured(t).Offers() {
		for _, name := range names {
			if _, err := os.Stat(filepath.Join(kind, name, exampleFiles[kind])); err != nil {
				t.Errorf("%s %s has no example: %v", kind, name, err)
			}
		}
		entries, err := os.ReadDir(kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if !slices.Contains(names, entry.Name()) {
				t.Errorf("an example of %s %s, which the provider does not offer", kind, entry.Name())
			}
		}
	}
}

// TestExamples applies each example of a resource, data source or function.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"resources/*/resource.tf", "data-sources/*/data-source.tf", "functions/*/function.tf", "demo/main.tf"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no examples, %v", pattern, err)
		}
		for _, file := range files {
			t.Run(file, func(t *testing.T) {
				t.Parallel()
				s := newStage(t)
				content := read(t, file)
				if !strings.Contains(content, "required_providers") {
					content += acctest.Requirements
				}
				s.Write("main.tf", content)
				s.live()
			})
		}
	}
}

// TestProviderExample is valid; it names a real host, and so nothing is applied.
func TestProviderExample(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.Write("main.tf", read(t, "provider", "provider.tf"))
	s.Terraform("validate")
}

// TestImportExamples imports what a resource's example has made, by each block that the documentation shows and Terraform knows.
func TestImportExamples(t *testing.T) {
	t.Parallel()
	blocks, err := filepath.Glob("resources/*/i*.tf")
	if err != nil || len(blocks) == 0 {
		t.Fatalf("no examples of imports, %v", err)
	}
	for _, block := range blocks {
		kind := filepath.Base(filepath.Dir(block))
		t.Run(block, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			content := read(t, block)
			address := regexp.MustCompile(`to = (\S+)`).FindStringSubmatch(content)[1]
			// A secret is not imported, and a version of it would rotate it.
			example := regexp.MustCompile(`(?m)^\s*secret_version.*$`).ReplaceAllString(read(t, "resources", kind, "resource.tf"), "")
			// The wallet of the line's example is imported by no block there, and would be made twice.
			example, _, _ = strings.Cut(example, "resource \"voltage_wallet\" \"load_test\"")
			s.Write("main.tf", example+acctest.Requirements+"output \"imported\" {\n  value     = "+address+"\n  sensitive = true\n}\n")
			s.Terraform("apply", "-auto-approve")
			var made map[string]any
			s.Output("imported", &made)
			if err := os.Remove(filepath.Join(s.Dir, "terraform.tfstate")); err != nil {
				t.Fatal(err)
			}
			s.Write("import.tf", importOf(content, made))
			if strings.Contains(content, "identity") && !atLeast(t, "1.12") {
				s.Terraform("fmt", "-check")
				return
			}
			if out := s.Terraform("apply", "-auto-approve"); !strings.Contains(out, "1 imported, 0 added, 0 changed") {
				t.Errorf("applied:\n%s", out)
			}
			s.Terraform("plan", "-detailed-exitcode")
		})
	}
}

// importOf puts the ID of an object that was made in the place of the one in an import block. The organization, the environment
// and the line of credit are the emulator's already.
func importOf(block string, made map[string]any) string {
	own := made["id"]
	if own == nil {
		own = made["wallet_id"]
	}
	return regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).ReplaceAllStringFunc(block, func(id string) string {
		for _, known := range []uuid.UUID{emulator.DefaultOrganizationID, emulator.StagingEnvironmentID, emulator.StagingLineID} {
			if id == known.String() {
				return id
			}
		}
		return fmt.Sprint(own)
	})
}

// actionExamples are the examples of actions, each with how often two invocations of it call which operation of the API.
var actionExamples = map[string]struct {
	operation string
	requests  int
}{
	"voltage_payment_check": {"check_payment", 2},  // without an ID of its own the API decides each time
	"voltage_payment_send":  {"create_payment", 1}, // with an ID of its own it pays once
	"voltage_webhook_test":  {"test_webhook", 2},

	"voltage_webhook_delivery_retry":   {"retry_webhook_delivery", 2},
	"voltage_webhook_delivery_abandon": {"abandon_webhook_delivery", 0}, // it has ended, which is a warning
}

// TestActionExamples invokes each example where Terraform knows actions, and reads its syntax where it does not.
func TestActionExamples(t *testing.T) {
	t.Parallel()
	for name, test := range actionExamples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			content := read(t, "actions", name, "action.tf")
			block := regexp.MustCompile(`(?m)^action "(\w+)" "(\w+)" {`).FindStringSubmatch(content)
			if block == nil || block[1] != name {
				t.Fatal("the example has no such action")
			}
			s.Write("main.tf", content+acctest.Requirements)
			s.Terraform("fmt", "-check")
			if !atLeast(t, "1.14") {
				return
			}
			for range 2 {
				s.Terraform("apply", "-auto-approve", "-invoke=action."+name+"."+block[2])
			}
			if got := s.Emulator.Count(test.operation); got != test.requests {
				t.Errorf("%d requests of %s, want %d", got, test.operation, test.requests)
			}
		})
	}
}

// TestQueryExamples lists by each example where Terraform knows queries, and applies the configuration that it generates: what was
// there is imported, and nothing changes. Elsewhere it reads the example's syntax.
func TestQueryExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("list-resources/*/list-resource.tfquery.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples of list resources, %v", err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			if !atLeast(t, "1.14") {
				s.Write("list.tf", read(t, file)) // fmt passes over what it does not know
				s.Terraform("fmt", "-check")
				return
			}
			s.Write("main.tf", acctest.Requirements)
			s.Write("list.tfquery.hcl", read(t, file))
			s.Terraform("fmt", "-check")
			if out := s.Terraform("query", "-generate-config-out=generated.tf"); !strings.Contains(out, "orders-staging") {
				t.Errorf("the query has found:\n%s", out)
			}
			s.Terraform("fmt", "-check")
			if out := s.Terraform("apply", "-auto-approve"); !strings.Contains(out, "1 imported, 0 added, 0 changed") {
				t.Errorf("applied:\n%s", out)
			}
			s.Terraform("plan", "-detailed-exitcode")
			s.Terraform("destroy", "-auto-approve")
		})
	}
}

// TestModuleTest runs terraform test on the module that a user copies, and on one with a mistake in it, which the tests find. Both
// leave nothing behind.
func TestModuleTest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		mistake []string // what is replaced by what
		want    string
	}{
		"as it is":      {nil, "10 passed, 0 failed"},
		"forgets limit": {[]string{"limit             = var.limit", "limit             = 1"}, "The limit of the wallet would be 1 msats."},
		"always another": {[]string{"{ stage = \"staging\" }", "{ stage = \"staging\", name = var.name }"},
			"The rename created another wallet."},
		"takes all": {[]string{"var.limit >= 0", "true"}, "Missing expected failure"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newInstalledStage(t) // the provider of a mock is never configured
			main := read(t, "module-test", "main.tf")
			if test.mistake != nil {
				if mistaken := strings.Replace(main, test.mistake[0], test.mistake[1], 1); mistaken != main {
					main = mistaken
				} else {
					t.Fatalf("the module has no %q", test.mistake[0])
				}
			}
			s.Write("main.tf", main)
			files, err := filepath.Glob(filepath.Join("module-test", "tests", "*.tftest.hcl"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no tests: %v", err)
			}
			for _, file := range files {
				s.Write(filepath.Join("tests", filepath.Base(file)), read(t, file))
			}
			s.Write("tests/id/main.tf", read(t, "module-test", "tests", "id", "main.tf"))
			s.Terraform("init")
			out, err := s.Try("test")
			if (err != nil) != (test.mistake != nil) || !strings.Contains(strings.Join(strings.Fields(out), " "), test.want) {
				t.Errorf("terraform test: %v, want %q in\n%s", err, test.want, out)
			}
			made := 0
			for _, wallet := range s.Emulator.Wallets() {
				if strings.HasPrefix(wallet.Name, "module-test") {
					made++
					if wallet.Active {
						t.Errorf("%s is left", wallet.Name)
					}
				}
			}
			if made == 0 {
				t.Error("no wallet was made")
			}
		})
	}
}

// mockFailures are the examples that fail with a bare mock, each with the reason: a condition of their own on something that a mock
// generates.
var mockFailures = map[string]string{
	"data-sources/voltage_payment/data-source.tf":          "Resource postcondition failed",
	"data-sources/voltage_webhook/data-source.tf":          "Check block assertion failed",
	"data-sources/voltage_webhook_delivery/data-source.tf": "Resource postcondition failed",
}

// TestMockProvider tests the examples of all resources and data sources with a bare mock of the provider, each as a module of one
// configuration. The environment is that of somebody who has neither a key nor an emulator.
func TestMockProvider(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"resources/*/resource.tf", "data-sources/*/data-source.tf"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no examples, %v", pattern, err)
		}
		files = append(files, found...)
	}
	folder := func(t *testing.T) *stage {
		t.Helper()
		s := &stage{World: &acctest.World{}, t: t}
		s.CLI = s.World.CLI(t)
		s.Env = slices.DeleteFunc(s.Env, func(v string) bool { return strings.HasPrefix(v, "VOLTAGE_") })
		s.Write("tests/mock.tftest.hcl", "mock_provider \"voltage\" {}\nrun \"bare\" {}\n")
		return s
	}
	variable := regexp.MustCompile(`(?m)^variable "(\w+)"`)
	add := func(s *stage, main *strings.Builder, file string) {
		name := filepath.Base(filepath.Dir(file))
		content := read(t, file)
		s.Write(filepath.Join(name, "main.tf"), content+acctest.Requirements)
		fmt.Fprintf(main, "\nmodule %q {\n  source = \"./%s\"\n", strings.ReplaceAll(filepath.ToSlash(filepath.Dir(file)), "/", "_"), name)
		for _, match := range variable.FindAllStringSubmatch(content, -1) {
			fmt.Fprintf(main, "  %s = %q\n", match[1], "7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f")
		}
		main.WriteString("}\n")
	}
	tested := func(s *stage, want string) {
		s.t.Helper()
		s.Terraform("init")
		if out, err := s.Try("test"); (err == nil) != (want == "1 passed, 0 failed") || !strings.Contains(out, want) {
			s.t.Errorf("terraform test: %v, want %q in\n%s", err, want, out)
		}
	}
	for _, kind := range []string{"resources", "data-sources"} { // both have a folder voltage_wallet
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := folder(t)
			var main strings.Builder
			main.WriteString(acctest.Requirements)
			for _, file := range files {
				if strings.HasPrefix(file, kind) && mockFailures[file] == "" {
					add(s, &main, file)
				}
			}
			s.Write("main.tf", main.String())
			tested(s, "1 passed, 0 failed")
		})
	}
	t.Run("staging-environment", func(t *testing.T) {
		t.Parallel()
		s := folder(t)
		s.copy("staging-environment")
		tested(s, "1 passed, 0 failed")
	})
	for file, want := range mockFailures {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			s := folder(t)
			var main strings.Builder
			main.WriteString(acctest.Requirements)
			add(s, &main, file)
			s.Write("main.tf", main.String())
			tested(s, want)
		})
	}
}

// TestPaymentsSmokeTest runs terraform test on the example. Where Terraform does not know actions yet, they are left out of the
// configuration, and invoked through the provider's protocol server while it waits for the payments.
func TestPaymentsSmokeTest(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	main, sends := read(t, "payments-smoke-test", "main.tf"), read(t, "payments-smoke-test", "sends.tf")
	actions := atLeast(t, "1.14")
	if !actions {
		main = strings.Replace(main, `required_version = ">= 1.14" # for actions`, "", 1)
		sends = "resource \"terraform_data\" \"pay_there\" {}\nresource \"terraform_data\" \"pay_back\" {}\n"
	}
	s.Write("main.tf", main)
	s.Write("sends.tf", sends)
	s.Write("tests/smoke.tftest.hcl", read(t, "payments-smoke-test", "tests", "smoke.tftest.hcl"))
	s.Terraform("init")
	var out bytes.Buffer
	cmd := s.Command("test")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for paid := map[string]bool{}; ; {
		select {
		case err := <-ended:
			if err != nil || !strings.Contains(out.String(), "1 passed, 0 failed") {
				t.Errorf("terraform test: %v\n%s", err, out.String())
			}
			if got := s.Emulator.Count("create_payment"); got != 4 {
				t.Errorf("%d payments, want two requests and two sends", got)
			}
			for _, wallet := range s.Emulator.Wallets() {
				if strings.HasPrefix(wallet.Name, "smoke-test-") && wallet.Active {
					t.Errorf("%s is left", wallet.Name)
				}
			}
			return
		case <-time.After(50 * time.Millisecond):
			if !actions {
				s.payForTheOther(paid)
			}
		}
	}
}

// payForTheOther pays each open request of one of the two wallets from the other one.
func (s *stage) payForTheOther(paid map[string]bool) {
	s.t.Helper()
	p := s.Protocol(s.t)
	var wallets []string
	for _, wallet := range s.Emulator.Wallets() {
		if strings.HasPrefix(wallet.Name, "smoke-test-") {
			wallets = append(wallets, wallet.ID.String())
		}
	}
	list, diags := p.ReadDataSource(s.t.Context(), "voltage_payments", acctest.Config{"statuses": []any{"receiving"}})
	if diags.Errors() != "" {
		s.t.Fatal(diags.Errors())
	}
	for _, payment := range acctest.Elements(acctest.Attribute(list, "payments")) {
		id, payee := acctest.Text(acctest.Attribute(payment, "id")), acctest.Text(acctest.Attribute(payment, "wallet_id"))
		i := slices.Index(wallets, payee)
		if i < 0 || paid[id] {
			continue
		}
		paid[id] = true
		_, diags := p.Invoke(s.t.Context(), "voltage_payment_send", acctest.Config{
			"wallet_id": wallets[1-i], "kind": "bolt11", "payment_request": acctest.Text(acctest.Attribute(payment, "payment_request")),
		})
		if diags.Errors() != "" {
			s.t.Fatal(diags.Errors())
		}
	}
}
