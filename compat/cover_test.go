package compat_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryOperationHasText: each operation and expression of the plan is a case here;
// one that isn't would be an internal error where a workflow has it.
func TestEveryOperationHasText(t *testing.T) {
	cases := map[string]bool{}
	inspect(t, ".", func(n ast.Node) {
		c, ok := n.(*ast.CaseClause)
		if !ok {
			return
		}
		for _, x := range c.List {
			if star, ok := x.(*ast.StarExpr); ok {
				if sel, ok := star.X.(*ast.SelectorExpr); ok {
					cases[sel.Sel.Name] = true
				}
			}
		}
	})
	members := 0
	inspect(t, "../plan", func(n ast.Node) {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != "op" && f.Name.Name != "expr" || f.Type.Params.NumFields() > 0 {
			return
		}
		members++
		name := f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name
		if !cases[name] {
			t.Errorf("package compat has no case for a *plan.%s", name)
		}
	})
	if members < 40 {
		t.Errorf("the plan has %d operations and expressions: they aren't found any more", members)
	}
}

// inspect visits the Go of a directory but for its tests.
func inspect(t *testing.T, dir string, visit func(ast.Node)) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if n != nil {
				visit(n)
			}
			return true
		})
	}
}
