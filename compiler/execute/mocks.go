package execute

import (
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/mock"
	"github.com/wfgen/wfgen/types"
)

// mocks writes the type mocked, whose methods play the workflow's tools, and the
// tables of the tools and of the steps that call them.
func (m *mainFile) mocks() {
	m.printf("\ntype mocked struct{ mocks *mock.Tools }\n")
	m.printf("\nvar mockTools = []mock.Tool{\n")
	for _, t := range m.workflow.Tools {
		if types.Is(t.Result, types.Nothing) {
			m.printf("mock.NoResult(%q)", t.Name)
		} else {
			m.printf("mock.Result[%s](%q)", goType(t.Result), t.Name)
		}
		m.fails(t)
	}
	m.printf("}\n\nvar mockSteps = []mock.Step{\n")
	for _, s := range mockSteps(m.workflow) {
		m.printf("{ID: %q, Tool: %q, Loop: %d},\n", s.ID, s.Tool, s.Loop)
	}
	m.printf("}\n")
	for _, t := range m.workflow.Tools {
		m.method(t)
	}
}

// fails writes the declared errors of a tool.
func (m *mainFile) fails(t *plan.Tool) {
	if len(t.Fails) > 0 {
		m.printf(".Fails(")
		for _, e := range t.Fails {
			m.printf("mock.Error[%s](%q), ", goType(e), e.Name)
		}
		m.printf(")")
	}
	m.printf(",\n")
}

func (m *mainFile) method(t *plan.Tool) {
	params := "ctx context.Context"
	for _, p := range t.Params {
		params += ", _ " + goType(p.Type)
	}
	if types.Is(t.Result, types.Nothing) {
		m.printf("\nfunc (m mocked) %s(%s) error {\nreturn mock.Run(ctx, m.mocks, %q)\n}\n", t.GoName, params, t.Name)
		return
	}
	result := goType(t.Result)
	m.printf("\nfunc (m mocked) %s(%s) (%s, error) {\nreturn mock.Call[%s](ctx, m.mocks, %q)\n}\n",
		t.GoName, params, result, result, t.Name)
}

// mockSteps are the steps of a workflow that call a tool, those of the workflows that
// it calls among them.
func mockSteps(w *plan.Workflow) []mock.Step { return stepsOf(w.Body, "", 0) }

// stepsOf are those of a block. prefix begins their ids, loop is the number of the
// round in it that belongs to the innermost for with parallel.
func stepsOf(b *plan.Block, prefix string, loop int) (steps []mock.Step) {
	for _, n := range b.Nodes {
		inner := loop
		switch op := n.Op.(type) {
		case *plan.Call:
			steps = append(steps, callsOf(prefix+n.Path, op.Tool, op.Workflow, loop)...)
			if op.Undo != nil {
				steps = append(steps, callsOf(prefix+op.Undo.Path, op.Undo.Tool, op.Undo.Workflow, loop)...)
			}
		case *plan.For:
			if op.Parallel {
				inner = strings.Count(prefix+n.Path, "[]") + 1
			}
		}
		for _, body := range plan.Blocks(n.Op) {
			steps = append(steps, stepsOf(body, prefix, inner)...)
		}
	}
	return steps
}

func callsOf(id string, t *plan.Tool, w *plan.Workflow, loop int) []mock.Step {
	if t != nil {
		return []mock.Step{{ID: id, Tool: t.Name, Loop: loop}}
	}
	return stepsOf(w.Body, id+".", loop)
}
