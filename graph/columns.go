package graph

// place gives boxes and lines their positions in a panel. Where the block is tall it goes on in
// further columns, as a text in a newspaper does.
func (l layers) place(p *panel, width int) {
	bands := l.bands()
	sizes := make([]size, len(bands))
	for i, b := range bands {
		sizes[i] = b.size()
	}
	starts := split(sizes, size{columnGap, layerGap}, width, tall)
	p.wrapped = len(starts) > 1
	top := 0
	if p.wrapped {
		top = turn
	}
	for i, start := range starts {
		end := len(bands)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		column := layers{}
		for _, b := range bands[start:end] {
			column = append(column, b...)
		}
		if i > 0 {
			p.width += columnGap
		}
		bottom := column.stack(p, top)
		if p.wrapped {
			p.leave(column, i+1 < len(starts), bottom)
		}
		p.height = max(p.height, bottom)
	}
	if p.wrapped {
		p.height += turn
	}
}

// stack places the layers of a column right of what is in a panel, and the lines between them,
// and gives the y at which it ends.
func (l layers) stack(p *panel, top int) int {
	left, right := l.sides()
	shift := p.width - left
	y := top
	heights := make([]int, len(l))
	for i, layer := range l {
		if i > 0 {
			y += l.gap(i - 1)
		}
		for _, s := range layer {
			s.x += shift
			if s.box != nil {
				s.box.x, s.box.y = s.x-s.box.width/2, y
				heights[i] = max(heights[i], s.box.height)
			}
		}
		y += heights[i]
	}
	y, bottom := top, top
	for i, layer := range l {
		bottom = y + heights[i]
		for _, s := range layer {
			for n, to := range s.down {
				if i+1 < len(l) {
					p.lines = append(p.lines, between(s, to, n == 0, y, bottom, l.gap(i)))
				}
			}
		}
		y = bottom + l.gap(i)
	}
	p.width += right - left
	return bottom
}

// gap is what is between a layer and the next: more where many lines are.
func (l layers) gap(i int) int {
	lines := 0
	for _, s := range l[i] {
		lines += len(s.down)
	}
	return layerGap + min(2*max(lines-6, 0), layerGap)
}

// between is the line from a spot to one in the layer below. The first has what the others share:
// the way down from the lower edge of the box, or from where the line comes to the layer.
func between(from, to *spot, first bool, top, bottom, gap int) line {
	start := top
	switch {
	case !first:
		start = bottom
	case from.box != nil:
		start = from.box.y + from.box.height
	}
	return line{
		points: []point{{from.x, start}, {from.x, bottom}, {to.x, bottom + gap}},
		curved: true, arrow: to.box != nil,
	}
}

// leave draws the ends of the lines that come to a column from the one before, and of those that
// go on in the next: between columns they are one.
func (p *panel) leave(l layers, more bool, bottom int) {
	for _, s := range l[0] {
		if len(s.up) > 0 {
			x := s.up[0].gutter
			p.lines = append(p.lines, line{points: []point{{x + columnGap/2, 0}, {s.x, 0}, {s.x, turn}}, arrow: s.box != nil})
		}
	}
	if !more {
		return
	}
	x := p.width + columnGap/2
	for _, s := range l[len(l)-1] {
		if len(s.down) > 0 {
			start := bottom
			if s.box != nil {
				start = s.box.y + s.box.height
			}
			s.gutter = x
			p.lines = append(p.lines, line{points: []point{{s.x, start}, {s.x, bottom + turn}, {x, bottom + turn}, {x, 0}, {x + columnGap/2, 0}}})
		}
	}
}

// sides are the leftmost and the rightmost x of layers.
func (l layers) sides() (left, right int) {
	first := true
	for _, layer := range l {
		for _, s := range layer {
			a, b := s.x-s.width/2, s.x-s.width/2+s.width
			if first {
				left, right, first = a, b, false
			}
			left, right = min(left, a), max(right, b)
		}
	}
	return left, right
}

func (l layers) size() size {
	left, right := l.sides()
	high := 0
	for i, layer := range l {
		highest := 0
		if i > 0 {
			high += l.gap(i - 1)
		}
		for _, s := range layer {
			if s.box != nil {
				highest = max(highest, s.box.height)
			}
		}
		high += highest
	}
	return size{right - left, high}
}

// bands cuts layers wherever a column may end: where what crosses comes from one step or goes
// to one, so that it is one line from column to column.
func (l layers) bands() []layers {
	var all []layers
	start := 0
	for i := range l {
		if i+1 == len(l) || parts(l[i], l[i+1]) {
			all = append(all, l[start:i+1])
			start = i + 1
		}
	}
	return all
}

func parts(above, below []*spot) bool {
	lines, from, to := 0, 0, 0
	for _, s := range above {
		lines += len(s.down)
		if len(s.down) > 0 {
			from++
		}
	}
	for _, s := range below {
		if len(s.up) > 0 {
			to++
			if s.box == nil {
				return false
			}
		}
	}
	return lines == from*to && (from <= 1 || to == 1)
}

// split distributes sizes, one below the other, over columns, in their order, and says where each
// begins. It takes the number of columns that comes nearest to a square, among those that
// aren't wider than a width; one where that isn't higher than enough.
func split(sizes []size, gap size, width, enough int) []int {
	starts := []int{0}
	all := sizeOf(sizes, starts, gap)
	if all.height <= enough {
		return starts
	}
	least := all.cost()
	for n := 2; n <= len(sizes); n++ {
		next := balanced(sizes, gap.height, n)
		all := sizeOf(sizes, next, gap)
		if all.width > width {
			break
		}
		if all.cost()*6 < least*5 { // little better isn't worth a line that the eye has to follow
			starts, least = next, all.cost()
		}
	}
	return starts
}

// cost is what a size is less the nearer it is to a square, or somewhat more wide than high.
func (s size) cost() int { return max(s.width, s.height*5/4) }

// balanced is where each of at most so many columns begins, the highest of which is as low as can
// be.
func balanced(sizes []size, gap, columns int) []int {
	low, high := 0, 0
	for _, s := range sizes {
		low, high = max(low, s.height), high+s.height+gap
	}
	for low < high {
		if middle := (low + high) / 2; len(filled(sizes, gap, middle)) <= columns {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return filled(sizes, gap, low)
}

// filled begins another column whenever one would be higher than a limit.
func filled(sizes []size, gap, limit int) []int {
	var starts []int
	used := 0
	for i, s := range sizes {
		if used += s.height + gap; i == 0 || used-gap > limit {
			starts, used = append(starts, i), s.height+gap
		}
	}
	return starts
}

// sizeOf is the size of columns together.
func sizeOf(sizes []size, starts []int, gap size) size {
	all := size{width: gap.width * (len(starts) - 1)}
	for i, start := range starts {
		end := len(sizes)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		wide, high := 0, gap.height*(end-start-1)
		for _, s := range sizes[start:end] {
			wide, high = max(wide, s.width), high+s.height
		}
		all.width, all.height = all.width+wide, max(all.height, high)
	}
	return all
}
