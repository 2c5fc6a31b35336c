package codegen

import (
	"slices"

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
		methods := slices.Concat(g.methods(w.Tools, false), modelMethods(w.Models, false), accessors(w.Needs, false))
		code = append(code, documented(w.GoName+"Tools are the tools that "+w.GoName+" reaches.",
			jen.Type().Id(w.GoName+"Tools").Interface(methods...)))
	}
	b := g.newBody(w, owner{camel(w.Name), w.Pos}, leave{result: w.Result})
	b.scope.parent = &scope{parent: b.scope.parent, taken: map[string]bool{}, fixed: true}
	b.frameName = g.frameName(namesIn(w))
	for _, name := range append([]string{b.frameName}, ours...) {
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
		jen.Id(b.frameName).Op(":=").Qual(runtimePath, "Start").Call(jen.Id("ctx"), jen.Op("&").Id(info)),
		b.end(w))
	if w.Finishes() {
		b.add(jen.Defer().Id(b.frameName).Dot("Finish").Call(jen.Op("&").Id("err")))
	}
	b.add(
		jen.Id(b.frameName).Dot("Enter").Call(arguments(args)),
		jen.Line())
	b.checkInputs(w)
	if n, op := w.Finally(); n != nil {
		b.finallyNode(n, op)
	}
	b.steps(w.Body, sink{})
	if types.Is(w.Result, types.Nothing) && !w.Body.Exits {
		b.finish()
	}
	code = append(code,
		documented(g.bodyDoc(w), jen.Func().Id(g.bodies[w]).Params(params...).Add(namedResults(w.Result)).Block(b.stmts...)))
	if w.NeedsEngine {
		code = append(code, g.inFrame(w, params), g.awaits(w, info))
	} else {
		code = append(code, starter(w, info, options, params, args))
	}
	code = append(code, g.awaited[w]...)
	return append(append(code,
		g.inputType(w),
		g.inputCheck(w),
		g.submitter(w, engine, options, args),
		b.descriptions(info)), g.agentDecls(w)...)
}

// bodyDoc is the comment on the function that runs a workflow: its own where that is the
// one to be called, which else SubmitX has.
func (g *generator) bodyDoc(w *plan.Workflow) string {
	if w.NeedsEngine {
		return g.bodies[w] + " is " + w.GoName + ", for an engine and for other workflows."
	}
	return w.Doc
}

func namedResults(t types.Type) jen.Code {
	if types.Is(t, types.Nothing) {
		return jen.Params(jen.Id("err").Error())
	}
	return jen.Params(jen.Id("returned").Add(goType(t)), jen.Id("err").Error())
}

// end writes that an execution is ended when its function returns.
func (b *body) end(w *plan.Workflow) jen.Code {
	if types.Is(w.Result, types.Nothing) {
		return jen.Defer().Id(b.frameName).Dot("End").Call(jen.Op("&").Id("err"))
	}
	return jen.Defer().Qual(runtimePath, "End").Call(jen.Id(b.frameName), jen.Op("&").Id("returned"), jen.Op("&").Id("err"))
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

// keepsState tells whether an execution of a workflow has something to keep: keys for
// steps with an effect, undos, what run.id and run.started give. Sub-workflows count.
func (g *generator) keepsState(w *plan.Workflow) bool {
	if keeps, ok := g.keeping[w]; ok {
		return keeps
	}
	keeps := w.Effect > plan.Readonly || w.Package != nil // whose body isn't known
	plan.Inspect(w.Body, func(n *plan.Node) {
		switch c := n.Op.(type) {
		case *plan.Call:
			keeps = keeps || c.Undo != nil || c.Workflow != nil && g.keepsState(c.Workflow)
		case *plan.Converse:
			keeps = true // what a model has replied
		}
	}, func(x plan.Expr) {
		_, asks := x.(*plan.RunField)
		keeps = keeps || asks
	})
	g.keeping[w] = keeps
	return keeps
}
