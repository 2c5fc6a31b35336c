package runtime_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// busy is a declared error.
type busy struct{}

func (busy) Error() string { return "busy" }

// TestSeveralTimedOut: that a sub-workflow has timed out counts for the retry that names it,
// else for the first.
func TestSeveralTimedOut(t *testing.T) {
	onBusy := runtime.Retry{Times: 5, Min: time.Second, Max: time.Second, On: []runtime.Declaration{runtime.Declares[busy]}}
	onLate := runtime.Retry{Times: 1, Min: time.Second, Max: time.Second, On: []runtime.Declaration{runtime.Declares[runtime.TimedOut]}}
	for _, c := range []struct {
		retry *runtime.Retry
		calls int
	}{
		{runtime.Several(onBusy, onLate), 2},
		{runtime.Several(onBusy, runtime.Retry{}), 6},
		{runtime.Several(onLate, onBusy), 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			inner, calls := sub("inner"), 0
			inner.Timeout, inner.Retry = time.Second, c.retry
			err := execute(t.Context(), workflow("W"), func(f *runtime.Frame) error {
				return runtime.Run0(f, inner, func(ctx context.Context) error {
					calls++
					return untilCancelled(ctx)
				})
			})
			if calls != c.calls || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%d calls, want %d: %v", calls, c.calls, err)
			}
		})
	}
}
