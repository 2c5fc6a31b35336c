package main

import (
	"fmt"

	"github.com/wfgen/wfgen/compiler/scaffold"
)

type initCmd struct {
	Module string `name:"module" placeholder:"PATH" help:"The path of the new module, where the directory is in none; the directory's name by default."`
	Dir    string `arg:"" optional:"" name:"dir" default:"." help:"The directory; it is made if it isn't there."`
}

// Run makes a small package with a workflow, and says how to go on.
func (c *initCmd) Run(s *streams) error {
	r, err := scaffold.Create(scaffold.Options{Dir: c.Dir, Module: c.Module})
	if r != nil {
		for _, name := range r.Wrote {
			fmt.Fprintf(s.err, "wrote %s\n", name)
		}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Package %s is ready. In its directory:\n\n"+
		"  go test .                     runs its tests\n"+
		"  go generate .                 compiles welcome.wf again, once you have changed it\n"+
		"  go tool wfgen run -input '{\"guest\": {\"name\": \"Ada\"}}' .\n"+
		"                                runs the workflow\n", r.Package)
	return err
}
