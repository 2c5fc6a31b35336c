package main

import (
	"fmt"
	"io"
	"os"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/execute"
	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/internal/replay"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/foreign"
)

type replayCmd struct {
	AsTest bool   `name:"as-test" help:"Print it as a test in place of replaying it."`
	Export string `arg:"" name:"export" help:"What wfgen runs export has printed: a file, or - for standard input."`
	Path   string `arg:"" optional:"" default:"." name:"path" help:"The directory of the workflow's package."`
}

// Run replays the execution.
func (c *replayCmd) Run(s *streams) error {
	text, err := c.read(s)
	if err != nil {
		return err
	}
	d, err := history.Read(text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Export, err)
	}
	p, err := compiler.Load(c.Path)
	if err != nil {
		return err
	}
	if err := show(s, []*compiler.Package{p}); err != nil {
		return err
	}
	program := plan.Unbound(p.Program())
	if c.AsTest {
		test, err := replay.Test(program, d)
		if err == nil {
			err = s.printf("%s", test)
		}
		return err
	}
	outcome, err := execute.Replay(p, program, text, s.err)
	if err != nil {
		return err
	}
	if !outcome.Fits {
		s.say("%s doesn't replay: %s", foreign.Line(d.Execution.ID), outcome.Text)
		return exit{exitFailed}
	}
	return s.printf("%s replays %s\n", foreign.Line(d.Execution.ID), outcome.Text)
}

func (c *replayCmd) read(s *streams) ([]byte, error) {
	if c.Export == "-" {
		return io.ReadAll(s.in)
	}
	return os.ReadFile(c.Export)
}
