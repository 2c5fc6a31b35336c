package parser

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/diag"
)

// TestManyFaults has each fault reported once and everything else kept.
func TestManyFaults(t *testing.T) {
	text := `package p

type T { a int, b int = , c int }

tool F(a int) T retry 3 backoff 1s

workflow W(t T) int {
	x := F(1
	y := F(2)
	if y.a = 3 {
		z := y +
	}
	w := F(3)
	return w.a
}

enum E { a b }

func f() int { 1 }
`
	want := []string{
		"3:25 WF003 ‹,› expected a value after `=`, found `,`",
		"5:35 WF003 ‹› expected `..` after `1s`, found the end of the line",
		"8:8 WF003 ‹(› `(` isn't closed; help: close it with `)`",
		"10:9 WF003 ‹=› expected `{` after `a`, found `=`; help: compare with `==`",
		"12:2 WF003 ‹}› expected a value after `+`, found `}`",
		"17:12 WF003 ‹b› expected `,` or `}` after `a`, found `b`",
	}
	if diff := cmp.Diff(want, faults(text)); diff != "" {
		t.Error(diff)
	}
	file, _ := Parse("x.wf", []byte(text))
	tree := "(file p (type T (a int) (b int) (c int)) (tool F (a int) T) (workflow W (t T) int {(:= x bad-expr) (:= y (call F 2))" +
		" (if bad-expr {(:= z bad-expr)}) (:= w (call F 3)) (return (. w a))}) (enum E a) (func f () int {1}))"
	if diff := cmp.Diff(tree, dump(file)); diff != "" {
		t.Error(diff)
	}
}

func TestUnreadable(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"package p\x00", "1:10 WF001 ‹\x00› the file has a zero byte, which no text has"},
		{"package p\n\xff", "2:1 WF001 ‹\xff› the byte 0xff isn't UTF-8; help: save the file as UTF-8"},
		{strings.Repeat("\n", maxBytes+1), "1:1 WF001 ‹› the file has 8388609 bytes, more than the 8388608 that are read; help: split it into several files of the same package"},
	} {
		if diff := cmp.Diff([]string{c.want}, faults(c.text)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestNesting gives the parser what could exhaust its stack or its time.
func TestNesting(t *testing.T) {
	const n = 20_000
	nest := func(open, middle, closing string) string {
		return strings.Repeat(open, n) + middle + strings.Repeat(closing, n)
	}
	for name, value := range map[string]string{
		"parentheses":    nest("(", "a", ")"),
		"only open":      nest("(", "", ""),
		"brackets":       nest("[", "a", "]"),
		"calls":          nest("f(", "a", ")"),
		"structs":        nest("T{a: ", "a", "}"),
		"substitutions":  nest(`"${`, "a", `}"`),
		"signs":          nest("!", "a", ""),
		"operators":      nest("a + ", "a", ""),
		"coalescing":     nest("a ?? ", "a", ""),
		"accesses":       nest("", "a", ".a"),
		"indexes":        nest("", "a", "[0]"),
		"types":          nest("map[string]", "", ""),
		"blocks":         nest("if a { ", "a", " }"),
		"else-ifs":       nest("if a { } else ", "{ }", ""),
		"uneven blocks":  nest("if a {\n)\n", "", ""),
		"uneven calls":   nest("f(if a {\n)\n}, ", "", ""),
		"mixed brackets": nest("[)", "", ""),
		"arms":           nest("match a { a => ", "1", "}"),
	} {
		began := time.Now()
		_, found := Parse("x.wf", []byte("package p\nworkflow W() {\nv := "+value+"\n}"))
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if len(found) < diag.Max && !shallowAfterAll[name] && !deep(found) {
			t.Errorf("%s: nothing about the nesting", name)
		}
	}
}

// Texts that look deep, of which the parser leaves all but the first levels out.
var shallowAfterAll = map[string]bool{"types": true, "mixed brackets": true}

func deep(found []diag.Diagnostic) bool {
	for _, d := range found {
		if d.Code == diag.NestedTooDeep {
			return true
		}
	}
	return false
}

func TestDeepTypes(t *testing.T) {
	for _, typ := range []string{strings.Repeat("[]", 20_000) + "int", "int" + strings.Repeat("? ", 20_000), strings.Repeat("map[int]", 20_000) + "int"} {
		_, found := Parse("x.wf", []byte("package p\ntype T { a "+typ+" }"))
		if !deep(found) {
			t.Errorf("nothing about the nesting: %v", found)
		}
	}
}

func TestMillionsOfBrackets(t *testing.T) {
	began := time.Now()
	_, found := Parse("x.wf", []byte(strings.Repeat("(", maxBytes)))
	if !deep(found) || len(found) != 1 {
		t.Errorf("%d diagnostics", len(found))
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestLinear holds the time for a long file against that for a short one.
func TestLinear(t *testing.T) {
	unit := sample(t)[len("package orders\n"):]
	times := func(n int) time.Duration {
		text := []byte("package orders\n" + strings.Repeat(unit, n))
		began := time.Now()
		Parse("x.wf", text)
		return time.Since(began)
	}
	times(1)
	small, large := times(20), times(200)
	t.Logf("20 times the sample: %v, 200 times: %v", small, large)
	if large > 40*small {
		t.Errorf("20 times the sample takes %v, 200 times %v", small, large)
	}
}
