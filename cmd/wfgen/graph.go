package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/graph"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/foreign"
)

type graphCmd struct {
	Format string   `name:"format" default:"text" enum:"${formats}" help:"One of ${formats}."`
	Paths  []string `arg:"" optional:"" name:"path" help:"Directories, .wf files or ./... ; or names of workflows, which are shown alone."`
}

// Run shows the plans of the workflows.
func (c *graphCmd) Run(s *streams) error {
	paths, names := c.split()
	packages, err := load(s, paths)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	var all []string
	for _, p := range packages {
		program := p.Plan()
		workflows := p.Workflows(program)
		for _, w := range workflows {
			all = append(all, w.Name)
		}
		if len(names) > 0 {
			if workflows = called(workflows, names); len(workflows) == 0 {
				continue
			}
		}
		if err := graph.Write(&b, program, workflows, c.Format); err != nil {
			return err
		}
	}
	if i := slices.IndexFunc(names, func(name string) bool { return !slices.Contains(all, name) }); i >= 0 {
		return fmt.Errorf("there is no path %s, and no workflow of that name; there is %s", names[i], strings.Join(all, ", "))
	}
	switch c.Format {
	case "json":
		_, err = s.out.Write(foreign.JSON(b.Bytes()))
	case "svg": // its texts have been made harmless before they were escaped for XML
		_, err = s.out.Write(b.Bytes())
	default:
		err = s.printf("%s", b.Bytes())
	}
	return err
}

// workflowName is what a workflow can be called.
var workflowName = regexp.MustCompile(`^[\pL_][\pL_\pN]*$`)

// split tells the names of workflows from paths: what is there is a path.
func (c *graphCmd) split() (paths, names []string) {
	for _, arg := range c.Paths {
		if _, err := os.Stat(arg); err != nil && workflowName.MatchString(arg) {
			names = append(names, arg)
		} else {
			paths = append(paths, arg)
		}
	}
	return paths, names
}

// called are the workflows with one of the names.
func called(workflows []*plan.Workflow, names []string) (out []*plan.Workflow) {
	for _, w := range workflows {
		if slices.Contains(names, w.Name) {
			out = append(out, w)
		}
	}
	return out
}
