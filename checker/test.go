package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// pureTest is why no step can stand in a test.
const pureTest = "a test"

// A Test is a test of a workflow without errors of its own. It is whole where its package
// has none either.
type Test struct {
	Name string // empty where it has Cases
	// Cases are those that it is run for; nil where there is one.
	Cases []Case
	// Workflow is what it runs, with the arguments of Call.
	Workflow *Workflow
	Call     *dsl.CallExpr
	Lets     []*dsl.BindStmt
	Mocks    []*Mock
	Expects  []*Expect
	Cancel   *Cancel // nil where nobody cancels it
	// Result is the name result in conditions; nil where the workflow gives none.
	Result *Var
	Decl   *dsl.TestDecl
	File   *dsl.File
}

// A Mock says what calls give. One of Tool, Func and Agent is set.
type Mock struct {
	Line *dsl.MockLine
	Tool *Tool
	Func *Func // one that is bound to Go
	// Agent is an agent that is played as a whole or, with Turns, of which the answers are
	// what its model replies. Calls are those of all its turns, in the order of the source.
	Agent *Workflow
	Turns bool
	Calls []*ModelCall
	// Step is the id of the step whose calls these are, [] or an index where a round
	// stands; empty for all calls of the tool.
	Step string
	// Params are what the answers know of the call.
	Params []*Var
	seen   *Tool          // the tool as this package sees it, where it is another one's; an agent as a tool
	home   *types.Package // of the workflow that calls the agent, where that is another package's
}

// An Expect is what a test expects.
type Expect struct {
	Line *dsl.ExpectLine
	// Error is the declared error that the workflow fails with, where it is named alone.
	Error *types.Struct
	// Steps are the ids of the line's steps.
	Steps []string
	// Call is what was called, of ExpectCalled and ExpectEmitted.
	Call *ExpectedCall
}

// A Cancel says when somebody cancels the execution.
type Cancel struct {
	Line *dsl.CancelLine
	Step string // the id of the step; empty where it is after a time
}

// tests checks the tests of the package. What they say of steps is checked only where
// the package has no errors: without a plan there are no steps.
func (c *checker) tests() {
	t, seen := &tester{checker: c}, map[string]testName{}
	sound := !diag.HasErrors(c.diags)
	for _, f := range c.prog.Files {
		c.file = f
		for _, d := range f.Decls {
			if d, ok := d.(*dsl.TestDecl); ok {
				if t.steps == nil && sound && c.around.Steps != nil {
					t.steps = c.around.Steps(c.prog)
				}
				before := len(c.diags)
				c.with(place{pure: pureTest}, func() { c.inScope(func() { t.test(d, seen) }) })
				if !f.Unsound && !diag.HasErrors(c.diags[before:]) { // the parser's faults may be of this test
					c.prog.Tests = append(c.prog.Tests, t.of)
				}
			}
		}
	}
}

// A tester checks a test.
type tester struct {
	*checker
	steps func(*Workflow) []Step // nil where steps aren't known
	of    *Test
	// lines are the expectations that exclude each other.
	failing dsl.TestLine // that the workflow fails, or is cancelled
	success *dsl.ExpectLine
}

func (t *tester) test(d *dsl.TestDecl, seen map[string]testName) {
	t.of = &Test{Decl: d, File: t.file}
	t.failing, t.success = nil, nil
	if d.Cases != nil {
		t.cases(d, seen)
	} else {
		t.name(d, seen)
	}
	t.run(d)
	for _, l := range d.Lines {
		switch l := l.(type) {
		case *dsl.LetLine:
			t.bindStmt(l.Bind)
			t.of.Lets = append(t.of.Lets, l.Bind)
		case *dsl.RunLine:
			if l.Call == dsl.Expr(t.of.Call) {
				t.arguments(t.of.Call)
			}
		case *dsl.MockLine:
			t.mock(l)
		case *dsl.CancelLine:
			t.cancel(l)
		case *dsl.ExpectLine:
			t.expect(l)
		}
		t.eitherEnd()
	}
	t.mockedTwice()
}

// name finds the test's name, by which it is called and told from others.
func (t *tester) name(d *dsl.TestDecl, seen map[string]testName) {
	for _, p := range d.Name.Parts {
		if p.X != nil {
			t.report(diag.NotConstant, p.X, "a test's name is plain text, found a substitution").
				Help = "a test of several cases names each by its own: test \"of ${c}\" for c in [\"a\", \"b\"] { … }"
			return
		}
		t.of.Name += p.Text
	}
	t.claim(t.of.Name, d.Name, seen)
}

// run finds the workflow that the test runs, which lines above tell of too. Its
// arguments are checked where they stand.
func (t *tester) run(d *dsl.TestDecl) {
	var first *dsl.RunLine
	for _, l := range d.Lines {
		r, ok := l.(*dsl.RunLine)
		switch {
		case !ok:
		case first != nil:
			label(t.report(diag.BadTest, wordAt(r, "run"), "a test runs one workflow, once"), t.file, first, "run here already")
		default:
			first = r
		}
	}
	if first == nil && t.file.Unsound {
		return // what it runs may be what couldn't be read
	}
	if first == nil {
		at := d.Span
		at.End = min(at.End, at.Start+len("test"))
		t.report(diag.BadTest, at, "the test runs nothing").Help = "name the workflow and its arguments: run Workflow(…)"
		return
	}
	call, ok := first.Call.(*dsl.CallExpr)
	if !ok || call.Fun == nil {
		return
	}
	t.of.Call = call
	t.of.Workflow = t.tested(call)
	if w := t.of.Workflow; w != nil && w.Result != nothing {
		t.of.Result = &Var{Name: "result", Type: w.Result}
	}
}

// tested finds the workflow that a call in a test runs; nil where it isn't one.
func (t *tester) tested(call *dsl.CallExpr) *Workflow {
	if call.Package != nil {
		t.report(diag.BadTest, call, "%s.%s is another package's: a test runs a workflow of its own", call.Package.Name, call.Fun.Name).
			Help = "write the test in that package"
		t.callee(call, "workflow")
		return nil
	}
	o := t.find(call.Fun, "workflow", func(o Object) bool { _, ok := o.(*Workflow); return ok })
	w, ok := o.(*Workflow)
	if o != nil && !ok {
		e := t.scope.lookup(call.Fun.Name)
		d := t.report(diag.BadTest, call.Fun, "%s is %s: a test runs a workflow", call.Fun.Name, kindOf(e))
		label(d, e.file, e.at, "declared here")
	}
	return w
}

func (t *tester) arguments(call *dsl.CallExpr) {
	if t.of.Workflow == nil {
		t.looseArgs(call)
		return
	}
	t.inArgs(func() { t.args(call, t.of.Workflow.Params) })
}

// cancel checks when the execution is cancelled.
func (t *tester) cancel(l *dsl.CancelLine) {
	if old := t.of.Cancel; old != nil {
		label(t.report(diag.BadTest, wordAt(l, "cancel"), "a test cancels the execution once"), t.file, old.Line, "cancelled here already")
		return
	}
	c := &Cancel{Line: l}
	if l.Step != nil {
		c.Step, _ = t.step(l.Step, "a step that takes time", func(s Step) bool { return !s.Undo && (s.Tool != nil || s.Waits) })
	} else {
		t.want(l.After, basic(types.Duration), "when it is cancelled")
	}
	t.of.Cancel = c
	if t.failing == nil {
		t.failing = l
	}
}

// eitherEnd reports a line by which a workflow fails beside one by which it gives a result.
func (t *tester) eitherEnd() {
	if t.failing == nil || t.success == nil {
		return
	}
	var first, second dsl.TestLine = t.failing, t.success
	if first.Place().Start > second.Place().Start {
		first, second = second, first
	}
	word := "expect"
	if _, ok := second.(*dsl.CancelLine); ok {
		word = "cancel"
	}
	d := t.report(diag.BadTest, wordAt(second, word), "a test expects a result or a failure, not both")
	label(d, t.file, first, "expected here")
	if d.Help = "write two tests"; t.of.Cancel != nil {
		d.Help = "what is cancelled gives no result: expect steps, undone, called or fail"
	}
	t.failing, t.success = nil, nil
}

// wordAt is the word that a line begins with.
func wordAt(n dsl.Node, word string) dsl.Span {
	at := n.Place()
	return dsl.Span{Start: at.Start, End: min(at.End, at.Start+len(word))}
}
