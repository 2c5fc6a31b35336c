package checker_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/types"
)

// A sound package is one that the whole compiler has a golden or an example of.
type soundPackage struct {
	name  string
	files []txtar.File
}

// soundPackages are the inputs of the compiler's goldens, and the examples.
func soundPackages(t testing.TB) []soundPackage {
	t.Helper()
	var out []soundPackage
	for _, path := range matching(t, "../golden/testdata/*.txtar") {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(a.Files, func(f txtar.File) bool { return f.Name == "go.mod" }) {
			continue // it means nothing without the Go beside it
		}
		p := soundPackage{name: filepath.Base(path)}
		for _, f := range a.Files {
			if strings.HasSuffix(f.Name, ".wf") {
				p.files = append(p.files, f)
			}
		}
		out = append(out, p)
	}
	for _, path := range matching(t, "../examples/*/*.wf") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		out = append(out, soundPackage{name: name, files: []txtar.File{{Name: name, Data: text}}})
	}
	return out
}

func matching(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("nothing matches %s: %v", pattern, err)
	}
	return paths
}

// TestSound: what the compiler is known to compile has no errors, and the tables
// that the later passes read are complete.
func TestSound(t *testing.T) {
	for _, p := range soundPackages(t) {
		t.Run(p.name, func(t *testing.T) {
			var files []*dsl.File
			for _, f := range p.files {
				file, faults := parser.Parse(f.Name, f.Data)
				if len(faults) > 0 {
					t.Fatal(rendered(faults))
				}
				files = append(files, file)
			}
			prog, ds := checker.Check(files, "")
			if diag.HasErrors(ds) {
				t.Fatal(rendered(ds))
			}
			for _, f := range prog.Funcs {
				typed(t, prog.Info, f.File.Source, f.Decl.Body)
			}
			for _, w := range prog.Workflows {
				typed(t, prog.Info, w.File.Source, w.Decl.Body)
			}
		})
	}
}

// typed reports the expressions of a body that have no type, or an unsound one,
// and the calls of steps that have no clauses.
func typed(t *testing.T, info *checker.Info, source *dsl.Source, body *dsl.Block) {
	t.Helper()
	names := notValues(body)
	dsl.Inspect(body, func(n dsl.Node) bool {
		x, ok := n.(dsl.Expr)
		if !ok || names[n] {
			return true
		}
		got := info.Types[x]
		if got == nil || got == types.Basics[types.Invalid] {
			at := source.Position(x.Place().Start)
			t.Errorf("%s:%d:%d: no type for %s (%T)", source.Path, at.Line, at.Col, source.Text[x.Place().Start:x.Place().End], x)
		}
		if call, ok := x.(*dsl.CallExpr); ok && isStepCall(info, call) != (info.Clauses[call] != nil) {
			t.Errorf("clauses of the call of %s: %v", call.Fun.Name, info.Clauses[call])
		}
		return true
	})
}

func isStepCall(info *checker.Info, call *dsl.CallExpr) bool {
	if call.Verb != dsl.Call {
		return info.Durables[call] != nil
	}
	switch info.Uses[call.Fun].(type) {
	case *checker.Tool, *checker.Workflow:
		return true
	}
	return false
}

// notValues are the nodes in a body that look like expressions, but have no value:
// what is declared, what is called, types, fields, what "after" names, an enum's
// name in Tier.gold, the pattern _, and the none of "timeout none" and "max none".
func notValues(body *dsl.Block) map[dsl.Node]bool {
	out := map[dsl.Node]bool{}
	add := func(ids ...*dsl.Ident) {
		for _, id := range ids {
			out[id] = true
		}
	}
	dsl.Inspect(body, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.LabeledStmt:
			add(n.Label)
		case *dsl.BindStmt:
			add(n.Name)
		case *dsl.StructLit:
			add(n.Type)
			for _, f := range n.Fields {
				add(f.Name)
			}
		case *dsl.SelectorExpr:
			add(n.Sel)
			if id, ok := n.X.(*dsl.Ident); ok && (id.Name == "run" || strings.ToUpper(id.Name[:1]) == id.Name[:1]) {
				add(id)
			}
		case *dsl.CallExpr:
			add(n.Fun)
			for _, f := range n.Fields {
				add(f.Name)
			}
		case *dsl.KeyedExpr:
			add(n.Var)
		case *dsl.MatchExpr:
			for _, a := range n.Arms {
				add(a.Name)
				if id, ok := a.Pattern.(*dsl.Ident); ok && id.Name == "_" {
					add(id)
				}
			}
		case *dsl.RaceExpr:
			for _, a := range n.Arms {
				add(a.Label)
			}
		case *dsl.LoopExpr:
			add(n.State, n.Key, n.Value)
			if lit, ok := n.Max.(*dsl.BasicLit); ok && lit.Kind == dsl.NoneLit {
				out[n.Max] = true
			}
		case *dsl.ForExpr:
			add(n.Key, n.Value)
		case *dsl.WithClause:
			add(n.Name)
		case *dsl.RetryClause:
			add(n.On...)
		case *dsl.AfterClause:
			add(n.Names...)
		case *dsl.TimeoutClause:
			if lit, ok := n.D.(*dsl.BasicLit); ok && lit.Kind == dsl.NoneLit {
				out[n.D] = true
			}
		}
		return true
	})
	return out
}

// rendered shows diagnostics as a person sees them.
func rendered(ds []diag.Diagnostic) string {
	var b strings.Builder
	if err := diag.Render(&b, ds, false); err != nil {
		return err.Error()
	}
	return b.String()
}
