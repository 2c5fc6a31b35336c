package main

import (
	"github.com/wfgen/wfgen/internal/scaffold"
	"github.com/wfgen/wfgen/runtime/foreign"
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
			s.say("wrote %s", foreign.Line(name))
		}
	}
	if err != nil {
		return err
	}
	return s.printf("Package %s is ready. In its directory:\n\n"+
		"  go test .                     runs its tests\n"+
		"  go generate .                 compiles welcome.wf again, once you have changed it\n"+
		"  go tool wfgen run -input '{\"guest\": {\"name\": \"Ada\"}}' .\n"+
		"                                runs the workflow\n", r.Package)
}
