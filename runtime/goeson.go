package runtime

import "context"

// GoesOn waits until it is known whether a running execution goes on under this engine's
// code: it does once it has come to something that isn't recorded of it, or waits; a
// *HeldError says that it doesn't. It is nil, too, where the execution has ended, waits or is
// paused: nothing of it is tried then. Other errors say why nobody tries it: ErrNotRegistered,
// a *StoreError, ErrClosed, or ctx's. So GoesOn after Resume tells what has come of that.
func (e *Engine) GoesOn(ctx context.Context, id string) error {
	for {
		changed := e.watch(id)
		x, err := e.Get(ctx, id)
		switch {
		case err != nil:
			return err
		case x.Status == StatusHeld:
			return &HeldError{ID: id, Text: x.Error}
		case x.Status != StatusRunning:
			return nil
		case e.isClosed():
			return ErrClosed
		}
		if err := e.neglects(x); err != nil {
			return err
		}
		s := e.inMemory(id)
		var past <-chan struct{} // nil where the execution is about to be read
		if s != nil {
			past = s.untilThrough()
		}
		select {
		case <-past:
			if !s.isSuspended() {
				return nil
			}
			<-s.over // then the journal says why
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// GoesOn waits until it is known whether the execution goes on. See Engine.GoesOn.
func (r *Run[R]) GoesOn(ctx context.Context) error { return r.engine.GoesOn(ctx, r.id) }

// getsThrough notes that the execution is past what is recorded of it. The lock is held.
func (s *session) getsThrough() {
	if !s.through && s.whenThrough != nil {
		close(s.whenThrough)
	}
	s.through = true
}

// untilThrough gives what is closed when the session is past what is recorded of it.
func (s *session) untilThrough() <-chan struct{} {
	s.lock()
	defer s.mu.Unlock()
	if s.whenThrough == nil {
		s.whenThrough = make(chan struct{})
		if s.through {
			close(s.whenThrough)
		}
	}
	return s.whenThrough
}
