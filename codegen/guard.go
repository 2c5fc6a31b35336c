package codegen

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
)

// guard declares the variable that stands before the calls of a tool: one for all steps that
// call it.
func (g *generator) guard(t *plan.Tool) jen.Code {
	var about []part
	if l := t.Guard.AtOnce; l != nil {
		about = append(about, quota("AtOnce", l))
	}
	if l := t.Guard.Rate; l != nil {
		about = append(about, quota("Rate", l))
	}
	if b := t.Guard.Breaker; b != nil {
		inner := []part{counted("N", b.N), lasting("Per", b.Per), lasting("Open", b.Open)}
		about = append(about, inRuntime("Breaker", "Breaker", inner))
	}
	if d := t.Guard.Cache; d > 0 {
		about = append(about, lasting("Cache", d))
	}
	name := g.guards[t]
	return documented("What stands before all calls of "+t.Name+".",
		jen.Var().Id(name).Op("=").Qual(runtimePath, "Guarded").Add(literal("var "+name+" = runtime.Guarded", about)))
}

func quota(name string, l *plan.Limit) part {
	inner := []part{counted("N", l.N)}
	if l.Per > 0 {
		inner = append(inner, lasting("Per", l.Per))
	}
	if l.By >= 0 {
		inner = append(inner, counted("By", l.By+1))
	}
	return inRuntime(name, "Quota", inner)
}

func counted(name string, n int) part {
	return part{field(name, jen.Lit(n)), len(name) + len(": ") + len(strconv.Itoa(n))}
}

// inRuntime is a field that is a struct of package runtime.
func inRuntime(name, typ string, inner []part) part {
	return part{
		field(name, jen.Qual(runtimePath, typ).Add(fields(codes(inner)...))),
		len(name) + len(": runtime.{}") + len(typ) + width(inner),
	}
}
