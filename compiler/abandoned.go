package compiler

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Abandoned gives the changes that remove what the backend wrote into directories that have
// no .wf file any more, in and below those of the patterns that end in /... ; what is
// left over beside other .wf files is for Package.Stale.
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

func (b *Backend) abandonedIn(dir string) ([]Change, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, e := range entries {
		name := e.Name()
		if IsSource(name) && !e.IsDir() {
			return nil, nil
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
	return changes, nil
}
