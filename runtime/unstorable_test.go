package runtime_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// unstorable are results that no journal can have.
var unstorable = map[string]any{
	"NaN": math.NaN(), "too large": strings.Repeat("x", 17<<20), "a channel": make(chan int), "two of a key": map[freshKey]int{{"A"}: 1, {"a"}: 2},
}

// TestUnstorableResult: a workflow whose result can't be stored has failed, and undoes
// what it owes, before its caller's else stands in; from each state of the journal.
func TestUnstorableResult(t *testing.T) {
	for name, bad := range unstorable {
		for _, sub := range []bool{false, true} {
			w, inner := workflow("Outer"), workflow("Inner")
			give, undo, call := intTask("give"), step("give.undo"), &runtime.Task[any]{Step: step("call")}
			give.Effect, undo.Effect = runtime.Idempotent, runtime.Idempotent
			call.Sub = true
			cut(t, w, func(world *world) *runtime.Definition {
				owes := func(f *runtime.Frame) (any, error) {
					_, err := runtime.Call0(f, give, func(ctx context.Context) (int, error) { return world.call(ctx, "give"), nil })
					if err != nil {
						return nil, err
					}
					f.Owe(&undo, func(ctx context.Context) error { world.call(ctx, "undo"); return nil })
					return bad, nil
				}
				return define(w, func(f *runtime.Frame) (any, error) {
					if !sub {
						return owes(f)
					}
					_, err := runtime.Call0(f, call, func(ctx context.Context) (v any, err error) {
						f := runtime.Start(ctx, inner)
						defer runtime.End(f, &v, &err)
						return owes(f)
					})
					if f.Caught(err) {
						return "caught", nil
					}
					return nil, err
				})
			}, func(t *testing.T, at int, world *world, v any, err error) {
				ok := sub && v == any("caught") && err == nil || !sub && err != nil && strings.Contains(err.Error(), "the result of Outer")
				if !ok {
					t.Errorf("%s: from state %d: got %v, %v", name, at, v, err)
				}
				if calls := fmt.Sprint(world.lines); at < 0 && calls != "[give undo]" || strings.Count(calls, "undo") > 1 {
					t.Errorf("%s: from state %d: the calls are %s", name, at, calls)
				}
			})
		}
	}
}

// TestUnstorableElse: a step whose result can't be stored fails like any other: it is
// tried again, and caught. So does one that sends, starts or asks with what can't be
// stored; an undo with such arguments is owed, and a loop goes on with such a state.
func TestUnstorableElse(t *testing.T) {
	topic := &runtime.Topic[any]{Name: "Any", Keep: time.Hour, Keys: func(any) []any { return nil }}
	keyed := &runtime.Topic[any]{Name: "Keyed", Keep: time.Hour, Keys: func(v any) []any { return []any{v} }}
	for name, bad := range unstorable {
		w, child := workflow("All"), workflow("Child")
		give, loop, end := &runtime.Task[any]{Step: step("give")}, step("loop"), intTask("end")
		give.Retry, give.Effect, end.Effect = &runtime.Retry{Times: 1}, runtime.Idempotent, runtime.Idempotent
		emit, start, ask, wait, undo := step("emit"), step("start"), step("ask"), step("wait"), step("end.undo")
		undo.Effect = runtime.Idempotent
		text, isText := bad.(string)
		if _, isMap := bad.(map[freshKey]int); isMap {
			continue // it has a JSON, which can't be read alone: no workflow makes one
		}
		body := func(world *world) func(*runtime.Frame) (int, error) {
			return func(f *runtime.Frame) (int, error) {
				caught := 0
				saw := func(err error) {
					if f.Caught(err) {
						caught++
					}
				}
				_, err := runtime.Call0(f, give, func(ctx context.Context) (any, error) { world.call(ctx, "give"); return bad, nil })
				saw(err)
				saw(runtime.Emit(f, &emit, topic, bad))
				saw(runtime.Emit(f, &emit, keyed, bad))
				_, err = f.Launch(&start, child, struct{ X any }{bad})
				saw(err)
				_, err = runtime.Await(f, &runtime.Task[any]{Step: wait}, keyed, 0, bad)
				saw(err)
				if isText {
					_, err = f.Approve(&ask, text, "boss", 0)
					saw(err)
				} else {
					caught++
				}
				f.Log(&ask, text)
				first, state := runtime.FirstRound(f, &loop, any(0))
				for i := first; i < 3; i++ {
					f := runtime.NextRound(f, &loop, i, state)
					_, err := runtime.Call1(f, end, func(ctx context.Context, _ any) (int, error) { return 1, nil }, state)
					if err != nil {
						return 0, err
					}
					state = bad
				}
				f.Owe(&undo, func(ctx context.Context) error { world.call(ctx, "undo"); return nil }, bad)
				return caught, f.Rollback(&step0)
			}
		}
		cut(t, w, func(world *world) *runtime.Definition { return define(w, body(world)) }, func(t *testing.T, at int, world *world, v int, err error) {
			if v != 6 || err != nil {
				t.Errorf("%s: from state %d: got %d, %v, want 6", name, at, v, err)
			}
			if calls := fmt.Sprint(world.lines); at < 0 && calls != "[give give undo]" {
				t.Errorf("%s: the calls are %s", name, calls)
			}
		})
	}
}

var step0 = step("rollback")

// TestUnstorableInput: an input that can't be stored, or not be read again, is refused.
func TestUnstorableInput(t *testing.T) {
	for name, bad := range unstorable {
		w := workflow("In")
		d := runtime.Define(runtime.Definition{Workflow: w}, func(context.Context, struct{ X any }) (int, error) { return 0, nil })
		e := open(t, t.Context(), memory.New(), d)
		_, err := runtime.Submit[int](t.Context(), e, w, struct{ X any }{bad})
		if err == nil || !strings.Contains(err.Error(), "the input of In") && !strings.Contains(err.Error(), "given twice") {
			t.Errorf("%s: got %v", name, err)
		}
		if list, err := e.List(t.Context(), journal.Query{}); err != nil || len(list) != 0 {
			t.Errorf("%s: it is stored: %v, %v", name, list, err)
		}
	}
}
