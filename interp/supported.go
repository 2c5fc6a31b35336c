package interp

import (
	"errors"
	"fmt"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// supported says what of a program can't be interpreted: what the plan of another
// package, or Go alone, knows.
func supported(p *plan.Program) error {
	var problems []error
	look := func(at plan.Pos, ts ...types.Type) {
		for _, t := range ts {
			if other := foreign(t); other != nil {
				problems = append(problems, fmt.Errorf("%s: %s is a type of another package, which can't be interpreted", place(at), other))
				return
			}
		}
	}
	for _, s := range p.Structs {
		for _, f := range s.Type.Fields {
			look(s.Pos, f.Type)
		}
	}
	for _, t := range p.Tools {
		look(t.Pos, append(typesOf(t.Params), t.Result)...)
	}
	for _, f := range p.Funcs {
		look(f.Pos, append(typesOf(f.Params), f.Result)...)
		if f.Go != nil {
			problems = append(problems, fmt.Errorf("%s: func %s is a Go function, which can't be interpreted", place(f.Pos), f.Name))
		}
	}
	for _, w := range p.Workflows {
		look(w.Pos, append(typesOf(w.Params), w.Result)...)
		plan.Inspect(w.Body, func(n *plan.Node) {
			if c, ok := n.Op.(*plan.Call); ok && c.Workflow != nil && c.Workflow.Package != nil {
				problems = append(problems, fmt.Errorf("%s: %s is a workflow of another package, which can't be interpreted", place(n.Pos), c.Workflow.Name))
			}
		}, nil)
	}
	return errors.Join(problems...)
}

func typesOf(vs []*plan.Variable) []types.Type {
	out := make([]types.Type, len(vs))
	for i, v := range vs {
		out[i] = v.Type
	}
	return out
}

// foreign gives a type of another package that a type is made of; nil where there is
// none. Declared structs are looked at on their own.
func foreign(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Go:
		if t.Under == nil {
			return t
		}
	case *types.Struct:
		if t.Package != nil && t != types.TimedOut {
			return t
		}
	case *types.Union:
		if t.Package != nil {
			return t
		}
	case *types.Enum:
		if t.Package != nil {
			return t
		}
	case *types.List:
		return foreign(t.Elem)
	case *types.Optional:
		return foreign(t.Elem)
	case *types.Map:
		return foreign(t.Elem)
	}
	return nil
}
