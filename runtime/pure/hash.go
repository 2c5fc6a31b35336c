package pure

import (
	"reflect"
	"sync"
)

// Records have a hash of the inputs of their step, by which it is seen whether what is run
// is what was. A field that a type gets after that, with a default, would change the JSON
// of all values of the type, and hold each execution that has recorded one. So a field
// that has its default is left out of what is hashed, wherever in the inputs it is: in
// lists, in maps, in unions, in other structs. Where two values of one type differ, what is
// hashed differs too. Releases before have hashed the whole JSON: that fits as well.

// Hashes are the hashes of a step's inputs.
type Hashes struct {
	// Lean is the hash without the fields that have their defaults: what is recorded.
	Lean   uint64
	inputs []any
	whole  uint64 // as releases before have recorded it; 0 until it is needed
}

// HashesOf gives the hashes of a step's inputs, which stay as they are.
func HashesOf(inputs []any) Hashes {
	return Hashes{Lean: hashWith(inputs, writeLean), inputs: inputs}
}

// Fit tells whether a hash that is recorded is of these inputs.
func (h *Hashes) Fit(recorded uint64) bool {
	if recorded == h.Lean {
		return true
	}
	if h.whole == 0 {
		h.whole = Hash(h.inputs)
	}
	return recorded == h.whole
}

// Hash is a hash of values that is the same in every process.
func Hash(values []any) uint64 { return hashWith(values, nil) }

// hashWith is Hash with structs written by a function.
func hashWith(values []any, structs func(structWriter, *encoder, reflect.Value) *Problem) uint64 {
	e := encoders.Get().(*encoder)
	defer e.release()
	e.structs = structs
	for _, v := range values {
		if p := e.value(v); p != nil {
			e.buf, e.depth = append(e.buf, p.Text...), 0
		}
		e.buf = append(e.buf, 0)
	}
	h := uint64(14695981039346656037) // FNV-1a
	for _, b := range e.buf {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h>>1 | 1 // never 0, and within what any database has for a whole number
}

// writeLean writes a struct without the fields that have their defaults. A none is left
// out only where it isn't another value than the default.
func writeLean(w structWriter, e *encoder, v reflect.Value) *Problem {
	if p := e.open('{'); p != nil {
		return p
	}
	empty := true
	for i := range w {
		f := &w[i]
		field, ok := f.in(v)
		if !ok || f.omitNil && f.preset == nil && field.IsNil() {
			continue
		}
		start := len(e.buf)
		if !empty {
			e.buf = append(e.buf, ',')
		}
		e.buf = append(e.buf, f.key...)
		value := len(e.buf)
		if p := f.plan.write(e, field); p != nil {
			return p.atField(f.name)
		}
		if isDefault(f.structField, e.buf[value:]) {
			e.buf = e.buf[:start]
			continue
		}
		empty = false
	}
	e.close('}')
	return nil
}

// presets are the defaults of fields as they are hashed: text by *structField, empty where
// a default isn't JSON.
var presets sync.Map

// isDefault tells whether JSON, as it is hashed, is that of a field's default.
func isDefault(f *structField, value []byte) bool {
	if f.preset == nil {
		return false
	}
	text, ok := presets.Load(f)
	if !ok {
		text, _ = presets.LoadOrStore(f, presetText(f))
	}
	return text == string(value)
}

func presetText(f *structField) string {
	v := reflect.New(f.typ)
	if Decode(f.preset, "", v.Interface()) != nil {
		return ""
	}
	e := &encoder{structs: writeLean}
	if encodePlanOf(f.typ).write(e, v.Elem()) != nil {
		return ""
	}
	return string(e.buf)
}
