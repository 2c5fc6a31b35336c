package runtime

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A session is a durable execution while it is in memory: from where an engine starts
// it, or reads what is recorded of it, to where it ends or is suspended.
//
// Whatever asks the journal's records first, and only a step of which there is none
// looks at the context: so an execution takes the same way each time it is run.
type session struct {
	engine     *Engine
	id         string
	execution  *journal.Execution // as it was when the session began
	definition *Definition
	shared     *shared

	life    context.Context // ends when the session is suspended
	suspend context.CancelFunc
	cancel  context.CancelCauseFunc // cancels the execution

	// last is the N of the last record. The writer's goroutine alone uses it.
	last int

	mu          sync.Mutex
	standing    standing                    // changed by on alone
	seen        int                         // the N of the last record that it knows of
	waits       []*wait                     // goroutines that do nothing
	deadlines   []*timeLimit                // of workflows that are running
	unread      map[string][]journal.Record // what is recorded and not asked for yet, by step
	left        int                         // how many records that is
	orders      bool                        // what is late or overdue comes one by one (late.go)
	late        []journal.Record            // what has come last, and isn't let in yet
	reenter     map[string]bool             // the sub-workflows that are done and owe undos, by what begins their steps
	ended       map[string]bool             // those of which the end is recorded, by the same
	rounds      map[string]int              // the last round of each loop that is recorded
	past        []journal.Record            // what was recorded before it began; nil where nobody has asked (replay.go)
	earlier     map[string][]journal.Record // what still holds of earlier generations, by step without its generation
	recalling   bool                        // it goes through that: nothing new begins while more of it may be come to
	beside      map[string][]error          // failures that went down with another one, by that one's failurePath
	unwound     map[string][]string         // the steps that are undone because of a failure, likewise
	first       map[string]bool             // the failures that are recorded as the first of several
	claims      map[string]*journal.Message // those that awaits have got, by step
	heard       map[string]*heard           // the messages to all that it needn't look at any more, by address
	mailbox     map[string]*delivery        // what has come for steps
	asking      map[string]bool             // the steps that await what their condition takes, and that it has come to
	open        *unit                       // takes what is to be stored next
	flying      *unit                       // is being stored
	why         string                      // why it was cancelled; empty where it wasn't
	trying      []*stepHistory              // the steps whose tools are being called
	beats       map[string]*beat            // how far the tools of steps have come
	owing       map[string]entry            // the ends of steps that are to be owed their undos next, by step
	owed        int                         // how many undos have been owed since the session began
	exists      bool                        // the journal has it
	broken      bool                        // something that it had to store wasn't
	trial       chan struct{}               // closed when the trial that it is on is over; nil where it is on none
	through     bool                        // all that is recorded has been read, and something new has come or it waits; or it is out of memory
	whenThrough chan struct{}               // closed then; nil where nobody asks
	failure     error                       // why the session can't go on: a StoreError, or what holds it

	over   chan struct{} // closed when the session is out of memory
	state  journal.State // how it ended, if it did, once over is closed
	result error         // what it failed with then

	// nothingLeft tells that the execution is cancelled without being run.
	nothingLeft bool
}

// newSession gives a session whose one goroutine is the caller's.
func newSession(e *Engine, id string, where phase) *session {
	s := &session{engine: e, id: id, last: unknownN, standing: standing{phase: where, busy: 1}, exists: where != probing, over: make(chan struct{})}
	s.life, s.suspend = context.WithCancel(context.WithoutCancel(e.ctx))
	return s
}

// begin prepares the session to run an execution.
func (s *session) begin(x *journal.Execution, d *Definition) context.Context {
	s.definition = d
	s.shared = &shared{durable: s, home: s, started: x.Created, counted: true}
	if base := scopeOf(s.engine.ctx); base != nil && base.shared != nil {
		s.shared.settings = base.shared.settings
	}
	s.shared.once.Do(func() { s.shared.id = s.id })
	s.shared.observe()
	ctx, cancel := context.WithCancelCause(s.life)
	s.lock()
	defer s.mu.Unlock()
	s.execution, s.cancel = x, cancel
	if s.why == "" {
		s.why = x.Cancel
	}
	return &scope{Context: ctx, shared: s.shared}
}

// execute runs the execution until it ends or is suspended. Nothing that a tool does ends
// it in any other way: it may be on a goroutine that runtime.Goexit ends.
func (s *session) execute(ctx context.Context) {
	var result any
	var err error
	returned := false
	defer func() {
		if !returned {
			if r := recover(); s.shared.failure != nil {
				err = s.shared.failure
			} else {
				err = panicked(r)
			}
		}
		if s.comesToEnd() {
			s.finish(result, err)
		}
		s.drain()
		s.engine.drop(s)
	}()
	if reason := s.cancelReason(); reason != "" {
		s.cancel(&CancelledError{Reason: reason})
		if s.nothingLeft {
			w := s.definition.Workflow
			err, returned = &Error{Workflow: w.Name, At: w.At, Err: context.Cause(ctx)}, true
			return
		}
	}
	if input, wrong := s.definition.input(s.execution.Input); wrong == nil {
		result, err = s.definition.run(ctx, input)
	} else {
		s.hold(fmt.Errorf("its input doesn't fit %s any more: %w", s.execution.Workflow, wrong))
	}
	returned = true
}

// comesToEnd tells whether the execution has come to its end, and hasn't been suspended.
func (s *session) comesToEnd() bool {
	s.lock()
	defer s.mu.Unlock()
	s.on(onFinish, facts{})
	return s.standing.phase == finishing
}

// drain waits until nothing of the session is left to be stored: who reads what is
// recorded afterwards reads all of it.
func (s *session) drain() {
	for u := s.unstored(); u != nil; u = s.unstored() {
		<-u.stored
	}
}

// unstored is what is to be stored of the session; nil where nothing is.
func (s *session) unstored() *unit {
	s.lock()
	defer s.mu.Unlock()
	if s.flying != nil {
		return s.flying
	}
	return s.open
}

// finish records how the execution has ended.
func (s *session) finish(result any, err error) {
	st := s.execution.State
	st.Trials = 0
	st.Status, st.Wake, st.Ended, st.Error, st.Result = StatusSucceeded, time.Time{}, s.engine.now(), "", nil
	r := journal.Record{Kind: journal.Ended, Time: st.Ended}
	if err == nil && result != nil {
		st.Result, err = encodePayload(result, "the result of "+s.execution.Workflow)
		r.Data = st.Result
	}
	if err != nil {
		st.Status, st.Error = StatusFailed, valid(errorText(err.Error))
		if s.cancelReason() != "" {
			st.Status = StatusCancelled
		}
		r.Data = s.encodeEnd(err)
	}
	s.lock()
	unread := s.anyUnread()
	s.mu.Unlock()
	if unread != nil {
		s.hold(s.unreached(unread))
		return
	}
	st.Cancel = s.cancelReason()
	u := s.add(entry{record: r}, entry{change: func(b *batch) error { return b.ended(s, st, r.Data) }})
	s.result = err
	if <-u.stored; u.err == nil {
		s.state = st
	}
}

func (s *session) prefix() string { return stepid.Generation(s.execution.Generation) }

// cancelReason is why the execution was told to stop; empty where it wasn't.
func (s *session) cancelReason() string {
	s.lock()
	defer s.mu.Unlock()
	return s.why
}

// add has something stored, together, after all that was added before. It gives the
// unit that this is a part of.
func (s *session) add(list ...entry) *unit {
	s.lock()
	u, fresh := s.enter(list)
	s.mu.Unlock()
	if fresh {
		s.engine.writer.add(u)
	}
	return u
}

// enter is add with the lock held, but for giving a fresh unit to the writer, without it.
func (s *session) enter(list []entry) (u *unit, fresh bool) {
	if s.isRead() { // else it is of a part that runs beside what is still to be read
		s.passed()
	}
	if fresh = s.open == nil; fresh {
		s.open = &unit{session: s, stored: make(chan struct{})}
		s.open.settled = s.settled(s.open)
	}
	s.open.entries = append(s.open.entries, list...)
	return s.open, fresh
}

// append has a record stored.
func (s *session) append(r journal.Record) {
	if r.Time.IsZero() {
		r.Time = s.engine.now()
	}
	s.add(entry{record: r})
}

// detach closes a unit that the writer is about to store. Where something before it
// couldn't be stored it loses what builds on that: a record of a step that the workflow
// doesn't come to would hold the execution.
func (s *session) detach(u *unit) {
	s.lock()
	defer s.mu.Unlock()
	if s.open == u {
		s.open = nil
	}
	s.flying = u
	if s.broken {
		u.entries = slices.DeleteFunc(u.entries, func(e entry) bool { return !e.holds })
		u.err = s.failure
	}
}

func (s *session) settled(u *unit) func(error) {
	return func(err error) {
		s.lock()
		if s.flying == u {
			s.flying = nil
		}
		if s.open == u { // the writer has closed
			s.open = nil
		}
		if err != nil { // at once: whoever flushes has to see it
			s.broken = true
			s.noteSuspension(err)
		}
		s.mu.Unlock()
		if err != nil {
			s.endGoroutines()
		}
	}
}

// flush waits until all that was added is stored. It fails, too, where the session is
// suspended for a reason: nothing new is to begin then.
func (s *session) flush() error {
	s.lock()
	u, err := s.open, s.failure
	if u == nil {
		u = s.flying
	}
	s.mu.Unlock()
	if u == nil || err != nil {
		return err
	}
	<-u.stored
	s.lock()
	defer s.mu.Unlock()
	if u.err == nil {
		return s.failure
	}
	return u.err
}

// suspendFor suspends the session for a reason; nil where there is none but that the engine
// closes.
func (s *session) suspendFor(reason error) {
	s.lock()
	s.noteSuspension(reason)
	s.mu.Unlock()
	s.endGoroutines()
}

// endGoroutines ends what goes on in the session. Those who wait count as doing something from
// here on, and not from when they notice: a virtual clock would jump in between.
func (s *session) endGoroutines() {
	s.suspend()
	s.lock()
	defer s.mu.Unlock()
	for _, w := range s.waits {
		s.rouse(w)
	}
}

// noteSuspension notes that the session is suspended, and why. The lock is held.
func (s *session) noteSuspension(reason error) {
	if s.failure == nil && s.standing.phase != over { // then it is read without the lock
		s.failure = reason
	}
	s.on(onSuspend, facts{})
}

// isActive tells whether what comes for the execution may be given to the session.
func (s *session) isActive() bool {
	s.lock()
	defer s.mu.Unlock()
	return s.standing.phase != probing && !s.isSuspendedLocked()
}

func (s *session) isSuspended() bool {
	s.lock()
	defer s.mu.Unlock()
	return s.isSuspendedLocked()
}

// isSuspendedLocked is isSuspended with the lock held.
func (s *session) isSuspendedLocked() bool { return s.standing.phase >= suspended }

// hold suspends an execution whose records don't fit what is to be run.
func (s *session) hold(why error) {
	text := why.Error()
	if x, w := s.execution, s.definition.Workflow; x.Version != w.version() || x.Fingerprint != w.Fingerprint {
		text += fmt.Sprintf(" (it was started under %s, this is %s)", versionText(x.Version, x.Fingerprint), versionText(w.version(), w.Fingerprint))
	}
	held := &HeldError{ID: s.id, Text: text}
	if s.isSuspended() {
		return
	}
	s.suspendFor(held)
	u := &unit{stored: make(chan struct{}), entries: []entry{{change: func(b *batch) error {
		x, err := b.Execution(s.id)
		if err != nil || x == nil || !x.Ended.IsZero() {
			return err
		}
		x.Status, x.Error, x.Wake = StatusHeld, text, time.Time{}
		b.touch(s.id)
		return b.SetState(s.id, x.State)
	}}}}
	s.engine.writer.add(u)
	if <-u.stored; u.err == nil {
		s.tellHeld(held)
	}
}

func versionText(version int, fingerprint string) string {
	if fingerprint == "" {
		return fmt.Sprintf("version %d", version)
	}
	return fmt.Sprintf("version %d, plan %s", version, fingerprint)
}

// A CancelledError is the cause of the context of an execution that was cancelled.
type CancelledError struct {
	// Reason is what Cancel was given.
	Reason string
}

func (e *CancelledError) Error() string { return "cancelled: " + e.Reason }

// Is makes a CancelledError a context.Canceled.
func (e *CancelledError) Is(target error) bool { return target == context.Canceled }

// ended stores the end of an execution, and tells those who await it.
func (b *batch) ended(s *session, st journal.State, data []byte) error {
	if err := b.SetState(s.id, st); err != nil {
		return err
	}
	if err := b.leave(s.execution); err != nil {
		return err
	}
	if _, err := b.RemoveAwait(s.id, ""); err != nil {
		return err
	}
	return b.endAwaits(s.id, b.engine.now(), st.Status, data)
}

func runAddress(id string) string { return "run:" + id }
