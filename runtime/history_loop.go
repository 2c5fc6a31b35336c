package runtime

import (
	"fmt"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// FirstRound is where a loop begins, and with which state: at its first round or, in a
// durable execution, at the last one that had begun. The rounds before, of which all
// that counts is the state they led to, aren't entered again, unless one of them owes
// an undo.
func FirstRound[T any](f *Frame, loop *Step, state T) (int, T) {
	return FirstRoundBy(f, loop, state, func(data []byte) (v T, err error) {
		err = f.durable().decode(data, &v)
		return v, err
	})
}

// FirstRound is the function FirstRound for a loop whose state nobody reads.
func (f *Frame) FirstRound(loop *Step) int {
	i, _ := FirstRound(f, loop, None{})
	return i
}

// FirstRoundBy is FirstRound for a state that decode reads.
func FirstRoundBy[T any](f *Frame, loop *Step, state T, decode func([]byte) (T, error)) (int, T) {
	d := f.durable()
	if d == nil {
		return 0, state
	}
	i, data := d.round(f.path(loop.ID))
	if data == nil {
		return i, state
	}
	v, err := decode(data)
	if err != nil {
		d.hold(fmt.Errorf("the state of loop %s, as it is recorded, doesn't fit its type any more: %w", f.path(loop.ID), err))
		return 0, state
	}
	return i, v
}

func (s *session) round(loop string) (i int, state []byte) {
	records := s.take(loop)
	if len(records) == 0 {
		return 0, nil
	}
	return records[0].Attempt, records[0].Data
}

// NextRound is Round for a loop that FirstRound begins: in a durable execution it records
// that the round begins, and its state.
func NextRound[T any](f *Frame, loop *Step, i int, state T) *Frame {
	if d := f.durable(); d != nil && i > 0 {
		d.begun(f.path(loop.ID), i, encodable(state), false)
	}
	return f.Round(loop, i)
}

// NextRoundOf is NextRound for a state whose Go type doesn't say what it holds: exact
// tells whether it is read from its JSON as it is.
func (f *Frame) NextRoundOf(loop *Step, i int, state any, exact bool) *Frame {
	if d := f.durable(); d != nil && i > 0 {
		d.begun(f.path(loop.ID), i, state, exact)
	}
	return f.Round(loop, i)
}

// NextRound is the function NextRound for a loop whose state nobody reads.
func (f *Frame) NextRound(loop *Step, i int) *Frame { return NextRound(f, loop, i, None{}) }

// begun records that a round begins, unless it had begun before. A round whose state can't
// be stored, or would be read as another one, isn't recorded: it is come to again through
// the rounds before it.
func (s *session) begun(loop string, i int, state any, exact bool) {
	if s.isSuspended() || i <= s.roundsBegun(loop) {
		return
	}
	r := journal.Record{Kind: journal.Round, Step: loop, Attempt: i}
	if state != nil {
		data, odd, err := payload(state, "the state of loop "+loop, maxPayload)
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
