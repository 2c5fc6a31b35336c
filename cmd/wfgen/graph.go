package main

import "github.com/wfgen/wfgen/graph"

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
	for _, p := range packages {
		program := p.Plan()
		if err := graph.Write(s.out, program, p.Workflows(program), c.Format); err != nil {
			return err
		}
	}
	return nil
}
