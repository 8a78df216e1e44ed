package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// message is an error or a warning as the code has it. What varies in its texts is a word in capitals, or three dots.
type message struct {
	warning bool
	summary string
	detail  string
	// next are the next steps there are; byError says that what to do depends on the error, where none is given.
	next    []string
	byError bool
	// at is where the code has it.
	at string
}

const (
	varying = "…"
	object  = "OBJECT" // what an operation was about, with its ID
	reason  = "REASON" // an error of the client, or why a value is not valid
)

// folder is the code of one package.
type folder struct {
	files *token.FileSet
	// constants and functions by name. A name that two functions have in common gives the texts of both, and none is lost.
	constants map[string]ast.Expr
	functions map[string][]*ast.FuncDecl
	packages  []*ast.File
}

// collect reads the messages of all packages below a folder, but for those of tests, programs and the emulator.
func collect(root string) ([]message, error) {
	folders := map[string]*folder{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && slices.Contains([]string{"cmd", "emulator", "acctest", "faults", "testdata"}, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		in := folders[filepath.Dir(path)]
		if in == nil {
			in = &folder{files: token.NewFileSet(), constants: map[string]ast.Expr{}, functions: map[string][]*ast.FuncDecl{}}
			folders[filepath.Dir(path)] = in
		}
		file, err := parser.ParseFile(in.files, path, nil, 0)
		if err != nil {
			return fmt.Errorf("reading the code: %w", err)
		}
		in.packages = append(in.packages, file)
		return nil
	})
	if err != nil {
		return nil, err
	}
	c := &collector{}
	for _, in := range folders {
		in.index()
		for _, file := range in.packages {
			for _, declaration := range file.Decls {
				c.declaration(in, declaration)
			}
		}
	}
	return c.result(), nil
}

func (f *folder) index() {
	for _, file := range f.packages {
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.FuncDecl:
				f.functions[node.Name.Name] = append(f.functions[node.Name.Name], node)
			case *ast.GenDecl:
				for _, spec := range node.Specs {
					if value, ok := spec.(*ast.ValueSpec); ok && node.Tok == token.CONST && len(value.Names) == len(value.Values) {
						for i, name := range value.Names {
							f.constants[name.Name] = value.Values[i]
						}
					}
				}
			}
			return true
		})
	}
}

// collector collects. A template is a message whose summary is a field: it is made for each value of the field's struct, or for each
// call of the function that fills it.
type collector struct {
	messages  []message
	templates map[string][]message           // by the name of the struct
	instances map[string][]map[string]string // likewise: texts by field
}

// scope is a function, with the texts that its variables have.
type scope struct {
	*folder
	variables map[string][]ast.Expr
	resolving map[string]bool
}

func newScope(in *folder, function ast.Node) *scope {
	s := &scope{folder: in, variables: map[string][]ast.Expr{}, resolving: map[string]bool{}}
	ast.Inspect(function, func(node ast.Node) bool {
		if assignment, ok := node.(*ast.AssignStmt); ok {
			for i, left := range assignment.Lhs {
				if name, ok := left.(*ast.Ident); ok && assigned(assignment, i) != nil {
					s.variables[name.Name] = append(s.variables[name.Name], assigned(assignment, i))
				}
			}
		}
		return true
	})
	return s
}

// assigned is what an assignment gives to one of its left sides; nil for all but the first result of a call.
func assigned(node *ast.AssignStmt, i int) ast.Expr {
	switch {
	case len(node.Rhs) == len(node.Lhs):
		return node.Rhs[i]
	case i == 0:
		return node.Rhs[0]
	}
	return nil
}

func (c *collector) declaration(in *folder, declaration ast.Decl) {
	s := newScope(in, declaration)
	var failure *message // the last one that was seen: what is assigned to its fields comes after it
	done := func() {
		if failure != nil {
			c.messages = append(c.messages, *failure)
		}
		failure = nil
	}
	ast.Inspect(declaration, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			for i, left := range node.Lhs {
				right := assigned(node, i)
				field, ok := left.(*ast.SelectorExpr)
				if !ok || typeName(field.X) != "failure" || failure == nil || right == nil {
					continue
				}
				switch field.Sel.Name {
				case "Summary":
					done()
					failure = &message{summary: s.text(right), detail: object + ": " + reason + ".", at: in.at(node)}
				case "State":
					failure.detail = appended(failure.detail, s.texts(right))
				case "Next":
					for _, next := range s.texts(right) {
						if !slices.Contains(failure.next, next) {
							failure.next = append(failure.next, next)
						}
					}
				}
			}
		case *ast.CompositeLit:
			fields := s.fields(node)
			switch name := typeName(node.Type); {
			case name == "Failure" && fields["Summary"] != nil:
				done()
				failure = &message{summary: s.text(fields["Summary"]), detail: object + ": " + reason + ".", byError: true, at: in.at(node)}
				if fields["State"] != nil {
					failure.detail = appended(failure.detail, s.texts(fields["State"]))
				}
				if fields["Next"] != nil {
					failure.next = s.texts(fields["Next"])
				}
			case name == "Lookup":
				texts := map[string]string{}
				for field, value := range fields {
					texts[field] = s.text(value)
				}
				c.instance("lookup", texts)
			}
		case *ast.CallExpr:
			c.call(s, node)
		}
		return true
	})
	done()
}

func (c *collector) instance(of string, texts map[string]string) {
	if c.instances == nil {
		c.instances = map[string][]map[string]string{}
	}
	c.instances[of] = append(c.instances[of], texts)
}

func (c *collector) call(s *scope, call *ast.CallExpr) {
	name := typeName(call.Fun)
	args := call.Args
	switch {
	case name == "Check" && len(args) == 3:
		c.instance("c", map[string]string{"summary": s.text(args[0]), "description": s.text(args[1])})
		return
	case (name == "AddAttributeError" || name == "AddAttributeWarning") && len(args) == 3:
		args = args[1:]
	case (name == "AddError" || name == "AddWarning" || name == "NewWarningDiagnostic") && len(args) == 2:
	default:
		return
	}
	what, next, _ := strings.Cut(s.text(args[1]), "\n\n")
	m := message{warning: strings.Contains(name, "Warning"), summary: s.text(args[0]), detail: what, at: s.at(call)}
	if next != "" {
		m.next = []string{next}
	}
	if field, ok := args[0].(*ast.SelectorExpr); ok {
		if of, ok := field.X.(*ast.Ident); ok {
			if c.templates == nil {
				c.templates = map[string][]message{}
			}
			c.templates[of.Name] = append(c.templates[of.Name], m)
			return
		}
	}
	c.messages = append(c.messages, m)
}

// result makes messages of templates, and sorts all.
func (c *collector) result() []message {
	for of, templates := range c.templates {
		for _, texts := range c.instances[of] {
			for _, m := range templates {
				fill := func(text string) string {
					return fieldOf.ReplaceAllStringFunc(text, func(field string) string { return texts[strings.Trim(field, "\x00")] })
				}
				what, next, _ := strings.Cut(strings.Join(append([]string{fill(m.detail)}, fill(strings.Join(m.next, ""))), "\n\n"), "\n\n")
				m.summary, m.detail, m.next = fill(m.summary), what, []string{strings.TrimSpace(next)}
				c.messages = append(c.messages, m)
			}
		}
	}
	for i := range c.messages { // a field of anything but a template varies
		m := &c.messages[i]
		m.summary, m.detail = fieldOf.ReplaceAllString(m.summary, varying), fieldOf.ReplaceAllString(m.detail, varying)
		for j := range m.next {
			m.next[j] = fieldOf.ReplaceAllString(m.next[j], varying)
		}
	}
	var result []message
	slices.SortFunc(c.messages, func(a, b message) int { return cmp.Compare(a.key(), b.key()) })
	for _, m := range c.messages {
		if len(result) == 0 || result[len(result)-1].key() != m.key() {
			result = append(result, m)
		}
	}
	return result
}

func (m message) key() string {
	return strings.Join(append([]string{fmt.Sprint(m.warning), m.summary, m.detail, fmt.Sprint(m.byError)}, m.next...), "\x00")
}

func (f *folder) at(node ast.Node) string {
	position := f.files.Position(node.Pos())
	return fmt.Sprintf("%s:%d", position.Filename, position.Line)
}

func (s *scope) fields(literal *ast.CompositeLit) map[string]ast.Expr {
	fields := map[string]ast.Expr{}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok {
				fields[key.Name] = pair.Value
			}
		}
	}
	return fields
}

func appended(detail string, states []string) string {
	for _, state := range states {
		if state != "" && !strings.Contains(detail, state) {
			detail += "\n" + state
		}
	}
	return detail
}

func typeName(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.Ident:
		return expression.Name
	case *ast.SelectorExpr:
		return expression.Sel.Name
	}
	return ""
}

// texts are the texts that an expression can have: a call's are what the function returns first.
func (s *scope) texts(expression ast.Expr) []string {
	if call, ok := expression.(*ast.CallExpr); ok && typeName(call.Fun) != "Sprintf" {
		var texts []string
		for _, function := range s.functions[typeName(call.Fun)] {
			in := newScope(s.folder, function)
			ast.Inspect(function, func(node ast.Node) bool {
				if result, ok := node.(*ast.ReturnStmt); ok && len(result.Results) > 0 {
					texts = append(texts, in.texts(result.Results[0])...)
				}
				return true
			})
		}
		return texts
	}
	if name, ok := expression.(*ast.Ident); ok && len(s.variables[name.Name]) > 0 && !s.resolving[name.Name] {
		s.resolving[name.Name] = true
		defer delete(s.resolving, name.Name)
		var texts []string
		for _, value := range s.variables[name.Name] {
			texts = append(texts, s.texts(value)...)
		}
		return texts
	}
	if text := s.text(expression); text != "" && text != varying {
		return []string{text}
	}
	return nil
}

// text is the text of an expression.
func (s *scope) text(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(expression.Value); err == nil {
			return text
		}
	case *ast.ParenExpr:
		return s.text(expression.X)
	case *ast.BinaryExpr:
		return s.text(expression.X) + s.text(expression.Y)
	case *ast.Ident:
		return s.named(expression.Name)
	case *ast.SelectorExpr:
		if of, ok := expression.X.(*ast.Ident); ok {
			switch {
			case strings.EqualFold(expression.Sel.Name, "object"):
				return object
			case of.Name == "lookup", of.Name == "c":
				return "\x00" + expression.Sel.Name + "\x00"
			}
		}
	case *ast.CallExpr:
		switch typeName(expression.Fun) {
		case "Sprintf":
			return s.formatted(expression.Args)
		case "describe":
			return object
		case "Error":
			return reason
		case "Clean":
			return s.text(expression.Args[0])
		}
	}
	return varying
}

func (s *scope) named(name string) string {
	switch value, ok := s.constants[name]; {
	case name == "object":
		return object
	case name == "err":
		return reason
	case ok:
		return s.text(value)
	case s.variables[name] != nil && !s.resolving[name]:
		s.resolving[name] = true
		defer delete(s.resolving, name)
		return s.text(s.variables[name][0])
	}
	return varying
}

var (
	fieldOf = regexp.MustCompile("\x00[A-Za-z]+\x00")
	verb    = regexp.MustCompile(`%(\[(\d+)\])?[a-zA-Z%]`)
)

// formatted is what Sprintf makes of its arguments.
func (s *scope) formatted(args []ast.Expr) string {
	next := 0
	return verb.ReplaceAllStringFunc(s.text(args[0]), func(found string) string {
		if found == "%%" {
			return "%"
		}
		if index := verb.FindStringSubmatch(found)[2]; index != "" {
			next, _ = strconv.Atoi(index)
		} else {
			next++
		}
		value := varying
		if next < len(args) {
			value = s.text(args[next])
		}
		if strings.HasSuffix(found, "q") {
			return strconv.Quote(value)
		}
		return value
	})
}
