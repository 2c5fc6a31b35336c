package compiler

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/format"
	"github.com/wfgen/wfgen/parser"
)

// A Source is a .wf file in memory.
type Source struct {
	Name string // without a directory
	Text []byte
}

// FromSources checks sources in memory as the package of a directory. Of that only the
// module is looked at, and only if the sources name anything of Go; nothing is read
// from it otherwise, and it need not exist. Files that are there count for nothing.
func FromSources(dir string, files ...Source) (*Package, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b Source) int { return cmp.Compare(a.Name, b.Name) })
	l := newLoader()
	p := &Package{Dir: filepath.Clean(dir), abs: abs, loader: l, backend: Go}
	for _, f := range files {
		file, ds := parser.Parse(filepath.Join(dir, f.Name), f.Text)
		p.Files, p.files, p.found = append(p.Files, f.Name), append(p.files, file), append(p.found, ds...)
	}
	l.packages[abs] = p
	l.queue = append(l.queue, p)
	if err := l.neighbours(); err != nil {
		return nil, err
	}
	l.check(p)
	return p, nil
}

// SourceOf writes a tree that a program has made, as by package dsl/build, as a .wf file
// in the one style: FromSources checks it, and what is wrong has its place in that text.
// A tree that can't be written gives the faults of what was.
func SourceOf(name string, tree *dsl.File) (Source, []diag.Diagnostic, error) {
	text, faults, err := format.Source(name, []byte(dsl.Text(tree)))
	return Source{name, text}, faults, err
}
