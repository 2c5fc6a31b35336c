package runtime_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// TestDurableRaceArm: the winner of a race is recorded by its arm's id, so that it is the
// same whatever the order of the arms, and holds the execution where it is gone. A journal
// may have the index.
func TestDurableRaceArm(t *testing.T) {
	for _, c := range []struct {
		name    string
		first   []string // the arms' ids when the race is run; nil where code has none
		then    []string
		want    int
		problem string
	}{
		{"swapped", []string{"slow", "fast"}, []string{"fast", "slow"}, 5, ""},
		{"gone", []string{"slow", "fast"}, []string{"slow", "other"}, 0, `won by its arm "fast", which it doesn't have now`},
		{"by index", nil, []string{"slow", "fast"}, 5, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, j := workflow("Race"), memory.New()
			begun := make(chan bool, 2)
			def := func(ids []string, last func(context.Context) error) *runtime.Definition {
				race, slow, end := step("r"), step("r.slow.wait"), task("end")
				race.Arms, end.Effect = ids, runtime.Idempotent
				arms := map[string]func(*runtime.Frame) (int, error){
					"slow": func(f *runtime.Frame) (int, error) { return 999, f.Wait(&slow, time.Hour) },
					"fast": func(f *runtime.Frame) (int, error) { return 5, nil },
				}
				arms["other"] = arms["fast"]
				if ids == nil {
					ids = []string{"slow", "fast"}
				}
				return define(w, func(f *runtime.Frame) (int, error) {
					v, err := runtime.Race(f, &race, arms[ids[0]], arms[ids[1]])
					if err == nil {
						err = runtime.Run0(f, end, last)
					}
					return v, err
				})
			}
			e := open(t, t.Context(), j, def(c.first, func(ctx context.Context) error { begun <- true; <-ctx.Done(); return ctx.Err() }))
			submit[int](t, e, w, runtime.ID("x"))
			<-begun
			e.Close()
			e = open(t, t.Context(), j, def(c.then, func(context.Context) error { return nil }))
			v, err := result(t, submit[int](t, e, w, runtime.ID("x")))
			if c.problem != "" {
				if err == nil || !strings.Contains(err.Error(), c.problem) {
					t.Errorf("got %v, %v", v, err)
				}
			} else if v != c.want || err != nil {
				t.Errorf("got %v, %v", v, err)
			}
		})
	}
}

// TestDurableRetryUndo: what a sub-workflow has done in its second attempt, and was undone,
// is done again, also where the sub-workflow itself had succeeded.
func TestDurableRetryUndo(t *testing.T) {
	w, inner, world := workflow("Order"), workflow("Inner"), &world{}
	inv, reserve, release, charge := sub("inv"), task("reserve"), step("reserve.undo"), task("charge")
	inv.Retry = &runtime.Retry{Times: 1, Min: time.Millisecond, Max: time.Millisecond}
	reserve.Effect, charge.Effect, release.Effect = runtime.Idempotent, runtime.Idempotent, runtime.Idempotent
	tries, fails := 0, true
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		err := runtime.Run0(f, inv, func(ctx context.Context) error {
			return execute(ctx, inner, func(f *runtime.Frame) error {
				if err := runtime.Run0(f, reserve, func(ctx context.Context) error {
					world.call(ctx, "reserve")
					if tries++; tries == 1 {
						return errBoom
					}
					return nil
				}); err != nil {
					return err
				}
				f.Owe(&release, func(ctx context.Context) error { world.call(ctx, "release"); return nil })
				return nil
			})
		})
		if err != nil {
			return 0, err
		}
		return 1, runtime.Run0(f, charge, func(context.Context) error {
			if fails {
				return errBoom
			}
			return nil
		})
	}))
	if _, err := result(t, submit[int](t, e, w, runtime.ID("x"))); err == nil {
		t.Fatal("it succeeds")
	}
	fails = false
	if err := e.Retry(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, submit[int](t, e, w, runtime.ID("x"))); v != 1 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if got := strings.Join(world.lines, " "); got != "reserve reserve release reserve" {
		t.Errorf("called are %s", got)
	}
}

// TestDurableRetryOld: of an execution that an engine before has ended, which hasn't recorded
// what it ended with, all that has failed begins anew.
func TestDurableRetryOld(t *testing.T) {
	w, j, world := workflow("Add"), memory.New(), &world{}
	e := open(t, t.Context(), j, adder(w, world))
	if _, err := result(t, submit[int](t, e, w, runtime.ID("a"))); err != nil {
		t.Fatal(err)
	}
	e.Close()
	if err := j.Update(t.Context(), func(tx journal.Tx) error {
		records, err := tx.Records("a", 0, 0)
		if err != nil {
			return err
		}
		x, err := tx.Execution("a")
		if err != nil {
			return err
		}
		x.ID, x.State = "old", journal.State{Status: runtime.StatusFailed, Generation: 1, Ended: time.Now()}
		if err := tx.Create(x); err != nil {
			return err
		}
		for i := range records {
			switch records[i].Kind {
			case journal.Ended:
				records[i].Data = []byte(`{"text": "boom"}`)
			case journal.Done:
				if records[i].Step == "s1" {
					records[i].Kind, records[i].Data = journal.Failed, []byte(`{"text": "boom"}`)
				}
			}
		}
		return tx.Append("old", records)
	}); err != nil {
		t.Fatal(err)
	}
	before := len(world.lines)
	e = open(t, t.Context(), j, adder(w, world))
	if err := e.Retry(t.Context(), "old"); err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, submit[int](t, e, w, runtime.ID("old"))); v != 3 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if got := strings.Join(world.lines[before:], " "); got != "s1" {
		t.Errorf("called are %s", got)
	}
}
