package campaign

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// poisonJournal, in the environment of a process, says that it runs what ends it, on the
// journal of that name.
const poisonJournal = "WFGEN_POISON_JOURNAL"

// poisonRegistry has a workflow whose expression ends the process, and one whose tool takes a while.
func poisonRegistry() (list *runtime.Registry, poison, good *runtime.Workflow) {
	poison, good = &runtime.Workflow{Name: "Poison", At: "p.wf:1:1"}, &runtime.Workflow{Name: "Good", At: "p.wf:9:1"}
	run := func(w *runtime.Workflow, then func()) *runtime.Definition {
		call := &runtime.Task[int]{Step: runtime.Step{ID: "a", At: "p.wf:2:2", Effect: runtime.Idempotent}}
		return runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (n int, err error) {
			f := runtime.Start(ctx, w)
			defer runtime.End(f, &n, &err)
			if n, err = runtime.Call0(f, call, func(context.Context) (int, error) { return 1, nil }); err != nil {
				return 0, err
			}
			if _, err := runtime.Call0(f, &runtime.Task[int]{Step: runtime.Step{ID: "b", At: "p.wf:3:2", Effect: runtime.Idempotent}}, func(context.Context) (int, error) {
				time.Sleep(50 * time.Millisecond)
				return 1, nil
			}); err != nil {
				return 0, err
			}
			then()
			return n, nil
		})
	}
	deadly := func() { // as a Go function that exits
		time.Sleep(20 * time.Millisecond) // until what was done is stored
		os.Exit(9)
	}
	return runtime.NewRegistry("{}", run(poison, deadly), run(good, func() {})), poison, good
}

// TestPoisonProcess runs in a process of its own.
func TestPoisonProcess(t *testing.T) {
	path := os.Getenv(poisonJournal)
	if path == "" {
		t.Skip("what TestPoison runs")
	}
	j, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	list, poison, good := poisonRegistry()
	e, err := runtime.Open(t.Context(), j, list)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ids := []string{"good-1", "good-2", "good-3", "z"}
	for _, id := range ids {
		if _, err := runtime.Submit[int](t.Context(), e, good, struct{}{}, runtime.ID(id)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := runtime.Submit[int](t.Context(), e, poison, struct{}{}, runtime.ID("poison"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		other, err := e.Run(t.Context(), id)
		if err == nil {
			_, err = other.Result(t.Context())
		}
		if err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	var held *runtime.HeldError
	if _, err := r.Result(t.Context()); !errors.As(err, &held) {
		t.Errorf("the poison's result is %v, want a HeldError", err)
	}
}

// What ends the process when it is run is held after three processes have ended in its
// replay, the first having ended when it ran first; its neighbours come to their end, and
// resuming and cancelling work.
func TestPoison(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	for n := 1; ; n++ {
		c := exec.Command(os.Args[0], "-test.run=^TestPoisonProcess$", "-test.timeout=60s")
		c.Env = append(os.Environ(), poisonJournal+"="+path)
		out, err := c.CombinedOutput()
		if err == nil {
			if n != 5 {
				t.Errorf("process %d lived, want the fifth", n)
			}
			break
		}
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 9 || n > 5 {
			t.Fatalf("process %d: %v\n%s", n, err, out)
		}
	}
	j, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	list, _, _ := poisonRegistry()
	e, err := runtime.Open(t.Context(), j, list)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Cancel(t.Context(), "poison", "enough"); err != nil {
		t.Fatal(err)
	}
	r, err := e.Run(t.Context(), "poison")
	if err != nil {
		t.Fatal(err)
	}
	var cancelled *runtime.CancelledError
	if _, err := r.Result(t.Context()); err == nil || !errors.As(err, &cancelled) && err.Error() != "p.wf:1:1: Poison: cancelled: enough" {
		t.Errorf("its result is %v, want that it is cancelled", err)
	}
}
