package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// A test in a bubble of synctest fails where a goroutine outlives it.

type chainFunc = func(*runtime.Frame) error

// chainOf is a chain of one step.
func chainOf(id string, tool func(context.Context) error) chainFunc {
	return func(f *runtime.Frame) error { return runtime.Run0(f, task(id), tool) }
}

// count gives n elements: i, 10·i.
func count(n int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for i := range n {
			if !yield(i, 10*i) {
				return
			}
		}
	}
}

func TestParallel(t *testing.T) {
	failLate := pausing(3*time.Second, errors.New("late"))
	for _, c := range []struct {
		name   string
		chains []chainFunc
		want   string
		took   time.Duration
	}{
		{"all succeed", []chainFunc{chainOf("a", pausing(time.Second, nil)), chainOf("b", pausing(2*time.Second, nil)), chainOf("c", fine)}, "", 2 * time.Second},
		{"first failure cancels", []chainFunc{chainOf("a", untilCancelled), chainOf("b", pausing(time.Second, errBoom)), chainOf("c", untilCancelled)}, "test.wf:2:3: W: b: boom", time.Second},
		{"caller's chain cancels", []chainFunc{chainOf("a", boom), chainOf("b", untilCancelled)}, "test.wf:2:3: W: a: boom", 0},
		{"all are waited for", []chainFunc{chainOf("a", pausing(time.Second, errBoom)), chainOf("b", pausing(time.Minute, nil)), chainOf("c", failLate)}, "test.wf:2:3: W: a: boom", time.Minute},
		{"panic in a tool", []chainFunc{chainOf("a", untilCancelled), chainOf("b", func(context.Context) error { panic("oh") })}, "test.wf:2:3: W: b: panic: oh", 0},
		{"panic outside of tools", []chainFunc{chainOf("a", untilCancelled), func(*runtime.Frame) error { panic("oh") }}, "W.wf:1:1: W: panic: oh", 0},
		{"fault", []chainFunc{func(*runtime.Frame) error { panic(&pure.Fault{At: "x.wf:1:2", Text: "zero"}) }, chainOf("b", untilCancelled)}, "x.wf:1:2: W: zero", 0},
		{"nested", []chainFunc{chainOf("a", untilCancelled), func(f *runtime.Frame) error {
			return runtime.Chains(f, chainOf("b", untilCancelled), chainOf("c", pausing(time.Second, errBoom)))
		}}, "test.wf:2:3: W: c: boom", time.Second},
		{"one", []chainFunc{chainOf("a", boom)}, "test.wf:2:3: W: a: boom", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
					return runtime.Chains(f, c.chains...)
				})
				if c.want != "" {
					wantsText(t, err, c.want)
				} else if err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
			})
		})
	}
}

// TestGoexitInGroup is about a tool that ends the goroutine it runs on, which may
// be the caller's.
func TestGoexitInGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var err error
		go func() {
			f := runtime.Start(t.Context(), workflow("W"))
			defer f.End(&err)
			err = runtime.Chains(f, chainOf("a", untilCancelled), chainOf("b", goexit), chainOf("c", untilCancelled))
		}()
		synctest.Wait()
		wantsText(t, err, "test.wf:2:3: W: b: the tool called runtime.Goexit")
	})
}

// TestGraph runs a → c, a → d, b → d: d on a goroutine that the chain of a starts.
func TestGraph(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j diary
		tool := func(id string, d time.Duration) func(context.Context) error {
			return func(context.Context) error {
				j.add("%s begins", id)
				time.Sleep(d)
				j.add("%s ends", id)
				return nil
			}
		}
		err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
			var b runtime.Latch
			return runtime.Chains(f, func(f *runtime.Frame) error {
				if err := runtime.Run0(f, task("a"), tool("a", 1)); err != nil {
					return err
				}
				f.Go(func(f *runtime.Frame) error {
					if err := b.Wait(f); err != nil {
						return err
					}
					return runtime.Run0(f, task("d"), tool("d", 1))
				})
				return runtime.Run0(f, task("c"), tool("c", 9))
			}, func(f *runtime.Frame) error {
				time.Sleep(time.Nanosecond)
				if err := runtime.Run0(f, task("b"), tool("b", 2)); err != nil {
					return err
				}
				b.Open()
				return nil
			})
		})
		if err != nil {
			t.Error(err)
		}
		slices.Sort(j.lines[1:3]) // a ends and b, c begin at the same time
		j.lines = slices.DeleteFunc(j.lines, func(l string) bool { return l == "b begins" || l == "c begins" })
		j.wants(t, "a begins", "a ends", "b ends", "d begins", "d ends", "c ends")
	})
}

func TestLatch(t *testing.T) {
	for name, c := range map[string]struct {
		tool func(context.Context) error
		want string
	}{
		"success":                 {pausing(time.Second, nil), ""},
		"failure":                 {pausing(time.Second, errBoom), "test.wf:2:3: W: a: boom"},
		"panic":                   {func(context.Context) error { panic("oh") }, "test.wf:2:3: W: a: panic: oh"},
		"cancelled":               {untilCancelled, "test.wf:2:3: W: a: context canceled"},
		"success once cancelled":  {pausing(2*time.Minute, nil), "test.wf:2:3: W: b: context canceled"},
		"failure before the wait": {boom, "test.wf:2:3: W: a: boom"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Minute, cancel)
				var a runtime.Latch
				waiting := func(f *runtime.Frame) error {
					time.Sleep(time.Millisecond)
					if err := a.Wait(f); err != nil {
						return err
					}
					return runtime.Run0(f, task("b"), fine)
				}
				err := execute(ctx, workflow("W"), func(f *runtime.Frame) error {
					return runtime.Chains(f, func(f *runtime.Frame) error {
						if err := runtime.Run0(f, task("a"), c.tool); err != nil {
							return err
						}
						a.Open()
						return nil
					}, waiting, waiting)
				})
				if c.want != "" {
					wantsText(t, err, c.want)
				} else if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestMapKeepsOrder(t *testing.T) {
	loop := step("loop")
	for _, limit := range []int{0, 1, 3, 50, 500} {
		for _, n := range []int{0, 1, 2, 50} {
			synctest.Test(t, func(t *testing.T) {
				var got []int
				err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) (err error) {
					got, err = runtime.MapSeq(f, &loop, limit, count(n), func(_ *runtime.Frame, i, v int) (int, error) {
						time.Sleep(time.Duration((i * 7919) % 100))
						return i + v, nil
					})
					return err
				})
				want := make([]int, n)
				for i := range want {
					want[i] = 11 * i
				}
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Errorf("limit %d of %d: %v %s", limit, n, err, diff)
				}
			})
		}
	}
}

// TestMapLimit shows that as many rounds run at once as may, and no more.
func TestMapLimit(t *testing.T) {
	loop := step("loop")
	for limit, want := range map[int]time.Duration{0: 1, 1: 100, 3: 34, 10: 10, 99: 2, 100: 1, 1000: 1} {
		synctest.Test(t, func(t *testing.T) {
			var running, most atomic.Int64
			start := time.Now()
			err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
				return runtime.EachSeq(f, &loop, limit, count(100), func(*runtime.Frame, int, int) error {
					now := running.Add(1)
					for most.Load() < now {
						most.Store(now)
					}
					time.Sleep(time.Second)
					running.Add(-1)
					return nil
				})
			})
			if took := time.Since(start); err != nil || took != want*time.Second {
				t.Errorf("limit %d: took %v, want %v; %v", limit, took, want*time.Second, err)
			}
			if limit > 0 && most.Load() > int64(limit) {
				t.Errorf("limit %d: %d at once", limit, most.Load())
			}
		})
	}
}

func TestMapFails(t *testing.T) {
	for name, odd := range map[string]func() error{
		"failure": func() error { return errBoom },
		"panic":   func() error { panic(errBoom) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				loop := step("loop")
				var begun atomic.Int64
				err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
					got, err := runtime.MapSeq(f, &loop, 5, count(100), func(f *runtime.Frame, i, _ int) (int, error) {
						begun.Add(1)
						if i == 7 {
							time.Sleep(time.Millisecond)
							return 1, runtime.Run0(f, task("a"), func(context.Context) error { return odd() })
						}
						return 1, runtime.Run0(f, task("a"), pausing(time.Second, nil))
					})
					if got != nil {
						t.Errorf("gives %v beside an error", got)
					}
					return err
				})
				wantsIs(t, err, errBoom)
				if got := runtime.FailedStep(err); got != "loop[7].a" {
					t.Errorf("the failed step is %s", got)
				}
				// Of the second five, some may have begun before the failure.
				if n := begun.Load(); n > 10 {
					t.Errorf("%d rounds have begun", n)
				}
			})
		})
	}
}

func TestMapCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		loop := step("loop")
		rounds := func(n int) error {
			return execute(ctx, workflow("W"), func(f *runtime.Frame) error {
				return runtime.EachSeq(f, &loop, 2, count(n), func(_ *runtime.Frame, i, _ int) error {
					time.Sleep(time.Second)
					cancel()
					return nil
				})
			})
		}
		if err := rounds(2); err != nil {
			t.Errorf("all rounds have succeeded, yet: %v", err)
		}
		wantsText(t, rounds(3), "W.wf:1:1: W: context canceled")
	})
}

func TestMapKeys(t *testing.T) {
	loop := step("loop")
	type name string
	seq := func(yield func(name, int) bool) { _ = yield("a", 1) && yield(`"b"`, 2) }
	var j diary
	err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
		return runtime.EachSeq(f, &loop, 1, seq, func(f *runtime.Frame, _ name, _ int) error {
			j.add("%s", runtime.FailedStep(f.Fail(&loop, "")))
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
	j.wants(t, `loop["a"].loop`, `loop["\"b\""].loop`)
}

func TestLimit(t *testing.T) {
	if got := runtime.Limit(3, ""); got != 3 {
		t.Errorf("Limit(3) is %d", got)
	}
	err := execute(t.Context(), workflow("W"), func(*runtime.Frame) error {
		return fmt.Errorf("limit %d", runtime.Limit(0, "x.wf:1:2"))
	})
	wantsText(t, err, "x.wf:1:2: W: parallel needs a number of at least 1, is 0")
}
