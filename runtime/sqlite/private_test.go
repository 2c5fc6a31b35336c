//go:build unix

package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// TestPrivate: what a journal is made of is its owner's alone, whatever the mask, and a
// lock that an earlier release has made for all to read is closed to them.
func TestPrivate(t *testing.T) {
	mask := syscall.Umask(0)
	defer syscall.Umask(mask)
	path := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(path+"-lock", []byte("1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	j := open(t, path)
	if err := j.Update(context.Background(), func(tx journal.Tx) error { return tx.Create(&journal.Execution{ID: "a"}) }); err != nil {
		t.Fatal(err)
	}
	for _, beside := range []string{"", "-wal", "-shm", "-lock"} {
		if info, err := os.Lstat(path + beside); err != nil || info.Mode() != 0o600 {
			t.Errorf("journal%s has the mode %v, %v", beside, info.Mode(), err)
		}
	}
}

// A journal that its owner has opened to others stays so.
func TestKeepsPermissions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	open(t, path).Close()
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o640 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}

// TestPlanted: what a stranger has put where a journal's files come to be leads nowhere, and
// what it leads to is left alone.
func TestPlanted(t *testing.T) {
	link, hard := os.Symlink, os.Link
	pipe := func(_, at string) error { return syscall.Mkfifo(at, 0o600) }
	for name, test := range map[string]struct {
		plant func(of, at string) error
		at    string
		want  string
	}{
		"lock is a link":      {link, "-lock", "is a link"},
		"lock is a hard link": {hard, "-lock", "is no file of its own"},
		"lock is a pipe":      {pipe, "-lock", "is no file of its own"},
		"log is a link":       {link, "-wal", "-wal isn't a file"},
		"index is a link":     {link, "-shm", "-shm isn't a file"},
		"rollback is a link":  {link, "-journal", "-journal isn't a file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mine, path := filepath.Join(dir, "mine"), filepath.Join(dir, "journal")
			if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := test.plant(mine, path+test.at); err != nil {
				t.Fatal(err)
			}
			if j, err := sqlite.Open(path); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %v; want an error with %q", j, err, test.want)
			}
			info, err := os.Stat(mine)
			if text, _ := os.ReadFile(mine); string(text) != "mine" || err != nil || info.Mode() != 0o644 {
				t.Errorf("the file is %q, %v, %v", text, info, err)
			}
		})
	}
	t.Run("the journal's link leads nowhere", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "journal")
		if err := os.Symlink(filepath.Join(dir, "elsewhere"), path); err != nil {
			t.Fatal(err)
		}
		if _, err := sqlite.Open(path); err == nil {
			t.Error("it could be opened")
		}
		if _, err := os.Lstat(filepath.Join(dir, "elsewhere")); err == nil {
			t.Error("a file was made where the link leads")
		}
	})
}
