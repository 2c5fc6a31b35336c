package parser

import (
	"fmt"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// maxNesting is how deep brackets, substitutions and signs may stand in each other.
const maxNesting = 200

// maxChain is how many operators, accesses or else-ifs may follow each other.
const maxChain = 1000

// shallow reports the first bracket that stands too deep. It runs before the
// parser, so that no text can exhaust the parser's stack.
func (p *parser) shallow(tokens []token) bool {
	depth := 0
	for _, t := range tokens {
		switch opens(t, p.source.Text) {
		case 1:
			depth++
		case -1:
			depth = max(depth-1, 0)
		}
		if depth > maxNesting {
			p.tooDeep(dsl.Span{Start: int(t.start), End: int(t.end)})
			return false
		}
	}
	return true
}

// tooDeep reports what is nested too deep at span.
func (p *parser) tooDeep(span dsl.Span) {
	p.fault(diag.NestedTooDeep, span, fmt.Sprintf("this is nested more than %d deep", maxNesting), "take parts of it out into bindings or funcs")
}

// opens is 1 for what opens a bracket or string, -1 for what closes one, else 0.
func opens(t token, text string) int {
	switch t.kind {
	case strOpenToken, substOpenToken:
		return 1
	case strEndToken, substEndToken:
		return -1
	case punctToken:
		switch t.text(text) {
		case "(", "[", "{":
			return 1
		case ")", "]", "}":
			return -1
		}
	}
	return 0
}

// partners pairs brackets, also where some are missing: a } closes what is open
// inside its {, and a declaration closes everything.
func partners(text string, tokens []token) []int {
	partner := make([]int, len(tokens))
	var open []int
	for i, t := range tokens {
		partner[i] = -1
		switch opens(t, text) {
		case 1:
			open = append(open, i)
		case -1:
			if j := match(text, tokens, open, t); j >= 0 {
				partner[i], partner[open[j]] = open[j], i
				open = open[:j]
			}
		default:
			if t.kind == wordToken && startsDecl(text, tokens, i) {
				open = open[:0]
			}
		}
	}
	return partner
}

// match finds the open bracket that t closes, or -1. A ) or ] doesn't reach
// beyond a brace, and nothing beyond a string or substitution or further than
// sound text can nest.
func match(text string, tokens []token, open []int, t token) int {
	want := opener(t, text)
	for j := len(open) - 1; j >= max(0, len(open)-maxNesting); j-- {
		o := tokens[open[j]]
		if o.kind == want.kind && (o.kind != punctToken || o.text(text) == want.sign) {
			return j
		}
		if t.kind == punctToken && (o.kind != punctToken || o.text(text) == "{") {
			return -1
		}
	}
	return -1
}

type bracket struct {
	kind lexer.TokenType
	sign string
}

func opener(t token, text string) bracket {
	switch t.kind {
	case strEndToken:
		return bracket{strOpenToken, ""}
	case substEndToken:
		return bracket{substOpenToken, ""}
	}
	return bracket{punctToken, map[string]string{")": "(", "]": "[", "}": "{"}[t.text(text)]}
}

// startsDecl tells whether a declaration begins at i, and not a field of that
// name: the word is the first of its line and a head follows.
func startsDecl(text string, tokens []token, i int) bool {
	if i > 0 && tokens[i-1].kind != semiToken || i+2 >= len(tokens) || !declWords[tokens[i].text(text)] {
		return false
	}
	first, second := tokens[i+1], tokens[i+2].text(text)
	return (first.kind == identToken || first.kind == clauseToken) && (second == "{" || second == "(" || second == "=")
}
