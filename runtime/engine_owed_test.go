package runtime_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// recorded tells whether an execution has a record of a kind of a step.
func recorded(t *testing.T, j journal.Journal, id, step string, kind journal.Kind) (found bool) {
	t.Helper()
	err := j.View(t.Context(), func(tx journal.Tx) error {
		records, err := tx.Records(id, 0, 0)
		for _, r := range records {
			found = found || r.Step == step && r.Kind == kind
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// owing is a workflow that owes an undo after a step, and is in the midst of another one
// then until it is stopped.
func owing(w *runtime.Workflow, undone *calls) *runtime.Definition {
	return define(w, func(f *runtime.Frame) (int, error) {
		reserve, undo := intTask("reserve"), step("reserve.undo")
		reserve.Owes = true
		n, err := runtime.Call0(f, reserve, func(ctx context.Context) (int, error) { return 1, nil })
		if err != nil {
			return 0, err
		}
		f.Owe(&undo, func(context.Context) error { undone.add(); return nil }, n)
		return runtime.Call1(f, again("second"), func(ctx context.Context, n int) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		}, n)
	})
}

// calls counts calls.
type calls struct {
	mu sync.Mutex
	n  int
}

func (c *calls) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

// take gives how many there were since it was asked last.
func (c *calls) take() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.n
	c.n = 0
	return n
}

// Wherever a process is killed, a step that is recorded as done is owed its undo: an
// execution that is cancelled then, and isn't run once more where it owes nothing, undoes
// what it has done.
func TestCancelledOwes(t *testing.T) {
	w, undone := workflow("Owing"), &calls{}
	def := owing(w, undone)
	j, states := memory.New(), []*memory.Journal(nil)
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	runtime.SetHandOver(func() { time.Sleep(100 * time.Microsecond) }) // batches are small then
	e := open(t, t.Context(), j, def)
	submit[int](t, e, w, runtime.ID("x"))
	for limit := time.Now().Add(10 * time.Second); !recorded(t, j, "x", "reserve.undo", journal.Owed); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("it owes nothing")
		}
	}
	e.Close()
	runtime.SetHandOver(nil)
	undone.take()
	for i, left := range states {
		if !recorded(t, left, "x", "reserve", journal.Done) {
			continue
		}
		without := open(t, t.Context(), left) // as wfgen runs cancel does
		if err := without.Cancel(t.Context(), "x", "enough"); err != nil {
			t.Fatal(err)
		}
		without.Close()
		e := open(t, t.Context(), left, def)
		waitFor(t, e, "x", runtime.StatusCancelled)
		e.Close()
		if n := undone.take(); n != 1 {
			t.Errorf("killed after update %d: reserve is done, and was undone %d times", i, n)
		}
	}
}

// Where a write fails, what is stored after it of a tool that has come to its end says, too,
// that it is owed its undo.
func TestFailedWriteOwes(t *testing.T) {
	for from := int64(1); from < 6; from++ {
		w := workflow("Owing")
		def := owing(w, &calls{})
		memory := memory.New()
		j := &unsteady{Journal: memory, from: from + 1, to: from + 2}
		runtime.SetHandOver(func() { time.Sleep(100 * time.Microsecond) })
		e := open(t, t.Context(), j, def)
		_, _ = runtime.Submit[int](t.Context(), e, w, struct{}{}, runtime.ID("x"))
		time.Sleep(20 * time.Millisecond)
		e.Close()
		runtime.SetHandOver(nil)
		if recorded(t, memory, "x", "reserve", journal.Done) && !recorded(t, memory, "x", "reserve.undo", journal.Owed) {
			t.Errorf("update %d failed: reserve is done, and owed no undo", from)
		}
	}
}

// A tool that wasn't called, since a write beside it failed, isn't taken for interrupted by
// who goes on.
func TestNotCalledIsNotInterrupted(t *testing.T) {
	runtime.SetHandOver(func() { time.Sleep(time.Duration(rand.IntN(50)) * time.Microsecond) })
	defer runtime.SetHandOver(nil)
	for n := range int64(100) {
		w, called := workflow("Side"), &calls{}
		def := define(w, func(f *runtime.Frame) (int, error) {
			err := runtime.Chains(f, func(f *runtime.Frame) error {
				_, err := runtime.Call0(f, intTask("once"), func(context.Context) (int, error) { called.add(); return 1, nil })
				return err
			}, func(f *runtime.Frame) error {
				for i := range 5 {
					said := step(fmt.Sprint("log", i))
					f.Log(&said, "something")
				}
				return nil
			})
			return 0, err
		})
		memory := memory.New()
		e := open(t, t.Context(), &unsteady{Journal: memory, from: 3 + n%3, to: 4 + n%3}, def)
		if r, err := runtime.Submit[int](t.Context(), e, w, struct{}{}, runtime.ID("x")); err == nil {
			_, _ = result(t, r)
		}
		e.Close()
		begun := recorded(t, memory, "x", "once", journal.Attempted)
		over := recorded(t, memory, "x", "once", journal.Returned) || recorded(t, memory, "x", "once", journal.Done)
		if begun && !over && called.take() == 0 {
			t.Fatalf("run %d: the step counts as begun, and nobody has called its tool\n", n)
		}
	}
}
