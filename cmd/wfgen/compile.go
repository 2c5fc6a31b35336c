package main

import (
	"fmt"

	"github.com/wfgen/wfgen/compiler"
)

type compileCmd struct {
	Check bool     `name:"check" help:"Write nothing; exit with 1 where a file isn't what compile would write."`
	Paths []string `arg:"" optional:"" name:"path" help:"Directories, .wf files or ./... ."`
}

// Run compiles the packages: all of them, or none where one has errors.
func (c *compileCmd) Run(s *streams) error {
	packages, err := loadWithGo(c.Paths)
	if err != nil {
		return err
	}
	if err := show(s, packages); err != nil {
		return err
	}
	abandoned, err := compiler.Abandoned(c.Paths)
	if err != nil {
		return err
	}
	if c.Check {
		return stale(s, packages, abandoned)
	}
	for _, p := range packages {
		changes, err := p.Write()
		if err != nil {
			return err
		}
		tell(s, changes)
	}
	if err := compiler.Apply(abandoned); err != nil {
		return err
	}
	tell(s, abandoned)
	return nil
}

func tell(s *streams, changes []compiler.Change) {
	for _, change := range changes {
		fmt.Fprintf(s.err, "%s %s\n", done(change.Kind), change.Path)
	}
}

func done(k compiler.ChangeKind) string {
	if k == compiler.Remove {
		return "removed"
	}
	return "wrote"
}

// stale prints the files that aren't up to date, those in all first.
func stale(s *streams, packages []*compiler.Package, all []compiler.Change) error {
	for _, p := range packages {
		changes, err := p.Stale()
		if err != nil {
			return err
		}
		all = append(all, changes...)
	}
	for _, change := range all {
		if _, err := fmt.Fprintf(s.out, "%s: %s\n", change.Path, change.Kind); err != nil {
			return err
		}
	}
	if len(all) > 0 {
		return exit{exitFailed}
	}
	return nil
}
