package runtime_test

import (
	"context"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/pure"
)

// touchy is what opens a breaker at once.
func touchy() *runtime.Guarded {
	return &runtime.Guarded{Breaker: runtime.Breaker{N: 1, Per: time.Hour, Open: time.Hour}}
}

// guardedTask is a step that is tried again, of a tool with a breaker.
func guardedTask(id string) *runtime.Task[int] {
	t := again(id)
	t.Fails = []runtime.Declaration{runtime.Declares[runtime.CircuitOpen]}
	t.Retry = &runtime.Retry{Times: 3}
	return t
}

func calling(f *runtime.Frame, g *runtime.Guarded, t *runtime.Task[int], do func(context.Context) (int, error)) error {
	_, err := runtime.CallGuarded(f, g, t, do, func() []any { return nil })
	return err
}

func fails(context.Context) (int, error) { return 0, errBoom }

// early has an undo owed from before a step.
func early(f *runtime.Frame, undone *calls, step func() error) error {
	undo := runtime.Step{ID: "pay.undo", At: "test.wf:2:3", Tool: "Undo", Effect: runtime.Idempotent}
	owed := f.OweEarly(&undo, func(context.Context) error { undone.add(); return nil })
	err := step()
	owed.Settle(err)
	return err
}

// A refusal is a workflow whose step ends with a refusal, and whether its early undo is owed
// then.
type refusal struct {
	body func(f *runtime.Frame, g *runtime.Guarded, undone *calls) error
	owed bool
}

var refusals = map[string]refusal{
	"at once": {func(f *runtime.Frame, g *runtime.Guarded, undone *calls) error {
		_ = calling(f, g, guardedTask("opens"), fails)
		return early(f, undone, func() error { return calling(f, g, guardedTask("pay"), fails) })
	}, false},
	"after an attempt": {func(f *runtime.Frame, g *runtime.Guarded, undone *calls) error {
		return early(f, undone, func() error { return calling(f, g, guardedTask("pay"), fails) })
	}, true},
	"after an answer": {func(f *runtime.Frame, g *runtime.Guarded, undone *calls) error {
		pay := guardedTask("pay")
		pay.Fails = append(pay.Fails, runtime.Declares[runtime.Rejected])
		pay.Retry.On = []runtime.Declaration{runtime.Declares[runtime.Rejected]}
		return early(f, undone, func() error {
			return calling(f, g, pay, func(ctx context.Context) (int, error) {
				_ = execute(ctx, workflow("Opens"), func(f *runtime.Frame) error {
					return calling(f, g, guardedTask("opens"), fails)
				})
				return 0, runtime.Rejected{}
			})
		})
	}, false},
	"in a sub-workflow": {func(f *runtime.Frame, g *runtime.Guarded, undone *calls) error {
		return early(f, undone, func() error {
			return inner(f, sub("pay"), func(f *runtime.Frame) error { return calling(f, g, guardedTask("within"), fails) })
		})
	}, true},
}

// A refusal says that its own attempt hasn't happened, and nothing of those before.
func TestRefusedAfterAttempts(t *testing.T) {
	for name, c := range refusals {
		t.Run(name, func(t *testing.T) {
			undone, want := &calls{}, 0
			if c.owed {
				want = 1
			}
			err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error { return c.body(f, touchy(), undone) })
			if runtime.Declared(err) != (runtime.CircuitOpen{}) {
				t.Errorf("it gives %v", err)
			}
			if n := undone.take(); n != want {
				t.Errorf("it is undone %d times, want %d", n, want)
			}
		})
	}
}

// In a durable execution that is so wherever a process before has ended.
func TestRefusedAfterCrash(t *testing.T) {
	for name, c := range refusals {
		t.Run(name, func(t *testing.T) {
			w, undone, g := workflow("W"), &calls{}, touchy()
			d := define(w, func(f *runtime.Frame) (int, error) { return 0, c.body(f, g, undone) })
			j, states := memory.New(), []*memory.Journal(nil)
			j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
			e := open(t, t.Context(), j, d)
			_, err := result(t, submit[int](t, e, w, runtime.ID("x")))
			if runtime.Declared(err) != (runtime.CircuitOpen{}) {
				t.Errorf("it gives %v", err)
			}
			e.Close()
			if found := recorded(t, j, "x", "pay.undo", journal.Undone); found != c.owed {
				t.Errorf("it is undone: %t", found)
			}
			for i, left := range states {
				if !recorded(t, left, "x", "pay", journal.Failed) {
					continue
				}
				e := open(t, t.Context(), left, d)
				waitFor(t, e, "x", runtime.StatusFailed)
				e.Close()
				if found := recorded(t, left, "x", "pay.undo", journal.Undone); found != c.owed {
					t.Errorf("killed after update %d: it is undone: %t", i, found)
				}
			}
		})
	}
}

// A call that a crash has interrupted is told so at once, whatever the tool can take.
func TestInterruptedIsntRefused(t *testing.T) {
	w, c, j := workflow("W"), newCounter(), memory.New()
	e := open(t, t.Context(), j, c.guarded(w, &runtime.Guarded{Rate: runtime.Quota{N: 2, Per: time.Hour}}))
	for _, id := range []string{"a", "b"} {
		submit[int](t, e, w, runtime.ID(id))
		next(t, c.began, "begins")
	}
	e.Close()
	// The first to come would take the only place there is, the other one wait for an hour.
	e = open(t, t.Context(), j, c.guarded(w, &runtime.Guarded{Rate: runtime.Quota{N: 1, Per: time.Hour}}))
	for _, id := range []string{"a", "b"} {
		_, err := result(t, submit[int](t, e, w, runtime.ID(id)))
		if runtime.Declared(err) != (runtime.Interrupted{}) {
			t.Errorf("%s gives %v", id, err)
		}
	}
}

// A step that is cancelled in line has made no attempt, and owes nothing.
func TestCancelledInLine(t *testing.T) {
	g, undone, c, j := &runtime.Guarded{AtOnce: runtime.Quota{N: 1}}, &calls{}, newCounter(), &diary{}
	go func() {
		_ = execute(t.Context(), workflow("First"), func(f *runtime.Frame) error {
			_, err := c.step(f, g, intTask("first"))
			return err
		})
	}()
	next(t, c.began, "begins")
	ctx, cancel := context.WithCancel(runtime.WithObserver(t.Context(), observe(func(e runtime.Event) {
		if j.Observe(e); e.Kind == runtime.Queued {
			c.queued <- e.Execution
		}
	})))
	go func() {
		next(t, c.queued, "waits")
		cancel()
	}()
	err := execute(ctx, workflow("W"), func(f *runtime.Frame) error {
		return early(f, undone, func() error { return calling(f, g, guardedTask("pay"), fails) })
	})
	c.free <- nil
	if failed, ok := err.(*runtime.Error); !ok || failed.Attempt != 0 {
		t.Errorf("it gives %#v", err)
	}
	if n := undone.take(); n != 0 {
		t.Errorf("what never began is undone %d times", n)
	}
	j.wants(t, "1 started", "2 scheduled pay", "3 queued pay", "4 skipped pay", "5 ended: "+err.Error())
}

// What is kept of an any may be nothing.
func TestKeptNothing(t *testing.T) {
	w, g, n := workflow("W"), &runtime.Guarded{Cache: time.Hour}, 0
	body := func(f *runtime.Frame) (any, error) {
		var v any
		for _, id := range []string{"a", "b"} {
			got, err := runtime.CallGuarded(f, g, &runtime.Task[any]{Step: step(id)}, func(context.Context) (any, error) {
				n++
				return nil, nil
			}, func() []any { return []any{"key"} })
			if v = got; err != nil {
				return nil, err
			}
		}
		return v, nil
	}
	e := open(t, t.Context(), memory.New(), define(w, body))
	if v, err := result(t, submit[any](t, e, w)); v != nil || err != nil || n != 1 {
		t.Errorf("durable: got %v, %v in %d calls", v, err, n)
	}
	n = 0
	if err := execute(t.Context(), w, func(f *runtime.Frame) error { _, err := body(f); return err }); err != nil || n != 1 {
		t.Errorf("got %v in %d calls", err, n)
	}
}

// An optional any is kept as one.
func TestKeptOptional(t *testing.T) {
	w, g, n := workflow("W"), &runtime.Guarded{Cache: time.Hour}, 0
	err := execute(t.Context(), w, func(f *runtime.Frame) error {
		for _, id := range []string{"a", "b"} {
			got, err := runtime.CallGuarded(f, g, &runtime.Task[*any]{Step: step(id)}, func(context.Context) (*any, error) {
				n++
				return pure.Some[any]("x"), nil
			}, func() []any { return []any{"key"} })
			if err != nil || got == nil || *got != "x" {
				t.Errorf("%s: got %v, %v", id, got, err)
			}
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("got %v in %d calls", err, n)
	}
}

// A refusal is known for what it is wherever it comes from.
func TestRefusalIsDeclared(t *testing.T) {
	if got := runtime.Declared(runtime.CircuitOpen{}); got != (runtime.CircuitOpen{}) {
		t.Errorf("got %v of the bare error", got)
	}
	w := workflow("W")
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		return 0, calling(f, touchy(), guardedTask("pay"), fails)
	}))
	submit[int](t, e, w, runtime.ID("x"))
	waitFor(t, e, "x", runtime.StatusFailed)
	if _, err := result(t, submit[int](t, e, w, runtime.ID("x"))); runtime.Declared(err) != (runtime.CircuitOpen{}) {
		t.Errorf("got %#v of what is recorded", err)
	}
}

// The events of a durable step come in the order it lives through: it is due once, before it
// waits.
func TestQueuedInOrder(t *testing.T) {
	w, c, j := workflow("W"), newCounter(), map[string]*diary{"a": {}, "b": {}}
	ctx := runtime.WithObserver(t.Context(), observe(func(e runtime.Event) {
		if e.Step != "" {
			j[e.Execution].add("%s", e.Kind)
		}
		if e.Kind == runtime.Queued {
			c.queued <- e.Execution
		}
	}))
	e := open(t, ctx, memory.New(), c.guardedBy(w, &runtime.Guarded{Cache: time.Hour}, guardedTask("s")))
	a := submit[int](t, e, w, runtime.ID("a"))
	next(t, c.began, "begins")
	b := submit[int](t, e, w, runtime.ID("b"))
	next(t, c.queued, "waits")
	c.free <- errBoom
	next(t, c.began, "begins")
	next(t, c.queued, "waits")
	c.free <- nil
	for _, r := range []*runtime.Run[int]{a, b} {
		if v, err := result(t, r); v != 1 || err != nil {
			t.Errorf("%s gives %d, %v", r.ID(), v, err)
		}
	}
	e.Close()
	j["a"].wants(t, "scheduled", "attempt", "failed", "retrying", "queued", "cached", "done")
	j["b"].wants(t, "scheduled", "queued", "attempt", "done")
}
