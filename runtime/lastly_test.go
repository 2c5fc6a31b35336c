package runtime_test

import (
	"context"
	"errors"
	"testing"

	"github.com/wfgen/wfgen/runtime"
)

// TestLastly shows when the block runs that a workflow runs last, what it sees, and what
// comes of its failure.
func TestLastly(t *testing.T) {
	fails := func(f *runtime.Frame) error { return runtime.Run0(f, task("fail"), boom) }
	for _, c := range []struct {
		name  string
		body  func(*diary, *runtime.Frame) error
		block error
		want  []error
		did   []string
	}{
		{"behind what it owes", func(j *diary, f *runtime.Frame) error {
			return errors.Join(j.succeed(f, "a", nil), fails(f))
		}, nil, []error{errBoom}, []string{"a", "a.undo", "failed"}},
		{"of a success", func(j *diary, f *runtime.Frame) error { return j.succeed(f, "a", nil) },
			nil, nil, []string{"a", "fine"}},
		{"its failure undoes a success", func(j *diary, f *runtime.Frame) error { return j.succeed(f, "a", nil) },
			errUndo1, []error{errUndo1}, []string{"a", "fine", "a.undo"}},
		{"its failure joins another", func(j *diary, f *runtime.Frame) error { return fails(f) },
			errUndo1, []error{errBoom, errUndo1}, []string{"failed"}},
		{"of a panic", func(*diary, *runtime.Frame) error { panic(errBoom) },
			nil, []error{errBoom}, []string{"failed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var j diary
			err := lastly(t.Context(), workflow("W"), func(f *runtime.Frame) error { return c.body(&j, f) },
				func(f *runtime.Frame, failure *error) error {
					if failure == nil {
						j.add("fine")
					} else {
						j.add("failed")
					}
					return runtime.Run0(f, task("last"), func(ctx context.Context) error { return errors.Join(ctx.Err(), c.block) })
				})
			wantsIs(t, err, c.want...)
			if len(c.want) == 0 && err != nil {
				t.Errorf("it fails: %v", err)
			}
			j.wants(t, c.did...)
		})
	}
}

// TestLastlyIsntCancelled shows that the block of a workflow that keeps nothing is run under a
// context that isn't cancelled.
func TestLastlyIsntCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var j diary
	err := lastly(ctx, &runtime.Workflow{Name: "W", Stateless: true, Lastly: true}, func(f *runtime.Frame) error {
		cancel()
		return runtime.Run0(f, task("a"), fine)
	}, func(f *runtime.Frame, failure *error) error {
		return runtime.Run0(f, task("last"), func(ctx context.Context) error {
			j.add("last")
			return ctx.Err()
		})
	})
	wantsIs(t, err, context.Canceled)
	j.wants(t, "last")
}

// lastly is a workflow whose body is body, and that runs block last.
func lastly(ctx context.Context, w *runtime.Workflow, body func(*runtime.Frame) error, block func(*runtime.Frame, *error) error) (err error) {
	f := runtime.Start(ctx, w)
	defer f.End(&err)
	f.Enter(nil)
	defer f.Lastly(&err, block)
	return body(f)
}
