package checker_test

import (
	"fmt"
	"testing"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

// TestConstants: what constant expressions come to, and the type that they take.
func TestConstants(t *testing.T) {
	for _, c := range []struct{ code, typ, value string }{
		{`1`, "int", "1"},
		{`1_000`, "int", "1000"},
		{`0x1F`, "int", "31"},
		{`-9223372036854775808`, "int", "-9223372036854775808"},
		{`2.5e3`, "float64", "2500"},
		{`7 / 2`, "int", "3"},
		{`-7 / 2`, "int", "-3"},
		{`-7 % 3`, "int", "-1"},
		{`7 / 2.0`, "float64", "3.5"},
		{`1 + 0.5`, "float64", "1.5"},
		{`(2 + 3) * 4`, "int", "20"},
		{`1h30m`, "duration", "5400000000000"},
		{`7d`, "duration", "604800000000000"},
		{`2 * 1h + 30m`, "duration", "9000000000000"},
		{`1h / 2`, "duration", "1800000000000"},
		{`-5s`, "duration", "-5000000000"},
		{`true`, "bool", "true"},
		{`"text"`, "string", `"text"`},
		{`float64(1)`, "float64", "1"},
		{`int(2.0)`, "int", "2"},
		{`n + 1`, "int", ""},
		{`"${n}"`, "string", ""},
	} {
		t.Run(c.code, func(t *testing.T) {
			file, faults := parser.Parse("p.wf", fmt.Appendf(nil, "package p\nworkflow W(n int) {\n\tv := %s\n\tlog \"${v}\"\n}\n", c.code))
			if len(faults) > 0 {
				t.Fatal(rendered(faults))
			}
			prog, ds := checker.Check([]*dsl.File{file}, "")
			if len(ds) > 0 {
				t.Fatal(rendered(ds))
			}
			x := prog.Workflows[0].Decl.Body.Stmts[0].(*dsl.BindStmt).Value
			if got := prog.Info.Types[x].String(); got != c.typ {
				t.Errorf("type %s, want %s", got, c.typ)
			}
			got := ""
			if v := prog.Info.Consts[x]; v != nil {
				got = v.String()
			}
			if got != c.value {
				t.Errorf("value %s, want %s", got, c.value)
			}
		})
	}
}

// constantFrame has what the rows of TestBadConstants use. The rows' values are
// wanted by tools, so that each is of a type that stands somewhere.
const constantFrame = `package p
tool Ints(n int)
tool Bytes(n uint8)
tool Floats(x float64)
tool Small(x float32)
tool Read(n int) int readonly
workflow W(n int, u uint8, i int8, x float64, xs []int, d duration) {
%s
}
`

func TestBadConstants(t *testing.T) {
	for _, r := range []row{
		{"fits", `Ints(9223372036854775807); Bytes(255); Bytes(0); Floats(1e308); Small(3e38)`, ""},
		{"adapts", `Floats(1); Floats(7 / 2); Ints(2.0); Floats(x * 2); Bytes(u + 1)`, ""},
		{"int overflow", `Ints(9223372036854775808)`, "WF038"},
		{"int underflow", `Ints(-9223372036854775809)`, "WF038"},
		{"unsigned overflow", `Bytes(256)`, "WF038"},
		{"unsigned below 0", `Bytes(-1)`, "WF038"},
		{"overflow of a sum", `Bytes(200 + 100)`, "WF038"},
		{"large on the way", `Bytes(1000 - 900)`, ""},
		{"beside a small type", `Ints(int(i + 128)); Ints(int(u * 256))`, "WF038 WF038"},
		{"float overflow", `Floats(1e309)`, "WF038"},
		{"float32 overflow", `Small(1e39)`, "WF038"},
		{"fraction", `Ints(2.5)`, "WF038"},
		{"fraction beside an int", `Ints(n + 2.5)`, "WF038"},
		{"conversion", `Bytes(uint8(256)); Ints(int(2.5)); Floats(float64(1))`, "WF038 WF038"},
		{"division by zero", `Ints(n / 0); Ints(n % 0)`, "WF038 WF038"},
		{"of constants", `Ints(1 / 0); Ints(1 % 0)`, "WF038 WF038"},
		{"of a constant sum", `Ints(n / (1 - 1))`, "WF038"},
		{"by a float's zero", `Floats(x / 0.0)`, "WF038"},
		{"of a duration", `log "${d / 0}"`, "WF038"},
		{"negative index", `Ints(xs[-1]); Ints(len(xs[-2:]))`, "WF038 WF038"},
		{"index", `Ints(xs[1 - 1])`, ""},
		{"fractional index", `Ints(xs[1.5])`, "WF038"},
		{"duration overflow", `wait 200d * 100000`, "WF038"},
		{"retry", `_ := Read(1) retry 3 backoff 1s..2s`, ""},
		{"retry of nothing", `_ := Read(1) retry 0`, ""},
		{"retry below 0", `_ := Read(1) retry -1`, "WF038"},
		{"retry of a name", `_ := Read(1) retry n`, "WF039"},
		{"retry of a text", `_ := Read(1) retry "3"`, "WF023"},
		{"backoff reversed", `_ := Read(1) retry 3 backoff 2s..1s`, "WF038"},
		{"backoff of a name", `_ := Read(1) retry 3 backoff d..10s`, "WF039"},
		{"retry at, reversed", `_ := Read(1) retry at 2s, 1s`, "WF038"},
		{"timeout of 0", `_ := Read(1) timeout 0s`, "WF038"},
		{"timeout below 0", `_ := Read(1) timeout -1s`, "WF038"},
		{"timeout of a number", `_ := Read(1) timeout 5`, "WF023"},
		{"timeout of a name", `_ := Read(1) timeout d`, "WF039"},
		{"no timeout", `_ := Read(1) timeout none`, ""},
		{"parallel 0", `for m in xs parallel 0 { Ints(m) }`, "WF038"},
		{"parallel of a name", `for m in xs parallel n { Ints(m) }`, ""},
		{"pattern", `log "${matches("a", "(")}"`, "WF038"},
	} {
		t.Run(r.name, func(t *testing.T) { r.check(t, constantFrame) })
	}
}
