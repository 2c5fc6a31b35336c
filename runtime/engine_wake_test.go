package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// await is the step that waits for a payment to an order.
func await(f *runtime.Frame, id, order string) (float64, error) {
	p, err := runtime.Await(f, &runtime.Task[payment]{Step: runtime.Step{ID: id, At: "test.wf:2:3"}}, &paid, 0, order)
	return p.Amount, err
}

// TestUnseenGoesOn: an execution that a journal has as waiting, and whose records say that
// it can go on, goes on when the journal is opened. A release that lost wakes has left
// such ones behind.
func TestUnseenGoesOn(t *testing.T) {
	w := workflow("Both")
	def := define(w, func(f *runtime.Frame) (float64, error) {
		var got [2]float64
		err := runtime.Parallel(f, 2, func(f *runtime.Frame, i int) (err error) {
			got[i], err = await(f, fmt.Sprint("p", i), fmt.Sprint("o", i))
			return err
		})
		return got[0] + got[1], err
	})
	for name, wake := range map[string]time.Time{"never": {}, "later": time.Now().Add(time.Hour)} {
		j := memory.New()
		err := j.Update(t.Context(), func(tx journal.Tx) error {
			x := &journal.Execution{ID: "x", Workflow: w.Name, Version: 1, Input: []byte("{}"), Created: time.Now()}
			x.State = journal.State{Status: journal.StatusWaiting, Generation: 1, Wake: wake}
			return errors.Join(tx.Create(x), tx.Append("x", []journal.Record{
				{N: 1, Kind: journal.Waiting, Step: "p0", Data: []byte(`{"address":"event:Paid[\"o0\"]"}`)},
				{N: 2, Kind: journal.Waiting, Step: "p1", Data: []byte(`{"address":"event:Paid[\"o1\"]"}`)},
				{N: 3, Kind: journal.Done, Step: "p0", Data: []byte(`{"order":"o0","amount":3}`)},
				{N: 4, Kind: journal.Done, Step: "p1", Data: []byte(`{"order":"o1","amount":4}`)},
			}))
		})
		if err != nil {
			t.Fatal(err)
		}
		e := open(t, t.Context(), j, def)
		r, err := e.Run(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		if v, err := result(t, r); v != 7.0 || err != nil {
			t.Errorf("%s: got %v, %v", name, v, err)
		}
	}
}

// An unsteady journal fails some of its updates.
type unsteady struct {
	journal.Journal
	updates  atomic.Int64
	from, to int64 // which fail, counted from 1
}

func (j *unsteady) Update(ctx context.Context, do func(journal.Tx) error) error {
	if n := j.updates.Add(1); n >= j.from && n < j.to {
		return errors.New("the disk is full")
	}
	return j.Journal.Update(ctx, do)
}

// TestOneWriteFails has each write of an execution fail in its turn, and a few after it:
// who waits is told or gets the result, and the execution goes on by itself.
func TestOneWriteFails(t *testing.T) {
	w, child := workflow("Main"), workflow("Child")
	nap, ask, long, launch := step("nap"), step("ok"), step("long"), step("launch")
	kid := define(child, func(f *runtime.Frame) (int, error) { return 5, f.Wait(&long, 20*time.Minute) })
	main := define(w, func(f *runtime.Frame) (float64, error) {
		if err := f.Wait(&nap, 10*time.Minute); err != nil {
			return 0, err
		}
		id, err := f.Launch(&launch, child, struct{}{})
		if err != nil {
			return 0, err
		}
		var got [2]float64
		err = runtime.Chains(f, func(f *runtime.Frame) (err error) {
			got[0], err = await(f, "p", "o1")
			return err
		}, func(f *runtime.Frame) (err error) {
			_, err = f.Approve(&ask, "Well?", "", 0)
			return err
		})
		if err != nil {
			return 0, err
		}
		n, err := runtime.AwaitRun(f, &runtime.Task[int]{Step: runtime.Step{ID: "end", At: "test.wf:2:3"}}, id, 0)
		return got[0] + float64(n), err
	})
	for _, length := range []int64{1, 3} {
		reached := false
		for from := int64(1); !reached; from++ {
			if from > 60 {
				t.Fatal("it has no end")
			}
			ctx, _ := virtual(t)
			j := &unsteady{Journal: memory.New(), from: from + 1, to: from + 1 + length} // the first is the engine's
			e := open(t, ctx, j, main, kid)
			again := func(do func() error) {
				t.Helper()
				for limit := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
					err := do()
					if err == nil {
						return
					}
					if time.Now().After(limit) {
						t.Fatalf("update %d: %v\n%s", from, err, recordsText(t, e, "x"))
					}
				}
			}
			var r *runtime.Run[float64]
			again(func() (err error) {
				r, err = runtime.Submit[float64](t.Context(), e, w, struct{}{}, runtime.ID("x"))
				return err
			})
			again(func() error {
				return runtime.Send(t.Context(), e, &paid, payment{"o1", 2}, runtime.MessageID("m"))
			})
			again(func() error {
				err := e.Answer(t.Context(), "x", "ok", runtime.Answer{By: "ann"})
				if err != nil && strings.Contains(err.Error(), "was answered") {
					return nil
				}
				return err
			})
			again(func() (err error) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				v, err := r.Result(ctx)
				if store := new(runtime.StoreError); err != nil && !errors.As(err, &store) {
					t.Fatalf("update %d: %v\n%s", from, err, recordsText(t, e, "x"))
				}
				if err != nil {
					r, err = runtime.Submit[float64](t.Context(), e, w, struct{}{}, runtime.ID("x"))
					return errors.Join(err, errors.New("once more"))
				}
				if v != 7 {
					t.Errorf("update %d: got %v", from, v)
				}
				return nil
			})
			reached = j.updates.Load() < j.from
			e.Close()
		}
	}
}

// TestLostIsTold: who waits for an execution by its id, while it can't be stored, gets the
// error, and it goes on when the journal can.
func TestLostIsTold(t *testing.T) {
	w := workflow("Pay")
	j := &unsteady{Journal: memory.New()}
	e := open(t, t.Context(), j, awaiting(w, 0))
	submit[float64](t, e, w, runtime.ID("x"))
	until(t, e, "x", runtime.StatusWaiting)
	r, err := e.Run(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	n := j.updates.Load()
	j.from, j.to = n+2, n+4 // what the payment leads to
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Fatal(err)
	}
	_, err = result(t, r)
	if store := new(runtime.StoreError); err != nil && !errors.As(err, &store) {
		t.Errorf("got %v", err)
	}
	for range 5 {
		if v, err := result(t, r); err == nil {
			if v != 3.0 {
				t.Errorf("got %v", v)
			}
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Error("it doesn't go on")
}
