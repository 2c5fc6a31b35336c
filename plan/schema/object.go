package schema

import (
	"encoding/json"
	"strings"

	"github.com/wfgen/wfgen/runtime/foreign"
)

// An Object is a JSON object whose keys have an order.
type Object []member

type member struct {
	key   string
	value any
}

// with is o with a member; without it where there is one of that key.
func (o Object) with(key string, value any) Object {
	for _, m := range o {
		if m.key == key {
			return o
		}
	}
	return append(o, member{key, value})
}

// Text is a schema as a Go raw string can hold it, with escapes for characters that act on
// what shows them: what stands in a line is short, or
// can't be divided.
func (o Object) Text() string {
	var b strings.Builder
	writeJSON(&b, o, "\n")
	return strings.ReplaceAll(string(foreign.JSON([]byte(b.String()))), "`", `\u0060`)
}

// maxLine is how long an object or list on one line may be.
const maxLine = 100

// writeJSON writes a value; indent is a line break with the indentation around it.
func writeJSON(b *strings.Builder, v any, indent string) {
	if line := lineJSON(v); len(line) <= maxLine {
		b.WriteString(line)
		return
	}
	inner := indent + "\t"
	switch v := v.(type) {
	case Object:
		for i, m := range v {
			b.WriteString(separator(i, "{") + inner + lineJSON(m.key) + ": ")
			writeJSON(b, m.value, inner)
		}
		b.WriteString(indent + "}")
	case []any:
		for i, x := range v {
			b.WriteString(separator(i, "[") + inner)
			writeJSON(b, x, inner)
		}
		b.WriteString(indent + "]")
	default:
		b.WriteString(lineJSON(v))
	}
}

func separator(i int, first string) string {
	if i == 0 {
		return first
	}
	return ","
}

// lineJSON is a value on one line.
func lineJSON(v any) string {
	var parts []string
	switch v := v.(type) {
	case Object:
		for _, m := range v {
			parts = append(parts, lineJSON(m.key)+": "+lineJSON(m.value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		for _, x := range v {
			parts = append(parts, lineJSON(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("internal error: a schema that JSON can't hold: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}
