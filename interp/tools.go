package interp

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/wfgen/wfgen/plan"
)

// Tools are the tools of a program by their names in the .wf files, each a Go
// function or a Tool.
type Tools map[string]any

// A Tool is a tool that knows no Go types: it is called with the values of its
// parameters and gives that of its result, the zero Value where it has none.
type Tool func(ctx context.Context, args []Value) (Value, error)

// bind finds each tool of the program.
func (p *Program) bind(tools Tools) error {
	var problems []error
	for _, t := range p.plan.Tools {
		c, err := p.caller(t, tools[t.Name])
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: tool %s: %w", place(t.Pos), t.Name, err))
		}
		p.tools[t] = c
	}
	return errors.Join(problems...)
}

func (p *Program) caller(t *plan.Tool, given any) (caller, error) {
	if tool, ok := given.(Tool); ok {
		return func(ctx context.Context, args []reflect.Value) (reflect.Value, error) {
			in := make([]Value, len(args))
			for i, a := range args {
				in[i] = Value{a}
			}
			v, err := tool(ctx, in)
			return v.v, err
		}, nil
	}
	return nil, errors.New("expected a function")
}

func supported(*plan.Program) error { return nil }
