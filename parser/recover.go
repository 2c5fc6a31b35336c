package parser

import "github.com/alecthomas/participle/v2/lexer"

// declStart tells whether a declaration begins at the token at index.
func (p *parser) declStart(index int) bool {
	if index > 0 && p.tokens[index-1].Type != semiToken || index+2 >= len(p.tokens) {
		return false
	}
	t := &p.tokens[index]
	if t.Type != wordToken || !declWords[t.Value] || !isName(&p.tokens[index+1]) {
		return false
	}
	second := &p.tokens[index+2]
	return is(second, "{") || is(second, "(") || is(second, "=")
}

// skipTo goes on to the first token at this level that stops, or to the end of
// the block around. Brackets with their content are skipped whole.
func (p *parser) skipTo(stops func(*lexer.Token) bool) {
	for {
		t := p.peek()
		if t.EOF() || is(t, "}") || t.Type == substEndToken || stops(t) || p.declStart(p.index()) {
			return
		}
		if end := p.partner[p.index()]; end > p.index() {
			p.jump(end)
		}
		p.next()
	}
}

func isSemi(t *lexer.Token) bool { return t.Type == semiToken }

func isSeparator(t *lexer.Token) bool { return isSemi(t) || is(t, ",") }

// endStatement goes to where the next statement can begin, and says so if something
// stands in between. It tells whether the statement has a fault.
func (p *parser) endStatement() (broken bool) {
	if !p.broken && !p.ended() {
		p.trailing()
	}
	if broken = p.broken; broken {
		p.skipTo(isSemi)
	}
	p.broken = false
	return broken
}

func (p *parser) ended() bool {
	t := p.peek()
	return isSemi(t) || t.EOF() || is(t, "}") || t.Type == substEndToken
}

// skipToDecl goes on to the next declaration.
func (p *parser) skipToDecl() {
	for !p.peek().EOF() && !p.declStart(p.index()) && !p.otherDecl() {
		if end := p.partner[p.index()]; end > p.index() {
			p.jump(end)
		}
		p.next()
	}
	p.broken = false
}

// otherDecl tells whether a line begins with a word that nothing but a
// declaration begins with, be the rest as it may.
func (p *parser) otherDecl() bool {
	t := p.peek()
	if (t.Type != wordToken || !topWords[t.Value]) && !isModel(t, p.ahead(1)) && !isMcp(t, p.ahead(1)) {
		return false
	}
	return p.index() == 0 || isSemi(&p.tokens[p.index()-1])
}

// skipToBody goes on to a block on this line after a fault in the block's
// header, so that the block's own faults are found too.
func (p *parser) skipToBody() bool {
	p.skipToOpen()
	if !p.at("{") {
		return false
	}
	p.broken = false
	return true
}

// skipToOpen goes on to a { on this line, past those of literals.
func (p *parser) skipToOpen() {
	for !p.ended() && !(p.at("{") && p.endsBlock(p.partner[p.index()])) {
		if end := p.partner[p.index()]; end > p.index() {
			p.jump(end)
		}
		p.next()
	}
}

// endsBlock tells whether the bracket at index can be a block's last one: nothing
// of its statement follows. One that is missing can.
func (p *parser) endsBlock(index int) bool {
	if index < 0 {
		return true
	}
	t := &p.tokens[index+1]
	return isSeparator(t) || t.EOF() || is(t, "}") || is(t, ")") || is(t, "]") || is(t, "else")
}
