package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// TestLockedElsewhere has another process hold the file's lock for longer than SQLite waits
// for it: who waits for an execution is told, and it goes on when the lock is gone.
func TestLockedElsewhere(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits until SQLite waits no longer")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	j, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	w := &runtime.Workflow{Name: "Two", Version: 1, At: "test.wf:1:1"}
	called, goOn := make(chan bool, 100), make(chan bool) // it is called again after the failure
	one, two := &runtime.Task[int]{Step: runtime.Step{ID: "one", At: "test.wf:2:3", Effect: runtime.Idempotent}}, &runtime.Task[int]{Step: runtime.Step{ID: "two", At: "test.wf:3:3"}}
	e, err := runtime.Open(t.Context(), j, runtime.NewRegistry("{}", runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (n int, err error) {
		f := runtime.Start(ctx, w)
		defer runtime.End(f, &n, &err)
		n, err = runtime.Call0(f, one, func(context.Context) (int, error) {
			called <- true
			<-goOn
			return 3, nil
		})
		if err != nil {
			return 0, err
		}
		return runtime.Call1(f, two, func(_ context.Context, n int) (int, error) { return n + 4, nil }, n)
	})))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	submit := func() (*runtime.Run[int], error) {
		return runtime.Submit[int](t.Context(), e, w, struct{}{}, runtime.ID("x"))
	}
	first, err := submit()
	if err != nil {
		t.Fatal(err)
	}
	<-called
	other, _ := start(t, path, "JOURNAL_LOCK=1")
	close(goOn)

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	told := new(runtime.StoreError)
	if _, err := first.Result(ctx); !errors.As(err, &told) {
		t.Errorf("who waits gets %v", err)
	}
	again, err := submit() // it is in the journal
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for {
		n, err := again.Result(ctx)
		if err == nil {
			if n != 7 {
				t.Errorf("got %d", n)
			}
			return
		}
		if !errors.As(err, &told) {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
