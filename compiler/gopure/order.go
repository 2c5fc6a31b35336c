package gopure

// A map is walked in another order each time. That matters where the order comes to be
// in a value: in a list that isn't sorted afterwards, in a text, in a sum of floats, in
// which of several is taken. Sums of whole numbers, other maps, the largest and the
// smallest are the same in any order. Where the code alone can't tell, it counts as seen.

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// orderOf gives where the order of a range over a map can be seen; not valid where it
// can't, or it is a range over something else.
func (r *reader) orderOf(x *ast.RangeStmt) token.Pos {
	if !r.walksMap(x.X) || x.Key == nil && x.Value == nil {
		return token.NoPos
	}
	w := &mapWalk{r: r, loop: x}
	w.stmts(x.Body.List, nil, true)
	switch {
	case w.seen.IsValid():
		return w.seen
	case w.changes && w.leaves.IsValid():
		return w.leaves
	case w.changes || w.calls:
		return w.returns
	}
	return token.NoPos
}

// walksMap tells whether a range over a value walks a map.
func (r *reader) walksMap(x ast.Expr) bool {
	if t := r.info.Types[x].Type; t != nil {
		if _, ok := t.Underlying().(*types.Map); ok {
			return true
		}
	}
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	return ok && isKeys(r.callee(call))
}

// isKeys tells whether a function gives the keys or values of a map in its order.
func isKeys(f *types.Func) bool {
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != "maps" && f.Pkg().Path() != "golang.org/x/exp/maps" {
		return false
	}
	return f.Name() == "Keys" || f.Name() == "Values" || f.Name() == "All"
}

// keysOf gives the place of a call that has a map's keys or values in their order, where
// they aren't sorted by what they are passed to, or later on.
func (r *reader) keysOf(x *ast.CallExpr, f *types.Func, above []ast.Node) token.Pos {
	if !isKeys(f) || len(above) == 0 {
		return token.NoPos
	}
	parent, value := above[len(above)-1], ast.Expr(x)
	if call, ok := parent.(*ast.CallExpr); ok && len(above) > 1 {
		switch to := r.callee(call); {
		case to == nil || to.Pkg() == nil:
		case sorts(call), to.Pkg().Path() == "maps":
			return token.NoPos
		case to.Pkg().Path() == "slices" && to.Name() == "Collect":
			parent, value = above[len(above)-2], call
		}
	}
	switch p := parent.(type) {
	case *ast.RangeStmt:
		return token.NoPos // seen to there
	case *ast.CallExpr:
		if sorts(p) {
			return token.NoPos
		}
	case *ast.AssignStmt:
		for i, v := range p.Rhs {
			if v == value && i < len(p.Lhs) && r.sortedLater(p.Lhs[i], p.End(), false) {
				return token.NoPos
			}
		}
	}
	return x.Pos()
}

// sortedLater tells whether something after a place sorts what is assigned to or, where
// that is one of many, any of those.
func (r *reader) sortedLater(target ast.Expr, after token.Pos, any bool) bool {
	o, found := r.rootOf(target), false
	ast.Inspect(r.body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && call.Pos() >= after && sorts(call) {
			found = found || any || o != nil && r.mentions(call, func(other types.Object) bool { return other == o })
		}
		return !found
	})
	return found
}

// sorts tells whether a call sorts, by what it says it does.
func sorts(call *ast.CallExpr) bool {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return strings.Contains(strings.ToLower(f.Name), "sort")
	case *ast.SelectorExpr:
		p, ok := f.X.(*ast.Ident)
		return strings.Contains(strings.ToLower(f.Sel.Name), "sort") || ok && p.Name == "sort"
	}
	return false
}

// rootOf is the variable that an expression which is assigned to is of, or a part of.
func (r *reader) rootOf(x ast.Expr) types.Object {
	for {
		switch e := ast.Unparen(x).(type) {
		case *ast.Ident:
			if o := r.info.Uses[e]; o != nil {
				return o
			}
			return r.info.Defs[e]
		case *ast.SelectorExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.StarExpr:
			x = e.X
		default:
			return nil
		}
	}
}

// mentions tells whether a name in a tree is of such an object.
func (r *reader) mentions(n ast.Node, such func(types.Object) bool) (found bool) {
	if n == nil {
		return false
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && r.info.Uses[id] != nil {
			found = found || such(r.info.Uses[id])
		}
		return !found
	})
	return found
}

// A mapWalk finds where the order of one range can be seen.
type mapWalk struct {
	r       *reader
	loop    *ast.RangeStmt
	seen    token.Pos
	leaves  token.Pos // of a break: it matters where something else changes by then
	returns token.Pos // of a return without results: so does this, and what was called by then
	changes bool
	calls   bool // the value of a round is given to a function that is itself a value, as a yield
}

// inside tells whether an object is declared by the loop: it is another in each round.
func (w *mapWalk) inside(o types.Object) bool {
	return w.loop.Pos() <= o.Pos() && o.Pos() < w.loop.End()
}

func (w *mapWalk) see(at token.Pos) {
	if !w.seen.IsValid() {
		w.seen = at
	}
}

// stmts goes through the statements of a round. conditions are those of the ifs around
// them; a break is the loop's where outer is true.
func (w *mapWalk) stmts(list []ast.Stmt, conditions []ast.Expr, outer bool) {
	for _, s := range list {
		w.stmt(s, conditions, outer)
	}
}

func (w *mapWalk) stmt(s ast.Stmt, conditions []ast.Expr, outer bool) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		w.stmts(s.List, conditions, outer)
	case *ast.LabeledStmt:
		w.stmt(s.Stmt, conditions, outer)
	case *ast.IfStmt:
		inner := append(conditions[:len(conditions):len(conditions)], s.Cond)
		w.some(s.Init, conditions)
		w.calls = w.calls || w.yields(s.Cond)
		w.stmts(s.Body.List, inner, outer)
		if s.Else != nil {
			w.stmt(s.Else, inner, outer)
		}
	case *ast.ForStmt:
		w.some(s.Init, conditions)
		w.some(s.Post, conditions)
		w.stmts(s.Body.List, conditions, false)
	case *ast.RangeStmt:
		w.stmts(s.Body.List, conditions, false)
	case *ast.SwitchStmt:
		w.some(s.Init, conditions)
		w.clauses(s.Body, append(conditions[:len(conditions):len(conditions)], s.Tag))
	case *ast.TypeSwitchStmt:
		w.clauses(s.Body, conditions)
	case *ast.ReturnStmt:
		if len(s.Results) == 0 {
			w.returns = s.Pos()
		}
		for _, x := range s.Results {
			if w.r.mentions(x, w.inside) {
				w.see(s.Pos())
			}
		}
	case *ast.BranchStmt:
		if s.Tok == token.BREAK && (outer || s.Label != nil) {
			w.leaves = s.Pos()
		}
	case *ast.SendStmt:
		w.see(s.Pos())
	case *ast.ExprStmt:
		w.effect(s)
	case *ast.IncDecStmt:
		w.changes = true
	case *ast.AssignStmt:
		w.assign(s, conditions)
	}
}

func (w *mapWalk) some(s ast.Stmt, conditions []ast.Expr) {
	if s != nil {
		w.stmt(s, conditions, false)
	}
}

func (w *mapWalk) clauses(b *ast.BlockStmt, conditions []ast.Expr) {
	for _, s := range b.List {
		if c, ok := s.(*ast.CaseClause); ok {
			w.stmts(c.Body, append(conditions[:len(conditions):len(conditions)], c.List...), false)
		}
	}
}

// effect looks at a call whose result isn't used. Of the standard library one that writes
// shows the order. Of another function only that can be told which gets nothing of the round,
// or nothing of outside that it could change.
func (w *mapWalk) effect(s *ast.ExprStmt) {
	call, ok := s.X.(*ast.CallExpr)
	if !ok {
		return
	}
	if literal, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		w.stmts(literal.Body.List, nil, false)
		return
	}
	f := w.r.callee(call)
	switch {
	case f == nil:
		if w.yields(call) {
			w.see(s.Pos())
		}
		return
	case f.Pkg() != nil && !w.r.c.view.Standard(f.Pkg().Path()):
		if w.keeps(call) {
			w.see(s.Pos())
		}
		return
	}
	sel, _ := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	to := ast.Expr(nil)
	switch {
	case f.Signature().Recv() != nil && strings.HasPrefix(f.Name(), "Write") && sel != nil:
		to = sel.X
	case f.Pkg() != nil && f.Pkg().Path() == "fmt" && strings.HasPrefix(f.Name(), "Fprint") && len(call.Args) > 0:
		to = call.Args[0]
		if u, ok := to.(*ast.UnaryExpr); ok {
			to = u.X
		}
	}
	if to == nil {
		return
	}
	if o := w.r.rootOf(to); o != nil && !w.inside(o) {
		w.see(s.Pos())
	}
}

// yields tells whether something of the round is given, in an expression, to a function that
// is a value: nobody knows which.
func (w *mapWalk) yields(x ast.Expr) (found bool) {
	ast.Inspect(x, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && w.r.callee(call) == nil && w.r.info.Types[call.Fun].IsValue() {
			found = found || slices.ContainsFunc(call.Args, w.ofRound)
		}
		return !found
	})
	return found
}

func (w *mapWalk) ofRound(x ast.Expr) bool { return w.r.mentions(x, w.inside) }

// keeps tells whether a call may put something of the round into something of outside: what
// its method is of, or what is passed on with it.
func (w *mapWalk) keeps(call *ast.CallExpr) bool {
	to := call.Args
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		to = append(to[:len(to):len(to)], sel.X)
	}
	return slices.ContainsFunc(call.Args, w.ofRound) && slices.ContainsFunc(to, w.ofOutside)
}

// ofOutside tells whether an expression is a variable of outside that can be changed through
// it.
func (w *mapWalk) ofOutside(x ast.Expr) bool {
	x = ast.Unparen(x)
	address, ok := x.(*ast.UnaryExpr)
	if ok = ok && address.Op == token.AND; ok {
		x = address.X
	}
	v, isVar := w.r.rootOf(x).(*types.Var)
	if !isVar || w.inside(v) {
		return false
	}
	return ok || !isFixed(w.r.info.Types[x].Type)
}

// isFixed tells whether nobody who is given a value of a type can change it.
func isFixed(t types.Type) bool {
	if t == nil {
		return false
	}
	_, basic := t.Underlying().(*types.Basic)
	return basic
}

func (w *mapWalk) assign(s *ast.AssignStmt, conditions []ast.Expr) {
	if s.Tok == token.DEFINE {
		return
	}
	for i, target := range s.Lhs {
		o := w.r.rootOf(target)
		if o == nil || w.inside(o) {
			continue
		}
		value := s.Rhs[min(i, len(s.Rhs)-1)]
		if !w.r.mentions(value, w.inside) && s.Tok == token.ASSIGN && w.r.info.Types[value].Value != nil {
			continue // a constant: whether, not which
		}
		w.changes = true
		if w.shows(s.Tok, target, value, o, conditions) {
			w.see(s.Pos())
		}
	}
}

// shows tells whether the order of the rounds is in what a variable of outside is assigned.
func (w *mapWalk) shows(op token.Token, target, value ast.Expr, o types.Object, conditions []ast.Expr) bool {
	isTarget := func(other types.Object) bool { return other == o }
	again := w.r.mentions(value, isTarget)
	if op != token.ASSIGN {
		return w.ordered(target) && w.r.mentions(value, w.inside)
	}
	if x, ok := ast.Unparen(target).(*ast.IndexExpr); ok {
		return w.showsIn(x, value)
	}
	switch {
	case isAppend(value):
		return !w.r.sortedLater(target, w.loop.End(), false)
	case !w.r.mentions(value, w.inside):
		return false
	case again:
		_, sum := ast.Unparen(value).(*ast.BinaryExpr)
		return sum && w.ordered(target)
	}
	for _, c := range conditions {
		if c != nil && w.r.mentions(c, isTarget) {
			return false // the largest, the smallest
		}
	}
	return true // the last one
}

// showsIn is shows for an element of a list or map.
func (w *mapWalk) showsIn(x *ast.IndexExpr, value ast.Expr) bool {
	t := w.r.info.Types[x.X].Type
	if t == nil {
		return false
	}
	if _, ok := t.Underlying().(*types.Map); !ok {
		return !w.r.mentions(x.Index, w.inside) && !w.r.sortedLater(x, w.loop.End(), false)
	}
	return isAppend(value) && !w.isKey(x.Index) && !w.r.sortedLater(x, w.loop.End(), true)
}

// isKey tells whether an expression is the key of the round: no other round has it.
func (w *mapWalk) isKey(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	key, isName := w.loop.Key.(*ast.Ident)
	return ok && isName && w.r.info.Uses[id] != nil && w.r.info.Uses[id] == w.r.info.Defs[key]
}

// ordered tells whether sums of a type depend on their order: those of texts and floats.
func (w *mapWalk) ordered(x ast.Expr) bool {
	t := w.r.info.Types[x].Type
	if id, ok := x.(*ast.Ident); ok && w.r.info.Uses[id] != nil {
		t = w.r.info.Uses[id].Type()
	}
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsString|types.IsFloat|types.IsComplex) != 0
}

func isAppend(x ast.Expr) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "append"
}
