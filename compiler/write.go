package compiler

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// A Change is what has to happen to one generated file for it to be up to date.
type Change struct {
	// Path is the file's.
	Path string
	// Kind says what is to be done.
	Kind ChangeKind
	// Content is what the file is to hold; nil for Remove.
	Content []byte
}

// A ChangeKind is what has to happen to a file.
type ChangeKind int

// The kinds of changes.
const (
	Create ChangeKind = iota
	Replace
	Remove // its .wf file is gone
)

// String says what is wrong with the file as it is.
func (k ChangeKind) String() string {
	return [...]string{"missing", "not up to date", "left over from a .wf file that is gone"}[k]
}

// Stale gives the changes that bring the generated files of a package up to date, in the
// order of their paths, and then its plan file, where executions can go on under the
// source; none where they are. It writes nothing. A file in the way that wfgen hasn't
// written is an error.
func (p *Package) Stale() ([]Change, error) {
	files := p.Generate()
	var changes []Change
	for _, f := range files {
		c, err := p.compare(f)
		if err != nil {
			return nil, err
		}
		if c != nil {
			changes = append(changes, *c)
		}
	}
	orphans, err := p.orphans(files)
	if err != nil {
		return nil, err
	}
	changes = append(changes, orphans...)
	committed, err := p.Committed()
	if committed == nil {
		return changes, err
	}
	if c := committed.change(); c != nil {
		changes = append(changes, *c)
	}
	return changes, nil
}

// Write brings the generated files up to date and tells what it changed. Either
// all new contents are on the disk before the first file is replaced, or none is.
func (p *Package) Write() ([]Change, error) {
	changes, err := p.Stale()
	if err != nil {
		return nil, err
	}
	return changes, Apply(changes)
}

// compare gives the change that a generated file needs, or nil.
func (p *Package) compare(f plan.File) (*Change, error) {
	path := filepath.Join(p.Dir, f.Name)
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Change{path, Create, f.Content}, nil
	case err != nil:
		return nil, err
	case bytes.Equal(old, f.Content):
		return nil, nil
	}
	if !p.backend.made(old) {
		return nil, fmt.Errorf("%s is in the way: wfgen hasn't written it and doesn't overwrite it", path)
	}
	return &Change{path, Replace, f.Content}, nil
}

// orphans gives the changes that remove what was generated from .wf files that
// are gone.
func (p *Package) orphans(files []plan.File) ([]Change, error) {
	current := map[string]bool{}
	for _, f := range files {
		current[f.Name] = true
	}
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || current[name] || !strings.HasSuffix(name, p.backend.Suffix) {
			continue
		}
		path := filepath.Join(p.Dir, name)
		source, ours, err := p.backend.generatedFrom(path)
		if err != nil {
			return nil, err
		}
		if ours && p.backend.fileName(source) == name {
			changes = append(changes, Change{Path: path, Kind: Remove})
		}
	}
	return changes, nil
}
