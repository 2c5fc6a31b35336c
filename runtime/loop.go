package runtime

import "fmt"

// FirstRound is where a loop begins, and with which state: at its first round or, in a
// durable execution, at the last one that had begun. The rounds before, of which all
// that counts is the state they led to, aren't entered again, unless one of them owes
// an undo.
func FirstRound[T any](f *Frame, loop *Step, state T) (int, T) {
	return FirstRoundBy(f, loop, state, func(data []byte) (v T, err error) {
		err = f.durable().decode(data, &v)
		return v, err
	})
}

// FirstRound is the function FirstRound for a loop whose state nobody reads.
func (f *Frame) FirstRound(loop *Step) int {
	i, _ := FirstRound(f, loop, None{})
	return i
}

// FirstRoundBy is FirstRound for a state that decode reads.
func FirstRoundBy[T any](f *Frame, loop *Step, state T, decode func([]byte) (T, error)) (int, T) {
	d := f.durable()
	if d == nil {
		return 0, state
	}
	path := f.path(loop.ID)
	i, data := d.round(path)
	if data != nil {
		v, err := decode(data)
		if err != nil {
			d.hold(fmt.Errorf("the state of loop %s, as it is recorded, doesn't fit its type any more: %w", path, err))
			return 0, state
		}
		state = v
	}
	d.entered(path)
	return i, state
}

// NextRound is Round for a loop that FirstRound begins: in a durable execution it records
// that the round begins, and its state.
func NextRound[T any](f *Frame, loop *Step, i int, state T) *Frame {
	if d := f.durable(); d != nil && i > 0 {
		d.begun(f.path(loop.ID), i, encodable(state), false)
	}
	return f.Round(loop, i)
}

// NextRoundOf is NextRound for a state whose Go type doesn't say what it holds: exact
// tells whether it is read from its JSON as it is.
func (f *Frame) NextRoundOf(loop *Step, i int, state any, exact bool) *Frame {
	if d := f.durable(); d != nil && i > 0 {
		d.begun(f.path(loop.ID), i, state, exact)
	}
	return f.Round(loop, i)
}

// NextRound is the function NextRound for a loop whose state nobody reads.
func (f *Frame) NextRound(loop *Step, i int) *Frame { return f.NextRoundOf(loop, i, None{}, true) }
