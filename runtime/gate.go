package runtime

import (
	"context"
	"sync"
)

// A gate holds back the steps of an execution while it is paused.
type gate struct {
	execution context.Context // its end opens the gate for good
	mu        sync.Mutex
	opened    chan struct{} // closed when the gate opens; nil while it is open
}

// shut shuts the gate, and tells whether it was open.
func (g *gate) shut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened != nil {
		return false
	}
	g.opened = make(chan struct{})
	return true
}

// open opens the gate, and tells whether it was shut. It calls before while it still is.
func (g *gate) open(before func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened == nil {
		return false
	}
	before()
	close(g.opened)
	g.opened = nil
	return true
}

// barrier gives what is closed when the gate opens; nil where it is open.
func (g *gate) barrier() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.opened
}

// pass waits until the gate is open, or ctx or the execution is cancelled.
func (g *gate) pass(ctx context.Context) {
	for opened := g.barrier(); opened != nil; opened = g.barrier() {
		select {
		case <-opened:
		case <-ctx.Done():
			return
		case <-g.execution.Done():
			return
		}
	}
}

// hold waits while the execution is paused, and tells whether the frame lived to
// the end of that.
func (f *Frame) hold() bool {
	if f.invocation != nil && f.invocation.shared.gate != nil {
		f.invocation.shared.gate.pass(f.ctx)
	}
	return f.ctx.Err() == nil
}
