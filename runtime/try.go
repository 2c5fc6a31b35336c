package runtime

// Try runs a body for whose failure something stands in. If it fails, what its
// steps owe in undos is run before Try returns, and an undo that fails is part of
// the error; if it succeeds, that passes to what is around. Where the execution is
// cancelled or out of time it passes there too: all is undone in one go then.
func Try[T any](f *Frame, body func(*Frame) (T, error)) (T, error) { return tryOnce(f.part(), body) }

// tryOnce runs the body of a try in a frame that takes what its steps owe on its own account.
func tryOnce[T any](t *Frame, body func(*Frame) (T, error)) (v T, err error) {
	ended := false
	defer func() {
		if !ended {
			v, err = *new(T), t.ended(recover())
		}
		err = t.closePart(err)
	}()
	v, err = body(t)
	ended = true
	return v, err
}

// Try is the function Try for a body without a value.
func (f *Frame) Try(body func(*Frame) error) error {
	_, err := Try(f, func(f *Frame) (None, error) { return None{}, body(f) })
	return err
}

// part is a frame in the place of f that takes what its steps owe in undos on its
// own account.
func (f *Frame) part() *Frame {
	p := f.apart()
	if f.invocation != nil {
		p.invocation = f.invocation.part()
	}
	return p
}

// part is an invocation whose undos are its own until they pass to i.
func (i *invocation) part() *invocation {
	return &invocation{prefix: i.prefix, shared: i.shared, parent: i}
}

// ended makes an error of the panic that ended the body of a frame. Where a tool
// called runtime.Goexit, which can't be stopped, what is owed passes on, and so does
// the panic that stands for it.
func (f *Frame) ended(r any) error {
	if _, exits := r.(*goexit); exits {
		f.bequeath()
		panic(r)
	}
	return f.located(panicked(r))
}

// closePart settles what a part owes when its body has ended with err.
func (f *Frame) closePart(err error) error {
	stopped := f.ctx.Err() != nil
	if f.durable() != nil {
		stopped = isStopped(err) || f.suspended()
	}
	if err == nil || stopped {
		f.bequeath()
		return err
	}
	return withUndoFailure(err, f.rollback(err))
}

// bequeath passes what a part owes to what is around.
func (f *Frame) bequeath() {
	if f.invocation != nil {
		f.invocation.parent.owe(f.invocation.take(nil)...)
	}
}
