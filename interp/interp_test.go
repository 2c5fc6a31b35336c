package interp_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// planOf plans a source, which has no package clause.
func planOf(t *testing.T, source string) *plan.Program {
	t.Helper()
	file, found := parser.Parse("p.wf", []byte("package p\n"+source))
	program, more := checker.Check([]*dsl.File{file}, "")
	if found = append(found, more...); diag.HasErrors(found) {
		var b strings.Builder
		diag.Render(&b, found, false)
		t.Fatal(b.String())
	}
	return plan.Make(program)
}

func programOf(t *testing.T, source string, tools interp.Tools) *interp.Program {
	t.Helper()
	p, err := interp.New(planOf(t, source), tools)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestExpressions runs workflows of one expression.
func TestExpressions(t *testing.T) {
	tests := []struct{ source, input, want string }{
		// Integers wrap at the size of their types.
		{`(a int8, b int8) int8 { return a + b }`, `{"a": 100, "b": 100}`, `-56`},
		{`(a int8, b int8) int8 { return a / b }`, `{"a": -128, "b": -1}`, `-128`},
		{`(a uint8, b uint8) uint8 { return a - b }`, `{"a": 1, "b": 2}`, `255`},
		{`(a int64, b int64) int64 { return a / b }`, `{"a": -9223372036854775808, "b": -1}`, `-9223372036854775808`},
		{`(a int, b int) []int { return [a / b, a % b] }`, `{"a": -7, "b": 2}`, `[-3,-1]`},
		{`(a int, b int) int { return a / b }`, `{"a": 1, "b": 0}`, `p.wf:2:41: W: integer division by zero`},
		{`(a uint16) int8 { return int8(a) }`, `{"a": 300}`, `44`},
		// Floats have their type's precision.
		{`(a float32, b float32) float32 { return a + b }`, `{"a": 0.1, "b": 0.2}`, `0.3`},
		{`(a float64, b float64) float64 { return a + b }`, `{"a": 0.1, "b": 0.2}`, `0.30000000000000004`},
		{`(a float64) int { return int(a) }`, `{"a": -2.9}`, `-2`},
		{`(a float64) uint8 { return uint8(a) }`, `{"a": 256}`, `p.wf:2:38: W: 256 doesn't fit uint8`},
		{`(a float64) string { return fixed(a, 2) }`, `{"a": 2.345}`, `"2.35"`},
		{`(a []float64) float64 { return max(a) + abs(min(a)) + round(sum(a)) }`, `{"a": [1.5, -2.5, 3]}`, `7.5`},
		// Texts.
		{`(a string) int { return int(a) }`, `{"a": "x"}`, `p.wf:2:35: W: "x" isn't a whole number`},
		{`(a string) byte { return a[1] }`, `{"a": "ab"}`, `98`},
		{`(a string) string { return a[2:] }`, `{"a": "a"}`, `p.wf:2:38: W: slice bounds [2:1] are out of range of a string of length 1`},
		{`(a string) []string { return split(upper(trim(a)), ",") }`, `{"a": " a,b "}`, `["A","B"]`},
		{`(a duration, b time) string { return "${a} ${b + a} ${b > b} ${[a]}" }`, `{"a": "90m", "b": "2020-01-02T03:04:05Z"}`, `"1h30m 2020-01-02T04:34:05Z false [\"1h30m\"]"`},
		{`(a time, b time) duration { return a - b }`, `{"a": "2020-01-02T00:00:00Z", "b": "2020-01-01T00:00:00+01:00"}`, `"1d1h"`},
		// Lists and maps.
		{`(a []int) int { return a[3] }`, `{"a": [1]}`, `p.wf:2:34: W: index 3 is out of range of a list of length 1`},
		{`(a []int) int { return first(a) }`, `{"a": []}`, `p.wf:2:34: W: first of an empty list`},
		{`(a []int) []int { return sort(unique(reverse(append(a, 3)))) }`, `{"a": [3, 1, 3, 2]}`, `[1,2,3]`},
		{`(a []float64) []float64 { return unique(a + [0.0 * -1.0]) }`, `{"a": [0, 1.5, -0, 1.5]}`, `[0,1.5]`},
		{`(a []time) []time { return unique(a) }`, `{"a": ["2020-01-02T00:00:00Z", "2020-01-02T01:00:00+01:00"]}`, `["2020-01-02T00:00:00Z"]`},
		{`(a []P) []P { return unique(a) }
type P { q Q, r R }
type Q { n float64 }
type A { n int }
type B { n int }
type R = A | B`, `{"a": [{"q": {"n": 0}, "r": {"type": "A", "n": 1}}, {"q": {"n": -0}, "r": {"type": "A", "n": 1}}, {"q": {"n": 0}, "r": {"type": "B", "n": 1}}]}`,
			`[{"q":{"n":0},"r":{"type":"A","n":1}},{"q":{"n":0},"r":{"type":"B","n":1}}]`},
		{`(a map[int]string) []int { return keys(a) }`, `{"a": {"10": "x", "9": "y"}}`, `[9,10]`},
		{`(a map[bool]int) []int { return values(a) }`, `{"a": {"true": 1, "false": 0}}`, `[0,1]`},
		{`(a map[string]int) int? { return a["k"] }`, `{"a": {}}`, `null`},
		{`(a []string, b string) bool { return b in a && b not in "xyz" }`, `{"a": ["a"], "b": "a"}`, `true`},
		{`(a []int) []int { return sort(x in a by -x) }`, `{"a": [1, 3, 2]}`, `[3,2,1]`},
		{`(a []byte) string { return json(a) }`, `{"a": "AQI="}`, `"\"AQI=\""`},
		// Optionals.
		{`(a int?) int { return a ?? 7 }`, `{}`, `7`},
		{`(a Node) int? { return a.next?.n }`, `{"a": {"n": 1, "next": {"n": 2}}}`, `2`},
		{`(a Node) bool { return a == Node{...a} && a != Node{n: 0} }`, `{"a": {"n": 1, "next": {"n": 2}}}`, `true`},
		{`(a int?, b int?) bool { return a == b }`, `{"a": 1, "b": 1}`, `true`},
		// Unions and any.
		{`(a Shape) int { return match a { Dot d => d.x, Gap => -1 } }`, `{"a": {"type": "Dot", "x": 4}}`, `4`},
		{`(a Shape) any { return a }`, `{"a": {"x": 4, "type": "Dot"}}`, `{"type":"Dot","x":4}`},
		{`(a Shape, b Shape) bool { return a == b }`, `{"a": {"type": "Gap"}, "b": {"type": "Dot", "x": 0}}`, `false`},
		{`(a any) Shape { return decode(Shape, a) }`, `{"a": {"type": "Line"}}`, `p.wf:2:34: W: can't be decoded: type: must be one of Dot, Gap, is "Line"`},
		{`(a any, b any?) any { return [a, b ?? a] }`, `{"a": null, "b": null}`, `[null,null]`},
		{`(a Kind) string { return match a { big => "b${a}", small => "s" } }`, `{"a": "big"}`, `"bbig"`},
	}
	const types = `
type Node { n int, next Node? }
type Dot { x int = 3 }
type Gap {}
type Shape = Dot | Gap
enum Kind { big, small }
`
	for _, test := range tests {
		p := programOf(t, "workflow W"+test.source+types, nil)
		got, err := p.Run(context.Background(), "W", []byte(test.input))
		if err != nil {
			got = []byte(err.Error())
		}
		if string(got) != test.want {
			t.Errorf("%s of %s: %s, want %s", test.source, test.input, got, test.want)
		}
	}
}

type color string

type item struct {
	Name  string     `json:"name"`
	Color color      `json:"color"`
	Parts []item     `json:"parts"`
	At    *time.Time `json:"at,omitempty"`
	inner int
}

const shop = `
type Item { name string, color Color, parts []Item, at time? }
enum Color { red, blue }
error Gone { name string, why string? }

tool Find(name string, limit int) Item readonly
tool Paint(item Item, color Color) Item? idempotent fails Gone
tool Count(items map[string]Item) int readonly
tool Note(text any)

workflow Repaint(name string) Item {
	found := Find(name, 3)
	n := Count(map[string]Item{"a": found})
	painted := Paint(found, Color.blue)
	Note("${n}")
	return painted ?? found
}
`

// tools are Go functions of all forms.
func tools() interp.Tools {
	at := time.Date(2020, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600))
	return interp.Tools{
		"Find": func(name string, limit int) (*item, error) {
			switch name {
			case "none":
				return nil, nil
			case "bad":
				return nil, errors.New("broken")
			case "endless":
				i := item{Name: name, Parts: make([]item, 1)}
				i.Parts[0] = i
				return &i, nil
			}
			return &item{Name: name, Color: "red", Parts: []item{{Name: "p", Color: "red"}}, At: &at}, nil
		},
		"Paint": func(_ context.Context, i item, c color) (*item, error) {
			switch i.Name {
			case "gone":
				return nil, fmt.Errorf("paint: %w", &Gone{Name: i.Name})
			case "boom":
				panic("boom")
			}
			i.Color, i.inner = c, 1
			return &i, nil
		},
		"Count": func(items map[string]item) int { return len(items) },
		"Note":  func(context.Context, any) error { return nil },
	}
}

type Gone struct {
	Name string  `json:"name"`
	Why  *string `json:"why"`
}

func (*Gone) Error() string { return "it is gone" }

func TestGoFunctions(t *testing.T) {
	p := programOf(t, shop, tools())
	tests := []struct{ name, want string }{
		{"x", `{"name":"x","color":"blue","parts":[{"name":"p","color":"red","parts":[]}],"at":"2020-01-02T02:04:05.000000006Z"}`},
		{"none", "p.wf:13:11: Repaint: found: nil without an error, expected a value"},
		{"bad", "p.wf:13:11: Repaint: found: broken"},
		{"endless", "p.wf:13:11: Repaint: found: the value is nested too deep for JSON, or holds itself"},
		{"gone", "p.wf:15:13: Repaint: painted: paint: it is gone"},
		{"boom", "p.wf:15:13: Repaint: painted: panic: boom"},
	}
	for _, test := range tests {
		got, err := p.Run(context.Background(), "Repaint", []byte(`{"name": "`+test.name+`"}`))
		if err != nil {
			got = []byte(err.Error())
		}
		if string(got) != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestDeclaredErrorsOfGoFunctions(t *testing.T) {
	p := programOf(t, shop, tools())
	_, err := p.Run(context.Background(), "Repaint", []byte(`{"name": "gone"}`))
	var declared *interp.Error
	var own *Gone
	if !errors.As(err, &declared) || !errors.As(err, &own) {
		t.Fatalf("%v is no declared error, or not the function's own", err)
	}
	text, err := declared.Value().JSON()
	if declared.Name() != "Gone" || string(text) != `{"name":"gone"}` || err != nil {
		t.Errorf("%s %s, %v", declared.Name(), text, err)
	}
	if want := "Gone(name: gone, why: none)"; declared.Error() != want {
		t.Errorf("%s, want %s", declared, want)
	}
}

// TestSmallBindingsBesideSteps: what only the branch reads that isn't taken isn't computed,
// in a region where the steps that read it run beside others.
func TestSmallBindingsBesideSteps(t *testing.T) {
	p := programOf(t, `tool Read(n int) int readonly
workflow W(xs []int, deep bool) int {
	a := Read(1)
	b := Read(2)
	at := xs[a]
	x := if deep { at } else { 0 }
	c := Read(x)
	d := Read(b)
	return c + d
}`, interp.Tools{"Read": func(n int) int { return n }})
	tests := []struct{ input, want string }{
		{`{"xs": [], "deep": false}`, "2"},
		{`{"xs": [], "deep": true}`, "p.wf:6:8: W: index 1 is out of range of a list of length 0"},
		{`{"xs": [3, 4], "deep": true}`, "6"},
	}
	for _, test := range tests {
		got, err := p.Run(context.Background(), "W", []byte(test.input))
		if err != nil {
			got = []byte(err.Error())
		}
		if string(got) != test.want {
			t.Errorf("%s: %s, want %s", test.input, got, test.want)
		}
	}
}

// TestMisfits gives tools that don't fit.
func TestMisfits(t *testing.T) {
	type other struct {
		Name string `json:"name"`
	}
	type more struct {
		item
		Name  string     `json:"name"`
		Color color      `json:"color"`
		Parts []more     `json:"parts"`
		At    *time.Time `json:"at"`
		Size  int        `json:"size"`
	}
	tests := []struct {
		tool  string
		given any
		want  string
	}{
		{"Find", nil, "expected a Go function in the catalogue of tools, found nothing"},
		{"Find", 7, "expected a Go function in the catalogue of tools, found int"},
		{"Find", interp.Tool(nil), "expected a Go function in the catalogue of tools, found interp.Tool"},
		{"Find", func(string) item { return item{} }, "expected a Go function with 2 parameters, beside a context, found func(string) interp_test.item"},
		{"Count", func(...map[string]item) int { return 0 }, "expected a Go function with 1 parameter, beside a context, found func(...map[string]interp_test.item) int"},
		{"Find", func(string, int64) item { return item{} }, "parameter limit: expected int, found int64 in Go"},
		{"Find", func(string, int) other { return other{} }, "the result: interp_test.other in Go has no field color, which Item has"},
		{"Find", func(string, int) more { return more{} }, "the result: interp_test.more in Go has a field size, which Item hasn't"},
		{"Count", func(map[string]item) {}, "expected a Go function that gives int, beside an error, found func(map[string]interp_test.item)"},
		{"Note", func(any) int { return 0 }, "expected a Go function that gives nothing, beside an error, found func(interface {}) int"},
		{"Note", func(string) {}, "parameter text: expected any, found string in Go"},
		{"Count", func([]item) int { return 0 }, "parameter items: expected map[string]Item, found []interp_test.item in Go"},
	}
	for _, test := range tests {
		catalogue := tools()
		catalogue[test.tool] = test.given
		_, err := interp.New(planOf(t, shop), catalogue)
		if err == nil {
			t.Errorf("%s: %T fits", test.tool, test.given)
			continue
		}
		place, text, _ := strings.Cut(err.Error(), ": tool "+test.tool+": ")
		if !strings.HasPrefix(place, "p.wf:") || text != test.want {
			t.Errorf("%s: %v, want %s", test.tool, err, test.want)
		}
	}
}

func TestUnfitInput(t *testing.T) {
	p := programOf(t, `
type Order { id string where len(id) > 1, n int where n > 0 }
workflow W(orders []Order, flag bool) { validate flag }
`, nil)
	tests := []struct{ input, want string }{
		{`{"orders": [{"id": 1, "n": 1}], "flg": true}`, "orders[0].id: expected a string, found 1\nflg: unknown field (did you mean flag?)"},
		{`{"orders": [{"id": "a", "n": 0}], "flag": true}`, "p.wf:4:10: W: orders[0].id: must satisfy len(id) > 1, is \"a\"\norders[0].n: must satisfy n > 0, is 0"},
		{`{"orders": []`, "line 1, column 14: expected ',' or '}', found the end"},
		{`{"orders": [], "flag": false}`, "p.wf:4:41: W: validate: flag"},
	}
	for _, test := range tests {
		_, err := p.Run(context.Background(), "W", []byte(test.input))
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", test.input, err, test.want)
		}
		var invalid *pure.InvalidError
		if errors.As(err, &invalid) == strings.Contains(test.want, "validate") {
			t.Errorf("%s: %T", test.input, err)
		}
	}
	if _, err := p.Run(context.Background(), "V", nil); err == nil || err.Error() != "no workflow V; there is W" {
		t.Error(err)
	}
}

// TestToolOfWrongType holds that values of another type than the tool's are errors.
func TestToolOfWrongType(t *testing.T) {
	var p *interp.Program
	p = programOf(t, `
tool Get() int readonly
workflow W() int { return Get() }
workflow V() string { return "text" }
`, interp.Tools{"Get": interp.Tool(func(ctx context.Context, _ []interp.Value) (interp.Value, error) {
		return p.Call(ctx, "V")
	})})
	_, err := p.Call(context.Background(), "W")
	if want := "p.wf:4:27: W: Get: Get gave a value that isn't of type int"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestInterceptors holds that interceptors see arguments and results, and that what
// they give in place of a result has to be of its type.
func TestInterceptors(t *testing.T) {
	p := programOf(t, shop, tools())
	var seen []string
	ctx := runtime.WithStepInterceptor(context.Background(), func(ctx context.Context, c runtime.StepCall, next func(context.Context) (any, error)) (any, error) {
		v, err := next(ctx)
		seen = append(seen, fmt.Sprintf("%s%.8v", c.ID, c.Args[0]))
		if c.ID == "n" {
			v = "three"
		}
		return v, err
	})
	_, err := p.Run(ctx, "Repaint", []byte(`{"name": "x"}`))
	if want := "p.wf:14:7: Repaint: n: the result is string, want int"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if len(seen) != 2 || seen[0] != "foundx" {
		t.Errorf("seen %q", seen)
	}
}

// TestConcurrentUse runs a program on many goroutines; the race detector looks on.
func TestConcurrentUse(t *testing.T) {
	p := programOf(t, shop+`
workflow All(names []string) []string {
	items := for n in names parallel {
		i := Repaint(n)
		j := Find(n, 1)
		short := i.name + j.name
		k := Find(short, 2)
		"${short} ${k.name}"
	}
	return items
}`, tools())
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			got, err := p.Run(context.Background(), "All", fmt.Appendf(nil, `{"names": ["a%d", "b"]}`, i))
			if want := fmt.Sprintf(`["a%[1]da%[1]d a%[1]da%[1]d","bb bb"]`, i); err != nil || string(got) != want {
				t.Errorf("%s, %v, want %s", got, err, want)
			}
		})
	}
	all.Wait()
}

func TestEval(t *testing.T) {
	pl := planOf(t, `
func half(n int) int { 10 / n }
`)
	p, err := interp.New(pl, nil)
	if err != nil {
		t.Fatal(err)
	}
	half := pl.Funcs[0]
	for _, test := range []struct{ n, want string }{{"2", "5"}, {"0", "p.wf:3:27: integer division by zero"}} {
		n, err := p.Decode(half.Params[0].Type, []byte(test.n), "")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if v, err := p.Eval(half.Body.Value, map[*plan.Variable]interp.Value{half.Params[0]: n}); err != nil {
			got = err.Error()
		} else if text, err := v.JSON(); err == nil {
			got = string(text)
		}
		if got != test.want {
			t.Errorf("of %s: %s, want %s", test.n, got, test.want)
		}
	}
}
