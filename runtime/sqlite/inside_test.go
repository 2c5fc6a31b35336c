package sqlite

// What other packages' tests can't reach: SQL against a journal's file.

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	lib "modernc.org/sqlite/lib"
)

// Exercise runs statements on a file.
func Exercise(path string, sql ...string) error {
	c, err := open(path, path, lib.SQLITE_OPEN_READWRITE|lib.SQLITE_OPEN_CREATE)
	if err != nil {
		return err
	}
	for _, s := range sql {
		if err := c.exec(s); err != nil {
			return c.abandon(err)
		}
	}
	return c.close()
}

// Lock holds the lock of a file for writing while do runs.
func Lock(path string, do func()) error {
	c, err := open(path, path, lib.SQLITE_OPEN_READWRITE)
	if err != nil {
		return err
	}
	if err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return c.abandon(err)
	}
	do()
	return c.close()
}

// Where the space ends an Update fails whole, and when there is some again the next
// one succeeds.
func TestDiskFull(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if _, err := j.writer.number("PRAGMA max_page_count = 100"); err != nil {
		t.Fatal(err)
	}
	data, last := make([]byte, 3000), 0
	add := func(tx journal.Tx) error {
		if last == 0 {
			if err := tx.Create(&journal.Execution{ID: "a"}); err != nil {
				return err
			}
		}
		return tx.Append("a", []journal.Record{{N: last + 1, Data: data}, {N: last + 2, Data: data}})
	}
	for err == nil && last < 1000 {
		if err = j.Update(context.Background(), add); err == nil {
			last += 2
		}
	}
	if !errors.Is(err, ErrFull) {
		t.Fatalf("after %d records: %v", last, err)
	}
	for range 3 {
		if err := j.Update(context.Background(), add); !errors.Is(err, ErrFull) {
			t.Errorf("the space isn't back, and an Update gave %v", err)
		}
	}
	ends := func() {
		t.Helper()
		err := j.View(context.Background(), func(tx journal.Tx) error {
			n, err := tx.LastN("a")
			if n != last {
				t.Errorf("the last record is %d, want %d", n, last)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	ends()
	if _, err := j.writer.number("PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if err := j.Update(context.Background(), add); err != nil {
		t.Fatal(err)
	}
	last += 2
	ends()
	if err := j.Check(context.Background()); err != nil {
		t.Error(err)
	}
}

// A migration that fails leaves the file as it was; one that succeeds keeps what is
// there, and is done once.
func TestMigrate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	reopen := func() (err error) {
		j, err := Open(path)
		if err != nil {
			return err
		}
		defer j.Close()
		return j.Update(context.Background(), func(tx journal.Tx) error {
			e, err := tx.Execution("a")
			if e == nil && err == nil {
				err = tx.Create(&journal.Execution{ID: "a"})
			}
			return err
		})
	}
	version := func() (n int64) {
		c, err := open(path, path, lib.SQLITE_OPEN_READWRITE)
		if err != nil {
			t.Fatal(err)
		}
		defer c.close()
		n, err = c.number("PRAGMA user_version")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	released := migrations
	defer func() { migrations = released }()
	if err := reopen(); err != nil {
		t.Fatal(err)
	}
	n := len(released)
	migrations = append(released[:n:n], "ALTER TABLE execution ADD COLUMN owner TEXT; CREATE TABLE broken (")
	if err := reopen(); err == nil || version() != int64(n) {
		t.Fatalf("a broken migration gave %v and version %d", err, version())
	}
	migrations[n] = "ALTER TABLE execution ADD COLUMN owner TEXT; UPDATE execution SET owner = id"
	for range 2 {
		if err := reopen(); err != nil || version() != int64(n)+1 {
			t.Fatalf("a migration gave %v and version %d", err, version())
		}
	}
	c, err := open(path, path, lib.SQLITE_OPEN_READWRITE)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if owner, err := c.word("SELECT owner FROM execution"); owner != "a" || err != nil {
		t.Errorf("the migrated execution has the owner %q, %v", owner, err)
	}
	migrations = released
	if _, err := OpenReadOnly(path); err == nil {
		t.Error("a later version could be read")
	}
}

// The views say what is stored in words that people read.
func TestViews(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	after := func(ms int) time.Time { return at.Add(time.Duration(ms) * time.Millisecond) }
	err = j.Update(context.Background(), func(tx journal.Tx) error {
		e := &journal.Execution{ID: "a", Workflow: "Pay", Input: []byte("{}"), Created: at}
		e.State = journal.State{Status: journal.StatusFailed, Ended: after(2500), Error: "declined"}
		return errors.Join(tx.Create(e), tx.Append("a", []journal.Record{
			{N: 1, Kind: journal.Done, Step: "quote", Tool: "Quote", Attempt: 1, Began: at, Time: after(500), Data: []byte("7")},
			{N: 2, Kind: journal.Done, Step: "quote", Tool: "Quote", Attempt: 1, Began: at, Time: after(1500), Data: []byte("8")},
			{N: 3, Kind: journal.Failed, Step: "charge", Tool: "Charge", Attempt: 2, Began: at, Time: after(2250), Data: []byte(`{"text":"declined"}`)},
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := openLooker(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for sql, want := range map[string]string{
		"SELECT concat_ws('|', id, workflow, status, created, ended, seconds, input, error, cancel) FROM executions":                              "a|Pay|failed|2026-03-01 12:00:00.000|2026-03-01 12:00:02.500|2.5|{}|declined",
		"SELECT group_concat(concat_ws('|', execution, workflow, n, kind, step, tool, attempt, began, time, data), x'0a') FROM steps WHERE n > 1": "a|Pay|2|done|quote|Quote|1|2026-03-01 12:00:00.000|2026-03-01 12:00:01.500|8\na|Pay|3|failed|charge|Charge|2|2026-03-01 12:00:00.000|2026-03-01 12:00:02.250|{\"text\":\"declined\"}",
		"SELECT concat_ws('|', workflow, step, tool, times, mean_seconds, max_seconds) FROM durations":                                            "Pay|quote|Quote|2|1.0|1.5",
		"SELECT concat_ws('|', execution, workflow, step, tool, attempt, time, error) FROM failures":                                              "a|Pay|charge|Charge|2|2026-03-01 12:00:02.250|declined",
	} {
		if got, err := c.word(sql); got != want || err != nil {
			t.Errorf("%s:\n got %s, %v\nwant %s", sql, got, err, want)
		}
	}
}

// The log is used again from its start, however much is written.
func TestLogIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, err := Open(path, WithDurability(ProcessCrash))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	const pages, size = 20, 4096
	data := make([]byte, pages*size)
	written := 0
	for n := 1; written < 4*checkpointPages; n++ {
		err := j.Update(context.Background(), func(tx journal.Tx) error {
			if n == 1 {
				if err := tx.Create(&journal.Execution{ID: "a"}); err != nil {
					return err
				}
			}
			return tx.Append("a", []journal.Record{{N: n, Data: data}})
		})
		if err != nil {
			t.Fatal(err)
		}
		written += pages
		if n%10 != 0 {
			continue
		}
		if err := j.View(context.Background(), func(tx journal.Tx) error { _, err := tx.LastN("a"); return err }); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if most := int64(checkpointPages+3*pages) * (size + 24); info.Size() > most {
		t.Errorf("the log has %d bytes after %d pages, want at most %d", info.Size(), written, most)
	}
}

// The SQL of the document runs on a journal.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/journal.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sql, _ := strings.Cut(string(text), "```sql\n")
	sql, _, ok := strings.Cut(sql, "```")
	if !ok {
		t.Fatal("the document has no SQL")
	}
	path := filepath.Join(t.TempDir(), "journal")
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for line := range strings.Lines(sql) {
		if err := j.writer.exec(line); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	for _, view := range []string{"executions", "steps", "durations", "failures"} {
		columns, err := j.writer.word("SELECT group_concat('`' || name || '`', ', ') FROM pragma_table_info('" + view + "')")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "| "+columns+" |") {
			t.Errorf("the document should say that %s has the columns %s", view, columns)
		}
	}
}

// No statement looks at what it isn't asked for: each finds its rows by an index, in
// the order that it gives them in.
func TestPlans(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	plan := func(sql string) (plan string) {
		s, err := j.writer.prepare("EXPLAIN QUERY PLAN " + sql)
		if err != nil {
			t.Fatal(err)
		}
		defer s.finalize()
		for s.next() {
			plan += s.string(3) + "\n"
		}
		return plan
	}
	for q, index := range map[query]string{
		findExecution: "sqlite_autoindex_execution_1", findNumber: "sqlite_autoindex_execution_1", setState: "INTEGER PRIMARY KEY",
		listRunning: "execution_running", listDue: "execution_waiting", nextWake: "execution_waiting",
		lastRecord: "sqlite_autoindex_record_1", listRecords: "sqlite_autoindex_record_1",
		messageByID: "message_id", firstMessage: "message_unclaimed", claimMessage: "INTEGER PRIMARY KEY", expireMessages: "message_expires",
		firstAwait: "await_address", removeAwait: "sqlite_autoindex_await_1", removeAwaits: "sqlite_autoindex_await_1",
	} {
		if p := plan(queries[q]); !strings.Contains(p, index) || strings.Contains(p, "TEMP B-TREE") {
			t.Errorf("%s\nshould be found by %s in order:\n%s", queries[q], index, p)
		}
	}
	p := plan(listing(journal.Query{Parent: "p", Workflow: "w", Status: []journal.Status{"failed"}}))
	if !strings.Contains(p, "execution_parent") || strings.Contains(p, "TEMP B-TREE") {
		t.Errorf("children should be found by execution_parent in order:\n%s", p)
	}
}

// What an earlier release has parked goes on once, since nobody knows what it had seen.
func TestEarlierWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	released := migrations
	migrations = released[:1:1]
	c, err := openWriter(path, PowerLoss)
	migrations = released
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b"} {
		if err := c.exec("INSERT INTO execution (id, workflow, version, fingerprint, parent, status, generation, error, cancel) VALUES ('" + id + "', 'Pay', 1, '', '', 'waiting', 1, '', '')"); err != nil {
			t.Fatal(err)
		}
	}
	c.close()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	err = j.Update(context.Background(), func(tx journal.Tx) error {
		return tx.SetState("a", journal.State{Status: journal.StatusWaiting, Seen: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = j.View(context.Background(), func(tx journal.Tx) error {
		ids, err := tx.Running("", 10)
		if !slices.Equal(ids, []string{"b"}) {
			t.Errorf("got %q, want b", ids)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
