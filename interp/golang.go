package interp

import (
	"reflect"
	"sync"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// linked has the types of Go that were linked, by the paths of their packages and their
// names.
var linked sync.Map // from string to reflect.Type

// LinkGo makes T known, a type written in Go of the package with that import path: plans
// that name it can be interpreted then. Its values are Go's own, with their methods.
func LinkGo[T any](path string) {
	pure.DeclareGo[T]()
	t := reflect.TypeFor[T]()
	linked.Store(path+"."+t.Name(), t)
}

// linkedType is the Go type that a type is; nil where it isn't linked.
func linkedType(t *types.Go) reflect.Type {
	found, ok := linked.Load(t.Path + "." + t.Name)
	if !ok {
		return nil
	}
	return found.(reflect.Type)
}

// converted is a value with the type that another place has for it: lists, maps and what
// is in them may have names of their own in Go. All else is as it was.
func (e *env) converted(v reflect.Value, p pair) reflect.Value {
	c := newConverters(e.p)
	c.exact = true
	to, err := c.of(p)
	if err == nil {
		v, err = to.finite(v)
	}
	if err != nil {
		panic("a field of Go can't be interpreted: " + err.Error())
	}
	return v
}

func dereferenced(p *int) int { return *p }

// goField reads a field of a Go struct, which may be one of an embedded struct.
func (e *env) goField(x reflect.Value, t *types.Go, f *types.Field) reflect.Value {
	at, _ := x.Type().FieldByName(f.GoName)
	for _, i := range at.Index {
		if x.Kind() == reflect.Pointer {
			if x.IsNil() {
				_ = dereferenced(nil) // fails as it does in Go
			}
			x = x.Elem()
		}
		x = x.Field(i)
	}
	return e.converted(x, pair{t: f.Type, g: at.Type})
}

// goLit makes a Go struct, as a copy of another where there is a spread.
func (e *env) goLit(x *plan.StructLit, t *types.Go) reflect.Value {
	made := reflect.New(goType(t)).Elem()
	if x.Spread != nil {
		made.Set(e.expr(x.Spread))
	}
	for _, f := range x.Fields {
		field := made.FieldByName(f.Field.GoName)
		field.Set(e.converted(fit(e.expr(f.X), goType(f.Field.Type)), pair{f.Field.Type, field.Type(), true}))
	}
	return made
}
