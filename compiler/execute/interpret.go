package execute

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/mock"
	"github.com/wfgen/wfgen/types"
)

// Interpret runs a workflow of the package in this process, without Go: mocks stand
// in for all tools. What it gives and reports is what Run does. An error says what
// keeps the workflow from being interpreted.
func Interpret(p *compiler.Package, o Options) (Outcome, error) {
	program := p.PlanUnbound()
	w, err := choose(p.Workflows(program), o.Workflow)
	if err != nil {
		return Outcome{}, err
	}
	if len(w.Tools) > 0 && o.Mock == nil {
		var names []string
		for _, t := range w.Tools {
			names = append(names, t.Name)
		}
		return Outcome{}, fmt.Errorf("-interpret calls no Go code: let mocks stand in, with -mock, for the tools of %s: %s", w.Name, strings.Join(names, ", "))
	}
	for _, f := range program.Funcs {
		if f.Go != nil {
			return Outcome{}, fmt.Errorf("-interpret calls no Go code, and func %s is bound to %s: leave out -interpret", f.Name, f.Go.Name)
		}
	}
	i := &interpreted{workflow: w}
	if i.program, err = interp.New(program, i.tools(program)); err != nil {
		return Outcome{}, err
	}
	out := &reporter{o: o}
	last := i.driven().Execute(request(o), out)
	return Outcome{Result: last.Result, Failure: last.Failure, Code: last.Code}, out.err
}

// interpreted is a workflow with its mocks.
type interpreted struct {
	workflow *plan.Workflow
	program  *interp.Program
	mocks    *mock.Tools
	args     []interp.Value
}

// driven is the workflow as a program that wfgen run builds has it.
func (i *interpreted) driven() *driver.Program {
	p := &driver.Program{
		HasResult: !types.Is(i.workflow.Result, types.Nothing),
		Read: func(input []byte) (err error) {
			i.args, err = i.program.Arguments(i.workflow.Name, input)
			return err
		},
		Run: i.run,
	}
	if len(i.workflow.Tools) == 0 {
		return p
	}
	p.Prepare = func(data []byte) (err error) {
		i.mocks, err = mock.New(data, i.mocked(), mockSteps(i.workflow))
		return err
	}
	p.Run = func(ctx context.Context) (any, error) { return i.mocks.Guard(ctx, i.run) }
	return p
}

func (i *interpreted) run(ctx context.Context) (any, error) {
	v, err := i.program.Call(ctx, i.workflow.Name, i.args...)
	return v.Any(), err
}

// tools are the tools of the program: each gives what its mock says.
func (i *interpreted) tools(p *plan.Program) interp.Tools {
	tools := interp.Tools{}
	for _, t := range p.Tools {
		tools[t.Name] = interp.Tool(func(ctx context.Context, _ []interp.Value) (interp.Value, error) {
			if types.Is(t.Result, types.Nothing) {
				return interp.Value{}, mock.Run(ctx, i.mocks, t.Name)
			}
			data, path, err := i.mocks.Answer(ctx, t.Name)
			if err != nil {
				return interp.Value{}, err
			}
			return i.program.Decode(t.Result, data, path)
		})
	}
	return tools
}

// mocked are the workflow's tools as the mocks are read by.
func (i *interpreted) mocked() []mock.Tool {
	var tools []mock.Tool
	for _, t := range i.workflow.Tools {
		tool := mock.NoResult(t.Name)
		if !types.Is(t.Result, types.Nothing) {
			tool = mock.ResultBy(t.Name, func(data []byte, path string) error {
				_, err := i.program.Decode(t.Result, data, path)
				return err
			})
		}
		var fails []mock.Failure
		for _, e := range t.Fails {
			fails = append(fails, mock.ErrorBy(e.Name, func(data []byte, path string) (error, error) {
				return i.program.Error(e, data, path)
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
	event := driver.NewEvent(e)
	if r.o.Events != nil && r.err == nil {
		text, err := json.Marshal(event)
		if err == nil {
			_, err = r.o.Events.Write(append(text, '\n'))
		}
		r.err = err
	}
	if r.o.Observe != nil {
		r.o.Observe(event)
	}
}
