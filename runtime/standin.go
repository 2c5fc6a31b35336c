package runtime

import (
	"context"
	"time"
)

// A StandIn plays, where no engine does, what a workflow waits for: events, the ends of
// other executions, approvals, and the ids of those that are started. It gives the JSON
// of what the step gives, or the error that it fails with: among declared ones a
// Rejected or a TimedOut keeps its type. ctx is of the step, as StepOf tells. It may be
// called from several goroutines.
type StandIn func(ctx context.Context) ([]byte, error)

// WithStandIn gives a context under which steps that only a durable execution can do
// are played by s, in executions that aren't durable. Events that these emit are
// dropped.
func WithStandIn(ctx context.Context, s StandIn) context.Context {
	return with(ctx, func(o *settings) { o.standIn = s })
}

// WithStandInEverywhere is WithStandIn for durable executions too, so that what follows
// from events can be tested by itself. What s gives is recorded as the result of a step
// that may be repeated: s is asked again where the process ends before that.
func WithStandInEverywhere(ctx context.Context, s StandIn) context.Context {
	return with(ctx, func(o *settings) { o.standIn, o.playsAll = s, true })
}

// isPlayed tells whether a stand-in plays what only a durable execution can do; where
// there is none, that is an error.
func (f *Frame) isPlayed() bool {
	return f.durable() == nil || f.run.shared.playsAll
}

// playedFails are the declared errors that a StandIn may give.
var playedFails = []Declaration{Declares[Rejected], Declares[TimedOut]}

// played is a step that only a durable execution can do, in another one, or
// in one that is played as well.
func played[T any](f *Frame, t *Task[T], timeout time.Duration, args ...any) (v T, err error) {
	if f.run == nil || f.run.shared.standIn == nil {
		return v, f.failed(&t.Step, 0, ErrNoEngine)
	}
	task, play := *t, f.run.shared.standIn
	task.Timeout, task.Fails, task.Effect = timeout, playedFails, Idempotent
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
