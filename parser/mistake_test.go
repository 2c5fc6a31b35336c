package parser

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// A mistake is a text with the diagnostics that it gets.
type mistake struct {
	text string
	want []string
}

// shown is a diagnostic on one line: its place, what it points at, its text.
func shown(file *dsl.File, d diag.Diagnostic) string {
	at := file.Source.Position(d.Span.Start)
	s := fmt.Sprintf("%d:%d %s ‹%s› %s", at.Line, at.Col, d.Code, file.Source.Text[d.Span.Start:d.Span.End], d.Message)
	if d.Help != "" {
		s += "; help: " + d.Help
	}
	for _, l := range d.Labels {
		at := file.Source.Position(l.Span.Start)
		s += fmt.Sprintf("; %d:%d %s", at.Line, at.Col, l.Text)
	}
	return s
}

func faults(text string) []string {
	file, found := Parse("x.wf", []byte(text))
	var out []string
	for _, d := range found {
		out = append(out, shown(file, d))
	}
	return out
}

func TestMistakes(t *testing.T) {
	for _, c := range mistakes {
		if diff := cmp.Diff(c.want, faults("package p\nworkflow W() {\n"+c.text+"\n}\n")); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
}

func TestDeclMistakes(t *testing.T) {
	for _, c := range declMistakes {
		if diff := cmp.Diff(c.want, faults(c.text)); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
}
