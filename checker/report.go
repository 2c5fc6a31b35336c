package checker

import (
	"fmt"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// report adds an error at a place of the current file, and returns it so that a
// label or help can be added.
func (c *checker) report(code diag.Code, at dsl.Node, format string, args ...any) *diag.Diagnostic {
	return c.add(code, diag.Error, at, format, args...)
}

// warn adds a warning.
func (c *checker) warn(code diag.Code, at dsl.Node, format string, args ...any) *diag.Diagnostic {
	return c.add(code, diag.Warning, at, format, args...)
}

func (c *checker) add(code diag.Code, s diag.Severity, at dsl.Node, format string, args ...any) *diag.Diagnostic {
	c.diags = append(c.diags, diag.Diagnostic{
		Code: code, Severity: s, Source: c.file.Source, Span: at.Place(), Message: fmt.Sprintf(format, args...),
	})
	return &c.diags[len(c.diags)-1]
}

// label points a diagnostic at another place of a file.
func label(d *diag.Diagnostic, file *dsl.File, at dsl.Node, format string, args ...any) {
	if file == nil || at == nil {
		return
	}
	d.Labels = append(d.Labels, diag.Label{Source: file.Source, Span: at.Place(), Text: fmt.Sprintf(format, args...)})
}

// text is a piece of the source as it is written.
func (c *checker) text(at dsl.Node) string {
	span := at.Place()
	if c.file.Source == nil || span.End > len(c.file.Source.Text) {
		return ""
	}
	return c.file.Source.Text[span.Start:span.End]
}
