package runtime

// Who awaits something and who brings it don't know each other, come in any order, and may be
// in memory or not; the process may end at any moment, and a time may be up meanwhile. What
// could go wrong is that both pass each other by, that a message is used twice or by nobody,
// or that a step has two ends: the message and the timeout.
//
// None of that can be, because they meet in the journal alone, in a batch of one of them. It
// has what is awaited (an Await) and what has come (a Message, or the end of an execution).
// Whoever adds the one looks for the other in the same batch: batch.offer, seek, matchRun and
// endAwaits are called by both. And one batch takes the Await away, marks the message as
// claimed, and appends the record with which the step ends (batch.deliver). So:
//
//   - An Await that is there has had nothing come for it. Who would end it otherwise, as its
//     time is up (expire) or its race is lost (withdraw), removes it, and has lost where there
//     is none to remove: then the step's end is recorded.
//   - A session in memory is told after the batch is stored, by a delivery in its mailbox; one
//     that isn't, or is about to leave, reads the record (phase.go says why none is missed).
//   - A message goes to the Await that is the oldest of those whose time isn't up at the
//     moment at which the message is sent, whether or not the time's passing is recorded: after
//     a night without any process, what has come in the morning isn't in time.
//   - A message to all goes to each Await that is there, and stays for those that come
//     (toall.go).
//   - What a step has got whose race is lost goes back to the messages, and to the next who
//     awaits it, in the batch that records that it was given back.
//
// TestDurableEvent, TestDurableTimeoutAbsent and TestDurableRace have one of these each.
// TestPhases goes through all orders of a message, a timer and what parks an execution, and
// TestNothingSleeps sends, answers, closes and opens while goroutines yield wherever one may
// overtake another, and finds who waits for what has come.

import (
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

func approvalAddress(execution, step string) string { return "approval:" + execution + "/" + step }

func (s *session) receive(f *Frame, st *Step, r *request) (history, []byte, bool, error) {
	h, err := s.historyOf(f, st, r.inputs)
	switch {
	case err != nil:
		return h, nil, false, err
	case h.done != nil:
		return h, h.done.Data, false, nil
	case len(h.failures) > 0:
		return h, nil, false, f.settled(st, 0, decodeError(h.failures[0].Data))
	}
	d := h.await(f, r)
	switch {
	case d == nil:
		return h, nil, false, f.stoppedStep(st, 0, errStopped)
	case d.err != nil:
		f.emitStep(Failed, st, 0, d.err)
		return h, nil, false, f.settled(st, 0, d.err)
	}
	return h, d.data, true, nil
}

// await waits for what is asked for; nil where the execution is stopped before.
func (h *stepHistory) await(f *Frame, r *request) *delivery {
	s := h.session
	w := &wait{step: h.path, mail: true, ctx: f.ctx}
	if r.captured != nil {
		s.asks(h.path)
	}
	switch {
	case h.returned:
		s.await(w) // for the end of what it has lost
		return nil
	case h.waiting == nil:
		if !h.asks(f, w, r) {
			return nil
		}
	default:
		if !h.asksOn(f, w, r) {
			return nil
		}
	}
	for {
		if d := s.await(w); d != nil {
			return d
		}
		// Asked first: where it is the suspension that ends the context, that is known by now.
		ended := f.ctx.Err() != nil
		switch {
		case s.isSuspended():
			return nil
		case ended:
			h.withdraw()
			return nil
		case w.until.IsZero() || s.engine.now().Before(w.until):
			continue
		}
		if d, err := h.expire(r); d != nil || err != nil {
			return d
		}
		w.until = time.Time{} // something has come before
	}
}

// asks has what is requested awaited from now on, and tells whether it is.
func (h *stepHistory) asks(f *Frame, w *wait, r *request) bool {
	s := h.session
	if !s.admit(f.ctx) {
		f.skip(h.step)
		return false
	}
	f.emitStep(Scheduled, h.step, 0, nil)
	f.emitStep(Waiting, h.step, 0, nil)
	now := s.engine.now() // of all that is stored of it: a time that is up at once isn't before it
	w.until = r.from(now)
	meet := func(b *batch, a *journal.Await) error {
		why, err := b.waitsForItself(s, r)
		switch {
		case err != nil:
			return err
		case why != nil:
			return h.comes(b, journal.Record{Kind: journal.Failed, Data: encodeError(why, nil)})
		}
		return b.meet(r, a, now)
	}
	if d := h.played(f, r, w.until); d != nil {
		record := recordOf(d)
		meet = func(b *batch, _ *journal.Await) error { return h.comes(b, record) }
	}
	return h.ask(w, r, now, meet) == nil
}

// asksOn is asks for what was awaited before the session began.
func (h *stepHistory) asksOn(f *Frame, w *wait, r *request) bool {
	s := h.session
	w.until = h.waiting.Until
	if w.until.IsZero() && r.timeout < 0 { // recorded when that was taken for none
		w.until = r.from(s.engine.now())
	}
	d := h.played(f, r, w.until)
	switch {
	case d != nil:
		record := recordOf(d)
		s.add(entry{change: func(b *batch) error { return h.comes(b, record) }})
	case r.captured != nil:
		s.add(entry{change: func(b *batch) error { return b.seekOn(s, h.path) }})
	default:
		return true
	}
	return s.flush() == nil
}

// ask stores what is awaited since now, until w.until. Something that is there already comes
// at once: meet brings it.
func (h *stepHistory) ask(w *wait, r *request, now time.Time, meet func(*batch, *journal.Await) error) error {
	s, at := h.session, h.addressOf(r)
	waits := h.entry(journal.Record{Kind: journal.Waiting, Data: encodeWait(journal.Wait{Until: w.until, Address: at})})
	s.add(waits, entry{change: func(b *batch) error {
		a := &journal.Await{
			Execution: s.id, Step: h.path, Address: at, Text: r.text, By: r.by, Since: now, Until: w.until, Captured: r.captured,
		}
		if err := b.AddAwait(a); err != nil {
			return err
		}
		return meet(b, a)
	}})
	return s.flush()
}

// addressOf is where what a step requests is awaited.
func (h *stepHistory) addressOf(r *request) string {
	switch r.kind {
	case awaitsEnd:
		return runAddress(r.run)
	case awaitsAnswer:
		return approvalAddress(h.session.id, h.path)
	}
	return r.event
}

// meet gives those who request something what is there of it already.
func (b *batch) meet(r *request, a *journal.Await, now time.Time) error {
	switch r.kind {
	case awaitsEvent:
		return b.seek(a, now)
	case awaitsEnd:
		return b.matchRun(r.run, now)
	}
	return nil // nobody answers before they are asked
}

// played is what a stub gives for what is requested; nil where that is to be waited for.
func (h *stepHistory) played(f *Frame, r *request, until time.Time) *delivery {
	if r.play == nil || f.ctx.Err() != nil {
		return nil
	}
	ctx := f.ctx
	if !until.IsZero() {
		limited, cancel := f.withTimeout(ctx, until.Sub(h.session.engine.now()), &TimeoutError{})
		defer cancel()
		ctx = limited
	}
	d := r.play(ctx)
	if f.ctx.Err() != nil {
		return nil
	}
	return d
}

// comes has a record come for an await, unless something has come before.
func (h *stepHistory) comes(b *batch, r journal.Record) error {
	a := &journal.Await{Execution: h.session.id, Step: h.path}
	awaits, err := b.RemoveAwait(a.Execution, a.Step)
	if err != nil || !awaits {
		return err
	}
	return b.deliver(a, r.Kind, r.Data, nil)
}

// expire records that the time of an await is up, unless something has come first.
func (h *stepHistory) expire(r *request) (*delivery, error) {
	s := h.session
	var d *delivery
	s.add(entry{change: func(b *batch) error {
		d = nil
		awaits, err := b.RemoveAwait(s.id, h.path)
		if err != nil || !awaits {
			return err
		}
		late := r.over()
		d = &delivery{err: late}
		return b.appendOwn(s, []journal.Record{{
			Kind: journal.Failed, Step: h.path, Tool: h.step.Tool, Hash: h.inputs.Lean, Attempt: 1, Time: s.engine.now(), Data: encodeError(late, TimedOut{}),
		}})
	}})
	if err := s.flush(); err != nil {
		return nil, err // d may still be the writer's
	}
	return d, nil
}

// withdraw takes back what a step awaits that nobody will look at, and gives back what has
// come.
func (h *stepHistory) withdraw() {
	s := h.session
	s.add(entry{change: func(b *batch) error {
		awaits, err := b.RemoveAwait(s.id, h.path)
		if err != nil {
			return err
		}
		r := journal.Record{Kind: journal.Returned, Step: h.path, Tool: h.step.Tool, Hash: h.inputs.Lean, Time: s.engine.now()}
		if err := b.appendOwn(s, []journal.Record{r}); err != nil || awaits {
			return err
		}
		return b.giveBack(s, h.path)
	}})
}

// claimant says in a message who has got it.
func claimant(execution, step string) string { return execution + "\n" + step }

// giveBack has a message that a step has got, and not used, go to another one.
func (b *batch) giveBack(s *session, step string) error {
	got := b.claims[claimant(s.id, step)]
	if got == nil {
		s.lock()
		got = s.claims[step]
		s.mu.Unlock()
	}
	if got == nil {
		return nil
	}
	if err := b.claim(got, s.id, ""); err != nil {
		return err
	}
	return b.offer(got, b.engine.now())
}

// claim notes which message a step has got; m may be nil. The lock is held.
func (s *session) claim(step string, m *journal.Message) {
	if m == nil {
		return
	}
	if s.claims == nil {
		s.claims = map[string]*journal.Message{}
	}
	s.claims[step] = m
}

// matchRun gives a step the end of an execution where it has ended.
func (b *batch) matchRun(id string, now time.Time) error {
	x, err := b.Execution(id)
	if err != nil {
		return err
	}
	if x != nil && x.Ended.IsZero() {
		return nil
	}
	switch {
	case x == nil:
		return b.endAwaits(id, now, StatusFailed, encodeError(unknownExecution(id), nil))
	case x.Status == StatusSucceeded:
		return b.endAwaits(id, now, x.Status, x.Result)
	}
	end, err := lastRecord(b, id)
	if err != nil {
		return err
	}
	return b.endAwaits(id, now, x.Status, end.Data)
}

// lastRecord is the last record of an execution: the zero Record where it has none.
func lastRecord(tx journal.Tx, id string) (r journal.Record, err error) {
	n, err := tx.LastN(id)
	if err != nil || n == 0 {
		return r, err
	}
	records, err := tx.Records(id, n-1, 1)
	if err != nil || len(records) == 0 {
		return r, err
	}
	return records[0], nil
}

// endAwaits tells those who await the end of an execution, and whose time isn't up.
func (b *batch) endAwaits(id string, now time.Time, end Status, data []byte) error {
	kind := journal.Done
	if end != StatusSucceeded {
		kind = journal.Failed
	}
	for {
		a, err := b.FirstAwait(runAddress(id), 0, now)
		if a == nil || err != nil {
			return err
		}
		if err := b.deliver(a, kind, data, nil); err != nil {
			return err
		}
	}
}
