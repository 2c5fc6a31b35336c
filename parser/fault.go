package parser

import (
	"sort"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// report adds a diagnostic after which the parser reads on as if nothing was wrong.
func (p *parser) report(code diag.Code, span dsl.Span, message, help string, labels ...diag.Label) {
	p.found = append(p.found, diag.Diagnostic{
		Code: code, Source: p.source, Span: span, Message: message, Labels: labels, Help: help,
	})
}

// fault reports what breaks the current statement or declaration. Until that is
// left, nothing more is reported: what follows a fault follows from it. An
// unsound token explains the rest of its statement too.
func (p *parser) fault(code diag.Code, span dsl.Span, message, help string, labels ...diag.Label) {
	if p.broken {
		return
	}
	p.broken = true
	if !p.explained(span.End) {
		p.report(code, span, message, help, labels...)
	}
}

// explained tells whether an unsound token stands between the statement's start and end.
func (p *parser) explained(end int) bool {
	if p.cut && end >= len(p.source.Text) {
		return true
	}
	faults := p.scanFaults
	i := sort.Search(len(faults), func(i int) bool { return faults[i].span.Start >= p.start })
	return i < len(faults) && faults[i].span.Start <= end
}

func (p *parser) scanDiagnostics() []diag.Diagnostic {
	out := make([]diag.Diagnostic, len(p.scanFaults))
	for i, f := range p.scanFaults {
		out[i] = diag.Diagnostic{Code: diag.BadToken, Source: p.source, Span: f.span, Message: f.message, Help: f.help}
	}
	return out
}

// wanted faults the next token, which isn't what is wanted.
func (p *parser) wanted(what, help string, labels ...diag.Label) {
	t := p.peek()
	if help == "" && what == "a name" && t.Type == wordToken {
		help = reservedHelp
	}
	message := "expected " + what + p.after() + ", found " + describe(t)
	p.fault(diag.Syntax, spanOf(t), message, help, labels...)
}

// reservedHelp is what to say of a reserved word in place of a name.
const reservedHelp = "the language reserves this word: choose another name"

// after says what stands before the next token, for a message.
func (p *parser) after() string {
	i := p.index()
	if i == 0 {
		return ""
	}
	switch t := &p.tokens[i-1]; t.Type {
	case semiToken, strTextToken:
		return ""
	default:
		return " after " + describe(t)
	}
}

// expect takes the word or sign text.
func (p *parser) expect(text string) bool {
	if p.broken {
		return false
	}
	if p.accept(text) {
		return true
	}
	p.wanted("`"+text+"`", "")
	return false
}

// describe names a token for a message.
func describe(t *lexer.Token) string {
	switch t.Type {
	case lexer.EOF:
		return "the end of the file"
	case semiToken:
		if t.Value == "" {
			return "the end of the line"
		}
	case strOpenToken, strTextToken, strEndToken:
		return "a string"
	}
	return "`" + shortened(t.Value) + "`"
}

// shortened keeps a message on one line.
func shortened(text string) string {
	const most = 40
	runes := []rune(foreign.Line(text[:min(len(text), 4*most)]))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

// label is a remark on the token at index.
func (p *parser) label(index int, text string) diag.Label {
	return diag.Label{Source: p.source, Span: spanOf(&p.tokens[index]), Text: text}
}
