package runtime_test

import (
	"context"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// TestVirtualClockStores: a virtual clock stands still until what is to be stored is,
// so that the journal comes through the same states as by the world's.
func TestVirtualClockStores(t *testing.T) {
	w := workflow("Naps")
	ctx, clock := virtual(t)
	start := clock.Now()
	rounds, j := 20, memory.New()
	waited := map[time.Duration]bool{}
	j.OnCommit(func(state *memory.Journal) {
		_ = state.View(t.Context(), func(tx journal.Tx) error {
			if x, _ := tx.Execution("x"); x != nil && x.Status == runtime.StatusWaiting {
				waited[x.Wake.Sub(start)] = true
			}
			return nil
		})
	})
	e := open(t, ctx, j, define(w, naps(rounds)))
	if _, err := result(t, submit[int](t, e, w, runtime.ID("x"))); err != nil {
		t.Fatal(err)
	}
	for i := range rounds {
		if at := time.Duration(i+1) * time.Hour; !waited[at] {
			t.Errorf("it wasn't stored that it waited until %v", at)
		}
	}
}

// naps waits for an hour, so often.
func naps(rounds int) func(f *runtime.Frame) (int, error) {
	nap, loop := runtime.Step{ID: "nap", At: "test.wf:2:3"}, runtime.Step{ID: "naps", At: "test.wf:1:3"}
	return func(f *runtime.Frame) (int, error) {
		for i := range rounds {
			if err := f.Round(&loop, i).Wait(&nap, time.Hour); err != nil {
				return 0, err
			}
		}
		return 0, nil
	}
}

// TestWakesWhileLeaving: what is to go on just when it leaves the memory goes on.
func TestWakesWhileLeaving(t *testing.T) {
	ctx, _ := virtual(t)
	w := workflow("Naps")
	e := open(t, ctx, memory.New(), define(w, naps(30)))
	for range 100 {
		if _, err := result(t, submit[int](t, e, w)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestClockStandsWhileLeaving: who leaves the memory counts until it has: of two that are
// side by side the one whose time comes first is first, however slow the machine is.
func TestClockStandsWhileLeaving(t *testing.T) {
	ctx, _ := virtual(t)
	w, race, far := workflow("Race"), step("race"), step("far")
	soon := naps(20)
	e := open(t, ctx, memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		return runtime.Race(f, &race, soon, func(f *runtime.Frame) (int, error) { return 1, f.Wait(&far, 25*time.Hour) })
	}))
	for range 60 {
		if v, err := result(t, submit[int](t, e, w)); v != 0 || err != nil {
			t.Fatalf("the arm of 25 hours has won against 20: %v", err)
		}
	}
}

// TestLateUnanswered: the time that a stub takes to have no answer is part of the
// timeout of what is awaited.
func TestLateUnanswered(t *testing.T) {
	ctx, clock := virtual(t)
	ctx = runtime.WithAnswers(ctx, func(ctx context.Context) ([]byte, error) {
		if err := runtime.Sleep(ctx, 20*time.Minute); err != nil {
			return nil, err
		}
		return nil, runtime.ErrUnanswered
	})
	w, begun := workflow("Waits"), clock.Now()
	e := open(t, ctx, memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		_, err := runtime.Await(f, &runtime.Task[payment]{Step: step("paid")}, &paid, time.Hour, "o1")
		return 0, err
	}))
	if _, err := result(t, submit[int](t, e, w, runtime.ID("x"))); err == nil || clock.Now().Sub(begun) != time.Hour {
		t.Errorf("after %v: %v; want a timeout after 1h", clock.Now().Sub(begun), err)
	}
}
