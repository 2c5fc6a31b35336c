package interp

import (
	"errors"
	"fmt"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// supported says what of a program can't be interpreted: types of Go that aren't linked.
func (p *Program) supported() error {
	var problems []error
	for _, u := range GoTypes(p.plan) {
		if linkedType(u.Type) == nil {
			problems = append(problems, fmt.Errorf("%s:%d:%d: %s is a type of a Go package, which isn't linked into this program", u.Pos.File, u.Pos.Line, u.Pos.Col, u.Type))
		}
	}
	return errors.Join(problems...)
}

// A GoType is a type written in Go, with the place of a declaration that needs it.
type GoType struct {
	Type *types.Go
	Pos  plan.Pos
}

// GoTypes are the types that have to be linked before a plan can be interpreted, those
// of its tests too, each once. Those of the packages that it imports aren't among them.
func GoTypes(p *plan.Program) []GoType {
	var list []GoType
	walkTypes(p, func(t types.Type, at plan.Pos) {
		if g, ok := t.(*types.Go); ok && g.Under == nil {
			list = append(list, GoType{g, at})
		}
	})
	return list
}

// walkTypes calls visit for the types that a plan's declarations name, and for what
// they are made of.
func walkTypes(p *plan.Program, visit func(t types.Type, at plan.Pos)) {
	w := &typeWalk{visit, map[types.Type]bool{}}
	for _, s := range p.Structs {
		w.walk(s.Pos, s.Type)
	}
	for _, t := range p.Tools {
		w.walk(t.Pos, t.Result)
		w.variables(t.Pos, t.Params)
	}
	for _, f := range p.Funcs {
		w.walk(f.Pos, f.Result)
		w.variables(f.Pos, f.Params)
		if f.Body != nil {
			f.Body.Walk(func(x plan.Expr) { w.walk(f.Pos, x.Type()) })
		}
	}
	for _, f := range p.Workflows {
		w.walk(f.Pos, f.Result)
		w.variables(f.Pos, f.Params)
		plan.Inspect(f.Body, func(n *plan.Node) { w.node(n) }, func(x plan.Expr) { w.walk(f.Pos, x.Type()) })
	}
	for _, t := range p.Tests {
		w.test(t)
	}
}

// A typeWalk walks through types, each declared one once.
type typeWalk struct {
	visit func(types.Type, plan.Pos)
	seen  map[types.Type]bool
}

func (w *typeWalk) variables(at plan.Pos, vs []*plan.Variable) {
	for _, v := range vs {
		w.walk(at, v.Type)
	}
}

// test walks through the types of a test.
func (w *typeWalk) test(t *plan.Test) {
	walk := func(xs ...plan.Expr) {
		for _, x := range xs {
			plan.Walk(x, func(x plan.Expr) { w.walk(t.Pos, x.Type()) })
		}
	}
	walk(t.Args...)
	for _, l := range t.Lets {
		walk(l.X)
	}
	for _, m := range t.Mocks {
		w.variables(m.Pos, m.Params)
		for _, a := range m.Answers {
			walk(a.X, a.After)
		}
	}
	for _, e := range t.Expects {
		walk(e.Cond, e.Message)
		if e.Call != nil {
			for _, a := range e.Call.Args {
				walk(a.X)
			}
		}
	}
}

// node walks through the types that a step brings in from elsewhere.
func (w *typeWalk) node(n *plan.Node) {
	switch op := n.Op.(type) {
	case *plan.Call:
		w.walk(n.Pos, resultOf(op.Tool, op.Workflow))
		if op.Workflow != nil {
			w.variables(n.Pos, op.Workflow.Params)
		}
	case *plan.Durable:
		w.walk(n.Pos, op.Result)
	case *plan.Converse:
		w.walk(n.Pos, op.Result)
		for _, o := range op.Offers {
			w.variables(n.Pos, o.Params)
		}
	case *plan.Match:
		for _, a := range op.Arms {
			if a.Member != nil {
				w.walk(n.Pos, a.Member)
			}
		}
	}
}

func (w *typeWalk) walk(at plan.Pos, t types.Type) {
	if w.seen[t] {
		return
	}
	w.seen[t] = true
	w.visit(t, at)
	switch t := t.(type) {
	case *types.List:
		w.walk(at, t.Elem)
	case *types.Optional:
		w.walk(at, t.Elem)
	case *types.Map:
		w.walk(at, t.Key)
		w.walk(at, t.Elem)
	case *types.Union:
		for _, m := range t.Members {
			w.walk(at, m)
		}
	case *types.Struct:
		for _, f := range t.Fields {
			w.walk(at, f.Type)
		}
	}
}
