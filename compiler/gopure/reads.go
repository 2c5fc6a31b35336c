package gopure

import (
	"go/ast"
	"slices"
)

// reads sees the order where the loop, or a function that it names, reads what the loop
// changes, but for its changing it.
func (w *walk) reads() {
	bodies := []ast.Node{w.loop.Body}
	for i := 0; i < len(bodies); i++ {
		w.readsIn(bodies[i])
		ast.Inspect(bodies[i], func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if lit := w.r.index().literals[w.r.info.Uses[id]]; lit != nil && !slices.Contains(bodies, ast.Node(lit.Body)) {
					bodies = append(bodies, lit.Body)
				}
			}
			return true
		})
	}
}

func (w *walk) readsIn(tree ast.Node) {
	ast.PreorderStack(tree, nil, func(n ast.Node, above []ast.Node) bool {
		x, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		at, ok := w.r.slotOf(x)
		if !ok {
			return true
		}
		if !w.own[n] && !w.isOfRound(x) && !w.deletes(above) && w.changed(at) {
			w.see(x.Pos())
		}
		w.indices(x)
		return false
	})
}

// isOfRound tells whether an expression names what a map has by the key of the round.
func (w *walk) isOfRound(x ast.Expr) bool {
	i, ok := x.(*ast.IndexExpr)
	return ok && w.isKey(i.Index)
}

func (w *walk) changed(at slot) bool {
	for changed := range w.ways {
		if changed.of == at.of && isPart(changed.path, at.path) {
			return true
		}
	}
	return false
}

// indices looks at what is read to find an element.
func (w *walk) indices(x ast.Expr) {
	for {
		switch part := ast.Unparen(x).(type) {
		case *ast.IndexExpr:
			w.readsIn(part.Index)
			x = part.X
		case *ast.SelectorExpr:
			x = part.X
		case *ast.StarExpr:
			x = part.X
		default:
			return
		}
	}
}

// isPart tells whether one path is the other, or is around or inside of it.
func isPart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return a == b || a == "" || b[:len(a)] == a && (b[len(a)] == '.' || b[len(a)] == '[')
}

// deletes tells whether something is an argument of delete.
func (w *walk) deletes(above []ast.Node) bool {
	if len(above) == 0 {
		return false
	}
	call, ok := above[len(above)-1].(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "delete" && w.r.info.Types[call.Fun].IsBuiltin()
}
