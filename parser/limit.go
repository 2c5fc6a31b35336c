package parser

import "github.com/wfgen/wfgen/dsl"

// The clauses that bound how often a tool is called. Their inner words (per, once, open)
// are words of the language nowhere else, and names everywhere else.

// limit parses limit N per D or limit N at once, and the by and the refuse or replace that may
// follow.
func (p *parser) limit(start int) dsl.Clause {
	c := &dsl.LimitClause{}
	p.next()
	c.N = p.clauseValue("a number of calls")
	switch {
	case p.broken:
	case p.acceptName("per"):
		c.Per = p.clauseValue("a duration")
	case p.at("at") && p.ahead(1).Value == "once":
		p.next()
		p.next()
	default:
		p.wanted("`per` and a duration, or `at once`", "a limit is `limit 10 per 1s` or `limit 5 at once`")
	}
	if !p.broken && p.accept("by") {
		c.By = p.name("`by` takes the name of a parameter")
	}
	if t := p.peek(); !p.broken && t.Type == identToken && (t.Value == "refuse" || t.Value == "replace") {
		c.Full = p.name("")
	}
	c.Span = p.from(start)
	return c
}

// breaker parses breaker N per D open D.
func (p *parser) breaker(start int) dsl.Clause {
	const help = "a breaker is `breaker 5 per 1m open 30s`: how many failures within which time, and how long calls are refused then"
	c := &dsl.BreakerClause{}
	p.next()
	c.N = p.clauseValue("a number of failures")
	c.Per = p.wordThen("per", help)
	c.Open = p.wordThen("open", help)
	c.Span = p.from(start)
	return c
}

// wordThen parses the duration that follows a word of a clause.
func (p *parser) wordThen(word, help string) dsl.Expr {
	if p.broken {
		return p.bad()
	}
	if !p.acceptName(word) {
		p.wanted("`"+word+"` and a duration", help)
		return p.bad()
	}
	return p.clauseValue("a duration")
}

// acceptName takes a word that is a name elsewhere.
func (p *parser) acceptName(word string) bool {
	t := p.peek()
	if t.Type != identToken || t.Value != word {
		return false
	}
	p.next()
	return true
}
