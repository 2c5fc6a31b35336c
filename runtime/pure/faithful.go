package pure

import (
	"reflect"
	"sync"
)

// A durable execution has to see, of a result that has just come, the value that it will
// see when it goes on and the result is read from the journal. For most types that is the
// result as it is. Those of which JSON may make something else, an any that holds a
// struct, say, or a type of Go's own with a JSON of its own, are read back at once.

// faithfulTypes has of each type that was asked for whether it is faithful.
var faithfulTypes sync.Map // from reflect.Type to bool

// IsFaithful tells whether every value of a type that can be written as JSON is read back
// as an equal one, if none of it is odd, as encode tells.
func IsFaithful(t reflect.Type) bool {
	if known, ok := faithfulTypes.Load(t); ok {
		return known.(bool)
	}
	is := faithful(t, map[reflect.Type]bool{})
	faithfulTypes.Store(t, is)
	return is
}

// faithful is IsFaithful without what is known. A type that holds itself is as faithful as
// all else that it holds: seen has those that are being looked at, or have been.
func faithful(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] || t == timeType || t == durationType {
		return true
	}
	seen[t] = true
	if isGo(t) || hasOwnJSON(t) || t == numberType { // an empty one comes back as 0
		return false
	}
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	case reflect.Pointer:
		// Of two levels of pointers, JSON has one null.
		return t.Elem().Kind() != reflect.Pointer && faithful(t.Elem(), seen)
	case reflect.Slice:
		return faithful(t.Elem(), seen)
	case reflect.Map:
		return faithful(t.Key(), seen) && faithful(t.Elem(), seen)
	case reflect.Struct:
		return faithfulStruct(t, seen)
	case reflect.Interface:
		return faithfulUnion(membersOf(t), seen)
	}
	return false
}

func hasOwnJSON(t reflect.Type) bool {
	for _, method := range []reflect.Type{marshalerType, textMarshalerType, unmarshalerType, textUnmarshalerType} {
		if has(t, method) {
			return true
		}
	}
	return false
}

// faithfulStruct tells it of a struct: JSON has to have all of it, in fields of its own.
func faithfulStruct(t reflect.Type, seen map[reflect.Type]bool) bool {
	if t == recordType || t == variantType {
		return false // their types say nothing of what they hold
	}
	fields := fieldsOf(t)
	if len(fields) != t.NumField() {
		return false
	}
	for _, f := range fields {
		if len(f.index) != 1 || !faithful(f.typ, seen) {
			return false
		}
		// Left out where it is nil, and else what a missing key means.
		if f.typ.Kind() != reflect.Pointer && f.mayMiss && f.preset != nil {
			return false
		}
	}
	return true
}

func faithfulUnion(members []Member, seen map[reflect.Type]bool) bool {
	for _, m := range members {
		if !faithful(m.typ, seen) {
			return false
		}
	}
	return members != nil
}

// Lost is the error of a value with a part of which JSON has nothing at all, so that it
// would be another one when it is read back; nil where there is none.
func Lost(v any) error {
	if p := lost(reflect.ValueOf(v), 0); p != nil {
		return p.alone()
	}
	return nil
}

// lost finds a part of a value of which JSON has nothing at all, a struct whose fields are
// none that JSON has, for example. A value with such a part would be another one when it
// is read back, without a word. It gives nil where there is none.
func lost(v reflect.Value, depth int) *Problem {
	if depth > maxDepth || !v.IsValid() || !mayLose(v.Type()) {
		return nil
	}
	depth++
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return lost(v.Elem(), depth)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if p := lost(v.Index(i), depth); p != nil {
				return p.atIndex(i)
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if p := lost(it.Value(), depth); p != nil {
				key, _ := keyText(it.Key())
				return p.atKey(keyPath(it.Key().Type(), key))
			}
		}
	case reflect.Struct:
		return lostInStruct(v, depth)
	}
	return nil
}

func lostInStruct(v reflect.Value, depth int) *Problem {
	t := v.Type()
	switch t {
	case recordType:
		r, _ := reflect.TypeAssert[Record](v)
		return lost(r.fields, depth)
	case variantType:
		x, _ := reflect.TypeAssert[Variant](v)
		return lost(x.record.fields, depth)
	}
	fields := fieldsOf(t)
	if openOf(t) != nil {
		if p := lost(restOf(v), depth); p != nil {
			return p
		}
	} else if len(fields) == 0 && !v.IsZero() {
		return &Problem{Text: "JSON has nothing of a " + t.String() + ", which would be lost"}
	}
	for _, f := range fields {
		if field, ok := f.in(v); ok {
			if p := lost(field, depth); p != nil {
				return p.atField(f.name)
			}
		}
	}
	return nil
}

// mayLose tells whether it takes a look at the values of a type to know that nothing of
// them is lost. A type with a JSON of its own knows what it does.
func mayLose(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Array, reflect.Map, reflect.Struct:
		return t != timeType && !hasOwnJSON(t) && !IsFaithful(t)
	}
	return false
}
