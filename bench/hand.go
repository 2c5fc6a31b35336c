package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// What somebody writes by hand who wants all four guarantees and cares for speed: the
// state of a run is one struct, a chain of steps is a method of it, the first chain
// runs on the caller's goroutine, and where a value crosses chains its reader waits for
// it alone. A step that fails or panics cancels the rest; what is left then goes through
// without calls, so that nobody waits for ever and the join is plain.
var handSystem = system{name: baseline, make: func(g graph, tools Tools) run {
	with := func(f func(context.Context, Tools) (int, error)) run {
		return func(ctx context.Context) (int, error) { return f(ctx, tools) }
	}
	switch g.name {
	case "chain of 10":
		return with(handChain)
	case "fan of 10":
		return with(handFan10)
	case "fan of 100":
		return func(ctx context.Context) (int, error) { return handFan(ctx, tools, hundred) }
	case "diamond":
		return with(handDiamond)
	case "12 nodes":
		return with(handTwelve)
	case "100 in layers":
		return with(handLayered)
	}
	return nil
}}

// A crew is what the goroutines of a run share.
type crew struct {
	ctx    context.Context
	cancel context.CancelFunc
	tools  Tools
	wg     sync.WaitGroup
	failed atomic.Bool
	err    error // of the first step that failed; to be read after join
}

func (c *crew) begin(ctx context.Context, tools Tools) {
	c.ctx, c.cancel = context.WithCancel(ctx)
	c.tools = tools
}

// join waits for the goroutines and gives the error of the step that failed first.
func (c *crew) join() error {
	c.wg.Wait()
	c.cancel()
	return c.err
}

func (c *crew) fail(err error) {
	if c.failed.CompareAndSwap(false, true) {
		c.err = err
		c.cancel()
	}
}

// caught is deferred: it makes a panic the step's error.
func (c *crew) caught() {
	if r := recover(); r != nil {
		c.fail(panicked(r))
	}
}

func panicked(value any) error { return fmt.Errorf("panic: %v\n%s", value, debug.Stack()) }

// load gives 0 if the run has failed.
func (c *crew) load(n int) int {
	defer c.caught()
	if err := c.ctx.Err(); err != nil {
		c.fail(err)
		return 0
	}
	loaded, err := c.tools.Load(c.ctx, n)
	if err != nil {
		c.fail(err)
	}
	return loaded
}

// join2 gives 0 if the run has failed.
func (c *crew) join2(a, b int) int {
	defer c.caught()
	if err := c.ctx.Err(); err != nil {
		c.fail(err)
		return 0
	}
	joined, err := c.tools.Join(c.ctx, a, b)
	if err != nil {
		c.fail(err)
	}
	return joined
}

// handChain needs no goroutine: nothing can fail beside it.
func handChain(ctx context.Context, tools Tools) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, panicked(r)
		}
	}()
	n = input
	for range 10 {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if n, err = tools.Load(ctx, n); err != nil {
			return 0, err
		}
	}
	return n, nil
}

type handFan10Run struct {
	crew
	loaded [10]int
}

func (r *handFan10Run) one(i int) {
	defer r.wg.Done()
	r.loaded[i] = r.load(input + i)
}

func handFan10(ctx context.Context, tools Tools) (sum int, err error) {
	r := &handFan10Run{}
	r.begin(ctx, tools)
	r.wg.Add(9)
	for i := 1; i < 10; i++ {
		go r.one(i)
	}
	r.loaded[0] = r.load(input)
	if err := r.join(); err != nil {
		return 0, err
	}
	for _, n := range r.loaded {
		sum += n
	}
	return sum, nil
}

type handFanRun struct {
	crew
	ns, loaded []int
}

func (r *handFanRun) one(i int) {
	defer r.wg.Done()
	r.loaded[i] = r.load(r.ns[i])
}

func handFan(ctx context.Context, tools Tools, ns []int) (sum int, err error) {
	if len(ns) == 0 {
		return 0, nil
	}
	r := &handFanRun{ns: ns, loaded: make([]int, len(ns))}
	r.begin(ctx, tools)
	r.wg.Add(len(ns) - 1)
	for i := 1; i < len(ns); i++ {
		go r.one(i)
	}
	r.loaded[0] = r.load(ns[0])
	if err := r.join(); err != nil {
		return 0, err
	}
	for _, n := range r.loaded {
		sum += n
	}
	return sum, nil
}

type handDiamondRun struct {
	crew
	a, b, c int
}

func (r *handDiamondRun) right() {
	defer r.wg.Done()
	r.c = r.load(r.a)
}

func handDiamond(ctx context.Context, tools Tools) (int, error) {
	r := &handDiamondRun{}
	r.begin(ctx, tools)
	r.a = r.load(input)
	r.wg.Add(1)
	go r.right()
	r.b = r.load(r.a)
	r.wg.Wait()
	d := r.join2(r.b, r.c)
	if err := r.join(); err != nil {
		return 0, err
	}
	return d, nil
}
