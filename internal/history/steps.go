// Package history makes of the records of a durable execution what people ask about it:
// its steps with their states and times, the path that took the longest, what it waits
// for. It also writes an execution as one document, and reads that again. It looks at
// what a journal gives and never opens or changes one.
package history

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A State says how a step stands.
type State string

// The states of a step.
const (
	Running State = "running"
	Waiting State = "waiting"
	Queued  State = "queued" // it waits for a place that a limit of its tool leaves it
	Done    State = "done"
	Failed  State = "failed"
	Stopped State = "stopped" // it had begun, and something else has ended it
	Owed    State = "owed"    // an undo that may have to be run
	Kept    State = "kept"    // an undo that hasn't been run: the execution ended without it
	Dropped State = "dropped" // an undo that isn't owed any more: its step has done nothing
	Undoing State = "undoing"
	Undone  State = "undone"
)

// A Step is what is recorded of a step.
type Step struct {
	ID    string `json:"id"`
	Tool  string `json:"tool,omitempty"`
	State State  `json:"state"`
	// Attempts is how many are recorded; 0 where the step has none.
	Attempts int `json:"attempts,omitempty"`
	// Began is zero where nothing says when it began.
	Began time.Time `json:"began,omitzero"`
	// Ended is zero while the step goes on.
	Ended time.Time `json:"ended,omitzero"`
	// Critical tells that the step is on the critical path: of all steps that had ended
	// when the next one on it began, it was the last.
	Critical bool `json:"critical,omitempty"`
	// Error is what the last attempt failed with; empty where it didn't.
	Error string `json:"error,omitempty"`
	// Progress is how far a tool that goes on has come; empty where it doesn't say.
	Progress json.RawMessage `json:"progress,omitempty"`

	order int // the N of the record that gives it its place
}

// stateOf is what a record says of its step; empty for nothing.
var stateOf = map[journal.Kind]State{
	journal.Attempted: Running, journal.Entered: Running, journal.Waiting: Waiting, journal.Done: Done,
	journal.Failed: Failed, journal.Owed: Owed, journal.Undoing: Undoing, journal.Undone: Undone,
}

// Steps gives the steps that are recorded, in the order in which they began to be; an undo
// has its place there once it is run.
func Steps(records []journal.Record) []*Step {
	l := &ledger{byID: map[string]*Step{}, open: map[string]*Step{}}
	for _, r := range records {
		l.read(r)
	}
	slices.SortStableFunc(l.steps, func(a, b *Step) int { return cmp.Compare(a.order, b.order) })
	markCritical(l.steps)
	return l.steps
}

func began(r journal.Record) time.Time {
	if r.Began.IsZero() {
		return r.Time
	}
	return r.Began
}

func (s *Step) add(r journal.Record, state State) {
	if state == Undoing && s.State == Owed { // it was owed for a while
		s.Began, s.order = began(r), r.N
	}
	if s.Began.IsZero() {
		s.Began = began(r)
	}
	s.State, s.Ended, s.Error, s.Progress = state, time.Time{}, "", nil
	if r.Tool != "" {
		s.Tool = r.Tool
	}
	if state != Owed { // there the number means something else
		s.Attempts = max(s.Attempts, r.Attempt)
	}
	switch state {
	case Failed:
		s.Error = errorText(r.Data)
		s.Ended = r.Time
	case Done, Undone:
		s.Ended = r.Time
	}
}

// markCritical marks the critical path, from its end to its beginning.
func markCritical(steps []*Step) {
	ended := leaves(steps)
	slices.SortStableFunc(ended, func(a, b *Step) int { return cmp.Or(b.Ended.Compare(a.Ended), b.Began.Compare(a.Began)) })
	var last *Step
	for _, s := range ended {
		if last == nil || !s.Ended.After(last.Began) {
			s.Critical = true
			last = s
		}
	}
}

// leaves are the steps that have ended by themselves and enclose no other. A step doesn't
// enclose its undo.
func leaves(steps []*Step) []*Step {
	encloses := map[string]bool{}
	for _, s := range steps {
		for around := range stepid.Around(stepid.Undone(s.ID)) {
			encloses[stepid.WithoutAttempt(around)] = true
		}
	}
	var out []*Step
	for _, s := range steps {
		if !s.Ended.IsZero() && s.State != Stopped && !encloses[s.ID] {
			out = append(out, s)
		}
	}
	return out
}
