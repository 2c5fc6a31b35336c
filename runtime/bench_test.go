package runtime_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/wfgen/wfgen/runtime"
)

// Each benchmark has a twin written by hand with the guarantees of the runtime:
// the first failure cancels the others, a panic is a failure, all are joined, and
// the caller's goroutine does its share. Compare within one run only.

// An adder is the tools of the benchmarks. It is called through an interface, as
// generated code calls tools.
type adder interface {
	Add(ctx context.Context, n int) (int, error)
	Join(ctx context.Context, a, b int) (int, error)
}

type quick struct{}

//go:noinline
func (quick) Add(_ context.Context, n int) (int, error) { return n + 1, nil }

//go:noinline
func (quick) Join(_ context.Context, a, b int) (int, error) { return a + b, nil }

// A gathering is a tool that returns when width calls of it have begun: it shows
// what side by side costs when all have to wait.
type gathering struct {
	width int

	mu      sync.Mutex
	waiting int
	all     chan struct{}
}

func newGathering(width int) *gathering { return &gathering{width: width, all: make(chan struct{})} }

func (m *gathering) Add(_ context.Context, n int) (int, error) {
	m.mu.Lock()
	all := m.all
	if m.waiting++; m.waiting == m.width {
		m.waiting, m.all = 0, make(chan struct{})
		close(all)
	}
	m.mu.Unlock()
	<-all
	return n + 1, nil
}

func (m *gathering) Join(_ context.Context, a, b int) (int, error) { return a + b, nil }

var (
	benchWorkflow = runtime.Workflow{Name: "Bench", At: "bench.wf:1:1"}
	benchStep     = runtime.Task[int]{Step: runtime.Step{ID: "step", At: "bench.wf:2:2", Tool: "Add"}}
	benchLoop     = runtime.Step{ID: "loop", At: "bench.wf:3:2"}
)

// A crew is a group of goroutines as a careful person writes it.
type crew struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	once   sync.Once
	err    error
}

func newCrew(ctx context.Context) *crew {
	c := &crew{}
	c.ctx, c.cancel = context.WithCancel(ctx)
	return c
}

func (c *crew) fail(err error) {
	c.once.Do(func() {
		c.err = err
		c.cancel()
	})
}

func (c *crew) do(chain func(context.Context) error) {
	defer func() {
		if r := recover(); r != nil {
			c.fail(fmt.Errorf("panic: %v", r))
		}
	}()
	if err := c.ctx.Err(); err != nil {
		c.fail(err)
	} else if err := chain(c.ctx); err != nil {
		c.fail(err)
	}
}

func (c *crew) start(chain func(context.Context) error) {
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		c.do(chain)
	}()
}

func (c *crew) wait() error {
	c.wg.Wait()
	c.cancel()
	return c.err
}

func compare(b *testing.B, hand, wfgen func(context.Context) error) {
	for _, twin := range []struct {
		name string
		run  func(context.Context) error
	}{{"hand", hand}, {"wfgen", wfgen}} {
		b.Run(twin.name, func(b *testing.B) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			b.ReportAllocs()
			for b.Loop() {
				if err := twin.run(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkChain(b *testing.B) {
	var tools adder = quick{}
	compare(b,
		func(ctx context.Context) error { _, err := handChain(ctx, tools, 1); return err },
		func(ctx context.Context) error { _, err := chain(ctx, tools, 1); return err })
}

// handChain is the calls alone, without any of the guarantees.
//
//go:noinline
func handChain(ctx context.Context, tools adder, n int) (_ int, err error) {
	for range 10 {
		if n, err = tools.Add(ctx, n); err != nil {
			return 0, err
		}
	}
	return n, nil
}

//go:noinline
func chain(ctx context.Context, tools adder, n int) (_ int, err error) {
	f := runtime.Start(ctx, &benchWorkflow)
	defer f.End(&err)
	for range 10 {
		if n, err = runtime.Call1(f, &benchStep, tools.Add, n); err != nil {
			return 0, err
		}
	}
	return n, nil
}

func TestChainAllocatesNothing(t *testing.T) {
	var tools adder = quick{}
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() { chain(ctx, tools, 1) }); n != 0 {
		t.Errorf("ten steps allocate %v times", n)
	}
}

func benchFan(b *testing.B, tool func(width int) adder, hand, wfgen func(context.Context, adder, int) (int, error)) {
	for _, width := range []int{10, 100} {
		b.Run(fmt.Sprint(width), func(b *testing.B) {
			tools := tool(width)
			compare(b,
				func(ctx context.Context) error { _, err := hand(ctx, tools, width); return err },
				func(ctx context.Context) error { _, err := wfgen(ctx, tools, width); return err })
		})
	}
}

func quickly(int) adder      { return quick{} }
func gather(width int) adder { return newGathering(width) }

func BenchmarkParallel(b *testing.B)          { benchFan(b, quickly, handParallel, parallel) }
func BenchmarkParallelGathering(b *testing.B) { benchFan(b, gather, handParallel, parallel) }
func BenchmarkMap(b *testing.B)               { benchFan(b, quickly, handMap, mapped) }
func BenchmarkMapGathering(b *testing.B)      { benchFan(b, gather, handMap, mapped) }

func handParallel(ctx context.Context, tools adder, width int) (int, error) {
	results := make([]int, width)
	c := newCrew(ctx)
	branch := func(i int) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			results[i], err = tools.Add(ctx, i)
			return err
		}
	}
	for i := 1; i < width; i++ {
		c.start(branch(i))
	}
	c.do(branch(0))
	return len(results), c.wait()
}

func parallel(ctx context.Context, tools adder, width int) (_ int, err error) {
	f := runtime.Start(ctx, &benchWorkflow)
	defer f.End(&err)
	results := make([]int, width)
	chains := make([]func(*runtime.Frame) error, width)
	for i := range chains {
		chains[i] = func(f *runtime.Frame) (err error) {
			results[i], err = runtime.Call1(f, &benchStep, tools.Add, i)
			return err
		}
	}
	return len(results), runtime.Parallel(f, chains...)
}

func handMap(ctx context.Context, tools adder, width int) (int, error) {
	ns := make([]int, width)
	results := make([]int, width)
	c := newCrew(ctx)
	for i := 1; i < width; i++ {
		c.wg.Add(1)
		go func() {
			defer c.wg.Done()
			handRound(c, tools, results, ns, i)
		}()
	}
	handRound(c, tools, results, ns, 0)
	return len(results), c.wait()
}

func handRound(c *crew, tools adder, results, ns []int, i int) {
	defer func() {
		if r := recover(); r != nil {
			c.fail(fmt.Errorf("panic: %v", r))
		}
	}()
	err := c.ctx.Err()
	if err == nil {
		results[i], err = tools.Add(c.ctx, ns[i])
	}
	if err != nil {
		c.fail(err)
	}
}

func mapped(ctx context.Context, tools adder, width int) (_ int, err error) {
	f := runtime.Start(ctx, &benchWorkflow)
	defer f.End(&err)
	ns := make([]int, width)
	results, err := runtime.Map(f, &benchLoop, 0, slices.All(ns), func(f *runtime.Frame, _ int, n int) (int, error) {
		return runtime.Call1(f, &benchStep, tools.Add, n)
	})
	return len(results), err
}
