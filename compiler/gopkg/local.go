package gopkg

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// Local gives the directories of what the set knows that can change, sorted: packages of
// the module, of those in one workspace with it, of those that are replaced by a
// directory, and what is vendored. What Go itself has, and what is in its module cache,
// never does. files are the go.mod, go.sum, go.work and vendor/modules.txt that decide which
// packages those are, whether they are there or not.
func (s *Set) Local() (dirs, files []string) {
	mods := map[string]bool{}
	for path, p := range s.metas {
		switch {
		case changes(p):
			dirs, mods[p.Module.GoMod] = append(dirs, p.Dir), true
		case p.Dir == "":
			dirs = append(dirs, s.localDir(path))
		}
	}
	mods[filepath.Join(s.dir, "go.mod")] = true
	for mod := range mods {
		if mod != "" {
			files = append(files, mod, strings.TrimSuffix(mod, "mod")+"sum")
		}
	}
	for at := s.dir; ; at = filepath.Dir(at) {
		files = append(files, filepath.Join(at, "go.work"), filepath.Join(at, "go.work.sum"), filepath.Join(at, "vendor", "modules.txt"))
		if at == filepath.Dir(at) {
			break
		}
	}
	dirs = slices.DeleteFunc(dirs, func(dir string) bool { return dir == "" })
	slices.Sort(dirs)
	slices.Sort(files)
	return slices.Compact(dirs), slices.Compact(files)
}

// changes tells whether a package that the go command has found can change.
func changes(p *packages.Package) bool {
	m := p.Module
	return m != nil && (m.Main || m.Replace != nil && m.Replace.Version == "" || strings.HasSuffix(filepath.ToSlash(p.Dir), "/vendor/"+p.PkgPath))
}

// IsLocal tells whether the package of a path is one that can change, as far as is known.
func (s *Set) IsLocal(path string) bool {
	p := s.metas[path]
	return p == nil || p.Dir == "" || changes(p)
}

// Doubtful tells whether the go command said something against a package that may come to
// an end without a change in what Local gives: a download may go well the next time, and a
// file that is to be embedded may come. That a directory of the module has no Go isn't that,
// nor that the module doesn't ask for the runtime, which is at hand.
func (s *Set) Doubtful() bool {
	for path, p := range s.metas {
		if problemOf(p) != nil && !strings.HasPrefix(path, runtimePath) && !(p.Name == "" && s.withoutGo(path)) {
			return true
		}
	}
	return false
}

// withoutGo tells whether a path means a directory of the module that has no Go, or isn't there.
func (s *Set) withoutGo(path string) bool {
	dir := s.localDir(path)
	if dir == "" {
		return false
	}
	entries, err := os.ReadDir(dir)
	isGo := func(e os.DirEntry) bool { return isSource(e.Name()) }
	return errors.Is(err, fs.ErrNotExist) || err == nil && !slices.ContainsFunc(entries, isGo)
}
