package runtime

import "context"

// A try that has retries is tried as the call of a sub-workflow is: by the same loops, with
// the numbers of its attempts in the ids of the steps, from the second on, with the same
// records, and so with the same replay. Only that its steps see what is around, and that its
// failure is that of the step that failed.
//
// What it gives is recorded with its end, and depends on what is around: that is why nothing of
// the try itself lasts in another generation. Its steps do, by their inputs.

// TryAgain is Try with the retries of t, which describes the try.
func TryAgain[T any](f *Frame, t *Task[T], body func(*Frame) (T, error)) (T, error) {
	v, err := callWhole(f, t, func(ctx context.Context) (T, error) { return tryOnce(f.attempt(ctx), body) }, noArgs)
	return v, f.bare(&t.Step, err)
}

// TryAgain is the function TryAgain for a body without a value.
func (f *Frame) TryAgain(t *Task[None], body func(*Frame) error) error {
	_, err := TryAgain(f, t, func(f *Frame) (None, error) { return None{}, body(f) })
	return err
}

// attempt is the frame of an attempt at a try, whose context is that of the attempt.
func (f *Frame) attempt(ctx context.Context) *Frame {
	p := f.under(ctx)
	p.loop = nil
	p.begin(scopeOf(ctx))
	return p
}

// bare is the failure of a try without what says that it is that of the try: the steps inside
// tell what has happened, as they do where it is tried once.
func (f *Frame) bare(s *Step, err error) error {
	e, ok := err.(*Error)
	if !ok || e.Step != f.path(s.ID) {
		return err
	}
	switch inner := e.Err.(type) {
	case *Error:
		bare := *inner
		if e.end == stopped {
			bare.end = stopped
		}
		return &bare
	case *UndoError, *RaceError:
		if e.end != stopped {
			return inner
		}
	}
	return err
}
