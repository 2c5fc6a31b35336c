package interp

import (
	"errors"
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
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

// DeclaredValue gives the name of the error's Go type and the struct with the fields,
// for a journal.
func (e *Error) DeclaredValue() (name string, fields any) { return e.typ.GoName, e.value.Interface() }

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

// Declared is Error, for the errors that the language itself declares too.
func (p *Program) Declared(declared *types.Struct, data []byte, root string) (error, error) {
	v, err := p.shape(declared).Decode(data, root)
	if err != nil {
		return nil, err
	}
	return p.declaredError(declared, v), nil
}

// declaredError makes an error of a value of a declared error, which may be one of the
// language's own.
func (p *Program) declaredError(t *types.Struct, v reflect.Value) error {
	switch t {
	case types.TimedOut:
		return runtime.TimedOut{}
	case types.Interrupted:
		return runtime.Interrupted{}
	case types.CircuitOpen:
		return runtime.CircuitOpen{}
	case types.Rejected:
		return runtime.Rejected{By: fieldsOf(v).Field(0).String(), Note: fieldsOf(v).Field(1).String()}
	case types.Spent:
		f := fieldsOf(v)
		return runtime.Spent{Turns: int(f.Field(0).Int()), Tokens: int(f.Field(1).Int()), Dollars: f.Field(2).Float()}
	case types.Refused:
		return runtime.Refused{Message: fieldsOf(v).Field(0).String()}
	case types.Unfit:
		return runtime.Unfit{Message: fieldsOf(v).Field(0).String()}
	}
	return p.failure(t, v)
}

// predeclared are the language's own errors as the runtime looks for them.
var predeclared = map[*types.Struct]runtime.Declaration{
	types.TimedOut:    runtime.Declares[runtime.TimedOut],
	types.Interrupted: runtime.Declares[runtime.Interrupted],
	types.Rejected:    runtime.Declares[runtime.Rejected],
	types.CircuitOpen: runtime.Declares[runtime.CircuitOpen],
	types.Spent:       runtime.Declares[runtime.Spent],
	types.Refused:     runtime.Declares[runtime.Refused],
	types.Unfit:       runtime.Declares[runtime.Unfit],
}

// declarations are declared errors as the runtime looks for them.
func (p *Program) declarations(list []*types.Struct) []runtime.Declaration {
	var out []runtime.Declaration
	for _, t := range list {
		if own := predeclared[t]; own != nil {
			out = append(out, own)
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
	if !errors.As(err, &r) || r.Record.Type != t.GoName {
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
		return types.TimedOut, p.record(types.TimedOut), true
	case runtime.Interrupted:
		return types.Interrupted, p.record(types.Interrupted), true
	case runtime.CircuitOpen:
		return types.CircuitOpen, p.record(types.CircuitOpen), true
	case runtime.Rejected:
		return types.Rejected, p.record(types.Rejected, d.By, d.Note), true
	case runtime.Spent:
		return types.Spent, p.record(types.Spent, d.Turns, d.Tokens, d.Dollars), true
	case runtime.Refused:
		return types.Refused, p.record(types.Refused, d.Message), true
	case runtime.Unfit:
		return types.Unfit, p.record(types.Unfit, d.Message), true
	}
	return nil, reflect.Value{}, false
}

// record makes a value of a struct of its fields.
func (p *Program) record(t *types.Struct, fields ...any) reflect.Value {
	made := reflect.New(p.layouts[t].inner).Elem()
	for i, f := range fields {
		made.Field(i).Set(reflect.ValueOf(f))
	}
	return reflect.ValueOf(pure.NewRecord(made))
}

// fail ends a block with a message, with a declared error or, as it is, with the
// failure that an err holds.
func (e *env) fail(n *plan.Node, op *plan.Fail) error {
	v := e.expr(op.X)
	switch t := op.X.Type().(type) {
	case *types.Struct:
		return e.frame.FailWith(e.w.steps[n], e.p.declaredError(t, v))
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
