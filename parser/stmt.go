package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// Statements that can stand in an arm of a match without braces.
var simpleStmts = set("validate", "fail", "return", "break", "continue", "wait", "commit", "rollback", "log")

// block parses { … }. It ends before a declaration too, where its } is missing.
func (p *parser) block() *dsl.Block {
	b := &dsl.Block{}
	b.Span = p.braces(func(open int) { b.Stmts = p.statements(open) })
	return b
}

// braces parses { … } with lines inside, and gives its span.
func (p *parser) braces(inside func(open int)) dsl.Span {
	if !p.at("{") {
		p.wanted("`{`", p.blockHelp())
	}
	if p.broken {
		return p.here()
	}
	start := spanOf(p.peek()).Start
	outer := p.start
	p.nested(inside)
	p.start = outer
	p.accept("}")
	return p.from(start)
}

// blockHelp is what to say of what stands where a block should.
func (p *parser) blockHelp() string {
	if p.at("=") {
		return "compare with `==`"
	}
	if p.at("..") {
		return "there are no ranges: a `for` goes through a list, as for n in [1, 2, 3] { … }, and a `loop` counts"
	}
	return foreignOps[p.peek().Value]
}

func (p *parser) statements(open int) []dsl.Stmt {
	var list []dsl.Stmt
	complete := false // the statement above ends with an expression
	for {
		p.skipSemis()
		if p.blockEnd(open) {
			return list
		}
		s := p.statement(complete)
		list = append(list, s)
		complete = endsWithExpr(s)
	}
}

// blockEnd tells whether the block is over, be it that its } is missing.
func (p *parser) blockEnd(open int) bool {
	t := p.peek()
	if is(t, "}") {
		return true
	}
	if !t.EOF() && t.Type != substEndToken && t.Type != strEndToken && !p.declStart(p.index()) {
		return false
	}
	p.start = spanOf(t).Start
	p.wanted("`}`", "", p.label(open, "the block begins here"))
	return true
}

// statement parses a statement and what ends it.
func (p *parser) statement(complete bool) dsl.Stmt {
	first := p.index()
	p.start = spanOf(p.peek()).Start
	start := p.start
	if complete {
		p.splitLine(0)
	}
	s := p.anyStatement()
	broken := p.endStatement()
	if p.index() == first {
		p.next()
	}
	if broken {
		return p.salvage(s, start)
	}
	return s
}

// salvage keeps of an unsound statement the name that it binds.
func (p *parser) salvage(s dsl.Stmt, start int) dsl.Stmt {
	span := p.from(start)
	if b, ok := s.(*dsl.BindStmt); ok {
		value := dsl.Span{Start: min(b.Name.End, span.End), End: span.End}
		return &dsl.BindStmt{Span: span, Name: b.Name, Type: b.Type, Value: &dsl.BadExpr{Span: value}}
	}
	return &dsl.BadStmt{Span: span}
}

func endsWithExpr(s dsl.Stmt) bool {
	switch s := s.(type) {
	case *dsl.CommitStmt, *dsl.RollbackStmt, *dsl.BadStmt:
		return false
	case *dsl.ReturnStmt:
		return s.Value != nil
	case *dsl.BreakStmt:
		return s.Value != nil
	case *dsl.LabeledStmt:
		return endsWithExpr(s.Stmt)
	}
	return true
}

func (p *parser) anyStatement() dsl.Stmt {
	t, after := p.peek(), p.ahead(1)
	switch {
	case isName(t) && is(after, ":="):
		return p.binding()
	case isName(t) && is(after, ":"):
		return p.labeled()
	case t.Type == wordToken && (is(after, ":=") || is(after, ":")):
		p.fault(diag.Syntax, spanOf(t), "`"+t.Value+"` can't be the name of a step", reservedHelp+", as "+t.Value+"_")
		return &dsl.BadStmt{Span: spanOf(t)}
	case t.Type == wordToken && simpleStmts[t.Value]:
		return p.simple()
	case is(t, "var"):
		return p.varBinding()
	}
	p.foreignStatement(t, after)
	return p.exprStmt()
}

func (p *parser) binding() dsl.Stmt {
	start := p.start
	name := ident(p.next())
	p.next()
	value := p.value()
	return &dsl.BindStmt{Span: p.from(start), Name: name, Value: value}
}

// varBinding parses var name Type = value.
func (p *parser) varBinding() dsl.Stmt {
	start := spanOf(p.next()).Start
	node, ok := production(p, paramGrammar, "a name", "a binding with a stated type is written var name Type = value")
	if !ok {
		return &dsl.BadStmt{Span: p.from(start)}
	}
	s := &dsl.BindStmt{Name: ident(&node.Name), Type: p.typeExpr(node.Type), Value: p.bad()}
	if p.expect("=") {
		s.Value = p.value()
	}
	s.Span = p.from(start)
	return s
}

func (p *parser) labeled() dsl.Stmt {
	start := p.start
	label := ident(p.next())
	p.next()
	var s dsl.Stmt
	switch t := p.peek(); {
	case isName(t) && is(p.ahead(1), ":="):
		p.fault(diag.Syntax, spanOf(t), "a binding can't have a label", "a binding's name is its step's id")
	case isName(t) && is(p.ahead(1), ":"):
		p.fault(diag.Syntax, spanOf(t), "a statement can't have two labels", "")
	case t.Type == wordToken && simpleStmts[t.Value]:
		s = p.simple()
	default:
		s = p.exprStmt()
	}
	if s == nil {
		return &dsl.BadStmt{Span: p.from(start)}
	}
	return &dsl.LabeledStmt{Span: p.from(start), Label: label, Stmt: s}
}

func (p *parser) exprStmt() dsl.Stmt { return &dsl.ExprStmt{X: p.value()} }

// foreignStatement faults what people from other languages write.
func (p *parser) foreignStatement(t, after *lexer.Token) {
	if !isName(t) {
		return
	}
	switch {
	case is(after, "="):
		p.fault(diag.Syntax, spanOf(after), "expected `:=` after `"+t.Value+"`, found `=`", boundOnce)
	case is(after, ",") && isName(p.ahead(2)) && (is(p.ahead(3), ":=") || is(p.ahead(3), "=")):
		p.fault(diag.Syntax, spanOf(after), "expected `:=` after `"+t.Value+"`, found `,`",
			"a step gives one value; what happens if it fails is said with `else`")
	case foreignStmts[t.Value] != "" && !continuesName(after):
		p.fault(diag.Syntax, spanOf(t), "expected a statement, found "+describe(t), foreignStmts[t.Value])
	}
}

// boundOnce is what to say of an assignment.
const boundOnce = "a name is bound once, with `:=`: give the new value a name of its own, or carry it through the rounds of a `loop`"

// continuesName tells whether a word before t is a name that is called or stands in an
// expression, whatever the word means in other languages.
func continuesName(t *lexer.Token) bool {
	switch t.Value {
	case "(", ".", "?.", "[", "}":
		return t.Type == punctToken
	case "not":
		return true
	}
	_, operates := binaryOps[t.Value]
	return operates && t.Type != identToken || isSemi(t)
}

// simple parses a statement that begins with its own word.
func (p *parser) simple() dsl.Stmt {
	start := spanOf(p.peek()).Start
	switch word := p.next(); word.Value {
	case "commit":
		return &dsl.CommitStmt{Span: spanOf(word)}
	case "rollback":
		return &dsl.RollbackStmt{Span: spanOf(word)}
	case "validate":
		return p.validate(start)
	case "fail":
		x := p.expr()
		return &dsl.FailStmt{Span: p.from(start), X: x}
	case "log":
		message := p.expr()
		return &dsl.LogStmt{Span: p.from(start), Message: message}
	case "wait":
		return p.wait(start)
	case "break":
		value := p.optionalValue()
		return &dsl.BreakStmt{Span: p.from(start), Value: value}
	case "continue":
		state := p.optionalValue()
		return &dsl.ContinueStmt{Span: p.from(start), State: state}
	}
	value := p.optionalValue()
	return &dsl.ReturnStmt{Span: p.from(start), Value: value}
}

// optionalValue parses what return and the like give, nil where they give nothing.
func (p *parser) optionalValue() dsl.Expr {
	if p.ended() || p.arm && p.at(",") {
		return nil
	}
	return p.value()
}

func (p *parser) validate(start int) dsl.Stmt {
	s := &dsl.ValidateStmt{Cond: p.expr()}
	if p.lineEnd() && is(p.ahead(1), "else") {
		p.next()
	}
	if !p.broken && p.accept("else") {
		s.Message = p.expr()
	}
	s.Span = p.from(start)
	return s
}

func (p *parser) wait(start int) dsl.Stmt {
	s := &dsl.WaitStmt{}
	if p.at("until") && !endsValue(p.ahead(1)) {
		p.next()
		s.Until = true
	}
	s.X = p.expr()
	s.Span = p.from(start)
	return s
}

// endsValue tells whether a token can't begin a value, so that the word before
// it must be one.
func endsValue(t *lexer.Token) bool {
	return isSemi(t) || t.EOF() || t.Type == punctToken && !is(t, "(") && !is(t, "[")
}
