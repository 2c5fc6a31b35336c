package graph

import (
	"os"
	"testing"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

// TestLayout: boxes are inside their panels, don't overlap, and are below what
// they wait for.
func TestLayout(t *testing.T) {
	for _, path := range []string{"testdata/small.wf", "../examples/fulfil/fulfil.wf", "../examples/etl/etl.wf", "../examples/incident/incident.wf"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Skip(err)
		}
		file, _ := parser.Parse(path, text)
		prog, ds := checker.Check([]*dsl.File{file}, "")
		if diag.HasErrors(ds) {
			t.Fatal(ds)
		}
		for _, w := range plan.Make(prog).Workflows {
			checkPanel(t, layOut(w.Name, w.Body))
		}
	}
}

func checkPanel(t *testing.T, p *panel) {
	for i, b := range p.boxes {
		if b.x < 0 || b.y < 0 || b.x+b.width > p.width || b.y+b.height > p.height {
			t.Errorf("%s sticks out of its panel", b.node.Path)
		}
		for _, c := range p.boxes[:i] {
			if b.x < c.x+c.width && c.x < b.x+b.width && b.y < c.y+c.height && c.y < b.y+b.height {
				t.Errorf("%s covers %s", b.node.Path, c.node.Path)
			}
		}
		for _, n := range b.node.After {
			if p.at[n].row >= b.row {
				t.Errorf("%s isn't below %s", b.node.Path, n.Path)
			}
		}
		width := padding
		for _, inner := range b.panels {
			width += inner.width + padding
			checkPanel(t, inner)
		}
		if width > b.width+0.1 {
			t.Errorf("the blocks of %s are wider than it", b.node.Path)
		}
	}
}
