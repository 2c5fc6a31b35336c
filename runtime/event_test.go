package runtime_test

import (
	"context"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

func TestEvents(t *testing.T) {
	flaky := task("a")
	flaky.Retry = &runtime.Retry{Times: 1}
	nap, hello, loop, rollback := step("nap"), step("hello"), step("loop"), step("rollback")
	var j *diary
	for _, c := range []struct {
		name string
		body func(*runtime.Frame) error
		want []string
	}{
		{"step", func(f *runtime.Frame) error { return runtime.Run0(f, task("a"), fine) },
			[]string{"1 started", "2 scheduled a", "3 attempt a 1", "4 done a 1", "5 ended"}},
		{"retry", func(f *runtime.Frame) error {
			calls := 0
			return runtime.Run0(f, flaky, func(context.Context) error {
				if calls++; calls == 1 {
					return errBoom
				}
				return nil
			})
		}, []string{"1 started", "2 scheduled a", "3 attempt a 1", "4 failed a 1: boom", "5 retrying a 2", "6 attempt a 2", "7 done a 2", "8 ended"}},
		{"failure and undo", func(f *runtime.Frame) error {
			j.owe(f, "x", nil)
			return runtime.Run0(f, task("a"), boom)
		}, []string{
			"1 started", "2 scheduled a", "3 attempt a 1", "4 failed a 1: boom",
			"5 undoing x.undo", "6 attempt x.undo 1", "x.undo", "7 undone x.undo 1", "8 ended: test.wf:2:3: W: a: boom",
		}},
		{"rollback", func(f *runtime.Frame) error {
			j.owe(f, "x", nil)
			return f.Rollback(&rollback)
		}, []string{
			"1 started", "2 scheduled rollback", "3 undoing x.undo", "4 attempt x.undo 1", "x.undo", "5 undone x.undo 1",
			"6 done rollback", "7 ended",
		}},
		{"wait and log", func(f *runtime.Frame) error {
			f.Log(&hello, "good evening")
			return f.Wait(&nap, time.Second)
		}, []string{"1 started", "2 log hello good evening", "3 scheduled nap", "4 waiting nap", "5 resumed nap", "6 done nap", "7 ended"}},
		{"skipped", func(f *runtime.Frame) error {
			var never runtime.Latch
			return runtime.Chains(f, func(f *runtime.Frame) error { return f.Fail(&hello, "no") }, func(f *runtime.Frame) error {
				_ = never.Wait(f)
				_ = runtime.Run0(f, task("a"), untilCancelled)
				return runtime.Run0(f, task("b"), fine)
			})
		}, []string{"1 started", "2 skipped a", "3 skipped b", "4 ended: test.wf:2:3: W: hello: no"}},
		{"sub-workflow in a round", func(f *runtime.Frame) error {
			return inner(f.Round(&loop, 2), sub("s"), func(f *runtime.Frame) error { return runtime.Run0(f, task("a"), fine) })
		}, []string{
			"1 started", "2 scheduled loop[2].s", "3 attempt loop[2].s 1", "4 started loop[2].s", "5 scheduled loop[2].s.a",
			"6 attempt loop[2].s.a 1", "7 done loop[2].s.a 1", "8 ended loop[2].s", "9 done loop[2].s 1", "10 ended",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j = &diary{}
				_ = execute(runtime.WithObserver(t.Context(), j), workflow("W"), c.body)
				j.wants(t, c.want...)
			})
		})
	}
}

func TestNoRetryOnceCancelled(t *testing.T) {
	var j diary
	ctx, cancel := context.WithCancel(t.Context())
	a := task("a")
	a.Retry = &runtime.Retry{Times: 3}
	_ = execute(runtime.WithObserver(ctx, &j), workflow("W"), func(f *runtime.Frame) error {
		return runtime.Run0(f, a, func(context.Context) error {
			cancel()
			return errBoom
		})
	})
	j.wants(t, "1 started", "2 scheduled a", "3 attempt a 1", "4 failed a 1: boom",
		"5 ended: test.wf:2:3: W: a: context canceled: boom")
}

func TestEventsOfTwoExecutions(t *testing.T) {
	var j diary
	ctx := runtime.WithObserver(t.Context(), &j)
	for range 2 {
		_ = execute(ctx, workflow("W"), func(*runtime.Frame) error { return nil })
	}
	j.wants(t, "1 started", "2 ended", "1 started", "2 ended")
}

// A lonely observer finds out whether it is called twice at a time.
type lonely struct {
	t    *testing.T
	busy atomic.Bool
	n    int
}

func (l *lonely) Observe(e runtime.Event) {
	if !l.busy.CompareAndSwap(false, true) {
		l.t.Error("called twice at a time")
	}
	if l.n++; e.N != l.n {
		l.t.Errorf("event %d has number %d", l.n, e.N)
	}
	time.Sleep(time.Microsecond)
	l.busy.Store(false)
}

func TestEventsAreSerial(t *testing.T) {
	l, loop := &lonely{t: t}, step("loop")
	err := execute(runtime.WithObserver(t.Context(), l), workflow("W"), func(f *runtime.Frame) error {
		return runtime.EachSeq(f, &loop, 0, count(20), func(f *runtime.Frame, _, _ int) error {
			return runtime.Run0(f, task("a"), fine)
		})
	})
	if err != nil || l.n != 62 {
		t.Errorf("%d events, %v", l.n, err)
	}
}

type fragile struct{ calls int }

func (f *fragile) Observe(runtime.Event) {
	if f.calls++; f.calls == 3 {
		panic("dropped")
	}
}

// TestObserverPanics shows that what the observer does wrong isn't the workflow's.
func TestObserverPanics(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func(was *os.File) { os.Stderr = was }(os.Stderr)
	os.Stderr = write
	o := &fragile{}
	err = execute(runtime.WithObserver(t.Context(), o), workflow("W"), func(f *runtime.Frame) error {
		return runtime.Run0(f, task("a"), fine)
	})
	if err != nil || o.calls != 3 {
		t.Errorf("%d calls, %v", o.calls, err)
	}
	write.Close()
	printed, err := io.ReadAll(read)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(printed); !strings.Contains(text, "dropped") || !strings.Contains(text, "Observe") {
		t.Errorf("printed %q", text)
	}
}

func TestStepOf(t *testing.T) {
	var got []runtime.StepInfo
	ask := func(ctx context.Context) error {
		info, ok := runtime.StepOf(ctx)
		if !ok {
			t.Error("a tool doesn't know its step")
		}
		if got = append(got, info); len(got) == 1 {
			return errBoom
		}
		return nil
	}
	a, loop := task("a"), step("loop")
	a.Retry = &runtime.Retry{Times: 1}
	ctx := runtime.WithObserver(t.Context(), &diary{})
	if _, ok := runtime.StepOf(ctx); ok {
		t.Error("there is a step outside of executions")
	}
	if err := execute(ctx, workflow("W"), func(f *runtime.Frame) error {
		return runtime.Run0(f.Round(&loop, 1), a, ask)
	}); err != nil {
		t.Error(err)
	}
	want := []runtime.StepInfo{{ID: "loop[1].a", Tool: "Tool", Attempt: 1}, {ID: "loop[1].a", Tool: "Tool", Attempt: 2}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("steps are %v, want %v", got, want)
	}
}
