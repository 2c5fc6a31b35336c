package runtime

import (
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/stepid"
)

func (s *session) round(loop string) (i int, state []byte) {
	records := s.recorded(loop)
	if len(records) == 0 {
		return 0, nil
	}
	return records[0].Attempt, records[0].Data
}

func (s *session) entered(loop string) { s.take(loop) }

// begun records that a round begins, unless it had begun before, and its state: None where
// it has none, which isn't a nil, the null of an any. A round whose state can't be stored, or
// would be read as another one, isn't recorded: it is come to again through the rounds
// before it.
func (s *session) begun(loop string, i int, state any, exact bool) {
	if s.isSuspended() || i <= s.roundsBegun(loop) {
		return
	}
	r := journal.Record{Kind: journal.Round, Step: loop, Attempt: i}
	if _, stateless := state.(None); !stateless {
		data, odd, err := payload(state, "the state of loop "+loop, maxPayload)
		exact = exact || state == nil
		if err != nil || odd || !exact && !pure.IsFaithful(storedType(state)) {
			return
		}
		r.Data = data
	}
	s.append(r)
}

// roundsBegun is the last round of a loop that is recorded to have begun.
func (s *session) roundsBegun(loop string) int {
	s.lock()
	defer s.mu.Unlock()
	return s.rounds[loop]
}

// A loopIndex tells in which round of each loop an execution goes on.
type loopIndex struct {
	begun map[string]int // the last round of each loop that has begun
	from  map[string]int // the round in which it goes on
}

func indexLoops(records []journal.Record) loopIndex {
	x := loopIndex{map[string]int{}, map[string]int{}}
	owed := map[string]bool{}
	for _, r := range records {
		switch r.Kind {
		case journal.Round:
			x.begun[r.Step], x.from[r.Step] = r.Attempt, r.Attempt
		case journal.Owed:
			owed[r.Step] = true
		case journal.Undone:
			delete(owed, r.Step)
		}
	}
	for undo := range owed {
		for around := range stepid.Around(undo) {
			if loop, i, ok := stepid.CutRound(around); ok && i < x.from[loop] {
				x.from[loop] = i
			}
		}
	}
	return x
}

// skips tells whether a record is of a round that isn't entered again.
func (x *loopIndex) skips(r *journal.Record) bool {
	if r.Kind == journal.Round && r.Attempt != x.from[r.Step] {
		return true
	}
	for around := range stepid.Around(r.Step) {
		if loop, i, ok := stepid.CutRound(around); ok && i < x.from[loop] {
			return true
		}
	}
	return false
}
