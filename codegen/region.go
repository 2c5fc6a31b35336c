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
	// latches holds the Go name of the latch that a node opens.
	latches map[*plan.Node]string
}

const several = -1

func newCrew(s *schedule, index int) *crew {
	r := plan.Region{Chains: s.items[index].chains}
	c := &crew{
		Meeting: r.Meeting(), schedule: s, index: index, chains: r.Chains,
		readers: map[*plan.Variable]int{}, latches: map[*plan.Node]string{},
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

// region writes chains that run side by side: a function literal for each, and a
// call that runs them and returns when all have ended.
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
	var args []jen.Code
	for _, start := range c.Starts {
		args = append(args, b.chain(c, start))
	}
	*b.namedErr = true
	b.add(jen.Id("err").Op("=").Qual(runtimePath, "Parallel").Custom(
		jen.Options{Open: "(f,", Close: ")", Separator: ",", Multi: true}, args...))
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

func (b *body) shutLatches(c *crew) {
	var names []jen.Code
	for _, chain := range c.chains {
		for _, n := range chain {
			for _, p := range c.Waits[n] {
				if c.latches[p] == "" {
					c.latches[p] = b.temp(camel(p.ID) + "Done")
					names = append(names, jen.Id(c.latches[p]))
				}
			}
		}
	}
	if len(names) > 0 {
		b.add(jen.Var().List(names...).Qual(runtimePath, "Latch"))
	}
}

// chain writes a chain as a function literal.
func (b *body) chain(c *crew, i int) jen.Code {
	in := b.literal(leave{}).framed()
	for _, n := range c.chains[i] {
		for _, p := range c.Waits[n] {
			in.check(jen.Id(c.latches[p]).Dot("Wait").Call(in.f()))
		}
		in.ready(c.schedule, n)
		in.node(c.schedule, n)
		if latch := c.latches[n]; latch != "" {
			in.add(jen.Id(latch).Dot("Open").Call())
		}
		for _, fork := range c.Forks[n] {
			in.add(in.f().Dot("Go").Call(in.chain(c, fork)))
		}
	}
	if last := c.chains[i][len(c.chains[i])-1]; !plan.Ends(last.Op) {
		in.finish()
	}
	return in.chainLiteral()
}

func (b *body) chainLiteral() jen.Code {
	frame := "_"
	if *b.frame {
		frame = "f"
	}
	return jen.Func().Params(jen.Id(frame).Op("*").Qual(runtimePath, "Frame")).Add(b.literalResults()).Block(b.stmts...)
}

// sortedBy gives the nodes in the order of the source.
func sortedBy(nodes []*plan.Node, written map[*plan.Node]int) []*plan.Node {
	return slices.SortedFunc(slices.Values(nodes), func(a, b *plan.Node) int { return written[a] - written[b] })
}
