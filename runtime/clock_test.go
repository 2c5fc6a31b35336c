package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// virtually runs a workflow under a virtual clock, and gives the time that it took by
// that and its error.
func virtually(w *runtime.Workflow, do func(f *runtime.Frame) error) (time.Duration, error) {
	return virtuallyIn(context.Background(), w, do)
}

func virtuallyIn(ctx context.Context, w *runtime.Workflow, do func(f *runtime.Frame) error) (time.Duration, error) {
	clock := runtime.NewVirtualClock(start)
	err := func() (err error) {
		f := runtime.Start(runtime.WithClock(ctx, clock), w)
		defer f.End(&err)
		return do(f)
	}()
	return clock.Now().Sub(start), err
}

func takes(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error { return runtime.Sleep(ctx, d) }
}

func TestVirtualClock(t *testing.T) {
	step := &runtime.Step{ID: "step", At: "a.wf:1:1"}
	task := func(retry *runtime.Retry, timeout time.Duration) *runtime.Task[runtime.None] {
		return &runtime.Task[runtime.None]{Step: runtime.Step{ID: "task", At: "a.wf:2:1", Retry: retry, Timeout: timeout}}
	}
	failing := func(context.Context) error { return errors.New("no") }
	for name, c := range map[string]struct {
		want     time.Duration
		fails    bool
		workflow runtime.Workflow
		do       func(f *runtime.Frame) error
	}{
		"a week": {want: 7 * 24 * time.Hour, do: func(f *runtime.Frame) error { return f.Wait(step, 7*24*time.Hour) }},
		"until":  {want: 90 * time.Minute, do: func(f *runtime.Frame) error { return f.WaitUntil(step, start.Add(90*time.Minute)) }},
		"now": {want: time.Hour, do: func(f *runtime.Frame) error {
			if err := f.Wait(step, time.Hour); err != nil {
				return err
			}
			now, err := f.Now(step)
			if err == nil && (!now.Equal(start.Add(time.Hour)) || !f.RunStarted().Equal(start)) {
				return fmt.Errorf("now is %s, started %s", now, f.RunStarted())
			}
			return err
		}},
		"side by side": {want: 3 * time.Hour, do: func(f *runtime.Frame) error {
			return runtime.Chains(f,
				func(f *runtime.Frame) error { return runtime.Run0(f, task(nil, 0), takes(2*time.Hour)) },
				func(f *runtime.Frame) error { return f.Wait(step, 3*time.Hour) },
				func(f *runtime.Frame) error { return nil })
		}},
		"a latch": {want: 5 * time.Hour, do: func(f *runtime.Frame) error {
			var done runtime.Latch
			return runtime.Chains(f,
				func(f *runtime.Frame) error {
					err := f.Wait(step, 2*time.Hour)
					done.Open()
					return err
				},
				func(f *runtime.Frame) error {
					if err := done.Wait(f); err != nil {
						return err
					}
					return f.Wait(step, 3*time.Hour)
				})
		}},
		"a failure ends what sleeps beside it": {want: time.Minute, fails: true, do: func(f *runtime.Frame) error {
			return runtime.Chains(f,
				func(f *runtime.Frame) error { return f.Wait(step, time.Hour) },
				func(f *runtime.Frame) error {
					if err := f.Wait(step, time.Minute); err != nil {
						return err
					}
					return f.Fail(step, "no")
				})
		}},
		"attempts": {want: 3 * time.Hour, fails: true, do: func(f *runtime.Frame) error {
			return runtime.Run0(f, task(&runtime.Retry{At: []time.Duration{time.Hour, 3 * time.Hour}}, 0), failing)
		}},
		"pauses": {want: 7 * time.Second, fails: true, do: func(f *runtime.Frame) error {
			return runtime.Run0(f, task(&runtime.Retry{Times: 3, Min: time.Second, Max: 10 * time.Second}, 0), failing)
		}},
		"an attempt's timeout": {want: 5 * time.Second, fails: true, do: func(f *runtime.Frame) error {
			err := runtime.Run0(f, task(nil, 5*time.Second), takes(time.Hour))
			if err != nil && runtime.Declared(err) != (runtime.TimedOut{}) {
				return nil
			}
			return err
		}},
		"the workflow's timeout": {want: time.Minute, fails: true, workflow: runtime.Workflow{Name: "W", Timeout: time.Minute},
			do: func(f *runtime.Frame) error { return f.Wait(step, time.Hour) }},
		"a timeout that isn't needed": {want: time.Second, do: func(f *runtime.Frame) error {
			return runtime.Run0(f, task(nil, time.Hour), takes(time.Second))
		}},
		"a race": {want: time.Minute, do: func(f *runtime.Frame) error {
			return f.Race(step,
				func(f *runtime.Frame) error { return f.Wait(step, time.Hour) },
				func(f *runtime.Frame) error { return f.Wait(step, time.Minute) })
		}},
		"an undo": {want: time.Hour, fails: true, do: func(f *runtime.Frame) error {
			f.Owe(step, takes(time.Hour))
			return f.Fail(step, "no")
		}},
		"rounds": {want: 3 * time.Second, do: func(f *runtime.Frame) error {
			return runtime.EachSeq(f, step, 2, func(yield func(int, int) bool) {
				for i := range 6 {
					if !yield(i, i) {
						return
					}
				}
			}, func(f *runtime.Frame, _, _ int) error { return f.Wait(step, time.Second) })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for range 20 {
				w := c.workflow
				took, err := virtually(&w, c.do)
				if took != c.want || (err != nil) != c.fails {
					t.Fatalf("took %s and gave %v, want %s", took, err, c.want)
				}
			}
		})
	}
}

// TestVirtualClockRace: where all is played, of arms that succeed at one moment the first wins, whichever comes
// first, and a race in an arm is over before the one around it.
func TestVirtualClockRace(t *testing.T) {
	played := runtime.WithStubEverywhere(context.Background(), func(context.Context) ([]byte, error) { return nil, nil })
	outer, inner := &runtime.Step{ID: "race", At: "a.wf:1:1"}, &runtime.Step{ID: "race.arm.race", At: "a.wf:2:1"}
	gives := func(v string, steps int, d time.Duration) func(*runtime.Frame) (string, error) {
		return func(f *runtime.Frame) (string, error) {
			for i := range steps {
				if err := f.Wait(&runtime.Step{ID: fmt.Sprintf("%s%d", v, i), At: "a.wf:3:1"}, 0); err != nil {
					return "", err
				}
				time.Sleep(10 * time.Microsecond) // others go first
			}
			return v, f.Wait(&runtime.Step{ID: v, At: "a.wf:4:1"}, d)
		}
	}
	nested := func(f *runtime.Frame) (string, error) {
		v, err := runtime.Race(f, inner, gives("inner", 3, time.Second), gives("late", 0, time.Second))
		if err == nil {
			err = f.Wait(&runtime.Step{ID: "then", At: "a.wf:5:1"}, 0)
		}
		return v, err
	}
	for name, c := range map[string]struct {
		want string
		arms []func(*runtime.Frame) (string, error)
	}{
		"at once":       {"a", []func(*runtime.Frame) (string, error){gives("a", 3, 0), gives("b", 0, 0), gives("c", 0, 0)}},
		"after a while": {"a", []func(*runtime.Frame) (string, error){gives("a", 3, time.Second), gives("b", 0, time.Second)}},
		"the earlier":   {"b", []func(*runtime.Frame) (string, error){gives("a", 0, 2), gives("b", 3, 1)}},
		"a race inside": {"inner", []func(*runtime.Frame) (string, error){nested, gives("b", 0, time.Second)}},
	} {
		t.Run(name, func(t *testing.T) {
			for range 50 {
				var v string
				_, err := virtuallyIn(played, &runtime.Workflow{Name: "W"}, func(f *runtime.Frame) (err error) {
					v, err = runtime.Race(f, outer, c.arms...)
					return err
				})
				if v != c.want || err != nil {
					t.Fatalf("%q won, with %v, want %q", v, err, c.want)
				}
			}
		})
	}
}

// TestVirtualClockAtRandom: however steps that sleep are nested, the clock shows how
// long the longest way through them is.
func TestVirtualClockAtRandom(t *testing.T) {
	step := &runtime.Step{ID: "step", At: "a.wf:1:1"}
	r := rand.New(rand.NewPCG(1, 2))
	var random func(depth int) (time.Duration, string, func(*runtime.Frame) error)
	random = func(depth int) (time.Duration, string, func(*runtime.Frame) error) {
		if depth == 0 {
			d := time.Duration(r.IntN(10)) * time.Second
			return d, d.String(), func(f *runtime.Frame) error { return f.Wait(step, d) }
		}
		kind := r.IntN(3)
		var total time.Duration
		text := []string{"one after the other", "side by side", "race"}[kind] + "("
		var parts []func(*runtime.Frame) error
		for i := range 1 + r.IntN(4) {
			d, inner, part := random(depth - 1)
			text += inner + " "
			parts = append(parts, part)
			switch {
			case kind == 0:
				total += d
			case kind == 1:
				total = max(total, d)
			case i == 0 || d < total:
				total = d
			}
		}
		return total, text + ")", func(f *runtime.Frame) error {
			switch kind {
			case 1:
				return runtime.Chains(f, parts...)
			case 2:
				return f.Race(step, parts...)
			}
			for _, part := range parts {
				if err := part(f); err != nil {
					return err
				}
			}
			return nil
		}
	}
	for range 300 {
		want, text, do := random(3)
		if took, err := virtually(&runtime.Workflow{Name: "W"}, do); took != want || err != nil {
			t.Fatalf("%s took %s and gave %v, want %s", text, took, err, want)
		}
	}
}
