package checker

import (
	"go/constant"
	"regexp"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// builtinNames are the language's functions, and run. string, int and float64 are
// types, whose calls are conversions.
var builtinNames = []string{
	"len", "sum", "min", "max", "abs", "round", "floor", "ceil", "contains", "join", "split", "upper",
	"lower", "trim", "replace", "hasPrefix", "hasSuffix", "keys", "values", "first", "last", "unique",
	"reverse", "sort", "append", "some", "range", "matches", "json", "run",
}

// A signature is that of a builtin whose arguments and result have fixed types.
type signature struct {
	params []types.Kind
	result types.Kind
}

var signatures = map[string]signature{
	"round":     {[]types.Kind{types.Float64}, types.Float64},
	"floor":     {[]types.Kind{types.Float64}, types.Float64},
	"ceil":      {[]types.Kind{types.Float64}, types.Float64},
	"upper":     {[]types.Kind{types.String}, types.String},
	"lower":     {[]types.Kind{types.String}, types.String},
	"trim":      {[]types.Kind{types.String}, types.String},
	"replace":   {[]types.Kind{types.String, types.String, types.String}, types.String},
	"hasPrefix": {[]types.Kind{types.String, types.String}, types.Bool},
	"hasSuffix": {[]types.Kind{types.String, types.String}, types.Bool},
	"matches":   {[]types.Kind{types.String, types.String}, types.Bool},
}

// arity gives how many arguments the other builtins take, at least and at most (0
// for any number).
var arity = map[string][2]int{
	"len": {1, 1}, "sum": {1, 1}, "min": {1, 0}, "max": {1, 0}, "abs": {1, 1}, "contains": {2, 2},
	"join": {2, 2}, "split": {2, 2}, "keys": {1, 1}, "values": {1, 1}, "first": {1, 1}, "last": {1, 1},
	"unique": {1, 1}, "reverse": {1, 1}, "sort": {1, 1}, "append": {1, 0}, "some": {1, 1}, "range": {1, 1},
	"json": {1, 1},
}

func (c *checker) builtin(x *dsl.CallExpr, hint types.Type) types.Type {
	name := x.Fun.Name
	if s, ok := signatures[name]; ok {
		return c.fixedBuiltin(x, s)
	}
	bounds, ok := arity[name]
	if !ok {
		c.looseArgs(x)
		c.report(diag.WrongType, x.Fun, "%s isn't a function", name)
		return invalid
	}
	if n := len(x.Args); n < bounds[0] || bounds[1] > 0 && n > bounds[1] {
		c.looseArgs(x)
		c.report(diag.WrongArity, x.Fun, "%s takes %s, found %d", name, count(bounds[0], "argument"), n)
		return invalid
	}
	switch name {
	case "min", "max":
		return c.extreme(x, hint)
	case "contains":
		return c.contains(x)
	case "range":
		c.want(x.Args[0], basic(types.Int), "the argument")
		return listOf(basic(types.Int))
	case "abs":
		return c.abs(x, hint)
	case "json":
		c.value(x.Args[0], nil)
		return basic(types.String)
	case "split":
		c.want(x.Args[0], basic(types.String), "the text")
		c.want(x.Args[1], basic(types.String), "the separator")
		return listOf(basic(types.String))
	case "join":
		c.want(x.Args[0], listOf(basic(types.String)), "the list")
		c.want(x.Args[1], basic(types.String), "the separator")
		return basic(types.String)
	}
	return c.ofCollection(x, hint)
}

func listOf(t types.Type) types.Type { return &types.List{Elem: t} }

func (c *checker) fixedBuiltin(x *dsl.CallExpr, s signature) types.Type {
	params := make([]*Var, len(s.params))
	for i, k := range s.params {
		params[i] = &Var{Name: []string{"x", "y", "z"}[i], Type: basic(k)}
	}
	c.args(x, params)
	if x.Fun.Name == "matches" && len(x.Args) == 2 {
		c.pattern(x.Args[1])
	}
	return basic(s.result)
}

// pattern checks a constant regular expression.
func (c *checker) pattern(x dsl.Expr) {
	v := c.info.Consts[x]
	if v == nil || v.Kind() != constant.String {
		return
	}
	if _, err := regexp.Compile(constant.StringVal(v)); err != nil {
		c.report(diag.BadConstant, x, "the pattern is unsound: %v", err)
	}
}

func (c *checker) extreme(x *dsl.CallExpr, hint types.Type) types.Type {
	if len(x.Args) > 1 {
		if !types.IsNumeric(orInvalid(hint)) {
			hint = nil
		}
		t := c.join(x.Args, hint, "an argument")
		return c.ordered(x, t)
	}
	l, ok := c.listArg(x, nil)
	if !ok {
		return invalid
	}
	return c.ordered(x, l.Elem)
}

func (c *checker) ordered(x *dsl.CallExpr, t types.Type) types.Type {
	if isInvalid(t) {
		return invalid
	}
	if !types.IsOrdered(t) {
		c.report(diag.WrongType, x.Args[0], "%s of %s, which has no order", x.Fun.Name, t).
			Help = "numbers, strings, times and durations have one"
		return invalid
	}
	return t
}

// listArg checks that the first argument is a list.
func (c *checker) listArg(x *dsl.CallExpr, hint types.Type) (*types.List, bool) {
	t := c.value(x.Args[0], hint)
	if _, ok := t.(*types.Optional); ok {
		c.maybeNone(x.Args[0], "the argument")
		return nil, false
	}
	l, ok := t.(*types.List)
	if !ok && !isInvalid(t) {
		c.report(diag.WrongType, x.Args[0], "%s takes a list, found %s", x.Fun.Name, t)
	}
	return l, ok
}

func (c *checker) abs(x *dsl.CallExpr, hint types.Type) types.Type {
	t := c.plain2(x.Args[0], hint)
	if !types.IsNumeric(t) && !types.Is(t, types.Duration) && !isInvalid(t) {
		c.report(diag.WrongType, x.Args[0], "abs takes a number or a duration, found %s", t)
		return invalid
	}
	if b, ok := t.(*types.Basic); ok && b.Kind >= types.Uint && b.Kind <= types.Uint64 {
		c.report(diag.WrongType, x.Args[0], "%s is never negative", t)
	}
	return t
}

func (c *checker) contains(x *dsl.CallExpr) types.Type {
	switch t := c.plain(x.Args[0], "the first argument").(type) {
	case *types.List:
		c.want(x.Args[1], t.Elem, "the second argument")
		if !types.IsComparable(t.Elem) {
			c.report(diag.WrongType, x.Args[0], "%s can't be compared, so nothing is in a list of it", t.Elem)
		}
	default:
		if isInvalid(t) {
			c.infer(x.Args[1], invalid)
			break
		}
		if !types.Is(t, types.String) {
			c.report(diag.WrongType, x.Args[0], "contains takes a list or a string, found %s", t)
		}
		c.want(x.Args[1], basic(types.String), "the second argument")
	}
	return basic(types.Bool)
}

// ofCollection checks the builtins whose first argument is a list or map.
func (c *checker) ofCollection(x *dsl.CallExpr, hint types.Type) types.Type {
	switch name := x.Fun.Name; name {
	case "len":
		return c.length(x)
	case "keys", "values":
		return c.ofMap(x)
	case "sum", "first", "last", "some":
		hint = nil
	}
	l, ok := c.listArg(x, listHint(hint))
	for _, a := range x.Args[1:] {
		if ok {
			c.want(a, l.Elem, "what is appended")
		} else {
			c.infer(a, invalid)
		}
	}
	if !ok || isInvalid(l.Elem) {
		return invalid
	}
	return c.ofList(x, l)
}

func listHint(t types.Type) types.Type {
	if l, ok := t.(*types.List); ok {
		return l
	}
	return nil
}

func (c *checker) ofList(x *dsl.CallExpr, l *types.List) types.Type {
	refuse := func(why string) types.Type {
		c.report(diag.WrongType, x.Args[0], "%s of %s, %s", x.Fun.Name, l, why)
		return invalid
	}
	switch x.Fun.Name {
	case "sum":
		if !types.IsNumeric(l.Elem) && !types.Is(l.Elem, types.Duration) {
			return refuse("which doesn't add up: expected numbers or durations")
		}
		return l.Elem
	case "first", "last":
		return l.Elem
	case "unique":
		if !types.GoComparable(l.Elem) {
			return refuse("whose elements can't be told apart")
		}
	case "sort":
		if !types.IsOrdered(l.Elem) {
			return refuse("whose elements have no order: say by what, like sort(x in xs by x.name)")
		}
	case "some":
		o, ok := l.Elem.(*types.Optional)
		if !ok {
			return refuse("where nothing is none")
		}
		return listOf(o.Elem)
	}
	return l
}

func (c *checker) length(x *dsl.CallExpr) types.Type {
	switch t := c.plain(x.Args[0], "the argument").(type) {
	case *types.List, *types.Map:
	default:
		if !types.Is(t, types.String) && !isInvalid(t) {
			c.report(diag.WrongType, x.Args[0], "len of %s, expected a list, map or string", t)
		}
	}
	return basic(types.Int)
}

func (c *checker) ofMap(x *dsl.CallExpr) types.Type {
	t := c.plain(x.Args[0], "the argument")
	m, ok := t.(*types.Map)
	switch {
	case !ok:
		if !isInvalid(t) {
			c.report(diag.WrongType, x.Args[0], "%s takes a map, found %s", x.Fun.Name, t)
		}
		return invalid
	case x.Fun.Name == "keys":
		return listOf(m.Key)
	}
	return listOf(m.Elem)
}

// sortBy checks sort(x in xs by key).
func (c *checker) sortBy(x *dsl.SortExpr) types.Type {
	t := c.plain(x.List, "what is sorted")
	l, ok := t.(*types.List)
	if !ok {
		if !isInvalid(t) {
			c.report(diag.WrongType, x.List, "sort takes a list, found %s", t)
		}
		l = &types.List{Elem: invalid}
	}
	c.inScope(func() {
		c.bind(x.Var, l.Elem, false)
		c.pureIn("the key of sort", func() {
			key := c.plain(x.Key, "the key")
			if !isInvalid(key) && !types.IsOrdered(key) {
				c.report(diag.WrongType, x.Key, "%s has no order to sort by", key).
					Help = "numbers, strings, times and durations have one"
			}
		})
	})
	return t
}
