package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"

	"github.com/wfgen/wfgen/compiler/execute"
)

// streams are what a verb reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
	// terminal is err where that is a terminal that can be drawn on, else nil.
	terminal *os.File
	color    bool
}

func newStreams(in io.Reader, out, err io.Writer) *streams {
	s := &streams{in: in, out: out, err: err}
	if f, ok := err.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		s.terminal = f
		s.color = os.Getenv("NO_COLOR") == ""
	}
	return s
}

// size is that of the terminal, or the usual one where it doesn't say.
func (s *streams) size() (width, height int) {
	width, height, err := term.GetSize(int(s.terminal.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

// complain prints an error, each of several that are joined on its own line. What Go says
// stands as it is.
func (s *streams) complain(err error) {
	if build, ok := errors.AsType[*execute.BuildError](err); ok {
		fmt.Fprintln(s.err, build.Text)
		return
	}
	text := strings.TrimPrefix(err.Error(), "wfgen: ")
	fmt.Fprintf(s.err, "wfgen: %s\n", printableLines(text))
}

// printable is a text on one line, without what would steer a terminal: an id, or the path
// of a file that a stranger has named.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// printableLines is printable for a text of several lines.
func printableLines(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == '\n' || r == '\t' {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
