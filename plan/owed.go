package plan

import (
	"slices"
	"strings"

	"github.com/wfgen/wfgen/runtime/stepid"
)

// owe tells the nodes of a block what is owed in undos when they run, given what
// is owed where the block starts, and gives what may be owed at its end. Since a
// step with an undo is an effect, what is above a node in the source is what has
// succeeded before it, but in a parallel block.
func (l *lowerer) owe(b *Block, start []string) []string {
	if b.Parallel {
		return l.oweParallel(b, slices.Clip(start))
	}
	owed := slices.Clip(start)
	for _, n := range b.Nodes {
		if !n.Inline {
			n.Owed = slices.Clip(owed)
			owed = l.oweNode(n, owed)
		}
	}
	return owed
}

// oweParallel adds to start what a node's predecessors owe.
func (l *lowerer) oweParallel(b *Block, start []string) []string {
	before := map[*Node]indebted{}
	var adds [][]string // of those that owe, in the order of the source
	end := start
	for _, n := range b.Nodes {
		if n.Inline {
			continue
		}
		var above indebted
		for _, p := range n.After {
			above = above.with(before[p])
		}
		n.Owed = start
		for i, paths := range adds {
			if above.has(i) {
				n.Owed = append(n.Owed, paths...)
			}
		}
		n.Owed = slices.Clip(n.Owed)
		owed := n.Owed
		if own := l.oweNode(n, owed)[len(owed):]; len(own) > 0 {
			above = above.with(onlyIndebted(len(adds)))
			adds, end = append(adds, own), append(end, own...)
		}
		before[n] = above
	}
	return end
}

// An indebted is a set of the nodes of a parallel block that owe something, by their
// number among those, as bits. One is never changed.
type indebted []uint64

func onlyIndebted(i int) indebted {
	s := make(indebted, i/64+1)
	s[i/64] = 1 << (i % 64)
	return s
}

func (s indebted) has(i int) bool { return i/64 < len(s) && s[i/64]&(1<<(i%64)) != 0 }

// with is both sets in one.
func (s indebted) with(t indebted) indebted {
	if len(s) < len(t) {
		s, t = t, s
	}
	if len(t) == 0 {
		return s
	}
	out := slices.Clone(s)
	for w, b := range t {
		out[w] |= b
	}
	return out
}

// oweNode gives what may be owed when a node has succeeded.
func (l *lowerer) oweNode(n *Node, owed []string) []string {
	switch op := n.Op.(type) {
	case *Call:
		return l.oweCall(n, op, owed)
	case *If:
		ends := l.oweBranch(nil, op.Then, owed)
		if op.Else == nil {
			return either(owed, ends...)
		}
		return either(nil, l.oweBranch(ends, op.Else, owed)...)
	case *Match:
		var ends [][]string
		for _, a := range op.Arms {
			ends = l.oweBranch(ends, a.Body, owed)
		}
		return either(nil, ends...)
	case *For:
		return l.oweRounds(op, owed)
	case *Parallel:
		return l.owe(op.Body, owed)
	case *Try:
		ends := l.oweBranch(nil, op.Body, owed)
		if op.Else != nil {
			ends = l.oweBranch(ends, op.Else.Body, owed)
		}
		return either(nil, ends...)
	case *Race:
		var ends [][]string
		for _, a := range op.Arms {
			ends = l.oweBranch(ends, a, owed)
		}
		return either(nil, ends...)
	case *Converse:
		return l.oweCalls(op, owed)
	case *Finally: // which has an account of its own
		l.owe(op.Body, nil)
	case *Loop:
		return l.oweLoop(op, owed)
	case *Commit, *Rollback:
		return l.kept(owed)
	}
	return owed
}

// kept is what a commit, a rollback or a caller leaves of what is owed: what finally calls.
func (l *lowerer) kept(owed []string) (kept []string) {
	for _, path := range owed {
		if l.finally[path] {
			kept = append(kept, path)
		}
	}
	return kept
}

// passed is what a workflow that has succeeded owes to its caller: the rest.
func (l *lowerer) passed(owed []string) (passed []string) {
	for _, path := range owed {
		if !l.finally[path] {
			passed = append(passed, path)
		}
	}
	return passed
}

// Finishes tells whether the workflow has calls that it owes on every way out.
func (w *Workflow) Finishes() bool { return len(finallyIn(w.Body)) > 0 }

// finallyIn finds, by their paths, what is owed on every way out of a body.
func finallyIn(body *Block) map[string]bool {
	found := map[string]bool{}
	Inspect(body, func(n *Node) {
		if c, ok := n.Op.(*Call); ok && c.Undo != nil && c.Undo.Finally {
			found[c.Undo.Path] = true
		}
	}, nil)
	return found
}

// oweBranch appends what is owed at the end of a branch, if it has one.
func (l *lowerer) oweBranch(ends [][]string, b *Block, owed []string) [][]string {
	end := l.owe(b, owed)
	if b.Exits {
		return ends
	}
	return append(ends, end)
}

// oweCalls is oweRounds for the calls of an agent, of which any may come before any other.
func (l *lowerer) oweCalls(op *Converse, owed []string) []string {
	all := owed
	for _, o := range op.Offers {
		all = either(all, l.owe(o.Body, owed))
	}
	if len(all) > len(owed) {
		for _, o := range op.Offers {
			l.owe(o.Body, all)
		}
	}
	return all
}

// oweLoop is oweRounds for a loop, which ends from within: what may be owed after it
// is what any of its rounds owes.
func (l *lowerer) oweLoop(op *Loop, owed []string) []string {
	all := either(owed, l.owe(op.Body, owed))
	if len(all) > len(owed) {
		l.owe(op.Body, all)
	}
	if op.Else == nil {
		return all
	}
	return either(all, l.oweBranch(nil, op.Else, all)...)
}

// oweCall adds the call's own undo or, where it has none, what the sub-workflow
// leaves.
func (l *lowerer) oweCall(n *Node, op *Call, owed []string) []string {
	before := owed
	if op.Undo != nil && op.Undo.Early {
		n.Owed = also(n.Owed, op.Undo.Path)
	}
	if op.Undo != nil {
		owed = also(owed, op.Undo.Path)
	} else if op.Workflow != nil {
		for _, path := range l.owed[op.Workflow] {
			owed = also(owed, stepid.In(n.Path, path))
		}
	}
	if op.Else == nil {
		return owed
	}
	return either(owed, l.oweBranch(nil, op.Else.Body, oweFailed(op, before))...)
}

// oweFailed adds the early undo of a call that has failed, which may have happened. A declared
// error says that it hasn't; which it is isn't told apart here.
func oweFailed(op *Call, before []string) []string {
	if op.Undo == nil || !op.Undo.Early {
		return before
	}
	return also(slices.Clip(before), op.Undo.Path)
}

// oweRounds goes through a loop's body again where earlier rounds leave something
// to a later one.
func (l *lowerer) oweRounds(op *For, owed []string) []string {
	all := either(owed, l.owe(op.Body, owed))
	if len(all) == len(owed) {
		return owed
	}
	l.owe(op.Body, all)
	return all
}

// also appends a path. Only one in a loop can be there already, of a round before.
func also(owed []string, path string) []string {
	if strings.Contains(path, stepid.Rounds) && slices.Contains(owed, path) {
		return owed
	}
	return append(owed, path)
}

// either gives what is owed in any of several cases: the first's, then what the
// others add.
func either(first []string, others ...[]string) []string {
	out := slices.Clip(first)
	for _, other := range others {
		if len(out) <= len(other) && slices.Equal(out, other[:len(out)]) {
			out = slices.Clip(other)
			continue
		}
		for _, path := range other {
			if !slices.Contains(out, path) {
				out = append(out, path)
			}
		}
	}
	return out
}
