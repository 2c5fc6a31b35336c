package interp

import (
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

func variantOf(v reflect.Value) pure.Variant {
	x, _ := reflect.TypeAssert[pure.Variant](v)
	return x
}

// member is the member of a union that a value is.
func member(u *types.Union, v reflect.Value) *types.Struct {
	name := variantOf(v).Member()
	for _, m := range u.Members {
		if m.Name == name {
			return m
		}
	}
	panic("internal error: " + name + " is no member of " + u.Name)
}

// widen makes a value of a union of one of its members.
func (e *env) widen(x *plan.Widen) reflect.Value {
	v := e.expr(x.X)
	record, ok := reflect.TypeAssert[pure.Record](v)
	if !ok {
		return v // of a union already
	}
	return reflect.ValueOf(pure.NewVariant(x.X.Type().(*types.Struct).Name, record))
}

// matched is what a match looks at: of an any, what it holds as JSON.
func (e *env) matched(x plan.Expr, pos plan.Pos) reflect.Value {
	v := e.expr(x)
	if !plan.IsAny(x.Type()) {
		return v
	}
	kind := pure.Kind(v.Interface(), place(pos))
	return reflect.ValueOf(&kind).Elem()
}

// matches tells whether an arm is for a value, and gives what the arm's name stands
// for.
func (e *env) matches(v reflect.Value, c plan.Case) (bound reflect.Value, ok bool) {
	switch {
	case c.Kind != nil:
		return v.Elem(), !v.IsNil() && v.Elem().Type() == goType(c.Kind)
	case c.Member != nil && v.Type() == errorType:
		t, found, ok := e.p.declaredIn(errorOf(v))
		return found, ok && t == e.p.home(c.Member)
	case c.Member != nil:
		x := variantOf(v)
		return reflect.ValueOf(x.Record()), x.Member() == c.Member.Name
	case c.Pattern == nil:
		return v, true
	}
	if _, none := c.Pattern.(*plan.None); none {
		return v, v.IsNil()
	}
	if v.Type() == anyType {
		return v, v.Interface() == e.expr(c.Pattern).Interface()
	}
	return v, e.equal(v, fit(e.expr(c.Pattern), v.Type()))
}
