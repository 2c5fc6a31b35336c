package sqlite_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// filled makes a journal of some pages and closes it.
func filled(t *testing.T, path string) {
	t.Helper()
	j, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n < 200; n += 2 {
		if err := j.Update(context.Background(), twoRecords(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What can't be opened is refused with what is wrong and what to do, and isn't changed.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		make  func(t *testing.T, path string)
		want  string
		looks string // where OpenReadOnly says something else
	}{
		{"text", func(t *testing.T, path string) { write(t, path, strings.Repeat("dear diary\n", 100)) },
			"the file isn't a SQLite database: give the journal another name", ""},
		{"database of another program", func(t *testing.T, path string) { exercise(t, path, "CREATE TABLE orders (id TEXT)") },
			"the file is a SQLite database of another program: give the journal another name", ""},
		{"later version", func(t *testing.T, path string) { filled(t, path); exercise(t, path, "PRAGMA user_version = 99") },
			"the file has version 99 of the schema, and this program knows up to", ""},
		{"cut in the middle", func(t *testing.T, path string) {
			filled(t, path)
			cut(t, path, 2)
		}, "the file is damaged", ""},
		{"cut within the header", func(t *testing.T, path string) { filled(t, path); must(t, os.Truncate(path, 50)) },
			"the file is damaged", ""},
		{"directory", func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o755)) }, "it isn't a file: give the name of one", ""},
		{"no directory", func(t *testing.T, path string) { must(t, os.Remove(filepath.Dir(path))) }, "make it first", ""},
		{"a file for a directory", func(t *testing.T, path string) {
			must(t, os.Remove(filepath.Dir(path)))
			write(t, filepath.Dir(path), "")
		}, "isn't a directory", ""},
		{"nothing to look at", func(t *testing.T, path string) {}, "", "no such file"},
		{"empty", func(t *testing.T, path string) { write(t, path, "") }, "", "the file is empty: it is no journal yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "d", "journal")
			must(t, os.Mkdir(filepath.Dir(path), 0o755))
			c.make(t, path)
			before, _ := os.ReadFile(path)
			looks := c.looks
			if looks == "" {
				looks = c.want
			}
			looker, err := sqlite.OpenReadOnly(path)
			refused(t, looker, err, looks)
			j, err := sqlite.Open(path)
			refused(t, j, err, c.want)
			if after, _ := os.ReadFile(path); c.want != "" && string(after) != string(before) {
				t.Error("the file has been changed")
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cut leaves one part of so many of a file.
func cut(t *testing.T, path string, parts int64) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, info.Size()/parts))
}

// refused checks the error of what opened a journal; with no text it had to succeed.
func refused(t *testing.T, j *sqlite.Journal, err error, want string) {
	t.Helper()
	if err == nil {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}
	switch {
	case want == "" && err != nil:
		t.Error(err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("got %v\nwant %s", err, want)
	}
	if want != "" && j != nil {
		t.Error("there is a journal beside the error")
	}
}

// A page that isn't what was written is found when it is read, and by Check.
func TestDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	filled(t, path)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	info, err := f.Stat()
	must(t, err)
	for at := int64(4096); at < info.Size(); at += 4096 {
		_, err = f.WriteAt([]byte(strings.Repeat("\xff", 64)), at)
		must(t, err)
	}
	must(t, f.Close())
	j, err := sqlite.Open(path)
	if err == nil {
		defer j.Close()
		if err := j.Check(context.Background()); !errors.Is(err, sqlite.ErrDamaged) {
			t.Errorf("Check said %v", err)
		}
		err = j.View(context.Background(), func(tx journal.Tx) error {
			_, err := tx.Records("a", 0, 0)
			return err
		})
	}
	if !errors.Is(err, sqlite.ErrDamaged) {
		t.Errorf("reading gave %v", err)
	}
}

func TestReadOnlyPlaces(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "journal")
	filled(t, path)
	must(t, os.Chmod(path, 0o444))
	j, err := sqlite.Open(path)
	refused(t, j, err, "can't be written")
	must(t, os.Chmod(path, 0o644))
	must(t, os.Chmod(dir, 0o555))
	defer func() { must(t, os.Chmod(dir, 0o755)) }()
	j, err = sqlite.Open(path)
	refused(t, j, err, "can't be written")
	looker, err := sqlite.OpenReadOnly(path)
	must(t, err)
	holds(t, looker, 200)
	must(t, looker.Close())
	must(t, os.Chmod(path+"-lock", 0)) // as another user's is
	if owner, err := sqlite.Owner(path); err != nil || owner != "?" {
		t.Errorf("of a lock that can't be read the owner is %q, %v", owner, err)
	}
}

// TestReadOnlyPlacesAsNobody runs TestReadOnlyPlaces without root's rights.
func TestReadOnlyPlacesAsNobody(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root to become somebody else")
	}
	su, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip("needs setpriv")
	}
	exe, err := os.Executable()
	must(t, err)
	dir, err := os.MkdirTemp("", "journal")
	must(t, err)
	defer os.RemoveAll(dir)
	must(t, os.Chmod(dir, 0o777))
	for up := filepath.Dir(dir); up != filepath.Dir(up); up = filepath.Dir(up) {
		if info, err := os.Stat(up); err != nil || info.Mode()&0o001 == 0 {
			t.Skipf("nobody can't get to %s, as %s is closed to others", dir, up)
		}
	}
	text, err := os.ReadFile(exe)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "test"), text, 0o755))
	cmd := exec.Command(su, "--reuid=65534", "--regid=65534", "--clear-groups", filepath.Join(dir, "test"), "-test.run=^TestReadOnlyPlaces$", "-test.v")
	cmd.Env, cmd.Dir = append(os.Environ(), "TMPDIR="+dir), dir
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("%v\n%s", err, out)
	}
}

// exercise runs SQL on a file that isn't open.
func exercise(t *testing.T, path string, sql ...string) {
	t.Helper()
	must(t, sqlite.Exercise(path, sql...))
}
