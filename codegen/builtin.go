package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// standard holds the builtins that a function of Go's library is.
var standard = map[string][2]string{
	"round": {"math", "Round"}, "floor": {"math", "Floor"}, "ceil": {"math", "Ceil"},
	"trim":      {"strings", "TrimSpace"},
	"sha256":    {sha256Path, "Hex"},
	"hasPrefix": {"strings", "HasPrefix"}, "hasSuffix": {"strings", "HasSuffix"},
}

// ofPure holds the builtins that a function of package pure is, with the same
// arguments.
var ofPure = map[string]string{
	"abs": "Abs", "sum": "Sum", "keys": "Keys", "values": "Values", "unique": "Unique",
	"reverse": "Reverse", "some": "Present", "without": "Without",
}

// placed holds those that may fail, and take their place as the last argument.
var placed = map[string]string{
	"first": "First", "last": "Last", "range": "Range", "matches": "Matches", "fixed": "Fixed", "format": "Format",
	"join": "Join", "split": "Split", "replace": "Replace", "upper": "Upper", "lower": "Lower",
	"flatten": "Flatten", "chunk": "Chunk", "base64": "Base64", "unbase64": "Unbase64", "glob": "Glob",
}

func (b *body) builtin(x *plan.Builtin) *jen.Statement {
	if fn, ok := standard[x.Name]; ok {
		return jen.Qual(fn[0], fn[1]).Call(b.exprs(x.Args)...)
	}
	if fn, ok := placed[x.Name]; ok {
		return b.compute(fn, append(b.exprs(x.Args), b.at(x.Pos))...)
	}
	if fn, ok := ofPure[x.Name]; ok {
		return b.compute(fn, b.exprs(x.Args)...)
	}
	switch x.Name {
	case "json":
		return b.compute("JSON", b.dynamic(x.Args[0]), b.at(x.Pos))
	case "len":
		return jen.Len(b.expr(x.Args[0]))
	case "append":
		return b.appended(x)
	case "contains":
		return b.containsCall(x)
	case "min", "max":
		return b.extreme(x)
	case plan.Merge:
		return b.merge(x)
	case plan.Sized:
		return b.compute("FitState", b.exprs(x.Args)[0], b.at(x.Pos))
	case plan.Rest:
		return b.compute("Rest", append([]jen.Code{b.at(x.Pos)}, b.exprs(x.Args)...)...)
	case "sort":
		return b.compute(ofTimes(x.Args[0], "SortTimes", "Sort"), b.expr(x.Args[0]))
	}
	panic("internal error: unknown builtin " + x.Name)
}

func (b *body) appended(x *plan.Builtin) *jen.Statement {
	args := []jen.Code{b.at(x.Pos), b.expr(x.Args[0])}
	for _, more := range x.Args[1:] {
		args = append(args, b.as(x.Typ.(*types.List).Elem, more))
	}
	return b.compute("Append", args...)
}

// merge writes a map of the entries of several. A list of maps that stands alone is the
// arguments.
func (b *body) merge(x *plan.Builtin) *jen.Statement {
	at := b.at(x.Pos)
	if len(x.Args) == 1 && plan.IsList(x.Args[0].Type()) {
		return b.compute("Merge", at, b.expr(x.Args[0]).Op("..."))
	}
	args := []jen.Code{at}
	for _, part := range x.Args {
		if plan.IsList(part.Type()) {
			args = append(args, b.compute("Merge", b.at(x.Pos), b.expr(part).Op("...")))
			continue
		}
		args = append(args, b.expr(part))
	}
	return b.compute("Merge", args...)
}

func (b *body) containsCall(x *plan.Builtin) *jen.Statement {
	if l, ok := x.Args[0].Type().(*types.List); ok {
		return b.contains(l.Elem, x.Args[0], x.Args[1])
	}
	return jen.Qual("strings", "Contains").Call(b.exprs(x.Args)...)
}

// extreme writes min and max, of a list or of arguments.
func (b *body) extreme(x *plan.Builtin) *jen.Statement {
	name := types.Exported(x.Name)
	if _, ok := x.Args[0].Type().(*types.List); ok && len(x.Args) == 1 {
		return b.compute(ofTimes(x.Args[0], name+"Time", name), b.expr(x.Args[0]), b.at(x.Pos))
	}
	if isTime(x.Args[0]) {
		return b.compute(name+"Time", jen.Index().Qual("time", "Time").Values(b.exprs(x.Args)...), b.at(x.Pos))
	}
	args := []jen.Code{b.self(x.Args[0])}
	return jen.Id(x.Name).Call(append(args, b.exprs(x.Args[1:])...)...)
}

// ofTimes picks the function for a list of times, or the one for other lists.
func ofTimes(list plan.Expr, times, other string) string {
	if types.Is(list.Type().(*types.List).Elem, types.Time) {
		return times
	}
	return other
}
