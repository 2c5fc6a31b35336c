package gopure

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// An effect is what a function may change besides its own variables.
type effect struct {
	variables bool // those of packages
	arguments bool // what it can reach by its arguments
	receiver  bool // what its method is of
}

// unknown is the effect of what can't be looked into. Variables of packages it is taken to leave
// alone.
var unknown = effect{arguments: true, receiver: true}

func (e effect) with(other effect) effect {
	return effect{e.variables || other.variables, e.arguments || other.arguments, e.receiver || other.receiver}
}

// effectOf is what a function may change, by what it and those that it calls say.
func (c *Checker) effectOf(f *types.Func) effect {
	switch recv := f.Signature().Recv(); {
	case f.Pkg() == nil:
		return effect{}
	case c.view.Standard(f.Pkg().Path()):
		return standardEffect(f)
	case recv != nil && types.IsInterface(recv.Type()):
		return unknown
	}
	find := func() effect {
		s := c.source(f.Pkg().Path())
		if s == nil || s.decls[keyOf(f)].body == nil {
			return unknown
		}
		e := newReader(c, s, s.decls[keyOf(f)], &node{}).effect()
		e.arguments = e.arguments || e.receiver // which of them isn't told apart
		e.receiver = e.arguments
		return e
	}
	return c.effects.of(keyOf(f), find, func(before, now effect) bool { return before.with(now) != before })
}

// effect is what a body changes.
func (r *reader) effect() (e effect) {
	within := r.changesIn(r.body, func(x ast.Expr) {
		at, ok := r.slotOf(x)
		switch {
		case !ok || at.of == nil:
			e.arguments = true
		case isGlobal(at.of):
			e.variables = true
		case at.path != "" || isStar(x):
			e.arguments = true
		}
	})
	return e.with(within)
}

// changesIn visits what a body assigns to, and gives the effect of all else in it: its calls,
// and what it sends.
func (r *reader) changesIn(body ast.Node, assigned func(x ast.Expr)) (e effect) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if !isBlank(x) {
					assigned(x)
				}
			}
		case *ast.IncDecStmt:
			assigned(n.X)
		case *ast.SendStmt:
			e.arguments = true
		case *ast.CallExpr:
			e = e.with(r.effectOfCall(n))
		}
		return true
	})
	return e
}

func isStar(x ast.Expr) bool { _, ok := ast.Unparen(x).(*ast.StarExpr); return ok }

func isGlobal(o types.Object) bool { return o.Pkg() != nil && o.Parent() == o.Pkg().Scope() }

func (r *reader) effectOfCall(x *ast.CallExpr) effect {
	switch t := r.info.Types[x.Fun]; {
	case t.IsType():
		return effect{}
	case t.IsBuiltin():
		id, ok := ast.Unparen(x.Fun).(*ast.Ident)
		return effect{arguments: ok && (id.Name == "delete" || id.Name == "clear" || id.Name == "copy")}
	}
	if f := r.callee(x); f != nil {
		return r.effectHere(x, f)
	}
	_, literal := ast.Unparen(x.Fun).(*ast.FuncLit)
	return effect{arguments: !literal && !r.onlyTells(x.Fun)}
}

// effectHere is what a function changes of what isn't the caller's own.
func (r *reader) effectHere(x *ast.CallExpr, f *types.Func) effect {
	e := r.c.effectOf(f)
	if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok && r.info.Selections[sel] != nil && e.receiver {
		e.receiver = !r.isOwn(sel.X)
		e.variables = e.variables || r.mentions(sel.X, isShared)
	}
	if e.arguments && f.Pkg() != nil && r.c.view.Standard(f.Pkg().Path()) {
		e.arguments = slices.ContainsFunc(x.Args, func(a ast.Expr) bool { return reaches(r.info.TypeOf(a)) && !r.isOwn(a) })
	}
	if e.arguments {
		e.variables = e.variables || slices.ContainsFunc(x.Args, func(a ast.Expr) bool { return reaches(r.info.TypeOf(a)) && r.mentions(a, isShared) })
	}
	e.arguments = e.arguments || slices.ContainsFunc(x.Args, func(a ast.Expr) bool { return isFunc(r.info.TypeOf(a)) && !r.passes(a) })
	return e
}

// isShared tells whether an object is a variable of a package. Nobody reads again what is written
// to those of os.
func isShared(o types.Object) bool {
	v, ok := o.(*types.Var)
	return ok && !v.IsField() && isGlobal(v) && v.Pkg().Path() != "os"
}

// isOwn tells whether something is nobody else's: it has just been made, or is a variable of
// the body with a value of the standard library, as a strings.Builder.
func (r *reader) isOwn(x ast.Expr) bool {
	if !r.mentions(x, func(o types.Object) bool { _, ok := o.(*types.Var); return ok }) {
		return true
	}
	if address, ok := ast.Unparen(x).(*ast.UnaryExpr); ok && address.Op == token.AND {
		x = address.X
	}
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return false
	}
	o := r.info.Uses[id]
	if o == nil || o.Pos() < r.body.Pos() || r.body.End() <= o.Pos() {
		return false
	}
	n, ok := types.Unalias(o.Type()).(*types.Named)
	return ok && n.Obj().Pkg() != nil && r.c.view.Standard(n.Obj().Pkg().Path()) && !reaches(n)
}

// passes tells whether a function may be given to be called: it is a literal, whose body is
// looked at where it stands, or changes nothing but its own.
func (r *reader) passes(fun ast.Expr) bool {
	if _, ok := ast.Unparen(fun).(*ast.FuncLit); ok || r.info.Types[fun].IsNil() {
		return true
	}
	if f, ok := r.info.Uses[nameOf(fun)].(*types.Func); ok {
		return r.c.effectOf(f) == effect{}
	}
	return r.onlyTells(fun)
}

// onlyTells tells whether a function's value is a literal that changes nothing but its own:
// called, or bound once to the name by which it is called.
func (r *reader) onlyTells(fun ast.Expr) bool {
	lit, ok := ast.Unparen(fun).(*ast.FuncLit)
	if id, isName := ast.Unparen(fun).(*ast.Ident); isName {
		lit = r.index().literals[r.info.Uses[id]]
		ok = lit != nil
	}
	if !ok {
		return false
	}
	outside := false
	e := r.changesIn(lit.Body, func(x ast.Expr) {
		at, ok := r.slotOf(x)
		if !ok || at.of == nil || at.of.Pos() < lit.Pos() || at.of.Pos() >= lit.End() {
			outside = true
			return
		}
		given := at.of.Pos() < lit.Body.Pos() // a part of it is also the caller's
		outside = outside || given && (at.path != "" || isStar(x))
	})
	return !outside && e == effect{}
}
