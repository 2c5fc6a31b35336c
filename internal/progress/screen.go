package progress

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/mattn/go-runewidth"
)

// A screen is the place on a terminal where a picture is, with the cursor below it. It is
// drawn over line by line: what is cleared at once goes into the scrollback of some
// terminals, ten times a second.
type screen struct {
	out   io.Writer
	drawn []int // the columns of each line that is there
	err   error // of the first write that failed; nothing is drawn after it
}

// What terminals understand: to clear the rest of a line, and all of it.
const clearRest, clearLine = "\x1b[K", "\x1b[2K"

// show puts lines, none wider than the screen, in the place of those that are there, and
// text above them. Text ends with a line break, or is empty.
func (s *screen) show(text string, lines []string, width int) {
	if s.err != nil {
		return
	}
	var b strings.Builder
	rows := s.rows(width)
	b.WriteString(up(rows))
	if text != "" {
		// It may be wider than the screen, so what is there goes first.
		b.WriteString(strings.Repeat("\r"+clearLine+"\n", rows) + up(rows) + text)
		rows = 0
	}
	s.drawn = s.drawn[:0]
	for _, line := range lines {
		b.WriteString(line + clearRest + "\n")
		s.drawn = append(s.drawn, runewidth.StringWidth(painted.ReplaceAllString(line, "")))
	}
	if left := rows - len(lines); left > 0 {
		b.WriteString(strings.Repeat(clearLine+"\n", left) + up(left))
	}
	_, s.err = io.WriteString(s.out, b.String())
}

// painted is what has no columns in a line.
var painted = regexp.MustCompile("\x1b\\[[0-9;]*m")

// rows are those that the lines take now: more than one each, where the screen has become
// narrower.
func (s *screen) rows(width int) (rows int) {
	for _, columns := range s.drawn {
		rows += max(1, (columns+max(width, 1)-1)/max(width, 1))
	}
	return rows
}

// up takes the cursor to the beginning of a line above.
func up(rows int) string {
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA\r", rows)
}
