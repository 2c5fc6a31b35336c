package mcppin

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
)

// A Class is how much a change of a tool means to who was written for what was pinned.
type Class int

// The classes, the worst last.
const (
	Unchanged Class = iota
	Safe            // what was written still fits
	Text            // what is said of the tool or its parameters is another: to be looked at, since it may do something else
	Breaks          // what was written may not fit
)

func (c Class) String() string { return [...]string{"unchanged", "safe", "text", "breaks"}[c] }

// A Change is what has become of one tool.
type Change struct {
	Tool  string
	Class Class
	What  []string // what has changed, of the class; empty where nothing has
}

// CompareAll gives a change for each tool that one of the two has, sorted by name.
func CompareAll(pinned, now *File) []Change {
	names := map[string]bool{}
	for _, t := range slices.Concat(pinned.Tools, now.Tools) {
		names[t.Name] = true
	}
	var all []Change
	for _, name := range slices.Sorted(maps.Keys(names)) {
		all = append(all, Compare(pinned.Tool(name), now.Tool(name)))
	}
	return all
}

// Compare says what has become of a tool. One of the two may be nil: the tool is new or gone.
func Compare(pinned, now *Tool) Change {
	switch {
	case pinned == nil:
		return Change{now.Name, Safe, []string{"it is new"}}
	case now == nil:
		return Change{pinned.Name, Breaks, []string{"the server has it no more"}}
	}
	c := Change{Tool: pinned.Name}
	if broken := breaks(pinned, now); len(broken) > 0 {
		c.Class, c.What = Breaks, broken
		return c
	}
	if text := rewritten(pinned, now); len(text) > 0 {
		c.Class, c.What = Text, text
		return c
	}
	if string(pinned.Input) != string(now.Input) {
		c.Class, c.What = Safe, append(c.What, "it takes more, and all that it took")
	}
	if string(pinned.Output) != string(now.Output) {
		c.Class, c.What = Safe, append(c.What, "it promises more of its result, and all that it promised")
	}
	return c
}

// breaks says where what was written for the pinned tool may not fit what the server has now:
// it would be sent what it refuses, or give what isn't expected.
func breaks(pinned, now *Tool) []string {
	in := comparison{takes: true, sub: root(pinned.Input), super: root(now.Input)}
	in.fits("", in.sub, in.super, 0)
	if pinned.Output == nil { // then only its text is read
		return in.why
	}
	if now.Output == nil {
		return append(in.why, "it says nothing of its result any more")
	}
	out := comparison{sub: root(now.Output), super: root(pinned.Output)}
	out.fits("", out.sub, out.super, 0)
	for i, w := range out.why {
		out.why[i] = "result: " + w
	}
	return append(in.why, out.why...)
}

func root(schema json.RawMessage) any {
	v, err := decode(schema)
	if err != nil {
		panic("internal error: a settled schema can't be read: " + err.Error())
	}
	return v
}

// A comparison asks whether each value that fits one schema fits another. What it can't tell
// is no.
type comparison struct {
	takes      bool // the value is what a tool takes, else what it gives
	sub, super any  // the roots, in which references lead
	why        []string
}

func (c *comparison) no(path, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if path != "" {
		what = path + " " + what
	} else {
		what = "it " + what
	}
	if len(c.why) < 20 {
		c.why = append(c.why, what)
	}
}

// notes are the keys that say something to people and models, and nothing of values.
var notes = []string{"title", "description", "default", "examples", "$schema", "$id", "$comment", "deprecated", "readOnly", "writeOnly", "$defs", "definitions"}

// known are the keys that fits looks at.
var known = []string{
	"type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "oneOf", "$ref", "nullable",
	"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
}

// fits compares two schemas.
func (c *comparison) fits(path string, sub, super any, depth int) {
	if depth > 2*MaxDepth { // a schema that leads back to itself, and has been the same so far
		return
	}
	if reflect.DeepEqual(plain(sub), plain(super)) && !refers(sub) && !refers(super) {
		return
	}
	a, b := resolved(c.sub, sub), resolved(c.super, super)
	if allows(b) {
		return
	}
	if allows(a) {
		c.no(path, "was any value, and is bound now")
		return
	}
	x, ok1 := a.(map[string]any)
	y, ok2 := b.(map[string]any)
	if !ok1 || !ok2 { // false fits nothing
		if a != any(false) {
			c.no(path, "may have no value now")
		}
		return
	}
	if alternatives(x) != nil || alternatives(y) != nil {
		c.branches(path, x, y, depth)
		return
	}
	c.kinds(path, x, y)
	c.values(path, x, y)
	c.bounds(path, x, y)
	c.members(path, x, y, depth)
	c.elements(path, x, y, depth)
	c.others(path, x, y)
}

// resolved follows a reference within the same schema.
func resolved(root, s any) any {
	for range MaxDepth {
		m, ok := s.(map[string]any)
		if !ok {
			return s
		}
		ref, ok := m["$ref"].(string)
		if !ok || !strings.HasPrefix(ref, "#") {
			return s
		}
		s = root
		for _, part := range strings.Split(strings.TrimPrefix(ref, "#"), "/")[1:] {
			m, _ := s.(map[string]any)
			s = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
		}
	}
	return s
}

// refers tells whether a reference is in a schema: the same text may mean something else then.
func refers(s any) bool {
	switch s := s.(type) {
	case map[string]any:
		if _, ref := s["$ref"]; ref {
			return true
		}
		return slices.ContainsFunc(slices.Collect(maps.Values(s)), refers)
	case []any:
		return slices.ContainsFunc(s, refers)
	}
	return false
}

// plain is a schema without its notes.
func plain(s any) any { return stripped(s, false) }

// stripped leaves out the notes of a schema. Within properties each key is a name.
func stripped(s any, names bool) any {
	switch s := s.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, v := range s {
			if names || !slices.Contains(notes, k) {
				out[k] = stripped(v, !names && k == "properties")
			}
		}
		return out
	case []any:
		out := make([]any, len(s))
		for i, v := range s {
			out[i] = stripped(v, false)
		}
		return out
	}
	return s
}

// allows tells whether a schema allows any value.
func allows(s any) bool {
	if s == nil || s == any(true) {
		return true
	}
	m, ok := plain(s).(map[string]any)
	return ok && len(m) == 0
}

func alternatives(s map[string]any) []any {
	for _, k := range []string{"anyOf", "oneOf"} {
		if all, ok := s[k].([]any); ok {
			return all
		}
	}
	return nil
}

// branches compares schemas of which one at least has alternatives: each of the one has to fit
// one of the other.
func (c *comparison) branches(path string, x, y map[string]any, depth int) {
	each, among := alternatives(x), alternatives(y)
	if each == nil {
		each = []any{x}
	}
	if among == nil {
		among = []any{y}
	}
	for _, a := range each {
		if !slices.ContainsFunc(among, func(b any) bool {
			try := comparison{takes: c.takes, sub: c.sub, super: c.super}
			try.fits(path, a, b, depth+1)
			return len(try.why) == 0
		}) {
			c.no(path, "may be what fits none of the alternatives now")
			return
		}
	}
	rest := func(m map[string]any) any {
		m = maps.Clone(m)
		delete(m, "anyOf")
		delete(m, "oneOf")
		return plain(m)
	}
	if alternatives(x) != nil && alternatives(y) != nil && !reflect.DeepEqual(rest(x), rest(y)) {
		c.no(path, "has other bounds beside its alternatives")
	}
}

var allKinds = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

// kindsOf are the types of values that a schema allows.
func kindsOf(s map[string]any) (kinds []string) {
	switch t := s["type"].(type) {
	case string:
		kinds = []string{t}
	case []any:
		for _, e := range t {
			if k, ok := e.(string); ok {
				kinds = append(kinds, k)
			}
		}
	default:
		return allKinds
	}
	if s["nullable"] == true {
		kinds = append(kinds, "null")
	}
	return kinds
}

func (c *comparison) kinds(path string, x, y map[string]any) {
	now := kindsOf(y)
	for _, k := range kindsOf(x) {
		if !slices.Contains(now, k) && !(k == "integer" && slices.Contains(now, "number")) {
			c.no(path, "may be %s, where %s is expected", k, strings.Join(now, " or "))
			return
		}
	}
}

// listed are the values that a schema names, where it does.
func listed(s map[string]any) ([]any, bool) {
	if v, ok := s["const"]; ok {
		return []any{v}, true
	}
	all, ok := s["enum"].([]any)
	return all, ok
}

func (c *comparison) values(path string, x, y map[string]any) {
	now, bound := listed(y)
	if !bound {
		return
	}
	was, ok := listed(x)
	if !ok {
		c.no(path, "is one of listed values now")
		return
	}
	for _, v := range was {
		if !slices.ContainsFunc(now, func(o any) bool { return reflect.DeepEqual(v, o) }) {
			c.no(path, "may be %s, which isn't among the values", encode(v))
			return
		}
	}
}

var lower = []string{"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}

// bounds holds each bound to that of the other schema.
func (c *comparison) bounds(path string, x, y map[string]any) {
	for _, k := range slices.Concat(lower, []string{"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}) {
		now, bound := number(y[k])
		if !bound {
			if y[k] != nil && !reflect.DeepEqual(x[k], y[k]) {
				c.no(path, "has another %s", k)
			}
			continue
		}
		was, ok := number(x[k])
		if !ok || slices.Contains(lower, k) && was.Cmp(now) < 0 || !slices.Contains(lower, k) && was.Cmp(now) > 0 {
			c.no(path, "has %s %s now", k, y[k])
		}
	}
}

func number(v any) (*big.Float, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return nil, false
	}
	f, ok := new(big.Float).SetString(n.String())
	return f, ok
}

func stringsOf(v any) (out []string) {
	all, _ := v.([]any)
	for _, e := range all {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func within(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// members compares the properties of objects.
func (c *comparison) members(path string, x, y map[string]any, depth int) {
	was, _ := x["properties"].(map[string]any)
	now, _ := y["properties"].(map[string]any)
	always := stringsOf(x["required"])
	for _, name := range stringsOf(y["required"]) {
		if !slices.Contains(always, name) {
			if c.takes {
				c.no(within(path, name), "is required now")
			} else {
				c.no(within(path, name), "may be missing now")
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		switch schema, has := now[name]; {
		case has:
			c.fits(within(path, name), was[name], schema, depth+1)
		case c.takes:
			c.no(within(path, name), "is taken no more")
		}
	}
	more, closed := y["additionalProperties"]
	if closed && c.takes {
		if x["additionalProperties"] == nil && len(was) > 0 {
			return // what was pinned says nothing of others, so none is sent
		}
		c.fits(within(path, "*"), x["additionalProperties"], more, depth+1)
	} else if values, ok := more.(map[string]any); ok {
		c.fits(within(path, "*"), x["additionalProperties"], values, depth+1)
	}
}

func (c *comparison) elements(path string, x, y map[string]any, depth int) {
	if y["items"] != nil {
		c.fits(path+"[]", x["items"], y["items"], depth+1)
	}
}

// others are the keys that nothing above has looked at: they have to be the same.
func (c *comparison) others(path string, x, y map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(y)) {
		if !slices.Contains(known, k) && !slices.Contains(notes, k) && !reflect.DeepEqual(plain(x[k]), plain(y[k])) {
			c.no(path, "has another %s", k)
		}
	}
}

// rewritten says which texts are others than were pinned. Those of parameters that are new are
// none of them.
func rewritten(pinned, now *Tool) (what []string) {
	if pinned.Description != now.Description || pinned.Title != now.Title {
		what = append(what, "its description is another")
	}
	before, after := map[string]string{}, map[string]string{}
	texts("", root(pinned.Input), before)
	texts("", root(now.Input), after)
	for _, path := range slices.Sorted(maps.Keys(after)) {
		if was, ok := before[path]; ok && was != after[path] {
			if path == "" {
				path = "its parameters"
			}
			what = append(what, "what is said of "+path+" is another")
		}
	}
	if !reflect.DeepEqual(pinned.Hints.orNone(), now.Hints.orNone()) {
		what = append(what, "it says otherwise of what it does: "+now.Hints.String())
	}
	return what
}

// texts notes what is said at each place of a schema, by its path.
func texts(path string, s any, out map[string]string) {
	m, ok := s.(map[string]any)
	if !ok {
		return
	}
	note := map[string]any{}
	for _, k := range []string{"title", "description", "default", "examples", "$comment"} {
		if v, ok := m[k]; ok {
			note[k] = v
		}
	}
	out[path] = string(encode(note))
	for _, k := range []string{"properties", "$defs", "definitions"} {
		all, _ := m[k].(map[string]any)
		for name, e := range all {
			if k != "properties" {
				name = k + "." + name
			}
			texts(within(path, name), e, out)
		}
	}
	for _, k := range []string{"items", "additionalProperties"} {
		texts(path+"."+k, m[k], out)
	}
	for _, k := range []string{"anyOf", "oneOf", "allOf"} {
		all, _ := m[k].([]any)
		for i, e := range all {
			texts(fmt.Sprintf("%s.%s[%d]", path, k, i), e, out)
		}
	}
}

func (h *Hints) orNone() Hints {
	if h == nil {
		return Hints{}
	}
	return *h
}

// String says what the hints say.
func (h *Hints) String() string {
	var all []string
	if h.orNone().ReadOnly {
		all = append(all, "that it only reads")
	}
	if h.orNone().Idempotent {
		all = append(all, "that it may be called again")
	}
	if d := h.orNone().Destructive; d != nil && *d {
		all = append(all, "that it destroys")
	} else if d != nil {
		all = append(all, "that it only adds")
	}
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, ", ")
}
