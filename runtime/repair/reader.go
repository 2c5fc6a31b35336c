package repair

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth is how deep brackets nest, as for the decoder of package pure.
const maxDepth = 1000

// A reader reads one value as it was meant, and writes it as JSON. Its methods tell whether
// there was one; where there was not, what it has written is of no use.
type reader struct {
	text  string
	pos   int
	left  int // how many bytes may still be looked at
	depth int
	begun bool // a key or an element was read, so that it is no bracket in a sentence
	out   []byte
	rules []Rule // each as often as it was used
	inner int    // how many quotes were taken for a part of a text
	keyed bool   // what is being read is the value of a key
}

func (r *reader) repaired(rule Rule) { r.rules = append(r.rules, rule) }

// rest is what hasn't been read.
func (r *reader) rest() string { return r.text[r.pos:] }

// pass goes on by n bytes.
func (r *reader) pass(n int) {
	r.pos += n
	r.left -= n
}

// at tells whether a character is the next one.
func (r *reader) at(c byte) bool { return r.pos < len(r.text) && r.text[r.pos] == c }

// ended tells whether nothing is left, of the text or of the effort.
func (r *reader) ended() bool { return r.pos >= len(r.text) }

// sound reads a value that is JSON as it stands, so that nothing is repaired of it.
func (r *reader) sound() bool {
	d := json.NewDecoder(strings.NewReader(r.rest()))
	var v json.RawMessage
	if err := d.Decode(&v); err != nil {
		looked := len(r.rest()) // where the text ends within it, all was looked at
		if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
			looked = int(wrong.Offset)
		}
		r.left -= looked
		return false
	}
	r.out = appendPlain(r.out, v)
	r.pass(int(d.InputOffset()))
	return true
}

// appendPlain adds JSON without the space between its tokens.
func appendPlain(out []byte, v json.RawMessage) []byte {
	var b bytes.Buffer
	if json.Compact(&b, v) != nil {
		panic("internal error: what is JSON can't be compacted")
	}
	return append(out, b.Bytes()...)
}

// value reads a value and what stands before it.
func (r *reader) value() bool {
	if r.space(); r.ended() || r.left <= 0 {
		return false
	}
	r.left--
	switch c := r.text[r.pos]; {
	case c == '{':
		return r.nested(r.object)
	case c == '[':
		return r.nested(r.list)
	case c == '-' || c == '+' || c == '.' || '0' <= c && c <= '9':
		return r.number()
	case quoteOf(r.rest()) != nil:
		return r.string(false)
	default:
		return r.word()
	}
}

func (r *reader) nested(read func() bool) bool {
	r.depth++
	defer func() { r.depth-- }()
	return r.depth <= maxDepth && read()
}

// object reads an object, of which the next character is the bracket.
func (r *reader) object() bool {
	return r.elements('}', func() bool {
		if !r.key() {
			return false
		}
		if r.space(); !r.at(':') {
			return false
		}
		r.pass(1)
		r.begun = true
		r.out = append(r.out, ':')
		r.keyed = true
		return r.value()
	})
}

// list reads a list, of which the next character is the bracket. Of several texts, one of
// which has quotes in it, nobody knows where each ends.
func (r *reader) list() bool {
	n, quoted := 0, false
	return r.elements(']', func() bool {
		r.space()
		text, before := quoteOf(r.rest()) != nil, r.inner
		r.keyed = false
		ok := r.value()
		n++
		quoted = quoted || text && r.inner > before
		return ok
	}) && (n < 2 || !quoted)
}

// elements reads what stands between brackets, with one comma between any two.
func (r *reader) elements(end byte, element func() bool) bool {
	r.out = append(r.out, r.text[r.pos])
	r.pass(1)
	for n := 0; ; n++ {
		commas, apart := r.separators()
		if r.ended() {
			return n > 0 && commas == 0 && r.unclosed(end) // after a comma something is missing
		}
		if r.at(end) {
			if commas > 0 {
				r.repaired(Commas)
			}
			r.pass(1)
			r.out = append(r.out, end)
			return true
		}
		switch {
		case n > 0 && commas == 0 && !apart:
			return false
		case n > 0 && commas != 1 || n == 0 && commas > 0:
			r.repaired(Commas)
		}
		if n > 0 {
			r.out = append(r.out, ',')
		}
		if !element() {
			return false
		}
		r.begun = true
	}
}

// separators passes commas and space, and tells how many commas there were, and whether
// there was anything.
func (r *reader) separators() (commas int, apart bool) {
	start := r.pos
	for r.space(); r.at(','); r.space() {
		r.pass(1)
		commas++
	}
	return commas, r.pos > start
}

// unclosed ends what has no closing bracket. A number that ends with the text may have gone
// on.
func (r *reader) unclosed(end byte) bool {
	if last := r.text[len(r.text)-1]; '0' <= last && last <= '9' || last == '.' || last == ':' {
		return false
	}
	r.repaired(Brackets)
	r.out = append(r.out, end)
	return true
}

// key reads the key of an object.
func (r *reader) key() bool {
	if quoteOf(r.rest()) != nil {
		return r.string(true)
	}
	name := r.lookWord(r.rest())
	if name == "" {
		return false
	}
	r.pass(len(name))
	r.repaired(Keys)
	r.out = appendString(r.out, name)
	return true
}

// wordIn is the word that a text begins with: what may be a key without quotes.
func wordIn(s string) string {
	end := strings.IndexFunc(s, func(c rune) bool {
		return c != '_' && c != '$' && c != '-' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
	if end < 0 {
		end = len(s)
	}
	if first, _ := utf8.DecodeRuneInString(s); end > 0 && !unicode.IsLetter(first) && first != '_' && first != '$' {
		return ""
	}
	return s[:end]
}

// spelled are the words that stand for a value.
var spelled = map[string]string{
	"true": "true", "false": "false", "null": "null",
	"True": "true", "False": "false", "None": "null",
	"TRUE": "true", "FALSE": "false", "NULL": "null",
	"nil": "null", "undefined": "null",
}

func (r *reader) word() bool {
	name := r.lookWord(r.rest())
	means, ok := spelled[name]
	if !ok {
		return false
	}
	r.pass(len(name))
	if name != means {
		r.repaired(Words)
	}
	r.out = append(r.out, means...)
	return true
}

// number reads a number in decimal digits. One that begins with a zero may have been meant
// otherwise, as is one with commas in it.
func (r *reader) number() bool {
	end := strings.IndexFunc(r.rest(), func(c rune) bool { return !strings.ContainsRune("+-.eE_0123456789", c) })
	if end < 0 {
		end = len(r.rest())
	}
	r.left -= end
	written := r.rest()[:end]
	number, ok := plainNumber(written)
	if !ok || r.lookWord(r.rest()[end:]) != "" {
		return false
	}
	r.pass(end)
	if number != written {
		r.repaired(Numbers)
	}
	r.out = append(r.out, number...)
	return true
}

// plainNumber is a number as JSON has it.
func plainNumber(s string) (number string, ok bool) {
	rest := strings.TrimPrefix(s, "+")
	sign := ""
	if rest, ok = strings.CutPrefix(rest, "-"); ok {
		sign = "-"
	}
	whole, rest := digits(rest)
	fraction, exponent := "", ""
	if after, ok := strings.CutPrefix(rest, "."); ok {
		if fraction, rest = digits(after); whole == "" && fraction == "" {
			return "", false
		}
	}
	if rest != "" {
		if rest[0] != 'e' && rest[0] != 'E' {
			return "", false
		}
		i := 1
		if len(rest) > 1 && (rest[1] == '+' || rest[1] == '-') {
			i = 2
		}
		after, none := digits(rest[i:])
		if after == "" || none != "" {
			return "", false
		}
		exponent = rest[:i] + after
	}
	switch {
	case whole == "" && fraction == "", len(whole) > 1 && whole[0] == '0':
		return "", false
	case whole == "":
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction + exponent, true
}

// digits are those that a text begins with, without the single underscores between them.
func digits(s string) (found, rest string) {
	end := 0
	for end < len(s) && ('0' <= s[end] && s[end] <= '9' || s[end] == '_' && end > 0 && s[end-1] != '_' && end+1 < len(s) && '0' <= s[end+1] && s[end+1] <= '9') {
		end++
	}
	return strings.ReplaceAll(s[:end], "_", ""), s[end:]
}

// space passes space and comments.
func (r *reader) space() {
	for r.left > 0 {
		rest := r.rest()
		n := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
		if n == 0 {
			if n = commentIn(rest); n == 0 {
				if strings.HasPrefix(rest, "/*") {
					r.left -= len(rest) // all of it was looked at for the end
				}
				return
			}
			r.repaired(Comments)
		}
		r.pass(n)
	}
}

// commentIn is the length of the comment that a text begins with; 0 where it begins with
// none.
func commentIn(s string) int {
	switch {
	case strings.HasPrefix(s, "//"), strings.HasPrefix(s, "#"):
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			return i
		}
		return len(s)
	case strings.HasPrefix(s, "/*"):
		if i := strings.Index(s[2:], "*/"); i >= 0 {
			return i + 4
		}
	}
	return 0
}
