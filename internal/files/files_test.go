package files_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/wfgen/wfgen/internal/files"
)

func write(t *testing.T, path, text string, perm fs.FileMode) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chmod(path, perm)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// alone tells whether a directory has these entries alone: nothing is left over.
func alone(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("the directory has %v, want %v", names, want)
	}
}

// writers are all ways to write a file.
var writers = map[string]func(path string) error{
	"Replace": func(path string) error { return files.Replace(path, []byte("new"), 0o644) },
	"Create":  func(path string) error { return files.Create(path, []byte("new"), 0o644) },
	"Rewrite": func(path string) error {
		f, err := files.Rewrite(path, 0o644)
		if err != nil {
			return err
		}
		_, err = f.WriteString("new")
		return errors.Join(err, f.Close())
	},
}

func TestWritesThroughNoLink(t *testing.T) {
	for name, write1 := range writers {
		t.Run(name, func(t *testing.T) {
			dir, outside := t.TempDir(), t.TempDir()
			mine := filepath.Join(outside, "mine")
			write(t, mine, "mine", 0o644)
			for link, to := range map[string]string{"whole": mine, "dangling": filepath.Join(outside, "missing")} {
				if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
					t.Skip(err)
				}
				if err := write1(filepath.Join(dir, link)); err == nil {
					t.Errorf("the link %s could be written", link)
				}
			}
			alone(t, dir, "dangling", "whole")
			alone(t, outside, "mine")
			if got := read(t, mine); got != "mine" {
				t.Errorf("the file outside is %q", got)
			}
		})
	}
}

func TestReplaceKeepsPermissions(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"Replace", "Rewrite"} {
		for _, perm := range []fs.FileMode{0o600, 0o640, 0o666, 0o755} {
			path := filepath.Join(dir, "file")
			write(t, path, "old and longer", perm)
			if err := writers[name](path); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode() != perm || read(t, path) != "new" {
				t.Errorf("%s: mode %v, want %v; %q", name, info.Mode(), perm, read(t, path))
			}
		}
	}
	alone(t, dir, "file")
}

func TestRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, write1 := range writers {
		if err := write1(filepath.Join(dir, "sub")); err == nil {
			t.Errorf("%s writes to a directory", name)
		}
		if err := write1(filepath.Join(dir, "none", "file")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	alone(t, dir, "sub")
}

// What isn't a file is written to as it is: wfgen run -events /dev/null.
func TestRewriteDevice(t *testing.T) {
	before, err := os.Lstat(os.DevNull)
	if err != nil {
		t.Skip(err)
	}
	if err := writers["Rewrite"](os.DevNull); err != nil {
		t.Error(err)
	}
	if after, err := os.Lstat(os.DevNull); err != nil || after.Mode() != before.Mode() {
		t.Fatalf("%s is %v now, %v", os.DevNull, after, err)
	}
}

// TestAtOnce: many write one file, and a reader sees one content or another, whole.
func TestAtOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	text := func(n int) string { return strings.Repeat(fmt.Sprintln("content", n), 1000) }
	whole := map[string]bool{}
	for n := range 8 {
		whole[text(n)] = true
	}
	write(t, path, text(0), 0o644)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for range 20 {
				if err := files.Replace(path, []byte(text(n)), 0o644); err != nil {
					t.Error(err)
				}
				if got, err := os.ReadFile(path); err != nil || !whole[string(got)] {
					t.Errorf("read %d bytes of none of the contents, %v", len(got), err)
				}
			}
		})
	}
	wg.Wait()
	alone(t, dir, "file")
}
