package pure

import (
	"reflect"
	"slices"
)

// A structReader reads the fields of a struct.
type structReader struct {
	fields []fieldReader
	byName map[string]int
	names  []string // of the fields, sorted
	// rest reads the value of a key that is no field's; nil where none may stand.
	rest func(d *decoder, v reflect.Value, key string) bool
}

type fieldReader struct {
	*structField
	plan *decodePlan
}

func readStruct(t reflect.Type, of func(reflect.Type) *decodePlan) func(*decoder, reflect.Value) bool {
	r := &structReader{byName: map[string]int{}}
	for i, f := range fieldsOf(t) {
		r.fields = append(r.fields, fieldReader{f, of(f.typ)})
		r.byName[f.name] = i
		r.names = append(r.names, f.name)
	}
	slices.Sort(r.names)
	if o := openOf(t); o != nil {
		return o.reader(t, r, of)
	}
	return r.read
}

// A fieldSet is a set of fields of one struct.
type fieldSet []uint64

func (s fieldSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s fieldSet) add(i int)      { s[i/64] |= 1 << (i % 64) }

func (r *structReader) read(d *decoder, v reflect.Value) bool {
	if d.peek() != '{' {
		return d.mismatch("an object")
	}
	if !d.takes(len(r.fields) * textSize) {
		return false
	}
	tagged := d.tagged
	d.tagged = false
	var room [2]uint64
	done := fieldSet(room[:])
	if len(r.fields) > 128 {
		done = make(fieldSet, (len(r.fields)+63)/64)
	}
	tags := 0  // how often the union's tag came
	guess := 0 // keys mostly come in the order of the fields
	more, ok := d.enter('}')
	for ; more; more, ok = d.next('}') {
		key, ok := d.key()
		if !ok {
			return false
		}
		if tagged && string(key) == "type" {
			if tags++; tags == 2 {
				d.twice("type")
			}
			if !d.skip() {
				return false
			}
			continue
		}
		i := r.find(key, guess)
		guess = i + 1
		if i < 0 && r.rest != nil {
			ok = r.rest(d, v, string(key))
		} else if i < 0 {
			ok = r.unknown(d, string(key), done)
		} else {
			ok = r.field(d, v, i, done)
		}
		if !ok {
			return false
		}
	}
	if ok {
		r.fillIn(d, v, done)
	}
	return ok
}

// find gives the index of the field with that name, or -1.
func (r *structReader) find(key []byte, guess int) int {
	if guess < len(r.fields) && r.fields[guess].name == string(key) {
		return guess
	}
	if i, ok := r.byName[string(key)]; ok {
		return i
	}
	return -1
}

// twice records that a key of an object stands there twice.
func (d *decoder) twice(key string) {
	d.Field(key)
	d.add("given twice")
	d.Up()
}

func (r *structReader) field(d *decoder, v reflect.Value, i int, done fieldSet) bool {
	f := &r.fields[i]
	d.Field(f.name)
	ok := false
	if done.has(i) {
		d.add("given twice")
		ok = d.skip()
	} else {
		done.add(i)
		ok = f.plan.read(d, f.settable(v))
	}
	d.Up()
	return ok
}

// settable gives the field of the struct v, and makes the embedded pointers on the
// way to it.
func (f *structField) settable(v reflect.Value) reflect.Value {
	for n, i := range f.index {
		if n > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

// unknown records a key that is no field. A field that was probably meant counts
// as done: it isn't missing too.
func (r *structReader) unknown(d *decoder, key string, done fieldSet) bool {
	d.Field(shorten(key))
	if d.full() {
		d.omitted++
	} else if name := r.suggest(key, done); name != "" {
		done.add(r.byName[name])
		d.add("unknown field (did you mean " + name + "?)")
	} else {
		d.add("unknown field")
	}
	d.Up()
	return d.skip()
}

// fillIn sets what the object left out to its default, and records what has none.
func (r *structReader) fillIn(d *decoder, v reflect.Value, done fieldSet) {
	for i := range r.fields {
		f := &r.fields[i]
		if done.has(i) {
			continue
		}
		d.Field(f.name)
		switch {
		case f.preset != nil:
			f.fill(d, v)
		case !f.mayMiss:
			d.add("missing")
		case f.typ.Kind() == reflect.Slice && len(f.index) == 1:
			v.Field(f.index[0]).Set(reflect.MakeSlice(f.typ, 0, 0))
		case f.typ.Kind() == reflect.Map && len(f.index) == 1:
			v.Field(f.index[0]).Set(reflect.MakeMap(f.typ))
		}
		d.Up()
	}
}

// fill reads the field's default as if it stood in the object. A default that
// isn't JSON is a mistake in the Go source, but reported like those of the
// document.
func (f *fieldReader) fill(d *decoder, v reflect.Value) {
	data, pos, depth, path := d.data, d.pos, d.depth, len(d.path)
	d.data, d.pos = f.preset, 0
	if !d.wellEncoded() || !d.space() || !f.plan.read(d, f.settable(v)) || !d.space() || d.pos < len(d.data) {
		d.path = d.path[:path]
		d.add("the default " + quoteShort(string(f.preset)) + " isn't JSON")
	}
	d.data, d.pos, d.depth, d.syntax = data, pos, depth, ""
}
