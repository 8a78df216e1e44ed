package simulation

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// plant is a bug of other projects as a change of the provider's source.
type plant struct {
	// file is the file of the change. before is the code before the place of the change, and with is the code that is added there.
	file, before, with string
	// found is the expected kind of failure. seed is the first seed to try, with which the simulation found the bug last.
	found string
	seed  int
	// shortest says that the test also searches for the shortest history, which must be short.
	shortest bool
}

// plants are the bugs that the simulation must find, one at a time.
var plants = map[string]plant{
	"sends again after a lost answer": {
		file:   "internal/payment/payment_send_run.go",
		before: "\tasked, sent, err := r.payer.send(ctx, r.id, r.send, r.to)\n",
		with: "\tif id, failed := voltage.NewID(); voltage.Planted(NAME) && err != nil && failed == nil && !tfkit.IsRefused(err) {\n" +
			"\t\tasked, sent, err = r.payer.send(ctx, id, r.send, r.to)\n\t}\n",
		found: "paid twice",
		seed:  8,
	},
	"gives up the state on a 404": {
		file:   "internal/voltage/confirm.go",
		before: "func (c *Client) GetConfirmedWallet(ctx context.Context, ref Ref) (*Wallet, error) {\n",
		with:   "\tif Planted(NAME) {\n\t\treturn c.GetWallet(ctx, ref)\n\t}\n",
		found:  "lost",
		seed:   1,
	},
	"forgets a creation that is in doubt": {
		file:   "internal/tfkit/creation.go",
		before: "func (c *Creation) Doubtful(err error) {\n",
		with:   "\tif voltage.Planted(NAME) {\n\t\tc.resp.State.RemoveResource(context.Background())\n\t}\n",
		found:  "orphan",
		seed:   2,
	},
	"creates again with another ID": {
		file:   "internal/voltage/wallets.go",
		before: "func (c *Client) CreateWallet(ctx context.Context, ref Ref, wallet NewWallet) error {\n",
		with: "\tif Planted(NAME) && ref.ID.Version() == 4 {\n\t\tfirst := ref\n\t\tbody := map[string]any{\"id\": first.ID, " +
			"\"environment_id\": first.EnvironmentID, \"name\": wallet.Name, \"network\": wallet.Network, \"limit\": wallet.Limit, " +
			"\"line_of_credit_id\": wallet.LineOfCreditID}\n" +
			"\t\tif err := c.do(ctx, call{method: http.MethodPost, path: walletsPath(ref.OrganizationID), body: body}); !IsDoubtful(err) {\n" +
			"\t\t\treturn err\n\t\t}\n\t\tref.ID, _ = NewID()\n\t}\n",
		found: "orphan",
		seed:  1,
	},
	"believes that an accepted deletion is done": {
		file:   "internal/voltage/delete.go",
		before: "\t\trefusal := deletion.Request(ctx, ref)\n",
		with:   "\t\tif Planted(NAME) && refusal == nil {\n\t\t\treturn last, true, nil\n\t\t}\n",
		found:  "lost",
		seed:   7,
	},
	"says that nothing was paid after a timeout": {
		file:   "internal/payment/payment_send_run.go",
		before: "\tpayment, err := r.wait(ctx, waitEnd)\n",
		with: "\tif voltage.Planted(NAME) && err != nil {\n\t\tr.failed(\"payment\", &voltage.Payment{Status: voltage.StatusFailed}, \"\")\n" +
			"\t\treturn\n\t}\n",
		found: "untrue",
		seed:  21,
	},
}

// planted is the source of the function that says which bug is active.
const planted = "package voltage\n\nimport \"os\"\n\n// Planted reports whether a bug is planted.\n" +
	"func Planted(name string) bool { return os.Getenv(\"PLANTED\") == name }\n"

// TestPlanted checks that the simulation finds each planted bug. All bugs are in one binary, which is built from changed copies of the
// source (go build -overlay). An environment variable selects the active bug.
func TestPlanted(t *testing.T) {
	if os.Getenv("PLANTED") != "" {
		t.Fatal("the test of the planted bugs was run with one of them")
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	changed := map[string]string{filepath.Join(root, "internal/voltage/planted.go"): planted}
	for name, plant := range plants {
		path := filepath.Join(root, plant.file)
		source, ok := changed[path]
		if !ok {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			source = string(content)
		}
		if strings.Count(source, plant.before) != 1 {
			t.Fatalf("%q: %s has %d places to plant it, want 1", name, plant.file, strings.Count(source, plant.before))
		}
		changed[path] = strings.Replace(source, plant.before, plant.before+strings.ReplaceAll(plant.with, "NAME", `"`+name+`"`), 1)
	}
	replace := map[string]string{}
	for path, source := range changed {
		copied := filepath.Join(dir, strings.ReplaceAll(strings.TrimPrefix(path, root), string(filepath.Separator), "_"))
		if err := os.WriteFile(copied, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[path] = copied
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay, binary := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "planted.test")
	if err := os.WriteFile(overlay, content, 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-ldflags=-s", "-overlay", overlay, "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %s\n%s", err, out)
	}
	for name, plant := range plants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := exec.CommandContext(t.Context(), binary, "-test.run", "^TestSimulate$", "-seed",
				strconv.Itoa(plant.seed),
				"-seeds", "200", "-stop", "-want", plant.found, "-plain="+strconv.FormatBool(!plant.shortest))
			run.Env = append(os.Environ(), "PLANTED="+name)
			out, err := run.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "fails") || !strings.Contains(string(out), plant.found+":") {
				t.Errorf("it was not found: %v\n%s", err, out)
				return
			}
			if lines := strings.Count(string(out), "\n"); plant.shortest && lines > 120 {
				t.Errorf("the shortest history that was found has %d lines:\n%s", lines, out)
			}
			line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n\n")
			t.Log(line)
		})
	}
}
