package pure

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// plain tells the bytes that stand for themselves in a JSON string.
var plain = func() (is [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// string writes s in quotes. It escapes what encoding/json does when that doesn't
// escape HTML: U+2028 and U+2029 too, which end lines in JavaScript.
func (e *encoder) string(s string) *Problem {
	if p := e.room(len(s)); p != nil {
		return p
	}
	b := append(e.buf, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = append(b, s[start:i]...)
			b = appendEscape(b, c)
			i++
			start = i
			if e.max > 0 && len(b) > e.max {
				e.buf = b
				return e.room(0)
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			return &Problem{Text: "isn't valid UTF-8: " + quoteShort(s)}
		}
		if r == '\u2028' || r == '\u2029' {
			b = append(b, s[start:i]...)
			b = append(b, `\u202`...)
			b = append(b, hexDigits[r&0xF])
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	e.buf = append(b, '"')
	return nil
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
}

func (e *encoder) float(x float64, bits int) *Problem {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return &Problem{Text: strconv.FormatFloat(x, 'g', -1, bits) + " can't be written as JSON"}
	}
	e.buf = appendFloat(e.buf, x, bits)
	return nil
}

func (e *encoder) time(t time.Time) *Problem {
	t = t.UTC()
	if !hasRFC3339Year(t) {
		return &Problem{Text: "the year " + strconv.Itoa(t.Year()) + " can't be written in RFC 3339"}
	}
	b := append(e.buf, '"')
	b = t.AppendFormat(b, time.RFC3339Nano)
	e.buf = append(b, '"')
	return nil
}

// hasRFC3339Year tells whether the year of t has four digits.
func hasRFC3339Year(t time.Time) bool { return 0 <= t.Year() && t.Year() <= 9999 }

func (e *encoder) duration(d time.Duration) {
	b := append(e.buf, '"')
	b = appendDuration(b, d)
	e.buf = append(b, '"')
}
