package repair

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Texts are where a repair can do harm: a quote within one may be the end of it. So a quote
// ends a text where what follows could follow a text, and where it can't the quote is a part
// of the text. A reply in which both could be isn't repaired.

// A quote opens and closes a text.
type quote struct{ open, close string }

// quotes are all that are read, the longer ones first.
var quotes = []quote{{`"""`, `"""`}, {`'''`, `'''`}, {`"`, `"`}, {`'`, `'`}, {"`", "`"}, {"“", "”"}, {"„", "“"}, {"‘", "’"}, {"«", "»"}}

// quoteOf is the quote that a text begins with; nil where it begins with none.
func quoteOf(s string) *quote {
	for i := range quotes {
		q := &quotes[i]
		if strings.HasPrefix(s, q.open) {
			return q
		}
	}
	return nil
}

// string reads a text in quotes, as the key of an object or as a value. A key has no quotes
// in it.
func (r *reader) string(key bool) bool {
	q := quoteOf(r.rest())
	if q.open != `"` {
		r.repaired(Quotes)
	}
	r.pass(len(q.open))
	var text []byte
	var letters, others bool // escapes that are a letter, and letters that are no escape
	for r.left > 0 && !r.ended() {
		rest := r.rest()
		switch c, size := utf8.DecodeRuneInString(rest); {
		case strings.HasPrefix(rest, q.close):
			r.pass(len(q.close))
			end, clear := r.ends(key)
			switch {
			case !clear || !end && key:
				return false
			case end:
				r.out = appendString(r.out, string(text))
				return !letters || !others // in C:\data\new no line break was meant
			}
			r.repaired(Quotes)
			r.inner++
			text = append(text, q.close...)
		case c == '"' && q.typographic(): // which may close it as well
			return false
		case c == '\\':
			if len(rest) > 1 {
				letter := strings.IndexByte("bfnrt", rest[1]) >= 0
				letters, others = letters || letter, others || !letter && rest[1] != 'u' && unicode.IsLetter(rune(rest[1]))
			}
			text = r.escape(text)
		default:
			if c < ' ' {
				r.repaired(Escapes)
			}
			text = utf8.AppendRune(text, c) // U+FFFD for what isn't UTF-8, as decoders have it
			r.pass(size)
		}
	}
	return false
}

// typographic tells whether a quote opens and closes with different signs.
func (q *quote) typographic() bool { return q.open != q.close }

// ends tells whether the quote that was just passed is the end of a text, by what comes
// next; clear is false where it may be, and may be a part of the text as well.
func (r *reader) ends(key bool) (end, clear bool) {
	rest := r.rest()
	for {
		short := strings.TrimLeftFunc(rest, unicode.IsSpace)
		n := commentIn(short)
		if r.left -= len(rest) - len(short) + n; n == 0 {
			rest = short
			break
		}
		if strings.ContainsAny(short[:n], "\"'`") || n == len(short) { // it may be a part of the text
			return false, false
		}
		rest = short[n:]
	}
	switch {
	case key:
		return strings.HasPrefix(rest, ":"), true
	case rest == "", strings.IndexByte("}]", rest[0]) >= 0:
		return true, true
	case rest[0] == ',':
		return r.continues(rest[1:])
	case strings.HasPrefix(rest, "/*"): // a comment that isn't closed
		r.left -= len(rest)
		return false, false
	case quoteOf(rest) != nil: // the comma is missing, or this is a text's second quote
		end, clear = r.isKey(rest)
		return end, end && clear
	case r.half(rest, true): // as in "a"b": a quote is missing before it
		return false, false
	case rest[0] == '+': // texts are added, or it is a text with a sum of them
		return false, false
	}
	return false, true
}

// continues tells whether a text may be what comes behind a comma between elements; clear is
// false where it may be what follows a quote within a text, too.
func (r *reader) continues(rest string) (may, clear bool) {
	short := strings.TrimLeftFunc(rest, unicode.IsSpace)
	r.left -= len(rest) - len(short)
	rest = short
	if rest == "" || strings.IndexByte("{[}],/#+-.0123456789", rest[0]) >= 0 {
		return true, true
	}
	if quoteOf(rest) != nil {
		if !r.keyed {
			return true, true
		}
		is, clear := r.isKey(rest)
		return is, is && clear
	}
	name := r.lookWord(rest)
	if _, ok := spelled[name]; ok {
		return true, true
	}
	behind := strings.TrimLeftFunc(rest[len(name):], unicode.IsSpace)
	switch {
	case name != "" && strings.HasPrefix(behind, ":"):
		return true, true
	case r.half(rest, false):
		return false, false
	}
	return false, true
}

// half tells whether a text begins with a word and a quote, before which one may be missing:
// behind a key's comes a colon.
func (r *reader) half(rest string, key bool) bool {
	name := r.lookWord(rest)
	behind, ok := strings.CutPrefix(rest[len(name):], `"`)
	return name != "" && ok && (!key || strings.HasPrefix(strings.TrimLeftFunc(behind, unicode.IsSpace), ":"))
}

// lookWord is wordIn, and counts what it has looked at.
func (r *reader) lookWord(s string) string {
	name := wordIn(s)
	r.left -= len(name)
	return name
}

// isKey tells whether a text begins with a key in quotes, without others in it; clear is
// false where the key would be too long to see.
func (r *reader) isKey(rest string) (is, clear bool) {
	q := quoteOf(rest)
	end := strings.Index(rest[len(q.open):min(len(rest), len(q.open)+maxKey)], q.close)
	r.left -= min(len(rest), maxKey)
	if end < 0 {
		return false, len(rest) < maxKey
	}
	behind := rest[len(q.open)+end+len(q.close):]
	short := strings.TrimLeftFunc(behind, unicode.IsSpace)
	r.left -= len(behind) - len(short)
	return strings.HasPrefix(short, ":"), true
}

// maxKey is how long a key is at most that is looked for ahead.
const maxKey = 200

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape adds what the escape stands for that comes next. A backslash that begins none is
// itself, as in a path or a regular expression.
func (r *reader) escape(text []byte) []byte {
	rest := r.rest()
	if len(rest) < 2 {
		r.pass(1)
		return text
	}
	if c, ok := escapes[rest[1]]; ok {
		r.pass(2)
		return append(text, c)
	}
	if c, n := unicodeEscape(rest); n > 0 {
		r.pass(n)
		return utf8.AppendRune(text, c)
	}
	r.repaired(Escapes)
	r.pass(1)
	switch rest[1] {
	case '\'', '`':
		r.pass(1)
		return append(text, rest[1])
	case '\n':
		r.pass(1) // the text goes on
		return text
	}
	return append(text, '\\')
}

// unicodeEscape is the character of a \u, or of two that are one character, and the length
// of the escape; 0 where there is none.
func unicodeEscape(s string) (c rune, n int) {
	c, ok := unit(s)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(c) {
		if low, ok := unit(s[6:]); ok {
			if both := utf16.DecodeRune(c, low); both != unicode.ReplacementChar {
				return both, 12
			}
		}
		return unicode.ReplacementChar, 6
	}
	return c, 6
}

func unit(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}

// appendString adds a text as a JSON string.
func appendString(out []byte, text string) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c == '\n':
			out = append(out, `\n`...)
		case c == '\t':
			out = append(out, `\t`...)
		case c < ' ':
			out = append(out, `\u00`...)
			out = append(out, hex[c>>4], hex[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}
