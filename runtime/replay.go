package runtime

import (
	"fmt"
	"slices"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// read takes in what is recorded of the execution, from a generation on.
func (s *session) read(generation int, records []journal.Record) {
	for _, r := range records {
		if r.Kind == journal.Undone {
			s.shared.undid(stepid.Undone(r.Step))
		}
	}
	if i := slices.IndexFunc(records, func(r journal.Record) bool { return r.Kind == journal.Retried }); i >= 0 {
		s.forget(generation, records[:i])
		s.read(generation+1, records[i+1:])
		return
	}
	all := append(s.remembered(), records...)
	within := indexRecords(all)
	loops := indexLoops(all)
	s.lock()
	defer s.mu.Unlock()
	s.unread, s.rounds = make(map[string][]journal.Record, len(records)), loops.begun
	s.reenter, s.ended = within.owing, within.ended
	s.recalling = len(s.earlier) > 0
	for _, r := range records {
		if !within.skips(r.Step) && !loops.skips(&r) {
			s.unread[r.Step] = append(s.unread[r.Step], r)
			s.left++
		}
	}
}

// take gives what is recorded under an id, once.
func (s *session) take(id string) []journal.Record {
	s.lock()
	defer s.mu.Unlock()
	records := s.unread[id]
	if len(records) > 0 {
		delete(s.unread, id)
		if s.left -= len(records); s.isRead() {
			s.on(onCatchUp, facts{})
		}
	}
	return records
}

// replaying tells whether something is recorded that hasn't been read, and may be.
func (s *session) replaying() bool {
	s.lock()
	defer s.mu.Unlock()
	return s.left > 0 || s.recalling
}

func (s *session) repeats(sub string) bool {
	s.lock()
	defer s.mu.Unlock()
	return s.ended[sub]
}

// anyUnread is the first record that hasn't been read; nil where there is none. The
// lock is held.
func (s *session) anyUnread() *journal.Record {
	var first *journal.Record
	for _, records := range s.unread {
		if first == nil || records[0].N < first.N {
			first = &records[0]
		}
	}
	return first
}

// unreached says that the workflow doesn't come to a record.
func (s *session) unreached(r *journal.Record) error {
	what := "step " + r.Step
	if r.Tool != "" {
		what += " (" + r.Tool + ")"
	}
	return fmt.Errorf("%s is recorded as %s, and the workflow doesn't come to it", what, r.Kind)
}
