package interp

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/mcp"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// Tools are the tools of a program by their names in the .wf files. Each is a Tool,
// or a Go function with the tool's parameters and result: a context as the first
// parameter and an error as the last result may be left out. Its types are those of
// generated code or alike: a struct has the declared fields by their names in JSON,
// an enum is any string type. A func that is bound to Go is given in the same way. The
// tools of an imported package have its name before theirs: billing.Charge. A model is an
// agent.Model, by its name too. An mcp.Server by the name of a server has the tools of that
// one which aren't given themselves.
type Tools map[string]any

// A Tool is a tool that knows no Go types: it is called with the values of its
// parameters and gives that of its result, the zero Value where it has none. A
// value of another type than the result's fails the step.
type Tool func(ctx context.Context, args []Value) (Value, error)

// bind finds the tools and Go functions of the program.
func (p *Program) bind(tools Tools, prefix string) error {
	var problems []error
	for _, t := range p.plan.Tools {
		given := tools[prefix+t.Name]
		if r := t.Remote; r != nil && given == nil {
			if s, ok := tools[prefix+r.Server].(mcp.Server); ok {
				p.tools[t] = p.remote(t, s)
				continue
			}
		}
		c, err := p.caller(t, given)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: tool %s: %w", place(t.Pos), prefix+t.Name, err))
		}
		p.tools[t] = c
	}
	for _, m := range p.plan.Models {
		if err := p.bindModel(m, tools[prefix+m.Name]); err != nil {
			problems = append(problems, fmt.Errorf("%s: model %s: %w", place(m.Pos), prefix+m.Name, err))
		}
	}
	for _, f := range p.plan.Funcs {
		if f.Go == nil {
			continue
		}
		c, err := p.bound(f, tools[prefix+f.Name])
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: func %s: %w", place(f.Pos), prefix+f.Name, err))
		}
		p.funcs[f] = c
	}
	return errors.Join(problems...)
}

// caller makes what calls a tool of what was given for it.
func (p *Program) caller(t *plan.Tool, given any) (caller, error) {
	if tool, ok := given.(Tool); ok && tool != nil {
		return dynamic(t.Name, t.Result, tool), nil
	}
	call, err := newConverters(p).goFunc(given, t.Params, t.Result)
	if err != nil || len(t.Fails) == 0 {
		return call, err
	}
	return func(ctx context.Context, args []reflect.Value) (reflect.Value, error) {
		v, err := call(ctx, args)
		if err != nil {
			err = p.declare(t, err)
		}
		return v, err
	}, nil
}

// bound makes what calls a func that is bound to Go of what was given for it.
func (p *Program) bound(f *plan.Func, given any) (caller, error) {
	if tool, ok := given.(Tool); ok && tool != nil {
		return dynamic(f.Name, f.Result, tool), nil
	}
	c := newConverters(p)
	c.exact = true
	return c.goFunc(given, f.Params, f.Result)
}

// dynamic calls a Tool.
func dynamic(name string, result types.Type, tool Tool) caller {
	want := goType(result)
	return func(ctx context.Context, args []reflect.Value) (reflect.Value, error) {
		in := make([]Value, len(args))
		for i, a := range args {
			in[i] = Value{a}
		}
		out, err := tool(ctx, in)
		switch {
		case err != nil || !hasResult(result):
			return reflect.Value{}, err
		case !out.v.IsValid() || !out.v.Type().AssignableTo(want):
			return reflect.Value{}, fmt.Errorf("%s gave a value that isn't of type %s", name, result)
		}
		return fit(out.v, want), nil
	}
}

var contextType = reflect.TypeFor[context.Context]()

// goFunc makes what calls a Go function that has these parameters and this result.
func (c *converters) goFunc(given any, params []*plan.Variable, result types.Type) (caller, error) {
	fn := reflect.ValueOf(given)
	if given == nil || fn.Kind() != reflect.Func || fn.IsNil() {
		return nil, fmt.Errorf("expected a Go function in the catalogue of tools, found %s", found(given))
	}
	t := fn.Type()
	first := 0
	if t.NumIn() > 0 && t.In(0) == contextType {
		first = 1
	}
	if t.IsVariadic() || t.NumIn()-first != len(params) {
		return nil, fmt.Errorf("expected a Go function with %s, beside a context, found %s", count(len(params)), t)
	}
	in := make([]convert, len(params))
	for i, v := range params {
		var err error
		if in[i], err = c.toGo(v.Type, t.In(first+i)); err != nil {
			return nil, fmt.Errorf("parameter %s: %w", v.Name, err)
		}
	}
	out, err := c.results(t, result)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, args []reflect.Value) (reflect.Value, error) {
		var goArgs []reflect.Value
		if first == 1 {
			goArgs = append(goArgs, reflect.ValueOf(&ctx).Elem())
		}
		for i, a := range args {
			goArg, err := in[i].finite(a)
			if err != nil {
				return reflect.Value{}, err
			}
			goArgs = append(goArgs, goArg)
		}
		return out(fn.Call(goArgs))
	}, nil
}

func found(given any) string {
	if given == nil {
		return "nothing"
	}
	return reflect.TypeOf(given).String()
}

func count(n int) string {
	if n == 1 {
		return "1 parameter"
	}
	return fmt.Sprintf("%d parameters", n)
}

// results makes what reads the results of a Go function: the value and the error.
func (c *converters) results(t reflect.Type, result types.Type) (func([]reflect.Value) (reflect.Value, error), error) {
	want := t.NumOut()
	fails := want > 0 && t.Out(want-1) == errorType
	if fails {
		want--
	}
	if wanted := hasResult(result); want > 1 || wanted != (want == 1) {
		return nil, fmt.Errorf("expected a Go function that gives %s, beside an error, found %s", result, t)
	}
	value := func([]reflect.Value) (reflect.Value, error) { return reflect.Value{}, nil }
	if want == 1 {
		read, err := c.result(result, t.Out(0))
		if err != nil {
			return nil, fmt.Errorf("the result: %w", err)
		}
		value = func(out []reflect.Value) (reflect.Value, error) { return read(out[0]) }
	}
	return func(out []reflect.Value) (reflect.Value, error) {
		if fails {
			if err := errorOf(out[len(out)-1]); err != nil {
				return reflect.Value{}, err
			}
		}
		return value(out)
	}, nil
}

// result makes what reads the value: a pointer to one will do, unless it is nil.
func (c *converters) result(t types.Type, g reflect.Type) (func(reflect.Value) (reflect.Value, error), error) {
	_, optional := t.(*types.Optional)
	pointer := g.Kind() == reflect.Pointer && !optional
	if pointer {
		g = g.Elem()
	}
	read, err := c.fromGo(t, g)
	if err != nil {
		return nil, err
	}
	return func(v reflect.Value) (reflect.Value, error) {
		if !pointer {
			return read.finite(v)
		}
		if v.IsNil() {
			_, err := pure.Given[any](nil, nil)
			return reflect.Value{}, err
		}
		return read.finite(v.Elem())
	}, nil
}

// declare finds the declared error of a tool in what its Go function returned: one
// whose Go type has the declaration's name and fields.
func (p *Program) declare(t *plan.Tool, err error) error {
	for e := err; e != nil; e = errors.Unwrap(e) {
		v := reflect.Indirect(reflect.ValueOf(e))
		for _, s := range t.Fails {
			if predeclared[s] != nil || !v.IsValid() || v.Kind() != reflect.Struct || v.Type().Name() != s.GoName {
				continue
			}
			read, no := newConverters(p).fromGo(s, v.Type())
			if no != nil {
				continue
			}
			if declared, no := read.finite(v); no == nil {
				return &goError{err, p.failure(s, declared)}
			}
		}
	}
	return err
}

// A goError is what a Go function returned, with the declared error in it.
type goError struct {
	error
	declared *Error
}

func (e *goError) Unwrap() []error { return []error{e.error, e.declared} }

// goCall calls a func that is bound to Go.
func (e *env) goCall(x *plan.FuncCall, args []reflect.Value) reflect.Value {
	call := e.p.funcs[x.Func]
	if call == nil { // of what is declared alone, as for a registry of events
		panic(&pure.Fault{At: place(x.Pos), Text: x.Func.Name + " is bound to Go, which isn't linked into this program"})
	}
	v, err := call(context.Background(), args)
	return pure.OrFault(v, err, place(x.Pos))
}
