package graph

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

func workflows(t *testing.T, path string, text []byte) []*plan.Workflow {
	t.Helper()
	file, ds := parser.Parse(path, text)
	prog, more := checker.Check([]*dsl.File{file}, "")
	if ds = append(ds, more...); diag.HasErrors(ds) {
		t.Fatal(ds)
	}
	return plan.Make(prog).Workflows
}

// TestLayout: boxes are inside their panels and don't overlap, what a step waits for is above it or
// in a column before, and no line crosses a box.
func TestLayout(t *testing.T) {
	paths, err := filepath.Glob("../examples/*/*.wf")
	if err != nil || len(paths) == 0 {
		t.Fatal("no examples", err)
	}
	for _, path := range append(paths, "testdata/small.wf", "testdata/large/large.wf") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range workflows(t, path, text) {
			checkPanel(t, drawn(w))
		}
	}
	for _, w := range workflows(t, "deep.wf", []byte(deep(80))) {
		checkPanel(t, drawn(w))
	}
	for name, text := range map[string]string{"fan": fan(24), "lattice": lattice(12), "ladder": ladder(70)} {
		for _, w := range workflows(t, name+".wf", []byte(text)) {
			p := drawn(w)
			checkPanel(t, p)
			if p.width > maxWidth+200 {
				t.Errorf("%s is %d pixels wide", name, p.width)
			}
		}
	}
}

// deep is a chain of ifs, of which each else holds the next.
func deep(n int) string {
	text := "T(n)"
	for i := range n {
		text = fmt.Sprintf("if n == %d { T(%d) } else { %s }", i, i, text)
	}
	return "package p\ntool T(n int) idempotent\nworkflow Deep(n int) {\n\t" + text + "\n}\n"
}

// fan is one step that many wait for, and one that waits for them.
func fan(n int) string {
	var b strings.Builder
	b.WriteString("package p\ntool First() int readonly\ntool Read(n int) int readonly\ntool Last(n int)\nworkflow Fan() {\n\tn := First()\n")
	sum := "n"
	for i := range n {
		fmt.Fprintf(&b, "\tx%d := Read(n + %d)\n", i, i)
		sum += fmt.Sprintf(" + x%d", i)
	}
	return b.String() + "\tLast(" + sum + ")\n}\n"
}

// lattice has steps of which each waits for one just above it and one far above.
func lattice(n int) string {
	var b strings.Builder
	b.WriteString("package p\ntool Read(n int) int readonly\ntool Use(n int)\nworkflow Lattice() {\n\tx0 := Read(0)\n\ty0 := Read(1)\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "\tx%d := Read(x%d + y%d)\n\ty%d := Read(y%d + x%d)\n", i, i-1, i/2, i, i-1, i/3)
	}
	return b.String() + fmt.Sprintf("\tUse(x%d + y%d)\n}\n", n-1, n-1)
}

// ladder is one step after the other.
func ladder(n int) string {
	return "package p\ntool Do(n int)\nworkflow Ladder() {\n" + strings.Repeat("\tDo(1)\n", n) + "}\n"
}

func checkPanel(t *testing.T, p *panel) {
	t.Helper()
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
			if a := p.at[n]; a.y+a.height >= b.y && (!p.wrapped || a.x >= b.x) {
				t.Errorf("%s isn't below %s, nor right of it", b.node.Path, n.Path)
			}
		}
		for j, inner := range b.panels {
			if inner.x < 0 || inner.x+inner.width > b.width || inner.y < headHeight(b) || inner.y+inner.height > b.height {
				t.Errorf("a block of %s sticks out of it", b.node.Path)
			}
			for _, other := range b.panels[:j] {
				if inner.x < other.x+other.width && other.x < inner.x+inner.width && inner.y < other.y+other.height && other.y < inner.y+inner.height {
					t.Errorf("blocks of %s cover each other", b.node.Path)
				}
			}
			checkPanel(t, inner)
		}
	}
	arrows := map[point]bool{}
	for _, l := range p.lines {
		for _, at := range along(l) {
			for _, b := range p.boxes {
				if at.x > b.x && at.x < b.x+b.width && at.y > b.y && at.y < b.y+b.height {
					t.Errorf("a line crosses %s", b.node.Path)
				}
			}
		}
		if l.arrow {
			arrows[l.points[len(l.points)-1]] = true
		}
	}
	for _, b := range p.boxes {
		if got := arrows[point{b.x + b.width/2, b.y}]; got != (len(b.node.After) > 0) {
			t.Errorf("an arrow to %s: %v", b.node.Path, got)
		}
	}
}

// along are points of a line, close together.
func along(l line) (all []point) {
	for i, to := range l.points[1:] {
		from := l.points[i]
		for n := range 41 {
			x, y := (from.x*(40-n)+to.x*n)/40, (from.y*(40-n)+to.y*n)/40
			all = append(all, point{x, y})
		}
	}
	return all
}

// TestNotWhite: most of a drawing of many steps is steps, and it is about as wide as high.
func TestNotWhite(t *testing.T) {
	for _, path := range []string{"testdata/large/large.wf", "ladder"} {
		text := []byte(ladder(60))
		if path != "ladder" {
			var err error
			if text, err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
		p := drawn(workflows(t, path, text)[0])
		covered := 0
		for _, b := range p.boxes {
			covered += b.width * b.height
		}
		if share := covered * 100 / (p.width * p.height); share < 30 {
			t.Errorf("%s: steps cover %d %% of the drawing", path, share)
		}
		if p.width*2 < p.height || p.height*2 < p.width {
			t.Errorf("%s: %d by %d pixels", path, p.width, p.height)
		}
	}
}

// TestArms: the blocks of a step that has several say which they are.
func TestArms(t *testing.T) {
	text := `package p
tool A() int
tool B() int
workflow W() int {
	x := race {
		first: A()
		second: {
			wait 1m
			B()
		}
	}
	try { A() } else { B() }
	y := loop n := 0 max 3 { continue A() } else { B() }
	return x + y
}
`
	var labels []string
	for _, b := range drawn(workflows(t, "w.wf", []byte(text))[0]).boxes {
		for _, p := range b.panels {
			labels = append(labels, p.label)
		}
	}
	if got := strings.Join(labels, " "); got != "first second try else round else" {
		t.Errorf("got %s", got)
	}
}

// TestShows: what decides about blocks is said as the source has it, where that is short.
func TestShows(t *testing.T) {
	text := `package p
enum Tier { basic, gold }
type Order { items []string, note string?, tier Tier, total float64 }
tool Do(n int) int
workflow W(order Order) int {
	if order.total * (order.total + 1.0) > 100.0 && (order.tier == Tier.gold || len(order.items) == 0) { Do(1) }
	if order.note != none { Do(2) }
	if (order.note ?? "none") == "x" { Do(3) }
	if order.items[0] in ["a", "b"] { Do(4) }
	match order.tier {
		gold => { Do(5) }
		basic => { Do(6) }
	}
	for item in order.items where item != "" parallel 4 { Do(len(item)) }
	return 1
}
`
	want := []string{
		"if order.total * (order.total + 1) > 100 && (order.tier == gold || len(order.items) == 0)",
		"if order.note != none",
		`if (order.note ?? "none") == "x"`,
		"if order.items[0] in …",
		"match order.tier",
		`for item in order.items where item != "", parallel 4`,
	}
	var got []string
	for _, n := range workflows(t, "w.wf", []byte(text))[0].Body.Nodes {
		if len(branches(n)) > 0 {
			got = append(got, shows(n))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
