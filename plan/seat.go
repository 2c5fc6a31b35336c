package plan

// seat numbers those steps of a workflow that owe undos, and the loops that hold them, as
// they are written, where several that run side by side may owe some. Undos run from the
// last step to the first; where steps run one after the other that is told by when they
// succeeded, and side by side by these numbers alone, so that time has no say in it.
func (l *lowerer) seat(body *Block) {
	beside := false
	Inspect(body, func(n *Node) { beside = beside || l.owesBeside(n.Op) }, nil)
	if !beside {
		return
	}
	seats := 0
	Inspect(body, func(n *Node) {
		if l.owing(n) {
			seats++
			n.Seat = seats
			if c, ok := n.Op.(*Call); ok && c.Undo != nil {
				c.Undo.Seat = seats
			}
		}
	}, nil)
}

// owesBeside tells whether an operation runs several things side by side that may owe
// undos. All arms of a race that nobody wins owe theirs.
func (l *lowerer) owesBeside(op Op) bool {
	switch op := op.(type) {
	case *For:
		return op.Parallel && l.anyOwing(op.Body)
	case *Parallel:
		n := 0
		for _, node := range op.Body.Nodes {
			if l.holdsOwing(node) {
				n++
			}
		}
		return n > 1
	case *Race:
		n := 0
		for _, arm := range op.Arms {
			if l.anyOwing(arm) {
				n++
			}
		}
		return n > 1
	}
	return false
}

// owing tells whether a node owes an undo when it has succeeded, passes on those of a
// sub-workflow, or is a loop around such a node or a try that may go through it again.
func (l *lowerer) owing(n *Node) bool {
	switch op := n.Op.(type) {
	case *Call:
		return op.Undo != nil || op.Workflow != nil && len(l.owed[op.Workflow]) > 0
	case *For:
		return l.anyOwing(op.Body)
	case *Loop:
		return l.anyOwing(op.Body)
	case *Try:
		return op.Retry != nil && l.anyOwing(op.Body)
	}
	return false
}

// holdsOwing tells whether a node owes, or one inside it.
func (l *lowerer) holdsOwing(n *Node) bool {
	if l.owing(n) {
		return true
	}
	for _, b := range Blocks(n.Op) {
		if l.anyOwing(b) {
			return true
		}
	}
	return false
}

func (l *lowerer) anyOwing(b *Block) (found bool) {
	for _, n := range b.Nodes {
		found = found || l.holdsOwing(n)
	}
	return found
}
