package graph

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// A dot writes a graph for Graphviz.
type dot struct {
	w     *bufio.Writer
	count int
	// in and out are where the edges to and from a step end. A cluster can't be
	// the end of an edge, so one has a point at its top and its bottom.
	in, out map[*plan.Node]string
	edges   []string
}

// writeDot writes one digraph: a cluster for each workflow and for each step that
// holds others.
func writeDot(w *bufio.Writer, p *plan.Program, workflows []*plan.Workflow) {
	d := &dot{w: w, in: map[*plan.Node]string{}, out: map[*plan.Node]string{}}
	fmt.Fprintf(w, "digraph %s {\n", dotText(p.Package))
	fmt.Fprintln(w, "  compound=true; rankdir=TB; fontname=\"monospace\";")
	fmt.Fprintln(w, "  node [shape=box, style=\"rounded,filled\", fontname=\"monospace\", fontsize=11];")
	for _, wf := range workflows {
		d.cluster(d.next(), wf.Name, "  ", func(indent string) { d.block(wf.Body, indent) })
	}
	for _, e := range d.edges {
		fmt.Fprintln(w, "  "+e)
	}
	fmt.Fprintln(w, "}")
}

func (d *dot) next() string {
	d.count++
	return fmt.Sprintf("n%d", d.count)
}

func (d *dot) cluster(id, label, indent string, body func(indent string)) {
	fmt.Fprintf(d.w, "%ssubgraph cluster_%s {\n%s  label=%s; style=rounded;\n", indent, id, indent, dotText(label))
	body(indent + "  ")
	fmt.Fprintln(d.w, indent+"}")
}

func (d *dot) block(b *plan.Block, indent string) {
	for _, n := range steps(b) {
		d.step(n, indent)
		for _, p := range n.After {
			d.edges = append(d.edges, fmt.Sprintf("%s -> %s%s;", d.out[p], d.in[n], d.ends(p, n)))
		}
	}
}

// ends makes an edge end at the border of the clusters that it connects.
func (d *dot) ends(from, to *plan.Node) string {
	var attrs []string
	if d.in[from] != d.out[from] {
		attrs = append(attrs, "ltail=cluster_"+strings.TrimSuffix(d.in[from], "_in"))
	}
	if d.in[to] != d.out[to] {
		attrs = append(attrs, "lhead=cluster_"+strings.TrimSuffix(d.in[to], "_in"))
	}
	if len(attrs) == 0 {
		return ""
	}
	return " [" + strings.Join(attrs, ", ") + "]"
}

func (d *dot) step(n *plan.Node, indent string) {
	id := d.next()
	inner := branches(n)
	if len(inner) == 0 {
		d.in[n], d.out[n] = id, id
		fmt.Fprintf(d.w, "%s%s [label=%s, fillcolor=%q, color=%q];\n", indent, id, dotText(label(n)), fills[n.Effect], strokes[n.Effect])
		return
	}
	d.in[n], d.out[n] = id+"_in", id+"_out"
	d.cluster(id, label(n), indent, func(indent string) {
		fmt.Fprintf(d.w, "%s%s_in [shape=point, style=invis]; %s_out [shape=point, style=invis];\n", indent, id, id)
		for _, b := range inner {
			if b.label == "" {
				d.block(b.block, indent)
			} else {
				d.cluster(d.next(), b.label, indent, func(indent string) { d.block(b.block, indent) })
			}
			d.hold(n, b.block)
		}
	})
}

// hold keeps a block's steps between the points at a cluster's top and bottom.
func (d *dot) hold(n *plan.Node, b *plan.Block) {
	followed := map[*plan.Node]bool{}
	for _, s := range steps(b) {
		for _, p := range s.After {
			followed[p] = true
		}
	}
	for _, s := range steps(b) {
		if len(s.After) == 0 {
			d.edges = append(d.edges, fmt.Sprintf("%s -> %s [style=invis];", d.in[n], d.in[s]))
		}
		if !followed[s] {
			d.edges = append(d.edges, fmt.Sprintf("%s -> %s [style=invis];", d.out[s], d.out[n]))
		}
	}
}

// dotText is a string as Graphviz reads it.
func dotText(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", " ").Replace(s)
	return `"` + s + `"`
}
