package parser

import (
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
	case t.Type == identToken && t.Value == "expect":
		return p.expectLine()
	}
	p.wanted("`mock`, `run`, `expect` or a binding", "a test says what its tools give, runs a workflow, and says what is expected of it")
	return nil
}

func (p *parser) mockLine() dsl.TestLine {
	const help = `what a tool gives is written mock Charge => "receipt"`
	l := &dsl.MockLine{Span: spanOf(p.next())}
	if p.at(string(dsl.Approve)) {
		l.Target = ident(p.next())
	} else {
		l.Target = p.stepName(help)
	}
	if l.Target == nil || !p.expect("=>") {
		return nil
	}
	for {
		l.Answers = append(l.Answers, p.answer())
		if p.broken || !p.accept(",") {
			break
		}
	}
	l.Span = p.from(l.Start)
	return l
}

func (p *parser) answer() *dsl.Answer {
	a := &dsl.Answer{Span: spanOf(p.peek())}
	a.Fail = p.accept("fail")
	a.X = p.expr()
	if !p.broken && p.accept("after") {
		a.After = p.expr()
	}
	a.Span = p.from(a.Start)
	return a
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

var expectations = map[string]dsl.Expectation{
	"steps": dsl.ExpectSteps, "order": dsl.ExpectOrder, "undone": dsl.ExpectUndone,
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
		p.steps(l)
	default:
		l.X = p.expr()
	}
	l.Span = p.from(l.Start)
	return l
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
