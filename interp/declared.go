package interp

import (
	"errors"
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/types"
)

// An Error is a value of a declared error: what a tool returns to fail with it, and
// what errors.As finds in the failure of a workflow. It is made by Program.Error.
type Error struct {
	typ   *types.Struct
	value reflect.Value // a Record
	text  string
}

// Error is the text that generated code has for it: its name and fields.
func (e *Error) Error() string { return e.text }

// Name is the name of the declaration.
func (e *Error) Name() string { return e.typ.Name }

// Value is the struct with the fields.
func (e *Error) Value() Value { return Value{e.value} }

// DeclaredValue gives the name of the declaration and the struct with the fields, for
// a journal.
func (e *Error) DeclaredValue() (name string, fields any) { return e.typ.Name, e.value.Interface() }

// Error reads a declared error from a JSON object of its fields. Paths of what is
// wrong with it begin with root, which may be empty.
func (p *Program) Error(declared *types.Struct, data []byte, root string) (*Error, error) {
	v, err := p.shape(declared).Decode(data, root)
	if err != nil {
		return nil, err
	}
	return p.failure(declared, v), nil
}

// failure makes an error of a value of a declared error.
func (p *Program) failure(t *types.Struct, v reflect.Value) *Error {
	e := &env{p: p}
	decl := p.layouts[t].decl
	for i, name := range decl.Vars {
		e = e.with(name, fieldsOf(v).Field(i))
	}
	return &Error{p.home(t), v, e.expr(decl.Text).String()}
}

// declarations are declared errors as the runtime looks for them.
func (p *Program) declarations(list []*types.Struct) []runtime.Declaration {
	var out []runtime.Declaration
	for _, t := range list {
		if t == types.TimedOut {
			out = append(out, runtime.Declares[runtime.TimedOut])
			continue
		}
		home := p.home(t)
		out = append(out, func(err error) (error, bool) {
			var found *Error
			if errors.As(err, &found) && found.typ == home {
				return found, true
			}
			return p.recorded(t, err)
		})
	}
	return out
}

// recorded finds a declared error in what a journal has.
func (p *Program) recorded(t *types.Struct, err error) (error, bool) {
	var r *runtime.RecordedError
	if !errors.As(err, &r) || r.Record.Type != t.Name {
		return nil, false
	}
	found, wrong := p.Error(t, r.Record.Value, "")
	return found, wrong == nil
}

// declaredIn gives the declared error in a failure, with its type; not ok where
// there is none.
func (p *Program) declaredIn(err error) (t *types.Struct, v reflect.Value, ok bool) {
	switch d := runtime.Declared(err).(type) {
	case *Error:
		return d.typ, d.value, true
	case runtime.TimedOut:
		none := reflect.New(p.layouts[types.TimedOut].inner).Elem()
		return types.TimedOut, reflect.ValueOf(runtime.NewRecord(none)), true
	}
	return nil, reflect.Value{}, false
}

// fail ends a block with a message, with a declared error or, as it is, with the
// failure that an err holds.
func (e *env) fail(n *plan.Node, op *plan.Fail) error {
	v := e.expr(op.X)
	switch t := op.X.Type().(type) {
	case *types.Struct:
		return e.frame.FailWith(e.w.steps[n], e.p.failure(t, v))
	case *types.Basic:
		if t.Kind == types.Failure {
			return errorOf(v)
		}
	}
	return e.frame.Fail(e.w.steps[n], v.String())
}

func errorOf(v reflect.Value) error {
	err, _ := reflect.TypeAssert[error](v)
	return err
}
