package interp

import (
	"context"
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/types"
)

func resultOf(t *plan.Tool, w *plan.Workflow) types.Type {
	if t != nil {
		return t.Result
	}
	return w.Result
}

// callNode runs a step that calls a tool or workflow, with what follows from its
// success or failure.
func (e *env) callNode(n *plan.Node, c *plan.Call) (outcome, error) {
	args := e.exprs(c.Args)
	result, err := runtime.Call0(e.frame, e.w.tasks[c], func(ctx context.Context) (any, error) {
		return e.p.direct(ctx, c.Tool, c.Workflow, args)
	})
	switch {
	case err == nil:
		e.succeeded(n, c, result)
		return outcome{}, nil
	case c.Else == nil || !e.frame.Caught(err):
		return outcome{}, err
	}
	in := e.with(c.Else.Err, reflect.ValueOf(&err).Elem())
	return e.bound(n)(in.block(c.Else.Body))
}

// succeeded binds a call's result, and notes the undo that is owed now.
func (e *env) succeeded(n *plan.Node, c *plan.Call, result any) {
	if t := resultOf(c.Tool, c.Workflow); hasResult(t) {
		e.set(n.Binds, value(result, t))
		if c.Undo != nil {
			e.set(c.Undo.Result, value(result, t))
		}
	}
	if c.Undo != nil {
		e.owe(c.Undo)
	}
}

// owe notes that an undo is owed. Its arguments are evaluated now.
func (e *env) owe(u *plan.Undo) {
	args := e.exprs(u.Args)
	e.frame.Owe(e.w.undos[u], func(ctx context.Context) error {
		_, err := e.p.direct(ctx, u.Tool, u.Workflow, args)
		return err
	})
}

// direct makes the bare call of a tool or workflow.
func (p *Program) direct(ctx context.Context, t *plan.Tool, w *plan.Workflow, args []reflect.Value) (any, error) {
	params, call := p.callee(t, w)
	in := make([]reflect.Value, len(args))
	for i, v := range args {
		in[i] = fit(v, goType(params[i].Type))
	}
	v, err := call(ctx, in)
	if err != nil || !v.IsValid() {
		return nil, err
	}
	return v.Interface(), nil
}

func (p *Program) callee(t *plan.Tool, w *plan.Workflow) ([]*plan.Variable, caller) {
	if t != nil {
		return t.Params, p.tools[t]
	}
	return w.Params, p.workflows[w].run
}
