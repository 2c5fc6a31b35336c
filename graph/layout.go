package graph

import (
	"unicode/utf8"

	"github.com/wfgen/wfgen/plan"
)

// The measures of a drawing, in pixels.
const (
	charWidth  = 7.3 // of the font, at fontSize; a little too wide rather than too narrow
	lineHeight = 16.0
	fontSize   = 12
	padding    = 10.0
	colGap     = 36.0
	rowGap     = 28.0
	maxLabel   = 56 // characters
)

// A panel is a drawn block: its boxes in rows and columns. Positions are from its
// own top left corner.
type panel struct {
	label         string
	width, height float64
	boxes         []*box
	at            map[*plan.Node]*box
	// lanes is, for each column, the x right of it where edges pass that would
	// cross its boxes.
	lanes []float64
}

// A box is a drawn step, with the panels of the blocks inside it.
type box struct {
	node          *plan.Node
	row, col      int
	x, y          float64
	width, height float64
	lines         []string
	panels        []*panel
}

// layOut places the steps of a block: a column for each chain, downwards in the
// order in which they run.
func layOut(label string, b *plan.Block) *panel {
	p := &panel{label: label, at: map[*plan.Node]*box{}}
	for _, region := range b.Regions {
		p.region(region)
	}
	p.place()
	return p
}

// region places the steps of a region below all that are there: each in the
// column of its chain, below what it waits for and what its goroutine runs before.
func (p *panel) region(r plan.Region) {
	top := 0
	for _, b := range p.boxes {
		top = max(top, b.row+1)
	}
	rows := rowsOf(r)
	for col, chain := range r.Chains {
		for _, n := range chain {
			b := measure(n)
			b.row, b.col = top+rows[n], col
			p.boxes = append(p.boxes, b)
			p.at[n] = b
		}
	}
}

// rowsOf is how many rows of a region are above each of its steps.
func rowsOf(r plan.Region) map[*plan.Node]int {
	above := map[*plan.Node][]*plan.Node{}
	for _, chain := range r.Chains {
		for i, n := range chain {
			above[n] = append(above[n], n.After...)
			if i > 0 {
				above[n] = append(above[n], chain[i-1])
			}
		}
	}
	rows := map[*plan.Node]int{}
	var row func(n *plan.Node) int
	row = func(n *plan.Node) int {
		if at, known := rows[n]; known {
			return at
		}
		at := 0
		for _, p := range above[n] {
			if _, here := above[p]; here {
				at = max(at, row(p)+1)
			}
		}
		rows[n] = at
		return at
	}
	for _, chain := range r.Chains {
		for _, n := range chain {
			row(n)
		}
	}
	return rows
}

// measure sizes a step: its lines of text, and below them its blocks side by side.
func measure(n *plan.Node) *box {
	b := &box{node: n, lines: []string{short(n.Path)}, height: 2 * padding}
	if d := does(n); d != n.Path {
		b.lines = append(b.lines, short(d))
	}
	for _, line := range b.lines {
		b.width = max(b.width, textWidth(line)+2*padding)
		b.height += lineHeight
	}
	inner := padding
	for _, branch := range branches(n) {
		p := layOut(branch.label, branch.block)
		b.panels = append(b.panels, p)
		inner += p.width + padding
		b.height = max(b.height, 3*padding+lineHeight*float64(len(b.lines))+p.height)
	}
	b.width = max(b.width, inner)
	return b
}

// place turns rows and columns to positions: a row is as high as its highest box,
// a column as wide as its widest.
func (p *panel) place() {
	var widths, heights []float64
	for _, b := range p.boxes {
		widths, heights = grown(widths, b.col, b.width), grown(heights, b.row, b.height)
	}
	top := padding
	if p.label != "" {
		top += lineHeight
	}
	xs, width := offsets(widths, padding, colGap)
	ys, height := offsets(heights, top, rowGap)
	for _, b := range p.boxes {
		b.x, b.y = xs[b.col]+(widths[b.col]-b.width)/2, ys[b.row]
	}
	for i := range widths {
		p.lanes = append(p.lanes, xs[i]+widths[i]+colGap/2)
	}
	p.width = max(width, textWidth(p.label)+2*padding)
	p.height = height
}

// grown sets sizes[i] to at least size.
func grown(sizes []float64, i int, size float64) []float64 {
	for len(sizes) <= i {
		sizes = append(sizes, 0)
	}
	sizes[i] = max(sizes[i], size)
	return sizes
}

// offsets puts sizes one after the other with gaps between them, and gives where
// each starts and where all end. The lane right of the last column needs room too.
func offsets(sizes []float64, start, gap float64) ([]float64, float64) {
	var out []float64
	at := start
	for _, s := range sizes {
		out = append(out, at)
		at += s + gap
	}
	return out, at - gap/2 + padding/2
}

func short(s string) string {
	if utf8.RuneCountInString(s) <= maxLabel {
		return s
	}
	r := []rune(s)
	return string(r[:maxLabel/2]) + "…" + string(r[len(r)-maxLabel/2+1:])
}

// textWidth is how wide a text is drawn; what isn't Latin may be as wide as two.
func textWidth(s string) float64 {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return float64(n) * charWidth
}
