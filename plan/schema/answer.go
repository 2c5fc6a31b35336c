package schema

import (
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// This file writes the form that a model's values have. All providers hold a model to it: each
// field is there, an optional one may be null, nothing is added, and one of several says which
// it is under "type". A map is a list of its entries, as its keys aren't known. What a schema
// can't hold a model to, or not every provider's, is in the descriptions.

// MapTitle marks the list that a map is: a list that was declared has no title.
const MapTitle = "map"

// Answer is the schema of an agent's result, and tells whether that is wrapped: the root is an
// object, so that what is none in the language is one's only field, value.
func Answer(p *plan.Program, t types.Type) (schema Object, wrapped bool) {
	n := &narrow{p}
	if s, ok := t.(*types.Struct); ok {
		return n.of(s), false
	}
	return closed([]any{"value"}, Object{{"value", n.of(t)}}), true
}

// Arguments is the schema of what a model chooses for a call.
func Arguments(p *plan.Program, params []*plan.Variable) Object {
	n := &narrow{p}
	properties, required := Object{}, []any{}
	for _, v := range params {
		properties = append(properties, member{v.Name, n.of(v.Type)})
		required = append(required, v.Name)
	}
	return closed(required, properties)
}

// A narrow writes types of a program in the form that models are held to. Declared types are
// written where they are used: they hold no type that holds itself.
type narrow struct{ program *plan.Program }

func (n *narrow) of(t types.Type) Object {
	switch t := t.(type) {
	case *types.Basic:
		return narrowBasic(t)
	case *types.List:
		return Object{{"type", "array"}, {"items", n.of(t.Elem)}}
	case *types.Map:
		return n.entries(t)
	case *types.Optional:
		return Object{{"anyOf", []any{n.of(t.Elem), Object{{"type", "null"}}}}}
	case *types.Enum:
		return withText(t.Doc, Object{{"type", "string"}, {"enum", anys(t.Members)}})
	case *types.Struct:
		return withText(t.Doc, n.object(t, ""))
	case *types.Union:
		var members []any
		for _, m := range t.Members {
			members = append(members, withText(m.Doc, n.object(m, m.Name)))
		}
		return withText(t.Doc, Object{{"anyOf", members}})
	}
	panic("internal error: a model can't be asked for a " + t.String())
}

// narrowBasic has the range of a whole number in words.
func narrowBasic(t *types.Basic) Object {
	if !types.IsInteger(t) {
		return basicSchema(t)
	}
	o := Object{{"type", "integer"}}
	switch bounds := integerBounds[t.Kind]; {
	case bounds[1] != "":
		return withText("from "+bounds[0]+" to "+bounds[1], o)
	case bounds[0] != "":
		return withText("at least "+bounds[0], o)
	}
	return o
}

// entries is the form of a map.
func (n *narrow) entries(t *types.Map) Object {
	entry := closed([]any{"key", "value"}, Object{{"key", n.of(t.Key)}, {"value", n.of(t.Elem)}})
	return Object{{"description", "entries, each key once"}, {"title", MapTitle}, {"type", "array"}, {"items", entry}}
}

// object is the form of a struct, with its name under "type" where tag has it. All other keys
// that it may have, it hasn't here.
func (n *narrow) object(t *types.Struct, tag string) Object {
	properties, required := Object{}, []any{}
	if tag != "" {
		properties = append(properties, member{"type", Object{{"type", "string"}, {"const", tag}}})
		required = append(required, "type")
	}
	st := n.declaration(t)
	for i, f := range t.Fields {
		if f.Rest {
			continue
		}
		p := n.of(f.Type)
		if st != nil {
			p = withText(strings.Join(said(st, i), "\n"), p)
		}
		properties = append(properties, member{f.Key(), withText(f.Doc, p)})
		required = append(required, f.Key())
	}
	return closed(required, properties)
}

// said is what is said of a declared field in words: its constraints, and its default.
func said(st *plan.Struct, i int) []string {
	var words []string
	for _, w := range st.Wheres {
		if w.Field == st.Type.Fields[i] {
			words = append(words, "must satisfy "+w.Text)
		}
	}
	if x := preset(st, i); x != nil {
		words = append(words, "by default "+lineJSON(defaultValue(x)))
	}
	return words
}

// declaration is that of a struct, which may be another package's; nil for the language's own.
func (n *narrow) declaration(t *types.Struct) *plan.Struct {
	p := n.program
	if t.Package != nil {
		p = p.Imported[t.Package.Path]
	}
	if p == nil {
		return nil
	}
	for _, st := range p.Structs {
		if st.Type.Name == t.Name {
			return st
		}
	}
	return nil
}

// closed is the schema of an object that has these fields and no other.
func closed(required []any, properties Object) Object {
	return Object{{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false}}
}
