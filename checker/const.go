package checker

import (
	"go/constant"
	"go/token"
	"strings"
	"time"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/types"
)

// A value is what a constant expression comes to, before its type is settled.
type value struct {
	v        constant.Value
	duration bool // else a number without a type
}

// fold computes a constant expression of numbers or durations; ok is false for
// any other expression. It reports nothing: an overflow is found when the type is
// settled, a division by zero by the operator.
func fold(x dsl.Expr) (value, bool) {
	switch x := x.(type) {
	case *dsl.BasicLit:
		return foldLit(x)
	case *dsl.ParenExpr:
		return fold(x.X)
	case *dsl.UnaryExpr:
		v, ok := fold(x.X)
		if !ok || x.Op != dsl.Neg {
			return value{}, false
		}
		return value{constant.UnaryOp(token.SUB, v.v, 0), v.duration}, true
	case *dsl.BinaryExpr:
		a, ok1 := fold(x.X)
		b, ok2 := fold(x.Y)
		if ok1 && ok2 {
			return foldBinary(x.Op, a, b)
		}
	}
	return value{}, false
}

func foldLit(x *dsl.BasicLit) (value, bool) {
	switch x.Kind {
	case dsl.IntLit:
		v := constant.MakeFromLiteral(x.Text, token.INT, 0)
		return value{v: v}, v.Kind() == constant.Int
	case dsl.FloatLit:
		v := constant.MakeFromLiteral(x.Text, token.FLOAT, 0)
		return value{v: v}, v.Kind() == constant.Float || v.Kind() == constant.Int
	case dsl.DurationLit:
		d, err := runtime.ParseDuration(strings.ReplaceAll(x.Text, "_", ""))
		return value{constant.MakeInt64(int64(d)), true}, err == nil
	}
	return value{}, false
}

var foldable = map[dsl.BinaryOp]token.Token{
	dsl.Add: token.ADD, dsl.Sub: token.SUB, dsl.Mul: token.MUL, dsl.Div: token.QUO, dsl.Rem: token.REM,
}

func foldBinary(op dsl.BinaryOp, a, b value) (value, bool) {
	tok, ok := foldable[op]
	ints := a.v.Kind() == constant.Int && b.v.Kind() == constant.Int
	switch {
	case !ok:
		return value{}, false
	case (op == dsl.Div || op == dsl.Rem) && constant.Sign(b.v) == 0, op == dsl.Rem && !ints:
		return value{}, false
	case a.duration && b.duration && op != dsl.Add && op != dsl.Sub:
		return value{}, false
	case a.duration != b.duration && (op != dsl.Mul && !(op == dsl.Div && a.duration) || !ints):
		return value{}, false
	}
	if op == dsl.Div && ints {
		tok = token.QUO_ASSIGN // go/constant's word for the division of integers
	}
	return value{constant.BinaryOp(a.v, tok, b.v), a.duration || b.duration}, true
}

// constant settles the type of a constant expression: the wanted one where it
// fits, else the one that Go would take.
func (c *checker) constant(x dsl.Expr, v value, want types.Type) types.Type {
	t := c.constType(v, want)
	if t != invalid {
		v.v = c.fitted(x, v.v, t)
	}
	c.record(x, v.v, t)
	return t
}

func (c *checker) constType(v value, want types.Type) types.Type {
	if o, ok := want.(*types.Optional); ok {
		want = o.Elem
	}
	switch {
	case v.duration:
		return basic(types.Duration)
	case want != nil && types.IsNumeric(want):
		return want
	case v.v.Kind() == constant.Int:
		return basic(types.Int)
	}
	return basic(types.Float64)
}

// fitted gives a constant as a value of the type, and reports one that is none.
func (c *checker) fitted(x dsl.Expr, v constant.Value, t types.Type) constant.Value {
	if types.IsFloat(t) {
		if f, _ := constant.Float64Val(v); f-f != 0 {
			c.report(diag.BadConstant, x, "%s is too large for %s", c.text(x), t)
		}
		return constant.ToFloat(v)
	}
	n := constant.ToInt(v)
	if n.Kind() != constant.Int {
		c.report(diag.BadConstant, x, "%s isn't a whole number, as %s needs", c.text(x), t).
			Help = "convert with round, floor or ceil, or use a float64"
		return constant.MakeInt64(0)
	}
	low, high := bounds(t)
	if constant.Compare(n, token.LSS, low) || constant.Compare(n, token.GTR, high) {
		c.report(diag.BadConstant, x, "%s doesn't fit %s, which holds %s to %s", c.text(x), t, low, high)
	}
	return n
}

// bounds are the least and the greatest value of an integer type or duration.
func bounds(t types.Type) (low, high constant.Value) {
	bits, signed := 64, true
	switch t.(*types.Basic).Kind {
	case types.Int8, types.Uint8:
		bits = 8
	case types.Int16, types.Uint16:
		bits = 16
	case types.Int32, types.Uint32:
		bits = 32
	}
	if k := t.(*types.Basic).Kind; k >= types.Uint && k <= types.Uint64 {
		signed = false
	}
	one := constant.MakeInt64(1)
	if !signed {
		return constant.MakeInt64(0), constant.BinaryOp(constant.Shift(one, token.SHL, uint(bits)), token.SUB, one)
	}
	half := constant.Shift(one, token.SHL, uint(bits-1))
	return constant.UnaryOp(token.SUB, half, 0), constant.BinaryOp(half, token.SUB, one)
}

// record notes the value and type of a constant expression and of what it is made
// of.
func (c *checker) record(x dsl.Expr, v constant.Value, t types.Type) {
	c.info.Types[x] = t
	c.info.Consts[x] = v
	switch x := x.(type) {
	case *dsl.ParenExpr:
		c.record(x.X, v, t)
	case *dsl.UnaryExpr:
		c.part(x.X, t)
	case *dsl.BinaryExpr:
		c.part(x.X, t)
		c.part(x.Y, t)
	}
}

func (c *checker) part(x dsl.Expr, t types.Type) {
	if v, ok := fold(x); ok {
		if !v.duration && types.Is(t, types.Duration) {
			t = basic(types.Int)
		}
		c.record(x, v.v, t)
	}
}

// constDuration gives the value of an expression that has to be a positive
// constant duration; 0 where it isn't one, which is reported.
func (c *checker) constDuration(x dsl.Expr, what string) time.Duration {
	if _, bad := x.(*dsl.BadExpr); bad || x == nil {
		return 0
	}
	v, ok := fold(x)
	if !ok || !v.duration {
		c.report(diag.NotConstant, x, "%s needs a constant duration, found %s", what, c.text(x)).Help = "write it out, like 30s or 2h"
		return 0
	}
	c.constant(x, v, basic(types.Duration))
	n, _ := constant.Int64Val(v.v)
	if n <= 0 {
		c.report(diag.BadConstant, x, "%s needs a duration above 0, found %s", what, c.text(x))
		return 0
	}
	return time.Duration(n)
}
