package codegen

import (
	"go/constant"
	"go/token"
	"slices"
	"strconv"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// expr writes an expression where its type is given by what stands around it: an
// argument, a field's value, an operand beside one with a type. There a constant
// is bare.
func (b *body) expr(x plan.Expr) *jen.Statement {
	//sumtype:exhaustive
	switch x := x.(type) {
	case *plan.Const:
		return constLit(x)
	case *plan.Member:
		e := x.Typ.(*types.Enum)
		return declaredIn(e.Package, e.GoMember(x.Name))
	case *plan.None:
		return jen.Nil()
	case *plan.Some:
		if d, ok := x.X.(*plan.Deref); ok {
			return b.expr(d.X)
		}
		if elem := x.Typ.(*types.Optional).Elem; types.Is(elem, types.Any) {
			return b.compute("Some", b.as(elem, x.X))
		}
		return b.compute("Some", b.self(x.X))
	case *plan.Deref:
		return jen.Op("*").Add(b.operand(x.X, unaryPrec))
	case *plan.Widen:
		return b.expr(x.X)
	case *plan.Decode:
		return b.decode(x)
	case *plan.Var:
		return jen.Id(b.name(x.V))
	case *plan.Field:
		return b.field(x)
	case *plan.FailureField:
		return b.failureField(x)
	case *plan.RunField:
		return b.f().Dot(map[string]string{"id": "RunID", "started": "RunStarted"}[x.Name]).Call()
	case *plan.Path:
		return b.path(x)
	case *plan.Index:
		return b.index(x)
	case *plan.Lookup:
		return b.lookup(x)
	case *plan.Slice:
		return b.slice(x)
	case *plan.Unary:
		return b.unary(x)
	case *plan.Binary:
		return b.binary(x)
	case *plan.Interp:
		return b.interp(x)
	case *plan.ListLit:
		return goType(x.Typ).Values(b.exprs(x.Elems)...)
	case *plan.MapLit:
		return b.mapLit(x)
	case *plan.StructLit:
		return b.structLit(x)
	case *plan.Convert:
		return b.convert(x)
	case *plan.Builtin:
		return b.builtin(x)
	case *plan.FuncCall:
		return b.funcCall(x)
	case *plan.Keyed:
		return b.keyed(x)
	case *plan.PureIf, *plan.PureMatch, *plan.PureFor, *plan.PureLoop:
		return b.block(x)
	case *plan.Raise:
		panic("internal error: a mock's answer in code that is generated")
	case *plan.Leave:
		panic("internal error: the end of a round where a value stands")
	}
	panic("internal error: unknown expression")
}

func (b *body) exprs(xs []plan.Expr) []jen.Code {
	out := make([]jen.Code, len(xs))
	for i, x := range xs {
		out[i] = b.expr(x)
	}
	return out
}

// self writes an expression where nothing around it gives its type: a constant
// says its own, unless it is the one that Go would take.
func (b *body) self(x plan.Expr) *jen.Statement {
	switch x := x.(type) {
	case *plan.Const:
		if _, named := x.Typ.(*types.Go); named {
			return goType(x.Typ).Call(constLit(x))
		}
		k := x.Typ.(*types.Basic).Kind
		if k != types.Int && k != types.Float64 && k != types.String && k != types.Bool && k != types.Duration && k != types.Time {
			return goType(x.Typ).Call(constLit(x))
		}
	case *plan.None:
		return jen.Parens(goType(x.Typ)).Call(jen.Nil())
	case *plan.Widen:
		return goType(x.Typ).Call(b.self(x.X))
	}
	return b.expr(x)
}

// decode writes decode(T, x). Text is told from a value by its type.
func (b *body) decode(x *plan.Decode) *jen.Statement {
	name := "DecodeAny"
	if types.Is(x.X.Type(), types.String) {
		name = "DecodeText"
	}
	check := jen.Nil()
	if needsCheck(x.Typ) {
		check = jen.Add(b.g.each(x.Typ))
	}
	return jen.Qual(purePath, name).Index(goType(x.Typ)).Call(b.expr(x.X), check, b.at(x.Pos))
}

// as writes an expression where a type parameter takes its type: as an any where
// one is wanted, since Go infers no interface.
func (b *body) as(t types.Type, x plan.Expr) *jen.Statement {
	switch _, union := t.(*types.Union); {
	case types.Is(t, types.Any) && isNone(x):
		return jen.Any().Call(jen.Nil())
	case types.Is(t, types.Any) && !types.Is(x.Type(), types.Any):
		return jen.Any().Call(b.dynamic(x))
	case union:
		return b.self(x)
	}
	return b.expr(x)
}

// dynamic writes an expression for where a value of any type can stand: one of a
// union keeps the name of its member.
func (b *body) dynamic(x plan.Expr) *jen.Statement {
	if _, union := x.Type().(*types.Union); union {
		return b.compute("Tagged", b.self(x))
	}
	return b.self(x)
}

// call writes a call of a function of the runtime.
func (b *body) call(name string, args ...jen.Code) *jen.Statement {
	return jen.Qual(runtimePath, name).Call(args...)
}

// compute writes a call of a function of package pure.
func (b *body) compute(name string, args ...jen.Code) *jen.Statement {
	return jen.Qual(purePath, name).Call(args...)
}

func constLit(c *plan.Const) *jen.Statement {
	t := types.Under(c.Typ)
	switch k := t.(*types.Basic).Kind; {
	case k == types.Duration:
		n, _ := constant.Int64Val(constant.ToInt(c.Value))
		return durationLit(time.Duration(n))
	case k == types.Time:
		return timeLit(c.Time())
	case k == types.String:
		return jen.Lit(constant.StringVal(c.Value))
	case k == types.Bool:
		return jen.Lit(constant.BoolVal(c.Value))
	case types.IsFloat(t):
		return jen.Op(floatText(c.Value))
	}
	return jen.Op(constant.ToInt(c.Value).ExactString())
}

// floatText is a constant as a Go floating-point literal: never one that reads as
// a whole number, so that := gives a float64.
func floatText(v constant.Value) string {
	f, _ := constant.Float64Val(v)
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if _, err := strconv.Atoi(text); err == nil {
		text += ".0"
	}
	return text
}

var durationUnits = []struct {
	size time.Duration
	name string
}{
	{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"},
	{time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"},
}

// durationWidth is how many columns durationLit takes.
func durationWidth(d time.Duration) int {
	for _, u := range durationUnits {
		if d%u.size == 0 {
			return len(strconv.FormatInt(int64(d/u.size), 10)) + len(" * time.") + len(u.name)
		}
	}
	return len(strconv.FormatInt(int64(d), 10)) + len(" * time.Nanosecond")
}

// durationPrecedence is that of what durationLit writes: one unit is a name.
func durationPrecedence(c *plan.Const) int {
	n, _ := constant.Int64Val(constant.ToInt(c.Value))
	for _, u := range durationUnits {
		if n == int64(u.size) || n == 0 {
			return primaryPrec
		}
	}
	return token.MUL.Precedence()
}

// durationLit writes a duration in the largest unit that divides it.
func durationLit(d time.Duration) *jen.Statement {
	if d == 0 {
		return jen.Qual("time", "Duration").Call(jen.Lit(0))
	}
	for _, u := range durationUnits {
		switch n := int64(d / u.size); {
		case d%u.size != 0:
		case n == 1:
			return jen.Qual("time", u.name)
		default:
			return jen.Op(strconv.FormatInt(n, 10)).Op("*").Qual("time", u.name)
		}
	}
	return jen.Op(strconv.FormatInt(int64(d), 10)).Op("*").Qual("time", "Nanosecond")
}

// timeLit writes a time in UTC.
func timeLit(t time.Time) *jen.Statement {
	return jen.Qual("time", "Date").Call(jen.Lit(t.Year()), jen.Qual("time", t.Month().String()), jen.Lit(t.Day()),
		jen.Lit(t.Hour()), jen.Lit(t.Minute()), jen.Lit(t.Second()), jen.Lit(t.Nanosecond()), jen.Qual("time", "UTC"))
}

// The precedence of Go's binary operators, and of what binds tighter.
const (
	unaryPrec   = 6
	primaryPrec = 7
)

// precedence is how tight the Go that an expression becomes binds.
func precedence(x plan.Expr) int {
	switch x := x.(type) {
	case *plan.Binary:
		if op, ok := plainOp(x); ok {
			return op.Precedence()
		}
		if x.Op == dsl.NotIn || x.Op == dsl.NotEq || isTime(x.X) && (x.Op == dsl.LessEq || x.Op == dsl.MoreEq) {
			return unaryPrec
		}
	case *plan.Unary:
		if x.Op == dsl.Not {
			return notPrecedence(x.X)
		}
		return unaryPrec
	case *plan.Deref:
		return unaryPrec
	case *plan.Interp:
		if !x.Multiplies() {
			return token.ADD.Precedence()
		}
	case *plan.Const:
		if types.Is(x.Typ, types.Duration) {
			return durationPrecedence(x)
		}
		if x.Value.Kind() != constant.String && x.Value.Kind() != constant.Bool && constant.Sign(x.Value) < 0 {
			return unaryPrec
		}
	}
	return primaryPrec
}

// operand writes an expression in parentheses where it binds looser than prec, and a literal
// of a struct in any case: in the header of an if, Go takes its brace for the block's.
func (b *body) operand(x plan.Expr, prec int) *jen.Statement {
	code := b.expr(x)
	if precedence(x) < prec || isStructLit(x) {
		return jen.Parens(code)
	}
	return code
}

func isStructLit(x plan.Expr) bool {
	lit, ok := x.(*plan.StructLit)
	return ok && lit.Spread == nil
}

func (b *body) field(x *plan.Field) *jen.Statement {
	of := x.X
	if d, ok := of.(*plan.Deref); ok {
		of = d.X
	}
	read := b.operand(of, primaryPrec).Dot(x.Field.GoName)
	if x.Field.Named {
		return goType(x.Field.Type).Call(read)
	}
	return read
}

func (b *body) failureField(x *plan.FailureField) *jen.Statement {
	if x.Name == "step" {
		return b.call("FailedStep", b.expr(x.X))
	}
	return b.compute("Message", b.expr(x.X))
}

// path writes X?.…: what follows is in a function that is called with X's value.
func (b *body) path(x *plan.Path) *jen.Statement {
	outer := b.expr(x.X)
	in := b.literal(leave{result: x.Typ, pure: true})
	name := in.declare(x.V)
	then := x.Then
	if _, optional := then.Type().(*types.Optional); !optional {
		then = &plan.Some{T: plan.T{Typ: x.Typ}, X: then}
	}
	in.into(sink{kind: give}, then)
	return b.compute("Maybe", outer,
		jen.Func().Params(jen.Id(name).Add(goType(x.V.Type))).Add(goType(x.Typ)).Block(in.stmts...))
}

func (b *body) index(x *plan.Index) *jen.Statement {
	name := "At"
	if types.Is(x.X.Type(), types.String) {
		name = "CharAt"
	}
	return b.compute(name, b.expr(x.X), b.expr(x.I), b.at(x.Pos))
}

// lookup writes m[k] as an optional. A map of optionals gives them itself.
func (b *body) lookup(x *plan.Lookup) *jen.Statement {
	if x.OfAny() {
		return b.intoAny(x)
	}
	if _, ok := x.X.Type().(*types.Map).Elem.(*types.Optional); ok {
		return b.operand(x.X, primaryPrec).Index(b.expr(x.Key))
	}
	return b.compute("Lookup", b.expr(x.X), b.expr(x.Key))
}

// intoAny writes a path into an any: its constant keys are one call's.
func (b *body) intoAny(x *plan.Lookup) *jen.Statement {
	from, keys := x.X, []jen.Code{b.expr(x.Key)}
	for isConst(x.Key) {
		outer, ok := from.(*plan.Lookup)
		if !ok || !outer.OfAny() {
			break
		}
		from, keys, x = outer.X, slices.Insert(keys, 0, jen.Code(b.expr(outer.Key))), outer
	}
	return b.compute("Get", append([]jen.Code{b.at(x.Pos), b.expr(from)}, keys...)...)
}

func isConst(x plan.Expr) bool { _, ok := x.(*plan.Const); return ok }

func (b *body) slice(x *plan.Slice) *jen.Statement {
	name := "Slice"
	if types.Is(x.X.Type(), types.String) {
		name = "Substring"
	}
	whole := b.ranged(x.X)
	lo, hi := jen.Lit(0), jen.Len(whole.Clone())
	if x.Lo != nil {
		lo = b.expr(x.Lo)
	}
	if x.Hi != nil {
		hi = b.expr(x.Hi)
	}
	return b.compute(name, whole, lo, hi, b.at(x.Pos))
}

func (b *body) mapLit(x *plan.MapLit) *jen.Statement {
	entries := make([]jen.Code, len(x.Keys))
	for i := range x.Keys {
		entries[i] = b.expr(x.Keys[i]).Op(":").Add(b.expr(x.Values[i]))
	}
	return goType(x.Typ).Add(braced(entries))
}

// structLit writes a struct literal; one that copies another is written as
// statements where that can be.
func (b *body) structLit(x *plan.StructLit) *jen.Statement {
	if x.Spread != nil {
		return b.block(x)
	}
	var fields []jen.Code
	for _, f := range x.Fields {
		if _, none := f.X.(*plan.None); !none {
			fields = append(fields, jen.Id(f.Field.GoName).Op(":").Add(b.expr(f.X)))
		}
	}
	return goType(x.Typ).Add(braced(fields))
}

// braced writes the elements of a literal in their order, on one line where they
// are few.
func braced(elems []jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: len(elems) > 4}, elems...)
}

func (b *body) interp(x *plan.Interp) *jen.Statement {
	if x.Multiplies() {
		args := []jen.Code{b.at(x.Pos)}
		for _, p := range x.Parts {
			args = append(args, b.part(x, p))
		}
		if len(args) == 2 {
			return jen.Add(args[1])
		}
		return b.compute("ConcatText", args...)
	}
	parts := jen.Null()
	for i, p := range x.Parts {
		if i > 0 {
			parts.Op("+")
		}
		parts.Add(b.text(p))
	}
	return parts
}

// part writes a part of a string; one that may come to be large fails there.
func (b *body) part(x *plan.Interp, p plan.Expr) *jen.Statement {
	if plan.IsTree(p.Type()) {
		return b.compute("TextAt", b.dynamic(p), b.at(x.Pos))
	}
	return b.text(p)
}

// text writes what a substitution prints of an expression.
func (b *body) text(x plan.Expr) *jen.Statement {
	switch t := x.Type().(type) {
	case *types.Enum:
		return jen.String().Call(b.expr(x))
	case *types.Basic:
		switch t.Kind {
		case types.String:
			return b.operand(x, token.ADD.Precedence())
		case types.Int:
			return jen.Qual("strconv", "Itoa").Call(b.expr(x))
		case types.Bool:
			return jen.Qual("strconv", "FormatBool").Call(b.expr(x))
		}
	}
	return b.compute("Text", b.dynamic(x))
}

func (b *body) convert(x *plan.Convert) *jen.Statement {
	from, to := x.X.Type(), x.Typ
	switch {
	case types.Under(from) != from || types.Under(to) != to:
		return goType(to).Call(b.expr(x.X))
	case types.Is(to, types.String):
		return b.text(x.X)
	case types.Is(to, types.Duration) && types.Is(from, types.String):
		return b.compute("DurationOf", b.expr(x.X), b.at(x.Pos))
	case types.Is(to, types.Duration) && types.IsFloat(from):
		return b.compute("Seconds", b.expr(x.X), b.at(x.Pos))
	case types.Is(from, types.String) && types.IsFloat(to):
		return b.compute("ParseFloat", b.expr(x.X), b.at(x.Pos))
	case types.Is(from, types.String):
		return b.compute("ParseInt", b.expr(x.X), b.at(x.Pos))
	case types.IsFloat(from) && types.IsInteger(to):
		return jen.Qual(purePath, "FloatTo").Index(goType(to)).Call(b.self(x.X), b.at(x.Pos))
	}
	if _, constant := x.X.(*plan.Const); constant && types.IsInteger(to) {
		return goType(to).Call(b.variable(x.X))
	}
	return goType(to).Call(b.self(x.X))
}

// keyed writes sort(v in x by key) and group(v in x by key).
func (b *body) keyed(x *plan.Keyed) *jen.Statement {
	list := b.expr(x.X)
	key := sink{kind: give, typ: x.Key.Type(), fit: b.fitted(x.Key.Type(), &plan.Pure{Value: x.Key}, x.Pos)}
	in := b.literal(leave{result: x.Key.Type(), pure: true})
	name := in.declare(x.V)
	if x.Looks() {
		in.mayStop()
	}
	in.into(key, x.Key)
	fn := "SortBy"
	switch {
	case x.Name == "group":
		fn = "Group"
	case isTime(x.Key):
		fn = "SortByTime"
	}
	return b.compute(fn, list,
		jen.Func().Params(jen.Id(name).Add(goType(x.V.Type))).Add(goType(x.Key.Type())).Block(in.stmts...))
}
