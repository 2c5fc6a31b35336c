package runtime

import "slices"

// A resting is who waits, by a virtual clock, until nothing happens any more at the moment
// that it shows.
type resting struct {
	// depth puts what is inside before what is around it: whatever follows from the one
	// happens before the other.
	depth int
	wake  func() // called with the clock's lock held, for a goroutine that is counted
}

// awaitQuiescence waits until nothing happens any more at the moment that a virtual clock
// shows, where all that a workflow waits for is played by it. A tool may wait for something else, as for
// the end of its context, and keep the clock from resting.
func (f *Frame) awaitQuiescence(s *Step) {
	c := f.clock()
	if c == nil || !f.invocation.shared.stubsAll {
		return
	}
	depth := len(f.path(s.ID))
	if h := f.invocation.shared.home; h != nil {
		h.awaitQuiescence(f.ctx, depth)
		return
	}
	woken := make(chan struct{})
	c.whenQuiescent(depth, func() { close(woken) })
	c.block()
	<-woken
}

// whenQuiescent has wake called when nothing happens any more at this moment.
func (c *VirtualClock) whenQuiescent(depth int, wake func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiesced = (*VirtualClock).wakeInnermost
	c.resting = append(c.resting, resting{depth, wake})
}

// wakeInnermost wakes the innermost of those that rest, and tells whether there is one.
func (c *VirtualClock) wakeInnermost() bool {
	if len(c.resting) == 0 || len(c.timers) > 0 && !c.timers[0].at.After(c.now) {
		return false
	}
	first := 0
	for i, r := range c.resting {
		if r.depth > c.resting[first].depth {
			first = i
		}
	}
	wake := c.resting[first].wake
	c.resting = slices.Delete(c.resting, first, first+1)
	c.busy++
	wake()
	return true
}
