package parser

import (
	"github.com/wfgen/wfgen/diag"
)

// list parses items between brackets, separated by commas or line ends. After a
// fault it is left behind its closing bracket, where it has one.
func (p *parser) list(closing string, item func()) {
	p.nested(func(open int) {
		for p.more(open, closing) {
			item()
			p.separate(open, closing)
		}
	})
	p.expect(closing)
}

// members is a list whose items are declared things: a fault in one drops that
// one, and the others are still read.
func (p *parser) members(open int, item func()) {
	for p.more(open, "}") {
		p.start = spanOf(p.peek()).Start
		item()
		p.separate(open, "}")
		if p.broken {
			p.skipTo(isSeparator)
			p.broken = false
			p.accept(",")
		}
	}
}

// nested takes an opening bracket and runs inside with what holds between
// brackets. After a fault it goes to the bracket's other half.
func (p *parser) nested(inside func(open int)) {
	open := p.index()
	header, arm := p.header, p.arm
	p.header, p.arm = false, false
	p.depth++
	if p.next(); p.depth > maxNesting {
		p.tooDeep(spanOf(&p.tokens[open]))
	} else {
		inside(open)
	}
	p.depth--
	p.header, p.arm = header, arm
	if p.broken && p.partner[open] >= 0 {
		p.jump(p.partner[open] + 1)
	}
}

// more tells whether another item follows, and skips the line ends before it.
func (p *parser) more(open int, closing string) bool {
	for !p.broken && isSemi(p.peek()) && p.partner[open] >= 0 {
		p.next()
	}
	if p.broken || p.at(closing) {
		return false
	}
	if p.partner[open] < 0 && (p.ended() || p.declStart(p.index())) {
		p.unclosed(open, closing)
		return false
	}
	return true
}

// separate takes what stands between two items.
func (p *parser) separate(open int, closing string) {
	if p.broken || p.at(closing) || p.accept(",") {
		return
	}
	if isSemi(p.peek()) {
		p.splitLine(1)
		return
	}
	if p.partner[open] < 0 {
		p.unclosed(open, closing)
		return
	}
	p.wanted("`,` or `"+closing+"`", "")
}

// unclosed faults a bracket that has no other half.
func (p *parser) unclosed(open int, closing string) {
	t := &p.tokens[open]
	p.fault(diag.Syntax, spanOf(t), "`"+t.Value+"` isn't closed", "close it with `"+closing+"`")
}

// splitLine faults the token n further on if it is a - that begins a line: what
// is above it is complete, and would be read differently by different people.
func (p *parser) splitLine(n int) {
	if t := p.ahead(n); is(t, "-") && !is(p.ahead(n+2), "=>") { // -1 => begins an arm
		p.fault(diag.SplitLine, spanOf(t), "a line begins with `-` after a complete expression",
			"end the line above with the `-`, or put the value in parentheses"+p.negative(n))
	}
}

// negative shows a negative number, of which the - is n tokens further on, as a value of its
// own; it is empty for another value.
func (p *parser) negative(n int) string {
	switch t := p.ahead(n + 1); t.Type {
	case intToken, floatToken, durationToken:
		return ": (-" + t.Value + ")"
	}
	return ""
}
