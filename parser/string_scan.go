package parser

import "strings"

// An openString is a string whose end the scanner hasn't met.
type openString struct {
	start     int
	multiline bool
	inSubst   bool // inside ${ }
	braces    int  // open braces inside the substitution
}

const tripleQuote = `"""`

func (s *scanner) openString() {
	open := openString{start: s.pos, multiline: strings.HasPrefix(s.text[s.pos:], tripleQuote)}
	s.strings = append(s.strings, open)
	if open.multiline {
		s.emit(strOpenToken, len(tripleQuote))
		return
	}
	s.oneLine++
	s.emit(strOpenToken, 1)
}

// stringText takes text up to a substitution, a line's end or the string's end.
func (s *scanner) stringText() {
	open := &s.strings[len(s.strings)-1]
	rest := s.text[s.pos:]
	size := 0
	for size < len(rest) && !s.stops(rest[size:], open.multiline) {
		if rest[size] == '\\' && size+1 < len(rest) && rest[size+1] != '\n' {
			size++
		}
		size++
	}
	if size > 0 {
		s.emit(strTextToken, size)
	}
	switch rest = rest[size:]; {
	case rest == "":
	case rest[0] == '\n':
		s.newline()
	case rest[0] == '$':
		open.inSubst, open.braces = true, 0
		s.emit(substOpenToken, 2)
	case open.multiline:
		s.closeString(len(tripleQuote))
	default:
		s.closeString(1)
	}
}

func (s *scanner) stops(rest string, multiline bool) bool {
	switch rest[0] {
	case '\n':
		return s.oneLine > 0
	case '$':
		return strings.HasPrefix(rest, "${")
	case '"':
		return !multiline || strings.HasPrefix(rest, tripleQuote)
	}
	return false
}

func (s *scanner) closeString(size int) {
	last := len(s.strings) - 1
	if !s.strings[last].multiline {
		s.oneLine--
	}
	s.strings = s.strings[:last]
	s.emit(strEndToken, size)
}

// newline ends the strings that have to end on their line.
func (s *scanner) newline() {
	for s.oneLine > 0 {
		outermost := s.oneLine == 1 && !s.strings[len(s.strings)-1].multiline
		if outermost {
			s.unclosed(s.strings[len(s.strings)-1])
		}
		s.closeString(0)
	}
	s.emit(newlineToken, 1)
}

func (s *scanner) unclosed(open openString) {
	if open.multiline {
		s.fault(open.start, open.start+len(tripleQuote), "the string isn't closed", `close it with """`)
		return
	}
	s.fault(open.start, open.start+1, "the string isn't closed on its line", `close it with ", or write """…""" over several lines`)
}

// endOfText closes what is open: one fault, for the outermost string.
func (s *scanner) endOfText() {
	if len(s.strings) == 0 {
		return
	}
	s.cut = true
	s.unclosed(s.strings[0])
	for len(s.strings) > 0 {
		s.closeString(0)
	}
}
