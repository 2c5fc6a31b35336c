package journaltest

import (
	"context"
	"errors"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

var reopenings = []struct {
	name string
	do   func(reporter, func() journal.Journal)
}{
	{"all is kept", allOutlives},
	{"seq", seqOutlives},
	{"what failed", failuresDontOutlive},
	{"often", reopenedOften},
}

// with opens a journal, uses it and closes it.
func with(t reporter, open func() journal.Journal, do func(*check)) {
	t.Helper()
	j := open()
	defer func() {
		if err := j.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}()
	do(&check{t, j})
}

func allOutlives(t reporter, open func() journal.Journal) {
	var want picture
	with(t, open, func(c *check) {
		c.update(fill)
		want = c.look()
	})
	with(t, open, func(c *check) {
		same(c, "what is stored when the journal is opened again", c.look(), want)
		c.update(change)
		want = c.look()
	})
	with(t, open, func(c *check) { same(c, "what is stored after changes", c.look(), want) })
}

// seqOutlives removes what had the highest Seq before the journal is closed.
func seqOutlives(t reporter, open func() journal.Journal) {
	var await, message int64
	with(t, open, func(c *check) {
		c.create("a")
		c.await("a", "x", "there")
		await = c.await("a", "y", "there")
		c.remove("a", "y", true)
		c.send("one", "there", at(10))
		message = c.send("two", "there", at(10))
		c.update(func(tx journal.Tx) error { return tx.Expire(at(10)) })
	})
	with(t, open, func(c *check) {
		if seq := c.await("a", "z", "there"); seq <= await {
			c.Errorf("an await got the Seq %d, which isn't above that of an earlier one, %d", seq, await)
		}
		if seq := c.send("three", "there", at(10)); seq <= message {
			c.Errorf("a message got the Seq %d, which isn't above that of an earlier one, %d", seq, message)
		}
	})
}

func failuresDontOutlive(t reporter, open func() journal.Journal) {
	var want picture
	with(t, open, func(c *check) {
		c.update(fill)
		want = c.look()
		err := c.j.Update(context.Background(), func(tx journal.Tx) error { return errors.Join(change(tx), errors.New("broken")) })
		if err == nil {
			c.Errorf("Update that failed gave no error")
		}
	})
	with(t, open, func(c *check) { same(c, "what is stored when the journal is opened again", c.look(), want) })
}

func reopenedOften(t reporter, open func() journal.Journal) {
	var want []string
	for _, id := range []string{"c", "a", "d", "b"} {
		want = append([]string{id}, want...)
		with(t, open, func(c *check) {
			c.create(id)
			c.setState(id, journal.StatusWaiting, at(len(want)))
			c.view(func(tx journal.Tx) error {
				list, err := tx.Executions(journal.Query{})
				sameList(c, "the executions, the last created first", ids(list), want)
				return err
			})
		})
	}
	with(t, open, func(c *check) {
		c.due(at(3), 10, at(1), "c", "a", "d")
		c.setState("c", journal.StatusWaiting, time.Time{})
	})
	with(t, open, func(c *check) { c.due(at(3), 10, at(2), "a", "d") })
}
