package runtime

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
)

// A group is a set of goroutines that stop each other: the first to fail cancels
// the context of the others, and all are waited for.
type group struct {
	frame  Frame
	cancel context.CancelFunc
	wait   sync.WaitGroup

	mu  sync.Mutex
	err error
}

func newGroup(f *Frame) *group {
	g := &group{}
	g.begin(f)
	return g
}

func (g *group) begin(f *Frame) {
	ctx, cancel := context.WithCancel(f.ctx)
	g.cancel = cancel
	g.frame = Frame{ctx: ctx, workflow: f.workflow, run: f.run, parent: f, group: g}
}

// Parallel runs the chains side by side: the first on the caller's goroutine,
// each other one on its own. It returns when all have ended, with the error of
// the first that failed; that failure cancels the context of the others.
func Parallel(f *Frame, chains ...func(*Frame) error) error {
	g := newGroup(f)
	g.wait.Add(len(chains))
	for _, chain := range chains[1:] {
		go g.run(chain)
	}
	g.run(chains[0])
	return g.end()
}

// Go starts a chain on a goroutine of its own. It is called within a chain, by
// the frame that the chain was given, for what only that chain makes ready.
func (f *Frame) Go(chain func(*Frame) error) {
	f.group.wait.Add(1)
	go f.group.run(chain)
}

// run runs a chain on the current goroutine and keeps its failure.
func (g *group) run(chain func(*Frame) error) {
	ended := false
	defer g.leave(&ended)
	if err := chain(&g.frame); err != nil {
		g.fail(err)
	}
	ended = true
}

// leave is called by defer when a chain ends, however it does: in time, by a
// panic, or because a tool called runtime.Goexit.
func (g *group) leave(ended *bool) {
	if r := recover(); r != nil {
		g.fail(g.frame.located(panicked(r)))
	} else if !*ended {
		g.fail(g.frame.located(errGoexit))
	}
	g.wait.Done()
}

// fail keeps the first error, and of later ones what undos failed with.
func (g *group) fail(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		g.err = err
		g.cancel()
	} else if undo := undoFailure(err); undo != nil {
		g.err = withUndoFailure(g.err, undo)
	}
}

func (g *group) end() error {
	g.wait.Wait()
	g.cancel()
	return g.err
}

// A Latch lets chains of one group wait for a step of another. The zero Latch is
// shut.
type Latch struct {
	mu     sync.Mutex
	open   bool
	opened chan struct{} // made by the first that has to wait
}

// Open lets all pass who wait or will wait.
func (l *Latch) Open() {
	l.mu.Lock()
	l.open = true
	if l.opened != nil {
		close(l.opened)
	}
	l.mu.Unlock()
}

// Wait returns nil once the latch is open, or an error where the group has
// failed or the execution is stopping: what the latch stands for may never come.
func (l *Latch) Wait(f *Frame) error {
	l.mu.Lock()
	if l.open {
		l.mu.Unlock()
		return nil
	}
	if l.opened == nil {
		l.opened = make(chan struct{})
	}
	opened := l.opened
	l.mu.Unlock()
	select {
	case <-opened:
		return nil
	case <-f.ctx.Done():
		return f.located(context.Cause(f.ctx))
	}
}

// Each runs body for each element of seq, at most limit of them at once (0: all),
// and returns when all have ended. The first to fail cancels the others; those
// that haven't begun don't begin. loop is the loop's step, whose id and the key
// begin the ids of the round's steps.
func Each[K comparable, V any](f *Frame, loop *Step, limit int, seq iter.Seq2[K, V], body func(*Frame, K, V) error) error {
	_, err := Map(f, loop, limit, seq, func(f *Frame, k K, v V) (struct{}, error) {
		return struct{}{}, body(f, k, v)
	})
	return err
}

// Map is Each for a body with a value: it gives the values in the order of seq,
// never a nil list unless it fails.
func Map[K comparable, V, R any](f *Frame, loop *Step, limit int, seq iter.Seq2[K, V], body func(*Frame, K, V) (R, error)) ([]R, error) {
	all := make([]round[K, V], 0, 16)
	for k, v := range seq {
		all = append(all, round[K, V]{k, v})
	}
	results := make([]R, len(all))
	if len(all) == 0 {
		return results, f.stopped(loop)
	}
	workers := len(all)
	if limit > 0 {
		workers = min(limit, workers)
	}
	rs := &rounds[K, V, R]{loop: loop, all: all, frames: make([]Frame, len(all)), results: results, body: body}
	rs.group.begin(f)
	rs.group.wait.Add(workers)
	for range workers - 1 {
		go rs.run()
	}
	rs.run()
	if err := rs.group.end(); err != nil {
		return nil, err
	}
	return results, nil
}

type round[K, V any] struct {
	key   K
	value V
}

// rounds are the rounds of a loop that runs them side by side.
type rounds[K comparable, V, R any] struct {
	group   group
	loop    *Step
	all     []round[K, V]
	frames  []Frame // those of the rounds, made in one piece
	results []R
	body    func(*Frame, K, V) (R, error)
	next    atomic.Int64
}

// run runs rounds, one after the other, until there are no more.
func (rs *rounds[K, V, R]) run() {
	ended := false
	defer rs.group.leave(&ended)
	f := &rs.group.frame
	for {
		i := int(rs.next.Add(1)) - 1
		if i >= len(rs.all) {
			break
		}
		if f.ctx.Err() != nil {
			rs.group.fail(f.located(context.Cause(f.ctx)))
			break
		}
		r := &rs.all[i]
		inner := &rs.frames[i]
		*inner = *f
		inner.parent, inner.loop = f, rs.loop
		inner.index, inner.key = pathKey(r.key)
		v, err := rs.body(inner, r.key, r.value)
		if err != nil {
			rs.group.fail(err)
			break
		}
		rs.results[i] = v
	}
	ended = true
}

// Limit is the number of rounds at once that a workflow computed; it fails where
// that isn't at least 1.
func Limit(n int, at string) int {
	if n < 1 {
		panic(&Fault{At: at, Text: "parallel needs a number of at least 1, is " + Text(n)})
	}
	return n
}
