package plan

import (
	"fmt"
	"go/constant"
	"slices"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// expr lowers an expression as it is used: constants folded, narrowed optionals
// read, values made optional where that is wanted.
func (b *builder) expr(x dsl.Expr) Expr {
	if v, ok := b.info.Consts[x]; ok {
		return b.adapt(x, constOf(b.info.Types[x], v))
	}
	return b.adapt(x, b.bare(x))
}

func (b *builder) exprs(xs []dsl.Expr) []Expr {
	var out []Expr
	for _, x := range xs {
		out = append(out, b.expr(x))
	}
	return out
}

// constOf is a constant; one of a float type is a float even where it is written
// as an integer.
func constOf(t types.Type, v constant.Value) Expr {
	if types.IsFloat(t) {
		v = constant.ToFloat(v)
	}
	return &Const{T{t}, v}
}

// adapt takes the step from T? to T or from T to T? that the source leaves
// implicit.
func (b *builder) adapt(x dsl.Expr, e Expr) Expr {
	opt, isOptional := e.Type().(*types.Optional)
	if t := b.info.Types[x]; isOptional && (b.info.Narrowed[x] || t != nil && types.Identical(t, opt.Elem)) {
		e = &Deref{T{opt.Elem}, e}
	}
	if want := b.info.Wanted[x]; want != nil && !types.Identical(want, e.Type()) {
		e = fitted(e, want)
	}
	return e
}

// fitted makes of a value the union or optional that it stands for.
func fitted(e Expr, want types.Type) Expr {
	o, optional := want.(*types.Optional)
	elem := want
	if optional {
		elem = o.Elem
	}
	if _, union := elem.(*types.Union); union && !types.Identical(e.Type(), elem) {
		e = &Widen{T{elem}, e}
	}
	if optional {
		e = &Some{T{want}, e}
	}
	return e
}

// bare lowers an expression as it stands.
func (b *builder) bare(x dsl.Expr) Expr {
	if b.out != nil && b.isStep(x) { // in a pure place a fail in a block is a Raise
		return b.hoisted(x)
	}
	t := T{b.info.Types[x]}
	switch x := x.(type) {
	case *dsl.Ident:
		return b.name(x)
	case *dsl.BasicLit:
		return b.none(x)
	case *dsl.StringLit:
		return b.interp(x)
	case *dsl.ListLit:
		return &ListLit{t, b.exprs(x.Elems)}
	case *dsl.MapLit:
		return b.mapLit(x)
	case *dsl.StructLit:
		return b.structLit(x)
	case *dsl.ParenExpr:
		return b.expr(x.X)
	case *dsl.UnaryExpr:
		return &Unary{t, x.Op, b.expr(x.X)}
	case *dsl.BinaryExpr:
		return b.binary(x)
	case *dsl.SelectorExpr:
		return b.selector(x)
	case *dsl.IndexExpr, *dsl.SliceExpr:
		return b.path(x)
	case *dsl.CallExpr:
		return b.pureCall(x)
	case *dsl.KeyedExpr:
		list := b.expr(x.List)
		return &Keyed{t, x.Fun, list, b.element(x.Var, list), b.inPure().expr(x.Key), b.pos(x.Span)}
	case *dsl.IfExpr:
		return &PureIf{t, b.expr(x.Cond), b.inPure().pure(x.Then), b.inPure().pure(x.Else)}
	case *dsl.MatchExpr:
		return b.pureMatch(x)
	case *dsl.ForExpr:
		return b.pureFor(x)
	case *dsl.LoopExpr:
		return b.pureLoop(x)
	case *dsl.DecodeExpr:
		return &Decode{t, b.expr(x.X), b.pos(x.Span)}
	}
	panic(fmt.Sprintf("internal error: %T in a sound program", x))
}

func (b *builder) name(x *dsl.Ident) Expr {
	switch o := b.info.Uses[x].(type) {
	case *checker.Var:
		v := b.variable(o)
		return &Var{T{v.Type}, v}
	case *checker.Member:
		return &Member{T{o.Enum}, o.Name}
	}
	panic("internal error: " + x.Name + " is no value")
}

// none lowers the one literal that isn't a constant.
func (b *builder) none(x *dsl.BasicLit) Expr {
	if x.Kind != dsl.NoneLit {
		panic("internal error: the literal " + x.Text + " has no value")
	}
	t := b.info.Types[x]
	if _, ok := t.(*types.Optional); !ok && !IsAny(t) {
		t = b.info.Wanted[x]
	}
	return &None{T{t}}
}

func (b *builder) interp(x *dsl.StringLit) Expr {
	text := T{types.Basics[types.String]}
	out := &Interp{T: text, Pos: b.pos(x.Span)}
	for _, p := range x.Parts {
		if p.X != nil {
			out.Parts = append(out.Parts, plain(b.expr(p.X)))
		} else if p.Text != "" {
			out.Parts = append(out.Parts, &Const{text, constant.MakeString(p.Text)})
		}
	}
	return out
}

// mapLit lowers a map literal. One with more than entries merges maps, in their order:
// those of the entries that follow each other, those that are spread, and those of a for,
// whose rounds give one each.
func (b *builder) mapLit(x *dsl.MapLit) Expr {
	t := T{b.info.Types[x]}
	var parts []Expr
	entries := &MapLit{T: t}
	for _, e := range x.Entries {
		if e.Spread == nil && e.For == nil {
			entries.Keys = append(entries.Keys, b.expr(e.Key))
			entries.Values = append(entries.Values, b.expr(e.Value))
			continue
		}
		if len(entries.Keys) > 0 {
			parts = append(parts, entries)
			entries = &MapLit{T: t}
		}
		if e.For != nil {
			parts = append(parts, b.expr(e.For))
		} else {
			parts = append(parts, b.expr(e.Spread))
		}
	}
	if len(parts) == 0 {
		return entries
	}
	if len(entries.Keys) > 0 {
		parts = append(parts, entries)
	}
	return &Builtin{t, Merge, parts, b.pos(x.Span)}
}

// structLit lowers a struct literal: the fields in the order of their
// declaration, completed with defaults.
func (b *builder) structLit(x *dsl.StructLit) Expr {
	fields, defaultOf := b.fieldsOf(x)
	out := &StructLit{T: T{b.info.Types[x]}}
	if x.Spread != nil {
		out.Spread = b.expr(x.Spread)
	}
	given := map[string]Expr{}
	for _, f := range x.Fields {
		given[f.Name.Name] = b.expr(f.Value)
	}
	for i, f := range fields {
		value := given[f.Name]
		if value == nil && x.Spread == nil {
			value = defaultOf(i)
		}
		if f.Rest {
			value = b.rest(x, f, value)
		}
		if value != nil {
			out.Fields = append(out.Fields, FieldValue{f, value})
		}
	}
	return out
}

// rest is the value of the field that holds the keys which are no other field's: empty
// where a literal gives none. Those that may clash with a field are looked at.
func (b *builder) rest(x *dsl.StructLit, f *types.Field, value Expr) Expr {
	if value == nil && x.Spread == nil {
		return &MapLit{T: T{f.Type}}
	}
	if value == nil || hasConstantKeys(value) {
		return value // the checker has looked at them
	}
	args := []Expr{value}
	for _, key := range b.info.Types[x].(*types.Struct).Reserved() {
		args = append(args, &Const{T{types.Basics[types.String]}, constant.MakeString(key)})
	}
	return &Builtin{T{f.Type}, Rest, args, b.pos(x.Span)}
}

func hasConstantKeys(x Expr) bool {
	m, ok := x.(*MapLit)
	return ok && !slices.ContainsFunc(m.Keys, func(key Expr) bool { _, constant := key.(*Const); return !constant })
}

// binary lowers an operator. A ?? whose left side is known not to be none is that
// side.
func (b *builder) binary(x *dsl.BinaryExpr) Expr {
	left := b.expr(x.X)
	if _, ok := left.Type().(*types.Optional); x.Op == dsl.Coalesce && !ok {
		return left
	}
	right := b.expr(x.Y)
	if equality := x.Op == dsl.Eq || x.Op == dsl.NotEq; equality && IsAny(right.Type()) && !IsAny(left.Type()) {
		left, right = right, left
	}
	if b.info.Deep[x] {
		asValues := !types.IsExact(left.Type()) || !types.IsExact(right.Type())
		left, right = b.jsonOf(left, x.X, asValues), b.jsonOf(right, x.Y, asValues)
	}
	return &Binary{T{b.info.Types[x]}, x.Op, left, right, b.pos(x.OpSpan)}
}

// jsonOf is the JSON of a value. asValue has its keys in one order, whether a struct or a map
// has given them.
func (b *builder) jsonOf(e Expr, x dsl.Expr, asValue bool) Expr {
	text := &Builtin{T{types.Basics[types.String]}, "json", []Expr{e}, b.pos(x.Place())}
	if !asValue {
		return text
	}
	return b.jsonOf(&Decode{T{types.Basics[types.Any]}, text, text.Pos}, x, false)
}

// pureCall lowers a conversion or the call of a func or builtin.
func (b *builder) pureCall(x *dsl.CallExpr) Expr {
	t, at := T{b.info.Types[x]}, b.pos(x.Span)
	switch o := b.info.Uses[x.Fun].(type) {
	case *checker.Func:
		return &FuncCall{t, b.funcs[o], b.exprs(x.Args), at}
	case *checker.TypeName:
		return convert(t.Typ, b.expr(x.Args[0]), at)
	case *checker.Builtin:
		if types.Lookup(o.Name) != nil {
			return convert(t.Typ, b.expr(x.Args[0]), at)
		}
		return &Builtin{t, o.Name, b.exprs(x.Args), at}
	}
	panic("internal error: " + x.Fun.Name + " can't be called")
}
