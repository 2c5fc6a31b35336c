package journaltest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A picture is all that a journal holds, as far as a Tx gives it.
type picture struct {
	Executions []*journal.Execution
	Running    []string
	Due        []string
	Wake       time.Time
	Records    map[string][]journal.Record
	Last       map[string]int
	Awaits     []journal.Await
	Messages   []*journal.Message
}

// look makes a picture of what fill and change have stored.
func look(tx journal.Tx) (p picture, err error) {
	var problems [8]error
	p.Executions, problems[0] = tx.Executions(journal.Query{})
	p.Running, problems[1] = tx.Running("", 100)
	p.Due, problems[2] = tx.Due(at(1000), 100)
	p.Wake, problems[3] = tx.NextWake()
	p.Awaits, problems[4] = tx.Awaits("")
	p.Records, p.Last = map[string][]journal.Record{}, map[string]int{}
	for _, e := range p.Executions {
		p.Records[e.ID], problems[5] = tx.Records(e.ID, 0, 0)
		p.Last[e.ID], problems[6] = tx.LastN(e.ID)
	}
	for _, id := range []string{"one", "two", "three"} {
		var m *journal.Message
		m, problems[7] = tx.MessageByID(id)
		p.Messages = append(p.Messages, m)
	}
	for _, address := range []string{"there", "moved", "new"} {
		m, err := tx.FirstMessage(address, 0, at(10))
		a, err2 := tx.FirstAwait(address, 0, at(10))
		if a != nil {
			p.Awaits = append(p.Awaits, *a)
		}
		p.Messages = append(p.Messages, m)
		problems[7] = errors.Join(problems[7], err, err2)
	}
	return p, errors.Join(problems[:]...)
}

func (c *check) look() (p picture) {
	c.Helper()
	c.view(func(tx journal.Tx) (err error) {
		p, err = look(tx)
		return err
	})
	return p
}

// fill stores something of everything.
func fill(tx journal.Tx) error {
	a, b := full("a"), full("b")
	a.State = journal.State{Status: journal.StatusRunning}
	b.State = journal.State{Status: journal.StatusWaiting, Wake: at(20), Seen: 1}
	return errors.Join(
		tx.Create(a), tx.Create(b), tx.Create(full("c")),
		tx.Append("a", []journal.Record{{N: 1, Kind: journal.Done, Data: []byte("1")}, {N: 2, Time: at(7)}}),
		tx.AddMessage(message(0, "one", "there", at(50), "")),
		tx.AddMessage(message(0, "two", "there", at(60), "me")),
		tx.AddAwait(&journal.Await{Execution: "a", Step: "x", Address: "there"}),
		tx.AddAwait(&journal.Await{Execution: "b", Step: "x", Address: "there"}),
	)
}

// change changes something of everything that fill has stored.
func change(tx journal.Tx) error {
	d := full("d")
	d.State = journal.State{Status: journal.StatusRunning}
	_, removed := tx.RemoveAwait("b", "")
	return errors.Join(
		removed,
		tx.Create(d), tx.Append("d", []journal.Record{{N: 1}}),
		tx.Append("a", []journal.Record{{N: 3, Kind: journal.Failed}, {N: 4}}),
		tx.SetState("a", journal.State{Status: journal.StatusWaiting, Wake: at(10), Seen: 1, Result: []byte("2")}),
		tx.SetState("b", journal.State{Status: journal.StatusRunning, Error: "no"}),
		tx.AddAwait(&journal.Await{Execution: "a", Step: "x", Address: "moved"}),
		tx.AddAwait(&journal.Await{Execution: "a", Step: "y", Address: "new"}),
		tx.Expire(at(50)),
		tx.Claim(2, ""),
		tx.AddMessage(message(0, "three", "new", at(90), "")),
	)
}

// readsSeeWrites compares what an Update sees with what it leaves, and that with what is known.
func readsSeeWrites(c *check) {
	c.update(fill)
	before := c.look()
	var within picture
	c.update(func(tx journal.Tx) error {
		start, err := look(tx)
		same(c, "an Update before it writes", start, before)
		if err != nil {
			return err
		}
		two, err := tx.MessageByID("two")
		if err != nil {
			return err
		}
		if err := errors.Join(change(tx), tx.Claim(two.Seq, "")); err != nil {
			return err
		}
		within, err = look(tx)
		return err
	})
	same(c, "what an Update saw of its own writes, against what was stored", within, c.look())
	if got := [4]any{within.Running, within.Due, within.Wake, within.Last}; asText(got) !=
		asText([4]any{[]string{"b", "d"}, []string{"a"}, at(10), map[string]int{"a": 4, "b": 0, "c": 0, "d": 1}}) {
		c.Errorf("an Update doesn't see what it has written: %v", asText(got))
	}
	if m := within.Messages; m[0] != nil || m[1] == nil || m[1].Claimed != "" || m[2] == nil || m[3] == nil || m[3].ID != "two" {
		c.Errorf("an Update doesn't see the messages that it has written: %s", asText(m))
	}
}

func rollbackOnError(c *check) {
	c.update(fill)
	before, broken := c.look(), errors.New("broken")
	for range 3 {
		err := c.j.Update(context.Background(), func(tx journal.Tx) error {
			if err := change(tx); err != nil {
				c.Errorf("%v", err)
			}
			return fmt.Errorf("within: %w", broken)
		})
		if !errors.Is(err, broken) {
			c.Errorf("Update gave %v, not the error that it was given", err)
		}
		same(c, "what is stored after an Update that failed", c.look(), before)
	}
	c.update(change)
}

func rollbackOnPanic(c *check) {
	c.update(fill)
	before := c.look()
	for range 3 {
		func() {
			defer func() {
				if r := recover(); r != "broken" {
					c.Errorf("Update ended with the panic %v, not with that of what it called", r)
				}
			}()
			_ = c.j.Update(context.Background(), func(tx journal.Tx) error {
				if err := change(tx); err != nil {
					c.Errorf("%v", err)
				}
				panic("broken")
			})
		}()
		same(c, "what is stored after an Update that panicked", c.look(), before)
	}
	func() {
		defer func() { _ = recover() }()
		_ = c.j.View(context.Background(), func(tx journal.Tx) error { panic("broken") })
	}()
	c.update(change)
	c.look()
}

func contextIsDone(c *check) {
	c.update(fill)
	for _, when := range []string{"before", "within"} {
		before := c.look()
		ctx, cancel := context.WithCancel(context.Background())
		if when == "before" {
			cancel()
		}
		stored := c.j.Update(ctx, func(tx journal.Tx) error {
			cancel()
			return tx.Append("c", []journal.Record{{N: before.Last["c"] + 1}})
		})
		cancel()
		if after := c.look(); after.Last["c"] == before.Last["c"] != (stored != nil) {
			c.Errorf("Update, its context cancelled %s, gave %v, and the last record is %d after %d", when, stored, after.Last["c"], before.Last["c"])
		}
	}
	c.update(change)
}

func viewOnlyReads(c *check) {
	c.update(fill)
	before := c.look()
	writes := []func(journal.Tx) error{
		func(tx journal.Tx) error { return tx.Create(full("d")) },
		func(tx journal.Tx) error { return tx.SetState("a", journal.State{}) },
		func(tx journal.Tx) error { return tx.Append("a", []journal.Record{{N: 9}}) },
		func(tx journal.Tx) error { return tx.AddMessage(&journal.Message{ID: "three", Address: "new"}) },
		func(tx journal.Tx) error { return tx.Expire(at(1000)) },
		func(tx journal.Tx) error { return tx.AddAwait(&journal.Await{Execution: "c", Step: "x"}) },
		func(tx journal.Tx) error { _, err := tx.RemoveAwait("a", "x"); return err },
	}
	for i, write := range writes {
		if err := c.j.View(context.Background(), write); err == nil {
			c.Errorf("write %d in a View was no error", i)
		}
		same(c, "what is stored after a View that wrote", c.look(), before)
	}
}

func viewSeesOneMoment(c *check) {
	c.update(fill)
	before := c.look()
	c.view(func(tx journal.Tx) error {
		got, err := look(tx)
		same(c, "what a View sees", got, before)
		if err != nil {
			return err
		}
		stored := make(chan error)
		go func() { stored <- c.j.Update(context.Background(), change) }()
		if err := <-stored; err != nil {
			return err
		}
		got, err = look(tx)
		same(c, "what a View sees after an Update beside it", got, before)
		return err
	})
	if after := c.look(); after.Last["a"] != 4 {
		c.Errorf("a View that began after an Update doesn't see it: %s", asText(after))
	}
}

// viewsBesideUpdates has an execution's last record always say what its state says.
func viewsBesideUpdates(c *check) {
	c.create("a")
	c.update(func(tx journal.Tx) error { return tx.SetState("a", journal.State{Generation: 0}) })
	var views sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		views.Go(func() {
			for last := 0; ; {
				err := c.j.View(context.Background(), func(tx journal.Tx) error {
					e, err := tx.Execution("a")
					if err != nil {
						return err
					}
					n, err := tx.LastN("a")
					if n != e.Generation || n < last {
						c.Errorf("a View saw record %d beside state %d, after record %d", n, e.Generation, last)
					}
					last = n
					return err
				})
				if err != nil {
					c.Errorf("View: %v", err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for n := range 200 {
		err := c.j.Update(context.Background(), func(tx journal.Tx) error {
			return errors.Join(tx.SetState("a", journal.State{Generation: n + 1}), tx.Append("a", []journal.Record{{N: n + 1}}))
		})
		if err != nil {
			c.Errorf("Update: %v", err)
			break
		}
	}
	close(done)
	views.Wait()
}
