package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// starter writes the function that starts a workflow, described by the variable info,
// and gives a handle of it. Its parameters are those of the workflow's function, of
// which args are the workflow's own. options is a name that none of them has.
func starter(w *plan.Workflow, info, options string, params, args []jen.Code) jen.Code {
	name := "Start" + w.GoName
	params = append(params[:len(params):len(params)], jen.Id(options).Op("...").Qual(runtimePath, "Option"))
	call := []jen.Code{jen.Id("ctx")}
	if len(w.Tools) > 0 {
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
		jen.Func().Id(name).Params(params...).Op("*").Qual(runtimePath, "Execution").Index(executionResult(w)).Block(
			jen.Return(jen.Qual(runtimePath, begin).Call(
				jen.Id("ctx"), jen.Op("&").Id(info), literal.Block(run), jen.Id(options).Op("...")))))
}

// executionResult is what an execution of a workflow gives.
func executionResult(w *plan.Workflow) jen.Code {
	if types.Is(w.Result, types.Nothing) {
		return jen.Qual(runtimePath, "None")
	}
	return goType(w.Result)
}
