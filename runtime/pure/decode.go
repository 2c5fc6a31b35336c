package pure

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"sync"
	"unicode/utf8"
)

// Decode reads JSON into what the pointer v points to, by the conventions of
// Encode and strictly: names are case-sensitive, each key stands once, nothing is
// unknown, nothing is missing but optionals, what has a default tag, and what
// imported Go types mark omitempty; null is for optionals and any alone; numbers
// must fit. A list or map is never nil afterwards, a time is in UTC. Types with an
// UnmarshalJSON or UnmarshalText of their own are read by it.
//
// It fails with an *InvalidError that has everything that is wrong, with paths
// that begin with root (which may be empty), or the place where the text stops
// being JSON; *v is zero then. v must be a pointer that isn't nil.
func Decode(data []byte, root string, v any) error { return decodeWithin(data, root, v, math.MaxInt) }

// decodeWithin is Decode that ends with an error where the value comes to be above max
// bytes, by the count of sizeOf, more or less.
func decodeWithin(data []byte, root string, v any, max int) error {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("pure.Decode: expected a pointer to decode into, found %T", v)
	}
	d := decoders.Get().(*decoder)
	defer d.release()
	d.data, d.root, d.room = data, root, max
	p.Elem().SetZero()
	if err := d.document(decodePlanOf(p.Elem().Type()), p.Elem()); err != nil {
		p.Elem().SetZero()
		return err
	}
	return nil
}

// A decoder is the state of one Decode. Its methods and the plans' that read a
// value begin at its first byte and end behind its last. They give false where
// the text isn't JSON, which ends everything; all else that is wrong is a problem
// of the Check, and reading goes on.
type decoder struct {
	Check
	data    []byte
	pos     int
	depth   int
	room    int    // how many bytes what is read may take
	tagged  bool   // the object that comes next has a union's tag
	scratch []byte // what text gave last, where it isn't a part of data
	syntax  string // why the text isn't JSON, with the place; empty where it is
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// release keeps the decoder for its buffers. The problems belong to the error.
func (d *decoder) release() {
	if cap(d.scratch) > maxKept {
		return
	}
	clear(d.path[:cap(d.path)]) // holds on to names of the document
	*d = decoder{Check: Check{path: d.path[:0]}, scratch: d.scratch[:0]}
	decoders.Put(d)
}

func (d *decoder) document(plan *decodePlan, v reflect.Value) error {
	if d.wellEncoded() && d.space() && plan.read(d, v) && d.space() && d.pos < len(d.data) {
		d.expected("the end")
	}
	if d.syntax != "" {
		return &InvalidError{Problems: []Problem{{d.root, d.syntax}}}
	}
	return d.Err()
}

// wellEncoded checks for UTF-8 once, so that nothing else has to.
func (d *decoder) wellEncoded() bool {
	if utf8.Valid(d.data) {
		return true
	}
	i := 0
	for {
		r, size := utf8.DecodeRune(d.data[i:])
		if r == utf8.RuneError && size == 1 {
			return d.broken(i, "the text isn't valid UTF-8")
		}
		i += size
	}
}

// broken records where the text stops being JSON: lines and columns count from 1,
// columns in characters.
func (d *decoder) broken(pos int, text string) bool {
	line, start := 1, 0
	for i, c := range d.data[:pos] {
		if c == '\n' {
			line, start = line+1, i+1
		}
	}
	column := utf8.RuneCount(d.data[start:pos]) + 1
	d.syntax = "line " + strconv.Itoa(line) + ", column " + strconv.Itoa(column) + ": " + text
	return false
}

// takes records that what is read takes so many bytes more, and gives false where that is
// too much.
func (d *decoder) takes(n int) bool {
	if d.room -= n; d.room < 0 {
		return d.broken(d.pos, "what is read"+aboveMade)
	}
	return true
}

// expected records that the text doesn't go on as JSON does.
func (d *decoder) expected(what string) bool {
	found := "the end"
	if d.pos < len(d.data) {
		r, _ := utf8.DecodeRune(d.data[d.pos:])
		found = strconv.QuoteRune(r)
	}
	return d.broken(d.pos, "expected "+what+", found "+found)
}

// mismatch passes over a value that isn't what its place wants, and records that.
func (d *decoder) mismatch(want string) bool {
	start := d.pos
	if !d.skip() {
		return false
	}
	d.unfit(start, want)
	return true
}

// unfit records that the value that began at start isn't what its place wants.
func (d *decoder) unfit(start int, want string) {
	if !d.full() {
		d.add("expected " + want + ", found " + d.describe(start))
		return
	}
	d.omitted++
}

// describe names the value that began at start for a message.
func (d *decoder) describe(start int) string {
	switch end := d.pos; d.data[start] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		d.pos = start
		text, _ := d.text()
		d.pos = end
		return quoteShort(string(text))
	default:
		return shorten(string(d.data[start:end]))
	}
}
