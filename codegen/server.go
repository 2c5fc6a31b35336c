package codegen

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/types"
)

const mcpPath = runtimePath + "/mcp"

// servers writes, for each server whose first tool is in a file, a type that has its tools as
// methods: whoever puts the tools together embeds it.
func (g *generator) servers(file string) (code []jen.Code) {
	var done []string
	for _, t := range g.program.Tools {
		if t.Remote == nil || slices.Contains(done, t.Remote.Server) {
			continue
		}
		done = append(done, t.Remote.Server)
		if t.Pos.File == file {
			code = append(code, g.server(t.Remote.Server)...)
		}
	}
	return code
}

// usesServers tells whether any tool is a server's.
func usesServers(p *plan.Program) bool {
	return slices.ContainsFunc(p.Tools, func(t *plan.Tool) bool { return t.Remote != nil })
}

// raw is a text as it can be read, where nothing in it acts or ends it.
func raw(text string) jen.Code {
	if strings.Contains(text, "`") || foreign.Line(text) != text {
		return jen.Lit(text)
	}
	return jen.Op(rawString(text))
}

func (g *generator) server(name string) []jen.Code {
	typ := types.Exported(name) + "Server"
	code := []jen.Code{documented(typ+" has the tools of the MCP server "+name+" that workflows call, to be embedded where the tools are put together.",
		jen.Type().Id(typ).Struct(jen.Id("Server").Qual(mcpPath, "Server")))}
	for _, t := range g.program.Tools {
		if t.Remote == nil || t.Remote.Server != name {
			continue
		}
		pinned := g.names.take(lowerFirst(t.GoName) + "Pinned")
		names := newScope(g.imports)
		receiver := names.take("s")
		ctx := names.take("ctx")
		params := []jen.Code{jen.Id(ctx).Qual("context", "Context")}
		var args []jen.Code
		for i, p := range t.Params {
			v := names.take(p.Name)
			params = append(params, jen.Id(v).Add(goType(p.Type)))
			args = append(args, jen.Lit(t.Remote.Names[i]).Op(":").Id(v))
		}
		code = append(code,
			documented(pinned+" is what the server has promised of "+t.Name+".",
				jen.Var().Id(pinned).Op("=").Qual(mcpPath, "Tool").Values(jen.Dict{
					jen.Id("Server"): jen.Lit(name), jen.Id("Name"): jen.Lit(t.Remote.Tool), jen.Id("Pinned"): raw(t.Remote.Pinned),
				})),
			documented(t.GoName+" calls the tool "+foreign.Line(t.Remote.Tool)+" of the server.",
				jen.Func().Params(jen.Id(receiver).Id(typ)).Id(t.GoName).Params(params...).Add(results(t.Result)).
					Block(jen.Return(jen.Qual(mcpPath, "Call").Index(goType(t.Result)).Call(
						jen.Id(ctx), jen.Id(receiver).Dot("Server"), jen.Op("&").Id(pinned), jen.Qual(mcpPath, "Args").Values(args...))))))
	}
	return code
}
