package plan

import "slices"

// Walk calls visit for an expression and all expressions inside it, those in the
// blocks of PureIf, PureMatch, PureFor and PureLoop included, in the order of the source. A
// nil expression has none.
func Walk(x Expr, visit func(Expr)) {
	if x == nil {
		return
	}
	visit(x)
	each := func(xs ...Expr) {
		for _, x := range xs {
			Walk(x, visit)
		}
	}
	//sumtype:exhaustive
	switch x := x.(type) {
	case *Some:
		each(x.X)
	case *Deref:
		each(x.X)
	case *Field:
		each(x.X)
	case *FailureField:
		each(x.X)
	case *Path:
		each(x.X, x.Then)
	case *Index:
		each(x.X, x.I)
	case *Lookup:
		each(x.X, x.Key)
	case *Slice:
		each(x.X, x.Lo, x.Hi)
	case *Unary:
		each(x.X)
	case *Binary:
		each(x.X, x.Y)
	case *Interp:
		each(x.Parts...)
	case *ListLit:
		each(x.Elems...)
	case *MapLit:
		for i := range x.Keys {
			each(x.Keys[i], x.Values[i])
		}
	case *StructLit:
		each(x.Spread)
		for _, f := range x.Fields {
			each(f.X)
		}
	case *Convert:
		each(x.X)
	case *Builtin:
		each(x.Args...)
	case *FuncCall:
		each(x.Args...)
	case *Widen:
		each(x.X)
	case *Decode:
		each(x.X)
	case *Keyed:
		each(x.X, x.Key)
	case *PureIf:
		each(x.Cond)
		x.Then.Walk(visit)
		x.Else.Walk(visit)
	case *PureMatch:
		each(x.X)
		for _, a := range x.Arms {
			each(a.Pattern)
			a.Body.Walk(visit)
		}
	case *PureFor:
		each(x.X, x.Where)
		x.Body.Walk(visit)
	case *PureLoop:
		each(x.Init, x.Max, x.X, x.Where)
		x.Body.Walk(visit)
		x.Else.Walk(visit)
	case *Leave:
		each(x.X)
	case *Raise:
		each(x.X)
	case *Const, *Member, *None, *RunField, *Var:
	}
}

// Walk calls visit for the expressions of a block: its bindings', then its value. A nil
// block has none.
func (p *Pure) Walk(visit func(Expr)) {
	if p == nil {
		return
	}
	for _, l := range p.Lets {
		Walk(l.X, visit)
	}
	Walk(p.Value, visit)
}

// Inspect calls node for every node of a block, those of the blocks inside it and
// of else clauses included, and expr for every expression. Either may be nil.
func Inspect(b *Block, node func(*Node), expr func(Expr)) {
	if b == nil {
		return
	}
	for _, n := range b.Nodes {
		if node != nil {
			node(n)
		}
		for _, x := range exprs(n.Op) {
			if expr != nil {
				Walk(x, expr)
			}
		}
		for _, inner := range Blocks(n.Op) {
			Inspect(inner, node, expr)
		}
	}
	if expr != nil {
		Walk(b.Value, expr)
	}
}

// Blocks gives the blocks inside an operation, in the order of the source.
func Blocks(op Op) []*Block {
	switch op := op.(type) {
	case *Call:
		if op.Else != nil {
			return []*Block{op.Else.Body}
		}
	case *Durable:
		if op.Else != nil {
			return []*Block{op.Else.Body}
		}
	case *If:
		if op.Else != nil {
			return []*Block{op.Then, op.Else}
		}
		return []*Block{op.Then}
	case *Match:
		var all []*Block
		for _, a := range op.Arms {
			all = append(all, a.Body)
		}
		return all
	case *For:
		return []*Block{op.Body}
	case *Parallel:
		return []*Block{op.Body}
	case *Try:
		if op.Else != nil {
			return []*Block{op.Body, op.Else.Body}
		}
		return []*Block{op.Body}
	case *Finally:
		return []*Block{op.Body}
	case *Race:
		return op.Arms
	case *Converse:
		var all []*Block
		for _, o := range op.Offers {
			all = append(all, o.Body)
		}
		return all
	case *Loop:
		if op.Else != nil {
			return []*Block{op.Body, op.Else}
		}
		return []*Block{op.Body}
	}
	return nil
}

// Ends tells whether nothing comes after an operation: it is, or ends on every path
// in, return, fail, break or continue.
func Ends(op Op) bool {
	switch op := op.(type) {
	case *Return, *Fail, *Break, *Continue:
		return true
	case *Try:
		return op.Body.Exits && (op.Else == nil || op.Else.Body.Exits)
	case *If:
		return op.Else != nil && op.Then.Exits && op.Else.Exits
	case *Loop:
		return op.Endless()
	case *Match:
		for _, a := range op.Arms {
			if !a.Body.Exits {
				return false
			}
		}
		return len(op.Arms) > 0
	}
	return false
}

// exprs gives an operation's own expressions, nil ones among them.
func exprs(op Op) []Expr {
	switch op := op.(type) {
	case *Call:
		if op.Undo != nil {
			return append(append([]Expr(nil), op.Args...), op.Undo.Args...)
		}
		return op.Args
	case *Durable:
		list := append(slices.Clone(op.Args), op.Timeout)
		if op.Filter != nil {
			list = append(append(list, op.Filter.Args...), op.Filter.Cond)
		}
		return list
	case *Let:
		return []Expr{op.X}
	case *If:
		return []Expr{op.Cond}
	case *Match:
		return []Expr{op.X}
	case *For:
		return []Expr{op.X, op.Where, op.Limit}
	case *Validate:
		return []Expr{op.Cond, op.Message}
	case *Fail:
		return []Expr{op.X}
	case *Return:
		return []Expr{op.X}
	case *Loop:
		return []Expr{op.Init, op.Max, op.X, op.Where}
	case *Break:
		return []Expr{op.X}
	case *Continue:
		return []Expr{op.X}
	case *Wait:
		return []Expr{op.X}
	case *Log:
		return []Expr{op.Message}
	case *Converse:
		list := []Expr{op.System, op.Prompt}
		for _, r := range op.Validate {
			list = append(list, r.Cond, r.Message)
		}
		return list
	}
	return nil
}
