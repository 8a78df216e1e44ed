package faults_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// waits are the provider's waits by the beginning of their text For, each with an operation of the fault matrix that reaches it. change is
// applied to the operation's configuration. The API accepts every request and does nothing, so each wait times out.
var waits = map[string]struct {
	operation string
	change    acctest.Config
	// lastSeen is a part of what the last read showed.
	lastSeen string
}{
	"the API to return the change":   {"webhook change", acctest.Config{"enabled": nil}, `the name "staging"`},
	"the end of the creation":        {"wallet create", nil, "no wallet with this ID"},
	"the API to return the limit ":   {"line change", nil, "limit 5 sats (5000 msats)"},
	"the API to return the name ":    {"wallet rename", nil, `name "staging"`},
	"the payment to be ":             {"payment request create", nil, "no payment with this ID"},
	"the API to return the policies": {"policies change", nil, "max_payment_size_sats"},
	"the quote for ":                 {"payment request create in usd", nil, "no quote"},
	"the session to be payable":      {"session create", nil, "no payment "},
	"the API to return the settings": {"checkout change", nil, "allowlist"},
	"the wallet to become active":    {"wallet create", nil, "no wallet with this ID"},
	"the API to delete the wallet":   {"wallet delete", nil, `name "staging", active true`},
	"the webhook to become ":         {"webhook change", acctest.Config{"name": "staging", "secret_version": nil}, "status active"},
	"the API to delete the webhook":  {"webhook delete", nil, "status active"},
}

// waitsElsewhere are the waits that another test lets time out.
var waitsElsewhere = map[string]string{
	"the first policies of the wallet": "TestAccWalletPolicies_slowCreation", // another request creates the policies at the same time
}

// TestWaits: each wait of the provider ends with its timeout, and the error has the purpose of the wait and the last state.
func TestWaits(t *testing.T) {
	t.Parallel()
	for _, wait := range declaredWaits(t) {
		if _, ok := waits[wait]; !ok && waitsElsewhere[wait] == "" {
			t.Errorf("no test lets the wait for %q time out: add it to waits in internal/faults/waits_test.go; see \"Change a wait\" in "+
				"CONTRIBUTING.md", wait)
		}
	}
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stopped := &clock{}
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				c := &testCase{World: w, Protocol: w.Protocol(t), t: t, instance: &acctest.Instance{Type: "voltage_wallet"}}
				operations[wait.operation].prepare(c)
				if c.config != nil {
					maps.Copy(c.config, wait.change)
					timeouts := acctest.Config{"create": "10s"}
					switch c.instance.Type {
					case "voltage_payment_request", "voltage_checkout_session":
					case "voltage_sandbox_line_of_credit":
						timeouts["update"] = "10s"
					default:
						timeouts["update"], timeouts["delete"] = "10s", "10s"
					}
					c.config["timeouts"] = timeouts
				}
				stopped.stop()
				diags := operations[wait.operation].attempt(c)
				if name == "the end of the creation" { // an apply has left the object, and a destroy waits for it
					diags = c.Destroy(c.t.Context(), c.instance)
				}
				for _, text := range []string{name, wait.lastSeen} {
					if !strings.Contains(diags.Errors(), text) {
						t.Errorf("the error lacks %q: %s", text, diags.Errors())
					}
				}
			}, func(c *emulator.Config) { c.Now, c.Delay = stopped.now, time.Millisecond })
		})
	}
}

// clock is the clock of an API. When it stops, accepted writes are not carried out.
type clock struct {
	mu      sync.Mutex
	stopped time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped.IsZero() {
		return time.Now()
	}
	return c.stopped
}

func (c *clock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = time.Now()
}

// declaredWaits returns the texts of all members For in the domains, up to the first variable part.
func declaredWaits(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasPrefix(file, filepath.Join("..", "voltage")) || strings.HasSuffix(file, "_test.go") {
			continue // the callers of the client give the text
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			member, ok := node.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			if key, ok := member.Key.(*ast.Ident); ok && key.Name == "For" {
				if text, ok := firstText(member.Value); ok {
					text, _, _ = strings.Cut(text, "%")
					found[strings.TrimSuffix(text, `"`)] = true
				}
			}
			return true
		})
	}
	if len(found) < 8 {
		t.Errorf("only %d waits were found", len(found))
	}
	return slices.Sorted(maps.Keys(found))
}

// firstText returns the first text of an expression. It is empty if the caller of a wait gives the text.
func firstText(value ast.Expr) (text string, found bool) {
	ast.Inspect(value, func(node ast.Node) bool {
		if literal, ok := node.(*ast.BasicLit); ok && !found {
			said, err := strconv.Unquote(literal.Value)
			text, found = said, err == nil
		}
		return !found
	})
	return text, found
}
