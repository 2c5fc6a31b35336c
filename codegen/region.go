package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
)

// A crew is a region on its way to Go.
type crew struct {
	*plan.Meeting
	schedule *schedule
	index    int // of the region in its schedule
	chains   [][]*plan.Node
	// readers tells which chain reads a variable: its number, or several.
	readers map[*plan.Variable]int
	// latches holds the latch that a node opens, as Go has it.
	latches map[*plan.Node]*jen.Statement
}

const several = -1

func newCrew(s *schedule, index int) *crew {
	r := plan.Region{Chains: s.items[index].chains}
	c := &crew{
		Meeting: r.Meeting(), schedule: s, index: index, chains: r.Chains,
		readers: map[*plan.Variable]int{}, latches: map[*plan.Node]*jen.Statement{},
	}
	for i, chain := range c.chains {
		for _, n := range chain {
			for v := range s.deep(n.Uses) {
				if reader, ok := c.readers[v]; ok && reader != i {
					c.readers[v] = several
				} else {
					c.readers[v] = i
				}
			}
		}
	}
	return c
}

// fewNodes is how many nodes a region has at most whose chains are the cases of one
// function literal. That is one allocation for all of them, but its stack frame has room
// for the steps of all, and the goroutine of each chain needs a stack for it.
const fewNodes = 20

// region writes chains that run side by side: a function literal with a case for each,
// or one for each, and a call that runs them and returns when all have ended.
func (b *body) region(s *schedule, i int) {
	c := newCrew(s, i)
	var places []plan.Pos
	for _, n := range sortedBy(s.items[i].nodes(), s.written) {
		places = append(places, n.Pos)
	}
	b.mark(places...)
	b.shared(c)
	b.shutLatches(c)
	*b.frame = true
	*b.namedErr = true
	run := jen.Id("err").Op("=")
	if len(s.items[i].nodes()) <= fewNodes {
		run.Add(b.call("Parallel", jen.Id("f"), jen.Lit(len(c.Starts)), b.cases(c)))
	} else {
		run.Qual(runtimePath, "Chains").Custom(jen.Options{Open: "(f,", Close: ")", Separator: ",", Multi: true}, b.literals(c)...)
	}
	b.add(run)
	if slices.ContainsFunc(s.items[i].nodes(), func(n *plan.Node) bool { return plan.Ends(n.Op) }) {
		b.add(b.fails(jen.Id("err"))) // one of the chains fails in any case
		return
	}
	b.orFail()
}

// shared declares the variables that a chain binds and somebody outside of it
// reads.
func (b *body) shared(c *crew) {
	var vars []jen.Code
	for i, chain := range c.chains {
		for _, n := range chain {
			for _, v := range boundBy(n) {
				if c.schedule.lets[v] != nil {
					continue // written where it is needed
				}
				if _, ok := b.visible(v); !ok && c.leaves(v, i) {
					vars = append(vars, jen.Id(b.declare(v)).Add(goType(v.Type)))
				}
			}
		}
	}
	if len(vars) == 1 {
		b.add(jen.Var().Add(vars[0]))
	} else if len(vars) > 1 {
		b.add(jen.Var().Defs(vars...))
	}
}

// leaves tells whether a variable that chain i binds is read outside of it.
func (c *crew) leaves(v *plan.Variable, i int) bool {
	if c.schedule.usedAfter(v, c.index) {
		return true
	}
	reader, ok := c.readers[v]
	return ok && reader != i
}

// shutLatches declares the latches of a region: several as fields of one struct, which is
// one allocation, as function literals capture it.
func (b *body) shutLatches(c *crew) {
	var opened []*plan.Node
	for _, chain := range c.chains {
		for _, n := range chain {
			for _, p := range c.Waits[n] {
				if _, known := c.latches[p]; !known {
					c.latches[p], opened = nil, append(opened, p)
				}
			}
		}
	}
	if len(opened) == 0 {
		return
	}
	if len(opened) == 1 {
		c.latches[opened[0]] = jen.Id(b.temp(camel(opened[0].ID) + "Done"))
		b.add(jen.Var().Add(c.latches[opened[0]].Clone()).Qual(runtimePath, "Latch"))
		return
	}
	done, names := b.temp("done"), newScope(nil)
	var fields []jen.Code
	for _, n := range opened {
		name := names.take(camel(n.ID))
		c.latches[n] = jen.Id(done).Dot(name)
		fields = append(fields, jen.Id(name))
	}
	b.add(jen.Var().Id(done).Struct(jen.List(fields...).Qual(runtimePath, "Latch")))
}

// literals writes the chains that nobody else starts, as function literals.
func (b *body) literals(c *crew) (all []jen.Code) {
	for _, start := range c.Starts {
		all = append(all, b.chainLiteral(c, start))
	}
	return all
}

// cases writes the chains that nobody else starts, as cases of one function literal.
func (b *body) cases(c *crew) jen.Code {
	in := b.literal(leave{}).framed()
	number := in.temp("chain")
	var cases []jen.Code
	for i, start := range c.Starts {
		one := in.inner()
		one.chain(c, start)
		if one.checked != nil {
			one.finish()
		}
		cases = append(cases, jen.Case(jen.Lit(i)).Block(one.stmts...))
	}
	in.add(jen.Switch(jen.Id(number)).Block(cases...), jen.Return(jen.Nil()))
	return in.framedLiteral(jen.Id(number).Int())
}

// chainLiteral writes a chain as a function literal.
func (b *body) chainLiteral(c *crew, i int) jen.Code {
	in := b.literal(leave{}).framed()
	in.chain(c, i)
	if last := c.chains[i][len(c.chains[i])-1]; !plan.Ends(last.Op) {
		in.finish()
	}
	return in.framedLiteral()
}

// chain writes the steps of a chain.
func (b *body) chain(c *crew, i int) {
	for _, n := range c.chains[i] {
		for _, p := range c.Waits[n] {
			b.check(c.latches[p].Clone().Dot("Wait").Call(b.f()))
		}
		b.ready(c.schedule, n)
		b.node(c.schedule, n)
		if latch := c.latches[n]; latch != nil {
			b.add(latch.Clone().Dot("Open").Call())
		}
		for _, fork := range c.Forks[n] {
			b.add(b.f().Dot("Go").Call(b.chainLiteral(c, fork)))
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
		frame = "f"
	}
	return jen.Id(frame).Op("*").Qual(runtimePath, "Frame")
}

// sortedBy gives the nodes in the order of the source.
func sortedBy(nodes []*plan.Node, written map[*plan.Node]int) []*plan.Node {
	return slices.SortedFunc(slices.Values(nodes), func(a, b *plan.Node) int { return written[a] - written[b] })
}
