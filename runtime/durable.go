package runtime

import (
	"context"
	"time"
)

// A durable is a durable execution as its frames see it; a session is one. It is an
// interface, as a history is, so that a program without an engine is linked without all
// that only an engine needs.
type durable interface {
	quiescence

	// prefix begins the ids of the execution's steps.
	prefix() string
	// isSuspended tells whether the execution leaves the memory.
	isSuspended() bool
	// replaying tells whether something is recorded that hasn't been read, and may be.
	replaying() bool
	// repeats tells whether the end of a sub-workflow, given by what begins its steps, is
	// recorded: it is gone through because it owes undos, or for what it has failed with.
	repeats(sub string) bool
	// yield waits while the engine drains: for the execution to leave the memory, or for
	// the end of ctx.
	yield(ctx context.Context)
	// hold suspends the execution: what is recorded doesn't fit what is to be run.
	hold(why error)

	// sleep has a tool sleep by the engine's clock, and after has a function called.
	sleep(ctx context.Context, d time.Duration)
	after(d time.Duration, do func()) (stop func())
	// awaitQuiescence waits until the engine's clock, a virtual one, is to jump.
	awaitQuiescence(ctx context.Context, depth int, step string)
	// withDeadline is the context of a workflow that has to be done within d from its
	// start, however often the process ends in between. key is where that is recorded.
	withDeadline(ctx context.Context, key string, d time.Duration, late error) (context.Context, context.CancelFunc)

	// history takes what is recorded of a step. It fails where that doesn't fit.
	history(f *Frame, st *Step, inputs []any) (history, error)
	// wait waits until a time that inputs, as the workflow has them, say.
	wait(f *Frame, st *Step, until func() time.Time, inputs []any) error
	// logged records what log says at a step, and tells whether it is new.
	logged(step, message string) bool

	// owe records that an undo is owed, or finds what is recorded of it, and undo makes
	// its call, in the frame that f is a copy of.
	owe(f *Frame, u *undo)
	undo(u *undo, st *Step) error
	// unwind puts undos in the order in which they came to be owed, and takes note that they
	// are to be run for a failure, where why is one.
	unwind(us []undo, why error)

	// lastly begins the block that a workflow runs last, in the frame of the workflow. It gives
	// the context of that, and what the workflow has failed with as the block sees it.
	lastly(f *Frame, err error) (context.Context, error)

	// winner is the arm that is recorded as the winner of a race; nobody where none is.
	// Where that isn't sure, an earlier generation has recorded it: others may win once all
	// that is recorded has been read. may waits for that, and tells whether ctx lives on.
	winner(f *Frame, race *Step) (arm int, sure bool)
	may(ctx context.Context) bool
	// won records the winner, and unwon holds the execution because that arm fails now.
	won(f *Frame, race *Step, arm int)
	unwon(f *Frame, race *Step, arm int) error
	// firstOf is the failure that counts of two that happened side by side.
	firstOf(old, err error) error

	// round is the round in which a loop goes on, and its state as it is recorded; nil
	// where there is none. It counts as read when the round is entered, so that nothing new
	// has begun where the state doesn't fit. begun records that a round begins; exact
	// tells that its state is read as it is, whatever its type says.
	round(loop string) (i int, state []byte)
	entered(loop string)
	begun(loop string, i int, state any, exact bool)

	// given looks at what a workflow gives. Where that can't be stored the workflow fails,
	// and what it owes is undone.
	given(f *Frame, result any) error

	// decode reads a result.
	decode(data []byte, into any) error
}

// A history is what is recorded of a step that is run, and what it goes on with.
type history interface {
	// end is the result that is recorded, and the attempt that gave it; ok is false where
	// the step hasn't come to its end.
	end() (data []byte, attempt int, ok bool)
	// reenters tells whether the sub-workflow that the step calls is done, and is gone
	// through because it owes undos.
	reenters() bool
	// failure is how an attempt failed, and when; ok is false where that isn't recorded.
	failure(attempt int) (at time.Time, ok bool, err error)
	// admit waits until a step that isn't recorded may begin, and tells whether it may.
	admit(f *Frame) bool
	// begin records what has to be known before an attempt is made, and waits until all
	// before it is stored. It gives errStopped where the attempt isn't to be made, and
	// Interrupted where it has been, by a process that ended during it.
	begin(f *Frame, attempt int) error
	// storable gives a result, as encodable gives it, as a record has it, and tells whether
	// that is read as the same value.
	storable(result any) (data []byte, same bool, err error)
	// succeeded records a success, also where the execution is stopped by now.
	succeeded(attempt int, began time.Time, data []byte)
	// failed records a failure, unless the execution is stopped by now, which counts as
	// the reason. It gives the failure as it is recorded.
	failed(f *Frame, attempt int, began time.Time, err error) error
	// again tells whether a step is tried again, after the pause it is due.
	again(f *Frame, failures retrying, err error) bool
	// drop records of an undo that it isn't owed any more, since its step has never begun.
	drop()
	// fits lets what is recorded count as read, where there is an end. misfits holds the
	// execution because what is recorded doesn't fit: before it counts as read, so that
	// nothing new has begun.
	fits()
	misfits(why string, err error) error
	// unfailed is misfits for an attempt that is recorded as failed, and succeeds now.
	unfailed(attempt int) error
}

// durable is the frame's durable execution; nil where it isn't durable.
func (f *Frame) durable() durable {
	if f.invocation == nil {
		return nil
	}
	return f.invocation.shared.durable
}

// suspended tells whether the frame's execution is durable and leaves the memory: no
// clause of the workflow is to see that.
func (f *Frame) suspended() bool {
	d := f.durable()
	return d != nil && d.isSuspended()
}

// replaying tells whether the execution is durable and not yet where it was.
func (f *Frame) replaying() bool {
	d := f.durable()
	return d != nil && d.replaying()
}

// timeoutMark, after what begins the ids of a workflow's steps, records the time that
// it has to be done by.
const timeoutMark = "@timeout"

// limitMark, after what begins the ids of a sub-workflow's steps, records the time that
// the call has to be done by.
const limitMark = ".@limit"
