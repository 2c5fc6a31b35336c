package journals_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/runtime/journal"
)

// state gives a state directory of the test's own, with characters in its path that a
// pattern has.
func state(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a[b]*c")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Skip(err) // where a name can't have these
	}
	t.Setenv("XDG_STATE_HOME", dir)
	return dir
}

func open(t *testing.T, dir, id string) *journals.Journal {
	t.Helper()
	j, err := journals.OpenFor(dir, id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func create(t *testing.T, j *journals.Journal, id string) {
	t.Helper()
	err := j.Update(context.Background(), func(tx journal.Tx) error {
		return tx.Create(&journal.Execution{ID: id, Workflow: "W"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func shut(t *testing.T, list ...*journals.Journal) {
	t.Helper()
	for _, j := range list {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Which of two executions of one id is meant, nobody guesses.
func TestHoldingTwice(t *testing.T) {
	state(t)
	first := open(t, "/home/ann/shop", "")
	second := open(t, "/home/ann/shop", "")
	create(t, first, "x")
	create(t, second, "x")
	create(t, second, "y")
	paths := []string{first.Path, second.Path}
	if path, err := journals.Holding(paths, "x"); err == nil || !strings.Contains(err.Error(), "two journals have an execution x") {
		t.Errorf("got %q, %v, want to be told of both", path, err)
	}
	if path, err := journals.Holding(paths, "y"); err != nil || path != second.Path {
		t.Errorf("got %q, %v", path, err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	if err := os.WriteFile(damaged, []byte(strings.Repeat("no journal\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if path, err := journals.Holding([]string{damaged, second.Path}, "y"); err != nil || path != second.Path {
		t.Errorf("beside a damaged one: got %q, %v", path, err)
	}
	if _, err := journals.Holding([]string{damaged, second.Path}, "z"); err == nil {
		t.Error("nothing is said of the damaged one, which may have it")
	}
	shut(t, first, second)
}

// Each that runs at the same time has a journal, and an id leads to the one that has it.
func TestOpenFor(t *testing.T) {
	dir := state(t)
	first := open(t, "/home/ann/shop", "")
	second := open(t, "/home/ann/shop", "")
	other := open(t, "/home/bob/shop", "")
	if first.Path == second.Path || strings.TrimSuffix(first.Path, ".db")+"-2.db" != second.Path {
		t.Errorf("the journals are %s and %s", first.Path, second.Path)
	}
	if filepath.Dir(other.Path) != filepath.Join(dir, "wfgen") || other.Path == first.Path {
		t.Errorf("another directory's is %s", other.Path)
	}
	create(t, second, "x")
	_, err := journals.OpenFor("/home/ann/shop", "x")
	if owned := new(journals.OwnedError); !errors.As(err, &owned) || owned.Path != second.Path {
		t.Errorf("one that is in use: %v", err)
	}
	shut(t, first, second, other)
	again := open(t, "/home/ann/shop", "x")
	fresh := open(t, "/home/ann/shop", "y")
	if again.Path != second.Path || fresh.Path != first.Path {
		t.Errorf("x is in %s, y in %s", again.Path, fresh.Path)
	}
	shut(t, again, fresh)
	of, err := journals.Of("/home/ann/shop")
	if err != nil || len(of) != 2 {
		t.Errorf("of the package are %q, %v", of, err)
	}
	all, err := journals.All()
	if err != nil || len(all) != 3 {
		t.Errorf("all are %q, %v", all, err)
	}
}

// TestClaim: an execution that has just begun is in one journal, also before that has it.
func TestClaim(t *testing.T) {
	state(t)
	first := open(t, "/home/ann/shop", "x")
	_, err := journals.OpenFor("/home/ann/shop", "x")
	if owned := new(journals.OwnedError); !errors.As(err, &owned) || owned.Path != first.Path {
		t.Errorf("a second one at once: %v", err)
	}
	other := open(t, "/home/ann/shop", "y")
	shut(t, other, first)
	again := open(t, "/home/ann/shop", "x")
	if again.Path != first.Path {
		t.Errorf("later it is in %s", again.Path)
	}
	create(t, again, "x")
	second := open(t, "/home/ann/shop", "z")
	create(t, second, "x")
	shut(t, again, second)
	if _, err := journals.OpenFor("/home/ann/shop", "x"); err == nil || !strings.Contains(err.Error(), "two journals have an execution x") {
		t.Errorf("of two: %v", err)
	}
}

// TestClaimOfKilled: what a killed process has said of a journal keeps nobody from the id, once
// another has opened that journal.
func TestClaimOfKilled(t *testing.T) {
	state(t)
	killed := open(t, "/home/ann/shop", "x")
	shut(t, killed)
	said := killed.Path + ".for"
	if err := os.WriteFile(said, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := open(t, "/home/ann/shop", "")
	if first.Path != killed.Path {
		t.Fatalf("opened %s, want %s", first.Path, killed.Path)
	}
	second := open(t, "/home/ann/shop", "x")
	shut(t, second)

	// The same where the first has opened it, and hasn't come to take it back.
	if err := os.WriteFile(said, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(50*time.Millisecond, func() { os.Remove(said) })
	second = open(t, "/home/ann/shop", "x")
	shut(t, second, first)
}

// TestOwnClaim: beside a journal that a user has named nothing is removed.
func TestOwnClaim(t *testing.T) {
	state(t)
	path := filepath.Join(t.TempDir(), "mine.db")
	if err := os.WriteFile(path+".for", []byte("me"), 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := journals.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	shut(t, j)
	if _, err := os.Stat(path + ".for"); err != nil {
		t.Error(err)
	}
}

// TestEarlierRelease: an execution in the journal of an earlier release, whose schema was
// another, is found by its id. testdata/schema1.db.gz was written by the release before
// version 2 of the schema, with the execution first.
func TestEarlierRelease(t *testing.T) {
	state(t)
	j := open(t, "/home/ann/shop", "")
	shut(t, j)
	packed, err := os.Open("testdata/schema1.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	r, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(j.Path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"first", "second"} {
		again := open(t, "/home/ann/shop", id)
		if again.Path != j.Path {
			t.Errorf("%s is sought in %s, want %s", id, again.Path, j.Path)
		}
		shut(t, again)
	}
	if path, err := journals.Holding([]string{j.Path}, "first"); err != nil || path != j.Path {
		t.Errorf("first is in %q, %v", path, err)
	}
}

func TestNames(t *testing.T) {
	state(t)
	for _, dir := range []string{"/", "/x/ö ü", "/x/" + strings.Repeat("n", 300), "/x/..."} {
		j := open(t, dir, "")
		if name := filepath.Base(j.Path); len(name) > 60 || strings.ContainsFunc(name, func(r rune) bool { return r > '~' || r <= ' ' }) {
			t.Errorf("%q has the journal %q", dir, name)
		}
		shut(t, j)
	}
}

func TestNoState(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_STATE_HOME", file)
	_, err := journals.OpenFor("/x", "")
	if none := new(journals.NoStateError); !errors.As(err, &none) {
		t.Errorf("%v, want a NoStateError", err)
	}
	if all, err := journals.All(); err != nil || len(all) > 0 {
		t.Errorf("all are %q, %v", all, err)
	}
}

func TestLook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if _, err := journals.Look(path); err == nil || err.Error() != "there is no journal "+path {
		t.Errorf("none: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("looking has made it: %v", err)
	}
}
