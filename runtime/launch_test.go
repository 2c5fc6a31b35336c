package runtime_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/memory"
)

// launching defines a workflow that starts a child and awaits its end.
func launching(w, child *runtime.Workflow, input any) *runtime.Definition {
	launch, end := step("id"), intTask("end")
	return define(w, func(f *runtime.Frame) (int, error) {
		id, err := f.Launch(&launch, child, input)
		if err != nil {
			return 0, err
		}
		return runtime.AwaitRun(f, end, id, 0)
	})
}

func giving(w *runtime.Workflow, n int) *runtime.Definition {
	return define(w, func(f *runtime.Frame) (int, error) { return n, nil })
}

// TestLaunchTaken: a step whose child's id is taken has failed, for good: also when what
// is recorded is read by the next engine, from whatever state.
func TestLaunchTaken(t *testing.T) {
	child, other, parent := workflow("Child"), workflow("Other"), workflow("Parent")
	definitions := []*runtime.Definition{giving(child, 1), giving(other, 2), launching(parent, child, struct{}{})}
	for _, taker := range []*runtime.Workflow{child, other} {
		fails := func(when string, err error) {
			t.Helper()
			want := "there is an execution p/id already, of " + taker.Name + ", which this step hasn't started"
			if err == nil || !strings.Contains(err.Error(), "Parent: id: "+want) {
				t.Errorf("%s: got %v, want %s", when, err, want)
			}
		}
		j := memory.New()
		e := open(t, t.Context(), j, definitions...)
		submit[int](t, e, taker, runtime.ID("p/id"))
		e.Close()
		var states []*memory.Journal
		j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
		e = open(t, t.Context(), j, definitions...)
		_, err := result(t, submit[int](t, e, parent, runtime.ID("p")))
		fails("at first", err)
		e.Close()
		for i, state := range states {
			e := open(t, t.Context(), state, definitions...)
			r, err := e.Run(t.Context(), "p")
			if unknown := new(runtime.UnknownError); errors.As(err, &unknown) {
				continue
			}
			_, err = result(t, r)
			fails(fmt.Sprint("from state ", i), err)
			e.Close()
		}
	}
}

// TestLaunchUnregistered: a child that the engine can't run isn't started.
func TestLaunchUnregistered(t *testing.T) {
	child, parent := workflow("Child"), workflow("Parent")
	same := workflow("Child") // of another package
	for name, definitions := range map[string][]*runtime.Definition{
		"none": {launching(parent, child, struct{}{})}, "of another package": {launching(parent, child, struct{}{}), giving(same, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			e := open(t, t.Context(), memory.New(), definitions...)
			_, err := result(t, submit[int](t, e, parent, runtime.ID("p")))
			if err == nil || !strings.Contains(err.Error(), "the engine has no workflow Child") || runtime.FailedStep(err) != "id" {
				t.Errorf("got %v", err)
			}
			if x, err := e.Get(t.Context(), "p/id"); err == nil {
				t.Errorf("there is %+v", x)
			}
		})
	}
}

// TestLaunchAndSubmit: a step and a caller that want one id at the same time both come to
// their end, and one execution has the id.
func TestLaunchAndSubmit(t *testing.T) {
	child, parent := workflow("Child"), workflow("Parent")
	e := open(t, t.Context(), memory.New(), giving(child, 1), launching(parent, child, struct{}{}))
	var wg sync.WaitGroup
	deadline := time.AfterFunc(30*time.Second, func() { panic("an execution doesn't end") })
	defer deadline.Stop()
	for i := range 500 {
		id := fmt.Sprint("p", i)
		wg.Go(func() {
			v, err := submit[int](t, e, parent, runtime.ID(id)).Result(t.Context())
			if taken := err != nil && strings.Contains(err.Error(), "hasn't started"); v != 1 && !taken {
				t.Errorf("the parent gives %v, %v", v, err)
			}
		})
		wg.Go(func() {
			v, err := submit[int](t, e, child, runtime.ID(id+"/id")).Result(t.Context())
			if v != 1 || err != nil {
				t.Errorf("the child gives %v, %v", v, err)
			}
		})
	}
	wg.Wait()
}

// TestLaunchRefusedAgain: a refusal is the same error when it has just happened as when it
// is read from its record.
func TestLaunchRefusedAgain(t *testing.T) {
	child, parent := workflow("Child"), workflow("Parent")
	launch, seen := step("id"), []error(nil)
	e := open(t, t.Context(), memory.New(), giving(child, 1), define(parent, func(f *runtime.Frame) (int, error) {
		_, err := f.Launch(&launch, child, struct{}{})
		seen = append(seen, err)
		if !f.Caught(err) {
			return 0, err
		}
		_, err = await(f, "p", "o1")
		return 1, err
	}))
	submit[int](t, e, child, runtime.ID("p/id"))
	r := submit[int](t, e, parent, runtime.ID("p"))
	until(t, e, "p", runtime.StatusWaiting)
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Fatal(err)
	}
	if _, err := result(t, r); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 {
		t.Fatalf("it was run %d times", len(seen))
	}
	if errors.Is(seen[0], runtime.ErrExists) != errors.Is(seen[1], runtime.ErrExists) || seen[0].Error() != seen[1].Error() {
		t.Errorf("first %v, then %v", seen[0], seen[1])
	}
}
