package wftest

import (
	"bytes"
	"encoding/json"
	"strings"
)

// same tells whether two texts, as show gives them, are of one JSON value: an any may hold a
// struct, which has its keys in the order of its fields, or a map, which has them sorted.
func same(a, b string) bool {
	if a == b {
		return true
	}
	x, isJSON := sorted(a)
	y, isToo := sorted(b)
	return isJSON && isToo && bytes.Equal(x, y)
}

// sorted is JSON with all keys in order, and its numbers as they are.
func sorted(text string) (data []byte, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return nil, false
	}
	data, err := json.Marshal(v)
	return data, err == nil
}
