package runtime

import (
	"context"
	"time"
)

// A Step describes a step to the runtime. Generated code has one variable for
// each step of its workflows.
type Step struct {
	// ID is the step's id within its loop's round, or within the workflow.
	ID string
	// At is its place in the source: file.wf:line:col.
	At string
	// Tool names the tool or workflow that is called; empty for other steps.
	Tool string
	// Sub tells that a workflow is called. What it owes in undos once it has
	// succeeded passes to the caller.
	Sub bool
	// OwnUndo tells that the call of a workflow has an undo of its own, which
	// takes the place of those that the workflow owes.
	OwnUndo bool
	// Owes tells that Owe or OweOf follows each success of the step: a durable execution
	// records both ends together, so that none is done without being owed its undo.
	Owes bool
	// Effect is what calling it may change.
	Effect Effect
	// Fails are the declared errors of which the tool's failures keep the type.
	Fails []Declaration
	// Retry says how a failed attempt is repeated; nil for not at all.
	Retry *Retry
	// Timeout bounds one attempt; 0 is no bound.
	Timeout time.Duration
	// Arms are the ids of a race's arms, in their order, by which a durable execution
	// records the winner; nil for other steps.
	Arms []string
	// Seat is where the step stands, from 1, among those of its workflow that owe undos
	// and the loops around them, as they are written; 0 where undos are owed one after
	// the other, so that time tells their order.
	Seat int

	until time.Time // when the time of what is awaited is up; zero where Timeout says it alone
	undo  bool      // it is run to take back another one
}

// A Task is a step that gives a T.
type Task[T any] struct {
	Step
	// Check gives its argument as a workflow sees it, or says what breaks the
	// constraints of its type; nil where any T will do.
	Check func(context.Context, T) (T, error)
	// Decode reads a result as it is recorded; nil where Decode does.
	Decode func(json []byte) (T, error)
}

// None is the result of a step that gives nothing.
type None = struct{}

// An Effect is what calling a tool may change.
type Effect int

// The effects. The zero Effect is that of a tool that must not be called twice.
const (
	Once Effect = iota
	Idempotent
	Readonly
)

// A Retry says when a step that failed is tried again.
type Retry struct {
	// Times is how many attempts may follow the first.
	Times int
	// Min and Max bound the pauses: the first lies between Min and twice Min, and
	// each further one is up to twice as long, never above Max.
	Min, Max time.Duration
	// At holds when the further attempts are made, counted from the first
	// failure; with it, Times, Min and Max mean nothing.
	At []time.Duration
	// On are declared errors that are tried again like any other failure. Without
	// it, a declared error ends the attempts.
	On    []Declaration
	apart apart // what Several makes of several; nil for one
}
