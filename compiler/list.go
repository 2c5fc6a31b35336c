package compiler

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// A Declaration is something that a package declares, with its signature. What isn't of its
// kind is empty, and left out of its JSON.
type Declaration struct {
	// Dir is the directory of the package, Package its name.
	Dir     string `json:"dir"`
	Package string `json:"package"`
	// Kind is workflow, tool, event, func, type, error, union or enum.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Doc is the comment above it.
	Doc string `json:"doc,omitempty"`
	// File and Line are where its name stands.
	File string `json:"file"`
	Line int    `json:"line"`
	// Version is a workflow's.
	Version int `json:"version,omitempty"`
	// Params are of a workflow, tool or func, and the keys of an event; Result is what a
	// workflow, tool or func gives.
	Params []Declared `json:"params,omitempty"`
	Result string     `json:"result,omitempty"`
	// Effect is that of a tool: readonly, idempotent, or effect where it is neither.
	Effect string `json:"effect,omitempty"`
	// Undo is what a tool's declaration says of its undo: undo and a call, or undo none.
	Undo string `json:"undo,omitempty"`
	// Fails are the errors that a tool declares.
	Fails []string `json:"fails,omitempty"`
	// Fields are those of a type or error, and the payload of an event.
	Fields []Declared `json:"fields,omitempty"`
	// Members are those of a union or enum.
	Members []string `json:"members,omitempty"`
	// All tells of an event that each execution is given it that awaits it.
	All bool `json:"all,omitempty"`
	// Keep is how long an event is kept that nobody awaits.
	Keep string `json:"keep,omitempty"`
}

// A Declared is a parameter, key or field. Type is written as in the language.
type Declared struct {
	Name string `json:"name"`
	Type string `json:"type"`
	JSON string `json:"json,omitempty"` // the name in JSON, where that is another
	Rest bool   `json:"rest,omitempty"` // a field that holds the keys which are no other's
}

// Declarations gives what the package declares, and was asked for, workflows first. Its
// source must have no errors.
func (p *Package) Declarations() []Declaration {
	l := &lister{p: p}
	for _, w := range p.Program().Workflows {
		l.add(w.File, w.Decl.Name, Declaration{Kind: "workflow", Doc: w.Decl.Doc, Version: w.Version, Params: params(w.Params), Result: result(w.Result)})
	}
	for _, t := range p.Program().Tools {
		d := Declaration{Kind: "tool", Doc: t.Decl.Doc, Params: params(t.Params), Result: result(t.Result), Effect: effect(t)}
		for _, c := range t.Decl.Clauses {
			if u, ok := c.(*dsl.UndoClause); ok {
				d.Undo = strings.Join(strings.Fields(t.File.Source.Text[u.Start:u.End]), " ")
			}
		}
		for _, e := range t.Fails {
			d.Fails = append(d.Fails, e.Name)
		}
		l.add(t.File, t.Decl.Name, d)
	}
	events := map[*types.Struct]bool{}
	for _, e := range p.Program().Events {
		events[e.Type] = true
		l.add(e.File, e.Decl.Name, Declaration{
			Kind: "event", Doc: e.Decl.Doc, Params: fields(e.Type.Fields[:e.Keys]), Fields: fields(e.Type.Fields[e.Keys:]), All: e.Decl.All, Keep: pure.DurationText(e.Keep),
		})
	}
	for _, f := range p.Program().Funcs {
		l.add(f.File, f.Decl.Name, Declaration{Kind: "func", Doc: f.Decl.Doc, Params: params(f.Params), Result: result(f.Result)})
	}
	for _, s := range p.Program().Structs {
		if events[s.Type] {
			continue
		}
		kind := "type"
		if s.Type.Error {
			kind = "error"
		}
		l.add(s.File, s.Decl.Name, Declaration{Kind: kind, Doc: s.Type.Doc, Fields: fields(s.Type.Fields)})
	}
	for _, u := range p.Program().Unions {
		d := Declaration{Kind: "union", Doc: u.Type.Doc}
		for _, m := range u.Type.Members {
			d.Members = append(d.Members, m.Name)
		}
		l.add(u.File, u.Decl.Name, d)
	}
	for _, e := range p.Program().Enums {
		l.add(e.File, e.Decl.Name, Declaration{Kind: "enum", Doc: e.Decl.Doc, Members: e.Type.Members})
	}
	return l.all
}

// A lister leaves out what wasn't asked for.
type lister struct {
	p   *Package
	all []Declaration
}

func (l *lister) add(file *dsl.File, name *dsl.Ident, d Declaration) {
	if !l.p.Wants(file.Source.Path) {
		return
	}
	d.Dir, d.Package, d.Name = l.p.Dir, l.p.Program().Package, name.Name
	d.File, d.Line = file.Source.Path, file.Source.Position(name.Start).Line
	l.all = append(l.all, d)
}

func params(vars []*checker.Var) []Declared {
	var all []Declared
	for _, v := range vars {
		all = append(all, Declared{Name: v.Name, Type: v.Type.String()})
	}
	return all
}

func fields(list []*types.Field) []Declared {
	var all []Declared
	for _, f := range list {
		all = append(all, Declared{Name: f.Name, Type: f.Type.String(), JSON: f.JSON, Rest: f.Rest})
	}
	return all
}

func result(t types.Type) string {
	if types.Is(t, types.Nothing) {
		return ""
	}
	return t.String()
}

func effect(t *checker.Tool) string {
	switch {
	case t.Readonly:
		return "readonly"
	case t.Idempotent:
		return "idempotent"
	}
	return "effect"
}

// List writes what the package declares, and was asked for, each with its signature on a
// line, in the words of the language. Its source must have no errors.
func (p *Package) List(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n", p.Program().Package)
	for _, d := range p.Declarations() {
		b.WriteString(d.String() + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// String is the declaration as the language writes it, without what it does.
func (d *Declaration) String() string {
	text := d.Kind + " " + d.Name
	switch d.Kind {
	case "type", "error":
		return text + " " + braced(d.Fields)
	case "union":
		return "type " + d.Name + " = " + strings.Join(d.Members, " | ")
	case "enum":
		return text + " { " + strings.Join(d.Members, ", ") + " }"
	}
	text += "(" + commas(d.Params) + ")"
	if d.Kind == "event" {
		text += " " + braced(d.Fields)
		if d.All {
			text += " to all"
		}
		return text + " keep " + d.Keep
	}
	if d.Result != "" {
		text += " " + d.Result
	}
	if d.Effect != "" && d.Effect != "effect" {
		text += " " + d.Effect
	}
	if d.Undo != "" {
		text += " " + d.Undo
	}
	return text
}

func commas(list []Declared) string {
	var all []string
	for _, d := range list {
		text := d.Name + " " + d.Type
		if d.Rest {
			text = "..." + text
		}
		if d.JSON != "" {
			text += " json " + strconv.Quote(d.JSON)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func braced(list []Declared) string {
	if len(list) == 0 {
		return "{}"
	}
	return "{ " + commas(list) + " }"
}
