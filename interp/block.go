package interp

import (
	"reflect"

	"github.com/wfgen/wfgen/plan"
)

// An outcome is how a block or a node ended that didn't fail.
type outcome struct {
	leaves exit
	value  reflect.Value // not valid where there is none
}

// An exit is what a block is left by.
type exit int

const (
	end exit = iota // its last line
	returns
	breaks
	continues
)

// block runs a block with variables of its own, and gives its value.
func (e *env) block(b *plan.Block) (outcome, error) {
	return e.enter(b).steps(b)
}

// steps runs a block whose variables are in sight.
func (e *env) steps(b *plan.Block) (outcome, error) {
	s := e.w.schedules[b]
	for i := range s.items {
		it := &s.items[i]
		e.flush(s, it.above)
		if it.crew != nil {
			if err := e.region(it.crew); err != nil {
				return outcome{}, err
			}
			continue
		}
		if out, err := e.node(it.node); err != nil || out.leaves != end {
			return out, err
		}
	}
	e.flush(s, len(b.Nodes))
	if b.Value == nil {
		return outcome{}, nil
	}
	return outcome{value: e.expr(b.Value)}, nil
}

// flush computes the small bindings among the block's first nodes, as far as what
// they read is there: what can't be computed fails where it is written. What only
// comes after a parallel block is computed when that needs it.
func (e *env) flush(s *schedule, above int) {
	for _, p := range s.small {
		if p.at >= above {
			break
		}
		e.flushNode(s, p.node)
		if n := p.node; n.Inline && !s.used(n.Binds) && e.available(n) {
			e.dropped(n)
		}
	}
}

func (e *env) flushNode(s *schedule, n *plan.Node) {
	if p, ok := n.Op.(*plan.Parallel); ok {
		for _, n := range p.Body.Nodes {
			e.flushNode(s, n)
		}
	}
	if n.Inline && s.read[n.Binds] && e.available(n) {
		e.find(n.Binds).get()
	}
}

// dropped computes a small binding that nobody reads.
func (e *env) dropped(n *plan.Node) {
	if n.Binds != nil {
		e.find(n.Binds).get()
		return
	}
	e.expr(n.Op.(*plan.Let).X)
}

// available tells whether what a small binding reads is there.
func (e *env) available(n *plan.Node) bool {
	for _, v := range n.Uses {
		c := e.find(v)
		if c.let == nil && !c.value.IsValid() || c.let != nil && !e.available(c.let) {
			return false
		}
	}
	return true
}
