package compiler_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/dsl"
	b "github.com/wfgen/wfgen/dsl/build"
	"github.com/wfgen/wfgen/parser"
)

// inMemory is the package of one file of a directory that need not be there.
func inMemory(dir, name string, text []byte) (*compiler.Package, error) {
	w := compiler.Workspace{InMemory: true}
	return w.Snapshot(map[string][]byte{filepath.Join(dir, name): text}).Package(context.Background(), dir)
}

// fulfil is examples/fulfil without its tests, made by a program.
func fulfil() (*dsl.File, error) {
	f := b.NewFile("fulfil")
	list := func(name string) b.Type { return b.List(b.Named(name)) }
	f.Type("Order",
		b.NewField("id", b.String), b.NewField("customer", b.Named("Customer")), b.NewField("items", list("Item")),
		b.NewField("total", b.Float64).Where(b.Name("total").More(0)),
		b.NewField("express", b.Bool).Default(false), b.NewField("note", b.Optional(b.String)))
	f.Doc("An Order as the shop's front end submits it.")
	f.Type("Customer", b.NewField("email", b.String), b.NewField("tier", b.Named("Tier")))
	f.Type("Item", b.NewField("sku", b.String), b.NewField("qty", b.Int).Where(b.Name("qty").More(0)))
	f.Type("Fraud", b.NewField("score", b.Float64))
	f.Type("Reservation", b.NewField("id", b.String))
	f.Type("Receipt", b.NewField("id", b.String), b.NewField("amount", b.Float64))
	f.Enum("Tier", "basic", "gold", "platinum")

	order, receipt := b.Takes("order", b.Named("Order")), b.Named("Receipt")
	f.Tool("CheckFraud", order.Gives(b.Named("Fraud")), b.Readonly(), b.Timeout(5*time.Second),
		b.Retry(3, b.Backoff(100*time.Millisecond, 2*time.Second)))
	f.Doc("CheckFraud scores an order from 0 (fine) to 1 (fraud).")
	f.Tool("Quote", b.Takes("items", list("Item")).Gives(b.Float64), b.Readonly())
	f.Doc("Quote gives today's price.")
	f.Tool("Reserve", b.Takes("items", list("Item")).Gives(b.Named("Reservation")), b.Idempotent(), b.Retry(3))
	f.Tool("Release", b.Takes("r", b.Named("Reservation")), b.Idempotent(), b.Retry(10))
	f.Tool("Charge", order.Takes("amount", b.Float64).Gives(receipt), b.Idempotent())
	f.Tool("Refund", b.Takes("r", receipt), b.Idempotent(), b.Retry(10))
	f.Tool("Ship", b.Takes("item", b.Named("Item")).Takes("r", b.Named("Reservation")).Gives(b.String), b.Idempotent(), b.Retry(5))
	f.Doc("Ship hands an item to the carrier and gives the parcel's number.")
	f.Tool("Notify", b.Takes("email", b.String).Takes("text", b.String))
	f.Func("discount", b.Takes("t", b.Named("Tier")).Gives(b.Float64), b.Do(b.Match(b.Name("t"),
		b.Case(b.Name("basic"), b.Do(0.0)), b.Case(b.Name("gold"), b.Do(0.1)), b.Case(b.Name("platinum"), b.Do(0.2)))))
	f.Doc("A func is pure: no step, no record, computed in place.")

	o, fraud, quote, parcels := b.Name("order"), b.Name("fraud"), b.Name("quote"), b.Name("parcels")
	id, items, email := o.Dot("id"), o.Dot("items"), o.Dot("customer").Dot("email")
	f.Workflow("FulfilOrder", order.Gives(receipt), b.Timeout(24*time.Hour)).Body(
		b.Validate(b.Call("len", items).More(0), "order ", id, " has no items"),
		b.Bind("fraud", b.Call("CheckFraud", o)),
		b.Bind("quote", b.Call("Quote", items)),
		b.Validate(fraud.Dot("score").Less(0.9), "order ", id, " looks fraudulent"),
		b.Validate(quote.AtMost(o.Dot("total")), "order ", id, " is priced too low"),
		b.Bind("reservation", b.Call("Reserve", items).Clauses(b.Undo(b.Call("Release", b.Name("reservation"))))),
		b.Bind("receipt", b.Call("Charge", o, quote.Times(b.Value(1).Minus(b.Call("discount", o.Dot("customer").Dot("tier"))))).Clauses(
			b.Retry(2, b.Backoff(time.Second, 10*time.Second)),
			b.Undo(b.Call("Refund", b.Name("receipt"))))),
		b.Commit(),
		b.Bind("parcels", b.For("item", items, b.Do(b.Call("Ship", b.Name("item"), b.Name("reservation")))).ParallelBy(4)),
		b.Do(b.Call("Notify", email, b.Text("Order ", id, " is on its way in ", b.Call("len", parcels), " parcels:\n",
			b.Call("join", parcels, ", "), ".")).Clauses(b.ElseDo())),
		b.Return(b.Name("receipt")))
	f.Doc("FulfilOrder takes a paid order to the door.")
	return f.Tree()
}

// TestBuiltTree: a program can make the tree that the parser makes of a file.
func TestBuiltTree(t *testing.T) {
	built, err := fulfil()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../examples/fulfil/fulfil.wf")
	if err != nil {
		t.Fatal(err)
	}
	parsed, faults := parser.Parse("fulfil.wf", text)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	parsed.Decls = slices.DeleteFunc(parsed.Decls, func(d dsl.Decl) bool {
		_, test := d.(*dsl.TestDecl)
		return test
	})
	opts := []cmp.Option{
		cmpopts.IgnoreTypes(dsl.Span{}), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(dsl.File{}, "Source", "Comments"),
		cmpopts.IgnoreFields(dsl.StringLit{}, "Multiline"), // how it is written
	}
	if diff := cmp.Diff(parsed, built, opts...); diff != "" {
		t.Error(diff)
	}
	source, faults, err := compiler.SourceOf("fulfil.wf", built)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	p, err := inMemory("nowhere/at/all", "fulfil.wf", source)
	if err != nil || p.HasErrors() {
		t.Fatal(err, p.Diagnostics())
	}
	if len(p.Generate()) != 2 {
		t.Errorf("%d files", len(p.Generate()))
	}
}

func TestBuiltTreeHasTheSameDiagnostics(t *testing.T) {
	f := b.NewFile("p")
	f.Tool("T", b.Takes("n", b.Int).Gives(b.Int), b.Readonly())
	f.Workflow("W", b.Gives(b.Int)).Body(
		b.Bind("x", b.Call("T", "text")),
		b.Return(b.Name("y").Plus(b.Name("x"))))
	tree, err := f.Tree()
	if err != nil {
		t.Fatal(err)
	}
	source, _, err := compiler.SourceOf("p.wf", tree)
	if err != nil {
		t.Fatal(err)
	}
	p, err := inMemory(".", "p.wf", source)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range p.Diagnostics() {
		at := d.Source.Position(d.Span.Start)
		got = append(got, fmt.Sprintf("%d:%d %s", at.Line, at.Col, d.Message))
	}
	want := []string{"6:9 the argument n is string, expected int", "7:9 unknown name y"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, source)
	}
}

func TestWhatCantBeBuilt(t *testing.T) {
	f := b.NewFile("p")
	f.Type("2x", b.NewField("a b", b.Int).Default(make(chan int)))
	_, err := f.Tree()
	if err == nil || !strings.Contains(err.Error(), `"2x" can't be a name`) ||
		!strings.Contains(err.Error(), `"a b" can't be a name`) || !strings.Contains(err.Error(), "(chan int) can't be written as an expression") {
		t.Error(err)
	}
}

// TestBuiltTimes: a time.Time is written as a literal, in UTC.
func TestBuiltTimes(t *testing.T) {
	at := func(year int) (*dsl.File, error) {
		f := b.NewFile("p")
		f.Type("T", b.NewField("at", b.Time).Default(time.Date(year, 1, 2, 15, 4, 5, 500, time.FixedZone("", 7200))))
		return f.Tree()
	}
	tree, err := at(2026)
	if err != nil {
		t.Fatal(err)
	}
	source, _, err := compiler.SourceOf("p.wf", tree)
	if err != nil || !strings.Contains(string(source), "at time = 2026-01-02T13:04:05.0000005Z") {
		t.Errorf("%v\n%s", err, source)
	}
	if _, err := at(10000); err == nil || !strings.Contains(err.Error(), "more than four digits") {
		t.Error(err)
	}
}

// TestCompilingSideBySide: nothing is shared between compilations.
func TestCompilingSideBySide(t *testing.T) {
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			text := fmt.Sprintf("package p\n\ntool T(n int) int readonly\n\nworkflow W%d(n int) int { return T(n + %d) }\n", i, i)
			p, err := inMemory(".", "p.wf", []byte(text))
			if err != nil || p.HasErrors() {
				t.Error(err, p.Diagnostics())
				return
			}
			if code := string(p.Generate()[0].Content); !strings.Contains(code, fmt.Sprintf("func W%d(", i)) {
				t.Error(code)
			}
		})
	}
	wait.Wait()
}

// TestBuiltEvents: what a program makes of events is what the parser makes of its text.
func TestBuiltEvents(t *testing.T) {
	f := b.NewFile("shop")
	f.Event("Paid", []*b.Field{b.NewField("order", b.String)}, []*b.Field{b.NewField("amount", b.Float64).Where(b.Name("amount").More(0))}, b.Keep(48*time.Hour))
	order := b.Name("order")
	f.Workflow("Sell", b.Takes("order", b.String).Gives(b.String)).Body(
		b.Bind("p", b.Await("Paid", order).Clauses(b.Timeout(time.Hour))),
		b.Bind("ok", b.Approve(b.Text("Sell ", order, "?"), "manager").Clauses(b.Timeout(2*time.Hour))),
		b.Do(b.Emit("Paid", b.Text("again ", order)).Payload(b.Set("amount", b.Name("p").Dot("amount")))),
		b.Bind("id", b.Start("Sell", b.Name("ok").Dot("by"))),
		b.Return(b.AwaitRun(b.Name("id"))))
	tree, err := f.Tree()
	if err != nil {
		t.Fatal(err)
	}
	source, faults, err := compiler.SourceOf("shop.wf", tree)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	want := `package shop

event Paid(order string) {
	amount float64 where amount > 0
} keep 48h

workflow Sell(order string) string {
	p := await Paid(order) timeout 1h
	ok := approve "Sell ${order}?" by "manager" timeout 2h
	emit Paid("again ${order}") { amount: p.amount }
	id := start Sell(ok.by)
	return await run(id)
}
`
	if diff := cmp.Diff(want, string(source)); diff != "" {
		t.Error(diff)
	}
	p, err := inMemory("nowhere/at/all", "shop.wf", source)
	if err != nil || p.HasErrors() {
		t.Fatal(err, p.Diagnostics())
	}
}
