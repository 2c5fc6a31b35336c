package runtime

import (
	"context"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

func (s *session) send(f *Frame, st *Step, m *mailing, inputs []any) error {
	h, err := s.beginChange(f, st, inputs)
	if err != nil {
		return err
	}
	if h.done != nil {
		h.fits()
		return nil
	}
	s.add(entry{change: func(b *batch) error { return b.send(m) }}, h.entry(journal.Record{Kind: journal.Done}))
	f.emitStep(Done, st, 0, nil)
	return nil
}

// send stores a message and gives it to whoever awaits it.
func (b *batch) send(m *mailing) error {
	if err := b.expire(); err != nil {
		return err
	}
	now := b.engine.now()
	sent := &journal.Message{Address: m.address, Data: m.data, Sent: now, Expires: now.Add(m.keep)}
	if err := b.AddMessage(sent); err != nil {
		return err
	}
	return b.offer(sent, now)
}

// beginChange has a step that changes something in the journal begin, and gives what is
// recorded of it: that may be that it is done.
func (s *session) beginChange(f *Frame, st *Step, inputs []any) (*stepHistory, error) {
	h, err := s.historyOf(f, st, inputs)
	switch {
	case err != nil || h.done != nil:
		return h, err
	case len(h.failures) > 0:
		return nil, f.settled(st, 0, decodeError(h.failures[0].Data))
	case !s.admit(f.ctx):
		f.skip(st)
		return nil, f.stoppedStep(st, 0, errStopped)
	}
	f.emitStep(Scheduled, st, 0, nil)
	return h, nil
}

// A SendOption says something about an event that is sent.
type SendOption func(*sendOptions)

type sendOptions struct {
	id     string
	marked bool // it was given an id
}

// MessageID gives an event that is sent an id of its sender's, which has 1 to 255 bytes of
// printable text: of those with the same id only the first is accepted. An id is
// remembered for 30 days after the event was sent, or for as long as an event of its kind
// is kept where that is longer.
func MessageID(id string) SendOption { return func(s *sendOptions) { s.id, s.marked = id, true } }

// Send sends an event to whom it may concern: the execution that has awaited its name
// and keys for the longest, or the first to await them before the event's Keep is over.
// It returns when the journal has it. Generated code calls it.
func Send[E any](ctx context.Context, e *Engine, topic *Topic[E], event E, options ...SendOption) error {
	m, err := topic.mailing(event)
	if err != nil {
		return err
	}
	return e.send(ctx, m, options)
}

func (e *Engine) send(ctx context.Context, m *mailing, options []SendOption) error {
	var o sendOptions
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
			if fresh, err := b.first(o.id, m.keep); !fresh || err != nil {
				return err
			}
		}
		return b.send(m)
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
