package watch

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/compiler/mcptypes"
)

// A file is what is known of one.
type file struct {
	info  os.FileInfo
	quiet bool   // it was last changed well before it was read: see compiler.Grain
	sum   string // of its content; empty where wfgen has generated it
}

// look gives what the sources hold, in a form that can be compared.
func (w *Watcher) look() string {
	var seen strings.Builder
	dirs, err := w.dirs()
	if err != nil {
		fmt.Fprintln(&seen, err)
	}
	files := map[string]file{}
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			fmt.Fprintln(&seen, err)
		}
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			if !matters(e.Name()) {
				continue
			}
			if f, ok := w.read(path); ok {
				files[path] = f
				if f.sum != "" {
					fmt.Fprintf(&seen, "%q %s\n", path, f.sum)
				}
			}
		}
	}
	w.files = files
	return seen.String()
}

// dirs are the directories to look at, each once, sorted.
func (w *Watcher) dirs() ([]string, error) {
	paths, err := compiler.Expand(w.patterns)
	for i, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			paths[i] = filepath.Dir(path)
		}
	}
	paths = append(paths, w.also...)
	slices.Sort(paths)
	return slices.Compact(paths), err
}

// matters tells whether a file of that name can be a source.
func matters(name string) bool {
	return compiler.IsSource(name) || strings.HasSuffix(name, mcptypes.Suffix) || strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

// read looks at a file, and reads it where it can have changed. A file that is gone,
// or isn't one, is none.
func (w *Watcher) read(path string) (f file, ok bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return file{}, false
	}
	if old, known := w.files[path]; known && old.quiet && same(old.info, info) {
		return old, true
	}
	f = file{info: info, quiet: time.Since(info.ModTime()) > compiler.Grain}
	text, err := os.ReadFile(path)
	switch {
	case os.IsNotExist(err):
		return file{}, false
	case err != nil:
		f.sum = err.Error()
	case !compiler.IsGenerated(text):
		f.sum = fmt.Sprintf("%x", sha256.Sum256(text))
	}
	return f, true
}

func same(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
