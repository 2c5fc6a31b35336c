package agent

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/runtime/pure"
)

// This file leads from what a model writes to the language's JSON. They differ in one thing:
// no schema that all providers hold a model to has an object of any keys, so that a map is a
// list of its entries there, under the title map, which no list of the source's has.

// A node is what of a schema tells where maps are.
type node struct {
	Title      string
	Properties map[string]*node
	Items      *node
	AnyOf      []*node `json:"anyOf"`
	Const      string
}

// mapsOf reads a schema; nil where there is no map in it.
func mapsOf(schema string) *node {
	if !strings.Contains(schema, `"title": "map"`) {
		return nil
	}
	n := new(node)
	if err := json.Unmarshal([]byte(schema), n); err != nil {
		panic("internal error: a schema that is no JSON: " + err.Error())
	}
	return n
}

// withMaps gives JSON with its lists of entries as the objects that they mean; n may be nil.
// Where something else stands than the schema has it is left to who reads the type; a list
// that is none of entries is a *pure.InvalidError.
func (n *node) withMaps(data []byte) ([]byte, error) {
	if n == nil || !json.Valid(data) {
		return data, nil
	}
	w := &mapWriter{}
	w.value(n, data, "")
	if len(w.problems) > 0 {
		return nil, &pure.InvalidError{Problems: w.problems}
	}
	return w.out.Bytes(), nil
}

type mapWriter struct {
	out      bytes.Buffer
	problems []pure.Problem
}

func (w *mapWriter) value(n *node, data json.RawMessage, path string) {
	data = bytes.TrimSpace(data)
	n = n.meant(data)
	switch {
	case n != nil && data[0] == '[' && n.Title == "map":
		w.entries(n.Items, data, path)
	case n != nil && data[0] == '[' && n.Items != nil:
		w.out.WriteByte('[')
		for i, x := range list(data) {
			if i > 0 {
				w.out.WriteByte(',')
			}
			w.value(n.Items, x, path+"["+strconv.Itoa(i)+"]")
		}
		w.out.WriteByte(']')
	case n != nil && data[0] == '{' && n.Properties != nil:
		w.out.WriteByte('{')
		for i, f := range fields(data) {
			if i > 0 {
				w.out.WriteByte(',')
			}
			w.out.Write(f.key)
			w.out.WriteByte(':')
			w.value(n.Properties[f.name], f.value, strings.TrimPrefix(path+"."+f.name, "."))
		}
		w.out.WriteByte('}')
	default:
		w.out.Write(data)
	}
}

// entries writes a list of entries as an object. Who reads it says which key is there twice.
func (w *mapWriter) entries(entry *node, data json.RawMessage, path string) {
	w.out.WriteByte('{')
	for i, x := range list(data) {
		at := path + "[" + strconv.Itoa(i) + "]"
		key, value := keyAndValue(x)
		if key == nil || value == nil {
			w.problems = append(w.problems, pure.Problem{Path: at, Text: "expected an object with key and value"})
			continue
		}
		if i > 0 {
			w.out.WriteByte(',')
		}
		if key[0] != '"' {
			key, _ = json.Marshal(string(key))
		}
		w.out.Write(key)
		w.out.WriteByte(':')
		w.value(entry.Properties["value"], value, at+".value")
	}
	w.out.WriteByte('}')
}

// keyAndValue are those of an entry; nil where it has them not, or not them alone.
func keyAndValue(data json.RawMessage) (key, value json.RawMessage) {
	all := fields(data)
	if len(all) != 2 {
		return nil, nil
	}
	for _, f := range all {
		switch f.name {
		case "key":
			key = f.value
		case "value":
			value = f.value
		}
	}
	return key, value
}

// meant is the one of several schemas that a value is of: that whose name it has under type,
// or which has none. It is nil where a value stands that n, which may be nil, doesn't know.
func (n *node) meant(data json.RawMessage) *node {
	if n == nil || len(n.AnyOf) == 0 {
		return n
	}
	var tag struct{ Type string }
	_ = json.Unmarshal(data, &tag) // of what isn't an object it is empty
	for _, one := range n.AnyOf {
		one = one.meant(data)
		if one == nil {
			continue
		}
		if t := one.Properties["type"]; t == nil || t.Const == "" || t.Const == tag.Type {
			return one
		}
	}
	return nil
}

// A keyed is a field of an object as it is written.
type keyed struct {
	name       string
	key, value json.RawMessage
}

// fields are those of an object, in their order; none of what is no object.
func fields(data json.RawMessage) (all []keyed) {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, _ := d.Token(); t != json.Delim('{') {
		return nil
	}
	for d.More() {
		t, _ := d.Token() // the text is valid: a key is a string
		f := keyed{name: t.(string)}
		f.key, _ = json.Marshal(f.name)
		_ = d.Decode(&f.value)
		all = append(all, f)
	}
	return all
}

// list are the elements of a list.
func list(data json.RawMessage) (all []json.RawMessage) {
	_ = json.Unmarshal(data, &all) // the text is valid
	return all
}
