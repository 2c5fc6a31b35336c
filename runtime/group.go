package runtime

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// A group is a set of jobs that run side by side and stop each other: the first
// to fail cancels the context of the others, and all are waited for.
type group struct {
	frame  Frame // what the jobs run in
	cancel context.CancelFunc

	jobs jobs
	n    int          // how many jobs there are
	next atomic.Int64 // the first that hasn't begun
	// idle is how many more workers there may be. Only the youngest worker starts
	// another, so that it needs no lock.
	idle int
	work func() // g.started, as a value once: starting a worker allocates nothing
	wait sync.WaitGroup
	team team // those who were started

	mu      sync.Mutex
	err     error
	stopped bool   // a job gave up because of errStopped
	latches *Latch // those that chains wait for
}

// jobs are what the members of a group do.
type jobs interface {
	// job does job i, in f or in a frame of its own.
	job(f *Frame, i int) error
}

// errStopped is what a chain gives up with that waits for what may never come, or
// a round that doesn't begin. It isn't the group's failure but follows from one,
// or from the end of the context around the group.
var errStopped = errors.New("stopped")

// form makes g the group of n jobs in f, at most limit of them at once.
func (g *group) form(f *Frame, jobs jobs, n, limit int) {
	g.frame = Frame{workflow: f.workflow, run: f.run, parent: f, group: g}
	g.frame.ctx, g.cancel = context.WithCancel(f.ctx)
	g.jobs, g.n, g.idle = jobs, n, limit-1
	g.work = g.started
}

// lead does jobs on the caller's goroutine, and returns when all have ended. Where
// a tool calls runtime.Goexit on that goroutine it waits, too, for the others.
func (g *group) lead() (err error) {
	returned := false
	defer func() {
		g.frame.census().join(&g.team)
		g.wait.Wait()
		err = g.failure()
		g.cancel()
		if !returned {
			panic(&goexit{err})
		}
	}()
	g.wait.Add(1)
	g.worker()
	returned = true
	return nil
}

// worker does jobs until all have begun. It starts another worker before its
// first job. So, while jobs are left and the limit allows it, a worker is always
// about to begin: no job waits for another to end, and jobs that end at once take
// few goroutines.
func (g *group) worker() {
	ended := false
	defer g.leave(&ended)
	i := int(g.next.Add(1))
	if i < g.n && g.idle > 0 {
		g.idle--
		g.wait.Add(1)
		g.frame.census().spawn(&g.team)
		go g.work()
	}
	for ; i <= g.n; i = int(g.next.Add(1)) {
		if err := g.jobs.job(&g.frame, i-1); err != nil {
			g.fail(err)
		}
	}
	ended = true
}

// started is worker on a goroutine of its own.
func (g *group) started() {
	defer g.frame.census().leave(&g.team)
	g.worker()
}

// leave is deferred by what runs on a group's goroutines.
func (g *group) leave(ended *bool) {
	if !*ended {
		g.fail(g.frame.located(panicked(recover())))
	}
	g.wait.Done()
}

// fail keeps the first error, and of later ones what undos failed with.
func (g *group) fail(err error) {
	if g.keep(err) {
		g.cancel()
		g.frame.census().cancelled()
		for l := g.latches; l != nil; l = l.next {
			l.settle(broken)
		}
	}
}

// keep tells whether err is the first.
func (g *group) keep(err error) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case err == errStopped:
		g.stopped = true
	case g.err == nil:
		g.err = err
		return true
	case g.frame.durable() != nil:
		g.err = g.frame.durable().firstOf(g.err, err)
	default:
		g.err = withUndoFailure(g.err, undoFailure(err))
	}
	return false
}

// breaks has l broken when the group fails, at once where it has.
func (g *group) breaks(l *Latch) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		l.state = broken
		return
	}
	l.next, g.latches = g.latches, l
}

// failure is the error of the group, once all its jobs have ended.
func (g *group) failure() error {
	if g.err == nil && g.stopped {
		return g.stoppedWhole()
	}
	return g.err
}

// chains are the jobs of Parallel.
type chains struct {
	group
	list []func(*Frame) error
}

func (c *chains) job(f *Frame, i int) error { return c.list[i](f) }

// Parallel runs the chains side by side, the first on the caller's goroutine. It
// returns when all have ended, with the error of the first that failed; that
// failure cancels the context of the others.
func Parallel(f *Frame, list ...func(*Frame) error) error {
	c := &chains{list: list}
	c.form(f, c, len(list), len(list))
	return c.lead()
}

// Go starts a chain on a goroutine of its own. It is called within a chain, by
// the frame that the chain was given, for what only that chain makes ready.
func (f *Frame) Go(chain func(*Frame) error) {
	f.group.wait.Add(1)
	f.census().spawn(&f.group.team)
	go f.group.branch(chain)
}

func (g *group) branch(chain func(*Frame) error) {
	ended := false
	defer g.frame.census().leave(&g.team)
	defer g.leave(&ended)
	if err := chain(&g.frame); err != nil {
		g.fail(err)
	}
	ended = true
}
