package docs

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/graph"
	"github.com/wfgen/wfgen/plan"
)

// around is what the rows of the table of step ids stand in, in the place of LINES.
const around = `package steps

enum Tier { gold, basic }
error Declined { reason string }
event Paid(order string) { sum int = 1 }

tool Quote(n int) int                       readonly
tool Book(what string) string               idempotent
tool Cancel(booking string)                 idempotent
tool Charge(id string, sum int) string      idempotent  fails Declined
tool Improve(n int) int                     idempotent
tool Ship(item string)                      idempotent
tool Mail(text string)                      idempotent

func text(n int) string { "no. ${n}" }

workflow Invoice(n int) int {
	total := Quote(n)
	return total
}

workflow Row(xs []string, votes map[string]int, tier Tier, c bool, n int, other string, open any) {
LINES
}
`

// row is one of the table of step ids: what stands in the source, and the ids.
var row = regexp.MustCompile("(?m)^\\| [^|]+ \\| `([^|]+)` \\| (`[^|]+`) \\|$")

// TestStepIDs holds the table of step ids in language.md to what the plan gives.
func TestStepIDs(t *testing.T) {
	text, err := os.ReadFile("language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Step ids\n")
	section, _, _ = strings.Cut(section, "\n## ")
	rows := row.FindAllStringSubmatch(section, -1)
	if want := strings.Count(section, "\n| ") - 2; len(rows) != want || len(rows) == 0 {
		t.Fatalf("%d of %d rows can be read", len(rows), want)
	}
	kinds := map[string]bool{}
	for _, r := range rows {
		source := r[1]
		var want []string
		for id := range strings.SplitSeq(r[2], ", ") {
			want = append(want, strings.Trim(id, "`"))
		}
		got := stepIDs(t, source, kinds)
		slices.Sort(want)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s\nhas the steps %q, and the table says %q", source, got, want)
		}
	}
	_, listed, _ := strings.Cut(string(text), "\n| `kind` | `")
	listed, _, _ = strings.Cut(listed, "`")
	for kind := range strings.FieldsSeq(listed) {
		if !kinds[kind] {
			t.Errorf("no row has a step of kind %s", kind)
		}
	}
}

// stepIDs are the ids of the steps of a workflow with these lines. It notes their kinds.
func stepIDs(t *testing.T, lines string, kinds map[string]bool) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "steps.wf"), []byte(strings.Replace(around, "LINES", lines, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := compiler.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if p.HasErrors() {
		t.Errorf("%s: %v", lines, p.Diagnostics())
		return nil
	}
	program := p.Plan()
	for _, w := range program.Workflows {
		if w.Name == "Row" {
			noteKinds(t, program, w, kinds)
			return idsOf(w, "")
		}
	}
	return nil
}

// noteKinds notes which kinds of steps a workflow has, as wfgen graph names them.
func noteKinds(t *testing.T, p *plan.Program, w *plan.Workflow, kinds map[string]bool) {
	t.Helper()
	var b bytes.Buffer
	if err := graph.Write(&b, p, []*plan.Workflow{w}, "json"); err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"kind": ?"(\w+)"`).FindAllStringSubmatch(b.String(), -1) {
		kinds[m[1]] = true
	}
}

// idsOf are the ids of a workflow's steps, of their undos, and of the steps of the workflows
// that they call.
func idsOf(w *plan.Workflow, prefix string) []string {
	var ids []string
	plan.Inspect(w.Body, func(n *plan.Node) {
		ids = append(ids, prefix+n.Path)
		c, ok := n.Op.(*plan.Call)
		if !ok {
			return
		}
		if c.Undo != nil {
			ids = append(ids, prefix+c.Undo.Path)
		}
		if c.Workflow != nil {
			ids = append(ids, idsOf(c.Workflow, prefix+n.Path+".")...)
		}
	}, nil)
	return ids
}
