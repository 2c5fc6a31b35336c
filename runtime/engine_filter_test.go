package runtime_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/pure"
)

// above is what a workflow tells its filter.
type above struct {
	Least float64 `json:"0"`
}

func isAbove(p payment, c above) bool {
	if p.Amount < 0 {
		pure.Div(1, 0, "test.wf:9:9")
	}
	return p.Amount >= c.Least
}

// filtering defines a workflow that awaits payments from an amount on, and counts how often it
// is gone through.
func filtering(w *runtime.Workflow, runs *atomic.Int32, least float64, timeout time.Duration) *runtime.Definition {
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	w.Filters = []runtime.Filter{runtime.FilterOf("p", isAbove)}
	return define(w, func(f *runtime.Frame) (float64, error) {
		runs.Add(1)
		p, err := runtime.Await(f, task, runtime.Where(&paid, isAbove, above{least}), timeout, "o1")
		return p.Amount, err
	})
}

func pay(t *testing.T, e *runtime.Engine, amount float64) {
	t.Helper()
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", amount}); err != nil {
		t.Fatal(err)
	}
}

// TestAwaitWhere: an event goes to the first of whom it is awaited, and who doesn't await it
// isn't woken, by an engine that has begun after the await neither.
func TestAwaitWhere(t *testing.T) {
	j := memory.New()
	var richRuns, poorRuns atomic.Int32
	rich, poor := workflow("Rich"), workflow("Poor")
	list := []*runtime.Definition{filtering(rich, &richRuns, 100, 0), filtering(poor, &poorRuns, 10, 0)}
	e := open(t, t.Context(), j, list...)
	pay(t, e, 1) // early, and for nobody
	r, p := submit[float64](t, e, rich), submit[float64](t, e, poor)
	until(t, e, r.ID(), runtime.StatusWaiting)
	until(t, e, p.ID(), runtime.StatusWaiting)
	e.Close()

	richRuns.Store(0)
	e = open(t, t.Context(), j, list...)
	pay(t, e, 2)
	pay(t, e, 20)
	ended(t, e, p.ID(), "20")
	if n := richRuns.Load(); n != 0 {
		t.Errorf("who doesn't await it was woken %d times", n)
	}
	pay(t, e, 200)
	ended(t, e, r.ID(), "200")

	// What nobody has awaited is there for who comes.
	p = submit[float64](t, e, poor)
	until(t, e, p.ID(), runtime.StatusWaiting)
	late := workflow("Late")
	e.Close()
	e = open(t, t.Context(), j, append(list, filtering(late, &richRuns, 2, 0))...)
	if v, err := result(t, submit[float64](t, e, late)); v != 2 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

// ended waits for the result of an execution.
func ended(t *testing.T, e *runtime.Engine, id, want string) {
	t.Helper()
	run, err := e.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := run.ResultJSON(t.Context()); string(data) != want || err != nil {
		t.Errorf("%s gave %s, %v, want %s", id, data, err, want)
	}
}

// TestAwaitWhereFault: a condition that can't be worked out fails its step, and leaves the
// event to others.
func TestAwaitWhereFault(t *testing.T) {
	var runs atomic.Int32
	w, other := workflow("Pay"), workflow("Other")
	e := open(t, t.Context(), memory.New(), filtering(w, &runs, 1, 0), awaiting(other, 0))
	first := submit[float64](t, e, w)
	until(t, e, first.ID(), runtime.StatusWaiting)
	second := submit[float64](t, e, other)
	until(t, e, second.ID(), runtime.StatusWaiting)
	pay(t, e, -1)
	if _, err := result(t, first); err == nil || !strings.Contains(err.Error(), "division by zero") {
		t.Errorf("got %v", err)
	}
	if v, err := result(t, second); v != -1 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	pay(t, e, -2) // early
	if _, err := result(t, submit[float64](t, e, w)); err == nil || !strings.Contains(err.Error(), "division by zero") {
		t.Errorf("of an event that was there: got %v", err)
	}
	if v, err := result(t, submit[float64](t, e, other)); v != -2 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

// TestAwaitWhereOtherCode: under another plan of the workflow the engine doesn't ask, and has
// the execution come to the await.
func TestAwaitWhereOtherCode(t *testing.T) {
	j := memory.New()
	var runs atomic.Int32
	w := workflow("Pay")
	e := open(t, t.Context(), j, filtering(w, &runs, 10, 0))
	r := submit[float64](t, e, w)
	until(t, e, r.ID(), runtime.StatusWaiting)
	e.Close()

	v := workflow("Pay")
	v.Fingerprint = "another"
	e = open(t, t.Context(), j, filtering(v, &runs, 10, 0))
	for range 6 { // going through what is recorded for nothing isn't held against it
		pay(t, e, 1)
		until(t, e, r.ID(), runtime.StatusWaiting)
	}
	e.Close()
	e = open(t, t.Context(), j, filtering(v, &runs, 10, 0))
	pay(t, e, 11)
	ended(t, e, r.ID(), "11")
	e.Close()

	// An engine that doesn't have it leaves the event to one that does.
	e = open(t, t.Context(), j, filtering(v, &runs, 10, 0))
	r = submit[float64](t, e, v)
	until(t, e, r.ID(), runtime.StatusWaiting)
	e.Close()
	e = open(t, t.Context(), j, awaiting(workflow("Other"), 0))
	pay(t, e, 12)
	e.Close()
	e = open(t, t.Context(), j, filtering(v, &runs, 10, 0))
	ended(t, e, r.ID(), "12")
}

// TestAwaitWhereComingTo: other code, with another condition, isn't asked of what the code before
// it has captured while an execution is on its way to the await, where it is held.
func TestAwaitWhereComingTo(t *testing.T) {
	j := memory.New()
	var runs atomic.Int32
	w := workflow("Pay")
	e := open(t, t.Context(), j, filtering(w, &runs, 10, 0))
	r := submit[float64](t, e, w)
	until(t, e, r.ID(), runtime.StatusWaiting)
	e.Close()

	type payer struct {
		Name string `json:"0"`
	}
	by := func(p payment, c payer) bool { return p.Order == c.Name }
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	on, there := make(chan struct{}), make(chan struct{}, 9)
	v := workflow("Pay")
	v.Fingerprint, v.Filters = "another", []runtime.Filter{runtime.FilterOf("p", by)}
	e = open(t, t.Context(), j, define(v, func(f *runtime.Frame) (float64, error) {
		there <- struct{}{}
		<-on
		p, err := runtime.Await(f, task, runtime.Where(&paid, by, payer{"o1"}), 0, "o1")
		return p.Amount, err
	}))
	pay(t, e, 1)
	<-there
	pay(t, e, 2)
	close(on)
	until(t, e, r.ID(), runtime.StatusHeld)
	e.Close()

	e = open(t, t.Context(), j, filtering(w, &runs, 10, 0))
	if err := e.Resume(t.Context(), r.ID()); err != nil {
		t.Fatal(err)
	}
	pay(t, e, 11)
	ended(t, e, r.ID(), "11")
}

// TestAwaitWhereTimedOut: what comes in time and isn't awaited doesn't keep the time from
// passing, and isn't used up.
func TestAwaitWhereTimedOut(t *testing.T) {
	var runs atomic.Int32
	j, w := memory.New(), workflow("Pay")
	ctx, _ := virtual(t)
	e := open(t, ctx, j, filtering(w, &runs, 10, 30*time.Minute))
	pay(t, e, 1)
	if _, err := result(t, submit[float64](t, e, w)); runtime.Declared(err) != (runtime.TimedOut{}) {
		t.Errorf("got %v", err)
	}
	if err := j.View(t.Context(), func(tx journal.Tx) error {
		m, err := tx.FirstMessage(`event:Paid["o1"]`, 0, time.Time{})
		if m == nil {
			t.Error("the message is used up")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
