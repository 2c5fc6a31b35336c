package runtime_test

import (
	"context"
	"testing"

	"github.com/wfgen/wfgen/runtime"
)

// The graph of this benchmark has twelve steps, on four goroutines:
//
//	a → e → i → l        f needs a and b     i needs e and f
//	b → f → j            g needs b and c     j needs f and g
//	    c → g → k        h needs c and d     k needs g and h
//	        d → h        c needs b, d needs c, l needs i, j and k
//
// c begins a chain that b's forks, d one that c's forks.
func BenchmarkGraph(b *testing.B) {
	var tools adder = quick{}
	compare(b,
		func(ctx context.Context) error { _, err := handGraph(ctx, tools, 1); return err },
		func(ctx context.Context) error { _, err := graph(ctx, tools, 1); return err })
}

func TestGraphsAgree(t *testing.T) {
	var tools adder = quick{}
	want, err1 := handGraph(t.Context(), tools, 1)
	got, err2 := graph(t.Context(), tools, 1)
	if got != want || err1 != nil || err2 != nil {
		t.Errorf("gives %d, %v; by hand %d, %v", got, err2, want, err1)
	}
}

// signal waits for what another goroutine makes ready.
func signal(ctx context.Context, ready <-chan struct{}) error {
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func handGraph(ctx context.Context, tools adder, n int) (int, error) {
	w := newCrew(ctx)
	var a, b, c, d, e, f, g, h, i, j, k, l int
	aReady, fReady, gReady := make(chan struct{}), make(chan struct{}), make(chan struct{})
	hReady, jReady, kReady := make(chan struct{}), make(chan struct{}), make(chan struct{})
	dToH := func(ctx context.Context) (err error) {
		if d, err = tools.Add(ctx, c); err != nil {
			return err
		}
		if h, err = tools.Join(ctx, c, d); err != nil {
			return err
		}
		close(hReady)
		return nil
	}
	cToK := func(ctx context.Context) (err error) {
		if c, err = tools.Add(ctx, b); err != nil {
			return err
		}
		w.start(dToH)
		if g, err = tools.Join(ctx, b, c); err != nil {
			return err
		}
		close(gReady)
		if err := signal(ctx, hReady); err != nil {
			return err
		}
		if k, err = tools.Join(ctx, g, h); err != nil {
			return err
		}
		close(kReady)
		return nil
	}
	w.start(func(ctx context.Context) (err error) {
		if b, err = tools.Add(ctx, n+1); err != nil {
			return err
		}
		w.start(cToK)
		if err := signal(ctx, aReady); err != nil {
			return err
		}
		if f, err = tools.Join(ctx, a, b); err != nil {
			return err
		}
		close(fReady)
		if err := signal(ctx, gReady); err != nil {
			return err
		}
		if j, err = tools.Join(ctx, f, g); err != nil {
			return err
		}
		close(jReady)
		return nil
	})
	w.do(func(ctx context.Context) (err error) {
		if a, err = tools.Add(ctx, n); err != nil {
			return err
		}
		close(aReady)
		if e, err = tools.Add(ctx, a); err != nil {
			return err
		}
		if err := signal(ctx, fReady); err != nil {
			return err
		}
		if i, err = tools.Join(ctx, e, f); err != nil {
			return err
		}
		if err := signal(ctx, jReady); err != nil {
			return err
		}
		if err := signal(ctx, kReady); err != nil {
			return err
		}
		l, err = tools.Add(ctx, i+j+k)
		return err
	})
	return l, w.wait()
}

var (
	benchAdd  = runtime.Task[int]{Step: runtime.Step{ID: "add", At: "bench.wf:4:2", Tool: "Add"}}
	benchJoin = runtime.Task[int]{Step: runtime.Step{ID: "join", At: "bench.wf:5:2", Tool: "Join"}}
)

func graph(ctx context.Context, tools adder, n int) (_ int, err error) {
	w := runtime.Start(ctx, &benchWorkflow)
	defer w.End(&err)
	var a, b, c, d, e, f, g, h, i, j, k, l int
	var aDone, fDone, gDone, hDone, jDone, kDone runtime.Latch
	err = runtime.Parallel(w, func(w *runtime.Frame) (err error) {
		if a, err = runtime.Call1(w, &benchAdd, tools.Add, n); err != nil {
			return err
		}
		aDone.Open()
		if e, err = runtime.Call1(w, &benchAdd, tools.Add, a); err != nil {
			return err
		}
		if err := fDone.Wait(w); err != nil {
			return err
		}
		if i, err = runtime.Call2(w, &benchJoin, tools.Join, e, f); err != nil {
			return err
		}
		if err := jDone.Wait(w); err != nil {
			return err
		}
		if err := kDone.Wait(w); err != nil {
			return err
		}
		l, err = runtime.Call1(w, &benchAdd, tools.Add, i+j+k)
		return err
	}, func(w *runtime.Frame) (err error) {
		if b, err = runtime.Call1(w, &benchAdd, tools.Add, n+1); err != nil {
			return err
		}
		w.Go(func(w *runtime.Frame) (err error) {
			if c, err = runtime.Call1(w, &benchAdd, tools.Add, b); err != nil {
				return err
			}
			w.Go(func(w *runtime.Frame) (err error) {
				if d, err = runtime.Call1(w, &benchAdd, tools.Add, c); err != nil {
					return err
				}
				if h, err = runtime.Call2(w, &benchJoin, tools.Join, c, d); err != nil {
					return err
				}
				hDone.Open()
				return nil
			})
			if g, err = runtime.Call2(w, &benchJoin, tools.Join, b, c); err != nil {
				return err
			}
			gDone.Open()
			if err := hDone.Wait(w); err != nil {
				return err
			}
			if k, err = runtime.Call2(w, &benchJoin, tools.Join, g, h); err != nil {
				return err
			}
			kDone.Open()
			return nil
		})
		if err := aDone.Wait(w); err != nil {
			return err
		}
		if f, err = runtime.Call2(w, &benchJoin, tools.Join, a, b); err != nil {
			return err
		}
		fDone.Open()
		if err := gDone.Wait(w); err != nil {
			return err
		}
		if j, err = runtime.Call2(w, &benchJoin, tools.Join, f, g); err != nil {
			return err
		}
		jDone.Open()
		return nil
	})
	return l, err
}
