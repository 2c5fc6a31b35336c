package runtime

import (
	"errors"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// ErrNoEngine is what a step fails with that only a durable execution can do.
var ErrNoEngine = errors.New("only a durable execution can do this: submit the workflow to an engine")

// address is where those of an event's keys are awaited.
func address(event string, keys []any) (string, error) {
	if len(keys) == 0 {
		return eventPrefix + event, nil
	}
	data, err := encodePayload(keys, "the key of "+event)
	if err != nil {
		return "", err
	}
	return eventPrefix + event + string(data), nil
}

// eventPrefix begins the addresses of events.
const eventPrefix = "event:"

// A request is what a step awaits.
type request struct {
	address string
	// text and by are what an approval asks, and of whom.
	text, by string
	timeout  time.Duration // as Within has it
	// begin is called when the await is stored, with the time from which its timeout
	// counts; nil where there is nothing to do.
	begin func(b *batch, now time.Time) error
	// inputs are what the request is made of.
	inputs []any
	// stub plays what comes; nil where nothing does.
	stub stubbing
}

// Within gives a timeout that a workflow has computed as Await, AwaitRun and Approve take
// it. For them 0 is none, and one that is negative is past at once: so is one that has
// come out as 0.
func Within(d time.Duration) time.Duration {
	if d <= 0 {
		return -1
	}
	return d
}

// Await is the step that waits for an event whose keys have these values, in the
// order of its declaration, and gives it. A timeout of 0 is none; where it passes the
// step fails with a *TimeoutError. With one that is past at once an event comes in time
// only where it has been sent before.
func Await[E any](f *Frame, t *Task[E], topic *Topic[E], timeout time.Duration, keys ...any) (v E, err error) {
	if f.isStubbed() {
		return stubbed(f, t, timeout, keys...)
	}
	at, err := address(topic.Name, keys)
	if err != nil {
		return v, f.failed(&t.Step, 0, err)
	}
	return awaited(f, t, request{
		address: at, timeout: timeout, inputs: []any{at},
		begin: func(b *batch, now time.Time) error { return b.match(at, now) },
	})
}

// AwaitRun is the step that waits for the end of another execution and gives its
// result, or fails with its error's text.
func AwaitRun[R any](f *Frame, t *Task[R], id string, timeout time.Duration) (v R, err error) {
	if f.isStubbed() {
		return stubbed(f, t, timeout, id)
	}
	return awaited(f, t, request{
		address: runAddress(id), timeout: timeout, inputs: []any{id},
		begin: func(b *batch, now time.Time) error { return b.matchRun(id, now) },
	})
}

// Approve is the step that asks for a person's answer, and waits for it. by says who
// may give it. A no fails as Rejected.
func (f *Frame) Approve(s *Step, text, by string, timeout time.Duration) (v Approval, err error) {
	if f.isStubbed() {
		return f.stubbedApproval(s, timeout, text, by)
	}
	if _, err := encodePayload([]string{text, by}, "the question"); err != nil {
		return v, f.failed(s, 0, err)
	}
	at := approvalAddress(f.session().id, f.path(s.ID))
	return awaited(f, &Task[Approval]{Step: *s}, request{
		address: at, text: text, by: by, timeout: timeout, inputs: []any{text, by},
	})
}

func approvalAddress(execution, step string) string { return "approval:" + execution + "/" + step }

// awaited is a step that waits for a message, or for its timeout.
func awaited[T any](f *Frame, t *Task[T], r request) (v T, err error) {
	h, err := f.session().historyOf(f, &t.Step, r.inputs)
	if err != nil {
		return v, err
	}
	if h.done != nil {
		return recordedResult(f, t, h, h.done.Data)
	}
	if len(h.failures) > 0 {
		return v, f.settled(&t.Step, 0, decodeError(h.failures[0].Data))
	}
	if r.stub = stubFor(f, t); r.begin == nil && r.timeout < 0 {
		r.stub = nil // nobody answers an approval before it is asked for
	}
	d := h.await(f, r)
	switch {
	case d == nil:
		return v, f.stop(&t.Step, 0, errStopped)
	case d.err != nil:
		f.emitStep(Failed, &t.Step, 0, d.err)
		return v, f.settled(&t.Step, 0, d.err)
	}
	if v, err = recordedResult(f, t, h, d.data); err != nil {
		return v, err
	}
	f.emitStep(Resumed, &t.Step, 0, nil)
	emitDone(f, &t.Step, 0, v)
	return v, nil
}

// await waits for what is asked for; nil where the execution is stopped before.
func (h *stepHistory) await(f *Frame, r request) *delivery {
	s := h.session
	w := &wait{step: h.path, mail: true, ctx: f.ctx}
	if h.returned {
		s.await(w) // for the end of what it has lost
		return nil
	}
	if h.waiting == nil {
		if !s.admit(f.ctx) {
			f.skip(h.step)
			return nil
		}
		f.emitStep(Scheduled, h.step, 0, nil)
		f.emitStep(Waiting, h.step, 0, nil)
		now := s.engine.now() // of all that is stored of it: a time that is up at once isn't before it
		w.until = r.timeUp(now)
		if record, ok := h.stubbedMail(f, r, w.until); ok {
			r.begin = func(b *batch, _ time.Time) error { return h.comes(b, record) }
		}
		if h.ask(w, r, now) != nil {
			return nil
		}
	} else {
		w.until = h.waiting.Until
		if w.until.IsZero() && r.timeout < 0 { // recorded when that was taken for none
			w.until = r.timeUp(s.engine.now())
		}
		if record, ok := h.stubbedMail(f, r, w.until); ok {
			s.add(entry{change: func(b *batch) error { return h.comes(b, record) }})
			if s.flush() != nil {
				return nil
			}
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
			h.giveUp()
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

// timeUp is when a request that is made now is past; zero for never.
func (r request) timeUp(now time.Time) time.Time {
	if r.timeout == 0 {
		return time.Time{}
	}
	return now.Add(max(r.timeout, 0))
}

// ask stores what is awaited since now, until w.until. Something that is there already comes
// at once.
func (h *stepHistory) ask(w *wait, r request, now time.Time) error {
	s := h.session
	waits := h.entry(journal.Record{Kind: journal.Waiting, Data: encodeWait(journal.Wait{Until: w.until, Address: r.address})})
	s.add(waits, entry{change: func(b *batch) error {
		a := &journal.Await{
			Execution: s.id, Step: h.path, Address: r.address, Text: r.text, By: r.by, Since: now, Until: w.until,
		}
		if err := b.AddAwait(a); err != nil || r.begin == nil {
			return err
		}
		return r.begin(b, now)
	}})
	return s.flush()
}

// stubbedMail is what a stub gives for what is awaited; false where that is to be waited
// for.
func (h *stepHistory) stubbedMail(f *Frame, r request, until time.Time) (journal.Record, bool) {
	if r.stub == nil || f.ctx.Err() != nil {
		return journal.Record{}, false
	}
	ctx := f.ctx
	if !until.IsZero() {
		limited, cancel := f.withTimeout(ctx, until.Sub(h.session.engine.now()), &TimeoutError{})
		defer cancel()
		ctx = limited
	}
	record, ok := r.stub(ctx)
	return record, ok && f.ctx.Err() == nil
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
func (h *stepHistory) expire(r request) (*delivery, error) {
	s := h.session
	var d *delivery
	s.add(entry{change: func(b *batch) error {
		d = nil
		awaits, err := b.RemoveAwait(s.id, h.path)
		if err != nil || !awaits {
			return err
		}
		late := &TimeoutError{After: max(r.timeout, 0)}
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

// giveUp takes back what a step awaits that nobody will look at, and gives back what has
// come.
func (h *stepHistory) giveUp() {
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
	if err := b.Claim(got.Seq, ""); err != nil {
		return err
	}
	return b.match(got.Address, b.engine.now())
}

// match gives the first message at an address to the first who awaits one there, and
// whose time isn't up: whoever comes too late may do so before the one who awaits it has
// found out, as after a time without any process.
func (b *batch) match(address string, now time.Time) error {
	for {
		a, err := b.FirstAwait(address, now)
		if a == nil || err != nil {
			return err
		}
		m, err := b.FirstMessage(address, now)
		if m == nil || err != nil {
			return err
		}
		by := claimant(a.Execution, a.Step)
		if err := b.Claim(m.Seq, by); err != nil {
			return err
		}
		if b.claims == nil {
			b.claims = map[string]*journal.Message{}
		}
		b.claims[by] = m
		if err := b.deliver(a, journal.Done, m.Data, m); err != nil {
			return err
		}
	}
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
		a, err := b.FirstAwait(runAddress(id), now)
		if a == nil || err != nil {
			return err
		}
		if err := b.deliver(a, kind, data, nil); err != nil {
			return err
		}
	}
}
