package codegen

import (
	"slices"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// workflowFunc writes a workflow: the interface of its tools, the function, and
// the descriptions of its steps.
func (g *generator) workflowFunc(w *plan.Workflow) []jen.Code {
	info := g.infos[w]
	var code []jen.Code
	if w.HasTools() {
		methods := append(g.methods(w.Tools, false), accessors(w.Needs, false)...)
		code = append(code, documented(w.GoName+"Tools are the tools that "+w.GoName+" reaches.",
			jen.Type().Id(w.GoName+"Tools").Interface(methods...)))
	}
	b := g.newBody(w, leave{result: w.Result})
	b.scope.parent = &scope{parent: b.scope.parent, taken: map[string]bool{}, fixed: true}
	for _, name := range ours {
		b.scope.parent.taken[name] = true
	}
	params := []jen.Code{ctxParam()}
	if w.HasTools() {
		params = append(params, jen.Id("tools").Id(w.GoName+"Tools"))
	}
	var args []jen.Code
	for _, p := range w.Params {
		name := b.declare(p)
		params = append(params, jen.Id(name).Add(goType(p.Type)))
		args = append(args, jen.Id(name))
	}
	others := newScope(b.scope)
	engine, options := others.take("engine"), others.take("options")
	b.add(
		jen.Id("f").Op(":=").Qual(runtimePath, "Start").Call(jen.Id("ctx"), jen.Op("&").Id(info)),
		end(w),
		jen.Id("f").Dot("Enter").Call(arguments(args)),
		jen.Line())
	b.checkInputs(w)
	b.steps(w.Body, sink{})
	if types.Is(w.Result, types.Nothing) && !w.Body.Exits {
		b.finish()
	}
	return append(code,
		documented(w.Doc, jen.Func().Id(w.GoName).Params(params...).Add(namedResults(w.Result)).Block(b.stmts...)),
		starter(w, info, options, params, args),
		g.inputType(w),
		g.inputCheck(w),
		g.submitter(w, engine, options, args),
		g.descriptions(w, info))
}

func namedResults(t types.Type) jen.Code {
	if types.Is(t, types.Nothing) {
		return jen.Params(jen.Id("err").Error())
	}
	return jen.Params(jen.Id("returned").Add(goType(t)), jen.Id("err").Error())
}

// end writes that an execution is ended when its function returns.
func end(w *plan.Workflow) jen.Code {
	if types.Is(w.Result, types.Nothing) {
		return jen.Defer().Id("f").Dot("End").Call(jen.Op("&").Id("err"))
	}
	return jen.Defer().Qual(runtimePath, "End").Call(jen.Id("f"), jen.Op("&").Id("returned"), jen.Op("&").Id("err"))
}

// arguments writes a function that gives arguments to who asks for them.
func arguments(args []jen.Code) jen.Code {
	if len(args) == 0 {
		return jen.Nil()
	}
	give := jen.Return(jen.Index().Any().Values(args...))
	return jen.Func().Params().Index().Any().Custom(jen.Options{Open: "{ ", Close: " }"}, give)
}

// methods are the methods of an interface of tools, with their comments or not.
func (g *generator) methods(tools []*plan.Tool, docs bool) []jen.Code {
	var code []jen.Code
	for _, t := range tools {
		if t.Go != nil {
			continue
		}
		if docs && t.Doc != "" {
			code = append(code, doc(t.Doc))
		}
		names := newScope(g.imports)
		names.take("ctx")
		params := []jen.Code{ctxParam()}
		for _, p := range t.Params {
			params = append(params, jen.Id(names.take(p.Name)).Add(goType(p.Type)))
		}
		code = append(code, jen.Id(t.GoName).Params(params...).Add(results(t.Result)))
	}
	return code
}

// A described step is a variable that describes one to the runtime.
type described struct {
	name string
	code jen.Code
}

// step gives the name of the variable that describes a step which calls nothing.
func (g *generator) step(w *plan.Workflow, n *plan.Node) string {
	return g.describe(n, w, n.Path, func() jen.Code {
		step := []jen.Code{field("ID", jen.Lit(n.Frame)), field("At", at(n.Pos))}
		if race, ok := n.Op.(*plan.Race); ok {
			var ids []jen.Code
			for _, id := range race.IDs {
				ids = append(ids, jen.Lit(id))
			}
			step = append(step, field("Arms", jen.Index().String().Add(braced(ids))))
		}
		return jen.Qual(runtimePath, "Step").Add(fields(append(step, seat(n.Seat)...)...))
	})
}

// seat says where a step stands among those that owe undos, if that matters.
func seat(n int) []jen.Code {
	if n == 0 {
		return nil
	}
	return []jen.Code{field("Seat", jen.Lit(n))}
}

// task gives the name of the variable that describes a step which calls a tool or
// workflow.
func (g *generator) task(w *plan.Workflow, n *plan.Node, c *plan.Call) string {
	return g.describe(n, w, n.Path, func() jen.Code {
		step := []jen.Code{field("ID", jen.Lit(n.Frame)), field("At", at(n.Pos))}
		step = append(step, g.called(c.Tool, c.Workflow)...)
		if c.Workflow != nil && c.Undo != nil {
			step = append(step, field("OwnUndo", jen.True()))
		}
		if c.Undo != nil && !c.Undo.Early {
			step = append(step, field("Owes", jen.True()))
		}
		if c.Undo == nil {
			step = append(step, seat(n.Seat)...)
		}
		step = append(step, attempts(c.Retry, c.Timeout)...)
		task := []jen.Code{field("Step", jen.Qual(runtimePath, "Step").Add(fields(step...)))}
		result := resultOf(c)
		if c.Tool != nil && needsCheck(result) {
			task = append(task, field("Check", g.checked(result)))
		}
		return jen.Qual(runtimePath, "Task").Index(goType(result)).Add(fields(task...))
	})
}

// undoStep gives the name of the variable that describes an undo.
func (g *generator) undoStep(w *plan.Workflow, u *plan.Undo) string {
	return g.describe(u, w, u.Path, func() jen.Code {
		step := []jen.Code{field("ID", jen.Lit(u.Frame)), field("At", at(u.Pos))}
		step = append(append(step, g.called(u.Tool, u.Workflow)...), seat(u.Seat)...)
		return jen.Qual(runtimePath, "Step").Add(fields(append(step, attempts(u.Retry, u.Timeout)...)...))
	})
}

// describe gives the name of a step's variable, which is made when it is first
// asked for.
func (g *generator) describe(key any, w *plan.Workflow, path string, code func() jen.Code) string {
	if name, ok := g.described[key]; ok {
		return name
	}
	name := camel(w.Name, path)
	if slices.Contains(ours, name) { // which is one word where its path has no letters
		name += "Step"
	}
	name = g.names.take(name)
	g.described[key] = name
	g.steps[w] = append(g.steps[w], described{name, code()})
	return name
}

// descriptions are the variables of a workflow and its steps.
func (g *generator) descriptions(w *plan.Workflow, info string) jen.Code {
	about := []jen.Code{field("Name", jen.Lit(w.Name)), field("At", at(w.Pos))}
	if w.Version > 1 {
		about = append(about, field("Version", jen.Lit(w.Version)))
	}
	about = append(about, field("Fingerprint", jen.Lit(g.fingerprints[w])))
	if w.Timeout > 0 {
		about = append(about, field("Timeout", durationLit(w.Timeout)))
	}
	if !g.keepsState(w) {
		about = append(about, field("Stateless", jen.True()))
	}
	vars := []jen.Code{jen.Id(info).Op("=").Qual(runtimePath, "Workflow").Add(fields(about...))}
	for _, d := range g.steps[w] {
		vars = append(vars, jen.Id(d.name).Op("=").Add(d.code))
	}
	return documented("What the runtime is told about "+w.GoName+" and its steps.", jen.Var().Defs(vars...))
}

func field(name string, value jen.Code) jen.Code { return jen.Id(name).Op(":").Add(value) }

// fields writes a literal's fields on one line.
func fields(code ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ","}, code...)
}

func (g *generator) called(t *plan.Tool, w *plan.Workflow) []jen.Code {
	if w != nil {
		name := w.Name
		if w.Package != nil {
			name = w.Package.Name + "." + name
		}
		return []jen.Code{field("Tool", jen.Lit(name)), field("Sub", jen.True())}
	}
	code := []jen.Code{field("Tool", jen.Lit(t.Name))}
	if len(t.Fails) > 0 {
		code = append(code, field("Fails", declarations(t.Fails)))
	}
	switch t.Effect {
	case plan.Readonly:
		code = append(code, field("Effect", jen.Qual(runtimePath, "Readonly")))
	case plan.Idempotent:
		code = append(code, field("Effect", jen.Qual(runtimePath, "Idempotent")))
	}
	return code
}

func attempts(r *plan.Retry, timeout time.Duration) []jen.Code {
	var code []jen.Code
	if r != nil {
		code = append(code, field("Retry", retry(r)))
	}
	if timeout > 0 {
		code = append(code, field("Timeout", durationLit(timeout)))
	}
	return code
}

func retry(r *plan.Retry) jen.Code {
	literal := jen.Op("&").Qual(runtimePath, "Retry")
	if len(r.At) > 0 {
		var times []jen.Code
		for _, d := range r.At {
			times = append(times, durationLit(d))
		}
		return literal.Add(fields(retriedOn(r, field("At", jen.Index().Qual("time", "Duration").Add(fields(times...))))...))
	}
	return literal.Add(fields(retriedOn(r,
		field("Times", jen.Lit(r.Times)), field("Min", durationLit(r.Min)), field("Max", durationLit(r.Max)))...))
}

// retriedOn adds to a retry's fields the declared errors that are retried too.
func retriedOn(r *plan.Retry, code ...jen.Code) []jen.Code {
	if len(r.On) == 0 {
		return code
	}
	return append(code, field("On", declarations(r.On)))
}

// keepsState tells whether an execution of a workflow has something to keep: keys for
// steps with an effect, undos, what run.id and run.started give. Sub-workflows count.
func (g *generator) keepsState(w *plan.Workflow) bool {
	if keeps, ok := g.keeping[w]; ok {
		return keeps
	}
	keeps := w.Effect > plan.Readonly || w.Package != nil // whose body isn't known
	plan.Inspect(w.Body, func(n *plan.Node) {
		if c, ok := n.Op.(*plan.Call); ok {
			keeps = keeps || c.Undo != nil || c.Workflow != nil && g.keepsState(c.Workflow)
		}
	}, func(x plan.Expr) {
		_, asks := x.(*plan.RunField)
		keeps = keeps || asks
	})
	g.keeping[w] = keeps
	return keeps
}
