package main

import "bytes"

type listCmd struct {
	JSON  bool     `name:"json" help:"Print each declaration as a JSON object on a line."`
	Paths []string `arg:"" optional:"" name:"path" help:"Directories, .wf files or ./... ."`
}

// Run lists the packages, an empty line between them.
func (c *listCmd) Run(s *streams) error {
	packages, err := load(s, c.Paths)
	if err != nil {
		return err
	}
	if c.JSON {
		for _, p := range packages {
			for _, d := range p.Declarations() {
				if err := s.printLine(d); err != nil {
					return err
				}
			}
		}
		return nil
	}
	var b bytes.Buffer
	for i, p := range packages {
		if i > 0 {
			b.WriteByte('\n')
		}
		if err := p.List(&b); err != nil {
			return err
		}
	}
	return s.printf("%s", b.Bytes())
}
