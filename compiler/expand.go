package compiler

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Expand gives the directories and .wf files that patterns name, each once, in
// the order of the patterns. A pattern is a directory, a .wf file, or a directory
// followed by /..., which means all directories with .wf files in and below it;
// as with Go, not those called testdata or vendor, nor those whose names begin
// with a dot or an underscore.
// No pattern at all means the current directory.
func Expand(patterns []string) ([]string, error) {
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	var paths []string
	add := func(path string) {
		if path = filepath.Clean(path); !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	for _, pattern := range patterns {
		root, deep := cutDots(pattern)
		if !deep {
			if _, err := os.Stat(pattern); err != nil {
				return nil, err
			}
			add(pattern)
			continue
		}
		dirs, err := below(root)
		if err != nil {
			return nil, err
		}
		if len(dirs) == 0 {
			return nil, fmt.Errorf("no .wf files in %s", pattern)
		}
		for _, dir := range dirs {
			add(dir)
		}
	}
	return paths, nil
}

// cutDots takes the /... off a pattern.
func cutDots(pattern string) (root string, deep bool) {
	if pattern == "..." {
		return ".", true
	}
	root, deep = strings.CutSuffix(filepath.ToSlash(pattern), "/...")
	if deep && root == "" {
		root = "/"
	}
	return root, deep
}

// below gives the directories with .wf files in and below root, sorted by the
// names on the way.
func below(root string) ([]string, error) {
	var dirs []string
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != root && skipped(e.Name()):
			return fs.SkipDir
		case !e.IsDir() && IsSource(e.Name()):
			if dir := filepath.Dir(path); !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
		return nil
	})
	slices.Sort(dirs)
	return dirs, err
}

func skipped(dir string) bool {
	return dir == "testdata" || dir == "vendor" || strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "_")
}
