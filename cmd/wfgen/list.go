package main

import "fmt"

type listCmd struct {
	Paths []string `arg:"" optional:"" name:"path" help:"Directories, .wf files or ./... ."`
}

// Run lists the packages, an empty line between them.
func (c *listCmd) Run(s *streams) error {
	packages, err := load(s, c.Paths)
	if err != nil {
		return err
	}
	for i, p := range packages {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		if err := p.List(s.out); err != nil {
			return err
		}
	}
	return nil
}
