package runtime_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/memory"
)

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

// TestDurableRetry: a retry does anew what was undone, under another key, and what has
// failed under the key that it had: it may have happened all the same.
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
			world.call(ctx, "charge "+runtime.StepKey(ctx))
			if fails {
				return 0, errBoom
			}
			return n + 1, nil
		}, n)
	}))
	r := submit[int](t, e, w, runtime.ID("o"))
	if _, err := result(t, r); err == nil || !strings.HasSuffix(err.Error(), ": boom") {
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
	want := "notify, reserve o/reserve, charge o/charge, release, reserve o/reserve@2, charge o/charge" // it may have charged
	if got != want {
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

// TestDurableSubRetry has a sub-workflow tried again, also when the process ends at any
// moment: what was undone has another key in the next attempt, and the same one whether
// or not the process has ended; what wasn't undone keeps its key.
func TestDurableSubRetry(t *testing.T) {
	w, inner := workflow("Order"), workflow("Inner")
	call, note, reserve, charge, release := sub("inv"), task("note"), task("reserve"), task("charge"), step("reserve.undo")
	last := task("last")
	call.Retry = &runtime.Retry{Times: 2, Min: time.Millisecond, Max: time.Millisecond}
	note.Effect, reserve.Effect, charge.Effect, release.Effect, last.Effect = runtime.Idempotent, runtime.Idempotent, runtime.Idempotent, runtime.Idempotent, runtime.Idempotent
	whole := []string{
		"note x/inv.note", "reserve x/inv.reserve", "release x/inv.reserve.undo",
		"note x/inv.note", "reserve x/inv.reserve@2", "release x/inv.reserve.undo@2",
		"note x/inv.note", "reserve x/inv.reserve@3", "last x/last",
	}
	cut(t, w, func(world *world) *runtime.Definition {
		named := func(name string) func(context.Context) error {
			return func(ctx context.Context) error {
				world.call(ctx, name+" "+runtime.StepKey(ctx))
				return nil
			}
		}
		return define(w, func(f *runtime.Frame) (int, error) {
			err := runtime.Run0(f, call, func(ctx context.Context) error {
				return execute(ctx, inner, func(f *runtime.Frame) error {
					if err := runtime.Run0(f, note, named("note")); err != nil {
						return err
					}
					if err := runtime.Run0(f, reserve, named("reserve")); err != nil {
						return err
					}
					f.Owe(&release, named("release"))
					return runtime.Run0(f, charge, func(ctx context.Context) error {
						if info, _ := runtime.StepOf(ctx); info.ID != "inv@3.charge" {
							return errBoom
						}
						return nil
					})
				})
			})
			if err != nil {
				return 0, err
			}
			return 1, runtime.Run0(f, last, named("last"))
		})
	}, func(t *testing.T, at int, world *world, v int, err error) {
		if v != 1 || err != nil {
			t.Errorf("from state %d: got %v, %v", at, v, err)
		}
		if at < 0 && !slices.Equal(world.lines, whole) || !slices.Equal(world.lines, whole[len(whole)-min(len(world.lines), len(whole)):]) {
			t.Errorf("from state %d: called are %v", at, world.lines)
		}
	})
}

// TestDurableNestedRetry: what is undone in an attempt at an inner sub-workflow counts when
// the outer one is tried again, whether or not the process has ended between.
func TestDurableNestedRetry(t *testing.T) {
	w, outer, inner := workflow("Order"), workflow("Outer"), workflow("Inner")
	out, in, reserve, charge, check, release := sub("out"), sub("in"), task("reserve"), task("charge"), task("check"), step("reserve.undo")
	out.Retry = &runtime.Retry{Times: 1, Min: time.Millisecond, Max: time.Millisecond}
	in.Retry = out.Retry
	reserve.Effect, charge.Effect, check.Effect, release.Effect = runtime.Idempotent, runtime.Idempotent, runtime.Idempotent, runtime.Idempotent
	whole := []string{
		"reserve x/out.in.reserve", "release x/out.in.reserve.undo", "reserve x/out.in.reserve@2",
		"release x/out.in.reserve.undo@2", "reserve x/out.in.reserve@3",
	}
	cut(t, w, func(world *world) *runtime.Definition {
		named := func(name string) func(context.Context) error {
			return func(ctx context.Context) error {
				world.call(ctx, name+" "+runtime.StepKey(ctx))
				return nil
			}
		}
		failsAt := func(id string) func(context.Context) error {
			return func(ctx context.Context) error {
				if info, _ := runtime.StepOf(ctx); info.ID == id {
					return errBoom
				}
				return nil
			}
		}
		return define(w, func(f *runtime.Frame) (int, error) {
			return 1, runtime.Run0(f, out, func(ctx context.Context) error {
				return execute(ctx, outer, func(f *runtime.Frame) error {
					err := runtime.Run0(f, in, func(ctx context.Context) error {
						return execute(ctx, inner, func(f *runtime.Frame) error {
							if err := runtime.Run0(f, reserve, named("reserve")); err != nil {
								return err
							}
							f.Owe(&release, named("release"))
							return runtime.Run0(f, charge, failsAt("out.in.charge"))
						})
					})
					if err != nil {
						return err
					}
					return runtime.Run0(f, check, failsAt("out.check"))
				})
			})
		})
	}, func(t *testing.T, at int, world *world, v int, err error) {
		if v != 1 || err != nil {
			t.Errorf("from state %d: got %v, %v", at, v, err)
		}
		if at < 0 && !slices.Equal(world.lines, whole) || !slices.Equal(world.lines, whole[len(whole)-min(len(world.lines), len(whole)):]) {
			t.Errorf("from state %d: called are %v", at, world.lines)
		}
	})
}

// TestGoesOn: it is known of an execution that it goes on as soon as it is past its records,
// also where it is in a tool then; and there is an error where nobody tries it.
func TestGoesOn(t *testing.T) {
	w, j := workflow("Goes"), memory.New()
	first, second := intTask("first"), intTask("second")
	second.Effect = runtime.Idempotent
	began := make(chan bool, 10)
	hangs := func(ctx context.Context) (int, error) {
		began <- true
		<-ctx.Done()
		return 0, ctx.Err()
	}
	d := define(w, func(f *runtime.Frame) (int, error) {
		if _, err := runtime.Call0(f, first, func(context.Context) (int, error) { return 1, nil }); err != nil {
			return 0, err
		}
		return runtime.Call0(f, second, hangs)
	})
	e := open(t, t.Context(), j, d)
	r := submit[int](t, e, w, runtime.ID("g"))
	goes := func(e *runtime.Engine, id string) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		return e.GoesOn(ctx, id)
	}
	if err := goes(e, "g"); err != nil {
		t.Errorf("a new one: %v", err)
	}
	<-began
	e.Close()
	if err := r.GoesOn(t.Context()); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("of a closed engine: %v", err)
	}
	e = open(t, t.Context(), j)
	if err := goes(e, "g"); !errors.Is(err, runtime.ErrNotRegistered) {
		t.Errorf("of an engine without it: %v", err)
	}
	e.Close()
	e = open(t, t.Context(), j, d)
	if err := goes(e, "g"); err != nil {
		t.Errorf("in a tool: %v", err)
	}
	<-began
	if err := goes(e, "none"); !errors.As(err, new(*runtime.UnknownError)) {
		t.Errorf("of one that isn't there: %v", err)
	}
	if err := e.Cancel(t.Context(), "g", ""); err != nil {
		t.Fatal(err)
	}
	waitFor(t, e, "g", runtime.StatusCancelled)
	if err := goes(e, "g"); err != nil {
		t.Errorf("of one that has ended: %v", err)
	}
}
