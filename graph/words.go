package graph

import (
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// titleOf is what a drawing is called.
func titleOf(workflows []*plan.Workflow) string {
	var names []string
	for _, wf := range workflows {
		names = append(names, wf.Name)
	}
	what := "workflows "
	if len(names) == 1 {
		what = "workflow "
	}
	return what + strings.Join(names, ", ")
}

// inWords says what a drawing shows, for those who can't see it: each step, what it does, what it
// waits for, and in brackets the blocks inside it.
func inWords(workflows []*plan.Workflow) string {
	var b strings.Builder
	for _, wf := range workflows {
		fmt.Fprintf(&b, "Workflow %s:", wf.Name)
		blockInWords(&b, wf.Body)
		b.WriteString("\n")
	}
	return b.String()
}

func blockInWords(b *strings.Builder, block *plan.Block) {
	nodes := steps(block)
	if len(nodes) == 0 {
		b.WriteString(" no steps.")
	}
	for _, n := range nodes {
		b.WriteString(" " + n.ID)
		if d := shows(n); d != n.ID {
			fmt.Fprintf(b, " (%s)", d)
		}
		if len(n.After) > 0 {
			var ids []string
			for _, p := range n.After {
				ids = append(ids, p.ID)
			}
			b.WriteString(", after " + strings.Join(ids, " and "))
		}
		b.WriteString(".")
		for _, inner := range branches(n) {
			fmt.Fprintf(b, " [%s:", strings.TrimSpace(n.ID+" "+inner.label))
			blockInWords(b, inner.block)
			b.WriteString("]")
		}
	}
}
