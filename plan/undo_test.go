package plan_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/plan"
)

// undoTools are what the sources of TestDeclaredUndo have in common.
const undoTools = `package p

type U = A | B
type A { n int, o int?, b B?, e E = E.x }
type B { s string, at time? }
enum E { x, y }
func twice(n int) int { n * 2 }
tool Back(a A, u U, n int, s string, o int?, xs []int, m map[string]int, e E, b bool, d duration) idempotent
`

// undoArgs have an expression of each kind, but for what only a failure or a run has. "result"
// is what a call gives, and "a", "n" and "u" what it is given.
const undoArgs = `A{...result, n: n, o: if n > 1 { y := n * 2
	y } else { twice(n) }}, if n == 0 { result } else { B{s: "b", at: none} },
	match u { A w => w.n + twice(w.n), B => 3 }, "${n}-${a.n}${"ab"[1:]}${a.b?.s ?? ""}", map[string]int{"a": n}["a"],
	for i, x in sort(z in [n, result.n] by -z) where x > 0 { x + i + [n][0] }, map[string]int{"${n}": twice(n)},
	E.y, !(n in [1, 2]) && (a.o == none || a.o > 3), decode(duration, json("1s")) * int(float64(len([a]))) +
	(loop s := 0 for x in [n] { if x > 1 { break 1 } else { continue s + x } }) * 1s`

// planOfUndo is the plan of a workflow that calls a tool.
func planOfUndo(t *testing.T, declared, calls string) *plan.Program {
	t.Helper()
	text := undoTools + "tool Do(a A, n int, u U) A idempotent " + declared + "\n\nworkflow W(a A, n int, u U) {\n" + calls + "}\n"
	return compiled(t, txtar.File{Name: "p.wf", Data: []byte(text)})
}

// kindsOfExpr are the names of the types that are expressions.
func kindsOfExpr(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "expr.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "expr" {
			kinds = append(kinds, f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name)
		}
	}
	if len(kinds) == 0 {
		t.Fatal("expr.go declares no kinds of expressions")
	}
	return kinds
}

// TestDeclaredUndo: the undo of a tool's declaration is planned as the one that says the
// same at the call, and shares nothing with that of another call.
func TestDeclaredUndo(t *testing.T) {
	undo := " undo Back(" + undoArgs + ")"
	got := planOfUndo(t, undo, "\tresult := Do(a, n, u)\n\tDo(a, n, u)\n")
	want := planOfUndo(t, "", "\tresult := Do(a, n, u)"+undo+"\n\tresult2 := Do(a, n, u)\n\t_ := result2.n\n")
	first := got.Workflows[0].Body.Nodes[0].Op.(*plan.Call).Undo
	written := want.Workflows[0].Body.Nodes[0].Op.(*plan.Call).Undo
	kinds := map[string]bool{}
	for i, x := range first.Args {
		if diff := cmp.Diff(expr(written.Args[i]), expr(x)); diff != "" {
			t.Errorf("argument %d, as it is written at the call (-) and declared (+):\n%s", i, diff)
		}
		plan.Walk(x, func(x plan.Expr) { kinds[reflect.TypeOf(x).Elem().Name()] = true })
	}
	for _, kind := range kindsOfExpr(t) {
		if !kinds[kind] && kind != "FailureField" && kind != "RunField" && kind != "Raise" { // which no undo may have
			t.Errorf("no argument of the undo has a %s: undoArgs is to have all kinds of expressions", kind)
		}
	}
	second := got.Workflows[0].Body.Nodes[1].Op.(*plan.Call).Undo
	of := map[*plan.Variable]bool{}
	for _, x := range first.Args {
		plan.Walk(x, func(x plan.Expr) {
			if loop, ok := x.(*plan.PureFor); ok {
				of[loop.Value] = true
			}
		})
	}
	for _, x := range second.Args {
		plan.Walk(x, func(x plan.Expr) {
			if loop, ok := x.(*plan.PureFor); ok && of[loop.Value] {
				t.Error("the undos of two calls bind the same variable")
			}
		})
	}
}
