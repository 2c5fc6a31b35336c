package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// A hiccup is a journal that fails its next updates, as many as it is told to.
type hiccup struct {
	*memory.Journal
	next atomic.Int64
}

func (j *hiccup) Update(ctx context.Context, do func(journal.Tx) error) error {
	if j.next.Load() > 0 {
		j.next.Add(-1)
		return errors.New("the disk is full")
	}
	return j.Journal.Update(ctx, do)
}

// An execution that couldn't be stored when it was submitted first, and was then, is one
// like any other: nobody is told of what is over.
func TestSubmittedAgain(t *testing.T) {
	w, store := workflow("Pay"), new(runtime.StoreError)
	j := &hiccup{Journal: memory.New()}
	e := open(t, t.Context(), j, awaiting(w, 0))
	for i := range 5 {
		j.next.Store(1000) // the engine may store something else at the same moment
		if _, err := runtime.Submit[float64](t.Context(), e, w, struct{}{}, runtime.ID(fmt.Sprint(i))); !errors.As(err, &store) {
			t.Fatalf("got %v, want a StoreError", err)
		}
		j.next.Store(0)
	}
	if n := runtime.CountLost(e); n > 0 {
		t.Errorf("%d executions are remembered that were never stored", n)
	}
	r := submit[float64](t, e, w, runtime.ID("0"))
	if err := r.Resume(t.Context()); !errors.Is(err, runtime.ErrNotPaused) {
		t.Errorf("resumed: %v", err)
	}
	until(t, e, "0", runtime.StatusWaiting)
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, r); v != 3 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

// Result gives how the execution stands, not how it stood when it left the memory: it has
// gone on since the journal stores again, and nobody but who waited then is told.
func TestResultAfterOutage(t *testing.T) {
	w, store := workflow("Add"), new(runtime.StoreError)
	j, once := &hiccup{Journal: memory.New()}, atomic.Bool{}
	e := open(t, t.Context(), j, define(w, func(f *runtime.Frame) (int, error) {
		return runtime.Call0(f, again("a"), func(context.Context) (int, error) {
			if !once.Swap(true) {
				j.next.Store(1000)
			}
			return 5, nil
		})
	}))
	r := submit[int](t, e, w, runtime.ID("x"))
	if _, err := result(t, r); !errors.As(err, &store) {
		t.Fatalf("got %v, want a StoreError", err)
	}
	j.next.Store(0)
	waitFor(t, e, "x", runtime.StatusSucceeded)
	if v, err := result(t, r); v != 5 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	for limit := time.Now().Add(10 * time.Second); runtime.CountLost(e) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("the execution counts as lost")
		}
	}
}

// So with one that was retried.
func TestResultAfterRetry(t *testing.T) {
	w, calls := workflow("Retried"), 0
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		return runtime.Call0(f, again("a"), func(context.Context) (int, error) {
			if calls++; calls == 1 {
				return 0, errBoom
			}
			return 5, nil
		})
	}))
	r := submit[int](t, e, w, runtime.ID("x"))
	for range 2 {
		if _, err := result(t, r); err == nil || runtime.FailedStep(err) != "a" {
			t.Fatalf("got %v", err)
		}
	}
	if err := e.Retry(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, r); v != 5 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	e.Close()
	if v, err := result(t, r); v != 5 || err != nil {
		t.Errorf("of a closed engine: got %v, %v", v, err)
	}
}
