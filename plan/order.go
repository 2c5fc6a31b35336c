package plan

import "slices"

// An order is a block while it is scheduled. Nodes go by their index among those
// that are scheduled, as written, so that who goes before has the lower index.
type order struct {
	*lowerer
	block *Block
	nodes []*Node
	kinds []kind
	// sources finds what a variable comes from.
	sources sources
}

// schedule gives the nodes of a block, whose nested blocks are scheduled already,
// their place in the order.
//
// Effects, and what leaves the block, wait for everything above and hold
// everything below. They cut the block into segments that are ordered one by one,
// so that the work grows with the square of a segment at most, not of the block.
func (l *lowerer) schedule(b *Block) {
	o := &order{lowerer: l, block: b, sources: newSources(b)}
	for _, n := range b.Nodes {
		if !n.Inline {
			o.nodes = append(o.nodes, n)
			o.kinds = append(o.kinds, l.facts[n].kind)
		}
	}
	barrier := -1
	for lo := 0; lo < len(o.nodes); {
		hi := lo
		for hi < len(o.nodes) && !o.isBarrier(hi) {
			hi++
		}
		o.segment(barrier, lo, hi)
		barrier, lo = hi, hi+1
	}
	o.levels()
}

// isBarrier tells whether a node waits for everything above and holds everything
// below. In a parallel block none does.
func (o *order) isBarrier(i int) bool { return !o.block.Parallel && o.kinds[i] >= acts }

// segment orders the nodes from lo to hi, which stand between two barriers, and
// the barrier hi, if it is one.
func (o *order) segment(barrier, lo, hi int) {
	s := &segment{order: o, barrier: barrier, lo: lo, hi: hi, done: newRelation(hi - lo)}
	s.reduce()
	s.last = s.ends()
	s.regions()
	if hi < len(o.nodes) {
		o.nodes[hi].After = s.last
		o.block.Schedule.alone(o.nodes[hi])
	}
}

// levels gives each node its group.
func (o *order) levels() {
	for _, n := range o.nodes {
		for _, p := range n.After {
			n.Group = max(n.Group, p.Group+1)
		}
	}
}

// A segment is what stands between two barriers. In its tables nodes go by their
// index less lo.
type segment struct {
	*order
	barrier, lo, hi int
	// done is the order in which nodes are done: who waits for whom.
	done *relation
	// direct holds each node's direct predecessors.
	direct [][]int
	// clock is the last node so far that all above it are done before.
	clock int
	// last are the nodes that the end of the segment waits for.
	last []*Node
}

// reduce works out the order of the segment and gives its nodes their direct
// predecessors.
func (s *segment) reduce() {
	gate := -1
	s.direct = make([][]int, s.hi-s.lo)
	for i := range s.direct {
		s.direct[i] = s.done.reduce(i, s.preds(i, gate))
		n := s.nodes[s.lo+i]
		n.After = s.above(s.direct[i])
		if s.kinds[s.lo+i] == guards && !s.block.Parallel {
			gate = i
		}
	}
}

// preds are those in the segment that a node waits for by the rules of the
// language: what it uses and what its "after" names, and the guard above. What is
// above the barrier is done where the segment starts.
func (s *segment) preds(i, gate int) []int {
	var out []int
	note := func(p *Node) {
		if at := s.sources.place[p] - s.lo; at < i {
			out = append(out, at)
		}
	}
	n := s.nodes[s.lo+i]
	if s.facts[n].clock && !s.block.Parallel {
		return s.allAbove(i)
	}
	s.sources.each(n.Uses, s.lo, note)
	for _, r := range s.facts[n].after {
		s.sources.eachRef(r, s.lo, note)
	}
	if gate >= 0 {
		out = append(out, gate)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// allAbove are all nodes of the segment above i, but for logs, which nothing waits
// for, and for what is done before another clock already.
func (s *segment) allAbove(i int) []int {
	var out []int
	for above := s.clock; above < i; above++ {
		if s.kinds[s.lo+above] != reports {
			out = append(out, above)
		}
	}
	s.clock = i
	return out
}

// above turns indexes of the segment to nodes; who has none waits for the barrier.
func (s *segment) above(direct []int) []*Node {
	var out []*Node
	for _, i := range direct {
		out = append(out, s.nodes[s.lo+i])
	}
	if len(out) == 0 && s.barrier >= 0 {
		out = append(out, s.nodes[s.barrier])
	}
	return out
}

// ends are the nodes that no other node of the segment follows. Logs, which
// nothing waits for, don't count.
func (s *segment) ends() []*Node {
	followed := make([]bool, s.hi-s.lo)
	for i, direct := range s.direct {
		for _, p := range direct {
			followed[p] = followed[p] || s.kinds[s.lo+i] != reports
		}
	}
	var out []int
	for i := range followed {
		if !followed[i] && s.kinds[s.lo+i] != reports {
			out = append(out, i)
		}
	}
	return s.above(out)
}
