package sqlite

// What other packages' tests can't reach: SQL against a journal's file.

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

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
	migrations = append(released[:1:1], "ALTER TABLE execution ADD COLUMN owner TEXT; CREATE TABLE broken (")
	if err := reopen(); err == nil || version() != 1 {
		t.Fatalf("a broken migration gave %v and version %d", err, version())
	}
	migrations[1] = "ALTER TABLE execution ADD COLUMN owner TEXT; UPDATE execution SET owner = id"
	for range 2 {
		if err := reopen(); err != nil || version() != 2 {
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
