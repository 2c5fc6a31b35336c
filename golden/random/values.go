package random

import (
	"fmt"
	"slices"
	"strings"
)

func (w *writer) intExpr(depth int) string {
	if depth == 0 {
		if w.r.IntN(3) == 0 {
			return fmt.Sprint(w.r.IntN(9))
		}
		return w.oneOf("int")
	}
	x, y := w.intExpr(depth-1), w.intExpr(depth-1)
	options := []string{
		x, y,
		fmt.Sprintf("%s + %s", x, y), fmt.Sprintf("%s - %s", x, y), fmt.Sprintf("(%s) * %s", x, fmt.Sprint(w.r.IntN(4))),
		fmt.Sprintf("clamp(%s, %s)", x, y), fmt.Sprintf("min(%s, %s, 7)", x, y),
		fmt.Sprintf("len(%s)", w.oneOf("[]int")), w.sum(x),
		fmt.Sprintf("(if %s { %s } else { %s })", w.boolExpr(depth-1), x, y),
		fmt.Sprintf("sum(sort(%s + [%s]))", w.oneOf("[]int"), x),
	}
	if len(w.vars["P"]) > 0 {
		p := w.oneOf("P")
		options = append(options, p+".a + "+p+".b", fmt.Sprintf("len(%s.d)", p), fmt.Sprintf("(%s.c ?? %s)", p, x),
			fmt.Sprintf("(P{...%s, b: %s}).b", p, x), fmt.Sprintf("len(\"${%s}: ${%s}\")", x, p))
	}
	if len(w.vars["U"]) > 0 {
		u, p := w.oneOf("U"), w.name()
		options = append(options, fmt.Sprintf("part(%s)", u), fmt.Sprintf("part(copied(%s))", u),
			fmt.Sprintf("(match %s { Q %s => %s.b, _ => %s })", u, p, p, x), fmt.Sprintf("len([%s, Q{b: %s}])", u, x))
	}
	options = append(options, "seven", "few")
	if len(w.vars["map"]) > 0 {
		m := w.oneOf("map")
		options = append(options, fmt.Sprintf("(%s[\"k1\"] ?? %s)", m, x), fmt.Sprintf("sum(values(%s))", m))
	}
	options = append(options, fmt.Sprintf("(%s[\"k1\"] ?? %s)", w.mapExpr(depth-1), x), fmt.Sprintf("sum(values(%s))", w.mapExpr(depth-1)))
	if len(w.vars["K"]) > 0 {
		options = append(options, fmt.Sprintf("(match %s { k0 => %s, k1 => %s, k2 => 3 })", w.oneOf("K"), x, y))
	}
	options = append(options, fmt.Sprintf("len(%s)", w.textExpr(depth-1)), fmt.Sprintf("whole(%s)", w.floatExpr(depth-1)),
		fmt.Sprintf("(%s ?? %s)", w.optExpr(depth-1), x), fmt.Sprintf("len(%s)", w.listExpr(depth-1)), "len(told("+w.spanExpr(depth-1)+"))",
		fmt.Sprintf("(%s) %% 7", x), fmt.Sprintf("(-(%s))", x), fmt.Sprintf("abs(%s)", x), fmt.Sprintf("sum(%s)", w.listExpr(depth-1)))
	if len(w.vars["N"]) > 0 {
		options = append(options, w.deepInt(x)...)
	}
	options = append(options, w.looked(depth-1), w.looked(depth-1))
	if w.spins {
		options = append(options, fmt.Sprintf("spun(%s, %s, %s)", x, w.oneOf("[]int"), w.boolExpr(0)))
	}
	by := w.name()
	options = append(options, fmt.Sprintf("sum(sort(%s in %s by %s * %s))", by, w.oneOf("[]int"), by, by))
	if len(w.vars["int?"]) > 0 {
		o := w.oneOf("int?")
		options = append(options, fmt.Sprintf("(%s ?? %s)", o, x), fmt.Sprintf("(if %s != none { %s + 1 } else { %s })", o, o, x))
	}
	return options[w.r.IntN(len(options))]
}

// looked writes an int that comes of a look into an any.
func (w *writer) looked(depth int) string {
	options := []string{w.intExpr(depth), w.textExpr(depth), w.boolExpr(depth), w.floatExpr(depth), "ints(" + w.listExpr(depth) + ")", w.spanExpr(depth)}
	options = append(options, w.vars["P"]...)
	options = append(options, w.vars["N"]...)
	options = append(options, w.vars["map"]...)
	options = append(options, fmt.Sprintf(`map[string]any{"a": none, "b": %s}`, w.intExpr(0)))
	if w.r.IntN(3) == 0 {
		return fmt.Sprintf("known(%s)", w.oneFrom(append(options, "none")...))
	}
	return fmt.Sprintf("%s(%s)", w.oneFrom("kindOf", "reach"), w.oneFrom(options...))
}

// sum writes a sum over a pure loop, whose name is new.
func (w *writer) sum(x string) string {
	q := w.name()
	where := q
	if w.r.IntN(6) == 0 {
		s, y := w.name(), w.name()
		where = fmt.Sprintf("(loop %s := %s for %s in %s { if %s > %s { break 2 } else { continue %s + %s } })", s, q, y, w.oneOf("[]int"), s, y, s, y)
	}
	return fmt.Sprintf("sum(for %s in %s where %s > 1 { %s + %s })", q, w.oneOf("[]int"), where, q, x)
}

func (w *writer) boolExpr(depth int) string {
	if depth == 0 {
		return w.oneOf("bool")
	}
	x, y := w.intExpr(depth-1), w.intExpr(depth-1)
	options := []string{
		w.oneOf("bool"), "!" + w.oneOf("bool"),
		fmt.Sprintf("%s < %s", x, y), fmt.Sprintf("%s == %s", x, y), fmt.Sprintf("%s != %s", x, y),
		fmt.Sprintf("(%s > 2 && %s)", x, w.boolExpr(depth-1)), fmt.Sprintf("(%s || %s <= 3)", w.boolExpr(depth-1), y),
		fmt.Sprintf("%s in %s", x, w.oneOf("[]int")), fmt.Sprintf("!(%s >= %s)", x, y),
	}
	text, float := w.textExpr(depth-1), w.floatExpr(depth-1)
	options = append(options, fmt.Sprintf("%s < %s", text, w.textExpr(depth-1)), fmt.Sprintf("contains(%s, %s)", text, w.textExpr(depth-1)),
		fmt.Sprintf("%s == %s", float, w.floatExpr(depth-1)), fmt.Sprintf("opens + %s > 2026-01-02T17:04:05+02:00 + %s", w.spanExpr(depth-1), w.spanExpr(depth-1)),
		fmt.Sprintf("%s == %s", w.optExpr(depth-1), w.optExpr(depth-1)), fmt.Sprintf("%s in %s", w.textExpr(depth-1), text),
		fmt.Sprintf("%s not in %s", x, w.listExpr(depth-1)), fmt.Sprintf("hasPrefix(%s, %s)", text, w.textExpr(depth-1)),
		fmt.Sprintf("hasSuffix(%s, \"3\")", text), fmt.Sprintf("matches(%s, \"[1-4]+\")", text),
		fmt.Sprintf("glob(%s, \"%s\")", text, w.oneFrom("*3", "**", "[a-z]*", "?", "[!a]**")))
	if len(w.vars["N"]) > 0 {
		v := w.oneOf("N")
		options = append(options, v+".n == none", fmt.Sprintf("(%s.n?.p != none && %s.n.p.a > %s)", v, v, x),
			fmt.Sprintf("(%s.p == none || %s.p.c == none || %s.p.c < %s)", v, v, v, y), fmt.Sprintf("\"k1\" in %s.m", v))
	}
	if len(w.vars["int?"]) > 0 {
		o := w.oneOf("int?") // after == what is below doesn't know, and has it for an optional
		options = append(options, fmt.Sprintf("((%s != none && %s > %s) == true)", o, o, x), fmt.Sprintf("((%s == none) == true)", o))
	}
	return options[w.r.IntN(len(options))]
}

// deepInt are the ways to a number in an N.
func (w *writer) deepInt(x string) []string {
	v, q := w.oneOf("N"), w.name()
	return []string{
		fmt.Sprintf("(%s.p?.c ?? %s.n?.p?.c ?? %s)", v, v, x), fmt.Sprintf("(%s.n?.n?.p?.a ?? %s)", v, x),
		fmt.Sprintf("(%s.m[\"k1\"] ?? %s.qs[%s]?.b ?? %s)", v, v, x, x), fmt.Sprintf("sum(some(%s.o))", v), fmt.Sprintf("len(%s.o)", v),
		fmt.Sprintf("(if %s.p != none && %s.p.c != none { %s.p.c + 1 } else { %s })", v, v, v, x),
		fmt.Sprintf("(if %s.n?.p != none { %s.n.p.a + len(%s.n.o) } else { %s })", v, v, v, x),
		fmt.Sprintf("sum(for %s in %s.o where %s != none { %s })", q, v, q, q), fmt.Sprintf("sum(%s.l ?? [])", v),
		fmt.Sprintf("len(for %s in %s.o { %s ?? 2 })", q, v, q), fmt.Sprintf("sum(some(values(%s.m)))", v),
		fmt.Sprintf("len(\"${%s}\")", v), fmt.Sprintf("len(json([%s]))", v), fmt.Sprintf("len(json(decode(N, json(%s))))", v),
		fmt.Sprintf("(match %s.n?.p?.c { none => 3, 1 => %s, _ => 4 })", v, x), fmt.Sprintf("len(keys(%s.m))", v),
		fmt.Sprintf("len(json(N{...%s, p: none, n: %s}))", v, v), fmt.Sprintf("len(%s.n?.s ?? %s.s)", v, v),
		fmt.Sprintf("(%s.rest[\"w\"] ?? len(%s.rest))", v, v), fmt.Sprintf("len(json(decode(N, json(N{...%s, rest: map[string]int?{...%s.rest, \"${%s}\": %s}}))))", v, v, x, x),
	}
}

// deep writes an N.
func (w *writer) deep(depth int) string {
	fields := []string{w.oneFrom("m: map[string]int?{}", `m: map[string]int?{"k1": none, "z": `+w.optExpr(1)+"}", fmt.Sprintf(`m: map[string]int?{"k1": %s}`, w.intExpr(1)))}
	fields = append(fields, w.oneFrom("qs: map[int]Q{}", fmt.Sprintf("qs: map[int]Q{%d: Q{b: %s}}", w.r.IntN(9), w.intExpr(0))))
	for _, f := range []string{"p: none", fmt.Sprintf("p: P{a: %s, c: %s, d: []}", w.intExpr(0), w.optExpr(1)), "o: []", fmt.Sprintf("o: [%s, none, %s]", w.optExpr(0), w.intExpr(0)),
		"o: [none]", "l: []", "l: none", "l: " + w.listExpr(1), "s: " + w.textExpr(1), "f: " + w.floatExpr(1), "w: " + w.spanExpr(1),
		"rest: " + w.oneFrom(`map[string]int?{}`, `map[string]int?{"k 1": none, "w": `+w.optExpr(1)+"}", fmt.Sprintf(`map[string]int?{"${%s}": 2}`, w.intExpr(1)))} {
		if w.r.IntN(3) == 0 && !slices.ContainsFunc(fields, func(g string) bool { return g[:2] == f[:2] }) {
			fields = append(fields, f)
		}
	}
	if depth > 0 && w.r.IntN(2) == 0 {
		fields = append(fields, "n: "+w.deep(depth-1))
	}
	return "N{" + strings.Join(fields, ", ") + "}"
}

func (w *writer) oneFrom(options ...string) string { return options[w.r.IntN(len(options))] }

// optExpr writes an int?.
func (w *writer) optExpr(depth int) string {
	options := []string{fmt.Sprintf("(if %s { %s } else { none })", w.boolExpr(0), w.intExpr(0))}
	options = append(options, w.vars["int?"]...)
	if depth > 0 {
		options = append(options, fmt.Sprintf("(%s ?? %s)", w.optExpr(depth-1), w.optExpr(depth-1)),
			fmt.Sprintf("(match %s { 1 => none, 2 => %s, _ => %s })", w.intExpr(0), w.intExpr(0), w.optExpr(depth-1)))
	}
	for _, v := range w.vars["N"] {
		options = append(options, v+".p?.c", v+`.m["z"]`, v+`.n?.m["k1"]`, v+".n?.p?.b")
	}
	for _, v := range w.vars["map"] {
		options = append(options, v+`["key2"]`, v+`["none"]`)
	}
	return w.oneFrom(options...)
}

// mapExpr writes a map[string]int.
func (w *writer) mapExpr(depth int) string {
	q, m := w.name(), `map[string]int{}`
	if len(w.vars["map"]) > 0 {
		m = w.oneOf("map")
	}
	if depth > 0 {
		m = w.oneFrom(m, w.mapExpr(depth-1))
	}
	round := fmt.Sprintf(`for %s in %s where %s > 0 { "k${%s %% 3}": %s, %s: 1 }`, q, w.oneOf("[]int"), q, q, q, w.textExpr(0))
	return "map[string]int{" + w.oneFrom(
		fmt.Sprintf(`"k1": %s, ...%s`, w.intExpr(0), m), fmt.Sprintf(`...%s, "k1": %s`, m, w.intExpr(0)),
		round, fmt.Sprintf(`"k2": 7, %s, ...%s`, round, m), fmt.Sprintf(`for %s in %s { ...%s, %s }`, w.name(), w.oneOf("[]int"), m, round),
	) + "}"
}

// listExpr writes a []int.
func (w *writer) listExpr(depth int) string {
	list := w.oneOf("[]int")
	options := []string{list, "[" + w.intExpr(0) + "]", list + "[:0]", list + "[len(" + list + "):]"}
	if depth > 0 {
		inner := w.listExpr(depth - 1)
		options = append(options, fmt.Sprintf("%s + %s", list, inner), fmt.Sprintf("reverse(%s)", inner), fmt.Sprintf("unique(%s)", inner),
			fmt.Sprintf("append(%s, %s)", inner, w.intExpr(0)), fmt.Sprintf("%s[min(len(%s), 1):]", list, list), fmt.Sprintf("range(%s %% 5)", w.intExpr(0)),
			fmt.Sprintf("sort(%s)", inner), fmt.Sprintf("some([%s, none])", w.optExpr(0)), fmt.Sprintf("%s[:len(%s) / 2]", list, list),
			fmt.Sprintf("(if %s { %s } else { [] })", w.boolExpr(0), inner), w.regrouped(inner))
	}
	return w.oneFrom(options...)
}

// regrouped writes a []int by way of a list of lists or a map of them.
func (w *writer) regrouped(list string) string {
	q := w.name()
	return w.oneFrom(
		fmt.Sprintf("flatten(chunk(%s, %d))", list, 1+w.r.IntN(3)), fmt.Sprintf("flatten([%s, [], %s])", list, w.oneOf("[]int")),
		fmt.Sprintf("(for %s in chunk(%s, 2) { sum(%s) })", q, list, q), fmt.Sprintf("flatten(values(group(%s in %s by %s > 2)))", q, list, q),
		fmt.Sprintf("(group(%s in %s by \"${%s %% 3}\")[\"1\"] ?? [])", q, list, q), fmt.Sprintf("values(without(map[string]int{\"b\": 1, \"a\": sum(%s)}, %s))", list, w.textExpr(0)),
	)
}

// textExpr writes a string.
func (w *writer) textExpr(depth int) string {
	options := []string{`""`, `"a\tb\\\"${` + w.intExpr(0) + `}\n"`, `"\u00e9 \${x} $"`, fmt.Sprintf("text(%s)", w.intExpr(0)), `"3"`}
	options = append(options, w.vars["string"]...)
	if depth > 0 {
		x, y := w.textExpr(depth-1), w.textExpr(depth-1)
		p := w.name()
		options = append(options, fmt.Sprintf("%s + %s", x, y), fmt.Sprintf("upper(%s)", x), fmt.Sprintf("trim(lower(%s))", x),
			fmt.Sprintf("replace(%s, %s, \"<\")", x, y), fmt.Sprintf("join(split(%s, \"a\"), %s)", x, y),
			fmt.Sprintf("join(for %s in %s { \"${%s}\" }, %s)", p, w.oneOf("[]int"), p, x), fmt.Sprintf("\"${%s}|${opens - %s}${%s}\"", w.floatExpr(depth-1), w.spanExpr(depth-1), x),
			fmt.Sprintf("fixed(%s, %d)", w.floatExpr(depth-1), w.r.IntN(4)), fmt.Sprintf("json(%s)", x), fmt.Sprintf("(%s)[:0]", x),
			fmt.Sprintf("told(%s)", w.spanExpr(depth-1)), fmt.Sprintf("json(map[string]string{\"b\": %s, \"a\": %s})", x, y),
			fmt.Sprintf("unbase64(base64(%s))", x), fmt.Sprintf("base64(%s)", x), fmt.Sprintf("sha256(%s)[:3]", x))
	}
	return w.oneFrom(options...)
}

// floatExpr writes a float64 that is a small number of eighths.
func (w *writer) floatExpr(depth int) string {
	options := []string{"2.5", "0.125", "1e2", fmt.Sprintf("broken(%s)", w.intExpr(0))}
	options = append(options, w.vars["float64"]...)
	if depth > 0 {
		x, y := w.floatExpr(depth-1), w.floatExpr(depth-1)
		options = append(options, fmt.Sprintf("(%s + %s)", x, y), fmt.Sprintf("(%s - %s)", x, y), fmt.Sprintf("round(%s)", x), fmt.Sprintf("floor(%s)", x),
			fmt.Sprintf("ceil(%s)", x), fmt.Sprintf("abs(%s)", x), fmt.Sprintf("max(%s, %s)", x, y), fmt.Sprintf("(-(%s))", x), fmt.Sprintf("sum([%s, %s])", x, y))
	}
	return w.oneFrom(options...)
}

// spanExpr writes a duration.
func (w *writer) spanExpr(depth int) string {
	options := []string{"1h30m", "0s", "(2026-01-04T03:04:05Z - opens)", "250ms", "1us", "7ns"}
	options = append(options, w.vars["duration"]...)
	if depth > 0 {
		x, y := w.spanExpr(depth-1), w.spanExpr(depth-1)
		options = append(options, fmt.Sprintf("(%s + %s)", x, y), fmt.Sprintf("(%s - %s)", x, y), fmt.Sprintf("(%s) * (%s %% 9)", x, w.intExpr(0)),
			fmt.Sprintf("(%s) / 3", x), fmt.Sprintf("min(%s, %s)", x, y), fmt.Sprintf("abs(%s)", x), fmt.Sprintf("sum([%s, %s])", x, y),
			fmt.Sprintf("spanOf(\"%s\")", w.oneFrom("PT1H30M", "-P1DT0.5S", "1h0m0s", "2d")), fmt.Sprintf("spanFrom(%s)", w.floatExpr(depth-1)))
	}
	return w.oneFrom(options...)
}
