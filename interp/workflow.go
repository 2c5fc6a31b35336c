package interp

import (
	"context"
	"fmt"
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// A workflow is one of the plan with what the runtime is told about it.
type workflow struct {
	p        *Program
	plan     *plan.Workflow
	params   *layout
	asks     *asked // nil where it is no agent
	info     runtime.Workflow
	steps    map[*plan.Node]*runtime.Step
	tasks    map[*plan.Call]*runtime.Task[any]
	durables map[*plan.Durable]*runtime.Task[any] // those that give something
	tries    map[*plan.Try]*runtime.Task[any]     // those with retries
	undos    map[*plan.Undo]*runtime.Step
	captured map[*plan.Filter]*layout // of what filters know
	finishes bool                     // it may owe calls on every way out
}

// prepare describes a workflow and its steps to the runtime.
func (p *Program) prepare(w *plan.Workflow) error {
	params, err := p.parameters(w.Params)
	if err != nil {
		return err
	}
	asks, err := p.asks(w)
	if err != nil {
		return err
	}
	out := &workflow{
		p: p, plan: w, params: params, asks: asks,
		info: runtime.Workflow{
			Name: w.Name, At: place(w.Pos), Version: w.Version, Fingerprint: p.fingerprints[w], Timeout: w.Timeout, Stateless: !keepsState(w), Lastly: w.RunsLast(),
		},
		steps: map[*plan.Node]*runtime.Step{}, tasks: map[*plan.Call]*runtime.Task[any]{},
		durables: map[*plan.Durable]*runtime.Task[any]{},
		tries:    map[*plan.Try]*runtime.Task[any]{},
		undos:    map[*plan.Undo]*runtime.Step{},
		captured: map[*plan.Filter]*layout{},
		finishes: w.Finishes(),
	}
	plan.Inspect(w.Body, out.describe, nil)
	p.workflows[w] = out
	return nil
}

// describe makes the description of a step.
func (w *workflow) describe(n *plan.Node) {
	c, ok := n.Op.(*plan.Call)
	if !ok {
		w.steps[n] = &runtime.Step{ID: n.Frame, At: place(n.Pos), Seat: n.Seat}
		if race, ok := n.Op.(*plan.Race); ok {
			w.steps[n].Arms = race.IDs
		}
		if d, ok := n.Op.(*plan.Durable); ok {
			w.durables[d] = &runtime.Task[any]{Step: *w.steps[n], Decode: w.p.decoder(d.Result)}
		}
		if try, ok := n.Op.(*plan.Try); ok && try.Retry != nil {
			w.tries[try] = w.triedAgain(n, try)
		}
		return
	}
	step := w.p.called(runtime.Step{ID: n.Frame, At: place(n.Pos), Seat: n.Seat}, c.Tool, c.Workflow)
	step.OwnUndo = c.Workflow != nil && c.Undo != nil
	step.Owes = c.Undo != nil && !c.Undo.Early
	step.Retry, step.Timeout = w.p.retry(c.Retry), c.Timeout
	task := &runtime.Task[any]{Step: step}
	w.p.link(c.Workflow)
	task.Check = w.p.checked(resultOf(c.Tool, c.Workflow), c.Tool != nil)
	task.Decode = w.p.decoder(resultOf(c.Tool, c.Workflow))
	w.tasks[c] = task
	if u := c.Undo; u != nil {
		undo := w.p.called(runtime.Step{ID: u.Frame, At: place(u.Pos), Seat: u.Seat}, u.Tool, u.Workflow)
		undo.Retry, undo.Timeout = w.p.retry(u.Retry), u.Timeout
		w.undos[u] = &undo
		w.p.link(u.Workflow)
	}
}

// triedAgain makes the description of a try with retries.
func (w *workflow) triedAgain(n *plan.Node, op *plan.Try) *runtime.Task[any] {
	task := &runtime.Task[any]{Step: *w.steps[n]}
	task.Sub, task.Retry = true, w.p.retry(op.Retry)
	if n.Read {
		task.Decode = w.p.decoder(n.Binds.Type)
	}
	return task
}

// called describes what a step calls.
func (p *Program) called(s runtime.Step, t *plan.Tool, w *plan.Workflow) runtime.Step {
	if w != nil {
		s.Tool, s.Sub = w.Name, true
		if w.Package != nil {
			s.Tool = w.Package.Name + "." + w.Name
		}
		return s
	}
	s.Tool, s.Fails = t.Name, p.declarations(t.Fails)
	switch t.Effect {
	case plan.Readonly:
		s.Effect = runtime.Readonly
	case plan.Idempotent:
		s.Effect = runtime.Idempotent
	}
	return s
}

func (p *Program) retry(r *plan.Retry) *runtime.Retry {
	if r == nil {
		return nil
	}
	first := &runtime.Retry{Times: r.Times, Min: r.Min, Max: r.Max, At: r.At, On: p.declarations(r.On)}
	if len(r.Others) == 0 {
		return first
	}
	var others []runtime.Retry
	for _, other := range r.Others {
		others = append(others, *p.retry(other))
	}
	return runtime.Several(*first, others...)
}

// keepsState tells whether an execution of a workflow has something to keep: keys for
// steps with an effect, undos, what run.id and run.started give. Sub-workflows count.
func keepsState(w *plan.Workflow) bool {
	keeps := w.Effect > plan.Readonly
	plan.Inspect(w.Body, func(n *plan.Node) {
		switch c := n.Op.(type) {
		case *plan.Call:
			keeps = keeps || c.Undo != nil || c.Workflow != nil && keepsState(c.Workflow)
		case *plan.Converse:
			keeps = true // what a model has replied
		}
	}, func(x plan.Expr) {
		_, asks := x.(*plan.RunField)
		keeps = keeps || asks
	})
	return keeps
}

// arguments makes a workflow's arguments of values from outside.
func (w *workflow) arguments(args []Value) ([]reflect.Value, error) {
	if len(args) != len(w.plan.Params) {
		return nil, fmt.Errorf("%s takes %d arguments, found %d", w.plan.Name, len(w.plan.Params), len(args))
	}
	in := make([]reflect.Value, len(args))
	for i, v := range args {
		t := goType(w.plan.Params[i].Type)
		if !v.v.IsValid() || !v.v.Type().AssignableTo(t) {
			return nil, fmt.Errorf("%s: the argument %s isn't a value of type %s", w.plan.Name, w.plan.Params[i].Name, w.plan.Params[i].Type)
		}
		in[i] = fit(v.v, t)
	}
	return in, nil
}

// run is what the workflow's generated function does. The result is nil where there
// is none.
func (w *workflow) run(ctx context.Context, args []reflect.Value) (any, error) {
	v, err := w.started(ctx, args)
	if err == nil {
		err = fits(v, w.plan.Result)
	}
	return v, err
}

// started runs the workflow up to what its interceptors make of the result.
func (w *workflow) started(ctx context.Context, args []reflect.Value) (returned any, err error) {
	f := runtime.Start(ctx, &w.info)
	defer runtime.End(f, &returned, &err)
	if w.finishes {
		defer f.Finish(&err)
	}
	f.Enter(func() []any { return interfaces(args) })

	e := &env{p: w.p, w: w, frame: f}
	check := f.NewCheck()
	for i, p := range w.plan.Params {
		e = e.with(p, args[i])
		check.Field(p.Name)
		w.p.check(check, p.Type, args[i])
		check.Up()
	}
	if err := f.Invalid(check); err != nil {
		return nil, err
	}
	if n, op := w.plan.Finally(); n != nil {
		defer f.Lastly(&err, e.lastly(op))
	}
	out, err := e.block(w.plan.Body)
	if err != nil || !hasResult(w.plan.Result) {
		return nil, err
	}
	return fit(out.value, goType(w.plan.Result)).Interface(), nil
}

// checkInput reports to c what breaks the constraints of an input's types, as started
// does.
func (w *workflow) checkInput(c *pure.Check, input any) {
	fields := fieldsOf(reflect.ValueOf(input))
	for i, p := range w.plan.Params {
		c.Field(p.Name)
		w.p.check(c, p.Type, fields.Field(i))
		c.Up()
	}
}

// checked is what a step's description has to look at results. Those of workflows
// satisfy their constraints.
func (p *Program) checked(t types.Type, tool bool) func(context.Context, any) (any, error) {
	look := runtime.Checked(func(c *pure.Check, v any) any {
		p.check(c, t, value(v, t))
		return v
	})
	return func(ctx context.Context, v any) (any, error) {
		if err := fits(v, t); err != nil || !tool || !hasResult(t) {
			return v, err
		}
		return look(ctx, v)
	}
}

// decoder is what a step's description has to read results that are recorded; nil where
// the step has none.
func (p *Program) decoder(t types.Type) func([]byte) (any, error) {
	if !hasResult(t) {
		return nil
	}
	return func(data []byte) (any, error) {
		v, err := p.shape(t).Decode(data, "")
		if err != nil {
			return nil, err
		}
		return v.Interface(), nil
	}
}

// fits says whether a result is of its type: interceptors can replace it.
func fits(v any, t types.Type) error {
	switch {
	case v == nil && (!hasResult(t) || types.Is(t, types.Any)):
		return nil
	case v != nil && hasResult(t) && reflect.TypeOf(v).AssignableTo(goType(t)):
		return nil
	}
	return fmt.Errorf("the result is %T, want %s", v, t)
}

// value is v as a value of a type.
func value(v any, t types.Type) reflect.Value {
	if v == nil {
		return reflect.Zero(goType(t))
	}
	return fit(reflect.ValueOf(v), goType(t))
}

// check reports to c what breaks the constraints of a type, in the order in which
// generated code looks.
func (p *Program) check(c *pure.Check, t types.Type, v reflect.Value) {
	if declaredElsewhere(t) {
		return // looked at where it is declared
	}
	switch t := t.(type) {
	case *types.Enum:
		pure.CheckEnum(c, "", v.String(), t.Members...)
	case *types.List:
		for i := range v.Len() {
			c.Index(i)
			p.check(c, t.Elem, v.Index(i))
			c.Up()
		}
	case *types.Optional:
		if !v.IsNil() {
			p.check(c, t.Elem, v.Elem())
		}
	case *types.Map:
		p.checkMap(c, t, v)
	case *types.Struct:
		p.checkStruct(c, p.layouts[t], fieldsOf(v))
	case *types.Union:
		m := member(t, v)
		p.checkStruct(c, p.layouts[m], variantOf(v).Record().Fields())
	}
}

// checkMap looks at a map's values, then at its keys.
func (p *Program) checkMap(c *pure.Check, t *types.Map, v reflect.Value) {
	for key, elem := range entries(v) {
		c.MapKey(key.Interface())
		p.check(c, t.Elem, elem)
		c.Up()
	}
	for key := range entries(v) {
		c.MapKey(key.Interface())
		p.check(c, t.Key, key)
		c.Up()
	}
}

func (p *Program) checkStruct(c *pure.Check, l *layout, fields reflect.Value) {
	e := &env{p: p}
	if len(l.decl.Wheres) > 0 {
		e.check = c
	}
	for i, f := range l.fields {
		c.Field(f.Key())
		p.check(c, f.Type, fields.Field(i))
		c.Up()
		e = e.with(l.decl.Vars[i], fields.Field(i))
	}
	if f := l.decl.Type.Rest(); f != nil {
		pure.CheckRest(c, keySet(fields.Field(p.places[f])), l.decl.Type.Reserved()...)
	}
	for _, w := range l.decl.Wheres {
		if plan.TakesLong(w.Cond) {
			c.CheckStopped()
		}
		if !e.truth(w.Cond) {
			c.Violation(w.Field.Key(), w.Text, fields.Field(p.places[w.Field]).Interface())
		}
	}
}
