package checker

import (
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
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
	for i, a := range args {
		if t, ok := a.(types.Type); ok {
			args[i] = types.Spelled(t)
		}
	}
	c.diags = append(c.diags, diag.Diagnostic{
		Code: code, Severity: s, Source: c.file.Source, Span: at.Place(), Message: fmt.Sprintf(format, args...),
	})
	return &c.diags[len(c.diags)-1]
}

// label points a diagnostic at another place of a file; at is nil for what the
// language declares.
func label[N interface {
	comparable
	dsl.Node
}](d *diag.Diagnostic, file *dsl.File, at N, format string, args ...any) {
	var none N
	if file == nil || at == none {
		return
	}
	d.Labels = append(d.Labels, diag.Label{Source: file.Source, Span: at.Place(), Text: fmt.Sprintf(format, args...)})
}

// maxQuoted is how much of the source a message repeats.
const maxQuoted = 60

// text is a piece of the source as it is written, on one line and cut where it is
// long.
func (c *checker) text(at dsl.Node) string { return textIn(c.file, at) }

// textIn is text in any file.
func textIn(file *dsl.File, at dsl.Node) string {
	span := at.Place()
	if file.Source == nil || span.Start < 0 || span.Start > span.End || span.End > len(file.Source.Text) {
		return ""
	}
	text := strings.Join(strings.Fields(file.Source.Text[span.Start:span.End]), " ")
	if runes := []rune(text); len(runes) > maxQuoted {
		return string(runes[:maxQuoted]) + "…"
	}
	return text
}

// count writes a number of things.
func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func list(names []string) string { return strings.Join(names, ", ") }
