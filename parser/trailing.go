package parser

import (
	"github.com/wfgen/wfgen/diag"
)

// trailing faults what follows a whole statement.
func (p *parser) trailing() {
	t := p.peek()
	before := &p.tokens[p.index()-1]
	switch {
	case before.Type == clauseToken && before.Pos.Offset == p.start:
		p.fault(diag.Syntax, spanOf(before), "`"+before.Value+"` follows no call", "a clause follows its call, on the same line or at the start of the next")
	case is(t, "else") && is(before, "}"):
		p.fault(diag.Syntax, spanOf(t), "`else` can't stand here: it follows a call, an `if`, a `loop` or a `try`",
			"say what stands in for a failure with a try around the block: try { … } else { … }")
	case p.atClause() && t.Value != "where":
		p.fault(diag.Syntax, spanOf(t), "`"+t.Value+"` can't stand here: a clause follows a call that is a whole statement or right side",
			"put the call in parentheses or bind it")
	case assignments[t.Value]:
		p.fault(diag.Syntax, spanOf(t), "`"+t.Value+"` isn't part of the language", boundOnce)
	default:
		p.wanted("the end of the line", p.trailingHelp())
	}
}

var assignments = set("++", "--", "+=", "-=", "*=", "/=", "%=")

// The units of time, also by names that a duration doesn't have for them.
var unitNames = set("day", "days", "hour", "hours", "minute", "minutes", "min", "second", "seconds", "sec", "d", "h", "m", "s", "ms")

// trailingHelp is what to say of what stands where a statement should end.
func (p *parser) trailingHelp() string {
	switch t := p.peek(); {
	case is(t, "="):
		return "names are bound once, with `:=`; values are compared with `==`"
	case is(t, "?"):
		return "write if c { a } else { b }"
	case t.Type == identToken && p.tokens[p.index()-1].Type == intToken && unitNames[t.Value]:
		return "a duration is written in one word, as 1d, 2h30m or 10s"
	case p.tokens[p.index()-1].Value == "within", t.Value == "within", t.Value == "per", t.Type == intToken && p.ahead(1).Value == "per":
		return "how many of the calls, or how often in a time, isn't said of a call: `timeout 1s` says how long an attempt may take, `retry 3` how often it is tried again"
	case t.Type == intToken && is(p.ahead(1), "in") && p.ahead(2).Type == durationToken:
		return "how often in a time isn't said of a call: `retry 5` says how often it is tried again, `timeout 1m` how long an attempt may take"
	case is(t, "{"):
		return "in a block's header a struct literal stands in parentheses"
	case isName(t) && p.index() > 2 && is(&p.tokens[p.index()-1], "]") && is(&p.tokens[p.index()-2], "["):
		return "a list is written [1, 2], without its type"
	default:
		return foreignOps[t.Value]
	}
}
