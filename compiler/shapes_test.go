package compiler_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// shapes are sources of about n steps, each of a form that one of the stages could find
// hard. They are the same each time.
var shapes = map[string]func(n int) string{
	"chain":     chain,
	"effects":   effects,
	"fan":       fan,
	"layers":    layers,
	"parallel":  inParallel,
	"between":   between,
	"workflows": workflows,
	"sums":      sums,
	"arms":      arms,
	"logs":      logs,
	"clocks":    clocks,
}

const shapesHead = `package shapes
tool Read(n int) int readonly
tool Sum(ns []int) int readonly
tool Act(n int) int idempotent
tool Undo(n int) idempotent
`

// body is a source of one workflow.
func body(lines func(put func(format string, args ...any))) string {
	var b strings.Builder
	b.WriteString(shapesHead + "workflow W(n int) int {\n")
	lines(func(format string, args ...any) { fmt.Fprintf(&b, "\t"+format+"\n", args...) })
	b.WriteString("}\n")
	return b.String()
}

// names are x0, x1 and so on, in a list.
func names(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("x%d", i))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// chain has reads of which each needs the one before.
func chain(n int) string {
	return body(func(put func(string, ...any)) {
		put("x0 := Read(n)")
		for i := 1; i < n; i++ {
			put("x%d := Read(x%d + 1)", i, i-1)
		}
		put("return x%d", n-1)
	})
}

// effects has effects, every tenth of which has an undo.
func effects(n int) string {
	return body(func(put func(string, ...any)) {
		for i := range n {
			put("Act(n + %d)%s", i, []string{" undo Undo(n)", " undo none"}[min(i%10, 1)])
		}
		put("return n")
	})
}

// fan has reads side by side.
func fan(n int) string {
	return body(func(put func(string, ...any)) {
		for i := range n {
			put("x%d := Read(n + %d)", i, i)
		}
		put("return Sum(%s)", names(n))
	})
}

// layers has layers of 100 reads, or of ten where there are few; each needs three of the
// layer above.
func layers(n int) string {
	width := 100
	if n < 1000 {
		width = 10
	}
	return body(func(put func(string, ...any)) {
		r := rand.New(rand.NewPCG(1, 2))
		above := func(i int) string {
			if i < width {
				return "n"
			}
			return fmt.Sprintf("x%d", i-i%width-1-r.IntN(width))
		}
		for i := range n {
			put("x%d := Read(%s + %s + %s)", i, above(i), above(i), above(i))
		}
		put("return Sum(%s)", names(n))
	})
}

// inParallel has effects in a parallel block, which need up to two of any above.
func inParallel(n int) string {
	return body(func(put func(string, ...any)) {
		r := rand.New(rand.NewPCG(3, 4))
		put("parallel {")
		put("x0 := Act(n)")
		for i := 1; i < n; i++ {
			put("x%d := Act(x%d + x%d)", i, r.IntN(i), r.IntN(i))
		}
		put("}")
		put("return Sum(%s)", names(n))
	})
}

// between has two effects and between them reads, some of which need another.
func between(n int) string {
	return body(func(put func(string, ...any)) {
		put("x0 := Act(n)")
		for i := 1; i < n; i++ {
			put("x%d := Read(x%d)", i, i/4*(i%2))
		}
		put("return Act(Sum(%s))", names(n))
	})
}

// workflows has workflows of five steps, which call each other in pairs.
func workflows(n int) string {
	var b strings.Builder
	b.WriteString(shapesHead)
	for i := range n / 5 {
		last := "Act"
		if i%2 == 1 {
			last = fmt.Sprintf("W%d", i-1)
		}
		fmt.Fprintf(&b, `workflow W%d(n int) int {
	a := Read(n)
	b := Read(n + 1)
	validate a < b else "${a} is more than ${b}"
	c := Act(a + b) undo Undo(c)
	return %s(c)
}
`, i, last)
	}
	return b.String()
}

// sums has long expressions, of n operands in all.
func sums(n int) string {
	return body(func(put func(string, ...any)) {
		for i := range n / 100 {
			put("x%d := Read(n%s)", i, strings.Repeat(" * 2 + n", 50))
		}
		put("return Sum(%s)", names(n/100))
	})
}

// arms has a match with an arm for each step.
func arms(n int) string {
	return body(func(put func(string, ...any)) {
		put("x := match n {")
		for i := range n {
			put("%d => Act(%d)", i, i)
		}
		put("_ => 0")
		put("}")
		put("return x")
	})
}

// logs has reads, each with a log that tells of it.
func logs(n int) string {
	return body(func(put func(string, ...any)) {
		for i := range n / 2 {
			put("x%d := Read(n + %d)", i, i)
			put("log \"${x%d}\"", i)
		}
		put("return Sum(%s)", names(n/2))
	})
}

// clocks looks at the clock again and again.
func clocks(n int) string {
	return body(func(put func(string, ...any)) {
		put("x0 := now()")
		for i := 1; i < n/2; i++ {
			put("x%d := now()", i)
			put("log \"${x%d - x%d}\"", i, i-1)
		}
		put("return n")
	})
}
