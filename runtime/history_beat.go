package runtime

import (
	"slices"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// How far a step's tool has come is nothing that an execution has to come to when it goes on:
// it lies apart from what is recorded else, and counts where its step is called again with the
// same inputs. So a record of it holds no execution, whatever has become of the source.

// beatEvery is how far apart two records of the progress of an attempt are at first, and
// beatMost at last: each distance is twice the one before, since all of them are read when the
// execution goes on.
const (
	beatEvery = 5 * time.Second
	beatMost  = 5 * time.Minute
)

// A beat is what a tool has told last. Its session's lock is held for it.
type beat struct {
	record journal.Record
	fresh  bool          // it isn't stored
	stored time.Time     // when one was stored last
	apart  time.Duration // for how long after that none is
	stop   func()        // stops the timer that is to store it; nil where none runs
}

// takeBeats takes what tools have told out of records.
func (s *session) takeBeats(records []journal.Record) []journal.Record {
	s.lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(records, func(r journal.Record) bool {
		if r.Kind == journal.Progress {
			s.beatOf(r.Step).record = r
		}
		return r.Kind == journal.Progress
	})
}

// beatOf is that of a step. The lock is held.
func (s *session) beatOf(step string) *beat {
	b := s.beats[step]
	if b == nil {
		if s.beats == nil {
			s.beats = map[string]*beat{}
		}
		b = &beat{}
		s.beats[step] = b
	}
	return b
}

// calling is the step of an id whose tool is being called; nil where it isn't. The lock is
// held.
func (s *session) calling(step string) *stepHistory {
	i := slices.IndexFunc(s.trying, func(h *stepHistory) bool { return h.path == step })
	if i < 0 {
		return nil
	}
	return s.trying[i]
}

func (s *session) told(step string) []byte {
	s.lock()
	defer s.mu.Unlock()
	h, b := s.calling(step), s.beats[step]
	if h == nil || b == nil || h.differs(b.record) {
		return nil
	}
	return b.record.Data
}

func (s *session) beat(step string, attempt int, data []byte) bool {
	s.lock()
	h := s.calling(step)
	if h == nil || h.attempt != attempt {
		s.mu.Unlock()
		return false
	}
	b := s.beatOf(step)
	e := h.entry(journal.Record{Kind: journal.Progress, Attempt: attempt, Data: data})
	if b.record.Attempt != attempt {
		b.apart = min(b.apart, beatEvery)
	}
	due := b.stored.Add(b.apart)
	b.record, b.fresh = e.record, true
	if wait := e.record.Time.Before(due); !wait || b.stop != nil {
		s.mu.Unlock()
		if !wait {
			s.storeBeat(h)
		}
		return true
	}
	b.stop = s.engine.at(due, func() { s.storeBeat(h) })
	s.mu.Unlock()
	return true
}

// storeBeat stores what the tool of a step has told last, unless that has returned.
func (s *session) storeBeat(h *stepHistory) {
	var u *unit
	fresh := false
	s.lock()
	if h.slot > 0 {
		if list := s.lastBeat(h.path); list != nil {
			u, fresh = s.enter(list)
		}
	}
	s.mu.Unlock()
	if fresh {
		s.engine.writer.add(u)
	}
}

// lastBeat is the record of what the tool of a step has told last, unless that is stored. The
// lock is held.
func (s *session) lastBeat(step string) []entry {
	b := s.beats[step]
	if b == nil {
		return nil
	}
	b.rest()
	if !b.fresh {
		return nil
	}
	b.fresh, b.stored = false, s.engine.now()
	b.apart = min(max(2*b.apart, beatEvery), beatMost)
	return []entry{{record: b.record}}
}

func (b *beat) rest() {
	if b.stop != nil {
		b.stop()
		b.stop = nil
	}
}
