package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// nameImports settles what the packages are called that the source imports: by their
// own names where these are free.
func (g *generator) nameImports() {
	for _, p := range g.program.Packages() {
		if slices.Contains(importedBy(g.program), p.Path) {
			g.aliases[p.Path] = p.Name
			continue
		}
		g.aliases[p.Path] = g.names.take(p.Name)
		g.imports.taken[g.aliases[p.Path]] = true
	}
}

// boundNames are the functions of the package itself that tools and funcs are bound to.
func boundNames(p *plan.Program) []string {
	var names []string
	note := func(f *plan.GoFunc) {
		if f != nil && f.Package == nil && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	for _, t := range p.Tools {
		note(t.Go)
	}
	for _, f := range p.Funcs {
		note(f.Go)
	}
	return names
}

// accessors are the methods by which tools give those of other packages.
func accessors(needs []*types.Package, docs bool) []jen.Code {
	var code []jen.Code
	for _, p := range needs {
		if docs {
			code = append(code, doc(types.Exported(p.Name)+" gives the tools of package "+p.Name+"."))
		}
		code = append(code, jen.Id(types.Exported(p.Name)).Params().Qual(p.Path, "Tools"))
	}
	return code
}

// toolsFor are the tools that are passed to a workflow.
func toolsFor(w *plan.Workflow) jen.Code {
	if w.Package == nil {
		return jen.Id("tools")
	}
	return jen.Id("tools").Dot(types.Exported(w.Package.Name)).Call()
}

// nameAdapters names the functions that stand around bound ones which can't stand
// where the runtime calls a tool, or where an expression has a value.
func (g *generator) nameAdapters() {
	for _, t := range g.program.Tools {
		if f := t.Go; f != nil && !(f.Exact && f.Context && f.Error && !f.Pointer) {
			g.adapted[t] = g.names.take("call" + t.GoName)
		}
	}
	for _, f := range g.program.Funcs {
		if f.Go != nil && (f.Go.Error || !f.Go.Exact) {
			g.adapted[f] = g.names.take("call" + types.Exported(f.Name))
		}
	}
}

// toolFunc is the Go function that is called for a tool.
func (g *generator) toolFunc(t *plan.Tool) *jen.Statement {
	switch {
	case t.Go == nil:
		return jen.Id("tools").Dot(t.GoName)
	case g.adapted[t] != "":
		return jen.Id(g.adapted[t])
	}
	return declaredIn(t.Go.Package, t.Go.Name)
}

func (b *body) funcCall(x *plan.FuncCall) *jen.Statement {
	f := x.Func
	switch {
	case b.g.framed(f):
		return jen.Id(b.g.funcs[f]).Call(append([]jen.Code{b.stopper()}, b.exprs(x.Args)...)...)
	case f.Go == nil:
		return jen.Id(b.g.funcs[f]).Call(b.exprs(x.Args)...)
	case b.g.adapted[f] == "":
		return declaredIn(f.Go.Package, f.Go.Name).Call(b.exprs(x.Args)...)
	case !f.Go.Error:
		return jen.Id(b.g.adapted[f]).Call(b.exprs(x.Args)...)
	}
	return jen.Id(b.g.adapted[f]).Call(append(b.exprs(x.Args), b.at(x.Pos))...)
}

// goCall writes the call of a bound function inside its adapter, and the parameters
// of that.
func (g *generator) goCall(f *plan.GoFunc, vars []*plan.Variable, names *scope) (params []jen.Code, call *jen.Statement) {
	var args []jen.Code
	if f.Context {
		args = append(args, jen.Id("ctx"))
	}
	for _, v := range vars {
		name := names.take(v.Name)
		params = append(params, jen.Id(name).Add(goType(v.Type)))
		args = append(args, jen.Id(name))
	}
	call = declaredIn(f.Package, f.Name).Call(args...)
	if f.Pointer {
		call = jen.Qual(purePath, "Given").Call(call)
	}
	return params, call
}

// toolAdapter writes the function around one that a tool is bound to: with a context
// and an error.
func (g *generator) toolAdapter(t *plan.Tool) jen.Code {
	names := newScope(g.names)
	ctx := names.take("ctx")
	params, call := g.goCall(t.Go, t.Params, names)
	if !t.Go.Context {
		ctx = "_"
	}
	params = append([]jen.Code{jen.Id(ctx).Qual("context", "Context")}, params...)
	body := []jen.Code{jen.Return(call)}
	switch {
	case t.Go.Error:
	case types.Is(t.Result, types.Nothing):
		body = []jen.Code{call, jen.Return(jen.Nil())}
	default:
		body = []jen.Code{jen.Return(call, jen.Nil())}
	}
	name := g.adapted[t]
	return documented(name+" calls "+goFuncName(t.Go)+" as a step.",
		jen.Func().Id(name).Params(params...).Add(results(t.Result)).Block(body...))
}

// funcAdapter writes the function around one that a func is bound to: an error of it
// fails the expression.
func (g *generator) funcAdapter(f *plan.Func) jen.Code {
	names := newScope(g.names)
	var place string
	if f.Go.Error {
		place = names.take("at")
	}
	params, call := g.goCall(f.Go, f.Params, names)
	body := []jen.Code{jen.Return(call)}
	if f.Go.Error {
		v, err := names.take("v"), names.take("err")
		params = append(params, jen.Id(place).String())
		body = []jen.Code{
			jen.List(jen.Id(v), jen.Id(err)).Op(":=").Add(call),
			jen.Return(jen.Qual(purePath, "OrFault").Call(jen.Id(v), jen.Id(err), jen.Id(place))),
		}
	}
	name := g.adapted[f]
	return documented(name+" calls "+goFuncName(f.Go)+" in an expression.",
		jen.Func().Id(name).Params(params...).Add(goType(f.Result)).Block(body...))
}

func goFuncName(f *plan.GoFunc) string {
	if f.Package == nil {
		return f.Name
	}
	return f.Package.Name + "." + f.Name
}

// foreignTypes tells the runtime of the structs that were written in Go: their JSON
// is as encoding/json has it.
func (g *generator) foreignTypes() []jen.Code {
	var calls []jen.Code
	for _, t := range g.program.GoTypes() {
		calls = append(calls, jen.Qual(purePath, "DeclareGo").Index(goType(t)).Call())
	}
	if len(calls) == 0 {
		return nil
	}
	return []jen.Code{jen.Func().Id("init").Params().Block(calls...)}
}

// hook writes the variable that a mock of a bound tool is put in.
func hook(t *plan.Tool) jen.Code {
	params := []jen.Code{jen.Qual("context", "Context")}
	for _, p := range t.Params {
		params = append(params, goType(p.Type))
	}
	return jen.Var().Id(t.Go.Name).Func().Params(params...).Add(results(t.Result))
}
