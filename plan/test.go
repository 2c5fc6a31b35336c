package plan

import (
	"go/constant"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A Test is a test of a workflow.
type Test struct {
	Name string
	Pos  Pos
	Run  Pos // of the line that runs the workflow
	// Workflow is what it runs, with Args.
	Workflow *Workflow
	Args     []Expr
	// Lets are the names that all its expressions may use.
	Lets    []*PureLet
	Mocks   []*Mock
	Expects []*Expect
	Cancel  *Cancel // nil where nobody cancels it
	// Result is the variable by which conditions name the result; nil where the
	// workflow gives none.
	Result *Variable
}

// A Cancel says when somebody cancels the execution: at a step, or after a time.
type Cancel struct {
	Step  string
	After Expr // nil where it is at a step
	Pos   Pos
}

// A Mock says what calls give. One of Tool, Func and Agent is set.
type Mock struct {
	Tool *Tool
	Func *Func
	// Agent is an agent that is played as a whole or, with Turns, of which each answer is a
	// reply of its model.
	Agent *Workflow
	Turns bool
	// Step is the id of the step whose calls these are, with or without the indexes of
	// rounds; empty for all calls of the tool.
	Step string
	// Params are the variables by which Answers name the call's arguments.
	Params []*Variable
	// Answers are given call by call, the last one again and again.
	Answers []*Answer
	Pos     Pos
}

// An Answer is what a call gives.
type Answer struct {
	// X is the value; nil for a tool that gives none. With Fail it is the message or the
	// declared error that the call fails with.
	X    Expr
	Fail bool
	// After is how long the call takes; nil where it takes no time.
	After Expr
	// Reply tells, of what a model replies, that X is the agent's result; else it is a text as
	// the model writes it. X is nil with Calls, which the reply asks for.
	Reply bool
	Calls []*ModelCall
	Pos   Pos
}

// A ModelCall is a call that a model's reply asks for.
type ModelCall struct {
	Name string
	Args []ModelArg
}

// A ModelArg is an argument that a model chooses.
type ModelArg struct {
	Name string
	X    Expr
}

// An Expect is what a test expects.
type Expect struct {
	Kind dsl.Expectation
	Text string // as written, without expect
	Pos  Pos
	// Cond is the condition, and Parts are what it compares or asks. A part may be known
	// only where those before it hold.
	Cond  Expr
	Parts []Part
	// Message is a part of the message that the workflow fails with, or a declared error
	// as a value; Error is one of which any value will do.
	Message Expr
	Error   *types.Struct
	// Steps are the ids of the line's steps, with or without the indexes of rounds.
	Steps []string
	// Unordered tells, of undos, that they may have run in any order.
	Unordered bool
	// Call is what was called, asked, started or sent; nil for what isn't about that.
	Call *ExpectedCall
}

// An ExpectedCall is what is expected of calls of a tool, or of what a tool plays in tests.
type ExpectedCall struct {
	Tool *Tool
	// Step is the id of the step whose calls these are; empty for all calls of the tool.
	Step string
	Args []ExpectedArg
	// Times is how many calls there are; negative for one or more.
	Times int
}

// An ExpectedArg is what an argument is expected to be, or the field of an event.
type ExpectedArg struct {
	Place int // among the parameters or fields
	X     Expr
}

// A Part is an operand of a condition, as written.
type Part struct {
	X    Expr
	Text string
}

// tests lowers the tests of a program, each of several cases by itself.
func (l *lowerer) tests(prog *checker.Program) {
	for _, t := range prog.Tests {
		b := l.pureIn(&unit{source: t.File.Source})
		out := b.test(t)
		if t.Decl.Cases == nil {
			l.out.Tests = append(l.out.Tests, out)
		}
		for i, c := range t.Cases {
			l.out.Tests = append(l.out.Tests, b.testOf(out, t, i, c))
		}
	}
}

func (b *builder) test(t *checker.Test) *Test {
	out := &Test{
		Name: t.Name, Pos: b.pos(t.Decl.Span), Workflow: b.workflows[t.Workflow],
		Run: b.pos(t.Call.Span), Args: b.exprs(t.Call.Args),
	}
	for _, let := range t.Lets {
		out.Lets = append(out.Lets, &PureLet{V: b.declared(let.Name), X: b.expr(let.Value)})
	}
	if t.Result != nil {
		out.Result = b.variable(t.Result)
	}
	for _, m := range t.Mocks {
		out.Mocks = append(out.Mocks, b.mock(m))
	}
	if c := t.Cancel; c != nil {
		out.Cancel = &Cancel{Step: c.Step, Pos: b.pos(c.Line.Span)}
		if c.Line.After != nil {
			out.Cancel.After = b.expr(c.Line.After)
		}
	}
	for _, e := range t.Expects {
		out.Expects = append(out.Expects, b.expect(e))
	}
	return out
}

// testOf is a test for one of its cases, which stands where the case is written.
func (b *builder) testOf(all *Test, t *checker.Test, i int, c checker.Case) *Test {
	out := *all
	out.Name, out.Pos = c.Name, b.pos(c.X.Place())
	out.Lets = []*PureLet{{V: b.declared(t.Decl.Value), X: b.expr(c.X)}}
	if v := b.declared(t.Decl.Key); v != nil {
		out.Lets = append(out.Lets, &PureLet{V: v, X: constOf(v.Type, constant.MakeInt64(int64(i)))})
	}
	out.Lets = append(out.Lets, all.Lets...)
	return &out
}

func (b *builder) mock(m *checker.Mock) *Mock {
	out := &Mock{
		Tool: b.toolAnywhere(m.Tool), Func: b.funcs[m.Func], Agent: b.workflowAnywhere(m.Agent), Turns: m.Turns,
		Step: m.Step, Params: b.params(m.Params), Pos: b.pos(m.Line.Span),
	}
	calls := m.Calls
	for _, a := range m.Line.Answers {
		answer := &Answer{Fail: a.Fail, Reply: a.Reply, Pos: b.pos(a.Span)}
		if a.X != nil && (a.Fail || m.Tool == nil || m.Tool.Result != types.Basics[types.Nothing] || len(bodies(unparen(a.X))) > 0) {
			answer.X = b.expr(a.X)
		}
		if a.After != nil {
			answer.After = b.expr(a.After)
		}
		for _, c := range calls[:len(a.Calls)] {
			answer.Calls = append(answer.Calls, b.modelCall(c))
		}
		calls = calls[len(a.Calls):]
		out.Answers = append(out.Answers, answer)
	}
	return out
}

func (b *builder) modelCall(c *checker.ModelCall) *ModelCall {
	out := &ModelCall{Name: c.Offer.Name()}
	for _, a := range c.Args {
		out.Args = append(out.Args, ModelArg{c.Offer.Free[a.Place].Name, b.expr(a.X)})
	}
	return out
}

// workflowAnywhere is toolAnywhere for a workflow.
func (l *lowerer) workflowAnywhere(w *checker.Workflow) *Workflow {
	if own := l.workflows[w]; own != nil || w == nil {
		return own
	}
	for _, other := range l.others.made {
		if found := other.workflows[w]; found != nil {
			return found
		}
	}
	return nil
}

// toolAnywhere is the plan's tool for one of the checker's, of this package or of one
// that it leads to; nil for nil.
func (l *lowerer) toolAnywhere(t *checker.Tool) *Tool {
	if own := l.tools[t]; own != nil {
		return own
	}
	for _, other := range l.others.made {
		if found := other.tools[t]; found != nil {
			return found
		}
	}
	return nil
}

func (b *builder) expect(e *checker.Expect) *Expect {
	l := e.Line
	out := &Expect{Kind: l.Kind, Pos: b.pos(l.Span), Steps: e.Steps, Unordered: l.Unordered, Error: e.Error}
	out.Text = b.text(dsl.Span{Start: l.Start + len("expect"), End: l.End})
	switch {
	case e.Call != nil:
		out.Call = b.expectedCall(e.Call)
	case l.Kind == dsl.ExpectCond:
		out.Cond = b.expr(l.X)
		b.partsOf(out, l.X)
	case l.X != nil && e.Error == nil:
		out.Message = b.expr(l.X)
	}
	return out
}

func (b *builder) expectedCall(c *checker.ExpectedCall) *ExpectedCall {
	out := &ExpectedCall{Tool: b.toolAnywhere(c.Tool), Step: c.Step, Times: c.Times}
	for _, a := range c.Args {
		out.Args = append(out.Args, ExpectedArg{a.Place, b.expr(a.X)})
	}
	return out
}

// partsOf notes what a condition compares: what isn't written out in it.
func (b *builder) partsOf(out *Expect, x dsl.Expr) {
	switch x := x.(type) {
	case *dsl.ParenExpr:
		b.partsOf(out, x.X)
	case *dsl.UnaryExpr:
		b.partsOf(out, x.X)
	case *dsl.BinaryExpr:
		b.partsOf(out, x.X)
		b.partsOf(out, x.Y)
	case *dsl.BasicLit, *dsl.StringLit, *dsl.StructLit, *dsl.ListLit, *dsl.MapLit:
	case *dsl.SelectorExpr:
		if _, member := b.info.Uses[x.Sel].(*checker.Member); !member {
			out.Parts = append(out.Parts, Part{b.expr(x), b.text(x)})
		}
	default:
		if b.info.Consts[x] == nil {
			out.Parts = append(out.Parts, Part{b.expr(x), b.text(x)})
		}
	}
}

// Steps tells the steps of a program's workflows, and of those that they call. The
// program must be free of errors.
func Steps(prog *checker.Program) func(*checker.Workflow) []checker.Step {
	others := &others{made: map[*checker.Program]*lowerer{}, bind: func(t *Tool) *GoFunc { return t.Go }}
	own := lower(prog, others)
	return func(w *checker.Workflow) []checker.Step {
		l := own
		if w.Of != nil {
			l, w = others.made[w.Program], w.Of
		}
		return l.stepsOf(w)
	}
}

func (l *lowerer) stepsOf(w *checker.Workflow) []checker.Step {
	var out []checker.Step
	Inspect(l.workflows[w].Body, func(n *Node) {
		s := checker.Step{ID: n.Path, Timed: timed(n.Op)}
		_, s.Waits = n.Op.(*Wait)
		if d, ok := n.Op.(*Durable); ok {
			s.Tool, _ = l.callee(d.Played, nil)
		}
		if c, ok := n.Op.(*Call); ok {
			s.Tool, s.Sub = l.callee(c.Tool, c.Workflow)
			if u := c.Undo; u != nil {
				undo := checker.Step{ID: u.Path, Undo: true}
				undo.Tool, undo.Sub = l.callee(u.Tool, u.Workflow)
				out = append(out, undo)
			}
		}
		out = append(out, s)
	}, nil)
	return out
}

// callee is what a step calls, as the checker has it.
func (l *lowerer) callee(t *Tool, w *Workflow) (*checker.Tool, *checker.Workflow) {
	for from, made := range l.tools {
		if made == t {
			return from, nil
		}
	}
	for from, made := range l.workflows {
		if made == w {
			return nil, from
		}
	}
	return nil, nil
}

// timed tells whether a step has events.
func timed(op Op) bool {
	switch op.(type) {
	case *Call, *Durable, *Wait, *Now, *UUID, *Rollback:
		return true
	}
	return false
}
