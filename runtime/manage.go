package runtime

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// An UnknownError says that a journal has no execution of an id.
type UnknownError struct{ ID string }

func (e *UnknownError) Error() string { return "there is no execution " + e.ID }

func unknownExecution(id string) error { return &UnknownError{ID: id} }

// Get gives an execution as the journal has it; an *UnknownError where there is none.
func (e *Engine) Get(ctx context.Context, id string) (*journal.Execution, error) {
	x, err := e.find(ctx, id)
	if err == nil && x == nil {
		err = unknownExecution(id)
	}
	return x, err
}

func (e *Engine) find(ctx context.Context, id string) (x *journal.Execution, err error) {
	err = e.journal.View(ctx, func(tx journal.Tx) error {
		x, err = tx.Execution(id)
		return err
	})
	return x, err
}

// List gives a page of the executions that a query asks for, what was created last first. It
// is empty where there are none. Who asks for the next page sets After to the last one's ID.
func (e *Engine) List(ctx context.Context, q journal.Query) (list []*journal.Execution, err error) {
	err = e.journal.View(ctx, func(tx journal.Tx) error {
		list, err = tx.Executions(q)
		return err
	})
	return list, err
}

// History gives up to limit records (0: all) of an execution, those above after.
func (e *Engine) History(ctx context.Context, id string, after, limit int) (records []journal.Record, err error) {
	err = e.journal.View(ctx, func(tx journal.Tx) error {
		x, err := tx.Execution(id)
		if err == nil && x == nil {
			err = unknownExecution(id)
		}
		if err == nil {
			records, err = tx.Records(id, after, limit)
		}
		return err
	})
	return records, err
}

// Awaits gives what an execution awaits, or what all do where the id is empty: events,
// and approvals with what they ask.
func (e *Engine) Awaits(ctx context.Context, id string) (list []journal.Await, err error) {
	err = e.journal.View(ctx, func(tx journal.Tx) error {
		list, err = tx.Awaits(id)
		return err
	})
	return list, err
}

// change changes the state of an execution. A refusal changes nothing, and is given.
func (e *Engine) change(ctx context.Context, id string, do func(*batch, *journal.Execution) (refused, err error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var refused error
	err := e.writer.do(func(b *batch) error {
		x, err := b.Execution(id)
		if err != nil {
			return err
		}
		if refused = unknownExecution(id); x == nil {
			return nil
		}
		if refused, err = do(b, x); refused != nil || err != nil {
			return err
		}
		b.touch(id)
		return b.SetState(id, x.State)
	})
	return outcome(err, refused)
}

// Cancel cancels an execution: nothing new of it starts, what is running has its context
// cancelled, and then it runs what it owes in undos. reason is part of its error. An
// execution that isn't in memory goes on for that when an engine has its workflow.
func (e *Engine) Cancel(ctx context.Context, id, reason string) error {
	if reason == "" {
		reason = "on request"
	}
	return e.change(ctx, id, func(b *batch, x *journal.Execution) (refused, err error) { return b.cancel(x, reason) })
}

// cancel is Cancel but for storing the state of the execution.
func (b *batch) cancel(x *journal.Execution, reason string) (refused, err error) {
	switch {
	case !x.Ended.IsZero():
		return ended(x), nil
	case x.Status == StatusHeld:
		records, err := b.Records(x.ID, 0, 0)
		if x.Cancel = reason; err != nil || !cancelsAtOnce(b.engine.definitions[x.Workflow], x, records) {
			return refuse(ErrHeld, fmt.Sprintf("execution %s is held, so that its undos, and what it runs last, can't be run: %s", x.ID, x.Error)), err
		}
		x.Error = ""
	case x.Status == StatusQueued:
		if err := b.leave(x); err != nil {
			return nil, err
		}
	}
	if x.Cancel == "" {
		x.Cancel = reason
	}
	x.Status, x.Wake = StatusRunning, time.Time{}
	why := x.Cancel
	b.tell(x.ID, func(s *session) { s.cancelFor(why) })
	return nil, nil
}

func ended(x *journal.Execution) error {
	return refuse(ErrEnded, fmt.Sprintf("execution %s has ended: it is %s", x.ID, x.Status))
}

// cancelFor cancels the execution for a reason that is stored.
func (s *session) cancelFor(reason string) {
	if !s.isActive() { // what follows reads it
		return
	}
	s.lock()
	s.why = reason
	cancel := s.cancel
	s.mu.Unlock()
	if cancel != nil {
		cancel(&CancelledError{Reason: reason})
	}
	s.tell(onResume)
	s.cancelled()
}

// Pause has no step of an execution begin until Resume. Those that are running come to
// their end; what it waits for may come.
func (e *Engine) Pause(ctx context.Context, id string) error {
	return e.change(ctx, id, func(b *batch, x *journal.Execution) (refused, err error) {
		switch {
		case !x.Ended.IsZero():
			return ended(x), nil
		case x.Status == StatusHeld:
			return &HeldError{ID: id, Text: x.Error}, nil
		case x.Status == StatusQueued:
			return refuse(ErrQueued, fmt.Sprintf("execution %s is queued: it hasn't begun, and is cancelled or let wait", id)), nil
		case x.Cancel != "":
			return refuse(ErrCancelling, fmt.Sprintf("execution %s is being cancelled", id)), nil
		}
		x.Status = StatusPaused
		b.tell(id, func(s *session) { s.tell(onPause) })
		return nil, nil
	})
}

// Resume has an execution go on that was paused, or is held: then it is tried whether
// its records fit by now.
func (e *Engine) Resume(ctx context.Context, id string) error {
	return e.change(ctx, id, func(b *batch, x *journal.Execution) (refused, err error) {
		switch {
		case x.Status == StatusRunning && e.lost(id) != nil:
			b.tell(id, func(*session) {})
			return nil, nil
		case !x.Ended.IsZero():
			return ended(x), nil
		case x.Status != StatusPaused && x.Status != StatusHeld:
			return refuse(ErrNotPaused, fmt.Sprintf("execution %s is %s, neither paused nor held", id, x.Status)), nil
		}
		x.Status, x.Wake, x.Error, x.Trials = StatusRunning, time.Time{}, "", 0
		b.tell(id, func(s *session) { s.tell(onResume) })
		return nil, nil
	})
}

// Retry has an execution go on that failed or was cancelled, from the steps that failed.
// What it has done and not undone isn't done again; what was undone is, under another
// generation.
func (e *Engine) Retry(ctx context.Context, id string) error {
	return e.change(ctx, id, func(b *batch, x *journal.Execution) (refused, err error) {
		if x.Status != StatusFailed && x.Status != StatusCancelled {
			return refuse(ErrNotFailed, fmt.Sprintf("execution %s is %s: only one that has failed or was cancelled can be retried", id, x.Status)), nil
		}
		x.State = journal.State{Status: StatusRunning, Generation: x.Generation + 1}
		if refused, err := b.enter(x, true); refused != nil || err != nil {
			return refused, err
		}
		b.tell(id, func(*session) {})
		_, err = b.appendTo(id, journal.Record{Kind: journal.Retried, Time: e.now()})
		return nil, err
	})
}

// Fork starts another execution from the records of one: as if that had come to the
// step of an id just now. What was recorded before isn't done again. as may be
// empty; the id of the new execution is given.
func (e *Engine) Fork(ctx context.Context, id, step, as string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := checkID("an execution's id", as); err != nil {
		return "", err
	}
	if as == "" {
		as = newID()
	}
	var refused error
	err := e.writer.do(func(b *batch) (err error) {
		refused, err = b.fork(id, step, as)
		return err
	})
	if err := outcome(err, refused); err != nil {
		return "", err
	}
	return as, nil
}

func (b *batch) fork(id, step, as string) (refused, err error) {
	x, err := b.Execution(id)
	if err != nil {
		return nil, err
	}
	if x == nil {
		return unknownExecution(id), nil
	}
	if there, err := b.Execution(as); there != nil || err != nil {
		return refuse(ErrExists, fmt.Sprintf("there is an execution %s already", as)), err
	}
	records, err := b.Records(id, 0, 0)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(records, func(r journal.Record) bool { return r.Step == step })
	if at < 0 {
		return refuse(ErrNoStep, fmt.Sprintf("execution %s has no record of a step %s to fork from", id, step)), nil
	}
	fork := *x
	fork.ID, fork.Parent, fork.Created = as, id, b.engine.now()
	fork.State = journal.State{Status: StatusRunning, Generation: 1}
	for _, r := range records[:at] {
		if r.Kind == journal.Retried {
			fork.Generation++
		}
	}
	if refused, err := b.enter(&fork, false); refused != nil || err != nil {
		return refused, err
	}
	if err := b.Create(&fork); err != nil {
		return nil, err
	}
	b.after = append(b.after, func() { b.engine.wake(as) })
	return nil, b.Append(as, forked(records[:at]))
}

// forked are the records of a fork. They count whatever the inputs of their steps are by
// now, as the fork has another run.id, and has begun at another time.
func forked(records []journal.Record) []journal.Record {
	last := lasting(records)
	for i := range last {
		last[i].Hash = 0
	}
	return last
}

// Signal sends the event of a name, with its keys and payload as one JSON object. See
// Send.
func (e *Engine) Signal(ctx context.Context, name string, event []byte, options ...SendOption) error {
	d := e.events[name]
	if d == nil {
		return refuse(ErrNotRegistered, fmt.Sprintf("the engine has no event %s: give Open the registry of its package", name))
	}
	m, err := d.mailing(event)
	if err != nil {
		return err
	}
	return e.send(ctx, m, options)
}
