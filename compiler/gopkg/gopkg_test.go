package gopkg

import (
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

func moduleWith(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files["go.mod"] = "module example.com/m\n\ngo 1.26\n"
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func loaded(t *testing.T, root string, paths ...string) *Set {
	t.Helper()
	s, err := NewSet(root)
	if err == nil {
		err = s.Load(t.Context(), paths)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A package with .wf files is seen through its stub, by itself and by all that import
// it, though nothing of it compiles without what is to be generated.
func TestStubsStandForGeneratedCode(t *testing.T) {
	const source = "package a\n\ntype Order { id string, at time, tags []string? }\nenum Tier { gold }\nworkflow W() {}\n"
	root := moduleWith(t, map[string]string{
		"a/a.wf":     source,
		"a/a.go":     "package a\n\nfunc Find(t Tools) (*Order, error) { return missing(), nil }\n",
		"a/a_wf.go":  "package a // out of date\n\ntype Order struct{ Old int }\n",
		"b/b.go":     "package b\n\nimport \"example.com/m/a\"\n\ntype Big struct{ a.Order }\n",
		"c/other.go": "package c\n\nimport \"example.com/m/b\"\n\nfunc F(b b.Big) string { return b.ID }\n",
	})
	s := loaded(t, root, append(StubImports, "example.com/m/c", "example.com/m/a")...)
	file, ds := parser.Parse("a.wf", []byte(source))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	v := s.View(func(dir string) (Layout, bool) {
		if filepath.Base(dir) != "a" {
			return Layout{}, false
		}
		return Layout{Written: []string{"a.go"}, Generated: []File{Stub("a", []*dsl.File{file})}}, true
	}, false)
	p, problem := v.Import("example.com/m/c")
	if problem != nil {
		t.Fatal(problem)
	}
	big := p.Scope().Lookup("F").(*types.Func).Signature().Params().At(0).Type()
	field, _, _ := types.LookupFieldOrMethod(big, false, nil, "At")
	if field == nil || field.Type().String() != "time.Time" {
		t.Errorf("the promoted field At is %v, want a time", field)
	}
	own := v.Check(filepath.Join(root, "a")).Package
	if got := own.Scope().Lookup("Find").Type().String(); got != "func(t example.com/m/a.Tools) (*example.com/m/a.Order, error)" {
		t.Errorf("Find is %s", got)
	}
	if other, _ := v.Import("example.com/m/a"); other != own {
		t.Error("the package isn't the same for those that import it")
	}
}

func TestImportProblems(t *testing.T) {
	root := moduleWith(t, map[string]string{
		"broken/b.go":  "package broken\n\nfunc F() int { return missing }\n",
		"syntax/s.go":  "package syntax\n\nfunc {\n",
		"program/p.go": "package main\n",
		"ring/r.go":    "package ring\n\nimport _ \"example.com/m/ring\"\n",
	})
	cases := map[string]string{
		"example.com/m/broken":  "it doesn't build: undefined: missing",
		"example.com/m/syntax":  "expected",
		"example.com/m/program": "which can't be imported",
		"example.com/m/ring":    "import cycle",
		"example.com/m/none":    "there is no Go package in",
		"example.org/none":      "no required module provides package example.org/none",
		"-x":                    "there is no such package",
		"a b":                   "",
		"./relative":            "",
		"...":                   "there is no such package",
		"unsafe":                "nothing that a workflow could use",
		"C":                     "nothing that a workflow could use",
	}
	var paths []string
	for path := range cases {
		paths = append(paths, path)
	}
	v := loaded(t, root, paths...).View(func(string) (Layout, bool) { return Layout{}, false }, false)
	for path, want := range cases {
		p, problem := v.Import(path)
		if problem == nil || !strings.Contains(problem.Text, want) || strings.Contains(problem.Text, "\n") {
			t.Errorf("%q: got %v, %v; want a problem with %q", path, p, problem, want)
		}
	}
}

// A module that doesn't ask for the runtime yet has it all the same, with the types of
// the packages that both import.
func TestRuntimeIsAtHand(t *testing.T) {
	const path = "example.com/m/a"
	root := moduleWith(t, map[string]string{"a/a.go": "package a\n\nimport (\n\t\"context\"\n\n\t\"" + RuntimePath + "\"\n)\n\n" +
		"func Key(ctx context.Context) string { return runtime.StepKey(ctx) }\n"})
	s := loaded(t, root, append(RuntimeImports(), RuntimePath, "context")...)
	v := s.View(func(dir string) (Layout, bool) { return Layout{Written: []string{"a.go"}}, filepath.Base(dir) == "a" }, true)
	if c := v.Check(filepath.Join(root, "a")); len(c.Errors) > 0 || c.Package.Path() != path {
		t.Errorf("got %v", c.Errors)
	}
}
