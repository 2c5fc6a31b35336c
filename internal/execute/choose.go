package execute

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/plan"
)

// Choose gives the workflow of the package that a name means, which may be empty where there
// is one.
func Choose(p *compiler.Package, name string) (*plan.Workflow, error) {
	return choose(p.Workflows(p.Plan()), name)
}

// choose gives the workflow of that name, or the only one where the name is empty.
func choose(workflows []*plan.Workflow, name string) (*plan.Workflow, error) {
	var names []string
	for _, w := range workflows {
		if w.Name == name || name == "" && len(workflows) == 1 {
			return w, nil
		}
		names = append(names, w.Name)
	}
	switch {
	case len(workflows) == 0:
		return nil, errors.New("no workflow here")
	case name == "":
		return nil, fmt.Errorf("which workflow? Name one of %s after the path", strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("no workflow %s here; there is %s", name, strings.Join(names, ", "))
}
