package parser

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/dsl"
)

const testHelp = `a test is written test "what it shows" { … }`

// testDecl parses a test.
func (p *parser) testDecl() dsl.Decl {
	start := p.start
	d := &dsl.TestDecl{Doc: p.doc(start)}
	p.next()
	if p.peek().Type != strOpenToken {
		p.wanted("a string", testHelp)
		return nil
	}
	name, ok := p.stringLit().(*dsl.StringLit)
	if !ok || p.broken {
		return nil
	}
	d.Name = name
	if p.at("for") {
		p.cases(d)
	}
	p.braces(func(open int) {
		for p.skipSemis(); !p.blockEnd(open); p.skipSemis() {
			if l := p.testLine(); l != nil {
				d.Lines = append(d.Lines, l)
			}
		}
	})
	d.Span = p.from(start)
	return d
}

// cases parses what a test is run for.
func (p *parser) cases(d *dsl.TestDecl) {
	const help = `a test is run for each of several cases with test "of ${x}" for x in ["a", "b"] { … }`
	sound := p.inHeader(func() {
		if node, ok := production(p, forGrammar, "a name", help); ok {
			d.Value = ident(&node.First.Name)
			if node.Last != nil {
				d.Key, d.Value = d.Value, ident(&node.Last.Name)
			}
			d.Cases = p.expr()
		}
	})
	if !sound || d.Value == nil {
		d.Value, d.Cases = &dsl.Ident{Span: p.here(), Name: "_"}, p.bad()
	}
}

// testLine parses a line and what ends it. It is nil where it is unsound.
func (p *parser) testLine() dsl.TestLine {
	first := p.index()
	p.start = spanOf(p.peek()).Start
	l := p.anyTestLine()
	broken := p.endStatement()
	if p.index() == first {
		p.next()
	}
	if broken {
		return nil
	}
	return l
}

func (p *parser) anyTestLine() dsl.TestLine {
	t, after := p.peek(), p.ahead(1)
	switch {
	case is(after, ":=") || is(t, "var"):
		if b, ok := p.anyStatement().(*dsl.BindStmt); ok {
			return &dsl.LetLine{Bind: b}
		}
		return nil
	case t.Type == identToken && t.Value == "mock":
		return p.mockLine()
	case t.Type == identToken && t.Value == "run":
		return p.runLine()
	case t.Type == identToken && t.Value == "cancel":
		return p.cancelLine()
	case t.Type == identToken && t.Value == "expect":
		return p.expectLine()
	}
	p.wanted("`mock`, `run`, `cancel`, `expect` or a binding", "a test says what its tools give, runs a workflow, and says what is expected of it")
	return nil
}

func (p *parser) mockLine() dsl.TestLine {
	const help = `what a tool gives is written mock Charge => "receipt"`
	l := &dsl.MockLine{Span: spanOf(p.next())}
	if l.Target = p.target(help); l.Target == nil || !p.expect("=>") {
		return nil
	}
	l.Turns = ofTurns(l.Target)
	for {
		l.Answers = append(l.Answers, p.answer(l.Turns))
		if p.broken || !p.accept(",") {
			break
		}
	}
	l.Span = p.from(l.Start)
	return l
}

// ofTurns tells whether a mock says what a model replies: reply and call are words there.
func ofTurns(target dsl.Expr) bool {
	id, ok := target.(*dsl.StringLit)
	if !ok || len(id.Parts) != 1 || id.Parts[0].X != nil {
		return false
	}
	return id.Parts[0].Text == "turns" || strings.HasSuffix(id.Parts[0].Text, ".turns")
}

// isIdent tells whether a token is a name that is meant as a word.
func isIdent(t *lexer.Token, word string) bool { return t.Type == identToken && t.Value == word }

// answer parses what a call gives or, with turns, what a model replies.
func (p *parser) answer(turns bool) *dsl.Answer {
	a := &dsl.Answer{Span: spanOf(p.peek())}
	switch {
	case turns && p.at("[") && isIdent(p.ahead(1), "call"):
		p.list("]", func() {
			if c := p.modelCall(); !p.broken {
				a.Calls = append(a.Calls, c)
			}
		})
	case turns && isIdent(p.peek(), "reply"):
		p.next()
		a.Reply = true
		a.X = p.expr()
	default:
		a.Fail = p.accept("fail")
		a.X = p.expr()
	}
	if !p.broken && p.accept("after") {
		a.After = p.expr()
	}
	a.Span = p.from(a.Start)
	return a
}

// modelCall parses a call that a model's reply asks for.
func (p *parser) modelCall() *dsl.ModelCall {
	const help = `a call that a model asks for is written call Refund(order: "7"), with the arguments that it chooses`
	c := &dsl.ModelCall{Span: spanOf(p.peek())}
	if !isIdent(p.peek(), "call") {
		p.wanted("`call`", help)
		return c
	}
	p.next()
	if c.Name = p.name(help); c.Name == nil {
		return c
	}
	if !p.at("(") {
		p.wanted("`(`", help)
		return c
	}
	p.list(")", func() { c.Args = append(c.Args, p.namedArg()) })
	c.Span = p.from(c.Start)
	return c
}

func (p *parser) runLine() dsl.TestLine {
	l := &dsl.RunLine{Span: spanOf(p.next())}
	if !isName(p.peek()) || !is(p.ahead(1), "(") {
		p.wanted("a call", "what is tested is written run Workflow(arguments)")
		return nil
	}
	l.Call = p.call(nil, ident(p.next()))
	l.Span = p.from(l.Start)
	return l
}

func (p *parser) cancelLine() dsl.TestLine {
	const help = "an execution is cancelled at a step, or after a time: cancel at Charge, cancel after 2h"
	l := &dsl.CancelLine{Span: spanOf(p.next())}
	switch {
	case p.accept("after"):
		l.After = p.expr()
	case p.accept("at"):
		l.Step = p.stepName("the step is named by its id")
	default:
		p.wanted("`at` or `after`", help)
	}
	if l.Step == nil && l.After == nil {
		return nil
	}
	l.Span = p.from(l.Start)
	return l
}

var expectations = map[string]dsl.Expectation{
	"steps": dsl.ExpectSteps, "order": dsl.ExpectOrder, "undone": dsl.ExpectUndone,
	"called": dsl.ExpectCalled, "emitted": dsl.ExpectEmitted,
}

func (p *parser) expectLine() dsl.TestLine {
	l := &dsl.ExpectLine{Span: spanOf(p.next())}
	t := p.peek()
	kind, listed := expectations[t.Value]
	switch {
	case is(t, "fail"):
		l.Kind = dsl.ExpectFail
		p.next()
		p.expectedFailure(l)
	case listed && t.Type == identToken && p.beginsStep():
		l.Kind = kind
		p.next()
		if kind == dsl.ExpectCalled || kind == dsl.ExpectEmitted {
			p.expectedCall(l)
		} else {
			p.steps(l)
		}
	default:
		l.X = p.expr()
	}
	l.Span = p.from(l.Start)
	return l
}

// expectedCall parses what was called, with what, and how often.
func (p *parser) expectedCall(l *dsl.ExpectLine) {
	const help = "what was called is written expect called Charge(amount: 20.0) times 1"
	if l.Called = p.target(help); l.Called == nil {
		return
	}
	if p.at("(") {
		p.list(")", func() { l.Args = append(l.Args, p.namedArg()) })
	}
	if t := p.peek(); !p.broken && t.Type == identToken && t.Value == "times" {
		p.next()
		l.Times = p.expr()
	}
}

// namedArg parses an argument with its name.
func (p *parser) namedArg() dsl.FieldValue {
	if !isFieldName(p.peek()) || !is(p.ahead(1), ":") {
		p.wanted("an argument's name", "those of the arguments that count are named: Charge(amount: 20.0)")
		return dsl.FieldValue{Name: &dsl.Ident{Span: p.here()}, Value: p.bad()}
	}
	return p.fieldValue()
}

// target parses what mocks and expectations of calls are about: a tool, event or workflow,
// a step, or approve.
func (p *parser) target(help string) dsl.Expr {
	if p.at(string(dsl.Approve)) {
		return ident(p.next())
	}
	return p.stepName(help)
}

// beginsStep tells whether what is behind steps, order or undone is the name of a step, or
// a reserved word that is meant as one: not an operator on a value of that name.
func (p *parser) beginsStep() bool {
	t := p.ahead(1)
	return isName(t) || t.Type == strOpenToken || isSemi(t) || t.Type == wordToken && t.Value != "in"
}

// expectedFailure parses what follows expect fail.
func (p *parser) expectedFailure(l *dsl.ExpectLine) {
	if !p.ended() && !p.at("at") {
		l.X = p.expr()
	}
	if !p.broken && p.accept("at") {
		if s := p.stepName("the step that fails is named by its id"); s != nil {
			l.Steps = append(l.Steps, s)
		}
	}
}

func (p *parser) steps(l *dsl.ExpectLine) {
	for !p.ended() {
		s := p.stepName("steps are named by their ids, those that are no names in quotes")
		if s == nil {
			return
		}
		l.Steps = append(l.Steps, s)
		if !p.accept(",") {
			break
		}
	}
	if t := p.peek(); l.Kind == dsl.ExpectUndone && t.Type == identToken && t.Value == "unordered" {
		p.next()
		l.Unordered = true
	}
}

// stepName parses a name, or a string for an id that is none. It is nil where there is
// neither.
func (p *parser) stepName(help string) dsl.Expr {
	if p.peek().Type == strOpenToken {
		return p.stringLit()
	}
	if t := p.peek(); t.Type == wordToken {
		p.wanted("a step", "the id of a step that is a reserved word stands in quotes: \""+t.Value+"\"")
		return nil
	}
	if name := p.name(help); name != nil {
		return name
	}
	return nil
}
