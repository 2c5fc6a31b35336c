package build_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wfgen/wfgen/dsl"
	b "github.com/wfgen/wfgen/dsl/build"
	"github.com/wfgen/wfgen/parser"
)

// TestElseOn: the arms of what stands in by the names of failures are one clause, as those
// that are read.
func TestElseOn(t *testing.T) {
	onNo, onBusy, rest := b.ElseOn("No", "", "no"), b.ElseOn("Busy", "e", b.Name("e").Dot("text")), b.Else("none")
	for want, call := range map[string]b.Calling{
		`A() else on No => "no" else on Busy e => e.text`:                        b.Call("A").Clauses(onNo, onBusy),
		`A() retry 2 else on No => "no" else on Busy e => e.text else "none"`:    b.Call("A").Clauses(b.Retry(2), onNo).Clauses(onBusy, rest),
		`A() else on No => "no" else on Busy e => e.text else { fail "others" }`: b.Call("A").Clauses(onNo, onBusy, b.ElseDo(b.Fail("others"))),
	} {
		f := b.NewFile("p")
		f.Workflow("W", b.Signature{}).Body(b.Do(call))
		built, err := f.Tree()
		if err != nil {
			t.Fatal(err)
		}
		read, ds := parser.Parse("p.wf", []byte("package p\n\nworkflow W() {\n\t"+want+"\n}\n"))
		if len(ds) > 0 {
			t.Fatalf("%s: %v", want, ds)
		}
		placeless := cmp.Options{cmpopts.IgnoreTypes(dsl.Span{}), cmpopts.EquateEmpty()}
		if diff := cmp.Diff(read.Decls, built.Decls, placeless); diff != "" {
			t.Errorf("%s: read and built\n%s", want, diff)
		}
	}
}
