package checker

import (
	"go/constant"
	"go/token"
	"math"
	"strings"
	"time"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// A value is what a constant expression comes to. Its type is nil until it is
// settled by where it stands, as Go's untyped constants.
type value struct {
	v constant.Value
	t types.Type
}

func (v value) isDuration() bool { return v.t != nil && types.Is(v.t, types.Duration) }

func (v value) isInt() bool {
	return v.v.Kind() == constant.Int && (v.t == nil || types.IsInteger(v.t))
}

// A folded is what fold gives, kept.
type folded struct {
	value
	ok bool
}

// maxBits bounds the numbers that are computed with: beyond lie no types.
const maxBits = 4096

// fold computes a constant expression of numbers or durations; ok is false for
// any other expression. It reports nothing: an overflow is found when the type is
// settled, a division by zero by the operator.
func (c *checker) fold(x dsl.Expr) (value, bool) {
	if f, known := c.folds[x]; known {
		return f.value, f.ok
	}
	v, ok := c.compute(x)
	if ok && v.v.Kind() == constant.Int && constant.BitLen(v.v) > maxBits {
		ok = false
	}
	c.folds[x] = folded{v, ok}
	return v, ok
}

func (c *checker) compute(x dsl.Expr) (value, bool) {
	switch x := x.(type) {
	case *dsl.BasicLit:
		return computeLit(x)
	case *dsl.ParenExpr:
		return c.fold(x.X)
	case *dsl.UnaryExpr:
		v, ok := c.fold(x.X)
		if !ok || x.Op != dsl.Neg {
			return value{}, false
		}
		return value{constant.UnaryOp(token.SUB, v.v, 0), v.t}, true
	case *dsl.BinaryExpr:
		a, ok1 := c.fold(x.X)
		b, ok2 := c.fold(x.Y)
		if ok1 && ok2 {
			return computeBinary(x.Op, a, b)
		}
	case *dsl.CallExpr:
		return c.computeConversion(x)
	case *dsl.Ident:
		if o := c.constNamed(x); o != nil && c.constValue(o) {
			return c.fold(o.Decl.Value)
		}
	}
	return value{}, false
}

func computeLit(x *dsl.BasicLit) (value, bool) {
	switch x.Kind {
	case dsl.IntLit:
		v := constant.MakeFromLiteral(x.Text, token.INT, 0)
		return value{v: v}, v.Kind() == constant.Int
	case dsl.FloatLit:
		v := constant.MakeFromLiteral(x.Text, token.FLOAT, 0)
		return value{v: constant.ToFloat(v)}, v.Kind() != constant.Unknown
	case dsl.DurationLit:
		d, err := pure.ParseDuration(strings.ReplaceAll(x.Text, "_", ""))
		return value{constant.MakeInt64(int64(d)), basic(types.Duration)}, err == nil
	}
	return value{}, false
}

// computeConversion computes the conversion of one number type to another, where
// the value fits.
func (c *checker) computeConversion(x *dsl.CallExpr) (value, bool) {
	if x.Fun == nil || x.Package != nil || len(x.Args) != 1 || len(x.Clauses) > 0 {
		return value{}, false
	}
	v, ok := c.fold(x.Args[0])
	e := c.scope.lookup(x.Fun.Name)
	if !ok || v.isDuration() || e == nil {
		return value{}, false
	}
	t, isType := e.obj.(*TypeName)
	if !isType || !types.IsNumeric(t.Type) || unfit(v.v, t.Type) != "" {
		return value{}, false
	}
	return value{as(v.v, t.Type), t.Type}, true
}

var foldable = map[dsl.BinaryOp]token.Token{
	dsl.Add: token.ADD, dsl.Sub: token.SUB, dsl.Mul: token.MUL, dsl.Div: token.QUO, dsl.Rem: token.REM,
}

// computeBinary computes an operator on constants whose types go together.
func computeBinary(op dsl.BinaryOp, a, b value) (value, bool) {
	tok, ok := foldable[op]
	divides := op == dsl.Div || op == dsl.Rem
	if !ok || divides && constant.Sign(b.v) == 0 {
		return value{}, false
	}
	t, ok := resultType(op, a, b)
	if !ok {
		return value{}, false
	}
	whole := a.v.Kind() == constant.Int && b.v.Kind() == constant.Int
	switch {
	case op == dsl.Rem && !whole:
		return value{}, false
	case op == dsl.Div && whole && !(t != nil && types.IsFloat(t)):
		tok = token.QUO_ASSIGN // go/constant's word for the division of integers
	}
	return value{constant.BinaryOp(a.v, tok, b.v), t}, true
}

// resultType is the type of an operator on constants, nil for an untyped one.
func resultType(op dsl.BinaryOp, a, b value) (t types.Type, ok bool) {
	switch {
	case a.isDuration() && b.isDuration():
		return a.t, op == dsl.Add || op == dsl.Sub
	case a.isDuration():
		return a.t, (op == dsl.Mul || op == dsl.Div) && b.isInt()
	case b.isDuration():
		return b.t, op == dsl.Mul && a.isInt()
	case a.t == nil && b.t == nil:
		return nil, true
	case a.t == nil:
		return b.t, unfit(a.v, b.t) == ""
	case b.t == nil:
		return a.t, unfit(b.v, a.t) == ""
	}
	return a.t, a.t == b.t
}

// constant settles the type of a constant expression: its own, the wanted one
// where it is a number's, else the one that Go would take.
func (c *checker) constant(x dsl.Expr, v value, want types.Type) types.Type {
	t := constType(v, want)
	if why := unfit(v.v, t); why != "" {
		// The invalid type silences what would follow from it.
		c.unfitConstant(x, v.v, t, why)
		c.record(x, constant.MakeInt64(0), invalid)
		return invalid
	}
	c.record(x, as(v.v, t), t)
	return t
}

func constType(v value, want types.Type) types.Type {
	want = elemOf(want)
	switch {
	case v.t != nil:
		return v.t
	case want != nil && types.IsNumeric(want):
		return want
	case v.v.Kind() == constant.Int:
		return basic(types.Int)
	}
	return basic(types.Float64)
}

func (c *checker) unfitConstant(x dsl.Expr, v constant.Value, t types.Type, why string) {
	d := c.report(diag.BadConstant, x, "%s %s", c.text(x), why)
	if constant.ToInt(v).Kind() != constant.Int && types.IsInteger(t) {
		d.Help = "fractions are float64: convert the whole number beside it with float64(…), if there is one"
	}
}

// unfit says why a constant isn't of a type; it is empty where it is.
func unfit(v constant.Value, t types.Type) string {
	if types.IsFloat(t) {
		return unfitFloat(v, t)
	}
	n := constant.ToInt(v)
	if n.Kind() != constant.Int {
		return "isn't a whole number, as " + t.String() + " needs"
	}
	low, high := bounds(t)
	if constant.Compare(n, token.LSS, low) || constant.Compare(n, token.GTR, high) {
		if types.Is(t, types.Duration) {
			return "is longer than a duration can be, about 292 years"
		}
		return "doesn't fit " + t.String() + ", which holds " + low.String() + " to " + high.String()
	}
	return ""
}

func unfitFloat(v constant.Value, t types.Type) string {
	f, exact := constant.Float64Val(v)
	if types.Is(t, types.Float32) {
		f32, exact32 := constant.Float32Val(v)
		f, exact = float64(f32), exact32
	}
	switch {
	case math.IsInf(f, 0):
		return "is too large for " + t.String()
	case v.Kind() == constant.Int && !exact:
		return "has no exact value as " + t.String()
	}
	return ""
}

// as gives a constant as a value of a type that it fits.
func as(v constant.Value, t types.Type) constant.Value {
	if types.IsFloat(t) {
		return constant.ToFloat(v)
	}
	return constant.ToInt(v)
}

// bounds are the least and the greatest value of an integer type or duration.
func bounds(t types.Type) (low, high constant.Value) {
	bits := map[types.Kind]uint{
		types.Int8: 8, types.Uint8: 8, types.Int16: 16, types.Uint16: 16, types.Int32: 32, types.Uint32: 32,
	}[t.(*types.Basic).Kind]
	if bits == 0 {
		bits = 64
	}
	one := constant.MakeInt64(1)
	if isUnsigned(t) {
		return constant.MakeInt64(0), constant.BinaryOp(constant.Shift(one, token.SHL, bits), token.SUB, one)
	}
	half := constant.Shift(one, token.SHL, bits-1)
	return constant.UnaryOp(token.SUB, half, 0), constant.BinaryOp(half, token.SUB, one)
}

func isUnsigned(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Kind >= types.Uint && b.Kind <= types.Uint64
}

// record notes the value and type of a constant expression, and of what it is
// made of: those have the types that they would have alone.
func (c *checker) record(x dsl.Expr, v constant.Value, t types.Type) {
	c.info.Types[x] = t
	c.info.Consts[x] = v
	switch x := x.(type) {
	case *dsl.Ident:
		c.find(x, "name", isValue)
	case *dsl.ParenExpr:
		c.record(x.X, v, t)
	case *dsl.UnaryExpr:
		c.part(x.X)
	case *dsl.BinaryExpr:
		c.part(x.X)
		c.part(x.Y)
	case *dsl.CallExpr:
		c.info.Uses[x.Fun] = c.scope.lookup(x.Fun.Name).obj
		c.part(x.Args[0])
	}
}

func (c *checker) part(x dsl.Expr) {
	if v, ok := c.fold(x); ok {
		c.record(x, v.v, constType(v, nil))
	}
}

// constDuration gives the value of an expression that has to be a positive
// constant duration; 0 where it isn't one, which is reported.
func (c *checker) constDuration(x dsl.Expr, what string) time.Duration {
	if _, bad := x.(*dsl.BadExpr); bad || x == nil {
		return 0
	}
	v, ok := c.fold(x)
	switch {
	case !ok:
		before := len(c.diags)
		c.pureIn("a clause", func() { c.want(x, basic(types.Duration), what) })
		if len(c.diags) == before {
			c.report(diag.NotConstant, x, "%s needs a constant, found %s", what, c.text(x)).Help = "write it out, like 30s or 2h"
		}
		return 0
	case !v.isDuration():
		t := c.constant(x, v, nil)
		c.report(diag.WrongType, x, "%s needs a duration, found %s", what, t).Help = "write it with its unit, like " + c.text(x) + "s"
		return 0
	}
	c.constant(x, v, nil)
	n, fits := constant.Int64Val(v.v)
	if n <= 0 && fits {
		c.report(diag.BadConstant, x, "%s needs a duration above 0, found %s", what, c.text(x))
		return 0
	}
	return time.Duration(n)
}
