package compat_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/compat"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

// compiled plans a .wf file, which must be sound.
func compiled(t testing.TB, source []byte) *plan.Program {
	t.Helper()
	file, all := parser.Parse("flow.wf", source)
	prog, ds := checker.Check([]*dsl.File{file}, "")
	if all = append(all, ds...); diag.HasErrors(all) {
		var buf bytes.Buffer
		diag.Render(&buf, all, false)
		t.Fatalf("%s\n%s", buf.String(), source)
	}
	return plan.Make(prog)
}

// TestCompare: an archive holds what several changes have in common, common.wf, which begins
// each source, then pairs of sources, NAME.old and NAME.new, each followed by what Compare
// says of them.
func TestCompare(t *testing.T) { archive.Test(t, compared) }

func compared(t *testing.T, a *txtar.Archive) *txtar.Archive {
	out := &txtar.Archive{Comment: a.Comment}
	var common, before []byte
	for _, f := range a.Files {
		name, kind, _ := strings.Cut(f.Name, ".")
		switch kind {
		case "wf":
			common = f.Data
		case "old":
			before = f.Data
		case "new":
			out.Files = append(out.Files, f)
			old, now := compiled(t, slices.Concat(common, before)), compiled(t, slices.Concat(common, f.Data))
			reports := compat.Compare(compat.Source{Program: old}, compat.Source{Program: now})
			if again := written(t, old).Compare(compat.Source{Program: now}); !cmp.Equal(again, reports) {
				t.Errorf("%s: once the old source's baseline was written and read: %s", name, cmp.Diff(reports, again))
			}
			out.Files = append(out.Files, txtar.File{Name: name + ".report", Data: reported(reports)})
			continue
		default:
			continue
		}
		out.Files = append(out.Files, f)
	}
	return out
}

// written is the baseline of a source as a later process reads it.
func written(t testing.TB, p *plan.Program) *compat.Baseline {
	t.Helper()
	text := compat.Describe(compat.Source{Program: p}).Text()
	b, err := compat.ReadBaseline(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if again := b.Text(); !bytes.Equal(again, text) {
		t.Errorf("written again it is other than it was: %s", cmp.Diff(string(text), string(again)))
	}
	return b
}

func reported(reports []compat.Report) []byte {
	var b bytes.Buffer
	for _, r := range reports {
		line(&b, r.Workflow, r.Verdict, r.Reason)
		for _, p := range r.Positions {
			line(&b, "  "+p.Step, p.Verdict, p.Reason)
		}
	}
	return b.Bytes()
}

func line(b *bytes.Buffer, of string, v compat.Verdict, reason string) {
	fmt.Fprintln(b, strings.TrimRight(fmt.Sprintf("%s: %s: %s", of, v, reason), ": "))
}

// TestCompareDoubling: the steps of workflows that each call the one before twice would be
// too many to go through.
func TestCompareDoubling(t *testing.T) {
	source := func(arg string) compat.Source {
		var b bytes.Buffer
		b.WriteString("package p\ntool A(n int) int\nworkflow W0(n int) int {\n\tx := A(n)\n\treturn A(" + arg + ")\n}\n")
		for i := range 60 {
			fmt.Fprintf(&b, "workflow W%d(n int) int {\n\tx := W%d(n)\n\treturn W%[2]d(x)\n}\n", i+1, i)
		}
		return compat.Source{Program: compiled(t, b.Bytes())}
	}
	for arg, want := range map[string]compat.Verdict{"x": compat.Yes, "x + 1": compat.No} {
		reports := compat.Compare(source("x"), source(arg))
		last := reports[len(reports)-1]
		if last.Verdict != want || len(last.Positions) > 11000 {
			t.Errorf("%s: %s with %d positions, want %s", arg, last.Verdict, len(last.Positions), want)
		}
	}
}

// BenchmarkFingerprints and BenchmarkCompare take straight workflows, to show how the work
// grows.
func BenchmarkFingerprints(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := compiled(b, straight(n))
			for b.Loop() {
				compat.Fingerprints(p)
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	for _, n := range []int{300, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := compat.Source{Program: compiled(b, straight(n))}
			for b.Loop() {
				compat.Compare(p, p)
			}
		})
	}
}

func straight(n int) []byte {
	var b bytes.Buffer
	b.WriteString("package p\ntool A(n int) int\nworkflow W(n int) {\n\tx0 := A(n)\n")
	for i := range n {
		fmt.Fprintf(&b, "\tx%d := A(x%d + 1)\n", i+1, i)
	}
	b.WriteString("}\n")
	return b.Bytes()
}
