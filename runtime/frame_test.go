package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

func TestErrorNamesStep(t *testing.T) {
	third := task("third")
	third.Retry = &runtime.Retry{Times: 2}
	list, table := step("list"), step("table")
	for _, c := range []struct {
		name, want, failedStep string
		body                   func(*runtime.Frame) error
	}{
		{"call", "test.wf:2:3: W: a: boom", "a", func(f *runtime.Frame) error {
			return runtime.Run0(f, task("a"), boom)
		}},
		{"attempts", "test.wf:2:3: W: third: boom (attempt 3)", "third", func(f *runtime.Frame) error {
			return runtime.Run0(f, third, boom)
		}},
		{"guard", "test.wf:2:3: W: check: too small", "check", func(f *runtime.Frame) error {
			s := step("check")
			return f.Fail(&s, "too small")
		}},
		{"round", "test.wf:2:3: W: list[3].table[\"x\"].a: boom", "list[3].table[\"x\"].a", func(f *runtime.Frame) error {
			return runtime.Run0(runtime.RoundAt(f.Round(&list, 3), &table, "x"), task("a"), boom)
		}},
		{"sub-workflow", "test.wf:2:3: W: inner: test.wf:2:3: Inner: inner.a: boom", "inner", func(f *runtime.Frame) error {
			return runtime.Run0(f, sub("inner"), func(ctx context.Context) error {
				return execute(ctx, workflow("Inner"), func(f *runtime.Frame) error {
					return runtime.Run0(f, task("a"), boom)
				})
			})
		}},
		{"fault", "test.wf:7:7: W: out of range", "", func(*runtime.Frame) error {
			panic(&pure.Fault{At: "test.wf:7:7", Text: "out of range"})
		}},
		{"panic outside of steps", "W.wf:1:1: W: panic: oh", "", func(*runtime.Frame) error { panic("oh") }},
		{"panic", "test.wf:2:3: W: a: panic: oh", "a", func(f *runtime.Frame) error {
			return runtime.Run0(f, task("a"), func(context.Context) error { panic("oh") })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := execute(t.Context(), workflow("W"), c.body)
			wantsText(t, err, c.want)
			if got := runtime.FailedStep(err); got != c.failedStep {
				t.Errorf("failed step is %q, want %q", got, c.failedStep)
			}
			if message := pure.Message(err); !strings.HasSuffix(strings.TrimSuffix(c.want, " (attempt 3)"), ": "+message) {
				t.Errorf("message is %q", message)
			}
			if strings.Contains(c.want, "boom") {
				wantsIs(t, err, errBoom)
			}
		})
	}
}

func TestPanicKeepsStack(t *testing.T) {
	err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
		return runtime.Run0(f, task("a"), func(context.Context) error { panic(errBoom) })
	})
	wantsIs(t, err, errBoom)
	var p *runtime.PanicError
	if !errors.As(err, &p) || !strings.Contains(string(p.Stack), "TestPanicKeepsStack") {
		t.Errorf("no stack of the panic in %#v", err)
	}
}

func TestCancellation(t *testing.T) {
	reason := errors.New("the user went away")
	for _, c := range []struct {
		name string
		tool func(context.Context) error
		want string
	}{
		{"tool gives the context's error", untilCancelled, "test.wf:2:3: W: a: the user went away: context canceled"},
		{"tool gives another error", pausing(2*time.Second, errBoom), "test.wf:2:3: W: a: the user went away: boom"},
		{"tool gives the reason", func(ctx context.Context) error {
			<-ctx.Done()
			return context.Cause(ctx)
		}, "test.wf:2:3: W: a: the user went away"},
		{"next step doesn't start", pausing(2*time.Second, nil), "test.wf:2:3: W: b: the user went away"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(reason) })
				var j diary
				err := execute(ctx, workflow("W"), func(f *runtime.Frame) error {
					j.owe(f, "early", nil)
					a := task("a")
					a.Retry = &runtime.Retry{Times: 5}
					err := runtime.Run0(f, a, c.tool)
					if f.Caught(err) {
						t.Error("cancellation was caught")
					}
					if err != nil {
						return err
					}
					return runtime.Run0(f, task("b"), fine)
				})
				wantsText(t, err, c.want)
				wantsIs(t, err, reason)
				j.wants(t, "early.undo")
			})
		})
	}
}

func TestWorkflowTimeout(t *testing.T) {
	for _, c := range []struct {
		name, want string
		body       func(*runtime.Frame) error
	}{
		{"step is cancelled", "test.wf:2:3: W: a: workflow W timed out after 1m", func(f *runtime.Frame) error {
			return runtime.Run0(f, task("a"), untilCancelled)
		}},
		{"step fails in its own way", "test.wf:2:3: W: a: workflow W timed out after 1m: boom", func(f *runtime.Frame) error {
			return runtime.Run0(f, task("a"), pausing(time.Hour, errBoom))
		}},
		{"retry ends", "test.wf:2:3: W: a: workflow W timed out after 1m: boom (attempt 4)", func(f *runtime.Frame) error {
			a := task("a")
			a.Retry = &runtime.Retry{Times: 100, Min: 16 * time.Second, Max: 16 * time.Second}
			return runtime.Run0(f, a, boom)
		}},
		{"wait", "test.wf:2:3: W: a: workflow W timed out after 1m", func(f *runtime.Frame) error {
			s := step("a")
			return f.Wait(&s, time.Hour)
		}},
		{"next step", "test.wf:2:3: W: b: workflow W timed out after 1m", func(f *runtime.Frame) error {
			if err := runtime.Run0(f, task("a"), pausing(time.Hour, nil)); err != nil {
				return err
			}
			return runtime.Run0(f, task("b"), fine)
		}},
		{"own timeout of a step is another", "test.wf:2:3: W: a: timed out after 1s", func(f *runtime.Frame) error {
			a := task("a")
			a.Timeout = time.Second
			return runtime.Run0(f, a, untilCancelled)
		}},
		{"within a sub-workflow", "test.wf:2:3: W: s: test.wf:2:3: Sub: s.a: workflow W timed out after 1m", func(f *runtime.Frame) error {
			return runtime.Run0(f, sub("s"), func(ctx context.Context) error {
				return execute(ctx, workflow("Sub"), func(f *runtime.Frame) error {
					return runtime.Run0(f, task("a"), untilCancelled)
				})
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var j diary
				w := workflow("W")
				w.Timeout = time.Minute
				err := execute(t.Context(), w, func(f *runtime.Frame) error {
					j.owe(f, "early", nil)
					return c.body(f)
				})
				wantsText(t, err, c.want)
				wantsIs(t, err, context.DeadlineExceeded)
				j.wants(t, "early.undo")
			})
		})
	}
}

// TestWorkflowTimeoutIsntSeen looks at what else and retry make of an execution
// that is out of time, and of a sub-workflow that is.
func TestWorkflowTimeoutIsntSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := workflow("W")
		w.Timeout = time.Minute
		err := execute(t.Context(), w, func(f *runtime.Frame) error {
			err := runtime.Run0(f, task("a"), untilCancelled)
			if f.Caught(err) {
				t.Error("else sees the workflow's timeout")
			}
			return err
		})
		wantsIs(t, err, context.DeadlineExceeded)

		calls := 0
		err = execute(t.Context(), workflow("Outer"), func(f *runtime.Frame) error {
			inner := sub("inner")
			inner.Retry = &runtime.Retry{Times: 2}
			err := runtime.Run0(f, inner, func(ctx context.Context) error {
				calls++
				return execute(ctx, w, func(f *runtime.Frame) error {
					return runtime.Run0(f, task("a"), untilCancelled)
				})
			})
			if !f.Caught(err) {
				t.Error("else doesn't see the timeout of a sub-workflow")
			}
			return err
		})
		wantsText(t, err, "test.wf:2:3: Outer: inner: test.wf:2:3: W: inner@3.a: workflow W timed out after 1m (attempt 3)")
		if calls != 3 {
			t.Errorf("the sub-workflow was called %d times, want 3", calls)
		}
	})
}

func TestLateSuccessOfWorkflowCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := workflow("W")
		w.Timeout = time.Second
		if err := execute(t.Context(), w, func(f *runtime.Frame) error {
			return runtime.Run0(f, task("a"), pausing(time.Minute, nil))
		}); err != nil {
			t.Error(err)
		}
	})
}

func TestWait(t *testing.T) {
	for _, c := range []struct {
		name string
		wait func(f *runtime.Frame, s *runtime.Step) error
		want time.Duration
	}{
		{"for", func(f *runtime.Frame, s *runtime.Step) error { return f.Wait(s, time.Hour) }, time.Hour},
		{"for less than nothing", func(f *runtime.Frame, s *runtime.Step) error { return f.Wait(s, -1) }, 0},
		{"until", func(f *runtime.Frame, s *runtime.Step) error {
			return f.WaitUntil(s, time.Now().UTC().Round(0).Add(time.Minute))
		}, time.Minute},
		{"until the past", func(f *runtime.Frame, s *runtime.Step) error { return f.WaitUntil(s, time.Time{}) }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, start := step("nap"), time.Now()
				if err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error { return c.wait(f, &s) }); err != nil {
					t.Error(err)
				}
				if got := time.Since(start); got != c.want {
					t.Errorf("waited %v, want %v", got, c.want)
				}
			})
		})
	}
}

func TestRounds(t *testing.T) {
	list := step("list")
	var got []string
	err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
		for _, key := range []any{1, "a b", 2.5, true, byte(7)} {
			r := runtime.RoundAt(f, &list, key)
			got = append(got, runtime.FailedStep(r.Fail(&list, "")))
		}
		return nil
	})
	want := []string{"list[1].list", `list["a b"].list`, "list[2.5].list", "list[true].list", "list[7].list"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}
