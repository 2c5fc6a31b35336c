// Package graph shows what the compiler settled: the steps of a workflow, what
// each waits for, and which goroutine runs it. It reads a plan and writes text
// for people, JSON for programs, and diagrams as Mermaid, Graphviz dot and SVG.
// It needs no other program, and the same plan gives the same bytes.
package graph

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// Formats are the names of the formats that Write knows, the usual one first.
var Formats = []string{"text", "json", "mermaid", "dot", "svg"}

// Write writes workflows of p in one of the Formats.
//
// JSON is one object for each workflow, one after the other, each step on a line
// of its own. A diagram is one for all of them, with a box for each.
func Write(w io.Writer, p *plan.Program, workflows []*plan.Workflow, format string) error {
	out := bufio.NewWriter(w)
	switch format {
	case "text":
		writeText(out, workflows)
	case "json":
		writeJSON(out, workflows)
	case "mermaid":
		writeMermaid(out, workflows)
	case "dot":
		writeDot(out, p, workflows)
	case "svg":
		writeSVG(out, workflows)
	default:
		return fmt.Errorf("unknown format %q: want one of %s", format, strings.Join(sorted(Formats), ", "))
	}
	return out.Flush()
}

func sorted(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return out
}
