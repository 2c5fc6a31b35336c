package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

var levels = []struct {
	name  string
	level sqlite.Durability
}{{"PowerLoss", sqlite.PowerLoss}, {"ProcessCrash", sqlite.ProcessCrash}}

var stepData = []byte(`{"reservation":"r-123456","quantity":3,"warehouse":"north"}`)

// BenchmarkRecords appends one record to each of a batch of executions in each Update.
// max-ms is the longest Update.
func BenchmarkRecords(b *testing.B) {
	for _, l := range levels {
		for _, batch := range []int{1, 10, 100, 1000} {
			b.Run(fmt.Sprintf("%s/batch=%d", l.name, batch), func(b *testing.B) {
				j := open(b, filepath.Join(b.TempDir(), "journal"), sqlite.WithDurability(l.level))
				ids := make([]string, batch)
				update(b, j, func(tx journal.Tx) error {
					for i := range ids {
						ids[i] = fmt.Sprintf("order-%08d", i)
						if err := tx.Create(&journal.Execution{ID: ids[i], Workflow: "FulfilOrder"}); err != nil {
							return err
						}
					}
					return nil
				})
				now, longest, n := time.Now(), time.Duration(0), 0
				for b.Loop() {
					n++
					began := time.Now()
					update(b, j, func(tx journal.Tx) error {
						for _, id := range ids {
							r := [1]journal.Record{{N: n, Kind: journal.Done, Step: "parcels[3].Ship", Tool: "Ship", Attempt: 1, Hash: 1 << 62, Began: now, Time: now, Data: stepData}}
							if err := tx.Append(id, r[:]); err != nil {
								return err
							}
						}
						return nil
					})
					longest = max(longest, time.Since(began))
				}
				b.ReportMetric(float64(n*batch)/b.Elapsed().Seconds(), "records/s")
				b.ReportMetric(longest.Seconds()*1000, "max-ms")
			})
		}
	}
}

// BenchmarkExecutions stores executions of five steps: one call of Create, ten records
// in five Updates, one SetState. A batch of executions goes through them together.
func BenchmarkExecutions(b *testing.B) {
	for _, l := range levels {
		for _, batch := range []int{1, 10, 100, 1000} {
			b.Run(fmt.Sprintf("%s/batch=%d", l.name, batch), func(b *testing.B) {
				j := open(b, filepath.Join(b.TempDir(), "journal"), sqlite.WithDurability(l.level))
				n := 0
				for b.Loop() {
					ids := make([]string, batch)
					for i := range ids {
						n++
						ids[i] = fmt.Sprintf("%016x", uint64(n)*0x9e3779b97f4a7c15)
					}
					executions(b, j, ids)
				}
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "executions/s")
				b.ReportMetric(float64(10*n)/b.Elapsed().Seconds(), "records/s")
			})
		}
	}
}

func executions(b *testing.B, j *sqlite.Journal, ids []string) {
	now := time.Now()
	each := func(do func(journal.Tx, string) error) {
		update(b, j, func(tx journal.Tx) error {
			for _, id := range ids {
				if err := do(tx, id); err != nil {
					return err
				}
			}
			return nil
		})
	}
	each(func(tx journal.Tx, id string) error {
		return tx.Create(&journal.Execution{
			ID: id, Workflow: "FulfilOrder", Version: 1, Fingerprint: "0f1e2d3c", Input: stepData, Created: now,
			State: journal.State{Status: journal.StatusRunning, Generation: 1},
		})
	})
	for step := range 5 {
		each(func(tx journal.Tx, id string) error {
			r := journal.Record{N: 2*step + 1, Kind: journal.Attempted, Step: "charge", Tool: "Charge", Attempt: 1, Hash: 1 << 62, Time: now}
			done := r
			done.N, done.Kind, done.Began, done.Data = r.N+1, journal.Done, now, stepData
			if err := tx.Append(id, []journal.Record{r, done}); err != nil || step < 4 {
				return err
			}
			return tx.SetState(id, journal.State{Status: journal.StatusSucceeded, Generation: 1, Ended: now, Result: stepData})
		})
	}
}

func update(b *testing.B, j *sqlite.Journal, do func(journal.Tx) error) {
	if err := j.Update(context.Background(), do); err != nil {
		b.Fatal(err)
	}
}
