package runtime

import (
	"context"

	"github.com/wfgen/wfgen/runtime/foreign"
)

// A HeldError says that what is recorded of an execution doesn't fit what is to be
// run. Nothing of it is run until it is resumed, under code that fits.
type HeldError struct {
	ID string
	// Text names the step and what is wrong with it.
	Text string
}

func (e *HeldError) Error() string { return "execution " + e.ID + " is held: " + e.Text }

// WithHeldLog gives a context for Open under which log is told of each execution that is
// held, in place of the standard error: a line there, since nothing else happens to an
// execution that is held. Observers have the event Held in any case.
func WithHeldLog(ctx context.Context, log func(*HeldError)) context.Context {
	return context.WithValue(ctx, heldLogKey{}, log)
}

type heldLogKey struct{}

// tellHeld tells that the execution is held, once that is stored.
func (s *session) tellHeld(held *HeldError) {
	s.shared.tell(Event{Kind: Held, Workflow: s.execution.Workflow, Err: held})
	if log, ok := s.engine.ctx.Value(heldLogKey{}).(func(*HeldError)); ok {
		log(held)
		return
	}
	complain("execution %s of %s is held, until it is resumed under code that fits: %s", foreign.Line(s.id), foreign.Line(s.execution.Workflow), foreign.Lines(held.Text))
}
