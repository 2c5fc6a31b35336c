package checker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

// narrowingFrame has what the rows of TestNarrowing use. tell wants an int: what
// is an int? gets a WF029 there unless it is narrowed.
const narrowingFrame = `package p
type Inner { n int?, m int? }
type Outer { inner Inner?, sure Inner, n int? }
enum Tier { basic, gold }
tool tell(n int)
tool find(n int) int? readonly
tool fits(n int) bool readonly
workflow W(a int?, b int?, o Outer, t Tier?, s bool, as []int?, os []Outer) {
%s
}
`

// A row is code, with what the checker says of it: the codes of the errors in
// order, separated by blanks.
type row struct{ name, code, want string }

var narrowings = []row{
	// if and else
	{"not narrowed", `tell(a)`, "WF029"},
	{"then", `if a != none { tell(a) }`, ""},
	{"none first", `if none != a { tell(a) }`, ""},
	{"parentheses", `if ((a) != none) { tell((a)) }`, ""},
	{"not the else", `if a != none { tell(1) } else { tell(a) }`, "WF029"},
	{"else of ==", `if a == none { tell(1) } else { tell(a) }`, ""},
	{"not the then of ==", `if a == none { tell(a) }`, "WF029"},
	{"not below", `if a != none { tell(1) }; tell(a)`, "WF029"},
	{"not another name", `if a != none { tell(b) }`, "WF029"},
	{"a chain", `if a == none { tell(1) } else if b != none { tell(a + b) } else { tell(a) }`, ""},
	{"as a value", `_ := if a != none { a + 1 } else { 0 }`, ""},
	{"not of ==", `if !(a == none) { tell(a) }`, ""},
	{"not of !=", `if !(a != none) { tell(a) }`, "WF029"},
	{"inside a block", `if a != none { for i in range(3) { if s { tell(a + i) } } }`, ""},
	{"compared with a value", `if a == 1 { tell(a) }`, "WF029"},

	// early exit
	{"after fail", `if a == none { fail "no a" }; tell(a)`, ""},
	{"after return", `if a == none { return }; tell(a)`, ""},
	{"after an exit in both", `if a == none { if s { return } else { fail "x" } }; tell(a)`, ""},
	{"not after an exit in one", `if a == none { if s { return } }; tell(a)`, "WF029"},
	{"after an else that exits", `if a != none { tell(a) } else { return }; tell(a)`, ""},
	{"several", `if a == none || b == none { return }; tell(a + b)`, ""},
	{"not where both must be", `if a == none && b == none { return }; tell(a)`, "WF029"},
	{"not outside its block", `if s { if a == none { return }; tell(a) }; tell(a)`, "WF029"},
	{"not after exits in a loop", `for i in range(2) { if a == none { return }; tell(a + i) }; tell(a)`, "WF029"},

	// validate
	{"validate", `validate a != none; tell(a)`, ""},
	{"validate of two", `validate a != none && b != none else "x"; tell(a + b)`, ""},
	{"not validate of one or two", `validate a != none || b != none; tell(a)`, "WF029"},
	{"not above a validate", `tell(a); validate a != none`, "WF029"},
	{"not in the message", `validate a != none else "${a}"`, "WF029"},

	// && and ||
	{"right of &&", `if a != none && a > 1 { tell(a) }`, ""},
	{"not left of &&", `if a > 1 && a != none { tell(1) }`, "WF029"},
	{"right of ||", `if a == none || a > 1 { tell(1) }`, ""},
	{"not right of || with !=", `if a != none || a > 1 { tell(1) }`, "WF029"},
	{"not right of && with ==", `if a == none && a > 1 { tell(1) }`, "WF029"},
	{"further right", `if a != none && b != none && a > b { tell(1) }`, ""},
	{"through !", `if !(a == none || b == none) { tell(a + b) }`, ""},
	{"else of ||", `if a == none || s { tell(1) } else { tell(a) }`, ""},
	{"not else of &&", `if a == none && s { tell(1) } else { tell(a) }`, "WF029"},

	// for
	{"not an element", `for x in as { tell(x) }`, "WF029"},
	{"where", `for x in as where x != none { tell(x) }`, ""},
	{"right of && in where", `for x in as where x != none && x > 1 { tell(x) }`, ""},
	{"path in where", `for x in os where x.n != none { tell(x.n) }`, ""},
	{"outer name in a loop", `if a != none { for i in range(2) { tell(a + i) } }`, ""},

	// match
	{"not by a literal pattern", `match a { 1 => tell(a), _ => {} }`, "WF029"},
	{"not by none", `match a { none => {}, _ => tell(a) }`, "WF029"},
	{"inside an arm", `if a != none { match a { 1 => tell(a), _ => tell(a) } }`, ""},
	{"after an arm that fails", `match a { none => fail "x", _ => {} }; tell(a)`, "WF029"},

	// paths
	{"path", `if o.n != none { tell(o.n) }`, ""},
	{"path in parts", `if o.inner != none && o.inner.n != none { tell(o.inner.n) }`, ""},
	{"not the rest of a path", `if o.inner != none { tell(o.inner.n) }`, "WF029"},
	{"path through a plain field", `if o.sure.n != none { tell(o.sure.n) }`, ""},
	{"not another path", `if o.sure.n != none { tell(o.sure.m) }`, "WF029"},
	{"through ?.", `if o.inner?.n != none { tell(o.inner.n) }`, ""},
	{"what stands before ?.", `if o.inner?.n != none { tell(o.inner.m ?? 1) }`, ""},
	{"not behind ?. with ==", `if o.inner?.n == none { tell(o.inner.n) }`, "WF029"},
	{"not an element by index", `if as[0] != none { tell(as[0]) }`, "WF029"},
	{"not a call", `if find(1) != none { tell(find(1)) }`, "WF029"},

	// bindings and defaults
	{"binding of an optional", `x := a; if x != none { tell(x) }`, ""},
	{"not by another binding", `x := a; if x != none { tell(a) }`, "WF029"},
	{"binding of what is narrowed", `validate a != none; x := a; tell(x)`, ""},
	{"by ??", `tell(a ?? 1)`, ""},
	{"not by ?? with an optional", `tell(a ?? b)`, "WF029"},
	{"not by a condition's name", `known := a != none; if known { tell(a) }`, "WF029"},

	// what is asked of what is known
	{"asked again", `validate a != none; if a != none { tell(a) }`, ""},
	{"still an optional where one is wanted", `validate a != none; x := [a, none]; tell(len(x))`, ""},
}

func TestNarrowing(t *testing.T) {
	for _, r := range narrowings {
		t.Run(r.name, func(t *testing.T) { r.check(t, narrowingFrame) })
	}
}

// check puts the code into a frame, and compares what the checker says.
func (r row) check(t *testing.T, frame string) {
	t.Helper()
	file, faults := parser.Parse("p.wf", []byte(fmt.Sprintf(frame, r.code)))
	if len(faults) > 0 {
		t.Fatal(rendered(faults))
	}
	_, ds := checker.Check([]*dsl.File{file}, "")
	var codes []string
	for _, d := range ds {
		if d.Severity == diag.Error {
			codes = append(codes, string(d.Code))
		}
	}
	if got := strings.Join(codes, " "); got != r.want {
		t.Errorf("%s\ngot %q, want %q\n%s", r.code, got, r.want, rendered(ds))
	}
}
