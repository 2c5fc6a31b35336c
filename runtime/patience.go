package runtime

import "time"

// Within gives a timeout that a workflow has computed as Await, AwaitRun and Approve take
// it. For them 0 is none, and one that is negative is past at once: so is one that has
// come out as 0.
func Within(d time.Duration) time.Duration {
	if d <= 0 {
		return -1
	}
	return d
}

// A patience says for how long something is awaited: for a time as Within has it, or, where
// until isn't zero, until that.
type patience struct {
	timeout time.Duration
	until   time.Time
}

// untilTime is the patience that ends at a time, also where that is the zero one.
func untilTime(t time.Time) patience {
	if t.IsZero() {
		return patience{timeout: -1}
	}
	return patience{until: earlier(t, latest())}
}

// isBounded tells whether it is ever over.
func (p patience) isBounded() bool { return p.timeout != 0 || !p.until.IsZero() }

// from is when a patience that begins now is over; zero for never.
func (p patience) from(now time.Time) time.Time {
	switch {
	case !p.until.IsZero():
		return p.until
	case p.timeout == 0:
		return time.Time{}
	}
	return now.Add(max(p.timeout, 0))
}

// remaining is how long it waits from now on, as Within has it.
func (p patience) remaining(now time.Time) time.Duration {
	if p.until.IsZero() {
		return p.timeout
	}
	return Within(p.until.Sub(now))
}

// over is what a step fails with that has waited for as long as it has patience.
func (p patience) over() *TimeoutError {
	if p.until.IsZero() {
		return &TimeoutError{After: max(p.timeout, 0)}
	}
	return &TimeoutError{Until: p.until}
}

// latest is the last day of which the times have JSON.
func latest() time.Time { return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
