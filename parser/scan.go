package parser

import "github.com/wfgen/wfgen/dsl"

// A Token is a piece of a text that a formatter moves as a whole: a word, a sign, a
// literal, a string with all its substitutions, or a comment.
type Token struct {
	dsl.Span
	// Comment tells that it is a comment.
	Comment bool
	// Newlines counts the line breaks between the token before and this one.
	Newlines int
}

// Scan cuts a text into tokens. It takes any text; where Parse finds no fault, the
// tokens are all that matters of it.
func Scan(text string) []Token {
	var out []Token
	newlines, depth, start := 0, 0, 0
	for _, t := range scanText(text).tokens {
		switch t.kind {
		case strOpenToken:
			if depth == 0 {
				start = int(t.start)
			}
			depth++
		case strEndToken:
			depth--
		}
		switch {
		case depth > 0:
		case t.kind == newlineToken:
			newlines++
		case t.kind == spaceToken, t.start == t.end:
		default:
			at := dsl.Span{Start: int(t.start), End: int(t.end)}
			if t.kind == strEndToken {
				at.Start = start
			}
			out = append(out, Token{at, t.kind == commentToken, newlines})
			newlines = 0
		}
	}
	return out
}
