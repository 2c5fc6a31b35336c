package pure

import (
	"math"
	"reflect"
)

// A Record is a value of a declared struct that has no Go type of its own: that of
// a workflow which is interpreted. Its fields are a struct of a type that
// reflection has made, with the tags that generated code has. The zero Record has
// no fields. A Record isn't changed once it is made.
type Record struct{ fields reflect.Value }

// NewRecord makes a Record of a struct.
func NewRecord(fields reflect.Value) Record { return Record{fields} }

// Fields is the struct that holds the fields; not valid in the zero Record.
func (r Record) Fields() reflect.Value { return r.fields }

var recordType = reflect.TypeFor[Record]()

func writeRecord(e *encoder, v reflect.Value) *Problem {
	r, _ := reflect.TypeAssert[Record](v)
	if !r.fields.IsValid() {
		e.buf = append(e.buf, "{}"...)
		return nil
	}
	return encodePlanOf(r.fields.Type()).write(e, r.fields)
}

// A Variant is a value of a union: a Record that says which member it is.
type Variant struct {
	member string
	record Record
}

// NewVariant makes a value of a union of a Record of one of its members, which is
// given by its name.
func NewVariant(member string, r Record) Variant { return Variant{member, r} }

// Member is the member's name.
func (v Variant) Member() string { return v.member }

// Record is the member's value.
func (v Variant) Record() Record { return v.record }

var variantType = reflect.TypeFor[Variant]()

func writeVariant(e *encoder, v reflect.Value) *Problem {
	x, _ := reflect.TypeAssert[Variant](v)
	return e.member(unionTag(x.member), &encodePlan{writeRecord}, reflect.ValueOf(x.record))
}

// A Shape says how JSON becomes a value of a type that may hold Records, of which
// the Go type alone doesn't tell the fields. It may be used by several goroutines.
type Shape struct {
	typ  reflect.Type
	plan *decodePlan
	// dynamic tells that there are Records in it.
	dynamic bool
}

// ShapeOf is the shape of a Go type, which holds no Records.
func ShapeOf(t reflect.Type) *Shape { return &Shape{typ: t, plan: decodePlanOf(t)} }

// RecordShape is the shape of a Record. SetFields says which, before it is used.
func RecordShape() *Shape { return &Shape{typ: recordType, plan: new(decodePlan), dynamic: true} }

// SetFields says what the Records of the shape s are made of: the type of the
// struct, and the shapes of its fields in their order, which may be s itself.
func (s *Shape) SetFields(t reflect.Type, fields []*Shape) {
	next := 0
	read := readStruct(t, func(reflect.Type) *decodePlan {
		next++
		return fields[next-1].plan
	})
	s.plan.read = func(d *decoder, v reflect.Value) bool {
		made := reflect.New(t).Elem()
		ok := read(d, made)
		v.Set(reflect.ValueOf(Record{made}))
		return ok
	}
}

// UnionShape is the shape of a Variant: of the members by their names and the shapes
// of their Records.
func UnionShape(names []string, members []*Shape) *Shape {
	read := func(d *decoder, v reflect.Value, i int) bool {
		record := reflect.New(recordType).Elem()
		ok := members[i].plan.read(d, record)
		r, _ := reflect.TypeAssert[Record](record)
		v.Set(reflect.ValueOf(Variant{names[i], r}))
		return ok
	}
	return &Shape{variantType, &decodePlan{readMember(names, read)}, true}
}

// List is the shape of a list of s.
func (s *Shape) List() *Shape {
	t := reflect.SliceOf(s.typ)
	if !s.dynamic {
		return ShapeOf(t)
	}
	return &Shape{t, &decodePlan{readList(t, s.plan)}, true}
}

// Optional is the shape of an optional s.
func (s *Shape) Optional() *Shape {
	t := reflect.PointerTo(s.typ)
	if !s.dynamic {
		return ShapeOf(t)
	}
	return &Shape{t, &decodePlan{readOptional(t, s.plan)}, true}
}

// Map is the shape of a map from the key, a Go type, to s.
func (s *Shape) Map(key reflect.Type) *Shape {
	t := reflect.MapOf(key, s.typ)
	if !s.dynamic {
		return ShapeOf(t)
	}
	return &Shape{t, &decodePlan{readMap(t, func(reflect.Type) *decodePlan { return s.plan })}, true}
}

// Type is the Go type of the values.
func (s *Shape) Type() reflect.Type { return s.typ }

// Decode is Decode for a value of the shape, which it gives.
func (s *Shape) Decode(data []byte, root string) (reflect.Value, error) {
	return s.decodeWithin(data, root, math.MaxInt)
}

// DecodeMade is Decode for what an expression makes: it fails above 64 MiB.
func (s *Shape) DecodeMade(data []byte) (reflect.Value, error) {
	return s.decodeWithin(data, "", maxMade)
}

func (s *Shape) decodeWithin(data []byte, root string, max int) (reflect.Value, error) {
	v := reflect.New(s.typ).Elem()
	d := decoders.Get().(*decoder)
	defer d.release()
	d.data, d.root, d.room = data, root, max
	if err := d.document(s.plan, v); err != nil {
		return reflect.Zero(s.typ), err
	}
	return v, nil
}

// IsDynamic tells whether the Go type of a value doesn't say what it holds: it is a Record
// or a Variant.
func IsDynamic(v any) bool {
	switch v.(type) {
	case Record, Variant:
		return true
	}
	return false
}
