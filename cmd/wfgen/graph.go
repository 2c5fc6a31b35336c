package main

import (
	"bytes"

	"github.com/wfgen/wfgen/graph"
	"github.com/wfgen/wfgen/runtime/foreign"
)

type graphCmd struct {
	Format string   `name:"format" default:"text" enum:"${formats}" help:"One of ${formats}."`
	Paths  []string `arg:"" optional:"" name:"path" help:"Directories, .wf files or ./... ."`
}

// Run shows the plans of the workflows.
func (c *graphCmd) Run(s *streams) error {
	packages, err := load(s, c.Paths)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, p := range packages {
		program := p.Plan()
		if err := graph.Write(&b, program, p.Workflows(program), c.Format); err != nil {
			return err
		}
	}
	if c.Format == "json" {
		_, err := s.out.Write(foreign.JSON(b.Bytes()))
		return err
	}
	return s.printf("%s", b.Bytes())
}
