package pure

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// This file reads the text of JSON, by the letter of RFC 8259.

// space passes over white space. It is always true, to stand in conditions.
func (d *decoder) space() bool {
	for d.pos < len(d.data) {
		switch d.data[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return true
		}
	}
	return true
}

// peek gives the next byte; 0 at the end, which no value begins with.
func (d *decoder) peek() byte {
	if d.pos < len(d.data) {
		return d.data[d.pos]
	}
	return 0
}

// enter passes the bracket of a list or object, which closing ends. more tells
// whether anything is in it; then d stands before that.
func (d *decoder) enter(closing byte) (more, ok bool) {
	if d.depth++; d.depth > maxDepth {
		return false, d.broken(d.pos, "nested more than "+strconv.Itoa(maxDepth)+" levels deep")
	}
	if !d.takes(listSize) {
		return false, false
	}
	d.pos++
	d.space()
	if d.peek() == closing {
		return false, d.leave()
	}
	return true, true
}

// next passes what follows a value in a list or object. more tells whether that
// is a further one; then d stands before it.
func (d *decoder) next(closing byte) (more, ok bool) {
	d.space()
	switch d.peek() {
	case ',':
		d.pos++
		d.space()
		if !d.takes(textSize) {
			return false, false
		}
		return true, true
	case closing:
		return false, d.leave()
	}
	return false, d.expected("',' or '" + string(closing) + "'")
}

func (d *decoder) leave() bool {
	d.pos++
	d.depth--
	return true
}

// key reads a key with its colon. The bytes are those that text gives.
func (d *decoder) key() (key []byte, ok bool) {
	if d.peek() != '"' {
		return nil, d.expected("a key")
	}
	if key, ok = d.text(); !ok {
		return nil, false
	}
	d.space()
	if d.peek() != ':' {
		return nil, d.expected("':'")
	}
	d.pos++
	return key, d.space()
}

// text reads a string. The bytes are good until the next call.
func (d *decoder) text() (text []byte, ok bool) {
	start := d.pos + 1
	for i := start; i < len(d.data); i++ {
		switch c := d.data[i]; {
		case c == '"':
			d.pos = i + 1
			return d.data[start:i], true
		case c == '\\' || c < ' ':
			d.scratch = append(d.scratch[:0], d.data[start:i]...)
			d.pos = i
			return d.escapedText()
		}
	}
	return nil, d.broken(d.pos, "the string isn't closed")
}

// escapedText reads on in a string from its first escape, into scratch.
func (d *decoder) escapedText() (text []byte, ok bool) {
	for d.pos < len(d.data) {
		switch c := d.data[d.pos]; {
		case c == '"':
			d.pos++
			return d.scratch, true
		case c == '\\':
			if !d.escape() {
				return nil, false
			}
		case c < ' ':
			return nil, d.broken(d.pos, "a control character in a string must be escaped")
		default:
			d.scratch = append(d.scratch, c)
			d.pos++
		}
	}
	return nil, d.broken(d.pos, "the string isn't closed")
}

// unescaped has what each escape of one letter means; 0 for what is none.
var unescaped = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func (d *decoder) escape() bool {
	start := d.pos
	d.pos++
	if d.peek() == 'u' {
		r, ok := d.escapedRune(start)
		d.scratch = utf8.AppendRune(d.scratch, r)
		return ok
	}
	c := unescaped[d.peek()]
	if c == 0 {
		return d.broken(start, "unknown escape in a string")
	}
	d.scratch = append(d.scratch, c)
	d.pos++
	return true
}

// escapedRune reads the rest of \uXXXX, or of two that are surrogates. A surrogate
// alone is no character.
func (d *decoder) escapedRune(start int) (rune, bool) {
	r, ok := d.hex()
	if !ok {
		return 0, d.broken(start, `\u needs four hexadecimal digits`)
	}
	if !utf16.IsSurrogate(r) {
		return r, true
	}
	if d.peek() == '\\' {
		if d.pos++; d.peek() == 'u' {
			if low, ok := d.hex(); ok {
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					return r, true
				}
			}
		}
	}
	return 0, d.broken(start, `half of a surrogate pair in a string`)
}

// hex reads uXXXX.
func (d *decoder) hex() (r rune, ok bool) {
	if len(d.data)-d.pos < 5 {
		return 0, false
	}
	for _, c := range d.data[d.pos+1 : d.pos+5] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	d.pos += 5
	return r, true
}

// number reads a number, which begins with a minus or a digit.
func (d *decoder) number() (raw []byte, ok bool) {
	start := d.pos
	if d.peek() == '-' {
		d.pos++
	}
	if d.peek() == '0' {
		d.pos++
	} else if !d.digits() {
		return nil, false
	}
	if d.peek() == '.' {
		d.pos++
		if !d.digits() {
			return nil, false
		}
	}
	if c := d.peek(); c == 'e' || c == 'E' {
		d.pos++
		if c := d.peek(); c == '+' || c == '-' {
			d.pos++
		}
		if !d.digits() {
			return nil, false
		}
	}
	return d.data[start:d.pos], true
}

func (d *decoder) digits() bool {
	start := d.pos
	for c := d.peek(); '0' <= c && c <= '9'; c = d.peek() {
		d.pos++
	}
	return d.pos > start || d.expected("a digit")
}

// word passes one of true, false and null.
func (d *decoder) word(w string) bool {
	if string(d.data[d.pos:min(d.pos+len(w), len(d.data))]) != w {
		return d.expected("a value")
	}
	d.pos += len(w)
	return true
}

// skip passes over any value.
func (d *decoder) skip() (ok bool) {
	more := false
	switch d.peek() {
	case '{':
		for more, ok = d.enter('}'); more; more, ok = d.next('}') {
			if _, ok := d.key(); !ok || !d.skip() {
				return false
			}
		}
		return ok
	case '[':
		for more, ok = d.enter(']'); more; more, ok = d.next(']') {
			if !d.skip() {
				return false
			}
		}
		return ok
	case '"':
		_, ok = d.text()
		return ok
	case 't':
		return d.word("true")
	case 'f':
		return d.word("false")
	case 'n':
		return d.word("null")
	}
	if !d.atNumber() {
		return d.expected("a value")
	}
	_, ok = d.number()
	return ok
}

func (d *decoder) atNumber() bool {
	c := d.peek()
	return c == '-' || '0' <= c && c <= '9'
}
