package history

import (
	"encoding/json"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A ledger is the steps of an execution up to one of its records. Of many of them no record
// says that they have come to an end: what a race's other arms were at, what a workflow was
// at that has returned, what went on when the execution ended. That follows from what ends
// around them.
type ledger struct {
	steps []*Step
	byID  map[string]*Step
	open  map[string]*Step // those that are running, waiting or undoing
}

func (l *ledger) read(r journal.Record) {
	switch {
	case r.Kind == journal.Ended:
		l.end(r)
	case stepid.IsInternal(r.Step):
	case r.Kind == journal.Choice:
		l.choose(r)
	case r.Kind == journal.Returned:
		l.giveBack(r)
	case r.Kind == journal.Progress:
		l.tell(r)
	case stateOf[r.Kind] != "":
		l.add(r, stateOf[r.Kind])
	}
}

// add has a step come to a state, which ends what is still open inside of it.
func (l *ledger) add(r journal.Record, state State) {
	s := l.byID[r.Step]
	if s == nil {
		s = l.begin(&Step{ID: r.Step, Began: began(r), order: r.N})
	}
	s.add(r, state)
	switch state {
	case Running, Waiting, Undoing:
		l.open[s.ID] = s
	case Done, Failed, Undone:
		delete(l.open, s.ID)
		l.stop(r.Time, func(id string) bool { return stepid.Within(id, s.ID) })
	}
	l.settle(r)
}

// tell has a step say how far its tool has come, of whose attempt there may be no other
// record.
func (l *ledger) tell(r journal.Record) {
	s := l.open[r.Step]
	if s == nil {
		if s = l.byID[r.Step]; s == nil {
			s = l.begin(&Step{ID: r.Step, Tool: r.Tool, order: r.N})
		}
		s.State, s.Ended, s.Error = Running, time.Time{}, ""
		l.open[s.ID] = s
	}
	s.Attempts, s.Progress = max(s.Attempts, r.Attempt), r.Data
}

func (l *ledger) begin(s *Step) *Step {
	l.byID[s.ID] = s
	l.steps = append(l.steps, s)
	return s
}

// stop ends the open steps that which picks.
func (l *ledger) stop(at time.Time, which func(id string) bool) {
	for id, s := range l.open {
		if which(id) {
			s.State, s.Ended = Stopped, at
			delete(l.open, id)
		}
	}
}

// choose ends what goes on in the arms of a race that haven't won.
func (l *ledger) choose(r journal.Record) {
	var arm string
	if json.Unmarshal(r.Data, &arm) != nil {
		return // earlier releases have recorded its index
	}
	won := stepid.In(r.Step, arm)
	l.stop(r.Time, func(id string) bool { return stepid.Within(id, r.Step) && !stepid.Within(id, won) })
}

// giveBack takes back what the last record of a step says.
func (l *ledger) giveBack(r journal.Record) {
	s := l.byID[r.Step]
	if s == nil {
		return
	}
	delete(l.open, s.ID)
	switch s.State {
	case Owed:
		s.State = Dropped
	case Undoing:
		s.State = Owed
	default:
		s.State, s.Ended = Stopped, r.Time
	}
}

// settle has an undo that was owed before its step began be owed no more where that fails
// with an error that it declares, which says that nothing has happened.
func (l *ledger) settle(r journal.Record) {
	u := l.byID[stepid.Undo(r.Step)]
	switch {
	case u == nil:
	case u.State == Owed && r.Kind == journal.Failed && saysNothingHappened(r.Data):
		u.State = Dropped
	case u.State == Dropped: // another attempt
		u.State = Owed
	}
}

func saysNothingHappened(data []byte) bool {
	var e journal.Error
	if json.Unmarshal(data, &e) != nil || e.Undo != "" {
		return false
	}
	return e.Type != "" && e.Type != "TimedOut" && e.Type != "Interrupted"
}

// end ends all that is open. What is owed is never undone then.
func (l *ledger) end(r journal.Record) {
	l.stop(r.Time, func(string) bool { return true })
	for _, s := range l.steps {
		if s.State == Owed {
			s.State = Kept
		}
	}
	l.cutOff(r)
}

// cutOff has the call with which an execution ended that was cancelled be stopped. Of a tool
// that may be called twice nothing is recorded before it returns.
func (l *ledger) cutOff(r journal.Record) {
	var e journal.Error
	if json.Unmarshal(r.Data, &e) != nil || e.Attempt == 0 {
		return
	}
	s := l.byID[e.Step]
	if s == nil {
		s = l.begin(&Step{ID: e.Step, order: r.N})
	}
	if s.Attempts < e.Attempt {
		s.State, s.Attempts, s.Began, s.Ended, s.Error = Stopped, e.Attempt, time.Time{}, r.Time, ""
	}
}
