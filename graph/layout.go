package graph

import (
	"strings"
	"unicode/utf8"

	"github.com/wfgen/wfgen/plan"
)

// The measures of a drawing, in pixels. All of a layout is whole numbers, so that the same
// plan is drawn by the same bytes on every machine.
const (
	fontSize   = 12
	nameSize   = 14 // of a workflow's name
	lineHeight = 16
	padding    = 10
	boxGap     = 16 // between boxes side by side
	lineGap    = 10 // between a line that passes and what is beside it
	layerGap   = 26 // between a layer and the next
	columnGap  = 44 // between columns; the line to the next one passes there
	turn       = 16 // what such a line needs below a column, and above one
	maxLabel   = 44 // characters
	minBox     = 72
	maxWidth   = 1240
	// tall is how high a block may be before it goes on in another column, and inside of a
	// step before its blocks are set below each other.
	tall = 560
)

// A panel is a drawn block. Positions in it are from its own top left corner.
type panel struct {
	label         string
	x, y          int // in the box or drawing that holds it
	width, height int
	boxes         []*box
	lines         []line
	at            map[*plan.Node]*box
	wrapped       bool // it has more than one column
	title         bool // its label is a workflow's name
}

// A box is a drawn step, with the panels of the blocks inside it.
type box struct {
	node          *plan.Node
	x, y          int
	width, height int
	lines         []string
	panels        []*panel
}

// A size is how large something is.
type size struct{ width, height int }

// layOut draws a block in as little more than a width as it takes. Steps stand below what
// they wait for, those that may run at once beside each other.
func layOut(label string, b *plan.Block, width int) *panel {
	p := &panel{label: label, at: map[*plan.Node]*box{}}
	inside := width
	if label != "" {
		inside -= 2 * padding
	}
	l := layered(p, b, inside)
	l.order()
	l.align(inside)
	l.place(p, inside)
	p.frame()
	return p
}

// frame makes room for a panel's border and label. The block of a step that has only one has
// none: the step's own border is around it.
func (p *panel) frame() {
	if p.label == "" {
		return
	}
	top := 2*padding + lineHeight - 4
	for _, b := range p.boxes {
		b.x, b.y = b.x+padding, b.y+top
	}
	for i := range p.lines {
		p.lines[i].move(padding, top)
	}
	p.height += top + padding
	content := p.width + 2*padding
	p.width = max(content, textWidth(p.label)*nameSize/fontSize+2*padding)
	p.shift((p.width - content) / 2)
}

// shift moves what is in a panel to the right.
func (p *panel) shift(by int) {
	for _, b := range p.boxes {
		b.x += by
	}
	for i := range p.lines {
		p.lines[i].move(by, 0)
	}
}

// measure sizes a step: its lines of text, and below them its blocks, side by side where
// that isn't too wide.
func measure(n *plan.Node, width int) *box {
	b := &box{node: n, width: minBox, lines: []string{short(n.ID)}}
	switch d := shows(n); {
	case strings.HasPrefix(d, n.ID+" "): // if x > 1
		b.lines[0] = short(d)
	case d != n.ID:
		b.lines = append(b.lines, short(d))
	}
	for _, text := range b.lines {
		b.width = max(b.width, textWidth(text)+2*padding)
	}
	head := headHeight(b)
	b.height = head
	for _, branch := range branches(n) {
		b.panels = append(b.panels, layOut(branch.label, branch.block, width-2*padding))
	}
	if len(b.panels) == 0 {
		return b
	}
	all := shelve(b.panels, width-2*padding)
	b.width = max(b.width, all.width+2*padding)
	left := (b.width - all.width) / 2
	for _, p := range b.panels {
		p.x, p.y = p.x+left, p.y+head+padding
	}
	b.height = head + all.height + 2*padding
	return b
}

func headHeight(b *box) int { return 2*padding + lineHeight*len(b.lines) - 4 }

// shelve places panels in rows, in their order, and gives the size of all of them. Of the
// numbers of panels in a row that fit it takes the one that asks for the least room, where
// height counts twice: side by side is what these blocks are to each other.
func shelve(panels []*panel, width int) size {
	count, least := 1, -1
	for n := 1; n <= len(panels); n++ {
		all := inRows(panels, n)
		if cost := all.width + 2*all.height; n == 1 || all.width <= width && cost < least {
			count, least = n, cost
		}
	}
	return inRows(panels, count)
}

// inRows places panels in rows of so many.
func inRows(panels []*panel, count int) size {
	var all size
	for from := 0; from < len(panels); from += count {
		row := panels[from:min(from+count, len(panels))]
		if from > 0 {
			all.height += padding
		}
		x, high := 0, 0
		for i, p := range row {
			if i > 0 {
				x += padding
			}
			p.x, p.y = x, all.height
			x, high = x+p.width, max(high, p.height)
		}
		all.width, all.height = max(all.width, x), all.height+high
	}
	return all
}

func short(s string) string {
	if utf8.RuneCountInString(s) <= maxLabel {
		return s
	}
	r := []rune(s)
	return string(r[:maxLabel/2]) + "…" + string(r[len(r)-maxLabel/2+1:])
}

// textWidth is how wide a text is drawn, rather a little too wide; what isn't Latin may be as
// wide as two.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return (n*73 + 9) / 10
}
