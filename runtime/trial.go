package runtime

import (
	"fmt"
	"slices"

	"github.com/wfgen/wfgen/runtime/journal"
)

// An execution that ends its process, as it takes all memory or calls a Go function that
// exits, would end each process that goes on with it, and all other executions would end
// with it. So whatever an engine finds unfinished when it opens a journal is on trial:
// State.Trials counts one more before its records are read, for all of them in one batch,
// and none when it has come to something that isn't recorded, has ended, waits, or leaves
// the memory in good order. Where the process ends in between, the count stays. Those of
// which it has stayed are read one after the other when a journal is opened next, so that
// who is innocent comes through; and what has had three trials without an outcome is held.

// maxTrials is how many processes may end while they read an execution.
const maxTrials = 3

// try has executions go on that were unfinished when the engine opened, and gives those
// that were on trial when the process before this one ended, cancelled ones first.
func (e *Engine) try(ids []string) (suspects []string, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var others []string
	err = e.writer.do(func(b *batch) error {
		suspects, others = nil, nil
		for _, id := range ids {
			x, err := b.Execution(id)
			if err != nil {
				return err
			}
			switch {
			case x == nil || e.definitions[x.Workflow] == nil:
			case x.Trials > 0 && x.Cancel != "":
				suspects = slices.Insert(suspects, 0, id)
			case x.Trials > 0:
				suspects = append(suspects, id)
			default:
				others = append(others, id)
				if err := b.countTrial(x); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range others {
		if s, _ := e.enroll(id, loading); s != nil {
			s.setTrial(make(chan struct{}))
			go s.resume()
		}
	}
	return suspects, nil
}

// tryEach has suspects go on one after the other, each when the one before has come
// through. Its caller has counted it as running.
func (e *Engine) tryEach(suspects []string) {
	defer e.running.Done()
	defer e.clock.block()
	for _, id := range suspects {
		var outcome chan struct{} // nil where it has no trial left: reading it holds it
		err := e.writer.do(func(b *batch) error {
			x, err := b.Execution(id)
			if outcome = nil; err != nil || x == nil || x.Trials >= maxTrials {
				return err
			}
			outcome = make(chan struct{})
			return b.countTrial(x)
		})
		if err != nil {
			return
		}
		s, err := e.enroll(id, loading)
		if err != nil {
			return
		}
		if s == nil { // somebody has woken it
			continue
		}
		s.setTrial(outcome)
		go s.resume()
		if outcome == nil {
			continue
		}
		e.clock.block()
		<-outcome
		e.clock.wake(1)
	}
}

func (s *session) setTrial(outcome chan struct{}) {
	s.lock()
	defer s.mu.Unlock()
	s.trial = outcome
}

func (s *session) onTrial() bool {
	s.lock()
	defer s.mu.Unlock()
	return s.trial != nil
}

func (b *batch) countTrial(x *journal.Execution) error {
	x.Trials++
	return b.SetState(x.ID, x.State)
}

// passed ends the trial that the execution is on, if it is. The lock is held.
func (s *session) passed() {
	if s.trial == nil {
		return
	}
	close(s.trial)
	s.trial = nil
	s.engine.writer.enqueue(&unit{stored: make(chan struct{}), entries: []entry{{change: func(b *batch) error {
		x, err := b.Execution(s.id)
		if err != nil || x == nil || x.Trials == 0 || x.Status == StatusHeld {
			return err
		}
		x.Trials = 0
		return b.SetState(s.id, x.State)
	}}}})
}

// pass is passed without the lock.
func (s *session) pass() {
	s.lock()
	defer s.mu.Unlock()
	s.passed()
}

// tooManyTrials is why an execution is held whose processes have ended.
func tooManyTrials(n int) error {
	return fmt.Errorf("%d processes have ended while they went through what is recorded of it, before it came to anything new: an expression or a Go function that it calls may take all memory, or exit", n)
}

// cancelsAtOnce tells whether an execution that is to be cancelled needn't be run for
// that: it owes no undo, so nothing of it is left to be done.
func cancelsAtOnce(x *journal.Execution, records []journal.Record) bool {
	return x.Cancel != "" && !slices.ContainsFunc(records, func(r journal.Record) bool { return r.Kind == journal.Owed })
}
