package gopure

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// What a sort finds alike stays as it came, in no order. So a sort counts only where its
// comparison holds the elements themselves against each other, be it at last: texts and
// numbers as they are, not what a map has of them, or their length. Of structs a field is
// taken for one that tells them apart.

// A comparison is a function that says which of two elements comes first.
type comparison struct {
	r     *reader
	of    [2]types.Object // its parameters
	byPos bool            // that they are indices
	list  ast.Expr        // into this; nil for any
	names map[types.Object]element
	depth int
}

// An element is one of the two, or a part of it.
type element struct {
	which int
	path  string
}

// tellsApart tells whether a call sorts by something that tells elements apart.
func (r *reader) tellsApart(x *ast.CallExpr) bool {
	switch f := r.callee(x); {
	case f.Name() == "Sort" || f.Name() == "Stable":
		return f.Pkg().Path() != "sort" || r.lessTellsApart(x.Args[0])
	case len(x.Args) != 2:
		return false
	default:
		c := &comparison{r: r, byPos: f.Pkg().Path() == "sort"}
		if c.byPos {
			c.list = x.Args[0]
		}
		return c.by(x.Args[1])
	}
}

// lessTellsApart is tellsApart of a value that sort.Sort gets, by its method Less.
func (r *reader) lessTellsApart(x ast.Expr) bool {
	if call, ok := ast.Unparen(x).(*ast.CallExpr); ok && len(call.Args) == 1 {
		if f := r.callee(call); f != nil && f.FullName() == "sort.Reverse" {
			return r.lessTellsApart(call.Args[0])
		}
	}
	n := named(r.info.TypeOf(x))
	if n == nil || n.Obj().Pkg() == nil {
		return false
	}
	if r.c.view.Standard(n.Obj().Pkg().Path()) {
		return !types.IsInterface(n) // those of package sort
	}
	less, _, _ := types.LookupFieldOrMethod(types.NewPointer(n), false, n.Obj().Pkg(), "Less")
	f, ok := less.(*types.Func)
	c := &comparison{r: r, byPos: true}
	return ok && c.function(f)
}

// by takes what a sort is given as its comparison.
func (c *comparison) by(fun ast.Expr) bool {
	if id, ok := ast.Unparen(fun).(*ast.Ident); ok {
		if lit := c.r.index().literals[c.r.info.Uses[id]]; lit != nil {
			fun = lit
		}
	}
	if lit, ok := ast.Unparen(fun).(*ast.FuncLit); ok {
		sig, _ := c.r.info.TypeOf(lit).(*types.Signature)
		return c.compares(sig, lit.Body)
	}
	f, ok := c.r.info.Uses[nameOf(fun)].(*types.Func)
	return ok && c.function(f)
}

// function takes a function by its name: one of the standard library, or of the module.
func (c *comparison) function(f *types.Func) bool {
	if f.Pkg() == nil {
		return false
	}
	if c.r.c.view.Standard(f.Pkg().Path()) {
		return f.Name() == "Compare" || f.Name() == "Less"
	}
	s := c.r.c.source(f.Pkg().Path())
	const deep = 8 // functions that call each other
	if s == nil || s.decls[keyOf(f)].body == nil || c.depth > deep {
		return false
	}
	d := s.decls[keyOf(f)]
	inner := &comparison{r: newReader(c.r.c, s, d, &node{}), byPos: c.byPos, depth: c.depth + 1}
	return inner.compares(d.sig, d.body)
}

// compares tells whether a body somewhere holds the same of both elements against each other.
func (c *comparison) compares(sig *types.Signature, body ast.Node) (found bool) {
	if sig == nil || sig.Params().Len() != 2 {
		return false
	}
	c.names = map[types.Object]element{}
	c.of = [2]types.Object{sig.Params().At(0), sig.Params().At(1)}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			c.name(n)
		case *ast.BinaryExpr:
			switch n.Op {
			case token.LSS, token.LEQ, token.GTR, token.GEQ, token.SUB:
				found = found || c.both(n.X, n.Y)
			}
		case *ast.CallExpr:
			found = found || c.called(n)
		}
		return !found
	})
	return found
}

// name notes the names that elements are given: x, y := xs[i], xs[j].
func (c *comparison) name(s *ast.AssignStmt) {
	if len(s.Lhs) != len(s.Rhs) || s.Tok != token.DEFINE {
		return
	}
	for i, target := range s.Lhs {
		id, ok := target.(*ast.Ident)
		if e, is := c.element(s.Rhs[i]); ok && is && c.r.info.Defs[id] != nil {
			c.names[c.r.info.Defs[id]] = e
		}
	}
}

// called tells whether a call compares both: strings.Compare(a, b), a.Compare(b), byName(a, b).
func (c *comparison) called(x *ast.CallExpr) bool {
	f := c.r.callee(x)
	if f == nil {
		return false
	}
	sel, isMethod := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	switch {
	case len(x.Args) == 2 && c.both(x.Args[0], x.Args[1]):
		inner := &comparison{r: c.r, depth: c.depth}
		return inner.function(f)
	case len(x.Args) == 1 && isMethod && f.Signature().Recv() != nil:
		return slices.Contains([]string{"Compare", "Cmp", "Less", "Before", "After"}, f.Name()) && c.both(sel.X, x.Args[0])
	}
	return false
}

// both tells whether two expressions are the same of the one element and of the other.
func (c *comparison) both(x, y ast.Expr) bool {
	a, ok := c.element(x)
	b, is := c.element(y)
	return ok && is && a.which != b.which && a.path == b.path
}

// element tells which element an expression is, or is a part of.
func (c *comparison) element(x ast.Expr) (e element, ok bool) {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		o := c.r.info.Uses[x]
		if e, ok := c.names[o]; ok {
			return e, true
		}
		i := slices.Index(c.of[:], o)
		return element{which: i}, o != nil && i >= 0 && !c.byPos
	case *ast.IndexExpr:
		if id, ok := ast.Unparen(x.Index).(*ast.Ident); ok && c.byPos && slices.Contains(c.of[:], c.r.info.Uses[id]) {
			isIt := c.list == nil || types.ExprString(ast.Unparen(c.list)) == types.ExprString(ast.Unparen(x.X))
			return element{which: slices.Index(c.of[:], c.r.info.Uses[id])}, isIt && !c.r.isMap(x.X)
		}
		if c.r.info.Types[x.Index].Value == nil {
			return element{}, false
		}
		e, ok = c.element(x.X)
		return element{e.which, e.path + "[" + types.ExprString(x.Index) + "]"}, ok && !isText(c.r.info.TypeOf(x.X))
	case *ast.StarExpr:
		return c.element(x.X)
	case *ast.SelectorExpr:
		e, ok = c.element(x.X)
		return element{e.which, e.path + "." + x.Sel.Name}, ok
	case *ast.CallExpr:
		return c.part(x)
	}
	return element{}, false
}

// part takes a.Name() for a part of what isn't a text or a number, and string(a) for a.
func (c *comparison) part(x *ast.CallExpr) (e element, ok bool) {
	if t := c.r.info.Types[x.Fun]; t.IsType() && len(x.Args) == 1 {
		e, ok = c.element(x.Args[0])
		return e, ok && types.Identical(t.Type.Underlying(), c.r.info.TypeOf(x.Args[0]).Underlying())
	}
	sel, isMethod := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	if !isMethod || len(x.Args) > 0 || c.r.info.Selections[sel] == nil {
		return element{}, false
	}
	if _, basic := c.r.info.TypeOf(sel.X).Underlying().(*types.Basic); basic {
		return element{}, false
	}
	return c.element(sel)
}

func isText(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}
