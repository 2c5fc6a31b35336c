package pure

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/quick"
)

// document is an open struct as wfgen generates them; only has no field but its map.
type document struct {
	ID   string         `json:"artifact-id"`
	Size *int           `json:"size,omitempty"`
	Type string         `json:"kind" default:"text"`
	More map[string]any `json:",inline"`
}

type only struct {
	All map[string]*document `json:",inline"`
}

func init() {
	DeclareOpen[document]()
	DeclareOpen[only]()
}

func TestOpen(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{`{"artifact-id":"a"}`, `{"artifact-id":"a","kind":"text"}`},
		{`{"z":1,"artifact-id":"a","b":{"k":[9007199254740993,null]},"kind":"t","size":2,"More":{}}`,
			`{"artifact-id":"a","size":2,"kind":"t","More":{},"b":{"k":[9007199254740993,null]},"z":1}`},
		{`{"artifact-id":"a","z":1,"":null,"kind":"}{"}`, `{"artifact-id":"a","kind":"}{","":null,"z":1}`},
	} {
		var d document
		if err := Decode([]byte(c.in), "", &d); err != nil {
			t.Errorf("%s: %v", c.in, err)
		}
		if d.More == nil {
			t.Errorf("%s: the map is nil", c.in)
		}
		wantJSON(t, d, c.out)
	}
	wantJSON(t, only{}, `{}`)
	wantJSON(t, only{map[string]*document{"b": nil, "a": {More: map[string]any{"x": 1}}}}, `{"a":{"artifact-id":"","kind":"","x":1},"b":null}`)
	wantJSON(t, []only{{}, {map[string]*document{"b": nil}}}, `[{},{"b":null}]`)
}

func wantJSON(t *testing.T, v any, want string) {
	t.Helper()
	got, err := Encode(v)
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestOpenProblems(t *testing.T) {
	for in, want := range map[string]string{
		`{"z":1}`:                                   `d.artifact-id: missing`,
		`{"artifact-id":"a","z":1,"z":2}`:           `d["z"]: given twice`,
		`{"artifact-id":"a","kind":"b","kind":"c"}`: `d.kind: given twice`,
		`{"artifact-id":"a","z":[1,{"a":1,"a":2}]}`: `d["z"][1]["a"]: given twice`,
		`[]`: `d: expected an object, found a list`,
	} {
		var d document
		if err := Decode([]byte(in), "d", &d); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", in, err, want)
		}
	}
	_, err := Encode(map[string]any{"d": document{More: map[string]any{"kind": 1}}})
	if want := `["d"]["kind"]: ` + restClash; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	c := NewCheck("d")
	CheckRest(c, map[string]int{"b": 1, "a": 2}, "a", "type")
	if err, want := c.Err(), `d["a"]: `+restClash; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	wantFault(t, `the key "kind" `+restClash, func() { Rest("a.wf:3:7", map[string]int{"kind": 1}, "id", "kind") })
	if m := (map[string]int{"x": 1}); !maps.Equal(Rest("a.wf:3:7", m, "id"), m) {
		t.Error("another map")
	}
}

// TestOpenHash: what is left out of a hash, and what is not, is that of the fields.
func TestOpenHash(t *testing.T) {
	lean := func(d document) uint64 { return HashesOf([]any{d}).Lean }
	if lean(document{ID: "a", Type: "text"}) != lean(document{ID: "a", Type: "text", More: map[string]any{}}) {
		t.Error("no map is another than an empty one")
	}
	if lean(document{ID: "a"}) == lean(document{ID: "a", More: map[string]any{"x": 1}}) {
		t.Error("the other keys don't count")
	}
}

// TestOpenLost: what JSON has nothing of is found in the map, and a struct that is but a map
// has a JSON.
func TestOpenLost(t *testing.T) {
	type hidden struct{ a int }
	if err := Lost(only{map[string]*document{"a": {ID: "x"}}}); err != nil {
		t.Error(err)
	}
	if err := Lost(document{More: map[string]any{"k": hidden{1}}}); err == nil || !strings.HasPrefix(err.Error(), `["k"]: `) {
		t.Error(err)
	}
}

func TestOpenRoundTrip(t *testing.T) {
	identity := func(id string, size *int, numbers map[string]float64, texts map[string]string) bool {
		d := document{ID: strings.ToValidUTF8(id, "?"), Size: size, More: map[string]any{}}
		for k, v := range numbers {
			d.More[strings.ToValidUTF8(k, "?")+"n"] = v
		}
		for k, v := range texts {
			d.More[strings.ToValidUTF8(k, "?")+"t"] = []any{strings.ToValidUTF8(v, "?")}
		}
		for _, key := range slices.Collect(maps.Keys(d.More)) {
			if key == "artifact-id" || key == "size" || key == "kind" {
				delete(d.More, key)
			}
		}
		data, err := Encode(d)
		if err != nil {
			t.Log(err)
			return false
		}
		var back document
		if err := Decode(data, "", &back); err != nil {
			t.Log(err)
			return false
		}
		return reflect.DeepEqual(d, back)
	}
	if err := quick.Check(identity, &quick.Config{MaxCount: 60}); err != nil {
		t.Error(err)
	}
}
