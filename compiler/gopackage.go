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
	"os"
	"path/filepath"
	"strings"
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

// goPackage is the name of the Go package beside the .wf files, or empty where
// there is none; names are those of its Go files. A file whose package clause can't be read is left to Go to
// complain about.
func goPackage(dir string, names []string) string {
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.PackageClauseOnly)
		if err == nil && f.Name.Name != "_" {
			return f.Name.Name
		}
	}
	return ""
}
