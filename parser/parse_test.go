package parser

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/dsl"
)

// show parses text, which must be sound, and dumps its declarations.
func show(t *testing.T, text string) string {
	t.Helper()
	file, faults := Parse("test.wf", []byte("package p\n"+text))
	for _, f := range faults {
		t.Errorf("%s\n%v: %s", text, file.Source.Position(f.Span.Start), f.Message)
	}
	return dumpAll(file.Decls)
}

type pair struct{ text, want string }

var declarations = []pair{
	{`type Item { sku string, qty int where qty > 0 }`, `(type Item (sku string) (qty int where (> qty 0)))`},
	{"// Doc\n// two.\ntype T {\n\t// of a\n\ta int = 3 // trailing\n\tb T?\n\n\t/* of type */\n\ttype string\n\tin bool = true where a > 0\n}",
		`(type T doc:"Doc\ntwo." (a int = 3 doc:"of a") (b (opt T)) (type string doc:"of type") (in bool = true where (> a 0)))`},
	{"// Doc.\n// wfgen:allow WF061 because it is new\n// More.\ntype T {}", `(type T doc:"Doc.\nMore.")`},
	{"// apart\n\ntype T {}", `(type T)`},
	{"type T { x []string?, y ([]string)?, z map[string][]int, w [](int), q map[string]map[int]T? }",
		`(type T (x (list (opt string))) (y (opt (list string))) (z (map string (list int))) (w (list int)) (q (map string (map int (opt T)))))`},
	{"enum E { a, b\n c\n retry }", `(enum E a b c retry)`},
	{"tool T(a int, b []X) R readonly timeout 5s retry 3 backoff 100ms..2s", `(tool T (a int, b (list X)) R readonly (timeout 5s) (retry 3 100ms 2s))`},
	{"tool T()\n\treadonly\n\tretry at 1d, 3d\ntool U(\n\ta int\n\tb int\n)", `(tool T () - readonly (retry 1d 3d)) (tool U (a int, b int) -)`},
	{"func f(n int) int { n * 2 }", `(func f (n int) int {(* n 2)})`},
	{"workflow W() {}", `(workflow W () - {})`},
	{"import \"a/b\"\nimport c \"d\"", `(import (str "a/b")) (import c (str "d"))`},
	{"// Pay.\ntype P = A | B\n\t| C\nerror E { a int, b T? }\nerror F {}", `(union P doc:"Pay." A B C) (error E (a int) (b (opt T))) (error F)`},
	{"const x = 1_000\nconst y = -2.5", `(const x 1_000) (const y (- 2.5))`},
	{"event E(a int, b string) {\n\tc float64 = 1.0 where c > 0\n} keep 7d\nevent F()\n\tkeep 1h", `(event E ((a int) (b string)) (c float64 = 1.0 where (> c 0)) (keep 7d)) (event F () (keep 1h))`},
	{"policy p timeout 5s\n\tretry 3 backoff 1s..2s on E, F\npolicy q with p", `(policy p (timeout 5s) (retry 3 1s 2s on E F)) (policy q (with p))`},
	{"test \"a ${c.x}\" for i, c in [C{x: 1}, C{x: 2}] {\n\tmock T => if c { fail \"no\" } else { 2 }\n\trun W(c)\n\tcancel at \"x.T\"\n\tcancel after 3s\n\texpect called T(a: 1, b: c) times 2\n\texpect called \"x[1].T\"\n\texpect called approve(by: \"x\")\n\texpect emitted E times 0\n\texpect called == 3\n}",
		`(test (str "a " $(. c x)) (for i c (list (new C x: 1) (new C x: 2))) (mock T (if c {(fail (str "no"))} {2})) (run (call W c)) (cancel at (str "x.T")) (cancel after 3s) (expect called T a: 1 b: c times 2) (expect called (str "x[1].T")) (expect called approve by: (str "x")) (expect emitted E times 0) (expect (== called 3)))`},
	{"test \"a\" {\n\tmock \"v.turns\" => [call T(a: 1, b: c), call U()], [\n\t\tcall T(a: 2),\n\t], reply [1], \"raw\" after 3s, fail \"no\"\n\tmock turns => reply, [call]\n\trun W()\n}",
		`(test (str "a") (mock (str "v.turns") (calls (call T a: 1 b: c) (call U)), (calls (call T a: 2)), reply (list 1), (str "raw") after 3s, fail (str "no")) (mock turns reply, (list call)) (run (call W)))`},
	{"// Doc.\ntest \"a b\" {\n\tx := 3\n\tmock T => a + 1 after 3s, fail \"no\", fail E{a: 1}\n\tmock \"x[2].T\" => 2; run W(x, 2)\n\texpect fail\n\texpect fail E at x\n\texpect fail \"no\" at \"y.T\"\n\texpect steps a, \"b[1].T\"\n\texpect steps\n\texpect order a, b\n\texpect order == 3\n\texpect undone a\n\texpect result.x > 3 && true\n}",
		`(test (str "a b") doc:"Doc." (:= x 3) (mock T (+ a 1) after 3s, fail (str "no"), fail (new E a: 1)) (mock (str "x[2].T") 2) (run (call W x 2)) (expect fail) (expect fail E x) (expect fail (str "no") (str "y.T")) (expect steps a (str "b[1].T")) (expect steps) (expect order a b) (expect (== order 3)) (expect undone a) (expect (&& (> (. result x) 3) true)))`},
	{"tool X = a.F idempotent\n\tfails E, F\ntool Y = G\nfunc f = a.b\nfunc g = h", `(tool X = a.F idempotent (fails E F)) (tool Y = G) (func f = a.b) (func g = h)`},
	{"tool T(a int) R idempotent undo U(result, a)\ntool U(a R, b int) undo none", `(tool T (a int) R idempotent (undo (call U result a))) (tool U (a R, b int) - (undo none))`},
	{"tool T(a p.T, b []p.T?) map[string]p.U", `(tool T (a p.T, b (list (opt p.T))) (map string p.U))`},
	{"workflow W() version 3\n\twith p {}", `(workflow W () - (version 3) (with p) {})`},
	{"workflow W(a T) R timeout 1h { return a }", `(workflow W (a T) R (timeout 1h) {(return a)})`},
	{"// Doc.\nmodel fast max 2_000 price 0.25, 2.0, 0.03 cached\nmodel model\nmodel max max 3 price 1, 2",
		`(model fast doc:"Doc." max 2_000 in 0.25 out 2.0 cached 0.03) (model model) (model max max 3 in 1 out 2)`},
	{"// Doc.\nagent A(t T) []R {\n\tmodel fast retry 2 else strong\n\tsystem \"a\"\n\tprompt \"b ${t.id}\"\n\ttools {\n\t\tL(c: t.c, type: 1)  max 5\n\t\tp.M() max n\n\t\t\tapprove \"x\" by \"y\"\n\t\t\t\ttimeout 2d\n\t\t\twhere sum > 2.0\n\t\t\tundo U(result)\n\t\t\tretry 2, max(); N() timeout 3s approve a by b, O()\n\t}\n\tbudget 8 turns, 20_000 tokens, 0.05 dollars\n\tvalidate result.c > 0.3 else \"x\"\n\tvalidate x\n}",
		`(agent A doc:"Doc." (t T) (list R) (fast retry 2) (strong) system (str "a") prompt (str "b " $(. t id)) (L c: (. t c) type: 1 max 5) (p.M max n (approve approve (str "x") (str "y") | (timeout 2d)) where (> sum 2.0) (undo (call U result)) (retry 2)) (max) (N (approve approve a b) (timeout 3s)) (O) (budget turns 8 tokens 20_000 dollars 0.05) (validate (> (. result c) 0.3) else (str "x")) (validate x))`},
	{"agent A() string {\n\tprompt model + system\n\t\t+ turns\n\ttools {}\n\tbudget a tokens\n}", `(agent A () string prompt (+ (+ model system) turns) (budget tokens a))`},
	{"workflow W(a T) []R\n\ttimeout none {\n}", `(workflow W (a T) (list R) (timeout none) {})`},
}

func TestDeclarations(t *testing.T) {
	for _, c := range declarations {
		if diff := cmp.Diff(c.want, show(t, c.text)); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
}

// body parses text as the body of a workflow.
func body(t *testing.T, text string) string {
	t.Helper()
	got := show(t, "workflow W() {\n"+text+"\n}")
	return strings.TrimSuffix(strings.TrimPrefix(got, "(workflow W () - {"), "})")
}

var statements = []pair{
	{"F() else on A => 1 else on", "(call F | (else <(match err A => <1>, _ => <on>)>))"},
	{"await P() timeout at\nawait P() timeout on else at", "(await P | (timeout at)) (await P | (timeout on) (else <at>))"},
	{"x := F(a)", "(:= x (call F a))"},
	{"_ := F()", "(:= _ (call F))"},
	{"var x T? = none\nvar y []p.T = F(a) retry 2", "(var x (opt T) none) (var y (list p.T) (call F a | (retry 2)))"},
	{"x := p.F(a) with q undo early p.G(a)", "(:= x (call p.F a | (with q) (undo-early (call p.G a))))"},
	{"F() undo none retry 3", "(call F | (undo none) (retry 3))"},
	{"F() undo none\n\tretry 3", "(call F | (undo none) (retry 3))"},
	{"F() finally G()\nF()\n\tfinally early p.G()", "(call F | (finally (call G))) (call F | (finally-early (call p.G)))"},
	{"F()\nfinally\nF()\nfinally + 1\nfinally := finally(2)\nF(finally) retry finally", "(call F) finally (call F) (+ finally 1) (:= finally (call finally 2)) (call F finally | (retry finally))"},
	{"F() undo early()", "(call F | (undo (call early)))"},
	{"x := p.T{a: 1}", "(:= x (new p.T a: 1))"},
	{"F() retry at 1d, 3d on E else 2", "(call F | (retry 1d 3d on E) (else <2>))"},
	{"fail E{a: 1}; fail err", "(fail (new E a: 1)) (fail err)"},
	{"match e { A a => 1, B => 2, _ => 3 }", "(match e A a => <1>, B => <2>, _ => <3>)"},
	{"x := decode([]p.T?, y)", "(:= x (decode (list (opt p.T)) y))"},
	{"try { A() } else { B() }\nx := try { 1 } else { 2 }", "(try {(call A)} {(call B)}) (:= x (try {1} {2}))"},
	{"x := race {\n\tA() retry 1\n\tb: B()\n\tc: {\n\t\ty := C()\n\t\ty\n\t}; { D() }\n}", "(:= x (race <(call A | (retry 1))>, b: <(call B)>, c: {(:= y (call C)) y}, {(call D)}))"},
	{"x := loop s := F(a) max n + 1 {\n\tif s > 3 { break s }\n\tcontinue s + 1\n} else { s }", "(:= x (loop s (call F a) (+ n 1) {(if (> s 3) {(break s)}) (continue (+ s 1))} {s}))"},
	{"F()\nlimit", "(call F) limit"},
	{"F()\ncache[0]\nF()\nlimit + 3\nF() retry 3\nbreaker in xs", "(call F) (index cache 0) (call F) (+ limit 3) (call F | (retry 3)) (in breaker xs)"},
	{"x := F()\n\ttimeout 3s\nafter == x", "(:= x (call F | (timeout 3s))) (== after x)"},
	{"loop max none { wait 1s }", "(loop none {(wait 1s)})"},
	{"x := loop s := 0 for i, o in os where o.n > i { continue s + o.n } else { s }", "(:= x (loop s 0 i,o in os where (> (. o n) i) {(continue (+ s (. o n)))} {s}))"},
	{"loop for o in os { if o > max { break } }", "(loop o in os {(if (> o max) {(break)})})"},
	{"loop max := 0 max max { continue max }", "(loop max 0 max {(continue max)})"},
	{"loop s := 0 max 3 { match s { 0 => break, _ => continue 1 } }", "(loop s 0 3 {(match s 0 => <(break)>, _ => <(continue 1)>)})"},
	{"switch + 1\ngo - 1\npanic not in x\nprint in x\ndefer[0]\nlet?.a", "(+ switch 1) (- go 1) (not in panic x) (in print x) (index defer 0) (?. let a)"},
	{"retry := 3; timeout := retry", "(:= retry 3) (:= timeout retry)"},
	{"x := F()\nretry := 3", "(:= x (call F)) (:= retry 3)"},
	{"x := F()\n\tretry 3\n\ttimeout 5s\n\tundo G(x)\n\tafter a, b\n\telse 3",
		"(:= x (call F | (retry 3) (timeout 5s) (undo (call G x)) (after a b) (else <3>)))"},
	{"p := await E(a, 3) timeout d\n\telse none", "(:= p (await E a 3 | (timeout d) (else <none>)))"},
	{"emit E(a) { b: 3, c: x }\nemit p.E()", "(emit E a (b 3) (c x)) (emit p.E)"},
	{`ok := approve "a ${b}?" by c.d timeout 2d`, `(:= ok (approve approve (str "a " $b "?") (. c d) | (timeout 2d)))`},
	{"start W(a) after b\nx := await run(id)", "(start W a | (after b)) (:= x (await run id))"},
	{"match a { 1 => emit E(), _ => start W() }", "(match a 1 => <(emit E)>, _ => <(start W)>)"},
	{"F() else {}\nG()", "(call F | (else {})) (call G)"},
	{"F() else { a } retry 2", "(call F | (else {a}) (retry 2))"},
	{"F() else G() retry 2", "(call F | (else <(call G)>) (retry 2))"},
	{"F()\nelse (a)", "(call F | (else <(paren a)>))"},
	{"x := (F() retry 2) + 1", "(:= x (+ (paren (call F | (retry 2))) 1))"},
	{"welcome: Notify(x) retry 1", "(label welcome (call Notify x | (retry 1)))"},
	{"p: parallel { F() }", "(label p (parallel {(call F)}))"},
	{"validate a > 0 else \"no\"", `(validate (> a 0) else (str "no"))`},
	{"validate a > 0\n\telse \"no\"\nvalidate F(a)", `(validate (> a 0) else (str "no")) (validate (call F a))`},
	{"fail \"no ${x}\"", `(fail (str "no " $x))`},
	{"fail err", `(fail err)`},
	{"if a { return }\nreturn x", "(if a {(return)}) (return x)"},
	{"wait 5s; wait until t; wait until", "(wait 5s) (wait-until t) (wait until)"},
	{"commit\nrollback", "commit rollback"},
	{"log \"x\"", `(log (str "x"))`},
	{"x := a\n\t+ b\n\t&& c\n\tnot in d\n\tin e", "(:= x (&& (+ a b) (in (not in c d) e)))"},
	{"x := a // c\n\t/* d */ ?? b", "(:= x (?? a b))"},
}

func TestStatements(t *testing.T) {
	for _, c := range statements {
		if diff := cmp.Diff(c.want, body(t, c.text)); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
}

var expressions = []pair{
	{"1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)"},
	{"a || b && c == d + e * -f", "(|| a (&& b (== c (+ d (* e (- f))))))"},
	{"a ?? b || c ?? d", "(?? (?? a (|| b c)) d)"},
	{"!a.b", "(! (. a b))"},
	{"!!a", "(! (! a))"},
	{"a?.b.c[1][2:][:3][4:5]", "(slice (slice (slice (index (. (?. a b) c) 1) 2 :) : 3) 4 : 5)"},
	{"x.type + run.id", "(+ (. x type) (. run id))"},
	{"x in xs && y not in [1, 2]", "(&& (in x xs) (not in y (list 1 2)))"},
	{"[]", "(list)"},
	{"[\n1\n2,\n3,\n]", "(list 1 2 3)"},
	{"map[string]int{\"a\": 1, b: 2}", `((map string int) (str "a"): 1, b: 2)`},
	{"map[string][]T?{}", "((map string (list (opt T))))"},
	{"T{}", "(new T)"},
	{"T{...old, type: 2\n in: 3}", "(new T ...old type: 2, in: 3)"},
	{"sort(x in xs by x.price)", "(sort x xs (. x price))"},
	{"sort(xs)", "(call sort xs)"},
	{"sum(for i in items { i.price })", "(call sum (for i items {(. i price)}))"},
	{"if a { 1 } else if b { 2 } else { 3 }", "(if a {1} <(if b {2} {3})>)"},
	{"if (T{a: 1}) == t { 1 }", "(if (== (paren (new T a: 1)) t) {1})"},
	{"if F(T{}) { 1 }", "(if (call F (new T)) {1})"},
	{"(if a { 1 } else { 2 }) + 1", "(+ (paren (if a {1} {2})) 1)"},
	{"for x in xs { x }", "(for x xs {x})"},
	{"for i, x in xs where x > 0 parallel 4 { F(x) }", "(for i,x xs where (> x 0) parallel 4 {(call F x)})"},
	{"for x in xs parallel { F(x) }", "(for x xs parallel {(call F x)})"},
	{"for where in after where where { where }", "(for where after where where {where})"},
	{"match t { basic => 0.0, gold => 0.1\nplatinum => 0.2 }", "(match t basic => <0.0>, gold => <0.1>, platinum => <0.2>)"},
	{"match n {\n-1 => F() retry 2, \"a\" => { b }\n5s => fail \"x\"\nnone => return\ntrue => validate a else \"m\", _ => {} }",
		`(match n (- 1) => <(call F | (retry 2))>, (str "a") => {b}, 5s => <(fail (str "x"))>, none => <(return)>, true => <(validate a else (str "m"))>, _ => {})`},
	{"match n {\n0 => a\n-1 => b\n}", "(match n 0 => <a>, (- 1) => <b>)"},
	{"match n { retry => F()\ntimeout => G() }", "(match n retry => <(call F)>, timeout => <(call G)>)"},
	{"match n { a => F() after b, c => 2 }", "(match n a => <(call F | (after b))>, c => <2>)"},
	{"F(\n\ta,\n\tb\n)", "(call F a b)"},
	{"F(retry\ntimeout)", "(call F retry timeout)"},
	{"(\na\n)", "(paren a)"},
	{"1_000 + 0x1F + 0b1 + 0o7 + 017 + 2.5e3 + 1e-3 + .5", "(+ (+ (+ (+ (+ (+ (+ 1_000 0x1F) 0b1) 0o7) 017) 2.5e3) 1e-3) .5)"},
	{"2h30m + 1.5h + 7d + 500ms + 1us + 1µs + 3ns", "(+ (+ (+ (+ (+ (+ 2h30m 1.5h) 7d) 500ms) 1us) 1µs) 3ns)"},
	{"true && none == false", "(&& true (== none false))"},
	{"parallel { a := F() }", "(parallel {(:= a (call F))})"},
	{"日本.名", "(. 日本 名)"},
}

func TestExpressions(t *testing.T) {
	for _, c := range expressions {
		if diff := cmp.Diff("(:= v "+c.want+")", body(t, "v := "+c.text)); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
}

var literals = []pair{
	{`""`, `(str)`},
	{`"a\n\t\"\\\x41\u00e9\101\${x} $ $x {y}"`, `(str "a\n\t\"\\AéA${x} $ $x {y}")`},
	{`"a ${b} c${d}"`, `(str "a " $b " c" $d)`},
	{`"${f("x ${y}") + T{a: 1}.a}"`, `(str $(+ (call f (str "x " $y)) (. (new T a: 1) a)))`},
	{`"${(F() retry 2)}"`, `(str $(paren (call F | (retry 2))))`},
	{"\"\"\"\n\t\ta\n\n\t\t  b ${c}\n\t\t\"\"\"", `(str "a\n\n  b " $c)`},
	{"\"\"\"\n\ta\n  \"\"\"", `(str "\ta")`},
	{"\"\"\"\n    a\n  \"\"\"", `(str "  a")`},
	{"\"\"\"\n\ta\n\tb\"\"\"", `(str "a\nb")`},
	{"\"\"\"\n\ta \"q\" \\n\\t${b}\n\t${c}\n\t\"\"\"", `(str "a \"q\" \n\t" $b "\n" $c)`},
	{"\"\"\"\n\ta\n${c}\n\"\"\"", `(str "\ta\n" $c)`},
	{"\"\"\"\r\n\ta\r\n\tb\r\n\t\"\"\"", `(str "a\nb")`},
	{"\"\"\"\n\"\"\"", `(str)`},
	{"\"\"\"\n\n\"\"\"", `(str)`},
	{"\"\"\"\n\n\n\"\"\"", `(str "\n")`},
	{"\"\"\"\n\t${\n\t\ta\n\t}\n\t\"\"\"", `(str $a)`},
}

func TestStrings(t *testing.T) {
	for _, c := range literals {
		if diff := cmp.Diff("(:= v "+c.want+")", body(t, "v := "+c.text)); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
}

// TestPlaces holds the places of nodes against the source they stand for.
func TestPlaces(t *testing.T) {
	text := "package p\nworkflow W(a T?) []R {\n\tx := F(a, \"b ${c} d\") retry 2\n\tlog x\n}\n"
	file, _ := Parse("p.wf", []byte(text))
	var got []string
	at := func(n dsl.Node) { s := n.Place(); got = append(got, text[s.Start:s.End]) }
	w := file.Decls[0].(*dsl.WorkflowDecl)
	bind := w.Body.Stmts[0].(*dsl.BindStmt)
	call := bind.Value.(*dsl.CallExpr)
	for _, n := range []dsl.Node{w.Name, w.Params[0], w.Params[0].Type, w.Result, bind, call, call.Args[1], call.Clauses[0], w.Body.Stmts[1]} {
		at(n)
	}
	for _, part := range call.Args[1].(*dsl.StringLit).Parts {
		at(part.Span)
	}
	want := []string{"W", "a T?", "T?", "[]R", "x := F(a, \"b ${c} d\") retry 2", "F(a, \"b ${c} d\") retry 2",
		"\"b ${c} d\"", "retry 2", "log x", "b ", "${c}", " d"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if whole := w.Place(); text[whole.Start:whole.End] != strings.TrimSpace(text[10:]) {
		t.Errorf("the workflow's place is %q", text[whole.Start:whole.End])
	}
}

func TestComments(t *testing.T) {
	file, _ := Parse("p.wf", []byte("// a\npackage p /* b */\nfunc f() int { // c\n\t1 // d\n}\n// e"))
	var got []string
	for _, c := range file.Comments {
		got = append(got, c.Text)
	}
	if diff := cmp.Diff([]string{"// a", "/* b */", "// c", "// d", "// e"}, got); diff != "" {
		t.Error(diff)
	}
}
