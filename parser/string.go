package parser

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// stringLit parses a string with its substitutions.
func (p *parser) stringLit() dsl.Expr {
	x := &dsl.StringLit{Span: spanOf(p.peek()), Multiline: p.peek().Value == tripleQuote}
	p.nested(func(int) {
		for !p.broken && p.peek().Type != strEndToken {
			x.Parts = append(x.Parts, p.stringPart())
		}
	})
	if p.broken {
		return x
	}
	p.next()
	x.Span = p.from(x.Start)
	x.Parts = p.resolve(x)
	return x
}

func (p *parser) stringPart() dsl.StringPart {
	if t := p.peek(); t.Type == strTextToken {
		p.next()
		return dsl.StringPart{Span: spanOf(t), Text: t.Value}
	}
	return p.substitution()
}

// substitution parses ${X}.
func (p *parser) substitution() dsl.StringPart {
	part := dsl.StringPart{Span: spanOf(p.peek()), X: p.bad()}
	p.nested(func(int) {
		if p.peek().Type == substEndToken {
			p.fault(diag.Syntax, part.Span.To(spanOf(p.peek())), "the substitution is empty", "write \\${ for the characters themselves")
			return
		}
		part.X = p.value()
		p.lastLineEnd()
		if !p.broken && p.peek().Type != substEndToken {
			p.wanted("`}`", "")
		}
	})
	if !p.broken {
		p.next()
	}
	part.Span = p.from(part.Start)
	return part
}

// resolve gives the parts without indentation and escapes.
func (p *parser) resolve(x *dsl.StringLit) []dsl.StringPart {
	pieces := cutLines(x.Parts)
	if x.Multiline {
		p.unindent(x, pieces)
	}
	texts := make([]strings.Builder, len(x.Parts))
	for _, piece := range pieces {
		p.unescape(&texts[piece.part], piece)
	}
	var parts []dsl.StringPart
	for i, part := range x.Parts {
		part.Text = texts[i].String()
		if part.X != nil || part.Text != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// A piece is a line, or what substitutions leave of one, with its line break.
type piece struct {
	text   string
	offset int
	part   int  // the index of the part it is of
	begins bool // a line begins with it
}

func (l piece) blank() bool {
	return strings.TrimSpace(l.text) == "" && strings.HasSuffix(l.text, "\n")
}

// cutLines cuts a string's parts at its line breaks. A substitution is an empty piece.
func cutLines(parts []dsl.StringPart) []piece {
	var pieces []piece
	begins := false
	for i, part := range parts {
		if part.X != nil {
			pieces = append(pieces, piece{offset: part.Start, part: i, begins: begins})
			begins = false
			continue
		}
		offset := part.Start
		for _, line := range strings.SplitAfter(part.Text, "\n") {
			if line == "" {
				continue
			}
			pieces = append(pieces, piece{line, offset, i, begins})
			offset += len(line)
			begins = strings.HasSuffix(line, "\n")
		}
	}
	if begins { // the closing quotes stand at the line's start
		last := parts[len(parts)-1]
		pieces = append(pieces, piece{offset: last.End, part: len(parts) - 1, begins: true})
	}
	return pieces
}

// unindent takes the first line break, the last one and the shared indentation
// out of the pieces.
func (p *parser) unindent(x *dsl.StringLit, pieces []piece) {
	if len(pieces) == 0 {
		return
	}
	first := &pieces[0]
	if !first.blank() {
		end := max(first.offset+len(strings.TrimRight(first.text, "\r\n")), first.offset+1)
		p.report(diag.BadToken, dsl.Span{Start: first.offset, End: min(end, x.End)},
			`a string in """ begins on the line below its opening quotes`, `break the line after the opening """, or write "…"`)
		return
	}
	first.text = ""
	indent := sharedIndent(pieces)
	for i := range pieces {
		pieces[i].outdent(len(indent))
	}
	dropLastBreak(pieces)
}

// sharedIndent is the space that all lines begin with, blank ones aside.
func sharedIndent(pieces []piece) string {
	indent, found := "", false
	for _, l := range pieces {
		if !l.begins || l.blank() {
			continue
		}
		space := l.text[:len(l.text)-len(strings.TrimLeft(l.text, " \t"))]
		if !found {
			indent, found = space, true
		}
		indent = sharedPrefix(indent, space)
	}
	return indent
}

func sharedPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// outdent removes size bytes of space from a line's start, and a carriage return
// from its end.
func (l *piece) outdent(size int) {
	if l.begins {
		size = min(size, len(l.text)-len(strings.TrimLeft(l.text, " \t")))
		l.text, l.offset = l.text[size:], l.offset+size
	}
	if line, ok := strings.CutSuffix(l.text, "\r\n"); ok {
		l.text = line + "\n"
	}
}

// dropLastBreak drops the closing quotes' line, if there is nothing else on it,
// and the line break before it.
func dropLastBreak(pieces []piece) {
	last := &pieces[len(pieces)-1]
	if !last.begins || strings.TrimLeft(last.text, " \t") != "" {
		return
	}
	last.text = ""
	before := &pieces[len(pieces)-2]
	before.text = strings.TrimSuffix(before.text, "\n")
}

// unescape writes a piece with its escapes resolved.
func (p *parser) unescape(out *strings.Builder, l piece) {
	for text := l.text; text != ""; {
		n := strings.IndexByte(text, '\\')
		if n < 0 {
			out.WriteString(text)
			return
		}
		out.WriteString(text[:n])
		size := p.escape(out, text[n:], l.offset+len(l.text)-len(text)+n)
		text = text[n+size:]
	}
}

// escape writes what the escape at the start of text stands for, and gives its length.
func (p *parser) escape(out *strings.Builder, text string, offset int) int {
	if strings.HasPrefix(text, "\\${") {
		out.WriteString("${")
		return 3
	}
	r, multibyte, rest, err := strconv.UnquoteChar(text, '"')
	if err != nil {
		_, size := utf8.DecodeRuneInString(text[1:])
		p.report(diag.BadToken, dsl.Span{Start: offset, End: offset + 1 + size},
			"`"+foreign.Line(text[:1+size])+"` is no escape", "write `\\\\` for a backslash")
		return 1 + size
	}
	if r < utf8.RuneSelf || !multibyte {
		out.WriteByte(byte(r))
	} else {
		out.WriteRune(r)
	}
	return len(text) - len(rest)
}
