package golden

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// declared are the tools of all random programs. R and S only read and never fail; F
// fails for some arguments; W, V and X change something, and V fails for some
// arguments; Y takes back. D fails with a declared error for some arguments, and with
// another one for others.
const declared = `
const seven = 7
const few = seven - 5

policy calm retry 1 backoff 1ms..1ms

error Bad { code int }

type Q { b int }
type U = P | Q

type P { a int, b int = 4, c int?, d []int }
enum K { k0, k1, k2 }

tool M(a int) map[string]int readonly
tool G(a int) P readonly
tool E(a int) K readonly
tool R(a int) int readonly
tool S(a int, b int) int readonly
tool F(a int) int readonly
tool L(a int) []int readonly
tool O(a int) int? readonly
tool W(a int) int
tool V(a int) int idempotent
tool X(a int)
tool Y(a int) idempotent
tool D(a int) int idempotent fails Bad

func twice(a int) int { a * 2 }
func clamp(a int, top int) int {
	low := max(a, 0)
	if low > top { top } else { low }
}

func part(u U) int { match u { P p => p.a, Q => 5 } }

workflow Sub(a int, b int) int {
	s := R(a)
	t := W(s + b) undo Y(t)
	return t + s
}
`

// A writer writes a random program, well typed by construction.
type writer struct {
	r     *rand.Rand
	b     strings.Builder
	depth int
	names int
	// vars are the names in sight by type.
	vars map[string][]string
	// beside tells that what is written runs side by side with more: effects that
	// fail would make its log depend on timing.
	beside bool
	// owed tells that an undo may be owed, so that no early return stands here.
	owed bool
}

func randomProgram(seed uint64) string {
	w := &writer{r: rand.New(rand.NewPCG(seed, 1)), vars: map[string][]string{"int": {"n"}, "[]int": {"xs"}, "bool": {"flag"}}}
	w.b.WriteString("package p\n" + declared + "\nworkflow Main(n int, xs []int, flag bool) int {\n")
	w.block(4 + w.r.IntN(8))
	fmt.Fprintf(&w.b, "\treturn %s\n}\n", w.intExpr(2))
	return w.b.String()
}

func (w *writer) pick(options ...func()) { options[w.r.IntN(len(options))]() }

func (w *writer) line(format string, args ...any) {
	w.b.WriteString(strings.Repeat("\t", w.depth+1))
	fmt.Fprintf(&w.b, format+"\n", args...)
}

func (w *writer) name() string {
	w.names++
	odd := []string{"a", "v", "err", "f", "string", "next", "list", "value", "ctx", "tools"}
	return odd[w.r.IntN(len(odd))] + fmt.Sprint(w.names)
}

func (w *writer) bind(typ, name string) { w.vars[typ] = append(w.vars[typ], name) }

// inside writes something whose names end with it.
func (w *writer) inside(do func()) {
	saved := map[string][]string{}
	for t, names := range w.vars {
		saved[t] = names[:len(names):len(names)]
	}
	w.depth++
	do()
	w.depth--
	w.vars = saved
}

func (w *writer) block(n int) {
	for range n {
		w.stmt()
	}
}

func (w *writer) stmt() {
	if w.depth > 3 {
		w.simple()
		return
	}
	w.pick(w.simple, w.simple, w.simple, w.simple, w.simple, w.simple, w.ifStmt, w.ifValue, w.matchValue, w.forStmt, w.forValue,
		w.mapLoop, w.parallelFor, w.parallelBlock, w.tryValue, w.tryStmt, w.raceValue, w.loopValue, w.loopStmt, w.matchUnion)
}

func (w *writer) simple() {
	name := w.name()
	w.pick(
		func() { w.line("%s := R(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := S(%s, %s)", name, w.intExpr(1), w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := F(%s) else %s", name, w.intExpr(1), w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := L(%s)", name, w.intExpr(1)); w.bind("[]int", name) },
		func() { w.line("%s := O(%s)", name, w.intExpr(1)); w.bind("int?", name) },
		func() { w.line("%s := %s", name, w.intExpr(2)); w.bind("int", name) },
		func() { w.line("%s := %s", name, w.boolExpr(2)); w.bind("bool", name) },
		func() { w.line("%s := W(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("X(%s)", w.intExpr(2)) },
		func() { w.risky(name) },
		func() {
			w.line("%s := Sub(%s, %s)", name, w.intExpr(1), w.intExpr(1))
			w.bind("int", name)
			w.owed = true
		},
		func() { w.line("%s := twice(%s) + R(%s)", name, w.intExpr(1), w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := M(%s)", name, w.intExpr(1)); w.bind("map", name) },
		func() { w.line("%s := G(%s)", name, w.intExpr(1)); w.bind("P", name) },
		func() { w.line("%s := E(%s)", name, w.intExpr(1)); w.bind("K", name) },
		func() { w.line("%s := P{a: %s, d: %s}", name, w.intExpr(1), w.oneOf("[]int")); w.bind("P", name) },
		func() { w.line("%s := R(%s) after %s", name, w.intExpr(1), w.labeled()); w.bind("int", name) },
		func() { w.line("%s := O(%s) else none", name, w.intExpr(1)); w.bind("int?", name) },
		func() { w.line("%s := F(%s) else none", name, w.intExpr(1)); w.bind("int?", name) },
		func() { w.line("var %s int? = R(%s)", name, w.intExpr(1)); w.bind("int?", name) },
		func() { w.line("var %s U = Q{b: %s}", name, w.intExpr(1)); w.bind("U", name) },
		func() {
			w.line("var %s U = if %s { P{a: %s, d: []} } else { Q{b: %s} }", name, w.boolExpr(1), w.intExpr(0), w.intExpr(1))
			w.bind("U", name)
		},
		func() {
			w.line("%s := D(%s) else match err { Bad b => b.code + %s, _ => %s }", name, w.intExpr(1), w.intExpr(0), w.intExpr(0))
			w.bind("int", name)
		},
		func() {
			w.line("%s := D(%s) with calm else match err { Bad => len(err.message), _ => 2 }", name, w.intExpr(1))
			w.bind("int", name)
		},
	)
}

// tryValue writes a try whose block may fail in any of its lines.
func (w *writer) tryValue() {
	name, last := w.name(), w.name()
	w.line("%s := try {", name)
	w.owed = true // no return in a try
	w.inside(func() {
		w.block(w.r.IntN(3))
		switch w.r.IntN(4) {
		case 0:
			w.line("%s := V(%s) undo Y(%s)", last, w.intExpr(1), last)
			w.line("D(%s) + %s", w.intExpr(1), last)
		case 1:
			w.line("validate %s", w.boolExpr(1))
			w.line("F(%s)", w.intExpr(1))
		case 2:
			w.line("%s / (n + %s - 3)", w.intExpr(1), w.intExpr(1))
		default:
			w.line("X(%s) undo Y(%s)", w.intExpr(1), w.intExpr(1))
			w.line("if %s { fail Bad{code: %s} }", w.boolExpr(1), w.intExpr(1))
			w.line("%s", w.intExpr(1))
		}
	})
	w.line("} else {")
	w.valueBlock()
	w.line("}")
	w.bind("int", name)
}

// tryStmt writes a try of one call, whose failure is looked at.
func (w *writer) tryStmt() {
	w.owed = true
	w.line("try {")
	w.inside(func() { w.line("D(%s) undo early Y(%s)", w.intExpr(1), w.intExpr(1)) })
	w.line("} else {")
	w.inside(func() {
		w.line("match err { Bad b => X(b.code), _ => X(len(err.message)) }")
		w.block(w.r.IntN(2))
	})
	w.line("}")
}

// raceValue writes a race of which one arm can win.
func (w *writer) raceValue() {
	name, was := w.name(), w.beside
	w.beside, w.owed = true, true
	w.line("%s := race {", name)
	w.inside(func() {
		w.line("{")
		w.inside(func() { w.line("%s := R(%s)", w.name(), w.intExpr(1)); w.line("fail \"lost\"") })
		w.line("}")
		w.line("won: {")
		w.valueBlock()
		w.line("}")
	})
	w.line("}")
	w.beside = was
	w.bind("int", name)
}

// loopValue writes a loop that gives a value; it may fail where that makes no log
// depend on timing.
func (w *writer) loopValue() {
	name, state := w.name(), w.name()
	w.line("%s := loop %s := %s max %d {", name, state, w.intExpr(1), 1+w.r.IntN(4))
	w.owed = true
	w.inside(func() {
		w.bind("int", state)
		w.block(w.r.IntN(3))
		w.pick(
			func() { w.line("if %s { break %s }", w.boolExpr(1), w.intExpr(1)) },
			func() {
				w.line("match %s { 1 => break R(%s), 2 => continue %s, _ => {} }", w.intExpr(1), w.intExpr(0), w.intExpr(1))
			},
		)
		w.line("continue %s + 1", state)
	})
	if w.beside || w.r.IntN(2) == 0 {
		w.line("} else {")
		w.inside(func() {
			w.bind("int", state)
			w.block(w.r.IntN(2))
			w.line("%s + %s", state, w.intExpr(0))
		})
	}
	w.line("}")
	w.bind("int", name)
}

func (w *writer) loopStmt() {
	state := w.name()
	w.line("loop %s := %s max few {", state, w.intExpr(1))
	w.owed = true
	w.inside(func() {
		w.bind("int", state)
		w.line("X(%s)", w.intExpr(1))
		w.block(w.r.IntN(2))
		w.line("if %s { break } else { continue %s }", w.boolExpr(1), w.intExpr(1))
	})
	w.line("} else { X(%s) }", w.intExpr(0))
}

// matchUnion takes a union apart, with steps in the arms.
func (w *writer) matchUnion() {
	if len(w.vars["U"]) == 0 {
		w.simple()
		return
	}
	name, arm := w.name(), w.name()
	w.line("%s := match %s {", name, w.oneOf("U"))
	w.depth++
	w.line("P %s => {", arm)
	w.inside(func() { w.bind("P", arm); w.depth--; w.valueBlock(); w.depth++ })
	w.line("}")
	w.line("Q %s => R(%s.b + %s)", arm, arm, w.intExpr(0))
	w.depth--
	w.line("}")
	w.bind("int", name)
}

// labeled writes a step with a label, and gives the label.
func (w *writer) labeled() string {
	label := w.name()
	w.line("%s: X(%s)", label, w.intExpr(0))
	return label
}

// risky writes what may fail.
func (w *writer) risky(name string) {
	if w.beside {
		w.line("%s := R(%s)", name, w.intExpr(0))
		w.bind("int", name)
		return
	}
	w.pick(
		func() { w.line("%s := F(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := V(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := V(%s) undo Y(%s)", name, w.intExpr(1), name); w.bind("int", name); w.owed = true },
		func() {
			w.line("%s := V(%s) retry 1 backoff 1ms..1ms else %s", name, w.intExpr(1), w.intExpr(1))
			w.bind("int", name)
		},
		func() {
			w.line("%s := V(%s) undo Y(%s + 1) else {", name, w.intExpr(1), name)
			w.inside(func() { w.line("X(len(err.message))"); w.line("%s", w.intExpr(1)) })
			w.line("}")
			w.bind("int", name)
			w.owed = true
		},
		func() { w.line("validate %s", w.boolExpr(2)) },
		func() { w.line("%s := xs[n + %s]", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := %s / (n - %s)", name, w.intExpr(1), w.intExpr(1)); w.bind("int", name) },
		func() { w.line("X(%s) else {}", w.intExpr(1)) },
		func() { w.line("%s := D(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() {
			w.line("%s := V(%s) undo early Y(%s)", name, w.intExpr(1), w.intExpr(0))
			w.bind("int", name)
			w.owed = true
		},
		func() {
			w.line("%s := D(%s) retry 1 backoff 1ms..1ms on Bad undo early Y(%s) else %s", name, w.intExpr(1), w.intExpr(0), w.intExpr(0))
			w.bind("int", name)
			w.owed = true
		},
		func() { w.line("commit"); w.owed = false },
		func() {
			if !w.owed {
				w.line("if %s { return %s }", w.boolExpr(1), w.intExpr(1))
			}
		},
		func() { w.line("if %s { fail \"failed ${%s}\" }", w.boolExpr(1), w.intExpr(1)) },
	)
	if w.depth > 0 {
		w.owed = true // a commit in a branch says nothing of what follows
	}
}

func (w *writer) ifStmt() {
	w.line("if %s {", w.boolExpr(1))
	w.inside(func() { w.block(1 + w.r.IntN(2)) })
	if w.r.IntN(2) == 0 {
		w.line("} else {")
		w.inside(func() { w.block(1 + w.r.IntN(2)) })
	}
	w.line("}")
}

func (w *writer) valueBlock() {
	owed := w.owed
	w.owed = true // no return in a block whose value is used
	w.inside(func() {
		w.block(w.r.IntN(3))
		w.line("%s", w.intExpr(1))
	})
	w.owed = owed || w.owed
}

func (w *writer) ifValue() {
	name := w.name()
	w.line("%s := if %s {", name, w.boolExpr(1))
	w.valueBlock()
	w.line("} else if %s {", w.boolExpr(1))
	w.valueBlock()
	w.line("} else {")
	w.valueBlock()
	w.line("}")
	w.bind("int", name)
}

func (w *writer) matchValue() {
	name := w.name()
	w.line("%s := match %s {", name, w.intExpr(1))
	w.depth++
	for i := range 2 {
		w.line("%d => {", i)
		w.valueBlock()
		w.line("}")
	}
	w.line("_ => %s", w.intExpr(1))
	w.depth--
	w.line("}")
	w.bind("int", name)
}

func (w *writer) forHead(rest string) {
	key, value, list := w.name(), w.name(), w.listVar()
	where := ""
	w.vars["int"] = append(w.vars["int"], key, value)
	if w.r.IntN(3) == 0 {
		where = " where " + value + " > " + fmt.Sprint(w.r.IntN(4))
	}
	fmt.Fprintf(&w.b, "for %s, %s in %s%s%s {\n", key, value, list, where, rest)
}

func (w *writer) forStmt() {
	owed := w.owed
	w.owed = true
	w.b.WriteString(strings.Repeat("\t", w.depth+1))
	w.inside(func() {
		w.forHead("")
		w.block(1 + w.r.IntN(2))
	})
	w.line("}")
	w.owed = owed || w.owed
}

func (w *writer) forValue() {
	name := w.name()
	w.b.WriteString(strings.Repeat("\t", w.depth+1) + name + " := ")
	w.inside(func() {
		w.forHead("")
		w.depth--
		w.valueBlock()
		w.depth++
	})
	w.line("}")
	w.bind("[]int", name)
}

// mapLoop goes over a map, in the order of its keys, or side by side.
func (w *writer) mapLoop() {
	if len(w.vars["map"]) == 0 {
		w.simple()
		return
	}
	name, key, value, was := w.name(), w.name(), w.name(), w.beside
	side := w.r.IntN(3) == 0
	w.beside = w.beside || side
	w.line("%s := for %s, %s in %s%s {", name, key, value, w.oneOf("map"), map[bool]string{true: " parallel"}[side])
	w.inside(func() {
		w.bind("int", value)
		w.depth--
		w.line("\tX(len(%s))", key)
		w.valueBlock()
		w.depth++
	})
	w.line("}")
	w.beside = was
	w.bind("[]int", name)
}

func (w *writer) parallelFor() {
	name := w.name()
	was := w.beside
	w.beside = true
	w.b.WriteString(strings.Repeat("\t", w.depth+1) + name + " := ")
	w.inside(func() {
		w.forHead([]string{" parallel", " parallel 2"}[w.r.IntN(2)])
		w.depth--
		w.valueBlock()
		w.depth++
	})
	w.line("}")
	w.beside = was
	w.bind("[]int", name)
}

func (w *writer) parallelBlock() {
	was, owed := w.beside, w.owed
	w.beside, w.owed = true, true
	w.line("parallel {")
	w.depth++
	for range 2 + w.r.IntN(4) {
		w.stmt()
	}
	w.depth--
	w.line("}")
	w.beside, w.owed = was, owed || w.owed
}

func (w *writer) oneOf(typ string) string { return w.vars[typ][w.r.IntN(len(w.vars[typ]))] }

func (w *writer) listVar() string {
	if w.r.IntN(4) == 0 {
		return fmt.Sprintf("[%s, %s]", w.intExpr(0), w.intExpr(0))
	}
	return w.oneOf("[]int")
}

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
		options = append(options, fmt.Sprintf("part(%s)", u), fmt.Sprintf("part(decode(U, json(%s)))", u),
			fmt.Sprintf("(match %s { Q %s => %s.b, _ => %s })", u, p, p, x), fmt.Sprintf("len([%s, Q{b: %s}])", u, x))
	}
	options = append(options, "seven", "few")
	if len(w.vars["map"]) > 0 {
		m := w.oneOf("map")
		options = append(options, fmt.Sprintf("(%s[\"k1\"] ?? %s)", m, x), fmt.Sprintf("sum(values(%s))", m))
	}
	if len(w.vars["K"]) > 0 {
		options = append(options, fmt.Sprintf("(match %s { k0 => %s, k1 => %s, k2 => 3 })", w.oneOf("K"), x, y))
	}
	by := w.name()
	options = append(options, fmt.Sprintf("sum(sort(%s in %s by %s * %s))", by, w.oneOf("[]int"), by, by))
	if len(w.vars["int?"]) > 0 {
		o := w.oneOf("int?")
		options = append(options, fmt.Sprintf("(%s ?? %s)", o, x), fmt.Sprintf("(if %s != none { %s + 1 } else { %s })", o, o, x))
	}
	return options[w.r.IntN(len(options))]
}

// sum writes a sum over a pure loop, whose name is new.
func (w *writer) sum(x string) string {
	q := w.name()
	return fmt.Sprintf("sum(for %s in %s where %s > 1 { %s + %s })", q, w.oneOf("[]int"), q, q, x)
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
	if len(w.vars["int?"]) > 0 {
		o := w.oneOf("int?")
		options = append(options, fmt.Sprintf("(%s != none && %s > %s)", o, o, x), fmt.Sprintf("%s == none", o))
	}
	return options[w.r.IntN(len(options))]
}
