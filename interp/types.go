package interp

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// basics are the Go types of the predeclared types.
var basics = map[types.Kind]reflect.Type{
	types.Nothing: reflect.TypeFor[runtime.None](), types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Time: timeType, types.Duration: durationType, types.Any: anyType, types.Failure: errorType,
}

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
	anyType      = reflect.TypeFor[any]()
	errorType    = reflect.TypeFor[error]()
	recordType   = reflect.TypeFor[pure.Record]()
	variantType  = reflect.TypeFor[pure.Variant]()
)

// goType is the Go type of the values of a type: the one that generated code has,
// but that enums are strings, structs are Records, and named numbers, strings and bools
// of Go are what is underneath.
func goType(t types.Type) reflect.Type {
	switch t := t.(type) {
	case *types.Basic:
		return basics[t.Kind]
	case *types.Enum:
		return basics[types.String]
	case *types.List:
		return reflect.SliceOf(goType(t.Elem))
	case *types.Map:
		return reflect.MapOf(goType(t.Key), goType(t.Elem))
	case *types.Optional:
		return reflect.PointerTo(goType(t.Elem))
	case *types.Struct:
		return recordType
	case *types.Union:
		return variantType
	case *types.Go:
		if t.Under != nil {
			return goType(t.Under)
		}
		return linkedType(t)
	}
	panic("internal error: no Go type for " + t.String())
}

// A layout is how a struct is held: the struct type inside of its Records, with a
// field for each of the declared ones in their order.
type layout struct {
	fields []*types.Field
	inner  reflect.Type
	shape  *pure.Shape
	// decl has the constraints; nil for the parameters of a workflow.
	decl *plan.Struct
}

// isOpen tells whether the last field holds all other keys.
func (l *layout) isOpen() bool { return len(l.fields) > 0 && l.fields[len(l.fields)-1].Rest }

// layOut makes the layouts of the declared structs and errors.
func (p *Program) layOut() error {
	for _, s := range p.plan.Structs {
		p.layouts[s.Type] = &layout{fields: s.Type.Fields, shape: pure.RecordShape(), decl: s}
		for i, f := range s.Type.Fields {
			p.places[f] = i
		}
	}
	for _, s := range p.foreign() {
		if err := p.adopt(s); err != nil {
			return err
		}
	}
	for _, t := range types.Predeclared {
		p.layouts[t] = &layout{
			fields: t.Fields, shape: pure.RecordShape(), decl: &plan.Struct{Type: t, Defaults: make([]plan.Expr, len(t.Fields))},
		}
		for i, f := range t.Fields {
			p.places[f] = i
		}
	}
	for t, l := range p.layouts {
		if p.homes[t] != nil {
			continue // complete already
		}
		if err := p.complete(l, l.decl.Defaults); err != nil {
			return err
		}
	}
	return nil
}

// complete makes the struct type of a layout and the shape of its Records.
func (p *Program) complete(l *layout, defaults []plan.Expr) error {
	var fields []reflect.StructField
	var shapes []*pure.Shape
	for i, f := range l.fields {
		tag, err := p.tags(f, defaults[i])
		if err != nil {
			return err
		}
		fields = append(fields, reflect.StructField{Name: "F" + strconv.Itoa(i), Type: goType(f.Type), Tag: tag})
		if f.Rest {
			shapes = append(shapes, p.shape(f.Type.(*types.Map).Elem))
			continue
		}
		shapes = append(shapes, p.shape(f.Type))
	}
	l.inner = reflect.StructOf(fields)
	if l.isOpen() {
		pure.DeclareOpenType(l.inner)
	}
	l.shape.SetFields(l.inner, shapes)
	return nil
}

// tags are a field's struct tags as the runtime reads them: those that generated
// code has.
func (p *Program) tags(f *types.Field, value plan.Expr) (reflect.StructTag, error) {
	if f.Rest {
		return `json:",inline"`, nil
	}
	name := f.Key()
	if _, optional := f.Type.(*types.Optional); optional {
		name += ",omitempty"
	}
	text := "json:" + strconv.Quote(name)
	if _, none := value.(*plan.None); none || value == nil {
		return reflect.StructTag(text), nil
	}
	preset, err := p.presetText(value)
	return reflect.StructTag(text + " default:" + strconv.Quote(preset)), err
}

// presetText is a default as a tag has it: JSON, but texts bare.
func (p *Program) presetText(x plan.Expr) (string, error) {
	data, err := pure.Encode((&env{p: p}).expr(x).Interface())
	if err != nil || !strings.HasPrefix(string(data), `"`) {
		return string(data), err
	}
	var text string
	err = pure.Decode(data, "", &text)
	return text, err
}

// shape is how JSON becomes a value of a type.
func (p *Program) shape(t types.Type) *pure.Shape {
	switch t := t.(type) {
	case *types.Struct:
		return p.layouts[t].shape
	case *types.Union:
		var names []string
		var members []*pure.Shape
		for _, m := range t.Members {
			names, members = append(names, m.Name), append(members, p.shape(m))
		}
		return pure.UnionShape(names, members)
	case *types.List:
		return p.shape(t.Elem).List()
	case *types.Optional:
		return p.shape(t.Elem).Optional()
	case *types.Map:
		return p.shape(t.Elem).Map(goType(t.Key))
	}
	return pure.ShapeOf(goType(t))
}

// parameters is the layout of the parameters of a workflow, or of what a model chooses: an
// object with a key for each.
func (p *Program) parameters(params []*plan.Variable) (*layout, error) {
	l := &layout{shape: pure.RecordShape()}
	for _, v := range params {
		l.fields = append(l.fields, &types.Field{Name: v.Name, Type: v.Type})
	}
	return l, p.complete(l, make([]plan.Expr, len(l.fields)))
}

// place is a place in the source as the runtime has it.
func place(p plan.Pos) string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
}
