package graph

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// writeJSON writes an object for each workflow, laid out for people too: a line
// for each step.
func writeJSON(w *bufio.Writer, workflows []*plan.Workflow) {
	for _, wf := range workflows {
		fmt.Fprintf(w, `{"workflow": %s, "file": %s, `, quoted(wf.Name), quoted(wf.Pos.File))
		if wf.AtOnce != nil {
			fmt.Fprintf(w, `"limit": %s, `, quoted(wf.Limit()))
		}
		w.WriteString(`"steps": [`)
		jsonSteps(w, steps(wf.Body), "")
		fmt.Fprintln(w, "]}")
	}
}

func jsonSteps(w *bufio.Writer, nodes []*plan.Node, indent string) {
	for i, n := range nodes {
		if i > 0 {
			w.WriteString(",")
		}
		fmt.Fprintf(w, "\n%s  ", indent)
		jsonStep(w, n, indent+"  ")
	}
	if len(nodes) > 0 {
		fmt.Fprintf(w, "\n%s", indent)
	}
}

func jsonStep(w *bufio.Writer, n *plan.Node, indent string) {
	fmt.Fprintf(w, `{"id": %s, "kind": %s`, quoted(n.Path), quoted(kind(n)))
	if name := name(n); name != "" {
		fmt.Fprintf(w, `, "name": %s`, quoted(name))
	}
	if c, ok := n.Op.(*plan.Converse); ok {
		fmt.Fprintf(w, `, "models": %s`, list(models(c)))
	}
	fmt.Fprintf(w, `, "line": %d, "effect": %s, "after": %s, "group": %d, "chain": %d, "owed": %s`,
		n.Pos.Line, quoted(n.Effect.String()), list(paths(n.After)), n.Group, n.Chain, list(n.Owed))
	var inner []*plan.Node
	for _, b := range branches(n) {
		inner = append(inner, steps(b.block)...)
	}
	if len(inner) > 0 {
		w.WriteString(`, "body": [`)
		jsonSteps(w, inner, indent)
		w.WriteString("]")
	}
	w.WriteString("}")
}

func list(items []string) string {
	var all []string
	for _, s := range items {
		all = append(all, quoted(s))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// quoted is a string in JSON, with < and the like as they are.
func quoted(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic("internal error: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}
