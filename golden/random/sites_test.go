package random

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// A site is a place in a program where a tool is called: a step, or the undo of one.
type site struct {
	way  []place
	undo *plan.Undo // nil for a step
}

// A place is a node, in its block.
type place struct {
	node  *plan.Node
	block *plan.Block // of Main, of a sub-workflow, or of what the place before is
}

// sites are the places at which tools are called, by the path of their ids.
func sites(p *plan.Program) map[string]site {
	all := map[string]site{}
	for _, w := range p.Workflows {
		if w.Name == "Main" {
			addSites(all, "", w.Body, nil)
		}
	}
	return all
}

func addSites(all map[string]site, prefix string, b *plan.Block, around []place) {
	for _, n := range b.Nodes {
		way := append(around[:len(around):len(around)], place{n, b})
		if c, ok := n.Op.(*plan.Call); ok {
			if c.Tool != nil {
				all[prefix+n.Path] = site{way: way}
			} else {
				addSites(all, prefix+n.Path+".", c.Workflow.Body, way)
			}
			if c.Undo != nil && c.Undo.Tool != nil {
				all[prefix+c.Undo.Path] = site{way, c.Undo}
			}
		}
		for _, inner := range plan.Blocks(n.Op) {
			addSites(all, prefix, inner, way)
		}
	}
}

// An instance is a site in certain rounds.
type instance struct {
	site
	// marks are what tells its id from the site's path: the rounds around it, each an index
	// in brackets, and the attempts at sub-workflows and tries, each behind an @ or, the first,
	// empty.
	marks []string
}

var mark = regexp.MustCompile(`\[("(?:[^"\\]|\\.)*"|[^\]]*)\]|@\d+`)

// pathOf is the path of the site that an id is of.
func pathOf(id string) string {
	return mark.ReplaceAllStringFunc(id, func(m string) string {
		if m[0] == '@' {
			return ""
		}
		return "[]"
	})
}

// at finds what an id is of.
func at(all map[string]site, id string) (instance, error) {
	s, ok := all[pathOf(id)]
	if !ok {
		return instance{}, fmt.Errorf("the plan has no step %s", id)
	}
	return instance{s, s.marks(id)}, nil
}

// marks are those of an id of the site.
func (s site) marks(id string) (marks []string) {
	var indexes []string
	attempts := map[string]string{} // by the paths of the sub-workflows' calls, and of the tries
	for _, at := range mark.FindAllStringIndex(id, -1) {
		if m := id[at[0]:at[1]]; m[0] == '@' {
			attempts[pathOf(id[:at[0]])] = m
		} else {
			indexes = append(indexes, m)
		}
	}
	path := ""
	for k, p := range s.way[:len(s.way)-1] {
		if !rounds(p.node.Op, s.way[k+1].block) {
			continue
		}
		switch p.node.Op.(type) {
		case *plan.Call:
			path += p.node.Path
			marks = append(marks, attempts[path])
			path += "."
		case *plan.Try:
			marks = append(marks, attempts[path+p.node.Path])
		default:
			marks, indexes = append(marks, indexes[0]), indexes[1:]
		}
	}
	return marks
}

// before tells whether the plan has a end before b begins: because of what both are in
// the same block of, or because of the rounds that they are in.
func (a instance) before(b instance) bool {
	am, bm := a.marks, b.marks
	for k := range min(len(a.way), len(b.way)) {
		x, y := a.way[k], b.way[k]
		if x.block != y.block {
			return earlier(a.way[k-1].node.Op, x.block, y.block)
		}
		if x.node != y.node {
			return after(y.node, x.node)
		}
		last := k+1 == len(a.way) || k+1 == len(b.way)
		if last {
			break
		}
		if rounds(x.node.Op, a.way[k+1].block) != rounds(y.node.Op, b.way[k+1].block) {
			continue // the blocks differ
		}
		if !rounds(x.node.Op, a.way[k+1].block) {
			continue
		}
		i, j := am[0], bm[0]
		am, bm = am[1:], bm[1:]
		if i != j {
			loop, ok := x.node.Op.(*plan.For)
			return !(ok && loop.Parallel) && indexBefore(i, j)
		}
	}
	return len(a.way) < len(b.way) // a call, and what is in its else
}

// above tells whether a and b may run side by side and a is written above b: in branches
// of the same parallel, or in rounds of the same loop.
func (a instance) above(b instance) bool {
	am, bm := a.marks, b.marks
	for k := range min(len(a.way), len(b.way)) {
		x, y := a.way[k], b.way[k]
		if x.node != y.node {
			if x.block != y.block || k == 0 {
				return false
			}
			_, beside := a.way[k-1].node.Op.(*plan.Parallel)
			return beside && slices.Index(x.block.Nodes, x.node) < slices.Index(x.block.Nodes, y.node)
		}
		if k+1 == len(a.way) || k+1 == len(b.way) || a.way[k+1].block != b.way[k+1].block {
			return false
		}
		if !rounds(x.node.Op, a.way[k+1].block) {
			continue
		}
		i, j := am[0], bm[0]
		am, bm = am[1:], bm[1:]
		if i != j {
			loop, ok := x.node.Op.(*plan.For)
			return ok && loop.Parallel && indexBefore(i, j)
		}
	}
	return false
}

// rounds tells whether a block of an operation is run more than once.
func rounds(op plan.Op, b *plan.Block) bool {
	switch op := op.(type) {
	case *plan.For:
		return true
	case *plan.Loop:
		return b == op.Body
	case *plan.Call:
		return op.Workflow != nil && b == op.Workflow.Body
	case *plan.Try:
		return op.Retry != nil && b == op.Body
	}
	return false
}

// indexBefore compares two marks of the same loop: numbers, or keys in quotes.
func indexBefore(a, b string) bool {
	number := func(m string) (int, bool) {
		n, err := strconv.Atoi(strings.Trim(m, "[]@"))
		return n, err == nil
	}
	i, ok := number(a)
	if j, too := number(b); ok && too {
		return i < j
	}
	return cmp.Less(a, b)
}

// earlier tells whether a block of an operation is run before another.
func earlier(op plan.Op, a, b *plan.Block) bool {
	switch op := op.(type) {
	case *plan.Try:
		return a == op.Body && op.Else != nil && b == op.Else.Body
	case *plan.Loop:
		return a == op.Body && b == op.Else
	case *plan.Call:
		return op.Workflow != nil && a == op.Workflow.Body
	}
	return false
}

// inOrder holds the calls of a run against the plan: none begins before all that the plan
// has before it have ended, and the attempts of a step follow one another.
func inOrder(p *program, o outcome) error {
	all := sites(p.plan)
	var steps []call
	var of []instance
	for _, c := range o.Calls {
		if c.End == 0 {
			return fmt.Errorf("%s (%s) goes on when the workflow has ended", c.Step, c.Text)
		}
		if c.Step == "" {
			continue
		}
		i, err := at(all, c.Step)
		if err != nil {
			return err
		}
		if i.undo == nil {
			steps, of = append(steps, c), append(of, i)
		}
	}
	for i, a := range steps {
		for j, b := range steps[i+1:] {
			switch {
			case of[i+1+j].before(of[i]):
				return fmt.Errorf("%s (%s) begins before %s (%s), which the plan has before it", a.Step, a.Text, b.Step, b.Text)
			case a.End > b.Begin && (a.Step == b.Step || of[i].before(of[i+1+j])):
				return fmt.Errorf("%s (%s) begins before %s (%s) has ended", b.Step, b.Text, a.Step, a.Text)
			}
		}
	}
	return nil
}
