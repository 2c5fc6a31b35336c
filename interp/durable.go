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
		Name: e.Name, Keep: e.Keep, All: e.All,
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
	args, patience := e.exprs(op.Args), e.patience(op)
	step := e.w.steps[n]
	if tell := e.p.onDurable; tell != nil {
		tell(e.frame.StepID(step), valuesOf(args), e.awaits(op))
	}
	switch op.Kind {
	case plan.AwaitEvent:
		return patience.await(e.frame, e.w.durables[op], e.awaitedTopic(op), interfaces(args))
	case plan.AwaitRun:
		return patience.awaitRun(e.frame, e.w.durables[op], args[0].String())
	case plan.Emit:
		return nil, runtime.Emit(e.frame, step, e.p.topics[op.Event], args[0].Interface())
	case plan.Approve:
		a, err := patience.approve(e.frame, step, args[0].String(), args[1].String())
		if err != nil {
			return nil, err
		}
		return e.p.record(types.Approval, a.By, a.At, a.Note).Interface(), nil
	default:
		w := e.p.workflows[op.Workflow]
		return e.frame.Launch(step, &w.info, w.input(args))
	}
}

// A patience says how long something is awaited.
type patience struct {
	timeout time.Duration
	until   *time.Time // nil where timeout says it
}

func (e *env) patience(op *plan.Durable) patience {
	switch {
	case op.Timeout == nil:
		return patience{}
	case op.Until:
		t := timeOf(e.expr(op.Timeout))
		return patience{until: &t}
	}
	return patience{timeout: runtime.Within(time.Duration(e.expr(op.Timeout).Int()))}
}

func (p patience) await(f *runtime.Frame, t *runtime.Task[any], topic *runtime.Topic[any], keys []any) (any, error) {
	if p.until != nil {
		return runtime.AwaitUntil(f, t, topic, *p.until, keys...)
	}
	return runtime.Await(f, t, topic, p.timeout, keys...)
}

func (p patience) awaitRun(f *runtime.Frame, t *runtime.Task[any], id string) (any, error) {
	if p.until != nil {
		return runtime.AwaitRunUntil(f, t, id, *p.until)
	}
	return runtime.AwaitRun(f, t, id, p.timeout)
}

func (p patience) approve(f *runtime.Frame, s *runtime.Step, text, by string) (runtime.Approval, error) {
	if p.until != nil {
		return f.ApproveUntil(s, text, by, *p.until)
	}
	return f.Approve(s, text, by, p.timeout)
}

// input is the input of a workflow as the runtime writes it.
func (w *workflow) input(args []reflect.Value) pure.Record {
	made := reflect.New(w.params.inner).Elem()
	for i, v := range fitAll(args, w.plan.Params) {
		made.Field(i).Set(v)
	}
	return pure.NewRecord(made)
}
