package runtime

import (
	"context"
	"math/rand/v2"
	"time"
)

// What follows is for libraries whose steps are more than a call, as conversations are: package
// agent is one. As methods of a Frame they would be linked into every program.

// ContextOf is the context that the steps of a frame run under.
func ContextOf(f *Frame) context.Context { return f.ctx }

// Under is a frame in the place of f for steps that run under ctx, which was made of the
// context of f.
func Under(f *Frame, ctx context.Context) *Frame { return f.under(ctx) }

// Tell tells the observer of a part of what the step that ctx is of comes to give. It isn't
// recorded. Where nobody observes, or ctx is of no step, it does nothing.
func Tell(ctx context.Context, text string) {
	s := inStep(ctx)
	if s == nil || s.shared == nil || s.shared.trace == nil || ctx.Err() != nil {
		return
	}
	s.shared.trace.emit(Event{
		Kind: Partial, Step: s.path, Tool: s.step.Tool, At: s.step.At, Attempt: s.attempt, Result: text, encodable: text,
	})
}

// Idle tells that a tool is about to wait for another one of its execution. busy is to be
// called, once, before it goes on: by whoever it has waited for, or by itself where it waits
// no longer.
func Idle(ctx context.Context) (busy func()) {
	s := scopeOf(ctx)
	if s == nil || s.shared == nil {
		return func() {}
	}
	var q quiescence = s.shared.clock
	if s.shared.home != nil {
		q = s.shared.home
	}
	q.block()
	return func() { q.wake(1) }
}

// Spread is a random time below d, by which those who pause at a time come back apart. By a
// virtual clock, where nothing is left to chance, it is none.
func Spread(ctx context.Context, d time.Duration) time.Duration {
	if s := scopeOf(ctx); d <= 0 || s != nil && s.shared != nil && s.shared.clock != nil {
		return 0
	}
	return rand.N(d)
}

// A recounting is what a durable is beside, for who counts what was done before. A program
// without one is linked without all of that.
type recounting interface {
	// recount has visit told of what is recorded under the ids that begin with prefix.
	recount(prefix string, visit func(step string, data []byte)) error
}

// Recount has visit told of what a durable execution has recorded of the rounds of the step s
// of f before it went on: of each call that succeeded or failed, its step's id and its result or
// failure as JSON. Those of workflows that it has called are among them, also where these have
// ended and aren't gone through again, and those of earlier generations. It does nothing where
// nothing is recorded that hasn't been read.
func Recount(f *Frame, s *Step, visit func(step string, data []byte)) error {
	d := f.durable()
	if d == nil {
		return nil
	}
	return d.(recounting).recount(f.path(s.ID)+"[", visit)
}
