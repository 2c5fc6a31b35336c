package pure

import (
	"reflect"
	"testing"
)

// The key that names a union's member stands once, whatever it says the second time, in
// generated code's types and in the interpreter's.
func TestUnionTypeStandsOnce(t *testing.T) {
	left := RecordShape()
	left.SetFields(reflect.TypeFor[madeLeft](), []*Shape{ShapeOf(reflect.TypeFor[*int64]())})
	right := RecordShape()
	right.SetFields(reflect.TypeFor[struct{}](), nil)
	dynamic := UnionShape([]string{"Left", "Right"}, []*Shape{left, right})
	for _, c := range []struct{ text, want string }{
		{`{"type":"Left","n":1}`, ""},
		{`{"n":1,"type":"Left"}`, ""},
		{`{"type":"Left","type":"Right"}`, "u.type: given twice"},
		{`{"type":"Left","type":"Left","n":1}`, "u.type: given twice"},
		{`{"type":"Left","n":1,"type":"Left"}`, "u.type: given twice"},
		{`{"type":"Left","type":"nobody"}`, "u.type: given twice"},
		{`{"type":"Left","type":3}`, "u.type: given twice"},
		{`{"type":3,"type":"Left"}`, "u.type: given twice"},
		{`{"type":"Left","n":1,"n":2}`, "u.n: given twice"},
	} {
		var u madeUnion
		_, err := dynamic.Decode([]byte(c.text), "u")
		for how, err := range map[string]error{"generated": Decode([]byte(c.text), "u", &u), "interpreted": err} {
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("%s, %s: got %q, want %q", c.text, how, got, c.want)
			}
		}
	}
}
