package compiler

import (
	"context"
	"fmt"
	"go/token"
	gotypes "go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/plan"
)

// maxGoErrors bounds how many errors of one package's hand-written Go are reported, as
// Go's own compiler does; the last one says how many more there are.
const maxGoErrors = 10

// fitTo type-checks what is generated for packages together with the Go around it, and adds
// what doesn't fit to their diagnostics.
func (l *loading) fitTo(ctx context.Context, packages []*Package) error {
	ask := map[*goModule][]string{}
	own := map[*goModule][]string{}
	for _, p := range packages {
		m, err := l.s.module(p.Abs())
		if err != nil {
			return err
		}
		own[m] = append(own[m], p.Abs())
		for _, u := range append(p.unit.closure(), p.unit) {
			ask[m] = append(ask[m], u.allImports()...)
		}
	}
	views := map[*goModule]*gopkg.View{}
	for m, paths := range ask {
		if err := m.load(ctx, l.s, own[m], append(paths, gopkg.RuntimeImports()...)); err != nil {
			return err
		}
		views[m] = m.set.View(l.layout, true)
	}
	for _, p := range packages {
		m, err := l.s.module(p.Abs())
		if err != nil {
			return err
		}
		c := &goChecker{p: p.unit, set: m.set, checked: views[m].Check(p.Abs())}
		p.misfits = c.diagnostics()
	}
	return nil
}

// allImports are the paths that the package's Go imports, generated or not.
func (u *unit) allImports() []string {
	paths := slices.Clone(u.beside.imports())
	if u.hasErrors() {
		return paths
	}
	for _, f := range u.generate(Go) {
		paths = append(paths, gopkg.ImportsIn(f.Name, f.Content)...)
	}
	return paths
}

// layout is the Go of a directory with .wf files as it is once they are compiled. Of
// one that isn't compiled now it is what is there.
func (l *loading) layout(dir string) (gopkg.Layout, bool) {
	i := slices.IndexFunc(l.queue, func(p *parsed) bool { return p.abs == dir })
	if i < 0 {
		names, err := sources(dir)
		if err != nil || len(names) == 0 {
			return gopkg.Layout{}, false
		}
		return gopkg.Layout{Written: goFilesOf(dir)}, true
	}
	u := l.units[l.queue[i]]
	out := gopkg.Layout{Written: u.beside.names}
	if u.hasErrors() {
		out.Generated = []gopkg.File{u.stub()}
		return out, true
	}
	for _, f := range u.generate(Go) {
		out.Generated = append(out.Generated, gopkg.File(f))
	}
	return out, true
}

// goFilesOf gives the names of all Go files of a directory that belong to its package,
// generated ones too.
func goFilesOf(dir string) []string {
	names, err := GoFiles(dir)
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if _, ours, err := Go.generatedFrom(filepath.Join(dir, e.Name())); err == nil && ours {
			names = append(names, e.Name())
		}
	}
	return names
}

// A goChecker turns what is wrong with the Go of a package into diagnostics.
type goChecker struct {
	p       *unit
	set     *gopkg.Set
	checked *gopkg.Checked
	found   []diag.Diagnostic
	written int // errors of hand-written Go
	last    int // the one of these that was reported last, in found
}

// diagnostics reports the errors. Where a name is taken, what else is wrong with
// generated code may follow from that.
func (c *goChecker) diagnostics() []diag.Diagnostic {
	if slices.ContainsFunc(c.checked.Errors, noHandshake) {
		return []diag.Diagnostic{c.otherRuntime()}
	}
	taken := slices.ContainsFunc(c.checked.Errors, func(e gotypes.Error) bool {
		return strings.HasSuffix(e.Msg, redeclared) && c.generated(e.Pos) != nil
	})
	for _, e := range c.checked.Errors {
		switch file := c.generated(e.Pos); {
		case strings.HasPrefix(e.Msg, "\t"):
			c.continued(e, file)
		case taken && file != nil && !strings.HasSuffix(e.Msg, redeclared):
		case file != nil:
			c.inGenerated(e, file)
		default:
			c.inWritten(e)
		}
	}
	if more := c.written - maxGoErrors; more > 0 {
		c.found[c.last].Help = fmt.Sprintf("go vet shows %d more of its errors", more)
	}
	return c.found
}

// redeclared ends what Go says of a name that is declared twice.
const redeclared = " redeclared in this block"

// generated is the generated file that a position is in; nil where it is in none.
func (c *goChecker) generated(at token.Pos) *plan.File {
	name := c.set.File(at)
	for _, f := range c.p.generate(Go) {
		if filepath.Join(c.p.abs, f.Name) == name {
			return &f
		}
	}
	return nil
}

// inGenerated reports an error of generated code where that came from.
func (c *goChecker) inGenerated(e gotypes.Error, f *plan.File) {
	source, span := c.origin(e.Pos, f)
	d := diag.Diagnostic{
		Code: diag.GoMismatch, Source: source, Span: span,
		Message: "the Go that this becomes doesn't fit the Go around it: " + oneLine(e.Msg),
	}
	if name, ok := strings.CutSuffix(e.Msg, redeclared); ok {
		d.Message = name + " is declared in Go too, and in this package"
		d.Help = "rename one of the two"
	}
	c.found = append(c.found, d)
}

// continued adds the other place of an error to it.
func (c *goChecker) continued(e gotypes.Error, f *plan.File) {
	if len(c.found) == 0 {
		return
	}
	label := diag.Label{Text: strings.TrimSpace(e.Msg)}
	if f != nil {
		label.Source, label.Span = c.origin(e.Pos, f)
	} else {
		label.Source, label.Span = c.set.Place(e.Pos, "")
	}
	if d := &c.found[len(c.found)-1]; label.Source != nil {
		d.Labels = append(d.Labels, label)
	}
}

// inWritten reports an error of hand-written Go. Go says it too: it keeps nothing from
// being compiled, since what is generated may be what it waits for.
func (c *goChecker) inWritten(e gotypes.Error) {
	if c.written++; c.written > maxGoErrors {
		return
	}
	source, span := c.set.Place(e.Pos, "")
	c.last = len(c.found)
	c.found = append(c.found, diag.Diagnostic{
		Code: diag.GoMismatch, Severity: diag.Warning, Source: source, Span: span,
		Message: "this Go doesn't compile: " + oneLine(e.Msg), Help: gopkg.Untidy(e.Msg),
	})
}

var lineBreak = regexp.MustCompile(`\s*\n\s*`)

// oneLine is a message of Go's without its line breaks.
func oneLine(msg string) string { return lineBreak.ReplaceAllString(msg, ", ") }
