package runtime_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
)

// keys collects the keys that tools are given, by name.
type keys struct {
	mu    sync.Mutex
	byKey map[string][]string
}

// tool is a tool that asks for its key; it fails so many times first.
func (k *keys) tool(name string, failures int) func(context.Context) error {
	return func(ctx context.Context) error {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.byKey == nil {
			k.byKey = map[string][]string{}
		}
		key := runtime.StepKey(ctx)
		k.byKey[key] = append(k.byKey[key], name)
		if failures > 0 {
			failures--
			return errBoom
		}
		return nil
	}
}

// everyKind is a workflow that asks for the keys of steps of all kinds, and fails.
func (k *keys) everyKind(f *runtime.Frame) error {
	retried := task("retried")
	retried.Retry = &runtime.Retry{Times: 2}
	if err := runtime.Run0(f, retried, k.tool("retried", 2)); err != nil {
		return err
	}
	undo, list := step("retried.undo"), step("list")
	f.Owe(&undo, k.tool("undo", 0))
	err := runtime.Each(f, &list, 0, []int{7, 8}, func(f *runtime.Frame, i, _ int) error {
		return runtime.Run0(f, task("a"), k.tool("round "+string(rune('0'+i)), 0))
	})
	if err != nil {
		return err
	}
	if err := runtime.Run0(f, sub("sub"), func(ctx context.Context) error {
		return execute(ctx, workflow("Sub"), func(f *runtime.Frame) error {
			return runtime.Run0(f, task("retried"), k.tool("sub", 0))
		})
	}); err != nil {
		return err
	}
	return runtime.Run0(f, task("last"), boom)
}

func TestStepKey(t *testing.T) {
	want := [][]string{
		{"retried", "retried", "retried"}, {"round 0"}, {"round 1"}, {"sub"}, {"undo"},
	}
	for name, ctx := range map[string]context.Context{
		"alone": t.Context(), "observed": runtime.WithObserver(t.Context(), &diary{}),
	} {
		t.Run(name, func(t *testing.T) {
			var first, second keys
			for _, k := range []*keys{&first, &second} {
				if err := execute(ctx, workflow("W"), k.everyKind); err == nil {
					t.Fatal("the workflow doesn't fail")
				}
				got := slices.SortedFunc(maps.Values(k.byKey), slices.Compare[[]string])
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("calls by key (-want +got):\n%s", diff)
				}
			}
			for key := range first.byKey {
				if _, shared := second.byKey[key]; shared || len(key) < 26 {
					t.Errorf("key %q isn't of one execution alone", key)
				}
			}
		})
	}
}

func TestStepKeyIsRunID(t *testing.T) {
	var key, id string
	err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
		id = f.RunID()
		return runtime.Run0(f, task("a"), func(ctx context.Context) error {
			key = runtime.StepKey(ctx)
			return nil
		})
	})
	if err != nil || key != id+"/a" {
		t.Errorf("key is %q in execution %q, %v", key, id, err)
	}
}

// TestStepKeyAfterUndo has a sub-workflow that is tried again after a failure: a
// charge that was given back is another one, a step that wasn't undone is the same.
func TestStepKeyAfterUndo(t *testing.T) {
	var k keys
	failures := 1
	err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
		pay := sub("pay")
		pay.Retry = &runtime.Retry{Times: 1}
		return runtime.Run0(f, pay, func(ctx context.Context) error {
			return execute(ctx, workflow("Pay"), func(f *runtime.Frame) error {
				charge, note, undo := task("charge"), task("note"), step("charge.undo")
				if err := runtime.Run0(f, charge, k.tool("charge", 0)); err != nil {
					return err
				}
				f.Owe(&undo, k.tool("refund", 0))
				if err := runtime.Run0(f, note, k.tool("note", 0)); err != nil {
					return err
				}
				failures--
				if failures == 0 {
					return runtime.Run0(f, task("last"), boom)
				}
				return nil
			})
		})
	})
	if err != nil {
		t.Error(err)
	}
	want := [][]string{{"charge"}, {"charge"}, {"note", "note"}, {"refund"}}
	got := slices.SortedFunc(maps.Values(k.byKey), slices.Compare[[]string])
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls by key (-want +got):\n%s", diff)
	}
}

// TestStepKeyFitsHeader has rounds whose keys are long, or not in ASCII.
func TestStepKeyFitsHeader(t *testing.T) {
	table, found := step("table"), map[string]bool{}
	err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
		for _, round := range []string{"größe", "grösse", strings.Repeat("x", 300), strings.Repeat("x", 301)} {
			if err := runtime.Run0(runtime.RoundAt(f, &table, round), task("a"), func(ctx context.Context) error {
				found[runtime.StepKey(ctx)] = true
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(found) != 4 {
		t.Errorf("%d keys, want 4; %v", len(found), err)
	}
	for key := range found {
		if len(key) > 255 || strings.Trim(key, "0123456789abcdef") != "" {
			t.Errorf("key %q doesn't fit", key)
		}
	}
}

// TestReadonlyStep looks at a tool that nobody observes: it has no key, and knows
// the number of its attempt.
func TestReadonlyStep(t *testing.T) {
	read := task("read")
	read.Effect, read.Retry = runtime.Readonly, &runtime.Retry{Times: 1}
	var got []int
	err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
		return runtime.Run0(f, read, func(ctx context.Context) error {
			if key := runtime.StepKey(ctx); key != "" {
				t.Errorf("key is %q", key)
			}
			if got = append(got, runtime.AttemptOf(ctx)); len(got) == 1 {
				return errBoom
			}
			return nil
		})
	})
	if diff := cmp.Diff([]int{1, 2}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if key, n := runtime.StepKey(t.Context()), runtime.AttemptOf(t.Context()); key != "" || n != 1 {
		t.Errorf("outside of steps the key is %q, the attempt %d", key, n)
	}
}
