package pure

import (
	"reflect"
	"slices"
	"strconv"
	"sync"
)

// A struct type is open if its last field, a map, holds what its JSON object has under
// keys that are no field's. The functions that do this are reached from DeclareOpen alone,
// so that a program without such a type doesn't link them.

// opens has the types that are open.
var opens sync.Map // from reflect.Type to *openStruct

// An openStruct is what is done otherwise for a type that is open.
type openStruct struct {
	writer func(t reflect.Type, fields structWriter, of func(reflect.Type) *encodePlan) func(*encoder, reflect.Value) *Problem
	reader func(t reflect.Type, fields *structReader, of func(reflect.Type) *decodePlan) func(*decoder, reflect.Value) bool
}

// openOf is what is done for a type that is open; nil for all others.
func openOf(t reflect.Type) *openStruct {
	found, _ := opens.Load(t)
	o, _ := found.(*openStruct)
	return o
}

// DeclareOpen tells the runtime that the struct type T is open: its last field is a map
// from string, and holds what is under keys of its JSON that are no field's. Generated code
// calls it when the program starts.
func DeclareOpen[T any]() { DeclareOpenType(reflect.TypeFor[T]()) }

// DeclareOpenType is DeclareOpen for a type that reflection gives.
func DeclareOpenType(t reflect.Type) { opens.Store(t, &openStruct{writeOpen, readOpen}) }

// restOf gives the map of a struct that is open.
func restOf(v reflect.Value) reflect.Value { return v.Field(v.NumField() - 1) }

// restType is the type of that map.
func restType(t reflect.Type) reflect.Type { return t.Field(t.NumField() - 1).Type }

// writeOpen writes the fields, and behind them what the map holds.
func writeOpen(t reflect.Type, fields structWriter, of func(reflect.Type) *encodePlan) func(*encoder, reflect.Value) *Problem {
	plan := of(restType(t))
	return func(e *encoder, v reflect.Value) *Problem {
		rest := restOf(v)
		for i := range fields {
			if rest.MapIndex(reflect.ValueOf(fields[i].name)).IsValid() {
				return (&Problem{Text: restClash}).atKey(strconv.Quote(fields[i].name))
			}
		}
		start := len(e.buf)
		if p := fields.write(e, v); p != nil || rest.Len() == 0 {
			return p
		}
		end := len(e.buf)
		if p := plan.write(e, rest); p != nil {
			return p
		}
		e.joinObjects(start, end)
		return nil
	}
}

// joinObjects makes one object of two: the one that begins at start, and the one that
// begins at next, which isn't empty.
func (e *encoder) joinObjects(start, next int) {
	if next == start+len("{}") {
		e.buf = slices.Delete(e.buf, start, next)
		return
	}
	e.buf[next-1] = ','
	e.buf = slices.Delete(e.buf, next, next+1)
}

// readOpen reads the fields, and all other keys into the map.
func readOpen(t reflect.Type, fields *structReader, of func(reflect.Type) *decodePlan) func(*decoder, reflect.Value) bool {
	m := restType(t)
	elem := of(m.Elem())
	fields.rest = func(d *decoder, v reflect.Value, key string) bool {
		rest, at, value := restOf(v), reflect.ValueOf(key), reflect.New(m.Elem()).Elem()
		d.Key(key)
		if rest.MapIndex(at).IsValid() {
			d.add("given twice")
		}
		ok := elem.read(d, value)
		d.Up()
		rest.SetMapIndex(at, value)
		return ok
	}
	return func(d *decoder, v reflect.Value) bool {
		restOf(v).Set(reflect.MakeMap(m))
		return fields.read(d, v)
	}
}

// restClash says what is wrong with a key of the map that has a place of its own in JSON.
const restClash = "is taken by a field, or by the member of a union"

// Rest gives m, the map of a struct that is open. It panics with a *Fault where one of its
// keys is that of a field.
func Rest[V any](at string, m map[string]V, keys ...string) map[string]V {
	for _, key := range keys {
		if Has(m, key) {
			panic(&Fault{At: at, Text: "the key " + strconv.Quote(key) + " " + restClash})
		}
	}
	return m
}

// CheckRest records each key of the map of a struct that is open which is that of a field.
func CheckRest[V any](c *Check, m map[string]V, keys ...string) {
	for _, key := range keys {
		if Has(m, key) {
			c.Key(key)
			c.add(restClash)
			c.Up()
		}
	}
}
