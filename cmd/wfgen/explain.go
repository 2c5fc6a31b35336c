package main

import (
	"fmt"

	"github.com/wfgen/wfgen/diag/explain"
)

type explainCmd struct {
	Code string `arg:"" optional:"" name:"code" help:"The code of a diagnostic: WF020, or 20. Without it all codes are listed."`
}

// Run explains a code, or lists all of them.
func (c *explainCmd) Run(s *streams) error {
	if c.Code == "" {
		return explain.List(s.out)
	}
	e, ok := explain.Find(c.Code)
	if !ok {
		return unknownCode(c.Code)
	}
	return e.Print(s.out)
}

// unknownCode says which codes there are instead.
func unknownCode(written string) error {
	switch near := explain.Near(written); len(near) {
	case 0:
		return fmt.Errorf("%s is no code: a code is WF and three digits, like WF020\nwfgen explain lists them all", written)
	case 1:
		return fmt.Errorf("there is no code %s, the nearest is %s\nwfgen explain lists them all", written, near[0])
	default:
		return fmt.Errorf("there is no code %s, the nearest are %s and %s\nwfgen explain lists them all", written, near[0], near[1])
	}
}
