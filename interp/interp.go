// Package interp runs the workflows of a plan as they are, without Go being
// generated from them. It calls the same runtime in the same order as generated
// code does, so that ids, results, errors and the events of each step are the
// same; only the values are held in another way. The tools are given by name, as
// Go functions or in a form that knows no types. It never reads a source, and it
// needs no Go toolchain.
package interp

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/compat"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/agent"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// A Program is a package of workflows with tools to call. It may be used by
// several goroutines.
type Program struct {
	plan      *plan.Program
	layouts   map[*types.Struct]*layout
	places    map[*types.Field]int // of a field among its struct's
	tools     map[*plan.Tool]caller
	models    map[*plan.Model]agent.Model
	funcs     map[*plan.Func]caller // those that are bound to Go
	workflows map[*plan.Workflow]*workflow
	topics    map[*plan.Event]*runtime.Topic[any]

	fingerprints map[*plan.Workflow]string
	guards       map[*plan.Tool]*runtime.Guarded // of those that have one
	// imported are the programs of the packages whose workflows are called, by path.
	imported map[string]*Program
	// homes holds, for a declared struct of another package as this one sees it, the
	// struct as that package has it.
	homes map[*types.Struct]*types.Struct
	// onDurable is told of the steps that only a durable execution can do; nil for nobody.
	onDurable func(step string, args []Value, awaits func(event Value) (bool, error))
}

// A caller calls a tool. It gives a value of the Go type of the tool's result.
type caller func(ctx context.Context, args []reflect.Value) (reflect.Value, error)

// New makes a program of a plan, with a tool for each that its workflows reach, and the models
// that will be asked. An error says everything in which the tools don't fit, or what of the
// plan can't be interpreted.
func New(p *plan.Program, tools Tools) (*Program, error) {
	return build(p, tools, "", map[*plan.Program]*Program{})
}

// build makes a program and those of the packages that it imports, whose tools have
// the package's name before theirs: prefix.
func build(p *plan.Program, tools Tools, prefix string, made map[*plan.Program]*Program) (*Program, error) {
	if made[p] != nil {
		return made[p], nil
	}
	out := &Program{
		plan: p, layouts: map[*types.Struct]*layout{}, places: map[*types.Field]int{},
		tools: map[*plan.Tool]caller{}, models: map[*plan.Model]agent.Model{}, funcs: map[*plan.Func]caller{}, workflows: map[*plan.Workflow]*workflow{},
		topics: map[*plan.Event]*runtime.Topic[any]{}, fingerprints: compat.Fingerprints(p),
		guards:   map[*plan.Tool]*runtime.Guarded{},
		imported: map[string]*Program{}, homes: map[*types.Struct]*types.Struct{},
	}
	made[p] = out
	for _, path := range slices.Sorted(maps.Keys(p.Imported)) {
		other, err := build(p.Imported[path], tools, p.Imported[path].Package+".", made)
		if err != nil {
			return nil, err
		}
		out.imported[path] = other
	}
	if err := out.supported(); err != nil {
		return nil, err
	}
	if err := out.layOut(); err != nil {
		return nil, err
	}
	if err := out.bind(tools, prefix); err != nil {
		return nil, err
	}
	for _, t := range p.Tools {
		if t.Guard != nil {
			out.guards[t] = out.guardIn(t)
		}
	}
	for _, e := range p.Events {
		out.topics[e] = out.topic(e)
	}
	for _, w := range p.Workflows {
		if err := out.prepare(w); err != nil {
			return nil, err
		}
	}
	for _, w := range p.Workflows {
		if err := out.workflows[w].filter(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Imported is the program of a package, by its path, whose workflows this one calls;
// nil for others.
func (p *Program) Imported(path string) *Program { return p.imported[path] }

// OnDurable has f told, before a step that only a durable execution can do, its id and what
// it is done with, in imported packages too: the keys of an event that is awaited, an event
// that is sent, the text of an approval and who is asked, the arguments of a workflow that
// is started; and, where only some events of a kind are awaited, what tells of one whether it
// is, else nil. f may be called from several goroutines; the program mustn't run yet.
func (p *Program) OnDurable(f func(step string, args []Value, awaits func(event Value) (bool, error))) {
	p.onDurable = f
	for _, other := range p.imported {
		other.OnDurable(f)
	}
}

// Run runs a workflow with a JSON object of its parameters by name, and gives its
// result as JSON, null where it gives none. What is wrong with the input is a
// *pure.InvalidError or, where a constraint is broken, a *runtime.Error around
// one; what fails the workflow is a *runtime.Error.
func (p *Program) Run(ctx context.Context, workflow string, input []byte) ([]byte, error) {
	args, err := p.Arguments(workflow, input)
	if err != nil {
		return nil, err
	}
	v, err := p.Call(ctx, workflow, args...)
	if err != nil {
		return nil, err
	}
	return v.JSON()
}

// Arguments reads a JSON object of a workflow's parameters by name, and gives
// their values in order. What is wrong with it is a *pure.InvalidError.
func (p *Program) Arguments(workflow string, input []byte) ([]Value, error) {
	w, err := p.workflow(workflow)
	if err != nil {
		return nil, err
	}
	v, err := w.params.shape.Decode(input, "")
	if err != nil {
		return nil, err
	}
	args := make([]Value, len(w.plan.Params))
	for i := range args {
		args[i] = Value{fieldsOf(v).Field(i)}
	}
	return args, nil
}

// Call runs a workflow with its arguments, of this program's types. The Value is
// the zero Value where the workflow gives none. What fails it is a *runtime.Error.
func (p *Program) Call(ctx context.Context, workflow string, args ...Value) (Value, error) {
	w, err := p.workflow(workflow)
	if err != nil {
		return Value{}, err
	}
	in, err := w.arguments(args)
	if err != nil {
		return Value{}, err
	}
	v, err := w.run(ctx, in)
	if err != nil || !hasResult(w.plan.Result) {
		return Value{}, err
	}
	return Value{value(v, w.plan.Result)}, nil
}

// Registry has the program's workflows and events for an engine to run. They have no
// schemas.
func (p *Program) Registry() *runtime.Registry {
	var list []*runtime.Definition
	for _, w := range p.plan.Workflows {
		list = append(list, p.workflows[w].definition())
	}
	var events []*runtime.EventDefinition
	for _, e := range p.plan.Events {
		events = append(events, runtime.DefineEvent(runtime.EventDefinition{Doc: e.Doc}, p.topics[e]))
	}
	return runtime.NewRegistry("{}", list...).AddEvents("{}", events...)
}

// definition is a workflow as an engine runs it.
func (w *workflow) definition() *runtime.Definition {
	about := runtime.Definition{Workflow: &w.info, Doc: w.plan.Doc, AtOnce: atOnce(w.plan)}
	return runtime.DefineDynamic(about,
		func(input []byte) (any, error) {
			v, err := w.params.shape.Decode(input, "")
			if err != nil {
				return nil, err
			}
			return v.Interface(), nil
		},
		w.checkInput,
		func(ctx context.Context, input any) (any, error) {
			fields := fieldsOf(reflect.ValueOf(input))
			args := make([]reflect.Value, fields.NumField())
			for i := range args {
				args[i] = fields.Field(i)
			}
			return w.run(ctx, args)
		})
}

// workflow finds a workflow by its name.
func (p *Program) workflow(name string) (*workflow, error) {
	var names []string
	for _, w := range p.plan.Workflows {
		if w.Name == name {
			return p.workflows[w], nil
		}
		names = append(names, w.Name)
	}
	slices.Sort(names)
	return nil, fmt.Errorf("no workflow %s; there is %s", name, strings.Join(names, ", "))
}

// Decode reads JSON as a value of a type. Paths of what is wrong with it begin
// with root, which may be empty.
func (p *Program) Decode(t types.Type, data []byte, root string) (Value, error) {
	v, err := p.shape(t).Decode(data, root)
	return Value{v}, err
}

// Eval gives the value of an expression in which the variables have these values.
// What can't be computed is a *pure.Fault, and what a mock fails with a *Raised.
func (p *Program) Eval(x plan.Expr, vars map[*plan.Variable]Value) (v Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			switch r := r.(type) {
			case *pure.Fault:
				err = r
			case *Raised:
				err = r
			default:
				panic(r)
			}
		}
	}()
	e := &env{p: p}
	for name, value := range vars {
		e = e.with(name, value.v)
	}
	return Value{e.expr(x)}, nil
}

// A Raised is what a mock's answer fails with: a value of X, a message or declared error.
type Raised struct {
	X     plan.Expr
	Value Value
}

// Error is the message, or the error as JSON.
func (r *Raised) Error() string { return pure.Text(r.Value.Any()) }

// A Value is a value of a type of the language, as a program holds it. It belongs
// to the program that made it. The zero Value is that of what gives nothing.
type Value struct{ v reflect.Value }

func valuesOf(list []reflect.Value) []Value {
	out := make([]Value, len(list))
	for i, v := range list {
		out[i] = Value{v}
	}
	return out
}

// JSON is the value as JSON by the conventions of the language; null for the zero
// Value. It fails for what JSON can't hold.
func (v Value) JSON() ([]byte, error) { return pure.Encode(v.Any()) }

// Any is the value as Go has it, by generated code's rules but that an enum is a
// string and a struct a pure.Record; nil for the zero Value.
func (v Value) Any() any {
	if !v.v.IsValid() {
		return nil
	}
	return v.v.Interface()
}

func hasResult(t types.Type) bool { return !types.Is(t, types.Nothing) }

func fieldsOf(record reflect.Value) reflect.Value {
	r, _ := reflect.TypeAssert[pure.Record](record)
	return r.Fields()
}
