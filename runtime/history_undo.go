package runtime

import (
	"context"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/stepid"
)

func (s *session) owe(f *Frame, u *undo) {
	h := &stepHistory{session: s, step: u.step, path: f.path(u.step.ID), inputs: pure.HashesOf(u.args)}
	u.history = h
	ends := s.owedNow(stepid.Undone(h.path))
	if h.read() == nil && h.first > 0 {
		s.take(h.path)
		u.owed = h.first
		if u.early != nil {
			u.early.stands = h.kept && !h.returned
		}
		if len(ends) > 0 {
			s.add(ends...)
		}
		return
	}
	u.owed = s.oweNext()
	if s.isSuspended() && len(ends) == 0 {
		return
	}
	data, err := encodePayload(u.args, "")
	if err != nil {
		data = nil // it is owed all the same, with arguments that nobody is shown
	}
	owed := h.entry(journal.Record{Kind: journal.Owed, Data: data})
	if u.early != nil {
		owed.record.Attempt |= dropTold
	}
	if u.finally {
		owed.record.Attempt |= everyWay
	}
	owed.holds = len(ends) > 0 && ends[0].holds
	s.add(append(ends, owed)...)
}

// What the attempt of the record of an undo says, added up; records of earlier releases say
// nothing.
const (
	// dropTold is of an early undo: that it is told by another record where it is dropped
	// because its step never begins.
	dropTold = 1 << iota
	// everyWay is of what finally calls.
	everyWay
)

// drop records that an undo isn't owed any more, as its step has never begun. Otherwise the
// next process couldn't know that: of some calls nothing is recorded before they end.
func (h *stepHistory) drop() {
	if !h.returned && !h.session.isSuspended() {
		h.record(journal.Record{Kind: journal.Returned})
	}
}

// oweNow keeps the record that a step is done until it is owed its undo, which is next:
// whoever has the one has the other, also after a crash.
func (s *session) oweNow(step string, done entry) {
	s.lock()
	defer s.mu.Unlock()
	if s.owing == nil {
		s.owing = map[string]entry{}
	}
	s.owing[step] = done
}

// owedNow gives the record that a step is done, where oweNow keeps it.
func (s *session) owedNow(step string) []entry {
	s.lock()
	defer s.mu.Unlock()
	done, ok := s.owing[step]
	if !ok {
		return nil
	}
	delete(s.owing, step)
	return []entry{done}
}

// oweNext numbers what is owed and wasn't when the session began: behind all that was.
func (s *session) oweNext() int {
	s.lock()
	defer s.mu.Unlock()
	s.owed++
	return 1<<40 + s.owed
}

// undo makes the call of an undo, which isn't cancelled, but suspended.
func (s *session) undo(u *undo, st *Step) error {
	f := u.frame.under(&detached{context.WithoutCancel(u.frame.ctx), s.life})
	h, _ := u.history.(*stepHistory)
	h.step = st
	t := &Task[None]{Step: *st}
	recorded := h.done != nil
	if !recorded && !h.gaveUp() {
		f.emitStep(Undoing, st, 0, nil)
	}
	_, n, err := recordedAttempts(f, t, h, func(ctx context.Context) (None, error) {
		return None{}, u.do(ctx)
	}, func() []any { return u.args }, nil)
	f.invocation.shared.undid(stepid.Undone(h.path))
	if err == nil && !recorded {
		f.emitStep(Undone, st, n, nil)
	}
	return err
}

// gaveUp tells whether the undo is recorded as one that has failed, and isn't tried again:
// then nothing is undone now.
func (h *stepHistory) gaveUp() bool {
	n := len(h.failures)
	_, recorded, err := h.failure(max(n, 1))
	if !recorded || h.started || h.entered > n {
		return false
	}
	_, _, again := h.next(h.counted(n), err)
	return !again
}

// counted takes note of the first n failures that are recorded, also of those of an earlier
// generation.
func (h *stepHistory) counted(n int) (failures retrying) {
	for _, r := range h.failures[:n] {
		failures.add(h.step, decodeError(r.Data), r.Time)
	}
	return failures
}

// A detached context has the values of one and the end of another.
type detached struct {
	context.Context
	life context.Context
}

func (d *detached) Deadline() (time.Time, bool) { return d.life.Deadline() }
func (d *detached) Done() <-chan struct{}       { return d.life.Done() }
func (d *detached) Err() error                  { return d.life.Err() }
