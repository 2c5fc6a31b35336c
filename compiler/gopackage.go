package compiler

import (
	"bufio"
	"bytes"
	"errors"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wfgen/wfgen/compiler/gopkg"
)

// generatedFrom tells whether a file was written by the backend, and from which .wf
// file. It reads no more than the first line. One that another wfgen has just removed was.
func (b *Backend) generatedFrom(path string) (source string, ok bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", true, nil
	}
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	line, err := bufio.NewReader(f).ReadSlice('\n')
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return "", false, err
	}
	source, ok = b.madeFrom(string(line))
	return source, ok, nil
}

// IsGenerated tells whether a text is that of a Go file that wfgen has generated.
func IsGenerated(text []byte) bool { return Go.made(text) }

// made tells whether a text is that of a file of the backend.
func (b *Backend) made(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	_, ok := b.madeFrom(string(line))
	return ok
}

// GoFiles gives the names of the Go files of a directory that a user wrote and
// that this machine would build, tests left out, sorted.
func GoFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if match, err := build.Default.MatchFile(dir, name); err != nil || !match {
			continue
		}
		if _, ours, err := Go.generatedFrom(filepath.Join(dir, name)); err != nil || ours {
			continue
		}
		names = append(names, name)
	}
	return names, nil
}

// A goBeside is the Go that a person wrote in a directory.
type goBeside struct {
	names  []string // of the files that this machine would build, tests left out, sorted
	pkg    string   // the package's name; empty where there is none
	key    string   // tells them from what they were, by their names and stamps
	newest time.Time

	listed  string          // the same of all Go files, generated ones too
	imports func() []string // their paths, sorted
}

// noGo is that there is none.
var noGo = &goBeside{imports: func() []string { return nil }}

// goBeside looks at the Go of a directory, which it makes out anew only where one of the
// files has another stamp. A directory that isn't there has none.
func (w *Workspace) goBeside(abs string) (*goBeside, error) {
	stamps, newest, err := w.stampGo(abs)
	if errors.Is(err, fs.ErrNotExist) {
		stamps, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	b := &goBeside{listed: joined(stamps, slices.Sorted(maps.Keys(stamps))), newest: newest}
	w.mu.Lock()
	old := w.beside[abs]
	w.mu.Unlock()
	if old != nil && old.listed == b.listed {
		return old, nil
	}
	if len(stamps) > 0 {
		if b.names, err = GoFiles(abs); err != nil {
			return nil, err
		}
	}
	b.pkg = goPackage(abs, b.names)
	b.key = b.pkg + "\n" + joined(stamps, b.names)
	b.imports = sync.OnceValue(func() []string { return gopkg.ImportsOf(abs, b.names) })
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.beside == nil {
		w.beside = map[string]*goBeside{}
	}
	w.beside[abs] = b
	return b, nil
}

// stampGo gives the Go files of a directory with their stamps, and the newest of their times.
func (w *Workspace) stampGo(dir string) (stamps map[string]string, newest time.Time, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, newest, err
	}
	stamps = map[string]string{}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := w.stamp(filepath.Join(dir, name))
		if err != nil {
			continue // it has just gone, leads nowhere, or can't be read
		}
		stamps[name] = file.key
		if file.info.ModTime().After(newest) {
			newest = file.info.ModTime()
		}
	}
	return stamps, newest, nil
}

func joined(stamps map[string]string, names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(strconv.Quote(name) + " " + stamps[name])
	}
	return b.String()
}

// goPackage is the name of the Go package beside the .wf files, or empty where there is
// none; names are those of its Go files. A file whose package clause can't be read is left
// to Go to complain about.
func goPackage(dir string, names []string) string {
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.PackageClauseOnly)
		if err == nil && f.Name.Name != "_" {
			return f.Name.Name
		}
	}
	return ""
}
