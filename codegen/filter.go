package codegen

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// This file writes the where of an await: a function of the event and of what the workflow has
// captured for it, which an engine finds by the step, and the call that says what is captured.

// A filter is what is written of one.
type filter struct {
	where    string // the function
	captured string // the type of what is captured; empty where nothing is
	fields   []string
}

// awaitedTopic is the topic of what a step awaits.
func (b *body) awaitedTopic(n *plan.Node, op *plan.Durable) jen.Code {
	if op.Filter == nil {
		return b.topic(op.Event)
	}
	f := b.filter(n, op)
	captured := jen.Qual(runtimePath, "None").Values()
	if f.captured != "" {
		var values []jen.Code
		for i, x := range op.Filter.Args {
			values = append(values, field(f.fields[i], b.as(op.Filter.Captured[i].Type, x)))
		}
		captured = jen.Id(f.captured).Add(fields(values...))
	}
	return b.call("Where", b.topic(op.Event), jen.Id(f.where), captured)
}

// filter is what is written of a step's where, which is written when it is first asked for.
func (b *body) filter(n *plan.Node, op *plan.Durable) *filter {
	if known := b.g.filters[op]; known != nil {
		return known
	}
	base := camel(b.workflow.Name, n.Path)
	f := &filter{where: b.outside(base+"Where", "Func")}
	b.g.filters[op] = f
	if len(op.Filter.Captured) > 0 {
		f.captured = b.outside(base+"Captured", "Type")
		b.captures(f, op)
	}
	b.condition(f, op)
	return f
}

// captures writes the type of what a where knows of its workflow. In JSON the values go by
// their order: what they are called may change.
func (b *body) captures(f *filter, op *plan.Durable) {
	var list []jen.Code
	names := newScope(nil)
	for i, v := range op.Filter.Captured {
		name := names.take(fieldName(v.Name))
		f.fields = append(f.fields, name)
		tag := tags(&types.Field{Name: strconv.Itoa(i), Type: v.Type}, nil)
		list = append(list, jen.Id(name).Add(goType(v.Type)).Op(tag))
	}
	b.g.awaited[b.workflow] = append(b.g.awaited[b.workflow],
		documented(f.captured+" is what "+f.where+" knows of the workflow.", jen.Type().Id(f.captured).Struct(list...)))
}

// condition writes the function that tells whether an event is awaited.
func (b *body) condition(f *filter, op *plan.Durable) {
	in := b.g.newBody(nil, b.owner, leave{pure: true})
	in.unframed = true
	in.scope.locals = b.scope.locals // b may call what it calls
	event, captured := in.declare(op.Filter.Event), "_"
	known := jen.Qual(runtimePath, "None")
	if f.captured != "" {
		known = jen.Id(f.captured)
		captured = in.temp("captured")
		for i, v := range op.Filter.Captured {
			in.vars[v] = captured + "." + f.fields[i]
		}
	}
	in.brief = in.temp("stop") // the engine does nothing else meanwhile
	cond := in.expr(op.Filter.Cond)
	if in.briefly {
		in.stmts = append([]jen.Code{jen.Id(in.brief).Op(":=").Qual(purePath, "Briefly").Call()}, in.stmts...)
	}
	b.g.awaited[b.workflow] = append(b.g.awaited[b.workflow],
		documented(f.where+" tells whether the event is awaited: "+op.Filter.Text+".",
			jen.Func().Id(f.where).Params(jen.Id(event).Add(goType(op.Event.Type)), jen.Id(captured).Add(known)).Bool().
				Block(append(in.stmts, jen.Return(cond))...)))
}

// waiters writes the filters of a workflow's steps; nil where there are none. Those of a
// workflow that a step calls stand with that.
func (b *body) waiters() []part {
	list := b.workflow.Waiters()
	if len(list) == 0 {
		return nil
	}
	code := jen.Index().Qual(runtimePath, "Filter").Op("{")
	for _, w := range list {
		code.Line()
		if w.In == nil {
			code.Qual(runtimePath, "FilterOf").Call(jen.Lit(w.Path), jen.Id(b.filter(w.Node, w.Await).where)).Op(",")
			continue
		}
		code.Add(fields(field("Step", jen.Lit(w.Path)), field("In", b.infoOf(w.In)))).Op(",")
	}
	code.Line().Op("}")
	return []part{{field("Filters", code), maxColumns}}
}

// infoOf is the address of what describes a workflow to the runtime.
func (b *body) infoOf(w *plan.Workflow) jen.Code {
	if w.Package != nil {
		return jen.Qual(w.Package.Path, w.AwaitsName()).Call()
	}
	return jen.Op("&").Id(b.g.infos[w])
}

// awaits writes the function by which other packages' generated code reaches the filters of a
// workflow; nothing where it has none.
func (g *generator) awaits(w *plan.Workflow, info string) jen.Code {
	if !w.Filters() {
		return jen.Null()
	}
	name := w.AwaitsName()
	return documented(name+" is what the generated code of other packages tells an engine of\nwhat "+w.GoName+" awaits.",
		jen.Func().Id(name).Params().Op("*").Qual(runtimePath, "Workflow").Block(jen.Return(jen.Op("&").Id(info))))
}
