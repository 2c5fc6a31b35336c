package gopure

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// call looks at what a call may do in each round: put something of it into what is of outside,
// or count the rounds there.
func (w *walk) call(x *ast.CallExpr, above []ast.Node) {
	switch t := w.r.info.Types[x.Fun]; {
	case t.IsType():
		return
	case t.IsBuiltin():
		w.builtin(x, above)
		return
	}
	if slices.ContainsFunc(x.Args, func(a ast.Expr) bool { return isFunc(w.r.info.TypeOf(a)) && !w.r.passes(a) }) {
		w.see(x.Pos())
		return
	}
	if f := w.r.callee(x); f != nil {
		if e := w.r.c.effectOf(f); e.variables || e.arguments && w.passesOutside(x, f) || e.receiver && w.isOfOutside(x) {
			w.see(x.Pos())
		}
		return
	}
	if _, ok := ast.Unparen(x.Fun).(*ast.FuncLit); ok && len(x.Args) == 0 {
		return // its body is looked at as a part of the loop's
	}
	if !w.r.onlyTells(x.Fun) {
		w.see(x.Pos())
	}
}

// passesOutside tells whether a call may change something of outside by its arguments.
func (w *walk) passesOutside(x *ast.CallExpr, f *types.Func) bool {
	return slices.ContainsFunc(x.Args, func(a ast.Expr) bool {
		t := w.r.info.TypeOf(a)
		may := !isFixed(t)
		if f.Pkg() != nil && w.r.c.view.Standard(f.Pkg().Path()) {
			may = reaches(t)
		}
		return may && !isFunc(t) && w.r.mentions(a, w.outside)
	})
}

// isOfOutside tells whether a call is one of a method of something of outside.
func (w *walk) isOfOutside(x *ast.CallExpr) bool {
	sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	return ok && w.r.info.Selections[sel] != nil && w.r.mentions(sel.X, w.outside)
}

func (w *walk) outside(o types.Object) bool {
	_, ok := o.(*types.Var)
	return ok && !w.inside(o)
}

// builtin looks at delete, clear and copy, and at a panic, which leaves the loop.
func (w *walk) builtin(x *ast.CallExpr, above []ast.Node) {
	id, ok := ast.Unparen(x.Fun).(*ast.Ident)
	if !ok {
		return
	}
	switch id.Name {
	case "panic":
		w.leaves(&ast.ExprStmt{X: x}, x.Args, above)
	case "clear", "copy":
		w.see(x.Pos())
	case "delete":
		if w.r.same(x.Args[0], w.loop.X) && !w.isKey(x.Args[1]) {
			w.see(x.Pos()) // whether that round is still to come
			return
		}
		w.change(&ast.ExprStmt{X: x}, &ast.IndexExpr{X: x.Args[0], Index: x.Args[1]}, way{how: "delete"}, above)
	}
}

// changes tells whether a tree assigns to a variable, or to a part of it, or takes its address.
func (r *reader) changes(tree ast.Node, o types.Object) (found bool) {
	target := func(x ast.Expr) {
		at, ok := r.slotOf(x)
		found = found || ok && at.of == o
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				target(x)
			}
		case *ast.IncDecStmt:
			target(n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				target(n.Key)
				target(n.Value)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				target(n.X)
			}
		case *ast.CallExpr:
			if x, ok := r.addressed(n); ok {
				target(x)
			}
		}
		return !found
	})
	return found
}

// addressed is what a call's method is of where Go takes its address, as it is written.
func (r *reader) addressed(call *ast.CallExpr) (ast.Expr, bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	f := r.callee(call)
	if !ok || f == nil || f.Signature().Recv() == nil || r.info.Selections[sel] == nil {
		return nil, false
	}
	_, takes := types.Unalias(f.Signature().Recv().Type()).(*types.Pointer)
	_, has := r.info.TypeOf(sel.X).Underlying().(*types.Pointer)
	return sel.X, takes && !has
}
