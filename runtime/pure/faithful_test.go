package pure

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// This file makes types and values at random, and holds of each type that is said to be
// faithful that its values are read from their JSON as they were.

// A maker makes types and values.
type maker struct{ *rand.Rand }

// basics are the types without parts, with those that aren't faithful last.
var basics = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[string](), reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int64](),
	reflect.TypeFor[uint64](), reflect.TypeFor[byte](), reflect.TypeFor[float32](), reflect.TypeFor[float64](),
	reflect.TypeFor[time.Time](), reflect.TypeFor[time.Duration](), reflect.TypeFor[madeEnum](), reflect.TypeFor[madeSelf](),
	reflect.TypeFor[madeUnion](), reflect.TypeFor[any](), reflect.TypeFor[madeOwn](), reflect.TypeFor[madeAny](),
}

type (
	madeEnum  string
	madeUnion interface{ isMade() }
	madeLeft  struct {
		N *int64 `json:"n,omitempty" default:"3"`
	}
	madeRight struct {
		Next madeOptional `json:"next,omitempty"`
	}
	madeOptional = *madeSelf
	madeSelf     struct {
		Next *madeSelf           `json:"next,omitempty"`
		List []*madeSelf         `json:"list"`
		Map  map[string]madeSelf `json:"map"`
	}
	madeAny struct {
		X *any `json:"x,omitempty"`
	}
	madeOwn struct{ text string }
)

func (madeLeft) isMade()                           {}
func (madeRight) isMade()                          {}
func (o madeOwn) MarshalText() ([]byte, error)     { return []byte("." + o.text), nil }
func (o *madeOwn) UnmarshalText(data []byte) error { o.text = string(data); return nil }

func init() { DeclareUnion[madeUnion](MemberOf[madeLeft]("Left"), MemberOf[madeRight]("Right")) }

func (m maker) typ(depth int) reflect.Type {
	kinds := 6
	if depth <= 0 {
		kinds = 1
	}
	switch m.IntN(kinds) {
	case 1:
		return reflect.SliceOf(m.typ(depth - 1))
	case 2:
		return reflect.MapOf(basics[m.IntN(7)], m.typ(depth-1))
	case 3:
		return reflect.PointerTo(m.typ(depth - 1))
	case 4, 5:
		fields := make([]reflect.StructField, m.IntN(4))
		for i := range fields {
			name := string(rune('A' + i))
			t, tag := m.typ(depth-1), `json:"`+name
			if t.Kind() == reflect.Pointer && m.IntN(4) > 0 {
				tag += ",omitempty"
			}
			tag += `"`
			if m.IntN(4) == 0 {
				tag += ` default:"` + presetOf(t) + `"`
			}
			fields[i] = reflect.StructField{Name: name, Type: t, Tag: reflect.StructTag(tag)}
		}
		return reflect.StructOf(fields)
	}
	return basics[m.IntN(len(basics))]
}

// presetOf is a default of a type; null where it has none that is as simple.
func presetOf(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == durationType:
		return "1h"
	case t == timeType:
		return "2000-01-01T00:00:00Z"
	case t.Kind() == reflect.String:
		return "some"
	case t.Kind() == reflect.Bool:
		return "true"
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64:
		return "7"
	}
	return "null"
}

var (
	texts  = []string{"", "a", "ä\u2028\x00\"", "\xff", "null", "type", "\ufffd\U0010ffff"}
	floats = []float64{0, math.Copysign(0, -1), 1, 0.1, 1e21, 1e-7, 5e-324, math.MaxFloat64, math.NaN(), math.Inf(1), 1 << 53, 1<<53 + 2}
	ints   = []int64{0, 1, -1, math.MinInt64, math.MaxInt64, 1 << 53, 1<<53 + 1, -1<<53 - 1}
)

// value sets v, which is zero, to a value at random.
func (m maker) value(v reflect.Value, depth int) {
	some := depth > 0 && m.IntN(3) > 0
	switch t := v.Type(); {
	case t == timeType:
		at := []time.Time{{}, time.Now(), time.Date(2000, 1, 1, 0, 0, 0, 1, time.FixedZone("x", 12345)), time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC)}
		v.Set(reflect.ValueOf(at[m.IntN(len(at))]))
	case t == reflect.TypeFor[madeOwn]():
		v.Set(reflect.ValueOf(madeOwn{texts[m.IntN(len(texts))]}))
	case t.Kind() == reflect.Interface:
		from := reflect.TypeFor[madeLeft]()
		if t.NumMethod() == 0 {
			from = m.typ(2)
		} else if m.IntN(2) == 0 {
			from = reflect.TypeFor[madeRight]()
		}
		if some || t.NumMethod() > 0 {
			made := reflect.New(from).Elem()
			m.value(made, depth-1)
			v.Set(made)
		}
	case t.Kind() == reflect.Struct:
		for i := range v.NumField() {
			m.value(v.Field(i), depth-1)
		}
	case t.Kind() == reflect.Pointer:
		if some {
			v.Set(reflect.New(t.Elem()))
			m.value(v.Elem(), depth-1)
		}
	case t.Kind() == reflect.Slice:
		if some || m.IntN(2) == 0 {
			v.Set(reflect.MakeSlice(t, m.IntN(3), 5))
		}
		for i := range v.Len() {
			m.value(v.Index(i), depth-1)
		}
	case t.Kind() == reflect.Map:
		if some || m.IntN(2) == 0 {
			v.Set(reflect.MakeMap(t))
			for range m.IntN(3) {
				key, elem := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
				m.value(key, 1)
				m.value(elem, depth-1)
				v.SetMapIndex(key, elem)
			}
		}
	case t.Kind() == reflect.String:
		v.SetString(texts[m.IntN(len(texts))])
	case t.Kind() == reflect.Bool:
		v.SetBool(m.IntN(2) == 0)
	case v.CanInt():
		v.SetInt(ints[m.IntN(len(ints))] >> (64 - t.Bits()))
	case v.CanUint():
		v.SetUint(uint64(ints[m.IntN(len(ints))]))
	default:
		v.SetFloat(floats[m.IntN(len(floats))])
	}
}

// notFaithful makes a type and values of it, and tells which of them a record would make
// others of although it is kept as it is.
func notFaithful(seed uint64, faithful func(reflect.Type) bool) (t reflect.Type, was, is any, checked int) {
	m := maker{rand.New(rand.NewPCG(seed, 1))}
	t = m.typ(3)
	for range 20 {
		v := reflect.New(t)
		m.value(v.Elem(), 4)
		data, met, err := EncodeWithin(v.Interface(), 0)
		if err != nil || met.Odd || !faithful(t) {
			continue
		}
		back := reflect.New(t)
		if err := Decode(data, "", back.Interface()); err != nil {
			return t, v.Elem().Interface(), err, checked
		}
		if !reflect.DeepEqual(v.Interface(), back.Interface()) || again(back) != string(data) {
			return t, v.Elem().Interface(), back.Elem().Interface(), checked
		}
		checked++
	}
	return nil, nil, nil, checked
}

// again is the JSON of what was read: reflect.DeepEqual takes 0 and -0 for the same.
func again(v reflect.Value) string {
	data, _ := Encode(v.Interface())
	return string(data)
}

func FuzzFaithful(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		if typ, was, is, _ := notFaithful(seed, IsFaithful); typ != nil {
			t.Fatalf("of %v, said to be faithful, %#v becomes %#v", typ, was, is)
		}
	})
}

// TestFaithful holds that of many types, and that what is compared would tell: of all
// types, some change their values.
func TestFaithful(t *testing.T) {
	checked, found := 0, 0
	for seed := range uint64(3000) {
		typ, was, is, n := notFaithful(seed, IsFaithful)
		if typ != nil {
			t.Fatalf("seed %d: of %v, said to be faithful, %#v becomes %#v", seed, typ, was, is)
		}
		checked += n
		if typ, _, _, _ := notFaithful(seed, func(reflect.Type) bool { return true }); typ != nil {
			found++
		}
	}
	t.Logf("%d values; of %d types the values change", checked, found)
	if checked < 3000 || found < 100 {
		t.Errorf("%d values are too few, or %d types", checked, found)
	}
}
