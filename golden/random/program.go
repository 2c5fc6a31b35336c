// Package random writes well-typed programs at random. Its tests run them in every way
// there is, and hold what they do against a reading of the same source that shares no
// code with the compiler.
package random

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// head is what all programs have in common.
const head = "package p\n" + declared + "\n"

// declared are the tools of all random programs. R and S only read and never fail; F
// fails for some arguments; W, V and X change something, and V fails for some
// arguments; Y and B take back, and B fails for some arguments, for others in its first attempt
// alone. D fails with a declared error for some arguments, and with
// another one for others; Z fails for some arguments, but in the first attempt at it, or at
// the workflow around it, alone. C and H owe the undo of their declarations, and C fails for
// some arguments. V, W and F stand behind limits and a breaker that are never reached: all is
// as it would be without. Tests whose processes end have a limit that is reached. What awaits
// give is the same whether a stub plays them or
// an engine does: a Ping has the payload that it has by default, and Lone, of which there may
// be as many at once, gives 9.
const declared = `
const seven = 7
const few = seven - 5
const opens = 2026-01-02T15:04:05Z

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
tool F(a int) int readonly breaker 100000 per 1h open 1h
tool L(a int) []int readonly
tool O(a int) int? readonly
tool W(a int) int limit 50 at once
tool V(a int) int idempotent limit 50 at once by a limit 100000 per 1s
tool X(a int)
tool Y(a int) idempotent
tool B(a int) idempotent retry 1 backoff 1ms..1ms
tool D(a int) int idempotent fails Bad
tool Z(a int) int idempotent
tool C(a int) int idempotent undo B(result + a % 2)
tool H(a int) idempotent undo early Y(twice(a) + 1)

// N holds optionals in all depths.
type N { p P?, o []int? = [none, 3], m map[string]int?, n N?, l ([]int)?, s string = "", f float64 = 0.5, w duration json "w-1" = 90s, qs map[int]Q, ...rest map[string]int? }
tool T(a int) N readonly

func text(n int) string { string(n) }
func told(d duration) string { string(d) }
func ints(xs []int) []int { xs }
func kindOf(x any) int { match x { string s => len(s), bool b => (if b { 1 } else { 2 }), float64 n => int(n), []any xs => 10 + len(xs), map[string]any => 20, _ => 30 } }
func reach(x any) int { decode(int?, x.p.a) ?? decode(int?, x["a"]) ?? decode(int?, x[0]) ?? (if x == 3 || x == "3" || x == 2.5 { 4 } else { 5 }) }
func known(x any?) int { match x { none => 1, "3" => 2, 7 => 3, 2.5 => 4, true => 5, []any xs => len(xs), _ => 6 } }
func spanOf(s string) duration { duration(s) }
func spanFrom(x float64) duration { duration(x) }
func whole(f float64) int { int(f) }
func broken(n int) float64 { float64(n % 64) / 4.0 }

func twice(a int) int { a * 2 }
func clamp(a int, top int) int {
	low := max(a, 0)
	if low > top { top } else { low }
}

func copied(u U) U { decode(U, json(u)) }
func part(u U) int { match u { P p => p.a, Q => 5 } }

workflow Sub(a int, b int) int {
	s := R(a)
	t := W(s + b) undo Y(t)
	return t + s
}

workflow Deep(a int, xs []int) int {
	b := V(a) undo Y(b)
	c := for x in xs parallel { R(x + b) }
	validate a != 3
	d := try { Sub(b, a) + xs[0] } else { W(a) }
	return d + sum(c)
}

workflow Again(a int) int {
	b := V(a) undo B(b)
	c := Z(b) undo Y(c)
	return c
}

workflow Nested(a int) int {
	b := Again(a) retry 1 backoff 1ms..1ms
	c := Z(b + 1) undo B(c)
	d := D(a + 2) undo early Y(a) timeout 1h
	return b + c + d
}

workflow Cell(a int) int {
	m := W(a) finally Y(m)
	if m > 14 { return m }
	b := W(m + 1) undo Y(b)
	return b
}

workflow Lease(a int) int {
	m := Z(a) finally B(m % 2 * 3)
	b := Cell(m) undo Y(b)
	if b > 9 { commit }
	c := V(b) finally early B(a + 1)
	return c
}

workflow Watch(a int) int {
	m := Z(a) undo Y(a)
	b := Cell(m) finally B(m)
	return D(b) + m
} finally {
	Y(if err == none { a } else { 2 }) timeout 1h
	X(a) timeout 1h else {}
}

workflow Quiet(a int) {
	if a > 2 { X(a) undo Y(a) }
}

event Ping(k int) { v int = 7 }
event Never(k int) {}

workflow Far(a int) int {
	b := R(a)
	return 9 + b * 0
}

workflow Lone(a int) int limit 50 at once {
	b := R(a)
	return 9 + b * 0
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
	// taken are the names that mustn't be hidden here.
	taken map[string]bool
	// alone tells that nothing runs side by side in the program that could: what follows where
	// a call goes wrong doesn't depend on time then.
	alone bool
	// reads tells that the program calls nothing but tools that read: where nobody observes,
	// it has nothing to keep.
	reads bool
	// beside tells that what is written runs side by side with more: effects that
	// fail would make its log depend on timing.
	beside bool
	// spins tells that the program has the func spun.
	spins bool
	// owed tells that an undo may be owed, so that no early return stands here.
	owed bool
}

// Program is the program with a number: the same number gives the same program.
func Program(seed uint64) string {
	w := &writer{
		r:     rand.New(rand.NewPCG(seed, 1)),
		vars:  map[string][]string{"int": {"n"}, "[]int": {"xs"}, "bool": {"flag"}},
		taken: map[string]bool{},
		alone: seed%3 == 0,
		reads: seed%10 == 1,
		spins: true,
	}
	w.b.WriteString("workflow Main(n int, xs []int, flag bool) int {\n")
	w.block(4 + w.r.IntN(8))
	fmt.Fprintf(&w.b, "\treturn %s\n}", w.intExpr(2))
	w.lastly()
	w.b.WriteString(spun(rand.New(rand.NewPCG(seed, 3))))
	return head + inDanger(w.b.String(), rand.New(rand.NewPCG(seed, 2)))
}

func (w *writer) pick(options ...func()) { options[w.r.IntN(len(options))]() }

func (w *writer) line(format string, args ...any) {
	w.b.WriteString(strings.Repeat("\t", w.depth+1))
	fmt.Fprintf(&w.b, format+"\n", args...)
}

// odd are names that generated code could trip over: keywords of Go, what Go predeclares,
// packages that generated code imports, names that it uses itself, and names that differ
// by the case of a letter or an underscore alone.
var odd = []string{
	"go", "select", "chan", "defer", "switch", "case", "interface", "goto", "struct", "fallthrough", "default",
	"nil", "panic", "iota", "cap", "make", "new", "copy", "close", "delete", "recover", "print", "string", "byte", "any", "int",
	"context", "runtime", "time", "fmt", "errors", "strings", "slices", "maps", "sync", "p",
	"f", "e", "s", "v", "w", "x", "ctx", "err", "tools", "result", "ok", "frame", "next", "list", "value", "state", "key", "i", "out", "t", "in_", "until", "step",
	"userId", "userID", "user_id", "userid", "UserId", "user_Id", "user_id_", "_user", "main", "init", "Tools", "MainTools", "R1",
}

// name gives a name that is free here: an odd one, or one with a number.
func (w *writer) name() string {
	name := odd[w.r.IntN(len(odd))]
	if w.taken[name] || w.r.IntN(2) == 0 {
		w.names++
		name += fmt.Sprint(w.names)
	}
	w.taken[name] = true
	return name
}

func (w *writer) bind(typ, name string) { w.vars[typ] = append(w.vars[typ], name) }

// inside writes something whose names end with it.
func (w *writer) inside(do func()) {
	saved := map[string][]string{}
	for t, names := range w.vars {
		saved[t] = names[:len(names):len(names)]
	}
	taken := maps.Clone(w.taken)
	w.depth++
	do()
	w.depth--
	w.vars, w.taken = saved, taken
}

// handled writes what knows a failure as err, which may hide another name.
func (w *writer) handled(do func()) {
	saved := w.vars
	w.vars = map[string][]string{}
	for t, names := range saved {
		w.vars[t] = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "err" })
	}
	free := !w.taken["err"]
	w.taken["err"] = true
	do()
	if w.vars = saved; free {
		delete(w.taken, "err")
	}
}

// otherwise is what an else without a block gives.
func (w *writer) otherwise() (x string) {
	w.handled(func() { x = w.intExpr(1) })
	return x
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
	if w.reads {
		w.readingStmt()
		return
	}
	options := []func(){w.simple, w.simple, w.simple, w.simple, w.simple, w.simple, w.ifStmt, w.ifValue, w.matchValue, w.forStmt, w.forValue,
		w.mapLoop, w.tryValue, w.tryValue, w.tryStmt, w.tryAgain, w.loopValue, w.loopStmt, w.matchUnion, func() { w.risky(w.name()) }, w.early}
	if !w.alone {
		options = append(options, w.parallelFor, w.parallelBlock, w.raceValue)
	}
	w.pick(options...)
}

// readingStmt is stmt where nothing is called but tools that read.
func (w *writer) readingStmt() {
	options := []func(){w.simple, w.simple, w.simple, w.simple, w.simple, w.simple, w.ifStmt, w.ifValue, w.matchValue, w.forStmt, w.forValue,
		w.mapLoop, w.loopValue, w.matchUnion, w.early}
	if !w.alone {
		options = append(options, w.parallelFor, w.parallelBlock, w.raceValue)
	}
	w.pick(options...)
}

func (w *writer) simple() {
	name := w.name()
	if w.reads {
		w.reading(name)
		return
	}
	w.pick(
		func() { w.line("%s := R(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := S(%s, %s)", name, w.intExpr(1), w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := F(%s) else %s", name, w.intExpr(1), w.otherwise()); w.bind("int", name) },
		func() { w.line("%s := L(%s)", name, w.intExpr(1)); w.bind("[]int", name) },
		func() { w.line("%s := O(%s)", name, w.intExpr(1)); w.bind("int?", name) },
		func() { w.line("%s := %s", name, w.intExpr(2)); w.bind("int", name) },
		func() { w.line("%s := %s", name, w.boolExpr(2)); w.bind("bool", name) },
		func() { w.line("%s := W(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("X(%s)", w.intExpr(2)) },
		func() { w.risky(name) },
		func() { w.line("wait 1ms") },
		func() { w.line("log \"${%s} ${%s}\"", w.intExpr(1), w.textExpr(1)) },
		func() { w.lostRace(name); w.bind("int", name) },
		func() { w.line("%s := W(%s) timeout 1h", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("Quiet(%s)", w.intExpr(1)); w.owed = true },
		func() { w.mail(name) },
		func() { w.mail(name) },
		func() {
			clause := w.oneFrom("", "", w.owing()+" Y("+name+")", fmt.Sprintf("%s early %s(%s)", w.owing(), w.back(), w.intExpr(1)))
			w.line("%s := Sub(%s, %s) %s", name, w.intExpr(1), w.intExpr(1), clause)
			w.bind("int", name)
			w.owed = true
		},
		func() { w.line("%s := W(%s) finally Y(%[1]s)", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.leased(name) },
		func() { w.leased(name) },
		func() { w.line("%s := twice(%s) + R(%s)", name, w.intExpr(1), w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := M(%s)", name, w.intExpr(1)); w.bind("map", name) },
		func() { w.mapped(name) },
		func() { w.line("%s := G(%s)", name, w.intExpr(1)); w.bind("P", name) },
		func() { w.line("%s := T(%s)", name, w.intExpr(1)); w.bind("N", name) },
		func() { w.line("%s := %s", name, w.deep(2)); w.bind("N", name) },
		func() { w.line("%s := %s", name, w.textExpr(2)); w.bind("string", name) },
		func() { w.line("%s := %s", name, w.floatExpr(2)); w.bind("float64", name) },
		func() { w.line("%s := %s", name, w.spanExpr(2)); w.bind("duration", name) },
		func() { w.line("var %s int? = %s", name, w.optExpr(2)); w.bind("int?", name) },
		func() { w.line("var %s []int = %s", name, w.listExpr(2)); w.bind("[]int", name) },
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
			w.line("%s := D(%s) else match err { Bad b => b.code + %s, _ => %s }", name, w.intExpr(1), w.otherwise(), w.otherwise())
			w.bind("int", name)
		},
		func() {
			bad := w.name()
			w.line("%s := D(%s)%s else on Bad %s => %s.code + %s%s", name, w.intExpr(1),
				w.oneFrom("", " with calm", " retry 1 backoff 1ms..1ms on Bad retry 1 backoff 1ms..2ms", " retry 2 backoff 1ms..1ms retry 1 backoff 1ms..1ms on Bad"),
				bad, bad, w.otherwise(), w.oneFrom("", " else "+w.otherwise()))
			w.bind("int", name)
		},
		func() {
			w.line("%s := D(%s) with calm else match err { Bad => len(err.message), _ => 2 }", name, w.intExpr(1))
			w.bind("int", name)
		},
	)
}

// reading is simple where nothing is called but tools that read.
func (w *writer) reading(name string) {
	options := []func(){
		func() { w.line("%s := R(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := S(%s, %s)", name, w.intExpr(1), w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := F(%s) else %s", name, w.intExpr(1), w.otherwise()); w.bind("int", name) },
		func() { w.line("%s := R(%s) timeout 1h", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := L(%s)", name, w.intExpr(1)); w.bind("[]int", name) },
		func() { w.line("%s := O(%s)", name, w.intExpr(1)); w.bind("int?", name) },
		func() { w.line("%s := F(%s) else none", name, w.intExpr(1)); w.bind("int?", name) },
		func() { w.line("%s := G(%s)", name, w.intExpr(1)); w.bind("P", name) },
		func() { w.line("%s := T(%s)", name, w.intExpr(1)); w.bind("N", name) },
		func() { w.line("%s := E(%s)", name, w.intExpr(1)); w.bind("K", name) },
		func() { w.line("%s := M(%s)", name, w.intExpr(1)); w.bind("map", name) },
		func() { w.mapped(name) },
		func() { w.line("%s := Far(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() {
			w.line("%s := try { F(%s) + F(%s) } else { R(%s) }", name, w.intExpr(1), w.intExpr(1), w.otherwise())
			w.bind("int", name)
		},
		func() { w.line("var %s U = Q{b: %s}", name, w.intExpr(1)); w.bind("U", name) },
		func() { w.line("%s := %s", name, w.boolExpr(2)); w.bind("bool", name) },
	}
	if !w.beside {
		options = append(options,
			func() { w.line("%s := F(%s)", name, w.intExpr(1)); w.bind("int", name) },
			func() { w.line("%s := F(%s) retry 1 backoff 1ms..1ms", name, w.intExpr(1)); w.bind("int", name) },
			func() { w.line("%s := xs[n + %s]", name, w.intExpr(1)); w.bind("int", name) },
			func() { w.line("%s := %s / (n - %s)", name, w.intExpr(1), w.intExpr(1)); w.bind("int", name) },
			func() { w.line("validate %s", w.boolExpr(2)) },
		)
	}
	w.pick(options...)
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
			w.line("%s := V(%s) undo %s(%s)", last, w.intExpr(1), w.back(), last)
			w.line("D(%s) + %s", w.intExpr(1), last)
		case 1:
			w.line("validate %s", w.boolExpr(1))
			w.line("F(%s)", w.intExpr(1))
		case 2:
			w.line("%s / (n + %s - 3)", w.intExpr(1), w.intExpr(1))
		default:
			for range 1 + w.r.IntN(2) {
				w.line("X(%s) undo %s(%s)", w.intExpr(1), w.back(), w.intExpr(1))
			}
			w.line("if %s { fail Bad{code: %s} }", w.boolExpr(1), w.intExpr(1))
			w.line("%s", w.intExpr(1))
		}
	})
	w.line("} else {")
	w.handled(w.valueBlock)
	w.line("}")
	w.bind("int", name)
}

// tryStmt writes a try of one call, whose failure is looked at.
func (w *writer) tryStmt() {
	w.owed = true
	w.line("try {")
	w.inside(func() { w.line("D(%s) undo early %s(%s)", w.intExpr(1), w.back(), w.intExpr(1)) })
	w.line("} else {")
	w.inside(func() {
		b := w.name()
		w.line("match err { Bad %s => X(%s.code), _ => X(len(err.message)) }", b, b)
		w.handled(func() { w.block(w.r.IntN(2)) })
	})
	w.line("}")
}

// lastly writes, now and then, what a workflow does last.
func (w *writer) lastly() {
	if w.reads || w.r.IntN(5) > 2 {
		w.b.WriteString("\n")
		return
	}
	w.b.WriteString(" finally {\n")
	w.line("%s", w.oneFrom("Y(if err == none { n } else { 3 }) timeout 1h", "for x in xs { Y(x) timeout 1h else {} }",
		"try { D(n) timeout 1h } else { X(n) timeout 1h }"))
	w.line("%s", w.oneFrom("X(len(xs)) timeout 1h else {}", "D(n) timeout 1h", "if flag { D(n + 1) timeout 1h }", "log \"${err == none}\"", "Z(n) timeout 1h retry 1 backoff 1ms..1ms"))
	w.b.WriteString("}\n")
}

// tryAgain writes a try that is tried again, with something that takes its place or without.
func (w *writer) tryAgain() {
	name, last := w.name(), w.name()
	w.line("%s := try %s {", name, w.oneFrom("retry 1 backoff 1ms..1ms", "retry 2 backoff 1ms..1ms on Bad",
		"retry 1 backoff 1ms..1ms on Bad retry 1 backoff 1ms..2ms", "retry 1 backoff 1ms..1ms retry 1 backoff 1ms..1ms on Bad"))
	w.owed = true // no return in a try
	w.inside(func() {
		w.block(w.r.IntN(2))
		w.line("%s := Z(%s) %s %s(%s)", last, w.intExpr(1), w.owing(), w.back(), last)
		switch w.r.IntN(3) {
		case 0:
			w.line("D(%s) + %s", w.intExpr(1), last)
		case 1:
			w.line("Again(%s) undo Y(%s)", w.intExpr(1), last)
		default:
			w.line("if %s { fail Bad{code: %s} }", w.boolExpr(1), last)
			w.line("for %[1]s in %s { Z(%[1]s) undo Y(%[1]s) }", w.name(), w.oneOf("[]int"))
			w.line("%s", w.intExpr(1))
		}
	})
	if !w.beside && w.r.IntN(3) == 0 {
		w.line("}")
	} else {
		w.line("} else {")
		w.handled(w.valueBlock)
		w.line("}")
	}
	w.bind("int", name)
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

// lostRace writes a race whose arms all fail, in a try, or one with one arm.
func (w *writer) lostRace(name string) {
	switch {
	case w.alone:
		w.line("%s := try { F(3) } else { %s }", name, w.otherwise())
		return
	case w.r.IntN(2) == 0:
		w.line("%s := race { R(%s) }", name, w.intExpr(1))
		return
	}
	w.line("%s := try { race {\n{ fail \"a\" }\n{ F(3) }\n} } else { %s }", name, w.otherwise())
}

// loopValue writes a loop that gives a value.
func (w *writer) loopValue() {
	name := w.name()
	w.pick(
		func() { w.countedLoop(name) }, func() { w.countedLoop(name) }, func() { w.fold(name) }, func() { w.search(name) },
	)
	w.bind("int", name)
}

// countedLoop writes a loop that gives what a break does; it may fail where that makes no log
// depend on timing.
func (w *writer) countedLoop(name string) {
	state := w.name()
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
}

// fold writes a loop over a list or map that hands a state on, and gives the last one or
// what stands in for it.
func (w *writer) fold(name string) {
	state, first := w.name(), w.intExpr(1)
	w.owed = true
	w.begin("%s := loop %s := %s ", name, state, first)
	w.inside(func() {
		w.overHead()
		w.bind("int", state)
		w.block(w.r.IntN(3))
		if w.r.IntN(2) == 0 {
			w.line("if %s { break %s }", w.boolExpr(1), w.intExpr(1))
		}
		w.line("continue %s + %s", state, w.intExpr(1))
	})
	if w.r.IntN(3) == 0 {
		w.line("} else {")
		w.inside(func() { w.bind("int", state); w.block(w.r.IntN(2)); w.line("%s - %s", state, w.intExpr(1)) })
	}
	w.line("}")
}

// search writes a loop without a state that gives what a round finds, or something else.
func (w *writer) search(name string) {
	w.owed = true
	w.begin("%s := loop ", name)
	w.inside(func() {
		if w.r.IntN(2) == 0 {
			w.overHead()
		} else {
			fmt.Fprintf(&w.b, "max %d {\n", 1+w.r.IntN(3))
		}
		w.block(w.r.IntN(2))
		w.line("match %s { 1 => break R(%s), 2 => continue, _ => {} }", w.intExpr(1), w.intExpr(0))
		w.block(w.r.IntN(2))
	})
	w.line("} else {")
	w.inside(func() { w.block(w.r.IntN(2)); w.line("%s", w.intExpr(1)) })
	w.line("}")
}

// begin writes the beginning of a line.
func (w *writer) begin(format string, args ...any) {
	w.b.WriteString(strings.Repeat("\t", w.depth+1))
	fmt.Fprintf(&w.b, format, args...)
}

// overHead writes what a loop goes over: a list, or a map.
func (w *writer) overHead() {
	if len(w.vars["map"]) == 0 || w.r.IntN(3) > 0 {
		w.depth--
		w.forHead("")
		w.depth++
		return
	}
	m, key, value := w.oneOf("map"), w.name(), w.name()
	w.bind("int", value)
	fmt.Fprintf(&w.b, "for %s, %s in %s where len(%s) > %d {\n", key, value, m, key, w.r.IntN(4))
}

func (w *writer) loopStmt() {
	w.owed = true
	w.pick(w.countedRounds, w.roundsOver)
}

// countedRounds writes a loop whose value nobody uses.
func (w *writer) countedRounds() {
	state := w.name()
	w.line("loop %s := %s max few {", state, w.intExpr(1))
	w.inside(func() {
		w.bind("int", state)
		w.line("X(%s)", w.intExpr(1))
		w.block(w.r.IntN(2))
		w.line("if %s { break } else { continue %s }", w.boolExpr(1), w.intExpr(1))
	})
	w.line("} else { X(%s) }", w.intExpr(0))
}

// roundsOver writes a loop without a state whose value nobody uses.
func (w *writer) roundsOver() {
	w.begin("loop ")
	w.inside(func() {
		w.overHead()
		w.block(w.r.IntN(2))
		w.pick(
			func() { w.line("if %s { %s }", w.boolExpr(1), w.oneFrom("break", "continue")) },
			func() { w.line("match E(%s) { k0 => {}, k1 => continue, k2 => break }", w.intExpr(1)) },
		)
		w.line("X(%s)", w.intExpr(1))
	})
	w.line("}")
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
	w.inside(func() { w.bind("P", arm); w.depth--; w.valueArm(); w.depth++ })
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

// mail writes what exchanges something with the world. The names tell a stub what is
// awaited.
func (w *writer) mail(name string) {
	w.names++
	n := w.names
	w.pick(
		func() {
			w.line("key%d := %s", n, w.intExpr(1))
			w.line("sent%d: emit Ping(key%[1]d) {}", n)
			bound := []string{"timeout 1h", "until 2100-01-01T00:00:00Z"}[w.r.IntN(2)]
			which := []string{"", fmt.Sprintf(" where ping%d.v == 7", n), fmt.Sprintf(" where ping%d.v + %s != 32767", n, w.intExpr(0))}[w.r.IntN(3)]
			w.line("ping%d := await Ping(key%[1]d) %s%s after sent%[1]d", n, bound, which)
			w.line("%s := ping%d.v", name, n)
		},
		func() { // nobody awaits the first
			w.line("key%d := %d", n, 1_000_000+n)
			w.line("other%d: emit Ping(key%[1]d) { v: 1 }", n)
			w.line("sent%d: emit Ping(key%[1]d) {}", n)
			w.line("ping%d := await Ping(key%[1]d) timeout 1h where ping%[1]d.v == 7 after other%[1]d, sent%[1]d", n)
			w.line("%s := ping%d.v", name, n)
		},
		func() {
			w.line("%s := loop left%d := abs(%s) %% 9 max none {", name, n, w.intExpr(1))
			w.inside(func() {
				w.line("wait 1ms")
				w.line("if left%d <= 0 { break R(left%[1]d) }", n)
				w.line("continue left%d - 4", n)
			})
			w.line("}")
		},
		func() {
			w.line("far%d := start Lone(%s)", n, w.intExpr(1))
			w.line("run%d := await run(far%[1]d) timeout 1h", n)
			w.line("%s := run%d + %s", name, n, w.intExpr(1))
		},
		func() {
			bound := []string{"timeout 24h", "until 2026-01-02T00:00:00Z"}[w.r.IntN(2)] // past, by the world's clock
			which := []string{"", fmt.Sprintf(" where never%d.k > %s", n, w.intExpr(0))}[w.r.IntN(2)]
			w.line("never%d := await Never(%s) %s%s else none", n, w.intExpr(1), bound, which)
			w.line("%s := if never%d == none { %s } else { 1 }", name, n, w.intExpr(1))
		},
		func() {
			w.line("never%d := approve %s by \"somebody\" timeout 24h else {", n, w.textExpr(1))
			w.inside(func() { w.line("X(%s)", w.otherwise()); w.line("none") })
			w.line("}")
			w.line("%s := if never%d == none { %s } else { 1 }", name, n, w.intExpr(1))
		},
	)
	w.bind("int", name)
}

// leaving writes a call whose failure may end the workflow.
func (w *writer) leaving(name string) {
	w.line("%s := F(%s) else {", name, w.intExpr(1))
	w.handled(func() {
		w.inside(func() {
			w.block(w.r.IntN(2))
			if w.owed || w.r.IntN(2) == 0 {
				w.line("%s", w.intExpr(1))
				return
			}
			w.pick(
				func() { w.line("return %s", w.intExpr(1)) },
				func() { w.line("if %s { return %s } else { %s }", w.boolExpr(1), w.intExpr(1), w.intExpr(1)) },
			)
		})
	})
	w.line("}")
	w.bind("int", name)
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
		func() { w.leaving(name) },
		func() { w.line("%s := V(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() {
			w.line("%s := V(%s) undo %s(%s)", name, w.intExpr(1), w.back(), name)
			w.bind("int", name)
			w.owed = true
		},
		func() {
			w.line("%s := V(%s) retry 1 backoff 1ms..1ms else %s", name, w.intExpr(1), w.otherwise())
			w.bind("int", name)
		},
		func() {
			w.line("%s := V(%s) undo %s(%s + 1) else {", name, w.intExpr(1), w.back(), name)
			w.inside(func() { w.line("X(len(err.message))"); w.line("%s", w.otherwise()) })
			w.line("}")
			w.bind("int", name)
			w.owed = true
		},
		func() {
			w.line("%s := Deep(%s, %s)", name, w.intExpr(1), w.oneOf("[]int"))
			w.bind("int", name)
			w.owed = true
		},
		func() { w.line("%s := Z(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() {
			w.line("%s := Z(%s) %s %s(%s) retry 1 backoff 1ms..1ms", name, w.intExpr(1), w.owing(), w.back(), name)
			w.bind("int", name)
			w.owed = true
		},
		func() {
			clause := []string{"", "undo Y(" + name + ")", "else " + w.otherwise(), fmt.Sprintf("undo early %s(%s) else %s", w.back(), w.intExpr(1), w.otherwise())}
			w.line("%s := %s(%s) retry 1 backoff 1ms..1ms %s", name, w.oneFrom("Again", "Nested", "Lease", "Watch"), w.intExpr(1), clause[w.r.IntN(len(clause))])
			w.bind("int", name)
			w.owed = true
		},
		func() {
			clause := []string{"retry 1 backoff 1ms..1ms", "timeout 1h", "timeout 2h retry 1 backoff 1ms..1ms",
				w.owing() + " B(" + name + ")", "undo Y(" + name + ") retry 1 backoff 1ms..1ms", fmt.Sprintf("undo early %s(%s)", w.back(), w.intExpr(1))}
			w.line("%s := Deep(%s, %s) %s else %s", name, w.intExpr(1), w.oneOf("[]int"), clause[w.r.IntN(len(clause))], w.otherwise())
			w.bind("int", name)
			w.owed = true
		},
		func() { w.declaredUndo(name) },
		func() { w.declaredUndo(name) },
		func() { w.line("validate %s", w.boolExpr(2)) },
		func() { w.line("%s := xs[n + %s]", name, w.intExpr(1)); w.bind("int", name) },
		func() { w.line("%s := %s / (n - %s)", name, w.intExpr(1), w.intExpr(1)); w.bind("int", name) },
		func() { w.line("X(%s) else {}", w.intExpr(1)) },
		func() { w.line("%s := D(%s)", name, w.intExpr(1)); w.bind("int", name) },
		func() {
			w.line("%s := V(%s) %s early %s(%s)", name, w.intExpr(1), w.owing(), w.back(), w.intExpr(0))
			w.bind("int", name)
			w.owed = true
		},
		func() {
			w.line("%s := D(%s) retry 1 backoff 1ms..1ms on Bad undo early %s(%s) else %s", name, w.intExpr(1), w.back(), w.intExpr(0), w.otherwise())
			w.bind("int", name)
			w.owed = true
		},
		func() { w.line("if %s { fail \"failed ${%s}\" }", w.boolExpr(1), w.intExpr(1)) },
	)
}

// declaredUndo writes calls of tools whose declarations say what takes them back, which the
// call may say otherwise.
func (w *writer) declaredUndo(name string) {
	w.owed = true
	clause := w.oneFrom("", "", "else "+w.otherwise(), "undo none", w.owing()+" "+w.back()+"("+name+")", "retry 1 backoff 1ms..1ms else "+w.otherwise())
	w.pick(
		func() { w.line("H(%s)", w.intExpr(1)) },
		func() { w.line("H(%s) else { X(%s) }", w.intExpr(1), w.otherwise()) },
		func() { w.line("C(%s)", w.intExpr(1)) },
		func() { w.line("C(%s) else {}", w.intExpr(1)) },
		func() { w.line("%s := C(%s) %s", name, w.intExpr(1), clause); w.bind("int", name) },
		func() { w.line("%s := C(%s) + C(%s)", name, w.intExpr(1), "("+w.listVar()+")[0]"); w.bind("int", name) },
		func() {
			x := w.name()
			w.line("%s := C(len(for %[2]s in %[3]s where %[2]s > 1 { %[2]s }))", name, x, w.oneOf("[]int"))
			w.bind("int", name)
		},
		func() { w.line("%s := C(%s) else none", name, w.intExpr(1)); w.bind("int?", name) },
	)
}

// leased writes calls of workflows with something that is given back on every way out, or in
// the place of what they owe.
func (w *writer) leased(name string) {
	w.owed = true
	early := fmt.Sprintf("%s early %s(%s)", w.owing(), w.back(), w.intExpr(1))
	options := []func(){
		func() { w.line("%s := Cell(%s)", name, w.intExpr(1)) },
		func() { w.line("%s := Sub(%s, %s) %s", name, w.intExpr(1), w.intExpr(1), early) },
	}
	if !w.beside {
		options = append(options,
			func() { w.line("%s := Lease(%s)", name, w.intExpr(1)) },
			func() { w.line("%s := W(%s) finally B(%[1]s)", name, w.intExpr(1)) })
	}
	w.pick(options...)
	w.bind("int", name)
}

// owing is the word of what is owed: undo, or finally where that is run on every way out.
func (w *writer) owing() string { return w.oneFrom("undo", "undo", "finally") }

// back is a tool that takes back. Beside more it is one that doesn't fail.
func (w *writer) back() string {
	if w.beside || w.r.IntN(3) == 0 {
		return "Y"
	}
	return "B"
}

// early returns early where that is allowed, or first settles what is owed.
func (w *writer) early() {
	switch {
	case !w.owed:
		w.line("if %s { return %s }", w.boolExpr(1), w.intExpr(1))
	case !w.beside:
		w.settle()
	}
}

// settle says what becomes of what is owed so far, perhaps.
func (w *writer) settle() {
	what := "commit"
	if w.r.IntN(2) == 0 {
		what = "rollback"
	}
	if w.r.IntN(2) == 0 {
		w.line("if %s { %s }", w.boolExpr(1), what)
		return
	}
	w.line("%s", what)
	w.owed = w.depth > 0 // in a branch it says nothing of what follows
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

// valueArm writes a block whose value is used, which a return may leave.
func (w *writer) valueArm() {
	w.inside(func() {
		w.block(w.r.IntN(3))
		w.line("%s", w.intExpr(1))
	})
}

// valueBlock writes a block whose value is used, and which no return can leave.
func (w *writer) valueBlock() {
	owed := w.owed
	w.owed = true
	w.inside(func() {
		w.block(w.r.IntN(3))
		w.line("%s", w.intExpr(1))
	})
	w.owed = owed || w.owed
}

func (w *writer) ifValue() {
	name := w.name()
	w.line("%s := if %s {", name, w.boolExpr(1))
	w.valueArm()
	w.line("} else if %s {", w.boolExpr(1))
	w.valueArm()
	w.line("} else {")
	w.valueArm()
	w.line("}")
	w.bind("int", name)
}

func (w *writer) matchValue() {
	name := w.name()
	w.line("%s := match %s {", name, w.intExpr(1))
	w.depth++
	for i := range 2 {
		w.line("%d => {", i)
		w.valueArm()
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

// mapped binds a map of what the rounds of a for read, in order or side by side.
func (w *writer) mapped(name string) {
	q := w.name()
	w.line(`%s := map[string]int{"k1": %s, for %s in %s%s { "k${%s}": R(%s + %s) }, "k2": %s}`, name, w.intExpr(1),
		q, w.oneOf("[]int"), w.oneFrom("", " parallel"), q, q, w.intExpr(0), w.intExpr(1))
	w.bind("map", name)
}

// mapLoop goes over a map, in the order of its keys, or side by side.
func (w *writer) mapLoop() {
	if len(w.vars["map"]) == 0 {
		w.simple()
		return
	}
	name, key, value, was := w.name(), w.name(), w.name(), w.beside
	side := !w.alone && w.r.IntN(3) == 0
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
	list := w.oneOf("[]int")
	switch w.r.IntN(8) {
	case 0, 1:
		return fmt.Sprintf("[%s, %s]", w.intExpr(0), w.intExpr(0))
	case 2:
		return fmt.Sprintf("[%s]", w.intExpr(0))
	case 3:
		return fmt.Sprintf("%s[:min(len(%s), 1)]", list, list)
	case 4:
		return w.listExpr(1)
	}
	return list
}
