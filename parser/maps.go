package parser

import "github.com/wfgen/wfgen/dsl"

const mapHelp = "a map is written map[string]int{\"a\": 1}"

func (p *parser) mapLit() dsl.Expr {
	start := spanOf(p.peek()).Start
	node, ok := production(p, typeGrammar, "a type", mapHelp)
	if !ok {
		return p.bad()
	}
	t, ok := p.typeExpr(node).(*dsl.MapType)
	if !ok {
		return &dsl.BadExpr{Span: p.from(start)}
	}
	if !p.at("{") {
		p.wanted("`{`", mapHelp)
		return &dsl.BadExpr{Span: p.from(start)}
	}
	x := p.entries(t)
	x.Span = p.from(start)
	return x
}

// entries parses { … } of a map of a type.
func (p *parser) entries(t *dsl.MapType) *dsl.MapLit {
	x := &dsl.MapLit{Type: t}
	start := spanOf(p.peek()).Start
	p.list("}", func() {
		if e, ok := p.entry(t); ok {
			x.Entries = append(x.Entries, e)
		}
	})
	x.Span = p.from(start)
	return x
}

// entry parses key: value, ...spread, or a for whose body holds entries.
func (p *parser) entry(t *dsl.MapType) (e dsl.MapEntry, ok bool) {
	switch {
	case p.accept("..."):
		return dsl.MapEntry{Spread: p.expr()}, true
	case p.at("for") && !p.broken:
		return dsl.MapEntry{For: p.forEntry(t)}, true
	}
	key := p.argument()
	if p.at(":=") {
		p.wanted("`:`", "between the braces of a map stand entries alone, key: value: bind names above it, or call a func")
	}
	if !p.expect(":") {
		return e, false
	}
	return dsl.MapEntry{Key: key, Value: p.argument()}, true
}

// forEntry parses a for among the entries of a map: each round adds what stands in its
// braces.
func (p *parser) forEntry(t *dsl.MapType) *dsl.ForExpr {
	x := p.forHead()
	round := &dsl.MapLit{Span: p.here(), Type: t}
	if p.at("{") && !p.broken {
		round = p.entries(t)
	}
	x.Body = &dsl.Block{Span: round.Span, Stmts: []dsl.Stmt{&dsl.ExprStmt{X: round}}}
	x.Span = p.from(x.Start)
	return x
}
