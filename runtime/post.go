package runtime

import (
	"context"
	"slices"
	"time"

	"github.com/wfgen/wfgen/runtime/guard"
)

// A post is where one goroutine waits for its turn. Who waits is told by events.
type post interface {
	// call has it look again. Any goroutine may call it.
	call()
	// wait waits until it is called, a time has come where until isn't zero, or there is
	// something else to look at: ctx has ended, or the execution begins nothing for now. It
	// tells whether to go on.
	wait(until time.Time) bool
}

// What follows are functions and no methods: those of a Frame or VirtualClock are named in
// every program.

// newPost gives a place to wait at for a step, by the frame's clock.
func newPost(f *Frame, s *Step) post {
	switch {
	case f.invocation == nil:
		return postFor(f.ctx, nil)
	case f.durable() != nil:
		return f.durable().(guarding).post(f.ctx, f.path(s.ID), s.Tool)
	}
	return postFor(f.ctx, f.invocation.shared)
}

// postFor gives a tool a place to wait at, or a step that isn't durable, by the clock of what
// sh is of, which may be nil.
func postFor(ctx context.Context, sh *shared) post {
	switch {
	case sh != nil && sh.home != nil:
		return sh.home.(guarding).post(ctx, "", "")
	case sh != nil && sh.clock != nil:
		return &clockPost{c: sh.clock, ctx: ctx}
	}
	return &worldPost{ctx: ctx, called: make(chan struct{}, 1)}
}

// lineUp waits for a place in a line.
func lineUp(f *Frame, s *Step, l *guard.Line, key any) error {
	now := time.Time{} // asking for it is half of what a limit costs that isn't reached
	if l.Per > 0 {
		now = f.now()
	}
	if l.Enter(key, now) {
		return nil
	}
	at := newPost(f, s)
	w := &guard.Waiter{Call: at.call}
	l.Join(key, w, f.now())
	f.emitStep(Queued, s, 0, nil) // now that it stands there: whoever is told comes behind it
	for {
		in, again := l.Look(w, f.now())
		if in {
			return inTime(f, l, key)
		}
		if !at.wait(again) {
			l.Quit(w)
			return givenUp(f)
		}
	}
}

// inTime gives a place back that has come to an execution which is paused.
func inTime(f *Frame, l *guard.Line, key any) error {
	if f.ctx.Err() == nil && (f.invocation == nil || f.invocation.shared.gate == nil || f.invocation.shared.gate.barrier() == nil) {
		return nil
	}
	l.Leave(key)
	return givenUp(f)
}

func givenUp(f *Frame) error {
	if f.ctx.Err() != nil {
		return f.ctx.Err()
	}
	return errGivenUp
}

// A worldPost waits by the world's clock.
type worldPost struct {
	ctx    context.Context
	called chan struct{} // has room for one
}

func (p *worldPost) call() {
	select {
	case p.called <- struct{}{}:
	default: // it is to look again anyway
	}
}

func (p *worldPost) wait(until time.Time) bool {
	var over <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(time.Until(until))
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-p.called:
	case <-p.ctx.Done():
	}
	return p.ctx.Err() == nil
}

// A clockPost waits by a virtual clock.
type clockPost struct {
	c   *VirtualClock
	ctx context.Context

	// The clock's lock is held for what follows.
	called bool
	timer  *virtualTimer // nil while it doesn't wait
}

func (p *clockPost) call() {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	if p.called = true; p.timer != nil {
		rouse(p.c, p.timer)
	}
}

func (p *clockPost) wait(until time.Time) bool {
	if p.begin(until) {
		select {
		case <-p.timer.wake:
		case <-p.ctx.Done():
		}
	}
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	if p.timer != nil {
		rouse(p.c, p.timer) // where ctx has ended by somebody whom the clock doesn't know
	}
	p.called, p.timer = false, nil
	return p.ctx.Err() == nil
}

// begin tells whether there is anything to wait for.
func (p *clockPost) begin(until time.Time) bool {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	if p.called || p.ctx.Err() != nil {
		return false
	}
	p.timer = &virtualTimer{ctx: p.ctx, wake: make(chan struct{}), never: until.IsZero()}
	d := until.Sub(p.c.now)
	if p.timer.never {
		d = 1<<63 - 1
	}
	p.c.add(d, p.timer)
	p.c.rest(1)
	return true
}

// rouse wakes who sleeps, if nobody has. The lock is held.
func rouse(c *VirtualClock, t *virtualTimer) {
	if slices.Contains(c.timers, t) {
		c.fire(t)
	}
}
