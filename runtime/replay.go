package runtime

// An execution goes on by being run once more from its beginning, and each step asks here
// what is recorded of it before it does anything. The workflow takes the same way as before
// as far as the records reach, since nothing else decides: expressions are pure, and what
// time or chance has decided (a race, which of two failures was the first, now) is a record
// as well. Four things could go wrong, and each would be a call made twice, or never:
//
//   - Chains run side by side, and come to their steps in another order than before. So
//     records lie by step, and not one after the other: each chain takes its own, whenever
//     it comes by. What is taken is gone, so that what is left over is seen.
//   - One chain is through with its records and would begin something new, while another one
//     hasn't come to the record that says that the first was stopped. So nothing new begins
//     before every record has been taken: session.admit waits for that, and lets all in at
//     once (onCatchUp).
//   - The source has changed, and the workflow doesn't come to a record, or comes to it with
//     other inputs. Something was done of which nothing follows now. Such an execution is
//     held, by the step whose inputs differ, or once every goroutine waits and records are
//     left, or at its end; and nothing new has begun by then, because of the point before.
//   - The workflow isn't to come to a record: it is of a round of a loop that is past, or of a
//     sub-workflow that has ended, or has failed and succeeded at another attempt. Then it is
//     left out when records are read (index, loopIndex), unless an undo that is owed was owed
//     within: then its arguments are come to by going through all of it.
//
// What earlier generations have left is no duty: it counts where it is come to, with the
// inputs that it has (lasting.go). Nothing new begins, though, while more of it may be come
// to, which is over when every goroutine waits (recalling).
//
// The random programs show it: TestDurable of golden/random has each go on from every state
// that its journal was in, and TestForked and TestRetried from each step and failure. What is
// held is in TestDurableChanged, and what edits of a source hold in deploy_test.go.

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	s.setLate(records)
}

// recorded is what is recorded under an id, as long as that hasn't been taken.
func (s *session) recorded(id string) []journal.Record {
	s.lock()
	defer s.mu.Unlock()
	return s.unread[id]
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

// recount gives the ids without their generation. In a later one there are records of those
// before also where nothing of them lasts.
func (s *session) recount(prefix string, visit func(step string, data []byte)) error {
	if !s.replaying() && s.execution.Generation < 2 {
		return nil
	}
	past, err := s.readPast()
	if err != nil {
		return err
	}
	prefix = stepid.WithoutGeneration(prefix)
	i, _ := slices.BinarySearchFunc(past, prefix, func(r journal.Record, id string) int { return strings.Compare(r.Step, id) })
	for ; i < len(past) && strings.HasPrefix(past[i].Step, prefix); i++ {
		visit(past[i].Step, past[i].Data)
	}
	return nil
}

// readPast gives the ends of attempts and steps that are recorded, by their ids. They are read
// once: what comes later isn't of the past.
func (s *session) readPast() ([]journal.Record, error) {
	s.lock()
	past := s.past
	s.mu.Unlock()
	if past != nil {
		return past, nil
	}
	var all []journal.Record
	err := s.engine.journal.View(context.Background(), func(tx journal.Tx) (err error) {
		all, err = tx.Records(s.id, 0, 0)
		return err
	})
	if err != nil {
		return nil, &StoreError{Err: err}
	}
	past = make([]journal.Record, 0, len(all))
	for _, r := range all {
		if r.Kind == journal.Done || r.Kind == journal.Failed {
			r.Step = stepid.WithoutGeneration(r.Step)
			past = append(past, r)
		}
	}
	slices.SortStableFunc(past, func(a, b journal.Record) int { return strings.Compare(a.Step, b.Step) })
	s.lock()
	s.past = past
	s.mu.Unlock()
	return past, nil
}
