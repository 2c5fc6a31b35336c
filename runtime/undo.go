package runtime

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/runtime/stepid"
)

// An undo is a call that is owed: it takes back a step that has succeeded.
type undo struct {
	frame *Frame // where it was owed: it gives the id
	step  *Step
	do    func(context.Context) error
	args  []any
	early *earlyUndo // nil for one that is owed after its step
	// Of a durable execution: the history of the undo, and when it was owed.
	history history
	owed    int
	// inOrder puts undos in order. It is here so that a program which owes none is linked
	// without it.
	inOrder func([]undo)
}

// Owe makes a call owed: it is run if the workflow fails, after those of steps that are
// written below. do is called with a context that isn't cancelled, and has its
// arguments already: args are they.
func (f *Frame) Owe(s *Step, do func(context.Context) error, args ...any) {
	f.owe(undo{frame: f, step: s, do: do, args: args})
}

// OweOf is Owe for a call whose arguments are computed by of, which may fail or take long.
// Its step has succeeded, so that nothing stops it now; where it fails, what is owed is a
// call that fails for that.
func (f *Frame) OweOf(s *Step, of func(*Frame) (do func(context.Context) error, args []any)) {
	do, args := f.calls(of)
	f.Owe(s, do, args...)
}

func (f *Frame) calls(of func(*Frame) (func(context.Context) error, []any)) (do func(context.Context) error, args []any) {
	defer func() {
		if r := recover(); r != nil {
			err := f.located(panicked(r))
			do, args = func(context.Context) error { return err }, nil
		}
	}()
	return of(f.under(context.WithoutCancel(f.ctx)))
}

// owe makes the call owed, and records that in a durable execution.
func (f *Frame) owe(u undo) {
	if d := f.durable(); d != nil {
		d.owe(f, &u)
	}
	u.inOrder = inOrder
	f.run.owe(u)
}

// An Early is an undo that is owed from before its step.
type Early struct {
	run  *run
	undo *earlyUndo
}

// earlyUndo tells one early undo from others.
type earlyUndo struct {
	frame *Frame
	// stands tells that it was owed when another process ended, which may have begun its
	// step.
	stands bool
}

// OweEarly makes a call owed before the step that it takes back has begun: whether
// that happens, a failure may leave unknown.
func (f *Frame) OweEarly(s *Step, do func(context.Context) error, args ...any) Early {
	e := Early{f.run, &earlyUndo{frame: f}}
	f.owe(undo{frame: f, step: s, do: do, args: args, early: e.undo})
	return e
}

// Settle takes note of how the step ended: a declared error says that nothing has
// happened, so that nothing is owed, and neither is it for a step that never began, in this
// process or in one before. Where an undo of a sub-workflow has failed, something has.
func (e Early) Settle(err error) {
	failed, ok := err.(*Error)
	switch {
	case !ok:
		return
	case failed.Attempt == 0 && e.undo.stands:
		return
	case failed.Attempt > 0 && !saysNothingHappened(failed):
		return
	}
	e.run.mu.Lock()
	defer e.run.mu.Unlock()
	e.run.undos = slices.DeleteFunc(e.run.undos, func(u undo) bool {
		if u.early == e.undo && failed.Attempt == 0 && u.history != nil {
			u.history.drop()
		}
		return u.early == e.undo
	})
}

// saysNothingHappened tells whether a failure is a declared error of the tool's own, or of
// a sub-workflow that has taken back all it did.
func saysNothingHappened(err *Error) bool {
	if undoFailure(err) != nil {
		return false
	}
	switch Declared(err).(type) {
	case nil, TimedOut, Interrupted:
		return false
	}
	return true
}

func (r *run) owe(us ...undo) {
	if len(us) == 0 {
		return
	}
	r.mu.Lock()
	r.undos = append(r.undos, us...)
	r.mu.Unlock()
}

// Commit drops what is owed in undos.
func (f *Frame) Commit() { f.run.take(nil) }

// Rollback runs what is owed in undos, the last first.
func (f *Frame) Rollback(s *Step) error {
	if f.durable() == nil {
		if err := f.stopped(s); err != nil {
			return err
		}
	}
	fresh := f.rollsBack()
	if fresh {
		f.emitStep(Scheduled, s, 0, nil)
	}
	if undo := f.rollback(nil); undo != nil {
		err := &UndoError{Undo: undo}
		if fresh {
			f.emitStep(Failed, s, 0, err)
		}
		return f.failed(s, 0, err)
	}
	if fresh {
		f.emitStep(Done, s, 0, nil)
	}
	return nil
}

// rollsBack tells whether a rollback is a new one: in a durable execution one that has
// undos to make, or comes when all that is recorded has been read.
func (f *Frame) rollsBack() bool {
	d := f.durable()
	if d == nil {
		return true
	}
	f.run.mu.Lock()
	defer f.run.mu.Unlock()
	owes := slices.ContainsFunc(f.run.undos, func(u undo) bool {
		_, _, done := u.history.end()
		return !done
	})
	return (owes || !d.replaying()) && (f.run.root() || !d.repeats(strings.TrimSuffix(f.run.prefix, ".")))
}

// take gives what is owed, and owes it no more. why is the failure that it is to be run
// for; nil where there is none.
func (r *run) take(why error) []undo {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	us := r.undos
	r.undos = nil
	r.mu.Unlock()
	if r.shared.durable != nil { // what is read from records comes in any order
		r.shared.durable.unwind(us, why)
	}
	return us
}

// rollback runs what is owed, the last first, all of it whatever one of them
// returns, and gives their errors joined. why is the failure that it is run for; nil
// where it is none.
func (f *Frame) rollback(why error) error {
	var errs []error
	us := f.run.take(why)
	if len(us) > 1 {
		us[0].inOrder(us)
	}
	for _, u := range slices.Backward(us) {
		if f.suspended() {
			return errSuspended
		}
		errs = append(errs, u.run())
	}
	return errors.Join(errs...)
}

// run makes the call on a goroutine of its own: one that calls runtime.Goexit
// mustn't keep others from running.
func (u *undo) run() (err error) {
	ended := make(chan struct{})
	counted, alone := u.frame.quiescence(), new(team)
	counted.spawn(alone)
	go func() {
		defer counted.leave(alone)
		defer close(ended)
		defer func() {
			if r := recover(); r != nil {
				err = panicked(r)
			}
		}()
		err = u.call()
	}()
	counted.join(alone)
	<-ended
	return err
}

// call makes the call in a frame of its own: that of the step it takes back, but
// for the context, which may be cancelled by now. A workflow that is called owes
// nothing: what has been taken back isn't brought about again.
func (u *undo) call() error {
	s := *u.step
	s.OwnUndo, s.undo = true, true
	if d := u.frame.durable(); d != nil {
		return d.undo(u, &s)
	}
	f := u.frame.under(context.WithoutCancel(u.frame.ctx))
	f.hold()
	f.emitStep(Undoing, &s, 0, nil)
	_, n, err := attempts(f, &Task[None]{Step: s}, func(ctx context.Context) (None, error) {
		return None{}, u.do(ctx)
	}, func() []any { return u.args })
	f.run.shared.undid(stepid.Undone(f.path(s.ID)))
	if err == nil {
		f.emitStep(Undone, &s, n, nil)
	}
	return err
}
