package runtime

import (
	"context"
	"time"

	"github.com/wfgen/wfgen/runtime/pure"
)

// recordedCall is call in a durable execution.
func recordedCall[T any](f *Frame, t *Task[T], do func(context.Context) (T, error), args func() []any) (v T, err error) {
	own := f.apart() // another one: what an interface's method is given leaves the stack
	p, err := f.durable().history(own, &t.Step, args())
	if err != nil {
		return v, err
	}
	v, _, err = recordedAttempts(own, t, p, do, args, nil)
	return v, err
}

// recordedAttempts is attempts for a step of a durable execution. once makes an attempt that
// isn't recorded, and keeps what it gives; newAttempt does where it is nil.
func recordedAttempts[T any](f *Frame, t *Task[T], p history, do func(context.Context) (T, error), args func() []any, once func(n int) error) (v T, n int, err error) {
	if data, n, ok := p.end(); ok {
		if p.reenters() {
			p.fits() // what is within has records of its own
			if _, err := try(f, t, n, do, args); err != nil {
				return v, 0, err
			}
		}
		v, err = recordedResult(f, t, p, data)
		return v, n, err
	}
	var failures retrying
	for n = 1; ; n++ {
		at, recorded, failure := p.failure(n)
		switch {
		case !recorded:
			if once != nil {
				failure = once(n)
			} else {
				v, failure = newAttempt(f, t, p, n, do, args)
			}
			if failure == nil {
				return v, n, nil
			}
			at = f.now()
		case t.Sub: // what is recorded within gives its failure
			if _, failure = try(f, t, n, do, args); failure == nil {
				failure = p.unfailed(n)
			}
		}
		failures.add(&t.Step, failure, at)
		if failure == errSuspended || failure == errStopped {
			return v, n, f.stoppedStep(&t.Step, n-1, failure)
		}
		if !p.again(f, failures, failure) {
			return v, n, f.settled(&t.Step, n, failure)
		}
	}
}

// newAttempt makes an attempt that isn't recorded.
func newAttempt[T any](f *Frame, t *Task[T], p history, n int, do func(context.Context) (T, error), args func() []any) (v T, err error) {
	if err := p.begin(f, n); err != nil {
		return v, err
	}
	began := f.now()
	if v, err = try(f, t, n, do, args); err == nil {
		data, same, wrong := p.storable(encodable(v))
		if err = wrong; err == nil && !same { // as it will be when it is read from its record
			v, err = decodeResult(t, data, f.durable().decode)
		}
		if err == nil {
			p.succeeded(n, began, data)
			emitDone(f, &t.Step, n, v)
			return v, nil
		}
	}
	return v, p.failed(f, n, began, err)
}

// recordedRead is read in a durable execution.
func recordedRead[T any](f *Frame, st *Step, do func() T) (v T, err error) {
	t := &Task[T]{Step: *st}
	f = f.apart()
	p, err := f.durable().history(f, st, nil)
	if err != nil {
		return v, err
	}
	if data, _, ok := p.end(); ok {
		return recordedResult(f, t, p, data)
	}
	if !p.admit(f) {
		return v, f.stoppedStep(st, 0, errStopped)
	}
	f.emitStep(Scheduled, st, 0, nil)
	v = do()
	data, _, err := p.storable(encodable(v))
	if err != nil {
		return v, f.settled(st, 0, err)
	}
	p.succeeded(0, time.Time{}, data)
	emitDone(f, st, 0, v)
	return v, nil
}

// recordedResult is a result as it is recorded. It holds the execution where the step's
// type has become another.
func recordedResult[T any](f *Frame, t *Task[T], p history, data []byte) (v T, err error) {
	if _, none := any(v).(None); !none && data != nil {
		if v, err = decodeResult(t, data, f.durable().decode); err != nil {
			return v, p.misfits("what it has given doesn't fit its type any more", err)
		}
	}
	p.fits()
	return v, nil
}

func decodeResult[T any](t *Task[T], data []byte, decode func([]byte, any) error) (v T, err error) {
	if t.Decode != nil {
		v, err = t.Decode(data)
	} else {
		err = decode(data, &v)
	}
	if err == nil && t.Check != nil {
		v, err = t.Check(context.Background(), v) // as it was when it was recorded
	}
	return v, err
}

// decodeJSON is Decode without a root.
func decodeJSON(data []byte, into any) error { return pure.Decode(data, "", into) }
