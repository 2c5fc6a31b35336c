package graph

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// writeSVG draws the workflows below each other. The drawing holds no script,
// refers to nothing outside, and has a background of its own.
func writeSVG(w *bufio.Writer, workflows []*plan.Workflow) {
	var panels []*panel
	width, height := 2*padding, padding
	for _, wf := range workflows {
		p := layOut(wf.Name, wf.Body)
		panels = append(panels, p)
		width, height = max(width, p.width+2*padding), height+p.height+padding
	}
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="%d">`+"\n",
		num(width), num(height), fontSize)
	fmt.Fprintln(w, `<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs>`)
	fmt.Fprintln(w, `<rect width="100%" height="100%" fill="#ffffff"/>`)
	y := padding
	for _, p := range panels {
		drawPanel(w, p, padding, y)
		y += p.height + padding
	}
	fmt.Fprintln(w, "</svg>")
}

// drawPanel draws a block with its top left corner at x, y: the edges first, so
// that boxes cover what passes behind them.
func drawPanel(w *bufio.Writer, p *panel, x, y float64) {
	fmt.Fprintf(w, `<rect x="%s" y="%s" width="%s" height="%s" rx="6" fill="#ffffff" stroke="#d0d7de" stroke-dasharray="4 3"/>`+"\n",
		num(x), num(y), num(p.width), num(p.height))
	if p.label != "" {
		drawText(w, x+padding, y+lineHeight, p.label, "#57606a", "bold")
	}
	for _, b := range p.boxes {
		for _, n := range b.node.After {
			fmt.Fprintf(w, `<path d="%s" fill="none" stroke="#57606a" marker-end="url(#arrow)"/>`+"\n", p.edge(p.at[n], b, x, y))
		}
	}
	for _, b := range p.boxes {
		drawBox(w, b, x+b.x, y+b.y)
	}
}

// edge is the path from the bottom of a box to the top of another. Where rows are
// between them, it passes those in the lane beside the upper box's column.
func (p *panel) edge(from, to *box, x, y float64) string {
	x1, y1 := x+from.x+from.width/2, y+from.y+from.height
	x2, y2 := x+to.x+to.width/2, y+to.y
	if to.row == from.row+1 {
		return curve(x1, y1, x2, y2)
	}
	lane := x + p.lanes[from.col]
	return curve(x1, y1, lane, y1+rowGap) + fmt.Sprintf(" V%s ", num(y2-rowGap)) +
		strings.TrimPrefix(curve(lane, y2-rowGap, x2, y2), "M"+num(lane)+" "+num(y2-rowGap)+" ")
}

func curve(x1, y1, x2, y2 float64) string {
	middle := (y1 + y2) / 2
	return fmt.Sprintf("M%s %s C%s %s %s %s %s %s",
		num(x1), num(y1), num(x1), num(middle), num(x2), num(middle), num(x2), num(y2))
}

func drawBox(w *bufio.Writer, b *box, x, y float64) {
	n := b.node
	fmt.Fprintf(w, `<g><title>%s</title><rect x="%s" y="%s" width="%s" height="%s" rx="6" fill="%s" stroke="%s"/>`+"\n",
		escaped(tip(n)), num(x), num(y), num(b.width), num(b.height), fills[n.Effect], strokes[n.Effect])
	top := y + padding
	for i, line := range b.lines {
		color, weight := "#1f2328", "bold"
		if i > 0 {
			color, weight = "#57606a", "normal"
		}
		drawText(w, x+padding, top+lineHeight*0.75, line, color, weight)
		top += lineHeight
	}
	left := x + padding
	for _, p := range b.panels {
		drawPanel(w, p, left, top+padding/2)
		left += p.width + padding
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

func drawText(w *bufio.Writer, x, y float64, text, color, weight string) {
	fmt.Fprintf(w, `<text x="%s" y="%s" fill="%s" font-weight="%s" xml:space="preserve">%s</text>`+"\n",
		num(x), num(y), color, weight, escaped(text))
}

// num is a coordinate, to the tenth of a pixel.
func num(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }

func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic("internal error: " + err.Error())
	}
	return b.String()
}
