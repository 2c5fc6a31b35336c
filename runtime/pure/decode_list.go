package pure

import (
	"math"
	"reflect"
	"strconv"
)

func readList(t reflect.Type, elem *decodePlan) func(*decoder, reflect.Value) bool {
	empty := reflect.MakeSlice(t, 0, 0) // shared by all: nothing can be done to it
	return func(d *decoder, v reflect.Value) bool {
		if d.peek() != '[' {
			return d.mismatch("a list")
		}
		n := 0
		more, ok := d.enter(']')
		for ; more; more, ok = d.next(']') {
			if n == v.Cap() {
				v.Grow(max(n, 4))
			}
			v.SetLen(n + 1)
			d.Index(n)
			if !elem.read(d, v.Index(n)) {
				return false
			}
			d.Up()
			n++
		}
		if n == 0 {
			v.Set(empty)
		}
		return ok
	}
}

// readArray reads the arrays of imported Go types: their length is part of them.
func readArray(t reflect.Type, elem *decodePlan) func(*decoder, reflect.Value) bool {
	length := t.Len()
	return func(d *decoder, v reflect.Value) bool {
		if d.peek() != '[' {
			return d.mismatch("a list")
		}
		n := 0
		more, ok := d.enter(']')
		for ; more; more, ok = d.next(']') {
			if !d.arrayElem(elem, v, n) {
				return false
			}
			n++
		}
		if ok && n != length {
			d.add("expected a list of length " + strconv.Itoa(length) + ", found one of length " + strconv.Itoa(n))
		}
		return ok
	}
}

func (d *decoder) arrayElem(elem *decodePlan, v reflect.Value, i int) bool {
	if i >= v.Len() {
		return d.skip()
	}
	d.Index(i)
	defer d.Up()
	return elem.read(d, v.Index(i))
}

func readInterface(t reflect.Type) func(*decoder, reflect.Value) bool {
	if t.NumMethod() > 0 {
		return readNothing(t)
	}
	return func(d *decoder, v reflect.Value) bool {
		x, ok := d.any()
		if ok && x != nil {
			v.Set(reflect.ValueOf(x))
		}
		return ok
	}
}

// any reads a value of any type: nil, bool, a number, string, []any or map[string]any.
func (d *decoder) any() (x any, ok bool) {
	switch d.peek() {
	case '{':
		return d.anyMap()
	case '[':
		return d.anyList()
	case '"':
		text, ok := d.text()
		return string(text), ok
	case 't':
		return true, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return nil, d.word("null")
	}
	if !d.atNumber() {
		return nil, d.expected("a value")
	}
	return d.anyNumber()
}

// maxExact is the greatest whole number up to which float64 has each.
const maxExact = 1 << 53

// anyNumber reads a number of any type: a float64, but beyond ±2⁵³ an int64, or a
// uint64 where that is too small. That depends on what the number is and not on how it
// is written, since a float64 of 1e17 is stored as 100000000000000000.
func (d *decoder) anyNumber() (any, bool) {
	start := d.pos
	x, ok := d.float(64)
	if !ok || math.Abs(x) < maxExact {
		return x, ok
	}
	n, negative, err := wholeNumber(d.data[start:d.pos])
	if err == errFraction && math.Abs(x) < 1<<64 {
		n, err = uint64(math.Abs(x)), nil
	}
	switch {
	case err != nil || n <= maxExact || negative && n > 1<<63:
		return x, true
	case negative:
		return int64(-n), true
	case n > math.MaxInt64:
		return n, true
	}
	return int64(n), true
}

func (d *decoder) anyList() (any, bool) {
	xs := []any{}
	more, ok := d.enter(']')
	for ; more; more, ok = d.next(']') {
		d.Index(len(xs))
		x, ok := d.any()
		if !ok {
			return nil, false
		}
		d.Up()
		xs = append(xs, x)
	}
	return xs, ok
}

func (d *decoder) anyMap() (any, bool) {
	m := map[string]any{}
	more, ok := d.enter('}')
	for ; more; more, ok = d.next('}') {
		text, ok := d.key()
		if !ok {
			return nil, false
		}
		key := string(text)
		d.Key(key)
		if _, twice := m[key]; twice {
			d.add("given twice")
		}
		x, ok := d.any()
		if !ok {
			return nil, false
		}
		d.Up()
		m[key] = x
	}
	return m, ok
}
