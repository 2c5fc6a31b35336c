package plan

import (
	"fmt"
	"go/constant"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// selector lowers X.Sel: an enum's member, a fact about the run, or a path.
func (b *builder) selector(x *dsl.SelectorExpr) Expr {
	if m, ok := b.info.Uses[x.Sel].(*checker.Member); ok {
		return &Member{T{m.Enum}, m.Name}
	}
	if b.ofRun(x) {
		return &RunField{T{b.info.Types[x]}, x.Sel.Name}
	}
	return b.path(x)
}

// ofRun tells whether x is run.id or run.started.
func (b *builder) ofRun(x *dsl.SelectorExpr) bool {
	name, ok := x.X.(*dsl.Ident)
	if !ok {
		return false
	}
	_, ok = b.info.Uses[name].(*checker.Builtin)
	return ok
}

// path lowers fields, indexes and slices of one base from left to right, so that
// a ?. can hold all that is right of it.
func (b *builder) path(x dsl.Expr) Expr {
	var links []dsl.Expr
	for b.isLink(x) {
		links = append([]dsl.Expr{x}, links...)
		x = operands(x)[0]
	}
	return b.follow(b.expr(x), links)
}

func (b *builder) isLink(x dsl.Expr) bool {
	switch x := x.(type) {
	case *dsl.SelectorExpr:
		_, member := b.info.Uses[x.Sel].(*checker.Member)
		return !member && !b.ofRun(x)
	case *dsl.IndexExpr, *dsl.SliceExpr:
		return true
	}
	return false
}

// follow lowers the links of a path. The last one is adapted by expr, as every
// expression is.
func (b *builder) follow(x Expr, links []dsl.Expr) Expr {
	for i, link := range links {
		if t, ok := x.Type().(*types.Optional); ok && skips(link) && !IsAny(t) {
			return b.skipping(x, t.Elem, links[i:])
		}
		x = b.link(x, link)
		if i < len(links)-1 {
			x = b.adapt(link, x)
		}
	}
	return x
}

func skips(link dsl.Expr) bool {
	s, ok := link.(*dsl.SelectorExpr)
	return ok && s.Optional
}

// skipping lowers X?.… with the rest of the path inside.
func (b *builder) skipping(x Expr, elem types.Type, links []dsl.Expr) Expr {
	v := &Variable{Name: pathName(x), Type: elem}
	then := b.link(&Var{T{elem}, v}, links[0])
	if len(links) > 1 {
		then = b.follow(b.adapt(links[0], then), links[1:])
	}
	t := then.Type()
	if _, ok := t.(*types.Optional); !ok {
		t = &types.Optional{Elem: t}
	}
	return &Path{T{t}, x, v, then}
}

// pathName is a name for the value of an optional.
func pathName(x Expr) string {
	switch x := x.(type) {
	case *Var:
		return x.V.Name
	case *Field:
		return x.Field.Name
	}
	return "value"
}

// link lowers one field, index or slice. One of an optional stands where that is
// known not to be none.
func (b *builder) link(x Expr, link dsl.Expr) Expr {
	if IsAny(x.Type()) {
		return b.part(x, link)
	}
	if t, ok := x.Type().(*types.Optional); ok {
		x = &Deref{T{t.Elem}, x}
	}
	switch link := link.(type) {
	case *dsl.SelectorExpr:
		return fieldOf(x, link.Sel.Name)
	case *dsl.IndexExpr:
		return b.index(x, link)
	case *dsl.SliceExpr:
		out := &Slice{T: T{x.Type()}, X: x, Pos: b.pos(link.Span)}
		if link.Lo != nil {
			out.Lo = b.expr(link.Lo)
		}
		if link.Hi != nil {
			out.Hi = b.expr(link.Hi)
		}
		return out
	}
	panic(fmt.Sprintf("internal error: %T in a path", link))
}

// part lowers one field or index of an any, which needn't be there.
func (b *builder) part(x Expr, link dsl.Expr) Expr {
	if some, ok := x.(*Deref); ok {
		x = some.X
	}
	out := &Lookup{T: T{&types.Optional{Elem: types.Basics[types.Any]}}, X: x, Pos: b.pos(link.Place())}
	switch link := link.(type) {
	case *dsl.SelectorExpr:
		out.Key = &Const{T{types.Basics[types.String]}, constant.MakeString(link.Sel.Name)}
	case *dsl.IndexExpr:
		out.Key = b.expr(link.Index)
	}
	return out
}

func fieldOf(x Expr, name string) Expr {
	switch t := x.Type().(type) {
	case *types.Struct:
		if f := t.Field(name); f != nil {
			return &Field{T{f.Type}, x, f}
		}
	case *types.Go:
		if f := t.Field(name); f != nil {
			return &Field{T{f.Type}, x, f}
		}
	case *types.Basic:
		if t.Kind == types.Failure {
			return &FailureField{T{types.Basics[types.String]}, x, name}
		}
	}
	panic("internal error: " + x.Type().String() + " has no field " + name)
}

func (b *builder) index(x Expr, link *dsl.IndexExpr) Expr {
	i := b.expr(link.Index)
	switch t := x.Type().(type) {
	case *types.List:
		return &Index{T{t.Elem}, x, i, b.pos(link.Span)}
	case *types.Map:
		if opt, ok := t.Elem.(*types.Optional); ok {
			return &Lookup{T: T{opt}, X: x, Key: i}
		}
		return &Lookup{T: T{&types.Optional{Elem: t.Elem}}, X: x, Key: i}
	}
	return &Index{T{types.Basics[types.Uint8]}, x, i, b.pos(link.Span)}
}
