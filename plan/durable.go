package plan

import (
	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
)

// events plans the declared events.
func (l *lowerer) events(prog *checker.Program) {
	for _, e := range prog.Events {
		u := &unit{source: e.File.Source}
		l.event[e] = &Event{
			Name: e.Name, Doc: e.Decl.Doc, Type: e.Type, Keys: e.Keys, Keep: e.Keep, All: e.Decl.All, Pos: u.pos(e.Decl.Name.Span),
		}
		l.out.Events = append(l.out.Events, l.event[e])
	}
}

// durable lowers a call with a verb.
func (b *builder) durable(x *dsl.CallExpr, id string, v *Variable) *Durable {
	d := b.info.Durables[x]
	op := &Durable{Kind: durableKind(x, d), Event: b.event[d.Event], Result: d.Result, Until: d.Until}
	b.under(id, func() {
		if op.Kind == Emit {
			op.Args = []Expr{b.emitted(x, op.Event)}
		} else {
			op.Args = b.exprs(x.Args)
		}
		if d.Timeout != nil {
			op.Timeout = b.inPure().expr(d.Timeout)
		}
		if d.Filter != nil {
			op.Filter = b.filter(d.Filter)
		}
	})
	if d.Workflow != nil {
		b.starts[op] = d.Workflow
	}
	if c := b.clauses(x); c.Else != nil {
		op.Else = b.otherwise(c.Else.Body, id, v != nil)
	}
	op.Played = b.played(d.Played, op, b.scope.at(id).path)
	return op
}

// AsCall is the step as a call of what mocks play: it has the same result, and the same
// follows from its failure.
func (d *Durable) AsCall() *Call { return &Call{Tool: d.Played, Else: d.Else} }

func durableKind(x *dsl.CallExpr, d *checker.Durable) DurableKind {
	switch {
	case x.Verb == dsl.Emit:
		return Emit
	case x.Verb == dsl.Approve:
		return Approve
	case x.Verb == dsl.Start:
		return StartRun
	case d.Event == nil:
		return AwaitRun
	}
	return AwaitEvent
}

// needsEngine tells whether a body holds a step that only a durable execution can do, as a
// loop without a bound is one, or calls a workflow that does.
func needsEngine(body *Block) bool {
	needs := false
	Inspect(body, func(n *Node) {
		switch op := n.Op.(type) {
		case *Durable:
			needs = true
		case *Loop:
			needs = needs || op.Unbounded()
		case *Call:
			for _, w := range []*Workflow{op.Workflow, undone(op)} {
				needs = needs || w != nil && w.NeedsEngine
			}
		}
	}, nil)
	return needs
}

// emitted is the event that an emit sends: its keys, its payload, and defaults.
func (b *builder) emitted(x *dsl.CallExpr, e *Event) Expr {
	out := &StructLit{T: T{e.Type}}
	given := map[string]Expr{}
	for i, a := range x.Args {
		given[e.Type.Fields[i].Name] = b.expr(a)
	}
	for _, f := range x.Fields {
		given[f.Name.Name] = b.expr(f.Value)
	}
	for i, f := range e.Type.Fields {
		value := given[f.Name]
		if value == nil {
			value = b.structs[e.Type].Defaults[i]
		}
		if value != nil {
			out.Fields = append(out.Fields, FieldValue{f, value})
		}
	}
	return out
}

// played is the plan's tool for one as which tests mock durable steps.
func (l *lowerer) played(t *checker.Tool, op *Durable, path string) *Tool {
	if known := l.tools[t]; known != nil {
		return known
	}
	out := &Tool{Name: t.Name, Result: t.Result, Effect: Once, Fails: t.Fails}
	if op.Kind == AwaitRun {
		out.Name = "run " + path
	}
	l.tools[t] = out
	return out
}
