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
	settle := func(error) {}
	if c.Undo != nil && c.Undo.Early {
		settle = e.oweEarly(c.Undo)
	}
	result, err := e.callStep(c, args)
	settle(err)
	switch {
	case err == nil:
		e.succeeded(n, c, result)
		return outcome{}, nil
	case c.Else == nil:
		return outcome{}, err
	}
	return e.standIn(n, c.Else, err)
}

// callStep runs a step that calls a tool or workflow.
func (e *env) callStep(c *plan.Call, args []reflect.Value) (any, error) {
	do := func(ctx context.Context) (any, error) { return e.p.direct(ctx, c.Tool, c.Workflow, args) }
	all := func() []any { return interfaces(args) }
	if c.Tool != nil && c.Tool.Guard != nil {
		return runtime.CallGuarded(e.frame, e.p.guardOf(c.Tool, args), e.w.tasks[c], do, all)
	}
	return runtime.CallMany(e.frame, e.w.tasks[c], do, all)
}

// standIn runs what stands in for what failed with err, unless nothing may.
func (e *env) standIn(n *plan.Node, els *plan.Else, err error) (outcome, error) {
	if !e.frame.Caught(err) {
		return outcome{}, err
	}
	return e.bound(n)(e.with(els.Err, reflect.ValueOf(&err).Elem()).block(els.Body))
}

// succeeded binds a call's result, and notes the undo that is owed now.
func (e *env) succeeded(n *plan.Node, c *plan.Call, result any) {
	if t := resultOf(c.Tool, c.Workflow); hasResult(t) {
		e.set(n.Binds, value(result, t))
		if c.Undo != nil {
			e.set(c.Undo.Result, value(result, t))
		}
	}
	if c.Undo != nil && !c.Undo.Early {
		e.owe(c.Undo)
	}
}

// owe notes that an undo is owed. Its arguments are evaluated now.
func (e *env) owe(u *plan.Undo) {
	owe := e.frame.OweOf
	if u.Finally {
		owe = e.frame.FinallyOf
	}
	owe(e.w.undos[u], func(f *runtime.Frame) (func(context.Context) error, []any) {
		in := *e
		in.frame = f
		return in.takeBack(u)
	})
}

// oweEarly notes that an undo is owed from now on, before its step, and gives what has to
// be told how that ended.
func (e *env) oweEarly(u *plan.Undo) (settle func(error)) {
	do, args := e.takeBack(u)
	if u.Finally {
		return e.frame.FinallyEarly(e.w.undos[u], do, args...).Settle
	}
	return e.frame.OweEarly(e.w.undos[u], do, args...).Settle
}

// takeBack gives the call of an undo, and its arguments.
func (e *env) takeBack(u *plan.Undo) (do func(context.Context) error, args []any) {
	values := e.exprs(u.Args)
	return func(ctx context.Context) error {
		_, err := e.p.direct(ctx, u.Tool, u.Workflow, values)
		return err
	}, interfaces(values)
}

// direct makes the bare call of a tool or workflow. The result is nil where it gives
// none.
func (p *Program) direct(ctx context.Context, t *plan.Tool, w *plan.Workflow, args []reflect.Value) (any, error) {
	if w != nil {
		return p.workflows[w].run(ctx, fitAll(args, w.Params))
	}
	v, err := p.tools[t](ctx, fitAll(args, t.Params))
	if err != nil || !v.IsValid() {
		return nil, err
	}
	return v.Interface(), nil
}

// fitAll makes of arguments values of the types that the parameters have.
func fitAll(args []reflect.Value, params []*plan.Variable) []reflect.Value {
	in := make([]reflect.Value, len(args))
	for i, v := range args {
		in[i] = fit(v, goType(params[i].Type))
	}
	return in
}

// interfaces are values as interceptors see them, and as inputs are hashed: as in compiled
// code, one of a union is that of its member.
func interfaces(args []reflect.Value) []any {
	out := make([]any, len(args))
	for i, v := range args {
		if v.Type() == variantType {
			out[i] = variantOf(v).Record()
		} else {
			out[i] = v.Interface()
		}
	}
	return out
}
