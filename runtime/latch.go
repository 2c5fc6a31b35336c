package runtime

import (
	"sync"
	"sync/atomic"
)

// A Latch lets chains of one group wait for a step of another. The zero Latch is
// shut. Each latch is opened by a chain that comes to its end; where one doesn't,
// its group has failed.
type Latch struct {
	state   atomic.Int32
	waiting int32 // how many wait; the lock is held for this and what follows
	mu      sync.Mutex
	group   *group // of those who wait; nil until somebody does
	next    *Latch // in the group's list
	settled sync.WaitGroup
}

// The states of a latch. Where nobody has to wait, one swap opens it.
const (
	shut      int32 = iota
	waitedFor       // shut, and somebody waits
	open
	broken // what it stands for will never come
)

// Open lets all pass who wait or will wait.
func (l *Latch) Open() {
	if !l.state.CompareAndSwap(shut, open) {
		l.settle(open)
	}
}

func (l *Latch) settle(state int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state.CompareAndSwap(waitedFor, state) {
		l.group.frame.quiescence().wake(int(l.waiting))
		l.settled.Done()
	}
}

// Wait returns nil once the latch is open, or an error where the group has failed.
// The chain returns that error as it is. It doesn't look at the context: when that
// is cancelled, the chain that is to open the latch comes to its end by itself.
func (l *Latch) Wait(f *Frame) error {
	if l.state.Load() != open && l.enter(f) {
		l.settled.Wait()
	}
	if l.state.Load() == broken {
		return errStopped
	}
	return nil
}

// enter has the caller wait for the latch, and tells whether it has to.
func (l *Latch) enter(f *Frame) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state.CompareAndSwap(shut, waitedFor) {
		l.group = f.group
		l.settled.Add(1)
		f.group.breaks(l)
	}
	if l.state.Load() != waitedFor {
		return false
	}
	l.waiting++
	f.quiescence().block()
	return true
}
