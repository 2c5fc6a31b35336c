package runtime

import "sync"

// A Latch lets chains of one group wait for a step of another. The zero Latch is
// shut. Each latch is opened by a chain that comes to its end; where one doesn't,
// its group has failed.
type Latch struct {
	mu      sync.Mutex
	state   latchState
	changed sync.Cond // without its lock until somebody waits
	next    *Latch    // in the group's list
	waiting int
	census  census // of those who wait, once somebody does
}

type latchState byte

const (
	shut latchState = iota
	open
	broken // what it stands for will never come
)

// Open lets all pass who wait or will wait.
func (l *Latch) Open() { l.settle(open) }

func (l *Latch) settle(s latchState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == shut {
		l.state = s
		if l.waiting > 0 {
			l.census.wake(l.waiting)
		}
		l.changed.Broadcast()
	}
}

// Wait returns nil once the latch is open, or an error where the group has failed.
// The chain returns that error as it is. It doesn't look at the context: when that
// is cancelled, the chain that is to open the latch comes to its end by itself.
func (l *Latch) Wait(f *Frame) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == shut && l.changed.L == nil {
		l.changed.L = &l.mu
		f.group.breaks(l)
	}
	if l.state == shut {
		l.waiting++
		l.census = f.census()
		l.census.block()
	}
	for l.state == shut {
		l.changed.Wait()
	}
	if l.state == broken {
		return errStopped
	}
	return nil
}
