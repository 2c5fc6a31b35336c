package compiler

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/format"
	"github.com/wfgen/wfgen/internal/files"
)

// A Formatted is a .wf file in the one style.
type Formatted struct {
	Path string
	// Old is what the file holds, and New what it would hold.
	Old, New []byte
}

// Changed tells whether the file isn't in the style.
func (f *Formatted) Changed() bool { return !bytes.Equal(f.Old, f.New) }

// Write puts the file in the style, unless it is: it is replaced whole or not at all.
func (f *Formatted) Write() error {
	if !f.Changed() {
		return nil
	}
	return files.Replace(f.Path, f.New, 0o666)
}

// Format formats the .wf files that the patterns name, as Expand has them; of a
// directory all. The diagnostics are those of the files that have faults, which are
// left out.
func Format(patterns []string) ([]*Formatted, []diag.Diagnostic, error) {
	paths, err := Expand(patterns)
	if err != nil {
		return nil, nil, err
	}
	var out []*Formatted
	var faults []diag.Diagnostic
	for _, path := range paths {
		names, err := filesOf(path)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, nil, err
			}
			formatted, ds, err := format.Source(name, text)
			if err != nil {
				return nil, nil, err
			}
			faults = append(faults, ds...)
			if len(ds) == 0 {
				out = append(out, &Formatted{name, text, formatted})
			}
		}
	}
	return out, faults, nil
}

// filesOf are the .wf files of a directory, or the one that a path names.
func filesOf(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	names, err := sources(path)
	for i, name := range names {
		names[i] = filepath.Join(path, name)
	}
	return names, err
}

// SourceOf writes a tree that a program has made, as by package dsl/build, as the text of a
// .wf file in the one style: in an overlay it is checked, and what is wrong has its place in
// that text. A tree that can't be written gives the faults of what was.
func SourceOf(name string, tree *dsl.File) ([]byte, []diag.Diagnostic, error) {
	return format.Source(name, []byte(dsl.Text(tree)))
}
