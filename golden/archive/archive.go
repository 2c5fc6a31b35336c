// Package archive holds what a test gets against files under testdata. With the
// flag -update it writes those anew, and the test still fails where something
// changed, so that nobody updates them unseen. Only tests import it.
package archive

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write testdata anew, and fail where it changed")

// Paths are the archives in testdata, sorted. There is at least one.
func Paths(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	return paths
}

// Read reads an archive.
func Read(t testing.TB, path string) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Test holds each archive in testdata against what outputs makes of it: the same
// archive with the sections that it should have.
func Test(t *testing.T, outputs func(*testing.T, *txtar.Archive) *txtar.Archive) {
	for _, path := range Paths(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			Compare(t, path, txtar.Format(outputs(t, Read(t, path))))
		})
	}
}

// Compare holds got against the content of a file. A file that doesn't exist is
// empty.
func Compare(t *testing.T, path string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	diff := cmp.Diff(string(want), string(got))
	if diff == "" {
		return
	}
	t.Error(diff)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Write writes a file, in a folder that need not exist.
func Write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
