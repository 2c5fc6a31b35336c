package runtime

import (
	"fmt"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
)

func (h *stepHistory) begin(f *Frame, n int) error {
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
	h.schedule(f, n)
	f.emitStep(Attempt, h.step, n, nil)
	begun := h.step.undo && !h.undoing
	var says *unit // that the attempt begins
	if begun {
		h.undoing = true
		says = h.add(journal.Record{Kind: journal.Undoing, Attempt: n})
	}
	switch {
	case h.step.Sub:
		h.record(journal.Record{Kind: journal.Entered, Attempt: n})
		return nil // what it begins with waits
	case h.step.Effect == Once && !begun:
		says = h.add(journal.Record{Kind: journal.Attempted, Attempt: n})
	}
	if h.session.flush() != nil {
		h.notMade(n, says)
		return errSuspended
	}
	h.trying(n)
	return nil
}

func (h *stepHistory) begun() bool { return h.started }

func (h *stepHistory) schedule(f *Frame, n int) {
	if n == 1 && !h.scheduled {
		h.scheduled = true
		f.emitStep(Scheduled, h.step, 0, nil)
	}
}

func (h *stepHistory) refused(f *Frame, n int, err error) error {
	if h.session.isSuspended() {
		return errSuspended
	}
	if f.ctx.Err() != nil {
		f.skip(h.step)
		return errStopped
	}
	f.emitStep(Attempt, h.step, n, nil)
	return h.failed(f, n, f.now(), err)
}

// notMade records that an attempt isn't made, where what says that it begins is stored: also
// where something else couldn't be.
func (h *stepHistory) notMade(n int, says *unit) {
	if says == nil {
		return
	}
	if <-says.stored; says.err == nil {
		e := h.entry(journal.Record{Kind: journal.Returned, Attempt: n})
		e.holds = true
		h.session.add(e)
	}
}

func (h *stepHistory) unfailed(n int) error {
	return h.misfits(fmt.Sprintf("its attempt %d is recorded as failed, and succeeds now", n), nil)
}

func (h *stepHistory) storable(result any) (data []byte, same bool, err error) {
	if result == nil {
		return nil, true, nil
	}
	return storable(result, "the result of step "+h.path)
}

func (h *stepHistory) succeeded(n int, began time.Time, data []byte) {
	h.tried(true)
	r := journal.Record{Kind: journal.Done, Attempt: n, Began: began, Data: data}
	if h.step.undo {
		r.Kind = journal.Undone
	}
	e := h.entry(r)
	e.holds = n > 0 && !h.step.Sub // what it began on is stored
	if h.step.Owes {
		h.session.oweNow(h.path, e)
		return
	}
	h.session.add(e)
}

func (h *stepHistory) failed(f *Frame, n int, began time.Time, err error) error {
	if told := h.tried(false); told != nil {
		h.session.add(told...)
	}
	switch {
	case h.session.isSuspended():
		return errSuspended
	case n <= h.recalled:
		return err
	case f.ctx.Err() != nil:
		return &stopError{err}
	}
	f.emitStep(Failed, h.step, n, err)
	data := encodeError(err, h.step.declaredIn(err))
	h.record(journal.Record{Kind: journal.Failed, Attempt: n, Began: began, Data: data})
	if h.step.Sub {
		return err // what it is made of is recorded within
	}
	return decodeError(data)
}

func (h *stepHistory) again(f *Frame, failures retrying, err error) bool {
	goes := h.goesOn(f, failures, err)
	switch {
	case !h.step.Sub:
	case goes:
		h.earlier = append(h.earlier, err)
	default:
		h.session.wentWith(err, h.earlier...)
	}
	return goes
}

// goesOn is again, apart from what becomes of the failure.
func (h *stepHistory) goesOn(f *Frame, failures retrying, err error) bool {
	pause, spread, ok := h.next(failures, err)
	if !ok {
		return false
	}
	n := failures.n
	if n < len(h.failures) || h.started || n < h.entered {
		return true
	}
	if f.clock() == nil {
		pause += time.Duration(pure.Hash([]any{h.session.id, h.path, n}) % uint64(spread+1)) // the same however often it is asked for
	}
	f.emitStep(Retrying, h.step, n+1, nil)
	h.session.await(&wait{step: h.path, until: failures.last.Add(pause), ctx: f.ctx})
	return true
}

// next is that of failures, by the times of those that an earlier generation has recorded.
func (h *stepHistory) next(failures retrying, err error) (pause, spread time.Duration, ok bool) {
	if h.recalled > 0 {
		failures.first = h.failures[0].Time
	}
	if failures.n <= h.recalled {
		failures.last = h.failures[failures.n-1].Time
	}
	return failures.next(h.step, err)
}
