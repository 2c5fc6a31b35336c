package guard_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/guard"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// A caller waits in a line, and is called.
type caller struct {
	guard.Waiter
	calls int
}

func newCaller() *caller {
	c := &caller{}
	c.Call = func() { c.calls++ }
	return c
}

func TestPlacesGoInOrder(t *testing.T) {
	l := &guard.Line{N: 1}
	if !l.Enter("a", noon) || l.Enter("a", noon) || !l.Enter("b", noon) {
		t.Fatal("one has a place for each key")
	}
	first, second := newCaller(), newCaller()
	for _, c := range []*caller{first, second} {
		l.Join("a", &c.Waiter, noon)
		if in, at := l.Look(&c.Waiter, noon); in || !at.IsZero() {
			t.Fatalf("in: %v, at %s", in, at)
		}
	}
	l.Leave("a")
	if first.calls != 1 || second.calls != 0 {
		t.Fatalf("the first was called %d times, the second %d times", first.calls, second.calls)
	}
	if l.Enter("a", noon) {
		t.Fatal("who comes later is let in before those who wait")
	}
	if in, _ := l.Look(&second.Waiter, noon); in {
		t.Fatal("the second is let in before the first")
	}
	if in, _ := l.Look(&first.Waiter, noon); !in {
		t.Fatal("the first isn't let in")
	}
}

// A place that comes to somebody who waits no longer is the next one's.
func TestPlaceOfWhoQuits(t *testing.T) {
	l := &guard.Line{N: 1}
	l.Enter(nil, noon)
	first, second := newCaller(), newCaller()
	l.Join(nil, &first.Waiter, noon)
	l.Join(nil, &second.Waiter, noon)
	l.Leave(nil)
	l.Quit(&first.Waiter)
	if in, _ := l.Look(&second.Waiter, noon); second.calls == 0 || !in {
		t.Fatalf("the second was called %d times, and is in: %v", second.calls, in)
	}
}

// At no time have more than N begun within the time before, and nobody waits longer than
// that takes.
func TestRate(t *testing.T) {
	const n, per, calls = 3, time.Second, 200
	r := rand.New(rand.NewPCG(1, 2))
	l := &guard.Line{N: n, Per: per}
	now, begun := noon, []time.Time(nil)
	for range calls {
		now = now.Add(time.Duration(r.IntN(500)) * time.Millisecond)
		if !l.Enter(nil, now) {
			c := newCaller()
			l.Join(nil, &c.Waiter, now)
			in, at := l.Look(&c.Waiter, now)
			if in || at.Sub(now) > per || !at.After(now) {
				t.Fatalf("in: %v, in %s", in, at.Sub(now))
			}
			if in, _ := l.Look(&c.Waiter, at.Add(-1)); in {
				t.Fatal("one is let in too soon")
			}
			if now = at; !letIn(l, c, now) {
				t.Fatal("one isn't let in in time")
			}
		}
		begun = append(begun, now)
	}
	for i := n; i < len(begun); i++ {
		if begun[i].Sub(begun[i-n]) < per {
			t.Fatalf("call %d begins %s after call %d", i, begun[i].Sub(begun[i-n]), i-n)
		}
	}
}

func letIn(l *guard.Line, c *caller, now time.Time) bool {
	in, _ := l.Look(&c.Waiter, now)
	return in
}

// Keys in which nothing goes on take no memory for ever.
func TestIdleKeysGo(t *testing.T) {
	for _, l := range []*guard.Line{{N: 2}, {N: 2, Per: time.Second}} {
		for key := range 10_000 {
			if !l.Enter(key, noon.Add(time.Duration(key)*time.Second)) {
				t.Fatal("a new key has to wait")
			}
			l.Leave(key)
		}
		if n := guard.Branches(l); n > 200 {
			t.Errorf("%d keys are kept", n)
		}
	}
}
