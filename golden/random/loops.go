package random

import (
	"fmt"
	"math/rand/v2"
)

// spun writes the func of that name, whose value comes of loops without steps: a fold that may
// be left early, with folds in its rounds, and rounds that are counted.
func spun(r *rand.Rand) string {
	w := &writer{
		r:     r,
		vars:  map[string][]string{"int": {"n"}, "[]int": {"xs"}, "bool": {"flag"}},
		taken: map[string]bool{},
	}
	w.b.WriteString("\nfunc spun(n int, xs []int, flag bool) int {\n")
	folded, counted := w.name(), w.name()
	w.pureFold(folded)
	w.bind("int", folded)
	w.pureRounds(counted)
	w.bind("int", counted)
	w.line("%s - %s + %s", folded, counted, w.intExpr(1))
	w.b.WriteString("}\n")
	return w.b.String()
}

// pureFold writes a loop over a list whose value is its state, or what stands in for it.
func (w *writer) pureFold(name string) {
	state, x := w.name(), w.name()
	w.begin("%s := loop %s := %s for %s in %s", name, state, w.intExpr(1), x, w.oneOf("[]int"))
	if w.r.IntN(2) == 0 {
		fmt.Fprintf(&w.b, " where %s %% 3 != %d", x, w.r.IntN(3))
	}
	w.b.WriteString(" {\n")
	w.inside(func() {
		w.bind("int", state)
		w.bind("int", x)
		w.leavings()
		if w.r.IntN(3) == 0 {
			inner, t, y := w.name(), w.name(), w.name()
			w.line("%s := loop %s := %s for %s in xs { continue %s - %s }", inner, t, state, y, t, y)
			w.bind("int", inner)
		}
		w.line("continue %s + %s", state, w.intExpr(1))
	})
	w.otherwiseState(state, w.r.IntN(3) == 0)
}

// pureRounds writes a loop whose rounds are counted, with a state or without.
func (w *writer) pureRounds(name string) {
	if w.r.IntN(3) == 0 {
		w.line("%s := loop max few { if %s { break %s } } else { %s }", name, w.boolExpr(1), w.intExpr(1), w.intExpr(1))
		return
	}
	state := w.name()
	w.line("%s := loop %s := %s max %s {", name, state, w.intExpr(1), w.oneFrom("3", "few", "abs(n % 4)"))
	w.inside(func() {
		w.bind("int", state)
		w.leavings()
		w.line("continue %s", w.intExpr(1))
	})
	w.otherwiseState(state, true)
}

// leavings writes what may leave a round.
func (w *writer) leavings() {
	w.pick(
		func() {},
		func() { w.line("if %s { break %s }", w.boolExpr(1), w.intExpr(1)) },
		func() { w.line("if %s { if %s { continue %s } }", w.boolExpr(1), w.boolExpr(0), w.intExpr(1)) },
		func() {
			w.line("match %s { 1 => break %s, 2 => continue %s, _ => {} }", w.intExpr(1), w.intExpr(1), w.intExpr(0))
		},
		func() {
			v := w.name()
			w.line("match %s { none => {}, %d => continue %s, _ => { %s := %s\nif %s > 2 { break %s } } }", w.optExpr(1), w.r.IntN(9), w.intExpr(0), v, w.intExpr(1), v, v)
		},
	)
}

// otherwiseState ends a loop, perhaps with an else that knows its state.
func (w *writer) otherwiseState(state string, other bool) {
	if other {
		w.line("} else {")
		w.inside(func() { w.bind("int", state); w.line("%s - %s", state, w.intExpr(1)) })
	}
	w.line("}")
}
