package pure

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"sync"
)

// maxDepth bounds the nesting of JSON, both ways. It also ends the writing of a
// value that holds itself.
const maxDepth = 1000

// Encode gives v as JSON, by the conventions of the language: a struct has its
// fields in their order, by the names of their json tags; a duration is text like
// 1h30m, a time is RFC 3339 in UTC; a nil list is [] and a nil map {}; none is
// null, or left out where the tag says omitempty; the keys of maps are sorted.
// Types with a MarshalJSON or MarshalText of their own are written by it, and
// []byte is base64, as in encoding/json. Equal values give equal bytes.
//
// It fails with an *InvalidError for what JSON can't hold or would change: NaN and
// infinities, text that isn't UTF-8, functions, nesting beyond 1,000 levels.
func Encode(v any) ([]byte, error) {
	data, _, err := EncodeWithin(v, 0)
	return data, err
}

// EncodeMade is Encode for what an expression makes: it fails above 64 MiB.
func EncodeMade(v any) ([]byte, error) {
	data, _, err := EncodeWithin(v, maxMade)
	return data, err
}

// EncodeWithin is Encode that ends with an error where the JSON comes to be above max
// bytes (0: no bound), and tells what it has met.
func EncodeWithin(v any, max int) (data []byte, met Met, err error) {
	e := encoders.Get().(*encoder)
	defer e.release()
	e.max = max
	p := e.value(v)
	if p == nil {
		p = e.room(0)
	}
	if p != nil {
		return nil, e.Met, p.alone()
	}
	return slices.Clone(e.buf), e.Met, nil
}

// Met is what was met as a value was written.
type Met struct {
	// Over tells that there is more than was to be written.
	Over bool
	// Odd tells of a value that the language doesn't have: a nil list or map, or a time
	// that isn't in UTC.
	Odd bool
}

// alone is the problem as the only one of a value.
func (p *Problem) alone() error {
	p.Path = shorten(trimDot(p.Path))
	return &InvalidError{Problems: []Problem{*p}}
}

// EncodeIndent is Encode with line breaks and an indentation of two spaces.
func EncodeIndent(v any) ([]byte, error) {
	data, err := Encode(v)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", "  "); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// An encoder is the state of one Encode. What it calls gives nil, or a problem
// whose path grows from the inside out on the way back.
type encoder struct {
	buf   []byte
	depth int
	max   int // bounds buf, which may come to be a little larger; 0 is no bound
	Met
	// structs writes structs otherwise than with all their fields; nil where nothing does.
	structs func(structWriter, *encoder, reflect.Value) *Problem
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// maxKept bounds the buffers that are kept for the next value.
const maxKept = 1 << 16

func (e *encoder) release() {
	if cap(e.buf) <= maxKept {
		*e = encoder{buf: e.buf[:0]}
		encoders.Put(e)
	}
}

// value writes what an any holds. The types that decoded JSON consists of need no
// reflection.
func (e *encoder) value(v any) *Problem {
	switch v := v.(type) {
	case nil:
		e.buf = append(e.buf, "null"...)
	case string:
		return e.string(v)
	case bool:
		e.buf = strconv.AppendBool(e.buf, v)
	case int:
		e.buf = strconv.AppendInt(e.buf, int64(v), 10)
	case float64:
		return e.float(v, 64)
	case []any:
		return e.anyList(v)
	case map[string]any:
		return e.anyMap(v)
	default:
		return encodePlanOf(reflect.TypeOf(v)).write(e, reflect.ValueOf(v))
	}
	return nil
}

func (e *encoder) anyList(xs []any) *Problem {
	if p := e.open('['); p != nil {
		return p
	}
	for i, x := range xs {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		p := e.value(x)
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

func (e *encoder) anyMap(m map[string]any) *Problem {
	if p := e.open('{'); p != nil {
		return p
	}
	for i, k := range Keys(m) {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		if p := e.string(k); p != nil {
			return p.atKey(strconv.Quote(k))
		}
		e.buf = append(e.buf, ':')
		if p := e.value(m[k]); p != nil {
			return p.atKey(strconv.Quote(k))
		}
	}
	e.close('}')
	return nil
}

// open begins a list or an object.
func (e *encoder) open(bracket byte) *Problem {
	if p := e.room(0); p != nil {
		return p
	}
	e.buf = append(e.buf, bracket)
	return e.deeper()
}

// room gives a problem where there is none for so many bytes more.
func (e *encoder) room(n int) *Problem {
	if e.max == 0 || n <= e.max-len(e.buf) {
		return nil
	}
	e.Over = true
	return &Problem{Text: "has more than " + strconv.Itoa(e.max) + " bytes of JSON"}
}

func (e *encoder) close(bracket byte) {
	e.buf = append(e.buf, bracket)
	e.depth--
}

func (e *encoder) deeper() *Problem {
	if e.depth++; e.depth > maxDepth {
		return &Problem{Text: "is nested more than " + strconv.Itoa(maxDepth) + " levels deep"}
	}
	return nil
}

func (p *Problem) atField(name string) *Problem {
	p.Path = "." + name + p.Path
	return p
}

func (p *Problem) atIndex(i int) *Problem {
	p.Path = "[" + strconv.Itoa(i) + "]" + p.Path
	return p
}

func (p *Problem) atKey(text string) *Problem {
	p.Path = "[" + text + "]" + p.Path
	return p
}

func trimDot(path string) string {
	if path != "" && path[0] == '.' {
		return path[1:]
	}
	return path
}
