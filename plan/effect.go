package plan

// effectOf is the strongest effect that a block holds.
func effectOf(b *Block) Effect {
	e := PureEffect
	for _, n := range b.Nodes {
		e = max(e, n.Effect)
	}
	return e
}

// effectOfOp is the strongest effect that an operation holds. An undo counts with
// what it takes back: a step that may lead to it isn't one that only reads.
func effectOfOp(op Op) Effect {
	e := PureEffect
	switch op := op.(type) {
	case *Wait, *Commit, *Rollback, *Durable:
		return Once
	case *Now, *UUID:
		return Readonly
	case *Converse: // what its tools are
		e = Readonly
	case *Call:
		e = effectOfCall(op.Tool, op.Workflow)
		if op.Undo != nil {
			e = max(e, effectOfCall(op.Undo.Tool, op.Undo.Workflow))
		}
	}
	for _, b := range Blocks(op) {
		e = max(e, effectOf(b))
	}
	return e
}

func effectOfCall(t *Tool, w *Workflow) Effect {
	if t != nil {
		return t.Effect
	}
	return w.Effect
}

// A kind is how a node is ordered. They are ordered by strength; a block is of
// the strongest kind that it holds.
type kind int

const (
	reports kind = iota // orders nothing: log
	reads
	guards
	acts
	leaves // holds a return, break or continue
)

// facts are what the order of a node depends on beside what it uses.
type facts struct {
	kind kind
	// clock tells that it is or holds a now, which waits for everything above it.
	clock bool
	// after are the names after "after", those of the steps inside included.
	after []ref
}

func (l *lowerer) factsOf(n *Node) *facts {
	_, clock := n.Op.(*Now)
	f := &facts{kind: l.kindOf(n), clock: clock}
	for _, b := range Blocks(n.Op) {
		for _, inner := range b.Nodes {
			f.after = append(f.after, l.facts[inner].after...)
			f.clock = f.clock || l.facts[inner].clock
		}
	}
	return f
}

// kindOf judges a node. A call that fails in its else clause is no guard: it fails
// as it would without.
func (l *lowerer) kindOf(n *Node) kind {
	switch n.Op.(type) {
	case *Log:
		return reports
	case *Validate, *Fail:
		return guards
	case *Finally: // all else is before it
		return leaves
	}
	switch {
	case n.Exits:
		return leaves
	case n.Effect > Readonly:
		return acts
	}
	switch n.Op.(type) {
	case *Call, *Now, *UUID, *Converse:
		return reads
	}
	return l.kindOfBlocks(n.Op)
}

// kindOfBlocks is the kind of a node that changes nothing.
func (l *lowerer) kindOfBlocks(op Op) kind {
	k, holds := reports, false
	for _, b := range Blocks(op) {
		for _, n := range b.Nodes {
			if !n.Inline {
				k, holds = max(k, l.facts[n].kind), true
			}
		}
	}
	if !holds {
		return reads
	}
	return k
}
