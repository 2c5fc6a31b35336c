package runtime

import (
	"context"
	"slices"
	"time"
)

func (s *session) sleep(ctx context.Context, d time.Duration) {
	s.await(&wait{until: s.engine.now().Add(d), tool: true, ctx: ctx})
}

func (s *session) after(d time.Duration, do func()) (stop func()) {
	return s.engine.at(s.engine.now().Add(d), do)
}

// awaitQuiescence counts as in a tool: the execution can't leave the memory meanwhile.
func (s *session) awaitQuiescence(ctx context.Context, depth int, step string) {
	w, c := &wait{tool: true, ctx: ctx}, s.engine.clock
	c.whenQuiescent(depth, step, func() {
		go func() { // the clock's caller may have the lock
			defer c.block()
			s.lock()
			defer s.mu.Unlock()
			s.rouse(w)
		}()
	})
	s.await(w)
}

// A wait is a goroutine of a durable execution that waits for a time, for a message, or
// to be let in.
type wait struct {
	step  string
	until time.Time // zero where no time ends it
	// admission tells that it waits to be let in: for all that is recorded to be read.
	admission bool
	mail      bool   // it waits for a message to its step
	tool      bool   // it is in a tool, which the execution can't leave behind
	place     bool   // it waits in line, where others go on if the execution begins nothing
	calls     string // in line, the tool that it is to call
	called    bool   // in line, it is to look again
	ctx       context.Context
	idle      bool          // counted as doing nothing
	overdue   bool          // its time was up when it began, and it waits for its turn (late.go)
	woken     chan struct{} // closed when it is to look again
	stopTimer func()        // of its timer; may be nil
}

func (s *session) spawn(t *team) {
	s.lock()
	defer s.mu.Unlock()
	t.running++
	s.on(onSpawn, facts{})
}

func (s *session) exit(t *team) {
	s.lock()
	defer s.mu.Unlock()
	if t.exit() {
		s.rest()
	}
}

func (s *session) join(t *team) {
	s.lock()
	defer s.mu.Unlock()
	if t.join() {
		s.rest()
	}
}

func (s *session) block() {
	s.lock()
	defer s.mu.Unlock()
	s.rest()
}

func (s *session) wake(n int) {
	s.lock()
	defer s.mu.Unlock()
	for range n {
		s.rise()
	}
}

// rise counts a goroutine that does something again. The lock is held.
func (s *session) rise() {
	if s.on(onSpawn, facts{}); s.standing.busy == 1 {
		s.engine.clock.wake(1)
	}
}

// rest counts one that does nothing. Where it was the last, the execution is left
// alone, or leaves the memory. The lock is held.
func (s *session) rest() {
	last := s.standing.busy == 1
	if s.on(onRest, facts{}); last { // whom it has let in is counted anew
		s.engine.clock.block()
	}
}

// await waits for what w says, or until ctx or the session ends. It gives what was
// delivered; nil where it was something else that has ended the wait.
func (s *session) await(w *wait) *delivery {
	s.lock()
	if s.beginWait(w) {
		s.mu.Unlock()
		select {
		case <-w.woken:
		case <-w.ctx.Done():
		}
		s.lock()
		s.endWait(w)
	}
	defer s.mu.Unlock()
	return s.mailFor(w)
}

// mailFor is what has come for a wait; nil where nothing has.
func (s *session) mailFor(w *wait) *delivery {
	if !w.mail {
		return nil
	}
	return s.mailbox[w.step]
}

// beginWait has w wait, and tells whether there is anything to wait for.
func (s *session) beginWait(w *wait) bool {
	late := !w.until.IsZero() && !s.engine.now().Before(w.until)
	w.overdue = late && s.orders
	if w.called || s.leavesLine(w) || s.mailFor(w) != nil || late && !w.overdue || w.ctx.Err() != nil || s.isSuspendedLocked() || w.admission && s.mayBegin() {
		return false
	}
	w.idle, w.woken = true, make(chan struct{})
	s.waits = append(s.waits, w)
	if !w.until.IsZero() && !w.overdue {
		w.stopTimer = s.engine.at(w.until, func() {
			s.lock()
			defer s.mu.Unlock()
			s.rouse(w)
		})
	}
	s.rest()
	return true
}

func (s *session) endWait(w *wait) {
	s.rouse(w) // where ctx has ended it
	if w.stopTimer != nil {
		w.stopTimer()
	}
	s.waits = slices.DeleteFunc(s.waits, func(o *wait) bool { return o == w })
}

// rouse has w look again. The lock is held.
func (s *session) rouse(w *wait) {
	if w.idle {
		w.idle = false
		s.rise()
		close(w.woken)
	}
}

func (s *session) cancelled() {
	s.lock()
	defer s.mu.Unlock()
	for _, w := range s.waits {
		if w.ctx.Err() != nil {
			s.rouse(w)
		}
	}
	s.letLate()
}

// mayBegin tells whether all that is recorded has been read, or won't be for now, and the
// execution is neither paused nor drained, so that it may do what is new. The lock is held.
func (s *session) mayBegin() bool {
	return s.isRead() && !s.standing.paused && !s.standing.draining
}

// isRead tells whether all that is recorded has been read, or won't be for now. The lock is
// held.
func (s *session) isRead() bool { return s.left == 0 && !s.recalling }

// admit waits until a step of which nothing is recorded may begin, and tells whether
// it may.
func (s *session) admit(ctx context.Context) bool {
	for {
		s.lock()
		may, out := s.mayBegin(), s.isSuspendedLocked()
		s.mu.Unlock()
		if out || ctx.Err() != nil {
			return false
		}
		if may {
			s.pass()
			return true
		}
		s.await(&wait{admission: true, ctx: ctx})
	}
}

// letIn lets in who waits for it. The lock is held.
func (s *session) letIn() {
	if !s.mayBegin() {
		return
	}
	for _, w := range s.waits {
		if w.admission {
			s.rouse(w)
		}
	}
}

// delivered gives a record that was appended for a step to who awaits it. The lock is
// held.
func (s *session) delivered(step string, n int, d *delivery) {
	s.seen = max(s.seen, n)
	if s.mailbox == nil {
		s.mailbox = map[string]*delivery{}
	}
	s.mailbox[step] = d
	for _, w := range s.waits {
		if w.mail && w.step == step {
			s.rouse(w)
		}
	}
}
