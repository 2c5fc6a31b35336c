package checker

import (
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// want checks an expression that has to have a type; what says where it stands. A
// T fits where a T? is wanted, and anything but an optional where any is.
func (c *checker) want(x dsl.Expr, t types.Type, what string) {
	c.fit(x, c.infer(x, underOf(t)), t, what)
}

func (c *checker) fit(x dsl.Expr, got, want types.Type, what string) {
	if isInvalid(got) || isInvalid(want) || types.Identical(got, want) {
		return
	}
	if got == nothing {
		c.noResult(x)
		return
	}
	elem := elemOf(want)
	if _, id := got.(*types.Run); id && types.Is(elem, types.String) {
		got = elem
	}
	if c.takesNamed(x, got, elem) {
		got = elem
	}
	if c.isMember(got, elem) {
		c.info.Wanted[x] = want
		return
	}
	if types.Identical(got, elem) || types.Is(elem, types.Any) && !isOptional(got) && !types.Is(got, types.Failure) {
		if isOptional(want) {
			c.info.Wanted[x] = want
		}
		return
	}
	if o, ok := got.(*types.Optional); ok && (types.Identical(o.Elem, want) || types.Is(want, types.Any)) {
		d := c.maybeNone(x)
		if isAny(want) && isAny(o.Elem) {
			d.Help = "give a default, " + c.text(x) + " ?? …, or take none for null: decode(any, " + c.text(x) + ")"
		}
		return
	}
	d := c.report(diag.WrongType, x, "%s is %s, expected %s", what, got, want)
	d.Help = c.conversionHelp(x, got, elem)
}

// isMember tells whether t is, or may be, a member of the union u.
func (c *checker) isMember(t, u types.Type) bool {
	s, isStruct := t.(*types.Struct)
	union, isUnion := u.(*types.Union)
	return isStruct && isUnion && (union.Has(s) || c.loose[union])
}

// conversionHelp says how to make a want of a got, where that is certain.
func (c *checker) conversionHelp(x dsl.Expr, got, want types.Type) string {
	text := c.text(x)
	switch {
	case c.info.Consts[x] != nil:
		return constantHelp(text, got, want)
	case types.IsNumeric(got) && types.IsNumeric(want):
		return "convert it: " + want.String() + "(" + text + ")"
	case types.Is(got, types.String) && (types.Is(want, types.Int) || types.Is(want, types.Float64)):
		return "convert it: " + want.String() + "(" + text + ")"
	case types.Is(want, types.String) && convertible(got, want):
		return "convert it: string(" + text + ")"
	case types.Is(want, types.Duration) && types.IsInteger(got):
		return "multiply it with a unit: " + text + " * 1s"
	case types.Is(want, types.String) && types.Is(got, types.Failure):
		return "write " + text + ".message"
	case types.Is(got, types.String):
		return memberHelp(want)
	case ofOptionals(want, got):
		return "the ? is for what is in it: one that may be none is a (" + types.Spelled(got) + ")?"
	case isAny(elemOf(got)):
		return "say what it is: decode(" + want.String() + ", " + text + ")"
	}
	if s, ok := got.(*types.Optional); ok && types.IsNumeric(s.Elem) && types.IsNumeric(want) {
		return "give a default with ??, and convert it with " + want.String() + "(…)"
	}
	return ""
}

// ofOptionals tells whether a list or map is wanted of optionals of what is in another.
func ofOptionals(want, of types.Type) bool {
	switch want := want.(type) {
	case *types.List:
		of, ok := of.(*types.List)
		return ok && types.Identical(want.Elem, &types.Optional{Elem: of.Elem})
	case *types.Map:
		of, ok := of.(*types.Map)
		return ok && types.Identical(want.Key, of.Key) && types.Identical(want.Elem, &types.Optional{Elem: of.Elem})
	}
	return false
}

// constantHelp says how to write a constant as one of another type.
func constantHelp(text string, got, want types.Type) string {
	switch {
	case types.Is(want, types.Time):
		return timeHelp(text)
	case types.Is(want, types.String) && types.IsNumeric(got):
		return "write \"" + text + "\""
	case types.Is(want, types.Duration) && types.IsNumeric(got):
		return "write it with its unit, like " + text + "s"
	case types.Is(got, types.String):
		return memberHelp(want)
	}
	return ""
}

// memberHelp says how to write a value of an enum; it is empty for other types.
func memberHelp(t types.Type) string {
	e, ok := t.(*types.Enum)
	if !ok || len(e.Members) == 0 {
		return ""
	}
	return "name a member: " + e.Name + "." + e.Members[0]
}

// noResult reports something without a value where one is wanted.
func (c *checker) noResult(x dsl.Expr) {
	if call, ok := unparen(x).(*dsl.CallExpr); ok && call.Fun != nil {
		c.report(diag.WrongType, x, "%s gives no result", call.Fun.Name)
		return
	}
	c.report(diag.WrongType, x, "this gives no value")
}

func unparen(x dsl.Expr) dsl.Expr {
	for {
		p, ok := x.(*dsl.ParenExpr)
		if !ok {
			return x
		}
		x = p.X
	}
}

// maybeNone reports an optional where a value is wanted.
func (c *checker) maybeNone(x dsl.Expr) *diag.Diagnostic {
	text := c.text(x)
	d := c.report(diag.MaybeNone, x, "%s may be none", text)
	d.Help = "give a default: " + text + " ?? …"
	if _, ok := c.pathOf(x); ok {
		d.Help = "give a default, " + text + " ?? …, or ask before if " + text + " != none"
	}
	if _, ok := unparen(x).(*dsl.IndexExpr); ok {
		d.Help = "give a default, " + text + " ?? …, or bind it and ask the name: value := " + text + ", if value != none"
	}
	if isAny(elemOf(c.info.Types[x])) {
		d.Help = "give a default, " + text + " ?? …, or say what it is: decode(T, " + text + ")"
	}
	return d
}

// value checks an expression that has to have some value.
func (c *checker) value(x dsl.Expr, hint types.Type) types.Type {
	t := c.infer(x, hint)
	if t == nothing {
		c.noResult(x)
		return invalid
	}
	return t
}

// plain checks an expression that can't be an optional where it stands, whatever is
// wanted of what it is an operand of.
func (c *checker) plain(x dsl.Expr, hint types.Type) types.Type {
	t := c.value(x, elemOf(hint))
	if isOptional(t) {
		c.maybeNone(x)
		return invalid
	}
	return t
}

// infer finds an expression's type. hint is what is wanted where it stands, or
// nil: it reaches into literals and branches, and says what an untyped constant
// becomes. Literals and branches fit themselves to it; what else is found is for
// the caller to compare.
func (c *checker) infer(x dsl.Expr, hint types.Type) types.Type {
	if x == nil {
		return invalid
	}
	if v, ok := c.fold(x); ok {
		return c.constant(x, v, hint)
	}
	t := c.shallow(x, orInvalid(c.inferOther(x, hint)))
	c.info.Types[x] = t
	return t
}

func (c *checker) inferOther(x dsl.Expr, hint types.Type) types.Type {
	//sumtype:exhaustive
	switch x := x.(type) {
	case *dsl.Ident:
		return c.narrowed(x, c.ident(x), hint)
	case *dsl.BasicLit:
		return c.basicLit(x, hint)
	case *dsl.StringLit:
		return c.stringLit(x)
	case *dsl.ListLit:
		return c.listLit(x, hint)
	case *dsl.MapLit:
		return c.mapLit(x)
	case *dsl.StructLit:
		return c.structLit(x)
	case *dsl.ParenExpr:
		return c.paren(x, hint)
	case *dsl.UnaryExpr:
		return c.unary(x, hint)
	case *dsl.BinaryExpr:
		return c.binary(x, hint)
	case *dsl.SelectorExpr:
		return c.selector(x, hint)
	case *dsl.IndexExpr, *dsl.SliceExpr:
		return c.access(x)
	case *dsl.CallExpr:
		return c.call(x, hint, true)
	case *dsl.KeyedExpr:
		return c.keyed(x)
	case *dsl.IfExpr, *dsl.MatchExpr:
		return c.branching(x, hint)
	case *dsl.ForExpr:
		return c.forExpr(x, hint, true)
	case *dsl.ParallelExpr:
		return c.parallel(x, hint, true)
	case *dsl.TryExpr:
		return c.branching(x, hint)
	case *dsl.RaceExpr:
		return c.race(x, hint, true)
	case *dsl.LoopExpr:
		t, _ := c.loop(x, hint, true)
		return t
	case *dsl.DecodeExpr:
		return c.decode(x)
	case *dsl.TypePattern:
		c.report(diag.WrongType, x, "a type is no value, but a pattern of a match over an any")
	}
	return invalid
}

func (c *checker) paren(x *dsl.ParenExpr, hint types.Type) types.Type {
	in := c.in
	if in.bound == dsl.Expr(x) {
		in.bound = x.X
	}
	var t types.Type
	c.with(in, func() { t = c.infer(x.X, hint) })
	if c.info.Narrowed[x.X] {
		c.info.Narrowed[x] = true
	}
	if v := c.info.Consts[x.X]; v != nil {
		c.info.Consts[x] = v
	}
	return t
}

func (c *checker) basicLit(x *dsl.BasicLit, hint types.Type) types.Type {
	switch x.Kind {
	case dsl.BoolLit:
		c.info.Consts[x] = constant.MakeBool(x.Text == "true")
		return basic(types.Bool)
	case dsl.NoneLit:
		return c.none(x, hint)
	case dsl.TimeLit:
		return c.timeLit(x)
	case dsl.DurationLit:
		c.report(diag.BadConstant, x, "%s is longer than a duration can be, about 292 years", x.Text)
	default:
		c.report(diag.BadConstant, x, "%s is too large", c.text(x))
	}
	return invalid
}

func (c *checker) none(x *dsl.BasicLit, hint types.Type) types.Type {
	switch {
	case hint == nil:
		c.report(diag.NoContext, x, "nothing says of what type this none is").
			Help = "none stands where a type with ? is wanted"
	case isOptional(hint), types.Is(hint, types.Any):
		return hint // in an any it is the null of JSON
	case !isInvalid(hint):
		c.report(diag.WrongType, x, "found none, expected %s", hint).Help = "only what has a type with ? can be none"
	}
	return invalid
}

// ident is the declared type of a name that stands as a value.
func (c *checker) ident(x *dsl.Ident) types.Type {
	if x.Name == "_" {
		c.report(diag.UnknownName, x, "_ has no value").Help = "bind the value to a name to use it"
		return invalid
	}
	o := c.find(x, "name", isValue)
	switch o := o.(type) {
	case nil:
		return invalid
	case *Var:
		return o.Type
	case *Const:
		return c.constantName(x, o)
	}
	e := c.scope.lookup(x.Name)
	d := c.report(diag.WrongType, x, "%s is %s, expected a value", x.Name, kindOf(e))
	switch {
	case x.Name == "run":
		d.Help = "there are run.id and run.started"
	case isFunction(o):
		d.Help = "call it: " + x.Name + "(…)"
	default:
		label(d, e.file, e.at, "declared here")
	}
	return invalid
}

// narrowed gives T for a name or path that is declared T? but known not to be
// none, unless a T? is what is wanted.
func (c *checker) narrowed(x dsl.Expr, t, hint types.Type) types.Type {
	o, ok := t.(*types.Optional)
	if !ok || hint != nil && types.Identical(hint, t) {
		return t
	}
	if p, ok := c.pathOf(x); ok && c.scope.isNarrowed(p) {
		c.info.Narrowed[x] = true
		return o.Elem
	}
	if c.scope.isNarrowed(anyPath) {
		return invalid
	}
	return t
}

// raw finds the declared type of an operand whose being none is asked for.
func (c *checker) raw(x dsl.Expr, hint types.Type) types.Type {
	t := c.infer(x, hint)
	if !c.info.Narrowed[x] {
		return t
	}
	t = optionalOf(t)
	for {
		delete(c.info.Narrowed, x)
		c.info.Types[x] = t
		p, ok := x.(*dsl.ParenExpr)
		if !ok {
			return t
		}
		x = p.X
	}
}

func (c *checker) stringLit(x *dsl.StringLit) types.Type {
	text, whole := "", true
	for _, p := range x.Parts {
		if p.X == nil {
			text += p.Text
			continue
		}
		whole = false
		c.printable(p.X)
	}
	if whole {
		c.info.Consts[x] = constant.MakeString(text)
	}
	return basic(types.String)
}

// printable checks what a substitution prints.
func (c *checker) printable(x dsl.Expr) {
	t := c.plain(x, nil)
	if types.Is(t, types.Failure) {
		c.report(diag.WrongType, x, "%s is an error, expected what can be printed", c.text(x)).Help = "write " + c.text(x) + ".message"
	}
}
