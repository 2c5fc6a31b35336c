package diag

import (
	"fmt"
	"io"
	"strings"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// Render writes diagnostics for a person to read, and below them how many there are.
// Errors come first, also where those of several packages follow each other; within
// each of the two the order is the one given. At most Max are written in full, and the
// last line counts the others. Each begins with its place in the form that editors and
// terminals follow, file:line:col, the column in characters. With color it writes ANSI
// colours. It writes nothing where there is nothing.
func Render(w io.Writer, ds []Diagnostic, color bool) error {
	if len(ds) == 0 {
		return nil
	}
	r := &renderer{style: plain}
	if color {
		r.style = colored
	}
	shown, _ := cut(ds)
	for _, d := range shown {
		r.diagnostic(&d)
		r.out.WriteByte('\n')
	}
	r.out.WriteString(Summary(ds) + "\n")
	_, err := io.WriteString(w, r.out.String())
	return err
}

// Summary counts the diagnostics, and those of them that Render leaves out: 101 errors,
// 3 warnings; not shown: 1 error, 3 warnings.
func Summary(ds []Diagnostic) string {
	_, left := cut(ds)
	if len(left) == 0 {
		return count(ds)
	}
	return fmt.Sprintf("%s; not shown: %s", count(ds), count(left))
}

func count(ds []Diagnostic) string {
	var errors, warnings int
	for _, d := range ds {
		if d.Severity == Error {
			errors++
		} else {
			warnings++
		}
	}
	var parts []string
	if errors > 0 {
		parts = append(parts, plural(errors, "error"))
	}
	if warnings > 0 {
		parts = append(parts, plural(warnings, "warning"))
	}
	return strings.Join(parts, ", ")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// A renderer puts together the text of one call of Render.
type renderer struct {
	style style
	out   strings.Builder
}

func (r *renderer) diagnostic(d *Diagnostic) {
	paint := r.style.error
	if d.Severity == Warning {
		paint = r.style.warning
	}
	gutter := gutterWidth(d)
	kind := d.Severity.String()
	if d.Code != "" {
		kind += "[" + string(d.Code) + "]"
	}
	main := piece{source: d.Source, span: d.Span, mark: "^", paint: paint}
	r.header(main, kind, d.Message)
	r.snippet(main, gutter)
	for _, l := range d.Labels {
		label := piece{source: l.Source, span: l.Span, mark: "-", paint: r.style.note}
		if label.source == nil {
			label.source = d.Source
		}
		r.header(label, "note", l.Text)
		r.snippet(label, gutter)
	}
	if d.Help != "" {
		r.out.WriteString(paintWith(r.style.help, "help:") + " " + indented(d.Help) + "\n")
	}
}

// A piece is a place that is shown with its line of source.
type piece struct {
	source *dsl.Source
	span   dsl.Span
	mark   string // what underlines it
	paint  string
}

func (r *renderer) header(p piece, kind, message string) {
	if p.source != nil {
		at := p.source.Position(p.span.Start)
		place := fmt.Sprintf("%s:%d:%d:", foreign.Line(p.source.Path), at.Line, at.Col)
		r.out.WriteString(paintWith(r.style.place, place) + " ")
	}
	r.out.WriteString(paintWith(p.paint, kind+":") + " " + indented(message) + "\n")
}

// snippet writes the line that a piece begins in, and what underlines it.
func (r *renderer) snippet(p piece, gutter int) {
	if p.source == nil {
		return
	}
	at := p.source.Position(p.span.Start)
	line := excerptOf(p.source, at.Line, p.span)
	if line.text == "" {
		return
	}
	number := fmt.Sprintf("%*d |", gutter, at.Line)
	fmt.Fprintf(&r.out, "%s %s\n", paintWith(r.style.gutter, number), line.text)
	bar := fmt.Sprintf("%*s |", gutter, "")
	fmt.Fprintf(&r.out, "%s %s%s\n", paintWith(r.style.gutter, bar),
		strings.Repeat(" ", line.start), paintWith(p.paint, strings.Repeat(p.mark, line.width)))
}

// gutterWidth is that of the largest line number that is shown.
func gutterWidth(d *Diagnostic) int {
	line := d.Source.Position(d.Span.Start).Line
	for _, l := range d.Labels {
		s := l.Source
		if s == nil {
			s = d.Source
		}
		line = max(line, s.Position(l.Span.Start).Line)
	}
	return len(fmt.Sprint(line)) + 1
}

// indented sets off the further lines of a text from what follows it.
func indented(text string) string {
	return strings.ReplaceAll(foreign.Lines(text), "\n", "\n      ")
}
