package pure

import (
	"regexp"
	"strings"
)

// Glob tells whether the whole of text fits a pattern as those of file names: * is any
// text without a slash, ** any text, **/ any folders or none, ? a character but a slash,
// [a-z] a character of a class, [!a-z] one of none, and a backslash takes the next for what
// it is. It panics with a *Fault where a class has no end or a range of one goes backwards,
// and where Matches does.
func Glob(text, pattern, at string) bool { return Matches(text, globExpr(pattern, at), at) }

// globExpr is a pattern of names in RE2's syntax.
func globExpr(pattern, at string) string {
	var b strings.Builder
	b.WriteString("^(?s:")
	for rest := pattern; rest != ""; {
		var expr string
		expr, rest = globPart(rest, pattern, at)
		b.WriteString(expr)
	}
	b.WriteString(")$")
	return b.String()
}

// globPart is the expression of what a pattern's rest begins with, and what follows.
func globPart(s, pattern, at string) (expr, rest string) {
	switch {
	case strings.HasPrefix(s, "**/"):
		return "(?:.*/)?", s[3:]
	case strings.HasPrefix(s, "**"):
		return ".*", s[2:]
	case s[0] == '*':
		return "[^/]*", s[1:]
	case s[0] == '?':
		return "[^/]", s[1:]
	case s[0] == '[':
		return globClass(s[1:], pattern, at)
	case s[0] == '\\' && len(s) > 1:
		s = s[1:]
	}
	n := 1
	for n < len(s) && strings.IndexByte(`*?[\`, s[n]) < 0 {
		n++
	}
	return regexp.QuoteMeta(s[:n]), s[n:]
}

// globClass is the expression of a class, of which s begins behind the bracket. A bracket
// that stands first in it is one of the class.
func globClass(s, pattern, at string) (expr, rest string) {
	not := ""
	if s != "" && (s[0] == '!' || s[0] == '^') {
		s, not = s[1:], "^/"
	}
	end := 1 + strings.IndexByte(s[min(1, len(s)):], ']')
	if end == 0 {
		fault(at, "the pattern "+quoteShort(pattern)+` has a class without an end: write \[ for the character alone`)
	}
	checkRanges([]rune(s[:end]), pattern, at)
	return "[" + not + classText(s[:end]) + "]", s[end+1:]
}

// checkRanges fails for a range of a class that goes backwards, in which nothing is.
func checkRanges(class []rune, pattern, at string) {
	for i := 0; i+2 < len(class); i++ {
		if class[i+1] != '-' {
			continue
		}
		if class[i] > class[i+2] {
			fault(at, "the range "+quoteShort(string(class[i:i+3]))+" of the pattern "+quoteShort(pattern)+" goes backwards")
		}
		i += 2
	}
}

// classText keeps what has a meaning in a class of RE2 and none in one of names, as a hyphen
// has at either end. A Replacer would be made in every program, at its start.
func classText(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if end := i == 0 || i == len(s)-1; strings.IndexByte(`\[]^`, s[i]) >= 0 || end && s[i] == '-' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
