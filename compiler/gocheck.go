package compiler

import (
	"bytes"
	"errors"
	"go/ast"
	"go/token"
	gotypes "go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// maxGoErrors bounds what is said of one package's hand-written Go, as Go's own
// compiler does.
const maxGoErrors = 10

// CheckGo type-checks what would be generated for sound packages together with the Go
// around it, and adds what doesn't fit to their diagnostics: an error where generated
// code is wrong, at the line of the .wf file that it came from, and a warning where
// hand-written code is. Packages with neither Go beside them nor a name of Go in them
// have nothing to fit to and are left alone, and so is everything where there is no go
// command.
func CheckGo(packages []*Package) error {
	ask := map[*surroundings][]string{}
	var all []*Package
	for _, p := range packages {
		if p.HasErrors() || len(p.goFiles) == 0 && !p.namesGo() {
			continue
		}
		s, err := p.loader.around(p.abs)
		if err != nil {
			return err
		}
		all = append(all, p)
		ask[s] = append(ask[s], p.allImports()...)
		for _, other := range p.Imported() {
			ask[s] = append(ask[s], other.allImports()...)
		}
	}
	views := map[*surroundings]*gopkg.View{}
	for s, paths := range ask {
		switch err := s.set.Load(append(paths, gopkg.RuntimeImports()...)); {
		case errors.Is(err, gopkg.ErrNoGo):
			return nil
		case err != nil:
			return err
		}
	}
	for _, p := range all {
		s, _ := p.loader.around(p.abs) // found above
		if views[s] == nil {
			views[s] = s.set.View(p.loader.layout, true)
		}
		c := &goChecker{p: p, set: s.set, checked: views[s].Check(p.abs)}
		p.Diagnostics = diag.Sorted(append(p.Diagnostics, c.diagnostics()...))
	}
	return nil
}

// allImports are the paths that the package's Go imports, generated or not.
func (p *Package) allImports() []string {
	paths := gopkg.ImportsOf(p.Dir, p.goFiles)
	if p.HasErrors() {
		return paths
	}
	for _, f := range p.Generate() {
		paths = append(paths, gopkg.ImportsIn(f.Name, f.Content)...)
	}
	return paths
}

// layout is the Go of a directory with .wf files as it is once they are compiled. Of
// one that isn't compiled now it is what is there.
func (l *loader) layout(dir string) (gopkg.Layout, bool) {
	p := l.packages[dir]
	if p == nil {
		names, err := sources(dir)
		if err != nil || len(names) == 0 {
			return gopkg.Layout{}, false
		}
		return gopkg.Layout{Written: goFilesOf(dir)}, true
	}
	if p.HasErrors() {
		return l.stubs(dir)
	}
	out := gopkg.Layout{Written: p.goFiles}
	for _, f := range p.Generate() {
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
		if _, ours, err := generatedFrom(filepath.Join(dir, e.Name())); err == nil && ours {
			names = append(names, e.Name())
		}
	}
	return names
}

// A goChecker turns what is wrong with the Go of a package into diagnostics.
type goChecker struct {
	p       *Package
	set     *gopkg.Set
	checked *gopkg.Checked
	found   []diag.Diagnostic
	written int // what was said of hand-written Go
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
	return c.found
}

// redeclared ends what Go says of a name that is declared twice.
const redeclared = " redeclared in this block"

// generated is the generated file that a position is in; nil where it is in none.
func (c *goChecker) generated(at token.Pos) *codegen.File {
	name := c.set.File(at)
	for i, f := range c.p.Generate() {
		if filepath.Join(c.p.abs, f.Name) == name {
			return &c.p.generated[i]
		}
	}
	return nil
}

// inGenerated reports an error of generated code where that came from.
func (c *goChecker) inGenerated(e gotypes.Error, f *codegen.File) {
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
func (c *goChecker) continued(e gotypes.Error, f *codegen.File) {
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
	c.found = append(c.found, diag.Diagnostic{
		Code: diag.GoMismatch, Severity: diag.Warning, Source: source, Span: span,
		Message: "this Go doesn't compile: " + oneLine(e.Msg),
	})
}

var lineBreak = regexp.MustCompile(`\s*\n\s*`)

// oneLine is a message of Go's without its line breaks.
func oneLine(msg string) string { return lineBreak.ReplaceAllString(msg, ", ") }

// mark is the comment above the Go of a line of a .wf file.
var mark = regexp.MustCompile(`^\s*// (\S+\.wf):(\d+)$`)

// place is one in a .wf file as the description of a step has it.
var place = regexp.MustCompile(`"(\S+\.wf):(\d+):\d+"`)

// origin is the place in the .wf files that generated code comes from: the line in the
// nearest mark above it in its function, the place in the description of a step or, where
// there is neither, the declaration.
func (c *goChecker) origin(at token.Pos, f *codegen.File) (*dsl.Source, dsl.Span) {
	decl, lines := c.declaration(at), bytes.Split(f.Content, []byte("\n"))
	if fn, ok := decl.(*ast.FuncDecl); ok {
		first := c.set.Line(fn.Pos())
		for i := min(c.set.Line(at), len(lines)) - 1; i >= first; i-- {
			m := mark.FindSubmatch(lines[i])
			if m == nil {
				continue
			}
			n, _ := strconv.Atoi(string(m[2])) // digits
			if source := c.source(string(m[1])); source != nil {
				return source, lineSpan(source, n)
			}
		}
	}
	if m := place.FindSubmatch(lines[min(c.set.Line(at), len(lines))-1]); m != nil {
		if source := c.source(string(m[1])); source != nil {
			n, _ := strconv.Atoi(string(m[2]))
			return source, lineSpan(source, n)
		}
	}
	for _, name := range declared(decl, at) {
		if source, span := c.declares(name); source != nil {
			return source, span
		}
	}
	return c.fallback(f)
}

// declaration is the one that a position is in; nil where it is in none.
func (c *goChecker) declaration(at token.Pos) ast.Decl {
	for _, f := range c.checked.Files {
		for _, d := range f.Decls {
			if d.Pos() <= at && at < d.End() {
				return d
			}
		}
	}
	return nil
}

// declared gives the names that a declaration declares at a position, with the nearest
// first.
func declared(d ast.Decl, at token.Pos) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return []string{d.Name.Name}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if spec.Pos() > at || at > spec.End() {
				continue
			}
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				return append(methodsAt(spec, at), spec.Name.Name, strings.TrimSuffix(spec.Name.Name, "Tools"))
			case *ast.ValueSpec:
				return []string{spec.Names[0].Name}
			}
		}
	}
	return nil
}

// methodsAt gives the method of an interface that a position is in: a tool's name.
func methodsAt(spec *ast.TypeSpec, at token.Pos) []string {
	if i, ok := spec.Type.(*ast.InterfaceType); ok {
		for _, m := range i.Methods.List {
			if m.Pos() <= at && at <= m.End() && len(m.Names) > 0 {
				return []string{m.Names[0].Name}
			}
		}
	}
	return nil
}

// declares finds the declaration of the .wf files that has a name in Go.
func (c *goChecker) declares(goName string) (*dsl.Source, dsl.Span) {
	p := c.p.Program
	at := func(file *dsl.File, name *dsl.Ident) (*dsl.Source, dsl.Span) { return file.Source, name.Span }
	for _, s := range p.Structs {
		if s.Type.GoName == goName {
			return at(s.File, s.Decl.Name)
		}
	}
	for _, u := range p.Unions {
		if u.Type.GoName == goName {
			return at(u.File, u.Decl.Name)
		}
	}
	for _, e := range p.Enums {
		if e.Type.GoName == goName {
			return at(e.File, e.Decl.Name)
		}
		for _, m := range e.Decl.Members {
			if e.Type.GoMember(m.Name) == goName {
				return at(e.File, m)
			}
		}
	}
	for _, w := range p.Workflows {
		if w.GoName == goName || w.GoName+"Tools" == goName {
			return at(w.File, w.Decl.Name)
		}
	}
	for _, f := range p.Funcs {
		if f.GoName == goName || "call"+strings.ToUpper(f.Name[:1])+f.Name[1:] == goName {
			return at(f.File, f.Decl.Name)
		}
	}
	for _, t := range p.Tools {
		if t.GoName == goName || "call"+t.GoName == goName {
			return at(t.File, t.Decl.Name)
		}
	}
	return nil, dsl.Span{}
}

// fallback is the package clause of the .wf file that a generated file is made from, or
// of the first one.
func (c *goChecker) fallback(f *codegen.File) (*dsl.Source, dsl.Span) {
	i := max(slices.IndexFunc(c.p.Files, func(wf string) bool { return codegen.FileName(wf) == f.Name }), 0)
	if file := c.p.files[i]; file.Package != nil {
		return file.Source, file.Package.Span
	}
	return c.p.files[i].Source, dsl.Span{}
}

func (c *goChecker) source(name string) *dsl.Source {
	if i := slices.Index(c.p.Files, name); i >= 0 {
		return c.p.files[i].Source
	}
	return nil
}

// lineSpan is a line without the space around it.
func lineSpan(s *dsl.Source, n int) dsl.Span {
	line := s.Line(n)
	start := s.LineStart(n) + len(line) - len(strings.TrimLeft(line, " \t"))
	return dsl.Span{Start: start, End: start + len(strings.TrimSpace(line))}
}
