// Package checker works out what a package of .wf files means: what each name
// stands for, which type each expression has, where an optional is known not to
// be none, which clauses apply to a call. It takes the files' trees and returns a
// Program, with the facts in side tables, and a diagnostic for everything that is
// unsound. It never changes a tree, keeps no state between calls, and accepts any
// tree the parser makes: what is unsound has the invalid type, which fits
// everywhere, so that one mistake is reported once.
package checker

import (
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// Check checks the files of one package. goPackage is the name of the package of
// the .go files beside them, empty where there are none. The program is never
// nil; it is complete where no diagnostic is an error. The diagnostics are sorted.
func Check(files []*dsl.File, goPackage string) (*Program, []diag.Diagnostic) {
	c := &checker{
		prog:    &Program{Files: files, Info: newInfo()},
		scope:   newScope(nil),
		goNames: map[string]goName{}, undone: map[*Var]bool{},
	}
	c.info = c.prog.Info
	c.packageName(goPackage)
	c.declare()
	c.resolve()
	c.bodies()
	c.recursion()
	return c.prog, diag.Sorted(c.diags)
}

func newInfo() *Info {
	return &Info{
		Types: map[dsl.Expr]types.Type{}, Wanted: map[dsl.Expr]types.Type{}, Narrowed: map[dsl.Expr]bool{},
		Consts: map[dsl.Expr]constant.Value{}, Uses: map[*dsl.Ident]Object{}, Defs: map[*dsl.Ident]Object{},
		Errs: map[*dsl.ElseClause]*Var{}, Clauses: map[*dsl.CallExpr]*Clauses{}, TypeExprs: map[dsl.TypeExpr]types.Type{},
	}
}

// A checker checks one package.
type checker struct {
	prog  *Program
	info  *Info
	diags []diag.Diagnostic
	file  *dsl.File // the one that is checked now
	scope *scope
	in    place

	goNames map[string]goName
	// calls holds, for each func and workflow, whom it calls and where.
	calls map[Object][]callSite
	// owed is the call that is owed in undos where the checker stands, nil for
	// none.
	owed *dsl.UndoClause
	// undosBeside are the undos directly in the parallel block that is checked now.
	undosBeside []*dsl.UndoClause
	// undone holds the bindings that their own undo uses.
	undone map[*Var]bool
}

// A place is what the code that is checked now stands in.
type place struct {
	decl     Object     // the Func or Workflow; nil elsewhere
	result   types.Type // what its return wants
	pure     string     // why no step can stand here; empty where one can
	value    bool       // in a block whose value is used
	parallel bool       // directly in a parallel block
	beside   bool       // in what runs side by side: a parallel block or loop
	tail     bool       // where nothing follows before the workflow's end
	// binding is the variable that the value of bound is bound to; nil elsewhere.
	binding *Var
	bound   dsl.Expr
	// dropped is the call whose result nobody wants; nil elsewhere.
	dropped *dsl.CallExpr
}

// with checks something in another place, or scope.
func (c *checker) with(in place, do func()) {
	defer func(was place) { c.in = was }(c.in)
	c.in = in
	do()
}

// pureIn checks something where no step can stand.
func (c *checker) pureIn(why string, do func()) {
	in := c.in
	if in.pure == "" {
		in.pure = why
	}
	c.with(in, do)
}

// A callSite is where one declaration calls another.
type callSite struct {
	callee Object
	file   *dsl.File
	name   *dsl.Ident
}

var invalid types.Type = types.Basics[types.Invalid]
var nothing types.Type = types.Basics[types.Nothing]

func isInvalid(t types.Type) bool { return t == nil || t == invalid }

func basic(k types.Kind) types.Type { return types.Basics[k] }
