package build

import "github.com/wfgen/wfgen/dsl"

// A Type is a type as it is written.
type Type struct{ expr dsl.TypeExpr }

// The predeclared types that most workflows use; Named gives the others.
var (
	Bool     = Named("bool")
	String   = Named("string")
	Int      = Named("int")
	Float64  = Named("float64")
	Time     = Named("time")
	Duration = Named("duration")
	Any      = Named("any")
)

// Named is a type by its name: Order, or shop.Order of an imported package.
func Named(name string) Type {
	pkg, rest := split(name)
	return Type{&dsl.NamedType{Package: pkg, Name: rest}}
}

// List is a list of an elem.
func List(elem Type) Type { return Type{&dsl.ListType{Elem: elem.expr}} }

// Map is a map from a key to an elem.
func Map(key, elem Type) Type { return Type{&dsl.MapType{Key: key.expr, Elem: elem.expr}} }

// Optional is elem or none.
func Optional(elem Type) Type { return Type{&dsl.OptionalType{Elem: elem.expr}} }

// A Field is a field of a type or error.
type Field struct{ field *dsl.Field }

// NewField is a field without a default or constraint.
func NewField(name string, t Type) *Field { return &Field{&dsl.Field{Name: id(name), Type: t.expr}} }

// NewRest is the last field of a type that is open: t is a map from string, which holds the
// keys of an object that are no other field's.
func NewRest(name string, t Type) *Field {
	return &Field{&dsl.Field{Rest: true, Name: id(name), Type: t.expr}}
}

// JSON gives the field another name in JSON.
func (f *Field) JSON(name string) *Field {
	f.field.JSON = &dsl.StringLit{Parts: []dsl.StringPart{{Text: name}}}
	return f
}

// Default gives the field a default.
func (f *Field) Default(value any) *Field {
	f.field.Default = expr(value)
	return f
}

// Where gives the field a constraint, in which all fields are known by their names.
func (f *Field) Where(cond Expr) *Field {
	f.field.Where = cond.tree()
	return f
}

func fieldsOf(fields []*Field) []*dsl.Field {
	var out []*dsl.Field
	for _, f := range fields {
		out = append(out, f.field)
	}
	return out
}

// A Signature is what a tool, func or workflow takes and gives.
type Signature struct {
	params []*dsl.Param
	result dsl.TypeExpr
}

// Takes adds a parameter to a signature that has none.
func Takes(name string, t Type) Signature { return Signature{}.Takes(name, t) }

// Gives is a signature without parameters.
func Gives(t Type) Signature { return Signature{}.Gives(t) }

// Takes adds a parameter.
func (s Signature) Takes(name string, t Type) Signature {
	s.params = append(s.params[:len(s.params):len(s.params)], &dsl.Param{Name: id(name), Type: t.expr})
	return s
}

// Gives sets the result.
func (s Signature) Gives(t Type) Signature {
	s.result = t.expr
	return s
}
