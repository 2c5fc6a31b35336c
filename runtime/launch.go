package runtime

import (
	"context"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
)

func (s *session) launch(f *Frame, st *Step, w *Workflow, input any, play stubbing) (string, error) {
	data, same, err := storable(input, "the input of "+w.Name)
	if d := s.engine.definitions[w.Name]; err == nil && !same && d != nil { // so that it isn't held at once
		_, err = d.input(data)
	}
	if err != nil {
		return "", f.failed(st, 0, err)
	}
	h, err := s.beginChange(f, st, []any{w.Name, input})
	if err != nil {
		return "", err
	}
	if h.done != nil { // an earlier generation, or what this is a fork of, may have started it
		return h.launched(f, h.done.Data)
	}
	if play != nil {
		if d := play(f.ctx); d != nil {
			return h.launchedBy(f, d)
		}
	}
	unfit := s.engine.launchable(f.ctx, w, input)
	if unfit != nil && f.ctx.Err() != nil { // which may be why
		return "", f.stoppedStep(st, 0, errStopped)
	}
	return h.launch(f, w, data, unfit)
}

// launch has the execution started and the step recorded, in one batch. Where the input is
// unfit, or the id is another's, the step fails instead.
func (h *stepHistory) launch(f *Frame, w *Workflow, input []byte, unfit error) (string, error) {
	s := h.session
	id := s.id + "/" + h.path
	result, err := pure.Encode(id)
	if err != nil {
		return "", f.failed(h.step, 0, err)
	}
	var refused error
	s.add(entry{change: func(b *batch) (err error) {
		if refused = unfit; refused == nil {
			refused, err = b.launch(s, id, w, input)
		}
		if err != nil {
			return err
		}
		r := journal.Record{Kind: journal.Done, Data: result}
		if refused != nil {
			r = journal.Record{Kind: journal.Failed, Attempt: 1, Data: encodeError(refused, nil)}
		}
		return b.appendOwn(s, []journal.Record{h.entry(r).record})
	}})
	if s.flush() != nil {
		return "", f.stoppedStep(h.step, 0, errStopped) // refused may still be the writer's
	}
	if refused != nil {
		f.emitStep(Failed, h.step, 0, refused)
		return "", f.settled(h.step, 0, decodeError(encodeError(refused, nil))) // as a replay gives it
	}
	f.emitStep(Done, h.step, 0, nil)
	return id, nil
}

// launchedBy records what a stub gives in the place of another execution, and gives its
// id.
func (h *stepHistory) launchedBy(f *Frame, played *delivery) (string, error) {
	r := recordOf(played)
	h.record(r)
	if h.session.flush() != nil {
		return "", f.stoppedStep(h.step, 0, errStopped)
	}
	d := deliveryOf(r) // as a replay gives it
	if d.err != nil {
		f.emitStep(Failed, h.step, 0, d.err)
		return "", f.settled(h.step, 0, d.err)
	}
	f.emitStep(Done, h.step, 0, nil)
	return h.launched(f, d.data)
}

// launched is the id that is recorded.
func (h *stepHistory) launched(f *Frame, id []byte) (string, error) {
	return recordedResult(f, &Task[string]{Step: *h.step}, h, id)
}

// launchable says why a workflow can't be started with an input; nil where it can.
func (e *Engine) launchable(ctx context.Context, w *Workflow, input any) error {
	d := e.definitions[w.Name]
	if d == nil || d.Workflow != w {
		return e.unregistered(w.Name)
	}
	return d.violations(ctx, input)
}

// launch starts an execution for a session, or says why it doesn't.
func (b *batch) launch(s *session, id string, w *Workflow, input []byte) (refused, err error) {
	x := newExecution(id, w, input, b.engine.now())
	x.Parent = s.id
	old, err := b.Execution(id)
	switch {
	case err != nil:
		return nil, err
	case old == nil:
		if refused, err := b.enter(x, false); refused != nil || err != nil {
			return refused, err
		}
		b.after = append(b.after, func() { b.engine.wake(id) }) // who is queued doesn't go on
		return nil, b.Create(x)
	case old.Parent == x.Parent && isSame(old, x):
		return nil, nil
	}
	return refuse(ErrExists, "there is an execution "+id+" already, of "+old.Workflow+", which this step hasn't started"), nil
}
