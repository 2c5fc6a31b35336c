package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/memory"
)

// A batched is a function of many that writes down what it was called with.
type batched struct {
	mu    sync.Mutex
	calls []string
}

func (b *batched) double(_ context.Context, all []int) ([]int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	sorted := slices.Sorted(slices.Values(all))
	b.calls = append(b.calls, fmt.Sprint(sorted))
	var twice []int
	for _, n := range all {
		twice = append(twice, 2*n)
	}
	return twice, nil
}

// batchOutcomes are what calls of a tool for each element give that are made at once; empty
// where one doesn't return.
func batchOutcomes(ctx context.Context, tool func(context.Context, int) (int, error), elements ...int) []string {
	got := make([]string, len(elements))
	var calls sync.WaitGroup
	for i, n := range elements {
		calls.Go(func() {
			v, err := tool(ctx, n)
			if got[i] = fmt.Sprint(v); err != nil {
				got[i] = err.Error()
			}
		})
	}
	calls.Wait()
	return got
}

// Calls within the delay are one, and each gets its own result.
func TestBatchGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &batched{}
		tool, start := runtime.Batch(3, time.Second, b.double), time.Now()
		if got := batchOutcomes(t.Context(), tool, 1, 2); !slices.Equal(got, []string{"2", "4"}) {
			t.Errorf("got %v", got)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("it took %v", took)
		}
		start = time.Now()
		if got := batchOutcomes(t.Context(), tool, 3, 4, 5); !slices.Equal(got, []string{"6", "8", "10"}) {
			t.Errorf("got %v", got)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("a full one took %v", took)
		}
		if want := []string{"[1 2]", "[3 4 5]"}; !slices.Equal(b.calls, want) {
			t.Errorf("calls %v, want %v", b.calls, want)
		}
	})
}

func TestBatchFails(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(context.Context, []int) ([]int, error)
		want []string
	}{
		{"all", func(context.Context, []int) ([]int, error) { return nil, errBoom }, []string{"boom", "boom"}},
		{"one", func(_ context.Context, all []int) ([]int, error) {
			errs := make(runtime.BatchErrors, 2)
			errs[slices.Index(all, 1)] = errBoom
			return all, errs
		}, []string{"boom", "2"}},
		{"none, of that type", func(_ context.Context, all []int) ([]int, error) {
			var errs runtime.BatchErrors
			return all, errs
		}, []string{"1", "2"}},
		{"one, wrapped", func(_ context.Context, all []int) ([]int, error) {
			errs := make(runtime.BatchErrors, 2)
			errs[slices.Index(all, 1)] = errBoom
			return all, fmt.Errorf("some: %w", errs)
		}, []string{"boom", "2"}},
		{"each", func(context.Context, []int) ([]int, error) { return nil, runtime.BatchErrors{errBoom, errBoom} }, []string{"boom", "boom"}},
		{"too few", func(context.Context, []int) ([]int, error) { return []int{1}, nil }, slices.Repeat([]string{"a batch of 2 elements gave 1 results"}, 2)},
		{"too few beside errors", func(context.Context, []int) ([]int, error) { return nil, runtime.BatchErrors{errBoom, nil} }, slices.Repeat([]string{"a batch of 2 elements gave 0 results"}, 2)},
		{"too many errors", func(_ context.Context, all []int) ([]int, error) { return all, make(runtime.BatchErrors, 3) }, slices.Repeat([]string{"a batch of 2 elements gave 3 errors"}, 2)},
		{"panic", func(context.Context, []int) ([]int, error) { panic("oh") }, []string{"panic: oh", "panic: oh"}},
		{"goexit", func(context.Context, []int) ([]int, error) { return nil, goexit(t.Context()) }, []string{"", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := batchOutcomes(t.Context(), runtime.Batch(2, time.Hour, c.do), 1, 2); !slices.Equal(got, c.want) {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		})
	}
}

// Who is cancelled before a batch begins isn't in it, and who is cancelled after leaves it
// to the others. When all have gone it is told.
func TestBatchCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []string
		tool := runtime.Batch(10, time.Second, func(ctx context.Context, all []int) ([]int, error) {
			calls = append(calls, fmt.Sprint(slices.Sorted(slices.Values(all))))
			err := runtime.Sleep(ctx, time.Minute)
			calls = append(calls, fmt.Sprint(err))
			return all, err
		})
		got := make([]error, 3)
		var waiting sync.WaitGroup
		call := func(n int, d time.Duration) {
			waiting.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), d)
				defer cancel()
				_, got[n] = tool(ctx, n)
			})
		}
		for n, d := range []time.Duration{time.Millisecond, 2 * time.Second, time.Hour} {
			call(n, d)
		}
		waiting.Wait()
		if !errors.Is(got[0], context.DeadlineExceeded) || !errors.Is(got[1], context.DeadlineExceeded) || got[2] != nil {
			t.Errorf("got %v", got)
		}
		call(0, 5*time.Second)
		call(1, 7*time.Second)
		waiting.Wait()
		synctest.Wait()
		if want := "[1 2]|<nil>|[0 1]|context canceled"; strings.Join(calls, "|") != want {
			t.Errorf("got %q, want %q", strings.Join(calls, "|"), want)
		}
	})
}

// By a virtual clock a batch begins when nothing else happens, and what its function waits
// for goes by that clock too: in plain executions and in durable ones.
func TestBatchByVirtualClock(t *testing.T) {
	tool := runtime.Batch(100, time.Minute, func(ctx context.Context, all []int) ([]int, error) {
		if _, is := runtime.StepOf(ctx); is {
			return nil, errors.New("it is of a step")
		}
		return all, runtime.Sleep(ctx, time.Hour)
	})
	rounds := step("rounds")
	body := func(f *runtime.Frame) (int, error) {
		all, err := runtime.Map(f, &rounds, 0, []int{1, 2, 3}, func(f *runtime.Frame, _, n int) (int, error) {
			return runtime.Call1(f, intTask("s"), tool, n)
		})
		return len(all), err
	}
	w := workflow("W")
	ctx, clock := virtual(t)
	start := clock.Now()
	took := func(want time.Duration) {
		t.Helper()
		if got := clock.Now().Sub(start); got != want {
			t.Errorf("it took %v, want %v", got, want)
		}
	}
	err := execute(ctx, w, func(f *runtime.Frame) error { _, err := body(f); return err })
	if err != nil {
		t.Fatal(err)
	}
	took(61 * time.Minute)
	e := open(t, ctx, memory.New(), define(w, body))
	if n, err := result(t, submit[int](t, e, w)); n != 3 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	took(122 * time.Minute)
	release := clock.Hold() // so that both are there before it goes on
	runs := []*runtime.Run[int]{submit[int](t, e, w), submit[int](t, e, w)}
	release()
	for _, r := range runs {
		if _, err := result(t, r); err != nil {
			t.Error(err)
		}
	}
	took(183 * time.Minute)
	if _, err := tool(ctx, 1); err != nil {
		t.Error(err)
	}
	took(244 * time.Minute)
}

// Each result has its own record: an execution that goes on asks for what it lacks alone.
func TestBatchRecords(t *testing.T) {
	w, rounds := workflow("W"), step("rounds")
	cut(t, w, func(world *world) *runtime.Definition {
		tool := runtime.Batch(3, time.Millisecond, func(_ context.Context, all []int) ([]int, error) {
			world.mu.Lock()
			defer world.mu.Unlock()
			for _, n := range all {
				world.lines = append(world.lines, fmt.Sprint(n))
			}
			return all, nil
		})
		return define(w, func(f *runtime.Frame) (int, error) {
			task := intTask("s")
			task.Effect = runtime.Idempotent
			all, err := runtime.Map(f, &rounds, 0, []int{1, 2, 3}, func(f *runtime.Frame, _, n int) (int, error) {
				return runtime.Call1(f, task, tool, n)
			})
			sum := 0
			for _, n := range all {
				sum += n
			}
			return sum, err
		})
	}, func(t *testing.T, at int, world *world, v int, err error) {
		if v != 6 || err != nil {
			t.Errorf("from state %d: %d, %v", at, v, err)
		}
		seen := slices.Clone(world.lines)
		slices.Sort(seen)
		if len(slices.Compact(seen)) != len(world.lines) {
			t.Errorf("from state %d: called with %v", at, world.lines)
		}
	})
}

// Prices of many articles are asked for together.
type catalog struct {
	price func(ctx context.Context, article string) (int, error)
}

// Price is the tool that the workflow calls, article by article.
func (c *catalog) Price(ctx context.Context, article string) (int, error) {
	return c.price(ctx, article)
}

func ExampleBatch() {
	c := &catalog{price: runtime.Batch(100, 10*time.Millisecond, func(_ context.Context, articles []string) ([]int, error) {
		prices, errs := make([]int, len(articles)), make(runtime.BatchErrors, len(articles))
		for i, a := range articles {
			if prices[i] = len(a); a == "" {
				errs[i] = errors.New("an article has a name")
			}
		}
		return prices, errs
	})}
	var calls sync.WaitGroup
	got := make([]string, 3)
	for i, article := range []string{"pen", "paper", ""} {
		calls.Go(func() {
			price, err := c.Price(context.Background(), article)
			got[i] = fmt.Sprint(price, err)
		})
	}
	calls.Wait()
	fmt.Println(strings.Join(got, "\n"))
	// Output:
	// 3 <nil>
	// 5 <nil>
	// 0 an article has a name
}
