package guard

import (
	"slices"
	"sync"
	"time"
)

// A Line lets calls in, in the order in which they came: at most N that are inside at once
// or, with Per, at most N within any such time. It counts apart for each key. N is above 0.
type Line struct {
	N   int
	Per time.Duration

	mu       sync.Mutex
	whole    branch          // that of the key nil
	branches map[any]*branch // those of others
	sweepAt  int             // at how many branches those that are idle go
}

// fewBranches is how many branches aren't worth to be looked through.
const fewBranches = 64

// A branch is the line of one key.
type branch struct {
	inside int
	begun  ring // the last N that have come in, with Per
	queue  []*Waiter
}

// A Waiter is a call that waits for its place.
type Waiter struct {
	// Call has the waiter look again. It is called without a lock, by whoever makes way.
	Call func()

	key any
}

// Enter lets a call in where it hasn't to wait.
func (l *Line) Enter(key any, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.branch(key, now)
	return len(a.queue) == 0 && l.admits(a, now)
}

// Join puts a waiter at the end of its line. It is to Look then, and whenever it is called.
func (l *Line) Join(key any, w *Waiter, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.key = key
	a := l.branch(key, now)
	a.queue = append(a.queue, w)
}

// Look lets a waiter in if it is its turn. Where it isn't, at is when it is to look again;
// zero where it is called.
func (l *Line) Look(w *Waiter, now time.Time) (in bool, at time.Time) {
	next := func() *Waiter {
		l.mu.Lock()
		defer l.mu.Unlock()
		a := l.known(w.key)
		if a.queue[0] != w {
			return nil
		}
		if in = l.admits(a, now); !in {
			at = l.free(a)
			return nil
		}
		a.queue = a.queue[1:]
		return a.first()
	}()
	next.call()
	return in, at
}

// Quit takes a waiter out of its line that waits no longer.
func (l *Line) Quit(w *Waiter) {
	next := func() *Waiter {
		l.mu.Lock()
		defer l.mu.Unlock()
		a := l.known(w.key)
		first := a.first() == w
		a.queue = slices.DeleteFunc(a.queue, func(o *Waiter) bool { return o == w })
		if !first {
			return nil
		}
		return a.first()
	}()
	next.call()
}

// Leave gives the place back of a call that was let in. What counts within a time has none.
func (l *Line) Leave(key any) {
	if l.Per > 0 {
		return
	}
	l.mu.Lock()
	a := l.known(key)
	a.inside--
	next := a.first()
	l.mu.Unlock()
	next.call()
}

func (w *Waiter) call() {
	if w != nil {
		w.Call()
	}
}

// first is the first of those who wait; nil where nobody does.
func (a *branch) first() *Waiter {
	if len(a.queue) == 0 {
		return nil
	}
	return a.queue[0]
}

// admits lets one in where there is room.
func (l *Line) admits(a *branch, now time.Time) bool {
	switch {
	case l.Per == 0:
		if a.inside == l.N {
			return false
		}
		a.inside++
	case now.Before(l.free(a)):
		return false
	default:
		a.begun.add(now, l.N)
	}
	return true
}

// free is when there is room again; zero where no time tells.
func (l *Line) free(a *branch) time.Time {
	first := a.begun.first(l.N)
	if first.IsZero() {
		return first
	}
	return first.Add(l.Per)
}

// known is the branch of a key; nil where nothing is known of it.
func (l *Line) known(key any) *branch {
	if key == nil {
		return &l.whole
	}
	return l.branches[key]
}

// branch is that of a key. Before another one is made, those go in which nothing goes on, if
// they have become many.
func (l *Line) branch(key any, now time.Time) *branch {
	if a := l.known(key); a != nil {
		return a
	}
	if l.branches == nil {
		l.branches, l.sweepAt = map[any]*branch{}, fewBranches
	}
	if len(l.branches) >= l.sweepAt {
		for k, a := range l.branches {
			if l.idle(a, now) {
				delete(l.branches, k)
			}
		}
		l.sweepAt = max(fewBranches, 2*len(l.branches))
	}
	a := &branch{}
	l.branches[key] = a
	return a
}

// idle tells whether a branch says nothing that a new one wouldn't.
func (l *Line) idle(a *branch, now time.Time) bool {
	return a.inside == 0 && len(a.queue) == 0 && !a.begun.within(l.Per, now)
}
