package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/cmd/section"
	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

const root = "../../.."

// TestGuide: the guide has the messages as they are declared.
func TestGuide(t *testing.T) {
	t.Parallel()
	before, after, err := section.Generated(root+"/"+guide, tables(tfkit.Messages(), tfkit.NextSteps()))
	if err != nil {
		t.Fatal(err)
	}
	if before != after {
		t.Errorf("%s differs from the code: run make generate", guide)
	}
}

// TestTables: a row has every alternative, each of them on a line of its own.
func TestTables(t *testing.T) {
	t.Parallel()
	got := tables([]tfkit.Message{
		{Summary: "Not Made", Detail: "{OBJECT}: a|b.", State: []string{"It stays.", "It goes."}, Next: []string{tfkit.ByReason, "Wait."}},
		{Summary: "Not Read", Detail: "{OBJECT}: {REASON}.", Next: []string{tfkit.ByReason}},
		{Warning: true, Summary: "Careful", Detail: "Two\nlines.", Next: []string{"Think <twice>."}},
	}, []tfkit.NextStep{{When: "access_rights", Do: "Ask."}, {When: "anything else", Do: "Look."}})
	want := `
### Errors

| summary | detail | Terraform's state | next step |
|---|---|---|---|
| Not Made | {OBJECT}: a\|b. | It stays.<br>or: It goes. | [by the reason](#next-steps-by-the-reason)<br>or: Wait. |
| Not Read | {OBJECT}: {REASON}. | | [by the reason](#next-steps-by-the-reason) |

### Warnings

| summary | detail | next step |
|---|---|---|
| Careful | Two<br>lines. | Think &lt;twice&gt;. |

### Next steps by the reason

| reason | next step |
|---|---|
| ` + "`access_rights`" + ` | Ask. |
| anything else | Look. |

`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

var (
	small = []string{"a", "an", "and", "at", "by", "in", "is", "its", "it", "of", "on", "than", "the", "to", "yet"}
	word  = regexp.MustCompile(`^[A-Z][A-Za-z]*$`)
	// A text ends with a sentence, or with a placeholder whose value is a list or whole sentences.
	ended = regexp.MustCompile(`(\.|[^.] ?\{[A-Z_]+\})$`)
)

// TestMessages: each message has a summary in title case that never varies, a detail that ends, and a next step; and none is declared
// twice.
func TestMessages(t *testing.T) {
	t.Parallel()
	messages := tfkit.Messages()
	if len(messages) < 80 {
		t.Errorf("only %d messages are declared", len(messages))
	}
	seen := map[string]bool{}
	for _, m := range messages {
		for i, part := range strings.Fields(m.Summary) {
			if !word.MatchString(part) && (i == 0 || !slices.Contains(small, part)) {
				t.Errorf("the summary %q varies, or is not in title case", m.Summary)
			}
		}
		if m.Summary == "" {
			t.Errorf("no summary: %q", m.Detail)
		}
		for _, text := range slices.Concat([]string{m.Detail}, m.State, m.Next) {
			if text != tfkit.ByReason && !ended.MatchString(text) {
				t.Errorf("%s: %q does not end", m.Summary, text)
			}
		}
		if m.Warning && (len(m.State) > 0 || slices.Contains(m.Next, tfkit.ByReason)) {
			t.Errorf("%s: only an operation that failed has a state, and a next step by the reason", m.Summary)
		}
		key := fmt.Sprint(m.Warning, m.Summary, m.Detail)
		if seen[key] {
			t.Errorf("%s is declared twice: %s", m.Summary, m.Detail)
		}
		seen[key] = true
	}
	for _, step := range tfkit.NextSteps() {
		if step.When == "" || !strings.HasSuffix(step.Do, ".") {
			t.Errorf("no next step: %v", step)
		}
	}
}

// raisers are what raises a message past the declared ones, and in which file each is used all the same.
var raisers = map[string]string{
	"AddError":                      "",
	"AddWarning":                    "",
	"AddAttributeError":             "",
	"AddAttributeWarning":           "",
	"NewErrorDiagnostic":            "tfkit/messages.go",
	"NewWarningDiagnostic":          "tfkit/messages.go",
	"NewAttributeErrorDiagnostic":   "",
	"NewAttributeWarningDiagnostic": "",
	"NewFuncError":                  "",
	// What a function says has no summary, and is a part of Terraform's own sentence about the argument.
	"NewArgumentFuncError": "functions/",
	// The server of the protocol says of numbers what the framework cannot say.
	"Diagnostic{": "provider/whole_numbers.go",
	// A message that is made but not declared.
	"Message{": "",
	// A failure without a message.
	"Failure{": "",
	// A message that is declared whenever a function is called.
	"Declare": "tfkit/validators.go",
}

// TestRaisers: the code raises declared messages only, and declares each of them once.
func TestRaisers(t *testing.T) {
	t.Parallel()
	if got := past(t, root+"/internal", "cmd", "emulator", "acctest", "faults"); len(got) > 0 {
		t.Errorf("declare these messages by tfkit.Declare:\n%s", strings.Join(got, "\n"))
	}
	want := []string{
		"bad.go:14 AddError", "bad.go:15 NewWarningDiagnostic", "bad.go:16 Diagnostic{", "bad.go:17 Message{", "bad.go:18 Declare",
		"bad.go:19 NewFuncError", "bad.go:20 Failure{",
	}
	if got := past(t, "testdata"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// past returns where the code below a folder raises messages past the declared ones.
func past(t *testing.T, folder string, without ...string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(without, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		report := func(raiser string, at token.Pos) {
			allowed, is := raisers[raiser]
			if is && (allowed == "" || !strings.HasPrefix(filepath.ToSlash(relative), allowed)) {
				found = append(found, fmt.Sprintf("%s:%d %s", relative, files.Position(at).Line, raiser))
			}
		}
		for _, declaration := range file.Decls {
			inspect(declaration, report)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// inspect reports what a declaration of a file uses of the raisers. A message that a package variable declares does not count.
func inspect(declaration ast.Decl, report func(raiser string, at token.Pos)) {
	_, inFunction := declaration.(*ast.FuncDecl)
	ast.Inspect(declaration, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CallExpr:
			name := nameOf(node.Fun)
			switch declares := name == "Declare" || name == "DeclareInvalid"; {
			case declares && inFunction:
				report("Declare", node.Pos())
				return false
			case declares:
				return false
			}
			report(name, node.Pos())
		case *ast.CompositeLit:
			name := nameOf(node.Type) + "{"
			if name == "Failure{" && slices.ContainsFunc(node.Elts, isMessage) {
				return true
			}
			report(name, node.Pos())
		}
		return true
	})
}

// isMessage reports whether an element of a composite literal is the field Message.
func isMessage(element ast.Expr) bool {
	pair, ok := element.(*ast.KeyValueExpr)
	return ok && nameOf(pair.Key) == "Message"
}

func nameOf(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.Ident:
		return expression.Name
	case *ast.SelectorExpr:
		return expression.Sel.Name
	}
	return ""
}
