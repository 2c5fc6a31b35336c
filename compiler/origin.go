package compiler

import (
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

// place is one in a .wf file as the table of places has it.
var place = regexp.MustCompile(`^"(\S+\.wf):(\d+):\d+"$`)

// origin is the place in the .wf files that generated code comes from: that which its name
// stands for, in a function the last one that is named until there or, where there is none,
// the declaration.
func (c *goChecker) origin(at token.Pos, f *plan.File) (*dsl.Source, dsl.Span) {
	decl, places := c.declaration(at), c.places()
	names := declared(decl, at)
	if fn, ok := decl.(*ast.FuncDecl); ok {
		names = append([]string{c.lastNamed(fn, at, places)}, names...)
	}
	for _, name := range names {
		if m := places[name]; m != nil {
			if source := c.source(m[1]); source != nil {
				n, _ := strconv.Atoi(m[2]) // digits
				return source, lineSpan(source, n)
			}
		}
		if source, span := c.declares(name); source != nil {
			return source, span
		}
	}
	return c.fallback(f)
}

// places are those that names of the package stand for, as place matches them: constants
// are places, and a variable that describes a step has one.
func (c *goChecker) places() map[string][]string {
	found := map[string][]string{}
	c.values(token.CONST, func(name string, value ast.Expr) {
		if lit, ok := value.(*ast.BasicLit); ok {
			found[name] = place.FindStringSubmatch(lit.Value)
		}
	})
	c.values(token.VAR, func(name string, value ast.Expr) {
		ast.Inspect(value, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && found[name] == nil {
				found[name] = found[id.Name]
			}
			return true
		})
	})
	return found
}

// values goes through the constants or variables of the package that have a value.
func (c *goChecker) values(kind token.Token, each func(name string, value ast.Expr)) {
	for _, f := range c.checked.Files {
		for _, d := range f.Decls {
			d, ok := d.(*ast.GenDecl)
			if !ok || d.Tok != kind {
				continue
			}
			for _, spec := range d.Specs {
				if spec := spec.(*ast.ValueSpec); len(spec.Values) > 0 {
					each(spec.Names[0].Name, spec.Values[0])
				}
			}
		}
	}
}

// lastNamed is the last name of a function, to the end of a line, that stands for a place;
// empty where there is none.
func (c *goChecker) lastNamed(fn *ast.FuncDecl, at token.Pos, places map[string][]string) (last string) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && places[id.Name] != nil && c.set.Line(id.Pos()) <= c.set.Line(at) {
			last = id.Name
		}
		return true
	})
	return last
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
