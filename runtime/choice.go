package runtime

import (
	"fmt"
	"strconv"

	"github.com/wfgen/wfgen/runtime/journal"
)

// firstMark, after the id of a step, records that its failure was the first of several
// that happened side by side.
const firstMark = "@first"

func (s *session) won(race string, arm int) {
	if !s.isSuspended() {
		s.append(journal.Record{Kind: journal.Choice, Step: race, Data: strconv.AppendInt(nil, int64(arm), 10)})
	}
}

func (s *session) winner(race string) int {
	for _, r := range s.take(race) {
		if arm, err := strconv.Atoi(string(r.Data)); err == nil {
			return arm
		}
	}
	return nobody
}

func (s *session) unwon(race string, arm int) error {
	s.hold(fmt.Errorf("race %s is recorded as won by its arm %d, which fails now", race, arm+1))
	return errSuspended
}

// firstOf gives the first to come, unless that only follows from the execution's being
// stopped, or another one is recorded.
func (s *session) firstOf(old, err error) error {
	switch {
	case s.isSuspended() || isStopped(err):
	case isStopped(old), s.takeFirst(err):
		old, err = err, old
	case !s.takeFirst(old):
		s.lock()
		s.setFirst(failurePath(old))
		s.mu.Unlock()
		s.append(journal.Record{Kind: journal.Choice, Step: failurePath(old) + firstMark})
	}
	return withUndoFailure(old, undoFailure(err))
}

// takeFirst tells whether a failure is recorded as the first of several.
func (s *session) takeFirst(err error) bool {
	path := failurePath(err)
	taken := len(s.take(path+firstMark)) > 0
	s.lock()
	defer s.mu.Unlock()
	if taken {
		s.setFirst(path)
	}
	return s.first[path]
}

// setFirst notes a failure that is recorded as the first. The lock is held.
func (s *session) setFirst(path string) {
	if s.first == nil {
		s.first = map[string]bool{}
	}
	s.first[path] = true
}

// failurePath tells failures apart: the step's id, or its place where it has none.
func failurePath(err error) string {
	if e, ok := err.(*Error); ok && e.Step == "" {
		return e.At
	}
	return FailedStep(err)
}

// stoppedWhole is the failure of a group that has none of its own.
func (g *group) stoppedWhole() error {
	cause := g.frame.cause()
	if g.frame.suspended() || cause == nil {
		cause = errSuspended
	}
	err := g.frame.located(cause)
	if e, ok := err.(*Error); ok && g.frame.durable() != nil {
		e.end = stopped
	}
	return err
}
