package codegen

import (
	"go/constant"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// needsStatements tells whether an expression is more than one in Go.
func needsStatements(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.PureIf, *plan.PureMatch, *plan.PureFor, *plan.PureLoop:
		return true
	case *plan.StructLit:
		return x.Spread != nil
	}
	return false
}

// block writes an expression that is statements in Go where a value has to stand:
// a variable that is set before, or, where it may not be evaluated, a function
// literal that is called.
func (b *body) block(x plan.Expr) *jen.Statement {
	if !b.lazy {
		name := b.temp(blockName(x))
		b.pureInto(sink{kind: define, name: name, typ: x.Type()}, x)
		return jen.Id(name)
	}
	in := b.literal(leave{result: x.Type(), pure: true})
	in.pureInto(sink{kind: give, typ: x.Type()}, x)
	return jen.Func().Params().Add(goType(x.Type())).Block(in.stmts...).Call()
}

func blockName(x plan.Expr) string {
	switch x.(type) {
	case *plan.PureFor:
		return "list"
	case *plan.StructLit:
		return "next"
	}
	return "value"
}

// pureInto writes an expression and puts its value where it goes.
func (b *body) pureInto(s sink, x plan.Expr) {
	switch x := x.(type) {
	case *plan.PureIf:
		s = b.declared(s)
		b.pureIf(s, x)
	case *plan.PureMatch:
		s = b.declared(s)
		b.pureMatch(s, x)
	case *plan.PureFor:
		b.pureFor(s, x)
	case *plan.PureLoop:
		b.pureLoop(s, x)
	case *plan.StructLit:
		if x.Spread != nil {
			b.copyStruct(s, x)
			return
		}
		b.into(s, x)
	default:
		b.into(s, x)
	}
}

func (b *body) pureBlock(s sink, p *plan.Pure) {
	for _, l := range p.Lets {
		b.binding(p, l)
	}
	b.pureInto(s, p.Value)
}

// binding writes a binding of a block.
func (b *body) binding(p *plan.Pure, l *plan.PureLet) {
	if l.V == nil {
		b.discard(l.X)
		return
	}
	b.define(l.V, l.X)
	if !usesVar(p, l.V) {
		b.add(jen.Id("_").Op("=").Id(b.vars[l.V]))
	}
}

// usesVar tells whether a block reads one of its own bindings.
func usesVar(p *plan.Pure, v *plan.Variable) bool {
	used := false
	p.Walk(func(x plan.Expr) { used = used || isVar(x, v) })
	return used
}

// pureIf writes if … else …. Where both branches return, the second needs no else.
func (b *body) pureIf(s sink, x *plan.PureIf) {
	cond := b.expr(x.Cond)
	then, els := b.inner(), b.inner()
	then.pureBlock(s, x.Then)
	els.pureBlock(s, x.Else)
	if s.kind == give {
		b.add(jen.If(cond).Block(then.stmts...))
		b.add(els.stmts...)
		return
	}
	if next, ok := x.Else.Value.(*plan.PureIf); ok && len(x.Else.Lets) == 0 && len(els.stmts) == 1 && next != nil {
		b.add(jen.If(cond).Block(then.stmts...).Else().Add(els.stmts[0]))
		return
	}
	b.add(jen.If(cond).Block(then.stmts...).Else().Block(els.stmts...))
}

func (b *body) pureMatch(s sink, x *plan.PureMatch) {
	matched := make([]plan.Case, len(x.Arms))
	for i, arm := range x.Arms {
		matched[i] = arm.Case
	}
	if b.byType(x.X, x.Pos, matched, s.kind == give, func(in *body, i int) { in.pureBlock(s, x.Arms[i].Body) }) {
		return
	}
	cases := make([]switchCase, len(x.Arms))
	for i, arm := range x.Arms {
		in := b.inner()
		in.pureBlock(s, arm.Body)
		cases[i] = switchCase{arm.Pattern, in.stmts}
	}
	b.switchOn(x.X, cases, true)
}

// A switchCase is one arm of a match; its pattern is nil for _.
type switchCase struct {
	pattern plan.Expr
	stmts   []jen.Code
}

// switchOn writes a switch. In one that gives values the last case is the
// default: the checker has seen that the cases cover all there is, and Go wants
// to see it too.
func (b *body) switchOn(x plan.Expr, cases []switchCase, values bool) {
	value := b.expr(x)
	tagless := false
	for _, c := range cases {
		tagless = tagless || c.pattern != nil && (isNone(c.pattern) || !types.GoComparable(x.Type()))
	}
	if tagless && !simple(x) {
		name := b.temp("value")
		b.add(jen.Id(name).Op(":=").Add(value))
		value = jen.Id(name)
	}
	var code []jen.Code
	last := len(cases) - 1
	rest := cases[last].pattern == nil
	for i, c := range cases {
		elsewhere := rest || values && i < last // where a value would go that has no case
		switch {
		case len(c.stmts) == 0 && (c.pattern == nil || !elsewhere): // nothing to do
		case c.pattern == nil:
			code = append(code, jen.Default().Block(c.stmts...))
		case values && i == last:
			stmts := append([]jen.Code{jen.Comment(patternText(c.pattern))}, c.stmts...)
			code = append(code, jen.Default().Block(stmts...))
		case tagless:
			code = append(code, jen.Case(b.matches(value, c.pattern)).Block(c.stmts...))
		default:
			code = append(code, jen.Case(b.expr(c.pattern)).Block(c.stmts...))
		}
	}
	if tagless {
		b.add(jen.Switch().Block(code...))
		return
	}
	b.add(jen.Switch(value).Block(code...))
}

func (b *body) matches(value *jen.Statement, pattern plan.Expr) jen.Code {
	if isNone(pattern) {
		return value.Clone().Op("==").Nil()
	}
	return b.equal(pattern.Type(), value.Clone(), b.expr(pattern))
}

func patternText(p plan.Expr) string {
	switch p := p.(type) {
	case *plan.Member:
		return p.Name
	case *plan.Const:
		if p.Value.Kind() == constant.String {
			return p.Value.ExactString()
		}
		return p.Value.String()
	}
	return "none"
}

// pureFor writes for … { e } as a loop that appends.
func (b *body) pureFor(s sink, x *plan.PureFor) {
	list := b.ranged(x.X)
	name := s.name
	if s.kind != define {
		name = b.temp("list")
	}
	b.add(jen.Id(name).Op(":=").Make(goType(x.Typ), jen.Lit(0), jen.Len(list.Clone())))
	elem := x.Typ.(*types.List).Elem
	round := sink{kind: collect, name: name, typ: elem, fit: b.fitted(elem, x.Body, x.Pos)}
	b.loop(x, list, func(in *body) { in.pureBlock(round, x.Body) })
	b.pass(s, name)
}

// pass puts a variable's value where it goes.
func (b *body) pass(s sink, name string) {
	switch s.kind {
	case drop:
		b.add(jen.Id("_").Op("=").Id(name))
	case assign:
		b.add(jen.Id(s.name).Op("=").Id(name))
	case give:
		b.add(jen.Return(b.given(jen.Id(name))...))
	case collect:
		value := jen.Id(name)
		if s.fit != nil {
			value = s.fit.add(b, value)
		}
		b.add(jen.Id(s.name).Op("=").Append(jen.Id(s.name), value))
	}
}

// given are the results of a function literal that gives x.
func (b *body) given(x jen.Code) []jen.Code {
	if b.leave.pure {
		return []jen.Code{x}
	}
	return []jen.Code{x, jen.Nil()}
}

// ranged writes the list or map of a loop; one that isn't just a name gets one, so
// that its length can be asked too.
func (b *body) ranged(x plan.Expr) *jen.Statement {
	code := b.expr(x)
	if simple(x) {
		return code
	}
	if call, ok := x.(*plan.PureFor); ok && call != nil {
		return code
	}
	name := b.temp("all")
	b.add(jen.Id(name).Op(":=").Add(code))
	return jen.Id(name)
}

// loop writes a loop without steps over a list or, in the order of its keys, a map.
func (b *body) loop(x *plan.PureFor, list *jen.Statement, round func(*body)) {
	key, value, where, p := x.Key, x.Value, x.Where, x.Body
	in := b.inner()
	keyName, valueName := "_", "_"
	if key != nil && (usesVar(p, key) || where != nil && reads(where, key)) {
		keyName = in.declare(key)
	}
	if usesVar(p, value) || where != nil && reads(where, value) {
		valueName = in.declare(value)
	}
	if x.Looks() {
		in.mayStop()
	}
	if where != nil {
		in.add(jen.If(in.not(where)).Block(jen.Continue()))
	}
	round(in)
	b.add(jen.For(rangeClause(keyName, valueName, list, x.X.Type())).Block(in.stmts...))
}

// rangeClause writes key, value := range list, without what isn't used.
func rangeClause(key, value string, list *jen.Statement, t types.Type) jen.Code {
	if _, ok := t.(*types.Map); ok {
		list = jen.Qual(purePath, "Sorted").Call(list)
	}
	switch {
	case key == "_" && value == "_":
		return jen.Range().Add(list)
	case value == "_":
		return jen.Id(key).Op(":=").Range().Add(list)
	}
	return jen.List(jen.Id(key), jen.Id(value)).Op(":=").Range().Add(list)
}

// copyStruct writes T{...old, n: 2} as a copy whose fields are set.
func (b *body) copyStruct(s sink, x *plan.StructLit) {
	name := s.name
	if s.kind != define {
		name = b.temp("next")
	}
	b.add(jen.Id(name).Op(":=").Add(b.self(x.Spread)))
	for _, f := range x.Fields {
		b.add(jen.Id(name).Dot(f.Field.GoName).Op("=").Add(b.expr(f.X)))
	}
	b.pass(s, name)
}

// reads tells whether an expression reads a variable.
func reads(x plan.Expr, v *plan.Variable) bool {
	found := false
	plan.Walk(x, func(x plan.Expr) { found = found || isVar(x, v) })
	return found
}

func isVar(x plan.Expr, v *plan.Variable) bool {
	r, ok := x.(*plan.Var)
	return ok && r.V == v
}
