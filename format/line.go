package format

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A line is a run of tokens.
type line struct {
	first, last int // the last is included
	indent      int
	empty       bool // an empty line stands before it
	comment     int  // the index of the comment at its end; -1 where there is none
}

// lines cuts the tokens into lines and gives them their indentation.
func (l *layouter) lines() {
	inside := []int{} // of each open bracket: the indentation of what is in it
	closing := []int{}
	for i := 0; i < len(l.tokens); {
		if l.dropped[i] {
			i++
			continue
		}
		at := line{first: i, comment: -1, empty: l.breakBefore[i] == 2 && len(l.out) > 0}
		depth := len(inside)
		switch {
		case l.closes(i) && depth > 0:
			at.indent = closing[depth-1]
		case depth > 0:
			at.indent = inside[depth-1]
		}
		if l.continues(i) {
			at.indent++
		}
		base := at.indent
		for first := true; i < len(l.tokens) && (first || l.breakBefore[i] == 0); i++ {
			first = false
			if l.dropped[i] {
				continue
			}
			switch {
			case l.opens(i):
				inside, closing = append(inside, base+1), append(closing, base)
			case l.closes(i):
				inside, closing = inside[:len(inside)-1], closing[:len(closing)-1]
			}
			at.last = i
		}
		if at.last > at.first && l.tokens[at.last].Comment {
			at.comment = at.last
		}
		l.out = append(l.out, at)
	}
}

// continues tells whether the line that begins with a token continues the one above.
func (l *layouter) continues(i int) bool {
	if l.tokens[i].Comment {
		next := l.next(i) // a comment stands with what follows it
		return next < len(l.tokens) && !l.closes(next) && l.continuesAt(next)
	}
	return l.continuesAt(i)
}

func (l *layouter) continuesAt(i int) bool {
	if l.facts.continued[l.tokens[i].Start] {
		return true
	}
	before := i - 1
	for before >= 0 && (l.tokens[before].Comment || l.dropped[before]) {
		before--
	}
	if before < 0 || l.closes(i) {
		return false
	}
	switch l.piece(before) {
	case ":=", "=", "=>", "|", "||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "??", ".", "?.", "in", "..", "not":
		return true
	}
	return false
}

// write writes the lines.
func (l *layouter) write(out *bytes.Buffer) {
	texts := make([]string, len(l.out))
	for i := range l.out {
		texts[i] = l.lineText(&l.out[i])
	}
	l.alignFields(texts)
	l.alignTools(texts)
	l.alignComments(texts)
	for i, at := range l.out {
		if at.empty {
			out.WriteByte('\n')
		}
		out.WriteString(strings.Repeat("\t", at.indent))
		out.WriteString(texts[i])
		out.WriteByte('\n')
	}
}

// lineText writes a line without its indentation, and without the comment at its end.
func (l *layouter) lineText(at *line) string {
	var b strings.Builder
	last := -1
	for i := at.first; i <= at.last; i++ {
		if l.dropped[i] || i == at.comment {
			continue
		}
		if last >= 0 && l.spaced(last, i) {
			b.WriteByte(' ')
		}
		piece := l.piece(i)
		if l.tokens[i].Comment {
			piece = trimLines(piece)
		}
		b.WriteString(piece)
		last = i
	}
	return b.String()
}

// spaced tells whether a space stands between two tokens of a line.
func (l *layouter) spaced(a, b int) bool {
	if l.tokens[a].Comment || l.tokens[b].Comment {
		return true
	}
	before, after := l.piece(a), l.piece(b)
	switch after {
	case ",", ";", ")", "]", ".", "?.", "?", "..":
		return false
	case ":":
		return false
	case "}":
		return !l.literal(l.partner[b]) && before != "{"
	case "(", "[", "{":
		if l.facts.tight[l.tokens[a].End] {
			return false
		}
	}
	switch before {
	case "(", "[", ".", "?.", "...", "..":
		return false
	case "{":
		return !l.literal(a)
	case ":":
		return !l.inIndex(a)
	case "!", "-":
		return !l.facts.prefixes[l.tokens[a].Start]
	case "]":
		return !l.facts.elements[l.tokens[b].Start]
	}
	return true
}

// literal tells whether a brace is that of a literal.
func (l *layouter) literal(open int) bool {
	return l.is(open, "{") && open > 0 && l.facts.literals[l.tokens[open-1].End]
}

// inIndex tells whether a token stands right inside the brackets of an index.
func (l *layouter) inIndex(i int) bool {
	for i--; i >= 0; i-- {
		if l.closes(i) {
			i = l.partner[i]
		} else if l.opens(i) {
			return l.is(i, "[")
		}
	}
	return false
}

// width is how much room a text takes on a line: its last line's where it has several.
func width(text string) int {
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		text = text[i+1:]
	}
	return utf8.RuneCountInString(text)
}
