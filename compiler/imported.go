package compiler

import (
	"path/filepath"
	"slices"
)

// ImportedDirs gives the directories of the packages that the .wf files of packages
// import, as far as these are in the importing package's own module: absolute, each
// once, sorted. Sources with errors have them too.
func ImportedDirs(packages []*Package) []string {
	var dirs []string
	for _, p := range packages {
		for _, p := range append(p.Imported(), p) {
			dirs = append(dirs, p.importedDirs()...)
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

func (p *Package) importedDirs() []string {
	paths := p.imports()
	if len(paths) == 0 {
		return nil
	}
	s, err := p.loader.around(p.abs)
	if err != nil {
		return nil
	}
	var dirs []string
	for _, path := range paths {
		dir := s.set.Dir(path)
		if rel, err := filepath.Rel(s.set.Root(), dir); err == nil && filepath.IsLocal(rel) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
