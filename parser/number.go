package parser

import (
	"strings"
	"unicode"

	"github.com/alecthomas/participle/v2/lexer"
)

// The units of durations.
var units = set("d", "h", "m", "s", "ms", "us", "µs", "μs", "ns")

// number takes an integer, a float, a duration or a time. Letters that follow belong to
// it: 5x is one unsound number, not a number and a name.
func (s *scanner) number() {
	if s.moment() {
		return
	}
	rest := s.text[s.pos:]
	kind, size, sound := measure(rest)
	if more := tail(rest[size:]); more > 0 {
		size, sound = size+more, false
	}
	if sound {
		s.emit(kind, size)
		return
	}
	s.reject(size, "`"+rest[:size]+"` is neither a number nor a duration", numberHelp(rest[:size]))
}

func numberHelp(text string) string {
	switch {
	case strings.Contains(text, "_"):
		return "an underscore stands between two digits"
	case len(text) > 1 && text[0] == '0' && tail(text) == len(text):
		return "a number that begins with 0 is octal, with 0x hexadecimal, with 0b binary"
	}
	return "a duration's units are d, h, m, s, ms, us and ns, as in 1h30m"
}

// tail is the length of what a name could go on with at the start of text.
func tail(text string) int {
	for i, r := range text {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return i
		}
	}
	return len(text)
}

// measure is the kind and length of the number at the start of text, and whether
// it is a sound one.
func measure(text string) (kind lexer.TokenType, size int, sound bool) {
	if len(text) > 1 && text[0] == '0' && strings.IndexByte("xXbBoO", text[1]) >= 0 {
		size = 2 + tail(text[2:])
		return intToken, size, basedDigits(text[1], text[2:size])
	}
	size, float := decimal(text)
	if n := exponent(text[size:]); n > 0 {
		return floatToken, size + n, underscores(text[:size+n])
	}
	if tail(text[size:]) > 0 {
		n := duration(text)
		return durationToken, max(n, size), n > size && underscores(text[:n])
	}
	if float {
		return floatToken, size, underscores(text[:size])
	}
	octal := size == 1 || text[0] != '0' || strings.Trim(text[:size], "01234567_") == ""
	return intToken, size, octal && underscores(text[:size])
}

// basedDigits tells whether digits, with underscores between them or in front,
// are of the base that its letter names.
func basedDigits(base byte, digits string) bool {
	allowed := map[byte]string{'x': "0123456789abcdefABCDEF", 'b': "01", 'o': "01234567"}[base|0x20]
	return strings.Trim(digits, "_") != "" && strings.Trim(digits, allowed+"_") == "" && underscores("0"+digits)
}

// underscores tells whether each underscore stands between two digits.
func underscores(text string) bool {
	return !strings.Contains(text, "__") && !strings.HasSuffix(text, "_") &&
		!strings.Contains(text, "_.") && !strings.Contains(text, "._")
}

// decimal is the length of digits with an optional fraction.
func decimal(text string) (size int, float bool) {
	size = digits(text)
	if size == len(text) || text[size] != '.' {
		return size, false
	}
	after := text[size+1:]
	if strings.HasPrefix(after, ".") || tail(after) > 0 && !isDigit(after[0]) {
		return size, false
	}
	return size + 1 + digits(after), true
}

func digits(text string) int {
	n := 0
	for n < len(text) && (isDigit(text[n]) || text[n] == '_') {
		n++
	}
	return n
}

// exponent is the length of an exponent at the start of text, 0 without one.
func exponent(text string) int {
	if len(text) < 2 || text[0] != 'e' && text[0] != 'E' {
		return 0
	}
	sign := 1
	if text[1] == '+' || text[1] == '-' {
		sign = 2
	}
	n := digits(text[sign:])
	if n == 0 {
		return 0
	}
	return sign + n
}

// duration is the length of the longest run of numbers with units.
func duration(text string) int {
	size := 0
	for size < len(text) && (isDigit(text[size]) || size == 0) {
		n, _ := decimal(text[size:])
		unit := unitLetters(text[size+n:])
		if !units[text[size+n:size+n+unit]] {
			break
		}
		size += n + unit
	}
	return size
}

func unitLetters(text string) int {
	return len(text) - len(strings.TrimLeft(text, "dhmsunµμ"))
}
