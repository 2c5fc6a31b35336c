package runtime

import (
	"context"
	"time"

	"github.com/wfgen/wfgen/runtime/stepid"
)

// call runs the step t: do once or, with retry, until it succeeds. It calls do and
// args and nothing else with them, so that what they capture stays on the caller's
// stack. A step that nobody observes and that is tried once takes the short way, in as
// few stack frames as can be: a goroutine begins with a stack that deeper calls would
// have to grow.
func call[T any](f *Frame, t *Task[T], do func(context.Context) (T, error), args func() []any) (v T, err error) {
	if !f.plain() || t.Retry != nil || t.Timeout > 0 || t.Sub {
		return callWhole(f, t, do, args)
	}
	if f.ctx.Err() != nil {
		return v, f.stopped(&t.Step)
	}
	ended := false
	defer f.unwound(&t.Step, &ended, &err)
	v, err = do(f.inStep(&t.Step, 1))
	if err == nil && t.Check != nil {
		v, err = t.Check(f.ctx, v)
	}
	ended = true
	return v, f.outcome(&t.Step, err)
}

// direct tells whether a step is nothing but the call of its tool and a look at the
// result: it is tried once and only reads, and nobody observes.
func (f *Frame) direct(s *Step) bool {
	return f.invocation == nil && s.Effect == Readonly && s.Retry == nil && s.Timeout <= 0 && !s.Sub
}

// unwound is deferred around the one attempt of a step; it makes an error of what ended
// that short of its return.
func (f *Frame) unwound(s *Step, ended *bool, err *error) {
	if !*ended {
		*err = f.callFailed(s, 1, f.broken(s, recover()))
	}
}

// outcome is the error of a step that is tried once; nil where err is.
func (f *Frame) outcome(s *Step, err error) error {
	if err == nil {
		return nil
	}
	return f.callFailed(s, 1, err)
}

// callWhole is call for the step that is recorded or has events, retries or a timeout.
func callWhole[T any](f *Frame, t *Task[T], do func(context.Context) (T, error), args func() []any) (T, error) {
	if f.durable() != nil {
		return recordedCall(f, t, do, args)
	}
	return callObserved(f, t, do, args)
}

// callObserved is call for the step that has events, retries or a timeout.
func callObserved[T any](f *Frame, t *Task[T], do func(context.Context) (T, error), args func() []any) (v T, err error) {
	if err := f.stopped(&t.Step); err != nil {
		return v, err
	}
	f.emitStep(Scheduled, &t.Step, 0, nil)
	v, n, err := attempts(f, t, do, args)
	if err == nil {
		emitDone(f, &t.Step, n, v)
	}
	return v, err
}

// attempts makes attempts of the step until one succeeds or none is left, and
// gives the number of the last.
func attempts[T any](f *Frame, t *Task[T], do func(context.Context) (T, error), args func() []any) (v T, n int, err error) {
	var failures retrying
	for n = 1; ; n++ {
		f.emitStep(Attempt, &t.Step, n, nil)
		if v, err = try(f, t, n, do, args); err == nil {
			return v, n, nil
		}
		failures.add(&t.Step, err, f.now())
		f.emitStep(Failed, &t.Step, n, err)
		if !f.again(&t.Step, &failures, err) {
			return v, n, f.callFailed(&t.Step, n, err)
		}
	}
}

// try makes one attempt of the step, under its timeout.
func try[T any](f *Frame, t *Task[T], n int, do func(context.Context) (T, error), args func() []any) (T, error) {
	ctx := f.inStep(&t.Step, n)
	if t.Timeout <= 0 {
		return around(ctx, f, t, n, do, args)
	}
	limit := &TimeoutError{After: t.Timeout, Until: t.until}
	ctx, cancel := f.limit(ctx, &t.Step, n, limit)
	defer cancel()
	v, err := around(ctx, f, t, n, do, args)
	if _, panics := err.(*PanicError); err != nil && !panics && context.Cause(ctx) == limit {
		err = &TimeoutError{After: t.Timeout, Until: t.until, Err: err}
	}
	return v, err
}

// limit is the context of an attempt that has a timeout. That of a sub-workflow in a
// durable execution survives the process.
func (f *Frame) limit(ctx context.Context, t *Step, n int, cause error) (context.Context, context.CancelFunc) {
	if d := f.durable(); d != nil && t.Sub {
		return d.withDeadline(ctx, stepid.Attempt(f.path(t.ID), n)+limitMark, t.Timeout, cause)
	}
	return f.withTimeout(ctx, t.Timeout, cause)
}

// around makes an attempt, through interceptors where there are any.
func around[T any](ctx context.Context, f *Frame, t *Task[T], n int, do func(context.Context) (T, error), args func() []any) (T, error) {
	if f.intercepted() && t.Tool != "" { // a try isn't called
		return interceptedAttempt(ctx, f, t, n, do, args)
	}
	return attempt(ctx, f, t, do)
}

// attempt calls do and looks at what it gives. It turns a panic into an error. The
// value means nothing beside an error.
func attempt[T any](ctx context.Context, f *Frame, t *Task[T], do func(context.Context) (T, error)) (v T, err error) {
	ended := false
	defer func() {
		if !ended {
			err = f.broken(&t.Step, recover())
		}
	}()
	v, err = do(ctx)
	if err == nil && t.Check != nil {
		v, err = t.Check(ctx, v)
	}
	ended = true
	return v, err
}

// broken makes an error of what ended a step's attempt short of its return. Where
// that is runtime.Goexit, which can't be stopped, it panics: all that is deferred
// up to the end of the goroutine then knows that nothing succeeded.
func (f *Frame) broken(s *Step, r any) error {
	switch r.(type) {
	case nil:
		panic(&goexit{f.failed(s, 0, errGoexit)})
	case *goexit: // of a step in a try
		panic(r)
	}
	return panicked(r)
}

// inStep is the context of an attempt: it tells for which step it is made. That of
// a tool that only reads, and that nobody observes, is the frame's own.
func (f *Frame) inStep(s *Step, attempt int) context.Context {
	if s.Effect == Readonly && attempt == 1 && !s.Sub && f.plain() {
		return f.ctx
	}
	in := &scope{Context: f.ctx, step: s, path: f.path(s.ID), attempt: attempt}
	if f.invocation != nil {
		in.shared = f.invocation.shared
	}
	if s.Sub && !s.OwnUndo {
		in.parent = f.invocation
		if s.Seat > 0 && f.invocation != nil {
			// Where the step stands, for begin. A field of the scope for it would make that of
			// every step larger: it has 64 bytes, and the next size is 80.
			in.parent = &invocation{parent: f.invocation, at: f.apart()}
		}
	}
	return in
}

// sleep waits for d, and tells whether the frame lived to its end.
func (f *Frame) sleep(d time.Duration) bool { return Sleep(f.ctx, d) == nil && f.ctx.Err() == nil }

// Wait waits for d; not at all where it is negative.
func (f *Frame) Wait(s *Step, d time.Duration) error {
	if durable := f.durable(); durable != nil {
		own := f.apart()
		return durable.wait(own, s, func() time.Time { return own.now().Add(d) }, []any{d})
	}
	if err := f.stopped(s); err != nil {
		return err
	}
	f.emitStep(Scheduled, s, 0, nil)
	f.emitStep(Waiting, s, 0, nil)
	if !f.sleep(d) {
		err := f.cause()
		f.emitStep(Failed, s, 0, err)
		return f.failed(s, 0, err)
	}
	f.emitStep(Resumed, s, 0, nil)
	f.emitStep(Done, s, 0, nil)
	return nil
}

// WaitUntil waits for a time; not at all where it is past.
func (f *Frame) WaitUntil(s *Step, t time.Time) error {
	if durable := f.durable(); durable != nil {
		own := f.apart()
		return durable.wait(own, s, func() time.Time { return t }, []any{t})
	}
	return f.Wait(s, t.Sub(f.now()))
}
