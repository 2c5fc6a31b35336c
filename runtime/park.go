package runtime

import (
	"slices"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// parkAfter is how far away what an execution waits for has to be for it to leave the
// memory until then.
const parkAfter = time.Second

// on takes a turn and does what has to follow, but for ending the goroutines, reading the
// execution once more, and what the batch that parks it stores: that is its caller's. The
// lock is held.
func (s *session) on(t turn, f facts) (do actions) {
	if s.standing.busy == 0 && t != onSpawn || s.standing.busy == 1 && t == onRest {
		s.look(&f)
	}
	s.standing, do = s.standing.next(t, f)
	s.recalling = s.recalling && s.standing.phase <= replaying
	if s.standing.busy == 0 && do&misfit == 0 { // it waits
		s.passed()
	}
	if do&letIn != 0 {
		s.letIn()
	}
	s.leaveLines()
	if do&misfit != 0 {
		why := s.unreached(s.anyUnread())
		s.engine.clock.wake(1)
		go func() { // which takes the lock
			defer s.engine.clock.block()
			s.hold(why)
		}()
	}
	if do&suspendDrained != 0 {
		go s.suspendFor(ErrClosed) // which takes the lock
	}
	if do&askPark != 0 {
		s.askPark()
	}
	s.letLate()
	return do
}

// tell has the session take a turn.
func (s *session) tell(t turn) {
	s.lock()
	do := s.on(t, facts{})
	s.mu.Unlock()
	if do&suspend != 0 {
		s.endGoroutines()
	}
}

// look finds out how the session stands where none of its goroutines does anything.
func (s *session) look(f *facts) {
	f.waits, f.unread, f.recalls = len(s.waits) > 0, s.left > 0, s.recalling
	f.begins = slices.ContainsFunc(s.waits, func(w *wait) bool { return w.admission })
	f.inTool = slices.ContainsFunc(s.waits, func(w *wait) bool { return w.tool })
	next := s.next()
	f.near = !next.IsZero() && next.Sub(s.engine.now()) < parkAfter
}

// next is the first time that ends a wait, or that a workflow has to be done by; zero
// where there is none.
func (s *session) next() (first time.Time) {
	earlier := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for _, w := range s.waits {
		earlier(w.until)
	}
	for _, d := range s.deadlines {
		earlier(d.until)
	}
	return first
}

// askPark has the writer park the session. The lock is held.
func (s *session) askPark() {
	s.engine.writer.enqueue(&unit{ // a writer that has closed parks nothing
		entries: []entry{{change: s.park}}, stored: make(chan struct{}),
		settled: func(err error) {
			if err != nil {
				s.tell(onUnstored)
			}
		},
	})
}

// park stores that the session waits, unless it has gone on since.
func (s *session) park(b *batch) error {
	x, err := b.Execution(s.id)
	if err != nil {
		return err
	}
	last, err := b.lastOf(s)
	if err != nil {
		return err
	}
	s.lock()
	do := s.on(onStore, facts{pending: s.open != nil || s.flying != nil && s.flying.made != b, arrives: b.arrived[s.id], agrees: s.agrees(x), seen: last == s.seen})
	wake, paused := s.next(), s.standing.paused
	s.mu.Unlock()
	if do&suspend != 0 {
		s.endGoroutines()
	}
	b.after = append(b.after, func() { s.tell(onStored) })
	if do&storeWait == 0 {
		return nil
	}
	x.Wake, x.Seen, x.Trials = wake, last, 0
	if !paused {
		x.Status = StatusWaiting
	}
	b.after = append(b.after, func() { b.engine.schedule(wake) })
	b.touch(s.id)
	return b.SetState(s.id, x.State)
}

// agrees tells whether an execution stands in the journal as the session has it. The lock
// is held.
func (s *session) agrees(x *journal.Execution) bool {
	switch {
	case x == nil || x.Cancel != s.why:
		return false
	case s.standing.paused:
		return x.Status == StatusPaused
	}
	return x.Status == StatusRunning || x.Status == StatusWaiting
}
