package runtime_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// hour is a workflow that waits for an hour.
func hour(ctx context.Context) (err error) {
	f := runtime.Start(ctx, &runtime.Workflow{Name: "Hour", At: "h.wf:1:1"})
	defer f.End(&err)
	f.Enter(nil)
	return f.Wait(&runtime.Step{ID: "wait", At: "h.wf:2:1"}, time.Hour)
}

// TestVirtualClockCountsOnce: whoever runs something under the clock is counted once,
// whether the clock knew it before or not.
func TestVirtualClockCountsOnce(t *testing.T) {
	read := &runtime.Task[runtime.None]{Step: runtime.Step{ID: "read", At: "a.wf:2:1", Tool: "Read", Effect: runtime.Readonly}}
	act := &runtime.Task[runtime.None]{Step: runtime.Step{ID: "act", At: "a.wf:3:1", Tool: "Act"}}
	call := func(task *runtime.Task[runtime.None], tool func(context.Context) error) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			f := runtime.Start(ctx, &runtime.Workflow{Name: "W", At: "a.wf:1:1"})
			defer f.End(&err)
			return runtime.Run0(f, task, tool)
		}
	}
	delay := func(ctx context.Context, _ runtime.WorkflowCall, next runtime.Next) (any, error) {
		if err := runtime.Sleep(ctx, time.Hour); err != nil {
			return nil, err
		}
		return next(ctx)
	}
	for name, c := range map[string]struct {
		want time.Duration
		do   func(context.Context) error
	}{
		"a sleep outside of executions":   {time.Hour, takes(time.Hour)},
		"a workflow":                      {time.Hour, hour},
		"a workflow in a tool":            {time.Hour, call(act, hour)},
		"a workflow in a tool that reads": {time.Hour, call(read, hour)},
		"a sleep in a tool that reads":    {time.Hour, call(read, takes(time.Hour))},
		"a workflow that is intercepted":  {2 * time.Hour, func(ctx context.Context) error { return hour(runtime.WithWorkflowInterceptor(ctx, delay)) }},
		"a workflow that has been started": {time.Hour, func(ctx context.Context) error {
			_, err := runtime.BeginNone(ctx, &runtime.Workflow{Name: "Hour"}, hour).Result()
			return err
		}},
		"a sleep after a workflow": {2 * time.Hour, func(ctx context.Context) error { return errors.Join(hour(ctx), runtime.Sleep(ctx, time.Hour)) }},
		"a workflow under its own settings": {time.Hour, call(read, func(ctx context.Context) error {
			return hour(runtime.WithObserver(ctx, observe(func(runtime.Event) {})))
		})},
	} {
		t.Run(name, func(t *testing.T) {
			clock := runtime.NewVirtualClock(start)
			err := c.do(runtime.WithClock(t.Context(), clock))
			if took := clock.Now().Sub(start); err != nil || took != c.want {
				t.Errorf("took %s and gave %v, want %s", took, err, c.want)
			}
		})
	}
}

// TestVirtualDeadline: a context whose timeout is the virtual clock's ends as any other
// that is out of time, and so does one that is made from it.
func TestVirtualDeadline(t *testing.T) {
	step := runtime.Step{ID: "act", At: "a.wf:1:1", Timeout: time.Minute}
	clock := runtime.NewVirtualClock(start)
	var deadline time.Time
	var known bool
	var own, child error
	f := runtime.Start(runtime.WithClock(t.Context(), clock), &runtime.Workflow{Name: "W"})
	err := runtime.Run0(f, &runtime.Task[runtime.None]{Step: step}, func(ctx context.Context) error {
		deadline, known = ctx.Deadline()
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		child = runtime.Sleep(inner, time.Hour)
		own = ctx.Err()
		return own
	})
	f.End(&err)
	if !known || !deadline.Equal(start.Add(time.Minute)) {
		t.Errorf("the deadline is %s, %t", deadline, known)
	}
	for _, err := range []error{own, child, err} {
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

// TestVirtualEnd: the last event of a stream has the clock's time.
func TestVirtualEnd(t *testing.T) {
	for _, options := range [][]runtime.Option{nil, {runtime.Streamed()}} {
		e := runtime.BeginNone(runtime.WithClock(t.Context(), runtime.NewVirtualClock(start)), &runtime.Workflow{Name: "Hour"}, hour, options...)
		for event := range e.Events() {
			if event.Kind == runtime.Ended && !event.Time.Equal(start.Add(time.Hour)) {
				t.Errorf("ended at %s", event.Time)
			}
		}
	}
}
