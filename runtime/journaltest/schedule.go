package journaltest

import (
	"fmt"
	"slices"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

func runningIsListed(c *check) {
	want := []string{"é", "e\u0301", "日本", "👩", "B", "a", "b", "ab", "a b", "a\nb", "it's", "10", "9"}
	for i := range 500 {
		want = append(want, fmt.Sprint("n", i*7919%1000))
	}
	c.create(want...)
	c.create("waiting", "done", "back", "unseen", "seen late")
	c.setState("waiting", journal.StatusWaiting, at(1))
	c.setState("done", journal.StatusSucceeded, time.Time{})
	c.setState("back", journal.StatusWaiting, at(1))
	c.setState("back", journal.StatusRunning, time.Time{})
	for _, id := range []string{"unseen", "seen late"} {
		c.update(func(tx journal.Tx) error {
			return tx.SetState(id, journal.State{Status: journal.StatusWaiting, Wake: at(1)})
		})
	}
	c.setState("seen late", journal.StatusWaiting, at(1))
	want = append(want, "back", "unseen")
	slices.Sort(want)
	c.each(func(tx journal.Tx) error {
		for _, limit := range []int{1, 64, len(want) - 1, len(want), 10000} {
			var got []string
			for after := ""; ; after = got[len(got)-1] {
				page, err := tx.Running(after, limit)
				if err != nil {
					return err
				}
				if len(page) > limit {
					c.Errorf("Running gave %d ids where at most %d were asked for", len(page), limit)
				}
				got = append(got, page...)
				if len(page) < limit || len(got) > len(want) {
					break
				}
			}
			sameList(c, fmt.Sprintf("what is running, by pages of %d, by the bytes of the ids", limit), got, want)
		}
		between, err := tx.Running("a", 1)
		sameList(c, "what is running above an id", between, []string{"a\nb"})
		return err
	})
}

// due compares what is due at a time, and the next time to wake.
func (c *check) due(now time.Time, limit int, next time.Time, want ...string) {
	c.Helper()
	c.each(func(tx journal.Tx) error {
		got, err := tx.Due(now, limit)
		if err != nil {
			return err
		}
		sameList(c, "what is due", got, want)
		wake, err := tx.NextWake()
		same(c, "the next time to wake", wake, next)
		return err
	})
}

func dueIsListed(c *check) {
	c.due(at(0), 10, time.Time{})
	c.create("a", "b", "c", "never", "over", "ran")
	c.setState("never", journal.StatusWaiting, time.Time{})
	c.setState("over", journal.StatusSucceeded, at(1))
	c.setState("ran", journal.StatusRunning, at(1))
	c.due(at(100), 10, time.Time{})
	c.setState("a", journal.StatusWaiting, at(30))
	c.setState("b", journal.StatusWaiting, at(10))
	c.setState("c", journal.StatusWaiting, at(20))
	c.due(at(9), 10, at(10))
	c.due(at(10), 10, at(10), "b")
	c.due(at(29), 10, at(10), "b", "c")
	c.due(at(99), 10, at(10), "b", "c", "a")
	c.due(at(99), 2, at(10), "b", "c")
	c.setState("b", journal.StatusWaiting, at(40))
	c.due(at(99), 10, at(20), "c", "a", "b")
	c.setState("c", journal.StatusPaused, at(20))
	c.due(at(99), 10, at(30), "a", "b")
	c.setState("a", journal.StatusWaiting, time.Time{})
	c.due(at(99), 10, at(40), "b")
	c.setState("b", journal.StatusRunning, at(40))
	c.due(at(99), 10, time.Time{})
	c.setState("a", journal.StatusWaiting, time.Unix(0, 0))
	c.due(at(0), 10, time.Unix(0, 0).UTC(), "a")
	c.setState("b", journal.StatusWaiting, time.Unix(-5, 0))
	c.due(at(0), 10, time.Unix(-5, 0).UTC(), "b", "a")
}

// dueByPages takes what is due page by page, as an engine does. Of those with the same
// time none may get lost.
func dueByPages(c *check) {
	const n = 3000
	c.many(n, func(i int, e *journal.Execution) {
		e.Status, e.Wake = journal.StatusWaiting, at(i*7919%n/10)
	})
	seen, last := map[string]bool{}, time.Time{}
	for range n/64 + 1 {
		c.update(func(tx journal.Tx) error {
			page, err := tx.Due(at(n), 64)
			if err != nil {
				return err
			}
			for _, id := range page {
				e, err := tx.Execution(id)
				if err != nil {
					return err
				}
				if e == nil || seen[id] || e.Wake.Before(last) {
					c.Fatalf("%q is due again, isn't there, or comes after a later one", id)
				}
				seen[id], last = true, e.Wake
				if err := tx.SetState(id, journal.State{Status: journal.StatusRunning}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if len(seen) != n {
		c.Errorf("%d executions came due, want %d", len(seen), n)
	}
	c.due(at(n), 10, time.Time{})
}
