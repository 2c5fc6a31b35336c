package checker

import (
	"go/constant"
	"regexp"
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

func (c *checker) unary(x *dsl.UnaryExpr, hint types.Type) types.Type {
	if x.Op == dsl.Not {
		c.want(x.X, basic(types.Bool), "the operand of !")
		return basic(types.Bool)
	}
	t := c.plain(x.X, hint)
	switch {
	case isInvalid(t):
		return invalid
	case !types.IsNumeric(t) && !types.Is(t, types.Duration):
		c.report(diag.WrongType, x.X, "- takes a number or a duration, found %s", t)
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
	what := "the operand of " + string(x.Op)
	c.want(x.X, basic(types.Bool), what)
	right := newScope(c.scope)
	right.narrow(c.known(x.X, x.Op == dsl.AndAnd))
	c.pureIn("the right side of "+string(x.Op), func() {
		c.inThis(right, func() { c.want(x.Y, basic(types.Bool), what) })
	})
	return basic(types.Bool)
}

// coalesce checks X ?? Y. Y may be an optional too: so is the whole then.
func (c *checker) coalesce(x *dsl.BinaryExpr, hint types.Type) types.Type {
	var wanted types.Type
	switch {
	case types.Is(hint, types.Any): // whatever the left side is, it fits
	case !isInvalid(hint):
		wanted = optionalOf(elemOf(hint))
	case hint != nil:
		wanted = invalid
	}
	left := c.raw(x.X, wanted)
	if left == nothing {
		c.noResult(x.X)
		left = invalid
	}
	if !isOptional(left) {
		if !isInvalid(left) {
			c.report(diag.WrongType, x.X, "%s is never none", c.text(x.X)).Help = "remove the ??"
		}
		c.otherSide(x.Y, left)
		return left
	}
	elem := elemOf(left)
	if isOptional(hint) || hint == nil && givesNone(x.Y) || isNone(x.Y) {
		elem = left
	}
	got := c.otherSide(x.Y, elem)
	if isInvalid(got) {
		return invalid
	}
	if isOptional(got) && types.Identical(got, left) {
		return left
	}
	c.fit(x.Y, got, elemOf(left), "the right side of ??")
	return elemOf(left)
}

// hintFor is what is wanted of an expression that stands for a T, or for none.
func hintFor(x dsl.Expr, t types.Type) types.Type {
	if t != nil && !isInvalid(t) && !isOptional(t) && givesNone(x) {
		return optionalOf(t)
	}
	return t
}

// givesNone tells whether none is one of the values that an expression gives by its
// form.
func givesNone(x dsl.Expr) bool {
	switch x := x.(type) {
	case *dsl.ParenExpr:
		return givesNone(x.X)
	case *dsl.BinaryExpr:
		return x.Op == dsl.Coalesce && givesNone(x.Y)
	case *dsl.IfExpr:
		return givesNone(lastExpr(x.Then)) || givesNone(lastExpr(x.Else))
	case *dsl.MatchExpr:
		return slices.ContainsFunc(x.Arms, func(a *dsl.Arm) bool { return givesNone(lastExpr(a.Body)) })
	}
	return isNone(x)
}

// otherSide checks the right side of ??, which may be skipped.
func (c *checker) otherSide(x dsl.Expr, hint types.Type) (t types.Type) {
	c.pureIn("the right side of ??", func() { t = c.value(x, hint) })
	return t
}

// equality checks == and !=. A T is compared with a T? as one.
func (c *checker) equality(x *dsl.BinaryExpr) types.Type {
	if isNone(x.X) || isNone(x.Y) {
		c.withNone(x)
		return basic(types.Bool)
	}
	first, second := c.byRank(x.X, x.Y)
	t := c.value(first, nil)
	hint := hintFor(second, underOf(t))
	if isAny(elemOf(t)) {
		hint = nil
	}
	u := c.value(second, hint)
	common := t
	switch {
	case isInvalid(t) || isInvalid(u):
		return basic(types.Bool)
	case isAny(elemOf(t)) && isScalar(u), isAny(elemOf(u)) && isScalar(t):
		return basic(types.Bool)
	case c.in.deep && (isAny(elemOf(t)) || isAny(elemOf(u))):
		c.info.Deep[x] = true
		return basic(types.Bool)
	case types.Identical(t, u) || c.takesNamed(second, u, t):
	case isOptional(t) && types.Identical(elemOf(t), u):
		c.info.Wanted[second] = t
	case isOptional(u) && types.Identical(elemOf(u), t):
		c.info.Wanted[first], common = u, u
	default:
		c.unequal(x)
		return basic(types.Bool)
	}
	switch {
	case types.IsComparable(common):
	case c.in.deep:
		c.info.Deep[x] = true
	default:
		c.report(diag.WrongType, x.OpSpan, "%s can't be compared with %s", common, x.Op).
			Help = uncomparable + "; json(x) == json(y) compares what two of them hold"
	}
	return basic(types.Bool)
}

func isAny(t types.Type) bool { return types.Is(t, types.Any) }

// isScalar tells whether t is a type that an any may be compared with.
func isScalar(t types.Type) bool {
	return types.Is(t, types.String) || types.Is(t, types.Bool) || types.IsNumeric(t)
}

// withNone checks the comparison of an operand with none.
func (c *checker) withNone(x *dsl.BinaryExpr) {
	other, none := x.X, x.Y
	if isNone(x.X) {
		other, none = x.Y, x.X
	}
	if isNone(other) {
		c.infer(none, invalid)
		c.infer(other, invalid)
		c.report(diag.WrongType, x.OpSpan, "none is compared with none")
		return
	}
	t := c.raw(other, nil)
	switch {
	case isOptional(t):
		c.infer(none, t)
		return
	case t == nothing:
		c.noResult(other)
	case !isInvalid(t):
		c.report(diag.WrongType, other, "%s is never none: it is %s", c.text(other), t)
	}
	c.infer(none, invalid)
}

// unequal reports operands whose types don't go together.
func (c *checker) unequal(x *dsl.BinaryExpr) {
	a, b := c.info.Types[x.X], c.info.Types[x.Y]
	d := c.report(diag.WrongType, x.OpSpan, "%s %s %s: the operands differ in type", a, x.Op, b)
	switch _, enum := a.(*types.Enum); {
	case isAny(elemOf(a)), isAny(elemOf(b)):
		d.Help = "an any is compared with a string, number or bool; decode(T, x) says what else it is"
	case types.IsNumeric(a) && types.IsNumeric(b):
		d.Help = "convert one of them, like " + wider(a, b)
	case enum && types.Is(b, types.String):
		d.Help = memberHelp(a)
	case x.Op == dsl.Add && types.Is(a, types.String) && convertible(b, a):
		d.Help = "convert the right side with string(…), or write \"${…}\""
	case x.Op == dsl.Add && types.Is(b, types.String) && convertible(a, b):
		d.Help = "convert the left side with string(…), or write \"${…}\""
	case types.Is(a, types.Duration) && types.IsInteger(b), types.Is(b, types.Duration) && types.IsInteger(a):
		d.Help = "write a duration with its unit, like 5s"
	case types.Is(a, types.Time):
		d.Help = timeHelp(c.text(x.Y))
	case types.Is(b, types.Time):
		d.Help = timeHelp(c.text(x.X))
	}
}

// wider is the conversion to the one of two number types that holds more.
func wider(a, b types.Type) string {
	if types.IsFloat(b) && !types.IsFloat(a) {
		a = b
	}
	return a.String() + "(…)"
}

// ordering checks < and the like.
func (c *checker) ordering(x *dsl.BinaryExpr) types.Type {
	first, second := c.byRank(x.X, x.Y)
	t := c.plain(first, nil)
	u := c.plain(second, t)
	switch {
	case isInvalid(t) || isInvalid(u):
	case !types.Identical(t, u):
		c.unequal(x)
	case !types.IsOrdered(t):
		c.report(diag.WrongType, x.OpSpan, "%s has no order for %s", t, x.Op).
			Help = "numbers, strings, times and durations have one"
	}
	return basic(types.Bool)
}

// membership checks in and not in.
func (c *checker) membership(x *dsl.BinaryExpr) types.Type {
	if c.rankOf(x.Y) > settled {
		c.inWrittenList(x)
		return basic(types.Bool)
	}
	t := c.plain(x.Y, nil)
	switch t := t.(type) {
	case *types.List:
		c.want(x.X, t.Elem, "the left side of in")
		c.comparable(x.OpSpan, t.Elem)
		return basic(types.Bool)
	case *types.Map:
		c.want(x.X, t.Key, "the left side of in")
		return basic(types.Bool)
	}
	if types.Is(t, types.String) {
		return c.partOf(x)
	}
	c.infer(x.X, invalid)
	if !isInvalid(t) {
		d := c.report(diag.WrongType, x.Y, "in looks into a list, map or string, found %s", t)
		if types.Is(t, types.Duration) {
			d.Help = "how often in a time is no value: `retry 5` on a call says how often it is tried again, `timeout 1m` how long an attempt may take"
		}
	}
	return basic(types.Bool)
}

// zone are the names of time zones, as "Europe/Berlin".
var zone = regexp.MustCompile(`^"((Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific|US)/[A-Z][\w/+-]*|UTC|GMT|CE?S?T)"$`)

// partOf checks whether X is a part of the string Y. What is written in a time zone isn't
// looked for in its name.
func (c *checker) partOf(x *dsl.BinaryExpr) types.Type {
	if !zone.MatchString(c.text(x.Y)) {
		c.want(x.X, basic(types.String), "the left side of in")
		return basic(types.Bool)
	}
	t := c.value(x.X, nil)
	if types.Is(t, types.String) && c.info.Consts[x.X] == nil {
		return basic(types.Bool)
	}
	c.report(diag.WrongType, x.Y, "in looks for a part of the text %s, and knows no time zones", c.text(x.Y)).
		Help = "times are in UTC, and no clause takes a time zone: have a tool give the time that is meant"
	return invalid
}

// inWrittenList checks x in [1, 2], whose elements take the type of x.
func (c *checker) inWrittenList(x *dsl.BinaryExpr) {
	t := c.value(x.X, nil)
	c.want(x.Y, wrap(t, listOf), "the right side of in")
	c.comparable(x.OpSpan, t)
}

const uncomparable = "lists, maps and any don't compare, nor what holds one"

// comparable reports the type of elements that can't be looked for.
func (c *checker) comparable(at dsl.Node, t types.Type) bool {
	if isInvalid(t) || types.IsComparable(t) {
		return true
	}
	c.report(diag.WrongType, at, "%s can't be compared, so it can't be looked for", t).
		Help = uncomparable
	return false
}

// arithmetic checks + - * / and %.
func (c *checker) arithmetic(x *dsl.BinaryExpr, hint types.Type) types.Type {
	if !fitsOperands(hint) {
		hint = nil
	}
	first, second := c.byRank(x.X, x.Y)
	t := c.plain(first, hint)
	u := c.plain(second, c.operandHint(x, first, t))
	if isInvalid(t) || isInvalid(u) || c.zeroDivision(x) {
		return invalid
	}
	a, b := c.info.Types[x.X], c.info.Types[x.Y]
	if sum := arithmeticType(x.Op, a, b); sum != nil {
		return sum
	}
	c.noArithmetic(x, a, b)
	return invalid
}

// fitsOperands tells whether what is wanted of an operator's result is wanted of
// its operands too: not where it is a duration or time.
func fitsOperands(t types.Type) bool {
	t = elemOf(t)
	_, list := t.(*types.List)
	return list || t != nil && (types.IsNumeric(t) || isInvalid(t))
}

// operandHint is what the type of one operand says of the other.
func (c *checker) operandHint(x *dsl.BinaryExpr, first dsl.Expr, t types.Type) types.Type {
	switch {
	case types.Is(t, types.Duration) && (x.Op == dsl.Mul || x.Op == dsl.Div):
		return basic(types.Int)
	case types.Is(t, types.Time):
		return nil
	}
	return t
}

func (c *checker) noArithmetic(x *dsl.BinaryExpr, a, b types.Type) {
	if !types.Identical(a, b) {
		c.unequal(x)
		if d := &c.diags[len(c.diags)-1]; types.Is(a, types.Duration) && types.Is(b, types.Time) && x.Op == dsl.Add {
			d.Help = "write the time first"
		} else if l, ok := a.(*types.List); ok && types.Identical(l.Elem, b) && x.Op == dsl.Add {
			d.Help = "write [" + c.text(x.Y) + "]"
		}
		return
	}
	d := c.report(diag.WrongType, x.OpSpan, "%s has no %s", a, x.Op)
	switch {
	case types.Is(a, types.Duration) && x.Op == dsl.Mul:
		d.Help = "multiply a duration by a number"
	case types.Is(a, types.Duration):
		d.Help = "divide a duration by a number, or compare the two; how many hours or days it has, a func of Go says"
	case types.IsFloat(a):
		d.Help = "% is for whole numbers"
	}
}

func (c *checker) zeroDivision(x *dsl.BinaryExpr) bool {
	if x.Op != dsl.Div && x.Op != dsl.Rem {
		return false
	}
	v, ok := c.fold(x.Y)
	if !ok || constant.Sign(v.v) != 0 {
		return false
	}
	c.report(diag.BadConstant, x.Y, "division by zero")
	return true
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

// durationType is the type of a Op b where one is a duration. A duration is
// multiplied and divided by an int, as any number in Go has to be converted.
func durationType(op dsl.BinaryOp, a, b types.Type) types.Type {
	duration := basic(types.Duration)
	sum := (op == dsl.Add || op == dsl.Sub) && a == b
	product := op == dsl.Mul && (types.Is(a, types.Int) || types.Is(b, types.Int))
	part := op == dsl.Div && types.Is(b, types.Int)
	if sum || product || part {
		return duration
	}
	return nil
}
