package compiler

import (
	"bytes"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
)

// mark is the comment above the Go of a line of a .wf file.
var mark = regexp.MustCompile(`^\s*// (\S+\.wf):(\d+)$`)

// place is one in a .wf file as the description of a step has it.
var place = regexp.MustCompile(`"(\S+\.wf):(\d+):\d+"`)

// origin is the place in the .wf files that generated code comes from: the line in the
// nearest mark above it in its function, the place in the description of a step or, where
// there is neither, the declaration.
func (c *goChecker) origin(at token.Pos, f *plan.File) (*dsl.Source, dsl.Span) {
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
	p := c.p.checked().program
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
func (c *goChecker) fallback(f *plan.File) (*dsl.Source, dsl.Span) {
	i := max(slices.IndexFunc(c.p.names, func(wf string) bool { return codegen.FileName(wf) == f.Name }), 0)
	if file := c.p.files[i]; file.Package != nil {
		return file.Source, file.Package.Span
	}
	return c.p.files[i].Source, dsl.Span{}
}

func (c *goChecker) source(name string) *dsl.Source {
	if i := slices.Index(c.p.names, name); i >= 0 {
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
