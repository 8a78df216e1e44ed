package acctest

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Fixture is a successful answer of the API from the fixtures of the contract.
type Fixture struct {
	Name, Operation string
	// Answer is the decoded JSON. Numbers are a [json.Number].
	Answer any
}

// Fixtures returns every successful answer to a read. folder has the fixtures as files with names of the form
// OPERATION.response.200.WHAT.json.
func Fixtures(t *testing.T, folder string) []Fixture {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.response.200.*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures in %s: %v", folder, err)
	}
	var fixtures []Fixture
	for _, path := range paths {
		content, err := os.ReadFile(path) //nolint:gosec // a fixture of the tests
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		operation, _, _ := strings.Cut(name, ".")
		fixture := Fixture{Name: name, Operation: operation}
		decoder := json.NewDecoder(strings.NewReader(string(content)))
		decoder.UseNumber()
		if err := decoder.Decode(&fixture.Answer); err != nil {
			if fixture.Answer = string(content); json.Valid(content) {
				t.Fatalf("%s: %v", path, err)
			}
		}
		fixtures = append(fixtures, fixture)
	}
	return fixtures
}

// Answering returns a world whose API answers a request with the result of a function as JSON. If the result is nil, it answers with the
// 404 of a wallet.
func Answering(t *testing.T, organization, environment uuid.UUID, answer func(*http.Request) any) *World {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content := answer(r)
		w.Header().Set("Content-Type", "application/json")
		if content == nil {
			w.WriteHeader(http.StatusNotFound)
			content = map[string]any{"error": map[string]any{"type": "instance_not_found", "detail": "There is no such wallet."}}
		}
		if err := json.NewEncoder(w).Encode(content); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return &World{
		URL: server.URL + "/v1", OrganizationID: organization, EnvironmentID: environment, // without ShareAfter, lists serve no reads
		Pace: voltage.Pace{
			RetryMin: time.Millisecond, RetryMax: time.Millisecond, PollMin: time.Millisecond, PollMax: time.Millisecond, Settle: time.Millisecond,
		},
	}
}

// Known returns a resource before a refresh, whose state has only the given attributes.
func (p *Protocol) Known(kind string, attributes Config) *Instance {
	return &Instance{Type: kind, State: p.value(p.resourceType(kind), attributes)}
}

// Leaves returns the values of a state as texts, by their paths, such as receipts[0].type. Null and empty values are left out. A set is
// sorted by its texts.
func Leaves(value tftypes.Value) map[string]string {
	leaves := map[string]string{}
	addState("", value, leaves)
	return leaves
}

func addState(path string, value tftypes.Value, leaves map[string]string) {
	if value.IsNull() {
		return
	}
	switch typ := value.Type(); {
	case typ.Is(tftypes.Object{}), typ.Is(tftypes.Map{}):
		var members map[string]tftypes.Value
		if value.As(&members) == nil {
			for name, member := range members {
				addState(joined(path, name), member, leaves)
			}
		}
	case typ.Is(tftypes.List{}), typ.Is(tftypes.Set{}):
		elements := Elements(value)
		if typ.Is(tftypes.Set{}) {
			slices.SortFunc(elements, func(a, b tftypes.Value) int { return strings.Compare(a.String(), b.String()) })
		}
		for i, element := range elements {
			addState(fmt.Sprintf("%s[%d]", path, i), element, leaves)
		}
	case typ.Is(tftypes.Number):
		var number *big.Float
		if value.As(&number) == nil {
			leaves[path] = number.Text('f', -1)
		}
	case typ.Is(tftypes.Bool):
		var boolean bool
		if value.As(&boolean) == nil {
			leaves[path] = fmt.Sprint(boolean)
		}
	default:
		leaves[path] = plainText(Text(value))
	}
}

// AnswerLeaves returns the values of decoded JSON in the form of [Leaves].
func AnswerLeaves(answer any) map[string]string {
	leaves := map[string]string{}
	addAnswer("", answer, leaves)
	return leaves
}

func addAnswer(path string, value any, leaves map[string]string) {
	switch value := value.(type) {
	case nil:
	case map[string]any:
		for name, member := range value {
			addAnswer(joined(path, name), member, leaves)
		}
	case []any:
		for i, element := range value {
			addAnswer(fmt.Sprintf("%s[%d]", path, i), element, leaves)
		}
	case string:
		leaves[path] = plainText(value)
	default:
		leaves[path] = fmt.Sprint(value)
	}
}

func joined(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// plainText writes a time in a canonical form. Any other text stays as it is.
func plainText(text string) string {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at.UTC().Format(time.RFC3339Nano)
	}
	return text
}
