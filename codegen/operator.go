package codegen

import (
	"go/constant"
	"go/token"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

var tokens = map[dsl.BinaryOp]token.Token{
	dsl.OrOr: token.LOR, dsl.AndAnd: token.LAND, dsl.Eq: token.EQL, dsl.NotEq: token.NEQ,
	dsl.Less: token.LSS, dsl.LessEq: token.LEQ, dsl.More: token.GTR, dsl.MoreEq: token.GEQ,
	dsl.Add: token.ADD, dsl.Sub: token.SUB, dsl.Mul: token.MUL, dsl.Div: token.QUO, dsl.Rem: token.REM,
}

func isTime(x plan.Expr) bool { return types.Is(x.Type(), types.Time) }

func isNone(x plan.Expr) bool { _, ok := x.(*plan.None); return ok }

// plainOp gives the Go operator that an expression becomes; ok is false where it
// becomes something else.
func plainOp(x *plan.Binary) (op token.Token, ok bool) {
	op, ok = tokens[x.Op]
	_, list := x.X.Type().(*types.List)
	switch {
	case !ok, list, isTime(x.X):
		return op, false
	case x.Op == dsl.Eq || x.Op == dsl.NotEq:
		return op, isNone(x.X) || isNone(x.Y) || types.GoComparable(x.X.Type()) && !x.LooksInto()
	case x.Op == dsl.Div || x.Op == dsl.Rem:
		return op, types.IsFloat(x.Typ) || nonZero(x.Y)
	case x.Op == dsl.Mul && types.IsFloat(x.Typ):
		return op, false
	case x.Op == dsl.Add && plan.Multiplies(plan.Summands(x)):
		return op, false
	}
	return op, true
}

func nonZero(x plan.Expr) bool {
	c, ok := x.(*plan.Const)
	return ok && constant.Sign(c.Value) != 0
}

func (b *body) unary(x *plan.Unary) *jen.Statement {
	if _, constant := x.X.(*plan.Const); constant && x.Op == dsl.Neg {
		return jen.Op("-").Add(b.variable(x.X))
	}
	if x.Op == dsl.Neg {
		return jen.Op("-").Add(b.operand(x.X, primaryPrec))
	}
	return b.not(x.X)
}

// inverse holds the comparison that is true where another is false. For floats
// only equality has one: no ordering holds beside a NaN.
var inverse = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR,
}

// not writes the negation of a condition as a person would.
func (b *body) not(x plan.Expr) *jen.Statement {
	switch x := x.(type) {
	case *plan.Unary:
		if x.Op == dsl.Not {
			return b.expr(x.X)
		}
	case *plan.Binary:
		if x.Op == dsl.NotIn {
			return b.in(x)
		}
		op, plain := plainOp(x)
		if op == token.GTR && isLength(x.X) && isZero(x.Y) {
			op = token.NEQ // a length isn't negative: say that it is 0
		}
		equality := op == token.EQL || op == token.NEQ
		if inv, ok := inverse[op]; ok && plain && (equality || !types.IsFloat(x.X.Type())) {
			return b.infix(inv, x)
		}
	}
	return jen.Op("!").Add(b.operand(x, unaryPrec))
}

// notPrecedence is that of what not writes.
func notPrecedence(x plan.Expr) int {
	switch x := x.(type) {
	case *plan.Binary:
		op, plain := plainOp(x)
		equality := op == token.EQL || op == token.NEQ
		if plain && inverse[op] != 0 && (equality || !types.IsFloat(x.X.Type())) {
			return op.Precedence()
		}
	case *plan.Unary:
		if x.Op == dsl.Not {
			return precedence(x.X)
		}
	}
	return unaryPrec
}

func isLength(x plan.Expr) bool {
	call, ok := x.(*plan.Builtin)
	return ok && call.Name == "len"
}

func isZero(x plan.Expr) bool {
	c, ok := x.(*plan.Const)
	return ok && c.Value.Kind() == constant.Int && constant.Sign(c.Value) == 0
}

// arithmetic are the operators whose result may be none that its type holds.
var arithmetic = map[token.Token]bool{token.ADD: true, token.SUB: true, token.MUL: true, token.QUO: true}

func areConstants(x *plan.Binary) bool {
	_, left := x.X.(*plan.Const)
	_, right := x.Y.(*plan.Const)
	return left && right
}

// variable writes a constant as what Go computes with at run time. Constants alone meet in
// the undo of a declaration, which works on what a call gives: there Go would refuse a
// result that the type can't hold, where that of variables wraps.
func (b *body) variable(x plan.Expr) *jen.Statement { return b.compute("Variable", b.self(x)) }

func (b *body) infix(op token.Token, x *plan.Binary) *jen.Statement {
	x = sameTypes(x)
	left := b.operand(x.X, op.Precedence())
	if areConstants(x) {
		left = b.self(x.X)
		if arithmetic[op] && !types.Is(x.Typ, types.String) {
			left = b.variable(x.X)
		}
	}
	defer func(was bool) { b.lazy = was }(b.lazy)
	b.lazy = b.lazy || op == token.LAND || op == token.LOR
	return left.Op(op.String()).Add(b.operand(x.Y, op.Precedence()+1))
}

// sameTypes converts the number that a duration is multiplied or divided by to a
// duration, as Go wants it. A constant needs no conversion.
func sameTypes(x *plan.Binary) *plan.Binary {
	convert := func(y plan.Expr) plan.Expr {
		if _, isConst := y.(*plan.Const); isConst || !types.IsInteger(y.Type()) {
			return y
		}
		return &plan.Convert{T: plan.T{Typ: x.Typ}, X: y, Pos: x.Pos}
	}
	if x.Op != dsl.Mul && x.Op != dsl.Div || !types.Is(x.Typ, types.Duration) {
		return x
	}
	out := *x
	out.X, out.Y = convert(x.X), convert(x.Y)
	return &out
}

func (b *body) binary(x *plan.Binary) *jen.Statement {
	if op, ok := plainOp(x); ok {
		return b.infix(op, x)
	}
	switch x.Op {
	case dsl.Coalesce:
		return b.coalesce(x)
	case dsl.In:
		return b.in(x)
	case dsl.NotIn:
		return jen.Op("!").Add(b.in(x))
	case dsl.Eq, dsl.NotEq:
		if x.Op == dsl.Eq {
			return b.equals(x)
		}
		return jen.Op("!").Add(b.equals(x))
	}
	switch {
	case isTime(x.X):
		return b.timeOp(x)
	case x.Op == dsl.Add && plan.IsList(x.Typ):
		return b.compute("Concat", b.expr(x.X), b.expr(x.Y), b.at(x.Pos))
	case x.Op == dsl.Add:
		return b.compute("ConcatText", append([]jen.Code{b.at(x.Pos)}, b.exprs(plan.Summands(x))...)...)
	case x.Op == dsl.Div:
		x = sameTypes(x)
		return b.compute("Div", b.self(x.X), b.expr(x.Y), b.at(x.Pos))
	case x.Op == dsl.Rem:
		return b.compute("Rem", b.self(x.X), b.expr(x.Y), b.at(x.Pos))
	}
	// The conversion keeps a machine that can from fusing the product with a sum:
	// the result is the same everywhere.
	b.g.products = true
	return goType(x.Typ).Call(b.product(x))
}

// equals writes x.X == x.Y as a call.
func (b *body) equals(x *plan.Binary) *jen.Statement {
	if x.LooksInto() {
		return b.compute("Holds", b.expr(x.X), b.expr(x.Y), b.at(x.Pos))
	}
	return b.equal(x.X.Type(), b.expr(x.X), b.expr(x.Y))
}

// product writes a product of floats; only its outermost is converted.
func (b *body) product(x *plan.Binary) *jen.Statement {
	prec := token.MUL.Precedence()
	var left *jen.Statement
	if p, ok := x.X.(*plan.Binary); ok && p.Op == dsl.Mul {
		left = b.product(p)
	} else {
		left = b.operand(x.X, prec)
		if areConstants(x) {
			left = b.variable(x.X)
		}
	}
	return left.Op("*").Add(b.operand(x.Y, prec+1))
}

func (b *body) timeOp(x *plan.Binary) *jen.Statement {
	t := b.operand(x.X, primaryPrec)
	switch x.Op {
	case dsl.Add:
		return t.Dot("Add").Call(b.expr(x.Y))
	case dsl.Sub:
		if isTime(x.Y) {
			return t.Dot("Sub").Call(b.expr(x.Y))
		}
		return t.Dot("Add").Call(jen.Op("-").Add(b.operand(x.Y, primaryPrec)))
	case dsl.Less:
		return t.Dot("Before").Call(b.expr(x.Y))
	case dsl.More:
		return t.Dot("After").Call(b.expr(x.Y))
	case dsl.LessEq:
		return jen.Op("!").Add(t.Dot("After").Call(b.expr(x.Y)))
	}
	return jen.Op("!").Add(t.Dot("Before").Call(b.expr(x.Y)))
}

// equal compares values of a type that Go's own == doesn't compare as the language
// does.
func (b *body) equal(t types.Type, x, y jen.Code) *jen.Statement {
	switch t := t.(type) {
	case *types.Optional:
		if types.GoComparable(t.Elem) {
			return b.compute("EqualOptional", x, y)
		}
		return b.compute("EqualOptionalFunc", x, y, b.equality(t.Elem))
	case *types.Struct:
		if !types.GoComparable(t) {
			return jen.Id(b.equalFunc(t)).Call(x, y)
		}
	case *types.Basic:
		if t.Kind == types.Time {
			return jen.Add(x).Dot("Equal").Call(y)
		}
	}
	return jen.Add(x).Op("==").Add(y)
}

// equality is a function that compares two values of a type.
func (b *body) equality(t types.Type) jen.Code {
	if s, ok := t.(*types.Struct); ok && !types.GoComparable(t) {
		return jen.Id(b.equalFunc(s))
	}
	if types.Is(t, types.Time) {
		return jen.Qual("time", "Time").Dot("Equal")
	}
	return jen.Func().Params(jen.List(jen.Id("a"), jen.Id("b")).Add(goType(t))).Bool().
		Block(jen.Return(b.equal(t, jen.Id("a"), jen.Id("b"))))
}

func (b *body) in(x *plan.Binary) *jen.Statement {
	switch t := x.Y.Type().(type) {
	case *types.Map:
		return jen.Qual(purePath, "Has").Call(b.expr(x.Y), b.expr(x.X))
	case *types.List:
		return b.contains(t.Elem, x.Y, x.X)
	}
	return jen.Qual("strings", "Contains").Call(b.expr(x.Y), b.expr(x.X))
}

func (b *body) contains(elem types.Type, list, x plan.Expr) *jen.Statement {
	if types.GoComparable(elem) {
		return jen.Qual("slices", "Contains").Call(b.expr(list), b.expr(x))
	}
	wanted := b.self(x)
	return jen.Qual("slices", "ContainsFunc").Call(b.expr(list),
		jen.Func().Params(jen.Id("elem").Add(goType(elem))).Bool().
			Block(jen.Return(b.equal(elem, jen.Id("elem"), wanted))))
}

// coalesce writes X ?? Y. What costs nothing and can't fail is passed; anything
// else is put in a function that is called where X is none.
func (b *body) coalesce(x *plan.Binary) *jen.Statement {
	_, optional := x.Typ.(*types.Optional)
	switch {
	case simple(x.Y) && optional:
		return b.compute("OrOptional", b.expr(x.X), b.expr(x.Y))
	case simple(x.Y):
		return b.compute("Or", b.expr(x.X), b.as(x.Typ, x.Y))
	}
	name := "OrElse"
	if optional {
		name = "OrElseOptional"
	}
	left := b.expr(x.X)
	in := b.literal(leave{result: x.Typ, pure: true})
	in.pureInto(sink{kind: give, typ: x.Typ}, x.Y)
	return b.compute(name, left, jen.Func().Params().Add(goType(x.Typ)).Block(in.stmts...))
}

// simple tells whether an expression costs next to nothing and can't fail.
func simple(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Const, *plan.Member, *plan.None, *plan.Var:
		return true
	case *plan.Field:
		return simple(x.X)
	case *plan.Deref:
		return simple(x.X)
	case *plan.Some:
		return simple(x.X)
	}
	return false
}
