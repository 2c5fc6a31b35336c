package runtime

import "context"

// What finally calls is an undo that is run on every way out: with the undos where something
// fails that they are run for, else where the workflow ends that owes it. A commit keeps it,
// and it doesn't pass to callers. So it is owed, recorded and made as undos are. Where it
// fails at the end of a workflow that had succeeded, that has failed, and is undone.

// Finally makes a call owed as Owe does, on every way out.
func (f *Frame) Finally(s *Step, do func(context.Context) error, args ...any) {
	f.owe(undo{frame: f, step: s, do: do, args: args, finally: true})
}

// FinallyOf is Finally for a call whose arguments are computed by of, as those of OweOf are.
func (f *Frame) FinallyOf(s *Step, of func(*Frame) (do func(context.Context) error, args []any)) {
	do, args := f.calls(of)
	f.Finally(s, do, args...)
}

// FinallyEarly is Finally for a call that is owed before its step has begun, as that of
// OweEarly is.
func (f *Frame) FinallyEarly(s *Step, do func(context.Context) error, args ...any) Early {
	e := Early{f.invocation, &earlyUndo{frame: f}}
	f.owe(undo{frame: f, step: s, do: do, args: args, early: e.undo, finally: true})
	return e
}

// Finish makes, at the end of a workflow that has succeeded, the calls that it owes on every
// way out. A workflow that may owe some defers it below its End, which it is run before.
func (f *Frame) Finish(err *error) {
	if r := recover(); r != nil || f.reading != nil {
		*err = f.interrupted(r)
		f.reading = nil // End finds nothing more
	}
	if *err == nil {
		*err = f.finish()
	}
}

func (f *Frame) finish() error {
	us := ofKind(f.invocation.undos, true)
	undo := f.rollbackOf(true)
	if undo == nil {
		return nil
	}
	err := &UndoError{Undo: undo}
	if d := f.durable(); d != nil {
		d.unwind(us, err)
	}
	return err
}

// rollbackOf is rollback for the one kind of what is owed: undos, or what finally calls. It
// is run for no failure.
func (f *Frame) rollbackOf(finally bool) error {
	others := f.invocation.takeOf(!finally)
	err := f.rollback(nil)
	f.invocation.owe(others...)
	return err
}

// takeOf is take for one kind.
func (i *invocation) takeOf(finally bool) []undo {
	us := i.take(nil)
	i.owe(ofKind(us, !finally)...)
	return ofKind(us, finally)
}

func ofKind(us []undo, finally bool) (of []undo) {
	for _, u := range us {
		if u.finally == finally {
			of = append(of, u)
		}
	}
	return of
}
