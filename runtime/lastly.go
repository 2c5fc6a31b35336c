package runtime

import "context"

// lastID is the id of the block that a workflow runs last, below which its steps stand.
const lastID = "finally"

// Lastly runs the block that a workflow runs last, given what it fails with, nil for nothing.
// That is when what it owes is run, and nothing cancels it. Where it fails itself it is as an
// undo that has failed: nothing tries it again or stands in for it, and a workflow that had
// succeeded has failed. A workflow defers it when its inputs are found sound.
func (f *Frame) Lastly(err *error, block func(*Frame, *error) error) {
	if r := recover(); r != nil || f.reading != nil {
		*err = f.interrupted(r)
		f.reading = nil // End finds nothing more
	}
	if *err == nil && f.invocation != nil {
		*err = f.finish()
	}
	if *err != nil && !f.suspended() {
		*err = withUndoFailure(*err, f.rollback(*err))
	}
	if f.suspended() {
		return // it goes on elsewhere
	}
	failure, ctx := *err, context.WithoutCancel(f.ctx)
	if d := f.durable(); d != nil {
		ctx, failure = d.lastly(f.apart(), failure)
	}
	last := f.under(ctx).part()
	u := undo{frame: last, do: func(context.Context) error { return last.runLast(failure, block) }}
	if wrong := u.perform(); wrong != nil && !f.suspended() {
		*err = &UndoError{Err: *err, Undo: wrong}
	}
}

// runLast runs the block in a frame of its own account: what is owed in it passes to nobody.
func (f *Frame) runLast(failure error, block func(*Frame, *error) error) (err error) {
	ended, exits := false, false
	defer func() {
		if !ended {
			r := recover()
			_, exits = r.(*goexit)
			err = f.located(panicked(r))
		}
		if err == nil && f.invocation != nil {
			err = f.finish()
		}
		if err != nil {
			err = withUndoFailure(err, f.rollback(err))
		}
		f.invocation.take(nil)
		if exits { // which returns to nobody
			panic(&goexit{err})
		}
	}()
	var sees *error
	if failure != nil {
		sees = &failure
	}
	err = block(f, sees)
	ended = true
	return err
}
