package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/pure"
)

// A world is what the tools of an execution change: it outlives the process.
type world struct {
	mu    sync.Mutex
	calls map[string]int // by step key
	lines []string
}

func (w *world) call(ctx context.Context, name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calls == nil {
		w.calls = map[string]int{}
	}
	key := runtime.StepKey(ctx)
	w.calls[key]++
	w.lines = append(w.lines, name)
	return w.calls[key]
}

// open opens an engine on j with workflows of no input.
func open(t *testing.T, ctx context.Context, j journal.Journal, list ...*runtime.Definition) *runtime.Engine {
	t.Helper()
	e, err := runtime.Open(ctx, j, runtime.NewRegistry("{}", list...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func define[R any](w *runtime.Workflow, body func(f *runtime.Frame) (R, error)) *runtime.Definition {
	return runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (v R, err error) {
		f := runtime.Start(ctx, w)
		defer runtime.End(f, &v, &err)
		return body(f)
	})
}

func submit[R any](t *testing.T, e *runtime.Engine, w *runtime.Workflow, options ...runtime.Option) *runtime.Run[R] {
	t.Helper()
	r, err := runtime.Submit[R](t.Context(), e, w, struct{}{}, options...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func result[R any](t *testing.T, r *runtime.Run[R]) (R, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	v, err := r.Result(ctx)
	if ctx.Err() != nil {
		t.Fatalf("execution %s doesn't end", r.ID())
	}
	return v, err
}

func intTask(id string) *runtime.Task[int] {
	return &runtime.Task[int]{Step: step(id)}
}

// adder is a chain of three steps that add one.
func adder(w *runtime.Workflow, world *world) *runtime.Definition {
	return define(w, func(f *runtime.Frame) (int, error) {
		n := 0
		for i := range 3 {
			id := fmt.Sprintf("s%d", i)
			var err error
			n, err = runtime.Call1(f, intTask(id), func(ctx context.Context, n int) (int, error) {
				world.call(ctx, id)
				return n + 1, nil
			}, n)
			if err != nil {
				return 0, err
			}
		}
		return n, nil
	})
}

func TestDurableRun(t *testing.T) {
	w, world := workflow("Add"), &world{}
	e := open(t, t.Context(), memory.New(), adder(w, world))
	r := submit[int](t, e, w)
	if v, err := result(t, r); v != 3 || err != nil {
		t.Errorf("got %v, %v, want 3", v, err)
	}
	records, err := e.History(t.Context(), r.ID(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range records {
		got = append(got, fmt.Sprintf("%d %s %s %s", r.N, r.Kind, r.Step, r.Data))
	}
	want := []string{
		"1 started s0 ", "2 done s0 1", "3 started s1 ", "4 done s1 2", "5 started s2 ", "6 done s2 3", "7 ended  3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// cut runs the workflow on a journal of which each stored state is kept, and then once
// from each of those states.
func cut[R any](t *testing.T, w *runtime.Workflow, define func(*world) *runtime.Definition, check func(t *testing.T, at int, world *world, v R, err error)) {
	j := memory.New()
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	all := &world{}
	e := open(t, t.Context(), j, define(all))
	r := submit[R](t, e, w, runtime.ID("x"))
	v, err := result(t, r)
	check(t, -1, all, v, err)
	e.Close()
	for i, state := range states {
		again := &world{}
		e := open(t, t.Context(), state, define(again))
		x, err := e.Run(t.Context(), "x")
		if err != nil {
			var unknown *runtime.UnknownError
			if errors.As(err, &unknown) {
				continue
			}
			t.Fatal(err)
		}
		data, err := func() ([]byte, error) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			return x.ResultJSON(ctx)
		}()
		var v R
		if err == nil {
			err = pure.Decode(data, "", &v)
		}
		check(t, i, again, v, err)
		e.Close()
	}
}

func TestCutChain(t *testing.T) {
	w := workflow("Add")
	cut(t, w, func(world *world) *runtime.Definition {
		return define(w, func(f *runtime.Frame) (int, error) {
			n := 0
			for i := range 3 {
				id := fmt.Sprintf("s%d", i)
				task := intTask(id)
				task.Effect = runtime.Idempotent
				var err error
				n, err = runtime.Call1(f, task, func(ctx context.Context, n int) (int, error) {
					world.call(ctx, id)
					return n + 1, nil
				}, n)
				if err != nil {
					return 0, err
				}
			}
			return n, nil
		})
	}, func(t *testing.T, at int, world *world, v int, err error) {
		if v != 3 || err != nil {
			t.Errorf("from state %d: got %v, %v, want 3", at, v, err)
		}
		t.Logf("from state %d: calls %v", at, world.lines)
	})
}
