package compat

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// declarations are the declared types and funcs of a source, by key.
type declarations map[string]*decl

// A decl is the text of a declared type or func, by which two of one name are told
// apart.
type decl struct {
	text    string
	touches map[string]bool // other declarations by key
	goFunc  bool            // a func that is written in Go
	fields  []declField     // of a struct
	rest    string          // what a struct's text has beside them
}

// typ is a type by name, and takes note of those that are declared.
func (p *printer) typ(t types.Type) string {
	//sumtype:exhaustive
	switch t := t.(type) {
	case *types.List:
		return "[]" + p.typ(t.Elem)
	case *types.Map:
		return "map[" + p.typ(t.Key) + "]" + p.typ(t.Elem)
	case *types.Optional:
		return p.typ(t.Elem) + "?"
	case *types.Run:
		return "run(" + t.Workflow + " " + p.typ(t.Result) + ")"
	case *types.Struct:
		return p.declared(t.Package, t.Name, func(q *printer) { q.structType(t) })
	case *types.Union:
		return p.declared(t.Package, t.Name, func(q *printer) {
			q.put("union")
			for _, m := range t.Members {
				q.put(" " + q.typ(m))
			}
		})
	case *types.Enum:
		return p.declared(t.Package, t.Name, func(q *printer) { q.put("enum " + strings.Join(t.Members, " ")) })
	case *types.Go:
		return p.declared(t.Package, t.Name, func(q *printer) { q.goType(t) })
	case *types.Basic:
		return t.String()
	}
	panic(fmt.Sprintf("internal error: no text for a type %T", t))
}

// declared is the name of a declared type, whose text is made when it is first named.
func (p *printer) declared(from *types.Package, name string, write func(*printer)) string {
	name = p.d.qualified(from, name)
	p.touch("type "+name, write)
	return name
}

func (p *printer) touch(key string, write func(*printer)) *decl {
	p.touches[key] = true
	known := p.d.decls[key]
	if known == nil {
		known = &decl{}
		p.d.decls[key] = known // before it is written: it may name itself
		q := p.d.printer(map[*plan.Variable]value{})
		write(q)
		known.text, known.touches = string(q.text), q.touches
		known.fields, known.rest = q.fields, q.rest
	}
	return known
}

// qualified is a declaration's name among those of all packages.
func (d *describer) qualified(from *types.Package, name string) string {
	path := d.path
	if from != nil {
		path = from.Path
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// structType writes the fields of a struct with their defaults and constraints.
func (p *printer) structType(t *types.Struct) {
	p.put("struct")
	if t.Error {
		p.put(" error")
	}
	of := p.d.structOf(t)
	p.rest = string(p.text)
	for i, f := range t.Fields {
		start := len(p.text)
		p.put(" (")
		if f.Rest {
			p.put("...")
		}
		p.put(f.Name + " " + p.typ(f.Type))
		if f.JSON != "" {
			p.put(" json " + strconv.Quote(f.JSON))
		}
		_, mayMiss := f.Type.(*types.Optional)
		mayMiss = mayMiss || f.Rest
		if of != nil && of.Defaults[i] != nil {
			p.put(" = ")
			p.expr(of.Defaults[i])
			mayMiss = true
		}
		p.put(")")
		p.fields = append(p.fields, declField{string(p.text[start:]), mayMiss})
	}
	end := len(p.text)
	defer func() { p.rest += string(p.text[end:]) }()
	if of == nil {
		return
	}
	for i, v := range of.Vars {
		p.refs[v] = value{text: "." + t.Fields[i].Name}
	}
	for _, w := range of.Wheres {
		p.put(" (where ")
		p.expr(w.Cond)
		p.put(")")
	}
}

// structOf is the declaration of a struct; nil for the language's own, and for the
// struct of an event.
func (d *describer) structOf(t *types.Struct) *plan.Struct {
	program := d.program
	if t.Package != nil && t.Package.Path != d.path {
		program = d.others[t.Package.Path]
	}
	if program == nil {
		return nil
	}
	for _, s := range program.Structs {
		if s.Type.Name == t.Name {
			return s
		}
	}
	return nil
}

func (p *printer) goType(t *types.Go) {
	p.put("go")
	if t.Under != nil {
		p.put(" " + p.typ(t.Under))
	}
	for _, f := range t.Fields {
		p.put(" (" + f.Name + " " + p.typ(f.Type) + ")")
	}
	for _, h := range t.Hidden {
		p.put(" (" + h.Name + ")")
	}
}

// function is the name of a func, and takes note of it.
func (p *printer) function(f *plan.Func) string {
	name := p.d.qualified(nil, f.Name)
	known := p.touch("func "+name, func(q *printer) {
		for _, v := range f.Params {
			q.put(q.local(v) + " ")
		}
		q.put(q.typ(f.Result) + " ")
		if f.Body != nil {
			q.pure(f.Body)
			return
		}
		q.goFunc(f.Go)
	})
	known.goFunc = f.Body == nil
	return name
}

// goFunc is a Go function by name and, where that is at hand, by its text.
func (p *printer) goFunc(f *plan.GoFunc) {
	p.put("go " + p.d.qualified(f.Package, f.Name))
	if p.d.goText == nil {
		return
	}
	path := p.d.path
	if f.Package != nil {
		path = f.Package.Path
	}
	p.put(" " + p.d.goText(path, f.Name))
}
