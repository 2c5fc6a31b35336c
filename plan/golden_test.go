package plan_test

import (
	"bytes"
	"fmt"
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

// compiled plans .wf files, which must be sound.
func compiled(t testing.TB, files ...txtar.File) *plan.Program {
	t.Helper()
	return plan.Make(checked(t, files...))
}

func checked(t testing.TB, files ...txtar.File) *checker.Program {
	t.Helper()
	var parsed []*dsl.File
	var all []diag.Diagnostic
	for _, f := range files {
		file, ds := parser.Parse(f.Name, f.Data)
		parsed, all = append(parsed, file), append(all, ds...)
	}
	prog, ds := checker.Check(parsed, "")
	if all = append(all, ds...); diag.HasErrors(all) {
		var buf bytes.Buffer
		diag.Render(&buf, all, false)
		t.Fatal(buf.String())
	}
	return prog
}

// TestGolden: an archive holds .wf files, the order that their plan has, and what
// its steps compute.
func TestGolden(t *testing.T) { archive.Test(t, planned) }

// planned is an archive with the sections that it should have.
func planned(t *testing.T, a *txtar.Archive) *txtar.Archive {
	out := &txtar.Archive{Comment: a.Comment}
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".wf") {
			out.Files = append(out.Files, f)
		}
	}
	p := compiled(t, out.Files...)
	var order bytes.Buffer
	if err := graph.Write(&order, p, p.Workflows, "text"); err != nil {
		t.Fatal(err)
	}
	out.Files = append(out.Files,
		txtar.File{Name: "order", Data: order.Bytes()}, txtar.File{Name: "exprs", Data: dump(p)})
	return out
}

// BenchmarkMake plans straight and wide workflows, to show how the work grows.
func BenchmarkMake(b *testing.B) {
	for _, shape := range []string{"Do(%d)", "_ := Read(%d)", "x%[1]d := Read(%[1]d)\n\tDo(x%[1]d)"} {
		for _, n := range []int{1000, 10000} {
			b.Run(fmt.Sprintf("%s/%d", strings.Fields(shape)[0], n), func(b *testing.B) {
				prog := checked(b, txtar.File{Name: "long.wf", Data: []byte(repeated(shape, n))})
				for b.Loop() {
					plan.Make(prog)
				}
			})
		}
	}
}

func repeated(shape string, n int) string {
	var text strings.Builder
	text.WriteString("package long\ntool Read(n int) int readonly\ntool Do(n int)\nworkflow Long() {\n")
	for i := range n {
		fmt.Fprintf(&text, "\t"+shape+"\n", i)
	}
	return text.String() + "}\n"
}
