package compiler

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/wfgen/wfgen/compiler/mcptypes"
	"github.com/wfgen/wfgen/runtime/mcppin"
)

// A pin is a pinned file beside the .wf files, as it was read.
type pin struct {
	name, text string
	problem    string // why there is no text
	missing    bool
}

// bind declares what the tools of servers take and give. Where the trees and the pinned files
// are those of the package before, so is what was made of them.
func (p *parsed) bind(s *Snapshot, old *parsed) {
	for _, name := range mcptypes.Files(p.trees) {
		p.pins = append(p.pins, s.pin(p.dir, p.abs, name))
	}
	if old != nil && slices.Equal(old.trees, p.trees) && slices.Equal(old.pins, p.pins) {
		p.files, p.unbound = old.files, old.unbound
		return
	}
	p.files, p.unbound = mcptypes.Expand(p.trees, func(name string) ([]byte, error) {
		for _, pin := range p.pins {
			switch {
			case pin.name != name:
			case pin.missing:
				return nil, fs.ErrNotExist
			case pin.problem != "":
				return nil, fmt.Errorf("%s", pin.problem)
			default:
				return []byte(pin.text), nil
			}
		}
		return nil, fs.ErrNotExist
	})
}

// pin reads a pinned file, of the overlay or of the disk. A name that isn't one beside the .wf
// files is read nowhere: it is reported.
func (s *Snapshot) pin(dir, abs, name string) pin {
	if filepath.Base(name) != name {
		return pin{name: name, missing: true}
	}
	if text := s.overlay[filepath.Join(abs, name)]; text != nil {
		return pin{name: name, text: string(text)}
	}
	path := filepath.Join(dir, name)
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return pin{name: name, missing: true}
	case err == nil && (!info.Mode().IsRegular() || info.Size() > mcppin.MaxFile):
		return pin{name: name, problem: "it is no file, or larger than a pinned one may be"}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return pin{name: name, problem: err.Error()}
	}
	return pin{name: name, text: string(text)}
}
