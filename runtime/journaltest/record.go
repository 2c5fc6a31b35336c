package journaltest

import (
	"context"
	"fmt"
	"math"

	"github.com/wfgen/wfgen/runtime/journal"
)

func recordsAreKept(c *check) {
	kinds := []journal.Kind{
		journal.Attempted, journal.Done, journal.Failed, journal.Choice, journal.Waiting, journal.Owed, journal.Undoing,
		journal.Undone, journal.Returned, journal.Round, journal.Log, journal.Progress, journal.Retried, journal.Ended, "another",
	}
	var want []journal.Record
	for i, k := range kinds {
		want = append(want, journal.Record{
			N: 1 + i*3, Kind: k, Step: fmt.Sprintf("parcels[%d].Ship", i%3), Tool: "Ship", Attempt: i % 4, Hash: math.MaxUint64 - uint64(i),
			Began: at(i), Time: at(i + 1), Data: []byte(`{"n":1}`),
		})
	}
	want = append(want, journal.Record{N: 1000}, journal.Record{N: math.MaxInt32, Hash: 1 << 63, Data: []byte("null")})
	c.create("a", "b", "c")
	c.update(func(tx journal.Tx) error {
		for _, r := range []struct{ from, to int }{{0, 1}, {1, 1}, {1, 6}} {
			if err := tx.Append("a", want[r.from:r.to]); err != nil {
				return err
			}
		}
		return tx.Append("b", []journal.Record{{N: 5, Step: "of b"}})
	})
	c.update(func(tx journal.Tx) error { return tx.Append("a", want[6:]) })
	c.each(func(tx journal.Tx) error {
		for from := 0; from <= len(want); from++ {
			for _, limit := range []int{0, 1, 2, 100} {
				after := 0
				if from > 0 {
					after = want[from-1].N
				}
				to := len(want)
				if limit > 0 {
					to = min(to, from+limit)
				}
				got, err := tx.Records("a", after, limit)
				if err != nil {
					return err
				}
				sameList(c, fmt.Sprintf("the records after %d, limit %d", after, limit), got, want[from:to])
			}
		}
		return nil
	})
	c.each(func(tx journal.Tx) error {
		for id, last := range map[string]int{"a": math.MaxInt32, "b": 5, "c": 0, "nobody": 0} {
			n, err := tx.LastN(id)
			if err != nil {
				return err
			}
			same(c, "the last N of "+id, n, last)
		}
		b, err := tx.Records("b", 0, 0)
		if err != nil {
			return err
		}
		sameList(c, "the records of b", b, []journal.Record{{N: 5, Step: "of b"}})
		none, err := tx.Records("nobody", 0, 0)
		sameList(c, "the records of nobody", none, nil)
		return err
	})
	err := c.j.Update(context.Background(), func(tx journal.Tx) error { return tx.Append("nobody", want[:1]) })
	if err == nil {
		c.Errorf("a record of an execution that isn't there was stored without an error")
	}
}

// recordsOfMany stores the records of many executions as an engine does: mixed, in
// batches.
func recordsOfMany(c *check) {
	const executions, batches = 100, 30
	all := c.many(executions, func(int, *journal.Execution) {})
	for b := range batches {
		c.update(func(tx journal.Tx) error {
			for i, id := range all {
				records := []journal.Record{{N: 2*b + 1, Hash: uint64(i)}, {N: 2*b + 2, Hash: uint64(i)}}
				if err := tx.Append(id, records[:1+i%2]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	c.view(func(tx journal.Tx) error {
		for i, id := range all {
			records, err := tx.Records(id, 0, 0)
			if err != nil {
				return err
			}
			if len(records) != batches*(1+i%2) {
				c.Fatalf("%d records of %q, want %d", len(records), id, batches*(1+i%2))
			}
			for k, r := range records {
				if n := k*(2-i%2) + 1; r.Hash != uint64(i) || r.N != n {
					c.Errorf("record %d of %q has N %d and hash %d, want %d and %d", k, id, r.N, r.Hash, n, i)
				}
			}
		}
		return nil
	})
}
