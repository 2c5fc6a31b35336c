package interp

import (
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
)

// latches are those of one run of a region, by the nodes that open them.
type latches map[*plan.Node]*runtime.Latch

// region runs chains side by side.
func (e *env) region(r *plan.Region) error {
	shut := latches{}
	for _, n := range r.Latches {
		shut[n] = new(runtime.Latch)
	}
	chains := make([]func(*runtime.Frame) error, len(r.Starts))
	for i, chain := range r.Starts {
		chains[i] = e.chain(chain, shut)
	}
	return runtime.Chains(e.frame, chains...)
}

// chain is what a goroutine of a region does.
func (e *env) chain(chain plan.Chain, shut latches) func(*runtime.Frame) error {
	return func(f *runtime.Frame) error {
		in := e.in(f)
		for _, t := range chain {
			for _, n := range t.Waits {
				if err := shut[n].Wait(f); err != nil {
					return err
				}
			}
			in.compute(t.Before)
			if _, err := in.node(t.Node); err != nil {
				return err
			}
			if latch := shut[t.Node]; latch != nil {
				latch.Open()
			}
			for _, next := range t.Starts {
				f.Go(in.chain(next, shut))
			}
		}
		return nil
	}
}
