package runtime

import (
	"context"
	"errors"
	"time"
)

// A Stub plays, where no engine does, what a workflow waits for: events, the ends of
// other executions, approvals, and the ids of those that are started. It gives the JSON
// of what the step gives, or the error that it fails with: among declared ones a
// Rejected or a TimedOut keeps its type. ctx is of the step, as StepOf tells. It may be
// called from several goroutines.
type Stub func(ctx context.Context) ([]byte, error)

// WithStub gives a context under which steps that only a durable execution can do
// are played by s, in executions that aren't durable. Events that these emit are
// dropped.
func WithStub(ctx context.Context, s Stub) context.Context {
	return with(ctx, func(o *settings) { o.stub = s })
}

// WithStubEverywhere is WithStub for durable executions too, so that what follows
// from events can be tested by itself. What s gives is recorded as the result of a step
// that may be repeated: s is asked again where the process ends before that. Under a virtual
// clock the arm that is written first wins, of those of a race that succeed at one moment:
// so tools must wait for nothing but that clock.
func WithStubEverywhere(ctx context.Context, s Stub) context.Context {
	return with(ctx, func(o *settings) { o.stub, o.stubsAll = s, true })
}

// WithAnswers is WithStub for durable executions too, where s answers what they wait
// for: what it gives is recorded as if it had come by itself. They wait for what it gives
// ErrUnanswered for, start what they are to start then, and send their events.
func WithAnswers(ctx context.Context, s Stub) context.Context {
	return with(ctx, func(o *settings) { o.stub, o.answers = s, true })
}

// ErrUnanswered is what a Stub of WithAnswers gives a durable execution for what it
// doesn't play.
var ErrUnanswered = errors.New("no answer stands in for this")

// isStubbed tells whether a stub plays what only a durable execution can do; where
// there is none, that is an error.
func (f *Frame) isStubbed() bool {
	return f.durable() == nil || f.invocation.shared.stubsAll
}

// stubFails are the declared errors that a Stub may give.
var stubFails = []Declaration{Declares[Rejected], Declares[TimedOut]}

// stubbed is a step that only a durable execution can do, in another one, or
// in one where a stub plays as well.
func stubbed[T any](f *Frame, t *Task[T], p patience, args ...any) (v T, err error) {
	if f.invocation == nil || f.invocation.shared.stub == nil {
		return v, f.failed(&t.Step, 0, ErrNoEngine)
	}
	return stubbedBy(f, t, f.invocation.shared.stub, p, args...)
}

// stubbedApproval is an approval that is played. Nobody answers one before it is asked for:
// where its time is past at once, no answer comes first.
func (f *Frame) stubbedApproval(s *Step, p patience, text, by string) (Approval, error) {
	t := &Task[Approval]{Step: *s}
	if p.remaining(f.now()) >= 0 || f.invocation == nil || f.invocation.shared.stub == nil {
		return stubbed(f, t, p, text, by)
	}
	return stubbedBy(f, t, func(ctx context.Context) ([]byte, error) {
		return nil, Sleep(ctx, time.Nanosecond) // longer than its timeout
	}, p, text, by)
}

// late is a stub whose time is up when it begins.
func (f *Frame) late(play Stub, p patience) Stub {
	return func(ctx context.Context) ([]byte, error) {
		over := p.over()
		ctx, cancel := f.withTimeout(ctx, 0, over)
		defer cancel()
		data, err := play(ctx)
		if err != nil && context.Cause(ctx) == over {
			err = &TimeoutError{Until: p.until, Err: err}
		}
		return data, err
	}
}

// stubbedBy is stubbed by one stub.
func stubbedBy[T any](f *Frame, t *Task[T], play Stub, p patience, args ...any) (v T, err error) {
	task := *t
	timeout := p.remaining(f.now())
	task.Timeout, task.Fails, task.Effect, task.until = max(timeout, 0), stubFails, Idempotent, p.until
	if timeout < 0 {
		play = f.late(play, p)
	}
	return CallMany(f, &task, func(ctx context.Context) (v T, err error) {
		if _, nothing := any(v).(None); nothing {
			return v, nil
		}
		data, err := play(ctx)
		if err != nil || len(data) == 0 {
			return v, err
		}
		return decodeResult(t, data, decodeJSON)
	}, func() []any { return args })
}

// stubFor is what plays a step of a durable execution; nil where nothing does.
func stubFor[T any](f *Frame, t *Task[T]) stubbing {
	if !f.invocation.shared.answers {
		return nil
	}
	return func(ctx context.Context) *delivery {
		ctx = &scope{Context: ctx, step: &t.Step, path: f.path(t.ID), attempt: 1, shared: f.invocation.shared}
		data, err := stubAnswer(ctx, f, t)
		switch {
		case errors.Is(err, ErrUnanswered) || err != nil && ctx.Err() != nil:
			return nil
		case err != nil:
			return &delivery{err: err}
		}
		return &delivery{data: data}
	}
}

// stubAnswer is what a stub gives for a step, as it is recorded.
func stubAnswer[T any](ctx context.Context, f *Frame, t *Task[T]) (data []byte, err error) {
	ended := false
	defer func() {
		if !ended {
			err = f.broken(&t.Step, recover())
		}
	}()
	data, err = f.invocation.shared.stub(ctx)
	if err == nil {
		var v T
		if v, err = decodeResult(t, data, decodeJSON); err == nil {
			data, _, err = storable(encodable(v), "the answer of step "+f.path(t.ID))
		}
	}
	ended = true
	return data, err
}
