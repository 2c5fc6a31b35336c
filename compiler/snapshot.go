package compiler

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A Workspace is what is kept from one snapshot to the next, so that what hasn't changed
// is made once: of each directory the last trees, and the last stages of its package; of
// each module what the go command said of it. A zero Workspace is ready for use, and any
// number of goroutines may use one.
//
// What a snapshot shares with those before it is decided by content, never by being told:
//
//   - A file is parsed again where its text is another. All .wf files are read for each
//     snapshot that asks for their directory.
//   - A package that names no Go is checked again where one of its files, or its Go files'
//     names or package, are others.
//   - A package that names Go is checked again for that and where the Go is other Go, or a
//     package with .wf files is that one of those loaded with it imports, or comes to through
//     Go. What is loaded later, in the same snapshot or the next, joins what was loaded
//     before, with the same types, as long as none of that is another by then.
//   - The go command is asked for a path when it is named first, and for all of a module's
//     when a Go file that a person wrote, its go.mod, go.sum, go.work or vendor/modules.txt
//     have another size or time, or a Go file comes or goes: in any directory of what was
//     asked for, but for those of Go itself and of its module cache, which stay as they are.
//     What is younger than the Grain is read, too. For a snapshot after one in which the go
//     command had something to say against a package it is asked again: what was wrong need
//     not be in a file that is looked at.
//   - Go that is checked from source, as it stands beside .wf files or imports such a
//     package, is checked again for that and where those files declare other types.
type Workspace struct {
	// InMemory tells that there are no .wf files but those of overlays. Their directories
	// need not exist; of the disk only Go is looked at, and that only where they name some.
	InMemory bool

	mu     sync.Mutex
	parsed map[string]*parsed // by absolute directory
	beside map[string]*goBeside
	stamps map[string]stamp // of Go and of what decides which it is, by absolute path
	units  map[string]*unit // of packages that name no Go

	// goLock is held by who asks for Go or checks with it: go/types and the go command are
	// read into tables that grow.
	goLock  sync.Mutex
	modules map[string]*goModule // by root, as are the sides
	sides   map[string]*goSide
	peers   *peers
}

// A Snapshot is the source as it is at one time: each file has the text that it had when
// somebody asked for it first, and keeps that. Any number of goroutines may read one.
type Snapshot struct {
	w       *Workspace
	overlay map[string][]byte // by absolute path
	err     error             // why there is none

	mu    sync.Mutex
	dirs  map[string]directory // by absolute path
	units map[string]*unit

	// These belong to whoever holds the workspace's lock of Go.
	modules map[string]*goModule
	sides   map[string][]*goSide
	peers   []*peers
}

// A directory is what a snapshot found in one.
type directory struct {
	*parsed
	err error
}

// Snapshot is the source on the disk, with other texts in the place of files: those that
// an editor hasn't saved yet. The overlay has them by path, nil for a file that is to count
// as gone; it may be nil, and isn't changed. Nothing is read yet.
func (w *Workspace) Snapshot(overlay map[string][]byte) *Snapshot {
	s := &Snapshot{
		w: w, overlay: map[string][]byte{}, dirs: map[string]directory{}, units: map[string]*unit{},
		modules: map[string]*goModule{}, sides: map[string][]*goSide{},
	}
	for path, text := range overlay {
		abs, err := filepath.Abs(path)
		s.err = errors.Join(s.err, err)
		s.overlay[abs] = text
	}
	return s
}

// Load reads the package of a directory, or of the directory that a .wf file is in, as it
// is on the disk: it is a snapshot of its own.
func Load(path string) (*Package, error) {
	return new(Workspace).Snapshot(nil).Package(context.Background(), path)
}

// Package gives the package of a directory, or of the directory that a .wf file is in: a
// file is never a package of its own. An error is one of reading, or of the go command,
// which is stopped where the context ends.
func (s *Snapshot) Package(ctx context.Context, path string) (*Package, error) {
	l := &loading{s: s}
	if err := l.load(ctx, []string{path}); err != nil {
		return nil, err
	}
	return l.packages()[0], nil
}

// Packages gives the packages that the patterns name, as Expand has them: each once, also
// where several of its files are named. What is wrong with one of them isn't said again of
// those that import it.
func (s *Snapshot) Packages(ctx context.Context, patterns []string) ([]*Package, error) {
	paths, err := s.expand(patterns)
	if err != nil {
		return nil, err
	}
	l := &loading{s: s}
	if err := l.load(ctx, paths); err != nil {
		return nil, err
	}
	return l.packages(), nil
}

// PackagesWithGo is Packages with one thing more among their diagnostics: what would be
// generated is type-checked together with the Go around it. What doesn't fit is an error
// where generated code is wrong, at the line of the .wf file that it came from, and a
// warning where hand-written code is. Packages with neither Go beside them nor a name of Go
// in them have nothing to fit to, and neither has any where there is no go command.
func (s *Snapshot) PackagesWithGo(ctx context.Context, patterns []string) ([]*Package, error) {
	paths, err := s.expand(patterns)
	if err != nil {
		return nil, err
	}
	return s.withGo(ctx, paths)
}

func (s *Snapshot) withGo(ctx context.Context, paths []string) ([]*Package, error) {
	l := &loading{s: s, ahead: true}
	if err := l.load(ctx, paths); err != nil {
		return nil, err
	}
	all := l.packages()
	return all, l.fit(ctx, all)
}

// expand is Expand for a snapshot.
func (s *Snapshot) expand(patterns []string) ([]string, error) {
	if len(s.overlay) == 0 || len(patterns) == 0 {
		return Expand(patterns)
	}
	var paths []string
	for _, pattern := range patterns {
		root, deep := cutDots(pattern)
		if !deep {
			paths = append(paths, filepath.Clean(pattern))
			continue
		}
		dirs, err := s.below(root)
		if err != nil {
			return nil, err
		}
		if len(dirs) == 0 {
			return nil, fmt.Errorf("no .wf files in %s", pattern)
		}
		paths = append(paths, dirs...)
	}
	return paths, nil
}

// below gives the directories in and below root that have .wf files, sorted.
func (s *Snapshot) below(root string) ([]string, error) {
	dirs, err := below(root)
	unsaved := s.unsavedBelow(root)
	if err != nil && (len(unsaved) == 0 || !errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	dirs = slices.Compact(slices.Sorted(slices.Values(append(dirs, unsaved...))))
	return slices.DeleteFunc(dirs, func(dir string) bool {
		_, err := s.directory(dir)
		return errors.Is(err, errNoSources)
	}), nil
}

// has tells whether the overlay has a path: as a file, or as a directory with one.
func (s *Snapshot) has(path string) bool {
	abs, err := filepath.Abs(path)
	return err == nil && (s.overlay[abs] != nil || len(s.unsaved(abs)) > 0)
}

// unsaved are the names of the .wf files that the overlay has in a directory.
func (s *Snapshot) unsaved(abs string) (names []string) {
	for path, text := range s.overlay {
		if filepath.Dir(path) == abs && text != nil && IsSource(filepath.Base(path)) {
			names = append(names, filepath.Base(path))
		}
	}
	return names
}

// unsavedBelow are the directories in and below root in which the overlay has .wf files.
func (s *Snapshot) unsavedBelow(root string) (dirs []string) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil
	}
	for path, text := range s.overlay {
		rel, err := filepath.Rel(abs, filepath.Dir(path))
		if text == nil || err != nil || !IsSource(filepath.Base(path)) || rel != "." && !filepath.IsLocal(rel) {
			continue
		}
		if rel == "." || !slices.ContainsFunc(strings.Split(rel, string(filepath.Separator)), skipped) {
			dirs = append(dirs, filepath.Join(root, rel))
		}
	}
	return dirs
}

// sources gives the names of a directory's .wf files, sorted.
func (s *Snapshot) sources(abs string) ([]string, error) {
	unsaved := s.unsaved(abs)
	var names []string
	if !s.w.InMemory {
		var err error
		names, err = sources(abs)
		if err != nil && (len(unsaved) == 0 || !errors.Is(err, fs.ErrNotExist)) {
			return nil, err
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		text, other := s.overlay[filepath.Join(abs, name)]
		return other && text == nil
	})
	return slices.Compact(slices.Sorted(slices.Values(append(names, unsaved...)))), nil
}

// text gives the text of a file of a directory, which goes by that name in messages.
func (s *Snapshot) text(dir, abs, name string) ([]byte, error) {
	if text := s.overlay[filepath.Join(abs, name)]; text != nil {
		return text, nil
	}
	return os.ReadFile(filepath.Join(dir, name))
}

// directory gives the .wf files of a directory as the snapshot has them.
func (s *Snapshot) directory(dir string) (*parsed, error) {
	if s.err != nil {
		return nil, s.err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.dirs[abs]
	if !ok {
		d.parsed, d.err = s.parse(filepath.Clean(dir), abs)
		s.dirs[abs] = d
	}
	return d.parsed, d.err
}

// errNoSources says that a directory has no .wf files.
var errNoSources = errors.New("no .wf files")

// named gives the package that a path names, and the file that was asked for; empty where
// the whole directory was.
func (s *Snapshot) named(path string) (p *parsed, file string, err error) {
	dir := path
	if info, err := os.Stat(path); err != nil && !s.has(path) {
		return nil, "", err
	} else if err == nil && !info.IsDir() || err != nil && IsSource(filepath.Base(path)) {
		if dir, file = filepath.Dir(path), filepath.Base(path); !IsSource(file) {
			return nil, "", fmt.Errorf("%s is neither a directory nor a .wf file", path)
		}
	}
	if p, err = s.directory(dir); errors.Is(err, errNoSources) {
		err = fmt.Errorf("no .wf files in %s", dir)
	}
	return p, file, err
}
