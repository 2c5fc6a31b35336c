package runtime

import (
	"context"
	"errors"
	"time"
)

// A Topic describes a declared event to the runtime. Generated code has one variable
// for each event.
type Topic[E any] struct {
	// Name is the event's name as declared.
	Name string
	// Keep is how long one that nobody awaits is kept.
	Keep time.Duration
	// Keys gives the values of the event's keys in their order.
	Keys func(E) []any
	// Check gives its argument as a workflow sees it, or says what breaks the
	// constraints of its type; nil where any E will do.
	Check func(E) (E, error)
}

// Approval is what approve gives: who has agreed, when, and what they had to say.
type Approval struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note"`
}

// Rejected is the declared error of an approve that was answered with no.
type Rejected struct {
	By   string `json:"by"`
	Note string `json:"note"`
}

// Error says who has rejected it, and why.
func (r Rejected) Error() string {
	if r.Note == "" {
		return "rejected by " + r.By
	}
	return "rejected by " + r.By + ": " + r.Note
}

// Interrupted is the declared error of an attempt of which a crash leaves unknown
// whether it has happened, and which must not happen twice.
type Interrupted struct{}

func (Interrupted) Error() string {
	return "interrupted: the process ended during the attempt, which may have had its effect"
}

// ErrNoEngine is what a step fails with that only a durable execution can do.
var ErrNoEngine = errors.New("only a durable execution can do this: submit the workflow to an engine")

// Await is the step that waits for an event whose keys have these values, in the
// order of its declaration, and gives it. A timeout of 0 is none; where it passes the
// step fails with a *TimeoutError.
func Await[E any](f *Frame, t *Task[E], topic *Topic[E], timeout time.Duration, keys ...any) (v E, err error) {
	return v, f.failed(&t.Step, 0, ErrNoEngine)
}

// AwaitRun is the step that waits for the end of another execution and gives its
// result, or fails with its error's text.
func AwaitRun[R any](f *Frame, t *Task[R], id string, timeout time.Duration) (v R, err error) {
	return v, f.failed(&t.Step, 0, ErrNoEngine)
}

// Emit is the step that sends an event, once.
func Emit[E any](f *Frame, s *Step, topic *Topic[E], event E) error {
	return f.failed(s, 0, ErrNoEngine)
}

// Approve is the step that asks for a person's answer, and waits for it. by says who
// may give it. A no fails as Rejected.
func (f *Frame) Approve(s *Step, text, by string, timeout time.Duration) (Approval, error) {
	return Approval{}, f.failed(s, 0, ErrNoEngine)
}

// Launch is the step that starts another execution, once, and gives its id. input is
// a struct with a field for each parameter, under the parameter's name in JSON.
func (f *Frame) Launch(s *Step, w *Workflow, input any) (string, error) {
	return "", f.failed(s, 0, ErrNoEngine)
}

// A SendOption says something about an event that is sent.
type SendOption func(*sending)

type sending struct{ id string }

// MessageID gives an event that is sent an id of its sender's: of those with the same
// id only the first is accepted.
func MessageID(id string) SendOption { return func(s *sending) { s.id = id } }

// Send sends an event to whom it may concern: the execution that has awaited its name
// and keys for the longest, or the first to await them before the event's Keep is over.
// It returns when the journal has it. Generated code calls it.
func Send[E any](ctx context.Context, e *Engine, topic *Topic[E], event E, options ...SendOption) error {
	return ErrNoEngine
}

// Submit starts a durable execution of a workflow, and returns when the journal has
// it. input is a struct with a field for each parameter, under the parameter's name in
// JSON. Where there is an execution of the same ID, workflow and input, Submit gives
// that one; with another input or workflow it is an error. Generated code calls it.
func Submit[R any](ctx context.Context, e *Engine, w *Workflow, input any, options ...Option) (*Run[R], error) {
	return nil, ErrNoEngine
}

// An Engine runs durable executions.
type Engine struct{}

// A Run is a durable execution. R is the workflow's result, None where it has none.
type Run[R any] struct{}
