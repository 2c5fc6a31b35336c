package parser

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// significant drops space and comments, and puts a semicolon where the end of a
// line ends a statement: behind a token that can be a statement's last one, as
// in Go. That a line continues the one above because of how it begins is for
// the parser to see, which knows what can stand there.
func significant(text string, raw []token) []token {
	out := make([]token, 0, len(raw)/2+2)
	pending := false // a line ends between the last token and the next
	for _, t := range raw {
		switch t.kind {
		case spaceToken:
		case newlineToken:
			pending = true
		case commentToken:
			pending = pending || strings.Contains(t.text(text), "\n")
		default:
			out = endLine(text, out, pending)
			out = append(out, t)
			pending = false
		}
	}
	out = endLine(text, out, true)
	end := int32(len(text))
	return append(out, token{lexer.EOF, end, end})
}

// endLine adds a semicolon if a line ends behind the last token, and that token
// can end a statement. The semicolon is empty and stands right behind it.
func endLine(text string, out []token, pending bool) []token {
	if !pending || len(out) == 0 {
		return out
	}
	if last := out[len(out)-1]; endsLine(last, last.text(text)) {
		return append(out, token{semiToken, last.end, last.end})
	}
	return out
}

func endsLine(t token, text string) bool {
	switch t.kind {
	case wordToken:
		return lineEnds[text]
	case punctToken:
		return text == ")" || text == "]" || text == "}" || text == "?" || text == "++" || text == "--"
	case semiToken, strOpenToken, strTextToken, substOpenToken:
		return false
	}
	return true
}
