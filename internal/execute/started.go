package execute

import (
	"slices"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// startedBy are the workflows of its package that a workflow starts, those that its
// sub-workflows and those that it starts start among them.
func startedBy(w *plan.Workflow) []*plan.Workflow {
	var started []*plan.Workflow
	seen := map[*plan.Workflow]bool{w: true}
	var visit func(*plan.Workflow)
	visit = func(w *plan.Workflow) {
		plan.Inspect(w.Body, func(n *plan.Node) {
			var next *plan.Workflow
			switch op := n.Op.(type) {
			case *plan.Call:
				next = op.Workflow
				if op.Undo != nil && op.Undo.Workflow != nil && !seen[op.Undo.Workflow] {
					seen[op.Undo.Workflow] = true
					visit(op.Undo.Workflow)
				}
			case *plan.Durable:
				if next = op.Workflow; next != nil && !slices.Contains(started, next) {
					started = append(started, next)
				}
			}
			// What a package that is imported starts is of its own registry.
			if next != nil && next.Package == nil && !seen[next] {
				seen[next] = true
				visit(next)
			}
		}, nil)
	}
	visit(w)
	return started
}

// A company is a workflow and those that run beside it because it starts them.
type company struct {
	workflow *plan.Workflow
	started  []*plan.Workflow
}

// all are the workflows, each once.
func (c company) all() []*plan.Workflow {
	return append([]*plan.Workflow{c.workflow}, slices.DeleteFunc(slices.Clone(c.started), func(w *plan.Workflow) bool { return w == c.workflow })...)
}

// names are those of the workflows.
func (c company) names() []string {
	var names []string
	for _, w := range c.all() {
		names = append(names, w.Name)
	}
	return names
}

func (c company) hasTools() bool { return slices.ContainsFunc(c.all(), (*plan.Workflow).HasTools) }

// tools are those that the workflows reach.
func (c company) tools() []*plan.Tool {
	var tools []*plan.Tool
	for _, w := range c.all() {
		for _, t := range w.Tools {
			if !slices.Contains(tools, t) {
				tools = append(tools, t)
			}
		}
	}
	return tools
}

// needs are the packages whose tools the workflows need.
func (c company) needs() []*types.Package {
	var needs []*types.Package
	for _, w := range c.all() {
		for _, n := range w.Needs {
			if !slices.ContainsFunc(needs, func(o *types.Package) bool { return o.Path == n.Path }) {
				needs = append(needs, n)
			}
		}
	}
	return needs
}
