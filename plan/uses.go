package plan

// uses are the variables that an operation reads and doesn't bind itself, in the
// order of their first use.
func uses(op Op) []*Variable {
	f := newFreeVars()
	f.op(op)
	return f.free()
}

// freeIn are the variables that a block reads and doesn't bind itself.
func freeIn(b *Block) []*Variable {
	f := newFreeVars()
	f.block(b)
	return f.free()
}

// readBy are the variables that an expression reads and doesn't bind itself.
func readBy(x Expr) []*Variable {
	f := newFreeVars()
	f.expr(x)
	return f.free()
}

// A freeVars collects the variables that are read and those that are bound.
// Since each variable is bound once, free is what is in the first only.
type freeVars struct {
	read  []*Variable
	seen  map[*Variable]bool
	bound map[*Variable]bool
}

func newFreeVars() *freeVars {
	return &freeVars{seen: map[*Variable]bool{}, bound: map[*Variable]bool{}}
}

func (f *freeVars) free() []*Variable {
	var out []*Variable
	for _, v := range f.read {
		if !f.bound[v] {
			out = append(out, v)
		}
	}
	return out
}

func (f *freeVars) expr(x Expr) {
	Walk(x, func(x Expr) {
		switch x := x.(type) {
		case *Var:
			if !f.seen[x.V] {
				f.seen[x.V] = true
				f.read = append(f.read, x.V)
			}
		case *Path:
			f.bound[x.V] = true
		case *Keyed:
			f.bound[x.V] = true
		case *PureFor:
			f.bound[x.Key], f.bound[x.Value] = true, true
			f.lets(x.Body)
		case *PureLoop:
			f.bound[x.State], f.bound[x.Key], f.bound[x.Value] = true, true, true
			f.lets(x.Body)
			f.lets(x.Else)
		case *PureIf:
			f.lets(x.Then)
			f.lets(x.Else)
		case *PureMatch:
			for _, a := range x.Arms {
				f.bound[a.Binds] = true
				f.lets(a.Body)
			}
		}
	})
}

func (f *freeVars) lets(p *Pure) {
	if p == nil {
		return
	}
	for _, l := range p.Lets {
		f.bound[l.V] = true
	}
}

func (f *freeVars) op(op Op) {
	switch op := op.(type) {
	case *For:
		f.bound[op.Key], f.bound[op.Value] = true, true
	case *Match:
		for _, a := range op.Arms {
			f.bound[a.Binds] = true
		}
	case *Try:
		if op.Else != nil {
			f.bound[op.Else.Err] = true
		}
	case *Finally:
		f.bound[op.Err] = true
	case *Converse:
		f.bound[op.Value] = true
		for _, o := range op.Offers {
			for _, v := range o.Params {
				f.bound[v] = true
			}
		}
	case *Loop:
		f.bound[op.State], f.bound[op.Key], f.bound[op.Value] = true, true, true
	case *Durable:
		if op.Filter != nil {
			f.bound[op.Filter.Event] = true
			for _, v := range op.Filter.Captured {
				f.bound[v] = true
			}
		}
		if op.Else != nil {
			f.bound[op.Else.Err] = true
		}
	case *Call:
		if op.Undo != nil {
			f.bound[op.Undo.Result] = true
		}
		if op.Else != nil {
			f.bound[op.Else.Err] = true
		}
	}
	for _, x := range exprs(op) {
		f.expr(x)
	}
	for _, b := range Blocks(op) {
		f.block(b)
	}
}

// block reads what the nodes of a block use, which is known of each already.
func (f *freeVars) block(b *Block) {
	for _, n := range b.Nodes {
		for _, v := range n.Uses {
			if !f.seen[v] {
				f.seen[v] = true
				f.read = append(f.read, v)
			}
		}
		visible(n, func(n *Node) { f.bound[n.Binds] = true })
	}
	f.expr(b.Value)
}
