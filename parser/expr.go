package parser

import (
	"fmt"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// value parses an expression that is a whole statement or right side, or stands
// in parentheses: if it is a call, clauses may follow.
func (p *parser) value() dsl.Expr {
	x := p.expr()
	if call, ok := x.(*dsl.CallExpr); ok && !p.header {
		call.Clauses = p.clauses()
		call.Span = p.from(call.Start)
	}
	return x
}

// expr parses an expression without clauses.
func (p *parser) expr() dsl.Expr { return p.binary(1) }

// bad stands for an expression that isn't there.
func (p *parser) bad() dsl.Expr { return &dsl.BadExpr{Span: p.here()} }

// binary parses operands with operators that bind at least as tightly as least.
func (p *parser) binary(least int) dsl.Expr {
	x := p.unary()
	for n := 0; !p.broken; n++ {
		op, tokens := p.operator()
		if tokens == 0 || op.Precedence() < least {
			break
		}
		if n == maxChain {
			p.tooLong(fmt.Sprintf("more than %d operators follow each other", maxChain))
			break
		}
		x = p.operation(x, op, tokens)
	}
	return x
}

// operation parses an operator of so many tokens and its right operand.
func (p *parser) operation(x dsl.Expr, op dsl.BinaryOp, tokens int) dsl.Expr {
	p.operand(x)
	if p.lineEnd() {
		p.next()
	}
	start := spanOf(p.peek())
	for range tokens {
		p.next()
	}
	opSpan := p.from(start.Start)
	y := p.binary(op.Precedence() + 1)
	p.operand(y)
	return &dsl.BinaryExpr{Span: x.Place().To(y.Place()), Op: op, OpSpan: opSpan, X: x, Y: y}
}

// operand faults a block that is an operand without parentheses.
func (p *parser) operand(x dsl.Expr) {
	if isBlock(x) {
		span := x.Place()
		p.fault(diag.Syntax, dsl.Span{Start: span.Start, End: p.wordEnd(span.Start)},
			"a block can't be an operand without parentheses", "put the block in parentheses, and a struct literal in its header too")
	}
}

// wordEnd is the end of the word that begins at start.
func (p *parser) wordEnd(start int) int { return start + letters(p.source.Text[start:]) }

func isBlock(x dsl.Expr) bool {
	switch x.(type) {
	case *dsl.IfExpr, *dsl.MatchExpr, *dsl.ForExpr, *dsl.ParallelExpr, *dsl.RaceExpr, *dsl.TryExpr, *dsl.LoopExpr:
		return true
	}
	return false
}

func (p *parser) tooLong(message string) {
	p.fault(diag.NestedTooDeep, spanOf(p.peek()), message, "take parts of it out into bindings or funcs")
}

var binaryOps = map[string]dsl.BinaryOp{}

func init() {
	for _, op := range []dsl.BinaryOp{dsl.Coalesce, dsl.OrOr, dsl.AndAnd, dsl.Eq, dsl.NotEq, dsl.Less, dsl.LessEq,
		dsl.More, dsl.MoreEq, dsl.In, dsl.Add, dsl.Sub, dsl.Mul, dsl.Div, dsl.Rem} {
		binaryOps[string(op)] = op
	}
}

// operator is the operator that comes next and the number of its tokens, 0 where
// none comes. A line that begins with one, other than -, continues the one above.
func (p *parser) operator() (dsl.BinaryOp, int) {
	at := 0
	if p.lineEnd() {
		at = 1
	}
	t := p.ahead(at)
	if t.Value == "not" && t.Type == identToken && is(p.ahead(at+1), "in") {
		return dsl.NotIn, 2
	}
	op, ok := binaryOps[t.Value]
	if !ok || t.Type != punctToken && t.Type != wordToken {
		return "", 0
	}
	if at == 1 && (op == dsl.Sub || op == dsl.In && is(p.ahead(2), ":")) {
		return "", 0
	}
	return op, 1
}

// unary parses signs and what they stand before.
func (p *parser) unary() dsl.Expr {
	var signs []*lexer.Token
	for p.at("!") || p.at("-") {
		if len(signs) == maxNesting {
			p.tooDeep(spanOf(p.peek()))
			return p.bad()
		}
		signs = append(signs, p.next())
	}
	x := p.postfix(p.primary())
	if len(signs) > 0 {
		p.operand(x)
	}
	for i := len(signs) - 1; i >= 0; i-- {
		op := dsl.UnaryOp(signs[i].Value)
		x = &dsl.UnaryExpr{Span: spanOf(signs[i]).To(x.Place()), Op: op, X: x}
	}
	return x
}

// postfix parses the accesses behind x.
func (p *parser) postfix(x dsl.Expr) dsl.Expr {
	for n := 0; !p.broken && !isBlock(x); n++ {
		if n == maxChain {
			p.tooLong(fmt.Sprintf("more than %d accesses follow each other", maxChain))
			break
		}
		switch {
		case p.at(".") || p.at("?."):
			x = p.selector(x)
		case p.at("["):
			x = p.indexing(x)
		case p.at("("):
			x = p.callOf(x)
		case p.at("{") && !p.header && qualified(x) != nil:
			s := qualified(x)
			x = p.structLit(s.X.(*dsl.Ident), s.Sel)
		default:
			return x
		}
	}
	return x
}

func (p *parser) selector(x dsl.Expr) dsl.Expr {
	optional := p.next().Value == "?."
	if p.peek().Type != identToken {
		p.wanted("a field's name", "")
		return x
	}
	sel := ident(p.next())
	return &dsl.SelectorExpr{Span: x.Place().To(sel.Span), X: x, Optional: optional, Sel: sel}
}

// qualified is x if it can be the name of something in another package.
func qualified(x dsl.Expr) *dsl.SelectorExpr {
	s, ok := x.(*dsl.SelectorExpr)
	if !ok || s.Optional {
		return nil
	}
	if _, ok := s.X.(*dsl.Ident); !ok {
		return nil
	}
	return s
}

// callOf parses a call into another package, and faults one of what isn't a name.
func (p *parser) callOf(x dsl.Expr) dsl.Expr {
	if s := qualified(x); s != nil {
		return p.call(s.X.(*dsl.Ident), s.Sel)
	}
	p.fault(diag.Syntax, spanOf(p.peek()), "only a name can be called", "values have no methods: call a builtin or a func with the value, name(value)")
	return x
}

// indexing parses [i] or [lo:hi] behind x.
func (p *parser) indexing(x dsl.Expr) dsl.Expr {
	var lo, hi dsl.Expr
	slice := false
	p.nested(func(int) {
		if !p.at(":") {
			lo = p.expr()
		}
		if slice = !p.broken && p.accept(":"); slice && !p.at("]") {
			hi = p.expr()
		}
		p.lastLineEnd()
	})
	p.expect("]")
	span := p.from(x.Place().Start)
	if slice {
		return &dsl.SliceExpr{Span: span, X: x, Lo: lo, Hi: hi}
	}
	if lo == nil { // nested too deep
		lo = p.bad()
	}
	return &dsl.IndexExpr{Span: span, X: x, Index: lo}
}

// lastLineEnd skips the end of the line before a closing bracket.
func (p *parser) lastLineEnd() {
	if !p.broken && p.lineEnd() {
		p.next()
	}
}
