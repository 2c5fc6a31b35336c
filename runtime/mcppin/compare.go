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
	if pinned == nil {
		return Change{now.Name, Safe, []string{"it is new"}}
	}
	c := Change{Tool: pinned.Name}
	if broken := Broken(pinned, now); len(broken) > 0 {
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

// Broken says where what was written for the pinned tool may not fit what the server has now,
// nil for nothing any more: it would be sent what it refuses, or give what isn't expected. It
// gives nothing where all fits, whatever has become of the texts.
func Broken(pinned, now *Tool) (why []string) {
	if now == nil {
		return []string{"the server has it no more"}
	}
	if string(pinned.Input) != string(now.Input) {
		why = differences(true, root(pinned.Input), root(now.Input))
	}
	if pinned.Output == nil || string(pinned.Output) == string(now.Output) { // without one only its text is read
		return why
	}
	if now.Output == nil {
		return append(why, "it says nothing of its result any more")
	}
	for _, w := range differences(false, root(now.Output), root(pinned.Output)) {
		why = append(why, "result: "+w)
	}
	return why
}

// differences says where a value that fits one schema may not fit another.
func differences(takes bool, sub, super any) []string {
	c := &comparison{takes: takes, sub: sub, super: super, seen: map[pair]bool{}, bare: map[uintptr]map[string]any{}, alike: sameDefinitions(sub, super)}
	c.fits("", sub, super, nil)
	return c.why
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
	alike      bool // their definitions are the same
	why        []string
	steps      int
	seen       map[pair]bool // the pairs that were or are being compared
	order      []pair        // those of seen, the last one last
	bare       map[uintptr]map[string]any
}

// A pair is of two objects of the two schemas, by their addresses.
type pair [2]uintptr

// maxSteps bounds a comparison: alternatives within alternatives may be tried without end.
const maxSteps = 10_000

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

// fits compares two schemas. Via are the pairs of which they are alternatives.
func (c *comparison) fits(path string, sub, super any, via []pair) {
	if c.steps++; c.steps > maxSteps {
		c.no(path, "is too tangled to be compared")
		return
	}
	if c.same(sub, super) {
		return
	}
	a, beside := resolved(c.sub, sub)
	b, bound := resolved(c.super, super)
	if led(a) || led(b) {
		c.no(path, "is said by a reference that leads elsewhere, or nowhere")
		return
	}
	if len(beside) != len(bound) || !c.same(beside, bound) {
		c.no(path, "has something else beside its reference")
		return
	}
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
	p := pair{address(x), address(y)}
	if slices.Contains(via, p) { // an alternative of itself says nothing
		c.no(path, "leads back to itself")
		return
	}
	if c.seen[p] { // what is wrong with them was said, or is about to be
		return
	}
	c.seen[p] = true
	c.order = append(c.order, p)
	c.branches(path, x, y, append(slices.Clip(via), p))
}

// holds compares two objects without their alternatives.
func (c *comparison) holds(path string, x, y map[string]any) {
	c.kinds(path, x, y)
	c.values(path, x, y)
	c.bounds(path, x, y)
	c.members(path, x, y)
	c.elements(path, x, y)
	c.others(path, x, y)
}

// try tells whether a comparison finds nothing, and forgets what it has found.
func (c *comparison) try(compare func()) bool {
	why, mark := c.why, len(c.order)
	c.why = nil
	compare()
	fit := len(c.why) == 0
	if c.why = why; !fit { // what was taken to fit underways may have been so by what doesn't
		for _, p := range c.order[mark:] {
			delete(c.seen, p)
		}
		c.order = c.order[:mark]
	}
	return fit
}

func address(m map[string]any) uintptr { return reflect.ValueOf(m).Pointer() }

// same tells whether two schemas say the same by the same text.
func (c *comparison) same(x, y any) bool {
	if !reflect.DeepEqual(plain(x), plain(y)) {
		return false
	}
	return !slices.ContainsFunc(references(x, nil), func(ref string) bool {
		return strings.HasPrefix(ref, "#") && !(c.alike && toDefinition(ref))
	})
}

var definitions = []string{"$defs", "definitions"}

// sameDefinitions tells whether references to definitions mean the same in two schemas.
func sameDefinitions(x, y any) bool {
	of, _ := x.(map[string]any)
	other, _ := y.(map[string]any)
	return !slices.ContainsFunc(definitions, func(k string) bool {
		return !reflect.DeepEqual(stripped(of[k], true), stripped(other[k], true)) ||
			slices.ContainsFunc(references(of[k], nil), func(ref string) bool { return strings.HasPrefix(ref, "#") && !toDefinition(ref) })
	})
}

func toDefinition(ref string) bool {
	return slices.ContainsFunc(definitions, func(k string) bool {
		name, ok := strings.CutPrefix(ref, "#/"+k+"/")
		return ok && !strings.Contains(name, "/")
	})
}

// references adds those that are in a schema.
func references(s any, to []string) []string {
	switch s := s.(type) {
	case map[string]any:
		for k, v := range s {
			if ref, ok := v.(string); ok && (k == "$ref" || k == "$dynamicRef") {
				to = append(to, ref)
			}
			to = references(v, to)
		}
	case []any:
		for _, v := range s {
			to = references(v, to)
		}
	}
	return to
}

// resolved follows references within the same schema, and gives what stands beside them. Where
// one leads elsewhere or nowhere, it is what it gives.
func resolved(root, s any) (to any, beside []any) {
	for range MaxDepth {
		m, ok := s.(map[string]any)
		if !ok {
			return s, beside
		}
		ref, ok := m["$ref"].(string)
		if !ok {
			return s, beside
		}
		if rest, _ := plain(m).(map[string]any); len(rest) > 1 {
			delete(rest, "$ref")
			beside = append(beside, rest)
		}
		to, ok := Referred(root, ref)
		if !ok {
			return s, beside
		}
		s = to
	}
	return s, beside
}

// Referred gives the part of a schema, which is read from JSON, that a reference within it leads
// to, as # or #/$defs/name do; ok is false where it leads elsewhere, or nowhere.
func Referred(root any, ref string) (to any, ok bool) {
	if ref != "#" && !strings.HasPrefix(ref, "#/") {
		return nil, false
	}
	to = root
	for _, part := range strings.Split(ref, "/")[1:] {
		m, _ := to.(map[string]any)
		if to, ok = m[pointer.Replace(part)]; !ok {
			return nil, false
		}
	}
	return to, true
}

// pointer takes back what RFC 6901 has written in the place of / and ~.
var pointer = strings.NewReplacer("~1", "/", "~0", "~")

// led tells whether a schema is still a reference.
func led(s any) bool {
	m, _ := s.(map[string]any)
	_, ref := m["$ref"]
	return ref
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

// alternatives are the lists of which a value fits one each.
func alternatives(s map[string]any) (lists [][]any) {
	for _, k := range []string{"anyOf", "oneOf"} {
		if all, ok := s[k].([]any); ok {
			lists = append(lists, all)
		}
	}
	return lists
}

// without is an object without its alternatives. It is the same one each time.
func (c *comparison) without(m map[string]any) map[string]any {
	if alternatives(m) == nil {
		return m
	}
	bare := c.bare[address(m)]
	if bare == nil {
		bare = maps.Clone(m)
		delete(bare, "anyOf")
		delete(bare, "oneOf")
		c.bare[address(m)] = bare
	}
	return bare
}

// branches compares objects, of which each may have alternatives: what stands beside them has
// to fit, and each of the one has to fit one of the other.
func (c *comparison) branches(path string, x, y map[string]any, via []pair) {
	own, bare := c.without(x), c.without(y)
	fits := func(a any, among []any) bool {
		return slices.ContainsFunc(among, func(b any) bool {
			return c.try(func() { c.fits(path, a, b, via) })
		})
	}
	// An alternative says nothing of the members that are said beside it: it stands for the
	// whole only where none are, or where it is the same.
	shaped := own["properties"] != nil || own["additionalProperties"] != nil || own["items"] != nil
	one := func(among []any) bool {
		return !allows(own) && fits(own, among) || slices.ContainsFunc(alternatives(x), func(each []any) bool {
			return !slices.ContainsFunc(each, func(a any) bool {
				if shaped {
					return !slices.ContainsFunc(among, func(b any) bool { return c.same(a, b) })
				}
				return !fits(a, among)
			})
		})
	}
	switch {
	case alternatives(x) == nil:
		c.holds(path, x, bare)
	case !allows(bare) && (allows(own) || !c.try(func() { c.holds(path, own, bare) })) && !one([]any{bare}):
		c.no(path, "has other bounds beside its alternatives")
	}
	for _, among := range alternatives(y) {
		if !one(among) {
			c.no(path, "may be what fits none of the alternatives now")
		}
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
func (c *comparison) members(path string, x, y map[string]any) {
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
			c.fits(within(path, name), was[name], schema, nil)
		case c.takes:
			c.no(within(path, name), "is taken no more")
		}
	}
	more, closed := y["additionalProperties"]
	if closed && c.takes {
		if x["additionalProperties"] == nil && len(was) > 0 {
			return // what was pinned says nothing of others, so none is sent
		}
		c.fits(within(path, "*"), x["additionalProperties"], more, nil)
	} else if values, ok := more.(map[string]any); ok {
		c.fits(within(path, "*"), x["additionalProperties"], values, nil)
	}
}

func (c *comparison) elements(path string, x, y map[string]any) {
	if y["items"] != nil {
		c.fits(path+"[]", x["items"], y["items"], nil)
	}
}

// others are the keys that nothing above has looked at: they have to be the same.
func (c *comparison) others(path string, x, y map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(y)) {
		if !slices.Contains(known, k) && !slices.Contains(notes, k) && !c.same(x[k], y[k]) {
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
	for k, v := range m {
		switch v := v.(type) {
		case map[string]any:
			if !slices.Contains(named, k) {
				texts(path+"."+k, v, out)
				continue
			}
			for name, e := range v {
				if k != "properties" {
					name = k + "." + name
				}
				texts(within(path, name), e, out)
			}
		case []any:
			for i, e := range v {
				texts(fmt.Sprintf("%s.%s[%d]", path, k, i), e, out)
			}
		}
	}
}

// named are the keys that hold schemas by names.
var named = []string{"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"}

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
