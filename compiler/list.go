package compiler

import (
	"fmt"
	"io"
	"strings"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/types"
)

// List writes what the package declares, workflows first, each with its signature
// on a line, in the words of the language. Its source must have no errors.
func (p *Package) List(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n", p.Program.Package)
	l := lister{p, &b}
	for _, wf := range p.Program.Workflows {
		l.line(wf.File, "workflow "+signature(wf.Name, wf.Params, wf.Result))
	}
	for _, t := range p.Program.Tools {
		l.line(t.File, "tool "+signature(t.Name, t.Params, t.Result)+effect(t))
	}
	events := map[*types.Struct]bool{}
	for _, e := range p.Program.Events {
		events[e.Type] = true
		l.line(e.File, event(e))
	}
	for _, f := range p.Program.Funcs {
		l.line(f.File, "func "+signature(f.Name, f.Params, f.Result))
	}
	for _, s := range p.Program.Structs {
		if events[s.Type] {
			continue
		}
		l.line(s.File, "type "+s.Type.Name+" "+fields(s.Type))
	}
	for _, e := range p.Program.Enums {
		l.line(e.File, "enum "+e.Type.Name+" { "+strings.Join(e.Type.Members, ", ")+" }")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// A lister leaves out what wasn't asked for.
type lister struct {
	p *Package
	b *strings.Builder
}

func (l lister) line(file *dsl.File, text string) {
	if l.p.Wants(file.Source.Path) {
		l.b.WriteString(text + "\n")
	}
}

func signature(name string, params []*checker.Var, result types.Type) string {
	var in []string
	for _, p := range params {
		in = append(in, p.Name+" "+p.Type.String())
	}
	text := name + "(" + strings.Join(in, ", ") + ")"
	if !types.Is(result, types.Nothing) {
		text += " " + result.String()
	}
	return text
}

// event is an event with its keys, its payload, and how long it is kept.
func event(e *checker.Event) string {
	var keys []string
	for _, k := range e.Type.Fields[:e.Keys] {
		keys = append(keys, k.Name+" "+k.Type.String())
	}
	payload := &types.Struct{Fields: e.Type.Fields[e.Keys:]}
	return "event " + e.Name + "(" + strings.Join(keys, ", ") + ") " + fields(payload) + " keep " + runtime.DurationText(e.Keep)
}

func effect(t *checker.Tool) string {
	switch {
	case t.Readonly:
		return " readonly"
	case t.Idempotent:
		return " idempotent"
	}
	return ""
}

func fields(s *types.Struct) string {
	if len(s.Fields) == 0 {
		return "{}"
	}
	var all []string
	for _, f := range s.Fields {
		all = append(all, f.Name+" "+f.Type.String())
	}
	return "{ " + strings.Join(all, ", ") + " }"
}
