package runtime

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A VirtualClock stands still while anything happens, and jumps to the next moment
// that somebody waits for when nothing does: a wait of a week takes no time. All that
// the executions under it wait for goes by it: waits, pauses between attempts,
// timeouts, now(), and what tools wait for with Sleep. Pauses are the shortest that
// they can be, so that a test takes the same time whenever it is run. A tool that waits
// for anything else, for a server or a timer of its own, holds the clock until it
// returns.
//
// It is for tests. Tests written in Go have package testing/synctest as well, which
// does the same for a whole program.
type VirtualClock struct {
	mu  sync.Mutex
	now time.Time
	// busy counts the goroutines that do something. Whoever wakes another one counts
	// it, before it goes on itself: else the clock would jump in between.
	busy   int
	timers []*virtualTimer // by time

	// quiesced is asked before the clock jumps, and tells whether somebody is to do something
	// first: one of those who rest. It is nil in programs that have nothing of the kind.
	quiesced func(*VirtualClock) bool
	resting  []resting

	last any // what lasts as long as the clock; see lasting
}

// A virtualTimer wakes who sleeps, or calls a function.
type virtualTimer struct {
	at   time.Time
	ctx  context.Context // of who sleeps
	wake chan struct{}
	call func()
	// never tells that no time wakes who sleeps: the clock doesn't jump there.
	never bool
}

// NewVirtualClock gives a clock that shows a time.
func NewVirtualClock(start time.Time) *VirtualClock {
	return &VirtualClock{now: start.UTC().Round(0)}
}

// WithClock gives a context under which executions go by a virtual clock. They may
// run at the same time; then the clock jumps when none of them does anything.
func WithClock(ctx context.Context, c *VirtualClock) context.Context {
	return with(ctx, func(s *settings) { s.clock = c })
}

// Now is what the clock shows, in UTC.
func (c *VirtualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep waits for d by the clock that ctx has from WithClock, which is the world's
// where it has none. It gives the context's error where that ends first. A tool calls
// it on the goroutine that the tool is called on: the clock knows of no other.
func Sleep(ctx context.Context, d time.Duration) error {
	if s := scopeOf(ctx); s != nil && s.shared != nil && s.shared.clock != nil {
		c := s.shared.clock
		if h := s.shared.home; h != nil {
			h.sleep(ctx, d)
			return slept(ctx)
		}
		if !s.shared.counted {
			c.begin()
			defer c.end()
		}
		c.sleep(ctx, d)
		return slept(ctx)
	}
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// slept is what a sleep by a virtual clock gives: the context's error where that has
// ended.
func slept(ctx context.Context) error {
	if _, late := context.Cause(ctx).(*TimeoutError); late { // contexts made from a deadline don't know
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// clock is the virtual clock of the frame's execution; nil where it has none.
func (f *Frame) clock() *VirtualClock {
	if f.invocation == nil {
		return nil
	}
	return f.invocation.shared.clock
}

// counted tells whether the clock c knows the goroutine that has ctx.
func counted(ctx context.Context, c *VirtualClock) bool {
	s := scopeOf(ctx)
	return s != nil && s.shared != nil && s.shared.counted && s.shared.clock == c
}

// goByClock has the frame's clock, where there is one, know who began the workflow:
// once, also where that is done by a tool of another workflow.
func (f *Frame) goByClock() {
	c := f.clock()
	if c == nil {
		return
	}
	if !counted(f.ctx, c) {
		f.invocation.counts = true
		c.begin()
	}
	f.ctx = &scope{Context: f.ctx, shared: f.invocation.shared}
}

// now is the time by the frame's clock.
func (f *Frame) now() time.Time { return f.clock().orWorlds() }

// orWorlds is the time by c, or the world's where c is nil.
func (c *VirtualClock) orWorlds() time.Time {
	if c == nil {
		return time.Now()
	}
	return c.Now()
}

// withTimeout is context.WithTimeoutCause by the frame's clock.
func (f *Frame) withTimeout(ctx context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
	c := f.clock()
	if c == nil {
		return context.WithTimeoutCause(ctx, d, cause)
	}
	inner, cancel := context.WithCancelCause(ctx)
	after, counted := c.after, f.quiescence()
	if h := f.invocation.shared.home; h != nil {
		after = h.after
	}
	stop := after(d, func() {
		cancel(cause)
		counted.cancelled()
	})
	at := c.Now().Add(d)
	if earlier, ok := ctx.Deadline(); ok && earlier.Before(at) {
		at = earlier
	}
	return &deadline{inner, at, cause}, func() {
		stop()
		cancel(context.Canceled)
	}
}

// A deadline is a context that a virtual clock ends. It is out of time then, as one of
// package context is, where the context inside is only cancelled.
type deadline struct {
	context.Context
	at    time.Time
	cause error // of the clock's
}

// Deadline gives a time of the clock.
func (d *deadline) Deadline() (time.Time, bool) { return d.at, true }

func (d *deadline) Err() error {
	if err := d.Context.Err(); err == nil || context.Cause(d.Context) != d.cause {
		return err
	}
	return context.DeadlineExceeded
}

// A team is the goroutines that one of them has started and waits for.
type team struct {
	running int
	joining bool // who started them waits for them
}

// exit counts one less, and tells whether it rests: the last one wakes who waits for
// the team instead.
func (t *team) exit() (rests bool) {
	t.running--
	if t.running == 0 && t.joining {
		t.joining = false
		return false
	}
	return true
}

// join tells whether there is anybody to wait for.
func (t *team) join() bool {
	t.joining = t.running > 0
	return t.joining
}

// spawn counts a goroutine that is about to start. It does nothing without a clock, as
// do the methods below.
func (c *VirtualClock) spawn(t *team) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t.running++
	c.busy++
}

// exit takes back spawn when the goroutine has ended. The last one wakes who waits for
// the team.
func (c *VirtualClock) exit(t *team) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.exit() {
		c.rest(1)
	}
}

// join tells that the caller is about to wait for the team.
func (c *VirtualClock) join(t *team) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.join() {
		c.rest(1)
	}
}

// begin counts a goroutine that begins an execution, and end one that has ended it.
func (c *VirtualClock) begin() { c.wake(1) }
func (c *VirtualClock) end()   { c.block() }

// block tells that the caller is about to wait for something that another goroutine
// brings about, which calls wake for it.
func (c *VirtualClock) block() { c.idle(1) }

// idle is block for n goroutines.
func (c *VirtualClock) idle(n int) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rest(n)
}

func (c *VirtualClock) wake(n int) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy += n
}

// rest counts n goroutines less, and jumps on where none is left. The lock is held.
func (c *VirtualClock) rest(n int) {
	c.busy -= n
	for c.busy == 0 && (c.quiesced == nil || !c.quiesced(c)) && len(c.timers) > 0 && !c.timers[0].never {
		c.now = c.timers[0].at
		for len(c.timers) > 0 && !c.timers[0].at.After(c.now) {
			c.fire(c.timers[0])
		}
	}
}

// fire wakes who sleeps, or makes the call of a timer without the lock.
func (c *VirtualClock) fire(t *virtualTimer) {
	c.timers = slices.DeleteFunc(c.timers, func(o *virtualTimer) bool { return o == t })
	c.busy++
	if t.call == nil {
		close(t.wake)
		return
	}
	c.mu.Unlock()
	t.call()
	c.mu.Lock()
	c.busy--
}

func (c *VirtualClock) add(d time.Duration, t *virtualTimer) {
	t.at = c.now.Add(max(d, 0))
	i, _ := slices.BinarySearchFunc(c.timers, t, func(a, b *virtualTimer) int {
		if a.at.After(b.at) {
			return 1
		}
		return -1 // of two at one time the older is first
	})
	c.timers = append(c.timers, nil) // slices.Insert is 1 kB more of every program
	copy(c.timers[i+1:], c.timers[i:])
	c.timers[i] = t
}

// sleep waits for d, or for the end of ctx.
func (c *VirtualClock) sleep(ctx context.Context, d time.Duration) {
	t := &virtualTimer{ctx: ctx, wake: make(chan struct{})}
	c.mu.Lock()
	if d <= 0 || ctx.Err() != nil { // asked with the lock: cancelled wakes all who have it behind them
		c.mu.Unlock()
		return
	}
	c.add(d, t)
	c.rest(1)
	c.mu.Unlock()
	select {
	case <-t.wake:
	case <-ctx.Done():
		c.mu.Lock()
		if slices.Contains(c.timers, t) { // ended by somebody whom the clock doesn't know
			c.fire(t)
		}
		c.mu.Unlock()
	}
}

// after has call called when d has passed, unless the function it gives is called
// before.
func (c *VirtualClock) after(d time.Duration, call func()) (stop func()) {
	t := &virtualTimer{call: call}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(d, t)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.timers = slices.DeleteFunc(c.timers, func(o *virtualTimer) bool { return o == t })
	}
}

// Hold has the clock stand still until release is called, once.
func (c *VirtualClock) Hold() (release func()) {
	c.begin()
	return c.end
}

// After has do called when d has passed, on a goroutine of its own. The clock stands still
// until do returns.
func (c *VirtualClock) After(d time.Duration, do func()) {
	c.after(d, func() {
		release := c.Hold()
		go func() {
			defer release()
			do()
		}()
	})
}

// cancelled wakes those who sleep under a context that has just been cancelled.
func (c *VirtualClock) cancelled() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range slices.Clone(c.timers) {
		if t.ctx != nil && t.ctx.Err() != nil {
			c.fire(t)
		}
	}
}
