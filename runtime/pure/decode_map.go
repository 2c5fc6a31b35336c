package pure

import (
	"encoding"
	"errors"
	"reflect"
	"strconv"
	"strings"
)

func readMap(t reflect.Type, of func(reflect.Type) *decodePlan) func(*decoder, reflect.Value) bool {
	elem := of(t.Elem())
	return func(d *decoder, v reflect.Value) bool {
		if d.peek() != '{' {
			return d.mismatch("an object")
		}
		v.Set(reflect.MakeMap(t))
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		more, ok := d.enter('}')
		for ; more; more, ok = d.next('}') {
			text, ok := d.key()
			if !ok {
				return false
			}
			fits := d.mapKey(key, string(text))
			if fits && v.MapIndex(key).IsValid() {
				d.add("given twice")
			}
			value.SetZero()
			if !elem.read(d, value) {
				return false
			}
			d.Up()
			if fits {
				v.SetMapIndex(key, value)
			}
		}
		return ok
	}
}

// mapKey steps into the value of a key, and sets key to it. It gives false where
// the text is no key of that type.
func (d *decoder) mapKey(key reflect.Value, text string) (fits bool) {
	err := setKey(key, text)
	if err == "" && keyPath(key.Type(), text) == text {
		d.path = append(d.path, segment{kind: keySegment, text: text})
	} else {
		d.Key(text)
	}
	if err != "" {
		d.add(err)
	}
	return err == ""
}

// setKey sets key to what the text of a key means, or says why it means nothing.
func setKey(key reflect.Value, text string) (problem string) {
	switch key.Kind() {
	case reflect.String:
		key.SetString(text)
		return ""
	case reflect.Bool:
		key.SetBool(text == "true")
		if text != "true" && text != "false" {
			return "expected true or false as the key"
		}
		return ""
	}
	if u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](key.Addr()); ok {
		key.SetZero()
		if err := u.UnmarshalText([]byte(text)); err != nil {
			return err.Error()
		}
		return ""
	}
	return setIntKey(key, text)
}

// setIntKey is setKey for integers: one number has one text, so that no two keys
// of an object mean the same.
func setIntKey(key reflect.Value, text string) (problem string) {
	if !key.CanInt() && !key.CanUint() {
		return "a key of type " + key.Type().String() + " can't be read from JSON"
	}
	magnitude, negative := strings.CutPrefix(text, "-")
	n, err := strconv.ParseUint(magnitude, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrSyntax), err == nil && strconv.FormatUint(n, 10) != magnitude, negative && n == 0:
		return "expected a whole number as the key"
	case err != nil, !setInt(key, n, negative):
		return shorten(text) + " doesn't fit " + key.Kind().String()
	}
	return ""
}
