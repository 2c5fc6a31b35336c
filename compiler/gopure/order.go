package gopure

// A map is walked in another order each time. The rule: what comes out of a walk is in no
// order until it goes, in the same function, through something that is known to put it in
// one or not to look at it. This file has the rounds of a walk, calls.go and reads.go what
// they call and read, unordered.go what comes out of them, known.go the functions that are
// known, and sorting.go how they sort. Where that can't tell, the order counts as seen.

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A walk is a loop whose rounds come in no order. It may do what gives the same in any
// order: add up whole numbers, keep the largest, set what is constant, fill a map by the
// loop's own key, and fill lists, which are followed behind it. A variable is changed in one
// of these ways alone, and read by nothing else of the loop.
type walk struct {
	r     *reader
	loop  *ast.RangeStmt
	above []ast.Node
	key   types.Object // that no two rounds share; nil for none, and where it is assigned to
	exits []exit
	ways  map[slot]way
	lists []ast.Expr        // to which the rounds add in their order
	own   map[ast.Node]bool // where a change reads what it changes
	seen  token.Pos
}

// A way is how a slot is changed.
type way struct {
	how, value string   // the value of "set"
	in         ast.Node // the block
}

// An exit is what leaves the loop before its last round.
type exit struct {
	at   token.Pos
	text string   // what it gives: two exits that give the same are one
	in   ast.Node // the block
}

// walk looks at a loop whose rounds come in no order. hasKey tells that no two rounds have
// the same key.
func (r *reader) walk(loop *ast.RangeStmt, above []ast.Node, hasKey bool) {
	if isBlank(loop.Key) && isBlank(loop.Value) {
		return
	}
	w := &walk{r: r, loop: loop, above: slices.Clone(above), ways: map[slot]way{}, own: map[ast.Node]bool{}}
	if id, ok := loop.Key.(*ast.Ident); ok && hasKey {
		w.key = r.info.Defs[id]
		if w.key != nil && r.changes(loop.Body, w.key) {
			w.key = nil
		}
	}
	if loop.Tok == token.ASSIGN {
		w.see(loop.Pos()) // what the last round leaves
	}
	ast.PreorderStack(loop.Body, nil, func(n ast.Node, above []ast.Node) bool {
		w.node(n, above)
		return true
	})
	w.exit()
	w.reads()
	if w.seen.IsValid() {
		r.differs(mapOrder, w.seen)
		return
	}
	for _, list := range w.lists {
		r.follow(list, loop, w.above)
	}
}

const mapOrder = "the order of a map"

func isBlank(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return x == nil || ok && id.Name == "_"
}

func (w *walk) see(at token.Pos) {
	if !w.seen.IsValid() {
		w.seen = at
	}
}

// inside tells whether an object is declared by the loop: it is another in each round.
func (w *walk) inside(o types.Object) bool {
	return o != nil && w.loop.Pos() <= o.Pos() && o.Pos() < w.loop.End()
}

// ofRound tells whether an expression differs from round to round.
func (w *walk) ofRound(x ast.Node) bool { return x != nil && w.r.mentions(x, w.inside) }

func (w *walk) node(n ast.Node, above []ast.Node) {
	switch n := n.(type) {
	case *ast.SendStmt, *ast.DeferStmt:
		w.see(n.Pos())
	case *ast.ReturnStmt:
		if !inLiteral(above) {
			w.leaves(n, n.Results, above)
		}
	case *ast.BranchStmt:
		if n.Tok == token.GOTO || n.Label != nil || n.Tok == token.BREAK && !breaksInner(above) {
			w.leaves(n, nil, above)
		}
	case *ast.IncDecStmt:
		w.change(n, n.X, way{how: "+"}, above)
	case *ast.AssignStmt:
		w.assign(n, above)
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			w.see(n.Pos())
		}
	case *ast.CallExpr:
		w.call(n, above)
	}
}

// breaksInner tells whether a break is one of something inside the loop.
func breaksInner(above []ast.Node) bool {
	return slices.ContainsFunc(above, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.FuncLit:
			return true
		}
		return false
	})
}

func inLiteral(above []ast.Node) bool {
	return slices.ContainsFunc(above, func(n ast.Node) bool { _, ok := n.(*ast.FuncLit); return ok })
}

// blockOf is the innermost block of some nodes.
func blockOf(above []ast.Node) ast.Node {
	for _, n := range slices.Backward(above) {
		switch n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return n
		}
	}
	return nil
}

// leaves notes a statement that ends the loop. One that takes something of the round along
// shows which round was the first.
func (w *walk) leaves(s ast.Stmt, with []ast.Expr, above []ast.Node) {
	text := ""
	for _, x := range with {
		if w.ofRound(x) {
			w.see(s.Pos())
		}
		text += types.ExprString(x) + ","
	}
	w.exits = append(w.exits, exit{s.Pos(), text, blockOf(above)})
}

// exit sees the order where it matters which rounds there were before the loop was left:
// where it may be left in different ways, or where something is changed but right there.
func (w *walk) exit() {
	for _, e := range w.exits {
		if e.text != w.exits[0].text {
			w.see(e.at)
		}
		for _, c := range w.ways {
			if c.how != "set" || c.in != e.in {
				w.see(e.at)
			}
		}
		if len(w.lists) > 0 {
			w.see(e.at)
		}
	}
}

// change notes how a statement changes what is of outside.
func (w *walk) change(s ast.Stmt, target ast.Expr, c way, above []ast.Node) {
	at, ok := w.r.slotOf(target)
	if !ok {
		w.see(s.Pos())
		return
	}
	if w.inside(at.of) {
		return
	}
	c.in = blockOf(above)
	old, changed := w.ways[at]
	if changed && (old.how != c.how || old.value != c.value) {
		w.see(s.Pos())
	}
	w.ways[at] = c
	w.own[target] = true
}

func (w *walk) assign(s *ast.AssignStmt, above []ast.Node) {
	for i, target := range s.Lhs {
		if id, ok := target.(*ast.Ident); ok && (id.Name == "_" || w.r.info.Defs[id] != nil) {
			continue
		}
		if at, ok := w.r.slotOf(target); ok && w.inside(at.of) {
			continue
		}
		value := s.Rhs[min(i, len(s.Rhs)-1)]
		if len(s.Rhs) != len(s.Lhs) {
			w.see(s.Pos())
			return
		}
		w.assigned(s, target, value, above)
	}
}

// assigned looks at one assignment to what is of outside.
func (w *walk) assigned(s *ast.AssignStmt, target, value ast.Expr, above []ast.Node) {
	op := opOf(s.Tok)
	if list := w.appended(target, value); list != nil {
		if x, ok := ast.Unparen(target).(*ast.IndexExpr); !ok || !w.isKey(x.Index) {
			w.lists = append(w.lists, target)
		}
		w.change(s, target, way{how: "append"}, above)
		return
	}
	if sum, ok := ast.Unparen(value).(*ast.BinaryExpr); ok && s.Tok == token.ASSIGN && w.r.same(sum.X, target) {
		op, value = opOf(sum.Op), sum.Y
		w.own[sum.X] = true
	} else if ok && s.Tok == token.ASSIGN && w.r.same(sum.Y, target) && sum.Op != token.SUB {
		op, value = opOf(sum.Op), sum.X
		w.own[sum.Y] = true
	}
	switch x, isIndex := ast.Unparen(target).(*ast.IndexExpr); {
	case op != "":
		if w.ofRound(value) && w.r.ordered(target) {
			w.see(s.Pos())
		}
		w.change(s, target, way{how: op}, above)
	case s.Tok != token.ASSIGN:
		w.see(s.Pos())
	case w.r.info.Types[value].Value != nil || w.isEmpty(value):
		w.change(s, target, way{how: "set", value: types.ExprString(value)}, above)
	case isIndex && w.isKey(x.Index) && w.r.isMap(x.X):
		w.change(s, target, way{how: "key"}, above)
	case isIndex && !w.r.isMap(x.X) && w.counts(x.Index):
		w.lists = append(w.lists, x.X)
		w.own[ast.Unparen(x.Index)] = true
		w.change(s, target, way{how: "fill"}, above)
	default:
		if how := w.most(s, target, value, above); how != "" {
			w.change(s, target, way{how: how}, above)
			return
		}
		w.see(s.Pos())
	}
}

// opOf is the kind of sum that an operator makes, in which the order doesn't matter.
func opOf(t token.Token) string {
	switch t {
	case token.ADD_ASSIGN, token.SUB_ASSIGN, token.ADD, token.SUB:
		return "+"
	case token.MUL_ASSIGN, token.MUL:
		return "*"
	case token.OR_ASSIGN, token.OR, token.LOR:
		return "|"
	case token.AND_ASSIGN, token.AND, token.LAND:
		return "&"
	case token.XOR_ASSIGN, token.XOR:
		return "^"
	case token.AND_NOT_ASSIGN:
		return "&^"
	}
	return ""
}

// isEmpty tells that a value is struct{}{}, nil, or another without anything in it.
func (w *walk) isEmpty(x ast.Expr) bool {
	lit, ok := ast.Unparen(x).(*ast.CompositeLit)
	return ok && len(lit.Elts) == 0 || w.r.info.Types[x].IsNil()
}

// appended is the list that an assignment adds to: target = append(target, …).
func (w *walk) appended(target, value ast.Expr) ast.Expr {
	call, ok := ast.Unparen(value).(*ast.CallExpr)
	if !ok || len(call.Args) == 0 || w.r.known(call) != through || !w.r.same(call.Args[0], target) {
		return nil
	}
	w.own[call.Args[0]] = true
	return call.Args[0]
}

// isKey tells whether an expression is the key of the round: no other round has it.
func (w *walk) isKey(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	return ok && w.key != nil && w.r.info.Uses[id] == w.key
}

// counts tells whether an index is a variable that the loop counts up.
func (w *walk) counts(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	return ok && !w.inside(w.r.info.Uses[id])
}

// most tells which an assignment keeps, the largest or the smallest: it is x = max(x, v), or
// is all that there is in an if that compares the two and says nothing else of x. Empty for
// neither.
func (w *walk) most(s *ast.AssignStmt, target, value ast.Expr, above []ast.Node) string {
	if call, ok := ast.Unparen(value).(*ast.CallExpr); ok && len(call.Args) == 2 && w.r.same(call.Args[0], target) {
		if id, ok := call.Fun.(*ast.Ident); ok && (id.Name == "max" || id.Name == "min") && w.r.info.Types[call.Fun].IsBuiltin() {
			w.own[call.Args[0]] = true
			return id.Name
		}
	}
	if len(above) < 2 || len(s.Lhs) > 1 {
		return ""
	}
	branch, ok := above[len(above)-2].(*ast.IfStmt)
	if !ok || branch.Body != above[len(above)-1] || len(branch.Body.List) > 1 || branch.Else != nil {
		return "" // what else is done there depends on what x is by now
	}
	return w.compared(branch.Cond, target, value)
}

// compared tells which of two a condition finds larger, if that is all that it says of the
// first.
func (w *walk) compared(cond, target, value ast.Expr) string {
	x, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return ""
	}
	if x.Op == token.LAND {
		if found := w.compared(x.X, target, value); found != "" {
			return found
		}
		return w.compared(x.Y, target, value)
	}
	greater := x.Op == token.GTR || x.Op == token.GEQ
	if !greater && x.Op != token.LSS && x.Op != token.LEQ {
		return ""
	}
	switch {
	case w.r.same(x.X, value) && w.r.same(x.Y, target):
		w.own[x.Y] = true
	case w.r.same(x.X, target) && w.r.same(x.Y, value):
		w.own[x.X] = true
		greater = !greater
	default:
		return ""
	}
	if greater {
		return "max"
	}
	return "min"
}

// ordered tells whether sums of a type depend on their order: those of texts and floats.
func (r *reader) ordered(x ast.Expr) bool {
	t := r.info.TypeOf(x)
	if t == nil {
		return true
	}
	b, ok := t.Underlying().(*types.Basic)
	return !ok || b.Info()&(types.IsInteger|types.IsBoolean) == 0
}
