package runtime

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
)

// Emit is the step that sends an event, once.
func Emit[E any](f *Frame, st *Step, topic *Topic[E], event E) error {
	event, err := topic.checked(event)
	var m *journal.Message
	if err == nil {
		m, err = topic.made(event)
	}
	if err != nil {
		return f.failed(st, 0, err)
	}
	if f.isStubbed() {
		_, err := stubbed(f, &Task[None]{Step: *st}, 0, event)
		return err
	}
	h, err := f.sending(st, []any{topic.Name, encodable(event)})
	if err != nil || h.done != nil {
		return err
	}
	send := func(b *batch) error { return b.send(m, topic.Keep) }
	h.session.add(entry{change: send}, h.entry(journal.Record{Kind: journal.Done}))
	f.emitStep(Done, st, 0, nil)
	return nil
}

// message makes a message of an event.
func (t *Topic[E]) message(event E) (*journal.Message, error) {
	event, err := t.checked(event)
	if err != nil {
		return nil, err
	}
	return t.made(event)
}

// checked is an event that fits its declaration.
func (t *Topic[E]) checked(event E) (E, error) {
	if t.Check == nil {
		return event, nil
	}
	event, err := t.Check(context.Background(), event)
	if err != nil {
		err = fmt.Errorf("the event %s: %w", t.Name, err)
	}
	return event, err
}

// made is message for an event that is checked.
func (t *Topic[E]) made(event E) (*journal.Message, error) {
	at, err := address(t.Name, t.Keys(event))
	if err != nil {
		return nil, err
	}
	data, same, err := storable(event, "the event "+t.Name)
	if err == nil && !same { // so that nobody awaits what can't be read
		_, err = decodeResult(&Task[E]{Decode: t.Decode}, data, decodeStored)
	}
	if err != nil {
		return nil, err
	}
	return &journal.Message{Address: at, Data: data}, nil
}

// send stores a message and gives it to whoever awaits it.
func (b *batch) send(m *journal.Message, keep time.Duration) error {
	sent := *m
	sent.Sent = b.engine.now()
	if err := b.expire(); err != nil {
		return err
	}
	sent.Expires = sent.Sent.Add(keep)
	if err := b.AddMessage(&sent); err != nil {
		return err
	}
	return b.match(sent.Address, sent.Sent)
}

// Launch is the step that starts another execution, once, and gives its id. input is
// a struct with a field for each parameter, under the parameter's name in JSON. It fails
// where the engine doesn't have the workflow, the input breaks a constraint of its types,
// or another execution has the id.
func (f *Frame) Launch(st *Step, w *Workflow, input any) (string, error) {
	if f.isStubbed() {
		return stubbed(f, &Task[string]{Step: *st}, 0, input)
	}
	s := f.session()
	data, same, err := storable(input, "the input of "+w.Name)
	if d := s.engine.definitions[w.Name]; err == nil && !same && d != nil { // so that it isn't held at once
		_, err = d.input(data)
	}
	if err != nil {
		return "", f.failed(st, 0, err)
	}
	id := s.id + "/" + f.path(st.ID)
	result, err := pure.Encode(id)
	if err != nil {
		return "", f.failed(st, 0, err)
	}
	h, err := f.sending(st, []any{w.Name, input})
	if err != nil {
		return "", err
	}
	if h.done != nil { // an earlier generation, or what this is a fork of, may have started it
		return recordedResult(f, &Task[string]{Step: *st}, h, h.done.Data)
	}
	if play := stubFor(f, &Task[string]{Step: *st}); play != nil {
		if record, ok := play(f.ctx); ok {
			return h.launchedBy(f, record)
		}
	}
	unfit := s.engine.launchable(f.ctx, w, input)
	if unfit != nil && f.ctx.Err() != nil { // which may be why
		return "", f.stop(st, 0, errStopped)
	}
	var refused error
	s.add(entry{change: func(b *batch) (err error) {
		if refused = unfit; refused == nil {
			refused, err = b.launch(s, id, w, data)
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
		return "", f.stop(st, 0, errStopped) // refused may still be the writer's
	}
	if refused != nil {
		f.emitStep(Failed, st, 0, refused)
		return "", f.settled(st, 0, decodeError(encodeError(refused, nil))) // as a replay gives it
	}
	f.emitStep(Done, st, 0, nil)
	return id, nil
}

// launchedBy records what a stub gives in the place of another execution, and gives its
// id.
func (h *stepHistory) launchedBy(f *Frame, r journal.Record) (string, error) {
	h.record(r)
	if h.session.flush() != nil {
		return "", f.stop(h.step, 0, errStopped)
	}
	d := deliveryOf(r)
	if d.err != nil {
		f.emitStep(Failed, h.step, 0, d.err)
		return "", f.settled(h.step, 0, d.err)
	}
	f.emitStep(Done, h.step, 0, nil)
	return recordedResult(f, &Task[string]{Step: *h.step}, h, r.Data)
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
		b.after = append(b.after, func() { b.engine.wake(id) })
		return nil, b.Create(x)
	case old.Parent == x.Parent && isSame(old, x):
		return nil, nil
	}
	return refuse(ErrExists, "there is an execution "+id+" already, of "+old.Workflow+", which this step hasn't started"), nil
}

// sending is what is recorded of a step that changes something in the journal: it is done,
// or may begin.
func (f *Frame) sending(st *Step, inputs []any) (*stepHistory, error) {
	h, err := f.session().historyOf(f, st, inputs)
	switch {
	case err != nil || h.done != nil:
		return h, err
	case len(h.failures) > 0:
		return nil, f.settled(st, 0, decodeError(h.failures[0].Data))
	case !h.session.admit(f.ctx):
		f.skip(st)
		return nil, f.stop(st, 0, errStopped)
	}
	f.emitStep(Scheduled, st, 0, nil)
	return h, nil
}

// A SendOption says something about an event that is sent.
type SendOption func(*sending)

type sending struct {
	id     string
	marked bool // it was given an id
}

// MessageID gives an event that is sent an id of its sender's, which has 1 to 255 bytes of
// printable text: of those with the same id only the first is accepted. An id is
// remembered for 30 days after the event was sent, or for as long as an event of its kind
// is kept where that is longer.
func MessageID(id string) SendOption { return func(s *sending) { s.id, s.marked = id, true } }

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
	if o.marked && o.id == "" { // else nobody would notice that the event counts twice
		return refuse(ErrID, "a message's id is empty: leave it out where the sender has none")
	}
	if err := checkID("a message's id", o.id); err != nil {
		return err
	}
	return e.writer.do(func(b *batch) error {
		if o.id != "" {
			if fresh, err := b.first(o.id, keep); !fresh || err != nil {
				return err
			}
		}
		return b.send(m, keep)
	})
}

// idKept is how long at least the id of a message is remembered.
const idKept = 30 * 24 * time.Hour

// first tells whether a message of an id is the first, and remembers the id. That is a
// message of its own, which nobody awaits: the event may be gone long before.
func (b *batch) first(id string, keep time.Duration) (bool, error) {
	if err := b.expire(); err != nil {
		return false, err
	}
	if old, err := b.MessageByID(id); err != nil || old != nil && strings.HasPrefix(old.Address, eventPrefix) {
		return false, err // as the engine kept ids before: in the event
	}
	at := "sent:" + id
	if sent, err := b.MessageByID(at); err != nil || sent != nil {
		return false, err
	}
	now := b.engine.now()
	return true, b.AddMessage(&journal.Message{ID: at, Address: at, Sent: now, Expires: now.Add(max(keep, idKept)), Claimed: at})
}

// expire removes the messages whose time is over, so that they don't pile up. Once is
// enough for all that a batch sends.
func (b *batch) expire() error {
	if b.expired {
		return nil
	}
	b.expired = true
	return b.Expire(b.engine.now())
}
