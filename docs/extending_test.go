package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestExtendingNamesTheFiles: the files that extending.md names for a statement are those
// that know of log, in its order or another.
func TestExtendingNamesTheFiles(t *testing.T) {
	text, err := os.ReadFile("extending.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_/]+\\.go)` \\|").FindAllSubmatch(text, -1) {
		named = append(named, string(m[1]))
	}
	slices.Sort(named)
	var know []string
	for _, room := range []string{"dsl", "parser", "format", "checker", "plan", "compat", "codegen", "interp", "graph", "compiler", "internal"} {
		know = append(know, filesThatKnowLog(t, filepath.Join("..", room))...)
	}
	slices.Sort(know)
	if !slices.Equal(named, know) {
		t.Errorf("extending.md names\n%s\nfor a statement, and these know of log:\n%s", strings.Join(named, "\n"), strings.Join(know, "\n"))
	}
}

// knowsLog tells whether a file names dsl.LogStmt or plan.Log.
func knowsLog(f *ast.File) (knows bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			knows = knows || ok && (x.Name == "dsl" && n.Sel.Name == "LogStmt" || x.Name == "plan" && n.Sel.Name == "Log")
			return false
		case *ast.Ident:
			in := f.Name.Name
			knows = knows || in == "dsl" && n.Name == "LogStmt" || in == "plan" && n.Name == "Log"
		}
		return !knows
	})
	return knows
}

// filesThatKnowLog are the Go files of a folder, and of those in it, that are no tests and
// know of log; by their paths from the project's root.
func filesThatKnowLog(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err == nil && knowsLog(f) {
			found = append(found, strings.TrimPrefix(filepath.ToSlash(path), "../"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
