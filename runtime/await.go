package runtime

import (
	"errors"
	"time"
)

// ErrNoEngine is what a step fails with that only a durable execution can do.
var ErrNoEngine = errors.New("only a durable execution can do this: submit the workflow to an engine")

// address is where those of these keys are awaited.
func (t *Topic[E]) address(keys []any) (string, error) {
	at := eventPrefix
	if t.All {
		at = toAllPrefix
	}
	at += t.Name
	if len(keys) == 0 {
		return at, nil
	}
	data, err := encodePayload(keys, "the key of "+t.Name)
	if err != nil {
		return "", err
	}
	return at + string(data), nil
}

// These begin the addresses of events: of those that one execution is given, and of those
// that all are.
const (
	eventPrefix = "event:"
	toAllPrefix = "event to all:"
)

// Await is the step that waits for an event whose keys have these values, in the
// order of its declaration, and gives it. A timeout of 0 is none; where it passes the
// step fails with a *TimeoutError. With one that is past at once an event comes in time
// only where it has been sent before.
func Await[E any](f *Frame, t *Task[E], topic *Topic[E], timeout time.Duration, keys ...any) (E, error) {
	return awaitEvent(f, t, topic, patience{timeout: timeout}, keys)
}

// AwaitUntil is Await for what is awaited until a time. At one that is past an event comes in
// time only where it has been sent before.
func AwaitUntil[E any](f *Frame, t *Task[E], topic *Topic[E], until time.Time, keys ...any) (E, error) {
	return awaitEvent(f, t, topic, untilTime(until), keys)
}

func awaitEvent[E any](f *Frame, t *Task[E], topic *Topic[E], p patience, keys []any) (v E, err error) {
	played := topic.played(t)
	if f.isStubbed() {
		return stubbed(f, played, p, keys...)
	}
	at, err := topic.address(keys)
	if err != nil {
		return v, f.failed(&t.Step, 0, err)
	}
	r := &request{kind: awaitsEvent, event: at, patience: p, inputs: []any{at}}
	if filter := topic.filter; filter != nil {
		if r.captured, err = encodePayload(filter.captured, "what step "+f.path(t.ID)+" awaits"); err != nil {
			return v, f.failed(&t.Step, 0, err)
		}
		r.inputs = append(r.inputs, filter.captured)
	}
	return awaited(f.apart(), t, played, r)
}

// AwaitRun is the step that waits for the end of another execution and gives its
// result, or fails with its error's text.
func AwaitRun[R any](f *Frame, t *Task[R], id string, timeout time.Duration) (R, error) {
	return awaitRun(f, t, id, patience{timeout: timeout})
}

// AwaitRunUntil is AwaitRun for what is awaited until a time.
func AwaitRunUntil[R any](f *Frame, t *Task[R], id string, until time.Time) (R, error) {
	return awaitRun(f, t, id, untilTime(until))
}

func awaitRun[R any](f *Frame, t *Task[R], id string, p patience) (v R, err error) {
	if f.isStubbed() {
		return stubbed(f, t, p, id)
	}
	return awaited(f.apart(), t, t, &request{kind: awaitsEnd, run: id, patience: p, inputs: []any{id}})
}

// Approve is the step that asks for a person's answer, and waits for it. by says who
// may give it. A no fails as Rejected.
func (f *Frame) Approve(s *Step, text, by string, timeout time.Duration) (Approval, error) {
	return f.approve(s, text, by, patience{timeout: timeout})
}

// ApproveUntil is Approve for an answer that is awaited until a time.
func (f *Frame) ApproveUntil(s *Step, text, by string, until time.Time) (Approval, error) {
	return f.approve(s, text, by, untilTime(until))
}

func (f *Frame) approve(s *Step, text, by string, p patience) (v Approval, err error) {
	if f.isStubbed() {
		return f.stubbedApproval(s, p, text, by)
	}
	if _, err := encodePayload([]string{text, by}, "the question"); err != nil {
		return v, f.failed(s, 0, err)
	}
	t := &Task[Approval]{Step: *s}
	return awaited(f.apart(), t, t, &request{
		kind: awaitsAnswer, text: text, by: by, patience: p, inputs: []any{text, by},
	})
}

// Approval is what approve gives: who has agreed, when, and what they had to say.
type Approval struct {
	By   string    `json:"by"`   // as in the Answer; it isn't empty
	At   time.Time `json:"at"`   // when the engine took the answer, in UTC
	Note string    `json:"note"` // may be empty
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

// awaited is a step that waits for what is requested, or for its timeout. Who plays it knows it
// as played.
func awaited[T any](f *Frame, t, played *Task[T], r *request) (v T, err error) {
	if r.kind != awaitsAnswer || r.remaining(f.now()) >= 0 { // nobody answers an approval before it is asked for
		r.play = stubFor(f, played)
	}
	h, data, fresh, err := f.exchange().receive(f, &t.Step, r)
	if err != nil {
		return v, err
	}
	if v, err = recordedResult(f, t, h, data); err != nil || !fresh {
		return v, err
	}
	f.emitStep(Resumed, &t.Step, 0, nil)
	emitDone(f, &t.Step, 0, v)
	return v, nil
}
