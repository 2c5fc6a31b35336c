package wfgen

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// exhaustive, on the line above a type switch, says that it names all kinds.
const exhaustive = "//sumtype:exhaustive"

// TestSumTypesAreExhausted: a type switch over an interface that is declared with
// //sumtype:decl names all its kinds where it says so, but for Bad ones, which stand for
// source that isn't sound. So who adds a kind is told of the places that have to know it.
// Most switches leave kinds out on purpose.
func TestSumTypesAreExhausted(t *testing.T) {
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedFiles,
	}, "./dsl/...", "./types", "./checker", "./plan/...", "./compat", "./codegen", "./interp", "./graph", "./format", "./compiler/...", "./internal/...")
	if err != nil {
		t.Fatal(err)
	}
	sums := sumTypes(pkgs)
	if len(sums) < 10 {
		t.Fatalf("found %d sum types", len(sums))
	}
	held := 0
	for _, p := range pkgs {
		for _, f := range p.Syntax {
			said := directives(p.Fset, f)
			ast.Inspect(f, func(n ast.Node) bool {
				s, ok := n.(*ast.TypeSwitchStmt)
				if !ok || !said[p.Fset.Position(s.Pos()).Line-1] {
					return true
				}
				held++
				delete(said, p.Fset.Position(s.Pos()).Line-1)
				sum := sums[sumOf(p, s)]
				if sum == nil {
					t.Fatalf("%s: the switch is over no sum type", p.Fset.Position(s.Pos()))
				}
				if missing := sum.without(p, s); len(missing) > 0 {
					t.Errorf("%s: the switch over %s lacks %s", p.Fset.Position(s.Pos()), sum.name, strings.Join(missing, ", "))
				}
				return true
			})
			for line := range said {
				t.Errorf("%s:%d: %s stands above no type switch", p.Fset.Position(f.Pos()).Filename, line, exhaustive)
			}
		}
	}
	if held < 15 {
		t.Errorf("only %d switches say that they are exhaustive", held)
	}
}

// A sum is an interface with the types that are its kinds.
type sum struct {
	name  string
	kinds []string
}

// sumTypes are the sum types by their names with the package's path.
func sumTypes(pkgs []*packages.Package) map[string]*sum {
	sums := map[string]*sum{}
	for _, p := range pkgs {
		for _, f := range p.Syntax {
			for _, d := range f.Decls {
				g, ok := d.(*ast.GenDecl)
				if !ok || g.Doc == nil || !strings.Contains(docText(g.Doc), "//sumtype:decl") {
					continue
				}
				name := g.Specs[0].(*ast.TypeSpec).Name.Name
				sums[p.PkgPath+"."+name] = &sum{name, kinds(p.Types, name)}
			}
		}
	}
	return sums
}

func docText(doc *ast.CommentGroup) string {
	var lines []string
	for _, c := range doc.List {
		lines = append(lines, c.Text)
	}
	return strings.Join(lines, "\n")
}

// kinds are the types of a package that implement an interface of it, by their names.
func kinds(pkg *types.Package, name string) []string {
	iface := pkg.Scope().Lookup(name).Type().Underlying().(*types.Interface)
	var found []string
	for _, other := range pkg.Scope().Names() {
		n, ok := pkg.Scope().Lookup(other).(*types.TypeName)
		if !ok || types.IsInterface(n.Type()) || strings.HasPrefix(other, "Bad") {
			continue
		}
		if types.Implements(n.Type(), iface) || types.Implements(types.NewPointer(n.Type()), iface) {
			found = append(found, other)
		}
	}
	return found
}

// sumOf names the type that a switch is over.
func sumOf(p *packages.Package, s *ast.TypeSwitchStmt) string {
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		x = a.Rhs[0]
	case *ast.ExprStmt:
		x = a.X
	}
	if n, ok := p.TypesInfo.TypeOf(x.(*ast.TypeAssertExpr).X).(*types.Named); ok && n.Obj().Pkg() != nil {
		return n.Obj().Pkg().Path() + "." + n.Obj().Name()
	}
	return ""
}

// without are the kinds that a switch doesn't name. One case may name an interface that
// several of them have.
func (s *sum) without(p *packages.Package, stmt *ast.TypeSwitchStmt) []string {
	missing := slices.Clone(s.kinds)
	for _, c := range stmt.Body.List {
		for _, x := range c.(*ast.CaseClause).List {
			t := p.TypesInfo.TypeOf(x)
			if ptr, ok := t.(*types.Pointer); ok {
				t = ptr.Elem()
			}
			n, ok := t.(*types.Named)
			if !ok {
				continue
			}
			missing = slices.DeleteFunc(missing, func(kind string) bool { return covers(n, kind) })
		}
	}
	return missing
}

func covers(n *types.Named, kind string) bool {
	iface, ok := n.Underlying().(*types.Interface)
	if !ok {
		return n.Obj().Name() == kind
	}
	k := n.Obj().Pkg().Scope().Lookup(kind)
	return k != nil && (types.Implements(k.Type(), iface) || types.Implements(types.NewPointer(k.Type()), iface))
}

// directives are the lines that say that the switch below them is exhaustive.
func directives(fset *token.FileSet, f *ast.File) map[int]bool {
	lines := map[int]bool{}
	for _, g := range f.Comments {
		for _, c := range g.List {
			if c.Text == exhaustive {
				lines[fset.Position(c.Pos()).Line] = true
			}
		}
	}
	return lines
}
