package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// Emit is the step that sends an event, once.
func Emit[E any](f *Frame, st *Step, topic *Topic[E], event E) error {
	m, err := topic.message(event)
	if err != nil {
		return f.failed(st, 0, err)
	}
	if f.isPlayed() {
		_, err := played(f, &Task[None]{Step: *st}, 0, event)
		return err
	}
	return f.recordedSend(st, []any{topic.Name, json.RawMessage(m.Data)}, nil, func(b *batch) error {
		return b.send(m, topic.Keep)
	})
}

// message makes a message of an event.
func (t *Topic[E]) message(event E) (*journal.Message, error) {
	if t.Check != nil {
		var err error
		if event, err = t.Check(event); err != nil {
			return nil, fmt.Errorf("the event %s: %w", t.Name, err)
		}
	}
	at, err := address(t.Name, t.Keys(event))
	if err != nil {
		return nil, err
	}
	data, err := encodePayload(event, "the event "+t.Name)
	if err != nil {
		return nil, err
	}
	return &journal.Message{Address: at, Data: data}, nil
}

// send stores a message and gives it to whoever awaits it.
func (b *batch) send(m *journal.Message, keep time.Duration) error {
	sent := *m
	sent.Sent = b.engine.now()
	if !b.expired { // so that they don't pile up: once is enough for all that are sent together
		b.expired = true
		if err := b.Expire(sent.Sent); err != nil {
			return err
		}
	}
	sent.Expires = sent.Sent.Add(keep)
	if err := b.AddMessage(&sent); err != nil {
		return err
	}
	return b.match(sent.Address)
}

// Launch is the step that starts another execution, once, and gives its id. input is
// a struct with a field for each parameter, under the parameter's name in JSON.
func (f *Frame) Launch(st *Step, w *Workflow, input any) (string, error) {
	if f.isPlayed() {
		return played(f, &Task[string]{Step: *st}, 0, input)
	}
	s := f.session()
	data, err := encodePayload(input, "the input of "+w.Name)
	if err != nil {
		return "", f.failed(st, 0, err)
	}
	id := s.id + "/" + f.path(st.ID)
	result, err := Encode(id)
	if err != nil {
		return "", f.failed(st, 0, err)
	}
	return id, f.recordedSend(st, []any{w.Name, json.RawMessage(data)}, result, func(b *batch) error {
		x := newExecution(id, w, data, b.engine.now())
		x.Parent = s.id
		b.after = append(b.after, func() { b.engine.wake(id) })
		return b.Create(x)
	})
}

// recordedSend is a step that changes something in the journal, together with the
// record that it is done.
func (f *Frame) recordedSend(st *Step, inputs []any, result []byte, change func(*batch) error) error {
	h, err := f.session().history(f, st, inputs)
	if err != nil || h.done != nil {
		return err
	}
	if !h.session.admit(f.ctx) {
		f.skip(st)
		return f.stop(st, 0, errStopped)
	}
	f.emitStep(Scheduled, st, 0, nil)
	h.session.add(entry{change: change}, h.entry(journal.Record{Kind: journal.Done, Data: result}))
	f.emitStep(Done, st, 0, nil)
	return nil
}

// A SendOption says something about an event that is sent.
type SendOption func(*sending)

type sending struct{ id string }

// MessageID gives an event that is sent an id of its sender's: of those with the same
// id only the first is accepted, for as long as an event of its kind is kept.
func MessageID(id string) SendOption { return func(s *sending) { s.id = id } }

// Send sends an event to whom it may concern: the execution that has awaited its name
// and keys for the longest, or the first to await them before the event's Keep is over.
// It returns when the journal has it. Generated code calls it.
func Send[E any](ctx context.Context, e *Engine, topic *Topic[E], event E, options ...SendOption) error {
	m, err := topic.message(event)
	if err != nil {
		return err
	}
	return e.send(ctx, m, topic.Keep, options)
}

func (e *Engine) send(ctx context.Context, m *journal.Message, keep time.Duration, options []SendOption) error {
	var o sending
	for _, set := range options {
		set(&o)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.ID = o.id
	return e.writer.do(func(b *batch) error {
		if m.ID != "" {
			if sent, err := b.MessageByID(m.ID); sent != nil || err != nil {
				return err
			}
		}
		return b.send(m, keep)
	})
}
