package runtime

// An engine and what it runs have four locks, each for little and never while a tool, a
// journal or an observer is called. Who holds several has taken them in this order: the
// engine's (which executions are in memory), a session's (where one of them is, phase.go),
// then the queue of the writer (what is to be stored) or the virtual clock's. No goroutine
// holds the locks of two sessions. What has to take an earlier one does so on a goroutine of
// its own, or after its batch is stored: batch.after is called with none held.

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// An Engine runs durable executions: what happens to them is in a journal before
// anything follows from it, so that they go on where they were when the process ends
// and another engine opens the journal. An execution that waits for nothing but a time,
// a message or a person isn't in memory. The methods of an Engine may be called by any
// goroutine.
type Engine struct {
	ctx         context.Context
	journal     journal.Journal
	writer      *writer
	clock       *VirtualClock // nil for the world's
	answers     bool          // a stub does, what executions wait for
	definitions map[string]*Definition
	others      []string // workflows that a registry has left out
	events      map[string]*EventDefinition
	loading     chan struct{} // has an element for each execution that is being read
	draining    atomic.Bool   // nothing begins any more, and what runs may end
	lasting     sync.Map      // what lasts as long as the engine
	lanes       map[string]*lane

	mu        sync.Mutex
	closed    bool
	sessions  map[string]*session
	running   sync.WaitGroup // the sessions, and who makes them
	watching  map[string]chan struct{}
	next      time.Time // when the timer is to go off; zero for never
	stopTimer func()    // of the timer; may be nil
	unlink    func() bool
	outage    outage
}

// ErrClosed is what an engine gives that is closed.
var ErrClosed = errors.New("the engine is closed")

// maxLoading bounds how many executions are read at once.
const maxLoading = 32

// Open gives an engine that runs the executions of the registries' workflows, and has
// those go on that are unfinished in the journal. Executions of other workflows stay as
// they are. The engine uses the journal alone until Close, which doesn't close it: a
// second engine on the same Journal is refused with ErrInUse.
//
// Executions run with the observer, the interceptors and the clock that ctx has. When
// ctx ends they are suspended, without undos, as by Close.
func Open(ctx context.Context, j journal.Journal, registries ...*Registry) (*Engine, error) {
	e := &Engine{
		ctx: ctx, journal: j, definitions: map[string]*Definition{}, events: map[string]*EventDefinition{},
		loading: make(chan struct{}, maxLoading), sessions: map[string]*session{}, watching: map[string]chan struct{}{},
	}
	if s := scopeOf(ctx); s != nil && s.shared != nil {
		e.clock, e.answers = s.shared.clock, s.shared.answers
	}
	for _, r := range registries {
		if err := e.register(r); err != nil {
			return nil, err
		}
	}
	if err := e.own(); err != nil {
		return nil, err
	}
	e.writer = newWriter(e, j)
	e.unlink = context.AfterFunc(ctx, e.suspendAll)
	if len(e.definitions) == 0 {
		return e, nil
	}
	err := e.readLanes()
	if err == nil {
		err = e.resumeAll()
	}
	if err != nil {
		e.Close()
		return nil, fmt.Errorf("open the journal: %w", err)
	}
	return e, nil
}

func (e *Engine) register(r *Registry) error {
	for _, d := range r.definitions {
		if e.definitions[d.Name()] != nil {
			return fmt.Errorf("two workflows are called %s: an engine has one of each name", d.Name())
		}
		e.definitions[d.Name()] = d
	}
	e.others = append(e.others, r.others...)
	for _, d := range r.events {
		if e.events[d.Name] != nil {
			return fmt.Errorf("two events are called %s: an engine has one of each name", d.Name)
		}
		e.events[d.Name] = d
	}
	return nil
}

// Close suspends all executions, without undos, waits until their tools have returned,
// and stores what there is to store. They go on when an engine opens the journal again.
func (e *Engine) Close() error {
	e.unlink()
	e.suspendAll()
	e.running.Wait()
	e.writer.close()
	e.disown()
	return nil
}

func (e *Engine) suspendAll() {
	e.lock()
	e.closed = true
	if e.stopTimer != nil {
		e.stopTimer()
	}
	if e.outage.timer != nil {
		e.outage.timer.Stop()
	}
	for id := range e.watching {
		e.tell(id)
	}
	e.mu.Unlock()
	for _, s := range e.all() {
		s.suspendFor(ErrClosed)
	}
}

// all gives the sessions.
func (e *Engine) all() (list []*session) {
	e.lock()
	defer e.mu.Unlock()
	for _, s := range e.sessions {
		list = append(list, s)
	}
	return list
}

// now is the time, in UTC, as a journal keeps it; that of a virtual clock is exact.
func (e *Engine) now() time.Time {
	if e.clock != nil {
		return e.clock.Now()
	}
	return time.Now().UTC().Truncate(time.Microsecond)
}

// at has a function called at a time, unless what it gives is called before.
func (e *Engine) at(t time.Time, do func()) (stop func()) {
	d := max(t.Sub(e.now()), 0)
	if e.clock == nil {
		timer := time.AfterFunc(d, do)
		return func() { timer.Stop() }
	}
	return e.clock.after(d, func() { // the clock's caller may have locks that do takes
		e.clock.wake(1)
		go func() {
			defer e.clock.block()
			do()
		}()
	})
}

// resumeAll has all go on that was running, and what is due.
func (e *Engine) resumeAll() error {
	e.clock.wake(1) // a virtual one stands still until all go on
	defer e.clock.block()
	var suspects []string
	err := e.unfinished(func(others, onTrial []string) error {
		suspects = append(suspects, onTrial...)
		return e.try(others)
	})
	if err != nil {
		return err
	}
	if len(suspects) > 0 {
		e.running.Add(1)
		e.clock.wake(1)
		go e.tryEach(suspects)
	}
	return e.due()
}

// unfinished calls do with the executions that are to go on, many at a time: those that were
// on trial when the process before this one ended, and others.
func (e *Engine) unfinished(do func(others, suspects []string) error) error {
	const page = 1000
	for after := ""; ; {
		var ids, others, suspects []string
		err := e.journal.View(e.ctx, func(tx journal.Tx) (err error) {
			if ids, err = tx.Running(after, page); err == nil {
				others, suspects, err = e.suspects(tx, ids)
			}
			return err
		})
		if err == nil {
			err = do(others, suspects)
		}
		if err != nil || len(ids) < page {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// due has what is due go on, and sets the timer for what is next.
func (e *Engine) due() error {
	const page = 500
	for {
		var ids []string
		var next time.Time
		err := e.writer.do(func(b *batch) (err error) {
			if ids, err = b.Due(e.now(), page); err != nil {
				return err
			}
			for _, id := range ids {
				if err := b.rouse(id); err != nil {
					return err
				}
			}
			if err := b.Expire(e.now()); err != nil {
				return err
			}
			next, err = b.NextWake()
			return err
		})
		if err != nil {
			return err
		}
		if len(ids) < page {
			e.schedule(next)
			return nil
		}
	}
}

// schedule has the timer go off at a time, unless it does so before.
func (e *Engine) schedule(t time.Time) {
	e.clock.wake(1) // a virtual one looks at its timers when this is over
	defer e.clock.block()
	e.lock()
	defer e.mu.Unlock()
	if t.IsZero() || e.ends() || len(e.definitions) == 0 || !e.next.IsZero() && !t.Before(e.next) {
		return
	}
	if e.stopTimer != nil {
		e.stopTimer()
	}
	e.next = t
	e.stopTimer = e.at(t, func() {
		if !e.timerGone(t) {
			return
		}
		defer e.running.Done()
		_ = e.due() // where that can't be stored the engine looks again
	})
}

// timerGone tells whether the timer that has gone off is still the one that counts, and
// the engine open: who called it is one of those that Close waits for then.
func (e *Engine) timerGone(t time.Time) bool {
	e.lock()
	defer e.mu.Unlock()
	if e.ends() || !e.next.Equal(t) {
		return false
	}
	e.next = time.Time{}
	e.running.Add(1)
	return true
}

// inMemory is the session of an execution that is in memory, also where it is about to
// leave; nil where there is none.
func (e *Engine) inMemory(id string) *session {
	e.lock()
	defer e.mu.Unlock()
	return e.sessions[id]
}

// enroll makes the session of an execution that has none, and gives nil where it has. It
// is probing where it isn't known yet whether there is to be one, else loading.
func (e *Engine) enroll(id string, where phase) (*session, error) {
	e.lock()
	defer e.mu.Unlock()
	if e.ends() {
		return nil, ErrClosed
	}
	if s := e.sessions[id]; s != nil {
		if where == loading {
			s.tell(onWake)
		}
		return nil, nil
	}
	if where == loading {
		delete(e.outage.lost, id)
	}
	s := newSession(e, id, where)
	e.sessions[id] = s
	e.tell(id)
	e.running.Add(1)
	e.clock.wake(1)
	return s, nil
}

// wake has an execution go on, unless it does.
func (e *Engine) wake(id string) {
	if s, _ := e.enroll(id, loading); s != nil {
		go s.resume()
	}
}

// drop takes a session that has ended or is suspended out of memory.
func (e *Engine) drop(s *session) {
	s.tell(onSuspend)
	s.pass()
	e.lock()
	s.lock()
	again := s.on(onUnwind, facts{})&reload != 0 // with the lock of who enrolls: from here on it is a new session
	e.outage.lose(s)
	s.mu.Unlock()
	delete(e.sessions, s.id)
	e.tell(s.id)
	e.mu.Unlock()
	close(s.over)
	if again {
		e.wake(s.id)
	}
	e.clock.block()
	e.running.Done()
}

// changed tells those who follow executions that something is new.
func (e *Engine) changed(ids ...string) {
	e.lock()
	defer e.mu.Unlock()
	if len(e.watching) == 0 {
		return
	}
	for _, id := range ids {
		e.tell(id)
	}
}

// tell is changed with the lock held.
func (e *Engine) tell(id string) {
	if c := e.watching[id]; c != nil {
		close(c)
		delete(e.watching, id)
	}
}

// watch gives what is closed at the next change of an execution, or of the engine.
func (e *Engine) watch(id string) <-chan struct{} {
	e.lock()
	defer e.mu.Unlock()
	c := e.watching[id]
	if c == nil {
		c = make(chan struct{})
		e.watching[id] = c
	}
	if e.closed {
		e.tell(id)
	}
	return c
}
