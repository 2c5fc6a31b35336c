package runtime

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A writer stores what executions have to store: all that waits for it as one batch,
// so that what many of them do at once costs one sync of the disk. It is the only one
// that calls Update.
type writer struct {
	journal journal.Journal
	engine  *Engine

	mu     sync.Mutex
	queue  []*unit
	closed bool
	work   chan struct{} // has an element while there may be something in queue
	over   chan struct{} // closed when the last batch is stored
}

// A unit is stored wholly or not at all.
type unit struct {
	session *session // whose records these are; nil where it has none
	entries []entry
	// settled is called once the unit is stored, or couldn't be, before stored is closed.
	settled func(error)
	stored  chan struct{}
	made    *batch // that it was made in last
	err     error  // why it couldn't be stored, or not all of it, once stored is closed
}

// An entry is a record, or else a change of its own.
type entry struct {
	record journal.Record
	change func(*batch) error
	// holds tells that it is to be stored also where something before it couldn't be: it is
	// the end of an attempt, which began when all before that was stored.
	holds bool
}

// A batch is a transaction in the making. What is done in it may be done once more, in
// another one, where storing it fails.
type batch struct {
	journal.Tx
	engine *Engine
	after  []func() // called in this order once it is stored
	// expired tells that messages whose time is over are removed.
	expired bool
	// touched are the executions that it changes, to tell those who follow them.
	touched []string
	// arrived are those that something has come for from outside: where one of them is in
	// memory, after tells it.
	arrived map[string]bool
	// claims are the messages that awaits have got in this batch, by claimant.
	claims map[string]*journal.Message
	// lanes are those that this batch may have changed, by name, and undo takes that back.
	lanes map[string]*lane
	undo  []func()
	// numbered are the sessions whose last it has changed.
	numbered []*session
}

func newWriter(e *Engine, j journal.Journal) *writer {
	w := &writer{journal: j, engine: e, work: make(chan struct{}, 1), over: make(chan struct{})}
	go w.run()
	return w
}

// add queues a unit. After close it fails at once.
func (w *writer) add(u *unit) {
	if !w.enqueue(u) {
		u.settle(ErrClosed)
	}
}

func (w *writer) enqueue(u *unit) bool {
	w.lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.queue = append(w.queue, u)
	w.engine.clock.wake(1) // a virtual one stands still until it is stored
	select {
	case w.work <- struct{}{}:
	default:
	}
	return true
}

// do stores a change by itself, and waits for it.
func (w *writer) do(change func(*batch) error) error {
	u := &unit{entries: []entry{{change: change}}, stored: make(chan struct{})}
	w.add(u)
	<-u.stored
	return u.err
}

// close stores what is queued, and takes no more.
func (w *writer) close() {
	w.lock()
	if !w.closed {
		w.closed = true
		close(w.work)
	}
	w.mu.Unlock()
	<-w.over
}

func (w *writer) run() {
	defer close(w.over)
	for range w.work {
		w.lock()
		units := w.queue
		w.queue = nil
		w.mu.Unlock()
		w.write(units)
	}
	w.write(w.queue) // closed: nobody adds any more
}

// write stores units in one batch. Where that fails each is tried by itself, so that
// one which can't be stored harms no other.
func (w *writer) write(units []*unit) {
	if len(units) == 0 {
		return
	}
	defer w.engine.clock.idle(len(units))
	for _, u := range units {
		if u.session != nil {
			u.session.detach(u)
		}
	}
	err := w.store(units)
	if err == nil || len(units) == 1 {
		for _, u := range units {
			u.settle(err)
		}
		return
	}
	for _, u := range units {
		u.settle(w.store([]*unit{u}))
	}
}

func (w *writer) store(units []*unit) error {
	var b *batch
	err := w.journal.Update(context.Background(), func(tx journal.Tx) error {
		b.forget()
		b = &batch{Tx: tx, engine: w.engine}
		for _, u := range units {
			if err := u.write(b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.forget()
		err = &StoreError{Err: err}
		w.engine.unstored(err)
		return err
	}
	for _, do := range b.after {
		handOver()
		do()
	}
	w.engine.changed(b.touched...)
	return nil
}

// forget has the numbers of records asked for again, and the lanes as they were: what the
// batch has isn't stored.
func (b *batch) forget() {
	if b == nil {
		return
	}
	for _, s := range b.numbered {
		s.last = unknownN
	}
	b.restoreLanes()
}

func (b *batch) touch(execution string) {
	if n := len(b.touched); n == 0 || b.touched[n-1] != execution {
		b.touched = append(b.touched, execution)
	}
}

// write makes the changes of the unit in their order. Records that follow each other
// are appended together.
func (u *unit) write(b *batch) error {
	u.made = b
	for rest := u.entries; len(rest) > 0; {
		if change := rest[0].change; change != nil {
			if err := change(b); err != nil {
				return err
			}
			rest = rest[1:]
			continue
		}
		n := slices.IndexFunc(rest, func(e entry) bool { return e.change != nil })
		if n < 0 {
			n = len(rest)
		}
		records := make([]journal.Record, n)
		for i := range records {
			records[i] = rest[i].record
		}
		if err := b.appendOwn(u.session, records); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

func (u *unit) settle(err error) {
	if err != nil {
		u.err = err
	}
	if u.settled != nil {
		u.settled(u.err)
	}
	close(u.stored)
}

// unknownN is the N of a last record that the journal has to be asked for.
const unknownN = -1

// lastOf is the N of the last record of a session's execution.
func (b *batch) lastOf(s *session) (int, error) {
	if s.last == unknownN {
		n, err := b.LastN(s.id)
		if err != nil {
			return 0, err
		}
		s.last = n
	}
	return s.last, nil
}

// number numbers records of a session and appends them.
func (b *batch) number(s *session, records []journal.Record) error {
	if _, err := b.lastOf(s); err != nil {
		return err
	}
	b.numbered = append(b.numbered, s)
	for i := range records {
		s.last++
		records[i].N = s.last
	}
	b.touch(s.id)
	return b.Append(s.id, records)
}

// appendOwn appends records that a session has made.
func (b *batch) appendOwn(s *session, records []journal.Record) error {
	if err := b.number(s, records); err != nil {
		return err
	}
	s.lock()
	defer s.mu.Unlock()
	s.seen = s.last
	return nil
}

// deliver ends an await with a record, wherever the execution is; m is the message that
// it has got, nil where it is none.
func (b *batch) deliver(a *journal.Await, kind journal.Kind, data []byte, m *journal.Message) error {
	if _, err := b.RemoveAwait(a.Execution, a.Step); err != nil {
		return err
	}
	r := journal.Record{Kind: kind, Step: a.Step, Time: b.engine.now(), Data: data}
	n, err := b.appendTo(a.Execution, r)
	if err != nil {
		return err
	}
	b.tell(a.Execution, func(s *session) {
		s.lock()
		defer s.mu.Unlock()
		s.claim(a.Step, m)
		s.delivered(a.Step, n, deliveryOf(r))
	})
	return b.rouse(a.Execution)
}

// appendTo numbers a record of an execution, in memory or not, and appends it. It gives
// the number.
func (b *batch) appendTo(execution string, r journal.Record) (int, error) {
	if s := b.engine.inMemory(execution); s != nil {
		records := []journal.Record{r}
		err := b.number(s, records)
		return records[0].N, err
	}
	n, err := b.LastN(execution)
	if err != nil {
		return 0, err
	}
	r.N = n + 1
	b.touch(execution)
	return r.N, b.Append(execution, []journal.Record{r})
}

// tell tells an execution what has come for it, once that is stored, and has it go on. Who
// is told is the session that is in memory then: one that is made later reads it.
func (b *batch) tell(execution string, what func(*session)) {
	if b.arrived == nil {
		b.arrived = map[string]bool{}
	}
	b.arrived[execution] = true
	b.after = append(b.after, func() {
		if s := b.engine.inMemory(execution); s != nil {
			what(s)
		}
		handOver()
		b.engine.wake(execution)
	})
}

// rouse has an execution that waits go on.
func (b *batch) rouse(execution string) error {
	x, err := b.Execution(execution)
	if err != nil || x == nil || x.Status != StatusWaiting {
		return err
	}
	x.Status, x.Wake = StatusRunning, time.Time{}
	b.after = append(b.after, func() { b.engine.wake(execution) })
	return b.SetState(execution, x.State)
}

// A StoreError says that a journal couldn't store something. What was to follow from
// it hasn't happened: the execution goes on from what is stored when the journal can
// again, or when an engine opens it next.
type StoreError struct{ Err error }

func (e *StoreError) Error() string { return fmt.Sprintf("the journal can't store: %v", e.Err) }

// Unwrap gives the journal's error.
func (e *StoreError) Unwrap() error { return e.Err }
