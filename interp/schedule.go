package interp

import (
	"slices"

	"github.com/wfgen/wfgen/plan"
)

// A schedule is a block cut into what runs one after the other: a single node, or
// a region whose chains run side by side.
type schedule struct {
	block *plan.Block
	items []item
	// lets are the small bindings of the block, and of the parallel blocks in it.
	lets map[*plan.Variable]*plan.Node
	// small are the block's own small bindings and its parallel blocks, by their places
	// in the source's order.
	small []placed
	// read are the variables that the block reads, by its small bindings too.
	read map[*plan.Variable]bool
	// beyond tells which of the block's variables are read by what comes after it.
	beyond func(*plan.Variable) bool
}

// An item is one node (crew is nil) or a region.
type item struct {
	node *plan.Node
	crew *crew
	// above is how many of the block's nodes stand above the item.
	above int
}

// A placed node is one with its place in the source's order.
type placed struct {
	node *plan.Node
	at   int
}

func nobody(*plan.Variable) bool { return false }

// schedule makes the schedules of a block and of the blocks inside it.
func (w *workflow) schedule(b *plan.Block, beyond func(*plan.Variable) bool) {
	s := &schedule{block: b, lets: map[*plan.Variable]*plan.Node{}, read: map[*plan.Variable]bool{}, beyond: beyond}
	w.schedules[b] = s
	s.collectLets(b)
	s.cut()
	s.measure()
	for _, n := range b.Nodes {
		_, parallel := n.Op.(*plan.Parallel)
		for _, inner := range plan.Blocks(n.Op) {
			if parallel {
				w.schedule(inner, s.used)
			} else {
				w.schedule(inner, nobody)
			}
		}
	}
}

// collectLets takes note of the small bindings of a block, and of the parallel
// blocks in it, whose names are visible after them.
func (s *schedule) collectLets(b *plan.Block) {
	for _, n := range b.Nodes {
		if n.Inline && n.Binds != nil {
			s.lets[n.Binds] = n
		}
		if p, ok := n.Op.(*plan.Parallel); ok {
			s.collectLets(p.Body)
		}
	}
}

// cut makes the items.
func (s *schedule) cut() {
	at := map[*plan.Node]int{}
	for i, n := range s.block.Nodes {
		at[n] = i
		if _, parallel := n.Op.(*plan.Parallel); parallel || n.Inline {
			s.small = append(s.small, placed{n, i})
		}
	}
	for _, r := range s.block.Regions {
		if len(r.Chains) > 1 {
			above := len(s.block.Nodes)
			for _, n := range slices.Concat(r.Chains...) {
				above = min(above, at[n])
			}
			s.items = append(s.items, item{crew: &crew{r.Meeting(), s, r.Chains}, above: above})
			continue
		}
		for _, n := range r.Chains[0] {
			s.items = append(s.items, item{node: n, above: at[n]})
		}
	}
}

// measure finds out what the block reads. A small binding that nobody reads is
// computed all the same, as it may fail, so that it reads too.
func (s *schedule) measure() {
	for _, n := range s.block.Nodes {
		if !n.Inline {
			s.reads(n.Uses)
		}
	}
	plan.Walk(s.block.Value, func(x plan.Expr) {
		if v, ok := x.(*plan.Var); ok {
			s.reads([]*plan.Variable{v.V})
		}
	})
	for _, n := range s.block.Nodes {
		if n.Inline && !s.read[n.Binds] {
			s.reads(n.Uses)
		}
	}
}

// reads notes variables with what the small bindings among them read.
func (s *schedule) reads(vs []*plan.Variable) {
	for _, v := range vs {
		if s.read[v] {
			continue
		}
		s.read[v] = true
		if n := s.lets[v]; n != nil {
			s.reads(n.Uses)
		}
	}
}

func (s *schedule) used(v *plan.Variable) bool { return v != nil && (s.read[v] || s.beyond(v)) }
