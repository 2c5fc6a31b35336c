package interp

import (
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
)

// A crew is a region: its chains, and how they meet.
type crew struct {
	*plan.Meeting
	schedule *schedule
	chains   [][]*plan.Node
}

// latches are those of one run of a region, by the node that opens one.
type latches map[*plan.Node]*runtime.Latch

// region runs chains side by side.
func (e *env) region(c *crew) error {
	shut := latches{}
	for _, waited := range c.Waits {
		for _, n := range waited {
			shut[n] = new(runtime.Latch)
		}
	}
	chains := make([]func(*runtime.Frame) error, len(c.Starts))
	for i, start := range c.Starts {
		chains[i] = e.chain(c, shut, start)
	}
	return runtime.Chains(e.frame, chains...)
}

// chain is what a goroutine of a region does.
func (e *env) chain(c *crew, shut latches, i int) func(*runtime.Frame) error {
	return func(f *runtime.Frame) error {
		in := e.in(f)
		for _, n := range c.chains[i] {
			for _, p := range c.Waits[n] {
				if err := shut[p].Wait(f); err != nil {
					return err
				}
			}
			in.ready(c.schedule, n)
			if _, err := in.node(n); err != nil {
				return err
			}
			if latch := shut[n]; latch != nil {
				latch.Open()
			}
			for _, fork := range c.Forks[n] {
				f.Go(in.chain(c, shut, fork))
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
