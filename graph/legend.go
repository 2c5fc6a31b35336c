package graph

import (
	"bufio"
	"fmt"

	"github.com/wfgen/wfgen/plan"
)

// A key is an entry of the legend: a sign, and what it means.
type key struct {
	effect plan.Effect
	sign   sign
	text   string
	x, y   int
}

type sign int

const (
	colour sign = iota
	arrow
	onward
)

// meanings are the keys of all signs; a legend has those of the signs that the drawing has.
var meanings = []key{
	{effect: plan.PureEffect, text: "computes"},
	{effect: plan.Readonly, text: "reads"},
	{effect: plan.Idempotent, text: "changes something, twice is as once"},
	{effect: plan.Once, text: "must not happen twice"},
	{sign: arrow, text: "is waited for by"},
	{sign: onward, text: "goes on at the top of the next column"},
}

func legend(panels []*panel) []*key {
	effects := map[plan.Effect]bool{}
	signs := map[sign]bool{}
	var look func(p *panel)
	look = func(p *panel) {
		signs[arrow] = signs[arrow] || len(p.lines) > 0
		signs[onward] = signs[onward] || p.wrapped
		for _, b := range p.boxes {
			effects[b.node.Effect] = true
			for _, inner := range b.panels {
				look(inner)
			}
		}
	}
	for _, p := range panels {
		look(p)
	}
	var keys []*key
	for _, k := range meanings {
		if k.sign == colour && effects[k.effect] || k.sign != colour && signs[k.sign] {
			keys = append(keys, &k)
		}
	}
	return keys
}

// lay places keys beside each other, in as many rows as a width asks for.
func lay(keys []*key, width int) size {
	const signWidth, gap = 26, 22
	var all size
	x, y := 0, 0
	for _, k := range keys {
		wide := signWidth + textWidth(k.text)
		if x > 0 && x+wide > width {
			x, y = 0, y+lineHeight+4
		}
		k.x, k.y = x, y
		all = size{max(all.width, x+wide), y + lineHeight}
		x += wide + gap
	}
	return all
}

func (k *key) draw(w *bufio.Writer, x, y int) {
	x, y = x+k.x, y+k.y
	switch k.sign {
	case colour:
		fmt.Fprintf(w, `<rect class="wf-step wf-%s" x="%d" y="%d" width="18" height="12" rx="3"/>`, k.effect, x, y+1)
	case arrow:
		fmt.Fprintf(w, `<path class="wf-line wf-to" d="M%d %dH%d"/>`, x, y+7, x+18)
	case onward:
		fmt.Fprintf(w, `<path class="wf-line" d="M%d %dV%dH%dV%dH%d"/>`, x, y+4, y+12, x+9, y+2, x+18)
	}
	drawText(w, "wf-key", x+24, y+11, k.text)
}
