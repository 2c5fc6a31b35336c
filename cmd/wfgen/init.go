package main

import (
	"slices"
	"strings"

	"github.com/wfgen/wfgen/internal/scaffold"
	"github.com/wfgen/wfgen/runtime/foreign"
)

type initCmd struct {
	Module   string `name:"module" placeholder:"PATH" help:"The path of the new module, where the directory is in none; the directory's name by default."`
	Template string `name:"template" placeholder:"NAME" help:"What to begin with. Without a name, or with list, the templates are listed."`
	JSON     bool   `name:"json" help:"List the templates as JSON objects, one on a line."`
	Dir      string `arg:"" optional:"" name:"dir" default:"." help:"The directory; it is made if it isn't there."`
}

// templateList is the name in place of which no name may stand.
const templateList = "list"

// listAsked gives a -template of init that no name follows the one that lists.
func listAsked(args []string) []string {
	if len(args) == 0 || args[0] != "init" {
		return args
	}
	for i, arg := range args {
		last := i == len(args)-1
		if (arg == "-template" || arg == "--template") && (last || strings.HasPrefix(args[i+1], "-")) {
			return slices.Insert(slices.Clone(args), i+1, templateList)
		}
	}
	return args
}

// Run makes a small package with a workflow, and says how to go on.
func (c *initCmd) Run(s *streams) error {
	if c.Template == templateList || c.JSON {
		return c.list(s)
	}
	r, err := scaffold.Create(scaffold.Options{Dir: c.Dir, Module: c.Module, Template: c.Template})
	if r != nil {
		for _, name := range r.Wrote {
			s.say("wrote %s", foreign.Line(name))
		}
	}
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(scaffold.Templates(), func(t scaffold.Template) bool { return t.Name == c.Template }); i >= 0 {
		return s.printf("Package %s is ready. In its directory:\n\n"+
			"  go tool wfgen test -crash .   runs the tests in %s.wf, from each crash, too\n"+
			"  go tool wfgen run -input input.json . %s\n"+
			"                                runs the workflow\n"+
			"  go generate .                 compiles %s.wf again, once you have changed it\n",
			r.Package, c.Template, scaffold.Templates()[i].Workflow, c.Template)
	}
	return s.printf("Package %s is ready. In its directory:\n\n"+
		"  go test .                     runs its tests\n"+
		"  go generate .                 compiles welcome.wf again, once you have changed it\n"+
		"  go tool wfgen run -input '{\"guest\": {\"name\": \"Ada\"}}' .\n"+
		"                                runs the workflow\n", r.Package)
}

// list shows the templates.
func (c *initCmd) list(s *streams) error {
	t := s.table()
	for _, template := range scaffold.Templates() {
		if !c.JSON {
			what, _, _ := strings.Cut(template.About, ". ")
			t.row(template.Name, strings.TrimSuffix(what, "."))
		} else if err := s.printLine(template); err != nil {
			return err
		}
	}
	return t.print()
}
