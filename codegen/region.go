package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
)

// latches are those of a region, as Go has them, by the nodes that open them.
type latches map[*plan.Node]*jen.Statement

// fewNodes is how many nodes a region has at most whose chains are the cases of one
// function literal. That is one allocation for all of them, but its stack frame has room
// for the steps of all, and the goroutine of each chain needs a stack for it.
const fewNodes = 20

// region writes chains that run side by side: a function literal with a case for each,
// or one for each, and a call that runs them and returns when all have ended.
func (b *body) region(r *plan.Region) {
	b.apart()
	b.share(r)
	shut := b.shutLatches(r)
	*b.frame = true
	*b.namedErr = true
	run := jen.Id("err").Op("=")
	if len(r.Nodes) <= fewNodes {
		run.Add(b.call("Parallel", jen.Id(b.frameName), jen.Lit(len(r.Starts)), b.cases(r, shut)))
	} else {
		run.Qual(runtimePath, "Chains").Custom(jen.Options{Open: "(f,", Close: ")", Separator: ",", Multi: true}, b.literals(r, shut)...)
	}
	b.add(run)
	if slices.ContainsFunc(r.Nodes, func(n *plan.Node) bool { return plan.Ends(n.Op) }) {
		b.add(b.fails(jen.Id("err"))) // one of the chains fails in any case
		return
	}
	b.orFail()
}

// share declares the variables that the chains of a region share.
func (b *body) share(r *plan.Region) {
	var vars []jen.Code
	for _, v := range r.Shared {
		if _, ok := b.visible(v); !ok {
			vars = append(vars, jen.Id(b.declare(v)).Add(goType(v.Type)))
		}
	}
	if len(vars) == 1 {
		b.add(jen.Var().Add(vars[0]))
	} else if len(vars) > 1 {
		b.add(jen.Var().Defs(vars...))
	}
}

// shutLatches declares the latches of a region: several as fields of one struct, which is
// one allocation, as function literals capture it.
func (b *body) shutLatches(r *plan.Region) latches {
	shut := latches{}
	if len(r.Latches) == 0 {
		return shut
	}
	if len(r.Latches) == 1 {
		n := r.Latches[0]
		shut[n] = jen.Id(b.temp(camel(n.ID) + "Done"))
		b.add(jen.Var().Add(shut[n].Clone()).Qual(runtimePath, "Latch"))
		return shut
	}
	done, names := b.temp("done"), newScope(nil)
	var fields []jen.Code
	for _, n := range r.Latches {
		name := names.take(camel(n.ID))
		shut[n] = jen.Id(done).Dot(name)
		fields = append(fields, jen.Id(name))
	}
	b.add(jen.Var().Id(done).Struct(jen.List(fields...).Qual(runtimePath, "Latch")))
	return shut
}

// literals writes the chains that start with a region, as function literals.
func (b *body) literals(r *plan.Region, shut latches) (all []jen.Code) {
	for _, chain := range r.Starts {
		all = append(all, b.chainLiteral(chain, shut))
	}
	return all
}

// cases writes the chains that start with a region, as cases of one function literal.
func (b *body) cases(r *plan.Region, shut latches) jen.Code {
	in := b.literal(leave{}).framed()
	number := in.temp("chain")
	var cases []jen.Code
	for i, chain := range r.Starts {
		one := in.inner()
		one.chain(chain, shut)
		if one.checked != nil {
			one.finish()
		}
		cases = append(cases, jen.Op(fmt.Sprintf("case %d: // %s", i, steps(chain))))
		cases = append(cases, one.stmts...)
	}
	in.add(jen.Switch(jen.Id(number)).Block(cases...), jen.Return(jen.Nil()))
	return in.framedLiteral(jen.Id(number).Int())
}

// steps are the ids of the steps that a chain runs.
func steps(chain plan.Chain) string {
	var ids []string
	for _, t := range chain {
		ids = append(ids, t.Node.ID)
	}
	return shortened(strings.Join(ids, ", "))
}

// chainLiteral writes a chain as a function literal.
func (b *body) chainLiteral(chain plan.Chain, shut latches) jen.Code {
	in := b.literal(leave{}).framed()
	in.chain(chain, shut)
	if last := chain[len(chain)-1].Node; !plan.Ends(last.Op) {
		in.finish()
	}
	return in.framedLiteral()
}

// chain writes the turns of a chain.
func (b *body) chain(chain plan.Chain, shut latches) {
	for _, t := range chain {
		for _, n := range t.Waits {
			b.check(shut[n].Clone().Dot("Wait").Call(b.f()))
		}
		b.lets(t.Before)
		b.node(t.Node)
		if latch := shut[t.Node]; latch != nil {
			b.add(latch.Clone().Dot("Open").Call())
		}
		for _, next := range t.Starts {
			b.add(b.f().Dot("Go").Call(b.chainLiteral(next, shut)))
		}
	}
}

// framedLiteral is a function literal whose parameters are a frame and others.
func (b *body) framedLiteral(others ...jen.Code) jen.Code {
	params := append([]jen.Code{b.frameParam()}, others...)
	return jen.Func().Params(params...).Add(b.literalResults()).Block(b.stmts...)
}

// frameParam is the frame as a parameter of what has been written.
func (b *body) frameParam() jen.Code {
	frame := "_"
	if *b.frame {
		frame = b.frameName
	}
	return jen.Id(frame).Op("*").Qual(runtimePath, "Frame")
}
