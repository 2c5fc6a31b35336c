package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/plan/schema"
	"github.com/wfgen/wfgen/types"
)

// topic writes the variable that describes an event to the runtime.
func (g *generator) topic(e *plan.Event) jen.Code {
	var keys []jen.Code
	for _, f := range e.Type.Fields[:e.Keys] {
		keys = append(keys, jen.Id("e").Dot(f.GoName))
	}
	event := jen.Id("e")
	if len(keys) == 0 {
		event = jen.Id("_")
	}
	about := []jen.Code{
		entry("Name", jen.Lit(e.Name)),
		entry("Keep", durationLit(e.Keep)),
		entry("Keys", jen.Func().Params(event.Add(goType(e.Type))).Index().Any().
			Custom(jen.Options{Open: "{ ", Close: " }"}, jen.Return(jen.Index().Any().Values(keys...)))),
	}
	if e.All {
		about = append(about, entry("All", jen.True()))
	}
	if needsCheck(e.Type) {
		about = append(about, entry("Check", g.checked(e.Type)))
	}
	return documented("What the runtime is told about "+e.Type.GoName+".",
		jen.Var().Id(g.topics[e]).Op("=").Qual(runtimePath, "Topic").Index(goType(e.Type)).Values(append(about, jen.Line())...))
}

// sender writes the function that sends an event from outside.
func (g *generator) sender(e *plan.Event) jen.Code {
	name, to := "Send"+e.Type.GoName, "the execution"
	if e.All {
		to = "each execution"
	}
	return documented(name+" sends the event to "+to+" that awaits its keys, now or within the time that\nit is kept, and returns when the engine's journal has it.",
		jen.Func().Id(name).Params(ctxParam(), engineParam("engine"), jen.Id("event").Add(goType(e.Type)),
			jen.Id("options").Op("...").Qual(runtimePath, "SendOption")).Error().Block(
			jen.Return(jen.Qual(runtimePath, "Send").Call(
				jen.Id("ctx"), jen.Id("engine"), jen.Op("&").Id(g.topics[e]), jen.Id("event"), jen.Id("options").Op("...")))))
}

func engineParam(name string) *jen.Statement {
	return jen.Id(name).Op("*").Qual(runtimePath, "Engine")
}

// withEvents adds the events to what makes the registry.
func (g *generator) withEvents(s *schema.Schemas, typeSchemas string, registry *jen.Statement) *jen.Statement {
	if len(g.program.Events) == 0 {
		return registry
	}
	list := []jen.Code{jen.Id(typeSchemas)}
	for _, e := range g.program.Events {
		var about []jen.Code
		if e.Doc != "" {
			about = append(about, entry("Doc", jen.Lit(e.Doc)))
		}
		about = append(about, entry("Schema", jen.Op(rawString(s.Of(e.Type).Text()))), jen.Line())
		list = append(list, jen.Line().Qual(runtimePath, "DefineEvent").Call(
			jen.Qual(runtimePath, "EventDefinition").Values(about...), jen.Op("&").Id(g.topics[e])))
	}
	return registry.Dot("AddEvents").Call(append(list, jen.Line())...)
}

// inputType writes the type of a workflow's input, with a field for each parameter.
func (g *generator) inputType(w *plan.Workflow) jen.Code {
	var fields []jen.Code
	names := inputNames(w)
	for i, p := range w.Params {
		f := &types.Field{Name: p.Name, Type: p.Type}
		fields = append(fields, jen.Id(names[i]).Add(goType(p.Type)).Op(tags(f, nil)))
	}
	return documented(g.inputs[w]+" is the input of "+w.GoName+".", jen.Type().Id(g.inputs[w]).Struct(fields...))
}

// inputCheck writes the function that looks at a workflow's input before it is started;
// nothing where any input of the types will do.
func (g *generator) inputCheck(w *plan.Workflow) jen.Code {
	name := g.inputChecks[w]
	if name == "" {
		return jen.Null()
	}
	var looks []jen.Code
	names := inputNames(w)
	for i, p := range w.Params {
		if reports(p.Type) && needsCheck(p.Type) {
			looks = append(looks, g.checkField(jen.Id("c"), p.Name, p.Type, jen.Id("in").Dot(names[i])))
		}
	}
	return documented(name+" reports to c what breaks the constraints of "+g.inputs[w]+".",
		jen.Func().Id(name).Params(jen.Id("c").Op("*").Qual(purePath, "Check"), jen.Id("in").Id(g.inputs[w])).Block(looks...))
}

// inputNames are the fields of a workflow's input.
func inputNames(w *plan.Workflow) []string {
	var out []string
	names := newScope(nil)
	for _, p := range w.Params {
		out = append(out, names.take(fieldName(p.Name)))
	}
	return out
}

// input writes the input of a workflow with these arguments.
func (g *generator) input(w *plan.Workflow, args []jen.Code) jen.Code {
	var values []jen.Code
	for i, name := range inputNames(w) {
		values = append(values, field(name, args[i]))
	}
	return jen.Id(g.inputs[w]).Add(fields(values...))
}

// inFrame writes the function by which other packages' generated code reaches a workflow
// that needs an engine. It takes a frame that it doesn't read, which is a reminder and no
// lock: without an engine the workflow runs up to the first step that only one can do.
func (g *generator) inFrame(w *plan.Workflow, params []jen.Code) jen.Code {
	name := w.InFrameName()
	return documented(name+" is "+w.GoName+" as a step of another package's workflow, for generated code:\nSubmit"+w.GoName+" is what anybody else calls.",
		jen.Func().Id(name).Params(jen.Op("*").Qual(runtimePath, "Frame")).
			Func().Params(params...).Add(results(w.Result)).
			Block(jen.Return(jen.Id(g.bodies[w]))))
}

// submitter writes the function that starts a durable execution of a workflow. engine
// and options are names that no parameter has; args are the workflow's own.
func (g *generator) submitter(w *plan.Workflow, engine, options string, args []jen.Code) jen.Code {
	name := "Submit" + w.GoName
	params := []jen.Code{ctxParam(), engineParam(engine)}
	for i, p := range w.Params {
		params = append(params, jen.Add(args[i]).Add(goType(p.Type)))
	}
	params = append(params, jen.Id(options).Op("...").Qual(runtimePath, "Option"))
	text := name + " starts a durable execution of " + w.GoName + " on an engine that has its registry,\nand returns when the engine's journal has it."
	if w.NeedsEngine {
		text += about(w)
	}
	return documented(text,
		jen.Func().Id(name).Params(params...).Params(jen.Op("*").Qual(runtimePath, "Run").Index(goType(w.Result)), jen.Error()).Block(
			jen.Return(jen.Qual(runtimePath, "Submit").Index(goType(w.Result)).Call(
				jen.Id("ctx"), jen.Id(engine), jen.Op("&").Id(g.infos[w]), g.input(w, args), jen.Id(options).Op("...")))))
}

// about is what a workflow says of itself, where its own function is hidden.
func about(w *plan.Workflow) string {
	if w.Doc == "" {
		return ""
	}
	return "\n\n" + w.Doc
}

// durableStep writes the call of the runtime that a durable step is.
func (b *body) durableStep(n *plan.Node, op *plan.Durable) *jen.Statement {
	args := make([]jen.Code, len(op.Args))
	for i, x := range op.Args {
		if op.Workflow != nil {
			args[i] = b.as(op.Workflow.Params[i].Type, x)
		} else {
			args[i] = b.self(x)
		}
	}
	switch op.Kind {
	case plan.AwaitEvent:
		return b.call(bounded("Await", op), append([]jen.Code{b.f(), b.durableTask(n, op), b.awaitedTopic(n, op), b.patience(op)}, args...)...)
	case plan.AwaitRun:
		return b.call(bounded("AwaitRun", op), b.f(), b.durableTask(n, op), args[0], b.patience(op))
	case plan.Emit:
		return b.call("Emit", b.f(), b.step(n), b.topic(op.Event), args[0])
	case plan.Approve:
		return b.f().Dot(bounded("Approve", op)).Call(b.step(n), args[0], args[1], b.patience(op))
	}
	return b.f().Dot("Launch").Call(b.step(n), jen.Op("&").Id(b.g.infos[op.Workflow]), b.g.input(op.Workflow, args))
}

// bounded is the function of the runtime for what is awaited as long as op says.
func bounded(name string, op *plan.Durable) string {
	if op.Until {
		return name + "Until"
	}
	return name
}

func (b *body) topic(e *plan.Event) jen.Code { return jen.Op("&").Id(b.g.topics[e]) }

// patience writes how long a step waits, or until when; 0 is for as long as it takes. What
// isn't constant may come out as 0 too, and means that it is past at once.
func (b *body) patience(op *plan.Durable) jen.Code {
	if op.Timeout == nil {
		return jen.Lit(0)
	}
	if _, constant := op.Timeout.(*plan.Const); constant || op.Until {
		return b.expr(op.Timeout)
	}
	return b.call("Within", b.expr(op.Timeout))
}

// durableTask is the address of the description of a step that gives something.
func (b *body) durableTask(n *plan.Node, op *plan.Durable) jen.Code {
	return jen.Op("&").Id(b.describedTask(n, op))
}
