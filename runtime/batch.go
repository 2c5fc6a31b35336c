package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"slices"
	"sync"
	"time"
)

// Batch makes a tool of one element from a function of many, for what is cheaper asked for
// together: rows by their ids, texts to embed, messages to send. Calls that come within
// delay of the first, from any steps and executions, are one call of do, which begins early
// once there are size of them.
//
// To a workflow each is a call of its own: its step has its own record, retry and timeout,
// and one that goes on after a crash asks for what it lacks. do gives a result for each
// element, in their order; any other number of results is an error of all. An error of do
// is that of each element, unless it is a BatchErrors; a panic and runtime.Goexit are each
// one's, too.
//
// Who is cancelled while it waits takes its element out of a batch that hasn't begun, and
// leaves one that has to the others. The context of do ends when nobody waits any more. It
// has the values of the context that came first, and is of no step.
func Batch[A, R any](size int, delay time.Duration, do func(ctx context.Context, all []A) ([]R, error)) func(ctx context.Context, one A) (R, error) {
	b := &batcher[A, R]{size: max(size, 1), delay: delay, do: do, open: map[*VirtualClock]*gathering[A, R]{}}
	return b.call
}

// BatchErrors is the error of a function of many, beside its results, where elements have
// failed by themselves: an error for each element, in their order, and nil for those whose
// result counts.
type BatchErrors []error

func (e BatchErrors) Error() string {
	for i, err := range e {
		if err != nil {
			return fmt.Sprintf("element %d of a batch of %d: %v", i, len(e), err)
		}
	}
	return "no element of a batch has failed"
}

// A batcher gathers calls.
type batcher[A, R any] struct {
	size  int
	delay time.Duration
	do    func(context.Context, []A) ([]R, error)

	mu   sync.Mutex
	open map[*VirtualClock]*gathering[A, R] // what others may still join, by whose time it waits
}

// A gathering is what becomes one call. The batcher's lock is held for what changes.
type gathering[A, R any] struct {
	ctx     context.Context // of do
	cancel  context.CancelFunc
	clock   *VirtualClock
	due     time.Time // when it begins at the latest; zero once it has begun
	members []*gathered[A]
	waiting int // how many of them there still are
	ended   bool

	// What it came to.
	results []R
	err     error
	goexit  bool
}

// A gathered waits for its part of a batch.
type gathered[A any] struct {
	one  A
	post post
}

// call is the tool of one element.
func (b *batcher[A, R]) call(ctx context.Context, one A) (v R, err error) {
	sh := sharedOf(ctx)
	if !sh.counted {
		sh.clock.begin()
		defer sh.clock.end()
	}
	if ctx.Err() != nil {
		return v, slept(ctx)
	}
	m := &gathered[A]{one, postFor(ctx, sh)}
	a := b.join(ctx, sh, m)
	for {
		until, ended := b.look(a)
		switch {
		case ended:
			return a.result(m)
		case !m.post.wait(until) && b.leave(a, m):
			return v, cmp.Or(slept(ctx), context.Canceled) // which a suspended execution's is soon
		}
	}
}

// sharedOf is what the execution shares that a context is within, or what those do that
// begin under it.
func sharedOf(ctx context.Context) *shared {
	if s := scopeOf(ctx); s != nil && s.shared != nil {
		return s.shared
	}
	return &shared{counted: true}
}

// join puts a call into the batch that is open, and begins that where it is full.
func (b *batcher[A, R]) join(ctx context.Context, sh *shared, m *gathered[A]) *gathering[A, R] {
	now := sh.clock.orWorlds()
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.open[sh.clock]
	if a == nil {
		a = &gathering[A, R]{clock: sh.clock, due: now.Add(b.delay)}
		inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
		a.ctx, a.cancel = &scope{Context: inner, shared: &shared{settings: sh.settings, counted: true}}, cancel
		b.open[sh.clock] = a
	}
	a.members = append(a.members, m)
	if a.waiting++; a.waiting == b.size {
		b.begin(a)
	}
	return a
}

// look begins a batch whose time has come. It gives until when to wait for its end, and
// whether that has come.
func (b *batcher[A, R]) look(a *gathering[A, R]) (until time.Time, ended bool) {
	now := a.clock.orWorlds()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !a.due.IsZero() && !now.Before(a.due) {
		b.begin(a)
	}
	return a.due, a.ended
}

// leave takes out of a batch who waits no longer. It tells whether there was anything left
// to wait for.
func (b *batcher[A, R]) leave(a *gathering[A, R], m *gathered[A]) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.ended {
		return false
	}
	if a.waiting--; !a.due.IsZero() {
		a.members = slices.DeleteFunc(a.members, func(o *gathered[A]) bool { return o == m })
	}
	if a.waiting == 0 {
		a.cancel()
		if b.open[a.clock] == a {
			delete(b.open, a.clock)
		}
	}
	return true
}

// begin begins a batch, on a goroutine of its own, so that nobody who waits is kept by it.
// The lock is held.
func (b *batcher[A, R]) begin(a *gathering[A, R]) {
	delete(b.open, a.clock)
	a.due = time.Time{}
	a.clock.wake(1)
	go b.run(a)
}

// run makes the one call, and calls those who wait.
func (b *batcher[A, R]) run(a *gathering[A, R]) {
	defer a.clock.block() // when those it has called are counted
	defer a.cancel()
	returned := false
	defer func() {
		if !returned {
			r := recover()
			a.err, a.goexit = panicked(r), r == nil
		}
		b.mu.Lock()
		a.ended = true
		b.mu.Unlock()
		for _, m := range a.members {
			m.post.call()
		}
	}()
	all := make([]A, len(a.members))
	for i, m := range a.members {
		all[i] = m.one
	}
	results, err := b.do(a.ctx, all)
	a.results, a.err = results, a.misfit(len(results), err)
	returned = true
}

// misfit is an error that it came to, or what is wrong with how many results there are.
func (a *gathering[A, R]) misfit(results int, err error) error {
	errs, apart := errors.AsType[BatchErrors](err)
	if apart && len(errs) == 0 { // a nil of that type is no error
		err, apart = nil, false
	}
	n := len(a.members)
	switch {
	case err != nil && !apart:
		return err
	case apart && len(errs) != n:
		return fmt.Errorf("a batch of %d elements gave %d errors", n, len(errs))
	case results != n && (!apart || slices.Contains(errs, nil)):
		return fmt.Errorf("a batch of %d elements gave %d results", n, results)
	case apart:
		return errs // also where it was wrapped
	}
	return err
}

// result is a member's part of what a batch came to.
func (a *gathering[A, R]) result(m *gathered[A]) (v R, err error) {
	if a.goexit {
		goruntime.Goexit()
	}
	i := slices.Index(a.members, m)
	errs, apart := a.err.(BatchErrors)
	switch {
	case a.err != nil && !apart:
		return v, a.err
	case apart && errs[i] != nil:
		return v, errs[i]
	}
	return a.results[i], nil
}
