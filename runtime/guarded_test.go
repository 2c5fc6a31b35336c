package runtime_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/memory"
)

// A counter is a tool that has to be let go, call by call.
type counter struct {
	began  chan string // the executions whose calls begin
	free   chan error  // what the calls give
	queued chan string // the executions that wait for a place
}

func newCounter() *counter {
	return &counter{began: make(chan string, 100), free: make(chan error), queued: make(chan string, 100)}
}

// watched is a context under which queued is told.
func (c *counter) watched(ctx context.Context) context.Context {
	return runtime.WithObserver(ctx, observe(func(e runtime.Event) {
		if e.Kind == runtime.Queued {
			c.queued <- e.Execution
		}
	}))
}

// guarded defines a workflow of one step whose tool the counter is.
func (c *counter) guarded(w *runtime.Workflow, g *runtime.Guarded) *runtime.Definition {
	return c.guardedBy(w, g, intTask("s"))
}

func (c *counter) guardedBy(w *runtime.Workflow, g *runtime.Guarded, t *runtime.Task[int]) *runtime.Definition {
	return define(w, func(f *runtime.Frame) (int, error) { return c.step(f, g, t) })
}

func (c *counter) step(f *runtime.Frame, g *runtime.Guarded, t *runtime.Task[int]) (int, error) {
	return runtime.CallGuarded(f, g, t, func(ctx context.Context) (int, error) {
		c.began <- f.RunID()
		select {
		case err := <-c.free:
			return 1, err
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}, func() []any { return nil })
}

// next is what comes from a channel.
func next(t *testing.T, from <-chan string, what string) string {
	t.Helper()
	select {
	case s := <-from:
		return s
	case <-time.After(time.Minute):
		t.Fatalf("no execution %s", what)
		return ""
	}
}

// TestPlacesInOrder: who is paused or cancelled in line makes way, and comes to its place
// later, or not at all.
func TestPlacesInOrder(t *testing.T) {
	w, c := workflow("W"), newCounter()
	e := open(t, c.watched(t.Context()), memory.New(), c.guarded(w, &runtime.Guarded{AtOnce: runtime.Quota{N: 1}}))
	runs := map[string]*runtime.Run[int]{}
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		runs[id] = submit[int](t, e, w, runtime.ID(id))
		if id == "a" {
			next(t, c.began, "begins")
		} else {
			next(t, c.queued, "waits")
		}
	}
	for len(e.RunningSteps()) < 5 { // who has said that it waits is about to
		time.Sleep(time.Millisecond)
	}
	want := runtime.RunningStep{Execution: "b", Step: "s", Tool: "Tool"}
	if all := e.RunningSteps(); all[0].Attempt != 1 || all[1] != want {
		t.Errorf("running: %+v", all)
	}
	if err := runs["b"].Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := runs["c"].Cancel(t.Context(), "no more"); err != nil {
		t.Fatal(err)
	}
	if _, err := result(t, runs["c"]); !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled one gives %v", err)
	}
	var order []string
	for range 3 {
		c.free <- nil
		if len(order) < 2 {
			order = append(order, next(t, c.began, "begins"))
		}
	}
	if !slices.Equal(order, []string{"d", "e"}) {
		t.Errorf("the places go to %v", order)
	}
	if err := runs["b"].Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	next(t, c.began, "begins")
	c.free <- nil
	for _, id := range []string{"a", "b", "d", "e"} {
		if v, err := result(t, runs[id]); v != 1 || err != nil {
			t.Errorf("%s gives %v, %v", id, v, err)
		}
	}
}

// TestEndsInLine: an engine that closes or drains doesn't wait for those in line, and the
// next one calls their tools, which nothing has interrupted.
func TestEndsInLine(t *testing.T) {
	for name, end := range map[string]func(e *runtime.Engine, c *counter) error{
		"close": func(e *runtime.Engine, c *counter) error { return e.Close() },
		"drain": func(e *runtime.Engine, c *counter) error {
			go func() {
				for len(e.RunningSteps()) > 1 { // the place is free once nobody is in line for it
					time.Sleep(time.Millisecond)
				}
				c.free <- nil
			}()
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			return e.Drain(ctx)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, c, j := workflow("W"), newCounter(), memory.New()
			d := c.guarded(w, &runtime.Guarded{AtOnce: runtime.Quota{N: 1}})
			e := open(t, c.watched(t.Context()), j, d)
			submit[int](t, e, w, runtime.ID("a"))
			next(t, c.began, "begins")
			submit[int](t, e, w, runtime.ID("b"))
			next(t, c.queued, "waits")
			for len(e.RunningSteps()) < 2 { // who has said that it waits is about to
				time.Sleep(time.Millisecond)
			}
			if err := end(e, c); err != nil {
				t.Fatal(err)
			}
			e = open(t, t.Context(), j, d)
			if got := next(t, c.began, "begins"); got != "b" {
				t.Errorf("%s begins", got)
			}
			c.free <- nil
			r := submit[int](t, e, w, runtime.ID("b"))
			if v, err := result(t, r); v != 1 || err != nil {
				t.Errorf("got %v, %v", v, err)
			}
		})
	}
}

// TestAtOnce: there are never more at once than there may be, and all have their turn.
func TestAtOnce(t *testing.T) {
	g := &runtime.Guarded{AtOnce: runtime.Quota{N: 3, By: 1}}
	var inside [2]atomic.Int32
	var wait sync.WaitGroup
	for i := range 300 {
		wait.Go(func() {
			key := i % 2
			w := &runtime.Workflow{Name: "W", At: "W.wf:1:1", Stateless: true}
			f := runtime.Start(t.Context(), w)
			ctx := context.Background()
			if i%7 == 0 {
				c, cancel := context.WithTimeout(ctx, time.Duration(i)*time.Microsecond)
				defer cancel()
				f = runtime.Start(c, w)
			}
			_, _ = runtime.CallGuarded(f, g, intTask("s"), func(context.Context) (int, error) {
				if n := inside[key].Add(1); n > 3 {
					t.Errorf("%d at once", n)
				}
				time.Sleep(100 * time.Microsecond)
				inside[key].Add(-1)
				if i%11 == 0 {
					panic("no")
				}
				return 1, nil
			}, func() []any { return []any{key} })
		})
	}
	wait.Wait()
}

// TestTimeoutInLine: the timeout of an attempt doesn't run while it waits.
func TestTimeoutInLine(t *testing.T) {
	w, round := workflow("W"), step("for")
	for name, g := range map[string]*runtime.Guarded{
		"at once": {AtOnce: runtime.Quota{N: 1}},
		"rate":    {Rate: runtime.Quota{N: 1, Per: 10 * time.Second}},
	} {
		took, err := virtually(w, func(f *runtime.Frame) error {
			return runtime.Each(f, &round, 0, []int{1, 2, 3}, func(f *runtime.Frame, _ int, _ int) error {
				task := task("s")
				task.Timeout = 15 * time.Second
				return runtime.RunGuarded(f, g, task, takes(10*time.Second), func() []any { return nil })
			})
		})
		if took != 30*time.Second || err != nil {
			t.Errorf("%s: took %s, %v", name, took, err)
		}
	}
}

// TestKept: a failure isn't kept, calls of one key that come together are one, and each gets
// a value of its own.
func TestKept(t *testing.T) {
	g := &runtime.Guarded{Cache: time.Hour}
	calls := atomic.Int32{}
	read := func(f *runtime.Frame, key string) ([]string, error) {
		task := &runtime.Task[[]string]{Step: step("s")}
		return runtime.CallGuarded(f, g, task, func(context.Context) ([]string, error) {
			if calls.Add(1) == 1 {
				return nil, errors.New("no")
			}
			time.Sleep(time.Millisecond)
			return []string{key}, nil
		}, func() []any { return []any{key, 1} })
	}
	w := &runtime.Workflow{Name: "W", At: "W.wf:1:1", Stateless: true}
	if _, err := read(runtime.Start(t.Context(), w), "a"); err == nil {
		t.Fatal("the first call succeeds")
	}
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			got, err := read(runtime.Start(t.Context(), w), "a")
			if err != nil || !slices.Equal(got, []string{"a"}) {
				t.Errorf("got %v, %v", got, err)
				return
			}
			got[0] = "mine"
		})
	}
	wait.Wait()
	if n := calls.Load(); n != 2 {
		t.Errorf("%d calls, want one that fails and one that doesn't", n)
	}
	if got, _ := read(runtime.Start(t.Context(), w), "b"); !slices.Equal(got, []string{"b"}) {
		t.Errorf("got %v for another argument", got)
	}
}

// TestDeclaredErrorIsAnAnswer: it opens no breaker.
func TestDeclaredErrorIsAnAnswer(t *testing.T) {
	g := &runtime.Guarded{Breaker: runtime.Breaker{N: 2, Per: time.Minute, Open: time.Minute}}
	fails := func(err error) error {
		task := task("s")
		task.Fails = []runtime.Declaration{runtime.Declares[runtime.Rejected], runtime.Declares[runtime.CircuitOpen]}
		task.Retry = &runtime.Retry{Times: 3}
		f := runtime.Start(t.Context(), workflow("W"))
		return runtime.RunGuarded(f, g, task, func(context.Context) error { return err }, func() []any { return nil })
	}
	for range 5 {
		if err := fails(runtime.Rejected{}); runtime.Declared(err) != (runtime.Rejected{}) {
			t.Fatalf("got %v", err)
		}
	}
	if err := fails(errors.New("no")); runtime.Declared(err) != (runtime.CircuitOpen{}) {
		t.Errorf("after two failures the third attempt gives %v", err)
	}
}

// BenchmarkGuarded tells what a call costs that a limit or breaker doesn't hold up, and one
// that is kept, against one with nothing before it.
func BenchmarkGuarded(b *testing.B) {
	w := &runtime.Workflow{Name: "W", At: "W.wf:1:1", Stateless: true}
	do := func(context.Context) (int, error) { return 1, nil }
	args := func() []any { return []any{"key"} }
	for _, c := range []struct {
		name string
		g    *runtime.Guarded
	}{
		{"bare", nil},
		{"at once", &runtime.Guarded{AtOnce: runtime.Quota{N: 10}}},
		{"rate", &runtime.Guarded{Rate: runtime.Quota{N: 1000, Per: time.Nanosecond}}},
		{"breaker", &runtime.Guarded{Breaker: runtime.Breaker{N: 10, Per: time.Minute, Open: time.Minute}}},
		{"kept", &runtime.Guarded{Cache: time.Hour}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			task, f := intTask("s"), runtime.Start(b.Context(), w)
			for b.Loop() {
				if c.g == nil {
					_, _ = runtime.CallMany(f, task, do, args)
				} else {
					_, _ = runtime.CallGuarded(f, c.g, task, do, args)
				}
			}
		})
	}
}
