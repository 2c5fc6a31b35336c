package graph

import (
	"cmp"
	"slices"

	"github.com/wfgen/wfgen/plan"
)

// A layers is a block in layers: what a step waits for is in a layer above its own. A line
// between layers that aren't next to each other has a spot in each between, so that it has a
// place of its own there and crosses no box. It is drawn as Sugiyama, Tagawa and Toda do:
// the order in each layer first, then where in it everything is, then how high it is.
type layers [][]*spot

// A spot is what stands in a layer: a box, or a line that passes it.
type spot struct {
	box      *box // nil for a line
	layer    int
	index    int // among those of its layer
	x        int // of its middle
	width    int
	gutter   int     // where its line goes to the next column, if it does
	on       *spot   // the line that goes on from it and is shared
	up, down []*spot // what it is joined to in the layers next to its own
}

// layered measures the steps of a block, and puts each into its layer. A layer that is wider
// than a width becomes several that are about equally wide.
func layered(p *panel, b *plan.Block, width int) layers {
	var l layers
	at := map[*plan.Node]*spot{}
	for _, region := range b.Schedule.Regions {
		for _, row := range rowsOf(region) {
			var boxes []*box
			for _, n := range row {
				boxes = append(boxes, measure(n, width))
			}
			limit := share(boxes, width)
			used := limit
			for _, box := range boxes {
				if used += boxGap + box.width; used > limit {
					l, used = append(l, nil), box.width
				}
				s := &spot{box: box, layer: len(l) - 1, width: box.width}
				l[s.layer] = append(l[s.layer], s)
				p.boxes = append(p.boxes, box)
				p.at[box.node], at[box.node] = box, s
			}
		}
	}
	for _, box := range p.boxes {
		l.join(at, box.node)
	}
	return l
}

// share is how wide a layer may be of those that boxes fill together.
func share(boxes []*box, width int) int {
	width = max(width, 1) // deep inside of others nothing is left
	all, widest := -boxGap, 0
	for _, b := range boxes {
		all, widest = all+boxGap+b.width, max(widest, b.width)
	}
	if all <= width {
		return width
	}
	count := (all + width - 1) / width
	return min(width, all/count+widest)
}

// join leads a line to a step from each that it waits for. Where lines pass a layer, those that
// end at one step are one, and so are those that begin at one and end where no others do.
func (l layers) join(at map[*plan.Node]*spot, n *plan.Node) {
	to := at[n]
	if len(n.After) == 1 {
		link(l.lead(at[n.After[0]], to.layer-1), to)
		return
	}
	passing := map[int]*spot{to.layer: to}
	top := to.layer
	for _, before := range n.After {
		from := at[before]
		for top > from.layer+1 {
			top--
			passing[top] = l.pass(top)
			link(passing[top], passing[top+1])
		}
		link(from, passing[from.layer+1])
	}
}

// lead follows the line that a spot shares down to a layer.
func (l layers) lead(s *spot, layer int) *spot {
	for s.layer < layer {
		if s.on == nil {
			s.on = l.pass(s.layer + 1)
			link(s, s.on)
		}
		s = s.on
	}
	return s
}

// pass adds a line to a layer.
func (l layers) pass(layer int) *spot {
	s := &spot{layer: layer}
	l[layer] = append(l[layer], s)
	return s
}

func link(above, below *spot) {
	above.down, below.up = append(above.down, below), append(below.up, above)
}

// rowsOf gives the steps of a region row by row: each below what it waits for there, and below
// what its goroutine runs before.
func rowsOf(r *plan.Region) [][]*plan.Node {
	if n := r.Alone(); n != nil {
		return [][]*plan.Node{{n}}
	}
	before := map[*plan.Node]*plan.Node{} // in the same chain
	for _, chain := range r.Chains {
		for i, t := range chain[1:] {
			before[t.Node] = chain[i].Node
		}
	}
	row := map[*plan.Node]int{}
	for _, n := range r.Nodes {
		at := 0
		for _, p := range append(slices.Clip(n.After), before[n]) {
			if above, here := row[p]; here {
				at = max(at, above+1)
			}
		}
		row[n] = at
	}
	var rows [][]*plan.Node
	for _, chain := range r.Chains {
		for _, t := range chain {
			at := row[t.Node]
			for len(rows) <= at {
				rows = append(rows, nil)
			}
			rows[at] = append(rows[at], t.Node)
		}
	}
	return rows
}

// order sorts each layer by where what its spots are joined to stands, downwards and upwards
// by turns, so that few lines cross.
func (l layers) order() {
	l.number()
	for range 4 {
		for _, layer := range l {
			sortBy(layer, func(s *spot) []*spot { return s.up })
		}
		for i := len(l) - 1; i >= 0; i-- {
			sortBy(l[i], func(s *spot) []*spot { return s.down })
		}
	}
}

func (l layers) number() {
	for _, layer := range l {
		for i, s := range layer {
			s.index = i
		}
	}
}

// sortBy sorts a layer by the mean place of its spots' neighbours in a layer next to it. A
// spot without any stays where it is.
func sortBy(layer []*spot, neighbours func(*spot) []*spot) {
	const scale = 1000
	place := map[*spot]int{}
	for _, s := range layer {
		place[s] = s.index * scale
		if near := neighbours(s); len(near) > 0 {
			sum := 0
			for _, n := range near {
				sum += n.index * scale
			}
			place[s] = sum / len(near)
		}
	}
	slices.SortStableFunc(layer, func(a, b *spot) int { return cmp.Compare(place[a], place[b]) })
	for i, s := range layer {
		s.index = i
	}
}

// align gives each spot its x: layers are centred on 0, and then each spot comes as near to
// the middle of what it is joined to as those beside it let it, and the width lets its layer.
func (l layers) align(width int) {
	for _, layer := range l {
		spread(layer, func(s *spot) int { return 0 })
	}
	for range 4 {
		for _, layer := range l {
			spread(layer, func(s *spot) int { return s.middle(s.up) })
		}
		for i := len(l) - 1; i >= 0; i-- {
			spread(l[i], func(s *spot) int { return s.middle(s.down) })
		}
		l.gather(width)
	}
	for _, layer := range l {
		spread(layer, func(s *spot) int { return s.middle(s.up) })
	}
	l.gather(width)
}

// middle is the mean x of others, or the spot's own where there are none.
func (s *spot) middle(of []*spot) int {
	if len(of) == 0 {
		return s.x
	}
	sum := 0
	for _, n := range of {
		sum += n.x
	}
	return floorDiv(sum, len(of))
}

// gather moves layers that stick out of a width, or of the widest layer where that is wider.
func (l layers) gather(width int) {
	from, to := 0, 0
	for _, layer := range l {
		if left, right := (layers{layer}).sides(); right-left > to-from {
			from, to = left, right
		}
	}
	if more := width - (to - from); more > 0 {
		from, to = from-more/2, to+more/2
	}
	for _, layer := range l {
		left, right := (layers{layer}).sides()
		by := max(0, from-left) - max(0, right-to)
		for _, s := range layer {
			s.x += by
		}
	}
}

// spread places the spots of a layer, in their order and with gaps between them, as near to
// where each is wanted as can be: those that push each other share what they have to give.
func spread(layer []*spot, wanted func(*spot) int) {
	type pool struct{ from, sum, count int }
	offsets := make([]int, len(layer)) // from the first spot, where all stand as close as they may
	var pools []pool
	for i, s := range layer {
		if i > 0 {
			offsets[i] = offsets[i-1] + apart(layer[i-1], s)
		}
		pools = append(pools, pool{i, wanted(s) - offsets[i], 1})
		for n := len(pools) - 1; n > 0; n-- {
			a, b := pools[n-1], pools[n]
			if floorDiv(a.sum, a.count) <= floorDiv(b.sum, b.count) {
				break
			}
			pools = append(pools[:n-1], pool{a.from, a.sum + b.sum, a.count + b.count})
		}
	}
	for n, p := range pools {
		end := len(layer)
		if n+1 < len(pools) {
			end = pools[n+1].from
		}
		for i := p.from; i < end; i++ {
			layer[i].x = floorDiv(p.sum, p.count) + offsets[i]
		}
	}
}

// apart is how far the middles of two spots next to each other are from each other at least.
func apart(a, b *spot) int {
	gap := boxGap
	if a.box == nil || b.box == nil {
		gap = lineGap
	}
	return (a.width+1)/2 + gap + (b.width+1)/2
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
