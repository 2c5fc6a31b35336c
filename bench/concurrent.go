package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/wfgen/wfgen/bench/workflows"
)

// A waitingRoom is tools of which Join waits.
type waitingRoom struct {
	adder
	inside sync.WaitGroup // counts down as calls come in
	leave  chan struct{}  // closed when they may return
}

func (w *waitingRoom) Join(ctx context.Context, a, b int) (int, error) {
	w.inside.Done()
	<-w.leave
	return a + b, nil
}

// The ways to run the three steps of Waiting in the background. What each gives waits for
// the result.
var waiting = []struct {
	name  string
	start func(ctx context.Context, tools Tools) (result func() (int, error))
}{
	{baseline, inBackground(handWaiting)},
	{"wfgen, called", inBackground(func(ctx context.Context, tools Tools, n int) (int, error) { return workflows.Waiting(ctx, tools, n) })},
	{"wfgen, with a handle", func(ctx context.Context, tools Tools) func() (int, error) {
		return workflows.StartWaiting(ctx, tools, input).Result
	}},
}

// inBackground calls a function on a goroutine of its own.
func inBackground(call func(context.Context, Tools, int) (int, error)) func(context.Context, Tools) func() (int, error) {
	return func(ctx context.Context, tools Tools) func() (int, error) {
		var got struct {
			sync.WaitGroup
			n   int
			err error
		}
		got.Go(func() { got.n, got.err = call(ctx, tools, input) })
		return func() (int, error) {
			got.Wait()
			return got.n, got.err
		}
	}
}

// handWaiting is what people write who want the four guarantees.
func handWaiting(ctx context.Context, tools Tools, n int) (_ int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	a, err := tools.Load(ctx, n)
	if err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	b, err := tools.Join(ctx, a, a)
	if err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return tools.Store(ctx, b)
}

// memory is what the process has in use, in bytes: the heap and the stacks.
func memory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// held is what each of n executions holds in bytes while all of them wait.
func held(ctx context.Context, n int, start func(context.Context, Tools) func() (int, error)) (int64, error) {
	tools := &waitingRoom{leave: make(chan struct{})}
	tools.inside.Add(n)
	results := make([]func() (int, error), n)
	before := memory()
	for i := range results {
		results[i] = start(ctx, tools)
	}
	tools.inside.Wait()
	each := (memory() - before) / int64(n)
	close(tools.leave)
	for _, result := range results {
		if got, err := result(); got != 5 || err != nil {
			return 0, fmt.Errorf("an execution gave %d, %v; 5 was expected", got, err)
		}
	}
	return each, nil
}

// measureConcurrent prints what n executions hold that wait at the same time.
func measureConcurrent(ctx context.Context, n int) error {
	var lines [][]string
	var hand int64
	for i, way := range waiting {
		each, err := held(ctx, n, way.start)
		if err != nil {
			return err
		}
		if i == 0 {
			hand = each
		}
		lines = append(lines, []string{way.name, fmt.Sprint(each), fmt.Sprint(each - hand)})
	}
	fmt.Printf("%d executions of three steps that wait in the second: bytes for each\n\n", n)
	return printTable(os.Stdout, 1, []string{"run as", "bytes", "beyond hand"}, lines)
}
