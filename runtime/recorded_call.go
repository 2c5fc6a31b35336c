package runtime

import (
	"context"
	"fmt"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// recordedCall is call in a durable execution.
func recordedCall[T any](f *Frame, t *Task[T], do func(context.Context) (T, error), args func() []any) (v T, err error) {
	h, err := f.history(&t.Step, args())
	if err != nil {
		return v, err
	}
	v, _, err = recordedAttempts(f, t, h, do, args)
	return v, err
}

// recordedAttempts is attempts for a step of a durable execution, of which h is the
// history.
func recordedAttempts[T any](f *Frame, t *Task[T], h *history, do func(context.Context) (T, error), args func() []any) (v T, n int, err error) {
	if h.done != nil {
		if t.Sub && h.session.owes(h.path, h.done.Attempt) {
			if _, err := try(f, t, h.done.Attempt, do, args); err != nil {
				return v, 0, err
			}
		}
		v, err = recordedResult(h, t)
		return v, h.done.Attempt, err
	}
	var first, at time.Time // when the first attempt failed, and this one
	for n = 1; ; n++ {
		switch {
		case n > len(h.failures):
			if err = h.begin(f, n); err == nil {
				began := f.now()
				if v, err = try(f, t, n, do, args); err == nil {
					if err = h.succeeded(n, began, encodable(v)); err == nil {
						emitDone(f, &t.Step, n, v)
						return v, n, nil
					}
				}
				err = h.failed(f, n, began, err)
			}
			at = f.now()
		case t.Sub: // what is recorded within gives its failure
			at = h.failures[n-1].Time
			if _, err = try(f, t, n, do, args); err == nil {
				h.session.hold(fmt.Errorf("attempt %d of step %s is recorded as failed, and succeeds now", n, h.path))
				err = errSuspended
			}
		default:
			at, err = h.failures[n-1].Time, decodeError(h.failures[n-1].Data)
		}
		if n == 1 {
			first = at
		}
		if err == errSuspended || err == errStopped {
			return v, n, f.stop(&t.Step, n-1, err)
		}
		if !h.again(f, n, first, at, err) {
			return v, n, f.settled(&t.Step, n, err)
		}
	}
}

// begin records what has to be known before an attempt is made, and waits until all
// before it is stored. It gives errStopped where the attempt isn't to be made, and
// Interrupted where it has been, by a process that ended during it.
func (h *history) begin(f *Frame, n int) error {
	if n <= h.entered {
		return nil
	}
	if !h.session.admit(f.ctx) {
		f.skip(h.step)
		return errStopped
	}
	if h.started {
		h.started = false
		h.record(journal.Record{Kind: journal.Failed, Attempt: n, Data: encodeError(Interrupted{}, Interrupted{})})
		return Interrupted{}
	}
	if n == 1 {
		f.emitStep(Scheduled, h.step, 0, nil)
	}
	f.emitStep(Attempt, h.step, n, nil)
	begun := h.step.undo && !h.undoing
	if begun {
		h.undoing = true
		h.record(journal.Record{Kind: journal.Undoing, Attempt: n})
	}
	switch {
	case h.step.Sub:
		h.record(journal.Record{Kind: journal.Entered, Attempt: n})
		return nil // what it begins with waits
	case h.step.Effect == Once && !begun:
		h.record(journal.Record{Kind: journal.Started, Attempt: n})
	}
	if h.session.flush() != nil {
		if begun || h.step.Effect == Once { // it may be stored, and isn't so
			h.record(journal.Record{Kind: journal.Returned, Attempt: n})
		}
		return errSuspended
	}
	return nil
}

// succeeded records a success, also where the execution is stopped by now.
func (h *history) succeeded(n int, began time.Time, result any) error {
	r := journal.Record{Kind: journal.Done, Attempt: n, Began: began}
	if h.step.undo {
		r.Kind = journal.Undone
	}
	if result != nil {
		data, err := encodePayload(result, "the result of step "+h.path)
		if err != nil {
			return err
		}
		r.Data = data
	}
	h.record(r)
	return nil
}

// failed records a failure, unless the execution is stopped by now, which counts as the
// reason.
func (h *history) failed(f *Frame, n int, began time.Time, err error) error {
	if h.session.isSuspended() {
		return errSuspended
	}
	if f.ctx.Err() != nil {
		return &stopError{err}
	}
	f.emitStep(Failed, h.step, n, err)
	h.record(journal.Record{Kind: journal.Failed, Attempt: n, Began: began, Data: encodeError(err, h.step.declaredIn(err))})
	return err
}

// again tells whether a step is tried again, after the pause it is due.
func (h *history) again(f *Frame, n int, first, at time.Time, err error) bool {
	if _, stopped := err.(*stopError); stopped || isPayload(err) || undoFailure(err) != nil || h.step.ends(err) {
		return false
	}
	pause, spread, ok := h.step.Retry.pause(n, at.Sub(first))
	if !ok {
		return false
	}
	if n < len(h.failures) || h.started || n < h.entered {
		return true
	}
	if f.clock() == nil {
		pause += time.Duration(hashOf([]any{h.session.id, h.path, n}) % uint64(spread+1)) // the same however often it is asked for
	}
	f.emitStep(Retrying, h.step, n+1, nil)
	h.session.await(&wait{step: h.path, until: at.Add(pause), ctx: f.ctx})
	return true
}

// owes tells whether what a sub-workflow has done is to be gone through, because it
// owes undos.
func (s *session) owes(step string, attempt int) bool {
	return s.reenter[attemptPath(step, attempt)]
}

// recordedRead is read in a durable execution.
func recordedRead[T any](f *Frame, st *Step, do func() T) (v T, err error) {
	t := &Task[T]{Step: *st}
	h, err := f.history(st, nil)
	if err != nil {
		return v, err
	}
	if h.done != nil {
		return recordedResult(h, t)
	}
	if !h.session.admit(f.ctx) {
		return v, f.stop(st, 0, errStopped)
	}
	f.emitStep(Scheduled, st, 0, nil)
	v = do()
	if err := h.succeeded(0, time.Time{}, encodable(v)); err != nil {
		return v, f.settled(st, 0, err)
	}
	emitDone(f, st, 0, v)
	return v, nil
}

// recordedWait is Wait in a durable execution: until a time that inputs, as the
// workflow has them, say.
func (f *Frame) recordedWait(st *Step, until func() time.Time, inputs ...any) error {
	h := &history{session: f.session(), step: st, path: f.path(st.ID), hash: hashOf(inputs)}
	if err := h.read(h.session.take(h.path)); err != nil || h.done != nil {
		return err
	}
	w := wait{step: h.path, ctx: f.ctx}
	if h.waiting != nil {
		w.until = h.waiting.Until
	} else {
		if !h.session.admit(f.ctx) {
			f.skip(st)
			return f.stop(st, 0, errStopped)
		}
		w.until = until()
		h.record(journal.Record{Kind: journal.Waiting, Data: encodeWait(journal.Wait{Until: w.until})})
		f.emitStep(Scheduled, st, 0, nil)
		f.emitStep(Waiting, st, 0, nil)
	}
	h.session.await(&w)
	if f.ctx.Err() != nil || !h.session.admit(f.ctx) {
		return f.stop(st, 0, errStopped)
	}
	h.record(journal.Record{Kind: journal.Done})
	f.emitStep(Resumed, st, 0, nil)
	f.emitStep(Done, st, 0, nil)
	return nil
}
