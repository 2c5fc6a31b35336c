package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// Words that are values.
var literalWords = map[string]dsl.LitKind{"true": dsl.BoolLit, "false": dsl.BoolLit, "none": dsl.NoneLit}

// primary parses an operand without its signs and accesses.
func (p *parser) primary() dsl.Expr {
	if p.broken {
		return p.bad()
	}
	t := p.peek()
	switch t.Type {
	case identToken, clauseToken:
		return p.named(t)
	case wordToken:
		return p.byWord(t)
	case intToken:
		return p.literal(dsl.IntLit)
	case floatToken:
		return p.literal(dsl.FloatLit)
	case durationToken:
		return p.literal(dsl.DurationLit)
	case timeToken:
		return p.literal(dsl.TimeLit)
	case strOpenToken:
		return p.stringLit()
	case invalidToken:
		p.next()
		return &dsl.BadExpr{Span: spanOf(t)}
	}
	switch {
	case is(t, "("):
		return p.paren()
	case is(t, "["):
		return p.listLit()
	}
	p.noExpr(t)
	return p.bad()
}

func (p *parser) literal(kind dsl.LitKind) dsl.Expr {
	t := p.next()
	return &dsl.BasicLit{Span: spanOf(t), Kind: kind, Text: t.Value}
}

// noExpr faults a token that begins no expression.
func (p *parser) noExpr(t *lexer.Token) {
	help := ""
	switch {
	case is(t, "{") && p.startsLine(t):
		help = "a block has a word before it, as `if` or `try`, but in a `race`: in a `parallel` write its steps as lines of their own, with `after` for their order, or call a workflow that has them"
	case is(t, "{"):
		help = "a map is written map[string]int{\"a\": 1}, a struct Name{field: value}"
	case is(t, "++") || is(t, "--"):
		help = boundOnce
	case is(t, ".") || is(t, "?."):
		help = "end the line above with the `" + t.Value + "`"
	case is(t, "&") || is(t, "*"):
		help = "there are no pointers: values are passed as they are"
	}
	p.wantValue(help)
}

// startsLine tells whether a token begins a statement, or what follows its label.
func (p *parser) startsLine(t *lexer.Token) bool {
	if t.Pos.Offset == p.start {
		return true
	}
	i := p.index() - 2
	return i >= 0 && is(&p.tokens[i+1], ":") && p.tokens[i].Pos.Offset == p.start
}

// wantValue faults the next token, where a value, or a statement, should begin.
func (p *parser) wantValue(help string) {
	if t := p.peek(); t.Pos.Offset == p.start && !p.broken {
		p.fault(diag.Syntax, spanOf(t), "expected a statement, found "+describe(t), help)
		return
	}
	p.wanted("a value", help)
}

// byWord parses an expression that begins with a reserved word.
func (p *parser) byWord(t *lexer.Token) dsl.Expr {
	if kind, ok := literalWords[t.Value]; ok {
		return p.literal(kind)
	}
	parse := map[string]func() dsl.Expr{
		"if": p.ifExpr, "match": p.matchExpr, "for": p.forExpr, "parallel": p.parallelExpr,
		"race": p.raceExpr, "try": p.tryExpr, "loop": p.loopExpr,
	}[t.Value]
	if verbs[t.Value] {
		return p.verb(dsl.Verb(t.Value))
	}
	if parse == nil {
		help := ""
		if topWords[t.Value] {
			help = "`" + t.Value + "` stands at the top of a file"
		}
		p.wantValue(help)
		return p.bad()
	}
	if p.header {
		p.wanted("a value", "a block in another block's header stands in parentheses")
		return p.bad()
	}
	return parse()
}

// named parses what begins with a name: a call, a literal of a struct or map, or
// the name alone.
func (p *parser) named(t *lexer.Token) dsl.Expr {
	switch after := p.ahead(1); {
	case t.Value == "not" && (after.Type == identToken || after.Type == wordToken):
		p.wanted("a value", "write `!`")
		return p.bad()
	case is(after, "("):
		if keyed[t.Value] && isName(p.ahead(2)) && is(p.ahead(3), "in") {
			return p.keyedExpr()
		}
		if t.Value == "decode" {
			return p.decodeExpr()
		}
		return p.call(nil, ident(p.next()))
	case is(after, "{") && !p.header:
		return p.structLit(nil, ident(p.next()))
	case is(after, "[") && t.Value == "map":
		return p.mapLit()
	}
	return ident(p.next())
}

// call parses the arguments of a call, without clauses. Pkg is nil where fun is of
// the file's own package.
func (p *parser) call(pkg, fun *dsl.Ident) *dsl.CallExpr {
	c := &dsl.CallExpr{Package: pkg, Fun: fun}
	p.list(")", func() { c.Args = append(c.Args, p.argument()) })
	c.Span = p.from(startOf(pkg, fun))
	return c
}

// startOf is where a name begins that may have a package before it.
func startOf(pkg, name *dsl.Ident) int {
	if pkg != nil {
		return pkg.Start
	}
	return name.Start
}

// argument parses an argument or element, which takes no clauses.
func (p *parser) argument() dsl.Expr {
	x := p.expr()
	if p.broken || !p.atClause() {
		return x
	}
	if _, ok := x.(*dsl.CallExpr); ok {
		p.misplacedClause()
	}
	return x
}

// misplacedClause faults a clause on a call inside of something larger.
func (p *parser) misplacedClause() {
	t := p.peek()
	p.fault(diag.Syntax, spanOf(t), "`"+t.Value+"` can't stand on a call inside a larger expression", "put the call in parentheses or bind it")
}

// keyed are the builtins that take a key of each element.
var keyed = map[string]bool{"sort": true, "group": true}

// keyedExpr parses sort(x in xs by key).
func (p *parser) keyedExpr() dsl.Expr {
	word := p.next()
	x := &dsl.KeyedExpr{Span: spanOf(word), Fun: word.Value, Var: ident(p.ahead(1)), List: p.bad(), Key: p.bad()}
	p.nested(func(int) {
		p.next()
		p.next()
		x.List = p.expr()
		if p.expect("by") {
			x.Key = p.expr()
		}
		p.lastLineEnd()
	})
	p.expect(")")
	x.Span = p.from(x.Start)
	return x
}

// decodeExpr parses decode(Type, x).
func (p *parser) decodeExpr() dsl.Expr {
	const help = "decode takes a type and what holds a value of it: decode(Order, text)"
	d := &dsl.DecodeExpr{Span: spanOf(p.next()), Type: &dsl.BadType{Span: p.here()}, X: p.bad()}
	p.nested(func(int) {
		if node, ok := production(p, typeGrammar, "a type", help); ok {
			d.Type = p.typeExpr(node)
		}
		if !p.broken && !p.accept(",") {
			p.wanted("`,`", help)
		}
		if !p.broken {
			d.X = p.argument()
			p.accept(",")
		}
		p.lastLineEnd()
	})
	p.expect(")")
	d.Span = p.from(d.Start)
	return d
}

func (p *parser) paren() dsl.Expr {
	x := &dsl.ParenExpr{Span: spanOf(p.peek()), X: p.bad()}
	p.nested(func(open int) {
		x.X = p.value()
		p.closeParen(open)
	})
	p.expect(")")
	x.Span = p.from(x.Start)
	return x
}

// closeParen says what is wrong where no ) follows.
func (p *parser) closeParen(open int) {
	p.lastLineEnd()
	switch {
	case p.broken || p.at(")"):
	case p.partner[open] < 0:
		p.unclosed(open, ")")
	case p.atClause():
		p.misplacedClause()
	case foreignOps[p.peek().Value] != "":
		p.wanted("`)`", foreignOps[p.peek().Value])
	}
}

func (p *parser) listLit() dsl.Expr {
	x := &dsl.ListLit{Span: spanOf(p.peek())}
	p.list("]", func() { x.Elems = append(x.Elems, p.argument()) })
	x.Span = p.from(x.Start)
	return x
}

// structLit parses the fields of a literal of the type pkg.name, or name alone.
func (p *parser) structLit(pkg, name *dsl.Ident) dsl.Expr {
	x := &dsl.StructLit{Package: pkg, Type: name}
	p.list("}", func() {
		if p.accept("...") {
			p.spread(x)
			return
		}
		if f := p.fieldValue(); !p.broken {
			x.Fields = append(x.Fields, f)
		}
	})
	x.Span = p.from(startOf(pkg, name))
	return x
}

func (p *parser) spread(x *dsl.StructLit) {
	if x.Spread != nil || len(x.Fields) > 0 {
		t := &p.tokens[p.index()-1]
		p.fault(diag.Syntax, spanOf(t), "`...` stands before the fields, once", "")
	}
	x.Spread = p.expr()
}

func (p *parser) fieldValue() dsl.FieldValue {
	if !isFieldName(p.peek()) || !is(p.ahead(1), ":") {
		if isFieldName(p.peek()) {
			p.next()
			p.wanted("`:`", "a field's value is written name: value")
		}
		p.wanted("a field's name", "a field's value is written name: value")
		return dsl.FieldValue{}
	}
	name := ident(p.next())
	p.next()
	return dsl.FieldValue{Name: name, Value: p.argument()}
}
