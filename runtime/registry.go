package runtime

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A Definition is a workflow as a Registry has it.
type Definition struct {
	// Workflow describes the workflow to the runtime.
	Workflow *Workflow
	// Version is the workflow's version, 1 where none is stated.
	Version int
	// Doc is the workflow's doc comment; may be empty.
	Doc string
	// Input is the JSON Schema, of draft 2020-12, of the input: an object of the
	// parameters by name. Output is that of the result; empty where there is none.
	Input, Output string

	// prepare reads an input, and gives what runs the workflow with it: to a result as
	// Encode writes it.
	prepare func(input []byte) (func(context.Context) (any, error), error)
	// canonical is an input as every equal one is written.
	canonical func(input []byte) ([]byte, error)
}

// Define gives a definition a workflow that can be started. In is a struct with a
// field for each parameter, under the parameter's name in JSON. Generated code calls
// it.
func Define[In, Out any](d Definition, run func(context.Context, In) (Out, error)) *Definition {
	d.canonical = func(input []byte) ([]byte, error) {
		in, err := decodeInput[In](input)
		if err != nil {
			return nil, err
		}
		return Encode(in)
	}
	d.prepare = func(input []byte) (func(context.Context) (any, error), error) {
		in, err := decodeInput[In](input)
		return func(ctx context.Context) (any, error) {
			v, err := run(ctx, in)
			if err != nil {
				return nil, err
			}
			return encodable(v), nil
		}, err
	}
	return &d
}

func decodeInput[In any](input []byte) (in In, err error) {
	if len(input) == 0 {
		input = []byte("{}")
	}
	err = Decode(input, "", &in)
	return in, err
}

// encodable is a result as Encode writes it: a pointer to it where it is a union's,
// whose member's name is otherwise lost; nil for None.
func encodable[T any](v T) any {
	if isInterface := any(*new(T)) == nil; isInterface && any(v) != nil {
		return &v
	}
	result, _ := boxed(v, nil)
	return result
}

// Name is the workflow's name.
func (d *Definition) Name() string { return d.Workflow.Name }

// Start starts the workflow with its input as JSON; none is an empty object. An
// input that doesn't fit the parameters' types is an *InvalidError, or says where it
// isn't JSON, and nothing is started. One that breaks a constraint of theirs fails
// the execution before its first step: InvalidInput tells. The execution's result is
// as Encode writes it: a pointer to it where its type is a union.
func (d *Definition) Start(ctx context.Context, input []byte, options ...Option) (*Execution[any], error) {
	run, err := d.prepare(input)
	if err != nil {
		return nil, err
	}
	return Begin(ctx, d.Workflow, run, options...), nil
}

// InvalidInput finds what a workflow says of input that breaks the constraints of its
// types; nil where err, which may be nil, is another failure.
func InvalidInput(err error) *InvalidError {
	e, ok := err.(*Error)
	if !ok || e.Step != "" {
		return nil
	}
	invalid, _ := e.Err.(*InvalidError)
	return invalid
}

// A Registry has the workflows of a package by name. It is safe for concurrent use.
type Registry struct {
	definitions []*Definition
	events      []*EventDefinition
}

// schemaDialect is what the schemas are written in.
const schemaDialect = "https://json-schema.org/draft/2020-12/schema"

// NewRegistry makes a registry. types is a JSON object with the schemas of declared
// types, to which those of inputs and outputs refer as #/$defs/NAME.
func NewRegistry(types string, list ...*Definition) *Registry {
	r := &Registry{definitions: slices.Clone(list)}
	slices.SortFunc(r.definitions, func(a, b *Definition) int { return strings.Compare(a.Name(), b.Name()) })
	for _, d := range list {
		d.Input, d.Output = document(d.Input, types), document(d.Output, types)
	}
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
