package runtime_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/wfgen/wfgen/runtime"
)

// TestNullState: a loop whose state has come to be the null of an any goes on with that,
// and not with the state that it began with. Both ways in which a state is recorded know it.
func TestNullState(t *testing.T) {
	next := map[string]func(f *runtime.Frame, loop *runtime.Step, i int, state any) *runtime.Frame{
		"typed": runtime.NextRound[any],
		"untyped": func(f *runtime.Frame, loop *runtime.Step, i int, state any) *runtime.Frame {
			return f.NextRoundOf(loop, i, state, false)
		},
	}
	for name, nextRound := range next {
		t.Run(name, func(t *testing.T) {
			w, loop, end := workflow("Nulls"), step("loop"), intTask("end")
			end.Effect = runtime.Idempotent
			entered := 0
			body := func(*world) func(*runtime.Frame) (string, error) {
				return func(f *runtime.Frame) (string, error) {
					i, state := runtime.FirstRound(f, &loop, any("first"))
					entered = max(entered, i)
					for ; i < 4; i++ {
						f := nextRound(f, &loop, i, state)
						if (state == nil) != (i > 0) {
							return "", fmt.Errorf("round %d has the state %v", i, state)
						}
						if _, err := runtime.Call1(f, end, func(context.Context, any) (int, error) { return 1, nil }, state); err != nil {
							return "", err
						}
						state = nil
					}
					return fmt.Sprint(state), nil
				}
			}
			cut(t, w, func(world *world) *runtime.Definition { return define(w, body(world)) }, func(t *testing.T, at int, _ *world, v string, err error) {
				if v != "<nil>" || err != nil {
					t.Errorf("from state %d: got %q, %v", at, v, err)
				}
			})
			if entered != 3 {
				t.Errorf("the last round that an execution has gone on in is %d, want 3: null can be stored", entered)
			}
		})
	}
}
