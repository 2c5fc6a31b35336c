package progress

import (
	"slices"
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// plan adds the steps of a block below a node, as far as it is certain that they come: of a
// branch or a round they are added when its first step begins. base is what their paths
// have before their ids below the node.
func (n *node) plan(b *plan.Block, base string) {
	added := map[*plan.Node]*node{}
	var order []*node
	for _, step := range b.Nodes {
		if step.Inline {
			continue
		}
		k := &node{} // what isn't seen still says what comes before what
		switch op := step.Op.(type) {
		case *plan.Call, *plan.Durable, *plan.Wait, *plan.If, *plan.Match, *plan.For, *plan.Loop:
			k = n.find(below(step.Path, base))
			k.pending = true
		case *plan.Parallel, *plan.Try, *plan.Race:
			k = n.find(below(step.Path, base))
			blocks := plan.Blocks(op)
			if _, try := op.(*plan.Try); try {
				blocks = blocks[:1]
			}
			for _, b := range blocks {
				n.plan(b, base)
			}
		}
		k.op, k.path = step.Op, step.Path
		for _, before := range step.After {
			k.after = append(k.after, added[before])
		}
		added[step] = k
		order = append(order, k)
	}
	n.blocks = append(n.blocks, order)
}

// below is the part of a path after the base.
func below(path, base string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, base), ".")
}

// find gives the node of an id below this one.
func (n *node) find(id string) *node {
	for _, label := range labels(id) {
		n = n.kid(label)
	}
	return n
}

// grow adds what is planned below a node, now that something happens at the kid.
func (n *node) grow(k *node) {
	if n.op == nil || k.label == undo {
		return
	}
	if c, ok := n.op.(*plan.Call); ok && c.Workflow != nil && k.label != otherwise {
		n.plan(c.Workflow.Body, "")
		return
	}
	for _, b := range plan.Blocks(n.op) {
		if k.label[0] == '[' && holds(b, n.path+stepid.Rounds) {
			k.plan(b, n.path+stepid.Rounds)
		} else if holds(b, n.path+"."+k.label) {
			n.plan(b, n.path)
		}
	}
}

// holds tells whether a block has a step at a path, or below it.
func holds(b *plan.Block, path string) bool {
	return slices.ContainsFunc(b.Nodes, func(step *plan.Node) bool {
		rest, ok := strings.CutPrefix(step.Path, path)
		return ok && (rest == "" || strings.ContainsRune(".[#", rune(rest[0])))
	})
}

// The labels of what is below a step that isn't part of it.
const (
	undo      = "undo"
	otherwise = "else"
)

// settle finds out what is over although nothing has been heard of it: what something waits
// for that has begun. In an execution that goes on it was done before.
func (n *node) settle() {
	n.begin()
	n.pass()
}

// begin notes what has begun.
func (n *node) begin() bool {
	n.begun = n.state != ""
	for _, k := range n.kids {
		n.begun = k.begin() || n.begun
	}
	return n.begun
}

func (n *node) pass() {
	for _, block := range n.blocks {
		for _, k := range slices.Backward(block) {
			for _, before := range k.after {
				before.passed = before.passed || k.begun || k.passed
			}
		}
	}
	gone := n.gone
	if _, all := n.op.(*plan.Parallel); n.passed && !all {
		gone = true // an arm or a branch that wasn't taken to its end
	}
	instead, winner := n.byLabel[otherwise], n.winner()
	for _, k := range n.kids {
		k.gone = k.gone || gone && k != winner || instead != nil && instead.begun && k != instead
		k.passed = k.passed || n.passed
		k.pass()
	}
}

// shown tells whether a node is to be seen. over tells that nothing comes any more.
func (n *node) shown(over bool) bool {
	if n.state != "" || n.pending && !n.gone && (n.passed && !n.branches() || !n.passed && !over) {
		return true
	}
	return slices.ContainsFunc(n.kids, func(k *node) bool { return k.shown(over) })
}

// branches tells whether it depends on values which steps a node has, and whether any.
func (n *node) branches() bool {
	switch n.op.(type) {
	case *plan.If, *plan.Match, *plan.For, *plan.Loop:
		return true
	}
	return false
}

// handled tells whether something stands in for a node that failed, so that what is around
// goes on.
func (n *node) handled() bool {
	if n.label == undo {
		return false
	}
	if standsIn(n.op) {
		return true
	}
	for k := n; k.parent != nil; k = k.parent {
		switch p := k.parent; p.op.(type) {
		case *plan.Race:
			if p.winner() != nil {
				return true
			}
		default:
			if standsIn(p.op) && k.label != otherwise {
				return true
			}
		}
	}
	return false
}

// standsIn tells whether an operation has an else for its own failure.
func standsIn(op plan.Op) bool {
	switch op := op.(type) {
	case *plan.Call:
		return op.Else != nil
	case *plan.Durable:
		return op.Else != nil
	case *plan.Try:
		return op.Else != nil
	}
	return false
}

// winner is the arm of a race that was the first to be done; nil while there is none, and
// for what is no race.
func (n *node) winner() (first *node) {
	if _, race := n.op.(*plan.Race); !race {
		return nil
	}
	for _, arm := range n.kids {
		t := arm.tally()
		if t.done == 0 || t.going+t.failed+t.pending > 0 {
			continue
		}
		if first == nil || arm.last().Before(first.last()) {
			first = arm
		}
	}
	return first
}

// won tells whether a node is the arm that has won its race.
func (n *node) won() bool { return n.parent != nil && n.parent.winner() == n }

// lost tells whether a step belongs to an arm of a race that another one has won: it was
// ended by that, or came too late.
func (n *node) lost() bool {
	switch {
	case n.state == "" || n.isGoing() && !n.gone: // it may not have heard of it yet
		return false
	case n.state == runtime.Failed && !strings.Contains(n.err, "context canceled"):
		return false
	}
	for k := n; k.parent != nil; k = k.parent {
		if w := k.parent.winner(); w != nil && w != k {
			return true
		}
	}
	return false
}
