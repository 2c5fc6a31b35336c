package runtime

import "slices"

// A resting is who waits, by a virtual clock, until nothing happens any more at the moment
// that it shows.
type resting struct {
	// depth puts what is inside before what is around it: whatever follows from the one
	// happens before the other.
	depth int
	// order is the step that waits: of those that are as deep, they come in that order.
	order string
	wake  func() // called with the clock's lock held, for a goroutine that is counted
}

// awaitQuiescence waits until nothing happens any more at the moment that a virtual clock
// shows, where all that a workflow waits for is played by it. A tool may wait for something else, as for
// the end of its context, and keep the clock from resting.
func (f *Frame) awaitQuiescence(s *Step) {
	if playsAll(f) {
		step := f.path(s.ID)
		rest(f, len(step), step)
	}
}

// playsAll tells whether all that a workflow waits for is played by a virtual clock.
func playsAll(f *Frame) bool { return f.clock() != nil && f.invocation.shared.stubsAll }

// innermost is deeper than any step is.
const innermost = 1 << 30

// awaitTurn has the calls that ask for a place at one moment of a virtual clock do so in the
// order of their steps, each when the one before has come as far as it does at that moment:
// who gets the place is no chance then.
func awaitTurn(f *Frame, s *Step) {
	if playsAll(f) {
		rest(f, innermost, f.path(s.ID))
	}
}

func rest(f *Frame, depth int, step string) {
	if h := f.invocation.shared.home; h != nil {
		h.awaitQuiescence(f.ctx, depth, step)
		return
	}
	c, woken := f.clock(), make(chan struct{})
	c.whenQuiescent(depth, step, func() { close(woken) })
	c.block()
	<-woken
}

// whenQuiescent has wake called when nothing happens any more at this moment.
func (c *VirtualClock) whenQuiescent(depth int, order string, wake func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiesced = (*VirtualClock).wakeInnermost
	c.resting = append(c.resting, resting{depth, order, wake})
}

// wakeInnermost wakes the innermost of those that rest, and tells whether there is one.
func (c *VirtualClock) wakeInnermost() bool {
	if len(c.resting) == 0 || len(c.timers) > 0 && !c.timers[0].at.After(c.now) {
		return false
	}
	first := 0
	for i, r := range c.resting {
		if to := c.resting[first]; r.depth > to.depth || r.depth == to.depth && before(r.order, to.order) {
			first = i
		}
	}
	wake := c.resting[first].wake
	c.resting = slices.Delete(c.resting, first, first+1)
	c.busy++
	wake()
	return true
}

// before tells whether the id of a step stands before that of another: by their characters,
// and rounds by their numbers.
func before(a, b string) bool {
	for a != "" && b != "" {
		m, n := digits(a), digits(b)
		switch {
		case m == 0 || n == 0:
			m, n = 1, 1
		case m != n:
			return m < n
		}
		if a[:m] != b[:n] {
			return a[:m] < b[:n]
		}
		a, b = a[m:], b[n:]
	}
	return len(a) < len(b)
}

// digits counts the digits that a text begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}
