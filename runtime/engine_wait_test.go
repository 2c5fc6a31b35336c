package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
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

func TestDurableReopen(t *testing.T) {
	w, j := workflow("Pay"), memory.New()
	e := open(t, t.Context(), j, awaiting(w, 0))
	r := submit[float64](t, e, w, runtime.ID("a b/ü\"'"))
	until(t, e, r.ID(), runtime.StatusWaiting)
	e.Close()
	if _, err := r.Result(t.Context()); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("got %v", err)
	}
	e = open(t, t.Context(), j, awaiting(w, 0))
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, submit[float64](t, e, w, runtime.ID("a b/ü\"'"))); v != 3 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if _, err := runtime.Submit[float64](t.Context(), e, w, struct{ A int }{1}, runtime.ID("a b/ü\"'")); err == nil || !strings.Contains(err.Error(), "another input") {
		t.Errorf("got %v", err)
	}
	for _, id := range []string{strings.Repeat("x", 256), "a\nb", "\xff"} {
		if _, err := runtime.Submit[float64](t.Context(), e, w, struct{}{}, runtime.ID(id)); err == nil {
			t.Errorf("%q is taken as an id", id)
		}
	}
}

// TestDurableSuspendedUnseen closes the engine while a tool runs: neither else, nor
// retry, nor an undo, nor an interceptor sees that.
func TestDurableSuspendedUnseen(t *testing.T) {
	w, seen := workflow("Slow"), &diary{}
	slow, other, undo := intTask("slow"), intTask("other"), step("other.undo")
	slow.Effect, slow.Retry = runtime.Idempotent, &runtime.Retry{Times: 3}
	begun, j := make(chan bool, 9), memory.New()
	patient := false
	def := define(w, func(f *runtime.Frame) (int, error) {
		n, err := runtime.Call0(f, other, func(ctx context.Context) (int, error) { return 1, nil })
		if err != nil {
			return 0, err
		}
		f.Owe(&undo, seen.tool("undo", nil), n)
		v, err := runtime.Call0(f, slow, func(ctx context.Context) (int, error) {
			begun <- true
			if patient {
				return 2, nil
			}
			<-ctx.Done()
			return 0, ctx.Err()
		})
		if err != nil && f.Caught(err) {
			seen.add("else")
		}
		return v, err
	})
	ctx := runtime.WithStepInterceptor(t.Context(), func(ctx context.Context, call runtime.StepCall, next runtime.Next) (any, error) {
		v, err := next(ctx)
		if err != nil {
			seen.add("interceptor: %v", err)
		}
		return v, err
	})
	e := open(t, ctx, j, def)
	submit[int](t, e, w, runtime.ID("s"))
	<-begun
	e.Close()
	if len(seen.lines) > 0 {
		t.Errorf("seen: %v", seen.lines)
	}
	patient = true
	e = open(t, ctx, j, def)
	if v, err := result(t, submit[int](t, e, w, runtime.ID("s"))); v != 2 || err != nil || len(seen.lines) > 0 {
		t.Errorf("got %v, %v, seen %v", v, err, seen.lines)
	}
}

func TestDurableFork(t *testing.T) {
	w, world := workflow("Add"), &world{}
	e := open(t, t.Context(), memory.New(), adder(w, world))
	if _, err := result(t, submit[int](t, e, w, runtime.ID("a"))); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Fork(t.Context(), "a", "s2", "b"); err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, submit[int](t, e, w, runtime.ID("b"))); v != 3 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if got := strings.Join(world.lines, " "); got != "s0 s1 s2 s2" {
		t.Errorf("called: %s", got)
	}
	for _, c := range [][3]string{{"z", "s2", "c"}, {"a", "zzz", "c"}, {"a", "s2", "b"}} {
		if _, err := e.Fork(t.Context(), c[0], c[1], c[2]); err == nil {
			t.Errorf("fork %v succeeds", c)
		}
	}
}

// TestDurableDeadline lets the time of a workflow pass while nobody has the journal.
func TestDurableDeadline(t *testing.T) {
	w, j, seen := workflow("Pay"), memory.New(), &diary{}
	w.Timeout = time.Hour
	other, undo := intTask("other"), step("other.undo")
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	def := define(w, func(f *runtime.Frame) (float64, error) {
		n, err := runtime.Call0(f, other, func(ctx context.Context) (int, error) { return 1, nil })
		if err != nil {
			return 0, err
		}
		f.Owe(&undo, seen.tool("undo", nil), n)
		p, err := runtime.Await(f, task, &paid, 0, "o1")
		return p.Amount, err
	})
	e := open(t, t.Context(), j, def) // by the world's clock nothing happens
	r := submit[float64](t, e, w, runtime.ID("d"))
	until(t, e, r.ID(), runtime.StatusWaiting)
	e.Close()
	later := runtime.NewVirtualClock(time.Now().Add(2 * time.Hour))
	e = open(t, runtime.WithClock(t.Context(), later), j, def)
	_, err := result(t, submit[float64](t, e, w, runtime.ID("d")))
	if !errors.Is(err, context.DeadlineExceeded) || strings.Join(seen.lines, " ") != "undo" {
		t.Errorf("got %v, %v", err, seen.lines)
	}
}

func TestDurableSubRetry(t *testing.T) {
	w, world := workflow("Order"), &world{}
	inner := workflow("Inner")
	call, reserve, charge, release := sub("inv"), task("reserve"), task("charge"), step("reserve.undo")
	call.Retry = &runtime.Retry{Times: 2, Min: time.Hour, Max: time.Hour}
	n := 0
	def := define(w, func(f *runtime.Frame) (int, error) {
		return 1, runtime.Run0(f, call, func(ctx context.Context) error {
			return execute(ctx, inner, func(f *runtime.Frame) error {
				err := runtime.Run0(f, reserve, func(ctx context.Context) error {
					world.call(ctx, "reserve "+runtime.StepKey(ctx))
					return nil
				})
				if err != nil {
					return err
				}
				f.Owe(&release, func(ctx context.Context) error { world.call(ctx, "release "+runtime.StepKey(ctx)); return nil })
				return runtime.Run0(f, charge, func(ctx context.Context) error {
					if n++; n < 3 {
						return errBoom
					}
					return nil
				})
			})
		})
	})
	ctx, _ := virtual(t)
	e := open(t, ctx, memory.New(), def)
	if v, err := result(t, submit[int](t, e, w, runtime.ID("o"))); v != 1 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	got := strings.Join(world.lines, ", ")
	if want := "reserve o/inv.reserve, release o/inv.reserve.undo, reserve o/inv@2.reserve, release o/inv@2.reserve.undo, reserve o/inv@3.reserve"; got != want {
		t.Errorf("got %s,\nwant %s", got, want)
	}
}

// A brokenJournal stores nothing any more once it is broken.
type brokenJournal struct {
	*memory.Journal
	broken bool
}

func (j *brokenJournal) Update(ctx context.Context, do func(journal.Tx) error) error {
	if j.broken {
		return errors.New("the disk is full")
	}
	return j.Journal.Update(ctx, do)
}

func TestDurableStoreFails(t *testing.T) {
	w, world := workflow("Add"), &world{}
	j := &brokenJournal{Journal: memory.New()}
	first, second := intTask("first"), intTask("second")
	e := open(t, t.Context(), j, define(w, func(f *runtime.Frame) (int, error) {
		n, err := runtime.Call0(f, first, func(ctx context.Context) (int, error) { j.broken = true; return 1, nil })
		if err != nil {
			return 0, err
		}
		return runtime.Call1(f, second, func(ctx context.Context, n int) (int, error) { world.call(ctx, "second"); return n, nil }, n)
	}))
	_, err := result(t, submit[int](t, e, w))
	var store *runtime.StoreError
	if !errors.As(err, &store) || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("got %v", err)
	}
	if len(world.lines) > 0 {
		t.Error("a step has run on what wasn't stored")
	}
	if _, err := runtime.Submit[int](t.Context(), e, w, struct{}{}); !errors.As(err, &store) {
		t.Errorf("got %v", err)
	}
}

// TestDurablePayload: what is too big is refused, and fails its step once.
func TestDurablePayload(t *testing.T) {
	w, world := workflow("Big"), &world{}
	big := &runtime.Task[string]{Step: step("big")}
	big.Effect, big.Retry = runtime.Idempotent, &runtime.Retry{Times: 5}
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		s, err := runtime.Call0(f, big, func(ctx context.Context) (string, error) {
			world.call(ctx, "big")
			return strings.Repeat("x", 100<<20), nil
		})
		return len(s), err
	}))
	_, err := result(t, submit[int](t, e, w))
	var payload *runtime.PayloadError
	if err == nil || !strings.Contains(err.Error(), "the result of step big has 104857602 bytes") || len(world.lines) != 1 {
		t.Errorf("got %v, after %d calls", err, len(world.lines))
	}
	huge := struct{ S string }{strings.Repeat("x", 17<<20)}
	if _, err := runtime.Submit[int](t.Context(), e, w, huge); !errors.As(err, &payload) {
		t.Errorf("got %v", err)
	}
	err = runtime.Send(t.Context(), e, &paid, payment{strings.Repeat("o", 17<<20), 1})
	if !errors.As(err, &payload) {
		t.Errorf("got %v", err)
	}
}

// TestDurableEventExpires: an event that nobody awaits is kept for its time, and no
// longer.
func TestDurableEventExpires(t *testing.T) {
	nap := step("nap")
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	for _, c := range []struct {
		wait time.Duration
		ok   bool
	}{{59 * time.Minute, true}, {61 * time.Minute, false}} {
		w, ctx := workflow("Late"), context.Context(nil)
		ctx, _ = virtual(t)
		e := open(t, ctx, memory.New(), define(w, func(f *runtime.Frame) (float64, error) {
			if err := f.Wait(&nap, c.wait); err != nil {
				return 0, err
			}
			p, err := runtime.Await(f, task, &paid, time.Minute, "o1")
			return p.Amount, err
		}))
		if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
			t.Fatal(err)
		}
		if v, err := result(t, submit[float64](t, e, w)); (err == nil && v == 3) != c.ok {
			t.Errorf("after %v: got %v, %v", c.wait, v, err)
		}
	}
}

// TestDurableChanged: what is recorded, and doesn't fit any more, holds the execution,
// which goes on under code that it fits.
func TestDurableChanged(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(w *runtime.Workflow, task *runtime.Task[int], arg *int)
		want   string
	}{
		{"inputs", func(_ *runtime.Workflow, _ *runtime.Task[int], arg *int) { *arg = 2 }, "step first is recorded with other inputs"},
		{"tool", func(_ *runtime.Workflow, task *runtime.Task[int], _ *int) { task.Tool = "Other" }, "is recorded as a call of Tool, and is one of Other now"},
		{"step", func(_ *runtime.Workflow, task *runtime.Task[int], _ *int) { task.ID = "second" }, "step first (Tool) is recorded as"},
		{"type", func(_ *runtime.Workflow, task *runtime.Task[int], _ *int) {
			task.Check = func(int) (int, error) { return 0, errBoom }
		}, "step first: what it has given doesn't fit its type any more"},
		{"version", func(w *runtime.Workflow, _ *runtime.Task[int], _ *int) { w.Version = 2 }, "is version 2 now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, j := workflow("Change"), memory.New()
			await := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
			program := func(w *runtime.Workflow, change func(w *runtime.Workflow, task *runtime.Task[int], arg *int)) *runtime.Definition {
				task, arg := intTask("first"), 1
				change(w, task, &arg)
				return define(w, func(f *runtime.Frame) (int, error) {
					n, err := runtime.Call1(f, task, func(ctx context.Context, n int) (int, error) { return n + 10, nil }, arg)
					if err != nil {
						return 0, err
					}
					_, err = runtime.Await(f, await, &paid, 0, "o1")
					return n, err
				})
			}
			same := func(*runtime.Workflow, *runtime.Task[int], *int) {}
			e := open(t, t.Context(), j, program(w, same))
			submit[int](t, e, w, runtime.ID("c"))
			until(t, e, "c", runtime.StatusWaiting)
			e.Close()

			changed := *w
			e = open(t, t.Context(), j, program(&changed, c.change))
			if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
				t.Fatal(err)
			}
			r, err := e.Run(t.Context(), "c")
			if err != nil {
				t.Fatal(err)
			}
			_, err = result(t, r)
			var held *runtime.HeldError
			if !errors.As(err, &held) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			for _, err = range r.Events(t.Context()) {
			}
			if !errors.As(err, &held) {
				t.Errorf("its events end with %v", err)
			}
			e.Close()

			e = open(t, t.Context(), j, program(w, same))
			if err := e.Resume(t.Context(), "c"); err != nil {
				t.Fatal(err)
			}
			if v, err := result(t, submit[int](t, e, w, runtime.ID("c"))); v != 11 || err != nil {
				t.Errorf("under the old code: %v, %v", v, err)
			}
		})
	}
}

// A viewed journal has something happen before a View.
type viewed struct {
	*memory.Journal
	before atomic.Pointer[func()]
}

func (v *viewed) View(ctx context.Context, do func(journal.Tx) error) error {
	if before := v.before.Swap(nil); before != nil {
		(*before)()
	}
	return v.Journal.View(ctx, do)
}

// TestEventWhileSubmitted: an event that comes while an execution is submitted once more
// isn't lost.
func TestEventWhileSubmitted(t *testing.T) {
	w := workflow("Pay")
	j := &viewed{Journal: memory.New()}
	e := open(t, t.Context(), j, awaiting(w, 0))
	submit[float64](t, e, w, runtime.ID("x"))
	until(t, e, "x", runtime.StatusWaiting)
	pay := func() {
		if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
			t.Error(err)
		}
	}
	j.before.Store(&pay)
	if v, err := result(t, submit[float64](t, e, w, runtime.ID("x"))); v != 3 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

// TestWaitingIsWoken: in each state of the journal, an execution that waits has something
// to wait for, else nothing would wake it after a crash. Here it is submitted once more
// just when it is read, so that it is read again when it waits, and then the event comes.
func TestWaitingIsWoken(t *testing.T) {
	w := workflow("Pay")
	first := memory.New()
	var created *memory.Journal
	first.OnCommit(func(state *memory.Journal) {
		if x := stored(state); x != nil && created == nil {
			created = state
		}
	})
	submit[float64](t, open(t, t.Context(), first, awaiting(w, 0)), w, runtime.ID("x"))

	j, opened := &viewed{Journal: created}, make(chan *runtime.Engine, 1)
	pay := func() {
		if err := runtime.Send(t.Context(), <-opened, &paid, payment{"o1", 3}); err != nil {
			t.Error(err)
		}
	}
	load := func() {
		e := <-opened
		submit[float64](t, e, w, runtime.ID("x"))
		opened <- e
	}
	list := func() { j.before.Store(&load) }
	j.before.Store(&list)
	waited := false
	j.OnCommit(func(state *memory.Journal) {
		if stored(state).Status == runtime.StatusWaiting {
			_ = state.View(context.Background(), func(tx journal.Tx) error {
				if awaits, _ := tx.Awaits("x"); len(awaits) == 0 {
					t.Error("it waits for nothing")
				}
				return nil
			})
			if !waited {
				waited = true
				j.before.Store(&pay)
			}
		}
	})
	e := open(t, t.Context(), j, awaiting(w, 0))
	opened <- e
	r, err := e.Run(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := r.ResultJSON(t.Context()); string(v) != "3" || err != nil {
		t.Errorf("got %s, %v", v, err)
	}
}

// stored is the execution x as a journal has it; nil where it hasn't.
func stored(j *memory.Journal) (x *journal.Execution) {
	_ = j.View(context.Background(), func(tx journal.Tx) (err error) {
		x, err = tx.Execution("x")
		return err
	})
	return x
}

// TestDurableEvents follows an execution from its beginning, from a point in its past,
// and while it goes on.
func TestDurableEvents(t *testing.T) {
	w := workflow("Pay")
	e := open(t, t.Context(), memory.New(), awaiting(w, 0))
	r := submit[float64](t, e, w)
	follow := func(after int) []string {
		var got []string
		for event, err := range e.Events(t.Context(), r.ID(), after) {
			if err != nil {
				t.Error(err)
			}
			got = append(got, fmt.Sprintf("%d %s %s", event.N, event.Kind, event.Step))
		}
		return got
	}
	live := make(chan []string)
	go func() { live <- follow(0) }()
	until(t, e, r.ID(), runtime.StatusWaiting)
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Fatal(err)
	}
	want := []string{"0 started ", "1 waiting p", "2 done p", "3 ended "}
	if diff := cmp.Diff(want, <-live); diff != "" {
		t.Errorf("live (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[2:], follow(1)); diff != "" {
		t.Errorf("from the past (-want +got):\n%s", diff)
	}
	for _, err := range e.Events(t.Context(), "nobody", 0) {
		if err == nil {
			t.Error("an execution that isn't there has events")
		}
	}
}
