package runtime

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/runtime/pure"
)

// A Definition is a workflow as a Registry has it.
type Definition struct {
	// Workflow describes the workflow to the runtime.
	Workflow *Workflow
	// Version is the workflow's version, 1 where none is stated. Define sets it.
	Version int
	// Doc is the workflow's doc comment; may be empty.
	Doc string
	// Input is the JSON Schema, of draft 2020-12, of the input: an object of the
	// parameters by name. Output is that of the result; empty where there is none.
	Input, Output string
	// AtOnce bounds how many executions an engine has go on at once; nil where nothing does.
	// The handles of Start don't count, nor do executions of other engines.
	AtOnce *AtOnce

	decode func(input []byte) (any, error)
	check  func(c *pure.Check, input any) // nil where any input of the types will do
	run    func(ctx context.Context, input any) (any, error)
}

// AtOnce is how many executions of a workflow go on at once, from their beginning to their end,
// also while they wait, are paused or held.
type AtOnce struct {
	N int
	// By is the parameter, by its name in the input, for each of whose values it counts apart;
	// empty where all count together.
	By string
	// Full is what becomes of one that comes when all places are taken.
	Full Full
}

// Full is what becomes of an execution for which there is no place.
type Full int

// What becomes of one.
const (
	Waits    Full = iota // it is queued
	Refuses              // it isn't started: ErrFull
	Replaces             // the oldest is cancelled, and it begins when that has ended
)

// Define gives a definition a workflow that can be started. In is a struct with a
// field for each parameter, under the parameter's name in JSON. Generated code calls
// it.
func Define[In, Out any](d Definition, run func(context.Context, In) (Out, error)) *Definition {
	return DefineDynamic(d,
		func(input []byte) (any, error) {
			var in In
			err := pure.Decode(input, "", &in)
			return in, err
		},
		nil,
		func(ctx context.Context, input any) (any, error) {
			in, _ := input.(In)
			v, err := run(ctx, in)
			if err != nil {
				return nil, err
			}
			return encodable(v), nil
		})
}

// DefineChecked is Define for a workflow whose inputs have constraints: check reports
// what breaks them, so that nothing is started with such an input.
func DefineChecked[In, Out any](d Definition, check func(*pure.Check, In), run func(context.Context, In) (Out, error)) *Definition {
	made := Define(d, run)
	made.check = func(c *pure.Check, input any) {
		in, _ := input.(In)
		check(c, in)
	}
	return made
}

// DefineDynamic is Define for a workflow whose types aren't Go's. decode reads an input,
// which check, unless it is nil, looks at, and which run is then called with and Encode
// can write; run gives the result as Encode writes it.
func DefineDynamic(d Definition, decode func(input []byte) (any, error), check func(c *pure.Check, input any), run func(ctx context.Context, input any) (any, error)) *Definition {
	d.Version, d.decode, d.check, d.run = d.Workflow.version(), decode, check, run
	return &d
}

// violations says what of an input that is of its types breaks their constraints, as the
// workflow itself would; nil where nothing does.
func (d *Definition) violations(ctx context.Context, input any) (err error) {
	if d.check == nil {
		return nil
	}
	defer func() {
		if r := recover(); r != nil { // a constraint that can't be worked out
			err = d.Workflow.located(panicked(r))
		}
	}()
	c := pure.NewStoppableCheck(&inspection{ctx: ctx, workflow: d.Workflow})
	if d.check(c, input); c.Err() != nil {
		return d.Workflow.located(c.Err())
	}
	return nil
}

// input reads an input; none is an empty object.
func (d *Definition) input(data []byte) (any, error) {
	if len(data) == 0 {
		data = []byte("{}")
	}
	return d.decode(data)
}

// encodable is a result as Encode writes it: a pointer to it where it is a union's,
// whose member's name is otherwise lost; nil for None. Inlined, it would make programs
// larger: each type has its own.
//
//go:noinline
func encodable[T any](v T) any {
	if isInterface := any(*new(T)) == nil; isInterface && any(v) != nil {
		return &v
	}
	result, _ := boxed(v, nil)
	return result
}

// Name is the workflow's name.
func (d *Definition) Name() string { return d.Workflow.Name }

// Start starts the workflow with its input as JSON; none is an empty object. Nothing is
// started where that isn't JSON, doesn't fit the parameters' types, or breaks a constraint
// of theirs; InvalidInput finds all that is wrong. The execution's result is as Encode
// writes it: a pointer to it where its type is a union.
func (d *Definition) Start(ctx context.Context, input []byte, options ...Option) (*Execution[any], error) {
	in, err := d.input(input)
	if err == nil {
		err = d.violations(ctx, in)
	}
	if err != nil {
		return nil, err
	}
	return Begin(ctx, d.Workflow, func(ctx context.Context) (any, error) { return d.run(ctx, in) }, options...), nil
}

// InvalidInput finds what is wrong with a workflow's input, which doesn't fit its types or
// breaks their constraints; nil where err, which may be nil, is another failure.
func InvalidInput(err error) *pure.InvalidError {
	switch e := err.(type) {
	case *pure.InvalidError:
		return e
	case *Error:
		if e.Step == "" {
			return InvalidInput(e.Err)
		}
	case *RecordedError:
		if e.Record.Step == "" {
			return e.invalid()
		}
	}
	return nil
}

// A Registry has the workflows of a package by name. It is safe for concurrent use.
type Registry struct {
	definitions []*Definition
	events      []*EventDefinition
	others      []string // the workflows that Only has left out
}

// schemaDialect is what the schemas are written in.
const schemaDialect = "https://json-schema.org/draft/2020-12/schema"

// NewRegistry makes a registry. types is a JSON object with the schemas of declared
// types, to which those of inputs and outputs refer as #/$defs/NAME. The definitions stay as
// they are, and may be of another registry too.
func NewRegistry(types string, list ...*Definition) *Registry {
	r := &Registry{}
	for _, d := range list {
		own := *d
		own.Input, own.Output = document(d.Input, types), document(d.Output, types)
		r.definitions = append(r.definitions, &own)
	}
	slices.SortFunc(r.definitions, func(a, b *Definition) int { return strings.Compare(a.Name(), b.Name()) })
	return r
}

// document makes a schema stand alone. An empty one stays empty.
func document(schema, types string) string {
	rest, ok := strings.CutPrefix(schema, "{")
	if !ok {
		return schema
	}
	head := "{\n\t\"$schema\": \"" + schemaDialect + "\",\n\t\"$defs\": " + types
	if strings.TrimSpace(rest) == "}" {
		return head + "\n}"
	}
	return head + "," + rest
}

// Workflows gives all workflows, sorted by name. They aren't to be changed.
func (r *Registry) Workflows() []*Definition { return slices.Clone(r.definitions) }

// Lookup finds a workflow; nil where there is none of that name.
func (r *Registry) Lookup(name string) *Definition {
	for _, d := range r.definitions {
		if d.Name() == name {
			return d
		}
	}
	return nil
}

// Only gives a registry of the workflows with these names, as far as there are such, and
// all events: where the tools are for these alone.
func (r *Registry) Only(names ...string) *Registry {
	out := &Registry{events: r.events}
	for _, d := range r.definitions {
		if slices.Contains(names, d.Name()) {
			out.definitions = append(out.definitions, d)
		} else {
			out.others = append(out.others, d.Name())
		}
	}
	return out
}

// Start is Start of the workflow of that name; it is an error where there is none.
func (r *Registry) Start(ctx context.Context, name string, input []byte, options ...Option) (*Execution[any], error) {
	if d := r.Lookup(name); d != nil {
		return d.Start(ctx, input, options...)
	}
	names := make([]string, len(r.definitions))
	for i, d := range r.definitions {
		names[i] = d.Name()
	}
	return nil, fmt.Errorf("no workflow %s; there is %s", name, strings.Join(names, ", "))
}
