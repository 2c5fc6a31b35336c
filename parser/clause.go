package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// clauses parses the clauses of a call or declaration. They may go on on the
// lines below.
func (p *parser) clauses() []dsl.Clause {
	var list []dsl.Clause
	for !p.broken && p.nextClause() {
		if c := p.clause(); c != nil && !p.broken {
			list = dsl.AddClause(list, c)
		}
	}
	return list
}

// nextClause goes to the clause that follows, past the end of a line if need be.
func (p *parser) nextClause() bool {
	if p.atClause() {
		return true
	}
	if !p.lineEnd() || !leading[p.ahead(1).Value] || p.ahead(1).Type == identToken {
		return false
	}
	if !is(p.ahead(1), "else") && (startsOther(p.ahead(2)) || p.usedAsName(p.ahead(1), p.ahead(2))) {
		return false
	}
	p.next()
	return true
}

// atClause tells whether the next token begins a clause, on this line.
func (p *parser) atClause() bool { return p.peek().Type == clauseToken || p.at("else") }

// lineEnd tells whether the next token is a line's end, not a written semicolon.
func (p *parser) lineEnd() bool { return isSemi(p.peek()) && p.peek().Value == "" }

// startsOther tells whether the word before t begins a statement, an arm or a
// field, not a clause.
func startsOther(t *lexer.Token) bool {
	return is(t, ":=") || is(t, "=>") || is(t, ":") || is(t, ".") || is(t, "(")
}

// usedAsName tells whether a word at a line's beginning is a name, by what follows it: what
// no clause's value begins with. Of the words that people call things by, neither is one a
// clause that nothing follows.
func (p *parser) usedAsName(word, after *lexer.Token) bool {
	if is(word, "readonly") || is(word, "idempotent") {
		return false
	}
	_, operates := binaryOps[after.Value]
	switch {
	case operates && after.Type == punctToken && !is(after, "-"), is(after, "["), is(after, "?"), is(after, "in"), is(after, "not"):
		return true
	}
	return rareClauses[word.Value] && (isSemi(after) || after.EOF() || is(after, "}") || is(after, ","))
}

// clause parses one clause. It is nil where there is none that can stand here.
func (p *parser) clause() dsl.Clause {
	start := spanOf(p.peek()).Start
	switch t := p.peek(); t.Value {
	case "readonly", "idempotent":
		p.next()
		return &dsl.EffectClause{Span: spanOf(t), Readonly: t.Value == "readonly"}
	case "retry":
		return p.retry(start)
	case "timeout":
		p.next()
		d := p.clauseValue("a duration")
		return &dsl.TimeoutClause{Span: p.from(start), D: d}
	case "until":
		p.next()
		t := p.clauseValue("a time")
		return &dsl.UntilClause{Span: p.from(start), T: t}
	case "where":
		p.next()
		cond := p.clauseValue("a condition")
		return &dsl.WhereClause{Span: p.from(start), Cond: cond}
	case "else":
		p.next()
		if p.at("on") && isName(p.ahead(1)) && (is(p.ahead(2), "=>") || is(p.ahead(2), ",") || isName(p.ahead(2))) {
			return p.elseOn(start)
		}
		body := p.elseBody()
		return &dsl.ElseClause{Span: p.from(start), Body: body}
	case "undo", "finally":
		return p.undo(start)
	case "after":
		p.next()
		names := p.names("`after` takes the names of bindings and labels above")
		return &dsl.AfterClause{Span: p.from(start), Names: names}
	case "fails":
		p.next()
		names := p.names("`fails` takes the names of declared errors")
		return &dsl.FailsClause{Span: p.from(start), Names: names}
	case "with":
		p.next()
		name := p.name("`with` takes the name of a policy")
		return &dsl.WithClause{Span: p.from(start), Name: name}
	case "keep":
		p.next()
		d := p.clauseValue("a duration")
		return &dsl.KeepClause{Span: p.from(start), D: d}
	case "version":
		p.next()
		n := p.clauseValue("a number")
		return &dsl.VersionClause{Span: p.from(start), N: n}
	case "limit":
		return p.limit(start)
	case "breaker":
		return p.breaker(start)
	case "cache":
		p.next()
		d := p.clauseValue("a duration")
		return &dsl.CacheClause{Span: p.from(start), D: d}
	}
	p.otherClause()
	return nil
}

// otherClause deals with a clause word that begins no clause here.
func (p *parser) otherClause() {
	t := p.peek()
	p.fault(diag.Syntax, spanOf(t), "`"+t.Value+"` can't stand here", map[string]string{
		"backoff": "it follows `retry N`", "at": "it follows `retry`",
		"on": "it follows `retry N`", "early": "it follows `undo` or `finally`", "by": "it follows `approve` and its text, and `limit N at once`",
		"max": "bound the number of attempts with `retry N`",
	}[t.Value])
}

func (p *parser) retry(start int) dsl.Clause {
	c := &dsl.RetryClause{}
	p.next()
	if p.accept("at") {
		c.At = append(c.At, p.clauseValue("a duration"))
		for p.anotherItem() {
			c.At = append(c.At, p.clauseValue("a duration"))
		}
	} else {
		c.N = p.clauseValue("a number of attempts")
		if !p.broken && p.accept("backoff") {
			c.Min = p.clauseValue("a duration")
			if p.expect("..") {
				c.Max = p.clauseValue("a duration")
			}
		}
	}
	if !p.broken && p.accept("on") {
		c.On = p.names("`on` takes the names of errors that the tool `fails` with")
	}
	c.Span = p.from(start)
	return c
}

// anotherItem takes the comma before another item of a clause. In an arm without
// braces a comma ends the arm.
func (p *parser) anotherItem() bool { return !p.broken && !p.arm && p.accept(",") }

// clauseValue parses the value of a clause. A clause word there begins the next clause, and
// the value is missing, unless it is a word that begins none and nothing follows it.
func (p *parser) clauseValue(what string) dsl.Expr {
	t, after := p.peek(), p.ahead(1)
	word := t.Type == clauseToken && !startsOther(after)
	switch {
	case p.ended(), word && !endsClause(after):
		p.wanted(what, "")
	case word && leading[t.Value]:
		p.wanted(what, "`"+t.Value+"` begins a clause here: give what has this name another one, or put it in parentheses")
	default:
		return p.expr()
	}
	return p.bad()
}

// endsClause tells whether a clause is over before a token.
func endsClause(t *lexer.Token) bool {
	return isSemi(t) || t.EOF() || is(t, "}") || is(t, ")") || is(t, ",") || leading[t.Value] && t.Type != identToken
}

// elseOn parses what stands in for one error: on Name => value, on Name n => { … }.
func (p *parser) elseOn(start int) dsl.Clause {
	p.next()
	a := &dsl.Arm{Pattern: ident(p.next())}
	if isName(p.peek()) {
		a.Name = ident(p.next())
	}
	if p.at(",") {
		p.fault(diag.Syntax, spanOf(p.peek()), "`else on` names one error, found `,`",
			"write one for each: else on "+a.Pattern.(*dsl.Ident).Name+" => … else on … => …")
		return nil
	}
	if !p.at("=>") {
		p.wanted("`=>`", "an error and what stands in for it: else on Declined d => d.reason")
		return nil
	}
	p.next()
	if t := p.peek(); t.Type == wordToken && t.Value == "fail" {
		a.Body = bare(p.simple())
	} else {
		a.Body = p.elseBody()
	}
	a.Span = p.from(start)
	return dsl.ElseOn(p.from(start), []*dsl.Arm{a}, nil)
}

// elseBody is a block, or one expression without clauses of its own.
func (p *parser) elseBody() *dsl.Block {
	if p.at("{") {
		return p.block()
	}
	if t := p.peek(); simpleStmts[t.Value] && t.Type == wordToken {
		p.wanted("a value or a block", "put the statement in braces: else { "+t.Value+" … }")
	}
	x := p.expr()
	return bare(&dsl.ExprStmt{X: x})
}

func bare(s dsl.Stmt) *dsl.Block {
	return &dsl.Block{Span: s.Place(), Stmts: []dsl.Stmt{s}, Bare: true}
}

// undo parses undo CALL, and finally CALL.
func (p *parser) undo(start int) dsl.Clause {
	finally := p.next().Value == "finally"
	early := p.at("early") && isName(p.ahead(1))
	if early {
		p.next()
	}
	if t := p.peek(); !early && !finally && is(t, "none") {
		p.next()
		none := &dsl.BasicLit{Span: spanOf(t), Kind: dsl.NoneLit, Text: t.Value}
		return &dsl.UndoClause{Span: p.from(start), Call: none}
	}
	call, ok := p.undoCall().(*dsl.CallExpr)
	if !ok {
		p.noCall(finally)
		return nil
	}
	return &dsl.UndoClause{Span: p.from(start), Finally: finally, Early: early, Call: call}
}

// noCall faults what stands where an undo, or a finally, has its call.
func (p *parser) noCall(finally bool) {
	switch {
	case !finally:
		p.wanted("a call", "an undo is one call of a tool, as in `undo Release(r)`")
	case is(p.peek(), "none"):
		p.wanted("a call", "`undo none` says that the call owes nothing, whatever its tool's declaration says")
	default:
		p.wanted("a call", "`finally` is followed by one call of a tool, as in `finally Release(r)`")
	}
}

// undoCall parses a call without clauses. It is nil where none follows.
func (p *parser) undoCall() dsl.Expr {
	switch {
	case !isName(p.peek()):
		return nil
	case is(p.ahead(1), "("):
		return p.call(nil, ident(p.next()))
	case is(p.ahead(1), ".") && isName(p.ahead(2)) && is(p.ahead(3), "("):
		pkg := ident(p.next())
		p.next()
		return p.call(pkg, ident(p.next()))
	}
	return nil
}

func (p *parser) names(help string) []*dsl.Ident {
	var names []*dsl.Ident
	for {
		n := p.name(help)
		if n == nil {
			return names
		}
		names = append(names, n)
		if !p.anotherItem() {
			return names
		}
	}
}
