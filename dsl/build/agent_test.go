package build_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wfgen/wfgen/dsl"
	b "github.com/wfgen/wfgen/dsl/build"
	"github.com/wfgen/wfgen/parser"
)

const agentSource = `package p

model fast max 2000 price 0.25, 2.0, 0.03 cached

model strong max 4000

// Sorts.
agent Triage(t string) string {
	model fast retry 2 else strong
	system "You sort."
	prompt "Ticket ${t}"
	tools {
		Lookup(customer: t) max 5
		p.Refund() undo TakeBack(result) retry 2 approve "Refund ${sum}?" by "support" timeout 48h where sum > 20.0
	}
	budget 8 turns, 20000 tokens, 0.05 dollars
	validate len(result) > 3 else "more"
	validate result != t
}
`

// TestAgent: what is built of agents is what is read from their text, and is written as that.
func TestAgent(t *testing.T) {
	f := b.NewFile("p")
	f.Model("fast", 2000, 0.25, 2.0, 0.03)
	f.Model("strong", 4000)
	result := b.Name("result")
	a := f.Agent("Triage", b.Takes("t", b.String).Gives(b.String)).Model("fast", 2).Model("strong").
		System("You sort.").Prompt("Ticket ", b.Name("t")).Turns(8).Tokens(20000).Dollars(0.05).
		Validate(b.Call("len", result).Op(dsl.More, 3), "more").Validate(result.Op(dsl.NotEq, b.Name("t")))
	f.Doc("Sorts.")
	a.Tool("Lookup", b.Set("customer", b.Name("t"))).Max(5)
	a.Tool("p.Refund").Clauses(b.Undo(b.Call("TakeBack", result)), b.Retry(2)).
		Approve(b.Text("Refund ", b.Name("sum"), "?"), "support", b.Timeout(48*time.Hour)).Where(b.Name("sum").Op(dsl.More, 20.0))
	built, err := f.Tree()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(agentSource, dsl.Text(built)); diff != "" {
		t.Errorf("written\n%s", diff)
	}
	read, ds := parser.Parse("p.wf", []byte(agentSource))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	if diff := cmp.Diff(read.Decls, built.Decls, cmp.Options{cmpopts.IgnoreTypes(dsl.Span{}), cmpopts.EquateEmpty()}); diff != "" {
		t.Errorf("read and built\n%s", diff)
	}
}
