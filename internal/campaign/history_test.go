package campaign

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A history is what a run has left: its journal, and what its tools have done.
type history struct {
	executions map[string]*journal.Execution
	records    map[string][]journal.Record
	effects    []effect
	begins     []effect // those that are no calls, once they are asked for
}

func (h *history) read(tx journal.Tx) error {
	list, err := tx.Executions(journal.Query{Limit: math.MaxInt32})
	for _, x := range list {
		h.executions[x.ID] = x
		if h.records[x.ID], err = tx.Records(x.ID, 0, 0); err != nil {
			return err
		}
	}
	return err
}

// works is how many executions of Work there are.
func (h *history) works() (n int) {
	for _, x := range h.executions {
		if x.Workflow == "Work" {
			n++
		}
	}
	return n
}

// A call is an attempt of a step, by its key.
type call struct {
	key     string
	attempt int
}

// calls gives the processes in which each call was made.
func (h *history) calls() map[call][]int {
	all := map[call][]int{}
	for _, e := range h.effects {
		if e.tool != begins {
			c := call{e.key, e.attempt}
			all[c] = append(all[c], e.process)
		}
	}
	return all
}

// ends gives the ends of attempts that are recorded.
func (h *history) ends() map[call]journal.Record {
	all := map[call]journal.Record{}
	for id, records := range h.records {
		for _, r := range records {
			if r.Kind == journal.Done || r.Kind == journal.Failed || r.Kind == journal.Undone {
				all[call{id + "/" + r.Step, r.Attempt}] = r
			}
		}
	}
	return all
}

// process is that which recorded something at a time.
func (h *history) process(at time.Time) int {
	if h.begins == nil {
		for _, e := range h.effects {
			if e.tool == begins {
				h.begins = append(h.begins, e)
			}
		}
	}
	i, found := slices.BinarySearchFunc(h.begins, at, func(e effect, at time.Time) int { return e.at.Compare(at) })
	if !found {
		i--
	}
	return h.begins[i].process
}

// undos gives, of an execution, the steps whose undo was owed, and those that were
// undone, in their order. What a try has undone by itself isn't among them.
func undos(records []journal.Record) (owed, undone []string) {
	for _, r := range records {
		if strings.HasPrefix(r.Step, "tried.") {
			continue
		}
		switch r.Kind {
		case journal.Owed:
			owed = append(owed, r.Step)
		case journal.Undone:
			undone = append(undone, r.Step)
		}
	}
	return owed, undone
}

// A comparison holds a run with kills against one without.
type comparison struct {
	*testing.T
	got, want *history

	calls, repeated, interrupted, undone int
}

// String is what the run was like.
func (c *comparison) String() string {
	records := 0
	for _, list := range c.got.records {
		records += len(list)
	}
	return fmt.Sprintf("%d executions, %d records, %d calls of tools, %d of them repeated since no end was stored, %d interrupted, %d undos",
		len(c.got.executions), records, c.calls, c.repeated, c.interrupted, c.undone)
}

// all compares everything. So many executions are known to have been started.
func (c *comparison) all(started int) {
	for seed := range started {
		if c.got.executions[name(seed)] == nil {
			c.Errorf("execution %s is lost", name(seed))
		}
	}
	if len(c.got.executions) != len(c.want.executions) {
		c.Errorf("%d executions, want %d", len(c.got.executions), len(c.want.executions))
	}
	for id, x := range c.got.executions {
		if c.want.executions[id] == nil {
			c.Errorf("%s wasn't to be started", id)
			continue
		}
		c.ended(x, c.want.executions[id])
		c.once(id)
		c.undos(x)
	}
	c.effects()
}

// ended compares how an execution has ended.
func (c *comparison) ended(got, want *journal.Execution) {
	if got.Ended.IsZero() || got.Status != want.Status || !bytes.Equal(got.Result, want.Result) || got.Error != want.Error {
		c.Errorf("%s is %s with %s%s, want %s with %s%s; last: %+v",
			got.ID, got.Status, got.Result, got.Error, want.Status, want.Result, want.Error, c.got.records[got.ID][max(len(c.got.records[got.ID])-2, 0):])
	}
}

// once demands that no step was recorded as done twice, or as begun where it wasn't given
// back.
func (c *comparison) once(id string) {
	seen := map[string]bool{}
	for i, r := range c.got.records[id] {
		if r.N != i+1 {
			c.Errorf("%s: record %d has the number %d", id, i+1, r.N)
		}
		what := fmt.Sprint(r.Kind, " ", r.Step, " ", r.Attempt)
		if seen[what] && r.Kind != journal.Choice && r.Kind != journal.Round {
			c.Errorf("%s: recorded twice: %s", id, what)
		}
		seen[what] = true
		if r.Kind == journal.Returned { // the attempt wasn't made
			delete(seen, fmt.Sprint(journal.Attempted, " ", r.Step, " ", r.Attempt))
			delete(seen, what)
		}
	}
}

// undos demands that what was owed was undone, in reverse order, where the execution has
// failed, and nothing where it hasn't.
func (c *comparison) undos(x *journal.Execution) {
	owed, undone := undos(c.got.records[x.ID])
	c.undone += len(undone)
	slices.Reverse(owed)
	if x.Error == "" {
		owed = nil
	}
	if !slices.Equal(owed, undone) {
		c.Errorf("%s: undone: %v, want %v", x.ID, undone, owed)
	}
}

// effects compares what the tools have done: a call is repeated only where its end
// wasn't recorded, by another process, and calls of Tell aren't at all.
func (c *comparison) effects() {
	got, want, ends := c.got.calls(), c.want.calls(), c.got.ends()
	c.calls = len(got)
	for made, processes := range got {
		end, ok := ends[made]
		if want[made] == nil {
			c.Errorf("%v was called, and isn't without kills", made)
		}
		if !ok {
			c.Errorf("%v was called, and no end of it is recorded", made)
			continue
		}
		c.repeated += len(processes) - 1
		by := c.got.process(end.Time)
		for i, p := range processes {
			if p > by || i > 0 && (p == processes[i-1] || end.Tool == "Tell") {
				c.Errorf("%v was called by the processes %v, and its end is recorded by %d", made, processes, by)
			}
		}
	}
	for made := range want {
		if end, ok := ends[made]; got[made] == nil && !(ok && interrupted(end)) {
			c.Errorf("%v wasn't called", made)
		}
	}
	for made, end := range ends {
		if interrupted(end) {
			c.interrupted++
			if end.Tool != "Tell" {
				c.Errorf("%v is recorded as interrupted, and %s can be repeated", made, end.Tool)
			}
		}
	}
}

func interrupted(r journal.Record) bool {
	var failure journal.Error
	return r.Kind == journal.Failed && json.Unmarshal(r.Data, &failure) == nil && failure.Type == "Interrupted"
}
