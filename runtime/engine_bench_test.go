package runtime_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// BenchmarkDurable tells what the engine itself costs, on a journal that stores nothing:
// executions of five steps, so many of them at once.
func BenchmarkDurable(b *testing.B) {
	for _, concurrent := range []int{1, 50, 500} {
		b.Run(fmt.Sprintf("%d at once", concurrent), func(b *testing.B) {
			benchmarkDurable(b, memory.New(), concurrent)
		})
	}
}

func benchmarkDurable(b *testing.B, j journal.Journal, concurrent int) {
	w := workflow("Five")
	var tasks []*runtime.Task[int]
	for i := range 5 {
		task := intTask(fmt.Sprintf("s%d", i))
		task.Effect = runtime.Idempotent
		tasks = append(tasks, task)
	}
	e, err := runtime.Open(b.Context(), j, runtime.NewRegistry("{}", define(w, func(f *runtime.Frame) (n int, err error) {
		for _, task := range tasks {
			n, err = runtime.Call1(f, task, func(ctx context.Context, n int) (int, error) { return n + 1, nil }, n)
			if err != nil {
				return 0, err
			}
		}
		return n, nil
	})))
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	b.ReportAllocs()
	var wait sync.WaitGroup
	slots := make(chan bool, concurrent)
	for b.Loop() {
		slots <- true
		wait.Go(func() {
			defer func() { <-slots }()
			r, err := runtime.Submit[int](b.Context(), e, w, struct{}{})
			if err == nil {
				_, err = r.Result(b.Context())
			}
			if err != nil {
				b.Error(err)
			}
		})
	}
	wait.Wait()
	b.ReportMetric(float64(5*b.N)/b.Elapsed().Seconds(), "steps/s")
}
