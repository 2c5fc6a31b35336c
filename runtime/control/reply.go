package control

import (
	"errors"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// reply is the answer to a Request.
type reply struct {
	ID string `json:"id,omitempty"`
	// Running is the answer to what RunningSteps asks for.
	Running []runtime.RunningStep `json:"running,omitempty"`

	Error string `json:"error,omitempty"`
	// Name is the error's among refusals, or that of one of the types below; empty for
	// others.
	Name string `json:"name,omitempty"`
	// Execution and Text are what an UnknownError, or a HeldError, has; Text is also the Err
	// of a PayloadError.
	Execution string `json:"execution,omitempty"`
	Text      string `json:"text,omitempty"`
	// Problems and Omitted are what an InvalidError has.
	Problems []pure.Problem `json:"problems,omitempty"`
	Omitted  int            `json:"omitted,omitempty"`
	// Of and Most are what a PayloadError has.
	Of   string `json:"of,omitempty"`
	Most int    `json:"most,omitempty"`
}

// The names of errors that are types.
const (
	unknown      = "unknown"
	held         = "held"
	invalid      = "invalid"
	payload      = "payload"
	unstorable   = "unstorable"
	engineClosed = "closed"
)

// refusals are the errors that have nothing but their name.
var refusals = map[string]error{
	"exists":        runtime.ErrExists,
	"id":            runtime.ErrID,
	"notRegistered": runtime.ErrNotRegistered,
	"ended":         runtime.ErrEnded,
	"isHeld":        runtime.ErrHeld,
	"cancelling":    runtime.ErrCancelling,
	"notPaused":     runtime.ErrNotPaused,
	"notFailed":     runtime.ErrNotFailed,
	"noStep":        runtime.ErrNoStep,
	"notAsked":      runtime.ErrNotAsked,
	"answered":      runtime.ErrAnswered,
	"notAllowed":    runtime.ErrNotAllowed,
	"inUse":         runtime.ErrInUse,
	"full":          runtime.ErrFull,
	"queued":        runtime.ErrQueued,
	engineClosed:    runtime.ErrClosed,
}

// fail makes the reply tell of an error, which may be nil.
func (r *reply) fail(err error) {
	if err == nil {
		return
	}
	r.Error = err.Error()
	if e, ok := errors.AsType[*runtime.UnknownError](err); ok {
		r.Name, r.Execution = unknown, e.ID
	} else if e, ok := errors.AsType[*runtime.HeldError](err); ok {
		r.Name, r.Execution, r.Text = held, e.ID, e.Text
	} else if e, ok := errors.AsType[*pure.InvalidError](err); ok {
		r.Name, r.Problems, r.Omitted = invalid, e.Problems, e.Omitted
	} else if e, ok := errors.AsType[*runtime.PayloadError](err); ok {
		r.Name, r.Of, r.Most = payload, e.Of, e.Most
		if e.Err != nil {
			r.Text = e.Err.Error()
		}
	} else if _, ok := errors.AsType[*runtime.StoreError](err); ok {
		r.Name = unstorable
	} else {
		r.Name = refusal(err)
	}
}

// refusal is the name of an error among refusals; empty for others.
func refusal(err error) string {
	for name, e := range refusals {
		if errors.Is(err, e) {
			return name
		}
	}
	return ""
}

// err is the error that the reply tells of; nil where there is none.
func (r *reply) err() error {
	if r.Error == "" {
		return nil
	}
	return &replied{r.Error, r.named()}
}

// named is the error as the engine names it; nil for others.
func (r *reply) named() error {
	switch r.Name {
	case unknown:
		return &runtime.UnknownError{ID: r.Execution}
	case held:
		return &runtime.HeldError{ID: r.Execution, Text: r.Text}
	case invalid:
		return &pure.InvalidError{Problems: r.Problems, Omitted: r.Omitted}
	case payload:
		e := &runtime.PayloadError{Of: r.Of, Most: r.Most}
		if r.Text != "" {
			e.Err = errors.New(r.Text)
		}
		return e
	case unstorable:
		return &runtime.StoreError{Err: errors.New(r.Error)}
	}
	return refusals[r.Name]
}

// A replied is an error that another process has told of.
type replied struct {
	text  string
	named error
}

func (e *replied) Error() string { return e.text }

// Unwrap gives the error as the engine names it; it may be nil.
func (e *replied) Unwrap() error { return e.named }
