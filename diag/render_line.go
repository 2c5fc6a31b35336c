package diag

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// What is shown of a line: tabs reach to the next multiple of tabWidth, and of a
// line with more than maxColumns the part around the span.
const (
	tabWidth   = 4
	maxColumns = 120
	leadIn     = 40   // columns kept before the span of a line that is cut
	maxBytes   = 4096 // bytes of a line looked at on either side of the span's start
)

// columns measures text as most terminals show it, whatever the locale, so that
// the same source is rendered the same everywhere.
var columns = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

// An excerpt is a line as it is shown, with the columns of a span in it.
type excerpt struct {
	text  string
	start int
	width int // at least 1
}

// excerptOf is the excerpt for a span that begins in line n. Of a span over
// several lines the part in that line counts.
func excerptOf(s *dsl.Source, n int, at dsl.Span) excerpt {
	line := s.Line(n)
	from := min(max(at.Start-s.LineStart(n), 0), len(line))
	to := min(max(at.End-s.LineStart(n), from), len(line))
	low, high := window(line, from)
	to = min(to, high)

	before := expand(line[low:from], 0)
	start := columns.StringWidth(before)
	marked := expand(line[from:to], start)
	width := columns.StringWidth(marked)
	after := expand(line[to:high], start+width)
	e := excerpt{text: before + marked + after, start: start, width: width}
	return e.cut(low > 0, high < len(line))
}

// window bounds what is looked at of a line, at the bounds of characters.
func window(line string, from int) (low, high int) {
	low, high = max(0, from-maxBytes), min(len(line), from+maxBytes)
	for low > 0 && !utf8.RuneStart(line[low]) {
		low--
	}
	for high < len(line) && !utf8.RuneStart(line[high]) {
		high--
	}
	return low, high
}

// cut leaves out the ends of a line that is too wide. more tells that the line
// goes on before or after the text.
func (e excerpt) cut(moreBefore, moreAfter bool) excerpt {
	const ellipsis = "…"
	total := columns.StringWidth(e.text)
	if drop := e.start - leadIn; drop > 0 && (moreBefore || total > maxColumns) {
		e.text = ellipsis + columns.TruncateLeft(e.text, drop+1, "")
		e.start -= total - columns.StringWidth(e.text)
		total = columns.StringWidth(e.text)
	}
	if moreAfter && total <= maxColumns {
		e.text += ellipsis
	}
	e.text = strings.TrimRight(columns.Truncate(e.text, maxColumns, ellipsis), " ")
	e.width = max(1, min(e.width, maxColumns-e.start))
	return e
}

// expand replaces tabs by spaces in a text that begins at a column, and what a
// terminal would act upon by something visible.
func expand(text string, column int) string {
	if !strings.ContainsRune(text, '\t') {
		return foreign.Line(text)
	}
	var b strings.Builder
	for i, part := range strings.Split(text, "\t") {
		if i > 0 {
			spaces := tabWidth - column%tabWidth
			b.WriteString(strings.Repeat(" ", spaces))
			column += spaces
		}
		part = foreign.Line(part)
		b.WriteString(part)
		column += columns.StringWidth(part)
	}
	return b.String()
}
