package runtime

import (
	"math/rand/v2"
	"time"
)

// A step is tried again in three loops: attempts makes those of a plain call,
// guardedCall.attempts those that its tool's limits and breaker may keep from beginning, and
// recordedAttempts those of a durable execution, which may have been made by a process before
// this one and wait for what is stored. Whether another attempt follows, and after which
// pause, is said once, here. It is a value and not a loop that all would give functions to,
// since what these capture would leave the stack of every plain call.

// A retrying is where a step stands between two attempts.
type retrying struct {
	n           int       // how many have failed
	first, last time.Time // when the first of them did, and the last
	// apart is how many have failed for each of several retries; nil for one.
	apart []int
}

// add takes note that an attempt has failed.
func (r *retrying) add(s *Step, err error, at time.Time) {
	r.n++
	r.last = at
	if r.n == 1 {
		r.first = at
	}
	if s.Retry != nil && s.Retry.apart != nil {
		r.apart = s.Retry.apart.count(s, err, r.apart)
	}
}

// next gives the pause before the attempt that follows the last one, which failed with err,
// and by how much it may be longer; ok is false where none follows.
func (r *retrying) next(s *Step, err error) (pause, spread time.Duration, ok bool) {
	if _, stopped := err.(*stopError); stopped || undoFailure(err) != nil {
		return 0, 0, false
	}
	if r.apart != nil {
		return s.Retry.apart.pause(s, err, r.apart)
	}
	if s.ends(err) {
		return 0, 0, false
	}
	return s.Retry.pause(r.n, r.last.Sub(r.first))
}

// ends tells whether a failure is a declared error that isn't tried again.
func (s *Step) ends(err error) bool {
	e := s.declared(err)
	return e != nil && s.Retry != nil && find(s.Retry.On, e) == nil
}

// pause gives the pause after a failed attempt, so long after the first had failed,
// and by how much it may be longer; ok is false where it was the last.
func (r *Retry) pause(attempt int, sinceFirst time.Duration) (d, spread time.Duration, ok bool) {
	switch {
	case r == nil:
		return 0, 0, false
	case len(r.At) > 0:
		if attempt > len(r.At) {
			return 0, 0, false
		}
		return r.At[attempt-1] - sinceFirst, 0, true
	case attempt > r.Times:
		return 0, 0, false
	}
	low := r.Min
	for i := 1; i < attempt && low < r.Max; i++ {
		low += min(low, r.Max-low)
	}
	low = min(low, r.Max)
	return low, min(low, r.Max-low), true
}

// again tells whether a step is tried again, after the pause it is due. The
// cancellation of the frame ends a pause, and no attempt follows.
func (f *Frame) again(s *Step, failures *retrying, err error) bool {
	if f.ctx.Err() != nil {
		return false
	}
	pause, spread, ok := failures.next(s, err)
	if !ok {
		return false
	}
	if f.clock() == nil { // by a virtual clock nothing is left to chance
		pause += rand.N(spread + 1)
	}
	f.emitStep(Retrying, s, failures.n+1, nil)
	return f.sleep(pause) && f.hold()
}
