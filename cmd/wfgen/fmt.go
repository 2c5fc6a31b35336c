package main

import (
	"fmt"
	"io"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/format"
	"github.com/wfgen/wfgen/runtime/foreign"
)

type fmtCmd struct {
	List  bool     `name:"l" help:"List the files that aren't in the style."`
	Diff  bool     `name:"d" help:"Show how the files differ from the style."`
	Write bool     `name:"w" help:"Put the files in the style."`
	Paths []string `arg:"" optional:"" name:"path" help:"Directories, .wf files or ./... ; none, or -, is standard input."`
}

// Run formats files, or standard input.
func (c *fmtCmd) Run(s *streams) error {
	if len(c.Paths) == 0 || len(c.Paths) == 1 && c.Paths[0] == "-" {
		return c.stdin(s)
	}
	files, faults, err := compiler.Format(c.Paths)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := c.one(s, f); err != nil {
			return err
		}
	}
	return unsound(s, faults)
}

func (c *fmtCmd) stdin(s *streams) error {
	if c.Write {
		return fmt.Errorf("-w needs files: standard input can't be written")
	}
	text, err := io.ReadAll(s.in)
	if err != nil {
		return err
	}
	const name = "<standard input>"
	formatted, faults, err := format.Source(name, text)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return unsound(s, faults)
	}
	return c.one(s, &compiler.Formatted{Path: name, Old: text, New: formatted})
}

// one deals with a formatted file as the flags say; without flags it is printed.
func (c *fmtCmd) one(s *streams, f *compiler.Formatted) error {
	if !c.List && !c.Diff && !c.Write {
		return s.source(f.New)
	}
	if !f.Changed() {
		return nil
	}
	if c.List {
		if err := s.printf("%s\n", foreign.Line(f.Path)); err != nil {
			return err
		}
	}
	if c.Diff {
		if err := s.source(diff.Diff(foreign.Line(f.Path)+".orig", f.Old, foreign.Line(f.Path), f.New)); err != nil {
			return err
		}
	}
	if c.Write {
		return f.Write()
	}
	return nil
}

// unsound shows the faults of files, and gives an error where there are some.
func unsound(s *streams, faults []diag.Diagnostic) error {
	if len(faults) == 0 {
		return nil
	}
	if err := diag.Render(s.err, faults, s.color); err != nil {
		return err
	}
	return exit{exitUnusable}
}
