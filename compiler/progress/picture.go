package progress

import (
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// maxRounds is how many rounds of a loop are shown one by one. Of more, only
// those that are going on are, up to as many, below a count of them all.
const maxRounds = 6

// A picture is the tree as lines of text.
type picture struct {
	width int
	now   time.Time
	color bool
	lines []string
}

func (p *picture) tree(root *node) {
	for _, k := range root.kids {
		p.node(k, "", "")
	}
}

// node adds a node's lines. A node that only holds one other shares its line.
func (p *picture) node(n *node, indent, before string) {
	label := before + n.label
	if n.state == "" && len(n.kids) == 1 && !n.rounds() {
		p.node(n.kids[0], indent, label+".")
		return
	}
	if n.state == "" && len(n.kids) == 1 {
		p.node(n.kids[0], indent, label)
		return
	}
	p.line(n, indent, label)
	kids := n.kids
	if n.rounds() && len(kids) > maxRounds {
		kids = goingOn(kids)
	}
	for _, k := range kids {
		p.node(k, indent+"  ", "")
	}
}

// goingOn picks the first few nodes that aren't done with.
func goingOn(kids []*node) []*node {
	var going []*node
	for _, k := range kids {
		if len(going) < maxRounds && k.tally().going > 0 {
			going = append(going, k)
		}
	}
	return going
}

func (p *picture) line(n *node, indent, label string) {
	mark, paint := look(n)
	text := label
	switch {
	case n.state == "":
		text += "  " + counts(n.tally())
	case n.attempt > 1:
		text += fmt.Sprintf("  attempt %d", n.attempt)
	}
	if n.state != "" && n.state != runtime.Skipped {
		text += "  " + p.elapsed(n)
	}
	line := runewidth.Truncate(indent+mark+" "+foreign.Line(text), max(p.width-1, 1), "…")
	if p.color && strings.HasPrefix(line, indent+mark) {
		line = indent + paint + mark + "\x1b[0m" + line[len(indent+mark):]
	}
	p.lines = append(p.lines, line)
}

// look is how a node's state is drawn.
func look(n *node) (mark, paint string) {
	const red, green, yellow, blue, gray = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[34m", "\x1b[90m"
	switch n.state {
	case "":
		t := n.tally()
		switch {
		case t.going > 0:
			return "●", blue
		case t.failed > 0:
			return "✗", red
		}
		return "✓", green
	case runtime.Done:
		return "✓", green
	case runtime.Failed:
		return "✗", red
	case runtime.Retrying, runtime.Undoing:
		return "↻", yellow
	case runtime.Undone:
		return "↩", yellow
	case runtime.Waiting:
		return "…", blue
	case runtime.Skipped:
		return "-", gray
	}
	return "●", blue
}

func counts(t tally) string {
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{{t.done, "done"}, {t.going, "going on"}, {t.failed, "failed"}, {t.other, "undone or skipped"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	return strings.Join(parts, ", ")
}

func (p *picture) elapsed(n *node) string {
	end := n.end
	if end.IsZero() {
		end = p.now
	}
	d := max(end.Sub(n.start), 0)
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

// fit gives the lines that a screen of that height has room for: the last ones,
// where things happen, below a count of the others.
func (p *picture) fit(height int) []string {
	height = max(height, 1)
	if len(p.lines) <= height {
		return p.lines
	}
	hidden := len(p.lines) - height + 1
	return append([]string{fmt.Sprintf("… %d more lines", hidden)}, p.lines[hidden:]...)
}
