package interp

import (
	"reflect"
	"time"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// topic describes an event to the runtime.
func (p *Program) topic(e *plan.Event) *runtime.Topic[any] {
	fields := func(event any) reflect.Value { return fieldsOf(reflect.ValueOf(event)) }
	return &runtime.Topic[any]{
		Name: e.Name, Keep: e.Keep,
		Keys: func(event any) []any {
			keys := make([]any, e.Keys)
			for i := range keys {
				keys[i] = fields(event).Field(i).Interface()
			}
			return keys
		},
		Check: runtime.Checked(func(c *pure.Check, event any) any {
			p.check(c, e.Type, reflect.ValueOf(event))
			return event
		}),
		Decode: p.decoder(e.Type),
	}
}

// durableNode runs a step that only a durable execution can do, with what follows from
// its success or failure.
func (e *env) durableNode(n *plan.Node, op *plan.Durable) (outcome, error) {
	v, err := e.durable(n, op)
	switch {
	case err == nil:
		if hasResult(op.Result) {
			e.set(n.Binds, value(v, op.Result))
		}
		return outcome{}, nil
	case op.Else == nil:
		return outcome{}, err
	}
	return e.standIn(n, op.Else, err)
}

func (e *env) durable(n *plan.Node, op *plan.Durable) (any, error) {
	args := e.exprs(op.Args)
	patience := time.Duration(0)
	if op.Timeout != nil {
		patience = runtime.Within(time.Duration(e.expr(op.Timeout).Int()))
	}
	step := e.w.steps[n]
	if tell := e.p.onDurable; tell != nil {
		tell(e.frame.StepID(step), valuesOf(args))
	}
	switch op.Kind {
	case plan.AwaitEvent:
		return runtime.Await(e.frame, e.w.durables[op], e.p.topics[op.Event], patience, interfaces(args)...)
	case plan.AwaitRun:
		return runtime.AwaitRun(e.frame, e.w.durables[op], args[0].String(), patience)
	case plan.Emit:
		return nil, runtime.Emit(e.frame, step, e.p.topics[op.Event], args[0].Interface())
	case plan.Approve:
		a, err := e.frame.Approve(step, args[0].String(), args[1].String(), patience)
		if err != nil {
			return nil, err
		}
		return e.p.record(types.Approval, a.By, a.At, a.Note).Interface(), nil
	default:
		w := e.p.workflows[op.Workflow]
		return e.frame.Launch(step, &w.info, w.input(args))
	}
}

// input is the input of a workflow as the runtime writes it.
func (w *workflow) input(args []reflect.Value) pure.Record {
	made := reflect.New(w.params.inner).Elem()
	for i, v := range fitAll(args, w.plan.Params) {
		made.Field(i).Set(v)
	}
	return pure.NewRecord(made)
}
