package random

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wfgen/wfgen/dsl"
)

// This file is what the reference knows of values: bools, ints, strings, float64s,
// durations, times, []any for lists, map[string]any for maps and, with the type's name under
// "type", for structs, and nil for none.

func isNone(x dsl.Expr) bool {
	lit, ok := x.(*dsl.BasicLit)
	return ok && lit.Kind == dsl.NoneLit
}

func literal(x *dsl.BasicLit) any {
	switch x.Kind {
	case dsl.NoneLit:
		return nil
	case dsl.BoolLit:
		return x.Text == "true"
	case dsl.FloatLit:
		f, _ := strconv.ParseFloat(x.Text, 64)
		return f
	case dsl.TimeLit:
		t, _ := time.Parse(time.RFC3339Nano, x.Text)
		return t.UTC()
	case dsl.DurationLit:
		days, rest, ok := strings.Cut(x.Text, "d")
		if !ok {
			days, rest = "0", x.Text
		}
		n, _ := strconv.Atoi(days)
		d, _ := time.ParseDuration(rest)
		return time.Duration(n)*24*time.Hour + d
	}
	n, _ := strconv.Atoi(x.Text)
	return n
}

func negative(v any) any {
	switch v := v.(type) {
	case float64:
		return -v
	case time.Duration:
		return -v
	}
	return -v.(int)
}

// operation is what an operator gives.
func operation(op dsl.BinaryOp, a, b any) any {
	switch x := a.(type) {
	case []any:
		return append(slices.Clone(x), b.([]any)...)
	case string:
		if op == dsl.Add {
			return x + textOf(b)
		}
		return ordered(op, x, b.(string))
	case float64:
		return arithmetic(op, x, b.(float64))
	case time.Duration:
		if n, ok := b.(int); ok {
			b = time.Duration(n)
		}
		return arithmetic(op, x, b.(time.Duration))
	case time.Time:
		return moment(op, x, b)
	}
	x, y := a.(int), b.(int)
	switch {
	case y == 0 && (op == dsl.Div || op == dsl.Rem):
		panic(failure{text: "division"})
	case op == dsl.Rem:
		return x % y
	}
	return arithmetic(op, x, y)
}

// moment is an operator on a time and a duration, or on two times.
func moment(op dsl.BinaryOp, a time.Time, b any) any {
	if d, ok := b.(time.Duration); ok {
		if op == dsl.Sub {
			d = -d
		}
		return a.Add(d)
	}
	if op == dsl.Sub {
		return a.Sub(b.(time.Time))
	}
	return ordered(op, a.Compare(b.(time.Time)), 0)
}

func arithmetic[T int | float64 | time.Duration](op dsl.BinaryOp, a, b T) any {
	switch op {
	case dsl.Add:
		return a + b
	case dsl.Sub:
		return a - b
	case dsl.Mul:
		return a * b
	case dsl.Div:
		return a / b
	}
	return ordered(op, a, b)
}

func ordered[T cmp.Ordered](op dsl.BinaryOp, a, b T) any {
	switch op {
	case dsl.Less:
		return a < b
	case dsl.LessEq:
		return a <= b
	case dsl.More:
		return a > b
	case dsl.MoreEq:
		return a >= b
	}
	panic("the reference doesn't know " + string(op))
}

// within is X in Y.
func within(x, y any) bool {
	switch y := y.(type) {
	case []any:
		return slices.Contains(y, x)
	case map[string]any:
		_, ok := y[x.(string)]
		return ok
	}
	return strings.Contains(textOf(y), textOf(x))
}

func (r *reference) slice(x *dsl.SliceExpr) any {
	v := r.eval(x.X)
	lo, hi := 0, length(v)
	if x.Lo != nil {
		lo = r.eval(x.Lo).(int)
	}
	if x.Hi != nil {
		hi = r.eval(x.Hi).(int)
	}
	if lo < 0 || hi > length(v) || lo > hi {
		panic(failure{text: "out of range"})
	}
	if text, ok := v.(string); ok {
		return text[lo:hi]
	}
	return v.([]any)[lo:hi]
}

func length(v any) int {
	switch v := v.(type) {
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return len(textOf(v))
}

// textOf is what a string is, or what a substitution prints.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case time.Duration:
		return spanText(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	return jsonOf(v)
}

// fields are the fields of structs in their order.
var fields = map[any][]string{"P": {"a", "b", "c", "d"}, "Q": {"b"}, "N": {"p", "o", "m", "n", "l", "s", "f", "w", "qs"}}

// jsonOf is a value as JSON.
func jsonOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case time.Duration:
		return jsonOf(spanText(v))
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		var parts []string
		for _, elem := range v {
			parts = append(parts, jsonOf(elem))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		return objectOf(v)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// objectOf is a struct or a map as JSON. What is none is left out of a struct.
func objectOf(m map[string]any) string {
	keys, isStruct := fields[m["type"]]
	if !isStruct {
		keys = slices.Sorted(maps.Keys(m))
	}
	var parts []string
	for _, key := range keys {
		if m[key] != nil || !isStruct {
			name := key
			if isStruct && key == "w" {
				name = "w-1"
			}
			parts = append(parts, jsonOf(name)+":"+jsonOf(m[key]))
		}
	}
	if rest, open := m["rest"].(map[string]any); isStruct && open {
		for _, key := range slices.Sorted(maps.Keys(rest)) {
			parts = append(parts, jsonOf(key)+":"+jsonOf(rest[key]))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// spanText is a duration in the units of the language.
func spanText(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	text, rest := "", uint64(d)
	if d < 0 {
		text, rest = "-", -rest
	}
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}, {"us", time.Microsecond}, {"ns", 1}} {
		if n := rest / uint64(u.size); n > 0 {
			text += fmt.Sprint(n) + u.name
			rest %= uint64(u.size)
		}
	}
	return text
}

// builtins are the builtins that random programs use.
var builtins = map[string]func(args []any) any{
	"len":       func(args []any) any { return length(args[0]) },
	"min":       func(args []any) any { return extreme(listOf(args), -1) },
	"max":       func(args []any) any { return extreme(listOf(args), 1) },
	"sum":       func(args []any) any { return total(args[0].([]any)) },
	"abs":       func(args []any) any { return absolute(args[0]) },
	"round":     func(args []any) any { return math.Round(args[0].(float64)) },
	"floor":     func(args []any) any { return math.Floor(args[0].(float64)) },
	"ceil":      func(args []any) any { return math.Ceil(args[0].(float64)) },
	"contains":  func(args []any) any { return within(args[1], args[0]) },
	"join":      func(args []any) any { return strings.Join(texts(args[0]), textOf(args[1])) },
	"split":     func(args []any) any { return split(textOf(args[0]), textOf(args[1])) },
	"upper":     func(args []any) any { return strings.ToUpper(textOf(args[0])) },
	"lower":     func(args []any) any { return strings.ToLower(textOf(args[0])) },
	"trim":      func(args []any) any { return strings.TrimSpace(textOf(args[0])) },
	"replace":   func(args []any) any { return strings.ReplaceAll(textOf(args[0]), textOf(args[1]), textOf(args[2])) },
	"hasPrefix": func(args []any) any { return strings.HasPrefix(textOf(args[0]), textOf(args[1])) },
	"hasSuffix": func(args []any) any { return strings.HasSuffix(textOf(args[0]), textOf(args[1])) },
	"matches":   func(args []any) any { return regexp.MustCompile(textOf(args[1])).MatchString(textOf(args[0])) },
	"fixed":     func(args []any) any { return strconv.FormatFloat(args[0].(float64), 'f', args[1].(int), 64) },
	"json":      func(args []any) any { return jsonOf(args[0]) },
	"sort":      func(args []any) any { return sorted(args[0].([]any)) },
	"unique":    func(args []any) any { return unique(args[0].([]any)) },
	"append":    func(args []any) any { return slices.Concat(args[0].([]any), args[1:]) },
	"some":      func(args []any) any { return withoutNone(args[0].([]any)) },
	"keys":      func(args []any) any { return keysOf(args[0].(map[string]any)) },
	"values":    func(args []any) any { return valuesOf(args[0].(map[string]any)) },
	"range":     func(args []any) any { return upTo(args[0].(int)) },
	"flatten":   func(args []any) any { return flat(args[0].([]any)) },
	"chunk":     func(args []any) any { return inParts(args[0].([]any), args[1].(int)) },
	"without":   func(args []any) any { return less(args[0].(map[string]any), textOf(args[1])) },
	"base64":    func(args []any) any { return base64.StdEncoding.EncodeToString([]byte(textOf(args[0]))) },
	"unbase64": func(args []any) any {
		text, _ := base64.StdEncoding.DecodeString(textOf(args[0]))
		return string(text)
	},
	"sha256": func(args []any) any { return fmt.Sprintf("%x", sha256.Sum256([]byte(textOf(args[0])))) },
	"glob":   func(args []any) any { return regexp.MustCompile(globs[textOf(args[1])]).MatchString(textOf(args[0])) },
	"reverse": func(args []any) any {
		list := slices.Clone(args[0].([]any))
		slices.Reverse(list)
		return list
	},
	// These are funcs of the programs, which are builtins under another name.
	"text":     func(args []any) any { return textOf(args[0]) },
	"told":     func(args []any) any { return textOf(args[0]) },
	"ints":     func(args []any) any { return args[0] },
	"kindOf":   func(args []any) any { return kindOf(args[0]) },
	"reach":    func(args []any) any { return reach(args[0]) },
	"known":    func(args []any) any { return known(args[0]) },
	"spanOf":   func(args []any) any { return spans[textOf(args[0])] },
	"spanFrom": func(args []any) any { return time.Duration(args[0].(float64) * 1e9) }, // eighths are exact
	"whole":    func(args []any) any { return int(args[0].(float64)) },
	"broken":   func(args []any) any { return float64(args[0].(int)%64) / 4 },
}

// kindOf, reach and known are what the funcs of these names give of what an any holds.
func kindOf(x any) any {
	switch x := x.(type) {
	case string:
		return len(x)
	case time.Duration:
		return len(textOf(x))
	case bool:
		if x {
			return 1
		}
		return 2
	case int:
		return x
	case float64:
		return int(x)
	case []any:
		return 10 + len(x)
	}
	return 20
}

func reach(x any) any {
	switch x := x.(type) {
	case map[string]any:
		if p, ok := x["p"].(map[string]any); ok {
			return p["a"]
		}
		if a, ok := x["a"]; ok && a != nil {
			return a
		}
		return 5
	case []any:
		if len(x) > 0 {
			return x[0]
		}
		return 5
	}
	if x == 3 || x == 3.0 || x == "3" || x == 2.5 {
		return 4
	}
	return 5
}

func known(x any) any {
	switch x := x.(type) {
	case nil:
		return 1
	case []any:
		return len(x)
	case map[string]any:
		return 6
	}
	for v, n := range map[any]int{"3": 2, 7: 3, 7.0: 3, 2.5: 4, true: 5} {
		if v == x {
			return n
		}
	}
	return 6
}

// globs are the patterns of names that programs use, as regular expressions.
var globs = map[string]string{"*3": `^[^/]*3$`, "**": ``, "[a-z]*": `^[a-z][^/]*$`, "?": `^[^/]$`, "[!a]**": `^[^a/](?s:.*)$`}

// spans are the texts of durations that programs use.
var spans = map[string]time.Duration{"PT1H30M": 90 * time.Minute, "-P1DT0.5S": -24*time.Hour - time.Second/2, "1h0m0s": time.Hour, "2d": 48 * time.Hour}

func flat(lists []any) any {
	list := []any{}
	for _, l := range lists {
		list = append(list, l.([]any)...)
	}
	return list
}

func inParts(list []any, n int) any {
	parts := []any{}
	for part := range slices.Chunk(list, n) {
		parts = append(parts, part)
	}
	return parts
}

func less(m map[string]any, key string) any {
	m = maps.Clone(m)
	delete(m, key)
	return m
}

func listOf(args []any) []any {
	if list, ok := args[0].([]any); ok {
		return list
	}
	return args
}

func compare(a, b any) int {
	switch a := a.(type) {
	case float64:
		return cmp.Compare(a, b.(float64))
	case time.Duration:
		return cmp.Compare(a, b.(time.Duration))
	}
	return cmp.Compare(a.(int), b.(int))
}

// extreme is the least of a list, or with a sign of 1 the greatest.
func extreme(list []any, sign int) any {
	most := list[0]
	for _, v := range list[1:] {
		if compare(v, most)*sign > 0 {
			most = v
		}
	}
	return most
}

func total(list []any) any {
	if len(list) == 0 {
		return 0
	}
	sum := list[0]
	for _, v := range list[1:] {
		sum = operation(dsl.Add, sum, v)
	}
	return sum
}

func absolute(v any) any {
	if f, ok := v.(float64); ok {
		return math.Abs(f)
	}
	if d, ok := v.(time.Duration); ok && d >= 0 {
		return v
	}
	if n, ok := v.(int); ok && n >= 0 {
		return v
	}
	return negative(v)
}

func texts(list any) (out []string) {
	for _, elem := range list.([]any) {
		out = append(out, textOf(elem))
	}
	return out
}

func split(text, sep string) any {
	list := []any{}
	for _, part := range strings.Split(text, sep) {
		list = append(list, part)
	}
	return list
}

func sorted(list []any) any {
	list = slices.Clone(list)
	slices.SortFunc(list, compare)
	return list
}

func unique(list []any) any {
	out := []any{}
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func withoutNone(list []any) any {
	return slices.DeleteFunc(slices.Clone(list), func(v any) bool { return v == nil })
}

func upTo(n int) any {
	list := []any{}
	for i := range n {
		list = append(list, i)
	}
	return list
}

func keysOf(m map[string]any) any {
	list := []any{}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list = append(list, key)
	}
	return list
}

func valuesOf(m map[string]any) any {
	list := []any{}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list = append(list, m[key])
	}
	return list
}
