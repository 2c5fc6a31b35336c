package journaltest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// full is an execution with a value in every field.
func full(id string) *journal.Execution {
	return &journal.Execution{
		ID: id, Workflow: "FulfilOrder", Version: 3, Fingerprint: "0f1e",
		Input: []byte(`{"order":1}`), Parent: "above", Created: at(1),
		State: journal.State{
			Status: journal.StatusCancelled, Generation: 2, Wake: at(2), Seen: 3, Trials: 2, Ended: at(3),
			Result: []byte(`[1,2]`), Error: "broken", Cancel: "not wanted",
		},
	}
}

func executionIsKept(c *check) {
	bare := &journal.Execution{ID: "bare", State: journal.State{Status: journal.StatusRunning}}
	c.update(func(tx journal.Tx) error {
		if err := tx.Create(full("full")); err != nil {
			return err
		}
		return tx.Create(bare)
	})
	c.each(func(tx journal.Tx) error {
		for _, want := range []*journal.Execution{full("full"), bare} {
			got, err := tx.Execution(want.ID)
			if err != nil {
				return err
			}
			same(c, "an execution that was stored", got, want)
		}
		none, err := tx.Execution("ful")
		if none != nil {
			c.Errorf("an execution that isn't there: got %v, want nil", none)
		}
		return err
	})
}

// texts are valid, and not what anybody expects.
func texts() []string {
	return []string{
		"", " ", "a", "A", "a ", "a\x00b", "a\x00", "1", "01", "1.0", "NULL", "it's", `"quoted"`, `back\slash`, "; DROP TABLE executions; --",
		"two\nlines", "tab\t", "\r\n", "%", "a_c", "größer", "gro\u0308ßer", "日本語", "👩‍👩‍👧", "\u202eright to left", "\ufeffmark", strings.Repeat("long ", 2048),
	}
}

func oddTexts(c *check) {
	var want []*journal.Execution
	for i, s := range texts() {
		e := &journal.Execution{
			ID: "x" + s, Workflow: s, Fingerprint: s, Parent: s, Input: []byte(s), Version: i,
			State: journal.State{Status: journal.Status(s), Result: []byte(s), Error: s, Cancel: s},
		}
		want = append(want, e)
	}
	record := func(s string) journal.Record {
		return journal.Record{N: 1, Kind: journal.Kind(s), Step: s, Tool: s, Data: []byte(s)}
	}
	c.update(func(tx journal.Tx) error {
		for i, s := range texts() {
			if err := tx.Create(want[i]); err != nil {
				return err
			}
			if err := tx.Append("x"+s, []journal.Record{record(s)}); err != nil {
				return err
			}
			if err := tx.AddMessage(&journal.Message{ID: s, Address: s, Data: []byte(s), Expires: at(9)}); err != nil {
				return err
			}
			if err := tx.AddAwait(&journal.Await{Execution: "x" + s, Step: s, Address: s, Text: s, By: s}); err != nil {
				return err
			}
		}
		return nil
	})
	c.each(func(tx journal.Tx) error {
		for i, s := range texts() {
			if err := oddText(c, tx, s, want[i], record(s)); err != nil {
				return fmt.Errorf("text %q: %w", s, err)
			}
		}
		return nil
	})
}

// oddText looks for what oddTexts has stored under a text.
func oddText(c *check, tx journal.Tx, s string, e *journal.Execution, r journal.Record) error {
	got, err := tx.Execution(e.ID)
	if err != nil {
		return err
	}
	same(c, "an execution with an odd text", got, e)
	records, err := tx.Records(e.ID, 0, 0)
	if err != nil {
		return err
	}
	sameList(c, "a record with an odd text", records, []journal.Record{r})
	m, err := tx.FirstMessage(s, 0, at(0))
	if err != nil {
		return err
	}
	if m == nil || m.Address != s || m.ID != s || string(m.Data) != s {
		c.Errorf("a message to %.20q: got %v", s, m)
	}
	byID, err := tx.MessageByID(s)
	if err != nil {
		return err
	}
	if (byID == nil) != (s == "") {
		c.Errorf("a message with the id %.20q: got %v; one with an empty id has none", s, byID)
	}
	a, err := tx.FirstAwait(s, 0, at(10))
	if err != nil {
		return err
	}
	if a == nil || a.Address != s || a.Step != s || a.Execution != "x"+s || a.Text != s || a.By != s {
		c.Errorf("an await at %.20q: got %v", s, a)
	}
	return nil
}

func bigPayloads(c *check) {
	big := bytes.Repeat([]byte(`"0123456789abcde`), 10<<20/16)
	e := &journal.Execution{ID: "big", Input: big, State: journal.State{Status: journal.StatusRunning, Result: big}}
	records := []journal.Record{{N: 1, Data: big}, {N: 2, Data: big[1:]}}
	c.update(func(tx journal.Tx) error {
		if err := tx.Create(e); err != nil {
			return err
		}
		if err := tx.Append("big", records); err != nil {
			return err
		}
		return tx.AddMessage(&journal.Message{ID: "m", Address: "a", Data: big})
	})
	c.each(func(tx journal.Tx) error {
		got, err := tx.Execution("big")
		if err != nil {
			return err
		}
		all, err := tx.Records("big", 0, 0)
		if err != nil {
			return err
		}
		m, err := tx.MessageByID("m")
		if err != nil {
			return err
		}
		if got == nil || len(all) != 2 || m == nil {
			c.Fatalf("got %v, %d records, %v", got != nil, len(all), m != nil)
		}
		for i, data := range [][]byte{got.Input, got.Result, all[0].Data, m.Data} {
			if !bytes.Equal(data, big) {
				c.Errorf("payload %d of 10 MB came back with %d bytes, or others", i, len(data))
			}
		}
		if !bytes.Equal(all[1].Data, big[1:]) {
			c.Errorf("the second payload of 10 MB isn't what was stored")
		}
		return nil
	})
}

func timesAreKept(c *check) {
	east := time.FixedZone("east", 5*3600+1800)
	given := []time.Time{
		{}, at(0), at(1), at(999999), at(123456).Add(789), at(7).In(east), time.Unix(0, 0), time.Unix(0, 1000), time.Unix(-1, 0),
		time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(1600, 2, 29, 1, 2, 3, 4000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC),
	}
	c.create("a")
	c.update(func(tx journal.Tx) error {
		var records []journal.Record
		for i, t := range given {
			records = append(records, journal.Record{N: i + 1, Began: t, Time: t})
		}
		return tx.Append("a", records)
	})
	c.each(func(tx journal.Tx) error {
		records, err := tx.Records("a", 0, 0)
		if err != nil || len(records) != len(given) {
			c.Fatalf("%d records, %v", len(records), err)
		}
		for i, r := range records {
			for _, t := range []time.Time{r.Began, r.Time} {
				sameTime(c, t, given[i])
			}
		}
		return nil
	})
}

func sameTime(c *check, got, given time.Time) {
	c.Helper()
	if d := got.Sub(given); d <= -time.Microsecond || d >= time.Microsecond || got.IsZero() != given.IsZero() {
		c.Errorf("the time %v came back as %v", given, got)
	}
	if _, offset := got.Zone(); offset != 0 {
		c.Errorf("the time %v came back as %v, which isn't in UTC", given, got)
	}
}

func nothingIsShared(c *check) {
	spoil := func(data []byte) {
		for i := range data {
			data[i] = '!'
		}
	}
	e, r := full("a"), []journal.Record{{N: 1, Data: []byte("1")}}
	m := &journal.Message{ID: "m", Address: "there", Data: []byte("2")}
	state := full("a").State
	c.update(func(tx journal.Tx) error {
		if err := tx.Create(e); err != nil {
			return err
		}
		if err := tx.SetState("a", state); err != nil {
			return err
		}
		if err := tx.Append("a", r); err != nil {
			return err
		}
		return tx.AddMessage(m)
	})
	for _, data := range [][]byte{e.Input, e.Result, state.Result, r[0].Data, m.Data} {
		spoil(data)
	}
	for range 2 {
		c.view(func(tx journal.Tx) error {
			got, err := tx.Execution("a")
			if err != nil {
				return err
			}
			records, err := tx.Records("a", 0, 0)
			if err != nil {
				return err
			}
			message, err := tx.MessageByID("m")
			if err != nil || len(records) != 1 || message == nil {
				c.Fatalf("%d records, %v, %v", len(records), message, err)
			}
			same(c, "an execution after what it was made of, or was read before, has changed", got, full("a"))
			if string(records[0].Data)+string(message.Data) != "12" {
				c.Errorf("what was stored has changed with what was given or read")
			}
			spoil(got.Input)
			spoil(got.Result)
			spoil(records[0].Data)
			spoil(message.Data)
			return nil
		})
	}
}

func stateIsReplaced(c *check) {
	first := full("a")
	c.update(func(tx journal.Tx) error { return tx.Create(first) })
	other := journal.State{Status: journal.StatusWaiting, Generation: 7, Wake: at(5), Seen: 9, Trials: 1, Result: []byte("1"), Error: "e", Cancel: "c"}
	for _, s := range []journal.State{other, {Status: journal.StatusRunning}, full("a").State, {}} {
		c.update(func(tx journal.Tx) error { return tx.SetState("a", s) })
		c.each(func(tx journal.Tx) error {
			got, err := tx.Execution("a")
			want := *full("a")
			want.State = s
			same(c, "an execution with another state", got, &want)
			return err
		})
	}
	err := c.j.Update(context.Background(), func(tx journal.Tx) error { return tx.SetState("b", other) })
	if err == nil {
		c.Errorf("the state of an execution that isn't there was set without an error")
	}
}

func ids(list []*journal.Execution) (ids []string) {
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	return ids
}

// many stores n executions, several to a transaction, and gives their ids in the
// order of Query: the id says nothing about the order, nor does the time.
func (c *check) many(n int, make func(i int, e *journal.Execution)) (all []string) {
	for from := 0; from < n; from += 400 {
		c.update(func(tx journal.Tx) error {
			for i := from; i < min(n, from+400); i++ {
				e := &journal.Execution{ID: fmt.Sprintf("%x-%d", i*7919%10007, i), Created: at(i / 3 % 5)}
				make(i, e)
				all = append(all, e.ID)
				if err := tx.Create(e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	slices.Reverse(all)
	return all
}

func executionsAreListed(c *check) {
	c.view(func(tx journal.Tx) error {
		list, err := tx.Executions(journal.Query{})
		sameList(c, "the executions of an empty journal", ids(list), nil)
		return err
	})
	all := c.many(250, func(i int, e *journal.Execution) { e.Input = []byte("1") })
	c.each(func(tx journal.Tx) error {
		for _, limit := range []int{0, 1, 7, 100, 249, 250, 1000} {
			page := limit
			if limit == 0 {
				page = 100
			}
			for from := 0; from <= len(all); from += page {
				q := journal.Query{Limit: limit}
				if from > 0 {
					q.After = all[from-1]
				}
				list, err := tx.Executions(q)
				if err != nil {
					return err
				}
				sameList(c, fmt.Sprintf("the executions from %d, at most %d, the last created first", from, page), ids(list), all[from:min(len(all), from+page)])
			}
		}
		list, err := tx.Executions(journal.Query{Limit: 1})
		if err == nil && len(list) == 1 && (string(list[0].Input) != "1" || list[0].Created.IsZero()) {
			c.Errorf("a listed execution isn't whole: %v", list[0])
		}
		return err
	})
	err := c.j.View(context.Background(), func(tx journal.Tx) error {
		_, err := tx.Executions(journal.Query{After: "nobody"})
		return err
	})
	if err == nil {
		c.Errorf("a page after an execution that isn't there was given without an error")
	}
}

func executionsByQuery(c *check) {
	statuses := []journal.Status{journal.StatusRunning, journal.StatusFailed, journal.StatusSucceeded}
	all := c.many(300, func(i int, e *journal.Execution) {
		e.Status = statuses[i%3]
		e.Workflow = []string{"A", "B"}[i/3%2]
		e.Parent = []string{"", "", "p", "q"}[i/6%4]
	})
	slices.Reverse(all)
	queries := []journal.Query{
		{Workflow: "A"}, {Workflow: "C"}, {Workflow: "a"}, {Parent: "p"}, {Parent: "q", Workflow: "B"}, {Parent: "none"},
		{Status: statuses[:1]}, {Status: statuses[1:]}, {Status: []journal.Status{journal.StatusHeld}},
		{Workflow: "B", Parent: "p", Status: statuses[:2]}, {Status: statuses, Workflow: "A"},
	}
	c.each(func(tx journal.Tx) error {
		for _, q := range queries {
			var want []string
			for i, id := range slices.Backward(all) {
				if (q.Workflow == "" || q.Workflow == []string{"A", "B"}[i/3%2]) &&
					(q.Parent == "" || q.Parent == []string{"", "", "p", "q"}[i/6%4]) &&
					(len(q.Status) == 0 || slices.Contains(q.Status, statuses[i%3])) {
					want = append(want, id)
				}
			}
			var got []string
			for q.Limit = 9; ; q.After = got[len(got)-1] {
				page, err := tx.Executions(q)
				if err != nil {
					return err
				}
				got = append(got, ids(page)...)
				if len(page) < q.Limit || len(got) > len(all) {
					break
				}
			}
			q.After = ""
			sameList(c, fmt.Sprintf("the pages of %+v", q), got, want)
		}
		return nil
	})
}
