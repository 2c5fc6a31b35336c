// Package diag says what is wrong with a source: it holds the diagnostics that
// the parser and the checker make, the table of their codes, and the renderer
// that shows them to a person. A diagnostic is a value; nothing here stops
// anything, and nothing here reads files.
package diag

import (
	"cmp"
	"slices"

	"github.com/wfgen/wfgen/dsl"
)

// A Severity tells an error from a warning.
type Severity int

// The severities. A program with errors isn't compiled; one with warnings is.
const (
	Error Severity = iota
	Warning
)

// String is "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// A Diagnostic is one fault of a source.
type Diagnostic struct {
	Code     Code
	Severity Severity
	// Source is the file the fault is in; nil where the fault is of no file.
	Source *dsl.Source
	// Span is the smallest piece of source that shows the fault.
	Span dsl.Span
	// Message says what was found and what is allowed: lower case, no full stop.
	Message string
	// Labels point at other places that belong to the fault.
	Labels []Label
	// Help says what to do, where that is certain enough to say; may be empty.
	Help string
}

// A Label is a remark on a place other than a diagnostic's own.
type Label struct {
	Source *dsl.Source
	Span   dsl.Span
	Text   string
}

// Sorted gives all the diagnostics without repetitions: errors before warnings, since
// nothing is compiled before they are mended, and each of the two in source order (by
// path, then place). It doesn't change its argument.
func Sorted(ds []Diagnostic) []Diagnostic {
	ds = slices.Clone(ds)
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(path(a.Source), path(b.Source)),
			cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Span.End, b.Span.End),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(ds, func(a, b Diagnostic) bool {
		return a.Severity == b.Severity && a.Source == b.Source && a.Span == b.Span && a.Code == b.Code && a.Message == b.Message
	})
}

// HasErrors tells whether any of the diagnostics is an error.
func HasErrors(ds []Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

func path(s *dsl.Source) string {
	if s == nil {
		return ""
	}
	return s.Path
}
