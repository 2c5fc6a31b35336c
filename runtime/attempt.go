package runtime

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// call runs the step t: do once or, with retry, until it succeeds. It calls do and
// nothing else with it, so that what do captures stays on the caller's stack. A
// step that nobody observes and that is tried once takes the short way.
func call[T any](f *Frame, t *Task[T], do func(context.Context) (T, error)) (v T, err error) {
	if f.observed() || t.Retry != nil || t.Timeout > 0 || t.Sub {
		return callObserved(f, t, do)
	}
	if f.ctx.Err() != nil {
		return v, f.stopped(&t.Step)
	}
	defer func() {
		if r := recover(); r != nil {
			err = f.failed(&t.Step, 1, panicked(r))
		}
	}()
	v, err = do(f.ctx)
	if err == nil && t.Check != nil {
		v, err = t.Check(v)
	}
	if err != nil {
		var none T
		return none, f.failed(&t.Step, 1, err)
	}
	return v, nil
}

// callObserved is call for the step that has events, retries or a timeout.
func callObserved[T any](f *Frame, t *Task[T], do func(context.Context) (T, error)) (T, error) {
	if err := f.stopped(&t.Step); err != nil {
		var none T
		return none, err
	}
	f.emitStep(Scheduled, &t.Step, 0, nil)
	v, n, err := attempts(f, t, do)
	if err == nil {
		f.emitStep(Done, &t.Step, n, nil)
	}
	return v, err
}

// attempts makes attempts of the step until one succeeds or none is left, and
// gives the number of the last.
func attempts[T any](f *Frame, t *Task[T], do func(context.Context) (T, error)) (T, int, error) {
	var first time.Time // the first failure
	for n := 1; ; n++ {
		f.emitStep(Attempt, &t.Step, n, nil)
		v, err := try(f, t, n, do)
		if err == nil {
			return v, n, nil
		}
		f.emitStep(Failed, &t.Step, n, err)
		if n == 1 {
			first = time.Now()
		}
		if !f.again(&t.Step, n, first, err) {
			var none T
			return none, n, f.failed(&t.Step, n, err)
		}
	}
}

// callPlain is call for the step that nobody observes and that is tried once.
func callPlain[T any](f *Frame, t *Task[T], do func(context.Context) (T, error)) (T, error) {
	if f.ctx.Err() == nil {
		v, err := attempt(f.ctx, do)
		if err == nil && t.Check != nil {
			v, err = t.Check(v)
		}
		if err == nil {
			return v, nil
		}
		var none T
		return none, f.failed(&t.Step, 1, err)
	}
	var none T
	return none, f.stopped(&t.Step)
}

// try makes one attempt of the step, under its timeout.
func try[T any](f *Frame, t *Task[T], n int, do func(context.Context) (T, error)) (T, error) {
	ctx := f.inStep(&t.Step, n)
	if t.Timeout > 0 {
		limited, cancel := context.WithTimeoutCause(ctx, t.Timeout, &TimeoutError{After: t.Timeout})
		defer cancel()
		ctx = limited
	}
	v, err := attempt(ctx, do)
	if err == nil && t.Check != nil {
		v, err = t.Check(v)
	}
	if err != nil && t.Timeout > 0 && f.ctx.Err() == nil && ctx.Err() != nil {
		err = &TimeoutError{After: t.Timeout, Err: err}
	}
	return v, err
}

// attempt calls do and turns a panic into an error.
func attempt[T any](ctx context.Context, do func(context.Context) (T, error)) (v T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	return do(ctx)
}

// inStep is the context of an attempt. It tells an observed tool or a
// sub-workflow for which step it is called; for others it is the frame's own.
func (f *Frame) inStep(s *Step, attempt int) context.Context {
	if !f.observed() && !s.Sub {
		return f.ctx
	}
	in := &scope{step: f.path(s.ID), tool: s.Tool, attempt: attempt}
	if f.run != nil {
		in.trace, in.identity = f.run.trace, f.run.identity
	}
	if s.Sub && !s.OwnUndo {
		in.heir = f.run
	}
	return context.WithValue(f.ctx, scopeKey{}, in)
}

// again tells whether a step is tried again, after the pause it is due. The
// cancellation of the frame ends a pause, and no attempt follows.
func (f *Frame) again(s *Step, attempt int, first time.Time, err error) bool {
	if f.ctx.Err() != nil || undoFailure(err) != nil {
		return false
	}
	pause, ok := s.Retry.pause(attempt, first)
	if !ok {
		return false
	}
	f.emitStep(Retrying, s, attempt+1, nil)
	return f.sleep(pause)
}

// pause gives the pause after a failed attempt; ok is false where it was the last.
func (r *Retry) pause(attempt int, first time.Time) (d time.Duration, ok bool) {
	switch {
	case r == nil:
		return 0, false
	case len(r.At) > 0:
		if attempt > len(r.At) {
			return 0, false
		}
		return time.Until(first.Add(r.At[attempt-1])), true
	case attempt > r.Times:
		return 0, false
	}
	low := r.Min
	for i := 1; i < attempt && low < r.Max; i++ {
		low *= 2
	}
	low = min(low, r.Max)
	high := min(2*low, r.Max)
	return low + rand.N(high-low+1), true
}

// sleep waits for d, and tells whether the frame lived to its end.
func (f *Frame) sleep(d time.Duration) bool {
	if d <= 0 {
		return f.ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-f.ctx.Done():
		return false
	}
}

// Wait waits for d; not at all where it is negative.
func (f *Frame) Wait(s *Step, d time.Duration) error {
	if err := f.stopped(s); err != nil {
		return err
	}
	f.emitStep(Scheduled, s, 0, nil)
	f.emitStep(Waiting, s, 0, nil)
	if !f.sleep(d) {
		err := f.failed(s, 0, context.Cause(f.ctx))
		f.emitStep(Failed, s, 0, errors.Unwrap(err))
		return err
	}
	f.emitStep(Resumed, s, 0, nil)
	f.emitStep(Done, s, 0, nil)
	return nil
}

// WaitUntil waits for a time; not at all where it is past.
func (f *Frame) WaitUntil(s *Step, t time.Time) error { return f.Wait(s, time.Until(t)) }
