package runtime_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// failing is a tool that fails n times before it succeeds, and keeps the times of
// its calls.
type failing struct {
	n     int
	calls []time.Duration
	start time.Time
}

func (f *failing) call(context.Context) (int, error) {
	f.calls = append(f.calls, time.Since(f.start))
	if len(f.calls) <= f.n {
		return 0, errBoom
	}
	return len(f.calls), nil
}

// retried runs a step with r whose tool fails n times.
func retried(ctx context.Context, r *runtime.Retry, n int) (result int, calls []time.Duration, err error) {
	tool := &failing{n: n, start: time.Now()}
	t := &runtime.Task[int]{Step: step("a")}
	t.Retry = r
	err = execute(ctx, workflow("W"), func(f *runtime.Frame) error {
		result, err = runtime.Call0(f, t, tool.call)
		return err
	})
	return result, tool.calls, err
}

func TestRetry(t *testing.T) {
	for _, c := range []struct {
		times, failures, calls int
		want                   string
	}{
		{0, 0, 1, ""},
		{0, 1, 1, "test.wf:2:3: W: a: boom"},
		{2, 1, 2, ""},
		{2, 2, 3, ""},
		{2, 3, 3, "test.wf:2:3: W: a: boom (attempt 3)"},
	} {
		result, calls, err := retried(t.Context(), &runtime.Retry{Times: c.times}, c.failures)
		if len(calls) != c.calls {
			t.Errorf("retry %d of %d failures: %d calls, want %d", c.times, c.failures, len(calls), c.calls)
		}
		if c.want != "" {
			wantsText(t, err, c.want)
		} else if err != nil || result != c.calls {
			t.Errorf("retry %d of %d failures gives %d, %v", c.times, c.failures, result, err)
		}
	}
}

func TestBackoff(t *testing.T) {
	const ms, longest = time.Millisecond, time.Duration(1<<63 - 1)
	type pause struct{ min, max time.Duration }
	for _, c := range []struct {
		min, max time.Duration
		want     []pause
	}{
		{100 * ms, time.Second, []pause{{100 * ms, 200 * ms}, {200 * ms, 400 * ms}, {400 * ms, 800 * ms}, {800 * ms, 1000 * ms}, {1000 * ms, 1000 * ms}, {1000 * ms, 1000 * ms}}},
		{ms, ms, []pause{{ms, ms}, {ms, ms}}},
		{0, 0, []pause{{0, 0}, {0, 0}}},
		{longest / 1e6, longest / 1e6 * 3, []pause{{longest / 1e6, longest / 1e6 * 2}, {longest / 1e6 * 2, longest / 1e6 * 3}, {longest / 1e6 * 3, longest / 1e6 * 3}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := &runtime.Retry{Times: len(c.want), Min: c.min, Max: c.max}
			for range 100 {
				_, calls, _ := retried(t.Context(), r, len(c.want))
				if len(calls) != len(c.want)+1 {
					t.Fatalf("%d calls, want %d", len(calls), len(c.want)+1)
				}
				for i, want := range c.want {
					if got := calls[i+1] - calls[i]; got < want.min || got > want.max {
						t.Errorf("backoff %v..%v: pause %d is %v, want %v..%v", c.min, c.max, i+1, got, want.min, want.max)
					}
				}
			}
		})
	}
}

func TestRetryAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hour, day = time.Hour, 24 * time.Hour
		r := &runtime.Retry{Times: 9, Min: hour, Max: hour, At: []time.Duration{hour, day, 3 * day}}
		_, calls, err := retried(t.Context(), r, 9)
		if diff := cmp.Diff([]time.Duration{0, hour, day, 3 * day}, calls); diff != "" {
			t.Error(diff)
		}
		wantsText(t, err, "test.wf:2:3: W: a: boom (attempt 4)")

		slow := task("slow")
		slow.Retry = &runtime.Retry{At: []time.Duration{hour, 2 * hour}}
		start := time.Now()
		_ = execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
			return runtime.Run0(f, slow, pausing(90*time.Minute, errBoom))
		})
		// It fails at 1:30, is called again at 2:30 and, late for 3:30, at 4:00.
		if got, want := time.Since(start), 5*hour+hour/2; got != want {
			t.Errorf("three slow attempts took %v, want %v", got, want)
		}
	})
}

func TestCancellationEndsPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second/2, cancel)
		_, calls, err := retried(ctx, &runtime.Retry{Times: 3, Min: time.Second, Max: time.Second}, 9)
		if len(calls) != 1 {
			t.Errorf("%d calls, want 1", len(calls))
		}
		wantsText(t, err, "test.wf:2:3: W: a: context canceled: boom")
	})
}

func TestAttemptTimeout(t *testing.T) {
	reply := errors.New("reply lost")
	for _, c := range []struct {
		name, want string
		tool       func(context.Context) error
		took       time.Duration
	}{
		{"in time", "", pausing(500*time.Millisecond, nil), 500 * time.Millisecond},
		{"fails in time", "test.wf:2:3: W: a: boom", boom, 0},
		{"gives up", "test.wf:2:3: W: a: timed out after 1s", untilCancelled, time.Second},
		{"is waited for", "test.wf:2:3: W: a: timed out after 1s: reply lost", pausing(time.Minute, reply), time.Minute},
		{"late success counts", "", pausing(time.Minute, nil), time.Minute},
		{"late panic", "test.wf:2:3: W: a: panic: late", func(ctx context.Context) error {
			<-ctx.Done()
			panic("late")
		}, time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, a := time.Now(), task("a")
				a.Timeout = time.Second
				err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
					err := runtime.Run0(f, a, c.tool)
					if err != nil && !f.Caught(err) {
						t.Error("else doesn't see it")
					}
					return err
				})
				if c.want != "" {
					wantsText(t, err, c.want)
				} else if err != nil {
					t.Error(err)
				}
				if got := time.Since(start); got != c.took {
					t.Errorf("took %v, want %v", got, c.took)
				}
			})
		})
	}
}

func TestAttemptTimeoutIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, calls := task("a"), 0
		a.Timeout, a.Retry = time.Second, &runtime.Retry{Times: 2, Min: time.Second, Max: time.Second}
		err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
			return runtime.Run0(f, a, func(ctx context.Context) error {
				if calls++; calls < 3 {
					return untilCancelled(ctx)
				}
				return ctx.Err()
			})
		})
		if err != nil || calls != 3 {
			t.Errorf("%d calls, %v", calls, err)
		}
	})
}

// TestTimeoutOfSubWorkflow is about the timeout of a step that calls a workflow:
// the workflow's steps are cancelled, and its undos are not.
func TestTimeoutOfSubWorkflow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j diary
		inner := sub("inner")
		inner.Timeout = time.Second
		err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
			return runtime.Run0(f, inner, func(ctx context.Context) error {
				return execute(ctx, workflow("Inner"), func(f *runtime.Frame) error {
					if err := j.succeed(f, "a", nil); err != nil {
						return err
					}
					return runtime.Run0(f, task("b"), untilCancelled)
				})
			})
		})
		wantsText(t, err, "test.wf:2:3: W: inner: timed out after 1s: test.wf:2:3: Inner: inner.b: context deadline exceeded")
		j.wants(t, "a", "a.undo")
	})
}

func TestCheck(t *testing.T) {
	small := &runtime.Task[int]{Step: step("a"), Check: func(_ context.Context, n int) (int, error) {
		switch {
		case n > 9:
			return 0, errors.New("too big")
		case n < 0:
			panic(&pure.Fault{At: "test.wf:9:9", Text: "below zero"})
		}
		return n * 10, nil
	}}
	for _, timeout := range []time.Duration{0, time.Minute} {
		small.Timeout = timeout
		for n, want := range map[int]string{
			3: "", 10: "test.wf:2:3: W: a: too big", -1: "test.wf:2:3: W: a: test.wf:9:9: below zero",
		} {
			var got int
			err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) (err error) {
				got, err = runtime.Call1(f, small, func(_ context.Context, n int) (int, error) { return n, nil }, n)
				return err
			})
			if want != "" {
				wantsText(t, err, want)
			} else if got != 30 || err != nil {
				t.Errorf("gives %d, %v, want 30", got, err)
			}
		}
	}
}

// TestGoexit is about a tool that ends the goroutine of the workflow's caller, as
// t.FailNow does: nothing has succeeded then.
func TestGoexit(t *testing.T) {
	for name, within := range map[string]func(*runtime.Frame, func(*runtime.Frame) error) error{
		"step": func(f *runtime.Frame, body func(*runtime.Frame) error) error { return body(f) },
		"group": func(f *runtime.Frame, body func(*runtime.Frame) error) error {
			return runtime.Chains(f, body, func(f *runtime.Frame) error {
				return runtime.Run0(f, task("other"), untilCancelled)
			})
		},
		"sub-workflow": func(f *runtime.Frame, body func(*runtime.Frame) error) error {
			return runtime.Run0(f, sub("s"), func(ctx context.Context) error {
				return execute(ctx, workflow("Sub"), body)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var j diary
				var err error
				go func() {
					f := runtime.Start(t.Context(), workflow("W"))
					defer func() { j.add("ended") }()
					defer f.End(&err)
					j.owe(f, "early", nil)
					err = within(f, func(f *runtime.Frame) error {
						return runtime.Run0(f, task("a"), goexit)
					})
					j.add("never here")
				}()
				synctest.Wait()
				j.wants(t, "early.undo", "ended")
				if err == nil {
					t.Error("no error")
				}
			})
		})
	}
}
