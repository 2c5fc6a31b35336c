package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

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

// TestDurablePayload: what is too big is refused, and fails its step, which is tried again
// like any other.
func TestDurablePayload(t *testing.T) {
	w, world := workflow("Big"), &world{}
	big := &runtime.Task[string]{Step: step("big")}
	big.Effect, big.Retry = runtime.Idempotent, &runtime.Retry{Times: 1}
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		s, err := runtime.Call0(f, big, func(ctx context.Context) (string, error) {
			world.call(ctx, "big")
			return strings.Repeat("x", 17<<20), nil
		})
		return len(s), err
	}))
	_, err := result(t, submit[int](t, e, w))
	var payload *runtime.PayloadError
	if err == nil || !strings.Contains(err.Error(), "the result of step big has more than the 16777216 bytes") || len(world.lines) != 2 {
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

// TestChangedBeginsNothing: where the last record to be read doesn't fit, nothing that is
// new has begun beside it.
func TestChangedBeginsNothing(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(task *runtime.Task[int], arg *int)
	}{
		{"type", func(task *runtime.Task[int], _ *int) {
			task.Check = func(context.Context, int) (int, error) {
				time.Sleep(20 * time.Millisecond) // for the one beside it
				return 0, errBoom
			}
		}},
		{"inputs", func(_ *runtime.Task[int], arg *int) { *arg = 2 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, j, began := workflow("Change"), memory.New(), 0
			program := func(change func(task *runtime.Task[int], arg *int), beside func(context.Context) (int, error)) *runtime.Definition {
				task, arg, other := intTask("old"), 1, intTask("new")
				change(task, &arg)
				other.Effect = runtime.Idempotent // nothing is recorded before it ends
				return define(w, func(f *runtime.Frame) (int, error) {
					return 0, runtime.Parallel(f, 2, func(f *runtime.Frame, i int) (err error) {
						if i == 0 {
							_, err = runtime.Call0(f, other, beside)
						} else {
							_, err = runtime.Call1(f, task, func(_ context.Context, n int) (int, error) { return n, nil }, arg)
						}
						return err
					})
				})
			}
			e := open(t, t.Context(), j, program(func(*runtime.Task[int], *int) {}, func(ctx context.Context) (int, error) {
				<-ctx.Done()
				return 0, ctx.Err()
			}))
			submit[int](t, e, w, runtime.ID("c"))
			for done := false; !done; time.Sleep(time.Millisecond) {
				records, err := e.History(t.Context(), "c", 0, 0)
				if err != nil {
					t.Fatal(err)
				}
				done = len(records) == 2
			}
			e.Close()
			e = open(t, runtime.WithHeldLog(t.Context(), func(*runtime.HeldError) {}), j, program(c.change, func(context.Context) (int, error) {
				began++
				return 0, nil
			}))
			until(t, e, "c", runtime.StatusHeld)
			e.Close()
			if began > 0 {
				t.Error("a step of which nothing is recorded has begun")
			}
		})
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
			task.Check = func(context.Context, int) (int, error) { return 0, errBoom }
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
			events, logged := make(chan runtime.Event, 10), make(chan *runtime.HeldError, 10)
			ctx := runtime.WithObserver(t.Context(), observe(func(e runtime.Event) {
				if e.Kind == runtime.Held {
					events <- e
				}
			}))
			e = open(t, runtime.WithHeldLog(ctx, func(h *runtime.HeldError) { logged <- h }), j, program(&changed, c.change))
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
			if event, h := <-events, <-logged; event.Err != h || event.Execution != "c" || event.Workflow != "Change" || h.Text != held.Text {
				t.Errorf("told was %+v, logged %+v", event, h)
			}
			var last runtime.Event
			for event, failed := range r.Events(t.Context()) {
				if err = failed; err == nil {
					last = event
				}
			}
			if last.Kind != runtime.Held || last.Err == nil || last.Err.Error() != held.Error() || last.N == 0 {
				t.Errorf("the last event is %+v", last)
			}
			if !errors.As(err, &held) {
				t.Errorf("its events end with %v", err)
			}
			if err := e.Resume(t.Context(), "c"); err != nil {
				t.Fatal(err)
			}
			var again *runtime.HeldError
			if err := e.GoesOn(t.Context(), "c"); !errors.As(err, &again) || again.Text != held.Text {
				t.Errorf("resumed under the new code: %v, want %v", err, held)
			}
			e.Close()

			e = open(t, t.Context(), j, program(w, same))
			if err := e.Resume(t.Context(), "c"); err != nil {
				t.Fatal(err)
			}
			if err := e.GoesOn(t.Context(), "c"); err != nil {
				t.Errorf("resumed under the old code: %v", err)
			}
			if v, err := result(t, submit[int](t, e, w, runtime.ID("c"))); v != 11 || err != nil {
				t.Errorf("under the old code: %v, %v", v, err)
			}
		})
	}
}
