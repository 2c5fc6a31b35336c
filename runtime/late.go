package runtime

import (
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A time that an execution waits for may pass while no process has it, and a message may come
// for another of its steps before that or after. When the execution goes on, both are there:
// the message as a record, the time as one that is past. Taken at once, by two goroutines, they
// would win a race in any order. So would two messages for two arms. So where a time is past,
// or several messages have come last, these aren't replayed but come once more, and they and
// the times are let in one by one, the earliest first, as they would have come to an execution
// in memory: each when all before it has led to what it leads to.
//
// That is known when no goroutine does anything but to call a tool. What a tool does isn't
// waited for, since it may wait for what follows from the message. Nothing of this is
// recorded: a process that ends meanwhile leaves the same to the next one.

// setLate takes out of what is unread the records that have come last, where a time is past or
// they are several; records are all of this generation. The lock is held.
func (s *session) setLate(records []journal.Record) {
	last := arrivals(records)
	if len(last) == 0 || len(last) == 1 && !s.isOverdue(records) {
		return
	}
	s.orders = true
	for _, r := range last {
		if own := s.unread[r.Step]; len(own) > 0 && own[len(own)-1].N == r.N {
			s.late = append(s.late, r)
			s.unread[r.Step] = own[:len(own)-1]
			s.left--
		}
	}
}

// isOverdue tells whether a time is past that something waits for, as far as that is recorded.
// The lock is held.
func (s *session) isOverdue(records []journal.Record) bool {
	open, decided := map[string]time.Time{}, map[string]bool{}
	for _, r := range records {
		switch r.Kind {
		case journal.Waiting:
			open[r.Step] = waitOf(r).Until
		case journal.Choice:
			decided[r.Step] = true
			delete(open, r.Step)
		default:
			delete(open, r.Step)
		}
	}
	for step, until := range open {
		if !until.IsZero() && !s.engine.now().Before(until) && len(s.unread[step]) > 0 && !isWithin(step, decided) {
			return true
		}
	}
	return false
}

// isWithin tells whether a step is part of one of others.
func isWithin(step string, others map[string]bool) bool {
	for around := range stepid.Around(step) {
		if others[around] {
			return true
		}
	}
	return false
}

// arrivals are the last of records, as far as they have come from outside.
func arrivals(records []journal.Record) []journal.Record {
	awaits := map[string]bool{}
	for _, r := range records {
		if r.Kind == journal.Waiting {
			awaits[r.Step] = waitOf(r).Address != ""
		}
	}
	first := len(records)
	for first > 0 {
		r := &records[first-1]
		if r.Kind != journal.Done && r.Kind != journal.Failed || r.Hash != 0 || r.Tool != "" || !awaits[r.Step] {
			break
		}
		first--
	}
	return records[first:]
}

// letLate lets in what is late and what is overdue, as far as it is the turn of one of them.
// The lock is held.
func (s *session) letLate() {
	for s.isLatesTurn() {
		w := s.firstOverdue()
		if w != nil && (len(s.late) == 0 || !w.until.After(s.late[0].Time)) {
			w.overdue = false
			s.rouse(w)
			continue
		}
		if len(s.late) == 0 {
			s.orders = false
			return
		}
		r := s.late[0]
		s.late = s.late[1:]
		s.delivered(r.Step, r.N, deliveryOf(r))
	}
}

// isLatesTurn tells whether what was let in before has led to all that it leads to. The lock
// is held.
func (s *session) isLatesTurn() bool {
	return s.orders && s.left == 0 && !s.standing.paused && !s.isSuspendedLocked() && !s.computes()
}

// firstOverdue is the wait that was to end first, of those that are overdue; nil where there
// is none. The lock is held.
func (s *session) firstOverdue() (first *wait) {
	for _, w := range s.waits {
		if w.overdue && (first == nil || w.until.Before(first.until)) {
			first = w
		}
	}
	return first
}

// computes tells whether a goroutine does anything but to call a tool. The lock is held.
func (s *session) computes() bool {
	tools := len(s.trying)
	for _, w := range s.waits {
		if w.tool && w.idle {
			tools--
		}
	}
	return s.standing.busy > max(tools, 0)
}
