package parser

import (
	"regexp"
	"strings"
)

// A time is written as in RFC 3339: 2026-01-02T15:04:05Z. A date alone stays what it was
// before there were such literals, a subtraction. Behind one, a T makes a token that has
// never been sound, 02T15, so that no source has changed its meaning.
var (
	aTime = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})`)
	// aboutTime is all that seems to be meant as a part of one.
	aboutTime = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[Tt][0-9A-Za-z:._]*([+-]\d{2}:?\d{2})?`)
	aDate     = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})([^0-9A-Za-z_.]|$)`)
)

const wantTime = "a time is written 2026-01-02T15:04:05Z, or with an offset, as +02:00, in the place of the Z"

// moment takes a time, or what seems to be meant as one; false where there is neither.
func (s *scanner) moment() bool {
	rest := s.text[s.pos:]
	if len(rest) < len("2006-01-02") || rest[4] != '-' || rest[7] != '-' {
		return false
	}
	if size := len(aTime.FindString(rest)); size > 0 && tail(rest[size:]) == 0 {
		s.emit(timeToken, size)
		return true
	}
	if text := aboutTime.FindString(rest); text != "" {
		s.reject(len(text), "`"+text+"` is no whole time", wantTime)
		return true
	}
	return s.octalDate(rest)
}

// octalDate takes a date that is no subtraction either, as 08 and 09 are no numbers.
func (s *scanner) octalDate(rest string) bool {
	date := aDate.FindStringSubmatch(rest)
	if date == nil || !strings.Contains(date[1], "-08") && !strings.Contains(date[1], "-09") {
		return false
	}
	s.reject(len(date[1]), "`"+date[1]+"` is a date without a time", "write "+date[1]+"T00:00:00Z")
	return true
}
