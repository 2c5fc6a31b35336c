package plan

import "slices"

// settle finds out who reads what a block binds, and what the blocks inside it bind, and by
// that when small bindings are computed. The blocks are ordered already. beyond tells
// which of the block's variables are read by what comes after it.
func settle(b *Block, beyond func(*Variable) bool) {
	r := &reading{
		block: b, small: map[*Variable]*binding{}, last: map[*Variable]int{}, beyond: map[*Variable]bool{},
	}
	r.collect()
	r.measure()
	r.measureBeyond(beyond)
	r.follow()
	for _, n := range b.Nodes {
		n.Read = r.isRead(n.Binds)
	}
	r.place()
	for i := range b.Schedule.Regions {
		r.beside(i)
	}
	for _, n := range b.Nodes {
		after := nobody
		if _, parallel := n.Op.(*Parallel); parallel {
			after = r.isRead
		}
		for _, inner := range Blocks(n.Op) {
			settle(inner, after)
		}
	}
}

// nobody reads what a block binds after it, unless it is a parallel one.
func nobody(*Variable) bool { return false }

// A reading is a block while it is found out who reads what it binds.
type reading struct {
	block *Block
	// order are the small bindings as they are written, and small has them by variable.
	// Those of parallel blocks are among them, as their names are visible after these.
	order []*binding
	small map[*Variable]*binding
	// last is the last region in which a variable is read, be it by a small binding that is
	// read there: the number of regions for what is read when all are done. A variable that
	// the block doesn't read isn't in it.
	last map[*Variable]int
	// beyond are the variables that are read by what comes after the block.
	beyond map[*Variable]bool
}

// A binding is a small one as a block sees it.
type binding struct {
	*Node
	// at is its place among them.
	at int
	// own tells that it is the block's, and not one of a parallel block in it.
	own bool
	// from is the first region below it.
	from int
}

// collect takes note of the small bindings. Regions follow each other in the source.
func (r *reading) collect() {
	below, left := 0, 0 // the first region below, and how many nodes are left of that before it
	for _, n := range r.block.Nodes {
		if !n.Inline {
			if left == 0 {
				left = len(r.block.Schedule.Regions[below].Nodes)
				below++
			}
			left--
		}
		visible(n, func(inner *Node) {
			if inner.Inline {
				r.note(&binding{inner, len(r.order), inner == n, below})
			}
		})
	}
}

func (r *reading) note(b *binding) {
	r.order = append(r.order, b)
	if b.Binds != nil {
		r.small[b.Binds] = b
	}
}

// visible calls do for a node and, where it is a parallel block, for the nodes inside it:
// what they bind is visible below.
func visible(n *Node, do func(*Node)) {
	if p, ok := n.Op.(*Parallel); ok {
		for _, inner := range p.Body.Nodes {
			visible(inner, do)
		}
	}
	do(n)
}

// measure notes what the nodes read, and the block's value.
func (r *reading) measure() {
	for i, region := range r.block.Schedule.Regions {
		for _, n := range region.Nodes {
			for _, v := range n.Uses {
				r.last[v] = i
			}
		}
	}
	for _, v := range readBy(r.block.Value) {
		r.last[v] = len(r.block.Schedule.Regions)
	}
}

// measureBeyond notes what is read after the block.
func (r *reading) measureBeyond(beyond func(*Variable) bool) {
	for _, n := range r.block.Nodes {
		visible(n, func(n *Node) {
			if n.Binds != nil && beyond(n.Binds) {
				r.beyond[n.Binds] = true
			}
		})
	}
}

// follow notes what is read by small bindings, from the last to the first: they read what
// stands above them. One that nobody reads reads too, as it is computed all the same.
func (r *reading) follow() {
	for _, b := range slices.Backward(r.order) {
		last, read := r.last[b.Binds]
		if b.own && !r.isRead(b.Binds) {
			last, read = len(r.block.Schedule.Regions), true
		}
		for _, v := range b.Uses {
			if read {
				r.last[v] = max(r.last[v], last)
			}
			if r.beyond[b.Binds] {
				r.beyond[v] = true
			}
		}
	}
}

// isRead tells whether somebody reads a variable, which may be nil.
func (r *reading) isRead(v *Variable) bool {
	_, read := r.last[v]
	return read || r.beyond[v]
}

// place puts the small bindings where they are computed: before the first region below
// them, if they are read there or later, or by nobody.
func (r *reading) place() {
	s := &r.block.Schedule
	for _, b := range r.order {
		last, read := r.last[b.Binds]
		switch {
		case !(read && last >= b.from) && !(b.own && !b.Read):
		case b.from < len(s.Regions):
			s.Regions[b.from].Before = append(s.Regions[b.from].Before, b.Node)
		default:
			s.Last = append(s.Last, b.Node)
		}
	}
}

// beside settles what the chains of a region share, and which small bindings they compute
// themselves.
func (r *reading) beside(i int) {
	region := r.block.Schedule.Regions[i]
	if region.Chains == nil {
		return
	}
	readers := r.readers(i)
	for c, chain := range region.Chains {
		for _, t := range chain {
			for _, b := range r.smallIn(t.Node, i) {
				t.Before = append(t.Before, b.Node)
			}
			visible(t.Node, func(n *Node) {
				if n.Binds != nil && !n.Inline && (readers.elsewhere(n.Binds, c) || r.isReadAfter(n.Binds, i)) {
					region.Shared = append(region.Shared, n.Binds)
				}
			})
		}
	}
}

// smallIn are the small bindings that a node of a region reads and that stand in the region
// too, as they are written.
func (r *reading) smallIn(n *Node, i int) (read []*binding) {
	for _, v := range n.Uses {
		if b := r.small[v]; b != nil && b.from > i {
			read = append(read, b)
		}
	}
	slices.SortFunc(read, func(a, b *binding) int { return a.at - b.at })
	return read
}

// isReadAfter tells whether somebody reads a variable behind a region.
func (r *reading) isReadAfter(v *Variable, i int) bool { return r.last[v] > i || r.beyond[v] }

// readers says which chain of a region reads a variable, or that several do.
type readers map[*Variable]int

const several = -1

func (r readers) note(v *Variable, chain int) {
	if reader, known := r[v]; known && reader != chain {
		chain = several
	}
	r[v] = chain
}

// elsewhere tells whether another chain than one reads a variable.
func (r readers) elsewhere(v *Variable, chain int) bool {
	reader, read := r[v]
	return read && reader != chain
}

// readers finds out who reads what in a region, by the small bindings in it too.
func (r *reading) readers(i int) readers {
	out := readers{}
	for c, chain := range r.block.Schedule.Regions[i].Chains {
		for _, t := range chain {
			for _, v := range t.Node.Uses {
				out.note(v, c)
			}
		}
	}
	for _, b := range slices.Backward(r.within(i)) {
		if reader, read := out[b.Binds]; read {
			for _, v := range b.Uses {
				out.note(v, reader)
			}
		}
	}
	return out
}

// within are the small bindings that stand below a node of a region and above the next
// region.
func (r *reading) within(i int) []*binding {
	from := func(b *binding, region int) int { return b.from - region }
	lo, _ := slices.BinarySearchFunc(r.order, i+1, from)
	hi, _ := slices.BinarySearchFunc(r.order, i+2, from)
	return r.order[lo:hi]
}
