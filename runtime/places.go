package runtime

import (
	"container/list"
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
// the journal needn't be searched; a batch changes them, and takes that back where it can't be
// stored. The writer's goroutine alone uses them.

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

// enter gives an execution that is about to be stored a place, or has it wait for one, in the
// turn that it has by when it was created. It is refused where that is what its workflow says.
func (b *batch) enter(x *journal.Execution, retried bool) (refused, err error) {
	limit := b.engine.limitOf(x.Workflow)
	if limit == nil {
		return nil, nil
	}
	l := b.lane(laneOf(x, limit), limit)
	in := l.in.Len() < limit.N && l.queue.Len() == 0
	switch {
	case in:
	case limit.Full == Refuses:
		return refuse(ErrFull, fmt.Sprintf("%s takes no more: %s", x.Workflow, l.text())), nil
	case limit.Full == Replaces:
		if err := b.replace(l, x.ID); err != nil {
			return nil, err
		}
	}
	if !in {
		x.Status = StatusQueued
	}
	n := l.last + 1
	if retried {
		if n, err = b.makeRoom(l, x); err != nil {
			return nil, err
		}
	}
	b.put(l, &stand{id: x.ID, n: n, in: in})
	return nil, nil
}

// text says who has the places of a lane.
func (l *lane) text() string {
	if n := l.in.Len(); n > 1 {
		return fmt.Sprintf("%d executions have the %d places", n, l.limit.N)
	}
	return "execution " + standAt(l.in.Front()).id + " has the place"
}

// replace makes way for an execution: the oldest that has a place and isn't cancelled yet is
// cancelled, or else the oldest that waits for one that becomes free.
func (b *batch) replace(l *lane, by string) error {
	for _, row := range []*list.List{&l.in, &l.queue} {
		for e := row.Front(); e != nil; e = e.Next() {
			if done, err := b.replaceOne(standAt(e).id, by); done || err != nil {
				return err
			}
		}
	}
	return nil
}

// replaceOne cancels an execution for another one, and tells whether that could be done.
func (b *batch) replaceOne(id, by string) (done bool, err error) {
	x, err := b.Execution(id)
	if x == nil || err != nil || x.Cancel != "" {
		return false, err
	}
	refused, err := b.cancel(x, "execution "+by+" has replaced it")
	if refused != nil || err != nil { // it is held, and keeps its place
		return false, err
	}
	b.touch(id)
	return true, b.SetState(id, x.State)
}

// leave gives back the place of an execution that has ended, or doesn't wait for one any more.
func (b *batch) leave(x *journal.Execution) error {
	limit := b.engine.limitOf(x.Workflow)
	if limit == nil {
		return nil
	}
	l := b.lane(laneOf(x, limit), limit)
	if e := l.stands[x.ID]; e != nil {
		b.take(l, standAt(e))
	}
	return b.letNext(l)
}

// letNext has those go on that wait in a lane, as far as there are places.
func (b *batch) letNext(l *lane) error {
	for l.hasRoom() {
		s := *standAt(l.queue.Front())
		b.take(l, standAt(l.queue.Front()))
		begins, err := b.dequeue(s.id)
		if err != nil {
			return err
		}
		if s.in = begins; begins {
			b.put(l, &s)
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
	if name := laneOf(x, limit); name == laneOf(s.execution, limit) && b.lane(name, limit).has(s.id) {
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
			all, err := allOf(tx, journal.Query{Workflow: name, Status: journal.Unfinished()})
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
	if err != nil || free == nil && !slices.ContainsFunc(slices.Collect(maps.Values(e.lanes)), (*lane).hasRoom) {
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
	q.Limit = 1000
	err = each(tx, q, func(x *journal.Execution) bool {
		all = append(all, x)
		return true
	})
	return all, err
}

// place notes where an execution of the journal stands, behind those that were created before.
func (e *Engine) place(x *journal.Execution, limit *AtOnce) {
	l := e.lane(laneOf(x, limit), limit)
	l.put(&stand{id: x.ID, n: l.last + 1, in: x.Status != StatusQueued})
}
