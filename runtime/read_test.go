package runtime_test

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// TestRead holds that a step by Read1 comes to what it comes to by Call1, whatever its tool
// does, and whether or not somebody observes.
func TestRead(t *testing.T) {
	reason := errors.New("the user went away")
	for _, c := range []struct {
		name string
		tool func(ctx context.Context, cancel func()) (int, error)
		want string // the error
		step string // that the error names
	}{
		{"succeeds", func(context.Context, func()) (int, error) { return 1, nil }, "", ""},
		{"fails", func(context.Context, func()) (int, error) { return 1, errBoom }, "test.wf:2:3: W: b: boom", "b"},
		{"panics", func(context.Context, func()) (int, error) { panic("oh") }, "test.wf:2:3: W: b: panic: oh", "b"},
		{"panics with an error", func(context.Context, func()) (int, error) { panic(errBoom) }, "test.wf:2:3: W: b: panic: boom", "b"},
		{"ends its goroutine", func(context.Context, func()) (int, error) { goruntime.Goexit(); return 1, nil },
			"test.wf:2:3: W: b: the tool called runtime.Goexit", "b"},
		{"returns when cancelled", func(_ context.Context, cancel func()) (int, error) { cancel(); return 1, nil },
			"test.wf:2:3: W: c: the user went away", "c"},
		{"gives up when cancelled", func(ctx context.Context, cancel func()) (int, error) { cancel(); return 0, ctx.Err() },
			"test.wf:2:3: W: b: the user went away: context canceled", "b"},
		{"panics when cancelled", func(_ context.Context, cancel func()) (int, error) { cancel(); panic("oh") },
			"test.wf:2:3: W: b: the user went away: panic: oh", "b"},
	} {
		for _, observed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, observed %v", c.name, observed), func(t *testing.T) {
				run := func(read bool) (begun []string, err error) {
					ctx, cancel := context.WithCancelCause(t.Context())
					if observed {
						ctx = runtime.WithObserver(ctx, new(diary))
					}
					tool := func(ctx context.Context, id string) (int, error) {
						begun = append(begun, id)
						if id != "b" {
							return 0, nil
						}
						return c.tool(ctx, func() { cancel(reason) })
					}
					call := runtime.Call1[string, int]
					if read {
						call = runtime.Read1[string, int]
					}
					ended := make(chan struct{})
					go func() {
						defer close(ended)
						f := runtime.Start(ctx, &runtime.Workflow{Name: "W", At: "W.wf:1:1", Stateless: true})
						defer f.End(&err)
						for _, id := range []string{"a", "b", "c"} {
							s := step(id)
							s.Effect = runtime.Readonly
							if _, err = call(f, &runtime.Task[int]{Step: s}, tool, id); err != nil {
								return
							}
						}
					}()
					<-ended
					return begun, err
				}
				begun, err := run(true)
				if err != nil || c.want != "" {
					wantsText(t, err, c.want)
				}
				if got := runtime.FailedStep(err); got != c.step {
					t.Errorf("the failed step is %q, want %q", got, c.step)
				}
				called, callErr := run(false)
				if diff := cmp.Diff(called, begun); diff != "" {
					t.Errorf("called but not read (-), or the other way around (+):\n%s", diff)
				}
				if fmt.Sprint(callErr) != fmt.Sprint(err) {
					t.Errorf("called it ends with %v", callErr)
				}
			})
		}
	}
}

// TestReadIsOver is about a panic between two steps: it is that of neither.
func TestReadIsOver(t *testing.T) {
	a := runtime.Task[int]{Step: step("a")}
	var err error
	func() {
		f := runtime.Start(t.Context(), &runtime.Workflow{Name: "W", At: "W.wf:1:1", Stateless: true})
		defer f.End(&err)
		_, err = runtime.Read0(f, &a, func(context.Context) (int, error) { return 1, nil })
		panic(&pure.Fault{At: "test.wf:7:7", Text: "out of range"})
	}()
	wantsText(t, err, "test.wf:7:7: W: out of range")
}
