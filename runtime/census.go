package runtime

import (
	"context"
	"slices"
	"time"
)

// A census counts the goroutines of an execution that do something, so that it is known
// when none of them does.
type census interface {
	// spawn counts a goroutine that is about to start, and leave takes that back when it
	// has ended. The last one wakes who waits for the team.
	spawn(*team)
	leave(*team)
	// join tells that the caller is about to wait for the team.
	join(*team)
	// block tells that the caller is about to wait for something that another goroutine
	// brings about, which calls wake for it.
	block()
	wake(n int)
	// cancelled wakes those who wait under a context that has just been cancelled.
	cancelled()
}

// census is that of the frame's durable execution, else of its virtual clock, which
// may be nil: its methods do nothing then.
func (f *Frame) census() census {
	if f.run != nil && f.run.shared.home != nil {
		return f.run.shared.home
	}
	return f.clock()
}

func (s *session) sleep(ctx context.Context, d time.Duration) {
	s.await(&wait{until: s.engine.now().Add(d), tool: true, ctx: ctx})
}

func (s *session) after(d time.Duration, do func()) (stop func()) {
	return s.engine.at(s.engine.now().Add(d), do)
}

// A wait is a goroutine of a durable execution that waits for a time, for a message, or
// to be let in.
type wait struct {
	step  string
	until time.Time // zero where no time ends it
	// entry tells that it waits to be let in: for all that is recorded to be read.
	entry bool
	mail  bool // it waits for a message to its step
	tool  bool // it is in a tool, which the execution can't leave behind
	ctx   context.Context
	idle  bool          // counted as doing nothing
	woken chan struct{} // closed when it is to look again
	stop  func()        // of its timer; may be nil
}

// A delivery is a record that another execution, or somebody outside, has brought about.
type delivery struct {
	data []byte
	err  error
}

func (s *session) spawn(t *team) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.running++
	s.busy++
}

func (s *session) leave(t *team) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.leave() {
		s.rest()
	}
}

func (s *session) join(t *team) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.join() {
		s.rest()
	}
}

func (s *session) block() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest()
}

func (s *session) wake(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.rise()
	}
}

// rise counts a goroutine that does something again. The lock is held.
func (s *session) rise() {
	if s.busy++; s.busy == 1 {
		s.engine.clock.wake(1)
	}
}

// rest counts one that does nothing. Where it was the last, the execution is left
// alone, or leaves the memory. The lock is held.
func (s *session) rest() {
	if s.busy--; s.busy > 0 {
		return
	}
	s.quiet()
	s.engine.clock.block()
}

// parkAfter is how far away what an execution waits for has to be for it to leave the
// memory until then.
const parkAfter = time.Second

// quiet is called with the lock when no goroutine of the session does anything.
func (s *session) quiet() {
	inTool := slices.ContainsFunc(s.waits, func(w *wait) bool { return w.tool })
	if s.suspended || inTool || len(s.waits) == 0 {
		return
	}
	if s.left > 0 {
		why := s.unreached(s.anyUnread())
		go s.hold(why) // which takes the lock
		return
	}
	next := s.next()
	if !next.IsZero() && next.Sub(s.engine.now()) < parkAfter && !s.paused {
		return
	}
	s.engine.writer.add(&unit{stored: make(chan struct{}), entries: []entry{{change: s.park}}})
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

// park stores that the session waits and has it leave the memory, unless it has gone on
// since.
func (s *session) park(b *batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy > 0 || s.suspended || s.open != nil || s.arriving == b {
		return nil
	}
	x, err := b.Execution(s.id)
	if err != nil {
		return err
	}
	if x.Cancel != s.why || s.paused != (x.Status == StatusPaused) { // about to be told
		return nil
	}
	if x.Wake = s.next(); !s.paused {
		x.Status = StatusWaiting
	}
	if err := b.SetState(s.id, x.State); err != nil {
		return err
	}
	s.parking = b
	b.after = append(b.after, func() {
		s.stop(nil)
		b.engine.schedule(x.Wake)
	})
	b.touch(s.id)
	return nil
}

// leaving tells whether the session leaves the memory once a batch is stored.
func (s *session) leaving(b *batch) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parking == b
}

// await waits for what w says, or until ctx or the session ends. It gives what was
// delivered; nil where it was something else that has ended the wait.
func (s *session) await(w *wait) *delivery {
	s.mu.Lock()
	if s.enters(w) {
		s.mu.Unlock()
		select {
		case <-w.woken:
		case <-w.ctx.Done():
		}
		s.mu.Lock()
		s.leaves(w)
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

// enters has w wait, and tells whether there is anything to wait for.
func (s *session) enters(w *wait) bool {
	late := !w.until.IsZero() && !s.engine.now().Before(w.until)
	if s.mailFor(w) != nil || late || w.ctx.Err() != nil || s.suspended || w.entry && s.entered() {
		return false
	}
	w.idle, w.woken = true, make(chan struct{})
	s.waits = append(s.waits, w)
	if !w.until.IsZero() {
		w.stop = s.engine.at(w.until, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.rouse(w)
		})
	}
	s.rest()
	return true
}

func (s *session) leaves(w *wait) {
	s.rouse(w) // where ctx has ended it
	if w.stop != nil {
		w.stop()
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
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.waits {
		if w.ctx.Err() != nil {
			s.rouse(w)
		}
	}
}

// entered tells whether all that is recorded has been read and the execution isn't
// paused, so that it may do what is new. The lock is held.
func (s *session) entered() bool { return s.left == 0 && !s.paused }

// admit waits until a step of which nothing is recorded may begin, and tells whether
// it may.
func (s *session) admit(ctx context.Context) bool {
	for {
		s.mu.Lock()
		entered, out := s.entered(), s.suspended
		s.mu.Unlock()
		if out || ctx.Err() != nil {
			return false
		}
		if entered {
			return true
		}
		s.await(&wait{entry: true, ctx: ctx})
	}
}

// letIn lets in who waits for it. The lock is held.
func (s *session) letIn() {
	if !s.entered() {
		return
	}
	for _, w := range s.waits {
		if w.entry {
			s.rouse(w)
		}
	}
}

// setPaused pauses the execution, or has it go on.
func (s *session) setPaused(paused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paused = paused
	s.letIn()
}

// delivered gives a record that was appended for a step to who awaits it.
func (s *session) delivered(step string, d *delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
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

// A timeLimit is the time that a workflow has to be done by.
type timeLimit struct {
	until time.Time
	stop  func()
}
