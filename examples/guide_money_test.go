package examples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// named is the ID of the active wallet of a name.
func (s *stage) named(name string) uuid.UUID {
	s.t.Helper()
	for _, wallet := range s.Emulator.Wallets() {
		if wallet.Name == name && wallet.Active {
			return wallet.ID
		}
	}
	s.t.Fatalf("there is no wallet %s", name)
	return uuid.Nil
}

// tryConcepts reads what the guide calls the limit, the rest and the balance, and what the wallet can owe.
func tryConcepts(t *testing.T, s *stage) {
	t.Helper()
	s.Terraform("apply", "-auto-approve")
	s.runs("concepts", "deposit", "25,000 sats")
	s.Terraform("apply", "-auto-approve")
	var line, wallet map[string]int64
	s.Output("line_of_credit", &line)
	s.Output("wallet", &wallet)
	if line["limit"] <= line["available"] || wallet["balance"] != 25_000_000 || wallet["limit"] != 20_000_000 {
		t.Errorf("the line is %v, the wallet %v", line, wallet)
	}
	s.Terraform("plan", "-detailed-exitcode")
}

// tryEmptying destroys a wallet with money and one that owes, each after it was emptied as the guide says.
func tryEmptying(t *testing.T, s *stage) {
	t.Helper()
	s.Terraform("apply", "-auto-approve")
	refused := func(balance string) {
		t.Helper()
		if out, err := s.Try("plan", "-destroy"); err == nil || !strings.Contains(words(out), "Wallet Not Empty") ||
			!strings.Contains(words(out), balance) {
			t.Errorf("the plan that destroys: %v, want %s in\n%s", err, balance, out)
		}
	}
	deposit := func(msats int64) {
		t.Helper()
		if err := s.Emulator.Deposit(s.named("orders"), "btc", msats); err != nil {
			t.Fatal(err)
		}
	}
	deposit(25_000_000)
	refused("25000000 msats")
	s.runs("emptying-wallets", "withdraw", "")
	s.Terraform("plan", "-destroy")

	deposit(25_000_000)
	send := s.block("emptying-wallets", "voltage_payment_send")
	s.Write("empty.tf", read(t, "guides", "emptying-wallets", "empty.tf"))
	if atLeast(t, "1.14") && !openTofu() {
		s.Terraform("apply", "-auto-approve", "-var", "msats=25000000")
		if out, err := s.shell(send, s.voltage()...); err != nil {
			t.Errorf("%s\n%v\n%s", send, err, out)
		}
		if err := s.Emulator.Deposit(s.named("archive"), "btc", -25_000_000); err != nil {
			t.Errorf("the money did not arrive: %v", err)
		}
	} else {
		s.Terraform("fmt", "-check")
		checkCommands(t, strings.Replace(send, " -invoke=action.voltage_payment_send.rest", "", 1))
		deposit(-25_000_000)
	}
	s.Write("empty.tf", "")

	deposit(-7_000_000)
	refused("owes 7,000 sats")
	s.runs("emptying-wallets", "deposit", "")
	s.runs("emptying-wallets", "terraform destroy", "1 destroyed")
	s.Terraform("destroy", "-auto-approve")
}

// tryCurl runs the guide's calls in one shell, in their order, and applies the same as Terraform has it.
func tryCurl(t *testing.T, s *stage) {
	t.Helper()
	var script strings.Builder
	script.WriteString("set -u\n")
	invoke := "voltage_payment_send.supplier"
	for _, match := range shellBlock.FindAllStringSubmatch(read(t, "..", "docs", "guides", "from-curl.md"), -1) {
		block := s.block("from-curl", match[1])
		if strings.Contains(block, "terraform apply") {
			checkCommands(t, strings.Replace(block, " -invoke=action."+invoke, "", 1))
			continue
		}
		// A request of the page's shell is paid by itself here: a wallet cannot pay its own invoice.
		script.WriteString(strings.ReplaceAll(block, "invoice=$(", "own=$(") + "\n")
		switch {
		case strings.Contains(block, "invoice=$("):
			script.WriteString("invoice=$OTHER\n")
		case strings.Contains(block, "$send"): // what was drawn on the line of credit
			script.WriteString("voltage-emulator deposit \"$wallet\" 150sats\n")
		}
	}
	if out, err := s.shell(script.String(), append(s.voltage(), "OTHER="+s.invoice)...); err != nil {
		t.Fatalf("the guide's calls: %v\n%s", err, out)
	}
	for operation, want := range map[string]int{
		"create_wallet": 1, "update_wallet": 1, "delete_wallet": 1, "create_payment": 2, "create_webhook": 1, "delete_webhook": 1,
		"get_wallet_ledger_as_user": 1, "get_payments": 1, "get_payment_history": 1, "get_lines_of_credit_summaries_as_user": 1,
	} {
		if got := s.Emulator.Count(operation); got != want {
			t.Errorf("the page calls %s %d times, want %d", operation, got, want)
		}
	}
	files, err := filepath.Glob(filepath.Join("guides", "from-curl", "*.tf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	actions := atLeast(t, "1.14") && !openTofu()
	for _, file := range files {
		if filepath.Base(file) == "send.tf" && !actions {
			s.Write("formatted/main.tf", read(t, file))
			s.Terraform("fmt", "-check", "formatted")
			continue
		}
		s.Write(filepath.Base(file), read(t, file))
	}
	s.Write("versions.tf", acctest.Requirements)
	s.Env = append(s.Env, "TF_VAR_invoice="+s.invoice)
	s.live()
}

// trySecrets applies with a key that is ephemeral. It is neither in the plan nor in the state, and with OpenTofu's encryption the state
// cannot be read.
func trySecrets(t *testing.T, s *stage) {
	t.Helper()
	s.Write("encryption.tofu", read(t, "guides", "secrets", "encryption.tofu"))
	terraform, tofu := s.block("secrets", "TF_VAR_voltage_api_key"), s.block("secrets", "TF_VAR_state_passphrase")
	if wanted := map[bool]string{false: "1.10", true: "1.11"}[openTofu()]; !atLeast(t, wanted) {
		checkCommands(t, tofu)
		return
	}
	env := []string{"STAGING_API_KEY=" + emulator.StagingKey, "STATE_PASSPHRASE=a passphrase of the test"}
	for _, variable := range s.voltage() {
		if !strings.HasPrefix(variable, "VOLTAGE_API_KEY=") {
			env = append(env, variable)
		}
	}
	script := "terraform init\n" + terraform
	if openTofu() {
		script = "tofu init\n" + strings.Replace(terraform, "terraform apply\n", tofu+"\n", 1)
	}
	if out, err := s.shell(script+"\nterraform plan -out=saved.tfplan", env...); err != nil {
		t.Fatalf("%s\n%v\n%s", script, err, out)
	}
	state, plan := read(t, s.Dir, "terraform.tfstate"), read(t, s.Dir, "saved.tfplan")
	if strings.Contains(state, emulator.StagingKey) || strings.Contains(plan, emulator.StagingKey) {
		t.Error("the key is in the state or in the plan")
	}
	if encrypted := strings.Contains(state, "encrypted_data"); encrypted != openTofu() ||
		strings.Contains(state, "shared_secret") == encrypted {
		t.Errorf("the state is encrypted: %t\n%s", encrypted, state)
	}
}

// TestSecretsGuide: the guide's table has each sensitive attribute of each object.
func TestSecretsGuide(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "guides", "secrets.md"))
	if err != nil {
		t.Fatal(err)
	}
	p := (&acctest.World{}).Unconfigured(t)
	found := 0
	p.Attributes(func(object string, path []string, a *tfprotov6.SchemaAttribute) {
		if !a.Sensitive || object == "provider" {
			return
		}
		found++
		attribute, where := "`"+a.Name+"`", strings.TrimPrefix(strings.Replace(object, " ", " `", 1), "resource ")+"`"
		for line := range strings.Lines(string(page)) {
			cells := strings.Split(line, "|")
			if len(cells) > 2 && strings.Contains(cells[1], where) && strings.Contains(cells[2], attribute) {
				return
			}
		}
		t.Errorf("%s of %s is not in the table", strings.Join(path, "."), object)
	})
	if found < 9 {
		t.Errorf("only %d sensitive attributes were found", found)
	}
}
