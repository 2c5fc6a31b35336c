package pure

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"sync"
)

// errNil is what a step fails with whose Go function gave neither a value nor an error.
var errNil = errors.New("nil without an error, expected a value")

// Given is the value that a Go function gives by a pointer. It fails with the
// function's error, or where the pointer is nil without one.
func Given[T any](p *T, err error) (T, error) {
	switch {
	case p != nil && err == nil:
		return *p, nil
	case err == nil:
		err = errNil
	}
	var zero T
	return zero, err
}

// OrFault is the value of a Go function in an expression, which fails at a place in
// the source where the function gave an error.
func OrFault[T any](v T, err error, at string) T {
	if err != nil {
		panic(&Fault{At: at, Text: err.Error(), Err: err})
	}
	return v
}

// goTypes has the types that were declared as Go's own.
var goTypes sync.Map // from reflect.Type to struct{}

// DeclareGo tells the runtime that T was written in Go: its JSON is as encoding/json
// has it, not by the conventions of the language. Generated code calls it when the
// program starts.
func DeclareGo[T any]() { goTypes.Store(reflect.TypeFor[T](), struct{}{}) }

func isGo(t reflect.Type) bool {
	_, ok := goTypes.Load(t)
	return ok
}

// writeGo writes a value as encoding/json does.
func writeGo(e *encoder, v reflect.Value) *Problem {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v.Interface()); err != nil {
		return &Problem{Text: err.Error()}
	}
	e.buf = append(e.buf, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
	return nil
}

// readGo reads a value as encoding/json does.
func readGo(d *decoder, v reflect.Value) bool {
	start := d.pos
	if !d.skip() {
		return false
	}
	err := json.Unmarshal(slices.Clip(d.data[start:d.pos]), v.Addr().Interface())
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		d.Field(wrong.Field)
		d.add("must be " + wrong.Type.String() + ", is " + wrong.Value)
		d.Up()
	} else if err != nil {
		d.add(err.Error())
	}
	return true
}
