package parser

import (
	"strconv"
	"strings"
	"testing"

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
		_, found := Parse("x.wf", []byte("package p\nworkflow W() {\nv := "+value+"\n}"))
		if !shallowAfterAll[name] && !deep(found) {
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
	_, found := Parse("x.wf", []byte(strings.Repeat("(", maxBytes)))
	if !deep(found) || len(found) != 1 {
		t.Errorf("%d diagnostics", len(found))
	}
}

// BenchmarkParse shows that the time for a byte is that of a short file in a long one.
func BenchmarkParse(b *testing.B) {
	unit := sample(b)[len("package orders\n"):]
	for _, n := range []int{1, 20, 200} {
		text := []byte("package orders\n" + strings.Repeat(unit, n))
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Parse("x.wf", text)
			}
		})
	}
}
