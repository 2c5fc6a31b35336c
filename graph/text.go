package graph

import (
	"bufio"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wfgen/wfgen/plan"
)

// writeText writes a table for each workflow, the steps of a block indented under
// it.
func writeText(w *bufio.Writer, workflows []*plan.Workflow) {
	for i, wf := range workflows {
		if i > 0 {
			fmt.Fprintln(w)
		}
		t := &table{rows: [][]string{{"step", "line", "does", "effect", "group", "chain", "after", "owed"}}}
		t.block(wf.Body, 0)
		fmt.Fprintf(w, "workflow %s (%s:%d): %s, %s", wf.Name, wf.Pos.File, wf.Pos.Line,
			count(len(t.rows)-1, "step"), count(max(wf.Body.Schedule.Width, 1), "chain"))
		if wf.AtOnce != nil {
			w.WriteString(", " + wf.Limit())
		}
		fmt.Fprintln(w)
		if len(t.rows) > 1 {
			t.write(w)
		}
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// A table is rows of cells; the first row is the header.
type table struct{ rows [][]string }

func (t *table) block(b *plan.Block, depth int) {
	for _, n := range steps(b) {
		t.rows = append(t.rows, []string{
			strings.Repeat("  ", depth) + n.Path, fmt.Sprint(n.Pos.Line), does(n), n.Effect.String(),
			fmt.Sprint(n.Group), fmt.Sprint(n.Chain),
			orNone(paths(n.After)), orNone(n.Owed),
		})
		for _, inner := range branches(n) {
			t.block(inner.block, depth+1)
		}
	}
}

func orNone(items []string) string {
	if len(items) == 0 {
		return "-"
	}
	return strings.Join(items, " ")
}

// write aligns the columns.
func (t *table) write(w *bufio.Writer) {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString("  " + cell)
			line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}
