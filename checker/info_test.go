package checker_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/types"
)

// checked checks files that the parser has to accept.
func checked(t testing.TB, files ...txtar.File) (*checker.Program, []diag.Diagnostic) {
	t.Helper()
	var parsed []*dsl.File
	for _, f := range files {
		file, faults := parser.Parse(f.Name, f.Data)
		if len(faults) > 0 {
			t.Fatalf("the parser refuses it: %s", shown(faults))
		}
		parsed = append(parsed, file)
	}
	return checker.Check(parsed, "")
}

// TestFacts: what the tables hold for an expression.
func TestFacts(t *testing.T) {
	tests := []struct {
		params, x string // x is the value of a binding
		typ       string
		value     string // the constant; "" for none
		wanted    string // its T?; "" for none
		narrowed  bool
	}{
		{x: "1", typ: "int", value: "1"},
		{x: "0x1F + 1_000", typ: "int", value: "1031"},
		{x: "7 / 2", typ: "int", value: "3"},
		{x: "7 / 2.0", typ: "float64", value: "3.5"},
		{x: "-(2 - 5)", typ: "int", value: "3"},
		{x: "float64(3)", typ: "float64", value: "3"},
		{x: "uint8(200)", typ: "uint8", value: "200"},
		{x: "1h30m", typ: "duration", value: "5400000000000"},
		{x: "2 * 1h - 30m", typ: "duration", value: "5400000000000"},
		{x: `"a\tb"`, typ: "string", value: `"a\tb"`},
		{x: "true", typ: "bool", value: "true"},
		{x: "[1, 2.5]", typ: "[]float64"},
		{x: "[none, 1]", typ: "[]int?"},
		{params: "f float64", x: "f * 2", typ: "float64"},
		{params: "n int8", x: "1 + n", typ: "int8"},
		{params: "d duration", x: "2 * d", typ: "duration"},
		{params: "a time, b time", x: "a - b", typ: "duration"},
		{params: "m map[string]int", x: `m["a"]`, typ: "int?"},
		{params: "m map[string]int?", x: `m["a"]`, typ: "int?"},
		{params: "o int?", x: "o ?? 1", typ: "int"},
		{params: "o int?", x: "o ?? none", typ: "int?"},
		{params: "o int?, p int?", x: "o ?? p", typ: "int?"},
		{params: "o P?", x: "o?.x", typ: "int?"},
		{params: "o P?", x: "o?.ys[0]", typ: "int?"},
		{params: "o P?", x: "o?.next?.ys[0:1]", typ: "([]int)?"},
		{params: "s string", x: "s[0]", typ: "uint8"},
		{params: "s string", x: "s[1:]", typ: "string"},
		{params: "b bool", x: "if b { 1 } else { none }", typ: "int?"},
		{params: "b bool", x: "if b { none } else if !b { 1 } else { 2.5 }", typ: "float64?"},
		{params: "b bool, xs []int", x: "if b { [] } else { xs }", typ: "[]int"},
		{params: "xs []int", x: "for x in xs { float64(x) }", typ: "[]float64"},
		{params: "n int", x: `match n { 1 => "a", _ => none }`, typ: "string?"},
		{params: "xs []int?", x: "some(xs)", typ: "[]int"},
		{params: "f float64", x: "min(f, 1)", typ: "float64"},
		{params: "xs []int", x: "sort(x in xs by -x)", typ: "[]int"},
		{params: "o int?", x: "P{x: o ?? 1, ys: []}", typ: "P"},
	}
	for _, test := range tests {
		t.Run(test.x, func(t *testing.T) {
			text := fmt.Sprintf("package p\ntype P { x int, ys []int, next P? }\nfunc probe(%s) bool {\n\tv := %s\n\tv == v || true\n}\n", test.params, test.x)
			file, faults := parser.Parse("a.wf", []byte(text))
			if len(faults) > 0 {
				t.Fatal(shown(faults))
			}
			prog, _ := checker.Check([]*dsl.File{file}, "")
			bind := file.Decls[1].(*dsl.FuncDecl).Body.Stmts[0].(*dsl.BindStmt)
			got := prog.Info.Types[bind.Value]
			if want := test.typ; want != "" && got.String() != want || want == "" && !types.Is(got, types.Invalid) {
				t.Errorf("has the type %s, expected %s", got, want)
			}
			value := ""
			if v := prog.Info.Consts[bind.Value]; v != nil {
				value = v.ExactString()
				if strings.Contains(value, "/") {
					value = v.String()
				}
			}
			if value != test.value {
				t.Errorf("has the value %s, expected %s", value, test.value)
			}
		})
	}
}

// TestAdapted: Narrowed and Wanted say where an optional is read, and where a value
// becomes one.
func TestAdapted(t *testing.T) {
	tests := []struct{ line, narrowed, wanted string }{
		{line: "if o != none { need(o) }", narrowed: "o"},
		{line: "if o != none { may(o) }"},
		{line: "may(n)", wanted: "n"},
		{line: "may(1)", wanted: "1"},
		{line: "if u.age != none { need(u.age) }", narrowed: "u.age"},
		{line: "if o == n { need(n) }", wanted: "n"},
		{line: "if 3 != o { need(n) }", wanted: "3"},
		{line: "validate o != none\n\tneed(o ?? 1)"},
		{line: "validate o != none\n\tneed((o) + 1)", narrowed: "(o) o"},
		{line: "xs := [n, o]\n\tlog \"${xs}\"", wanted: "n"},
		{line: "x := if n > 1 { n } else { none }\n\tmay(x)", wanted: "n"},
		{line: "match o { 1 => need(n), _ => {} }", wanted: "1"},
		{line: "if u.friend?.age != none { need(u.friend.age) }", narrowed: "u.friend u.friend.age"},
	}
	for _, test := range tests {
		text := "package p\ntype U { age int?, friend U? }\ntool need(n int)\ntool may(n int?)\n" +
			"workflow W(n int, o int?, u U) {\n\t" + test.line + "\n}\n" +
			"workflow V() { need(0)\n may(0) }\n"
		prog, ds := checked(t, txtar.File{Name: "a.wf", Data: []byte(text)})
		if len(ds) > 0 {
			t.Errorf("%s: %s", test.line, shown(ds))
			continue
		}
		s := prog.Files[0].Source
		var narrowed, wanted []string
		dsl.Inspect(prog.Workflows[0].Decl.Body, func(n dsl.Node) bool {
			x, ok := n.(dsl.Expr)
			if ok && prog.Info.Narrowed[x] {
				narrowed = append(narrowed, strings.TrimPrefix(marked(s, x.Place()), "^ "))
			}
			if ok && prog.Info.Wanted[x] != nil {
				wanted = append(wanted, strings.TrimPrefix(marked(s, x.Place()), "^ "))
			}
			return true
		})
		if got := words(narrowed); got != test.narrowed {
			t.Errorf("%s: narrowed are %q, expected %q", test.line, got, test.narrowed)
		}
		if got := words(wanted); got != test.wanted {
			t.Errorf("%s: wanted are %q, expected %q", test.line, got, test.wanted)
		}
	}
}

// words joins what was found, a path behind what it begins with.
func words(list []string) string {
	if len(list) == 2 && len(list[0]) > len(list[1]) && !strings.HasPrefix(list[0], "(") {
		list[0], list[1] = list[1], list[0]
	}
	return strings.Join(list, " ")
}

// TestClauses: a call's own clauses win over the declaration's.
func TestClauses(t *testing.T) {
	text := `package p
tool A(n int) int idempotent retry 3 backoff 1s..2s timeout 5s
tool B(n int) int idempotent
workflow W() int {
	a := A(1)
	b := A(2) retry 0 timeout none
	c := B(3) retry 1
	d := B(4) retry at 1m, 1h timeout 1s
	return a + b + c + d
}
`
	prog, ds := checked(t, txtar.File{Name: "a.wf", Data: []byte(text)})
	if len(ds) > 0 {
		t.Fatal(shown(ds))
	}
	var got bytes.Buffer
	for _, s := range prog.Workflows[0].Decl.Body.Stmts[:4] {
		cs := prog.Info.Clauses[s.(*dsl.BindStmt).Value.(*dsl.CallExpr)]
		fmt.Fprintf(&got, "%s:", cs.Timeout)
		if r := cs.Retry; r.Repeats() {
			fmt.Fprintf(&got, " %d %s..%s %v", r.Times, r.Min, r.Max, r.At)
		}
		got.WriteString("\n")
	}
	want := "5s: 3 1s..2s []\n0s:\n0s: 1 100ms..30s []\n1s: 2 0s..0s [1m0s 1h0m0s]\n"
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}
