package wftest

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A cut is a journal that stores nothing any more from some point on, as if the process
// had ended there. Points are counted by what is stored, since it depends on timing how
// much of that is one commit.
type cut struct {
	*memory.Journal
	point  int // where to cut, after the commit that has it; 0 for nowhere
	note   func()
	stored int
	over   chan struct{}   // closed at the cut
	left   *memory.Journal // what was stored then; nil until the cut
}

// newCut gives a journal that is cut at a point, and calls note then, before anybody
// learns of the last commit.
func newCut(point int, note func()) *cut {
	return &cut{Journal: memory.New(), point: point, note: note, over: make(chan struct{})}
}

// Update refuses after the cut what a closed engine refuses, so that nobody complains.
func (c *cut) Update(ctx context.Context, do func(journal.Tx) error) error {
	if c.left != nil {
		return runtime.ErrClosed
	}
	n := 0
	err := c.Journal.Update(ctx, func(tx journal.Tx) error {
		n = 0
		return do(&counted{tx, &n})
	})
	if err != nil {
		return err
	}
	if c.stored += n; c.point > 0 && c.stored >= c.point {
		c.note()
		c.left = c.Clone()
		close(c.over)
	}
	return nil
}

// A counted transaction counts what it stores of executions.
type counted struct {
	journal.Tx
	n *int
}

func (t *counted) Create(x *journal.Execution) error {
	*t.n++
	return t.Tx.Create(x)
}

func (t *counted) SetState(id string, s journal.State) error {
	*t.n++
	return t.Tx.SetState(id, s)
}

func (t *counted) Append(id string, records []journal.Record) error {
	*t.n += len(records)
	return t.Tx.Append(id, records)
}

// histories gives what a journal holds of each execution.
func histories(j journal.Journal) (map[string][]journal.Record, error) {
	all := map[string][]journal.Record{}
	err := j.View(context.Background(), func(tx journal.Tx) error {
		list, err := tx.Executions(journal.Query{Limit: math.MaxInt32})
		for _, x := range list {
			if all[x.ID], err = tx.Records(x.ID, 0, 0); err != nil {
				return err
			}
		}
		return err
	})
	return all, err
}

// endedIn gives the attempts of which the end is recorded.
func endedIn(all map[string][]journal.Record) map[attempt]bool {
	ended := map[attempt]bool{}
	for id, records := range all {
		for _, r := range records {
			switch r.Kind {
			case journal.Done, journal.Failed, journal.Undone:
				ended[attempt{id, r.Step, r.Attempt}] = true
			}
		}
	}
	return ended
}

// interruptedIn gives the tools of which a call may have happened at the cut, and isn't
// repeated: those of which a call had begun, and has failed as Interrupted since. A
// sub-workflow that fails with that begins no call itself, and a model is asked again. They
// are sorted.
func interruptedIn(all, before map[string][]journal.Record) []string {
	tools := map[string]bool{}
	for id, records := range all {
		began := map[string]bool{}
		for i, r := range records {
			switch r.Kind {
			case journal.Attempted, journal.Undoing:
				began[r.Step] = true
			case journal.Failed:
				if _, _, asks := stepid.Asked(r.Step); i >= len(before[id]) && began[r.Step] && isInterrupted(r) && !asks {
					tools[r.Tool] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(tools))
}

func isInterrupted(r journal.Record) bool {
	var failure journal.Error
	return json.Unmarshal(r.Data, &failure) == nil && failure.Type == "Interrupted"
}

// lastOf says what was recorded last of an execution.
func lastOf(records []journal.Record) string {
	if len(records) == 0 {
		return "its start"
	}
	r := records[len(records)-1]
	if r.Step == "" {
		return string(r.Kind)
	}
	return r.Step + " " + string(r.Kind)
}
