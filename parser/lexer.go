package parser

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// The kinds of tokens.
const (
	spaceToken lexer.TokenType = iota + 1
	newlineToken
	commentToken
	identToken
	clauseToken // a clause word
	wordToken   // a reserved word
	intToken
	floatToken
	durationToken
	timeToken
	punctToken
	semiToken // a ; or the end of a line that ends a statement
	strOpenToken
	strTextToken
	strEndToken
	substOpenToken
	substEndToken
	invalidToken // has a scanFault
)

// A token is text[start:end]. Only the tokens that stand for an unwritten end,
// of a line or a string, are empty.
type token struct {
	kind       lexer.TokenType
	start, end int32
}

func (t token) text(source string) string { return source[t.start:t.end] }

// A scanFault is something that is no token.
type scanFault struct {
	span          dsl.Span
	message, help string
}

// A scanner cuts a text into tokens, space and comments included. It takes any
// text: what is no token of the language becomes an invalid one.
type scanner struct {
	text    string
	pos     int
	tokens  []token
	faults  []scanFault
	strings []openString
	oneLine int  // how many of the open strings have to end on their line
	cut     bool // an unclosed string or comment reaches to the end
}

func scanText(text string) *scanner {
	s := &scanner{text: text, tokens: make([]token, 0, len(text)/3+1)}
	if strings.HasPrefix(text, "\uFEFF") {
		s.emit(spaceToken, len("\uFEFF"))
	}
	for s.pos < len(text) {
		if n := len(s.strings); n > 0 && !s.strings[n-1].inSubst {
			s.stringText()
		} else {
			s.token()
		}
	}
	s.endOfText()
	return s
}

// emit makes the next size bytes a token.
func (s *scanner) emit(kind lexer.TokenType, size int) {
	s.tokens = append(s.tokens, token{kind, int32(s.pos), int32(s.pos + size)})
	s.pos += size
}

// reject makes the next size bytes an invalid token.
func (s *scanner) reject(size int, message, help string) {
	s.fault(s.pos, s.pos+size, message, help)
	s.emit(invalidToken, size)
}

func (s *scanner) fault(start, end int, message, help string) {
	s.faults = append(s.faults, scanFault{dsl.Span{Start: start, End: end}, message, help})
}

func (s *scanner) token() {
	rest := s.text[s.pos:]
	switch c := rest[0]; {
	case c == '\n':
		s.newline()
	case c == ' ' || c == '\t' || c == '\r':
		s.emit(spaceToken, spaces(rest))
	case strings.HasPrefix(rest, "//"):
		s.emit(commentToken, len(lineOf(rest)))
	case strings.HasPrefix(rest, "/*"):
		s.blockComment()
	case c == '"':
		s.openString()
	case c == '\'' || c == '`':
		s.foreignQuotes(c)
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		s.number()
	case letters(rest) > 0:
		s.word(rest[:letters(rest)])
	default:
		s.punct()
	}
}

func spaces(text string) int {
	n := 0
	for n < len(text) && (text[n] == ' ' || text[n] == '\t' || text[n] == '\r') {
		n++
	}
	return n
}

// lineOf is text up to its line's end.
func lineOf(text string) string {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return strings.TrimSuffix(text, "\r")
}

func (s *scanner) blockComment() {
	if i := strings.Index(s.text[s.pos+2:], "*/"); i >= 0 {
		s.emit(commentToken, i+4)
		return
	}
	s.cut = true
	s.fault(s.pos, s.pos+2, "the comment isn't closed", "close it with */")
	s.emit(commentToken, len(s.text)-s.pos)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// letters is the length of the name at the start of text.
func letters(text string) int {
	if first, _ := utf8.DecodeRuneInString(text); unicode.IsDigit(first) {
		return 0
	}
	return tail(text)
}

// word is a name or a reserved word. Behind a dot every word is a name.
func (s *scanner) word(text string) {
	kind := identToken
	switch {
	case s.afterDot():
	case reserved[text]:
		kind = wordToken
	case text == "finally" && !beforeName(s.text[s.pos+len(text):]):
	case clauseWords[text]:
		kind = clauseToken
	}
	s.emit(kind, len(text))
}

// beforeName tells whether a name is next in text, on this line. Without one, finally is a
// name itself, as it was before it was a word.
func beforeName(text string) bool { return letters(text[spaces(text):]) > 0 }

func (s *scanner) afterDot() bool {
	for i := len(s.tokens) - 1; i >= 0; i-- {
		switch t := s.tokens[i]; t.kind {
		case spaceToken, newlineToken, commentToken:
		default:
			text := t.text(s.text)
			return t.kind == punctToken && (text == "." || text == "?.")
		}
	}
	return false
}

// The signs, longer ones before their beginnings. Those that the language
// doesn't have are here to be named whole in messages.
var signs = []string{"...", ":=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "..",
	"++", "--", "+=", "-=", "*=", "/=", "%=", "->", "<-",
	"+", "-", "*", "/", "%", "!", "<", ">", "=", "?", ".", ",", ":", "(", ")", "[", "]", "{", "}", "|", "&"}

// signsBy holds the signs by their first byte.
var signsBy = func() (by [256][]string) {
	for _, sign := range signs {
		by[sign[0]] = append(by[sign[0]], sign)
	}
	return by
}()

func (s *scanner) punct() {
	rest := s.text[s.pos:]
	if rest[0] == ';' {
		s.emit(semiToken, 1)
		return
	}
	for _, sign := range signsBy[rest[0]] {
		if strings.HasPrefix(rest, sign) {
			s.sign(sign)
			return
		}
	}
	_, size := utf8.DecodeRuneInString(rest)
	s.reject(size, "`"+foreign.Line(rest[:size])+"` has no meaning here", "")
}

// sign keeps count of the braces inside a substitution, to know the one that ends it.
func (s *scanner) sign(sign string) {
	kind := punctToken
	if n := len(s.strings); n > 0 {
		switch open := &s.strings[n-1]; {
		case sign == "{":
			open.braces++
		case sign == "}" && open.braces > 0:
			open.braces--
		case sign == "}":
			open.inSubst = false
			kind = substEndToken
		}
	}
	s.emit(kind, len(sign))
}

// foreignQuotes takes a literal in the quotes of another language whole, or the
// rest of its line where it isn't closed.
func (s *scanner) foreignQuotes(quote byte) {
	rest := s.text[s.pos+1:]
	ends, help := "'\n", "strings are written \"…\""
	if quote == '`' {
		ends, help = "`", help+", over several lines \"\"\"…\"\"\""
	}
	size := 1
	if i := strings.IndexAny(rest, ends); i >= 0 && rest[i] == quote {
		size += i + 1
	} else {
		size += len(lineOf(rest))
	}
	s.reject(size, foreignQuoteMessage(quote), help)
}

func foreignQuoteMessage(quote byte) string {
	if quote == '`' {
		return "a string can't stand in backticks"
	}
	return "a string can't stand in single quotes"
}
