package runtime_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// TestDurableLate: what comes for one arm of a race while no process has the workflow is
// too late where the time that another arm waits for was up before. It comes all the same
// where nobody races, also beside a tool that waits for what follows from it.
func TestDurableLate(t *testing.T) {
	const short = 300 * time.Millisecond
	for _, c := range []struct {
		name string
		body func(f *runtime.Frame, seen chan struct{}) (float64, error)
		late bool
		want float64
	}{
		{"too late", racingPayment(short), true, -1},
		{"in time", racingPayment(short), false, 3},
		{"beside a tool", besideTool(short), true, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, j, seen := workflow("Late"), memory.New(), make(chan struct{})
			def := define(w, func(f *runtime.Frame) (float64, error) { return c.body(f, seen) })
			e := open(t, t.Context(), j, def)
			begun := time.Now()
			id := submit[float64](t, e, w).ID()
			for waiting(t, e, id) < 2 {
				time.Sleep(time.Millisecond)
			}
			e.Close()
			if c.late {
				time.Sleep(short)
			}
			e = open(t, t.Context(), j) // another process, without the workflow
			if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
				t.Fatal(err)
			}
			e.Close()
			if !c.late && time.Since(begun) > short {
				t.Skip("the machine was too slow: the event wasn't in time")
			}
			time.Sleep(short)
			e = open(t, t.Context(), j, def)
			r, err := e.Run(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if v, err := result(t, r); v != c.want || err != nil {
				t.Errorf("got %v, %v, want %v", v, err, c.want)
			}
		})
	}
}

// TestDurableLateEvents: of two events that come for two arms of a race while no process has
// the workflow, the first one wins, whichever arm is written first.
func TestDurableLateEvents(t *testing.T) {
	for _, first := range []float64{1, 2} {
		w, j := workflow("Late"), memory.New()
		race := step("race")
		def := define(w, func(f *runtime.Frame) (float64, error) {
			arm := func(id, order string) func(*runtime.Frame) (float64, error) {
				task := &runtime.Task[payment]{Step: runtime.Step{ID: id, At: "test.wf:2:3"}}
				return func(f *runtime.Frame) (float64, error) {
					p, err := runtime.Await(f, task, &paid, 0, order)
					return p.Amount, err
				}
			}
			return runtime.Race(f, &race, arm("race.1", "o1"), arm("race.2", "o2"))
		})
		e := open(t, t.Context(), j, def)
		id := submit[float64](t, e, w).ID()
		until(t, e, id, runtime.StatusWaiting)
		e.Close()
		e = open(t, t.Context(), j) // another process, without the workflow
		for _, n := range []float64{first, 3 - first} {
			if err := runtime.Send(t.Context(), e, &paid, payment{fmt.Sprint("o", n), n}); err != nil {
				t.Fatal(err)
			}
		}
		e.Close()
		e = open(t, t.Context(), j, def)
		r, err := e.Run(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := result(t, r); v != first || err != nil {
			t.Errorf("got %v, %v, want %v", v, err, first)
		}
	}
}

// racingPayment lets a time win against a payment, or not.
func racingPayment(within time.Duration) func(*runtime.Frame, chan struct{}) (float64, error) {
	race, nap := step("race"), step("race.2")
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "race.1", At: "test.wf:2:3"}}
	return func(f *runtime.Frame, _ chan struct{}) (float64, error) {
		return runtime.Race(f, &race,
			func(f *runtime.Frame) (float64, error) {
				p, err := runtime.Await(f, task, &paid, 0, "o1")
				return p.Amount, err
			},
			func(f *runtime.Frame) (float64, error) { return -1, f.Wait(&nap, within) })
	}
}

// besideTool waits for a payment and a time, beside a tool that ends when the payment is seen.
func besideTool(within time.Duration) func(*runtime.Frame, chan struct{}) (float64, error) {
	nap, long := step("nap"), task("long")
	long.Effect = runtime.Idempotent
	await := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	return func(f *runtime.Frame, seen chan struct{}) (amount float64, err error) {
		err = runtime.Parallel(f, 3, func(f *runtime.Frame, i int) error {
			switch i {
			case 0:
				return runtime.Run0(f, long, func(ctx context.Context) error {
					select {
					case <-seen:
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				})
			case 1:
				return f.Wait(&nap, within)
			}
			p, err := runtime.Await(f, await, &paid, 0, "o1")
			if err == nil {
				amount = p.Amount
				close(seen)
			}
			return err
		})
		return amount, err
	}
}

// waiting is how many waits are recorded of an execution.
func waiting(t *testing.T, e *runtime.Engine, id string) (n int) {
	t.Helper()
	records, err := e.History(t.Context(), id, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if r.Kind == journal.Waiting {
			n++
		}
	}
	return n
}
