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
	step  *Step  // nil for what a workflow runs last
	do    func(context.Context) error
	args  []any
	early *earlyUndo // nil for one that is owed after its step
	// Of a durable execution: the history of the undo, and when it was owed.
	history history
	owed    int
	// inOrder puts undos in order. It is here so that a program which owes none is linked
	// without it.
	inOrder func([]undo)
	// finally tells that it is run on every way out, and not by a failure alone.
	finally bool
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
	f.invocation.owe(u)
}

// An Early is an undo that is owed from before its step.
type Early struct {
	invocation *invocation
	undo       *earlyUndo
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
	e := Early{f.invocation, &earlyUndo{frame: f}}
	f.owe(undo{frame: f, step: s, do: do, args: args, early: e.undo})
	return e
}

// Settle takes note of how the step ended: a declared error says that nothing has
// happened, so that nothing is owed, and neither is it for a step that never began, in this
// process or in one before. Where an undo of a sub-workflow has failed, something has, and
// where an attempt was refused, one before it may have.
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
	e.invocation.mu.Lock()
	defer e.invocation.mu.Unlock()
	e.invocation.undos = slices.DeleteFunc(e.invocation.undos, func(u undo) bool {
		if u.early == e.undo && failed.Attempt == 0 && u.history != nil {
			u.history.drop()
		}
		return u.early == e.undo
	})
}

// saysNothingHappened tells whether a failure is a declared error of the tool's own, or of
// a sub-workflow that has taken back all it did.
func saysNothingHappened(err *Error) bool {
	if undoFailure(err) != nil || isUnsure(err) {
		return false
	}
	switch Declared(err).(type) {
	case nil, TimedOut, Interrupted:
		return false
	}
	return true
}

// isUnsure tells of a refusal, of a step or of one within, before which an attempt may have
// happened.
func isUnsure(err error) bool {
	switch e := err.(type) {
	case *Error:
		return e.unsure || isUnsure(e.Err)
	case *RaceError:
		return slices.ContainsFunc(e.Errs, isUnsure)
	}
	return false
}

func (i *invocation) owe(us ...undo) {
	if len(us) == 0 {
		return
	}
	i.mu.Lock()
	i.undos = append(i.undos, us...)
	i.mu.Unlock()
}

// Commit drops what is owed in undos, and keeps what is owed on every way out.
func (f *Frame) Commit() { f.invocation.takeOf(false) }

// Rollback runs what is owed in undos, the last first, and keeps what is owed on every way
// out.
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
	if undo := f.rollbackOf(false); undo != nil {
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
	f.invocation.mu.Lock()
	defer f.invocation.mu.Unlock()
	owes := slices.ContainsFunc(f.invocation.undos, func(u undo) bool {
		_, _, done := u.history.end()
		return !done && !u.finally
	})
	return (owes || !d.replaying()) && (f.invocation.root() || !d.repeats(strings.TrimSuffix(f.invocation.prefix, ".")))
}

// take gives what is owed, and owes it no more. why is the failure that it is to be run
// for; nil where there is none.
func (i *invocation) take(why error) []undo {
	if i == nil {
		return nil
	}
	i.mu.Lock()
	us := i.undos
	i.undos = nil
	i.mu.Unlock()
	if i.shared.durable != nil { // what is read from records comes in any order
		i.shared.durable.unwind(us, why)
	}
	return us
}

// rollback runs what is owed, the last first, all of it whatever one of them
// returns, and gives their errors joined. why is the failure that it is run for; nil
// where it is none.
func (f *Frame) rollback(why error) error {
	var errs []error
	us := f.invocation.take(why)
	if len(us) > 1 {
		us[0].inOrder(us)
	}
	for _, u := range slices.Backward(us) {
		if f.suspended() {
			return errSuspended
		}
		errs = append(errs, u.perform())
	}
	return errors.Join(errs...)
}

// perform makes the call on a goroutine of its own: one that calls runtime.Goexit
// mustn't keep others from running.
func (u *undo) perform() (err error) {
	ended := make(chan struct{})
	counted, alone := u.frame.quiescence(), new(team)
	counted.spawn(alone)
	go func() {
		defer counted.exit(alone)
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
	if u.step == nil {
		return u.do(u.frame.ctx)
	}
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
	f.invocation.shared.undid(stepid.Undone(f.path(s.ID)))
	if err == nil {
		f.emitStep(Undone, &s, n, nil)
	}
	return err
}
