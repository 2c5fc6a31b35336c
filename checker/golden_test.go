package checker_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

// The sections of a case that aren't sources.
const (
	wantedSection  = "diagnostics"
	packageSection = "gopackage" // the name of the Go package beside the files
)

// TestGolden: an archive holds the .wf files of a package and what is wrong with it.
func TestGolden(t *testing.T) { archive.Test(t, diagnosed) }

// TestCodes: each of the checker's codes has a case that shows it.
func TestCodes(t *testing.T) {
	var all strings.Builder
	for _, path := range archive.Paths(t) {
		for _, f := range archive.Read(t, path).Files {
			if f.Name == wantedSection {
				all.Write(f.Data)
			}
		}
	}
	for n := 20; n <= 48; n++ {
		if code := fmt.Sprintf(" WF%03d: ", n); !strings.Contains(all.String(), code) {
			t.Errorf("no case shows%s", code)
		}
	}
}

// diagnosed is an archive with the diagnostics that it should have.
func diagnosed(t *testing.T, a *txtar.Archive) *txtar.Archive {
	out := &txtar.Archive{Comment: a.Comment}
	var files []*dsl.File
	goPackage := ""
	for _, f := range a.Files {
		switch {
		case strings.HasSuffix(f.Name, ".wf"):
			file, faults := parser.Parse(f.Name, f.Data)
			if len(faults) > 0 {
				t.Errorf("the parser refuses it: %s", shown(faults))
			}
			files = append(files, file)
		case f.Name == packageSection:
			goPackage = strings.TrimSpace(string(f.Data))
		default:
			continue
		}
		out.Files = append(out.Files, f)
	}
	_, ds := checker.CheckIn(files, checker.Around{Package: goPackage, Steps: plan.Steps})
	for _, d := range ds {
		if d.Severity == diag.Warning && !d.Code.Warns() && d.Code != diag.BadAllow {
			t.Errorf("%s is a warning, and diag says that it can't be", d.Code)
		}
	}
	out.Files = append(out.Files, txtar.File{Name: wantedSection, Data: []byte(shown(ds))})
	return out
}

// shown writes diagnostics, each with the source that it marks.
func shown(ds []diag.Diagnostic) string {
	var b strings.Builder
	for _, d := range ds {
		fmt.Fprintf(&b, "%s: %s %s: %s\n  %s\n", place(d.Source, d.Span), d.Severity, d.Code, d.Message, marked(d.Source, d.Span))
		if d.Help != "" {
			fmt.Fprintf(&b, "  help: %s\n", d.Help)
		}
		for _, l := range d.Labels {
			fmt.Fprintf(&b, "  %s: %s\n", place(l.Source, l.Span), l.Text)
		}
	}
	return b.String()
}

func place(s *dsl.Source, at dsl.Span) string {
	if s == nil {
		return "-"
	}
	p := s.Position(at.Start)
	return fmt.Sprintf("%s:%d:%d", s.Path, p.Line, p.Col)
}

// marked is the source under a span, the first line of it.
func marked(s *dsl.Source, at dsl.Span) string {
	if s == nil {
		return "^"
	}
	text, _, more := strings.Cut(s.Text[at.Start:at.End], "\n")
	if more {
		text += " …"
	}
	return "^ " + text
}
