package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/pure"
)

// TestRecordedFailure: what a failure says of its step, or of an input, it says after the
// process has ended, too.
func TestRecordedFailure(t *testing.T) {
	fail := func(context.Context) (int, error) { return 0, errBoom }
	retried := intTask("a[3].pay")
	retried.Retry = &runtime.Retry{Times: 2}
	undo := step("a.undo")
	for name, body := range map[string]func(f *runtime.Frame) (int, error){
		"a step":        func(f *runtime.Frame) (int, error) { return runtime.Call0(f, intTask("pay"), fail) },
		"a third try":   func(f *runtime.Frame) (int, error) { return runtime.Call0(f, retried, fail) },
		"a guard":       func(f *runtime.Frame) (int, error) { s := step("fail"); return 0, f.Fail(&s, "no more") },
		"no step":       func(f *runtime.Frame) (int, error) { panic(errBoom) },
		"several lines": func(f *runtime.Frame) (int, error) { s := step("fail"); return 0, f.Fail(&s, "a\nb \xff: (attempt 2)") },
		"an input": func(f *runtime.Frame) (int, error) {
			c := pure.NewCheck("")
			c.Violation("n", "n > 0", 0)
			c.Violation("m", "m != \"\"", "")
			return 0, f.Invalid(c)
		},
		"a step's result": func(f *runtime.Frame) (int, error) {
			task := intTask("ask")
			task.Check = func(_ context.Context, v int) (int, error) {
				return v, &pure.InvalidError{Problems: []pure.Problem{{Path: "n", Text: "bad"}}, Omitted: 2}
			}
			return runtime.Call0(f, task, func(context.Context) (int, error) { return 1, nil })
		},
		"an undo, too": func(f *runtime.Frame) (int, error) {
			f.Owe(&undo, func(context.Context) error { return errors.New("stuck") })
			return runtime.Call0(f, retried, fail)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, j := workflow("W"), memory.New()
			ctx, _ := virtual(t)
			e := open(t, ctx, j, define(w, body))
			_, fresh := result(t, submit[int](t, e, w, runtime.ID("x")))
			e.Close()
			r, err := open(t, ctx, j, define(w, body)).Run(t.Context(), "x")
			if err != nil {
				t.Fatal(err)
			}
			_, recorded := result(t, r)
			if diff := cmp.Diff(told(fresh), told(recorded)); diff != "" {
				t.Errorf("(-fresh +recorded):\n%s", diff)
			}
			if failed, ok := errors.AsType[*runtime.Error](recorded); !ok || failed.At == "" || failed.Workflow != "W" {
				t.Errorf("it is of %+v", failed)
			}
		})
	}
}

// A failure is what there is to know of one.
type failure struct {
	Text, Message, Step, At string
	Attempt                 int
	Input, Problems         *pure.InvalidError
}

func told(err error) failure {
	f := failure{Text: printable(err.Error()), Message: printable(pure.Message(err)), Step: runtime.FailedStep(err), Input: runtime.InvalidInput(err)}
	f.Problems, _ = errors.AsType[*pure.InvalidError](err)
	if e, ok := errors.AsType[*runtime.Error](err); ok {
		f.At, f.Attempt = e.At, e.Attempt
	}
	return f
}

// TestRecordedFailureOfOldJournal: earlier releases haven't recorded where it was.
func TestRecordedFailureOfOldJournal(t *testing.T) {
	j := memory.New()
	err := j.Update(t.Context(), func(tx journal.Tx) error {
		x := &journal.Execution{ID: "x", Workflow: "W", Input: []byte("{}"), State: journal.State{Status: journal.StatusFailed, Generation: 1, Error: "w.wf:1:2: W: pay: boom"}}
		x.Ended = time.Unix(1, 0)
		if err := tx.Create(x); err != nil {
			return err
		}
		return tx.Append("x", []journal.Record{{N: 1, Kind: journal.Ended, Data: []byte(`{"text":"w.wf:1:2: W: pay: boom","message":"boom"}`)}})
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := open(t, t.Context(), j).Run(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	_, err = result(t, r)
	if got := told(err); got.Message != "boom" || got.Step != "" || got.Input != nil || errors.As(err, new(*runtime.Error)) {
		t.Errorf("got %+v", got)
	}
}

// printable is a text as JSON can hold it.
func printable(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
