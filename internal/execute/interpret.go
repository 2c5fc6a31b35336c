package execute

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/mock"
	"github.com/wfgen/wfgen/runtime/provider"
	"github.com/wfgen/wfgen/types"
)

// Interpret runs a workflow of the package in this process, without Go: mocks stand
// in for all tools. What it gives and reports is what Run does. An error says what
// keeps the workflow from being interpreted.
func Interpret(p *compiler.Package, o Options) (Outcome, error) {
	program := plan.Unbound(p.Program()) // mocks play bound tools, too
	w, err := choose(p.Workflows(program), o.Workflow)
	if err != nil {
		return Outcome{}, err
	}
	c := company{w, startedBy(w)}
	tools := toolsOf("", program, c.tools(), c.needs(), nil)
	if len(tools) > 0 && o.Mock == nil {
		var names []string
		for _, t := range tools {
			names = append(names, t.name)
		}
		return Outcome{}, fmt.Errorf("-interpret calls no Go code: let mocks stand in, with -mock, for the tools of %s: %s", w.Name, strings.Join(names, ", "))
	}
	if typed := interp.GoTypes(program); len(typed) > 0 {
		t := typed[0]
		return Outcome{}, fmt.Errorf("-interpret calls no Go code, and %s at %s:%d:%d is a type of Go: leave out -interpret", t.Type, t.Pos.File, t.Pos.Line, t.Pos.Col)
	}
	for _, f := range program.Funcs {
		if f.Go != nil {
			return Outcome{}, fmt.Errorf("-interpret calls no Go code, and func %s is bound to %s: leave out -interpret", f.Name, f.Go.Name)
		}
	}
	i := &interpreted{company: c, tools: tools, awaited: awaitedBy("", program, nil)}
	known := modelNames(program, program.Models, c.needs())
	if o.bindings, err = bindings(o.Models, modelNames(program, c.models(), c.needs()), known); err != nil {
		return Outcome{}, err
	}
	if i.models, err = openModels(o.bindings); err != nil {
		return Outcome{}, err
	}
	if i.program, err = interp.New(program, i.catalogue(program)); err != nil {
		return Outcome{}, err
	}
	j, err := o.journal()
	if err != nil {
		return Outcome{}, err
	}
	out, r := &reporter{o: o}, request(o)
	if j.Journal != nil {
		r.Durable.Journal, r.Durable.Socket = j, j.Socket
	}
	last := i.driven().Execute(r, out)
	return outcome(last), errors.Join(out.err, j.close())
}

// Events gives a registry of the package's events alone, without those that hold values
// of types of Go. An error says that the named one is such an event.
func Events(p *compiler.Package, name string) (*runtime.Registry, error) {
	program := plan.Unbound(p.Program())
	for _, e := range program.Events {
		if typed := goTypesOf(e.Type); e.Name == name && len(typed) > 0 {
			return nil, fmt.Errorf("event %s holds values of %s, a type of Go, which wfgen runs signal can't check: send it from a program that has the generated code", name, typed[0].Type)
		}
	}
	withoutCode(program)
	made, err := interp.New(program, nil)
	if err != nil {
		return nil, err
	}
	return made.Registry(), nil
}

// withoutCode takes away what a package does, which may be more than can be interpreted,
// and leaves what it declares without Go.
func withoutCode(p *plan.Program) {
	p.Workflows, p.Tools, p.Funcs, p.Tests = nil, nil, nil, nil
	p.Structs = slices.DeleteFunc(p.Structs, func(s *plan.Struct) bool { return len(goTypesOf(s.Type)) > 0 })
	p.Events = slices.DeleteFunc(p.Events, func(e *plan.Event) bool { return len(goTypesOf(e.Type)) > 0 })
	for _, other := range p.Imported {
		withoutCode(other)
	}
}

// goTypesOf are the types of Go that the values of a struct may hold.
func goTypesOf(t *types.Struct) []interp.GoType {
	return interp.GoTypes(&plan.Program{Structs: []*plan.Struct{{Type: t}}})
}

// interpreted is a workflow with its mocks.
type interpreted struct {
	company
	tools   []playedTool // that its workflows reach
	awaited []playedTool // what plays the steps that only a durable execution can do
	program *interp.Program
	models  map[string]*provider.Model
	mocks   *mock.Tools
	args    []interp.Value
}

// driven is the workflow as a program that wfgen run builds has it.
func (i *interpreted) driven() *driver.Program {
	p := &driver.Program{
		Workflow:  i.workflow.Name,
		HasResult: !types.Is(i.workflow.Result, types.Nothing),
		Read: func(input []byte) (err error) {
			i.args, err = i.program.Arguments(i.workflow.Name, input)
			return err
		},
		Run:      i.run,
		Registry: func() *runtime.Registry { return i.program.Registry().Only(i.names()...) },
	}
	if len(i.tools)+len(i.awaited) == 0 {
		return p
	}
	p.Prepare = func(data []byte) (err error) {
		i.mocks, err = mock.New(data, i.mocked(), i.mockSteps())
		return err
	}
	p.Guard = func(ctx context.Context, run func(context.Context) (any, error)) (any, error) {
		return i.mocks.Guard(ctx, run)
	}
	return p
}

func (i *interpreted) run(ctx context.Context) (any, error) {
	v, err := i.program.Call(ctx, i.workflow.Name, i.args...)
	return v.Any(), err
}

// A playedTool is a tool that a mock stands in for.
type playedTool struct {
	*plan.Tool
	name string   // in mocks: with its package's before it where that is another one
	path []string // of the packages that lead to its own, each imported by the one before
}

// toolsOf are tools of a package, and those of the packages whose tools it needs.
func toolsOf(prefix string, p *plan.Program, own []*plan.Tool, needs []*types.Package, path []string) []playedTool {
	var tools []playedTool
	for _, t := range own {
		tools = append(tools, playedTool{t, prefix + t.Name, path})
	}
	for _, n := range needs {
		other := p.Imported[n.Path]
		for _, t := range toolsOf(n.Name+".", other, other.Tools, other.Needs, append(slices.Clone(path), n.Path)) {
			if !slices.ContainsFunc(tools, func(u playedTool) bool { return u.Tool == t.Tool }) {
				tools = append(tools, t)
			}
		}
	}
	return tools
}

// awaitedBy are the tools that play what the workflows of a package, and of those that it
// imports, await, approve and start.
func awaitedBy(prefix string, p *plan.Program, path []string) []playedTool {
	var tools []playedTool
	for _, t := range awaitedIn(p) {
		tools = append(tools, playedTool{t, prefix + t.Name, path})
	}
	for _, other := range slices.Sorted(maps.Keys(p.Imported)) {
		imported := p.Imported[other]
		tools = append(tools, awaitedBy(imported.Package+".", imported, append(slices.Clone(path), other))...)
	}
	return tools
}

// awaitedIn are those of one package, each once.
func awaitedIn(p *plan.Program) []*plan.Tool {
	var tools []*plan.Tool
	for _, w := range p.Workflows {
		plan.Inspect(w.Body, func(n *plan.Node) {
			if d, ok := n.Op.(*plan.Durable); ok && d.Kind != plan.Emit && !slices.Contains(tools, d.Played) {
				tools = append(tools, d.Played)
			}
		}, nil)
	}
	return tools
}

// of is the program of the tool's package.
func (t *playedTool) of(p *interp.Program) *interp.Program {
	for _, path := range t.path {
		p = p.Imported(path)
	}
	return p
}

// modelsOf are models of a package, and those of the packages whose tools it needs, by their
// names there: with the package's before it where that is another one.
func modelsOf(prefix string, p *plan.Program, own []*plan.Model, needs []*types.Package) map[string]*plan.Model {
	all := map[string]*plan.Model{}
	for _, m := range own {
		all[prefix+m.Name] = m
	}
	for _, n := range needs {
		other := p.Imported[n.Path]
		maps.Copy(all, modelsOf(n.Name+".", other, other.Models, other.Needs))
	}
	return all
}

// openModels makes the models; none of none.
func openModels(bindings json.RawMessage) (map[string]*provider.Model, error) {
	if bindings == nil {
		return nil, nil
	}
	return provider.OpenAll(bindings)
}

// catalogue gives for each tool and model of the program what plays it.
func (i *interpreted) catalogue(p *plan.Program) interp.Tools {
	catalogue := interp.Tools{}
	for name, made := range modelsOf("", p, p.Models, p.Needs) {
		if m := i.models[made.Name]; m != nil {
			catalogue[name] = m
		}
	}
	for _, t := range toolsOf("", p, p.Tools, p.Needs, nil) {
		catalogue[t.name] = interp.Tool(func(ctx context.Context, _ []interp.Value) (interp.Value, error) {
			if types.Is(t.Result, types.Nothing) {
				return interp.Value{}, mock.Run(ctx, i.mocks, t.name)
			}
			data, path, err := i.mocks.Answer(ctx, t.name)
			if err != nil {
				return interp.Value{}, err
			}
			return t.of(i.program).Decode(t.Result, data, path)
		})
	}
	return catalogue
}

// mocked are the workflow's tools as the mocks are read by.
func (i *interpreted) mocked() []mock.Tool {
	var tools []mock.Tool
	for _, t := range slices.Concat(i.tools, i.awaited) {
		program, tool := t.of(i.program), mock.NoResult(t.name)
		if !types.Is(t.Result, types.Nothing) {
			tool = mock.ResultBy(t.name, func(data []byte, path string) error {
				_, err := program.Decode(t.Result, data, path)
				return err
			})
		}
		var fails []mock.Failure
		for _, e := range t.Fails {
			fails = append(fails, mock.ErrorBy(e.Name, func(data []byte, path string) (error, error) {
				return program.Declared(e, data, path)
			}))
		}
		tools = append(tools, tool.Fails(fails...))
	}
	return tools
}

// A reporter passes on the events of a workflow.
type reporter struct {
	o   Options
	err error // what kept an event from being written
}

// Observe passes on an event. The runtime calls it for one event at a time.
func (r *reporter) Observe(e runtime.Event) {
	if r.o.Journal == nil {
		r.Recorded(e)
	}
	if r.o.Observe != nil {
		r.o.Observe(driver.NewEvent(e))
	}
}

// Recorded writes an event, or passes it on.
func (r *reporter) Recorded(e runtime.Event) {
	if r.o.Journal != nil && r.o.Recorded != nil {
		r.o.Recorded(driver.NewEvent(e))
	}
	if r.o.Events == nil || r.err != nil {
		return
	}
	text, err := json.Marshal(driver.NewEvent(e))
	if err == nil {
		_, err = r.o.Events.Write(foreign.JSON(append(text, '\n')))
	}
	r.err = err
}
