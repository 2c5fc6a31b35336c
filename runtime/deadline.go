package runtime

import (
	"context"
	"slices"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A timeLimit is the time that a workflow has to be done by.
type timeLimit struct {
	until     time.Time
	stopTimer func()
}

func (s *session) withDeadline(ctx context.Context, key string, d time.Duration, late error) (context.Context, context.CancelFunc) {
	inner, cancel := context.WithCancelCause(ctx)
	limit := &timeLimit{}
	for _, r := range slices.Concat(s.recall(key), s.take(key)) {
		if r.Kind == journal.Choice {
			cancel(late)
		} else {
			limit.until = waitOf(r).Until
		}
	}
	if limit.until.IsZero() {
		limit.until = s.engine.now().Add(d)
		s.append(journal.Record{Kind: journal.Waiting, Step: key, Data: encodeWait(journal.Wait{Until: limit.until})})
	}
	if inner.Err() == nil {
		s.expect(limit, func() {
			s.append(journal.Record{Kind: journal.Choice, Step: key})
			cancel(late)
			s.cancelled()
		})
	}
	return inner, func() {
		s.met(limit)
		cancel(context.Canceled)
	}
}

// expect has a function called when a time limit is over, once.
func (s *session) expect(l *timeLimit, over func()) {
	s.lock()
	defer s.mu.Unlock()
	s.deadlines = append(s.deadlines, l)
	l.stopTimer = s.engine.at(l.until, func() {
		if s.met(l) && !s.isSuspended() {
			over()
		}
	})
}

// met tells whether a time limit counted until now.
func (s *session) met(l *timeLimit) bool {
	s.lock()
	defer s.mu.Unlock()
	for i, o := range s.deadlines {
		if o == l {
			s.deadlines = append(s.deadlines[:i], s.deadlines[i+1:]...)
			l.stopTimer()
			return true
		}
	}
	return false
}

// hasDeadline tells whether there is a time by which something of the execution has to be done.
func (s *session) hasDeadline() bool {
	s.lock()
	defer s.mu.Unlock()
	return len(s.deadlines) > 0
}
