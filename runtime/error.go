package runtime

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/wfgen/wfgen/runtime/pure"
)

// An Error is the failure of a step. It wraps the tool's own error, which
// errors.Is and errors.As find.
type Error struct {
	Workflow string
	// Step is the step's id; empty where the failure is of the workflow itself.
	Step string
	// At is the step's place in the source: file.wf:line:col.
	At string
	// Attempt is the attempt that failed last, from 1; 0 where there was none.
	Attempt int
	Err     error
	// Declared is the declared error that Err is or holds, as a value; nil where
	// there is none.
	Declared error

	end ending
	// unsure tells, of a step that was refused, that an attempt before may have happened.
	unsure bool
}

// Error begins with the place: file.wf:line:col: Workflow: step: what happened.
func (e *Error) Error() string {
	text := e.At + ": " + e.Workflow
	if e.Step != "" {
		text += ": " + e.Step
	}
	text += ": " + e.Err.Error()
	if e.Attempt > 1 {
		text += attemptText(e.Attempt)
	}
	return text
}

func attemptText(n int) string { return " (attempt " + strconv.Itoa(n) + ")" }

// BareText is the message of what the step failed with.
func (e *Error) BareText() string { return pure.Message(e.Err) }

// Unwrap gives what the step failed with.
func (e *Error) Unwrap() error { return e.Err }

// A Failure is a message: what validate and fail say.
type Failure struct{ Text string }

func (e *Failure) Error() string { return e.Text }

// A TimeoutError says that an attempt or a workflow took longer than it may. It
// is a context.DeadlineExceeded to errors.Is.
type TimeoutError struct {
	// Workflow is the workflow whose time was up; empty where it is the attempt's.
	Workflow string
	After    time.Duration
	// Until is when it was up, where that is a time that the workflow has named; else zero.
	Until time.Time
	// Err is what the tool returned when its context was cancelled; nil where none
	// was running.
	Err error
}

func (e *TimeoutError) Error() string {
	text := "timed out after " + pure.DurationText(e.After)
	if !e.Until.IsZero() {
		text = "timed out at " + e.Until.UTC().Format(time.RFC3339Nano)
	}
	if e.Workflow != "" {
		text = "workflow " + e.Workflow + " " + text
	}
	if e.Err != nil && e.Err != context.DeadlineExceeded && e.Err != context.Canceled {
		text += ": " + e.Err.Error()
	}
	return text
}

// Is makes a TimeoutError a context.DeadlineExceeded.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Unwrap gives what the tool returned; it may be nil.
func (e *TimeoutError) Unwrap() error { return e.Err }

// because says of an error what lies behind it, where the error doesn't.
func because(cause, err error) error {
	if t, ok := cause.(*TimeoutError); ok {
		return &TimeoutError{Workflow: t.Workflow, After: t.After, Until: t.Until, Err: err}
	}
	if errors.Is(err, cause) {
		return err
	}
	return fmt.Errorf("%w: %w", cause, err)
}

// A PanicError is a panic in a tool.
type PanicError struct {
	Value any
	// Stack is the goroutine's stack when it panicked, as debug.Stack gives it.
	Stack []byte
}

// Error is one line without the stack, which would drown what the error is part of.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap gives the panic's value where it is an error, else nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// An UndoError says that undos failed after a failure. Undo is never lost: no
// retry and no else clause stands in for it.
type UndoError struct {
	Err  error // the failure that made the undos run; nil for a rollback
	Undo error // the errors of the undos, joined
}

func (e *UndoError) Error() string {
	if e.Err == nil {
		return "undo failed: " + e.Undo.Error()
	}
	return e.Err.Error() + "\nundo failed: " + e.Undo.Error()
}

// Unwrap gives both errors.
func (e *UndoError) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Undo}
	}
	return []error{e.Err, e.Undo}
}

// undoFailure gives all that undos failed with according to err, joined; nil where
// there is nothing.
func undoFailure(err error) error { return errors.Join(undoFailures(nil, err)...) }

func undoFailures(found []error, err error) []error {
	switch e := err.(type) {
	case *UndoError:
		return append(undoFailures(found, e.Err), e.Undo)
	case interface{ Unwrap() error }:
		return undoFailures(found, e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			found = undoFailures(found, err)
		}
	}
	return found
}

func withUndoFailure(err, undo error) error {
	if undo == nil {
		return err
	}
	return &UndoError{Err: err, Undo: undo}
}

// complain tells of what is no workflow's failure and has nobody to be given to. Package
// log would say no more, and is linked for nothing else. What anybody may have written is
// given as what acts on no terminal: by %q, or where an engine is linked by package foreign.
func complain(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "wfgen: "+format+"\n", args...)
}

// errGoexit is what a tool fails with that calls runtime.Goexit.
var errGoexit = errors.New("the tool called runtime.Goexit")

// goexit is the panic that stands for runtime.Goexit.
type goexit struct{ err error }

// panicked makes an error of what recover gave.
func panicked(r any) error {
	switch r := r.(type) {
	case nil:
		return errGoexit
	case *goexit:
		return r.err
	case *halted:
		return r.err
	case *pure.Fault:
		return r
	}
	return &PanicError{Value: r, Stack: debug.Stack()}
}

// located makes an error of the workflow out of what a pure expression failed
// with; an error that has its place stays as it is.
func (f *Frame) located(err error) error { return f.workflow.located(err) }

func (w *Workflow) located(err error) error {
	switch e := err.(type) {
	case *Error:
		return e
	case *pure.Fault:
		return &Error{Workflow: w.Name, At: e.At, Err: &Failure{Text: e.Text}}
	}
	return &Error{Workflow: w.Name, At: w.At, Err: err}
}

func (f *Frame) failed(s *Step, attempt int, err error) error {
	return &Error{
		Workflow: f.workflow.Name, Step: f.path(s.ID), At: s.At, Attempt: attempt, Err: err, Declared: find(s.Fails, err),
	}
}

// FailedStep is the id of the step that failed with err: the outermost. It is
// empty where err is no step's.
func FailedStep(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Step
	}
	return ""
}
