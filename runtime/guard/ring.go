package guard

import (
	"slices"
	"time"
)

// A ring keeps the last times of something, as many as there are to be at most.
type ring struct {
	times  []time.Time
	oldest int // the index of the first of them, once it is full
}

// add adds a time, in the place of the oldest where there are n.
func (r *ring) add(t time.Time, n int) {
	if len(r.times) < n {
		r.times = append(r.times, t)
		return
	}
	r.times[r.oldest] = t
	r.oldest = (r.oldest + 1) % n
}

// first is the oldest of n times; zero where there are fewer.
func (r *ring) first(n int) time.Time {
	if len(r.times) < n {
		return time.Time{}
	}
	return r.times[r.oldest]
}

// within tells whether one of the times is less than so long ago.
func (r *ring) within(per time.Duration, now time.Time) bool {
	return slices.ContainsFunc(r.times, func(t time.Time) bool { return now.Sub(t) < per })
}
