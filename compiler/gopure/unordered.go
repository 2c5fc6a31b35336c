package gopure

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// An index is what one body says of its variables.
type index struct {
	uses     map[types.Object][]use        // in the order of the source
	literals map[types.Object]*ast.FuncLit // bound once, by :=
}

// A use is one place where a variable is used: by its name or, of a result that has one, by a
// return without values. Above is what is around it, from the outside in.
type use struct {
	id    *ast.Ident // nil for a return
	at    token.Pos
	above []ast.Node
}

// A given is what a function gives that is in no order.
type given struct {
	results []int
	at      token.Pos
}

// index reads the body's names, once.
func (r *reader) index() *index {
	if r.indexed != nil {
		return r.indexed
	}
	r.indexed = &index{map[types.Object][]use{}, map[types.Object]*ast.FuncLit{}}
	assigned := map[types.Object]bool{}
	ast.PreorderStack(r.body, nil, func(n ast.Node, above []ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if v, ok := r.info.Uses[n].(*types.Var); ok && !v.IsField() {
				r.indexed.uses[v] = append(r.indexed.uses[v], use{n, n.Pos(), slices.Clone(above)})
			}
		case *ast.ReturnStmt:
			if len(n.Results) == 0 && r.sig != nil && !inLiteral(above) {
				for v := range r.sig.Results().Variables() {
					r.indexed.uses[v] = append(r.indexed.uses[v], use{nil, n.Pos(), slices.Clone(above)})
				}
			}
		case *ast.AssignStmt:
			r.literals(n, assigned)
		}
		return true
	})
	for o, uses := range r.indexed.uses {
		slices.SortFunc(uses, func(a, b use) int { return cmp.Compare(a.at, b.at) })
		if assigned[o] {
			delete(r.indexed.literals, o)
		}
	}
	return r.indexed
}

// literals notes the functions that are bound to names, and the names that are assigned to.
func (r *reader) literals(s *ast.AssignStmt, assigned map[types.Object]bool) {
	for i, target := range s.Lhs {
		id, ok := target.(*ast.Ident)
		if !ok {
			continue
		}
		if o := r.info.Defs[id]; o == nil {
			assigned[r.info.Uses[id]] = true
		} else if len(s.Rhs) == len(s.Lhs) {
			if lit, ok := s.Rhs[i].(*ast.FuncLit); ok {
				r.indexed.literals[o] = lit
			}
		}
	}
}

// comes follows a call that gives something in no order to what becomes of it; result is its
// place among the results.
func (r *reader) comes(x *ast.CallExpr, result int, above []ast.Node) {
	if r.fate(x, result, above, nil) == shows {
		r.differs(mapOrder, x.Pos())
	}
}

// fate is what becomes of a value that is in no order. of is the variable that it is of, nil
// for none: to that it may be assigned again. Loops over it, variables that it is bound to and
// results that it is are seen to here.
func (r *reader) fate(x ast.Expr, result int, above []ast.Node, of types.Object) fate {
	for len(above) > 0 {
		parent, around := above[len(above)-1], above[:len(above)-1]
		switch p := parent.(type) {
		case *ast.ParenExpr:
			x = p
		case *ast.ExprStmt:
			return free
		case *ast.CompositeLit, *ast.KeyValueExpr, *ast.UnaryExpr:
			if !r.sortsAbove(x, above) {
				return shows
			}
			return ordered
		case *ast.RangeStmt:
			if p.X != x {
				return shows
			}
			call, _ := ast.Unparen(x).(*ast.CallExpr)
			r.walk(p, around, call != nil && isKeys(r.callee(call)) && r.callee(call).Name() != "Values")
			return free
		case *ast.BinaryExpr:
			if r.info.Types[p.X].IsNil() || r.info.Types[p.Y].IsNil() {
				return free
			}
			return shows
		case *ast.CallExpr:
			f := r.taken(p, x)
			if f != through {
				return f
			}
			x, result = p, 0
		case *ast.AssignStmt:
			return r.assigned(p, x, result, around, of)
		case *ast.ValueSpec:
			return r.bound(p, x, result, around)
		case *ast.ReturnStmt:
			return r.returned(p, x, result, around, of)
		default:
			return shows
		}
		above = around
	}
	return shows
}

// taken is what becomes of what a call gets: by the function that is called or, where that is
// one of the module, by its sorting it.
func (r *reader) taken(call *ast.CallExpr, x ast.Expr) fate {
	if f := r.known(call); f != shows {
		if f == ordered && call.Args[0] != x && !(len(call.Args) == 1) {
			return shows // it tells how something else is sorted
		}
		return f
	}
	i := slices.Index(call.Args, x)
	f := r.callee(call)
	if i < 0 || f == nil || f.Pkg() == nil || r.c.view.Standard(f.Pkg().Path()) || f.Signature().Variadic() {
		return shows
	}
	if r.c.sorts(f, i) {
		return ordered
	}
	return shows
}

// sortsAbove tells whether what an expression is a part of is sorted: sort.Sort(byName{xs}).
func (r *reader) sortsAbove(x ast.Expr, above []ast.Node) bool {
	for _, n := range slices.Backward(above) {
		switch n := n.(type) {
		case *ast.CompositeLit, *ast.KeyValueExpr, *ast.UnaryExpr, *ast.ParenExpr:
			continue
		case *ast.CallExpr:
			switch r.known(n) {
			case through:
				continue
			case ordered:
				return n.Args[0].Pos() <= x.Pos() && x.End() <= n.Args[0].End()
			}
		}
		return false
	}
	return false
}

// bound follows a value to the variable that it is declared with.
func (r *reader) bound(s *ast.ValueSpec, x ast.Expr, result int, above []ast.Node) fate {
	if i := slices.Index(s.Values, x); len(s.Values) == len(s.Names) {
		result = i
	}
	r.follow(s.Names[result], s, above)
	return free
}

// assigned follows a value to what it is assigned to. Of is the variable that it is of.
func (r *reader) assigned(s *ast.AssignStmt, x ast.Expr, result int, above []ast.Node, of types.Object) fate {
	if slices.Contains(s.Lhs, x) {
		return free // it gets another value
	}
	if len(s.Rhs) == len(s.Lhs) {
		result = slices.Index(s.Rhs, x)
	}
	target := s.Lhs[result]
	if id, ok := target.(*ast.Ident); !ok || of == nil || r.info.ObjectOf(id) != of {
		r.follow(target, s, above)
	}
	return free
}

// returned notes that the function gives a value that is in no order: who calls it may put it
// in one.
func (r *reader) returned(s *ast.ReturnStmt, x ast.Expr, result int, above []ast.Node, of types.Object) fate {
	if inLiteral(above) {
		return shows
	}
	if len(s.Results) > 1 {
		result = slices.Index(s.Results, x)
	}
	if !r.orderedByDefer(of) {
		r.gives(result, x.Pos())
	}
	return free
}

func (r *reader) gives(result int, at token.Pos) {
	if r.n.gives == nil {
		r.n.gives = &given{at: at}
	}
	if !slices.Contains(r.n.gives.results, result) {
		r.n.gives.results = append(r.n.gives.results, result)
	}
}

// orderedByDefer tells whether a deferred function puts a variable in order.
func (r *reader) orderedByDefer(o types.Object) bool {
	return o != nil && slices.ContainsFunc(r.index().uses[o], func(u use) bool {
		return inDefer(u.above) && u.id != nil && r.fate(u.id, 0, u.above, o) == ordered
	})
}

func inDefer(above []ast.Node) bool {
	return inLiteral(above) && slices.ContainsFunc(above, func(n ast.Node) bool { _, ok := n.(*ast.DeferStmt); return ok })
}

// follow goes on with what a statement leaves in no order: a variable, or a part of one.
func (r *reader) follow(target ast.Expr, by ast.Node, above []ast.Node) {
	id, ok := ast.Unparen(target).(*ast.Ident)
	if !ok {
		r.followPart(target, by)
		return
	}
	o := r.info.ObjectOf(id)
	switch {
	case id.Name == "_":
	case o == nil || isGlobal(o):
		r.differs(mapOrder, by.Pos())
	case !r.followed[o]:
		r.followed[o] = true
		r.settles(o, by, above)
		delete(r.followed, o)
	}
}

// settles goes through the uses of a variable that a statement leaves in no order, until one
// puts it in order. It tells whether one does.
func (r *reader) settles(o types.Object, by ast.Node, above []ast.Node) bool {
	sorted := token.NoPos // up to there
	for _, u := range r.usesBehind(o, by, above) {
		if u.at < sorted {
			continue
		}
		if u.id == nil {
			if !r.orderedByDefer(o) {
				r.gives(r.resultOf(o), u.at)
			}
			continue
		}
		switch r.fate(u.id, 0, u.above, o) {
		case shows:
			r.differs(mapOrder, u.at)
			return false
		case ordered:
			block := blockOf(u.above)
			if block == nil || block.Pos() <= by.Pos() && by.Pos() < block.End() {
				return true
			}
			sorted = block.End()
		}
	}
	return false
}

func (r *reader) resultOf(o types.Object) int {
	for i := range r.sig.Results().Len() {
		if r.sig.Results().At(i) == o {
			return i
		}
	}
	return 0
}

// usesBehind are the uses of a variable that may come after a statement: those below it,
// those above it in a loop around both, and those in functions' literals.
func (r *reader) usesBehind(o types.Object, by ast.Node, above []ast.Node) (behind []use) {
	from := by.End()
	for _, n := range above {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if from == by.End() && (o.Pos() < n.Pos() || n.End() <= o.Pos()) {
				from = n.Pos()
			}
		}
	}
	for _, u := range r.index().uses[o] {
		within := by.Pos() <= u.at && u.at < by.End()
		if !within && (u.at >= from || elsewhere(u.above, by) && !inDefer(u.above)) {
			behind = append(behind, u)
		}
	}
	return behind
}

// elsewhere tells whether a use is in a function's literal that a statement isn't in.
func elsewhere(above []ast.Node, by ast.Node) bool {
	return slices.ContainsFunc(above, func(n ast.Node) bool {
		_, ok := n.(*ast.FuncLit)
		return ok && (by.Pos() < n.Pos() || n.End() <= by.Pos())
	})
}

// followPart goes on with a part of a variable: the first that is done with that variable has
// to put just this part in order or, where the part is one of several lists, each of them.
func (r *reader) followPart(target ast.Expr, by ast.Node) {
	at, ok := r.slotOf(target)
	if !ok || at.of == nil {
		r.differs(mapOrder, by.Pos())
		return
	}
	for _, u := range r.index().uses[at.of] {
		if u.at < by.End() || u.id == nil {
			continue
		}
		if !r.ordersPart(u, target) {
			break
		}
		return
	}
	r.differs(mapOrder, by.Pos())
}

func (r *reader) ordersPart(u use, target ast.Expr) bool {
	for _, n := range slices.Backward(u.above) {
		switch n := n.(type) {
		case *ast.CallExpr:
			return r.known(n) == ordered && r.same(n.Args[0], target)
		case *ast.RangeStmt:
			return ast.Unparen(n.X) == u.id && r.ordersEach(n)
		}
	}
	return false
}

// ordersEach tells whether a loop does nothing but sorting each of what it goes through.
func (r *reader) ordersEach(loop *ast.RangeStmt) bool {
	if len(loop.Body.List) != 1 {
		return false
	}
	s, ok := loop.Body.List[0].(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := s.X.(*ast.CallExpr)
	if !ok || r.known(call) != ordered {
		return false
	}
	switch x := ast.Unparen(call.Args[0]).(type) {
	case *ast.Ident:
		v, ok := loop.Value.(*ast.Ident)
		return ok && r.info.Uses[x] == r.info.Defs[v]
	case *ast.IndexExpr:
		return r.same(x.X, loop.X)
	}
	return false
}

// sorts tells whether a function of the module puts what it gets as one of its parameters in
// order, before it does anything else with it: a helper.
func (c *Checker) sorts(f *types.Func, i int) bool {
	s := c.source(f.Pkg().Path())
	if s == nil {
		return false
	}
	d := s.decls[keyOf(f)]
	if d.body == nil || d.sig == nil || c.sorting[keyOf(f)] {
		return false
	}
	c.sorting[keyOf(f)] = true // it may call itself
	defer delete(c.sorting, keyOf(f))
	r := newReader(c, s, d, &node{})
	return r.settles(d.sig.Params().At(i), &ast.BadStmt{From: d.body.Pos() + 1, To: d.body.Pos() + 1}, nil)
}
