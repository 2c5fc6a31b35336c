package runtime

import (
	"context"
	"fmt"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
)

// An Answer is what a person says to an approval. Whoever calls the engine's Answer fills it
// in, and answers for its being true: the engine takes By and As as they are.
type Answer struct {
	// By says who answers; it isn't empty. The workflow gets it, as Approval.By or in
	// Rejected.
	By string
	// As are the roles that the person has, besides being By: one of them, or By, has to
	// be whom the approval asks. It may be nil.
	As []string
	// Note is what they have to say, which the workflow gets; it may be empty.
	Note string
	// Reject says no: the step fails as Rejected. Its zero value says yes.
	Reject bool
}

// Answer answers the approval that a step of an execution waits for, and returns when the
// journal has it. step is the step's id, as Awaits gives it. It gives an *UnknownError where
// there is no such execution, ErrNotAsked where the step waits for no answer, not yet or no
// longer, ErrAnswered where somebody has answered before, and ErrNotAllowed where By is empty
// or the approval asks somebody else. Then nothing has changed.
func (e *Engine) Answer(ctx context.Context, execution, step string, a Answer) error {
	if a.By == "" {
		return refuse(ErrNotAllowed, "an answer has to say who gives it")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	var refused error
	err := e.writer.do(func(b *batch) (err error) {
		refused, err = b.answer(execution, step, a)
		return err
	})
	return outcome(err, refused)
}

func (b *batch) answer(execution, step string, a Answer) (refused, err error) {
	at := approvalAddress(execution, step)
	asked, err := b.FirstAwait(at, 0, time.Time{}) // past or not
	if err != nil {
		return nil, err
	}
	if asked == nil {
		return b.unasked(execution, step, at)
	}
	if !a.may(asked.By) {
		return refuse(ErrNotAllowed, fmt.Sprintf("%s of %s asks %s, not %s", step, execution, asked.By, a.By)), nil
	}
	now := b.engine.now()
	if asked.IsPast(now) {
		return refuse(ErrNotAsked, fmt.Sprintf("%s of %s waits for no answer any more: its time was up at %s", step, execution, asked.Until.Format(time.RFC3339))), nil
	}
	m := &journal.Message{ID: at, Address: at, Sent: now, Expires: now.Add(answerKept), Claimed: claimant(execution, step)}
	kind := journal.Done
	m.Data, err = pure.Encode(Approval{By: a.By, At: now.Round(0).UTC(), Note: a.Note})
	if a.Reject {
		no := Rejected{By: a.By, Note: a.Note}
		kind, m.Data = journal.Failed, encodeError(no, no)
	}
	if err != nil {
		return err, nil
	}
	if err := b.AddMessage(m); err != nil {
		return nil, err
	}
	return nil, b.deliver(asked, kind, m.Data, m)
}

// answerKept is how long it is known who has answered an approval, so that a second
// answer is told.
const answerKept = 30 * 24 * time.Hour

// unasked says why an approval isn't to be answered.
func (b *batch) unasked(execution, step, address string) (refused, err error) {
	m, err := b.MessageByID(address)
	if err != nil {
		return nil, err
	}
	if m != nil {
		return refuse(ErrAnswered, fmt.Sprintf("%s of %s was answered at %s", step, execution, m.Sent.Format(time.RFC3339))), nil
	}
	x, err := b.Execution(execution)
	if err != nil {
		return nil, err
	}
	if x == nil {
		return unknownExecution(execution), nil
	}
	return refuse(ErrNotAsked, fmt.Sprintf("%s of %s waits for no answer: the execution is %s", step, execution, x.Status)), nil
}

func (a *Answer) may(asked string) bool {
	for _, role := range append([]string{a.By}, a.As...) {
		if role == asked {
			return true
		}
	}
	return asked == ""
}
