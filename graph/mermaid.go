package graph

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// A mermaid writes a flowchart. Steps go by numbers, since an id of Mermaid's
// can't hold what a step's can.
type mermaid struct {
	w     *bufio.Writer
	count int
	ids   map[*plan.Node]string
	edges []string
}

// writeMermaid writes one flowchart: a subgraph for each workflow and for each
// step that holds others.
func writeMermaid(w *bufio.Writer, workflows []*plan.Workflow) {
	m := &mermaid{w: w, ids: map[*plan.Node]string{}}
	fmt.Fprintln(w, "flowchart TD")
	for _, wf := range workflows {
		m.subgraph(m.next(), wf.Name, "  ", func(indent string) { m.block(wf.Body, indent) })
	}
	for _, e := range m.edges {
		fmt.Fprintln(w, "  "+e)
	}
	for _, effect := range []plan.Effect{plan.PureEffect, plan.Readonly, plan.Idempotent, plan.Once} {
		fmt.Fprintf(w, "  classDef %s fill:%s,stroke:%s,color:#1f2328\n", effect, fills[effect], strokes[effect])
	}
}

func (m *mermaid) next() string {
	m.count++
	return fmt.Sprintf("n%d", m.count)
}

func (m *mermaid) subgraph(id, label, indent string, body func(indent string)) {
	fmt.Fprintf(m.w, "%ssubgraph %s[\"%s\"]\n", indent, id, mermaidText(label))
	body(indent + "  ")
	fmt.Fprintf(m.w, "%send\n", indent)
}

func (m *mermaid) block(b *plan.Block, indent string) {
	for _, n := range steps(b) {
		m.ids[n] = m.next()
		m.step(n, indent)
		for _, p := range n.After {
			m.edges = append(m.edges, m.ids[p]+" --> "+m.ids[n])
		}
	}
}

func (m *mermaid) step(n *plan.Node, indent string) {
	inner := branches(n)
	if len(inner) == 0 {
		fmt.Fprintf(m.w, "%s%s[\"%s\"]:::%s\n", indent, m.ids[n], mermaidText(label(n)), n.Effect)
		return
	}
	m.subgraph(m.ids[n], label(n), indent, func(indent string) {
		for _, b := range inner {
			if b.label == "" {
				m.block(b.block, indent)
				continue
			}
			m.subgraph(m.next(), b.label, indent, func(indent string) { m.block(b.block, indent) })
		}
	})
}

// label is a step's id and, where it says more, what the step does.
func label(n *plan.Node) string {
	if d := does(n); d != n.Path {
		return n.Path + "\n" + d
	}
	return n.Path
}

// mermaidText escapes a label. Mermaid takes #…; for characters, and < and > for
// HTML.
func mermaidText(s string) string {
	return strings.NewReplacer(
		"#", "#35;", `"`, "#quot;", "&", "#amp;", "<", "#lt;", ">", "#gt;", "`", "#96;", `\`, "#92;",
		"\n", "<br/>", "\r", " ",
	).Replace(s)
}
