package parser

import (
	"fmt"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// inHeader parses what stands between a block's word and its brace, and tells
// whether it is sound. If not, the parser goes on with the block.
func (p *parser) inHeader(parse func()) bool {
	header := p.header
	p.header = true
	parse()
	p.header = header
	if !p.broken && !p.at("{") {
		p.wanted("`{`", p.blockHelp())
	}
	if p.broken {
		p.skipToBody()
		return false
	}
	return true
}

// condition parses the expression in a header, a BadExpr where the header is unsound.
func (p *parser) condition() dsl.Expr {
	start := p.end()
	var x dsl.Expr
	if !p.inHeader(func() { x = p.expr() }) {
		return &dsl.BadExpr{Span: p.from(start)}
	}
	return x
}

// ifExpr parses an if with all its else-ifs, one after the other.
func (p *parser) ifExpr() dsl.Expr {
	var chain []*dsl.IfExpr
	for {
		x := &dsl.IfExpr{Span: spanOf(p.next())}
		chain = append(chain, x)
		x.Cond = p.condition()
		x.Then = p.block()
		if len(chain) > maxChain {
			p.fault(diag.NestedTooDeep, x.Span, fmt.Sprintf("more than %d `else if` follow each other", maxChain), "use `match`")
		}
		if p.broken || !p.elseFollows() {
			break
		}
		p.next()
		if !p.at("if") {
			x.Else = p.block()
			break
		}
	}
	return p.joinIfs(chain)
}

// elseFollows tells whether an else is next. One at a line's start is a fault,
// but of what it belongs to there is no doubt.
func (p *parser) elseFollows() bool {
	if p.lineEnd() && is(p.ahead(1), "else") {
		p.report(diag.Syntax, spanOf(p.ahead(1)), "expected a statement, found `else`", "write `} else` on one line")
		p.next()
	}
	return p.at("else")
}

// joinIfs hangs each if of a chain into the one before.
func (p *parser) joinIfs(chain []*dsl.IfExpr) dsl.Expr {
	end := p.end()
	for i := len(chain) - 1; i >= 0; i-- {
		chain[i].End = max(end, chain[i].End)
		if i > 0 {
			chain[i-1].Else = bare(&dsl.ExprStmt{X: chain[i]})
		}
	}
	return chain[0]
}

func (p *parser) parallelExpr() dsl.Expr {
	start := spanOf(p.next()).Start
	body := p.block()
	return &dsl.ParallelExpr{Span: p.from(start), Body: body}
}

func (p *parser) tryExpr() dsl.Expr {
	x := &dsl.TryExpr{Span: spanOf(p.next())}
	if !p.at("{") {
		p.inHeader(func() { p.tryAgain(x) })
	}
	x.Body = p.block()
	if !p.broken && p.elseFollows() {
		p.next()
		x.Else = p.block()
	} else if !p.broken && len(x.Retries) == 0 {
		p.wanted("`else`", "say what happens where the block fails: try { … } else { … }")
	}
	x.Span = p.from(x.Start)
	return x
}

// tryAgain parses the retries of a try, the one kind of clause that it has.
func (p *parser) tryAgain(x *dsl.TryExpr) {
	for !p.broken && !p.at("{") && p.nextClause() {
		t := p.peek()
		if r, ok := p.clause().(*dsl.RetryClause); ok {
			x.Retries = append(x.Retries, r)
			continue
		}
		p.fault(diag.Syntax, spanOf(t), "`"+t.Value+"` can't stand here", "what stands between `try` and its block is `retry N`, `retry at` or nothing")
	}
}

func (p *parser) raceExpr() dsl.Expr {
	start := spanOf(p.next()).Start
	x := &dsl.RaceExpr{}
	p.braces(func(open int) {
		for p.skipSemis(); !p.blockEnd(open); p.skipSemis() {
			if a := p.raceArm(); a != nil {
				x.Arms = append(x.Arms, a)
			}
		}
	})
	x.Span = p.from(start)
	return x
}

// raceArm parses an arm and what ends it. It is nil where it is unsound.
func (p *parser) raceArm() *dsl.RaceArm {
	first := p.index()
	p.start = spanOf(p.peek()).Start
	start := p.start
	a := &dsl.RaceArm{}
	if isName(p.peek()) && is(p.ahead(1), ":") {
		a.Label = ident(p.next())
		p.next()
	}
	if p.at("{") {
		a.Body = p.block()
	} else {
		a.Body = bare(p.anyStatement())
	}
	a.Span = p.from(start)
	broken := p.broken
	p.endStatement()
	if p.index() == first {
		p.next()
	}
	if broken {
		return nil
	}
	return a
}

func (p *parser) loopExpr() dsl.Expr {
	x := &dsl.LoopExpr{Span: spanOf(p.next())}
	if !p.inHeader(func() { p.loopHeader(x) }) {
		x.Init, x.Max, x.X = p.bad(), p.bad(), nil
		if x.State == nil {
			x.State = &dsl.Ident{Span: p.here(), Name: "_"}
		}
	}
	x.Body = p.block()
	if !p.broken && p.elseFollows() {
		p.next()
		x.Else = p.block()
	}
	x.Span = p.from(x.Start)
	return x
}

func (p *parser) loopHeader(x *dsl.LoopExpr) {
	const help = "a `loop` has a bound or goes over a list, and may have a state: loop draft := first max 5 { … }, loop s := 0 for x in xs { … }"
	switch {
	case isName(p.peek()) && is(p.ahead(1), ":="):
		x.State = ident(p.next())
		p.next()
		x.Init = p.expr()
	case isName(p.peek()) && !p.at("max"):
		p.next()
		p.wanted("`:=`", help)
	}
	switch {
	case p.broken:
	case p.accept("max"):
		x.Max = p.expr()
	case p.at("for"):
		x.Key, x.Value, x.X, x.Where = p.goesOver()
		if !p.broken && p.at("parallel") {
			p.wanted("`{`", "the rounds of a `loop` run one after the other; those of a `for` may run side by side")
		}
	default:
		p.wanted("`max` or `for`", help)
	}
}

func (p *parser) forExpr() dsl.Expr {
	x := p.forHead()
	x.Body = p.block()
	x.Span = p.from(x.Start)
	return x
}

// forHead parses a for up to its braces.
func (p *parser) forHead() *dsl.ForExpr {
	x := &dsl.ForExpr{Span: spanOf(p.peek())}
	if !p.inHeader(func() { p.forHeader(x) }) {
		x.X, x.Where, x.Limit = p.bad(), nil, nil
	}
	if x.Value == nil {
		x.Value = &dsl.Ident{Span: p.here(), Name: "_"}
	}
	return x
}

func (p *parser) forHeader(x *dsl.ForExpr) {
	x.Key, x.Value, x.X, x.Where = p.goesOver()
	if p.broken || !p.accept("parallel") {
		return
	}
	x.Parallel = true
	if !p.at("{") {
		x.Limit = p.expr()
	}
}

// goesOver parses for key, value in x where c. What there isn't is nil.
func (p *parser) goesOver() (key, value *dsl.Ident, x, where dsl.Expr) {
	const help = "a `for` goes through a list or map: for x in xs { … }"
	if isName(p.ahead(1)) && is(p.ahead(2), ":=") { // of a list with range, or with a counter
		p.next()
		value = ident(p.next())
		p.wanted("`in`", help)
		for t := p.peek(); !is(t, "{") && !t.EOF() && (!isSemi(t) || t.Value == ";"); t = p.peek() {
			p.next()
		}
		return nil, value, nil, nil
	}
	node, ok := production(p, forGrammar, "a name", help)
	if !ok {
		return nil, nil, nil, nil
	}
	value = ident(&node.First.Name)
	if node.Last != nil {
		key, value = value, ident(&node.Last.Name)
	}
	x = p.expr()
	if !p.broken && p.accept("where") {
		where = p.expr()
	}
	return key, value, x, where
}

func (p *parser) matchExpr() dsl.Expr {
	x := &dsl.MatchExpr{}
	start := spanOf(p.next()).Start
	x.X = p.condition()
	outer := p.start
	p.body(func(open int) {
		p.members(open, func() {
			if a := p.matchArm(); a != nil {
				x.Arms = append(x.Arms, a)
			}
		})
	})
	p.start = outer
	x.Span = p.from(start)
	return x
}

// armHelp is what to say where an arm doesn't go on behind its pattern: what stands there may
// be the next line of the arm above.
const armHelp = "an arm is pattern => value; one of several lines stands in braces: pattern => { … }"

// matchArm parses an arm. It is nil where it is unsound.
func (p *parser) matchArm() *dsl.Arm {
	start := spanOf(p.peek()).Start
	a := &dsl.Arm{Pattern: p.pattern()}
	switch a.Pattern.(type) {
	case *dsl.Ident, *dsl.TypePattern:
		if isName(p.peek()) {
			a.Name = ident(p.next())
		}
	}
	if !p.broken && !p.at("=>") {
		p.wanted("`=>`", armHelp)
	}
	if p.broken {
		return nil
	}
	p.next()
	a.Body = p.armBody()
	if p.broken {
		return nil
	}
	a.Span = p.from(start)
	return a
}

func (p *parser) pattern() dsl.Expr {
	t := p.peek()
	switch {
	case is(t, "["), t.Value == "map" && is(p.ahead(1), "["):
		return p.typePattern()
	case isName(t):
		p.next()
		p.patternTail()
		return ident(t)
	case is(t, "-"):
		p.next()
		x := p.patternLiteral()
		p.patternTail()
		return &dsl.UnaryExpr{Span: spanOf(t).To(x.Place()), Op: dsl.Neg, X: x}
	}
	x := p.patternLiteral()
	p.patternTail()
	return x
}

// typePattern parses a type that is no name as a pattern.
func (p *parser) typePattern() dsl.Expr {
	const help = "a pattern of an any is []any, map[string]any, string, bool, float64, a literal, none or _"
	at := spanOf(p.peek())
	x := &dsl.TypePattern{Span: at, Type: &dsl.BadType{Span: at}}
	if node, ok := production(p, typeGrammar, "a type", help); ok {
		x.Type = p.typeExpr(node)
		x.Span = p.from(x.Start)
	}
	return x
}

// patternTail faults what can't follow a pattern.
func (p *parser) patternTail() {
	switch t := p.peek(); {
	case is(t, "."):
		p.wanted("`=>`", "a pattern names an enum's member alone, without the enum")
	case is(t, ","):
		p.wanted("`=>`", "write an arm for each pattern")
	}
}

func (p *parser) patternLiteral() dsl.Expr {
	switch t := p.peek(); t.Type {
	case intToken, floatToken, durationToken, timeToken, strOpenToken, invalidToken:
		return p.primary()
	case wordToken:
		if _, ok := literalWords[t.Value]; ok {
			return p.primary()
		}
	}
	p.wanted("a pattern (a literal, an enum's member or _)", "")
	return p.bad()
}

// armBody is a block, or one statement or value up to the arm's end.
func (p *parser) armBody() *dsl.Block {
	if p.at("{") {
		return p.block()
	}
	arm := p.arm
	p.arm = true
	defer func() { p.arm = arm }()
	if t := p.peek(); t.Type == wordToken && simpleStmts[t.Value] {
		return bare(p.simple())
	}
	if isName(p.peek()) && is(p.ahead(1), ":=") {
		p.fault(diag.Syntax, spanOf(p.ahead(1)), "a binding can't stand in an arm without braces", "put it in braces: => { … }")
	}
	return bare(p.exprStmt())
}
