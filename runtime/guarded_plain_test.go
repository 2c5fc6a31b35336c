package runtime_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// Calls that nobody observes, and that are tried once, are let by where they needn't wait:
// they count like others, however they end.
func TestPlainCallsCount(t *testing.T) {
	call := func(ctx context.Context, g *runtime.Guarded, key string, do func(context.Context) error) error {
		f := runtime.Start(ctx, workflow("W"))
		task := task("s")
		task.Fails = []runtime.Declaration{runtime.Declares[runtime.CircuitOpen]}
		return runtime.RunGuarded(f, g, task, do, func() []any { return []any{key} })
	}
	t.Run("breaker", func(t *testing.T) {
		g := &runtime.Guarded{Breaker: runtime.Breaker{N: 2, Per: time.Minute, Open: time.Minute}}
		_ = call(t.Context(), g, "", fine)
		if err := call(t.Context(), g, "", boom); !errors.Is(err, errBoom) {
			t.Errorf("got %v", err)
		}
		panicked := new(runtime.PanicError)
		if err := call(t.Context(), g, "", func(context.Context) error { panic("oh") }); !errors.As(err, &panicked) {
			t.Errorf("got %v", err)
		}
		if err := call(t.Context(), g, "", fine); runtime.Declared(err) != (runtime.CircuitOpen{}) {
			t.Errorf("after two failures: %v", err)
		}
	})
	t.Run("at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := &runtime.Guarded{AtOnce: runtime.Quota{N: 1, By: 1}}
			start := time.Now()
			took := map[string]time.Duration{}
			done := make(chan string)
			for _, c := range []struct{ name, key string }{{"a", "x"}, {"b", "x"}, {"c", "y"}} {
				go func() {
					_ = call(t.Context(), g, c.key, pausing(time.Second, errBoom))
					done <- c.name
				}()
				synctest.Wait()
			}
			for range 3 {
				took[<-done] = time.Since(start)
			}
			if took["a"] != time.Second || took["b"] != 2*time.Second || took["c"] != time.Second {
				t.Errorf("got %v", took)
			}
		})
	})
	t.Run("rate", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g, start := &runtime.Guarded{AtOnce: runtime.Quota{N: 1}, Rate: runtime.Quota{N: 2, Per: time.Minute}}, time.Now()
			for i, want := range []time.Duration{0, 0, time.Minute, time.Minute, 2 * time.Minute} {
				if err := call(t.Context(), g, "", fine); err != nil || time.Since(start) != want {
					t.Errorf("call %d: %v after %v, want %v", i, err, time.Since(start), want)
				}
			}
		})
	})
}

// TestPlainCallIsCheap: what isn't reached costs no memory.
func TestPlainCallIsCheap(t *testing.T) {
	task, do, args := intTask("s"), func(context.Context) (int, error) { return 1, nil }, func() []any { return nil }
	f := runtime.Start(t.Context(), &runtime.Workflow{Name: "W", Stateless: true})
	g := &runtime.Guarded{
		AtOnce: runtime.Quota{N: 1}, Rate: runtime.Quota{N: 1, Per: 1}, Breaker: runtime.Breaker{N: 1, Per: time.Minute, Open: time.Minute},
	}
	bare := testing.AllocsPerRun(100, func() { _, _ = runtime.CallMany(f, task, do, args) })
	guarded := testing.AllocsPerRun(100, func() { _, _ = runtime.CallGuarded(f, g, task, do, args) })
	if guarded > bare {
		t.Errorf("%v allocations, %v without a limit", guarded, bare)
	}
}
