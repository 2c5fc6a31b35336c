package schema

import (
	"encoding/json"
	"go/constant"
	"maps"
	"slices"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// Schemas writes types as JSON Schemas of draft 2020-12: what the runtime's decoder
// takes. Declared types are put apart, to be referred to by name.
type Schemas struct {
	structs map[*types.Struct]*plan.Struct
	named   map[string]Object
}

// New is for the types of a program.
func New(p *plan.Program) *Schemas {
	s := &Schemas{structs: map[*types.Struct]*plan.Struct{}, named: map[string]Object{}}
	for _, st := range p.Structs {
		s.structs[st.Type] = st
	}
	return s
}

// Input is the schema of a workflow's input: an object of its parameters.
func (s *Schemas) Input(w *plan.Workflow) Object {
	var fields []*types.Field
	for _, p := range w.Params {
		fields = append(fields, &types.Field{Name: p.Name, Type: p.Type})
	}
	return s.object(fields, nil, "")
}

// Definitions are the declared types that have been referred to.
func (s *Schemas) Definitions() Object {
	var all Object
	for _, name := range slices.Sorted(maps.Keys(s.named)) {
		all = append(all, member{name, s.named[name]})
	}
	return all
}

// durationPattern is what ParseDuration takes, but for the range.
const durationPattern = `^-?([0-9]+(\.[0-9]+)?(d|h|m|s|ms|us|µs|μs|ns))+$`

// Of is the schema of a type.
func (s *Schemas) Of(t types.Type) Object {
	switch t := t.(type) {
	case *types.Basic:
		return basicSchema(t)
	case *types.List:
		return Object{{"type", "array"}, {"items", s.Of(t.Elem)}}
	case *types.Map:
		return s.mapOf(t)
	case *types.Optional:
		return Object{{"anyOf", []any{s.Of(t.Elem), Object{{"type", "null"}}}}}
	case *types.Enum:
		return s.refer(t, func() Object { return withText(t.Doc, Object{{"type", "string"}, {"enum", anys(t.Members)}}) })
	case *types.Struct:
		return s.refer(t, func() Object { return withText(t.Doc, s.object(t.Fields, s.structs[t], "")) })
	case *types.Union:
		return s.refer(t, func() Object { return withText(t.Doc, Object{{"oneOf", s.members(t)}}) })
	}
	return Object{{"description", "a value of the Go type " + t.String()}}
}

// refer gives a reference to a declared type, which is written when it is first met.
func (s *Schemas) refer(t types.Type, write func() Object) Object {
	name := t.String()
	if _, met := s.named[name]; !met {
		s.named[name] = nil // it may hold itself
		s.named[name] = write()
	}
	return Object{{"$ref", "#/$defs/" + name}}
}

// integerBounds are the bounds of the whole numbers that JSON's readers get right.
var integerBounds = map[types.Kind][2]string{
	types.Int8: {"-128", "127"}, types.Int16: {"-32768", "32767"}, types.Int32: {"-2147483648", "2147483647"},
	types.Uint8: {"0", "255"}, types.Uint16: {"0", "65535"}, types.Uint32: {"0", "4294967295"},
	types.Uint: {"0", ""}, types.Uint64: {"0", ""},
}

func basicSchema(t *types.Basic) Object {
	switch {
	case t.Kind == types.Bool:
		return Object{{"type", "boolean"}}
	case t.Kind == types.String:
		return Object{{"type", "string"}}
	case t.Kind == types.Time:
		return Object{{"type", "string"}, {"format", "date-time"}}
	case t.Kind == types.Duration:
		return Object{{"type", "string"}, {"pattern", durationPattern}}
	case types.IsFloat(t):
		return Object{{"type", "number"}}
	case types.IsInteger(t):
		o, bounds := Object{{"type", "integer"}}, integerBounds[t.Kind]
		for i, key := range []string{"minimum", "maximum"} {
			if bounds[i] != "" {
				o = append(o, member{key, json.Number(bounds[i])})
			}
		}
		return o
	}
	return Object{} // any
}

// mapOf is the schema of a map, whose keys are strings in JSON.
func (s *Schemas) mapOf(t *types.Map) Object {
	o := Object{{"type", "object"}}
	switch key := t.Key.(type) {
	case *types.Enum:
		o = append(o, member{"propertyNames", s.Of(key)})
	case *types.Basic:
		if types.IsInteger(key) {
			o = append(o, member{"propertyNames", Object{{"pattern", "^-?[0-9]+$"}}})
		}
	}
	return append(o, member{"additionalProperties", s.Of(t.Elem)})
}

// members are the schemas of a union's members, told apart by the key "type".
func (s *Schemas) members(u *types.Union) []any {
	var all []any
	for _, m := range u.Members {
		all = append(all, withText(m.Doc, s.object(m.Fields, s.structs[m], m.Name)))
	}
	return all
}

// object is the schema of an object with the fields, of the declaration st, which may
// be nil. Where tag isn't empty the object has it under "type".
func (s *Schemas) object(fields []*types.Field, st *plan.Struct, tag string) Object {
	properties, required := Object{}, []any{}
	if tag != "" {
		properties = append(properties, member{"type", Object{{"const", tag}}})
		required = append(required, "type")
	}
	var others any = false
	for i, f := range fields {
		if f.Rest {
			others = withText(f.Doc, s.Of(f.Type.(*types.Map).Elem))
			continue
		}
		p, preset := s.Of(f.Type), f.HasDefault
		if st != nil {
			p = s.field(p, st, i)
			preset = preset || st.Defaults[i] != nil
		}
		if _, optional := f.Type.(*types.Optional); !optional && !preset {
			required = append(required, f.Key())
		}
		properties = append(properties, member{f.Key(), withText(f.Doc, p)})
	}
	if st != nil && st.Type.Rest() != nil && st.Type.Member && tag == "" {
		properties = append(properties, member{"type", false}) // where a union has its member
	}
	o := Object{{"type", "object"}, {"properties", properties}}
	if len(required) > 0 {
		o = append(o, member{"required", required})
	}
	return append(o, member{"additionalProperties", others})
}

// field is the schema p of a declared field with its default and constraints. What a
// schema can't say of a constraint is in the description alone.
func (s *Schemas) field(p Object, st *plan.Struct, i int) Object {
	for _, w := range st.Wheres {
		if w.Field == st.Type.Fields[i] {
			p = withText("must satisfy "+w.Text, p)
			for _, b := range bounds(w.Cond, st.Vars[i]) {
				p = p.with(b.key, b.value)
			}
		}
	}
	if x := preset(st, i); x != nil {
		p = append(p, member{"default", defaultValue(x)})
	}
	return p
}

// preset is the default of a field; nil where it has none.
func preset(st *plan.Struct, i int) plan.Expr {
	if _, none := st.Defaults[i].(*plan.None); none {
		return nil
	}
	return st.Defaults[i]
}

// boundKeys are the keys for comparisons of a number, and turned those for the
// comparisons that have it on the right.
var (
	boundKeys = map[dsl.BinaryOp]string{
		dsl.Less: "exclusiveMaximum", dsl.LessEq: "maximum", dsl.More: "exclusiveMinimum", dsl.MoreEq: "minimum",
	}
	turned = map[dsl.BinaryOp]dsl.BinaryOp{
		dsl.Less: dsl.More, dsl.LessEq: dsl.MoreEq, dsl.More: dsl.Less, dsl.MoreEq: dsl.LessEq,
	}
)

// bounds are what a schema can say of a constraint: comparisons of the number v with
// constants, all of which hold.
func bounds(cond plan.Expr, v *plan.Variable) Object {
	b, ok := cond.(*plan.Binary)
	if !ok {
		return nil
	}
	if b.Op == dsl.AndAnd {
		return append(bounds(b.X, v), bounds(b.Y, v)...)
	}
	op, x, y := b.Op, b.X, b.Y
	if isVar(y, v) {
		op, x, y = turned[op], y, x
	}
	limit, ok := number(y)
	if key := boundKeys[op]; key != "" && ok && isVar(x, v) {
		return Object{{key, limit}}
	}
	return nil
}

func isVar(x plan.Expr, v *plan.Variable) bool {
	r, ok := x.(*plan.Var)
	return ok && r.V == v
}

// number gives a constant number as JSON has it.
func number(x plan.Expr) (n any, ok bool) {
	sign := ""
	if u, negated := x.(*plan.Unary); negated && u.Op == dsl.Neg {
		x, sign = u.X, "-"
	}
	c, ok := x.(*plan.Const)
	if !ok || !types.IsNumeric(c.Typ) {
		return nil, false
	}
	if whole := constant.ToInt(c.Value); whole.Kind() == constant.Int {
		return json.Number(sign + whole.ExactString()), true
	}
	f, _ := constant.Float64Val(c.Value)
	text, err := json.Marshal(f)
	return json.Number(sign + string(text)), err == nil
}

// withText puts a description first, before one that is there.
func withText(text string, o Object) Object {
	if text == "" {
		return o
	}
	if len(o) > 0 && o[0].key == "description" {
		return append(Object{{"description", text + "\n" + o[0].value.(string)}}, o[1:]...)
	}
	return append(Object{{"description", text}}, o...)
}

func anys(list []string) []any {
	all := make([]any, len(list))
	for i, s := range list {
		all[i] = s
	}
	return all
}
