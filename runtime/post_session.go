package runtime

import (
	"context"
	"time"
)

// A sessionPost is the post of a goroutine of a durable execution. The execution stays in
// the memory while it waits there, since its place in line is nowhere else, unless it is
// paused or drained: then it gives the place up.
type sessionPost struct {
	*session
	w *wait
}

func (s *session) post(ctx context.Context, step, tool string) post {
	return &sessionPost{s, &wait{step: step, tool: true, place: step != "", calls: tool, ctx: ctx}}
}

func (p *sessionPost) call() {
	p.lock()
	defer p.mu.Unlock()
	p.w.called = true
	p.rouse(p.w)
}

func (p *sessionPost) wait(until time.Time) bool {
	p.w.until = until
	p.await(p.w)
	p.lock()
	defer p.mu.Unlock()
	p.w.called = false
	return p.w.ctx.Err() == nil && !p.isSuspendedLocked() && !p.leavesLine(p.w)
}

// leavesLine tells whether a wait is for a place in line, and the execution begins nothing
// for now. The lock is held.
func (s *session) leavesLine(w *wait) bool {
	return w.place && (s.standing.paused || s.standing.draining)
}

// leaveLines has those look again who wait in line, where the execution begins nothing for
// now. The lock is held.
func (s *session) leaveLines() {
	for _, w := range s.waits {
		if s.leavesLine(w) {
			s.rouse(w)
		}
	}
}

func (s *session) lasting(key any, made func() any) any {
	if v, ok := s.engine.lasting.Load(key); ok {
		return v
	}
	v, _ := s.engine.lasting.LoadOrStore(key, made())
	return v
}
