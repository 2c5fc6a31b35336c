package execute

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/mock"
	"github.com/wfgen/wfgen/types"
)

// mocks writes the type mocked, whose methods play the workflow's tools, one more for
// each package whose tools it needs, and the tables of the tools and of the steps that
// call them.
func (m *mainFile) mocks() {
	var table bytes.Buffer
	m.player("mocked", "wf", "", m.program, m.workflow.Tools, m.workflow.Needs, &table, map[string]bool{})
	m.printf("\nvar mockTools = []mock.Tool{\n%s}\n\nvar mockSteps = []mock.Step{\n", table.Bytes())
	for _, s := range mockSteps(m.workflow) {
		m.printf("{ID: %q, Tool: %q, Loop: %d},\n", s.ID, s.Tool, s.Loop)
	}
	m.printf("}\n")
}

// player writes a type whose methods play tools. home is what the main program calls
// their package, prefix begins their names in mocks. The tools go into table.
func (m *mainFile) player(typ, home, prefix string, p *plan.Program, tools []*plan.Tool, needs []*types.Package, table *bytes.Buffer, done map[string]bool) {
	m.printf("\ntype %s struct{ mocks *mock.Tools }\n", typ)
	for _, t := range tools {
		m.method(typ, home, prefix, t)
		table.WriteString(m.tool(home, prefix, t))
	}
	for _, n := range needs {
		other, name := p.Imported[n.Path], "mocked"+strings.ToUpper(m.alias(n.Path)[:1])+m.alias(n.Path)[1:]
		m.printf("\nfunc (m %s) %s() %s.Tools { return %s{m.mocks} }\n", typ, types.Exported(n.Name), m.alias(n.Path), name)
		if !done[n.Path] {
			done[n.Path] = true
			m.player(name, m.alias(n.Path), n.Name+".", other, other.Tools, other.Needs, table, done)
		}
	}
}

// tool is the line of a tool in the table, with its declared errors.
func (m *mainFile) tool(home, prefix string, t *plan.Tool) string {
	text := fmt.Sprintf("mock.NoResult(%q)", prefix+t.Name)
	if !types.Is(t.Result, types.Nothing) {
		text = fmt.Sprintf("mock.Result[%s](%q)", m.goType(t.Result, home), prefix+t.Name)
	}
	if len(t.Fails) > 0 {
		text += ".Fails("
		for _, e := range t.Fails {
			text += fmt.Sprintf("mock.Error[%s](%q), ", m.goType(e, home), e.Name)
		}
		text += ")"
	}
	return text + ",\n"
}

func (m *mainFile) method(typ, home, prefix string, t *plan.Tool) {
	params := "ctx context.Context"
	for _, p := range t.Params {
		params += ", _ " + m.goType(p.Type, home)
	}
	if types.Is(t.Result, types.Nothing) {
		m.printf("\nfunc (m %s) %s(%s) error {\nreturn mock.Run(ctx, m.mocks, %q)\n}\n", typ, t.GoName, params, prefix+t.Name)
		return
	}
	result := m.goType(t.Result, home)
	m.printf("\nfunc (m %s) %s(%s) (%s, error) {\nreturn mock.Call[%s](ctx, m.mocks, %q)\n}\n",
		typ, t.GoName, params, result, result, prefix+t.Name)
}

// mockSteps are the steps of a workflow that call a tool, those of the workflows that
// it calls among them.
func mockSteps(w *plan.Workflow) []mock.Step { return stepsOf(w.Body, "", "", 0) }

// stepsOf are those of a block. prefix begins their ids and home their tools' names,
// loop is the number of the round in it that belongs to the innermost for with
// parallel.
func stepsOf(b *plan.Block, prefix, home string, loop int) (steps []mock.Step) {
	for _, n := range b.Nodes {
		inner := loop
		switch op := n.Op.(type) {
		case *plan.Call:
			steps = append(steps, callsOf(prefix+n.Path, home, op.Tool, op.Workflow, loop)...)
			if op.Undo != nil {
				steps = append(steps, callsOf(prefix+op.Undo.Path, home, op.Undo.Tool, op.Undo.Workflow, loop)...)
			}
		case *plan.For:
			if op.Parallel {
				inner = strings.Count(prefix+n.Path, "[]") + 1
			}
		}
		for _, body := range plan.Blocks(n.Op) {
			steps = append(steps, stepsOf(body, prefix, home, inner)...)
		}
	}
	return steps
}

func callsOf(id, home string, t *plan.Tool, w *plan.Workflow, loop int) []mock.Step {
	if t != nil {
		return []mock.Step{{ID: id, Tool: home + t.Name, Loop: loop}}
	}
	if w.Package != nil {
		home = w.Package.Name + "."
	}
	return stepsOf(w.Body, id+".", home, loop)
}
