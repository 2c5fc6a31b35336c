package runtime

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
)

// firstMark, after the id of a step, records that its failure was the first of several
// that happened side by side.
const firstMark = "@first"

func (s *session) won(f *Frame, race *Step, arm int) {
	if !s.isSuspended() {
		s.append(journal.Record{Kind: journal.Choice, Step: f.path(race.ID), Data: race.armData(arm)})
	}
}

// armData is how an arm is recorded: by its id or, in code that doesn't have that, by
// its index.
func (race *Step) armData(arm int) []byte {
	if arm < len(race.Arms) {
		data, _ := pure.Encode(race.Arms[arm]) // a text: it can't fail
		return data
	}
	return strconv.AppendInt(nil, int64(arm), 10)
}

// armOf reads what armData has written; nobody where the race has no arm of that id.
func (race *Step) armOf(data []byte) int {
	if i, err := strconv.Atoi(string(data)); err == nil {
		return i
	}
	var id string
	if pure.Decode(data, "", &id) != nil {
		return nobody
	}
	return slices.Index(race.Arms, id)
}

func (s *session) winner(f *Frame, race *Step) (arm int, sure bool) {
	path := f.path(race.ID)
	if own := s.recorded(path); len(own) > 0 {
		if arm = race.armOf(own[0].Data); arm == nobody {
			s.hold(fmt.Errorf("race %s is recorded as won by its arm %s, which it doesn't have now", path, own[0].Data))
		}
		s.take(path)
		return arm, true
	}
	arm = nobody
	for _, r := range s.recall(path) { // the last counts
		arm = race.armOf(r.Data)
	}
	return arm, arm == nobody
}

func (s *session) may(ctx context.Context) bool { return s.admit(ctx) }

func (s *session) unwon(f *Frame, race *Step, arm int) error {
	s.hold(fmt.Errorf("race %s is recorded as won by its arm %s, which fails now", f.path(race.ID), race.armData(arm)))
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
	s.wentWith(old, err)
	return withUndoFailure(old, undoFailure(err))
}

// takeFirst tells whether a failure is recorded as the first of several.
func (s *session) takeFirst(err error) bool {
	path := failurePath(err)
	taken := len(s.take(path+firstMark))+len(s.recall(path+firstMark)) > 0
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
