package diag

import (
	"io"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// A record is a diagnostic as RenderJSON writes it.
type record struct {
	place
	Code     Code    `json:"code"`
	Severity string  `json:"severity"`
	Message  string  `json:"message"`
	Help     string  `json:"help,omitempty"`
	Labels   []label `json:"labels,omitempty"`
}

type label struct {
	place
	Text string `json:"text"`
}

// A place is a span as RenderJSON writes it. It is empty for what is of no file.
type place struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Col     int    `json:"col,omitempty"`
	EndLine int    `json:"endLine,omitempty"`
	EndCol  int    `json:"endCol,omitempty"`
}

// RenderJSON writes diagnostics for programs to read, those that Render shows and in its
// order: each as a JSON object on a line of its own. Lines and columns count from 1,
// columns in characters; the end is the place after the last character. Where some are
// left out, a last object of the worst severity among them has no code and no place, and
// its message counts them.
func RenderJSON(w io.Writer, ds []Diagnostic) error {
	shown, left := cut(ds)
	for _, d := range shown {
		r := record{placeOf(d.Source, d.Span), d.Code, d.Severity.String(), d.Message, d.Help, nil}
		for _, l := range d.Labels {
			if l.Source == nil {
				l.Source = d.Source
			}
			r.Labels = append(r.Labels, label{placeOf(l.Source, l.Span), l.Text})
		}
		if err := foreign.Encode(w, r, ""); err != nil {
			return err
		}
	}
	if len(left) == 0 {
		return nil
	}
	return foreign.Encode(w, record{Severity: left[0].Severity.String(), Message: "not shown: " + count(left)}, "")
}

func placeOf(s *dsl.Source, at dsl.Span) place {
	if s == nil {
		return place{}
	}
	start, end := s.Position(at.Start), s.Position(at.End)
	return place{s.Path, start.Line, start.Col, end.Line, end.Col}
}
