package pure

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	timeType            = reflect.TypeFor[time.Time]()
	durationType        = reflect.TypeFor[time.Duration]()
	numberType          = reflect.TypeFor[json.Number]()
	marshalerType       = reflect.TypeFor[json.Marshaler]()
	textMarshalerType   = reflect.TypeFor[encoding.TextMarshaler]()
	unmarshalerType     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// An encodePlan is how values of one type are written.
type encodePlan struct {
	write func(*encoder, reflect.Value) *Problem
}

var encodePlans planCache[encodePlan]

func encodePlanOf(t reflect.Type) *encodePlan { return encodePlans.plan(t, newEncodePlan) }

func newEncodePlan(t reflect.Type, of func(reflect.Type) *encodePlan) encodePlan {
	return encodePlan{writerOf(t, of)}
}

func writerOf(t reflect.Type, of func(reflect.Type) *encodePlan) func(*encoder, reflect.Value) *Problem {
	switch {
	case t == timeType:
		return writeTime
	case t == durationType:
		return writeDuration
	case t == numberType:
		return writeNumber
	case t == recordType:
		return writeRecord
	case t == variantType:
		return writeVariant
	case isGo(t):
		return writeGo
	case t.Kind() == reflect.Pointer:
		return writePointer(t, of(t.Elem()))
	case t.Kind() == reflect.Interface:
		if members := membersOf(t); members != nil {
			return writeUnion(members, of)
		}
		return writeInterface(t)
	case has(t, marshalerType):
		return writeMarshaler
	case has(t, textMarshalerType):
		return writeTextMarshaler
	}
	switch t.Kind() {
	case reflect.Struct:
		return writeStruct(t, of)
	case reflect.Slice:
		if isBytes(t) {
			return writeBytes
		}
		return writeList(of(t.Elem()))
	case reflect.Array:
		return writeList(of(t.Elem()))
	case reflect.Map:
		return writeMap(t, of)
	}
	return writeBasic(t)
}

// has tells whether t or a pointer to it has the method of the interface.
func has(t, method reflect.Type) bool {
	return t.Implements(method) || reflect.PointerTo(t).Implements(method)
}

// isBytes tells whether a list is base64 in JSON: its elements are bytes, without
// a JSON of their own.
func isBytes(t reflect.Type) bool {
	elem := t.Elem()
	return elem.Kind() == reflect.Uint8 && !has(elem, marshalerType) && !has(elem, textMarshalerType)
}

func writeBasic(t reflect.Type) func(*encoder, reflect.Value) *Problem {
	switch t.Kind() {
	case reflect.String:
		return func(e *encoder, v reflect.Value) *Problem { return e.string(v.String()) }
	case reflect.Bool:
		return func(e *encoder, v reflect.Value) *Problem {
			e.buf = strconv.AppendBool(e.buf, v.Bool())
			return nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(e *encoder, v reflect.Value) *Problem {
			e.buf = strconv.AppendInt(e.buf, v.Int(), 10)
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return func(e *encoder, v reflect.Value) *Problem {
			e.buf = strconv.AppendUint(e.buf, v.Uint(), 10)
			return nil
		}
	case reflect.Float32, reflect.Float64:
		bits := t.Bits()
		return func(e *encoder, v reflect.Value) *Problem { return e.float(v.Float(), bits) }
	}
	return func(*encoder, reflect.Value) *Problem {
		return &Problem{Text: "a value of type " + t.String() + " can't be written as JSON"}
	}
}

func writeTime(e *encoder, v reflect.Value) *Problem {
	t, _ := reflect.TypeAssert[time.Time](v)
	if t != t.UTC() { // another place, or the monotonic part of time.Now
		e.Odd = true
	}
	return e.time(t)
}

func writeDuration(e *encoder, v reflect.Value) *Problem {
	e.duration(time.Duration(v.Int()))
	return nil
}

func writePointer(t reflect.Type, elem *encodePlan) func(*encoder, reflect.Value) *Problem {
	// Only through these can a value hold itself without a list, map or struct.
	cyclic := t.Elem().Kind() == reflect.Pointer || t.Elem().Kind() == reflect.Interface
	return func(e *encoder, v reflect.Value) *Problem {
		if v.IsNil() {
			e.buf = append(e.buf, "null"...)
			return nil
		}
		if cyclic {
			if p := e.deeper(); p != nil {
				return p
			}
			defer func() { e.depth-- }()
		}
		return elem.write(e, v.Elem())
	}
}

func writeInterface(t reflect.Type) func(*encoder, reflect.Value) *Problem {
	if t.NumMethod() == 0 {
		return func(e *encoder, v reflect.Value) *Problem { return e.value(v.Interface()) }
	}
	return func(e *encoder, v reflect.Value) *Problem {
		if v.IsNil() {
			e.buf = append(e.buf, "null"...)
			return nil
		}
		return encodePlanOf(v.Elem().Type()).write(e, v.Elem())
	}
}

// writeNumber writes a json.Number, as encoding/json does: the empty one is 0.
func writeNumber(e *encoder, v reflect.Value) *Problem {
	text := cmp.Or(v.String(), "0")
	if !isNumber(text) {
		return &Problem{Text: quoteShort(text) + " isn't a number, as a json.Number has to be"}
	}
	if p := e.room(len(text)); p != nil {
		return p
	}
	e.buf = append(e.buf, text...)
	return nil
}

// isNumber tells whether a text is a number of JSON.
func isNumber(text string) bool {
	d := decoder{data: []byte(text)}
	_, ok := d.number()
	return ok && d.pos == len(text)
}

// own gives v as the interface I that v or a pointer to it has.
func own[I any](v reflect.Value) I {
	if m, ok := reflect.TypeAssert[I](v); ok {
		return m
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.Interface().(I)
}

func writeMarshaler(e *encoder, v reflect.Value) *Problem {
	data, err := own[json.Marshaler](v).MarshalJSON()
	if err != nil {
		return &Problem{Text: err.Error()}
	}
	b := bytes.NewBuffer(e.buf)
	err = json.Compact(b, data)
	if err != nil || !utf8.Valid(data) {
		return &Problem{Text: "MarshalJSON of " + v.Type().String() + " doesn't give JSON: " + quoteShort(string(data))}
	}
	e.buf = b.Bytes()
	return nil
}

func writeTextMarshaler(e *encoder, v reflect.Value) *Problem {
	text, err := own[encoding.TextMarshaler](v).MarshalText()
	if err != nil {
		return &Problem{Text: err.Error()}
	}
	return e.string(string(text))
}

func writeBytes(e *encoder, v reflect.Value) *Problem {
	e.Odd = e.Odd || v.IsNil()
	if p := e.room(base64.StdEncoding.EncodedLen(v.Len())); p != nil {
		return p
	}
	b := append(e.buf, '"')
	b = base64.StdEncoding.AppendEncode(b, v.Bytes())
	e.buf = append(b, '"')
	return nil
}

func writeList(elem *encodePlan) func(*encoder, reflect.Value) *Problem {
	return func(e *encoder, v reflect.Value) *Problem {
		e.Odd = e.Odd || v.Kind() == reflect.Slice && v.IsNil()
		if p := e.open('['); p != nil {
			return p
		}
		for i := range v.Len() {
			if i > 0 {
				e.buf = append(e.buf, ',')
			}
			p := elem.write(e, v.Index(i))
			if p == nil {
				p = e.room(0)
			}
			if p != nil {
				return p.atIndex(i)
			}
		}
		e.close(']')
		return nil
	}
}

// A structWriter writes the fields of a struct.
type structWriter []fieldWriter

type fieldWriter struct {
	*structField
	key  string // "name": as it stands in JSON
	plan *encodePlan
}

func writeStruct(t reflect.Type, of func(reflect.Type) *encodePlan) func(*encoder, reflect.Value) *Problem {
	var w structWriter
	var quoted encoder
	for _, f := range fieldsOf(t) {
		quoted.buf = quoted.buf[:0]
		if p := quoted.string(f.name); p != nil {
			return func(*encoder, reflect.Value) *Problem {
				return &Problem{Text: "the name of field " + f.name + " " + p.Text}
			}
		}
		w = append(w, fieldWriter{f, string(quoted.buf) + ":", of(f.typ)})
	}
	if o := openOf(t); o != nil {
		return o.writer(t, w, of)
	}
	return w.write
}

func (w structWriter) write(e *encoder, v reflect.Value) *Problem {
	if e.structs != nil {
		return e.structs(w, e, v)
	}
	if p := e.open('{'); p != nil {
		return p
	}
	empty := true
	for i := range w {
		f := &w[i]
		field, ok := f.in(v)
		if !ok || f.omitNil && field.IsNil() {
			continue
		}
		if !empty {
			e.buf = append(e.buf, ',')
		}
		empty = false
		e.buf = append(e.buf, f.key...)
		if p := f.plan.write(e, field); p != nil {
			return p.atField(f.name)
		}
	}
	e.close('}')
	return nil
}

// writeMap writes the entries in the order of the texts of their keys.
func writeMap(t reflect.Type, of func(reflect.Type) *encodePlan) func(*encoder, reflect.Value) *Problem {
	type entry struct {
		key   string
		value reflect.Value
	}
	elem := of(t.Elem())
	return func(e *encoder, v reflect.Value) *Problem {
		e.Odd = e.Odd || v.IsNil()
		entries := make([]entry, 0, v.Len())
		for it := v.MapRange(); it.Next(); {
			key, p := keyText(it.Key())
			if p != nil {
				return p
			}
			entries = append(entries, entry{key, it.Value()})
		}
		slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
		if p := e.open('{'); p != nil {
			return p
		}
		for i, x := range entries {
			if i > 0 {
				e.buf = append(e.buf, ',')
			}
			if p := e.string(x.key); p != nil {
				return p.atKey(keyPath(t.Key(), x.key))
			}
			e.buf = append(e.buf, ':')
			if p := elem.write(e, x.value); p != nil {
				return p.atKey(keyPath(t.Key(), x.key))
			}
		}
		e.close('}')
		return nil
	}
}

// keyText is a key of a map as the name in a JSON object.
func keyText(k reflect.Value) (string, *Problem) {
	switch k.Kind() {
	case reflect.String:
		return k.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(k.Bool()), nil
	}
	if has(k.Type(), textMarshalerType) {
		text, err := own[encoding.TextMarshaler](k).MarshalText()
		if err != nil {
			return "", &Problem{Text: "a key: " + err.Error()}
		}
		return string(text), nil
	}
	switch {
	case k.CanInt():
		return strconv.FormatInt(k.Int(), 10), nil
	case k.CanUint():
		return strconv.FormatUint(k.Uint(), 10), nil
	}
	return "", &Problem{Text: "a key of type " + k.Type().String() + " can't be written as JSON"}
}

// keyPath is a key in the brackets of a path: texts in quotes, all else as it is.
func keyPath(t reflect.Type, key string) string {
	switch t.Kind() {
	case reflect.Bool,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return key
	}
	return strconv.Quote(key)
}
