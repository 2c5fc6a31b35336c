package runtime

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A Run is a durable execution. R is the workflow's result, None where it has none; any
// for one that was found by its id, whose Result is as JSON decodes. Its methods may be
// called by any goroutine.
type Run[R any] struct {
	engine  *Engine
	id      string
	session *session // that began it; nil where it isn't known to be in memory
	decode  func([]byte) (R, error)
}

// ID is the execution's id.
func (r *Run[R]) ID() string { return r.id }

// Result waits for the end of the execution and gives its result, or its error: that of
// the workflow, as a *RecordedError where it is read from the journal, a *HeldError where
// the execution is held, or ctx's. What the journal couldn't store is a *StoreError, and
// ErrClosed tells that the engine was closed before.
func (r *Run[R]) Result(ctx context.Context) (v R, err error) {
	data, err := r.ResultJSON(ctx)
	if err != nil {
		return v, err
	}
	return r.decode(data)
}

// ResultJSON is Result, as JSON; nil where the workflow has no result.
func (r *Run[R]) ResultJSON(ctx context.Context) ([]byte, error) {
	if s := r.session; s != nil {
		select {
		case <-s.over:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		switch {
		case !s.isLatest(ctx):
		case s.state.Ended.IsZero():
			return nil, s.failure
		default:
			return s.state.Result, s.result
		}
	}
	return r.engine.end(ctx, r.id)
}

// isLatest tells whether what a session that is over has come to is how the execution
// stands: not where that waits, was retried or resumed, or goes on since the journal stores
// again.
func (s *session) isLatest(ctx context.Context) bool {
	switch {
	case !s.state.Ended.IsZero():
		x, err := s.engine.Get(ctx, s.id)
		return err != nil || x.Generation == s.state.Generation // a journal that is closed changes nothing
	case s.failure == ErrClosed:
		return true
	}
	return s.failure != nil && s.engine.lost(s.id) == s.failure
}

// end waits for the end of an execution and gives its result.
func (e *Engine) end(ctx context.Context, id string) ([]byte, error) {
	for {
		changed := e.watch(id)
		x, err := e.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		switch {
		case x.Status == StatusSucceeded:
			return x.Result, nil
		case !x.Ended.IsZero():
			return nil, e.failureOf(ctx, x)
		case x.Status == StatusHeld:
			return nil, &HeldError{ID: id, Text: x.Error}
		case e.isClosed():
			return nil, ErrClosed
		}
		if err := e.neglects(x); err != nil {
			return nil, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// neglects is why an execution that could go on doesn't; nil where it does.
func (e *Engine) neglects(x *journal.Execution) error {
	if e.definitions[x.Workflow] == nil {
		return refuse(ErrNotRegistered, fmt.Sprintf("execution %s doesn't go on: the engine has no workflow %s, whose registry Open has to be given", x.ID, x.Workflow))
	}
	if x.Status != StatusRunning {
		return nil
	}
	return e.lost(x.ID)
}

func (e *Engine) isClosed() bool {
	e.lock()
	defer e.mu.Unlock()
	return e.closed
}

// failureOf is what an execution failed with.
func (e *Engine) failureOf(ctx context.Context, x *journal.Execution) error {
	var last journal.Record
	err := e.journal.View(ctx, func(tx journal.Tx) (err error) {
		last, err = lastRecord(tx, x.ID)
		return err
	})
	if err != nil || last.Kind != journal.Ended {
		return errors.Join(errors.New(x.Error), err)
	}
	return decodeError(last.Data)
}

// Status says how the execution stands.
func (r *Run[R]) Status(ctx context.Context) (Status, error) {
	x, err := r.engine.Get(ctx, r.id)
	if err != nil {
		return "", err
	}
	return x.Status, nil
}

// Cancel cancels the execution, which runs its undos. See Engine.Cancel.
func (r *Run[R]) Cancel(ctx context.Context, reason string) error {
	return r.engine.Cancel(ctx, r.id, reason)
}

// Pause has no step of the execution begin until Resume. See Engine.Pause.
func (r *Run[R]) Pause(ctx context.Context) error { return r.engine.Pause(ctx, r.id) }

// Resume has the execution go on that was paused, or is held.
func (r *Run[R]) Resume(ctx context.Context) error { return r.engine.Resume(ctx, r.id) }

// Events gives the execution's events from the first one on, and waits for new ones
// until it has ended. See Engine.Events.
func (r *Run[R]) Events(ctx context.Context) iter.Seq2[Event, error] {
	return r.engine.Events(ctx, r.id, -1)
}
