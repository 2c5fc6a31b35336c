package compiler

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Abandoned gives the changes that remove what the backend wrote into directories that have
// no .wf file any more, in and below those of the patterns that end in /... ; what is
// left over beside other .wf files is for Package.Stale. It is a *GoneError where a plan
// file is among it.
func (b *Backend) Abandoned(patterns []string) ([]Change, error) {
	var changes []Change
	for _, pattern := range patterns {
		root, deep := cutDots(pattern)
		if !deep {
			continue
		}
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case !e.IsDir():
				return nil
			case path != root && skipped(e.Name()):
				return fs.SkipDir
			}
			left, err := b.abandonedIn(path)
			changes = append(changes, left...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// A GoneError says that a package has a plan file and no .wf file any more: what was started
// under that can't go on.
type GoneError struct{ Path string }

func (e *GoneError) Error() string {
	return e.Path + ": no .wf file is beside it any more, and executions that were started under it can't go on; put the source back, or remove the file"
}

func (b *Backend) abandonedIn(dir string) ([]Change, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var changes []Change
	var gone error
	for _, e := range entries {
		name := e.Name()
		if IsSource(name) && !e.IsDir() {
			return nil, nil
		}
		if info, err := e.Info(); name == PlanFile && err == nil && info.Size() > 0 {
			gone = &GoneError{filepath.Join(dir, name)}
		}
		if e.IsDir() || !b.names(name) {
			continue
		}
		path := filepath.Join(dir, name)
		_, ours, err := b.generatedFrom(path)
		if err != nil {
			return nil, err
		}
		if ours {
			changes = append(changes, Change{Path: path, Kind: Remove})
		}
	}
	return changes, gone
}
