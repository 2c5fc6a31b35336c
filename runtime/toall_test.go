package runtime_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

var alarm = runtime.Topic[payment]{
	Name: "Alarm", All: true, Keep: time.Hour, Keys: func(p payment) []any { return []any{p.Order} },
}

// listening defines a workflow that awaits n alarms, one after the other.
func listening(w *runtime.Workflow, n int) *runtime.Definition {
	loop, task := step("loop"), &runtime.Task[payment]{Step: runtime.Step{ID: "a", At: "test.wf:2:3"}}
	return define(w, func(f *runtime.Frame) (heard []float64, err error) {
		for i := range n {
			p, err := runtime.Await(f.Round(&loop, i), task, &alarm, 0, "o1")
			if err != nil {
				return nil, err
			}
			heard = append(heard, p.Amount)
		}
		return heard, nil
	})
}

func sound(t *testing.T, e *runtime.Engine, amount float64) {
	t.Helper()
	if err := runtime.Send(t.Context(), e, &alarm, payment{"o1", amount}, runtime.MessageID(fmt.Sprint(amount))); err != nil {
		t.Fatal(err)
	}
}

// TestToAll: each execution gets each event that was sent since it began, in their order,
// whether it awaits it before or after, in memory or not.
func TestToAll(t *testing.T) {
	w := workflow("Listen")
	e := open(t, t.Context(), memory.New(), listening(w, 3))
	a, b := submit[[]float64](t, e, w), submit[[]float64](t, e, w)
	until(t, e, a.ID(), runtime.StatusWaiting)
	sound(t, e, 1)
	sound(t, e, 2)
	time.Sleep(time.Millisecond)
	late := submit[[]float64](t, e, w)
	sound(t, e, 3)
	sound(t, e, 3)
	sound(t, e, 4)
	sound(t, e, 5)
	for r, want := range map[*runtime.Run[[]float64]][]float64{a: {1, 2, 3}, b: {1, 2, 3}, late: {3, 4, 5}} {
		if v, err := result(t, r); !slices.Equal(v, want) || err != nil {
			t.Errorf("got %v, %v, want %v", v, err, want)
		}
	}
}

// TestToAllSideBySide: of the steps of one execution one gets the event.
func TestToAllSideBySide(t *testing.T) {
	w := workflow("Listen")
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) ([]float64, error) {
		loop, task := step("for"), &runtime.Task[payment]{Step: runtime.Step{ID: "a", At: "test.wf:2:3"}}
		return runtime.Map(f, &loop, 0, []int{0, 1, 2}, func(f *runtime.Frame, _, _ int) (float64, error) {
			p, err := runtime.Await(f, task, &alarm, 0, "o1")
			return p.Amount, err
		})
	}))
	r := submit[[]float64](t, e, w)
	sound(t, e, 1)
	until(t, e, r.ID(), runtime.StatusWaiting)
	sound(t, e, 2)
	sound(t, e, 3)
	v, err := result(t, r)
	slices.Sort(v)
	if !slices.Equal(v, []float64{1, 2, 3}) || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

// TestToAllAcrossCrashes has executions go on from each state of their journal, with all that
// is sent since sent again: they hear what they would have.
func TestToAllAcrossCrashes(t *testing.T) {
	w, j := workflow("Listen"), memory.New()
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	listen := func(j journal.Journal) map[string][]float64 {
		e := open(t, t.Context(), j, listening(w, 3))
		defer e.Close()
		heard := map[string][]float64{}
		runs := []*runtime.Run[[]float64]{submit[[]float64](t, e, w, runtime.ID("a")), submit[[]float64](t, e, w, runtime.ID("b"))}
		for i := range 3 {
			sound(t, e, float64(i))
		}
		for _, r := range runs {
			v, err := result(t, r)
			if err != nil {
				t.Error(err)
			}
			heard[r.ID()] = v
		}
		return heard
	}
	want := map[string][]float64{"a": {0, 1, 2}, "b": {0, 1, 2}}
	if got := listen(j); !cmp.Equal(got, want) {
		t.Errorf("heard %v", got)
	}
	began := 0
	for i, state := range slices.Clone(states) {
		if recordsOf(t, state, "a") == nil || recordsOf(t, state, "b") == nil {
			continue // one isn't there yet, which then begins after something was sent
		}
		began++
		if got := listen(state.Clone()); !cmp.Equal(got, want) {
			t.Errorf("from state %d: heard %v", i, got)
		}
	}
	if began < 4 {
		t.Errorf("only %d states have both", began)
	}
}

// TestToAllRace: in a loop around a race nothing is heard twice or out of order, whatever is
// given back. What an arm has got that has come to its end and loses is used up.
func TestToAllRace(t *testing.T) {
	const last = 200
	w := workflow("Listen")
	loop, race, nap := step("loop"), step("r"), step("r.nap")
	race.Arms = []string{"alarm", "nap"}
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "r.alarm", At: "test.wf:2:3"}}
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) (heard []float64, err error) {
		for i := 0; len(heard) == 0 || heard[len(heard)-1] < last; i++ {
			v, err := runtime.Race(f.Round(&loop, i), &race,
				func(f *runtime.Frame) (float64, error) {
					p, err := runtime.Await(f, task, &alarm, 0, "o1")
					return p.Amount, err
				},
				func(f *runtime.Frame) (float64, error) { return 0, f.Wait(&nap, 300*time.Microsecond) })
			switch {
			case err != nil:
				return nil, err
			case v > 0:
				heard = append(heard, v)
			}
		}
		return heard, nil
	}))
	a, b := submit[[]float64](t, e, w), submit[[]float64](t, e, w)
	for i := 1.0; i <= last; i++ {
		sound(t, e, i)
	}
	for _, r := range []*runtime.Run[[]float64]{a, b} {
		v, err := result(t, r)
		if err != nil || !slices.IsSorted(v) || len(slices.Compact(slices.Clone(v))) != len(v) {
			t.Errorf("heard %v, %v", v, err)
		}
	}
}
