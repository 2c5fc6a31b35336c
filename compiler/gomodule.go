package compiler

import (
	"context"
	"os"
	"slices"
	"time"

	"github.com/wfgen/wfgen/compiler/gopkg"
)

// maxPositions bounds the source of which positions are kept, in bytes: it grows while Go is
// checked again and again.
const maxPositions = 1 << 28

// A goModule is what the go command has said of the packages of a module, for as long as
// the files say the same that it has read.
type goModule struct {
	set     *gopkg.Set
	noted   map[string]string // how files and directories were, by path
	without map[string]bool   // directories of the module cache that have no .wf files
}

// module gives the module that a directory is in, which is looked at once for a snapshot.
func (s *Snapshot) module(dir string) (*goModule, error) {
	set, err := gopkg.NewSet(dir)
	if err != nil {
		return nil, err
	}
	root := set.Root()
	if m := s.modules[root]; m != nil {
		return m, nil
	}
	m := s.w.modules[root]
	if m == nil || !m.current(s) {
		m = m.anew(s, set)
	}
	if s.w.modules == nil {
		s.w.modules = map[string]*goModule{}
	}
	s.modules[root], s.w.modules[root] = m, m
	return m, nil
}

// anew gives a module of which the go command hasn't said anything yet. What it read of m,
// which may be nil, it will read again: how that is now is noted before.
func (m *goModule) anew(s *Snapshot, set *gopkg.Set) *goModule {
	now := &goModule{set: set, noted: map[string]string{}, without: map[string]bool{}}
	if m != nil {
		for path := range m.noted {
			now.noted[path], _ = s.stateOf(path)
		}
	}
	return now
}

// current tells whether all is as it was noted, and the go command had nothing to say
// against a package that may be mended elsewhere.
func (m *goModule) current(s *Snapshot) bool {
	for path, was := range m.noted {
		if now, _ := s.stateOf(path); now != was {
			return false
		}
	}
	return m.set.Size() < maxPositions && !m.set.Doubtful()
}

// load asks the go command for what isn't known yet.
func (m *goModule) load(ctx context.Context, s *Snapshot, own, paths []string) error {
	for _, dir := range own {
		if _, known := m.noted[dir]; !known {
			m.noted[dir], _ = s.stateOf(dir)
		}
	}
	asked := time.Now()
	if err := m.set.Load(ctx, paths); err != nil {
		return err
	}
	dirs, files := m.set.Local()
	for _, path := range slices.Concat(dirs, files) {
		if _, known := m.noted[path]; !known {
			m.noted[path] = s.stateSince(path, asked)
		}
	}
	return nil
}

// unsettled is noted of what may have changed since the go command was asked: it is in no
// state, so that the next snapshot asks again.
const unsettled = "unsettled"

// stateSince is how a file or directory is that the go command has read.
func (s *Snapshot) stateSince(path string, asked time.Time) string {
	state, newest := s.stateOf(path)
	if newest.After(asked.Add(-Grain)) {
		return unsettled
	}
	return state
}

// stateOf tells how a file is, or, of a directory, its Go without what wfgen has generated;
// and the newest of the times.
func (s *Snapshot) stateOf(path string) (string, time.Time) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", time.Time{}
	case !info.IsDir():
		file, err := s.w.stamp(path)
		if err != nil {
			return err.Error(), time.Time{}
		}
		return file.key, info.ModTime()
	}
	beside, err := s.w.goBeside(path)
	if err != nil {
		return err.Error(), time.Time{}
	}
	return beside.key, beside.newest
}
