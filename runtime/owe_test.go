package runtime_test

import (
	"context"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// TestOweOfStopped: the execution ends while a step succeeds, and the arguments of its undo
// look at that, as what takes long does. They are computed all the same, and it is undone.
func TestOweOfStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var undone []string
	err := execute(ctx, workflow("W"), func(f *runtime.Frame) error {
		err := runtime.Run0(f, task("charge"), func(context.Context) error { cancel(); return nil })
		if err != nil {
			return err
		}
		f.OweOf(&task("charge.undo").Step, func(f *runtime.Frame) (func(context.Context) error, []any) {
			f.CheckStopped()
			return func(ctx context.Context) error {
				undone = append(undone, "charge")
				return ctx.Err()
			}, nil
		})
		return runtime.Run0(f, task("next"), boom)
	})
	if len(undone) != 1 || err == nil || strings.Contains(err.Error(), "charge.undo") {
		t.Errorf("undone: %q; %v", undone, err)
	}
}

// TestOweOfFails: what can't be undone, since the arguments of the undo have no value, is
// told as an undo that fails: nothing stands in for it.
func TestOweOfFails(t *testing.T) {
	stoodIn := false
	err := execute(context.Background(), workflow("W"), func(f *runtime.Frame) error {
		err := f.Try(func(f *runtime.Frame) error {
			if err := runtime.Run0(f, task("charge"), func(context.Context) error { return nil }); err != nil {
				return err
			}
			f.OweOf(&task("charge.undo").Step, func(*runtime.Frame) (func(context.Context) error, []any) {
				first := pure.At([]string{}, 0, "w.wf:3:7")
				return func(context.Context) error { return nil }, []any{first}
			})
			return runtime.Run0(f, task("next"), boom)
		})
		if f.Caught(err) {
			stoodIn = true
			return nil
		}
		return err
	})
	if stoodIn || err == nil || !strings.Contains(err.Error(), "charge.undo") || !strings.Contains(err.Error(), "w.wf:3:7") {
		t.Errorf("stood in: %t; %v", stoodIn, err)
	}
}
