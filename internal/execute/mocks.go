package execute

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/mock"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

// A cast is the tools of a package that mocks play.
type cast struct {
	typ    string // the type whose methods play them
	home   string // what the main program calls the package
	prefix string // begins the tools' names in mocks
	tools  []*plan.Tool
	needs  []*types.Package
	models []*plan.Model
	// awaited play the steps that only a durable execution can do.
	awaited []*plan.Tool
}

// casts are those of the workflow's package and of all packages that this leads to.
// Tools that are bound to Go functions are there whether a workflow reaches them or
// not.
func (m *mainFile) casts() []cast {
	tools := m.tools()
	for _, t := range m.program.Tools {
		if t.Go != nil {
			tools = append(tools, t)
		}
	}
	all := []cast{{"mocked", "wf", "", tools, m.needs(), m.models(), awaitedIn(m.program)}}
	seen := map[string]bool{}
	var visit func(*plan.Program)
	visit = func(p *plan.Program) {
		for _, path := range slices.Sorted(maps.Keys(p.Imported)) {
			if other := p.Imported[path]; !seen[path] {
				seen[path] = true
				all = append(all, cast{m.player(path), m.alias(path), other.Package + ".", other.Tools, other.Needs, other.Models, awaitedIn(other)})
				visit(other)
			}
		}
	}
	visit(m.program)
	return all
}

// player is the type that plays the tools of another package.
func (m *mainFile) player(path string) string { return "mocked" + m.alias(path)[len("wf"):] }

// hasMocks tells whether there is anything for mocks to play.
func (m *mainFile) hasMocks() bool {
	return slices.ContainsFunc(m.casts(), func(c cast) bool { return len(c.tools)+len(c.models)+len(c.awaited) > 0 })
}

// mocksModels tells whether the types that play the tools have models, which are no mocks.
func (m *mainFile) mocksModels() bool {
	return m.mocked && slices.ContainsFunc(m.casts(), func(c cast) bool { return len(c.models) > 0 })
}

// hooks writes, into the function that prepares the run, that bound tools are mocks.
func (m *mainFile) hooks() string {
	text := ""
	for _, c := range m.casts() {
		for _, t := range c.tools {
			if t.Go != nil {
				text += fmt.Sprintf("%s.%s = %s{mocks}.%s\n", c.home, t.Go.Name, c.typ, t.GoName)
			}
		}
	}
	return text
}

// mocks writes the type mocked, whose methods play the workflow's tools, one more for
// each package that it leads to, and the tables of the tools and of the steps that call
// them.
func (m *mainFile) mocks() {
	casts := m.casts()
	for _, c := range casts {
		m.printf("\ntype %s struct{ mocks *mock.Tools }\n", c.typ)
		for _, t := range c.tools {
			m.method(c, t)
		}
		for _, p := range c.models {
			m.printf("\nfunc (m %s) %s() agent.Model { return models[%q] }\n", c.typ, p.GoName, p.Name)
		}
		for _, n := range c.needs {
			m.printf("\nfunc (m %s) %s() %s.Tools { return %s{m.mocks} }\n", c.typ, types.Exported(n.Name), m.alias(n.Path), m.player(n.Path))
		}
	}
	m.printf("\nvar mockTools = []mock.Tool{\n")
	for _, c := range casts {
		for _, t := range slices.Concat(c.tools, c.awaited) {
			m.printf("%s", m.tool(c, t))
		}
	}
	m.printf("}\n\nvar mockSteps = []mock.Step{\n")
	for _, s := range m.mockSteps() {
		m.printf("{ID: %q, Tool: %q, Loop: %d},\n", s.ID, s.Tool, s.Loop)
	}
	m.printf("}\n")
}

// tool is the line of a tool in the table, with its declared errors.
func (m *mainFile) tool(c cast, t *plan.Tool) string {
	text := fmt.Sprintf("mock.NoResult(%q)", c.prefix+t.Name)
	if !types.Is(t.Result, types.Nothing) {
		text = fmt.Sprintf("mock.Result[%s](%q)", m.goType(t.Result, c.home), c.prefix+t.Name)
	}
	if len(t.Fails) > 0 {
		text += ".Fails("
		for _, e := range t.Fails {
			text += fmt.Sprintf("mock.Error[%s](%q), ", m.goType(e, c.home), e.Name)
		}
		text += ")"
	}
	return text + ",\n"
}

func (m *mainFile) method(c cast, t *plan.Tool) {
	params := "ctx context.Context"
	for _, p := range t.Params {
		params += ", _ " + m.goType(p.Type, c.home)
	}
	if types.Is(t.Result, types.Nothing) {
		m.printf("\nfunc (m %s) %s(%s) error {\nreturn mock.Run(ctx, m.mocks, %q)\n}\n", c.typ, t.GoName, params, c.prefix+t.Name)
		return
	}
	result := m.goType(t.Result, c.home)
	m.printf("\nfunc (m %s) %s(%s) (%s, error) {\nreturn mock.Call[%s](ctx, m.mocks, %q)\n}\n",
		c.typ, t.GoName, params, result, result, c.prefix+t.Name)
}

// mockSteps are the steps of a workflow that call a tool, those of the workflows that
// it calls among them.
func mockSteps(w *plan.Workflow) []mock.Step { return stepsOf(w.Body, "", "", 0) }

// mockSteps are those of the workflows. Where two have a step of one id it is the first's.
func (c company) mockSteps() []mock.Step {
	var steps []mock.Step
	for _, w := range c.all() {
		for _, s := range mockSteps(w) {
			if !slices.ContainsFunc(steps, func(o mock.Step) bool { return o.ID == s.ID }) {
				steps = append(steps, s)
			}
		}
	}
	return steps
}

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
		case *plan.Durable:
			steps = append(steps, mock.Step{ID: prefix + n.Path, Tool: home + op.Played.Name, Loop: loop})
		case *plan.For:
			if op.Parallel {
				inner = strings.Count(prefix+n.Path, stepid.Rounds) + 1
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
