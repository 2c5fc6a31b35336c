package gopure

import (
	"go/ast"
	"go/types"
)

// A slot is a variable of outside, or a part of one: its fields by name, its elements all
// as one.
type slot struct {
	of   types.Object
	path string
}

// slotOf gives the slot that an expression names; ok is false where it is of no variable.
func (r *reader) slotOf(x ast.Expr) (at slot, ok bool) {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		o, ok := r.info.ObjectOf(x).(*types.Var)
		return slot{of: o}, ok
	case *ast.SelectorExpr:
		if o, ok := r.info.Uses[x.Sel].(*types.Var); ok && !o.IsField() {
			return slot{of: o}, true // of a package
		}
		at, ok = r.slotOf(x.X)
		s := r.info.Selections[x]
		if s != nil && s.Kind() != types.FieldVal {
			return at, ok // a method of it
		}
		return slot{at.of, at.path + "." + x.Sel.Name}, ok && s != nil
	case *ast.IndexExpr:
		at, ok = r.slotOf(x.X)
		return slot{at.of, at.path + "[]"}, ok
	case *ast.StarExpr:
		return r.slotOf(x.X)
	}
	return slot{}, false
}

// same tells whether two expressions name the same, word by word.
func (r *reader) same(a, b ast.Expr) bool {
	x, ok := r.slotOf(a)
	y, named := r.slotOf(b)
	return ok && named && x == y && types.ExprString(ast.Unparen(a)) == types.ExprString(ast.Unparen(b))
}

// mentions tells whether a name in a tree is of such an object.
func (r *reader) mentions(n ast.Node, such func(types.Object) bool) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && r.info.Uses[id] != nil {
			found = found || such(r.info.Uses[id])
		}
		return !found
	})
	return found
}

// isMap tells whether a value is a map or, where its type is a parameter, may be one.
func (r *reader) isMap(x ast.Expr) bool { return mayBeMap(r.info.TypeOf(x)) }

func mayBeMap(t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := types.Unalias(t).(type) {
	case *types.TypeParam:
		return mayBeMap(u.Constraint())
	case *types.Union:
		for term := range u.Terms() {
			if mayBeMap(term.Type()) {
				return true
			}
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Map:
		return true
	case *types.Interface:
		for e := range u.EmbeddedTypes() {
			if mayBeMap(e) {
				return true
			}
		}
	}
	return false
}
