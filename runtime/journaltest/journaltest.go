// Package journaltest holds journals to what package journal says of them. Who writes a
// journal calls Run in a test, and RunReopen as well where it outlives the process. Each
// case gets a journal of its own, tells of what is broken by the rule that it breaks,
// and looks at a journal through its interface alone; nothing is measured.
package journaltest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// Run checks all that holds of every journal. open gives a new and empty one each time;
// Run closes it.
func Run(t *testing.T, open func(t *testing.T) journal.Journal) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			j := open(t)
			defer func() {
				if err := j.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}()
			c.do(&check{t, j})
		})
	}
}

// RunReopen checks what holds of a journal that outlives its process. create makes a
// place for a new journal, and gives what opens the journal there; the first time that
// is empty. RunReopen closes a journal before it opens it again.
func RunReopen(t *testing.T, create func(t *testing.T) (open func() journal.Journal)) {
	for _, c := range reopenings {
		t.Run(c.name, func(t *testing.T) { c.do(t, create(t)) })
	}
}

// A testCase is one of Run's.
type testCase struct {
	name string
	do   func(*check)
}

var cases = []testCase{
	{"execution", executionIsKept},
	{"odd texts", oddTexts},
	{"big payloads", bigPayloads},
	{"times", timesAreKept},
	{"nothing is shared", nothingIsShared},
	{"state", stateIsReplaced},
	{"executions", executionsAreListed},
	{"executions by query", executionsByQuery},
	{"running", runningIsListed},
	{"due", dueIsListed},
	{"due, many", dueByPages},
	{"records", recordsAreKept},
	{"records of many", recordsOfMany},
	{"messages", messagesAreFound},
	{"messages claimed", messagesAreClaimed},
	{"messages after others", messagesAfterOthers},
	{"messages expire", messagesExpire},
	{"awaits", awaitsAreFound},
	{"awaits replaced", awaitsAreReplaced},
	{"awaits after others", awaitsAfterOthers},
	{"awaits past", awaitsArePast},
	{"awaits removed", awaitsAreRemoved},
	{"rollback on error", rollbackOnError},
	{"rollback on panic", rollbackOnPanic},
	{"reads see writes", readsSeeWrites},
	{"context", contextIsDone},
	{"view only reads", viewOnlyReads},
	{"view sees one moment", viewSeesOneMoment},
	{"views beside updates", viewsBesideUpdates},
}

// A reporter is the part of a *testing.T that the cases use, so that a test can see
// them fail.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// A check is a case being run.
type check struct {
	reporter
	j journal.Journal
}

// update stores something, or ends the case.
func (c *check) update(do func(journal.Tx) error) {
	c.Helper()
	if err := c.j.Update(context.Background(), do); err != nil {
		c.Fatalf("Update: %v", err)
	}
}

func (c *check) view(do func(journal.Tx) error) {
	c.Helper()
	if err := c.j.View(context.Background(), do); err != nil {
		c.Fatalf("View: %v", err)
	}
}

// each calls do with transactions of both ways to read.
func (c *check) each(do func(journal.Tx) error) {
	c.Helper()
	c.view(do)
	c.update(do)
}

// same compares a value that a journal gave with the one that was expected, by their
// JSON: a nil differs from an empty text there, and a time in UTC from others.
func same(c reporter, what string, got, want any) {
	c.Helper()
	if g, w := asText(got), asText(want); g != w {
		c.Errorf("%s:\n got %s\nwant %s", what, shortened(g, w), shortened(w, g))
	}
}

// sameList compares lists, of which an empty one may be nil.
func sameList[E any](c reporter, what string, got, want []E) {
	c.Helper()
	if len(got)+len(want) > 0 {
		same(c, what, got, want)
	}
}

func asText(v any) string {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// shortened gives a text around where it begins to differ from another.
func shortened(text, other string) string {
	const most = 600
	if len(text) <= most {
		return text
	}
	i := 0
	for i < len(text) && i < len(other) && text[i] == other[i] {
		i++
	}
	from, to := max(0, i-most/2), min(len(text), i+most/2)
	return "… " + strings.ToValidUTF8(text[from:to], "") + " …"
}

// at is a time, some microseconds after a round one.
func at(microseconds int) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(microseconds) * time.Microsecond)
}

// create stores executions of these ids, with the status running.
func (c *check) create(ids ...string) {
	c.Helper()
	c.update(func(tx journal.Tx) error {
		for _, id := range ids {
			e := &journal.Execution{ID: id, Created: at(0), State: journal.State{Status: journal.StatusRunning}}
			if err := tx.Create(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// setState gives an execution, which has seen a record, a status and a time to go on.
func (c *check) setState(id string, s journal.Status, wake time.Time) {
	c.Helper()
	c.update(func(tx journal.Tx) error { return tx.SetState(id, journal.State{Status: s, Wake: wake, Seen: 1}) })
}
