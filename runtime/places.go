package runtime

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
)

// A workflow may say how many of its executions go on at once (AtOnce). The journal has who
// waits: those that are queued, in the order in which they were created; all others that have
// not ended have a place, also while they wait, are paused or held. So nothing has to be given
// back by whoever finds that a process has ended.
//
// Who has a place, and who is next, is decided in the batch that stores what follows from it:
// that an execution is created, begins or ends. The engine keeps the lanes in memory, so that
// the journal needn't be searched; a batch changes copies of them, which take their places
// when it is stored. The writer's goroutine alone uses them.

// A lane is where the executions stand that a limit counts together.
type lane struct {
	limit *AtOnce
	in    []string // those that have a place, by when they got it
	queue []string // those that wait for one
}

func (l *lane) remove(id string) {
	is := func(other string) bool { return other == id }
	l.in, l.queue = slices.DeleteFunc(l.in, is), slices.DeleteFunc(l.queue, is)
}

// limitOf is what bounds the executions of a workflow; nil where nothing does.
func (e *Engine) limitOf(workflow string) *AtOnce {
	if d := e.definitions[workflow]; d != nil {
		return d.AtOnce
	}
	return nil
}

// laneOf names the lane of an execution.
func laneOf(x *journal.Execution, limit *AtOnce) string {
	var input map[string]json.RawMessage
	_ = pure.Decode(x.Input, "", &input) // it is an object: Submit has made it
	return x.Workflow + "\n" + string(input[limit.By])
}

// lane is a lane as the batch has it.
func (b *batch) lane(name string, limit *AtOnce) *lane {
	if l := b.lanes[name]; l != nil {
		return l
	}
	l := &lane{limit: limit}
	if old := b.engine.lanes[name]; old != nil {
		l.in, l.queue = slices.Clone(old.in), slices.Clone(old.queue)
	}
	if b.lanes == nil {
		b.lanes = map[string]*lane{}
		b.after = append(b.after, b.keepLanes)
	}
	b.lanes[name] = l
	return l
}

// keepLanes has the engine know of the lanes as the batch has stored them.
func (b *batch) keepLanes() {
	for name, l := range b.lanes {
		if len(l.in)+len(l.queue) == 0 {
			delete(b.engine.lanes, name)
		} else {
			b.engine.lanes[name] = l
		}
	}
}

// enter gives an execution that is about to be stored a place, or has it wait for one. It is
// refused where that is what its workflow says.
func (b *batch) enter(x *journal.Execution) (refused, err error) {
	limit := b.engine.limitOf(x.Workflow)
	if limit == nil {
		return nil, nil
	}
	l := b.lane(laneOf(x, limit), limit)
	if len(l.in) < limit.N && len(l.queue) == 0 {
		l.in = append(l.in, x.ID)
		return nil, nil
	}
	switch limit.Full {
	case Refuses:
		return refuse(ErrFull, fmt.Sprintf("%s takes no more: %s", x.Workflow, l.text())), nil
	case Replaces:
		if err := b.replace(l, x.ID); err != nil {
			return nil, err
		}
	}
	x.Status = StatusQueued
	l.queue = append(l.queue, x.ID)
	return nil, nil
}

// text says who has the places of a lane.
func (l *lane) text() string {
	text := "execution " + l.in[0] + " has the place"
	if len(l.in) > 1 {
		text = fmt.Sprintf("%d executions have the %d places", len(l.in), l.limit.N)
	}
	return text
}

// replace makes way for an execution: the oldest that has a place and isn't cancelled yet is
// cancelled, or else the one that has waited longest for one that becomes free.
func (b *batch) replace(l *lane, by string) error {
	for _, id := range append(slices.Clone(l.in), l.queue...) {
		x, err := b.Execution(id)
		if err != nil {
			return err
		}
		if x == nil || x.Cancel != "" {
			continue
		}
		refused, err := b.cancel(x, "execution "+by+" has replaced it")
		if err != nil {
			return err
		}
		if refused == nil { // else it is held, and keeps its place
			b.touch(id)
			return b.SetState(id, x.State)
		}
	}
	return nil
}

// leave gives back the place of an execution that has ended, or doesn't wait for one any more.
func (b *batch) leave(x *journal.Execution) error {
	limit := b.engine.limitOf(x.Workflow)
	if limit == nil {
		return nil
	}
	l := b.lane(laneOf(x, limit), limit)
	l.remove(x.ID)
	return b.letNext(l)
}

// letNext has those go on that wait in a lane, as far as there are places.
func (b *batch) letNext(l *lane) error {
	for len(l.in) < l.limit.N && len(l.queue) > 0 {
		id := l.queue[0]
		l.queue = l.queue[1:]
		begins, err := b.dequeue(id)
		if err != nil {
			return err
		}
		if begins {
			l.in = append(l.in, id)
		}
	}
	return nil
}

// dequeue has an execution go on that is queued, and tells whether it is.
func (b *batch) dequeue(id string) (bool, error) {
	x, err := b.Execution(id)
	if err != nil || x == nil || x.Status != StatusQueued {
		return false, err
	}
	x.Status = StatusRunning
	b.touch(id)
	b.after = append(b.after, func() { b.engine.wake(id) })
	return true, b.SetState(id, x.State)
}

// waitsForItself says why an execution of a session can't have what a step requests: the end
// of another one, which waits for the place that the first one has. It is nil where that isn't
// so, and where it may end all the same: since others have places too, which the second one
// may get, or since the step, or what is around it, has a time that it ends at.
func (b *batch) waitsForItself(s *session, r *request) (why, err error) {
	limit := b.engine.limitOf(s.definition.Name())
	if limit == nil || limit.N > 1 || r.kind != awaitsEnd || r.isBounded() || s.hasDeadline() {
		return nil, nil
	}
	x, err := b.Execution(r.run)
	if err != nil || x == nil || x.Status != StatusQueued || x.Workflow != s.definition.Name() {
		return nil, err
	}
	if name := laneOf(x, limit); name == laneOf(s.execution, limit) && slices.Contains(b.lane(name, limit).in, s.id) {
		return &Failure{Text: "execution " + r.run + " waits for the place that this one has: it would never end"}, nil
	}
	return nil, nil
}

// readLanes reads from the journal who has a place and who waits, and has those go on that
// needn't wait any more: a limit may be another than it was, or gone.
func (e *Engine) readLanes() error {
	e.lanes = map[string]*lane{}
	var free []string // those that are queued where no limit is any more
	err := e.journal.View(e.ctx, func(tx journal.Tx) error {
		for name, d := range e.definitions {
			if d.AtOnce == nil {
				continue
			}
			all, err := allOf(tx, journal.Query{Workflow: name, Status: []Status{StatusQueued, StatusRunning, StatusWaiting, StatusPaused, StatusHeld}})
			if err != nil {
				return err
			}
			for _, x := range slices.Backward(all) { // what was created last is first
				e.place(x, d.AtOnce)
			}
		}
		queued, err := allOf(tx, journal.Query{Status: []Status{StatusQueued}})
		for _, x := range slices.Backward(queued) {
			if d := e.definitions[x.Workflow]; d != nil && d.AtOnce == nil {
				free = append(free, x.ID)
			}
		}
		return err
	})
	hasRoom := func(l *lane) bool { return len(l.queue) > 0 && len(l.in) < l.limit.N }
	if err != nil || free == nil && !slices.ContainsFunc(slices.Collect(maps.Values(e.lanes)), hasRoom) {
		return err
	}
	return e.writer.do(func(b *batch) error {
		for _, id := range free {
			if _, err := b.dequeue(id); err != nil {
				return err
			}
		}
		for name, l := range e.lanes {
			if err := b.letNext(b.lane(name, l.limit)); err != nil {
				return err
			}
		}
		return nil
	})
}

// allOf gives all executions that a query asks for.
func allOf(tx journal.Tx, q journal.Query) (all []*journal.Execution, err error) {
	for q.Limit = 1000; ; {
		page, err := tx.Executions(q)
		if all = append(all, page...); err != nil || len(page) < q.Limit {
			return all, err
		}
		q.After = page[len(page)-1].ID
	}
}

// place notes where an execution of the journal stands.
func (e *Engine) place(x *journal.Execution, limit *AtOnce) {
	name := laneOf(x, limit)
	l := e.lanes[name]
	if l == nil {
		l = &lane{limit: limit}
		e.lanes[name] = l
	}
	if x.Status == StatusQueued {
		l.queue = append(l.queue, x.ID)
	} else {
		l.in = append(l.in, x.ID)
	}
}
