package wftest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// A Crash is what came of crashes while a test was run.
type Crash struct {
	// Points is how many crashes there were. Since it depends on timing what is stored
	// together, it may be another number the next time.
	Points int
	// Interrupted are the tools of which a call may have happened at a crash, sorted by
	// name.
	Interrupted []Interruption
}

// An Interruption says at how many points a call of a tool may have happened, which
// isn't repeated: the tool is neither readonly nor idempotent, and the call has begun,
// and no end of it is recorded. Its step fails as Interrupted.
type Interruption struct {
	Tool   string
	Points int
	// Failed counts those of the points at which the workflow has failed of it.
	Failed int
}

// runCrashing runs a test that passes as a durable execution, once for each point at
// which its journal can be cut: the process crashes there, and another one goes on with
// what is stored, and with the mocks as they are. That has to come to the same result and
// to meet what the test expects, and nothing of which the end is recorded may be called
// again. Where a call that isn't repeated may have happened, the workflow may also fail as
// Interrupted.
func (r *Result) runCrashing(p *plan.Program, o Options) {
	r.Crash = &Crash{}
	whole := crashing{plan: p, asked: r.Test, o: o}.within()
	r.NeedsGo = whole.needsGo
	if r.Failures = whole.failures; len(r.Failures) > 0 {
		return
	}
	var seen faults
	for point := 1; point <= whole.stored && len(seen.list) < maxFaults; {
		c := crashing{plan: p, asked: r.Test, o: o, point: point}.within()
		r.NeedsGo = r.NeedsGo || c.needsGo
		point = max(point, c.stored) + 1
		if c.crashed || len(c.failures) > 0 {
			r.Crash.add(c)
			c.compare(whole)
			seen.add(c)
		}
		if c.execution == nil { // it didn't end: others wouldn't either
			break
		}
	}
	r.Failures = seen.failures(r.Crash.Points)
}

func (c *Crash) add(run *crashing) {
	c.Points++
	for _, tool := range run.interrupted {
		i, found := slices.BinarySearchFunc(c.Interrupted, tool, func(i Interruption, tool string) int {
			return strings.Compare(i.Tool, tool)
		})
		if !found {
			c.Interrupted = slices.Insert(c.Interrupted, i, Interruption{Tool: tool})
		}
		c.Interrupted[i].Points++
		if run.gaveUp {
			c.Interrupted[i].Failed++
		}
	}
}

// maxFaults is how many faults that differ are looked for.
const maxFaults = 10

// faults are what goes wrong at crashes, each with the points at which it does.
type faults struct {
	list  []Failure
	first []string // where each was first
	count []int
}

func (f *faults) add(c *crashing) {
	for _, failure := range c.failures {
		i := slices.Index(f.list, failure)
		if i < 0 {
			i = len(f.list)
			f.list, f.first, f.count = append(f.list, failure), append(f.first, c.place()), append(f.count, 0)
		}
		f.count[i]++
	}
}

func (f *faults) failures(points int) (list []Failure) {
	for i, failure := range f.list {
		where := f.first[i]
		if n := f.count[i]; n > 1 {
			where += fmt.Sprintf(" (and %d more of %d)", n-1, points)
		}
		list = append(list, Failure{failure.Pos, where + ": " + failure.Text})
	}
	return list
}
