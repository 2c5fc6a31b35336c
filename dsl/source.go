package dsl

import (
	"sort"
	"unicode/utf8"
)

// A Source is the text of one file with an index of its lines. It is immutable
// and safe for concurrent use.
type Source struct {
	// Path names the file in messages, as the user wrote it.
	Path string
	// Text is the file's content.
	Text string

	lines []int // the offset at which each line begins; lines[0] is 0
}

// NewSource indexes text.
func NewSource(path, text string) *Source {
	lines := []int{0}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			lines = append(lines, i+1)
		}
	}
	return &Source{Path: path, Text: text, lines: lines}
}

// A Position is a place in a file as people count: lines and columns from 1,
// columns in characters (runes).
type Position struct {
	Line, Col int
}

// Position gives the place of a byte offset. An offset beyond the end is the
// end; a nil Source gives line 1, column 1.
func (s *Source) Position(offset int) Position {
	if s == nil {
		return Position{1, 1}
	}
	offset = min(max(offset, 0), len(s.Text))
	line := sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > offset }) - 1
	return Position{line + 1, utf8.RuneCountInString(s.Text[s.lines[line]:offset]) + 1}
}

// Line gives the text of a line, counted from 1, without its line break. A line
// that the file doesn't have is empty.
func (s *Source) Line(n int) string {
	if s == nil || n < 1 || n > len(s.lines) {
		return ""
	}
	end := len(s.Text)
	if n < len(s.lines) {
		end = s.lines[n] - 1
	}
	text := s.Text[s.lines[n-1]:end]
	if len(text) > 0 && text[len(text)-1] == '\r' {
		text = text[:len(text)-1]
	}
	return text
}

// LineStart gives the byte offset at which a line, counted from 1, begins.
func (s *Source) LineStart(n int) int {
	if s == nil || n < 1 {
		return 0
	}
	if n > len(s.lines) {
		return len(s.Text)
	}
	return s.lines[n-1]
}

// A Span is a range of a file in byte offsets: Start is its first byte, End the
// one after its last. The zero Span means that a thing has no place.
type Span struct {
	Start, End int
}

// Place returns s, so that a node has a place by embedding one.
func (s Span) Place() Span { return s }

// To is the span from the start of s to the end of t.
func (s Span) To(t Span) Span { return Span{s.Start, t.End} }
