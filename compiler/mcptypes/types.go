package mcptypes

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/runtime/mcppin"
)

// A maker makes types of the language of the schemas of one tool. What it makes stands where
// the tool is bound.
type maker struct {
	*expander
	at    dsl.Span
	tool  string
	root  any             // the schema in which references lead
	open  map[string]bool // the references that are being followed
	decls []dsl.Decl
}

// maxDepth is how deep types are made: below it is any.
const maxDepth = 12

// maxDecls is how many types are declared for one tool: what would be another is any, or string
// for an enum. A few definitions that refer to one another often would make types without end.
const maxDecls = 500

func read(schema json.RawMessage) (v any) {
	if err := json.Unmarshal(schema, &v); err != nil {
		panic("internal error: a settled schema can't be read: " + err.Error())
	}
	return v
}

func (m *maker) ident(name string) *dsl.Ident { return &dsl.Ident{Span: m.at, Name: name} }

func (m *maker) named(name string) dsl.TypeExpr { return &dsl.NamedType{Name: m.ident(name)} }

func isNamed(t dsl.TypeExpr, name string) bool {
	n, ok := t.(*dsl.NamedType)
	return ok && n.Name.Name == name
}

// optional is an optional type. An any holds null itself.
func (m *maker) optional(t dsl.TypeExpr) dsl.TypeExpr {
	if _, already := t.(*dsl.OptionalType); already || isNamed(t, "any") {
		return t
	}
	return &dsl.OptionalType{Span: m.at, Elem: t}
}

// A property is one of an object's.
type property struct {
	name     string
	schema   any
	required bool
}

// properties are those of an object: the required ones as the schema lists them, then the
// others by their names.
func properties(s map[string]any) (all []property) {
	of, _ := s["properties"].(map[string]any)
	for _, name := range list(s["required"]) {
		if schema, ok := of[name]; ok && !slices.ContainsFunc(all, func(p property) bool { return p.name == name }) {
			all = append(all, property{name, schema, true})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if !slices.ContainsFunc(all, func(p property) bool { return p.name == name }) {
			all = append(all, property{name, of[name], false})
		}
	}
	return all
}

func list(v any) (out []string) {
	all, _ := v.([]any)
	for _, e := range all {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// params are the parameters of the tool, with their names in JSON.
func (m *maker) params() (params []*dsl.Param, names []string) {
	s, _ := m.resolved(m.root).(map[string]any)
	taken := map[string]bool{}
	for _, p := range properties(s) {
		name := unique(fieldName(p.name), taken)
		t := m.typ(p.schema, m.tool+exported(name), 1)
		if !p.required {
			t = m.optional(t)
		}
		params = append(params, &dsl.Param{Span: m.at, Name: m.ident(name), Type: t})
		names = append(names, p.name)
	}
	return params, names
}

// fieldName is a name of JSON as that of a parameter or field.
func fieldName(name string) string {
	n := identifier(name)
	switch {
	case n == "":
		return "value"
	case parser.IsReserved(n) || n == "_" || n == "err" || n == "result":
		return n + "_"
	}
	return n
}

// unique is a name that isn't taken yet, nor is its name in Go.
func unique(name string, taken map[string]bool) string {
	out := name
	for i := 2; taken[exported(out)]; i++ {
		out = name + strconv.Itoa(i)
	}
	taken[exported(out)] = true
	return out
}

// resolved follows references within the schema.
func (m *maker) resolved(s any) any {
	for range maxDepth {
		o, ok := s.(map[string]any)
		if !ok {
			return s
		}
		ref, ok := o["$ref"].(string)
		if !ok {
			return s
		}
		if ref == "#" { // the whole holds itself
			return nil
		}
		s, _ = mcppin.Referred(m.root, ref)
	}
	return nil
}

// typ gives the type of a schema. One that has to be declared gets the name.
func (m *maker) typ(schema any, name string, depth int) dsl.TypeExpr {
	if o, ok := schema.(map[string]any); ok {
		if ref, ok := o["$ref"].(string); ok {
			if m.open[ref] { // it leads back to itself
				return m.named("any")
			}
			m.open[ref] = true
			defer delete(m.open, ref)
		}
	}
	s, ok := m.resolved(schema).(map[string]any)
	if !ok || depth > maxDepth {
		return m.named("any")
	}
	if other, null := nullable(s); null {
		return m.optional(m.typ(other, name, depth))
	}
	for _, k := range []string{"anyOf", "oneOf", "allOf"} {
		if all, ok := s[k].([]any); ok {
			if len(all) == 1 && s["type"] == nil {
				return m.typ(all[0], name, depth+1)
			}
			return m.named("any")
		}
	}
	if values, ok := s["enum"].([]any); ok {
		return m.enum(values, s["type"], name)
	}
	switch s["type"] {
	case "string":
		return m.named("string")
	case "integer":
		return m.named("int")
	case "number":
		return m.named("float64")
	case "boolean":
		return m.named("bool")
	case "array":
		return &dsl.ListType{Span: m.at, Elem: m.typ(s["items"], name+"Item", depth+1)}
	case "object":
		return m.object(s, name, depth)
	}
	if _, has := s["properties"]; has && s["type"] == nil {
		return m.object(s, name, depth)
	}
	return m.named("any")
}

// nullable takes null out of what a schema allows.
func nullable(s map[string]any) (other map[string]any, null bool) {
	if kinds := list(s["type"]); slices.Contains(kinds, "null") && len(kinds) == 2 {
		other = maps.Clone(s)
		other["type"] = kinds[0]
		if kinds[0] == "null" {
			other["type"] = kinds[1]
		}
		if values, ok := s["enum"].([]any); ok {
			other["enum"] = slices.DeleteFunc(slices.Clone(values), func(v any) bool { return v == nil })
		}
		return other, true
	}
	if s["nullable"] == true {
		other = maps.Clone(s)
		delete(other, "nullable")
		return other, true
	}
	for _, k := range []string{"anyOf", "oneOf"} {
		all, _ := s[k].([]any)
		rest := slices.DeleteFunc(slices.Clone(all), func(v any) bool {
			o, ok := v.(map[string]any)
			return ok && o["type"] == "null"
		})
		if len(rest) == 1 && len(rest) < len(all) {
			if o, ok := rest[0].(map[string]any); ok {
				return o, true
			}
		}
	}
	return s, false
}

// enum gives the type of listed values: an enum where all are names, else what they are.
func (m *maker) enum(values []any, kind any, name string) dsl.TypeExpr {
	d := &dsl.EnumDecl{Span: m.at}
	taken, texts := map[string]bool{}, true
	for _, v := range values {
		s, ok := v.(string)
		texts = texts && ok
		if ok && (s != identifier(s) || parser.IsReserved(s) || s == "_" || taken[exported(s)]) {
			d = nil
			break
		}
		if taken[exported(s)] = true; ok {
			d.Members = append(d.Members, m.ident(s))
		}
	}
	switch {
	case kind == "integer":
		return m.named("int")
	case kind == "number":
		return m.named("float64")
	case !texts:
		return m.named("any")
	case d == nil || len(d.Members) == 0 || len(m.decls) >= maxDecls:
		return m.named("string")
	}
	d.Name = m.ident(unique(name, m.taken))
	m.decls = append(m.decls, d)
	return m.named(d.Name.Name)
}

// object gives the type of an object: a struct where its properties are said, else a map.
func (m *maker) object(s map[string]any, name string, depth int) dsl.TypeExpr {
	all := properties(s)
	if len(all) == 0 {
		elem := m.named("any")
		if more, ok := s["additionalProperties"].(map[string]any); ok {
			elem = m.typ(more, name+"Value", depth+1)
		}
		return &dsl.MapType{Span: m.at, Key: m.named("string"), Elem: elem}
	}
	if len(m.decls) >= maxDecls {
		return m.named("any")
	}
	d := &dsl.TypeDecl{Span: m.at, Name: m.ident(unique(name, m.taken))}
	m.decls = append(m.decls, d)
	taken := map[string]bool{}
	for _, p := range all {
		f := &dsl.Field{Span: m.at, Name: m.ident(unique(fieldName(p.name), taken))}
		f.Type = m.typ(p.schema, d.Name.Name+exported(f.Name.Name), depth+1)
		if !p.required {
			f.Type = m.optional(f.Type)
		}
		if f.Name.Name != p.name {
			f.JSON = &dsl.StringLit{Span: m.at, Parts: []dsl.StringPart{{Span: m.at, Text: p.name}}}
		}
		if o, ok := p.schema.(map[string]any); ok {
			text, _ := o["description"].(string)
			f.Doc = line(text)
		}
		d.Fields = append(d.Fields, f)
	}
	return m.named(d.Name.Name)
}
