package runtime

import (
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// An index tells which records of sub-workflows needn't be looked at.
type index struct {
	done  map[string]bool // what begins the steps of a sub-workflow that is done
	owing map[string]bool // those of them that owe undos
	owed  map[string]bool // the undos
	// past are attempts after which another one succeeded: what begins their steps.
	past map[string]bool
	// ended are those of which the end is recorded, whatever it is.
	ended map[string]bool
}

func indexRecords(records []journal.Record) index {
	x := index{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	entered := map[string]bool{}
	for _, r := range records {
		switch path := stepid.Attempt(r.Step, r.Attempt); {
		case r.Kind == journal.Entered:
			entered[path] = true
			delete(x.done, path) // it is made anew
			delete(x.past, path)
			delete(x.ended, path)
		case (r.Kind == journal.Done || r.Kind == journal.Undone) && entered[path]:
			x.done[path] = true
			for n := range r.Attempt - 1 {
				x.past[stepid.Attempt(r.Step, n+1)] = true
			}
			x.ended[path] = true
		case r.Kind == journal.Failed && entered[path]:
			x.ended[path] = true
		case r.Kind == journal.Owed:
			x.owed[r.Step] = true
		}
	}
	for undo := range x.owed {
		for around := range stepid.Around(undo) {
			if x.done[around] && !x.undoes(undo, around) {
				x.owing[around] = true
			}
		}
	}
	return x
}

// undoes tells whether a step is the undo that the call of a sub-workflow has, or within
// that.
func (x *index) undoes(step, call string) bool {
	undo := stepid.Undo(call)
	return x.owed[undo] && stepid.Within(step, undo)
}

// skips tells whether a step is within a sub-workflow, or an attempt at one, of which the
// end is all that counts.
func (x *index) skips(step string) bool {
	for around := range stepid.Around(step) {
		if (x.past[around] || x.done[around] && !x.owing[around]) && !x.undoes(step, around) {
			return true
		}
	}
	return false
}
