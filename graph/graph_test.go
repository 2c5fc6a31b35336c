package graph_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/graph"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

func compiled(t testing.TB, name string, text []byte) *plan.Program {
	t.Helper()
	file, ds := parser.Parse(name, text)
	prog, more := checker.Check([]*dsl.File{file}, "")
	if ds = append(ds, more...); diag.HasErrors(ds) {
		var buf bytes.Buffer
		diag.Render(&buf, ds, false)
		t.Fatal(buf.String())
	}
	return plan.Make(prog)
}

// sources are the programs that every format is tried on.
func sources(t *testing.T) map[string]*plan.Program {
	out := map[string]*plan.Program{"long": compiled(t, "long.wf", long(400))}
	for _, pattern := range []string{"testdata/*.wf", "testdata/*/*.wf", "../examples/*/*.wf"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			out[path] = compiled(t, path, text)
		}
	}
	paths, _ := filepath.Glob("../plan/testdata/*.txtar")
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[path] = compiled(t, a.Files[0].Name, a.Files[0].Data)
	}
	return out
}

// long is a workflow of many steps, some side by side.
func long(n int) []byte {
	var b strings.Builder
	b.WriteString("package long\ntool Read(n int) int readonly\ntool Do(n int)\nworkflow Long() {\n")
	for i := range n {
		fmt.Fprintf(&b, "\tx%d := Read(%d)\n", i, i)
		if i%5 == 4 {
			fmt.Fprintf(&b, "\tDo(x%d + x%d)\n", i, i-3)
		}
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

func write(t *testing.T, p *plan.Program, format string) string {
	t.Helper()
	var buf bytes.Buffer
	if err := graph.Write(&buf, p, p.Workflows, format); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/small.wf")
	if err != nil {
		t.Fatal(err)
	}
	p := compiled(t, "small.wf", text)
	for _, format := range graph.Formats {
		t.Run(format, func(t *testing.T) {
			archive.Compare(t, "testdata/small."+format, []byte(write(t, p, format)))
		})
	}
}

// TestPicture holds the picture in the README to the example that it shows.
func TestPicture(t *testing.T) {
	const path = "../examples/fulfil/fulfil.wf"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	archive.Compare(t, "../docs/fulfil.svg", []byte(write(t, compiled(t, "fulfil.wf", text), "svg")))
}

// TestFormatsAreSound reads back what is written, as far as that goes without the
// programs that it is written for.
func TestFormatsAreSound(t *testing.T) {
	for name, p := range sources(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			checkXML(t, write(t, p, "svg"))
			checkJSON(t, write(t, p, "json"), len(p.Workflows))
			checkBalance(t, write(t, p, "dot"), "{", "}")
			checkMermaid(t, write(t, p, "mermaid"))
			for _, format := range graph.Formats {
				if first, again := write(t, p, format), write(t, p, format); first != again {
					t.Errorf("%s isn't the same twice", format)
				}
			}
		})
	}
}

func checkXML(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	seen := map[string]int{}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			if seen["script"]+seen["foreignObject"] > 0 || seen["desc"] != 1 || seen["title"] == 0 {
				t.Errorf("unsound elements: %v", seen)
			}
			return
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		seen[e.Name.Local]++
		for _, a := range e.Attr {
			if name := a.Name.Local; strings.HasPrefix(name, "on") || name == "href" || name == "src" {
				t.Errorf("<%s> has %s", e.Name.Local, name)
			}
		}
	}
}

// A step is what a reader of the JSON sees.
type step struct {
	ID, Kind, Name, Effect string
	Line, Group, Chain     int
	After, Owed            []string
	Body                   []step
	Models                 []string
}

func checkJSON(t *testing.T, text string, workflows int) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	for range workflows {
		var w struct {
			Workflow, File string
			Steps          []step
		}
		if err := d.Decode(&w); err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		seen := map[string]bool{}
		checkSteps(t, w.Steps, seen)
	}
	if d.More() {
		t.Error("more objects than workflows")
	}
}

func checkSteps(t *testing.T, steps []step, seen map[string]bool) {
	t.Helper()
	here := map[string]bool{}
	for _, s := range steps {
		if seen[s.ID] || s.Line == 0 || s.Kind == "" || s.Owed == nil || s.After == nil || (s.Kind == "agent") != (len(s.Models) > 0) {
			t.Errorf("unsound step %+v", s)
		}
		for _, p := range s.After {
			if !here[p] {
				t.Errorf("%s waits for %s, which isn't above it", s.ID, p)
			}
		}
		seen[s.ID], here[s.ID] = true, true
		checkSteps(t, s.Body, seen)
	}
}

// checkBalance counts brackets outside of strings.
func checkBalance(t *testing.T, text, open, end string) {
	t.Helper()
	depth, in := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i : i+1]; {
		case in && c == `\`:
			i++
		case c == `"`:
			in = !in
		case !in && c == open:
			depth++
		case !in && c == end:
			depth--
		}
	}
	if depth != 0 || in {
		t.Errorf("unbalanced:\n%s", text)
	}
}

func checkMermaid(t *testing.T, text string) {
	t.Helper()
	depth := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "subgraph "):
			depth++
		case line == "end":
			depth--
		}
		if strings.Count(line, `"`)%2 != 0 || strings.Contains(line, "<tag>") {
			t.Errorf("unsound line %s", line)
		}
	}
	if depth != 0 {
		t.Errorf("unbalanced:\n%s", text)
	}
}

func TestUnknownFormat(t *testing.T) {
	err := graph.Write(io.Discard, &plan.Program{}, nil, "png")
	if err == nil || !strings.Contains(err.Error(), `"png"`) {
		t.Errorf("got %v", err)
	}
}

func TestNoWorkflows(t *testing.T) {
	for _, format := range graph.Formats {
		if err := graph.Write(io.Discard, &plan.Program{}, nil, format); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}
