// Package mcp is how generated code calls the tools of servers of the Model Context Protocol.
// It takes arguments and gives results of the language's types, brings both into the form that
// the pinned schemas say, and calls nothing that isn't any more as it was pinned. It reaches no
// server itself: a Server does, as mcpclient has one.
package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/mcppin"
	"github.com/wfgen/wfgen/runtime/pure"
)

// A Server is one that is reached.
type Server interface {
	// Tool gives a tool as the server has it now, or had it when the connection began; nil
	// where it has none of that name.
	Tool(ctx context.Context, name string) (*mcppin.Tool, error)
	// Call calls a tool with a JSON object.
	Call(ctx context.Context, name string, arguments []byte) (*Result, error)
}

// A Result is what a call has given.
type Result struct {
	Structured []byte // JSON; empty where there is only text
	Text       string
	Failed     bool // the text says why
}

// A Tool is a pinned tool of a server. The zero value aside from its fields is ready for use,
// by any number of goroutines.
type Tool struct {
	Server string // as the .wf file calls it
	Name   string // as the server does
	Pinned string // its schemas, as JSON

	once          sync.Once
	pinned        *mcppin.Tool
	input, output any
}

// Drifted is the error of a tool that isn't any more as it was pinned. It wasn't called.
type Drifted struct {
	Server, Tool string
	What         []string
}

// Error says what has changed and what to do.
func (e *Drifted) Error() string {
	return fmt.Sprintf("tool %s of server %s isn't as it was pinned, and wasn't called: %s. wfgen mcp diff shows all of it, and wfgen mcp pin the tools as they are now",
		foreign.Line(e.Tool), e.Server, foreign.Line(strings.Join(e.What, ", ")))
}

// Args are arguments by their names in JSON.
type Args map[string]any

// Encode gives the arguments as JSON.
func (a Args) Encode() (encoded map[string]json.RawMessage, err error) {
	encoded = make(map[string]json.RawMessage, len(a))
	for name, v := range a {
		if encoded[name], err = pure.Encode(v); err != nil {
			return nil, fmt.Errorf("argument %s: %w", foreign.Line(name), err)
		}
	}
	return encoded, nil
}

// Call calls a tool, and gives its result: the text where the server has pinned no form of it,
// for which T is string. The server's answer that the tool has failed is an error with its text.
func Call[T any](ctx context.Context, s Server, t *Tool, args Args) (result T, err error) {
	encoded, err := args.Encode()
	if err != nil {
		return result, err
	}
	text, err := t.Call(ctx, s, encoded)
	if err != nil {
		return result, err
	}
	err = pure.Decode(text, "result", &result)
	return result, err
}

// Call is the function of that name for arguments and a result as JSON.
func (t *Tool) Call(ctx context.Context, s Server, args map[string]json.RawMessage) ([]byte, error) {
	t.once.Do(t.read)
	if s == nil {
		return nil, fmt.Errorf("there is no server %s: give one where the tools are put together", t.Server)
	}
	now, err := s.Tool(ctx, t.Name)
	if err != nil {
		return nil, err
	}
	if broken := mcppin.Broken(t.pinned, now); len(broken) > 0 {
		return nil, &Drifted{t.Server, t.Name, broken}
	}
	arguments, err := t.arguments(args)
	if err != nil {
		return nil, err
	}
	r, err := s.Call(ctx, t.Name, arguments)
	switch {
	case err != nil:
		return nil, err
	case r.Failed:
		return nil, fmt.Errorf("server %s: %s", t.Server, foreign.Lines(cut(r.Text)))
	case t.pinned.Output == nil:
		return pure.Encode(r.Text)
	case len(r.Structured) == 0:
		return nil, fmt.Errorf("server %s gave no structured result of %s, which it has promised", t.Server, foreign.Line(t.Name))
	}
	v, err := decode(r.Structured)
	if err != nil {
		return nil, fmt.Errorf("the result of %s isn't JSON: %w", foreign.Line(t.Name), err)
	}
	return json.Marshal(t.given(t.output, v, 0))
}

// maxSaid is how much is kept of what a server says of a failure, which is recorded.
const maxSaid = 8 << 10

func cut(text string) string {
	if len(text) <= maxSaid {
		return text
	}
	return strings.ToValidUTF8(text[:maxSaid], "") + "…"
}

func (t *Tool) read() {
	t.pinned = &mcppin.Tool{}
	err := json.Unmarshal([]byte(t.Pinned), t.pinned)
	if err == nil {
		t.input, err = decode(t.pinned.Input)
	}
	if err == nil && t.pinned.Output != nil {
		t.output, err = decode(t.pinned.Output)
	}
	if err != nil {
		panic("internal error: the pinned schemas of " + t.Name + " can't be read: " + err.Error())
	}
	t.pinned.Name = t.Name
}

func decode(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// arguments is the object of the arguments. One that is null is left out where it may be.
func (t *Tool) arguments(args map[string]json.RawMessage) ([]byte, error) {
	object := map[string]any{}
	for name, text := range args {
		v, err := decode(text)
		if err != nil {
			return nil, fmt.Errorf("argument %s: %w", foreign.Line(name), err)
		}
		object[name] = v
	}
	if o := resolved(t.input, t.input); o != nil { // they are its properties, whatever stands beside those
		t.takenMembers(o, object, 0)
	}
	return json.Marshal(object)
}

// resolved follows references within the schema.
func resolved(root, s any) map[string]any {
	for range mcppin.MaxDepth {
		o, ok := s.(map[string]any)
		if !ok {
			return nil
		}
		ref, ok := o["$ref"].(string)
		if !ok {
			return o
		}
		if ref == "#" { // what holds the whole of itself has the type any
			return nil
		}
		s, _ = mcppin.Referred(root, ref)
	}
	return nil
}

// form is the schema of a value whose type isn't any: that of the one alternative beside null
// where there are alternatives. It is nil for what the language has as any.
func form(root, s any) map[string]any {
	for range mcppin.MaxDepth {
		o := resolved(root, s)
		next, other := alternative(o)
		switch {
		case other:
			return nil
		case next == nil:
			return o
		}
		s = next
	}
	return nil
}

// alternative gives the one that a schema comes to, if it has any. Other tells that it has some
// and comes to none.
func alternative(o map[string]any) (one any, other bool) {
	for _, k := range []string{"anyOf", "oneOf"} {
		all, _ := o[k].([]any)
		rest := slices.DeleteFunc(slices.Clone(all), func(a any) bool {
			m, _ := a.(map[string]any)
			return m["type"] == "null"
		})
		if len(rest) == 1 && len(rest) < len(all) {
			return rest[0], false
		}
	}
	for _, k := range []string{"anyOf", "oneOf", "allOf"} {
		if all, ok := o[k].([]any); ok {
			if len(all) == 1 && o["type"] == nil {
				return all[0], false
			}
			return nil, true
		}
	}
	return nil, false
}

// kind is the type that a schema names, beside null.
func kind(o map[string]any) any {
	kinds, ok := o["type"].([]any)
	switch {
	case !ok && o["type"] == nil && o["properties"] != nil:
		return "object"
	case !ok:
		return o["type"]
	case len(kinds) != 2:
		return nil
	case kinds[0] == "null":
		return kinds[1]
	case kinds[1] == "null":
		return kinds[0]
	}
	return nil
}

func requires(o map[string]any, name string) bool {
	all, _ := o["required"].([]any)
	return slices.Contains(all, any(name))
}

// taken is a value as a tool takes it: what is null is left out where it may be left out, and
// null where it may not.
func (t *Tool) taken(schema, v any, depth int) any {
	o := form(t.input, schema)
	if o == nil || depth > mcppin.MaxDepth {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		if kind(o) == "object" {
			t.takenMembers(o, v, depth)
		}
	case []any:
		if kind(o) == "array" {
			for i, e := range v {
				v[i] = t.taken(o["items"], e, depth+1)
			}
		}
	}
	return v
}

func (t *Tool) takenMembers(o, v map[string]any, depth int) {
	of, _ := o["properties"].(map[string]any)
	if len(of) == 0 { // it is a map
		for name, e := range v {
			v[name] = t.taken(o["additionalProperties"], e, depth+1)
		}
		return
	}
	for name, s := range of {
		e, has := v[name]
		switch {
		case e == nil && !requires(o, name):
			delete(v, name)
		case !has:
			v[name] = nil
		default:
			v[name] = t.taken(s, e, depth+1)
		}
	}
}

// given is a value as the language has it: what an object holds beyond what was pinned is
// dropped, and what is missing is null.
func (t *Tool) given(schema, v any, depth int) any {
	o := form(t.output, schema)
	if o == nil || depth > mcppin.MaxDepth {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		if kind(o) != "object" {
			return v
		}
		of, _ := o["properties"].(map[string]any)
		out := map[string]any{}
		for name, s := range of {
			out[name] = t.given(s, v[name], depth+1)
		}
		if len(of) == 0 { // it is a map
			for name, e := range v {
				out[name] = t.given(o["additionalProperties"], e, depth+1)
			}
		}
		return out
	case []any:
		if kind(o) == "array" {
			for i, e := range v {
				v[i] = t.given(o["items"], e, depth+1)
			}
		}
	}
	return v
}
