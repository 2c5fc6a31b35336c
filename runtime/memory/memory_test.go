package memory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

func update(t testing.TB, j *memory.Journal, do func(journal.Tx) error) {
	t.Helper()
	if err := j.Update(context.Background(), do); err != nil {
		t.Fatal(err)
	}
}

func lastN(t *testing.T, j *memory.Journal) (n int) {
	t.Helper()
	err := j.View(context.Background(), func(tx journal.Tx) (err error) {
		n, err = tx.LastN("a")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Every commit is a journal from which another history can go on.
func TestOnCommit(t *testing.T) {
	j := memory.New()
	var moments []*memory.Journal
	j.OnCommit(func(c *memory.Journal) { moments = append(moments, c) })
	update(t, j, func(tx journal.Tx) error { return tx.Create(&journal.Execution{ID: "a"}) })
	for n := range 100 {
		update(t, j, func(tx journal.Tx) error { return tx.Append("a", []journal.Record{{N: n + 1}}) })
		_ = j.Update(context.Background(), func(tx journal.Tx) error { return errors.New("not stored") })
	}
	if len(moments) != 101 {
		t.Fatalf("%d commits were told, want 101", len(moments))
	}
	for i, m := range moments {
		if n := lastN(t, m); n != i {
			t.Errorf("after commit %d there are %d records", i, n)
		}
		update(t, m, func(tx journal.Tx) error { return tx.Append("a", []journal.Record{{N: 1000 + i}}) })
	}
	for i, m := range moments {
		if n := lastN(t, m); n != 1000+i {
			t.Errorf("the copy of commit %d ends with record %d: it isn't independent", i, n)
		}
	}
	if n := lastN(t, j); n != 100 {
		t.Errorf("the journal itself ends with record %d", n)
	}
}

func TestCloneOfAClosedJournal(t *testing.T) {
	j := memory.New()
	update(t, j, func(tx journal.Tx) error { return tx.Create(&journal.Execution{ID: "a"}) })
	_ = j.Close()
	if err := j.View(context.Background(), func(journal.Tx) error { return nil }); err == nil {
		t.Error("the closed journal is still there")
	}
	update(t, j.Clone(), func(tx journal.Tx) error { return tx.Append("a", []journal.Record{{N: 1}}) })
}

// BenchmarkMillionWaiting says what a step costs beside a million executions that wait.
func BenchmarkMillionWaiting(b *testing.B) {
	j, start := memory.New(), time.Unix(0, 0)
	for batch := range 1000 {
		update(b, j, func(tx journal.Tx) error {
			for i := range 1000 {
				n := batch*1000 + i
				e := journal.Execution{ID: fmt.Sprintf("%08x", n*7919%1000003)}
				e.Status, e.Wake = journal.StatusWaiting, start.Add(time.Duration(n)*time.Second)
				if err := tx.Create(&e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	now := start
	for b.Loop() {
		now = now.Add(time.Second)
		update(b, j, func(tx journal.Tx) error {
			if _, err := tx.NextWake(); err != nil {
				return err
			}
			ids, err := tx.Due(now, 1)
			if err != nil {
				return err
			}
			return tx.SetState(ids[0], journal.State{Status: journal.StatusWaiting, Wake: now.Add(1e6 * time.Second)})
		})
	}
}
