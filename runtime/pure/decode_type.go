package pure

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"time"
)

// A decodePlan is how values of one type are read. read is called before the
// first byte of a value and with a v that is zero and can be set.
type decodePlan struct {
	read func(d *decoder, v reflect.Value) bool
}

var decodePlans planCache[decodePlan]

func decodePlanOf(t reflect.Type) *decodePlan { return decodePlans.plan(t, newDecodePlan) }

func newDecodePlan(t reflect.Type, of func(reflect.Type) *decodePlan) decodePlan {
	return decodePlan{readerOf(t, of)}
}

func readerOf(t reflect.Type, of func(reflect.Type) *decodePlan) func(*decoder, reflect.Value) bool {
	switch {
	case t == timeType:
		return readTime
	case t == durationType:
		return readDuration
	case t == numberType:
		return readNumber
	case isGo(t):
		return readGo
	case t.Kind() == reflect.Pointer:
		return readOptional(t, of(t.Elem()))
	case t.Kind() == reflect.Interface:
		if members := membersOf(t); members != nil {
			return readUnion(members, of)
		}
		return readInterface(t)
	case reflect.PointerTo(t).Implements(unmarshalerType):
		return readUnmarshaler
	case reflect.PointerTo(t).Implements(textUnmarshalerType):
		return readTextUnmarshaler
	}
	switch t.Kind() {
	case reflect.Struct:
		return readStruct(t, of)
	case reflect.Slice:
		if isBytes(t) {
			return readBytes(readList(t, of(t.Elem())))
		}
		return readList(t, of(t.Elem()))
	case reflect.Array:
		return readArray(t, of(t.Elem()))
	case reflect.Map:
		return readMap(t, of)
	}
	return readBasic(t)
}

func readBasic(t reflect.Type) func(*decoder, reflect.Value) bool {
	switch t.Kind() {
	case reflect.String:
		return readString
	case reflect.Bool:
		return readBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return readInt
	case reflect.Float32, reflect.Float64:
		return readFloat
	}
	return readNothing(t)
}

// readNothing is for the types that JSON has no values of.
func readNothing(t reflect.Type) func(*decoder, reflect.Value) bool {
	return func(d *decoder, _ reflect.Value) bool {
		d.add("a value of type " + t.String() + " can't be read from JSON")
		return d.skip()
	}
}

func readString(d *decoder, v reflect.Value) bool {
	if d.peek() != '"' {
		return d.mismatch("a string")
	}
	text, ok := d.text()
	if ok {
		v.SetString(string(text))
	}
	return ok
}

// readNumber reads a json.Number as encoding/json does: a number, or one in a string.
func readNumber(d *decoder, v reflect.Value) bool {
	if d.atNumber() {
		raw, ok := d.number()
		if ok {
			v.SetString(string(raw))
		}
		return ok
	}
	if d.peek() != '"' {
		return d.mismatch("a number")
	}
	start := d.pos
	text, ok := d.text()
	if ok && !isNumber(string(text)) {
		d.unfit(start, "a number")
		return true
	}
	v.SetString(string(text))
	return ok
}

func readBool(d *decoder, v reflect.Value) bool {
	switch d.peek() {
	case 't':
		v.SetBool(true)
		return d.word("true")
	case 'f':
		return d.word("false")
	}
	return d.mismatch("true or false")
}

const wantTime = "a time such as 2006-01-02T15:04:05Z"

func readTime(d *decoder, v reflect.Value) bool {
	if d.peek() != '"' {
		return d.mismatch(wantTime)
	}
	start := d.pos
	text, ok := d.text()
	if !ok {
		return false
	}
	var t time.Time
	err := t.UnmarshalText(text)
	if t = t.UTC(); err != nil || !hasRFC3339Year(t) {
		d.unfit(start, wantTime)
		return true
	}
	p, _ := reflect.TypeAssert[*time.Time](v.Addr())
	*p = t
	return true
}

func readDuration(d *decoder, v reflect.Value) bool {
	if d.peek() != '"' {
		return d.mismatch(wantDuration)
	}
	start := d.pos
	text, ok := d.text()
	if !ok {
		return false
	}
	switch x, err := ParseDuration(string(text)); err {
	case nil:
		v.SetInt(int64(x))
	case errDurationRange:
		d.add(quoteShort(string(text)) + " is " + err.Error())
	default:
		d.unfit(start, wantDuration)
	}
	return true
}

func readOptional(t reflect.Type, elem *decodePlan) func(*decoder, reflect.Value) bool {
	return func(d *decoder, v reflect.Value) bool {
		if d.peek() == 'n' {
			return d.word("null")
		}
		p := reflect.New(t.Elem())
		v.Set(p)
		return elem.read(d, p.Elem())
	}
}

func readUnmarshaler(d *decoder, v reflect.Value) bool {
	start := d.pos
	if !d.skip() {
		return false
	}
	u, _ := reflect.TypeAssert[json.Unmarshaler](v.Addr())
	if err := u.UnmarshalJSON(slices.Clip(d.data[start:d.pos])); err != nil {
		d.add(err.Error())
	}
	return true
}

func readTextUnmarshaler(d *decoder, v reflect.Value) bool {
	if d.peek() != '"' {
		return d.mismatch("a string")
	}
	text, ok := d.text()
	if !ok {
		return false
	}
	u, _ := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr())
	if err := u.UnmarshalText(text); err != nil {
		d.add(err.Error())
	}
	return true
}

// readBytes reads base64, or a list of numbers by list.
func readBytes(list func(*decoder, reflect.Value) bool) func(*decoder, reflect.Value) bool {
	return func(d *decoder, v reflect.Value) bool {
		switch d.peek() {
		case '"':
		case '[':
			return list(d, v)
		default:
			return d.mismatch("base64 or a list of bytes")
		}
		start := d.pos
		text, ok := d.text()
		if !ok {
			return false
		}
		data, err := base64.StdEncoding.AppendDecode([]byte{}, text)
		if err != nil {
			d.unfit(start, "base64 or a list of bytes")
			return true
		}
		v.SetBytes(data)
		return true
	}
}
