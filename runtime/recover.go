package runtime

import (
	"errors"
	"time"

	"github.com/wfgen/wfgen/runtime/foreign"
)

// What a journal couldn't store stops the executions that had something to store; the
// journal says what they go on with. Nothing tells an engine when the journal is well
// again, so it looks: a moment after something couldn't be stored, and again, ever later,
// until a look is followed by no failure.

// firstLook is how long after a failure an engine looks again, and lastLook how far apart
// its looks become.
const (
	firstLook = 100 * time.Millisecond
	lastLook  = 5 * time.Second
)

// An outage is the time in which a journal fails. Its fields have the engine's lock.
type outage struct {
	after  time.Duration // when the engine looks again; 0 where there is no outage
	failed bool          // something has failed since it looked last
	timer  *time.Timer
	// lost are the executions that aren't in memory because of what couldn't be stored.
	lost map[string]error
}

// unstored notes that something couldn't be stored, and has the engine look again. The
// world's clock says when: a journal fails in the world.
func (e *Engine) unstored(err error) {
	if isJournals(err) && e.outageBegins() {
		complain("%s; it is tried again until the journal can", foreign.Lines(err.Error()))
	}
}

// outageBegins notes a failure, and tells whether it is the first.
func (e *Engine) outageBegins() bool {
	e.lock()
	defer e.mu.Unlock()
	o := &e.outage
	if e.ends() {
		return false
	}
	o.failed = true
	if o.after != 0 {
		return false
	}
	o.after = firstLook
	o.timer = time.AfterFunc(firstLook, e.lookAgain)
	return true
}

// isJournals tells whether a change couldn't be stored because of the journal: not because
// the engine is closed, or an id is taken.
func isJournals(err error) bool { return !errors.Is(err, ErrClosed) && !errors.Is(err, ErrExists) }

// lookAgain has go on what can, after something couldn't be stored.
func (e *Engine) lookAgain() {
	switch looks, over := e.looks(); {
	case over:
		complain("the journal stores again")
		return
	case !looks:
		return
	}
	defer e.running.Done()
	for _, s := range e.all() {
		s.tell(onLook)
	}
	if err := e.wakeAll(); err != nil {
		e.unstored(err)
	}
	e.lock()
	defer e.mu.Unlock()
	o := &e.outage
	o.after = min(2*o.after, lastLook)
	o.timer.Reset(o.after) // a closed engine won't look
}

// wakeAll has all go on that was running, and what is due. Unlike resumeAll it puts nothing
// on trial: no process has ended.
func (e *Engine) wakeAll() error {
	e.clock.wake(1)
	defer e.clock.block()
	err := e.unfinished(func(others, suspects []string) error {
		for _, id := range append(others, suspects...) {
			e.wake(id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return e.due()
}

// looks tells whether the engine is to look again: not where nothing has failed since it
// did so last, so that the outage is over. Who called it is one of those that Close waits
// for then.
func (e *Engine) looks() (looks, over bool) {
	e.lock()
	defer e.mu.Unlock()
	o := &e.outage
	switch {
	case e.ends():
		return false, false
	case !o.failed:
		o.after, o.lost = 0, nil // the look before has had all go on
		return false, true
	}
	o.failed = false
	e.running.Add(1)
	return true, false
}

// lost is why an execution isn't in memory that was; nil where that isn't due to the
// journal.
func (e *Engine) lost(id string) error {
	e.lock()
	defer e.mu.Unlock()
	return e.outage.lost[id]
}

// lose notes that an execution leaves the memory because of what couldn't be stored, if
// that is why. One that was never stored itself isn't lost: there is none. The locks are
// held.
func (o *outage) lose(s *session) {
	if failure := new(StoreError); !s.exists || !errors.As(s.failure, &failure) || !isJournals(s.failure) {
		return
	}
	if o.lost == nil {
		o.lost = map[string]error{}
	}
	o.lost[s.id] = s.failure
}
