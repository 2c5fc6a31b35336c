package interp

import (
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
)

// A crew is a region with what generated code has of it: which chain starts where,
// and which steps open a latch for others.
type crew struct {
	schedule *schedule
	chains   [][]*plan.Node
	chainOf  map[*plan.Node]int
	// forks holds, for a node, the chains that start when it is done.
	forks map[*plan.Node][]int
	// starts are the chains that start with the region.
	starts []int
	// waits holds, for a node, those of other chains whose latches it waits for.
	waits map[*plan.Node][]*plan.Node
}

// newCrew works out how chains meet. A chain whose first node follows one of
// another chain starts there; every other dependency between chains is a latch.
func newCrew(s *schedule, chains [][]*plan.Node) *crew {
	c := &crew{
		schedule: s, chains: chains, chainOf: map[*plan.Node]int{},
		forks: map[*plan.Node][]int{}, waits: map[*plan.Node][]*plan.Node{},
	}
	for i, chain := range chains {
		for _, n := range chain {
			c.chainOf[n] = i
		}
	}
	for i, chain := range chains {
		for at, n := range chain {
			others := c.others(n)
			switch {
			case at > 0:
			case len(others) == 0:
				c.starts = append(c.starts, i)
			default:
				c.forks[others[0]] = append(c.forks[others[0]], i)
				others = others[1:]
			}
			c.waits[n] = others
		}
	}
	return c
}

// others are a node's predecessors in other chains of the region.
func (c *crew) others(n *plan.Node) []*plan.Node {
	var out []*plan.Node
	for _, p := range n.After {
		if chain, ok := c.chainOf[p]; ok && chain != c.chainOf[n] {
			out = append(out, p)
		}
	}
	return out
}

// A meeting is one run of a crew.
type meeting struct {
	*crew
	latches map[*plan.Node]*runtime.Latch
}

// region runs chains side by side.
func (e *env) region(c *crew) error {
	m := &meeting{c, map[*plan.Node]*runtime.Latch{}}
	for _, waited := range c.waits {
		for _, n := range waited {
			m.latches[n] = new(runtime.Latch)
		}
	}
	chains := make([]func(*runtime.Frame) error, len(c.starts))
	for i, start := range c.starts {
		chains[i] = e.chain(m, start)
	}
	return runtime.Parallel(e.frame, chains...)
}

// chain is what a goroutine of a region does.
func (e *env) chain(m *meeting, i int) func(*runtime.Frame) error {
	return func(f *runtime.Frame) error {
		in := e.in(f)
		for _, n := range m.chains[i] {
			for _, p := range m.waits[n] {
				if err := m.latches[p].Wait(f); err != nil {
					return err
				}
			}
			in.ready(m.schedule, n)
			if _, err := in.node(n); err != nil {
				return err
			}
			if latch := m.latches[n]; latch != nil {
				latch.Open()
			}
			for _, fork := range m.forks[n] {
				f.Go(in.chain(m, fork))
			}
		}
		return nil
	}
}

// ready computes the small bindings that a node of a chain reads, so that what
// can't be computed fails before the node, not in the midst of it.
func (e *env) ready(s *schedule, n *plan.Node) {
	for _, v := range n.Uses {
		if s.lets[v] != nil {
			e.find(v).get()
		}
	}
}
