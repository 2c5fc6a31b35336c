package interp

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// A convert makes a Go value of one that the program holds, or the other way round:
// what comes in is as a workflow sees it, without nil lists and with times in UTC, unless
// it is exact.
// It panics with errEndless where the value has more levels than are left.
type convert func(v reflect.Value, left int) reflect.Value

// maxNested bounds the levels of a Go value, which may hold itself by its pointers: JSON
// has at most half as many.
const maxNested = 2000

// errEndless is what a convert panics with.
var errEndless = errors.New("the value is nested too deep for JSON, or holds itself")

// finite makes the value, or says that it doesn't end.
func (c convert) finite(v reflect.Value) (out reflect.Value, err error) {
	defer func() {
		switch r := recover(); r {
		case nil:
		case errEndless:
			err = errEndless
		default:
			panic(r)
		}
	}()
	return c(v, maxNested), nil
}

// within makes a part of a value.
func (c convert) within(v reflect.Value, left int) reflect.Value {
	if left == 0 {
		panic(errEndless)
	}
	return c(v, left-1)
}

// converters make converts. Each struct is looked at once, as it may hold itself.
type converters struct {
	p    *Program
	made map[pair]*convert
	// exact leaves nil lists and times as they are, as Go does within an expression.
	exact bool
}

// A pair is a type with one of Go, and which of them a convert is to make.
type pair struct {
	t  types.Type
	g  reflect.Type
	to bool // Go's
}

func newConverters(p *Program) *converters { return &converters{p: p, made: map[pair]*convert{}} }

// toGo makes values of the Go type g. An error says how g differs from t.
func (c *converters) toGo(t types.Type, g reflect.Type) (convert, error) {
	return c.of(pair{t, g, true})
}

// fromGo makes values that the program holds of those of the Go type g.
func (c *converters) fromGo(t types.Type, g reflect.Type) (convert, error) {
	return c.of(pair{t, g, false})
}

// out is the type of what a convert makes.
func (p pair) out() reflect.Type {
	if p.to {
		return p.g
	}
	return goType(p.t)
}

func (p pair) mismatch() error { return fmt.Errorf("expected %s, found %s in Go", p.t, p.g) }

func (c *converters) of(p pair) (convert, error) {
	if c.exact && goType(p.t) == p.g && !(p.to && holdsAny(p.t)) {
		return func(v reflect.Value, _ int) reflect.Value { return v }, nil
	}
	switch t := p.t.(type) {
	case *types.List:
		return c.list(p, t)
	case *types.Map:
		return c.mapping(p, t)
	case *types.Optional:
		return c.optional(p, t)
	case *types.Struct:
		return c.structure(p, t)
	case *types.Union:
		return nil, fmt.Errorf("the union %s has no Go type that can be found by reflection: give an interp.Tool", t)
	}
	return c.basic(p)
}

// basic is for types without parts. Those of Go may have names of their own, but for
// the types of other packages that the language has.
func (c *converters) basic(p pair) (convert, error) {
	own, out := goType(p.t), p.out()
	same := own == timeType || own == durationType || own == anyType || p.g == durationType || own.Kind() == reflect.Struct
	switch {
	case own.Kind() != p.g.Kind() || same && own != p.g:
		return nil, p.mismatch()
	case own == timeType && !c.exact:
		return func(v reflect.Value, _ int) reflect.Value { return reflect.ValueOf(pure.UTC(timeOf(v))) }, nil
	case own == anyType && p.to:
		return givenAny, nil
	}
	return func(v reflect.Value, _ int) reflect.Value { return v.Convert(out) }, nil
}

// givenAny is for what Go gets as an any. It sees no Records there, which are how an
// interpreter holds what are types of their own in Go.
func givenAny(v reflect.Value, _ int) reflect.Value {
	t := v.Type()
	if v.Kind() == reflect.Interface && !v.IsNil() {
		t = v.Elem().Type()
	}
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == recordType || t == variantType {
		panic("a value whose type .wf files declare is given to Go as any, which compiled code alone can do")
	}
	return v
}

// holdsAny tells whether there may be an any in the values of a type.
func holdsAny(t types.Type) bool {
	switch t := t.(type) {
	case *types.List:
		return holdsAny(t.Elem)
	case *types.Map:
		return holdsAny(t.Elem)
	case *types.Optional:
		return holdsAny(t.Elem)
	}
	return types.Is(t, types.Any)
}

func (c *converters) list(p pair, t *types.List) (convert, error) {
	if p.g.Kind() != reflect.Slice {
		return nil, p.mismatch()
	}
	elem, err := c.of(pair{t.Elem, p.g.Elem(), p.to})
	out := p.out()
	return func(v reflect.Value, left int) reflect.Value {
		if c.exact && v.IsNil() {
			return reflect.Zero(out)
		}
		list := reflect.MakeSlice(out, v.Len(), v.Len())
		for i := range v.Len() {
			list.Index(i).Set(elem.within(v.Index(i), left))
		}
		return list
	}, err
}

func (c *converters) mapping(p pair, t *types.Map) (convert, error) {
	if p.g.Kind() != reflect.Map {
		return nil, p.mismatch()
	}
	key, err := c.of(pair{t.Key, p.g.Key(), p.to})
	if err != nil {
		return nil, err
	}
	elem, err := c.of(pair{t.Elem, p.g.Elem(), p.to})
	out := p.out()
	return func(v reflect.Value, left int) reflect.Value {
		if c.exact && v.IsNil() {
			return reflect.Zero(out)
		}
		m := reflect.MakeMapWithSize(out, v.Len())
		for it := v.MapRange(); it.Next(); {
			m.SetMapIndex(key(it.Key(), left), elem.within(it.Value(), left))
		}
		return m
	}, err
}

func (c *converters) optional(p pair, t *types.Optional) (convert, error) {
	if p.g.Kind() != reflect.Pointer {
		return nil, p.mismatch()
	}
	elem, err := c.of(pair{t.Elem, p.g.Elem(), p.to})
	out := p.out()
	return func(v reflect.Value, left int) reflect.Value {
		if v.IsNil() {
			return reflect.Zero(out)
		}
		made := reflect.New(out.Elem())
		made.Elem().Set(elem.within(v.Elem(), left))
		return made.Convert(out)
	}, err
}

// structure is for structs. That of Go has the declared fields, and no others, by
// their names in JSON.
func (c *converters) structure(p pair, t *types.Struct) (convert, error) {
	if known := c.made[p]; known != nil {
		return func(v reflect.Value, left int) reflect.Value { return (*known)(v, left) }, nil
	}
	made := new(convert)
	c.made[p] = made
	if p.g.Kind() != reflect.Struct {
		return nil, p.mismatch()
	}
	places, err := placesIn(p.g, t)
	if err != nil {
		return nil, err
	}
	fields := make([]convert, len(t.Fields))
	for i, f := range t.Fields {
		if fields[i], err = c.of(pair{f.Type, p.g.Field(places[i]).Type, p.to}); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t, f.Name, err)
		}
	}
	inner := c.p.layouts[t].inner
	*made = func(v reflect.Value, left int) reflect.Value {
		if p.to {
			out := reflect.New(p.g).Elem()
			for i, field := range fields {
				out.Field(places[i]).Set(field(fieldsOf(v).Field(i), left))
			}
			return out
		}
		out := reflect.New(inner).Elem()
		for i, field := range fields {
			out.Field(i).Set(field(v.Field(places[i]), left))
		}
		return reflect.ValueOf(pure.NewRecord(out))
	}
	return *made, nil
}

// keyInGo is what a struct tag has of a field.
func keyInGo(f *types.Field) string {
	if f.Rest {
		return `with the tag json:",inline"`
	}
	return f.Key()
}

// placesIn gives, for each field of a struct, the index of that of the Go struct.
func placesIn(g reflect.Type, t *types.Struct) ([]int, error) {
	byName := map[string]int{}
	for i := range g.NumField() {
		f := g.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case !f.IsExported() || f.Tag.Get("json") == "-":
			continue
		case name == "" && (options != "inline" || t.Rest() == nil):
			name = f.Name
		}
		if !slices.ContainsFunc(t.Fields, func(f *types.Field) bool { return f.Key() == name }) {
			return nil, fmt.Errorf("%s in Go has a field %s, which %s hasn't", g, name, t)
		}
		byName[name] = i
	}
	places := make([]int, len(t.Fields))
	for i, f := range t.Fields {
		at, ok := byName[f.Key()]
		if !ok {
			return nil, fmt.Errorf("%s in Go has no field %s, which %s has", g, keyInGo(f), t)
		}
		places[i] = at
	}
	return places, nil
}
