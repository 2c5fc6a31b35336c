package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// around is a step interceptor that writes what it sees.
func (j *diary) around(name string) runtime.StepInterceptor {
	return func(ctx context.Context, call runtime.StepCall, next runtime.Next) (any, error) {
		what := fmt.Sprintf("%s %s %d", call.Workflow, call.ID, call.Attempt)
		if call.Undo {
			what += " undo"
		}
		if call.Sub {
			what += " sub"
		}
		j.add("%s: %s %v", name, what, call.Args)
		v, err := next(ctx)
		if err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
		j.add("%s: %s = %v, %v", name, what, v, err)
		return v, err
	}
}

// adding describes a step that gives a number.
func adding(id string) *runtime.Task[int] { return &runtime.Task[int]{Step: step(id)} }

func add(_ context.Context, a, b int) (int, error) { return a + b, nil }

func TestStepInterceptorsSeeCalls(t *testing.T) {
	var j diary
	ctx := runtime.WithStepInterceptor(t.Context(), j.around("outer"), j.around("inner"))
	err := execute(ctx, workflow("W"), func(f *runtime.Frame) error {
		sum, err := runtime.Call2(f, adding("sum"), add, 1, 2)
		if err != nil {
			return err
		}
		undo := step("sum.undo")
		f.Owe(&undo, j.tool("undo", nil), sum, "x")
		return runtime.RunMany(f, task("many"), boom, func() []any { return []any{7} })
	})
	wantsText(t, err, "test.wf:2:3: W: many: outer: inner: boom")
	j.wants(t,
		"outer: W sum 1 [1 2]", "inner: W sum 1 [1 2]", "inner: W sum 1 = 3, <nil>", "outer: W sum 1 = 3, <nil>",
		"outer: W many 1 [7]", "inner: W many 1 [7]",
		"inner: W many 1 = <nil>, inner: boom", "outer: W many 1 = <nil>, outer: inner: boom",
		"outer: W sum.undo 1 undo [3 x]", "inner: W sum.undo 1 undo [3 x]", "undo",
		"inner: W sum.undo 1 undo = <nil>, <nil>", "outer: W sum.undo 1 undo = <nil>, <nil>")
}

func TestStepInterceptorsSeeAttemptsAndSubs(t *testing.T) {
	var j diary
	ctx := runtime.WithStepInterceptor(t.Context(), j.around("i"))
	err := execute(ctx, workflow("W"), func(f *runtime.Frame) error {
		return runtime.Run1(f, sub("s"), func(ctx context.Context, n int) error {
			return execute(ctx, workflow("Sub"), func(f *runtime.Frame) error {
				a, failures := task("a"), 1
				a.Retry = &runtime.Retry{Times: 1}
				return runtime.Run0(f, a, func(context.Context) error {
					if failures--; failures == 0 {
						return errBoom
					}
					return nil
				})
			})
		}, 5)
	})
	if err != nil {
		t.Error(err)
	}
	j.wants(t, "i: W s 1 sub [5]", "i: Sub s.a 1 []", "i: Sub s.a 1 = <nil>, i: boom",
		"i: Sub s.a 2 []", "i: Sub s.a 2 = <nil>, <nil>", "i: W s 1 sub = <nil>, <nil>")
}

func TestStepInterceptorChangesWhatHappens(t *testing.T) {
	type key struct{}
	positive := func(_ context.Context, n int) (int, error) {
		if n < 0 {
			return 0, errors.New("is negative")
		}
		return n, nil
	}
	late := make(chan runtime.Next, 1)
	for _, c := range []struct {
		name string
		do   runtime.StepInterceptor
		want string // the result or the error's end
	}{
		{"replace", func(context.Context, runtime.StepCall, runtime.Next) (any, error) { return 41, nil }, "41"},
		{"change", func(ctx context.Context, _ runtime.StepCall, next runtime.Next) (any, error) {
			v, err := next(ctx)
			return v.(int) * 10, err
		}, "30"},
		{"refuse", func(context.Context, runtime.StepCall, runtime.Next) (any, error) { return nil, errBoom }, "boom (attempt 2)"},
		{"twice", func(ctx context.Context, _ runtime.StepCall, next runtime.Next) (any, error) {
			a, _ := next(ctx)
			b, err := next(ctx)
			return a.(int) + b.(int), err
		}, "6"},
		{"context", func(ctx context.Context, _ runtime.StepCall, next runtime.Next) (any, error) {
			return next(context.WithValue(ctx, key{}, 100))
		}, "103"},
		{"other type", func(context.Context, runtime.StepCall, runtime.Next) (any, error) { return "41", nil },
			"an interceptor gave string as the result of sum, want int (attempt 2)"},
		{"nothing", func(context.Context, runtime.StepCall, runtime.Next) (any, error) { return nil, nil },
			"an interceptor gave <nil> as the result of sum, want int (attempt 2)"},
		{"constraint", func(context.Context, runtime.StepCall, runtime.Next) (any, error) { return -1, nil }, "is negative (attempt 2)"},
		{"panic", func(context.Context, runtime.StepCall, runtime.Next) (any, error) { panic("oh") }, "panic: oh (attempt 2)"},
		{"Goexit", func(ctx context.Context, _ runtime.StepCall, _ runtime.Next) (any, error) { return nil, goexit(ctx) },
			"an interceptor called runtime.Goexit (attempt 2)"},
		{"next is kept", func(ctx context.Context, call runtime.StepCall, next runtime.Next) (any, error) {
			if call.Attempt == 1 {
				late <- next
				return nil, errBoom
			}
			return (<-late)(ctx)
		}, "next was called after its interceptor had returned (attempt 2)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var sum int
			err := execute(runtime.WithStepInterceptor(t.Context(), c.do), workflow("W"), func(f *runtime.Frame) (err error) {
				task := adding("sum")
				task.Check, task.Retry = positive, &runtime.Retry{Times: 1}
				sum, err = runtime.Call2(f, task, func(ctx context.Context, a, b int) (int, error) {
					more, _ := ctx.Value(key{}).(int)
					return a + b + more, nil
				}, 1, 2)
				return err
			})
			if err != nil {
				wantsText(t, err, "test.wf:2:3: W: sum: "+c.want)
			} else if got := fmt.Sprint(sum); got != c.want {
				t.Errorf("sum is %s, want %s", got, c.want)
			}
		})
	}
}

func TestStepInterceptorDelays(t *testing.T) {
	for _, c := range []struct {
		name, want string
		delay      time.Duration
	}{
		{"within the timeout", "", time.Second},
		{"beyond the timeout", "test.wf:2:3: W: a: timed out after 1m", time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := runtime.WithStepInterceptor(t.Context(), func(ctx context.Context, _ runtime.StepCall, next runtime.Next) (any, error) {
					select {
					case <-time.After(c.delay):
						return next(ctx)
					case <-ctx.Done():
						return nil, ctx.Err()
					}
				})
				a := task("a")
				a.Timeout = time.Minute
				err := execute(ctx, workflow("W"), func(f *runtime.Frame) error { return runtime.Run0(f, a, fine) })
				if c.want != "" {
					wantsText(t, err, c.want)
				} else if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestToolExitsUnderInterceptor has the interceptor hear of a tool that calls
// runtime.Goexit, before the execution ends.
func TestToolExitsUnderInterceptor(t *testing.T) {
	var j diary
	ctx := runtime.WithStepInterceptor(t.Context(), j.around("i"))
	ended := make(chan error)
	go func() {
		var err error
		defer func() { ended <- err }()
		f := runtime.Start(ctx, workflow("W"))
		defer f.End(&err)
		err = runtime.Run0(f, task("a"), goexit)
	}()
	wantsText(t, <-ended, "test.wf:2:3: W: a: the tool called runtime.Goexit")
	j.wants(t, "i: W a 1 []", "i: W a 1 = <nil>, i: the tool called runtime.Goexit")
}

// TestUndoFailureOutlivesInterceptors has an interceptor drop the error of a
// sub-workflow whose undo failed.
func TestUndoFailureOutlivesInterceptors(t *testing.T) {
	dropStep := func(ctx context.Context, call runtime.StepCall, next runtime.Next) (any, error) {
		v, err := next(ctx)
		if call.Sub {
			return nil, nil
		}
		return v, err
	}
	dropWorkflow := func(ctx context.Context, call runtime.WorkflowCall, next runtime.Next) (any, error) {
		next(ctx)
		return nil, nil
	}
	for name, ctx := range map[string]context.Context{
		"step":     runtime.WithStepInterceptor(t.Context(), dropStep),
		"workflow": runtime.WithWorkflowInterceptor(t.Context(), dropWorkflow),
	} {
		t.Run(name, func(t *testing.T) {
			var j diary
			errUndo := errors.New("no undo")
			err := execute(ctx, workflow("W"), func(f *runtime.Frame) error {
				return runtime.Run0(f, sub("s"), func(ctx context.Context) error {
					return execute(ctx, workflow("Sub"), func(f *runtime.Frame) error {
						j.owe(f, "a", errUndo)
						return runtime.Run0(f, task("b"), boom)
					})
				})
			})
			wantsIs(t, err, errUndo)
		})
	}
}

// calculate is a workflow with a result, as generated code has it.
func calculate(ctx context.Context, w *runtime.Workflow, args []any, body func(*runtime.Frame) (int, error)) (returned int, err error) {
	f := runtime.Start(ctx, w)
	defer runtime.End(f, &returned, &err)
	f.Enter(func() []any { return args })
	return body(f)
}

func TestWorkflowInterceptors(t *testing.T) {
	var j diary
	around := func(name string) runtime.WorkflowInterceptor {
		return func(ctx context.Context, call runtime.WorkflowCall, next runtime.Next) (any, error) {
			if call.ID == "" || call.At != call.Workflow+".wf:1:1" {
				t.Errorf("the call is %+v", call)
			}
			j.add("%s: %s %q %v", name, call.Workflow, call.Step, call.Args)
			v, err := next(ctx)
			j.add("%s: %s = %v, %v", name, call.Workflow, v, err)
			return v, err
		}
	}
	ctx := runtime.WithWorkflowInterceptor(runtime.WithWorkflowInterceptor(t.Context(), around("outer")), around("inner"))
	got, err := calculate(ctx, workflow("W"), []any{1}, func(f *runtime.Frame) (int, error) {
		s := adding("s")
		s.Sub = true
		return runtime.Call0(f, s, func(ctx context.Context) (int, error) {
			return calculate(ctx, workflow("Sub"), []any{2}, func(*runtime.Frame) (int, error) { return 3, nil })
		})
	})
	if got != 3 || err != nil {
		t.Error(got, err)
	}
	j.wants(t, `outer: W "" [1]`, `inner: W "" [1]`, `outer: Sub "s" [2]`, `inner: Sub "s" [2]`,
		"inner: Sub = 3, <nil>", "outer: Sub = 3, <nil>", "inner: W = 3, <nil>", "outer: W = 3, <nil>")
}

func TestWorkflowInterceptorChangesWhatHappens(t *testing.T) {
	for _, c := range []struct {
		name string
		do   runtime.WorkflowInterceptor
		fail bool   // the workflow's last step fails
		want string // the result or the error, and what happened
	}{
		{"replace", func(ctx context.Context, _ runtime.WorkflowCall, next runtime.Next) (any, error) {
			next(ctx)
			return 41, nil
		}, false, "41: a"},
		{"answer", func(context.Context, runtime.WorkflowCall, runtime.Next) (any, error) { return 41, nil }, false, "41: "},
		{"refuse", func(context.Context, runtime.WorkflowCall, runtime.Next) (any, error) { return nil, errBoom }, false,
			"W.wf:1:1: W: boom: "},
		{"fail after success", func(ctx context.Context, _ runtime.WorkflowCall, next runtime.Next) (any, error) {
			v, _ := next(ctx)
			return v, errBoom
		}, false, "W.wf:1:1: W: boom: a a.undo"},
		{"stand in", func(ctx context.Context, _ runtime.WorkflowCall, next runtime.Next) (any, error) {
			next(ctx)
			return 1, nil
		}, true, "1: a a.undo"},
		{"pass on", func(ctx context.Context, _ runtime.WorkflowCall, next runtime.Next) (any, error) { return next(ctx) },
			true, "test.wf:2:3: W: b: boom: a a.undo"},
		{"other type", func(context.Context, runtime.WorkflowCall, runtime.Next) (any, error) { return "41", nil }, false,
			"W.wf:1:1: W: an interceptor gave string as the result of workflow W, want int: "},
		{"twice", func(ctx context.Context, _ runtime.WorkflowCall, next runtime.Next) (any, error) {
			next(ctx)
			return next(ctx)
		}, false, "W.wf:1:1: W: next runs a workflow once, and was called again: a a.undo"},
		{"panic", func(context.Context, runtime.WorkflowCall, runtime.Next) (any, error) { panic("oh") }, false,
			"W.wf:1:1: W: panic: oh: "},
		{"cancel", func(ctx context.Context, _ runtime.WorkflowCall, next runtime.Next) (any, error) {
			ctx, cancel := context.WithCancelCause(ctx)
			cancel(errBoom)
			return next(ctx)
		}, false, "test.wf:2:3: W: a: boom: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var j diary
			v, err := calculate(runtime.WithWorkflowInterceptor(t.Context(), c.do), workflow("W"), nil, func(f *runtime.Frame) (int, error) {
				if err := j.succeed(f, "a", nil); err != nil {
					return 0, err
				}
				if c.fail {
					return 0, runtime.Run0(f, task("b"), boom)
				}
				return 7, nil
			})
			got := fmt.Sprint(v)
			if err != nil {
				got = err.Error()
			}
			if got += ": " + strings.Join(j.lines, " "); got != c.want {
				t.Errorf("gave\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
