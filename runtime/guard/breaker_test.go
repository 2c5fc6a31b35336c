package guard_test

import (
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/guard"
)

// A breaker is told of calls, each so long after noon.
func TestBreaker(t *testing.T) {
	b := &guard.Breaker{N: 2, Per: time.Minute, Open: 30 * time.Second}
	call := func(after time.Duration, o guard.Outcome) (trial, ok bool) {
		now := noon.Add(after)
		if trial, ok = b.Begin(now); ok {
			b.End(o, trial, now)
		}
		return trial, ok
	}
	for _, c := range []struct {
		after     time.Duration
		outcome   guard.Outcome
		trial, ok bool
	}{
		{0, guard.Failed, false, true},
		{time.Minute, guard.Failed, false, true}, // not within a minute of the first
		{61 * time.Second, guard.Unknown, false, true},
		{62 * time.Second, guard.Failed, false, true}, // opens
		{63 * time.Second, guard.Succeeded, false, false},
		{91 * time.Second, guard.Succeeded, false, false},
		{92 * time.Second, guard.Unknown, true, true},
		{93 * time.Second, guard.Failed, true, true}, // opens once more
		{122 * time.Second, guard.Succeeded, false, false},
		{123 * time.Second, guard.Succeeded, true, true}, // closes
		{124 * time.Second, guard.Failed, false, true},
		{125 * time.Second, guard.Succeeded, false, true},
	} {
		if trial, ok := call(c.after, c.outcome); trial != c.trial || ok != c.ok {
			t.Errorf("after %s: trial %v, let through %v; want %v, %v", c.after, trial, ok, c.trial, c.ok)
		}
	}
}

// One call decides, and others are refused while it is on its way. What began before the
// breaker opened doesn't.
func TestOneCallDecides(t *testing.T) {
	b := &guard.Breaker{N: 1, Per: time.Minute, Open: time.Second}
	b.Begin(noon)
	b.Begin(noon)
	b.End(guard.Failed, false, noon)
	b.End(guard.Succeeded, false, noon)
	later := noon.Add(time.Second)
	trial, ok := b.Begin(later)
	if !trial || !ok {
		t.Fatalf("trial %v, let through %v", trial, ok)
	}
	if _, ok := b.Begin(later); ok || !b.Refuses(later) {
		t.Fatal("another is let through beside the trial")
	}
	b.End(guard.Succeeded, trial, later)
	if b.Refuses(later) {
		t.Fatal("it is open after the trial has succeeded")
	}
}
