package agent

import (
	"errors"
	"testing"

	"github.com/wfgen/wfgen/runtime/pure"
)

// mapSchema is an object with a map of maps under m, a list that looks like one, and one of
// two objects under u.
const mapSchema = `{"type": "object", "properties": {
	"m": {"title": "map", "type": "array", "items": {"type": "object", "properties": {
		"key": {"type": "integer"},
		"value": {"anyOf": [
			{"title": "map", "type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}, "value": {"type": "string"}}}},
			{"type": "null"}]}}}},
	"l": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}, "value": {"type": "string"}}}},
	"u": {"anyOf": [
		{"type": "object", "properties": {"type": {"type": "string", "const": "A"}, "x": {"type": "array", "items": {"type": "integer"}}}},
		{"type": "object", "properties": {"type": {"type": "string", "const": "B"}, "x": {"title": "map", "type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}, "value": {"type": "integer"}}}}}}]}
}}`

func TestMapsOfEntries(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a map of maps, by numbers", `{"m": [{"key": 1, "value": [{"key": "a", "value": "b"}]}, {"value": null, "key": 2}]}`, `{"m":{"1":{"a":"b"},"2":null}}`},
		{"an empty one", `{"m": []}`, `{"m":{}}`},
		{"a key twice is left to who reads it", `{"m": [{"key": 1, "value": null}, {"key": 1, "value": null}]}`, `{"m":{"1":null,"1":null}}`},
		{"an object where a map is meant", `{"m": {"1": null}}`, `{"m":{"1": null}}`},
		{"a list of what looks like entries", `{"l": [{"key": "a", "value": "b"}]}`, `{"l":[{"key":"a","value":"b"}]}`},
		{"the member without a map", `{"u": {"type": "A", "x": [1]}}`, `{"u":{"type":"A","x":[1]}}`},
		{"the member with one", `{"u": {"x": [{"key": "k", "value": 1}], "type": "B"}}`, `{"u":{"x":{"k":1},"type":"B"}}`},
		{"a member that isn't known", `{"u": {"type": "C", "x": [{"key": "k", "value": 1}]}}`, `{"u":{"type": "C", "x": [{"key": "k", "value": 1}]}}`},
		{"what the schema doesn't know", `{"other": [1, 2.50]}`, `{"other":[1, 2.50]}`},
		{"no JSON", `{"m": [`, `{"m": [`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := mapsOf(mapSchema).withMaps([]byte(test.in))
			if err != nil || string(got) != test.want {
				t.Errorf("%s is %s, %v; want %s", test.in, got, err, test.want)
			}
		})
	}
}

func TestMapsOfOtherLists(t *testing.T) {
	_, err := mapsOf(mapSchema).withMaps([]byte(`{"m": [{"key": 1}, {"key": 2, "value": [3]}]}`))
	var invalid *pure.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Problems) != 2 || invalid.Problems[0].Path != "m[0]" || invalid.Problems[1].Path != "m[1].value[0]" {
		t.Errorf("found %v, want what is wrong at m[0] and m[1].value[0]", err)
	}
}

func TestSchemasWithoutMaps(t *testing.T) {
	n := mapsOf(`{"type": "object", "properties": {"l": {"type": "array"}}}`)
	if got, err := n.withMaps([]byte(`{ "l" : [] }`)); err != nil || string(got) != `{ "l" : [] }` {
		t.Errorf("found %s, %v; want the text as it is", got, err)
	}
}
