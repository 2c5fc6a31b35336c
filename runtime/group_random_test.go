package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
)

// A wild is a workflow of random shape, whose steps succeed, fail and panic after
// random times.
type wild struct {
	random *rand.Rand
	left   int // how many steps it may still have
	steps  int

	mu        sync.Mutex
	running   int
	succeeded []string // in their order, which is that of the times they end at
	undone    []string
	failed    []error
}

// chain makes a chain of random nodes.
func (w *wild) chain(depth int) chainFunc {
	nodes := make([]chainFunc, 1+w.random.IntN(3))
	for i := range nodes {
		nodes[i] = w.node(depth)
	}
	return func(f *runtime.Frame) error {
		for _, node := range nodes {
			if err := node(f); err != nil {
				return err
			}
		}
		return nil
	}
}

func (w *wild) node(depth int) chainFunc {
	if depth > 0 && w.left > 0 {
		switch w.random.IntN(4) {
		case 0:
			return w.parallel(depth - 1)
		case 1:
			return w.loop(depth - 1)
		case 2:
			return w.fork(depth - 1)
		}
	}
	return w.step()
}

func (w *wild) parallel(depth int) chainFunc {
	chains := make([]chainFunc, 1+w.random.IntN(4))
	for i := range chains {
		chains[i] = w.chain(depth)
	}
	return func(f *runtime.Frame) error { return runtime.Chains(f, chains...) }
}

func (w *wild) loop(depth int) chainFunc {
	loop, limit := step(fmt.Sprintf("loop%d", w.left)), w.random.IntN(4)
	rounds := make([]chainFunc, w.random.IntN(6))
	for i := range rounds {
		rounds[i] = w.chain(depth)
	}
	return func(f *runtime.Frame) error {
		return runtime.Each(f, &loop, limit, rounds, func(f *runtime.Frame, _ int, round chainFunc) error {
			return round(f)
		})
	}
}

// fork makes a chain that starts another, which opens a latch for the first.
func (w *wild) fork(depth int) chainFunc {
	first, second := w.chain(depth), w.chain(depth)
	return func(f *runtime.Frame) error {
		return runtime.Chains(f, func(f *runtime.Frame) error {
			var done runtime.Latch
			f.Go(func(f *runtime.Frame) error {
				if err := second(f); err != nil {
					return err
				}
				done.Open()
				return nil
			})
			if err := done.Wait(f); err != nil {
				return err
			}
			return first(f)
		})
	}
}

// step makes a step that owes an undo. No two end at the same time, so that there
// is one order of success.
func (w *wild) step() chainFunc {
	w.left--
	w.steps++
	id, kind := fmt.Sprintf("s%d", w.steps), w.random.IntN(30)
	takes := time.Duration(w.random.Int64N(1e12))
	boom := errors.New(id)
	tool := func(ctx context.Context) error {
		w.enter(1)
		defer w.enter(-1)
		timer := time.NewTimer(takes)
		select {
		case <-timer.C:
		case <-ctx.Done():
			if kind%2 == 0 {
				return ctx.Err()
			}
			<-timer.C
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		switch kind {
		case 0, 1:
			w.failed = append(w.failed, boom)
			return boom
		case 2, 3:
			w.failed = append(w.failed, boom)
			panic(boom)
		}
		w.succeeded = append(w.succeeded, id)
		return nil
	}
	return func(f *runtime.Frame) error {
		if err := runtime.Run0(f, task(id), tool); err != nil {
			return err
		}
		s := step(id)
		f.Owe(&s, func(context.Context) error {
			w.undone = append(w.undone, id)
			return nil
		})
		return nil
	}
}

func (w *wild) enter(n int) {
	w.mu.Lock()
	w.running += n
	w.mu.Unlock()
}

func (w *wild) check(t *testing.T, err error) {
	t.Helper()
	if w.running != 0 {
		t.Errorf("%d tools outlive the workflow", w.running)
	}
	if len(w.failed) == 0 {
		if err != nil || len(w.undone) > 0 {
			t.Errorf("nothing failed, but %v, and %v were undone", err, w.undone)
		}
		return
	}
	if !slices.ContainsFunc(w.failed, func(failed error) bool { return errors.Is(err, failed) }) {
		t.Errorf("error is %v; failed have %v", err, w.failed)
	}
	slices.Reverse(w.succeeded)
	if diff := cmp.Diff(w.succeeded, w.undone); diff != "" {
		t.Errorf("undone, in order (-want +got):\n%s", diff)
	}
}

func TestWildWorkflows(t *testing.T) {
	failures := 0
	for seed := range uint64(400) {
		synctest.Test(t, func(t *testing.T) {
			w := &wild{random: rand.New(rand.NewPCG(seed, 1)), left: 30}
			body := w.chain(4)
			w.check(t, execute(t.Context(), workflow("W"), body))
			if len(w.failed) > 0 {
				failures++
			}
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		})
	}
	if failures < 100 || failures > 390 {
		t.Errorf("%d of 400 have failed: too few or too many", failures)
	}
}
