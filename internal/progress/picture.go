package progress

import (
	"fmt"
	"go/constant"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// maxRounds is how many rounds of a loop are shown one by one. Of more, only those that are
// going on are, or in the end those that failed, up to as many, below a count of them all.
const maxRounds = 6

// The colours.
const red, green, yellow, blue, gray, bold, plain = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[34m", "\x1b[90m", "\x1b[1m", "\x1b[0m"

// A picture is the tree as lines of text.
type picture struct {
	width int
	now   time.Time
	color bool
	over  bool // nothing comes any more
	ended bool // that is because the workflow has ended
	// approve gives the command that answers an approval, and signal the one that sends an
	// event; nil where none can.
	approve func(step, role string) []string
	signal  func(*plan.Event) []string

	lines []string
	// focus are the lines where something is going on, or else has failed.
	focus []int
}

func (p *picture) tree(root *node) {
	root.settle()
	for _, k := range p.seen(root) {
		p.node(k, k.label, "", "")
	}
}

// seen are the kids of a node that are to be seen.
func (p *picture) seen(n *node) []*node {
	var kids []*node
	for _, k := range n.kids {
		if k.shown(p.over) {
			kids = append(kids, k)
		}
	}
	if n.rounds() && len(kids) > maxRounds {
		kids = notable(kids)
	}
	return kids
}

// node adds a node's lines; id is its own. A node that only holds one other shares its line.
func (p *picture) node(n *node, id, indent, before string) {
	label := before + n.label
	kids := p.seen(n)
	if n.state == "" && len(kids) == 1 && !(n.rounds() && len(n.kids) > 1) {
		if !n.rounds() {
			label += "."
		}
		p.node(kids[0], join(id, kids[0].label), indent, label)
		return
	}
	p.line(n, id, indent, label)
	for _, k := range kids {
		p.node(k, join(id, k.label), indent+"  ", "")
	}
}

// join is the id of what is below a step.
func join(id, label string) string {
	if label[0] == '[' {
		return id + label
	}
	return id + "." + label
}

// notable picks the first few rounds that aren't done with, or else have failed.
func notable(rounds []*node) []*node {
	for _, is := range []func(*node) bool{func(n *node) bool { return n.tally().going > 0 }, (*node).broken} {
		var some []*node
		for _, k := range rounds {
			if len(some) < maxRounds && is(k) {
				some = append(some, k)
			}
		}
		if len(some) > 0 {
			return some
		}
	}
	return nil
}

func (p *picture) line(n *node, id, indent, label string) {
	mark, paint := p.look(n)
	if n.isGoing() && !n.gone || mark == failed && p.over {
		p.focus = append(p.focus, len(p.lines))
	}
	remark, reason := p.remark(n)
	p.add(indent, mark, paint, label+remark, reason)
	if words := p.brings(n, id); len(words) > 0 {
		p.focus = append(p.focus, len(p.lines))
		p.command(indent+"  ", words)
	}
}

// brings is the command that brings what a node waits for; empty where none does.
func (p *picture) brings(n *node, id string) []string {
	d, durable := n.op.(*plan.Durable)
	switch {
	case !durable || n.state != runtime.Waiting:
	case d.Kind == plan.Approve && p.approve != nil:
		return p.approve(id, role(d))
	case d.Kind == plan.AwaitEvent && p.signal != nil:
		return p.signal(d.Event)
	}
	return nil
}

// role is the one that an approval asks for; ROLE where the source computes it.
func role(d *plan.Durable) string {
	if len(d.Args) < 2 {
		return ""
	}
	if c, ok := d.Args[1].(*plan.Const); ok {
		return constant.StringVal(c.Value)
	}
	return "ROLE"
}

// remark is what stands after a node's label, and after that why it failed.
func (p *picture) remark(n *node) (text, reason string) {
	switch {
	case n.winner() != nil:
		text += "  won by " + n.winner().label
	case n.state == "" && len(n.kids) > 0:
		text += "  " + p.counts(n.tally())
	case n.state == "":
		if n.passed {
			text += "  before"
		}
	case n.attempt > 1:
		text += fmt.Sprintf("  attempt %d", n.attempt)
	}
	switch {
	case n.state == "" || n.state == runtime.Skipped || n.gone && n.isGoing():
	case n.before && !n.isGoing():
		text += "  before"
	default:
		text += "  " + p.elapsed(n)
	}
	d, durable := n.op.(*plan.Durable)
	switch {
	case n.won():
		text += "  won"
	case n.lost():
		text += "  lost"
	case n.err != "":
		line, _, _ := strings.Cut(n.err, "\n")
		reason = "  " + line
	case n.so != "":
		reason = "  " + n.so
	case n.state == runtime.Queued:
		text += "  for a place"
	case n.kept && n.state == runtime.Done:
		text += "  kept"
	case n.state == runtime.Waiting && durable && d.Event != nil:
		text += "  for " + d.Event.Name
	case n.state == runtime.Waiting && durable && d.Kind == plan.Approve:
		text += "  for an approval"
	}
	return text, reason
}

// add adds a line, as much of it as the screen is wide. Of the reason at its end the end is
// kept, too: there stands the cause.
func (p *picture) add(indent, mark, paint, text, reason string) {
	line := indent + mark + " " + foreign.Line(text)
	line += middle(foreign.Line(reason), p.width-1-runewidth.StringWidth(line))
	line = runewidth.Truncate(line, max(p.width-1, 1), "…")
	if p.color && strings.HasPrefix(line, indent+mark) {
		rest := line[len(indent+mark):]
		if paint == gray {
			line = indent + paint + mark + rest + plain
		} else {
			line = indent + paint + mark + plain + rest
		}
	}
	p.lines = append(p.lines, line)
}

// middle is a text without its middle where it is wider than there is room, if that is
// enough for both ends.
func middle(text string, room int) string {
	const least = 12
	width := runewidth.StringWidth(text)
	if width <= room || room < least {
		return text
	}
	begin := runewidth.Truncate(text, room/3, "") + "…"
	return begin + runewidth.TruncateLeft(text, width-room+runewidth.StringWidth(begin), "")
}

// command adds a command, on as many lines as it takes, as a shell reads it.
func (p *picture) command(indent string, words []string) {
	const on = " \\"
	line := indent + "$"
	for _, word := range words {
		word = foreign.Line(word)
		if runewidth.StringWidth(line+" "+word+on) > p.width-1 && strings.TrimSpace(line) != "$" {
			p.lines = append(p.lines, line+on)
			line = indent + " "
		}
		line += " " + word
	}
	p.lines = append(p.lines, runewidth.Truncate(line, max(p.width-1, 1), "…"))
}

// The marks of states.
const going, done, failed = "●", "✓", "✗"

// look is how a node's state is drawn.
func (p *picture) look(n *node) (mark, paint string) {
	if n.lost() {
		return "-", gray
	}
	switch n.state {
	case "":
		return p.lookAll(n)
	case runtime.Done:
		return done, green
	case runtime.Skipped:
		return "-", gray
	case runtime.Failed:
		if n.handled() {
			return "!", yellow
		}
		return failed, red
	case runtime.Retrying, runtime.Undoing:
		return "↻", yellow
	case runtime.Undone:
		return "↩", yellow
	case runtime.Waiting, runtime.Queued:
		return "…", blue
	}
	return going, blue
}

// lookAll is how a node is drawn that isn't a step, by those below it.
func (p *picture) lookAll(n *node) (mark, paint string) {
	switch t := n.tally(); {
	case t.going > 0:
		return going, blue
	case t.failed > 0 && n.broken():
		return failed, red
	case t.pending > 0 && !p.ended:
		return "○", gray
	case p.ended && t.failed > 0 && t.done == 0:
		return "!", yellow
	case t.pending > 0:
		return "-", gray
	}
	return done, green
}

// broken tells whether a step at or below a node has failed and nothing stands in for it.
func (n *node) broken() bool {
	if n.state == runtime.Failed && !n.handled() && !n.lost() {
		return true
	}
	return slices.ContainsFunc(n.kids, (*node).broken)
}

func (p *picture) counts(t tally) string {
	var parts []string
	pending := "to come"
	if p.ended {
		pending = "not come to"
	}
	for _, c := range []struct {
		n    int
		what string
	}{{t.done, "done"}, {t.going, "going on"}, {t.failed, "failed"}, {t.other, "undone or skipped"}, {t.pending, pending}} {
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
	return length(end.Sub(n.start))
}

// length is a duration as precisely as somebody watches it.
func length(d time.Duration) string {
	if d = max(d, 0); d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	if d >= time.Minute {
		return d.Round(time.Second).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

// fit gives the lines that a screen of that height, 1 at least, has room for: those around what is going
// on, between counts of the others.
func (p *picture) fit(height int) []string {
	if len(p.lines) <= height {
		return p.lines
	}
	first := len(p.lines) - height
	if len(p.focus) > 0 {
		// A third of the screen is for what was before.
		first = min(first, max(0, p.focus[0]-height/3))
		if last := p.focus[len(p.focus)-1]; last >= first+height-1 {
			first = min(last-height+2, p.focus[0])
			first = min(max(first, 0), len(p.lines)-height)
		}
	}
	shown := slices.Clone(p.lines[first : first+height])
	if first > 0 {
		shown[0] = fmt.Sprintf("… %d more above", first+1)
	}
	if rest := len(p.lines) - first - height; rest > 0 && height > 1 {
		shown[height-1] = fmt.Sprintf("… %d more below", rest+1)
	}
	return shown
}
