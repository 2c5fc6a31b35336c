package checker_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

// patience is how long the check of a small text may take on a busy machine.
const patience = 5 * time.Second

// FuzzCheck: whatever the text, the check ends, soon, without a panic, with
// diagnostics that have a place in the text and can be shown.
func FuzzCheck(f *testing.F) {
	for _, p := range soundPackages(f) {
		for _, file := range p.files {
			f.Add(string(file.Data))
		}
	}
	for _, path := range matching(f, "testdata/*.txtar") {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if strings.HasSuffix(file.Name, ".wf") {
				f.Add(string(file.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, faults := parser.Parse("f.wf", []byte(text))
		began := time.Now()
		var around checker.Around
		if len(faults) == 0 {
			around.Steps = plan.Steps
		}
		prog, ds := checker.CheckIn([]*dsl.File{file}, around)
		if took := time.Since(began); took > patience {
			t.Errorf("took %v", took)
		}
		if prog == nil || prog.Info == nil {
			t.Fatal("no program")
		}
		for _, d := range ds {
			if strings.Contains(d.Message, "internal error") || d.Code == "" {
				t.Fatal(d.Message)
			}
			if d.Span.Start < 0 || d.Span.End < d.Span.Start || d.Span.End > len(text) {
				t.Errorf("%s: span %v of %d bytes", d.Message, d.Span, len(text))
			}
			if d.Message == "" || strings.HasSuffix(d.Message, ".") {
				t.Errorf("the message %q", d.Message)
			}
		}
		rendered(diag.Sorted(append(faults, ds...)))
	})
}
