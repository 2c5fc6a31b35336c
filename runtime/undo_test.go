package runtime_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

var (
	errUndo1 = errors.New("undo 1")
	errUndo2 = errors.New("undo 2")
)

// inner calls a workflow whose body is body.
func inner(f *runtime.Frame, t *runtime.Task[runtime.None], body func(*runtime.Frame) error) error {
	return runtime.Run0(f, t, func(ctx context.Context) error { return execute(ctx, workflow("Inner"), body) })
}

// meeting gives a function whose calls return once there are n of them.
func meeting(n int) func() {
	var all sync.WaitGroup
	all.Add(n)
	return func() {
		all.Done()
		all.Wait()
	}
}

func TestUndo(t *testing.T) {
	var j *diary
	steps := func(f *runtime.Frame, ids ...string) error {
		for _, id := range ids {
			if err := j.succeed(f, id, nil); err != nil {
				return err
			}
		}
		return nil
	}
	fail := func(f *runtime.Frame) error { return runtime.Run0(f, task("fail"), boom) }
	succeeding := func(f *runtime.Frame) error { return steps(f, "x", "y") }
	failing := func(f *runtime.Frame) error { return errors.Join(steps(f, "x", "y"), fail(f)) }
	ownUndo := sub("s")
	ownUndo.OwnUndo = true
	twice := sub("s")
	twice.Retry = &runtime.Retry{Times: 1}

	for _, c := range []struct {
		name string
		body func(*runtime.Frame) error
		want []string
	}{
		{"success owes nothing", func(f *runtime.Frame) error { return steps(f, "a", "b") }, []string{"a", "b"}},
		{"reverse order", func(f *runtime.Frame) error {
			return errors.Join(steps(f, "a", "b", "c"), fail(f))
		}, []string{"a", "b", "c", "c.undo", "b.undo", "a.undo"}},
		{"panic", func(f *runtime.Frame) error {
			_ = steps(f, "a")
			panic("oh")
		}, []string{"a", "a.undo"}},
		{"commit", func(f *runtime.Frame) error {
			_ = steps(f, "a")
			f.Commit()
			return errors.Join(steps(f, "b"), fail(f))
		}, []string{"a", "b", "b.undo"}},
		{"rollback", func(f *runtime.Frame) error {
			s := step("rollback")
			_ = steps(f, "a", "b")
			if err := f.Rollback(&s); err != nil {
				return err
			}
			return errors.Join(steps(f, "c"), fail(f))
		}, []string{"a", "b", "b.undo", "a.undo", "c", "c.undo"}},
		{"sub-workflow's pass to the caller", func(f *runtime.Frame) error {
			return errors.Join(steps(f, "a"), inner(f, sub("s"), succeeding), steps(f, "b"), fail(f))
		}, []string{"a", "x", "y", "b", "b.undo", "y.undo", "x.undo", "a.undo"}},
		{"sub-workflow's pass on", func(f *runtime.Frame) error {
			return errors.Join(inner(f, sub("s"), func(f *runtime.Frame) error { return inner(f, sub("t"), succeeding) }), fail(f))
		}, []string{"x", "y", "y.undo", "x.undo"}},
		{"undo of its own", func(f *runtime.Frame) error {
			err := inner(f, ownUndo, succeeding)
			j.owe(f, "s", nil)
			return errors.Join(err, fail(f))
		}, []string{"x", "y", "s.undo"}},
		{"failed sub-workflow's run before else", func(f *runtime.Frame) error {
			_ = steps(f, "a")
			if err := inner(f, sub("s"), failing); f.Caught(err) {
				j.add("else")
			}
			return fail(f)
		}, []string{"a", "x", "y", "y.undo", "x.undo", "else", "a.undo"}},
		{"failed sub-workflow's run before retry", func(f *runtime.Frame) error {
			return inner(f, twice, failing)
		}, []string{"x", "y", "y.undo", "x.undo", "x", "y", "y.undo", "x.undo"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			j = &diary{}
			_ = execute(t.Context(), workflow("W"), c.body)
			j.wants(t, c.want...)
		})
	}
}

// TestUndoFailures shows that all undos run whatever one of them does, and that
// nothing they fail with is lost, retried or caught.
func TestUndoFailures(t *testing.T) {
	var j *diary
	failed := func(f *runtime.Frame, undo error) error {
		return errors.Join(j.succeed(f, "x", undo), runtime.Run0(f, task("fail"), boom))
	}
	failing := func(f *runtime.Frame) error { return failed(f, errUndo1) }
	retried := sub("s")
	retried.Retry = &runtime.Retry{Times: 5}
	timed := sub("s")
	timed.Timeout = time.Hour

	for _, c := range []struct {
		name string
		body func(*runtime.Frame) error
		want []error
		did  []string
	}{
		{"all run", func(f *runtime.Frame) error {
			j.owe(f, "a", errUndo1)
			j.owe(f, "b", nil)
			j.owe(f, "c", errUndo2)
			return runtime.Run0(f, task("fail"), boom)
		}, []error{errBoom, errUndo1, errUndo2}, []string{"c.undo", "b.undo", "a.undo"}},
		{"panic and Goexit", func(f *runtime.Frame) error {
			s := step("odd.undo")
			j.owe(f, "a", errUndo1)
			f.Owe(&s, goexit)
			f.Owe(&s, func(context.Context) error { panic(errUndo2) })
			return runtime.Run0(f, task("fail"), boom)
		}, []error{errBoom, errUndo1, errUndo2}, []string{"a.undo"}},
		{"not retried", func(f *runtime.Frame) error { return inner(f, retried, failing) },
			[]error{errBoom, errUndo1}, []string{"x", "x.undo"}},
		{"not caught", func(f *runtime.Frame) error {
			err := inner(f, timed, failing)
			if f.Caught(err) {
				t.Error("an undo's failure was caught")
			}
			return err
		}, []error{errBoom, errUndo1}, []string{"x", "x.undo"}},
		{"rollback", func(f *runtime.Frame) error {
			s := step("rollback")
			j.owe(f, "a", errUndo1)
			err := f.Rollback(&s)
			if f.Caught(err) {
				t.Error("a rollback's failure was caught")
			}
			return err
		}, []error{errUndo1}, []string{"a.undo"}},
		{"second chain's", func(f *runtime.Frame) error {
			meet := meeting(2)
			return runtime.Chains(f,
				func(f *runtime.Frame) error { meet(); return runtime.Run0(f, task("first"), boom) },
				func(f *runtime.Frame) error {
					return inner(f, sub("s"), func(f *runtime.Frame) error {
						j.owe(f, "outer", errUndo1)
						return inner(f, sub("t"), func(f *runtime.Frame) error {
							j.owe(f, "inner", errUndo2)
							meet()
							return runtime.Run0(f, task("second"), untilCancelled)
						})
					})
				})
		}, []error{errBoom, errUndo1, errUndo2}, []string{"inner.undo", "outer.undo"}},
		{"second round's", func(f *runtime.Frame) error {
			loop := step("loop")
			seq := func(yield func(int, error) bool) { _ = yield(0, nil) && yield(1, errUndo1) && yield(2, errUndo2) }
			meet := meeting(3)
			return runtime.EachSeq(f, &loop, 0, seq, func(f *runtime.Frame, _ int, undo error) error {
				return inner(f, sub("s"), func(f *runtime.Frame) error {
					j.owe(f, "s", undo)
					meet()
					return runtime.Run0(f, task("second"), boom)
				})
			})
		}, []error{errBoom, errUndo1, errUndo2}, []string{"s.undo", "s.undo", "s.undo"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			j = &diary{}
			err := execute(t.Context(), workflow("W"), c.body)
			wantsIs(t, err, c.want...)
			j.wants(t, c.did...)
		})
	}
}

func TestUndoFailureText(t *testing.T) {
	var j diary
	err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
		j.owe(f, "a", errUndo1)
		return runtime.Run0(f, task("b"), boom)
	})
	wantsText(t, err, "test.wf:2:3: W: b: boom\nundo failed: test.wf:2:3: W: a.undo: undo 1")
	if got := runtime.FailedStep(err); got != "b" {
		t.Errorf("the failed step is %q", got)
	}
}

// TestUndoHasClauses shows that an undo is tried as its own tool's clauses say,
// whatever has become of the context of the execution.
func TestUndoHasClauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		undo, calls := step("a.undo"), 0
		undo.Timeout, undo.Retry = time.Second, &runtime.Retry{Times: 2, Min: time.Hour, Max: time.Hour}
		start := time.Now()
		err := execute(ctx, workflow("W"), func(f *runtime.Frame) error {
			f.Owe(&undo, func(ctx context.Context) error {
				if calls++; calls < 3 {
					return untilCancelled(ctx)
				}
				return nil
			})
			cancel()
			return runtime.Run0(f, task("b"), fine)
		})
		wantsText(t, err, "test.wf:2:3: W: b: context canceled")
		if took := time.Since(start); calls != 3 || took != 2*time.Hour+2*time.Second {
			t.Errorf("the undo was called %d times in %v", calls, took)
		}
	})
}

// TestUndoThatIsAWorkflow shows that what takes something back isn't itself taken
// back later.
func TestUndoThatIsAWorkflow(t *testing.T) {
	var j diary
	undo, s := sub("a.undo").Step, step("rollback")
	err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
		f.Owe(&undo, func(ctx context.Context) error {
			return execute(ctx, workflow("Undo"), func(f *runtime.Frame) error { return j.succeed(f, "x", nil) })
		})
		if err := f.Rollback(&s); err != nil {
			return err
		}
		return runtime.Run0(f, task("b"), boom)
	})
	wantsIs(t, err, errBoom)
	j.wants(t, "x")
}

func TestCommitAndRollbackOfNothing(t *testing.T) {
	s := step("rollback")
	if err := execute(t.Context(), &runtime.Workflow{Name: "W"}, func(f *runtime.Frame) error {
		f.Commit()
		return f.Rollback(&s)
	}); err != nil {
		t.Error(err)
	}
}
