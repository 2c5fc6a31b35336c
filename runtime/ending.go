package runtime

// A step of a durable execution that comes to no end of its own, as the execution is cancelled,
// out of time or leaves the memory, fails in a way that no clause of the workflow may take for
// the step's: nothing stands in for it, nothing tries it again, and another process goes on
// with it. Its Error says so in end.

import "errors"

// errSuspended is what all that is going on in a session gives once it is suspended.
// Nobody looks at it.
var errSuspended = errors.New("suspended")

// errStopped is what a chain gives up with that waits for what may never come, or
// a round that doesn't begin. It isn't the group's failure but follows from one,
// or from the end of the context around the group.
var errStopped = errors.New("stopped")

// An ending says, of the failure of a durable execution's step, what it is due to.
type ending byte

const (
	wrapping ending = iota // what is wrapped tells
	stopped                // the execution was stopped
	recorded               // the step itself
)

// isStopped tells whether an error of a durable execution is due to its being stopped.
func isStopped(err error) bool {
	switch e := err.(type) {
	case *Error:
		return e.end == stopped || e.end == wrapping && isStopped(e.Err)
	case *UndoError:
		return isStopped(e.Err)
	case *RaceError:
		for _, err := range e.Errs {
			if isStopped(err) {
				return true
			}
		}
	}
	return err == errSuspended || err == errStopped
}

// stoppedStep is the error of a step of a durable execution that isn't run, or not to its end,
// because the execution is stopped. No clause of the workflow sees it.
func (f *Frame) stoppedStep(s *Step, attempt int, err error) error {
	cause := f.cause()
	if f.suspended() || cause == nil {
		cause = errSuspended
	}
	if late, ok := err.(*stopError); ok && !s.Sub {
		cause = because(cause, late.err)
	} else if ok {
		cause = late.err
	}
	e := f.failed(s, attempt, cause).(*Error)
	e.end = stopped
	return e
}

// stoppedWhole is the failure of a group that has none of its own.
func (g *group) stoppedWhole() error {
	cause := g.frame.cause()
	if g.frame.suspended() || cause == nil {
		cause = errSuspended
	}
	err := g.frame.located(cause)
	if e, ok := err.(*Error); ok && g.frame.durable() != nil {
		e.end = stopped
	}
	return err
}

// A stopError is what an attempt failed with that was made when the execution was told
// to stop: that counts as the reason.
type stopError struct{ err error }

func (e *stopError) Error() string { return e.err.Error() }

// settled is the error of a step of a durable execution that has failed for good,
// which is recorded.
func (f *Frame) settled(s *Step, attempt int, err error) error {
	if _, late := err.(*stopError); late {
		return f.stoppedStep(s, attempt, err)
	}
	e := f.failed(s, attempt, err).(*Error)
	e.end = recorded
	return e
}

// skip tells that a step isn't run because the execution is stopped.
func (f *Frame) skip(s *Step) {
	if !f.suspended() {
		f.emitStep(Skipped, s, 0, nil)
	}
}
