package build_test

import (
	"strings"
	"testing"

	"github.com/wfgen/wfgen/dsl"
	b "github.com/wfgen/wfgen/dsl/build"
	"github.com/wfgen/wfgen/parser"
)

// TestLoops: what is built of loops is what is read from their text.
func TestLoops(t *testing.T) {
	n := b.Name("n")
	for want, line := range map[string]b.Stmt{
		"loop s := 0 max n { continue s } else { }":                      b.Do(b.Loop("s", 0, n, b.Continue(b.Name("s"))).Else()),
		"loop max none { break }":                                        b.Do(b.LoopMax(nil, b.BreakNothing())),
		"loop max 3 { continue } else { }":                               b.Do(b.LoopMax(3, b.ContinueNothing()).Else()),
		"x := loop s := 0 for i, o in xs where o > i { continue s + o }": b.Bind("x", b.LoopFor("o", b.Name("xs"), b.Continue(b.Name("s").Plus(b.Name("o")))).State("s", 0).Key("i").Where(b.Name("o").Op(dsl.More, b.Name("i")))),
		"x := loop for o in xs { if o == n { break o } } else { n }":     b.Bind("x", b.LoopFor("o", b.Name("xs"), b.Do(b.If(b.Name("o").Eq(n), b.Break(b.Name("o"))))).Else(b.Do(n))),
	} {
		f := b.NewFile("p")
		f.Workflow("W", b.Takes("n", b.Int)).Body(line)
		tree, err := f.Tree()
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		read, ds := parser.Parse("p.wf", []byte("package p\n\nworkflow W(n int) {\n\t"+want+"\n}\n"))
		if len(ds) > 0 {
			t.Errorf("%s: %v", want, ds)
			continue
		}
		if got, want := folded(dsl.Text(tree)), folded(dsl.Text(read)); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func folded(text string) string { return strings.Join(strings.Fields(text), " ") }
