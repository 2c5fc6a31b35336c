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
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Line is a text on one line: line breaks and tabs become escapes, too.
func Line(text string) string { return escaped(text, false, visible) }

// Lines is a text of several lines, whose line breaks and tabs stay. A carriage return is
// one only before a line feed.
func Lines(text string) string {
	return escaped(text, true, visible)
}

// JSON is a JSON text, without carriage returns between its tokens, that decodes to the
// same, and has nothing in it that would steer a terminal. Bytes that aren't UTF-8 become
// U+FFFD, which decoders make of them.
func JSON(text []byte) []byte {
	return []byte(escaped(string(text), true, func(r rune, _ string) string {
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

// escaped is a text with an escape for each character that acts on what shows it. In one
// of several lines line breaks and tabs stay, which are one line feed each. A byte that isn't
// UTF-8 is given to escape as utf8.RuneError, with itself as what stands there.
func escaped(text string, lines bool, escape func(r rune, written string) string) string {
	var out []byte
	done := 0 // bytes of the text that out has
	for i, r := range text {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			size = 1
		} else if !acts(r) || lines && (r == '\n' || r == '\t') {
			continue
		}
		out = append(out, text[done:i]...)
		done = i + size
		if !lines || r != '\r' || done == len(text) || text[done] != '\n' {
			out = append(out, escape(r, text[i:done])...)
		}
	}
	if done == 0 {
		return text
	}
	return string(append(out, text[done:]...))
}

// visible writes a character as Go does in a string.
func visible(_ rune, written string) string {
	quoted := strconv.QuoteToASCII(written)
	return quoted[1 : len(quoted)-1]
}

// acts tells whether a character does something other than to be seen: the control
// characters, C1 and delete among them, those that break lines or turn the order of text
// around, and those that take no room at all. The joiners don't, which hold together emoji,
// and letters of several scripts.
func acts(r rune) bool {
	if ' ' <= r && r <= '~' {
		return false
	}
	i := sort.Search(len(acting), func(i int) bool { return r <= acting[i].last })
	return i < len(acting) && acting[i].first <= r
}

// acting are the characters of Unicode's categories Cc, Cf, Zl and Zp, without the joiners
// and the signs that stand before a number and are seen. Package unicode knows them, and
// all programs that call the runtime would be 16 kB larger for it; a test holds them to it.
var acting = [...]struct{ first, last rune }{
	{0x0, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x61c, 0x61c},
	{0x180e, 0x180e}, {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e},
	{0x2060, 0x2064}, {0x2066, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb},
	{0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0001, 0xe0001},
	{0xe0020, 0xe007f},
}
