package guard

import (
	"sync"
	"time"
)

// A Breaker lets calls through until N of them have failed within Per. Then it refuses all
// for as long as Open says; after that one is let through, and what becomes of it decides.
// N is above 0.
type Breaker struct {
	N         int
	Per, Open time.Duration

	mu     sync.Mutex
	failed ring      // the last N failures, while it is closed
	until  time.Time // when it opened, how long it refuses; zero while it is closed
	trying bool      // the one call is on its way
}

// An Outcome is what a call came to.
type Outcome int

// The outcomes.
const (
	Unknown   Outcome = iota // it says nothing of what was called: it was cancelled
	Succeeded                // it was answered
	Failed
)

// Closed tells whether calls go by as if it weren't there, whatever the time.
func (b *Breaker) Closed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.until.IsZero()
}

// Refuses tells whether a call would be refused.
func (b *Breaker) Refuses(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refuses(now)
}

func (b *Breaker) refuses(now time.Time) bool {
	return !b.until.IsZero() && (b.trying || now.Before(b.until))
}

// Begin lets a call through or refuses it. trial tells that it is the one that decides.
func (b *Breaker) Begin(now time.Time) (trial, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuses(now) {
		return false, false
	}
	b.trying = !b.until.IsZero()
	return b.trying, true
}

// End takes note of the outcome of a call that was let through. One that had begun before
// the breaker opened changes nothing.
func (b *Breaker) End(o Outcome, trial bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case trial:
		b.trying = false
		switch o {
		case Succeeded:
			b.until, b.failed = time.Time{}, ring{}
		case Failed:
			b.until = now.Add(b.Open)
		}
	case o == Failed && b.until.IsZero():
		b.fail(now)
	}
}

// fail counts a failure, and opens the breaker where it is one too many.
func (b *Breaker) fail(now time.Time) {
	b.failed.add(now, b.N)
	if first := b.failed.first(b.N); !first.IsZero() && now.Sub(first) < b.Per {
		b.until, b.failed = now.Add(b.Open), ring{}
	}
}
