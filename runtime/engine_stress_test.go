package runtime_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"context"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// An account has several payments to its number.
type account struct {
	Number int `json:"number"`
}

// collecting adds up three payments, each of which it awaits beside a wait that takes
// long.
func collecting(w *runtime.Workflow) *runtime.Definition {
	await := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	note, nap, race, rounds := intTask("note"), step("nap"), step("race"), step("rounds")
	return runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, in account) (total float64, err error) {
		f := runtime.Start(ctx, w)
		defer runtime.End(f, &total, &err)
		i, total := runtime.FirstRound(f, &rounds, 0.0)
		for ; i < 3; i++ {
			f := runtime.NextRound(f, &rounds, i, total)
			amount, err := runtime.Race(f, &race,
				func(f *runtime.Frame) (float64, error) {
					p, err := runtime.Await(f, await, &paid, 0, fmt.Sprint(in.Number))
					return p.Amount, err
				},
				func(f *runtime.Frame) (float64, error) { return 0, f.Wait(&nap, time.Hour) })
			if err != nil {
				return 0, err
			}
			total += amount
			if _, err := runtime.Call0(f, note, func(ctx context.Context) (int, error) { return 1, nil }); err != nil {
				return 0, err
			}
		}
		return total, nil
	})
}

// TestDurableStress has executions that are parked and woken all the time, paused and
// resumed, on engines that are closed and opened again, and looks for one that is lost,
// or a payment that was taken twice.
func TestDurableStress(t *testing.T) {
	const accounts, engines = 60, 25
	w, j := workflow("Collect"), memory.New()
	w.Version = 1
	var mu sync.Mutex // of engine
	var engine *runtime.Engine
	current := func() *runtime.Engine {
		mu.Lock()
		defer mu.Unlock()
		return engine
	}
	reopen := func() {
		mu.Lock()
		defer mu.Unlock()
		if engine != nil {
			engine.Close()
		}
		e, err := runtime.Open(t.Context(), j, runtime.NewRegistry("{}", collecting(w)))
		if err != nil {
			t.Fatal(err)
		}
		engine = e
	}
	reopen()
	id := func(n int) string { return fmt.Sprint("account ", n) }
	for n := range accounts {
		if _, err := runtime.Submit[float64](t.Context(), current(), w, account{n}, runtime.ID(id(n))); err != nil {
			t.Fatal(err)
		}
	}
	want := make([]float64, accounts)
	var others sync.WaitGroup
	for n := range accounts {
		random := rand.New(rand.NewPCG(uint64(n), 5))
		others.Go(func() {
			for i := range 3 {
				amount := float64(random.IntN(100) + 1)
				want[n] += amount
				time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
				for {
					err := runtime.Send(t.Context(), current(), &paid, payment{fmt.Sprint(n), amount}, runtime.MessageID(fmt.Sprint(n, "/", i)))
					if err == nil {
						break
					}
					if !errors.Is(err, runtime.ErrClosed) {
						t.Error(err)
						return
					}
				}
				if random.IntN(3) == 0 {
					_ = current().Pause(t.Context(), id(n)) // the execution may have ended, or the engine
					time.Sleep(time.Millisecond)
					for errors.Is(current().Resume(t.Context(), id(n)), runtime.ErrClosed) {
						time.Sleep(time.Millisecond)
					}
				}
			}
		})
	}
	for range engines {
		time.Sleep(3 * time.Millisecond)
		reopen()
	}
	others.Wait()
	defer engine.Close()
	for n := range accounts {
		for errors.Is(engine.Resume(t.Context(), id(n)), runtime.ErrClosed) {
			t.Fatal("closed")
		}
		r, err := runtime.Submit[float64](t.Context(), engine, w, account{n}, runtime.ID(id(n)))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		got, err := r.Result(ctx)
		cancel()
		if err != nil || got != want[n] {
			x, _ := engine.Get(t.Context(), id(n))
			t.Fatalf("%s: got %v, %v, want %v; it is %s\n%s", id(n), got, err, want[n], x.Status, recordsText(t, engine, id(n)))
		}
	}
}

// recordsText shows what is recorded of an execution.
func recordsText(t *testing.T, e *runtime.Engine, id string) string {
	t.Helper()
	records, err := e.History(t.Context(), id, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return show(records)
}

func show(records []journal.Record) string {
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "%d %s %s %s\n", r.N, r.Kind, r.Step, r.Data)
	}
	return b.String()
}

// TestDurableCancelCut cancels an execution that owes undos, and has it go on from each
// state of its journal since: all of them are run, the last first.
func TestDurableCancelCut(t *testing.T) {
	w, j := workflow("Order"), memory.New()
	await := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	definition := func(world *world) *runtime.Definition {
		return define(w, func(f *runtime.Frame) (int, error) {
			for i := range 3 {
				reserve, undo := intTask(fmt.Sprintf("r%d", i)), step(fmt.Sprintf("r%d.undo", i))
				undo.Effect = runtime.Idempotent
				n, err := runtime.Call0(f, reserve, func(ctx context.Context) (int, error) { return i, nil })
				if err != nil {
					return 0, err
				}
				f.Owe(&undo, func(ctx context.Context) error { world.call(ctx, fmt.Sprint("undo ", i)); return nil }, n)
			}
			_, err := runtime.Await(f, await, &paid, 0, "o1")
			return 0, err
		})
	}
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	e := open(t, t.Context(), j, definition(&world{}))
	r := submit[int](t, e, w, runtime.ID("c"))
	until(t, e, "c", runtime.StatusWaiting)
	if err := r.Cancel(t.Context(), "no more"); err != nil {
		t.Fatal(err)
	}
	if _, err := result(t, r); err == nil {
		t.Fatal("it succeeds")
	}
	e.Close()
	cancelled := 0
	for i, state := range states {
		var before []string
		x := executionIn(t, state, "c", func(r journal.Record) {
			if r.Kind == journal.Undone {
				before = append(before, "undo "+r.Step[1:2])
			}
		})
		if x == nil || x.Cancel == "" {
			continue
		}
		cancelled++
		world := &world{}
		e := open(t, t.Context(), state, definition(world))
		r := submit[int](t, e, w, runtime.ID("c"))
		if _, err := result(t, r); err == nil || !strings.Contains(err.Error(), "no more") {
			t.Errorf("from state %d: got %v", i, err)
		}
		if got := strings.Join(append(before, world.lines...), ", "); got != "undo 2, undo 1, undo 0" {
			t.Errorf("from state %d: %s", i, got)
		}
		e.Close()
	}
	if cancelled < 4 {
		t.Errorf("only %d states", cancelled)
	}
}

// executionIn gives an execution of a journal, and its records; nil where there is none.
func executionIn(t *testing.T, j journal.Journal, id string, each func(journal.Record)) (x *journal.Execution) {
	t.Helper()
	err := j.View(t.Context(), func(tx journal.Tx) (err error) {
		if x, err = tx.Execution(id); x == nil || err != nil {
			return err
		}
		records, err := tx.Records(id, 0, 0)
		for _, r := range records {
			each(r)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}
