package random

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A freshProgram is a random program whose values are of types that are written in Go, or
// of type any.
type freshProgram struct {
	name    string
	seed    uint64
	structs []freshStruct // G0, G1 and so on
	source  string
}

// A freshStruct is a Go struct of a freshProgram.
type freshStruct struct {
	text   string   // of its declaration
	shown  []string // fields that stand where an any does
	copied []string // fields that a literal can give
}

// freshTypes are the Go types, but for the structs, of all such programs.
const freshTypes = `package types

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

type (
	Kind  string
	Count int64
	Flag  bool
	Kinds []Kind
	Bytes []byte
	Table map[Kind]Count

	// Text writes itself as text, Case as JSON that is another value's too, and Back by a
	// method of its pointer.
	Text struct{ text string }
	Case struct{ text string }
	Back struct{ Text string }
	// Base is embedded.
	Base struct {
		Id   Count   ` + "`json:\"id\"`" + `
		Note *string ` + "`json:\"note,omitempty\"`" + `
	}
)

func (t Text) MarshalText() ([]byte, error)     { return []byte("." + t.text), nil }
func (t *Text) UnmarshalText(text []byte) error { t.text = strings.TrimPrefix(string(text), "."); return nil }

func (c Case) MarshalJSON() ([]byte, error)     { return json.Marshal(strings.ToLower(c.text)) }
func (c *Case) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &c.text) }

func (b *Back) MarshalJSON() ([]byte, error)     { return json.Marshal("back " + strings.TrimPrefix(b.Text, "back ")) }
func (b *Back) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &b.Text) }

// MakeText makes what can't be made elsewhere.
func MakeText(s string) Text { return Text{s} }

var _ = []any{url.URL{}, time.Time{}, netip.Addr{}} // what the structs may hold

`

// A freshWriter writes a freshProgram.
type freshWriter struct {
	r       *rand.Rand
	b       strings.Builder
	structs []freshStruct
	names   int
	depth   int
	vars    map[string][]string // by type: any, S, or G0 and so on
}

// newFresh is the program with a number.
func newFresh(seed uint64) *freshProgram {
	w := &freshWriter{r: rand.New(rand.NewPCG(seed, 3)), vars: map[string][]string{}}
	for i := range 2 + w.r.IntN(3) {
		w.structs = append(w.structs, w.goStruct(fmt.Sprintf("G%d", i)))
	}
	w.head()
	w.main()
	return &freshProgram{name: fmt.Sprintf("f%d", seed), seed: seed, structs: w.structs, source: w.b.String()}
}

// goTypes is the Go package of the program's types.
func (p *freshProgram) goTypes() string {
	text := freshTypes
	for i, s := range p.structs {
		text += s.text
		text += fmt.Sprintf("// Hide%d sets what JSON doesn't have.\nfunc Hide%[1]d(x G%[1]d) G%[1]d { x.own++; x.Hidden += \"!\"; return x }\n\n", i)
	}
	return text
}

// goFields are the types of fields. Those that stand where an any does come first, with
// lists and maps that have a name last of them.
var goFields = []string{
	"bool", "string", "int", "int8", "int64", "uint64", "byte", "float32", "float64", "time.Time", "time.Duration", "any",
	"[]byte", "url.URL", "Kind", "Count", "Flag", "Text", "Case", "netip.Addr", "Kinds", "Bytes", "Table",
	"json.RawMessage", "json.Number", "*url.URL", "*time.Time", "**int", "Back", "*Back", "[2]int", "*any", "struct{ A int }", "map[bool]int",
}

// standing is how many of goFields stand where an any does, and how many of these do
// within a list or map.
const standing, standingWithin = 23, 20

// goType is the type of a field at random, and whether that stands where an any does.
func (w *freshWriter) goType() (text string, stands bool) { return w.part(2, standing) }

// part is a type of which so many of goFields stand where an any does.
func (w *freshWriter) part(depth, standing int) (text string, stands bool) {
	if depth > 0 {
		elem, stands := w.part(depth-1, standingWithin)
		switch w.r.IntN(7) {
		case 0:
			return "[]" + elem, stands
		case 1:
			return "map[" + []string{"string", "int", "Kind", "Count", "Text"}[w.r.IntN(5)] + "]" + elem, false
		case 2:
			return "*" + elem, false
		case 3:
			return "map[string]" + elem, stands
		}
	}
	if n := len(w.structs); n > 0 && w.r.IntN(4) == 0 {
		return fmt.Sprintf("G%d", w.r.IntN(n)), true
	}
	i := w.r.IntN(len(goFields))
	return goFields[i], i < standing
}

// goStruct writes a struct in Go.
func (w *freshWriter) goStruct(name string) (s freshStruct) {
	text := "type " + name + " struct {\n"
	text += []string{"", "\tBase\n", "\t*Base\n", "\tBase `json:\"base\"`\n"}[w.r.IntN(4)]
	for i := range 1 + w.r.IntN(5) {
		field := fmt.Sprintf("F%d", i)
		typ, stands := w.goType()
		if w.r.IntN(12) == 0 {
			typ, stands = []string{"*", "[]", "map[string]"}[w.r.IntN(3)]+name, false
		}
		text += "\t" + field + " " + typ + w.tag(field) + "\n"
		if stands {
			s.shown = append(s.shown, field)
			s.copied = append(s.copied, field)
		}
	}
	s.text = text + "\tAlways int\n\tHidden string `json:\"-\"`\n\town int\n}\n\n"
	return s
}

func (w *freshWriter) tag(field string) string {
	tags := []string{"", "", "", strings.ToLower(field), strings.ToLower(field) + ",omitempty", ",omitempty", ",omitzero", ",string", "-", "-,", "null", "type"}
	if tag := tags[w.r.IntN(len(tags))]; tag != "" {
		return " `json:\"" + tag + "\"`"
	}
	return ""
}

// head writes what the workflow needs: for each struct a tool that gives one, one that
// takes and gives it, and one that takes it back.
func (w *freshWriter) head() {
	last := len(w.structs) - 1
	fmt.Fprintf(&w.b, "package f\n\nimport \"random/TYPES/types\"\n\n")
	fmt.Fprintf(&w.b, "type S { g types.G0, a any, l []types.G%d, m map[string]types.G0, o types.G%[1]d?, k types.Kind = \"k\" }\n", last)
	fmt.Fprintf(&w.b, "type Left { a any }\ntype Right { g types.G%d, t types.Text? }\ntype U = Left | Right\nerror Bad { a any, g types.G%[1]d }\n", last)
	fmt.Fprintf(&w.b, "event Ping(k string) { a any, g types.G0, s S, u U }\n")
	w.b.WriteString("tool Any(n int) any idempotent\ntool Echo(a any) any idempotent\ntool Show(a any) int idempotent\ntool Keep(s S) S idempotent\n")
	w.b.WriteString("tool List(g []types.G0) []types.G0 idempotent\ntool Fails(a any, g types.G0) int idempotent fails Bad\n")
	w.b.WriteString("func makeText = types.MakeText\n")
	for i := range w.structs {
		fmt.Fprintf(&w.b, "tool Give%d(n int) types.G%[1]d idempotent\ntool Take%[1]d(g types.G%[1]d) types.G%[1]d idempotent\ntool Back%[1]d(g types.G%[1]d, a any) idempotent\nfunc hide%[1]d = types.Hide%[1]d\n", i)
		fmt.Fprintf(&w.b, "workflow Sub%d(g types.G%[1]d, a any) types.G%[1]d {\n\tShow(a)\n\tt := Take%[1]d(hide%[1]d(g))\n\tif len(\"${a}\") > 40 { return t }\n\treturn hide%[1]d(g)\n}\n", i)
	}
	w.b.WriteString("workflow Tell(u U) any {\n\treturn match u { Left one => one.a, Right two => Echo(two.g) }\n}\n")
	w.b.WriteString("workflow Kid(g types.G0, a any, s S) any {\n\tShow(a)\n\tt := Take0(g)\n\tk := Keep(s)\n\tShow(t)\n\treturn k.a\n}\n")
}

func (w *freshWriter) main() {
	w.b.WriteString("workflow Main(n int, x any, r types.G0) S {\n")
	w.vars["any"], w.vars["G0"] = []string{"x"}, []string{"r"}
	for i := range w.structs {
		w.give(i)
	}
	w.wfStruct()
	for range 6 + w.r.IntN(10) {
		w.stmt()
	}
	if w.r.IntN(3) == 0 {
		w.line("if n > 0 { fail Bad{a: %s, g: %s} }", w.oneOf("any"), w.oneOf(w.last()))
	}
	w.line("return %s", w.oneOf("S"))
	w.b.WriteString("}\n")
}

func (w *freshWriter) line(format string, args ...any) {
	w.b.WriteString(strings.Repeat("\t", w.depth+1) + fmt.Sprintf(format, args...) + "\n")
}

func (w *freshWriter) name() string {
	w.names++
	return fmt.Sprintf("v%d", w.names)
}

func (w *freshWriter) last() string { return fmt.Sprintf("G%d", len(w.structs)-1) }

func (w *freshWriter) bind(typ, name string) { w.vars[typ] = append(w.vars[typ], name) }

func (w *freshWriter) oneOf(typ string) string { return w.vars[typ][w.r.IntN(len(w.vars[typ]))] }

// give writes a step that gives a struct, or else the zero one.
func (w *freshWriter) give(i int) {
	name, typ := w.name(), fmt.Sprintf("G%d", i)
	w.line("%s := Give%d(%d) else types.%s{}", name, i, w.r.IntN(50), typ)
	w.bind(typ, name)
}

// wfStruct writes a struct of the language that holds what Go has.
func (w *freshWriter) wfStruct() {
	name := w.name()
	w.line("%s := S{g: %s, a: %s, l: [%s], m: map[string]types.G0{\"k\": %s}, o: %s}",
		name, w.oneOf("G0"), w.oneOf("any"), w.oneOf(w.last()), w.oneOf("G0"), []string{"none", w.oneOf(w.last())}[w.r.IntN(2)])
	w.bind("S", name)
}

// union is a value of a union that holds what Go has.
func (w *freshWriter) union() string {
	if w.r.IntN(2) == 0 {
		return fmt.Sprintf("Left{a: %s}", w.oneOf("any"))
	}
	return fmt.Sprintf("Right{g: %s, t: %s}", w.oneOf(w.last()), []string{"none", "makeText(\"t\")"}[w.r.IntN(2)])
}

// inside writes lines whose names are known in them alone.
func (w *freshWriter) inside(do func()) {
	was := map[string][]string{}
	for typ, names := range w.vars {
		was[typ] = names[:len(names):len(names)]
	}
	w.depth++
	do()
	w.depth--
	w.vars = was
}

func (w *freshWriter) stmt() {
	name, i := w.name(), w.r.IntN(len(w.structs))
	typ := fmt.Sprintf("G%d", i)
	g, a, s := w.oneOf(typ), w.oneOf("any"), w.oneOf("S")
	options := []func(){
		func() { w.line("%s := Any(%d) else \"else\"", name, w.r.IntN(200)); w.bind("any", name) },
		func() { w.line("%s := Any(%d) else \"else\"", name, w.r.IntN(200)); w.bind("any", name) },
		func() { w.line("%s := Echo(%s) else \"else\"", name, a); w.bind("any", name) },
		func() { w.line("%s := Echo(%s) else \"else\"", name, g); w.bind("any", name) },
		func() { w.line("Show([%s, %s])", a, w.oneOf("any")) },
		func() { w.line("Show(\"${%s} ${%s} ${%s}\")", a, g, s) },
		func() { w.give(i) },
		func() { w.line("%s := Take%d(%s)", name, i, g); w.bind(typ, name) },
		func() {
			w.line("%s := Take%d(%s) undo Back%[2]d(hide%[2]d(%[4]s), %[5]s)", name, i, g, w.oneOf(typ), a)
			w.bind(typ, name)
		},
		func() { w.line("%s := hide%d(%s)", name, i, g); w.bind(typ, name) },
		func() { w.line("%s := Sub%d(%s, %s)", name, i, g, a); w.bind(typ, name) },
		func() {
			w.line("%s := Sub%d(%s, %s) undo Back%[2]d(%[1]s, %[5]s)", name, i, g, a, w.oneOf("any"))
			w.bind(typ, name)
		},
		w.wfStruct,
		func() { w.line("%s := Keep(%s)", name, s); w.bind("S", name) },
		func() { w.line("%s := %s.g", name, s); w.bind("G0", name) },
		func() { w.line("%s := %s.a", name, s); w.bind("any", name) },
		func() { w.line("%s := %s.o ?? %s", name, s, w.oneOf(w.last())); w.bind(w.last(), name) },
		func() { w.line("%s := %s.m[\"k\"] ?? %s", name, s, w.oneOf("G0")); w.bind("G0", name) },
		func() { w.line("%s := S{...%s, a: %s, g: %s}", name, s, a, w.oneOf("G0")); w.bind("S", name) },
		func() { w.line("%s := try { decode(S, %s) } else { %s }", name, a, s); w.bind("S", name) },
		func() { w.line("%s := try { decode(types.%s, %s) } else { %s }", name, typ, a, g); w.bind(typ, name) },
		func() { w.line("if \"${%s}\" == \"${%s}\" { Show(%s) }", a, w.oneOf("any"), g) },
		func() {
			w.line("%s := loop l%s := %s max 3 {", name, name, g)
			w.inside(func() {
				w.bind(typ, "l"+name)
				w.line("t%s := Take%d(l%[1]s)", name, i)
				w.line("if len(\"${%s}\") > %d { break t%s }", a, w.r.IntN(60), name)
				w.line("continue hide%d(t%s)", i, name)
			})
			w.line("} else { l%s }", name)
			w.bind(typ, name)
		},
		func() {
			w.line("%s := loop l%s := %s max 3 {", name, name, s)
			w.inside(func() {
				w.line("t%s := Keep(l%[1]s)", name)
				w.line("continue S{...t%s, a: %s}", name, a)
			})
			w.line("} else { l%s }", name)
			w.bind("S", name)
		},
		func() {
			w.line("%s := for e%s in [%s, %s]%s { Take%d(e%[2]s) }", name, name, g, w.oneOf(typ), []string{"", " parallel"}[w.r.IntN(2)], i)
			w.line("%s0 := %s[1]", name, name)
			w.bind(typ, name+"0")
		},
		func() {
			w.line("%s := List([%s, %s])", name, w.oneOf("G0"), w.oneOf("G0"))
			w.line("%s0 := %s[0]", name, name)
			w.bind("G0", name+"0")
		},
		func() {
			w.line("%s := try { Fails(%s, %s) } else { match err { Bad bad => Show(bad.a) + Show(bad.g), _ => len(err.message) } }", name, a, w.oneOf("G0"))
			w.line("Show(%s)", name)
		},
		func() {
			w.line("e%s: emit Ping(\"%[1]s\") {a: %s, g: %s, s: %s, u: %s}", name, a, w.oneOf("G0"), s, w.union())
			w.line("ping%s := await Ping(\"%[1]s\") timeout 1h where json(ping%[1]s.a) == json(%s) || json(%s) != json(%s) || true after e%[1]s", name, a, w.oneOf("G0"), s)
			w.line("%s := ping%[1]s.a", name)
			w.line("%s0 := ping%[1]s.g", name)
			w.line("%s1 := ping%[1]s.s", name)
			w.line("%s2 := Tell(ping%[1]s.u)", name)
			w.bind("any", name)
			w.bind("G0", name+"0")
			w.bind("S", name+"1")
			w.bind("any", name+"2")
		},
		func() {
			w.line("kid%s := start Kid(%s, %s, %s)", name, w.oneOf("G0"), a, s)
			w.line("%s := await run(kid%[1]s) timeout 1h else \"no run\"", name)
			w.bind("any", name)
		},
		func() {
			w.line("%s := race { Take%d(%s) }", name, i, g)
			w.bind(typ, name)
		},
		func() {
			w.line("%s := Tell(%s)", name, w.union())
			w.bind("any", name)
		},
	}
	if fields := w.structs[i].shown; len(fields) > 0 {
		field := fields[w.r.IntN(len(fields))]
		options = append(options,
			func() { w.line("Show(%s.%s)", g, field) },
			func() { w.line("var %s any = %s.%s", name, g, field); w.bind("any", name) },
			func() {
				w.line("%s := types.%s{...%s, %s: %s.%[4]s}", name, typ, g, field, w.oneOf(typ))
				w.bind(typ, name)
			})
	}
	options[w.r.IntN(len(options))]()
}
