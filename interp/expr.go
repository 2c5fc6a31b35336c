package interp

import (
	"go/constant"
	"reflect"
	"strconv"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// expr gives the value of an expression, in the Go type of its type. What can't be
// computed panics with a *pure.Fault, as in generated code.
func (e *env) expr(x plan.Expr) reflect.Value {
	return fit(e.eval(x), goType(x.Type()))
}

func (e *env) eval(x plan.Expr) reflect.Value {
	//sumtype:exhaustive
	switch x := x.(type) {
	case *plan.Const:
		return constOf(x)
	case *plan.Member:
		return reflect.ValueOf(x.Name)
	case *plan.None:
		return reflect.Zero(goType(x.Typ))
	case *plan.Some:
		return some(fit(e.expr(x.X), goType(x.Typ).Elem()))
	case *plan.Deref:
		return e.expr(x.X).Elem()
	case *plan.Widen:
		return e.widen(x)
	case *plan.Decode:
		return e.decode(x)
	case *plan.Var:
		return e.find(x.V).get()
	case *plan.Field:
		if g, ok := x.X.Type().(*types.Go); ok {
			return e.goField(e.expr(x.X), g, x.Field)
		}
		return e.field(e.expr(x.X), x.Field)
	case *plan.FailureField:
		return e.failureField(x)
	case *plan.RunField:
		if x.Name == "id" {
			return reflect.ValueOf(e.frame.RunID())
		}
		return reflect.ValueOf(e.frame.RunStarted())
	case *plan.Path:
		return e.path(x)
	case *plan.Index:
		return e.index(x)
	case *plan.Lookup:
		return e.lookup(x)
	case *plan.Slice:
		return e.slice(x)
	case *plan.Unary:
		return e.unary(x)
	case *plan.Binary:
		return e.binary(x)
	case *plan.Interp:
		return e.interp(x)
	case *plan.ListLit:
		return e.list(goType(x.Typ), x.Elems)
	case *plan.MapLit:
		return e.mapLit(x)
	case *plan.StructLit:
		return e.structLit(x)
	case *plan.Convert:
		return e.convert(x)
	case *plan.Builtin:
		return e.builtin(x)
	case *plan.FuncCall:
		return e.call(x)
	case *plan.Keyed:
		return e.keyed(x)
	case *plan.PureIf:
		if e.truth(x.Cond) {
			return e.pure(x.Then)
		}
		return e.pure(x.Else)
	case *plan.PureMatch:
		return e.pureMatch(x)
	case *plan.PureFor:
		return e.pureFor(x)
	case *plan.PureLoop:
		return e.pureLoop(x)
	case *plan.Leave: // pureRound runs it
	case *plan.Raise:
		panic(&Raised{x.X, Value{e.expr(x.X)}})
	}
	panic("internal error: unknown expression")
}

func (e *env) exprs(xs []plan.Expr) []reflect.Value {
	out := make([]reflect.Value, len(xs))
	for i, x := range xs {
		out[i] = e.expr(x)
	}
	return out
}

func (e *env) truth(x plan.Expr) bool { return e.expr(x).Bool() }

// call calls a func.
func (e *env) call(x *plan.FuncCall) reflect.Value {
	args := fitAll(e.exprs(x.Args), x.Func.Params)
	if x.Func.Go != nil {
		return e.goCall(x, args)
	}
	in := &env{p: e.p, frame: e.frame, check: e.check, brief: e.brief}
	for i, p := range x.Func.Params {
		in = in.with(p, args[i])
	}
	return in.pure(x.Func.Body)
}

// pure gives the value of a block without steps.
func (e *env) pure(p *plan.Pure) reflect.Value {
	for _, l := range p.Lets {
		e = e.with(l.V, e.expr(l.X))
	}
	return e.expr(p.Value)
}

// constOf gives a constant as its type has it.
func constOf(c *plan.Const) reflect.Value {
	v := reflect.New(goType(c.Typ)).Elem()
	switch {
	case v.Type() == timeType:
		return reflect.ValueOf(c.Time())
	case v.Kind() == reflect.String:
		v.SetString(constant.StringVal(c.Value))
	case v.Kind() == reflect.Bool:
		v.SetBool(constant.BoolVal(c.Value))
	case v.CanFloat():
		// By its shortest text, as it stands in generated code.
		f, _ := constant.Float64Val(c.Value)
		f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 64), v.Type().Bits())
		v.SetFloat(f)
	case v.CanUint():
		n, _ := constant.Uint64Val(constant.ToInt(c.Value))
		v.SetUint(n)
	default:
		n, _ := constant.Int64Val(constant.ToInt(c.Value))
		v.SetInt(n)
	}
	return v
}

// field reads a field of a struct.
func (e *env) field(x reflect.Value, f *types.Field) reflect.Value {
	return fieldsOf(x).Field(e.p.places[f])
}

func (e *env) failureField(x *plan.FailureField) reflect.Value {
	err, _ := reflect.TypeAssert[error](e.expr(x.X))
	if x.Name == "step" {
		return reflect.ValueOf(runtime.FailedStep(err))
	}
	return reflect.ValueOf(pure.Message(err))
}

// path gives X?.…, which is none where X is.
func (e *env) path(x *plan.Path) reflect.Value {
	outer := e.expr(x.X)
	if outer.IsNil() {
		return reflect.Zero(goType(x.Typ))
	}
	return e.with(x.V, outer.Elem()).expr(x.Then)
}

func (e *env) index(x *plan.Index) reflect.Value {
	list, i, at := e.expr(x.X), e.integer(x.I), place(x.Pos)
	if list.Kind() == reflect.String {
		return reflect.ValueOf(pure.CharAt(list.String(), i, at))
	}
	pure.At(make([]struct{}, list.Len()), i, at)
	return list.Index(i)
}

func (e *env) integer(x plan.Expr) int { return int(e.expr(x).Int()) }

// lookup gives m[k] as an optional. A map of optionals holds them itself.
func (e *env) lookup(x *plan.Lookup) reflect.Value {
	if x.OfAny() {
		from := e.expr(x.X)
		return reflect.ValueOf(pure.Get(place(x.Pos), from.Interface(), e.expr(x.Key).Interface()))
	}
	v := e.expr(x.X).MapIndex(e.expr(x.Key))
	switch t := goType(x.Typ); {
	case !v.IsValid(), v.Kind() == reflect.Interface && v.IsNil():
		return reflect.Zero(t)
	case v.Type() == t:
		return v
	}
	return some(v)
}

func (e *env) slice(x *plan.Slice) reflect.Value {
	whole := e.expr(x.X)
	lo, hi := 0, whole.Len()
	if x.Lo != nil {
		lo = e.integer(x.Lo)
	}
	if x.Hi != nil {
		hi = e.integer(x.Hi)
	}
	if whole.Kind() == reflect.String {
		return reflect.ValueOf(pure.Substring(whole.String(), lo, hi, place(x.Pos)))
	}
	pure.Slice(make([]struct{}, whole.Len()), lo, hi, place(x.Pos))
	return whole.Slice3(lo, hi, hi)
}

// interp puts a text together of what its parts print.
func (e *env) interp(x *plan.Interp) reflect.Value {
	if x.Multiplies() {
		return e.concat(x.Parts, x.Pos)
	}
	out := ""
	for _, part := range x.Parts {
		out += pure.Text(e.expr(part).Interface())
	}
	return reflect.ValueOf(out)
}

// concat puts a string together that may come to be too large.
func (e *env) concat(parts []plan.Expr, pos plan.Pos) reflect.Value {
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = pure.TextAt(e.expr(part).Interface(), place(pos))
	}
	return reflect.ValueOf(pure.ConcatText(place(pos), texts...))
}

// list makes a list of a type.
func (e *env) list(t reflect.Type, elems []plan.Expr) reflect.Value {
	list := reflect.MakeSlice(t, len(elems), len(elems))
	for i, x := range elems {
		list.Index(i).Set(e.expr(x))
	}
	return list
}

func (e *env) mapLit(x *plan.MapLit) reflect.Value {
	t := goType(x.Typ)
	m := reflect.MakeMap(t)
	for i := range x.Keys {
		key := e.expr(x.Keys[i])
		m.SetMapIndex(key, fit(e.expr(x.Values[i]), t.Elem()))
	}
	return m
}

// structLit makes a struct, as a copy of another where there is a spread.
func (e *env) structLit(x *plan.StructLit) reflect.Value {
	if g, ok := x.Typ.(*types.Go); ok {
		return e.goLit(x, g)
	}
	made := reflect.New(e.p.layouts[x.Typ.(*types.Struct)].inner).Elem()
	if x.Spread != nil {
		made.Set(fieldsOf(e.expr(x.Spread)))
	}
	for _, f := range x.Fields {
		made.Field(e.p.places[f.Field]).Set(e.expr(f.X))
	}
	return reflect.ValueOf(pure.NewRecord(made))
}

func (e *env) convert(x *plan.Convert) reflect.Value {
	v, at, t := e.expr(x.X), place(x.Pos), goType(x.Typ)
	integer := types.IsInteger(x.Typ)
	switch {
	case types.Is(x.Typ, types.String):
		return reflect.ValueOf(pure.Text(v.Interface()))
	case v.Kind() == reflect.String && types.Is(x.Typ, types.Duration):
		return reflect.ValueOf(pure.DurationOf(v.String(), at))
	case v.CanFloat() && types.Is(x.Typ, types.Duration):
		return reflect.ValueOf(pure.Seconds(v.Float(), at))
	case v.Kind() == reflect.String && types.IsFloat(x.Typ):
		return reflect.ValueOf(pure.ParseFloat(v.String(), at)).Convert(t)
	case v.Kind() == reflect.String:
		return reflect.ValueOf(pure.ParseInt(v.String(), at)).Convert(t)
	case v.CanFloat() && integer:
		return numbers[t].truncated(v, at)
	}
	return v.Convert(t)
}

func (e *env) pureMatch(x *plan.PureMatch) reflect.Value {
	in, body := e.arm(x)
	return in.pure(body)
}

// arm is the arm of a match that is taken.
func (e *env) arm(x *plan.PureMatch) (*env, *plan.Pure) {
	v := e.matched(x.X, x.Pos)
	for _, arm := range x.Arms {
		if member, ok := e.matches(v, arm.Case); ok {
			return e.with(arm.Binds, member), arm.Body
		}
	}
	panic("internal error: a match that isn't exhaustive")
}

func (e *env) pureFor(x *plan.PureFor) reflect.Value {
	out := reflect.MakeSlice(goType(x.Typ), 0, 0)
	elem, size := out.Type().Elem(), 0
	counts, looks := plan.Counts(x.Typ.(*types.List).Elem, x.Body), x.Looks()
	for key, value := range entries(e.expr(x.X)) {
		if looks {
			e.checkStopped()
		}
		in := e.with(x.Key, key).with(x.Value, value)
		if x.Where == nil || in.truth(x.Where) {
			v := fit(in.pure(x.Body), elem)
			if counts {
				pure.FitValue(v, &size, place(x.Pos))
			}
			out = reflect.Append(out, v)
		}
	}
	return out
}
