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
// and none when it has come to something new behind all that is recorded, has ended, waits, or leaves
// the memory in good order. Where the process ends in between, the count stays. Those of
// which it has stayed are read one after the other when a journal is opened next, so that
// who is innocent comes through; and what has had three trials without an outcome is held.

// maxTrials is how many processes may end while they read an execution.
const maxTrials = 3

// try has executions go on that were unfinished when the engine opened, all at once.
func (e *Engine) try(ids []string) error {
	var list []*session
	for _, id := range ids {
		if s, _ := e.enroll(id, loading); s != nil {
			list = append(list, s)
		}
	}
	if err := e.countTrials(list...); err != nil {
		return err
	}
	for _, s := range list {
		go s.resume()
	}
	return nil
}

// suspects gives those of some executions that were on trial when the process before this
// one ended, cancelled ones first, and others. Those whose workflows the engine lacks are
// neither.
func (e *Engine) suspects(tx journal.Tx, ids []string) (others, suspects []string, err error) {
	for _, id := range ids {
		x, err := tx.Execution(id)
		switch {
		case err != nil:
			return nil, nil, err
		case x == nil || e.definitions[x.Workflow] == nil:
		case x.Trials > 0 && x.Cancel != "":
			suspects = slices.Insert(suspects, 0, id)
		case x.Trials > 0:
			suspects = append(suspects, id)
		default:
			others = append(others, id)
		}
	}
	return others, suspects, nil
}

// countTrials counts a trial of executions that are about to be read; those that have none
// left aren't put on one, and are held then. Where that can't be stored none of them goes
// on. They are enrolled before: so nobody else has one of them go on meanwhile, and none is
// counted that an engine which closes doesn't have go on.
func (e *Engine) countTrials(list ...*session) error {
	if len(list) == 0 {
		return nil
	}
	for _, s := range list {
		s.setTrial(make(chan struct{}))
	}
	err := e.writer.do(func(b *batch) error {
		for _, s := range list {
			x, err := b.Execution(s.id)
			switch {
			case err != nil:
				return err
			case x == nil:
			case x.Trials >= maxTrials:
				s.setTrial(nil)
			default:
				x.Trials++
				if err := b.SetState(s.id, x.State); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil {
		return nil
	}
	for _, s := range list {
		s.setTrial(nil)
		s.suspendFor(err)
		e.drop(s)
	}
	return err
}

// tryEach has suspects go on one after the other, each when the one before has come
// through. Its caller has counted it as running.
func (e *Engine) tryEach(suspects []string) {
	defer e.running.Done()
	defer e.clock.block()
	for _, id := range suspects {
		s, err := e.enroll(id, loading)
		if err != nil {
			return
		}
		if s == nil { // somebody has woken it
			continue
		}
		if e.countTrials(s) != nil {
			return // the engine looks again
		}
		outcome := s.outcome()
		go s.resume()
		if outcome != nil {
			e.clock.block()
			<-outcome
			e.clock.wake(1)
		}
	}
}

// outcome is closed when the trial that the execution is on is over; nil where it is on
// none.
func (s *session) outcome() <-chan struct{} {
	s.lock()
	defer s.mu.Unlock()
	return s.trial
}

func (s *session) setTrial(outcome chan struct{}) {
	s.lock()
	defer s.mu.Unlock()
	s.trial = outcome
}

func (s *session) onTrial() bool { return s.outcome() != nil }

// passed notes that the execution is past what is recorded of it, and ends the trial that
// it is on, if it is. Where that can't be stored the trial ends at the next occasion. The
// lock is held.
func (s *session) passed() {
	s.getsThrough()
	if s.trial == nil {
		return
	}
	close(s.trial)
	s.trial = nil
	s.engine.writer.enqueue(&unit{
		stored: make(chan struct{}),
		settled: func(err error) {
			if err != nil {
				s.setTrial(make(chan struct{}))
			}
		},
		entries: []entry{{change: func(b *batch) error {
			x, err := b.Execution(s.id)
			if err != nil || x == nil || x.Trials == 0 || x.Status == StatusHeld {
				return err
			}
			x.Trials = 0
			return b.SetState(s.id, x.State)
		}}},
	})
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
// that: it owes no undo, and runs nothing last, so nothing of it is left to be done.
func cancelsAtOnce(d *Definition, x *journal.Execution, records []journal.Record) bool {
	return x.Cancel != "" && (d == nil || !d.Workflow.Lastly) && !slices.ContainsFunc(records, func(r journal.Record) bool { return r.Kind == journal.Owed })
}
