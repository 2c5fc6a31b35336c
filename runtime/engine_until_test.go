package runtime_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/memory"
)

// TestAwaitUntil awaits until a time what never comes, in a process that ends meanwhile: it
// is out of time at that moment, and not so long after it has begun anew.
func TestAwaitUntil(t *testing.T) {
	end := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	run := &runtime.Task[int]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	ask := step("p")
	for name, wait := range map[string]func(f *runtime.Frame, until time.Time) error{
		"event": func(f *runtime.Frame, until time.Time) error {
			_, err := runtime.AwaitUntil(f, task, &paid, until, "o1")
			return err
		},
		"run": func(f *runtime.Frame, until time.Time) error {
			_, err := runtime.AwaitRunUntil(f, run, f.RunID(), until)
			return err
		},
		"approve": func(f *runtime.Frame, until time.Time) error {
			_, err := f.ApproveUntil(&ask, "?", "", until)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, j := workflow("Late"), memory.New()
			def := define(w, func(f *runtime.Frame) (int, error) { return 0, wait(f, end) })
			e := open(t, t.Context(), j, def)
			r := submit[int](t, e, w)
			until(t, e, r.ID(), runtime.StatusWaiting)
			e.Close()

			clock := runtime.NewVirtualClock(end.Add(-time.Hour))
			e = open(t, runtime.WithClock(t.Context(), clock), j, def)
			again, err := e.Run(t.Context(), r.ID())
			if err != nil {
				t.Fatal(err)
			}
			_, err = again.ResultJSON(t.Context())
			if runtime.Declared(err) != (runtime.TimedOut{}) || !strings.Contains(err.Error(), "timed out at "+end.Format(time.RFC3339)) || !clock.Now().Equal(end) {
				t.Errorf("at %v: %v", clock.Now(), err)
			}
		})
	}
}

// TestAwaitUntilPast: what is awaited until a time that is past is what was sent before it.
func TestAwaitUntilPast(t *testing.T) {
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	ctx, _ := virtual(t)
	w, nap := workflow("Late"), step("nap")
	def := define(w, func(f *runtime.Frame) (float64, error) {
		if err := f.Wait(&nap, 45*time.Minute); err != nil {
			return 0, err
		}
		p, err := runtime.AwaitUntil(f, task, &paid, f.RunStarted().Add(30*time.Minute), "o1")
		return p.Amount, err
	})
	e := open(t, ctx, memory.New(), def)
	pay(t, e, 3)
	if v, err := result(t, submit[float64](t, e, w)); v != 3 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if _, err := result(t, submit[float64](t, e, w)); runtime.Declared(err) != (runtime.TimedOut{}) {
		t.Errorf("without an event: %v", err)
	}
}
