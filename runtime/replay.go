package runtime

import (
	"fmt"
	"maps"
	"strings"

	"github.com/wfgen/wfgen/runtime/journal"
)

// read takes in what is recorded of the execution.
func (s *session) read(records []journal.Record) {
	for i, r := range records {
		if r.Kind == journal.Retried {
			s.forget(records[:i])
			records = records[i+1:]
			s.shared.started = r.Time
			s.read(records)
			return
		}
	}
	for _, r := range records {
		if r.Kind == journal.Undone {
			s.shared.undid(strings.TrimSuffix(r.Step, ".undo"))
		}
	}
	within := indexRecords(records)
	loops := indexLoops(records)
	s.lock()
	defer s.mu.Unlock()
	s.unread, s.rounds = make(map[string][]journal.Record, len(records)), loops.begun
	s.reenter, s.ended = within.owing, within.ended
	for _, r := range records {
		if !within.skips(r.Step) && !loops.skips(&r) {
			s.unread[r.Step] = append(s.unread[r.Step], r)
			s.left++
		}
	}
}

// forget keeps, of what a generation that has failed has recorded, what still holds:
// the steps that are done and haven't been undone.
func (s *session) forget(records []journal.Record) {
	if s.earlier == nil {
		s.earlier = map[string]journal.Record{}
	}
	for _, r := range records {
		switch step := ungenerated(r.Step); r.Kind {
		case journal.Done:
			s.earlier[step] = r
		case journal.Undoing:
			s.void(strings.TrimSuffix(step, ".undo"))
		}
	}
}

// void forgets a step that is undone, what it is made of, and what it is a part of.
func (s *session) void(step string) {
	for around := range parts(step) {
		delete(s.earlier, around)
	}
	maps.DeleteFunc(s.earlier, func(other string, _ journal.Record) bool { return within(other, step) })
}

// take gives what is recorded under an id, once.
func (s *session) take(id string) []journal.Record {
	s.lock()
	defer s.mu.Unlock()
	records := s.unread[id]
	if len(records) > 0 {
		delete(s.unread, id)
		if s.left -= len(records); s.left == 0 {
			s.on(onCatchUp, facts{})
		}
	}
	return records
}

// replaying tells whether something is recorded that hasn't been read.
func (s *session) replaying() bool {
	s.lock()
	defer s.mu.Unlock()
	return s.left > 0
}

func (s *session) repeats(sub string) bool {
	s.mu.Lock()
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
