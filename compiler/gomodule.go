package compiler

import (
	"context"
	"fmt"
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
	set   *gopkg.Set
	asked time.Time         // when the go command was asked last
	noted map[string]string // how files and directories were, by path
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
		m = &goModule{set: set, noted: map[string]string{}}
	}
	if s.w.modules == nil {
		s.w.modules = map[string]*goModule{}
	}
	s.modules[root], s.w.modules[root] = m, m
	return m, nil
}

// current tells whether all is as it was noted.
func (m *goModule) current(s *Snapshot) bool {
	for path, was := range m.noted {
		if now, _ := s.stateOf(path); now != was {
			return false
		}
	}
	return m.set.Size() < maxPositions
}

// load asks the go command for what isn't known yet.
func (m *goModule) load(ctx context.Context, s *Snapshot, own, paths []string) error {
	m.asked = time.Now()
	for _, dir := range own {
		m.note(s, dir)
	}
	if err := m.set.Load(ctx, paths); err != nil {
		return err
	}
	dirs, files := m.set.Local()
	for _, path := range slices.Concat(dirs, files) {
		m.note(s, path)
	}
	return nil
}

// note notes how a file or directory is. What has changed since the go command was asked is
// as it was in no state.
func (m *goModule) note(s *Snapshot, path string) {
	if _, known := m.noted[path]; known {
		return
	}
	state, newest := s.stateOf(path)
	if newest.After(m.asked) {
		state = "changed"
	}
	m.noted[path] = state
}

// stateOf is a file's size and time, or, of a directory, those of its Go, without what wfgen
// has generated; and the newest of the times.
func (s *Snapshot) stateOf(path string) (string, time.Time) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", time.Time{}
	case !info.IsDir():
		return stamp(info), info.ModTime()
	}
	beside, err := s.w.goBeside(path)
	if err != nil {
		return err.Error(), time.Time{}
	}
	return beside.key, beside.newest
}

func stamp(info os.FileInfo) string {
	return fmt.Sprintf("%q %d %d\n", info.Name(), info.Size(), info.ModTime().UnixNano())
}
