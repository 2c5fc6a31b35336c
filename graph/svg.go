package graph

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// writeSVG draws the workflows, and below them what the colours mean. The drawing holds no script,
// refers to nothing outside, has a background of its own, light or dark as its reader has it, and
// says in words what it shows.
func writeSVG(w *bufio.Writer, workflows []*plan.Workflow) {
	var panels []*panel
	var sizes []size
	for _, wf := range workflows {
		p := drawn(wf)
		panels = append(panels, p)
		sizes = append(sizes, size{p.width, p.height})
	}
	gap := size{padding, padding}
	starts := split(sizes, gap, maxWidth, 0)
	all := sizeOf(sizes, starts, gap)
	keys := legend(panels)
	key := lay(keys, max(all.width, 320))
	width, height := max(all.width, key.width)+2*padding, all.height+key.height+3*padding

	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" class="wf" role="img" aria-labelledby="wf-title wf-desc" xml:space="preserve">`+"\n", width, height)
	fmt.Fprintf(w, "<title id=\"wf-title\">%s</title>\n<desc id=\"wf-desc\">%s</desc>\n", escaped(titleOf(workflows)), escaped(inWords(workflows)))
	w.WriteString(style)
	fmt.Fprintln(w, `<defs><marker id="wf-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="wf-head" d="M0 0 8 4 0 8z"/></marker></defs>`)
	fmt.Fprintf(w, `<rect class="wf-back" width="%d" height="%d"/>`+"\n", width, height)
	x := padding
	for i, start := range starts {
		end := len(panels)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		y, wide := padding, 0
		for _, p := range panels[start:end] {
			wide = max(wide, p.width)
		}
		for _, p := range panels[start:end] {
			drawPanel(w, p, x, y)
			y += p.height + padding
		}
		x += wide + padding
	}
	for _, k := range keys {
		k.draw(w, padding, all.height+2*padding)
	}
	fmt.Fprintln(w, "</svg>")
}

// drawn is a workflow's panel.
func drawn(wf *plan.Workflow) *panel {
	p := layOut(wf.Name, wf.Body, maxWidth)
	p.title = true
	return p
}

// drawPanel draws a block with its top left corner at x, y: the lines first, so that boxes cover
// their ends.
func drawPanel(w *bufio.Writer, p *panel, x, y int) {
	if p.label != "" {
		fmt.Fprintf(w, `<rect class="wf-block" x="%d" y="%d" width="%d" height="%d" rx="6"/>`+"\n", x, y, p.width, p.height)
		class := "wf-label"
		if p.title {
			class = "wf-name"
		}
		drawText(w, class, x+padding, y+lineHeight+2, p.label)
	}
	for _, l := range p.lines {
		class := "wf-line"
		if l.arrow {
			class = "wf-line wf-to"
		}
		fmt.Fprintf(w, `<path class="%s" d="%s"/>`+"\n", class, l.path(x, y))
	}
	for _, b := range p.boxes {
		drawBox(w, b, x+b.x, y+b.y)
	}
}

// drawBox draws a step. One that holds blocks has its colour in its head alone.
func drawBox(w *bufio.Writer, b *box, x, y int) {
	n := b.node
	fmt.Fprintf(w, "<g><title>%s</title>", escaped(tip(n)))
	if len(b.panels) > 0 {
		head := headHeight(b)
		fmt.Fprintf(w, `<rect class="wf-body wf-%s" x="%d" y="%d" width="%d" height="%d" rx="6"/>`, n.Effect, x, y, b.width, b.height)
		fmt.Fprintf(w, `<path class="wf-step wf-%s" d="M%d %dv%dq0 -6 6 -6h%dq6 0 6 6v%dz"/>`+"\n", n.Effect, x, y+head, 6-head, b.width-12, head-6)
	} else {
		fmt.Fprintf(w, `<rect class="wf-step wf-%s" x="%d" y="%d" width="%d" height="%d" rx="6"/>`+"\n", n.Effect, x, y, b.width, b.height)
	}
	left, middle := x+padding, ""
	if len(b.panels) == 0 {
		left, middle = x+b.width/2, " wf-middle"
	}
	for i, text := range b.lines {
		class := "wf-id"
		if i > 0 {
			class = "wf-does"
		}
		drawText(w, class+middle, left, y+padding+lineHeight*i+10, text)
	}
	for _, p := range b.panels {
		drawPanel(w, p, x+p.x, y+p.y)
	}
	fmt.Fprintln(w, "</g>")
}

// tip is what a reader sees when pointing at a step.
func tip(n *plan.Node) string {
	text := fmt.Sprintf("%s: %s, %s\n%s:%d, group %d, chain %d", n.Path, does(n), n.Effect, n.Pos.File, n.Pos.Line, n.Group, n.Chain)
	if len(n.Owed) > 0 {
		text += "\nowed: " + strings.Join(n.Owed, ", ")
	}
	return text
}

func drawText(w *bufio.Writer, class string, x, y int, text string) {
	fmt.Fprintf(w, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", class, x, y, escaped(text))
}

// escaped is text for XML, of one line or, in what a reader is told when pointing, of several.
// What would turn its direction or isn't seen is shown as it is everywhere; what else XML can't
// have, as U+FFFD.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(foreign.Lines(s))); err != nil {
		panic("internal error: " + err.Error())
	}
	return b.String()
}
