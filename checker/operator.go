package checker

import (
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

func (c *checker) unary(x *dsl.UnaryExpr, hint types.Type) types.Type {
	if x.Op == dsl.Not {
		c.want(x.X, basic(types.Bool), "the operand of !")
		return basic(types.Bool)
	}
	t := c.plain(x.X, "the operand of -")
	if !types.IsNumeric(t) && !types.Is(t, types.Duration) && !isInvalid(t) {
		c.report(diag.WrongType, x.X, "- of %s, expected a number or a duration", t)
		return invalid
	}
	return t
}

func (c *checker) binary(x *dsl.BinaryExpr, hint types.Type) types.Type {
	switch x.Op {
	case dsl.Coalesce:
		return c.coalesce(x, hint)
	case dsl.AndAnd, dsl.OrOr:
		return c.logic(x)
	case dsl.Eq, dsl.NotEq:
		return c.equality(x)
	case dsl.In, dsl.NotIn:
		return c.membership(x)
	case dsl.Less, dsl.LessEq, dsl.More, dsl.MoreEq:
		return c.ordering(x)
	}
	return c.arithmetic(x, hint)
}

// logic checks && and ||. The right operand may be skipped, so no step stands in
// it; it knows what the left one says of what isn't none.
func (c *checker) logic(x *dsl.BinaryExpr) types.Type {
	c.want(x.X, basic(types.Bool), "the operand of "+string(x.Op))
	right := newScope(c.scope)
	right.narrow(c.known(x.X, x.Op == dsl.AndAnd))
	c.pureIn("the right side of "+string(x.Op), func() {
		c.inThis(right, func() { c.want(x.Y, basic(types.Bool), "the operand of "+string(x.Op)) })
	})
	return basic(types.Bool)
}

func (c *checker) coalesce(x *dsl.BinaryExpr, hint types.Type) types.Type {
	outer := hint
	if hint != nil && !isInvalid(hint) {
		if _, ok := hint.(*types.Optional); !ok {
			outer = &types.Optional{Elem: hint}
		}
	}
	left := c.raw(x.X, outer)
	o, ok := left.(*types.Optional)
	right := func(t types.Type) types.Type {
		var got types.Type
		c.pureIn("the right side of ??", func() { got = c.value(x.Y, t) })
		return got
	}
	if !ok {
		got := right(left)
		if !isInvalid(left) {
			c.report(diag.WrongType, x.X, "%s is never none", c.text(x.X)).Help = "drop the ??"
			return left
		}
		return got
	}
	var got types.Type
	if isNone(x.Y) {
		got = right(o)
	} else if _, also := hint.(*types.Optional); also {
		got = right(o)
	} else {
		got = right(o.Elem)
	}
	if _, also := got.(*types.Optional); also && types.Identical(got, o) {
		return o
	}
	c.fit(x.Y, got, o.Elem, "the right side of ??")
	return o.Elem
}

// equality checks == and !=.
func (c *checker) equality(x *dsl.BinaryExpr) types.Type {
	t := c.pair(x, true)
	if isInvalid(t) {
		return basic(types.Bool)
	}
	noneOnly := isNone(x.X) || isNone(x.Y)
	if !noneOnly && !types.IsComparable(t) {
		c.report(diag.WrongType, x.OpSpan, "%s can't be compared with %s", t, x.Op)
	}
	return basic(types.Bool)
}

// pair checks the operands of an operator that wants two of one type, and gives
// it. A constant or none takes the type of the other one.
func (c *checker) pair(x *dsl.BinaryExpr, optional bool) types.Type {
	first, second := x.X, x.Y
	if _, isConst := fold(first); isConst || isNone(first) || bare(first) {
		first, second = second, first
	}
	var t types.Type
	if isNone(second) && optional {
		t = c.raw(first, nil)
	} else if t = c.value(first, nil); t == nil {
		t = invalid
	}
	o, isOptional := t.(*types.Optional)
	switch {
	case isOptional && !optional:
		c.maybeNone(first, "an operand")
		c.infer(second, o.Elem)
		return invalid
	case isNone(second) && !isOptional:
		c.info.Types[second] = invalid
		if !isInvalid(t) && isNone(first) {
			return invalid
		}
		if !isInvalid(t) {
			c.report(diag.WrongType, first, "%s is never none", c.text(first))
		}
		return invalid
	}
	got := c.value(second, t)
	if o2, ok := got.(*types.Optional); ok && optional && types.Identical(o2.Elem, t) {
		c.info.Wanted[first] = o2
		return o2
	}
	if isInvalid(got) || isInvalid(t) {
		return invalid
	}
	if isOptional && types.Identical(o.Elem, got) {
		c.info.Wanted[second] = o
		return o
	}
	if o2, ok := got.(*types.Optional); ok && !optional && types.Identical(o2.Elem, t) {
		c.maybeNone(second, "an operand")
		return invalid
	}
	if !types.Identical(got, t) {
		c.unequal(x, t, got, first == x.X)
		return invalid
	}
	return t
}

// bare tells whether an expression has no type of its own to begin with: an empty
// list.
func bare(x dsl.Expr) bool {
	l, ok := x.(*dsl.ListLit)
	return ok && len(l.Elems) == 0
}

func (c *checker) unequal(x *dsl.BinaryExpr, a, b types.Type, inOrder bool) {
	if !inOrder {
		a, b = b, a
	}
	d := c.report(diag.WrongType, x.OpSpan, "%s %s %s: the operands differ in type", a, x.Op, b)
	switch {
	case types.IsNumeric(a) && types.IsNumeric(b):
		d.Help = "convert one of them, like float64(…)"
	case types.Is(a, types.String) || types.Is(b, types.String):
		d.Help = "convert the other one with string(…), or substitute it in \"${…}\""
	}
}

func (c *checker) ordering(x *dsl.BinaryExpr) types.Type {
	if t := c.pair(x, false); !isInvalid(t) && !types.IsOrdered(t) {
		c.report(diag.WrongType, x.OpSpan, "%s has no order for %s", t, x.Op).
			Help = "numbers, strings, times and durations have one"
	}
	return basic(types.Bool)
}

// membership checks in and not in.
func (c *checker) membership(x *dsl.BinaryExpr) types.Type {
	t := c.plain(x.Y, "the right side of in")
	switch t := t.(type) {
	case *types.List:
		c.want(x.X, t.Elem, "the left side of in")
		if !types.IsComparable(t.Elem) {
			c.report(diag.WrongType, x.OpSpan, "%s can't be compared, so nothing is in a list of it", t.Elem)
		}
	case *types.Map:
		c.want(x.X, t.Key, "the left side of in")
	default:
		if types.Is(t, types.String) {
			c.want(x.X, t, "the left side of in")
			break
		}
		c.infer(x.X, nil)
		if !isInvalid(t) {
			c.report(diag.WrongType, x.Y, "nothing is in %s", t).Help = "lists, maps and strings hold things"
		}
	}
	return basic(types.Bool)
}

func (c *checker) arithmetic(x *dsl.BinaryExpr, hint types.Type) types.Type {
	if t, ok := c.listSum(x, hint); ok {
		return t
	}
	a, b := c.operands(x, hint)
	if isInvalid(a) || isInvalid(b) {
		return invalid
	}
	c.zeroDivision(x)
	t := arithmeticType(x.Op, a, b)
	if t == nil {
		if types.Identical(a, b) {
			c.report(diag.WrongType, x.OpSpan, "%s has no %s", a, x.Op)
		} else {
			c.unequal(x, a, b, true)
		}
		return invalid
	}
	return t
}

// listSum checks + where one side is written as a list.
func (c *checker) listSum(x *dsl.BinaryExpr, hint types.Type) (types.Type, bool) {
	_, left := x.X.(*dsl.ListLit)
	_, right := x.Y.(*dsl.ListLit)
	if x.Op != dsl.Add || !left && !right {
		return nil, false
	}
	first, second := x.X, x.Y
	if left && !right {
		first, second = second, first
	}
	t := c.plain2(first, hint)
	c.want(second, t, "the operand of +")
	if _, ok := t.(*types.List); !ok && !isInvalid(t) {
		return invalid, true
	}
	return t, true
}

func (c *checker) plain2(x dsl.Expr, hint types.Type) types.Type {
	t := c.value(x, hint)
	if _, ok := t.(*types.Optional); ok {
		c.maybeNone(x, "an operand")
		return invalid
	}
	return t
}

// operands finds the types of an arithmetic operator's operands; a constant takes
// the other's where that is a number.
func (c *checker) operands(x *dsl.BinaryExpr, hint types.Type) (a, b types.Type) {
	if !types.IsNumeric(orInvalid(hint)) {
		hint = nil
	}
	if _, isConst := fold(x.X); isConst {
		b = c.plain2(x.Y, hint)
		return c.plain2(x.X, b), b
	}
	a = c.plain2(x.X, hint)
	return a, c.plain2(x.Y, a)
}

func orInvalid(t types.Type) types.Type {
	if t == nil {
		return invalid
	}
	return t
}

func (c *checker) zeroDivision(x *dsl.BinaryExpr) {
	if x.Op != dsl.Div && x.Op != dsl.Rem {
		return
	}
	v, ok := fold(x.Y)
	if ok && constant.Sign(v.v) == 0 && !types.IsFloat(c.info.Types[x.Y]) {
		c.report(diag.BadConstant, x.Y, "division by zero")
	}
}

// arithmeticType is the type of a Op b, or nil where there is none.
func arithmeticType(op dsl.BinaryOp, a, b types.Type) types.Type {
	duration := basic(types.Duration)
	same := types.Identical(a, b)
	switch {
	case types.Is(a, types.Time):
		if op == dsl.Sub && same {
			return duration
		}
		if (op == dsl.Add || op == dsl.Sub) && b == duration {
			return a
		}
	case types.Is(b, types.Time):
		return nil
	case a == duration || b == duration:
		return durationType(op, a, b)
	case !same:
	case types.IsNumeric(a):
		if op != dsl.Rem || types.IsInteger(a) {
			return a
		}
	case op == dsl.Add:
		if _, list := a.(*types.List); list || types.Is(a, types.String) {
			return a
		}
	}
	return nil
}

func durationType(op dsl.BinaryOp, a, b types.Type) types.Type {
	duration := basic(types.Duration)
	switch {
	case op == dsl.Add || op == dsl.Sub, op == dsl.Rem:
		if a == b {
			return duration
		}
	case op == dsl.Mul:
		if types.IsInteger(a) || types.IsInteger(b) {
			return duration
		}
	case op == dsl.Div:
		if a == duration && types.IsInteger(b) {
			return duration
		}
	}
	return nil
}
