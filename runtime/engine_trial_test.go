package runtime_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// A deadly expression ends the process: here it tells that it has been reached, and goes
// on when the test has taken a copy of the journal, which is what the process has left.
type deadly struct {
	mu      sync.Mutex
	on      bool
	reached chan struct{}
	goOn    chan struct{}
}

func newDeadly() *deadly {
	return &deadly{on: true, reached: make(chan struct{}, 100), goOn: make(chan struct{})}
}

func (d *deadly) expression() {
	d.mu.Lock()
	on := d.on
	d.mu.Unlock()
	if on {
		d.reached <- struct{}{}
		<-d.goOn
	}
}

func (d *deadly) cure() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.on = false
}

// dies opens an engine on a journal, and gives the journal as it is when the deadly
// expression is reached: then the process ends.
func (d *deadly) dies(t *testing.T, j *memory.Journal, list ...*runtime.Definition) *memory.Journal {
	t.Helper()
	d.goOn = make(chan struct{})
	e := open(t, t.Context(), j, list...)
	select {
	case <-d.reached:
	case <-time.After(10 * time.Second):
		t.Fatal("the expression isn't reached")
	}
	time.Sleep(20 * time.Millisecond) // for what else the process does
	left := j.Clone()
	close(d.goOn)
	e.Close()
	for len(d.reached) > 0 {
		<-d.reached
	}
	return left
}

// poisoned is a workflow with a step, and then an expression that ends the process.
func poisoned(w *runtime.Workflow, d *deadly, owes bool) *runtime.Definition {
	return define(w, func(f *runtime.Frame) (int, error) {
		n, err := runtime.Call1(f, again("a"), func(ctx context.Context, n int) (int, error) { return n + 1, nil }, 1)
		if err != nil {
			return 0, err
		}
		if owes {
			undo := step("a.undo")
			f.Owe(&undo, func(context.Context) error { return nil }, n)
		}
		d.expression()
		f.CheckStopped()
		return n, nil
	})
}

// again is a task that may be done twice.
func again(id string) *runtime.Task[int] {
	t := intTask(id)
	t.Effect = runtime.Idempotent
	return t
}

func status(t *testing.T, e *runtime.Engine, id string) *journal.Execution {
	t.Helper()
	x, err := e.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// stepless is a workflow without steps.
func stepless(w *runtime.Workflow) *runtime.Definition {
	return define(w, func(*runtime.Frame) (int, error) { return 1, nil })
}

// waitFor waits until an execution has one of some statuses.
func waitFor(t *testing.T, e *runtime.Engine, id string, want journal.Status) *journal.Execution {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		x := status(t, e, id)
		if x.Status == want {
			return x
		}
		if time.Now().After(end) {
			t.Fatalf("%s is %s, want %s", id, x.Status, want)
		}
	}
}

// startPoisoned gives what a process leaves that has begun a poisoned execution and ten
// others, of which each is in the midst of a tool.
func startPoisoned(t *testing.T, d *deadly, poison, good *runtime.Workflow, list ...*runtime.Definition) *memory.Journal {
	t.Helper()
	j := memory.New()
	e := open(t, t.Context(), j, list...)
	for _, id := range []string{"a", "b", "c", "z"} {
		submit[int](t, e, good, runtime.ID("good-"+id))
	}
	submit[int](t, e, poison, runtime.ID("p"))
	<-d.reached
	time.Sleep(20 * time.Millisecond) // until its step is stored
	left := j.Clone()
	close(d.goOn)
	e.Close()
	return left
}

func TestPoisonIsHeld(t *testing.T) {
	d := newDeadly()
	poison, good := workflow("Poison"), workflow("Good")
	hold := make(chan struct{})
	list := []*runtime.Definition{poisoned(poison, d, false), define(good, func(f *runtime.Frame) (int, error) {
		return runtime.Call1(f, again("a"), func(ctx context.Context, n int) (int, error) {
			select {
			case <-hold:
				return n, nil
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}, 7)
	})}
	j := startPoisoned(t, d, poison, good, list...)
	for range 3 {
		j = d.dies(t, j, list...)
	}
	e := open(t, t.Context(), j, list...)
	x := waitFor(t, e, "p", runtime.StatusHeld)
	if !strings.Contains(x.Error, "3 processes have ended while") {
		t.Errorf("held with %q", x.Error)
	}
	r, err := e.Run(t.Context(), "p")
	if err != nil {
		t.Fatal(err)
	}
	var held *runtime.HeldError
	if _, err := r.Result(t.Context()); !errors.As(err, &held) {
		t.Errorf("its result is %v, want a HeldError", err)
	}
	close(hold)
	for _, id := range []string{"good-a", "good-b", "good-c", "good-z"} {
		waitFor(t, e, id, runtime.StatusSucceeded)
	}
	d.cure()
	if err := e.Resume(t.Context(), "p"); err != nil {
		t.Fatal(err)
	}
	if x := waitFor(t, e, "p", runtime.StatusSucceeded); x.Trials != 0 {
		t.Errorf("%d trials are left", x.Trials)
	}
}

// A process that is killed while a tool runs says nothing against its execution, however
// often that happens; nor does an engine that closes in the midst of an expression.
func TestInnocent(t *testing.T) {
	w := workflow("Slow")
	d := newDeadly()
	tool := define(w, func(f *runtime.Frame) (int, error) {
		return runtime.Call1(f, again("a"), func(context.Context, int) (int, error) { d.expression(); return 1, nil }, 7)
	})
	j := memory.New()
	e := open(t, t.Context(), j, tool)
	submit[int](t, e, w, runtime.ID("p"))
	<-d.reached
	left := j.Clone()
	close(d.goOn)
	e.Close()
	for range 6 {
		left = d.dies(t, left, tool)
	}
	d.cure()
	e = open(t, t.Context(), left, tool)
	waitFor(t, e, "p", runtime.StatusSucceeded)
}

func TestClosingIsNoDeath(t *testing.T) {
	w := workflow("Poison")
	d := newDeadly()
	good := workflow("Good")
	list := []*runtime.Definition{poisoned(w, d, false), stepless(good)}
	j := startPoisoned(t, d, w, good, list...)
	for range 6 {
		d.goOn = make(chan struct{})
		e := open(t, t.Context(), j, list...)
		<-d.reached
		go func() { time.Sleep(20 * time.Millisecond); close(d.goOn) }()
		e.Close()
		for len(d.reached) > 0 {
			<-d.reached
		}
		j = j.Clone()
	}
	e := open(t, t.Context(), j)
	if x := status(t, e, "p"); x.Trials != 0 || x.Status == runtime.StatusHeld {
		t.Errorf("%s with %d trials", x.Status, x.Trials)
	}
}

// What is cancelled and owes no undo ends without being run once more, held or not.
func TestCancelPoison(t *testing.T) {
	for deaths := range 5 {
		d := newDeadly()
		w := workflow("Poison")
		good := workflow("Good")
		list := []*runtime.Definition{poisoned(w, d, false), stepless(good)}
		j := startPoisoned(t, d, w, good, list...)
		for range min(deaths, 3) {
			j = d.dies(t, j, list...)
		}
		if deaths > 3 { // it is held
			e := open(t, t.Context(), j, list...)
			waitFor(t, e, "p", runtime.StatusHeld)
			if err := e.Cancel(t.Context(), "p", "enough"); err != nil {
				t.Fatal(err)
			}
			waitFor(t, e, "p", runtime.StatusCancelled)
			e.Close()
			continue
		}
		without := open(t, t.Context(), j) // as wfgen runs cancel does
		if err := without.Cancel(t.Context(), "p", "enough"); err != nil {
			t.Fatal(err)
		}
		without.Close()
		j = j.Clone()
		d.goOn = make(chan struct{})
		e := open(t, t.Context(), j, list...)
		if x := waitFor(t, e, "p", runtime.StatusCancelled); !strings.Contains(x.Error, "cancelled: enough") {
			t.Errorf("cancelled with %q", x.Error)
		}
		close(d.goOn)
		e.Close()
	}
}

// TestClosingHoldsNothing: an engine that closes, or drains, as soon as it is open says
// nothing against the executions that it was about to go on with.
func TestClosingHoldsNothing(t *testing.T) {
	w, j := workflow("Good"), memory.New()
	def := define(w, func(f *runtime.Frame) (int, error) {
		return runtime.Call1(f, again("a"), func(ctx context.Context, n int) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		}, 7)
	})
	e := open(t, t.Context(), j, def)
	for _, id := range []string{"a", "b"} {
		submit[int](t, e, w, runtime.ID(id))
	}
	e.Close()
	err := j.Update(t.Context(), func(tx journal.Tx) error { // as if a process had ended
		x, err := tx.Execution("a")
		x.Trials = 1
		return errors.Join(err, tx.SetState("a", x.State))
	})
	if err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range 100 {
		e, err := runtime.Open(t.Context(), j, runtime.NewRegistry("{}", def))
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			_ = e.Drain(late)
		}
		e.Close()
	}
	e = open(t, t.Context(), j)
	for _, id := range []string{"a", "b"} {
		if x := status(t, e, id); x.Status != journal.StatusRunning || x.Trials > 1 {
			t.Errorf("%s is %s, %d trials: %s", id, x.Status, x.Trials, x.Error)
		}
	}
}

// TestGoesOnBeside: an execution that stores something new beside what is still to be read
// isn't known to go on.
func TestGoesOnBeside(t *testing.T) {
	w, j := workflow("Beside"), memory.New()
	pay, b := &runtime.Task[payment]{Step: step("p")}, &runtime.Task[int]{Step: step("b")}
	beside := func(input int, after time.Duration) *runtime.Definition {
		return define(w, func(f *runtime.Frame) (int, error) {
			return 0, runtime.Parallel(f, 2, func(f *runtime.Frame, i int) error {
				if i == 0 {
					_, _ = runtime.Await(f, pay, &paid, 1100*time.Millisecond, "o1") // it is late
					return nil
				}
				time.Sleep(after)
				if _, err := runtime.Call1(f, b, func(_ context.Context, n int) (int, error) { return n, nil }, input); err != nil {
					return err
				}
				return approve(f, "ok")
			})
		})
	}
	e := open(t, t.Context(), j, beside(1, 0))
	id := submit[int](t, e, w).ID()
	until(t, e, id, runtime.StatusWaiting)
	e.Close()
	time.Sleep(1100 * time.Millisecond)

	e = open(t, t.Context(), j, beside(2, 300*time.Millisecond))
	err := e.GoesOn(t.Context(), id)
	if held := new(runtime.HeldError); !errors.As(err, &held) {
		t.Errorf("got %v, want it held", err)
	}
}
