package interp

import (
	"reflect"
	"strconv"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// filter tells the runtime which events the steps of a workflow await, once those that it
// calls are prepared.
func (w *workflow) filter() error {
	for _, step := range w.plan.Waiters() {
		out := runtime.Filter{Step: step.Path}
		if step.In != nil {
			out.In = &w.p.workflows[step.In].info
		} else {
			f := step.Await.Filter
			l, err := w.p.captures(f)
			if err != nil {
				return err
			}
			w.captured[f] = l
			out.Takes = w.takes(step.Await, l)
		}
		w.info.Filters = append(w.info.Filters, out)
	}
	return nil
}

// captures lays out what a filter knows of its workflow, as generated code records it.
func (p *Program) captures(f *plan.Filter) (*layout, error) {
	l := &layout{shape: pure.RecordShape()}
	for i, v := range f.Captured {
		l.fields = append(l.fields, &types.Field{Name: strconv.Itoa(i), Type: v.Type})
	}
	return l, p.complete(l, make([]plan.Expr, len(l.fields)))
}

// takes is what an engine asks of an event.
func (w *workflow) takes(op *plan.Durable, l *layout) func(captured, event []byte) (bool, error) {
	decode := w.p.decoder(op.Event.Type)
	return func(captured, event []byte) (bool, error) {
		c, err := l.shape.Decode(captured, "")
		if err != nil {
			return false, err
		}
		e, err := decode(event)
		if err != nil {
			return false, err
		}
		return runtime.Holds(func() bool { return w.awaits(op, e, c.Interface()) })
	}
}

// awaits tells whether an event is awaited.
func (w *workflow) awaits(op *plan.Durable, event, captured any) bool {
	f := op.Filter
	e := (&env{p: w.p, brief: pure.Briefly()}).with(f.Event, value(event, op.Event.Type))
	fields := fieldsOf(reflect.ValueOf(captured))
	for i, v := range f.Captured {
		e = e.with(v, fields.Field(i))
	}
	return e.truth(f.Cond)
}

// captured is what a filter knows, as it is recorded.
func (e *env) captured(f *plan.Filter) any {
	out := reflect.New(e.w.captured[f].inner).Elem()
	for i, v := range fitAll(e.exprs(f.Args), f.Captured) {
		out.Field(i).Set(v)
	}
	return pure.NewRecord(out)
}

// awaitedTopic is the topic of what a step awaits.
func (e *env) awaitedTopic(op *plan.Durable) *runtime.Topic[any] {
	topic, w := e.p.topics[op.Event], e.w
	if op.Filter == nil {
		return topic
	}
	return runtime.Where(topic, func(event, captured any) bool { return w.awaits(op, event, captured) }, e.captured(op.Filter))
}

// awaits tells of an event whether a step awaits it; nil where it awaits all.
func (e *env) awaits(op *plan.Durable) func(event Value) (bool, error) {
	if op.Filter == nil {
		return nil
	}
	w, captured := e.w, e.captured(op.Filter)
	return func(event Value) (bool, error) {
		return runtime.Holds(func() bool { return w.awaits(op, event.v.Interface(), captured) })
	}
}
