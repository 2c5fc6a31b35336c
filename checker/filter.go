package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A Filter says which events are awaited. It is worked out apart from the execution, which
// may be out of memory: of the workflow it sees the values that are recorded with the await.
type Filter struct {
	Event *Var // as Cond calls the event
	Cond  dsl.Expr
}

// filter checks where COND on the await of an event, in which the name that the event is bound
// to stands for it. It gives nil for one that doesn't fit.
func (c *checker) filter(cl *dsl.WhereClause, of *dsl.CallExpr, event types.Type) *Filter {
	in := c.in
	bound := in.binding
	if bound == nil || in.bound != dsl.Expr(of) || bound.name == "_" {
		c.report(diag.BadEvent, dsl.Span{Start: cl.Start, End: min(cl.End, cl.Start+len("where"))}, "the event has no name here that where could say something of").
			Help = "bind it: event := " + c.text(of.Fun) + ", with await before that and where behind it"
		return nil
	}
	f := &Filter{Event: &Var{Name: bound.name, Type: event, Ident: bound.at}, Cond: cl.Cond}
	s := newScope(c.scope)
	named := &entry{name: bound.name, obj: f.Event, file: c.file, at: bound.at, what: "the event"}
	s.names[bound.name] = named
	in.binding, in.bound = nil, nil
	c.with(in, func() {
		c.inThis(s, func() {
			c.pureIn("a where", func() { c.want(cl.Cond, basic(types.Bool), "the condition") })
		})
	})
	if !named.used {
		c.warn(diag.UnusedResult, cl.Cond, "this says nothing of the event %s", bound.name).
			Help = "ask it above with an if: it is the same for all events"
	}
	c.captured(f)
	return f
}

// captured reports what a filter can't take along: what is known of an execution alone.
func (c *checker) captured(f *Filter) {
	dsl.Inspect(f.Cond, func(n dsl.Node) bool {
		name, ok := n.(*dsl.Ident)
		if !ok {
			return true
		}
		switch o := c.info.Uses[name].(type) {
		case *Var:
			if types.Is(o.Type, types.Failure) {
				c.notCaptured(name, "the failure can't be recorded with what is awaited", "message := err.message")
			}
		case *Builtin:
			if name.Name == "run" {
				c.notCaptured(name, "run is known to the execution, and where is asked without it", "id := run.id")
			}
		}
		return true
	})
}

func (c *checker) notCaptured(at *dsl.Ident, what, bind string) {
	c.report(diag.ImpureHere, at, "%s", what).Help = "bind what is needed of it above, as " + bind
}

// asks tells whether the package, or one that it can come to, awaits only some events of a kind.
func (c *checker) asks() bool {
	found := asksIn(c.prog)
	for _, p := range c.around.Programs {
		found = found || asksIn(p)
	}
	return found
}

func asksIn(p *Program) (found bool) {
	for _, f := range p.Files {
		for _, d := range f.Decls {
			w, ok := d.(*dsl.WorkflowDecl)
			if !ok || w.Body == nil {
				continue
			}
			dsl.Inspect(w.Body, func(n dsl.Node) bool {
				_, filters := n.(*dsl.WhereClause)
				found = found || filters
				return !found
			})
		}
	}
	return found
}
