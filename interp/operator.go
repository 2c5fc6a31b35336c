package interp

import (
	"cmp"
	"hash/maphash"
	"reflect"
	"strings"
	"time"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/pure"
)

func (e *env) unary(x *plan.Unary) reflect.Value {
	v := e.expr(x.X)
	out := reflect.New(v.Type()).Elem()
	switch {
	case x.Op == dsl.Not:
		out.SetBool(!v.Bool())
	case v.CanFloat():
		out.SetFloat(-v.Float())
	case v.CanUint():
		out.SetUint(-v.Uint())
	default:
		out.SetInt(-v.Int())
	}
	return out
}

// binary gives the value of an operator. The right side of &&, || and ?? is
// computed only where it counts.
func (e *env) binary(x *plan.Binary) reflect.Value {
	switch x.Op {
	case dsl.AndAnd:
		return reflect.ValueOf(e.truth(x.X) && e.truth(x.Y))
	case dsl.OrOr:
		return reflect.ValueOf(e.truth(x.X) || e.truth(x.Y))
	case dsl.Coalesce:
		return e.coalesce(x)
	}
	if x.Multiplies() {
		return e.concat(plan.Summands(x), x.Pos)
	}
	a, b := e.expr(x.X), e.expr(x.Y)
	if x.LooksInto() {
		return reflect.ValueOf(pure.Holds(a.Interface(), b.Interface(), place(x.Pos)) == (x.Op == dsl.Eq))
	}
	switch x.Op {
	case dsl.In:
		return reflect.ValueOf(e.contains(b, a))
	case dsl.NotIn:
		return reflect.ValueOf(!e.contains(b, a))
	case dsl.Eq:
		return reflect.ValueOf(e.equal(a, b))
	case dsl.NotEq:
		return reflect.ValueOf(!e.equal(a, b))
	case dsl.Less, dsl.LessEq, dsl.More, dsl.MoreEq:
		return reflect.ValueOf(compare(x.Op, a, b))
	}
	return arithmetic(x.Op, a, b, goType(x.Typ), place(x.Pos))
}

func (e *env) coalesce(x *plan.Binary) reflect.Value {
	v, t := e.expr(x.X), goType(x.Typ)
	switch {
	case v.IsNil():
		return fit(e.expr(x.Y), t)
	case v.Type() == t:
		return v
	}
	return v.Elem()
}

func (e *env) contains(all, x reflect.Value) bool {
	switch all.Kind() {
	case reflect.String:
		return strings.Contains(all.String(), x.String())
	case reflect.Map:
		return all.MapIndex(x).IsValid()
	}
	for i := range all.Len() {
		if e.equal(all.Index(i), x) {
			return true
		}
	}
	return false
}

// equal compares by value: times by instant, optionals and structs by what is in
// them. One of the two may be a none of another type.
func (e *env) equal(a, b reflect.Value) bool {
	switch {
	case a.Kind() == reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		return e.equal(a.Elem(), b.Elem())
	case a.Type() == timeType:
		return timeOf(a).Equal(timeOf(b))
	case a.Type() == recordType:
		return e.equalFields(fieldsOf(a), fieldsOf(b))
	case a.Type() == variantType:
		x, y := variantOf(a), variantOf(b)
		return x.Member() == y.Member() && e.equalFields(x.Record().Fields(), y.Record().Fields())
	}
	return a.Equal(b)
}

func (e *env) equalFields(a, b reflect.Value) bool {
	for i := range a.NumField() {
		if !e.equal(a.Field(i), b.Field(i)) {
			return false
		}
	}
	return true
}

// hash adds a value that Go can compare to h, so that equal ones have the same sum.
func hash(h *maphash.Hash, v reflect.Value) {
	switch v.Type() {
	case timeType:
		maphash.WriteComparable(h, timeOf(v).UnixNano())
	case recordType:
		hashFields(h, fieldsOf(v))
	case variantType:
		x := variantOf(v)
		h.WriteString(x.Member())
		hashFields(h, x.Record().Fields())
	default:
		maphash.WriteComparable(h, v.Interface())
	}
}

func hashFields(h *maphash.Hash, v reflect.Value) {
	for _, f := range v.Fields() {
		hash(h, f)
	}
}

func timeOf(v reflect.Value) time.Time {
	t, _ := reflect.TypeAssert[time.Time](v)
	return t
}

// compare is for the four operators of order.
func compare(op dsl.BinaryOp, a, b reflect.Value) bool {
	switch {
	case a.Type() == timeType:
		return holds(op, timeOf(a).Compare(timeOf(b)), 0)
	case a.Kind() == reflect.String:
		return holds(op, a.String(), b.String())
	case a.CanFloat():
		return holds(op, a.Float(), b.Float())
	case a.CanUint():
		return holds(op, a.Uint(), b.Uint())
	}
	return holds(op, a.Int(), b.Int())
}

func holds[T cmp.Ordered](op dsl.BinaryOp, a, b T) bool {
	switch op {
	case dsl.Less:
		return a < b
	case dsl.LessEq:
		return a <= b
	case dsl.More:
		return a > b
	}
	return a >= b
}

// arithmetic computes a value of the type t.
func arithmetic(op dsl.BinaryOp, a, b reflect.Value, t reflect.Type, at string) reflect.Value {
	out := reflect.New(t).Elem()
	switch {
	case a.Type() == timeType:
		return timeArithmetic(op, a, b)
	case t.Kind() == reflect.Slice:
		return joined(a, b, at)
	case t.Kind() == reflect.String:
		out.SetString(a.String() + b.String())
	case out.CanFloat():
		out.SetFloat(calculate(op, a.Float(), b.Float()))
	case out.CanUint():
		out.SetUint(divide(op, a.Uint(), b.Uint(), at))
	default:
		out.SetInt(divide(op, a.Int(), b.Int(), at))
	}
	return out
}

// divide is calculate for integers, whose division may fail. A result that is too
// large for a smaller type wraps where it is set.
func divide[T int64 | uint64](op dsl.BinaryOp, a, b T, at string) T {
	switch op {
	case dsl.Div:
		return pure.Div(a, b, at)
	case dsl.Rem:
		return pure.Rem(a, b, at)
	}
	return calculate(op, a, b)
}

func calculate[T int64 | uint64 | float64](op dsl.BinaryOp, a, b T) T {
	switch op {
	case dsl.Add:
		return a + b
	case dsl.Sub:
		return a - b
	case dsl.Mul:
		return T(a * b)
	}
	return a / b
}

func timeArithmetic(op dsl.BinaryOp, a, b reflect.Value) reflect.Value {
	t := timeOf(a)
	switch {
	case b.Type() == timeType:
		return reflect.ValueOf(t.Sub(timeOf(b)))
	case op == dsl.Sub:
		return reflect.ValueOf(t.Add(-time.Duration(b.Int())))
	}
	return reflect.ValueOf(t.Add(time.Duration(b.Int())))
}
