package examples_test

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"gopkg.in/yaml.v3"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// guides are the tests of the guides' examples, each of which tries what its guide promises.
var guides = map[string]func(*testing.T, *stage){
	"adopting-wallets": tryAdopting,
	"balances":         tryBalances,
	"changes":          tryChanges,
	"concepts":         tryConcepts,
	"emptying-wallets": tryEmptying,
	"environments":     tryEnvironments,
	"from-curl":        tryCurl,
	"install":          tryInstall,
	"network":          tryNetwork,
	"opentofu":         tryOpenTofu,
	"payments-in-ci":   tryPipelines,
	"secrets":          trySecrets,
	"staging-wallets":  tryStagingWallets,
	"testing-modules":  tryTestingModules,
	"units":            tryUnits,

	"when-things-go-wrong": tryKills,
}

// installed are the guides that need the provider's program: they install or kill it, start an emulator of their own, set its environment,
// or configure it twice.
var installed = map[string]bool{
	"environments": true, "install": true, "network": true, "payments-in-ci": true, "secrets": true, "testing-modules": true,
	"when-things-go-wrong": true,
}

// tabled are the guides that show no configuration, each with what tests it.
var tabled = map[string]string{
	"api-operations": "TestOperations, and TestGuide of internal/cmd/operations",
	"many-wallets":   "TestRun and TestGuide of internal/cmd/bench",

	"test-your-application": "internal/conformance/application, which make conformance runs",
}

// TestGuides tries the examples of every guide.
func TestGuides(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() { everyBlockRan(t) })
	for name, try := range guides {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stageOf := newStage
			if installed[name] {
				stageOf = newInstalledStage
			}
			s := stageOf(t)
			if _, err := os.Stat(filepath.Join("guides", name, "main.tf")); err == nil {
				s.Write("main.tf", read(t, "guides", name, "main.tf"))
			}
			begun(name)
			try(t, s)
		})
	}
}

// change replaces text in the configuration, which has to have it.
func (s *stage) change(old, changed string) {
	s.t.Helper()
	content := read(s.t, s.Dir, "main.tf")
	if !strings.Contains(content, old) {
		s.t.Fatalf("the configuration has no %q", old)
	}
	s.Write("main.tf", strings.ReplaceAll(content, old, changed))
}

// applies applies, and looks for text in what Terraform says, however it is broken into lines.
func (s *stage) applies(want string) {
	s.t.Helper()
	if out := s.Terraform("apply", "-auto-approve"); !strings.Contains(words(out), want) {
		s.t.Errorf("terraform apply does not say %q:\n%s", want, out)
	}
}

var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// words are a text without what Terraform draws around its messages and without colours, in one line.
func words(text string) string {
	text = colours.ReplaceAllString(text, "")
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(text)), " ")
}

// tryStagingWallets makes the wallets, renames one by its key and its name, and takes them down.
func tryStagingWallets(t *testing.T, s *stage) {
	t.Helper()
	s.applies("3 added, 0 changed, 0 destroyed")
	s.Terraform("plan", "-detailed-exitcode")
	var before, after map[string]string
	s.Output("wallet_ids", &before)
	s.change("donations =", "tips      =")
	s.Write("moved.tf", read(t, "guides", "staging-wallets", "moved.tf"))
	s.applies("0 added, 1 changed, 0 destroyed")
	s.Output("wallet_ids", &after)
	if before["donations"] == "" || after["tips"] != before["donations"] {
		t.Errorf("the wallets were %v and are %v", before, after)
	}
	s.change("limit_sats = 20000 ", "limit_sats = 20000000000 ")
	const tooMuch = "The limits of the wallets add up to more than the limit of the line of credit"
	if out, err := s.Try("plan"); err == nil || !strings.Contains(words(out), tooMuch) {
		t.Errorf("the plan of too much: %v\n%s", err, out)
	}
	s.change("limit_sats = 20000000000 ", "limit_sats = 20000 ")
	s.Terraform("destroy", "-auto-approve")
}

// tryBalances applies with and without money, and only without it the check warns.
func tryBalances(t *testing.T, s *stage) {
	t.Helper()
	if err := s.Emulator.Deposit(s.wallet, "btc", 25_000_000); err != nil {
		t.Fatal(err)
	}
	if out := s.Terraform("apply", "-auto-approve"); strings.Contains(out, "Warning") {
		t.Errorf("there is a warning:\n%s", out)
	}
	var orders map[string]int64
	var sats int64
	var byWallet map[string]string
	s.Output("orders", &orders)
	s.Output("orders_sats", &sats)
	s.Output("by_wallet", &byWallet)
	if orders["available"] != 25_000_000 || orders["total"] != 25_000_000 || sats != 25_000 || byWallet[s.wallet.String()] != "25000000 btc" {
		t.Errorf("the outputs are %v, %v, %v", orders, sats, byWallet)
	}
	if err := s.Emulator.Deposit(s.wallet, "btc", -20_000_000); err != nil {
		t.Fatal(err)
	}
	s.applies("orders-staging has 5000000 msats left")
}

// tryAdopting imports the wallet that is there, changes nothing in it, and leaves it.
func tryAdopting(t *testing.T, s *stage) {
	t.Helper()
	s.change("7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f", s.wallet.String())
	s.applies("1 imported, 0 added, 0 changed, 0 destroyed")
	s.Terraform("plan", "-detailed-exitcode")
	s.queries()
	if _, err := s.Try("destroy", "-auto-approve"); err == nil {
		t.Error("the wallet was destroyed")
	}
	remove := s.Command("state")
	remove.Args = append(remove.Args[:2], "rm", "voltage_wallet.orders")
	if out, err := remove.CombinedOutput(); err != nil {
		t.Errorf("terraform state rm: %v\n%s", err, out)
	}
	for _, operation := range []string{"create_wallet", "update_wallet", "delete_wallet"} {
		if got := s.Emulator.Count(operation); got != 0 {
			t.Errorf("%d requests of %s", got, operation)
		}
	}
}

// queries finds the wallet with the query of the guide about adopting, in a folder of its own, where Terraform knows queries.
func (s *stage) queries() {
	s.t.Helper()
	block := s.block("adopting-wallets", "terraform query")
	if openTofu() || !atLeast(s.t, "1.14") {
		return // TestQueryExamples
	}
	s.Write("query/main.tf", acctest.Requirements)
	s.Write("query/wallets.tfquery.hcl", read(s.t, "list-resources", "voltage_wallet", "list-resource.tfquery.hcl"))
	out, err := s.shell("cd query\nterraform init\n"+block, s.voltage()...)
	if err != nil || !strings.Contains(words(out), "1 imported, 0 added, 0 changed, 0 destroyed") {
		s.t.Errorf("%s\n%v\n%s", block, err, out)
	}
}

// tryChanges renames a wallet in place, and plans no replacement.
func tryChanges(t *testing.T, s *stage) {
	t.Helper()
	s.applies("1 added, 0 changed, 0 destroyed")
	s.change("orders-staging", "orders-renamed")
	s.applies("0 added, 1 changed, 0 destroyed")
	s.change("= 100000000", "= 200000000")
	// Terraform says "Instance cannot be destroyed", and OpenTofu 1.12 "Resource instance cannot be destroyed".
	if out, err := s.Try("plan"); err == nil || !strings.Contains(words(out), "nstance cannot be destroyed") {
		t.Errorf("the plan that replaces: %v\n%s", err, out)
	}
}

func tryUnits(t *testing.T, s *stage) {
	t.Helper()
	s.live()
	s.Terraform("apply", "-auto-approve")
	for name, want := range map[string]float64{"price_msats": 21_000_000, "asked_sats": 21_000.5, "asked_msats": 21_000_500,
		"limit_msats": 100_000_000} {
		var got float64
		if s.Output(name, &got); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	s.change("default = 21000", "default = 21000.5")
	out, err := s.Try("plan")
	if err == nil || !strings.Contains(words(out), "whole") {
		t.Errorf("the plan of half a satoshi on chain: %v\n%s", err, out)
	}
}

// tryKills kills Terraform and the provider in the middle of each creation, after the API has done it. The next apply takes the object
// over.
func tryKills(t *testing.T, s *stage) {
	t.Helper()
	s.Write("versions.tf", acctest.Requirements)
	s.Terraform("init")
	s.Emulator.ResetRequests()
	for _, operations := range [][]string{{"create_wallet", "create_webhook"}, {"create_payment"}} { // those of one run are sent at once
		for _, operation := range operations {
			s.Emulator.Inject(emulator.Fault{Operation: operation, Effect: emulator.Hang{After: true}})
		}
		cmd := s.Command("apply", "-auto-approve")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for _, operation := range operations {
			for s.Emulator.Count(operation) == 0 {
				select {
				case err := <-ended:
					t.Fatalf("terraform apply ended without %s: %v\n%s", operation, err, out.String())
				case <-time.After(10 * time.Millisecond):
				}
			}
		}
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		<-ended
		s.Emulator.ClearFaults()
	}
	if out := s.Terraform("apply", "-auto-approve"); !strings.Contains(words(out), "Existing Object Will Be Taken Over") {
		t.Errorf("nothing was taken over:\n%s", out)
	}
	s.Terraform("plan", "-detailed-exitcode")
	for _, operation := range []string{"create_wallet", "create_webhook", "create_payment"} {
		if got := s.Emulator.Count(operation); got != 1 {
			t.Errorf("%d requests of %s, want 1", got, operation)
		}
	}
	s.Terraform("destroy", "-auto-approve")
}

// TestChangesGuide: the guide's table has each attribute of each resource, in the column that a plan puts it in.
func TestChangesGuide(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.Protocol(t)
	elsewhere := uuid.NewString()
	amount := func(msats int) acctest.Config { return acctest.Config{"amount": msats, "currency": "btc"} }
	resources := map[string]struct{ base, changes acctest.Config }{
		"voltage_wallet": {
			acctest.Config{"name": "changes", "network": "mutinynet", "line_of_credit_id": s.LineOfCreditID.String(), "limit": 1},
			acctest.Config{
				"name": "renamed", "network": "testnet3", "line_of_credit_id": emulator.StagingUSDLineID.String(), "limit": 2,
				"metadata": acctest.Config{"a": "b"},
				"id":       elsewhere, "adopt_existing": false, "organization_id": elsewhere, "environment_id": elsewhere,
			},
		},
		"voltage_payment_request": {
			acctest.Config{"wallet_id": s.wallet.String(), "kind": "bolt11", "amount": amount(1000)},
			acctest.Config{
				"wallet_id": elsewhere, "kind": "bip21", "category": "treasury", "amount": amount(2000), "description": "b", "expiration": 60,
				"metadata": acctest.Config{"a": "b"},
				"id":       elsewhere, "adopt_existing": false, "organization_id": elsewhere,
			},
		},
		"voltage_checkout_session": {
			acctest.Config{"wallet_id": s.wallet.String(), "kind": "bolt11", "amount": amount(1000)},
			acctest.Config{
				"wallet_id": elsewhere, "kind": "bip21", "amount": amount(2000), "description": "b", "expiration": 60,
				"expires_at": "2126-01-01T00:00:00Z", "metadata": `{"a": 1}`, "payment_metadata": acctest.Config{"a": "b"},
				"redirect_urls": acctest.Config{"success": "https://shop.example/thanks"}, "payment_id": elsewhere, "id": elsewhere,
				"organization_id": elsewhere,
			},
		},
		"voltage_webhook": {
			acctest.Config{"name": "changes", "url": "https://shop.example/a", "events": acctest.Config{"send": []any{"failed"}}},
			acctest.Config{
				"name": "renamed", "url": "https://shop.example/b", "events": acctest.Config{"send": []any{"succeeded"}}, "enabled": false,
				"secret_version": 1,
				"id":             elsewhere, "adopt_existing": false, "organization_id": elsewhere, "environment_id": elsewhere,
			},
		},
		"voltage_wallet_policies": {
			acctest.Config{"wallet_id": s.wallet.String(), "max_payment_size_sats": 1},
			acctest.Config{
				"max_payment_size_sats": 2, "transactions_per_minute": 2, "send_volume_limit_sats": 2, "ofac_compliant": true,
				"reflex_template_id": elsewhere,
				"processing_fee":     acctest.Config{"send_basis_points": 1, "receive_basis_points": 1}, "wallet_id": elsewhere,
				"organization_id": elsewhere,
			},
		},
		"voltage_checkout_settings": {
			acctest.Config{"origin_policy": "allowlist", "allowed_origins": []any{"https://shop.example"}},
			acctest.Config{
				"origin_policy": "allow_all", "allowed_origins": []any{"https://other.example"}, "organization_id": elsewhere,
				"environment_id": elsewhere,
			},
		},
		"voltage_sandbox_line_of_credit": {
			acctest.Config{"line_of_credit_id": s.LineOfCreditID.String(), "limit": 200_000_000_000},
			acctest.Config{"limit": 300_000_000_000, "line_of_credit_id": emulator.StagingUSDLineID.String(), "organization_id": elsewhere},
		},
	}
	page := read(t, "..", "docs", "guides", "changes.md")
	for _, kind := range p.Offers()["resources"] {
		resource, ok := resources[kind]
		row := regexp.MustCompile("(?m)^\\| `" + kind + "` \\|(.*)\\|(.*)\\|$").FindStringSubmatch(page)
		if !ok || row == nil {
			t.Errorf("%s is not in the table, or not in this test", kind)
			continue
		}
		instance := &acctest.Instance{Type: kind}
		p.MustApply(instance, resource.base)
		for _, attribute := range p.Configurable(kind) {
			if attribute == "timeouts" {
				continue
			}
			changed := maps.Clone(resource.base)
			if changed[attribute] = resource.changes[attribute]; changed[attribute] == nil {
				t.Errorf("no change of %s.%s is tried", kind, attribute)
				continue
			}
			if changed["origin_policy"] == "allow_all" {
				delete(changed, "allowed_origins")
			}
			plan := p.Plan(t.Context(), instance, changed)
			if !plan.Changes() {
				t.Errorf("a change of %s.%s plans nothing: %s", kind, attribute, plan.Diagnostics.Errors())
			}
			column := 1
			if plan.Replaces {
				column = 2
			}
			name := "`" + attribute + "`"
			if !strings.Contains(row[column], name) || strings.Contains(row[3-column], name) {
				t.Errorf("a change of %s.%s replaces: %t, by %v. The guide says another thing: %s", kind, attribute, plan.Replaces, plan.Paths, row[0])
			}
		}
	}
}

// decode reads a YAML file.
func decode(t *testing.T, file string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, file)), into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// tried are the examples that tests try, each with its content.
func tried(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, pattern := range []string{
		// Each of these has a test of its own.
		"*/*/resource.tf", "*/*/data-source.tf", "*/*/function.tf", "*/*/action.tf", "*/*/i*.tf", "*/*/import.sh",
		"*/*/list-resource.tfquery.hcl",
		// And these are tried together.
		"demo/main.tf", "provider/provider.tf", "module-test/*.tf", "module-test/tests/*.hcl", "module-test/tests/id/*",
		"payments-smoke-test/*.tf",
		"payments-smoke-test/tests/*", "smoke-test/*.tf", "smoke-test/tests/*",
		"emulator/world.json", // by the emulator's tests
		"containers/*.y*ml",   // by TestContainers_…
		"guides/*/*",          // by TestGuides
		"staging-environment/*.tf",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			files[filepath.ToSlash(file)] = strings.TrimSpace(read(t, file))
		}
	}
	return files
}

// TestEveryExampleIsTried: there is no other file than those that tests try, and what goes with them.
func TestEveryExampleIsTried(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"demo/run.sh": true, "module-test/README.md": true, "containers/README.md": true} // make demo, TestModuleTest
	for file := range tried(t) {
		known[file] = true
	}
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !known[path] && !strings.HasSuffix(path, "_test.go") {
			t.Errorf("no test tries %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryPageIsTested: each block of a configuration that the documentation shows is an example that a test tries; each page is
// of something that the provider offers, or a guide with a test; and each block for the shell is one that a shell can read.
func TestEveryPageIsTested(t *testing.T) {
	t.Parallel()
	offers := (&acctest.World{}).Unconfigured(t).Offers()
	examples := map[string]bool{}
	for _, content := range tried(t) {
		examples[content] = true
	}
	block := regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)\n```$")
	seen := map[string]bool{}
	for name, page := range pages(t) {
		kind, object, _ := strings.Cut(name, "/")
		blocks := block.FindAllStringSubmatch(page, -1)
		shown := 0
		for _, match := range blocks {
			switch language, content := match[1], match[2]; language {
			case "terraform", "hcl", "yaml", "json", "javascript":
				if !examples[strings.TrimSpace(content)] {
					t.Errorf("%s shows what no test tries:\n%s", name, content)
				}
				shown++
			case "shell":
				check := exec.Command("bash", "-n")
				check.Stdin = strings.NewReader(content)
				var complaint bytes.Buffer
				check.Stderr = &complaint
				if err := check.Run(); err != nil {
					t.Errorf("%s shows what no shell can read: %v\n%s%s", name, err, complaint.String(), content)
				}
			case "text": // a signature
			default:
				t.Errorf("%s has a block of %q", name, language)
			}
		}
		switch kind {
		case "index":
		case "guides":
			seen[object] = true
			if tabled[object] != "" {
				continue
			}
			if guides[object] == nil {
				t.Errorf("the guide %s has no test", object)
			}
			if shown == 0 {
				t.Errorf("the guide %s has no example", object)
			}
			continue
		default:
			offered := false
			for _, offer := range offers[kind] {
				offered = offered || strings.TrimPrefix(offer, "voltage_") == object
			}
			if !offered {
				t.Errorf("the page %s is of something that the provider does not offer", name)
			}
		}
		if shown == 0 {
			t.Errorf("the page %s has no example", name)
		}
	}
	for kind, names := range offers {
		for _, name := range names {
			if _, err := os.Stat(filepath.Join("..", "docs", kind, strings.TrimPrefix(name, "voltage_")+".md")); err != nil {
				t.Errorf("%s of the %s has no page: %v", name, kind, err)
			}
		}
	}
	for name := range guides {
		if !seen[name] {
			t.Errorf("the guide %s has no page", name)
		}
	}
}

// TestLinks: a link into the documentation or the repository leads somewhere. They are whole addresses, since the registry takes
// relative ones as they are, and they would lead elsewhere there than in the repository.
func TestLinks(t *testing.T) {
	t.Parallel()
	const (
		registry   = "https://registry.terraform.io/providers/voltagecloud/voltage/latest/docs"
		repository = "https://github.com/voltagecloud/terraform-provider-voltage/blob/main/"
	)
	texts := pages(t)
	links := 0
	for name, page := range texts {
		for _, match := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(page, -1) {
			target, _, _ := strings.Cut(match[1], "#")
			document, isDocument := strings.CutPrefix(target, registry)
			file, isFile := strings.CutPrefix(target, repository)
			switch {
			case isDocument:
				if _, ok := texts[strings.TrimPrefix(document, "/")]; !ok && document != "" {
					t.Errorf("%s links to %s, which is no page", name, target)
				}
				links++
			case isFile:
				if _, err := os.Stat(filepath.Join("..", file)); err != nil {
					t.Errorf("%s links to %s: %v", name, target, err)
				}
				links++
			case target != "" && !strings.HasPrefix(target, "https://"):
				t.Errorf("%s has the relative link %s", name, target)
			}
		}
	}
	if links == 0 {
		t.Error("no page links to another")
	}
}
