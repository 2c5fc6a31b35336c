package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/pure"
)

// An amount is an input with a constraint.
type amount struct {
	N int `json:"n"`
}

// paying defines a workflow whose input is an amount above least.
func paying(w *runtime.Workflow, least int) *runtime.Definition {
	return runtime.DefineChecked(runtime.Definition{Workflow: w}, func(c *pure.Check, in amount) {
		if in.N <= least {
			c.Violation("n", "n > 0", in.N)
		}
		_ = 100 / (in.N - 50) // as a condition may divide
	}, func(ctx context.Context, in amount) (v int, err error) {
		f := runtime.Start(ctx, w)
		defer runtime.End(f, &v, &err)
		return in.N, nil
	})
}

// TestSubmitRefusesInput: what breaks a constraint is refused before anything is stored,
// and its id stays free.
func TestSubmitRefusesInput(t *testing.T) {
	w := workflow("Pay")
	j := memory.New()
	e := open(t, t.Context(), j, paying(w, 0))
	for name, submit := range map[string]func(n int, text string) error{
		"by type": func(n int, _ string) error {
			_, err := runtime.Submit[int](t.Context(), e, w, amount{n}, runtime.ID("x"))
			return err
		},
		"by name": func(_ int, text string) error {
			_, err := e.Submit(t.Context(), "Pay", []byte(text), runtime.ID("x"))
			return err
		},
		"without an id": func(_ int, text string) error {
			_, err := e.Submit(t.Context(), "Pay", []byte(text))
			return err
		},
	} {
		err := submit(-1, `{"n": -1}`)
		invalid := runtime.InvalidInput(err)
		if invalid == nil || invalid.Error() != "n: must satisfy n > 0, is -1" || !strings.HasPrefix(err.Error(), "Pay.wf:1:1: Pay: ") {
			t.Errorf("%s: %v", name, err)
		}
		if err := submit(50, `{"n": 50}`); err == nil || !strings.Contains(err.Error(), "divide by zero") {
			t.Errorf("%s: a constraint that can't be worked out: %v", name, err)
		}
	}
	if list, err := e.List(t.Context(), journal.Query{}); len(list) > 0 || err != nil {
		t.Errorf("stored: %v, %v", list, err)
	}
	r, err := runtime.Submit[int](t.Context(), e, w, amount{7}, runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, r); v != 7 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	e.Close()
	e = open(t, t.Context(), j, paying(w, 10)) // as if the constraint were another one by now
	r, err = runtime.Submit[int](t.Context(), e, w, amount{7}, runtime.ID("x"))
	if err != nil {
		t.Fatalf("the same execution is refused: %v", err)
	}
	if v, err := result(t, r); v != 7 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

// TestLaunchRefusesInput: a step that starts a workflow with such an input fails, and
// nothing is started.
func TestLaunchRefusesInput(t *testing.T) {
	w, parent := workflow("Pay"), workflow("Parent")
	j := memory.New()
	for range 2 { // the second time it is read from the journal
		e := open(t, t.Context(), j, paying(w, 0), launching(parent, w, amount{-1}))
		r := submit[int](t, e, parent, runtime.ID("p"))
		_, err := result(t, r)
		invalid, _ := errors.AsType[*pure.InvalidError](err)
		if invalid == nil || invalid.Error() != "n: must satisfy n > 0, is -1" || runtime.FailedStep(err) != "id" || runtime.InvalidInput(err) != nil {
			t.Errorf("got %v", err)
		}
		if _, err := e.Get(t.Context(), "p/id"); err == nil {
			t.Error("the child is stored")
		}
		e.Close()
	}
}
