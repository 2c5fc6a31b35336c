package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/memory"
)

// virtual gives a context in whose executions waits take no time.
func virtual(t *testing.T) (context.Context, *runtime.VirtualClock) {
	clock := runtime.NewVirtualClock(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	return runtime.WithClock(t.Context(), clock), clock
}

func TestDurableWait(t *testing.T) {
	w := workflow("Wait")
	nap, after := step("nap"), intTask("after")
	ctx, clock := virtual(t)
	start := clock.Now()
	e := open(t, ctx, memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		if err := f.Wait(&nap, 24*time.Hour); err != nil {
			return 0, err
		}
		return runtime.Call0(f, after, func(ctx context.Context) (int, error) { return 7, nil })
	}))
	r := submit[int](t, e, w)
	if v, err := result(t, r); v != 7 || err != nil {
		t.Fatalf("got %v, %v", v, err)
	}
	if d := clock.Now().Sub(start); d != 24*time.Hour {
		t.Errorf("it took %v", d)
	}
}

// A payment is an event.
type payment struct {
	Order  string  `json:"order"`
	Amount float64 `json:"amount"`
}

var paid = runtime.Topic[payment]{Name: "Paid", Keep: time.Hour, Keys: func(p payment) []any { return []any{p.Order} }}

// awaiting defines a workflow that awaits a payment.
func awaiting(w *runtime.Workflow, timeout time.Duration) *runtime.Definition {
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	return define(w, func(f *runtime.Frame) (float64, error) {
		p, err := runtime.Await(f, task, &paid, timeout, "o1")
		return p.Amount, err
	})
}

func TestDurableEvent(t *testing.T) {
	w := workflow("Pay")
	e := open(t, t.Context(), memory.New(), awaiting(w, 0))
	send := func(amount float64, options ...runtime.SendOption) {
		t.Helper()
		if err := runtime.Send(t.Context(), e, &paid, payment{"o1", amount}, options...); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("before", func(t *testing.T) {
		send(3)
		if v, err := result(t, submit[float64](t, e, w)); v != 3 || err != nil {
			t.Errorf("got %v, %v", v, err)
		}
	})
	t.Run("while it is out of memory", func(t *testing.T) {
		r := submit[float64](t, e, w)
		until(t, e, r.ID(), runtime.StatusWaiting)
		send(4)
		if v, err := result(t, r); v != 4 || err != nil {
			t.Errorf("got %v, %v", v, err)
		}
	})
	t.Run("each once, in order", func(t *testing.T) {
		a, b := submit[float64](t, e, w), submit[float64](t, e, w)
		send(5, runtime.MessageID("m5"))
		send(5, runtime.MessageID("m5"))
		send(6)
		x, _ := result(t, a)
		y, _ := result(t, b)
		if x+y != 11 {
			t.Errorf("got %v and %v", x, y)
		}
	})
}

func until(t *testing.T, e *runtime.Engine, id string, want runtime.Status) {
	t.Helper()
	for range 500 {
		x, err := e.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if x.Status == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("it isn't %s", want)
}

func TestDurableEventTooLate(t *testing.T) {
	w := workflow("Pay")
	ctx, _ := virtual(t)
	e := open(t, ctx, memory.New(), awaiting(w, 48*time.Hour))
	_, err := result(t, submit[float64](t, e, w))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 1}); err != nil {
		t.Fatal(err)
	}
}

func TestDurableApproval(t *testing.T) {
	w, ask := workflow("Ask"), step("ok")
	def := define(w, func(f *runtime.Frame) (string, error) {
		a, err := f.Approve(&ask, "Refund 3?", "manager", 0)
		return a.By + ": " + a.Note, err
	})
	e := open(t, t.Context(), memory.New(), def)
	r := submit[string](t, e, w)
	until(t, e, r.ID(), runtime.StatusWaiting)
	refused := func(a runtime.Answer, want string) {
		t.Helper()
		if err := e.Answer(t.Context(), r.ID(), "ok", a); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	refused(runtime.Answer{By: "bob"}, "asks manager, not bob")
	if err := e.Answer(t.Context(), r.ID(), "ok", runtime.Answer{By: "ann", As: []string{"manager"}, Note: "fine"}); err != nil {
		t.Fatal(err)
	}
	refused(runtime.Answer{By: "ann", As: []string{"manager"}}, "was answered at")
	if v, err := result(t, r); v != "ann: fine" || err != nil {
		t.Errorf("got %v, %v", v, err)
	}

	r = submit[string](t, e, w)
	until(t, e, r.ID(), runtime.StatusWaiting)
	if err := e.Answer(t.Context(), r.ID(), "ok", runtime.Answer{By: "manager", Note: "no way", Reject: true}); err != nil {
		t.Fatal(err)
	}
	_, err := result(t, r)
	if d := runtime.Declared(err); d != (runtime.Rejected{By: "manager", Note: "no way"}) {
		t.Errorf("got %v, declared %v", err, d)
	}
}

func TestDurableRace(t *testing.T) {
	w, race := workflow("Race"), step("race")
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	nap := step("nap")
	def := define(w, func(f *runtime.Frame) (float64, error) {
		return runtime.Race(f, &race,
			func(f *runtime.Frame) (float64, error) {
				p, err := runtime.Await(f, task, &paid, 0, "o1")
				return p.Amount, err
			},
			func(f *runtime.Frame) (float64, error) {
				return -1, f.Wait(&nap, 24*time.Hour)
			})
	})
	ctx, _ := virtual(t)
	e := open(t, ctx, memory.New(), def)
	r := submit[float64](t, e, w)
	if v, err := result(t, r); v != -1 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if list, err := e.Awaits(t.Context(), ""); len(list) != 0 || err != nil {
		t.Errorf("it still awaits %v, %v", list, err)
	}
}

func TestDurableManagement(t *testing.T) {
	w := workflow("Pay")
	e := open(t, t.Context(), memory.New(), awaiting(w, 0))
	r := submit[float64](t, e, w)
	until(t, e, r.ID(), runtime.StatusWaiting)
	if err := r.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Fatal(err)
	}
	until(t, e, r.ID(), runtime.StatusPaused)
	if err := r.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, r); v != 3 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}

	r = submit[float64](t, e, w)
	until(t, e, r.ID(), runtime.StatusWaiting)
	if err := r.Cancel(t.Context(), "changed my mind"); err != nil {
		t.Fatal(err)
	}
	if _, err := result(t, r); err == nil || !strings.Contains(err.Error(), "changed my mind") {
		t.Errorf("got %v", err)
	}
	until(t, e, r.ID(), runtime.StatusCancelled)
	if err := r.Cancel(t.Context(), ""); err == nil {
		t.Error("it can be cancelled twice")
	}
}

func TestDurableRetry(t *testing.T) {
	w, world := workflow("Order"), &world{}
	fails := true
	reserve, release, notify, charge := intTask("reserve"), step("reserve.undo"), task("notify"), intTask("charge")
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		if err := runtime.Run0(f, notify, func(ctx context.Context) error { world.call(ctx, "notify"); return nil }); err != nil {
			return 0, err
		}
		n, err := runtime.Call0(f, reserve, func(ctx context.Context) (int, error) {
			world.call(ctx, "reserve "+runtime.StepKey(ctx))
			return 5, nil
		})
		if err != nil {
			return 0, err
		}
		f.Owe(&release, func(ctx context.Context) error { world.call(ctx, "release"); return nil }, n)
		return runtime.Call1(f, charge, func(ctx context.Context, n int) (int, error) {
			if fails {
				return 0, errBoom
			}
			return n + 1, nil
		}, n)
	}))
	r := submit[int](t, e, w, runtime.ID("o"))
	if _, err := result(t, r); !errors.Is(err, errBoom) {
		t.Fatalf("got %v", err)
	}
	fails = false
	if err := e.Retry(t.Context(), "o"); err != nil {
		t.Fatal(err)
	}
	again, err := e.Run(t.Context(), "o")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, again); v != float64(6) && v != any(6) || err != nil {
		t.Fatalf("got %v (%T), %v", v, v, err)
	}
	got := strings.Join(world.lines, ", ")
	if want := "notify, reserve o/reserve, release, reserve o/@2.reserve"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDurableStart(t *testing.T) {
	child, parent := workflow("Child"), workflow("Parent")
	launch, end := step("id"), intTask("end")
	ctx, _ := virtual(t)
	nap := step("nap")
	e := open(t, ctx, memory.New(),
		define(child, func(f *runtime.Frame) (int, error) { return 11, f.Wait(&nap, time.Hour) }),
		define(parent, func(f *runtime.Frame) (int, error) {
			id, err := f.Launch(&launch, child, struct{}{})
			if err != nil {
				return 0, err
			}
			return runtime.AwaitRun(f, end, id, 0)
		}))
	r := submit[int](t, e, parent, runtime.ID("p"))
	if v, err := result(t, r); v != 11 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}
