package codegen

import (
	"go/token"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/plan/schema"
	"github.com/wfgen/wfgen/types"
)

// starter writes the function that starts a workflow, described by the variable info,
// and gives a handle of it. Its parameters are those of the workflow's function, of
// which args are the workflow's own. options is a name that none of them has.
func starter(w *plan.Workflow, info, options string, params, args []jen.Code) jen.Code {
	name := "Start" + w.GoName
	params = append(params[:len(params):len(params)], jen.Id(options).Op("...").Qual(runtimePath, "Option"))
	call := []jen.Code{jen.Id("ctx")}
	if w.HasTools() {
		call = append(call, jen.Id("tools"))
	}
	run := jen.Return(jen.Id(w.GoName).Call(append(call, args...)...))
	literal := jen.Func().Params(ctxParam())
	begin := "Begin"
	if types.Is(w.Result, types.Nothing) {
		begin, literal = "BeginNone", literal.Error()
	} else {
		literal = literal.Params(goType(w.Result), jen.Error())
	}
	return documented(name+" starts "+w.GoName+" and gives a handle of it at once.",
		jen.Func().Id(name).Params(params...).Op("*").Qual(runtimePath, "Execution").Index(goType(w.Result)).Block(
			jen.Return(jen.Qual(runtimePath, begin).Call(
				jen.Id("ctx"), jen.Op("&").Id(info), literal.Block(run), jen.Id(options).Op("...")))))
}

// registry writes the function that gives the registry of the package's workflows, and
// the schemas of their types.
func (g *generator) registry() []jen.Code {
	if len(g.program.Workflows) == 0 {
		return nil
	}
	schemas := schema.New(g.program)
	name := g.names.take("typeSchemas")
	list := []jen.Code{jen.Id(name)}
	for _, w := range g.program.Workflows {
		list = append(list, jen.Line().Add(g.definition(schemas, w)))
	}
	var params []jen.Code
	if slices.ContainsFunc(g.program.Workflows, (*plan.Workflow).HasTools) {
		params = []jen.Code{jen.Id("tools").Id("Tools")}
	}
	return []jen.Code{
		documented("Workflows are the package's workflows, to be listed, and to be started by name with\ntheir input as JSON.",
			jen.Func().Id("Workflows").Params(params...).Op("*").Qual(runtimePath, "Registry").Block(
				jen.Return(g.withEvents(schemas, name, jen.Qual(runtimePath, "NewRegistry").Call(append(list, jen.Line())...))))),
		documented(name+" are the JSON Schemas of the types of inputs and results.",
			jen.Const().Id(name).Op("=").Op(rawString(schemas.Definitions().Text()))),
	}
}

// definition writes a workflow for the registry.
func (g *generator) definition(s *schema.Schemas, w *plan.Workflow) jen.Code {
	about := []jen.Code{entry("Workflow", jen.Op("&").Id(g.infos[w]))}
	if w.Doc != "" {
		about = append(about, entry("Doc", jen.Lit(w.Doc)))
	}
	about = append(about, entry("Input", jen.Op(rawString(s.Input(w).Text()))))
	if !types.Is(w.Result, types.Nothing) {
		about = append(about, entry("Output", jen.Op(rawString(s.Of(w.Result).Text()))))
	}
	if w.AtOnce != nil {
		about = append(about, entry("AtOnce", g.atOnce(w)))
	}
	described := jen.Qual(runtimePath, "Definition").Values(append(about, jen.Line())...)
	if check := g.inputChecks[w]; check != "" {
		return jen.Qual(runtimePath, "DefineChecked").Call(described, jen.Id(check), g.fromInput(w))
	}
	return jen.Qual(runtimePath, "Define").Call(described, g.fromInput(w))
}

// atOnce writes how many executions of a workflow go on at once.
func (g *generator) atOnce(w *plan.Workflow) jen.Code {
	a := w.AtOnce
	fields := []jen.Code{jen.Id("N").Op(":").Lit(a.N)}
	if a.By >= 0 {
		fields = append(fields, jen.Id("By").Op(":").Lit(w.Params[a.By].Name))
	}
	switch a.Full {
	case "refuse":
		fields = append(fields, jen.Id("Full").Op(":").Qual(runtimePath, "Refuses"))
	case "replace":
		fields = append(fields, jen.Id("Full").Op(":").Qual(runtimePath, "Replaces"))
	}
	return jen.Op("&").Qual(runtimePath, "AtOnce").Values(fields...)
}

// fromInput writes the function that calls a workflow with the fields of its input.
func (g *generator) fromInput(w *plan.Workflow) jen.Code {
	call := []jen.Code{jen.Id("ctx")}
	if w.HasTools() {
		call = append(call, jen.Id("tools"))
	}
	for _, name := range inputNames(w) {
		call = append(call, jen.Id("in").Dot(name))
	}
	in := jen.Id("in")
	if len(w.Params) == 0 {
		in = jen.Id("_")
	}
	run := jen.Id(g.bodies[w]).Call(call...)
	body := jen.Return(run)
	if types.Is(w.Result, types.Nothing) {
		body = jen.Return(jen.Qual(runtimePath, "None").Values(), run)
	}
	return jen.Func().Params(ctxParam(), in.Id(g.inputs[w])).
		Params(goType(w.Result), jen.Error()).Block(body)
}

// fieldName is an exported Go name for a parameter.
func fieldName(param string) string {
	if name := types.Exported(param); token.IsExported(name) {
		return name
	}
	return "P" + param
}

// entry is a field of a literal on a line of its own.
func entry(name string, value jen.Code) jen.Code { return jen.Line().Add(field(name, value)) }

// rawString is a text without backquotes as Go writes it over several lines.
func rawString(text string) string { return "`" + text + "`" }
