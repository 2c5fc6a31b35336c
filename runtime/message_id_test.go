package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// A mailbox is an engine under a virtual clock whose executions await payments, and the
// journal that it may be opened on again.
type mailbox struct {
	*testing.T
	ctx    context.Context
	j      *memory.Journal
	engine *runtime.Engine
	w      *runtime.Workflow
}

func newMailbox(t *testing.T) *mailbox {
	ctx, _ := virtual(t)
	m := &mailbox{T: t, ctx: ctx, j: memory.New(), w: workflow("Pay")}
	m.reopen()
	return m
}

func (m *mailbox) reopen() {
	m.Helper()
	if m.engine != nil {
		m.engine.Close()
	}
	m.engine = open(m.T, m.ctx, m.j, awaiting(m.w, time.Minute))
}

func (m *mailbox) send(amount float64, id string) {
	m.Helper()
	if err := runtime.Send(m.Context(), m.engine, &paid, payment{"o1", amount}, runtime.MessageID(id)); err != nil {
		m.Fatal(err)
	}
}

// receives holds what an execution is given: 0 where nothing comes within its minute.
func (m *mailbox) receives(want float64, when string) {
	m.Helper()
	v, err := result(m.T, submit[float64](m.T, m.engine, m.w))
	if v != want || (err != nil) != (want == 0) {
		m.Errorf("%s: received %v, %v, want %v", when, v, err, want)
	}
}

func (m *mailbox) pass(d time.Duration) {
	m.Helper()
	if err := runtime.Sleep(m.ctx, d); err != nil {
		m.Fatal(err)
	}
}

// has tells whether the journal knows an id, and whether it has the event for somebody.
func (m *mailbox) has(id string) (known, event bool) {
	m.Helper()
	err := m.j.View(m.Context(), func(tx journal.Tx) error {
		sent, err := tx.MessageByID("sent:" + id)
		if err != nil {
			return err
		}
		first, err := tx.FirstMessage(`event:Paid["o1"]`, 0, time.Time{})
		known, event = sent != nil, first != nil
		return err
	})
	if err != nil {
		m.Fatal(err)
	}
	return known, event
}

// TestMessageIDOutlivesItsEvent: what was sent with an id isn't accepted again when the
// time that its kind is kept has passed, claimed or not, in the same engine or the next.
func TestMessageIDOutlivesItsEvent(t *testing.T) {
	m := newMailbox(t)
	m.send(3, "claimed")
	m.receives(3, "at first")
	m.send(4, "unclaimed")
	m.pass(paid.Keep + time.Second)
	for _, id := range []string{"claimed", "unclaimed"} {
		m.send(5, id)
		m.receives(0, id+" again, after its event is gone")
	}
	m.reopen()
	m.pass(29 * 24 * time.Hour)
	m.send(6, "claimed")
	m.receives(0, "in another engine, after 29 days")
	m.pass(24 * time.Hour)
	m.send(7, "claimed")
	m.receives(7, "after 30 days")
}

// TestMessagesDontPileUp: what has expired makes room when something is sent, the events
// first, and their ids later.
func TestMessagesDontPileUp(t *testing.T) {
	m := newMailbox(t)
	m.send(1, "old")
	if known, event := m.has("old"); !known || !event {
		t.Errorf("after it was sent: the id is known %t, the event is kept %t", known, event)
	}
	m.pass(paid.Keep + time.Second)
	m.send(1, "old")
	if known, event := m.has("old"); !known || event {
		t.Errorf("when the event's time is over: the id is known %t, the event is kept %t", known, event)
	}
	m.pass(30 * 24 * time.Hour)
	m.send(1, "new")
	if known, _ := m.has("old"); known {
		t.Error("the id is known after 30 days")
	}
}

// TestMessageIDOfOldJournal: an engine used to keep the id in the event itself.
func TestMessageIDOfOldJournal(t *testing.T) {
	m := newMailbox(t)
	m.engine.Close()
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	err := m.j.Update(t.Context(), func(tx journal.Tx) error {
		return tx.AddMessage(&journal.Message{
			ID: "m", Address: `event:Paid["o1"]`, Data: []byte(`{"order":"o1","amount":3}`), Sent: now, Expires: now.Add(paid.Keep),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	m.reopen()
	m.send(4, "m")
	m.receives(3, "at first")
	m.receives(0, "then")
}

// TestMessageIDIsOfMessagesAlone: an id that reads as an approval's address is in nobody's
// way.
func TestMessageIDIsOfMessagesAlone(t *testing.T) {
	w, ask := workflow("Ask"), step("ok")
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) (string, error) {
		a, err := f.Approve(&ask, "well?", "ann", 0)
		return a.Note, err
	}))
	r := submit[string](t, e, w, runtime.ID("x"))
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 1}, runtime.MessageID("approval:x/ok")); err != nil {
		t.Fatal(err)
	}
	until(t, e, "x", runtime.StatusWaiting)
	if err := e.Answer(t.Context(), "x", "ok", runtime.Answer{By: "ann", Note: "yes"}); err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, r); v != "yes" || err != nil {
		t.Errorf("got %q, %v", v, err)
	}
}

// TestRefusedIDs: ids that would do to a terminal what their text doesn't say, or that are
// too long, are refused, of executions as of messages.
func TestRefusedIDs(t *testing.T) {
	w := workflow("Pay")
	e := open(t, t.Context(), memory.New(), awaiting(w, 0))
	for _, id := range []string{"\x1b[2J", "a\nb", "\u009b2J", "a\u202eb", "\xff", strings.Repeat("x", 256)} {
		if _, err := runtime.Submit[float64](t.Context(), e, w, struct{}{}, runtime.ID(id)); !errors.Is(err, runtime.ErrID) {
			t.Errorf("an execution's id %q: %v", id, err)
		}
		if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 1}, runtime.MessageID(id)); !errors.Is(err, runtime.ErrID) {
			t.Errorf("a message's id %q: %v", id, err)
		}
	}
	for _, id := range []string{"a b/ü\"'", "注文", strings.Repeat("x", 255)} {
		if _, err := runtime.Submit[float64](t.Context(), e, w, struct{}{}, runtime.ID(id)); err != nil {
			t.Error(err)
		}
		if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 1}, runtime.MessageID(id)); err != nil {
			t.Error(err)
		}
	}
}

// TestMessageIDEmpty: an id that is missing where one was meant isn't taken for none.
func TestMessageIDEmpty(t *testing.T) {
	m := newMailbox(t)
	err := runtime.Send(t.Context(), m.engine, &paid, payment{"o1", 3}, runtime.MessageID(""))
	if !errors.Is(err, runtime.ErrID) {
		t.Errorf("got %v", err)
	}
	m.receives(0, "after that")
}
