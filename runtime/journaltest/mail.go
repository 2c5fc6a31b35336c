package journaltest

import (
	"fmt"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// send stores a message and gives its Seq.
func (c *check) send(id, address string, expires time.Time) (seq int64) {
	c.Helper()
	c.update(func(tx journal.Tx) error {
		m := &journal.Message{ID: id, Address: address, Data: []byte(`"of ` + id + `"`), Sent: at(0), Expires: expires}
		err := tx.AddMessage(m)
		seq = m.Seq
		return err
	})
	return seq
}

// message is what send has stored.
func message(seq int64, id, address string, expires time.Time, by string) *journal.Message {
	return &journal.Message{Seq: seq, ID: id, Address: address, Data: []byte(`"of ` + id + `"`), Sent: at(0), Expires: expires, Claimed: by}
}

// first compares the first message to an address.
func (c *check) first(address string, now time.Time, want *journal.Message) {
	c.Helper()
	c.each(func(tx journal.Tx) error {
		got, err := tx.FirstMessage(address, 0, now)
		same(c, fmt.Sprintf("the first message to %q", address), got, want)
		return err
	})
}

// byID compares a message looked up by its id.
func (c *check) byID(id string, want *journal.Message) {
	c.Helper()
	c.each(func(tx journal.Tx) error {
		got, err := tx.MessageByID(id)
		same(c, fmt.Sprintf("the message with the id %q", id), got, want)
		return err
	})
}

func (c *check) claim(seq int64, by string) {
	c.Helper()
	c.update(func(tx journal.Tx) error { return tx.Claim(seq, by) })
}

func messagesAreFound(c *check) {
	c.first("there", at(0), nil)
	c.byID("one", nil)
	one := c.send("one", "there", at(50))
	two := c.send("two", "there", at(20))
	other := c.send("other", "elsewhere", at(50))
	unnamed := c.send("", "unnamed", at(50))
	again := c.send("", "unnamed", at(50))
	if !(0 < one && one < two && two < other && other < unnamed && unnamed < again) {
		c.Errorf("the Seq of messages don't ascend from above 0: %d %d %d %d %d", one, two, other, unnamed, again)
	}
	c.first("there", at(0), message(one, "one", "there", at(50), ""))
	c.first("elsewhere", at(0), message(other, "other", "elsewhere", at(50), ""))
	c.first("unnamed", at(0), message(unnamed, "", "unnamed", at(50), ""))
	c.first("ther", at(0), nil)
	c.first("there ", at(0), nil)
	c.first("There", at(0), nil)
	c.byID("two", message(two, "two", "there", at(20), ""))
	c.byID("three", nil)
	c.byID("", nil)
}

func messagesAreClaimed(c *check) {
	one := c.send("one", "there", at(50))
	two := c.send("two", "there", at(50))
	c.claim(one, "me")
	c.first("there", at(0), message(two, "two", "there", at(50), ""))
	c.byID("one", message(one, "one", "there", at(50), "me"))
	c.claim(two, "you")
	c.first("there", at(0), nil)
	c.claim(one, "them")
	c.byID("one", message(one, "one", "there", at(50), "them"))
	c.claim(two, "")
	c.first("there", at(0), message(two, "two", "there", at(50), ""))
	c.claim(one, "")
	c.first("there", at(0), message(one, "one", "there", at(50), ""))
	c.claim(two+100, "nobody")
	c.first("there", at(0), message(one, "one", "there", at(50), ""))
	c.update(func(tx journal.Tx) error {
		return tx.AddMessage(&journal.Message{ID: "taken", Address: "taken", Claimed: "me"})
	})
	c.first("taken", at(0), nil)
}

// messagesAfterOthers goes from each message at an address to the next one.
func messagesAfterOthers(c *check) {
	one := c.send("one", "there", at(50))
	c.send("other", "elsewhere", at(50))
	two := c.send("two", "there", at(20))
	taken := c.send("taken", "there", at(50))
	c.claim(taken, "me")
	three := c.send("three", "there", at(50))
	c.send("last", "elsewhere", at(50))
	c.each(func(tx journal.Tx) error {
		for _, pair := range [][2]int64{{0, one}, {one - 1, one}, {one, two}, {two, three}, {taken, three}, {three, 0}} {
			got, err := tx.FirstMessage("there", pair[0], at(10))
			if err != nil {
				return err
			}
			if seq := seqOf(got); seq != pair[1] {
				c.Errorf("the first message after %d has the Seq %d, want %d", pair[0], seq, pair[1])
			}
		}
		got, err := tx.FirstMessage("there", one, at(20))
		if seq := seqOf(got); seq != three {
			c.Errorf("the first message after %d has the Seq %d, want %d: the one between has expired", one, seq, three)
		}
		return err
	})
}

// seqOf is the Seq of a message; 0 for none.
func seqOf(m *journal.Message) int64 {
	if m == nil {
		return 0
	}
	return m.Seq
}

func messagesExpire(c *check) {
	never := c.send("never", "n", time.Time{})
	late := c.send("late", "there", at(30))
	soon := c.send("soon", "there", at(10))
	taken := c.send("taken", "there", at(10))
	c.claim(taken, "me")
	c.first("there", at(29), message(late, "late", "there", at(30), ""))
	c.first("there", at(30), nil)
	c.claim(late, "me")
	c.first("there", at(9), message(soon, "soon", "there", at(10), ""))
	c.first("there", at(10), nil)
	c.first("n", at(1e9), message(never, "never", "n", time.Time{}, ""))
	expire := func(now time.Time) {
		c.update(func(tx journal.Tx) error { return tx.Expire(now) })
	}
	expire(at(9))
	c.byID("soon", message(soon, "soon", "there", at(10), ""))
	c.byID("taken", message(taken, "taken", "there", at(10), "me"))
	expire(at(10))
	c.byID("soon", nil)
	c.byID("taken", nil)
	c.byID("late", message(late, "late", "there", at(30), "me"))
	c.byID("never", message(never, "never", "n", time.Time{}, ""))
	c.claim(taken, "") // of one that is there no more
	c.byID("taken", nil)
	c.first("there", at(0), nil)
	expire(at(1e9))
	c.byID("late", nil)
	c.byID("never", message(never, "never", "n", time.Time{}, ""))
	if seq := c.send("soon", "there", at(50)); seq <= taken {
		c.Errorf("a message got the Seq %d, which isn't above that of one which has expired, %d", seq, taken)
	}
}

// await stores an await and gives its Seq.
func (c *check) await(execution, step, address string) (seq int64) {
	c.Helper()
	c.update(func(tx journal.Tx) error {
		a := awaited(0, execution, step, address)
		err := tx.AddAwait(&a)
		seq = a.Seq
		return err
	})
	return seq
}

// awaited is what await has stored.
func awaited(seq int64, execution, step, address string) journal.Await {
	return journal.Await{Seq: seq, Execution: execution, Step: step, Address: address, Text: "may I?", By: "boss", Since: at(4), Until: at(40), Captured: []byte(`{"0": 3}`)}
}

// awaits compares the awaits of an execution.
func (c *check) awaits(execution string, want ...journal.Await) {
	c.Helper()
	c.each(func(tx journal.Tx) error {
		got, err := tx.Awaits(execution)
		sameList(c, fmt.Sprintf("the awaits of %q", execution), got, want)
		return err
	})
}

// firstAwait compares the first await at an address; without an execution there is none.
func (c *check) firstAwait(want journal.Await) {
	c.Helper()
	c.firstAwaitAt(at(10), want)
}

func (c *check) firstAwaitAt(now time.Time, want journal.Await) {
	c.Helper()
	c.each(func(tx journal.Tx) error {
		got, err := tx.FirstAwait(want.Address, 0, now)
		if want.Execution != "" {
			same(c, "the first await at "+want.Address, got, &want)
		} else if got != nil {
			c.Errorf("the first await at %s: got %v, want nil", want.Address, got)
		}
		return err
	})
}

func awaitsAreFound(c *check) {
	c.create("a", "b")
	c.awaits("")
	c.firstAwait(journal.Await{Address: "there"})
	one := c.await("b", "z", "there")
	two := c.await("a", "y", "there")
	three := c.await("b", "x", "elsewhere")
	if !(0 < one && one < two && two < three) {
		c.Errorf("the Seq of awaits don't ascend from above 0: %d %d %d", one, two, three)
	}
	c.firstAwait(awaited(one, "b", "z", "there"))
	c.firstAwait(awaited(three, "b", "x", "elsewhere"))
	c.firstAwait(journal.Await{Address: "ther"})
	c.awaits("b", awaited(one, "b", "z", "there"), awaited(three, "b", "x", "elsewhere"))
	c.awaits("a", awaited(two, "a", "y", "there"))
	c.awaits("c")
	c.awaits("", awaited(one, "b", "z", "there"), awaited(two, "a", "y", "there"), awaited(three, "b", "x", "elsewhere"))
}

func awaitsAreReplaced(c *check) {
	c.create("a", "b")
	one := c.await("a", "x", "there")
	two := c.await("b", "x", "there")
	if again := c.await("a", "x", "there"); again != one {
		c.Errorf("an await that replaces another has the Seq %d, not that one's, %d", again, one)
	}
	c.firstAwait(awaited(one, "a", "x", "there"))
	c.awaits("", awaited(one, "a", "x", "there"), awaited(two, "b", "x", "there"))
	if again := c.await("a", "x", "moved"); again != one {
		c.Errorf("an await that replaces another has the Seq %d, not that one's, %d", again, one)
	}
	c.firstAwait(awaited(two, "b", "x", "there"))
	c.firstAwait(awaited(one, "a", "x", "moved"))
	c.update(func(tx journal.Tx) error {
		return tx.AddAwait(&journal.Await{Execution: "b", Step: "x", Address: "there", Since: at(9)})
	})
	c.awaits("b", journal.Await{Seq: two, Execution: "b", Step: "x", Address: "there", Since: at(9)})
	c.awaits("a", awaited(one, "a", "x", "moved"))
	if three := c.await("a", "y", "there"); three <= two {
		c.Errorf("an await got the Seq %d, which isn't above all earlier ones, %d", three, two)
	}
}

// awaitsAfterOthers goes from each await at an address to the next one.
func awaitsAfterOthers(c *check) {
	c.create("a", "b")
	one := c.await("b", "z", "there")
	c.await("b", "y", "elsewhere")
	two := c.await("a", "x", "there")
	c.await("a", "w", "elsewhere")
	c.each(func(tx journal.Tx) error {
		for _, pair := range [][2]int64{{0, one}, {one - 1, one}, {one, two}, {two - 1, two}, {two, 0}} {
			got, err := tx.FirstAwait("there", pair[0], at(10))
			if err != nil {
				return err
			}
			seq := int64(0)
			if got != nil {
				seq = got.Seq
			}
			if seq != pair[1] {
				c.Errorf("the first await after %d has the Seq %d, want %d", pair[0], seq, pair[1])
			}
		}
		return nil
	})
}

func awaitsArePast(c *check) {
	c.create("a")
	none := journal.Await{Address: "there"}
	odd := at(30).Add(500 * time.Nanosecond) // a journal may keep the microseconds alone
	list := []journal.Await{
		{Execution: "a", Step: "soon", Address: "there", Since: at(4), Until: at(20)},
		{Execution: "a", Step: "later", Address: "there", Since: at(4), Until: odd},
	}
	for i := range list {
		c.update(func(tx journal.Tx) error { return tx.AddAwait(&list[i]) })
	}
	soon, later := list[0], list[1]
	c.firstAwaitAt(at(20), soon)
	c.view(func(tx journal.Tx) error {
		for _, now := range []time.Time{at(20).Add(time.Microsecond), odd} {
			if got, err := tx.FirstAwait("there", 0, now); err != nil || got == nil || got.Seq != later.Seq {
				c.Errorf("the first await at %v: got %v and %v, want that of %q", now, got, err, later.Step)
			}
		}
		return nil
	})
	c.firstAwaitAt(at(31), none)
	never := journal.Await{Execution: "a", Step: "never", Address: "there", Since: at(4)}
	c.update(func(tx journal.Tx) error { return tx.AddAwait(&never) })
	c.firstAwaitAt(at(1e9), never)
}

// remove removes awaits, and says whether there had to be one.
func (c *check) remove(execution, step string, want bool) {
	c.Helper()
	c.update(func(tx journal.Tx) error {
		got, err := tx.RemoveAwait(execution, step)
		same(c, fmt.Sprintf("whether step %q of %q awaited something", step, execution), got, want)
		return err
	})
}

func awaitsAreRemoved(c *check) {
	c.create("a", "b")
	c.remove("a", "x", false)
	c.remove("a", "", false)
	c.await("a", "x", "there")
	two := c.await("a", "y", "there")
	three := c.await("b", "x", "there")
	c.remove("a", "z", false)
	c.remove("a", "x", true)
	c.remove("a", "x", false)
	c.firstAwait(awaited(two, "a", "y", "there"))
	c.awaits("", awaited(two, "a", "y", "there"), awaited(three, "b", "x", "there"))
	four := c.await("a", "x", "there")
	c.remove("a", "", true)
	c.remove("a", "", false)
	c.awaits("a")
	c.awaits("", awaited(three, "b", "x", "there"))
	c.firstAwait(awaited(three, "b", "x", "there"))
	c.remove("b", "x", true)
	c.awaits("")
	c.firstAwait(journal.Await{Address: "there"})
	if five := c.await("a", "x", "there"); five <= four {
		c.Errorf("an await got the Seq %d, which isn't above that of one which was removed, %d", five, four)
	}
}
