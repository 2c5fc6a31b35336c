package runtime

import (
	"errors"
	"slices"
)

// What an engine refuses, for errors.Is; its text says more. What is refused has changed
// nothing. Besides these there is *UnknownError where there is no such execution,
// *InvalidError for an input or an event that isn't of its type, *PayloadError for one
// that is too big, ErrClosed, and *StoreError where the journal can't store.
var (
	// ErrExists is of Submit and Fork: there is an execution of that id, of another
	// workflow or with another input.
	ErrExists = errors.New("there is another execution of this id")
	// ErrID is of an id that no execution, or no message, can have.
	ErrID = errors.New("this can't be an id")
	// ErrNotRegistered says that the engine has no workflow or event of a name: the
	// registry of its package wasn't given to Open.
	ErrNotRegistered = errors.New("the engine has none of this name")
	// ErrEnded says that the execution has ended.
	ErrEnded = errors.New("the execution has ended")
	// ErrHeld says that the execution is held; a *HeldError is that too.
	ErrHeld = errors.New("the execution is held")
	// ErrCancelling is of Pause: the execution has been cancelled and runs its undos.
	ErrCancelling = errors.New("the execution is being cancelled")
	// ErrNotPaused is of Resume: the execution is neither paused nor held.
	ErrNotPaused = errors.New("the execution is neither paused nor held")
	// ErrNotFailed is of Retry: the execution hasn't failed, nor was it cancelled.
	ErrNotFailed = errors.New("the execution hasn't failed")
	// ErrFull is of Submit, Retry and Fork: there are as many executions of the workflow as
	// there may be at once, and it says that another one is refused then.
	ErrFull = errors.New("the workflow takes no more executions")
	// ErrQueued is of Pause: the execution waits for a place, and hasn't begun.
	ErrQueued = errors.New("the execution is queued")
	// ErrNoStep is of Fork: the execution has no record of such a step.
	ErrNoStep = errors.New("there is no record of the step")
	// ErrNotAsked is of Answer: the step waits for no answer, not yet or no longer.
	ErrNotAsked = errors.New("the step waits for no answer")
	// ErrAnswered is of Answer: somebody has answered before.
	ErrAnswered = errors.New("the step was answered before")
	// ErrNotAllowed is of Answer: the approval asks somebody else.
	ErrNotAllowed = errors.New("the approval asks somebody else")
	// ErrInUse is of Open: another engine has the journal.
	ErrInUse = errors.New("another engine has the journal")
)

// A refusal is one of the errors above with what there is to say.
type refusal struct {
	kind error
	text string
}

func refuse(kind error, text string) error { return &refusal{kind, text} }

func (r *refusal) Error() string { return r.text }

// Unwrap gives which error it is.
func (r *refusal) Unwrap() error { return r.kind }

// Is makes a HeldError an ErrHeld.
func (e *HeldError) Is(target error) bool { return target == ErrHeld }

// outcome is what a change of the journal has come to: err is why it couldn't be stored,
// refused why there was none; both may be nil.
func outcome(err, refused error) error {
	if err != nil {
		return err
	}
	return refused
}

func (e *Engine) unregistered(workflow string) error {
	if slices.Contains(e.others, workflow) {
		return refuse(ErrNotRegistered, "the engine doesn't run "+workflow+": the tools that it was given are for other workflows alone")
	}
	return refuse(ErrNotRegistered, "the engine has no workflow "+workflow+": give Open the registry of its package")
}
