package checker

import (
	"go/constant"
	"regexp"
	"regexp/syntax"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// builtinNames are the language's functions, and run. string, int and float64 are
// types, whose calls are conversions.
var builtinNames = []string{
	"len", "sum", "min", "max", "abs", "round", "floor", "ceil", "contains", "join", "split", "upper",
	"lower", "trim", "replace", "hasPrefix", "hasSuffix", "keys", "values", "first", "last", "unique",
	"reverse", "sort", "append", "some", "range", "matches", "json", "fixed", "format", "now", "uuid", "run",
	"flatten", "chunk", "group", "without", "base64", "unbase64", "sha256", "glob",
}

// A signature is that of a builtin whose arguments and result have fixed types.
type signature struct {
	params []*Var
	result types.Type
}

func params(ps ...any) []*Var {
	var out []*Var
	for i := 0; i < len(ps); i += 2 {
		out = append(out, &Var{Name: ps[i].(string), Type: ps[i+1].(types.Type)})
	}
	return out
}

var signatures = func() map[string]signature {
	text, yes, num, whole := basic(types.String), basic(types.Bool), basic(types.Float64), basic(types.Int)
	return map[string]signature{
		"round":     {params("x", num), num},
		"floor":     {params("x", num), num},
		"ceil":      {params("x", num), num},
		"upper":     {params("s", text), text},
		"lower":     {params("s", text), text},
		"trim":      {params("s", text), text},
		"replace":   {params("s", text, "old", text, "new", text), text},
		"hasPrefix": {params("s", text, "prefix", text), yes},
		"hasSuffix": {params("s", text, "suffix", text), yes},
		"matches":   {params("text", text, "pattern", text), yes},
		"fixed":     {params("x", num, "digits", whole), text},
		"format":    {params("t", basic(types.Time), "layout", text), text},
		"join":      {params("list", listOf(text), "separator", text), text},
		"split":     {params("s", text, "separator", text), listOf(text)},
		"range":     {params("n", whole), listOf(whole)},
		"base64":    {params("s", text), text},
		"unbase64":  {params("s", text), text},
		"sha256":    {params("s", text), text},
		"glob":      {params("text", text, "pattern", text), yes},
	}
}()

// An arity says how many arguments a builtin takes, and how it is written.
type arity struct {
	least, most int // most is 0 for any number
	usage       string
}

var arities = map[string]arity{
	"len": {1, 1, "len(x)"}, "sum": {1, 1, "sum(list)"}, "abs": {1, 1, "abs(x)"}, "json": {1, 1, "json(x)"},
	"min": {1, 0, "min(list) or min(x, y)"}, "max": {1, 0, "max(list) or max(x, y)"},
	"contains": {2, 2, "contains(list, x) or contains(text, part)"}, "append": {1, 0, "append(list, x)"},
	"keys": {1, 1, "keys(map)"}, "values": {1, 1, "values(map)"},
	"first": {1, 1, "first(list)"}, "last": {1, 1, "last(list)"}, "some": {1, 1, "some(list)"},
	"unique": {1, 1, "unique(list)"}, "reverse": {1, 1, "reverse(list)"},
	"sort":    {1, 1, "sort(list) or sort(x in list by x.field)"},
	"flatten": {1, 1, "flatten(lists)"}, "chunk": {2, 2, "chunk(list, size)"}, "without": {2, 2, "without(map, key)"},
	"group": {1, 1, "group(x in list by x.field)"},
}

// recorded are the functions whose value is recorded: calling one is a step.
var recorded = map[string]types.Type{"now": basic(types.Time), "uuid": basic(types.String)}

// recordedRead checks now() and uuid().
func (c *checker) recordedRead(x *dsl.CallExpr) types.Type {
	c.stepHere(x)
	c.inArgs(func() { c.looseConversion(x) })
	if len(x.Args) > 0 {
		c.report(diag.WrongArity, x.Fun, "%s takes no arguments, found %d", x.Fun.Name, len(x.Args))
	}
	c.noClauses(x, "a read of the execution")
	return recorded[x.Fun.Name]
}

// decode checks decode(T, x).
func (c *checker) decode(x *dsl.DecodeExpr) types.Type {
	t := c.typeOf(x.Type)
	var from types.Type
	c.inArgs(func() { from = c.value(x.X, nil) })
	switch {
	case isInvalid(from), isAny(elemOf(from)), types.Is(from, types.String):
	case isOptional(from):
		c.maybeNone(x.X)
	default:
		c.report(diag.WrongType, x.X, "decode takes an any or a JSON text, found %s", from)
	}
	return t
}

func (c *checker) builtin(x *dsl.CallExpr, hint types.Type) types.Type {
	name := x.Fun.Name
	if s, ok := signatures[name]; ok {
		c.args(x, s.params)
		if name == "matches" && len(x.Args) == 2 {
			c.regexp(x.Args[1])
		}
		return s.result
	}
	a, ok := arities[name]
	n := len(x.Args)
	switch {
	case !ok:
		c.looseConversion(x)
		c.report(diag.WrongType, x.Fun, "%s isn't a function", name).Help = "there are run.id and run.started"
		return invalid
	case n < a.least || a.most > 0 && n > a.most:
		c.looseConversion(x)
		c.report(diag.WrongArity, x.Fun, "%s takes %s, found %d", name, count(a.least, "argument"), n).
			Help = "write " + a.usage
		return invalid
	}
	switch name {
	case "min", "max":
		return c.extreme(x, hint)
	case "contains":
		return c.contains(x)
	case "abs":
		return c.abs(x, hint)
	case "json":
		c.printableValue(x.Args[0])
		return basic(types.String)
	case "len":
		return c.length(x)
	case "keys", "values", "without":
		return c.ofMap(x)
	case "chunk":
		return c.chunk(x, hint)
	case "group":
		c.looseConversion(x)
		c.report(diag.WrongType, x.Args[0], "group takes the key of each element").Help = "write " + a.usage
		return invalid
	}
	return c.ofList(x, hint)
}

// regexp checks a constant regular expression.
func (c *checker) regexp(x dsl.Expr) {
	v := c.info.Consts[x]
	if v == nil || v.Kind() != constant.String {
		return
	}
	_, err := regexp.Compile(constant.StringVal(v))
	if fault, ok := err.(*syntax.Error); ok {
		c.report(diag.BadConstant, x, "the pattern is no regular expression: %s: %s", fault.Code, fault.Expr)
	}
}

// printableValue checks what becomes JSON.
func (c *checker) printableValue(x dsl.Expr) {
	if t := c.value(x, nil); types.Is(t, types.Failure) {
		c.report(diag.WrongType, x, "%s is an error, which has no JSON", c.text(x)).Help = "write " + c.text(x) + ".message"
	}
}

// extreme checks min and max, of a list or of arguments.
func (c *checker) extreme(x *dsl.CallExpr, hint types.Type) types.Type {
	if len(x.Args) == 1 {
		l := c.listArg(x, nil)
		if l == nil {
			return invalid
		}
		return c.ordered(x, l.Elem)
	}
	if hint = elemOf(hint); hint == nil || !types.IsNumeric(hint) {
		hint = nil
	}
	ls := &leaves{c: c}
	for _, a := range x.Args {
		ls.add(a, func(do func()) { do() })
	}
	before := len(c.diags)
	t := ls.join(hint, "the argument")
	switch {
	case len(c.diags) > before:
		return invalid
	case isOptional(t):
		for _, a := range x.Args {
			if isOptional(c.info.Types[a]) {
				c.maybeNone(a)
			}
		}
		return invalid
	}
	return c.ordered(x, t)
}

func (c *checker) ordered(x *dsl.CallExpr, t types.Type) types.Type {
	if isInvalid(t) || types.IsOrdered(t) {
		return t
	}
	c.report(diag.WrongType, x.Args[0], "%s compares, and %s has no order", x.Fun.Name, t).
		Help = orderedTypes
	return invalid
}

// listArg checks that the first argument is a list; nil where it isn't.
func (c *checker) listArg(x *dsl.CallExpr, hint types.Type) *types.List {
	t := c.plain(x.Args[0], hint)
	l, ok := t.(*types.List)
	if !ok && !isInvalid(t) {
		c.report(diag.WrongType, x.Args[0], "%s takes a list, found %s", x.Fun.Name, t).Help = "write " + arities[x.Fun.Name].usage
	}
	return l
}

func (c *checker) abs(x *dsl.CallExpr, hint types.Type) types.Type {
	t := c.plain(x.Args[0], hint)
	switch {
	case isInvalid(t):
	case isUnsigned(t):
		c.report(diag.WrongType, x.Args[0], "%s is never negative", t).Help = "remove the abs"
	case !types.IsNumeric(t) && !types.Is(t, types.Duration):
		c.report(diag.WrongType, x.Args[0], "abs takes a number or a duration, found %s", t)
		return invalid
	}
	return t
}

func (c *checker) contains(x *dsl.CallExpr) types.Type {
	t := c.plain(x.Args[0], nil)
	l, isList := t.(*types.List)
	_, isMap := t.(*types.Map)
	switch {
	case isList:
		c.want(x.Args[1], l.Elem, "the second argument")
		c.comparable(x.Args[0], l.Elem)
	case types.Is(t, types.String):
		c.want(x.Args[1], t, "the second argument")
	default:
		c.infer(x.Args[1], invalid)
		if isInvalid(t) {
			break
		}
		d := c.report(diag.WrongType, x.Args[0], "contains takes a list or string, found %s", t)
		if isMap {
			d.Help = "write " + c.text(x.Args[1]) + " in " + c.text(x.Args[0])
		}
	}
	return basic(types.Bool)
}

func (c *checker) length(x *dsl.CallExpr) types.Type {
	t := c.plain(x.Args[0], nil)
	switch t.(type) {
	case *types.List, *types.Map:
		return basic(types.Int)
	}
	if !types.Is(t, types.String) && !isInvalid(t) {
		c.report(diag.WrongType, x.Args[0], "len takes a list, map or string, found %s", t)
	}
	return basic(types.Int)
}

func (c *checker) ofMap(x *dsl.CallExpr) types.Type {
	t := c.plain(x.Args[0], nil)
	m, ok := t.(*types.Map)
	for _, key := range x.Args[1:] {
		if ok {
			c.want(key, m.Key, "the key")
		} else {
			c.infer(key, invalid)
		}
	}
	switch {
	case !ok:
		if !isInvalid(t) {
			c.report(diag.WrongType, x.Args[0], "%s takes a map, found %s", x.Fun.Name, t)
		}
		return invalid
	case x.Fun.Name == "keys":
		return listOf(m.Key)
	case x.Fun.Name == "without":
		return m
	}
	return listOf(m.Elem)
}

// chunk checks chunk(xs, n).
func (c *checker) chunk(x *dsl.CallExpr, hint types.Type) types.Type {
	l := c.listArg(x, listHint(x, hint))
	c.want(x.Args[1], basic(types.Int), "the size")
	if n, ok := c.fold(x.Args[1]); ok && n.v.Kind() == constant.Int && constant.Sign(n.v) <= 0 {
		c.report(diag.BadConstant, x.Args[1], "a chunk has at least one element, found %s", n.v).Help = "write chunk(list, 1) or more"
	}
	if l == nil {
		return invalid
	}
	return listOf(l)
}

// ofList checks the builtins whose first argument is a list.
func (c *checker) ofList(x *dsl.CallExpr, hint types.Type) types.Type {
	l := c.listArg(x, listHint(x, hint))
	for _, a := range x.Args[1:] {
		if l != nil {
			c.want(a, l.Elem, "the element")
		} else {
			c.infer(a, invalid)
		}
	}
	if l == nil || isInvalid(l.Elem) {
		return invalid
	}
	return c.fromList(x, l)
}

// listHint is what the type that is wanted of a builtin says of the list it takes.
func listHint(x *dsl.CallExpr, hint types.Type) types.Type {
	hint = elemOf(hint)
	l, isList := hint.(*types.List)
	switch x.Fun.Name {
	case "flatten":
		if isList {
			return listOf(l)
		}
		return nil
	case "chunk":
		if isList {
			return l.Elem
		}
		return nil
	case "sum", "first", "last":
		if hint != nil && !isInvalid(hint) && !types.Is(hint, types.Any) {
			return listOf(hint)
		}
		return nil
	case "some":
		if isList {
			return listOf(optionalOf(elemOf(l.Elem)))
		}
		return nil
	}
	if isList {
		return l
	}
	return nil
}

func (c *checker) fromList(x *dsl.CallExpr, l *types.List) types.Type {
	name := x.Fun.Name
	refuse := func(help, format string, args ...any) types.Type {
		c.report(diag.WrongType, x.Args[0], format, args...).Help = help
		return invalid
	}
	switch name {
	case "sum":
		if !types.IsNumeric(l.Elem) && !types.Is(l.Elem, types.Duration) {
			return refuse("numbers and durations add up", "sum takes a list of numbers, found %s", l)
		}
		return l.Elem
	case "first", "last":
		return l.Elem
	case "flatten":
		if _, ok := l.Elem.(*types.List); !ok {
			return refuse("remove the flatten", "flatten takes a list of lists, found %s", l)
		}
		return l.Elem
	case "unique":
		if !types.GoComparable(l.Elem) && !types.Is(l.Elem, types.Time) {
			return refuse("", "unique can't tell values of %s apart", l.Elem)
		}
	case "sort":
		if !types.IsOrdered(l.Elem) {
			return refuse("say by what: sort(x in "+c.text(x.Args[0])+" by …)", "sort compares, and %s has no order", l.Elem)
		}
	case "some":
		o, ok := l.Elem.(*types.Optional)
		if !ok {
			return refuse("remove the some", "some drops nones, and %s has none", l)
		}
		return listOf(o.Elem)
	}
	return l
}

// keyed checks sort(x in xs by key) and group(x in xs by key).
func (c *checker) keyed(x *dsl.KeyedExpr) types.Type {
	t := c.plain(x.List, nil)
	l, ok := t.(*types.List)
	if !ok {
		if !isInvalid(t) {
			c.report(diag.WrongType, x.List, "%s takes a list, found %s", x.Fun, t)
		}
		l, t = &types.List{Elem: invalid}, invalid
	}
	key := invalid
	c.inScope(func() {
		c.bind(x.Var, l.Elem, "the variable of a "+x.Fun)
		c.pureIn("the key of a "+x.Fun, func() { key = c.plain(x.Key, nil) })
	})
	switch {
	case isInvalid(key):
		return invalid
	case x.Fun == "group":
		return c.grouped(x, key, t)
	case !types.IsOrdered(key):
		c.report(diag.WrongType, x.Key, "sort compares, and %s has no order", key).Help = orderedTypes
	}
	return t
}

// grouped is the map that a group of a list gives.
func (c *checker) grouped(x *dsl.KeyedExpr, key, list types.Type) types.Type {
	if !types.IsMapKey(key) {
		c.report(diag.WrongType, x.Key, "group gives a map, and a map's key can't be %s", key).Help = mapKeys
		return invalid
	}
	if isInvalid(list) {
		return invalid
	}
	return &types.Map{Key: key, Elem: list}
}

const (
	orderedTypes = "numbers, strings, times and durations have one"
	mapKeys      = "keys are strings, integers, bools and enums"
)
