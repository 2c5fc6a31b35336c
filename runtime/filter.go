package runtime

import "context"

// A Filter says which events a step awaits. The engine asks it of those that come, also while
// the execution is out of memory: so it stands with what describes the workflow, and what it
// knows of the execution is recorded with the await. Generated code makes them.
type Filter struct {
	// Step is the id of the step in the plan.
	Step string
	// In is the workflow that the step calls, which has filters of its own; nil for a step
	// that awaits.
	In *Workflow
	// Takes tells, of what was recorded and of an event, both JSON, whether the event is
	// awaited; nil where In isn't. An error is one that the step fails with.
	Takes func(captured, event []byte) (bool, error)
}

// FilterOf is the filter of a step that awaits the events for which where holds, of the event
// and what the step has recorded.
func FilterOf[E, C any](step string, where func(event E, captured C) bool) Filter {
	return Filter{Step: step, Takes: func(captured, event []byte) (bool, error) {
		var c C
		var e E
		if err := decodeStored(captured, &c); err != nil {
			return false, err
		}
		if err := decodeStored(event, &e); err != nil {
			return false, err
		}
		return Holds(func() bool { return where(e, c) })
	}}
}

// Holds tells whether a condition holds; the error is why it can't be worked out.
func Holds(cond func() bool) (holds bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	return cond(), nil
}

// Where is a topic of which a step awaits the events for which where holds. captured is what
// that knows of the workflow, as it is recorded.
func Where[E, C any](t *Topic[E], where func(event E, captured C) bool, captured C) *Topic[E] {
	out := *t
	out.filter = &topicFilter[E]{captured, func(event E) bool { return where(event, captured) }}
	return &out
}

// A topicFilter is what Where adds to a topic.
type topicFilter[E any] struct {
	captured any
	holds    func(E) bool
}

// played is the description of a step that awaits what t says, for who plays it: an event that
// isn't awaited is a failure there, since nobody else is there to get it.
func (t *Topic[E]) played(task *Task[E]) *Task[E] {
	if t.filter == nil {
		return task
	}
	out := *task
	out.Check = func(_ context.Context, event E) (E, error) {
		holds, err := Holds(func() bool { return t.filter.holds(event) })
		if err == nil && !holds {
			err = &Failure{"the " + t.Name + " that is given isn't awaited: its where doesn't hold"}
		}
		return event, err
	}
	return &out
}
