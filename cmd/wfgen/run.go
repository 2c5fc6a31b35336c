package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/compiler/execute"
	"github.com/wfgen/wfgen/compiler/progress"
)

type runCmd struct {
	Input     string `name:"input" placeholder:"FILE|-|JSON" help:"The parameters by name: a file, - for standard input, or a JSON object."`
	Events    string `name:"events" placeholder:"FILE" help:"Write the events of the execution to a file, as JSON lines."`
	Mock      string `name:"mock" placeholder:"FILE|JSON" help:"What the tools give, by tool or step: a file or a JSON object. No Go code has to exist then."`
	Tools     string `name:"tools" placeholder:"NAME" help:"The exported function that makes the tools, where there are several."`
	Interpret bool   `name:"interpret" help:"Interpret the workflow in place of building it: no Go toolchain is needed, and the tools come from -mock alone."`
	Path      string `arg:"" name:"path" help:"The package's directory, or one of its .wf files."`
	Workflow  string `arg:"" optional:"" name:"workflow" help:"The workflow; it may be left out where there is one."`
}

// Run runs the workflow.
func (c *runCmd) Run(s *streams) error {
	p, err := compiler.Load(c.Path)
	if err != nil {
		return err
	}
	if err := show(s, []*compiler.Package{p}); err != nil {
		return err
	}
	o := execute.Options{Workflow: c.Workflow, Tools: c.Tools, Stderr: s.err}
	if o.Input, err = content(c.Input, s.in); err != nil {
		return fmt.Errorf("-input: %w", err)
	}
	if o.Mock, err = content(c.Mock, nil); err != nil {
		return fmt.Errorf("-mock: %w", err)
	}
	if c.Mock != "" && c.Tools != "" {
		return errors.New("-mock and -tools exclude each other: either mocks stand in for the tools or the tools are called")
	}
	if c.Interpret && c.Tools != "" {
		return errors.New("-interpret and -tools exclude each other: an interpreted workflow calls no Go code")
	}
	if in, ok := s.in.(*os.File); ok && c.Input != "-" {
		o.Stdin = in
	}
	if c.Events == "" {
		return c.execute(s, p, o)
	}
	file, err := os.Create(c.Events)
	if err != nil {
		return fmt.Errorf("-events: %w", err)
	}
	o.Events = file
	err = c.execute(s, p, o)
	return errors.Join(err, file.Close())
}

// execute runs the workflow with its progress on the terminal, where there is one.
func (c *runCmd) execute(s *streams, p *compiler.Package, o execute.Options) error {
	var live *progress.Live
	if s.terminal != nil {
		live = progress.New(s.terminal, s.size, s.color)
		o.Stderr, o.Observe = live, live.Observe
	}
	run := execute.Run
	if c.Interpret {
		run = execute.Interpret
	}
	outcome, err := run(p, o)
	if live != nil {
		err = errors.Join(err, live.Close())
	}
	var build *execute.BuildError
	switch {
	case errors.As(err, &build):
		fmt.Fprintln(s.err, build.Text)
		return exit{exitUnusable}
	case err != nil:
		return err
	case outcome.Failure != "":
		fmt.Fprintln(s.err, outcome.Failure)
		return exit{outcome.Code}
	case outcome.Result != "":
		_, err = fmt.Fprintln(s.out, outcome.Result)
	}
	return err
}

// content gives the text that an argument means: a JSON object is itself, - is
// what stdin holds where there is one, anything else is a file's name. It is nil
// without an argument.
func content(arg string, stdin io.Reader) ([]byte, error) {
	switch {
	case arg == "":
		return nil, nil
	case strings.HasPrefix(strings.TrimSpace(arg), "{"):
		return []byte(arg), nil
	case arg == "-" && stdin != nil:
		return io.ReadAll(stdin)
	}
	return os.ReadFile(arg)
}
