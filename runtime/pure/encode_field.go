package pure

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// A structField is a field of a Go struct as JSON sees it.
type structField struct {
	name  string // the key in JSON
	typ   reflect.Type
	index []int // as of reflect.StructField: longer than 1 for a promoted field
	// omitNil tells that the key is left out of JSON where the field is nil: not where
	// that would be read as a default.
	omitNil bool
	// mayMiss tells that JSON without the key is fine.
	mayMiss bool
	// preset is the JSON that stands for a missing key; nil where there is none.
	preset []byte
}

// fieldsOf gives the fields of a struct type that JSON has, in their order. The
// fields of embedded structs count as the struct's own, as in encoding/json: of
// two with one name, the shallower is meant. The map of a type that is open isn't one of them.
func fieldsOf(t reflect.Type) []*structField {
	var fields []*structField
	byName := map[string]int{}
	var closed [][]int // embedded fields whose own fields don't count
	last := -1
	if openOf(t) != nil {
		last = t.NumField() - 1
	}
	for _, f := range reflect.VisibleFields(t) {
		if f.Index[0] == last || slices.ContainsFunc(closed, func(index []int) bool { return startsWith(f.Index, index) }) {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" && isOpen(f) {
			continue
		}
		if f.Anonymous {
			closed = append(closed, f.Index)
		}
		if !f.IsExported() || f.Tag.Get("json") == "-" {
			continue
		}
		field := newStructField(t, f, name, options)
		at, twice := byName[field.name]
		switch {
		case !twice:
			byName[field.name] = len(fields)
			fields = append(fields, field)
		case len(f.Index) < len(fields[at].index):
			fields[at] = field
		}
	}
	return fields
}

// isOpen tells whether the fields of an embedded field count as the struct's own.
func isOpen(f reflect.StructField) bool {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		if !f.IsExported() {
			return false // can't be set
		}
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && t != timeType
}

func startsWith(index, prefix []int) bool {
	return len(index) >= len(prefix) && slices.Equal(index[:len(prefix)], prefix)
}

func newStructField(t reflect.Type, f reflect.StructField, name, options string) *structField {
	if name == "" {
		name = f.Name
	}
	omit := slices.Contains(strings.Split(options, ","), "omitempty")
	field := &structField{
		name:    name,
		typ:     f.Type,
		index:   f.Index,
		omitNil: omit && f.Type.Kind() == reflect.Pointer && f.Tag.Get("default") == "",
		mayMiss: omit || f.Type.Kind() == reflect.Pointer || promotedByPointer(t, f.Index),
	}
	if text, ok := f.Tag.Lookup("default"); ok {
		field.preset = presetJSON(f.Type, text)
	}
	return field
}

// promotedByPointer tells whether a field is absent where an embedded pointer is nil.
func promotedByPointer(t reflect.Type, index []int) bool {
	for i := 1; i < len(index); i++ {
		if t.FieldByIndex(index[:i]).Type.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

// presetJSON makes JSON of a default tag, which has texts and durations bare.
func presetJSON(t reflect.Type, text string) []byte {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.String && t != durationType && t != timeType {
		return []byte(text)
	}
	var e encoder
	if p := e.string(text); p != nil {
		return []byte(text) // isn't JSON either: reported where the default is needed
	}
	return e.buf
}

// in gives the field of the struct v; not ok where it is absent, inside an
// embedded pointer that is nil.
func (f *structField) in(v reflect.Value) (field reflect.Value, ok bool) {
	if len(f.index) == 1 {
		return v.Field(f.index[0]), true
	}
	field, err := v.FieldByIndexErr(f.index)
	return field, err == nil
}

// A planCache keeps what has been worked out for each type.
type planCache[P any] struct {
	plans sync.Map // from reflect.Type to *P, complete
	mu    sync.Mutex
}

// plan gives the plan of t, which build makes where there is none yet. A type may
// hold itself, and so may its plan: plans refer to each other by pointers, which
// build gets from of and may use only once it has returned.
func (c *planCache[P]) plan(t reflect.Type, build func(t reflect.Type, of func(reflect.Type) *P) P) *P {
	if p, ok := c.plans.Load(t); ok {
		return p.(*P)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	made := map[reflect.Type]*P{}
	var of func(reflect.Type) *P
	of = func(t reflect.Type) *P {
		if p, ok := c.plans.Load(t); ok {
			return p.(*P)
		}
		if p, ok := made[t]; ok {
			return p
		}
		p := new(P)
		made[t] = p
		*p = build(t, of)
		return p
	}
	p := of(t)
	for t, p := range made {
		c.plans.Store(t, p)
	}
	return p
}
