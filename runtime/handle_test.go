package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
)

// begin starts body as the workflow W.
func begin(ctx context.Context, body func(*runtime.Frame) (int, error), options ...runtime.Option) *runtime.Execution[int] {
	w := workflow("W")
	return runtime.Begin(ctx, w, func(ctx context.Context) (int, error) { return calculate(ctx, w, nil, body) }, options...)
}

// steps is a workflow of steps that each take a second.
func (j *diary) steps(names ...string) func(*runtime.Frame) (int, error) {
	return func(f *runtime.Frame) (int, error) {
		for _, name := range names {
			if err := runtime.Run0(f, task(name), func(ctx context.Context) error {
				time.Sleep(time.Second)
				return j.tool(name, nil)(ctx)
			}); err != nil {
				return 0, err
			}
			j.owe(f, name, nil)
		}
		return len(names), nil
	}
}

func wantsStatus[R any](t *testing.T, e *runtime.Execution[R], want runtime.Status) {
	t.Helper()
	if got := e.Status(); got != want {
		t.Errorf("status is %s, want %s", got, want)
	}
}

func TestExecutionEnds(t *testing.T) {
	errReason := errors.New("no longer wanted")
	for _, c := range []struct {
		name   string
		body   func(*runtime.Frame) (int, error)
		cancel bool
		status runtime.Status
		want   string
	}{
		{"success", func(*runtime.Frame) (int, error) { return 7, nil }, false, runtime.StatusSucceeded, "7"},
		{"failure", func(f *runtime.Frame) (int, error) { return 0, runtime.Run0(f, task("a"), boom) }, false,
			runtime.StatusFailed, "test.wf:2:3: W: a: boom"},
		{"cancelled", func(f *runtime.Frame) (int, error) { return 0, runtime.Run0(f, task("a"), untilCancelled) }, true,
			runtime.StatusCancelled, "test.wf:2:3: W: a: no longer wanted: context canceled"},
		{"cancelled too late", func(f *runtime.Frame) (int, error) {
			return 7, runtime.Run0(f, task("a"), pausing(time.Hour, nil))
		}, true, runtime.StatusSucceeded, "7"},
		{"panic", func(*runtime.Frame) (int, error) { panic("oh") }, false, runtime.StatusFailed, "W.wf:1:1: W: panic: oh"},
		{"Goexit", func(f *runtime.Frame) (int, error) { return 0, runtime.Run0(f, task("a"), goexit) }, false,
			runtime.StatusFailed, "test.wf:2:3: W: a: the tool called runtime.Goexit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := begin(t.Context(), c.body)
				if c.cancel {
					synctest.Wait()
					wantsStatus(t, e, runtime.StatusRunning)
					e.Cancel(errReason)
				}
				<-e.Done()
				v, err := e.Result()
				got := fmt.Sprint(v)
				if err != nil {
					got = err.Error()
				}
				if got != c.want {
					t.Errorf("gave\n%s\nwant\n%s", got, c.want)
				}
				wantsStatus(t, e, c.status)
				if c.status == runtime.StatusCancelled {
					wantsIs(t, err, errReason)
				}
			})
		})
	}
}

func TestExecutionEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		e := begin(ctx, func(f *runtime.Frame) (int, error) { return 0, runtime.Run0(f, task("a"), untilCancelled) })
		synctest.Wait()
		cancel(errBoom)
		_, err := e.Result()
		wantsIs(t, err, errBoom)
		wantsStatus(t, e, runtime.StatusCancelled)
	})
}

func TestExecutionID(t *testing.T) {
	ids := map[string]bool{}
	for range 2 {
		var inside, key string
		e := begin(t.Context(), func(f *runtime.Frame) (int, error) {
			inside = f.RunID()
			return 0, runtime.Run0(f, task("a"), func(ctx context.Context) error {
				key = runtime.StepKey(ctx)
				return nil
			})
		})
		if _, err := e.Result(); err != nil || inside != e.ID() || key != e.ID()+"/a" || ids[e.ID()] {
			t.Errorf("id is %q, inside %q, the key %q, %v", e.ID(), inside, key, err)
		}
		ids[e.ID()] = true
	}
	if e := begin(t.Context(), func(*runtime.Frame) (int, error) { return 0, nil }, runtime.ID("order-17")); e.ID() != "order-17" {
		t.Errorf("id is %q", e.ID())
	}
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j, events diary
		e := begin(runtime.WithObserver(t.Context(), &events), j.steps("a", "b"))
		time.Sleep(time.Second / 2)
		e.Pause()
		e.Pause()
		wantsStatus(t, e, runtime.StatusPaused)
		time.Sleep(time.Hour)
		j.wants(t, "a")
		e.Resume()
		e.Resume()
		wantsStatus(t, e, runtime.StatusRunning)
		if n, err := e.Result(); n != 2 || err != nil {
			t.Error(n, err)
		}
		j.wants(t, "a", "b")
		e.Pause()
		wantsStatus(t, e, runtime.StatusSucceeded)
		events.wants(t, "1 started", "2 scheduled a", "3 attempt a 1", "4 paused", "5 done a 1", "6 unpaused",
			"7 scheduled b", "8 attempt b 1", "9 done b 1", "10 ended")
	})
}

// TestPauseHoldsBack has what a paused execution doesn't start: attempts and undos.
func TestPauseHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j diary
		e := begin(t.Context(), func(f *runtime.Frame) (int, error) {
			j.owe(f, "early", nil)
			a := task("a")
			a.Retry = &runtime.Retry{Times: 1, Min: time.Minute, Max: time.Minute}
			return 0, runtime.Run0(f, a, func(ctx context.Context) error {
				time.Sleep(time.Second)
				return j.tool("a", errBoom)(ctx)
			})
		})
		for _, want := range [][]string{{"a"}, {"a", "a"}} {
			synctest.Wait()
			e.Pause()
			time.Sleep(time.Hour)
			j.wants(t, want...)
			e.Resume()
		}
		if _, err := e.Result(); err == nil {
			t.Error("no error")
		}
		j.wants(t, "a", "a", "early.undo")
	})
}

func TestPausedExecutionIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j diary
		e := begin(t.Context(), j.steps("a", "b"))
		synctest.Wait()
		e.Pause()
		time.Sleep(time.Hour)
		e.Cancel(nil)
		_, err := e.Result()
		wantsText(t, err, "test.wf:2:3: W: b: context canceled")
		wantsStatus(t, e, runtime.StatusCancelled)
		j.wants(t, "a", "a.undo")
	})
}

// TestObserverPauses has an observer pause the execution that it is told of.
func TestObserverPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j diary
		started := make(chan *runtime.Execution[int], 1)
		o := &pauser{pause: func() { (<-started).Pause() }}
		e := begin(runtime.WithObserver(t.Context(), o), j.steps("a", "b"))
		started <- e
		time.Sleep(time.Hour)
		wantsStatus(t, e, runtime.StatusPaused)
		j.wants(t, "a")
		e.Resume()
		if _, err := e.Result(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]runtime.Kind{runtime.Paused, runtime.Unpaused}, o.seen); diff != "" {
			t.Error(diff)
		}
	})
}

// A pauser pauses when the first step is done.
type pauser struct {
	pause func()
	seen  []runtime.Kind
}

func (p *pauser) Observe(e runtime.Event) {
	switch {
	case e.Kind == runtime.Done && e.Step == "a":
		p.pause()
	case e.Kind == runtime.Paused || e.Kind == runtime.Unpaused:
		p.seen = append(p.seen, e.Kind)
	}
}

// eventLine is an event with its result.
func eventLine(e runtime.Event, err error) string {
	return fmt.Sprint(e.N, " ", e.Kind, " ", e.Step, " ", e.Result, " ", err)
}

func TestExecutionEvents(t *testing.T) {
	sum := func(f *runtime.Frame) (int, error) { return runtime.Call2(f, adding("sum"), add, 1, 2) }
	fail := func(f *runtime.Frame) (int, error) { return 0, runtime.Run0(f, task("a"), boom) }
	for _, c := range []struct {
		name    string
		body    func(*runtime.Frame) (int, error)
		options []runtime.Option
		want    []string
	}{
		{"success", sum, []runtime.Option{runtime.Streamed()}, []string{
			"1 started  <nil> <nil>", "2 scheduled sum <nil> <nil>", "3 attempt sum <nil> <nil>", "4 done sum 3 <nil>", "5 ended  3 <nil>"}},
		{"failure", fail, []runtime.Option{runtime.Streamed()}, []string{
			"1 started  <nil> <nil>", "2 scheduled a <nil> <nil>", "3 attempt a <nil> <nil>", "4 failed a <nil> <nil>",
			"5 ended  <nil> test.wf:2:3: W: a: boom"}},
		{"the end alone", sum, nil, []string{"0 ended  3 <nil>"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := begin(t.Context(), c.body, c.options...)
			var got []string
			for event, err := range e.Events() {
				if event.Execution != e.ID() || event.Workflow != "W" {
					t.Errorf("the event is of another execution: %+v", event)
				}
				got = append(got, eventLine(event, err))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			for event, err := range e.Events() {
				if got := eventLine(event, err); got != c.want[len(c.want)-1] {
					t.Errorf("what comes after all is %s", got)
				}
			}
		})
	}
}

// TestEventsLeftEarly has the rest of the execution run on; synctest fails where a
// goroutine is left.
func TestEventsLeftEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j diary
		e := begin(t.Context(), j.steps("a", "b"), runtime.Streamed())
		for event := range e.Events() {
			if event.Kind == runtime.Done {
				break
			}
		}
		wantsStatus(t, e, runtime.StatusRunning)
		var got []string
		for event, err := range e.Events() {
			got = append(got, eventLine(event, err))
		}
		if diff := cmp.Diff([]string{"8 ended  2 <nil>"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestExecutionsUnderOneContext are started side by side, with one observer.
func TestExecutionsUnderOneContext(t *testing.T) {
	o := &byExecution{last: map[string]int{}}
	ctx := runtime.WithObserver(t.Context(), o)
	var all []*runtime.Execution[int]
	for i := range 20 {
		all = append(all, begin(ctx, func(f *runtime.Frame) (int, error) {
			return runtime.Call2(f, adding("sum"), add, i, i)
		}))
	}
	for i, e := range all {
		if n, err := e.Result(); n != 2*i || err != nil {
			t.Error(n, err)
		}
	}
	for _, e := range all {
		if n := o.last[e.ID()]; n != 5 {
			t.Errorf("%d events of an execution, want 5", n)
		}
	}
}

// byExecution keeps the number of the last event of each execution.
type byExecution struct{ last map[string]int }

func (o *byExecution) Observe(e runtime.Event) {
	if e.N == o.last[e.Execution]+1 {
		o.last[e.Execution] = e.N
	}
}
