package runtime

import (
	"sync"
	"sync/atomic"
)

// A group is a set of jobs that run side by side and stop each other: the first
// to fail cancels the context of the others, and all are waited for.
type group struct {
	scene scene // what the jobs run in
	frame Frame
	ctx   cancellable

	job  func(f *Frame, i int) error
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
	latches *Latch // those that chains wait for
	stopped bool   // a job gave up because of errStopped
}

// form makes g the group of n jobs in f, at most limit of them at once. It copies what
// it needs of f, which can stay on its stack.
func (g *group) form(f *Frame, n, limit int) {
	g.scene = *f.scene
	g.ctx.Context, g.scene.ctx, g.scene.group = f.ctx, &g.ctx, g
	g.frame = Frame{&g.scene, f.index}
	g.n, g.idle = n, limit-1
	g.work = g.started
}

// lead does jobs on the caller's goroutine, and returns when all have ended. Where
// a tool calls runtime.Goexit on that goroutine it waits, too, for the others.
func (g *group) lead() (err error) {
	ended, exits := false, false
	defer func() {
		if !ended {
			exits = g.broke(recover())
		}
		g.frame.quiescence().join(&g.team)
		g.wait.Wait()
		err = g.failure()
		g.ctx.release()
		if exits {
			panic(&goexit{err})
		}
	}()
	g.worker()
	ended = true
	return nil
}

// worker does jobs until all have begun. It starts another worker before its
// first job. So, while jobs are left and the limit allows it, a worker is always
// about to begin: no job waits for another to end, and jobs that end at once take
// few goroutines.
func (g *group) worker() {
	i := int(g.next.Add(1))
	if i < g.n && g.idle > 0 {
		g.idle--
		g.wait.Add(1)
		g.frame.quiescence().spawn(&g.team)
		go g.work()
	}
	for ; i <= g.n; i = int(g.next.Add(1)) {
		if err := g.job(&g.frame, i-1); err != nil {
			g.fail(err)
		}
	}
}

// started is worker on a goroutine of its own.
func (g *group) started() {
	ended := false
	defer g.exit(&ended)
	g.worker()
	ended = true
}

// exit is deferred by what runs on a group's goroutines.
func (g *group) exit(ended *bool) {
	defer g.frame.quiescence().exit(&g.team)
	defer g.wait.Done()
	if !*ended {
		g.broke(recover())
	}
}

// broke takes note of the panic that ended a worker. It tells whether that stands for
// runtime.Goexit.
func (g *group) broke(r any) (exits bool) {
	_, exits = r.(*goexit)
	g.fail(g.frame.located(panicked(r)))
	return exits || r == nil
}

// fail keeps the first error, and of later ones what undos failed with.
func (g *group) fail(err error) {
	if g.keep(err) {
		g.ctx.cancel()
		g.frame.quiescence().cancelled()
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
		l.state.Store(broken)
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

// Parallel runs n chains side by side, the first on the caller's goroutine. It
// returns when all have ended, with the error of the first that failed; that
// failure cancels the context of the others.
func Parallel(f *Frame, n int, chain func(f *Frame, i int) error) error {
	g := &group{job: chain}
	g.form(f, n, n)
	return g.lead()
}

// Chains is Parallel for chains that are function literals of their own.
func Chains(f *Frame, list ...func(*Frame) error) error {
	return Parallel(f, len(list), func(f *Frame, i int) error { return list[i](f) })
}

// Go starts a chain on a goroutine of its own. It is called within a chain, by
// the frame that the chain was given, for what only that chain makes ready.
func (f *Frame) Go(chain func(*Frame) error) {
	f.group.wait.Add(1)
	f.quiescence().spawn(&f.group.team)
	go f.group.branch(chain)
}

func (g *group) branch(chain func(*Frame) error) {
	ended := false
	defer g.exit(&ended)
	if err := chain(&g.frame); err != nil {
		g.fail(err)
	}
	ended = true
}
