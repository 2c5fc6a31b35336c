package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// A loop without a bound is meant to go on for long. Where nothing in its rounds waits, it
// does so at the speed of its tools, or of the processor: this pass warns of that.
func (c *checker) busy() {
	for _, w := range c.prog.Workflows {
		c.file = w.File
		dsl.Inspect(w.Decl.Body, func(n dsl.Node) bool {
			if x, ok := n.(*dsl.LoopExpr); ok && isUnbounded(x) && !c.waits(x.Body, map[*Workflow]bool{}) {
				c.warn(diag.BusyLoop, x.Max, "this loop has no bound, and nothing in its rounds waits").
					Help = "have a round wait for a time, an event or an answer: wait 10s; or bound the loop: max 1000"
			}
			return true
		})
	}
}

// waits tells whether something waits for a time or for the outside, be it in a workflow
// that it calls. seen are the workflows that have been looked into.
func (c *checker) waits(in dsl.Node, seen map[*Workflow]bool) (found bool) {
	dsl.Inspect(in, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.WaitStmt:
			found = true
		case *dsl.CallExpr:
			found = found || n.Verb == dsl.Await || n.Verb == dsl.Approve || c.calledWaits(n, seen)
		}
		return !found
	})
	return found
}

// calledWaits tells of a call that it is one of a workflow that waits. Of one that isn't of
// this package nothing is known, and it is taken to.
func (c *checker) calledWaits(x *dsl.CallExpr, seen map[*Workflow]bool) bool {
	w, ok := c.info.Uses[x.Fun].(*Workflow)
	if !ok || x.Verb != dsl.Call || seen[w] {
		return false
	}
	seen[w] = true
	return w.Of != nil || c.waits(w.Decl.Body, seen)
}
