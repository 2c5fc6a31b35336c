// Package foreign writes what others have written so that it can't do anything to who reads
// it: the errors of tools, ids, names in a journal or a source that came from somewhere else.
// It gives such a text with what would steer a terminal, hide in it or turn its order around
// as escapes that can be seen, in the manner of Go's strings; in JSON as the escapes of JSON,
// so that a program reads what was meant. Everything else, words of any script and emoji
// among it, stays as it is. It never prints, and it never refuses a text.
package foreign

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Line is a text on one line: line breaks and tabs become escapes, too.
func Line(text string) string { return escaped(text, "", visible) }

// Lines is a text of several lines, whose line breaks and tabs stay. A carriage return is
// one only before a line feed.
func Lines(text string) string {
	return escaped(strings.ReplaceAll(text, "\r\n", "\n"), "\n\t", visible)
}

// JSON is a JSON text, without carriage returns between its tokens, that decodes to the
// same, and has nothing in it that would steer a terminal. Bytes that aren't UTF-8 become
// U+FFFD, which decoders make of them.
func JSON(text []byte) []byte {
	return []byte(escaped(string(text), "\n\t", func(r rune, _ string) string {
		if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
			return fmt.Sprintf(`\u%04x\u%04x`, high, low)
		}
		return fmt.Sprintf(`\u%04x`, r)
	}))
}

// Encode writes a value as JSON, on a line or, with an indent, on several.
func Encode(w io.Writer, v any, indent string) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(JSON([]byte(b.String())))
	return err
}

// escaped is a text with an escape for each character that acts on what shows it, but for
// those that are kept. A byte that isn't UTF-8 is given to escape as utf8.RuneError, with
// itself as what stands there.
func escaped(text, keep string, escape func(r rune, written string) string) string {
	var b strings.Builder
	done := 0 // bytes of the text that are written
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		broken := r == utf8.RuneError && size == 1
		if broken || acts(r) && !strings.ContainsRune(keep, r) {
			b.WriteString(text[done:i])
			b.WriteString(escape(r, text[i:i+size]))
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// visible writes a character as Go does in a string.
func visible(r rune, written string) string {
	switch {
	case r == utf8.RuneError:
		return fmt.Sprintf(`\x%02x`, written[0])
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// The joiners hold together emoji, and letters of several scripts.
const zeroWidthNonJoiner, zeroWidthJoiner = '\u200c', '\u200d'

// acts tells whether a character does something other than to be seen: the control
// characters, C1 and delete among them, those that break lines or turn the order of text
// around, and those that take no room at all.
func acts(r rune) bool {
	if ' ' <= r && r <= '~' {
		return false
	}
	switch r {
	case zeroWidthNonJoiner, zeroWidthJoiner:
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) ||
		unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}
