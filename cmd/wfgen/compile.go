package main

import (
	"context"
	"io"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/runtime/foreign"
)

type compileCmd struct {
	Check bool     `name:"check" xor:"mode" help:"Write nothing; exit with 1 where a file isn't what compile would write."`
	Watch bool     `name:"watch" xor:"mode" help:"Go on, and compile again whenever the source changes, until interrupted."`
	Paths []string `arg:"" optional:"" name:"path" help:"Directories, .wf files or ./... ."`
}

// Run compiles the packages: all of them, or none where one has errors.
func (c *compileCmd) Run(s *streams) error {
	if c.Watch {
		return follow(s, c.Paths)
	}
	packages, err := new(compiler.Workspace).Snapshot(nil).Changed(context.Background(), c.Paths)
	if err != nil {
		return err
	}
	compiler.GenerateAll(packages)
	if err := show(s, packages); err != nil {
		return err
	}
	abandoned, err := compiler.Go.Abandoned(c.Paths)
	if err != nil {
		return err
	}
	if c.Check {
		return stale(s, packages, abandoned)
	}
	return write(s, s.err, packages, abandoned)
}

// write brings the generated files up to date, and tells which it changed. What is held is
// reported to its own writer.
func write(s *streams, held io.Writer, packages []*compiler.Package, abandoned []compiler.Change) error {
	untidy := map[string]bool{}
	for _, p := range packages {
		changes, err := p.Write()
		if err != nil {
			return err
		}
		tell(s, changes)
		if path := gopkg.LacksRuntime(p.Abs()); path != "" && len(changes) > 0 && !untidy[path] {
			untidy[path] = true
			s.say("%s doesn't have github.com/wfgen/wfgen, which the generated Go imports: run go mod tidy", foreign.Line(path))
		}
		p.Remember()
	}
	if err := compiler.Apply(abandoned); err != nil {
		return err
	}
	tell(s, abandoned)
	return heldBy(held, packages)
}

func tell(s *streams, changes []compiler.Change) {
	for _, change := range changes {
		s.say("%s %s", done(change.Kind), foreign.Line(change.Path))
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
		if len(changes) == 0 {
			p.Remember()
		}
		all = append(all, changes...)
	}
	for _, change := range all {
		if err := s.printf("%s: %s\n", foreign.Line(change.Path), change.Kind); err != nil {
			return err
		}
	}
	if err := heldBy(s.out, packages); err != nil || len(all) == 0 {
		return err
	}
	return exit{exitFailed}
}
